"""The workspace as a worker sees it: the folder, or its small files from the database."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from digitize.errors import LedgerError, MachineLacks, OptionsError
from digitize.machine.cluster.fitness import Fitness, look, unfit
from digitize.machine.cluster.here import Here
from digitize.machine.cluster.site import Kit, Site, cache_folder
from digitize.machine.cluster.store import ScanStore
from digitize.machine.placing import default_workers
from digitize.targets.postgres.address import is_address
from digitize.workspace.integrity.settings import newer_settings, record_settings
from digitize.workspace.integrity.worker_keys import require_allowed
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger_db.address import ledger_address
from digitize.workspace.place import Place, open_place
from ocr.tesseract.folders import searching

KIT = "kit"
_MOST_BYTES = 16_000_000
"""A file of more is no small one: models of Tesseract are installed on each machine, and compared."""


def share_kit(ledger: Ledger, place: Place) -> bool:
    """Keep a workspace's small files in its ledger, for workers that reach only that. Returns whether they are news."""
    # Before the share itself, so that workers with these files see none that are newer: they note none themselves.
    record_settings(ledger, place)
    kit = Kit.from_folder(place.folder)
    small = Kit({p: d for p, d in kit.files.items() if len(d) < _MOST_BYTES and not p.endswith(".traineddata")})
    with searching(place.models):
        fitness = asdict(look())
    now = ledger.state(KIT, KIT)
    if now is not None and now.is_done_under(small.key) and now.detail.get("fitness") == fitness:
        return False
    with ledger.writing():
        if not ledger.finish(KIT, KIT, small.key, small.as_plain(), {"fitness": fitness}):
            # The same files, from a machine that reads otherwise: the newest holds.
            ledger.record_event(KIT, KIT, "again", key=small.key, detail={"fitness": fitness})
    return True


def worker_place(where: str, site: str, key: Path | None, flags: Mapping[str, object]) -> Place:
    """Workspace of a folder or ledger URL, laid out in this machine's cache.

    Raises OptionsError for a URL without a site or key, MachineLacks if this machine would read differently.
    """
    if not is_address(where):
        return open_place(Path(where), flags)
    if not site or key is None:
        raise OptionsError(
            "With the URL of a database also give --site SITE-ID and --key FILE, this worker's own key, allowed by "
            "the office: digitize keys new FILE"
        )
    address = ledger_address(where, site)
    with Ledger(address, key=key) as ledger:
        require_allowed(ledger, key)
        now = ledger.state(KIT, KIT)
        if now is None:
            raise LedgerError(
                f"{address}: no files were shared with workers yet. On the machine of the workspace: digitize store "
                f"share DIR"
            )
        kit, wanted = Kit.from_plain(ledger.result(KIT, KIT, now.key)), Fitness(**now.detail["fitness"])
        _require_newest(ledger, kit)
    folder = kit.lay_out(cache_folder().parent / "kits" / site)
    (folder / "keys").mkdir(exist_ok=True)
    own = folder / "keys" / "site.pem"
    own.unlink(missing_ok=True)
    own.symlink_to(key.resolve())
    place = open_place(folder, {**flags, "workspace.ledger": where})
    _require_fit(place, wanted)
    return place


def _require_newest(ledger: Ledger, kit: Kit) -> None:
    """Raise MachineLacks if a run used other files since these were shared; pages would flip between two sets
    of lists.
    """
    shared = ledger.execute("SELECT seq FROM state WHERE unit = ? AND step = ?", (KIT, KIT)).fetchone()["seq"]
    here = {place: hashlib.sha256(data).hexdigest() for place, data in kit.files.items()}
    # Others than these may be too large to be shared.
    noted = {p: sha for p, sha in newer_settings(ledger, shared).items() if p in here or p.endswith((".toml", ".csv"))}
    other = sorted(p for p, sha in noted.items() if here.get(p) != sha)
    if other:
        raise MachineLacks(
            f"The workspace uses another {other[0]} than was shared with workers. On its machine: digitize store "
            "share DIR"
        )


def _require_fit(place: Place, wanted: Fitness) -> None:
    """Raise MachineLacks if this machine would read pages differently from the workspace's own."""
    from mappers.states import load_state

    with searching(place.models):
        here = look()
    why = unfit(wanted, here)
    languages = load_state(place.options.workspace.state).languages
    lacks = [c for c in languages if here.languages.get(c) != wanted.languages.get(c)]
    if not why and lacks:
        why = f"it lacks the same models for {', '.join(lacks)}: digitize doctor, digitize models install"
    if why:
        raise MachineLacks(f"This machine gets no work: {why}.")


def worker_hands(place: Place) -> Here:
    """What opens scans for a worker: processes of this machine, with scans from the store if one is set."""
    named = place.options.store
    store = ScanStore(named.url, named.endpoint) if named.url else None
    return Here(Site(place.folder.resolve(), store), place.options.run.jobs or default_workers())
