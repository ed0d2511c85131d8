"""Layers that other offices learned, taken in here where they read this office's settled pages better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from digitize.errors import InputError
from digitize.learning.accepted import accepted_pages
from digitize.learning.both import read_both
from digitize.learning.judge import HeldBack, judge
from digitize.learning.learn import LEAST_PAGES
from digitize.learning.travel import layers_of, seal, unseal, with_layers
from digitize.machine.progress import Progress
from digitize.workspace.known import learn as gather
from digitize.workspace.ledger import Ledger
from digitize.workspace.own_weights import (
    PACKAGE,
    OwnWeights,
    chosen,
    keep_weights,
    list_weights,
    name_of,
    path_of,
    require_whole,
    use_weights,
)
from digitize.workspace.place import Place
from ocr.engines.fields import WEIGHTS
from ocr.models.running import content_of


def export_layers(place: Place, name: str, out: Path) -> OwnWeights:
    """Write what this office learned as a signed file. Raises InputError for unknown weights, KeyUnusable."""
    found = next((w for w in list_weights(place) if w.name == name), None)
    if found is None:
        known = ", ".join(w.name for w in list_weights(place)) or "none; learn first"
        raise InputError(f"This workspace has no weights {name!r}. It has: {known}.")
    if found.names:
        raise InputError(f"{name} has learned free text, in which persons are named: it does not leave the workspace.")
    require_whole(path_of(place, name))
    layers = layers_of(path_of(place, name).read_bytes(), found, place.options.workspace.site_id)
    out.write_bytes(seal(layers, place.key))
    return found


def add_layers(place: Place, path: Path, trusted: Sequence[str], progress: Progress) -> tuple[OwnWeights, HeldBack]:
    """Keep others' layers as weights, and read with them where they read what was settled here surely better.

    trusted: public keys in hex, one of which must have signed the file. With fewer settled pages than learning needs
    nothing is judged, and the weights in use stay. Raises InputError for a file that cannot be taken.
    """
    layers = unseal(path, trusted)
    content = with_layers(content_of(WEIGHTS), layers)
    name = name_of(content)
    if any(w.name == name for w in list_weights(place)):
        raise InputError(f"{name} is here already. To read with it: digitize models use {place.folder} {name}")
    with Ledger(place.ledger) as ledger:
        known = gather(place, ledger)
        parent = chosen(ledger)
        weights = keep_weights(place, content, {"parent": PACKAGE, "pages": layers.pages, "values": layers.values})
        # Pages that the weights in use learned from would be read too well by them.
        own = {page for w in list_weights(place) if w.name == parent for page in w.learned}
        pages = [p for p in accepted_pages(ledger, known, names=False) if p.scan.page not in own]
        file = path_of(place, weights.name)
        enough = pages if len(pages) >= LEAST_PAGES and weights.name != parent else []
        judged = judge(read_both(ledger, known, enough, file, progress))
        told = {**asdict(judged), "offices": layers.offices}
        with ledger.writing():
            site = place.options.workspace.site_id
            detail = {"weights": weights.name, "adopted": judged.is_better, "parent": parent, **told}
            ledger.record_event(site, "learn", "note", detail=detail)
            if judged.is_better:
                use_weights(ledger, place, weights.name, {"why": "others", **told})
    facts = {"parent": PACKAGE, "pages": layers.pages, "values": layers.values, **asdict(judged)}
    return keep_weights(place, content, {**facts, "adopted": judged.is_better}), judged
