"""Pages of a folder in reading order, and gaps in its file names."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import InputError
from ocr.page import Scan
from ocr.scans.scan import media_of

_SKIPPED = {".csv", ".txt", ".json", ".jsonl", ".toml", ".md", ".xml", ".html", ".log", ".db", ".ini"}
"""What lies beside scans and is none, unless it begins as a scan does."""
# The last number of a name, or two that a dash joins, as of a page and the one beside it: page_061-062.
_NUMBER = re.compile(r"(\d+)(?:-(\d+))?(?=\D*$)")
_LEAST_IN_RUN = 5
# Names made of date and time (IMG_20240101_101500) leave out far more: they are no run.
_MOST_MISSING = 0.25


@dataclass(frozen=True, slots=True)
class ListedScans:
    """Scans to check. scans: in order. refused: names of unreadable files, with the message."""

    scans: tuple[Scan, ...]
    refused: tuple[tuple[str, str], ...]
    files: tuple[str, ...]


def list_scans(paths: Sequence[Path]) -> ListedScans:
    """Every page of the named files and folders. Raises InputError if there is none."""
    from digitize.files.scan_probe import probe_scans
    from ocr.scans.limits import MIN_SIDE_PX

    scans: list[Scan] = []
    refused: list[tuple[str, str]] = []
    files = list(_files(paths))
    for (name, path), found in zip(files, probe_scans([p for _, p in files], MIN_SIDE_PX), strict=True):
        if found.reason:
            refused.append((name, found.reason))
        many = found.pages > 1
        scans += [Scan(path, "", i, f"{name} page {i + 1}" if many else name) for i in range(found.pages)]
    if not files:
        raise InputError(f"{paths[0]}: there are no scans. Name a folder with JPEG, PNG, TIFF or PDF files.")
    if not scans:
        raise InputError(f"None of {len(files)} files can be opened. {refused[0][1]}")
    return ListedScans(tuple(scans), tuple(refused), tuple(name for name, _ in files))


def _files(paths: Sequence[Path]) -> Iterator[tuple[str, Path]]:
    for path in paths:
        if path.is_dir():
            inside = (p for p in path.rglob("*") if p.is_file() and _may_be_scan(p, path))
            yield from sorted(((p.relative_to(path).as_posix(), p) for p in inside), key=lambda f: natural(f[0]))
        elif path.is_file():
            yield path.name, path
        else:
            raise InputError(f"{path}: there is no such file or folder.")


def _may_be_scan(path: Path, root: Path) -> bool:
    hidden = any(part.startswith(".") for part in path.relative_to(root).parts)
    return not hidden and (path.suffix.lower() not in _SKIPPED or _begins_as_scan(path))


def _begins_as_scan(path: Path) -> bool:
    try:
        return bool(media_of(path))
    except OSError:
        return False


def natural(name: str) -> list[tuple[int, int, str]]:
    """Natural sort key: page_10 after page_9."""
    # 0 or 1 first, so that a number is never compared with a word.
    return [(0, int(p), "") if p.isdecimal() else (1, 0, p.lower()) for p in re.split(r"(\d+)", name) if p]


@dataclass(frozen=True, slots=True)
class NumberGap:
    """Missing numbers of a run: first to last, between two names."""

    first: int
    last: int
    before: str
    behind: str


def name_gaps(names: Iterable[str]) -> tuple[NumberGap, ...]:
    """Numbers missing in runs of file names.

    Names belong to a run if they differ only in their last number. A run has at least five names and at most a quarter
    missing: dates, times and serial numbers jump and mean nothing.
    """
    runs: dict[tuple[str, str], dict[int, str]] = defaultdict(dict)
    for name in names:
        stem = Path(name).stem
        found = _NUMBER.search(stem)
        if found is None:
            continue
        first, last = int(found[1]), int(found[2] or found[1])
        # A pair that is no short range, as in a date, counts with its first number alone.
        last = last if first <= last <= first + 9 else first
        key = (str(Path(name).parent) + "/" + stem[: found.start()].lower(), stem[found.end() :].lower())
        runs[key] |= dict.fromkeys(range(first, last + 1), name)
    return tuple(gap for run in runs.values() for gap in _gaps(run))


def _gaps(run: dict[int, str]) -> Iterator[NumberGap]:
    numbers = sorted(run)
    whole = numbers[-1] - numbers[0] + 1
    if len(numbers) < _LEAST_IN_RUN or whole - len(numbers) > _MOST_MISSING * whole:
        return
    for before, behind in zip(numbers, numbers[1:], strict=False):
        if behind > before + 1:
            yield NumberGap(before + 1, behind - 1, run[before], run[behind])
