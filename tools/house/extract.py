"""Whether `digitize extract` says what `digitize run` says: field by field, on every sample page and register.

A workspace is made of the samples and read once with the real engine; extract is then given the same pages. What a
worker saw of a page is kept, so that each page is read once for both: they differ where they ask for another reading
(which is then made), or make something else of it. --quick: two pages of a diary and a form.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any
from unittest.mock import patch

SAMPLES = Path(__file__).parents[2] / "sample_data"
BOOKS = ("fir_book_2025", "iif1_languages", "registers")
_SECONDS = 1800
"""A busy machine is slow, not wrong."""
QUICK = ("registers/reg_gd_*", "fir_book_2025/wbp_2018_871.jpg")


@dataclass
class Compared:
    """What came of it. pages: compared; visits: how often one was read; fields: compared; differing: what differs."""

    pages: int = 0
    visits: int = 0
    fields: int = 0
    differing: list[str] = field(default_factory=list)

    def add(self, where: str, run: Any, extract: Any) -> None:
        """Compare one field."""
        self.fields += 1
        if run != extract:
            self.differing.append(f"{where}: run {run!r}, extract {extract!r}")


def extract_differs_from_run(*, quick: bool = False, jobs: int = 2) -> int:
    """How many fields of the samples differ."""
    return len(compare_samples(quick=quick, jobs=jobs).differing)


def compare_samples(*, quick: bool = False, jobs: int = 2) -> Compared:
    """Read the samples as a workspace, extract them, and compare."""
    with tempfile.TemporaryDirectory() as folder:
        return compare_files(_chosen(quick), Path(folder) / "ws", jobs)


def compare_files(files: Iterable[Path], place: Path, jobs: int = 2) -> Compared:
    """Read some samples, of folders with a manifest, in a new workspace, extract them, and compare."""
    from digitize.steps.read import plan, read_pages
    from digitize.workspace.intake import take_in
    from digitize.workspace.intake.manifest import Metadata
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import create, open_place
    from digitize.workspace.run_context import build_run_context

    create("wb", place)
    workspace = open_place(place, {"read.seconds_per_page": _SECONDS})
    take_in(workspace, list(files), Metadata())
    visits = _Visits()
    with Ledger(workspace.ledger) as ledger:
        known = build_run_context(workspace, ledger)
        with patch("digitize.steps.read.run_jobs", visits.keep(jobs)):
            read_pages(ledger, known, plan(ledger, known), _silent())
        found = Compared()
        with patch("digitize.machine.pool.run_jobs", visits.give):
            _compare(ledger, known, found)
        found.visits = visits.made
        return found


def _chosen(quick: bool) -> list[Path]:
    if quick:
        return sorted(path for pattern in QUICK for path in SAMPLES.glob(pattern))
    names = (".jpg", ".png", ".tif", ".pdf")
    return sorted(p for book in BOOKS for p in (SAMPLES / book).iterdir() if p.suffix in names)


def _silent() -> Any:
    from digitize.machine.progress import Silent

    return Silent()


class _Visits:
    """What workers saw, kept from the first caller for the second one."""

    def __init__(self) -> None:
        self._kept: dict[Any, Any] = {}
        self.made = 0

    def keep(self, workers: int) -> Callable[..., Iterator[Any]]:
        """The pool of workers, with all that they give kept."""
        from digitize.machine.pool import run_jobs

        def run(work: Any, jobs: Any, _: int, *more: Any) -> Iterator[Any]:
            for job, done in run_jobs(work, jobs, workers, *more):
                self._kept[_asked(job)] = done
                self.made += 1
                yield job, done

        return run

    def give(self, work: Any, jobs: Any, *_: Any) -> Iterator[Any]:
        """In place of a pool: what was kept of a page that is asked for again, else it is read here."""
        while (job := next(jobs, None)) is not None:
            done = self._kept.get(_asked(job))
            if done is None:
                self.made += 1
                done = work(job)
            yield job, replace(done, page=job.page)


def _asked(job: Any) -> Any:
    """All that recognising and deciding a page depends on."""
    told = tuple(sorted(job.metadata.items()))
    return job.path, job.index, job.settings, job.register, job.before, told, job.as_form is None


def _compare(ledger: Any, known: Any, found: Compared) -> None:
    """Extract the pages of each volume, those of one language and station together, and compare them."""
    from digitize.files.extract import ExtractSettings
    from digitize.files.extract_files import extract_pages
    from digitize.files.read_files import FilePage
    from digitize.steps.read_keys import metadata_of
    from digitize.workspace.ledger.catalogue import Catalogue
    from ocr.page import Scan

    scans = Catalogue(ledger).scans()
    for _, group in groupby(scans, key=lambda s: (s.volume, s.language, s.station, s.district, s.year)):
        own = list(group)
        settings = ExtractSettings(
            known.read_settings(own[0].language), known.state.code, metadata=metadata_of(known, own[0])
        )
        pages = []
        for order, scan in enumerate(own):
            source = Catalogue(ledger).source(scan.sha256)
            assert source is not None
            path = known.place.original(source.sha256, source.suffix)
            pages.append(FilePage(order, 0, path, scan.idx + 1, 1, Scan(path, "", scan.idx, scan.page)))
        for scan, done in zip(own, extract_pages(pages, settings, 1), strict=True):
            found.pages += 1
            _compare_page(ledger, known, scan.page, done.found, found)


def _compare_page(ledger: Any, known: Any, page: str, extract: Any, found: Compared) -> None:
    from digitize.workspace.ledger.readings import newest_reading

    reading = newest_reading(ledger, page)
    found.add(f"{page} form", reading.form if reading else None, extract.form if extract else "unread")
    if reading is None or extract is None or reading.form != extract.form:
        return
    if reading.rows:
        _compare_rows(ledger, known, page, reading, extract, found)
    else:
        _compare_fields(known, page, reading, extract, found)


def _compare_fields(known: Any, page: str, reading: Any, extract: Any, found: Compared) -> None:
    from digitize.files.extract import find_item
    from digitize.reading.rows import is_sure
    from digitize.reading.values import zone_value

    found.add(f"{page} fields", sorted(find_item(z) for z in reading.zones), sorted(extract.fields))
    for zone, decided in reading.zones.items():
        told = extract.fields.get(find_item(zone), {})
        taken = zone_value(decided, known.threshold_of(reading.form, zone, page))
        asked = not is_sure(taken)
        run = [decided.raw, decided.confidence, list(decided.box), decided.blank, list(decided.notes), asked]
        names = ("value", "raw", "confidence", "box", "blank", "notes", "asked")
        found.add(f"{page} {zone}", [taken.value or "", *run], [told.get(n) for n in names])


def _compare_rows(ledger: Any, known: Any, page: str, reading: Any, extract: Any, found: Compared) -> None:
    """Compare the rows that begin on a page. Of one that goes on, extract has the part that stands here."""
    from digitize.steps.map_register import rows_today

    boxes = {str([list(b) for b in place.boxes]): place.id for place in reading.rows}
    rows = {boxes[str(row["boxes"])]: row for row in extract.rows}
    found.add(f"{page} rows", [p.id for p in reading.rows], list(rows))
    for row in rows_today(ledger, known, page):
        told = rows.get(row.id, {"cells": {}})
        where, is_whole = f"{page}/{row.id}", len(row.pages) == 1
        found.add(f"{where} doubtful", row.doubtful, told.get("doubtful") or (not is_whole and row.doubtful))
        found.add(f"{where} reported", row.reported, told.get("reported"))
        found.add(f"{where} columns", sorted(row.cells), sorted(told["cells"]))
        for name, cell in row.cells.items():
            _compare_cell(f"{where}.{name}", cell, told["cells"].get(name, {}), found, is_whole=is_whole)


def _compare_cell(where: str, cell: Any, told: Any, found: Compared, *, is_whole: bool) -> None:
    from digitize.reading.rows import is_sure

    value = cell.placed.value
    text = value.value or ""
    if not is_whole:  # what is behind the page's end is told on the next page
        found.add(where, True, (text or value.raw).startswith(told.get("value") or ""))
        return
    found.add(where, [text, value.raw, value.confidence, value.blank, not is_sure(value)],
              [told.get(n) for n in ("value", "raw", "confidence", "blank", "asked")])  # fmt: skip
    found.add(f"{where} notes", True, set(cell.placed.notes) <= set(told.get("notes", ())))
