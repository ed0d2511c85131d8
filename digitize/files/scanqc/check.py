"""Check the image quality of all pages of a folder: pages in workers, relations between pages in this process."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.files.scanqc.folder import ListedScans, list_scans
from digitize.files.scanqc.report import PageReport, ScanReport, Sequel, sequels_of
from digitize.machine.progress import Progress
from ocr.quality.defect import FEW_LETTERS

if TYPE_CHECKING:
    from ocr.page import Scan
    from ocr.quality.defect import Defect
    from ocr.quality.likeness import Fingerprint
    from ocr.quality.page import PageQuality


@dataclass(frozen=True, slots=True)
class JudgeJob:
    """One page to check. place: its position. languages: digits used to read page numbers, () for none."""

    place: int
    scan: Scan
    languages: tuple[str, ...]
    twice: bool


@dataclass(frozen=True, slots=True)
class JudgedPage:
    """Result of a page. message: why it could not be checked, "" if it was."""

    place: int
    quality: PageQuality | None = None
    numbers: tuple[int, ...] = ()
    fingerprint: Fingerprint | None = None
    message: str = ""


@dataclass(frozen=True, slots=True)
class ScanQcOptions:
    """Options. jobs: processes. languages: of page numbers, () for none. twice: find pages scanned twice."""

    jobs: int = 1
    languages: tuple[str, ...] = ("en",)
    twice: bool = True


def check_folder(paths: list[Path], wanted: ScanQcOptions, progress: Progress) -> ScanReport:
    """Check every page of files and folders. Raises InputError if there is none, EngineMissing, EngineFailed."""
    return check_scans(list_scans(paths), wanted, progress)


def check_scans(listed: ListedScans, wanted: ScanQcOptions, progress: Progress) -> ScanReport:
    """Judge pages that are listed already, in their order. Raises EngineMissing, EngineFailed."""
    jobs = [JudgeJob(i, scan, wanted.languages, wanted.twice) for i, scan in enumerate(listed.scans)]
    if wanted.languages:
        _need_engine(wanted.languages)
    progress.start("judge", len(jobs))
    done: dict[int, JudgedPage] = {}
    with _Store() as store:
        for page in _judge_pages(jobs, wanted.jobs):
            progress.advance(failed=bool(page.message))
            if page.fingerprint is not None:
                store.keep(page.place, page.fingerprint)
            done[page.place] = JudgedPage(page.place, page.quality, page.numbers, None, page.message)
        pairs = store.same_pages(progress) if wanted.twice else ()
    _name_the_smaller(done)
    pages = [_page(job.scan, done[job.place]) for job in jobs]
    numbers = [done[job.place].numbers for job in jobs]
    sequels: tuple[Sequel, ...] = sequels_of([p.page for p in pages], pairs, numbers, listed.files)
    return ScanReport(len(listed.files), tuple(pages), listed.refused, sequels)


def judge_job(job: JudgeJob) -> JudgedPage:
    """Check one page; an unreadable one gives a message. Raises EngineMissing and EngineFailed."""
    from ocr.errors import ScanError
    from ocr.quality.likeness import take_fingerprint
    from ocr.quality.numbers import read_numbers
    from ocr.quality.page import judge
    from ocr.quality.picture import open_picture

    try:
        picture = open_picture(job.scan)
    except ScanError as e:
        return JudgedPage(job.place, message=str(e))
    quality = judge(picture)
    has_few = FEW_LETTERS in quality.notes
    numbers: tuple[int, ...] = ()
    if job.languages and not has_few:
        from ocr.engines.tesseract import Tesseract

        numbers = tuple(f.number for f in read_numbers(picture, Tesseract(), job.languages))
    # Pages without writing are all alike; none of them is another one scanned twice.
    fingerprint = take_fingerprint(picture) if job.twice and not has_few else None
    return JudgedPage(job.place, quality, numbers, fingerprint)


def _need_engine(languages: tuple[str, ...]) -> None:
    """Raise EngineMissing or OptionsError before the first page, not after it."""
    from digitize.errors import OptionsError
    from ocr.engines.tesseract import Tesseract
    from ocr.errors import EngineMissing
    from ocr.languages.language import known_languages

    known = known_languages()
    unknown = [x for x in languages if x not in known]
    if unknown:
        raise OptionsError(f"--language {unknown[0]} is not known; known: {', '.join(sorted(known))}.")
    missing = [x for x in languages if x not in Tesseract().languages()]
    if missing:
        names = ", ".join(known[x].name for x in missing)
        raise EngineMissing(f"Tesseract cannot read {names} here. Run digitize doctor, or give --no-numbers.")


_LIMIT_S = 180.0
"""The processor time that judging one page may take."""


def _judge_pages(jobs: list[JudgeJob], workers: int) -> Iterator[JudgedPage]:
    from digitize.machine.pool import run_jobs

    # One page too: it may break whoever decodes it.
    for _, done in run_jobs(judge_job, jobs, max(1, min(workers, len(jobs))), _make_failure, _LIMIT_S):
        yield done


def _make_failure(job: JudgeJob) -> JudgedPage:
    label = job.scan.label
    return JudgedPage(job.place, message=f"{label}: checking it crashed the program. Scan it again, and report it.")


def _name_the_smaller(done: dict[int, JudgedPage]) -> None:
    """Add findings that need the sizes of all pages."""
    usual = usual_size([(d.quality.width, d.quality.height) for d in done.values() if d.quality is not None])
    for place, page in done.items() if usual is not None else ():
        if page.quality is None or usual is None or FEW_LETTERS in page.quality.notes:
            continue
        cut = cut_against(usual, page.quality)
        if cut is not None:
            # The cut says more than the note on a few letters at the edge.
            notes = tuple(n for n in page.quality.notes if n != "touches-edge")
            quality = replace(page.quality, defects=(*page.quality.defects, cut), notes=notes)
            done[place] = replace(page, quality=quality)


def _page(scan: Scan, done: JudgedPage) -> PageReport:
    return PageReport(scan.label, scan.path.name, scan.index, done.quality, done.numbers, done.message)


class _Store:
    """Fingerprints of many pages: coarse ones in memory (1.5 KB per page), fine ones in a temporary file."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(prefix="digitize-scanqc-")  # noqa: SIM115
        self._at: list[tuple[int, int, int]] = []
        self._coarse: list[object] = []

    def __enter__(self) -> _Store:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def keep(self, place: int, fingerprint: Fingerprint) -> None:
        self._at.append((place, self._file.seek(0, 2), len(fingerprint.fine)))  # to the end: reading moves the place
        self._file.write(fingerprint.fine)
        self._coarse.append(fingerprint.coarse)

    def same_pages(self, progress: Progress) -> tuple[tuple[int, int, float], ...]:
        """Pairs of places that show the same page, with their likeness 0..1."""
        import numpy as np

        from ocr.quality.likeness import SAME, likely_pairs, likeness

        if len(self._at) < 2:
            return ()
        pairs = likely_pairs(np.stack(self._coarse))  # type: ignore[arg-type]
        progress.start("match", len(pairs))
        found = []
        for a, b in pairs:
            alike = likeness(self._fine(a), self._fine(b))
            progress.advance()
            if alike >= SAME:
                first, second = sorted((self._at[a][0], self._at[b][0]))
                found.append((first, second, alike))
        return tuple(sorted(found))

    def _fine(self, number: int) -> bytes:
        _, begin, length = self._at[number]
        self._file.seek(begin)
        return self._file.read(length)


_LEAST_PAGES = 8
# Scanners that trim freely have no size that half of the pages share.
_LEAST_SHARE = 0.5
_SAME = 0.01
# A cut through the foot of a form shows on the page itself in half of the cases at most; its size tells the rest.
_SHORT = 0.03
_LEAST_NEAR = 2


def usual_size(sizes: Sequence[tuple[int, int]]) -> tuple[int, int] | None:
    """Width and height of half of the pages, within one percent; None if the scanner crops freely."""
    if len(sizes) < _LEAST_PAGES:
        return None
    ordered = sorted(sizes)
    middle = ordered[len(ordered) // 2]
    # Two to try: sizes may differ by a few pixels (the middle one), or most may be the same (the most frequent).
    tallies = {size: 0 for size in {middle, max(set(ordered), key=ordered.count)}}
    for size in tallies:
        tallies[size] = sum(_is_same_size(size[0], w) and _is_same_size(size[1], h) for w, h in sizes)
    best = max(sorted(tallies), key=lambda s: tallies[s])
    return best if tallies[best] >= _LEAST_SHARE * len(sizes) else None


def cut_against(usual: tuple[int, int], quality: PageQuality) -> Defect | None:
    """Mark a page as cut off: as wide as the others but shorter, or as high but narrower, with writing up to the edge.

    Pages already marked as cut off are left unchanged.
    """
    from ocr.quality.defect import CUT_OFF, Defect
    from ocr.quality.edges import SIDES

    if any(d.kind == CUT_OFF for d in quality.defects):
        return None
    for size, other, usual_length, usual_other, sides in (
        (quality.height, quality.width, usual[1], usual[0], (1, 3)),
        (quality.width, quality.height, usual[0], usual[1], (0, 2)),
    ):
        missing = 1 - size / usual_length
        side = max(sides, key=lambda i: quality.near[i])
        if missing >= _SHORT and _is_same_size(usual_other, other) and quality.near[side] >= _LEAST_NEAR:
            unit = "% smaller than the other pages, with writing at the edge"
            return Defect(CUT_OFF, round(100 * missing, 1), 100 * _SHORT, unit, SIDES[side])
    return None


def _is_same_size(one: int, other: int) -> bool:
    return abs(one - other) <= _SAME * one
