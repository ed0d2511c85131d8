"""Layers learned by other offices, adopted here if they read this office's settled pages better."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from digitize.errors import InputError
from digitize.learning.accepted import accepted_pages
from digitize.learning.comparison import read_both
from digitize.learning.judge import HeldBack, judge
from digitize.learning.layer_files import LearnedLayers, layers_of, root_of, seal, unseal, with_layers
from digitize.learning.learn import LEAST_PAGES
from digitize.learning.networks import NETWORKS, content_to_teach, first_weights
from digitize.machine.command_line import format_command
from digitize.machine.progress import Progress
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.chosen_weights import PACKAGE, find_chosen
from digitize.workspace.own_weights import (
    OwnWeights,
    keep_weights,
    list_weights,
    name_of,
    path_of,
    require_whole,
    use_weights,
)
from digitize.workspace.place import Place
from digitize.workspace.run_context import RunContext
from digitize.workspace.run_context import build_run_context as gather


def export_layers(place: Place, name: str, out: Path) -> OwnWeights:
    """Export what this office learned as a signed file. Raises InputError for unknown weights, KeyUnusable."""
    found = next((w for w in list_weights(place) if w.name == name), None)
    if found is None:
        known = ", ".join(w.name for w in list_weights(place)) or "none; learn first"
        raise InputError(f"This workspace has no weights {name!r}. It has: {known}.")
    if found.names:
        raise InputError(f"{name} was trained on free text, which names persons: it cannot be exported.")
    require_whole(path_of(place, name))
    layers = layers_of(path_of(place, name).read_bytes(), found, place.options.workspace.site_id)
    out.write_bytes(seal(layers, place.key))
    return found


def add_layers(place: Place, path: Path, trusted: Sequence[str], progress: Progress) -> tuple[OwnWeights, HeldBack]:
    """Add others' layers as weights, and use them if they read settled values here significantly better.

    trusted: public keys in hex, one of which must have signed the file. With fewer settled pages than learning needs
    nothing is compared, and the current weights stay. Raises InputError for an unusable file.
    """
    layers = unseal(path, trusted)
    with Ledger(place.ledger) as ledger:
        known = gather(place, ledger)
        network, content = _with_layers(layers, known)
        name = name_of(content)
        if any(w.name == name for w in list_weights(place)):
            use = format_command("models", "use", place.folder, name)
            raise InputError(f"{name} is already here. To use it: {use}")
        parent = find_chosen(ledger, network)
        facts = {"parent": PACKAGE, "pages": layers.pages, "values": layers.values, "network": network}
        weights = keep_weights(place, content, facts)
        # Pages that the weights in use learned from would be read too well by them.
        own = {page for w in list_weights(place) if w.name == parent for page in w.learned}
        pages = [p for p in accepted_pages(ledger, known, network, names=False) if p.scan.page not in own]
        file = path_of(place, weights.name)
        enough = pages if len(pages) >= LEAST_PAGES and weights.name != parent else []
        judged = judge(read_both(ledger, known, enough, network, file, progress))
        told = {**asdict(judged), "offices": layers.offices}
        with ledger.writing():
            site = place.options.workspace.site_id
            detail = {"weights": weights.name, "adopted": judged.is_better, "parent": parent, **told}
            ledger.record_event(site, "learn", "note", detail=detail)
            if judged.is_better:
                use_weights(ledger, place, weights.name, {"why": "others", **told})
    return keep_weights(place, content, {**facts, **asdict(judged), "adopted": judged.is_better}), judged


def _with_layers(layers: LearnedLayers, known: RunContext) -> tuple[str, bytes]:
    """The base network of the layers, and its weights with them. Raises InputError if it is not here."""
    for network in NETWORKS.values():
        weights = first_weights(network, known)
        content = content_to_teach(network, weights) if weights is not None else b""
        if content and root_of(content) == layers.root:
            return network.name, with_layers(content, layers)
    raise InputError("These layers belong to another network than this toolkit has. Update both.")
