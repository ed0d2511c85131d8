"""Discover: draft the print of known forms whose print is unknown, from ten pages on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.machine.pool import patience_s, run_jobs
from digitize.machine.progress import Progress, Silent
from digitize.machine.work_keys import work_key
from digitize.steps.read_keys import PRINT_UNKNOWN, RECOGNISE
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.dirty_parts import PRINT, list_dirty, list_parts
from digitize.workspace.run_context import RunContext
from ocr.errors import EngineFailed, ScanError

if TYPE_CHECKING:
    from ocr.engine import Image
    from ocr.forms.form import Form

DISCOVER = "discover"
_LEAST_PAGES = 10
MOST_PAGES = 60
"""So many are looked at: the pages of one print that is worth a file are among them."""
_DPI = 200


@dataclass(frozen=True, slots=True)
class DraftedPrint:
    """A drafted print. picture: its zones drawn over the blank print, for a person to check."""

    id: str
    family: str
    zones: int
    picture: Path


def discover(
    ledger: Ledger, known: RunContext, progress: Progress | None = None, *, again: bool = False
) -> list[DraftedPrint]:
    """Draft prints for pages of unknown print and store them in the workspace's forms, pending approval.

    Pages already examined are skipped unless `again`. Raises EngineMissing and FormError; with `again` also
    EngineFailed.
    """
    from digitize.files.forms.discovered import find_prints

    pages = unknown_pages(ledger)
    if len(pages) < _LEAST_PAGES:
        return []
    scans = pages[:: max(1, len(pages) // MOST_PAGES)][:MOST_PAGES]
    settings = known.read_settings(scans[0].language)
    key = work_key(DISCOVER, settings.form_key(None), *(f"{s.sha256}:{s.idx}" for s in scans))
    if ledger.is_done(DISCOVER, DISCOVER, key) and not again:
        return []
    folder = known.place.folder / "forms"
    try:
        forms = find_prints(_open_pages(ledger, known, scans, progress or Silent()), settings, folder)
    except EngineFailed:
        if again:
            raise
        # The pages are read, and wait: a run goes on without their print, and the next one tries again.
        return []
    ledger.finish(DISCOVER, DISCOVER, key, {"forms": [form.id for form in forms]}, {"pages": len(scans)})
    return [_describe_draft(form, folder) for form in forms]


def unknown_pages(ledger: Ledger) -> list[PageScan]:
    """Pages whose form was identified by its words but whose print is unknown."""
    found = []
    # Asked of the volumes alone that had such a page, for each run asks it, and mostly there are none.
    for part in list_dirty(ledger, PRINT) if ledger.is_current else list_parts(ledger, PRINT):
        scans = Catalogue(ledger).scans(int(part.partition(":")[2]))
        states = ((s, ledger.state(s.page, RECOGNISE)) for s in scans)
        found += [s for s, now in states if now is not None and now.detail.get(PRINT_UNKNOWN)]
    return sorted(found, key=lambda s: s.page)


def _open_pages(ledger: Ledger, known: RunContext, scans: Sequence[PageScan], progress: Progress) -> list[Image]:
    """Open the pages in order, in workers; pages that can no longer be opened are left out."""
    sources = {s.sha256: s for s in Catalogue(ledger).sources()}
    jobs = []
    for scan in scans:
        source = sources[scan.sha256]
        path = known.place.original(source.sha256, source.suffix, source.linked)
        jobs.append((path, scan.sha256, scan.idx, scan.page))
    progress.start(DISCOVER, len(jobs))
    opened: dict[str, Image] = {}
    limit_s = patience_s(known.place.options.read.seconds_per_page)
    for job, image in run_jobs(_open, jobs, known.workers, lambda _: None, limit_s):
        progress.advance(failed=image is None)
        if image is not None:
            opened[job[3]] = image
    return [opened[scan.page] for scan in scans if scan.page in opened]


def _open(job: tuple[Path, str, int, str]) -> Image | None:
    from ocr.page import Scan
    from ocr.scans.scan import open_page

    try:
        return open_page(Scan(*job), _DPI).grey
    except (ScanError, OSError):
        return None


def _describe_draft(form: Form, folder: Path) -> DraftedPrint:
    return DraftedPrint(form.id, form.family, len(form.zones), folder / f"{form.id}.png")
