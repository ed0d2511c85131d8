"""A scanner's output folder: each file is taken in once it is complete, and moved away.

A file being written grows or is touched: it counts as complete if size and modification time are stable for some
seconds, or if it gets its final name. Nothing is taken twice after a kill: a file taken in and not yet moved is
recognised by content.
"""

from __future__ import annotations

import filecmp
import os
import stat
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from digitize.errors import InputError
from digitize.machine.text import pluralize
from digitize.workspace.intake.delivery import INDEXES, LAYOUTS, MEMOS, holds, natural, shown_name
from digitize.workspace.intake.manifest import MANIFEST, Metadata
from digitize.workspace.intake.report import IntakeReport
from digitize.workspace.intake.take import take_in
from digitize.workspace.place import Place

DONE, PROBLEM = "done", "problem"
"""Folders inside the watched one: what was taken in, and what could not be, each beside FILE.why.txt."""
_UNFINISHED = (".part", ".tmp", ".temp", ".crdownload", ".partial", ".filepart", ".lock")
_NEVER = (MANIFEST, "thumbs.db", "desktop.ini")
_WHY = ".why.txt"


@dataclass(frozen=True, slots=True)
class FileAtLook:
    """A file at one scan of the folder; since: unchanged from then on."""

    size: int
    changed_ns: int
    since: float


class ScannerFolder:
    """One watched folder; remembers its state between scans."""

    def __init__(
        self, folder: Path, *, leave: bool = False, steady_s: float = 10.0, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """leave: files stay where they are. steady_s: required time without change. Raises InputError."""
        if not folder.is_dir():
            raise InputError(f"{folder}: there is no such folder to watch.")
        self._folder, self._leave, self.steady_s, self._clock = folder, leave, steady_s, clock
        self._seen: dict[Path, FileAtLook] = {}
        self._settled: dict[Path, tuple[int, int]] = {}
        self._empty: set[Path] = set()
        self._told: set[Path] = set()

    def look(self) -> tuple[list[Path], bool]:
        """Complete files, in natural order up to the first incomplete one; and whether others are being written.

        A file after an incomplete one waits, too: the cover sheet before it determines its place.
        """
        now = self._clock()
        files = [p for p in self._files() if self._settled.get(p) != _state(p)]
        seen = {p: self._look_at(p, now) for p in files}
        self._seen = {p: s for p, s in seen.items() if s is not None}
        whole: list[Path] = []
        self._empty = set()
        for _, own in groupby(files, key=lambda p: p.parent):
            for path in own:
                found = self._seen.get(path)
                if found is None or now - found.since < self.steady_s:
                    break
                if found.size == 0:
                    self._empty.add(path)
                    break
                whole.append(path)
        return whole, len(whole) < len(files)

    def take(self, place: Place, wait: Callable[[float], bool]) -> Iterator[str]:
        """Take in complete files, waiting once for new or growing ones. Yields lines for people.

        wait: waits that many seconds, and returns whether to stop. Raises what `take_in` raises; files not yet moved
        are found again by the next scan.
        """
        whole, is_more = self.look()
        if is_more and not wait(self.steady_s):
            whole, _ = self.look()
        for path in sorted(self._empty - self._told):
            yield f"{shown_name(path.name)}: is empty. Files after it wait until it is written or removed."
        self._told = set(self._empty)
        for _, own in groupby(whole, key=lambda p: p.parent):
            files = list(own)
            # Also what is known by its content: a sheet that is scanned once more says again what follows it.
            report = take_in(place, files, Metadata(), goes_on=True)
            refused = dict(report.refused)
            yield from _lines(report)
            for path in files:
                try:
                    self._put_away(path, refused.get(shown_name(path.name), ""))
                except FileNotFoundError:
                    # Taken away meanwhile: that it was refused is said already.
                    continue
                except OSError as e:
                    # It is known by its content, so that it does no harm where it lies.
                    self._settle(path)
                    yield f"{shown_name(path.name)}: cannot be moved ({e.strerror}). It stays where it is."

    def _files(self) -> list[Path]:
        found = []
        for top, folders, names in os.walk(self._folder):
            # Only its own: a folder of that name further down is a scanner's like any other.
            own = (DONE, PROBLEM) if Path(top) == self._folder else ()
            folders[:] = sorted(f for f in folders if f not in own and not f.startswith("."))
            found += [Path(top) / n for n in sorted(names, key=natural) if _is_wanted(Path(top) / n)]
        return found

    def _look_at(self, path: Path, now: float) -> FileAtLook | None:
        state = _state(path)
        if state is None:
            return None
        before = self._seen.get(path)
        is_same = before is not None and (before.size, before.changed_ns) == state
        return FileAtLook(*state, before.since if before is not None and is_same else now)

    def _settle(self, path: Path) -> None:
        """Ignore a file from now on, unless it changes."""
        state = _state(path)
        if state is not None:
            self._settled[path] = state

    def _put_away(self, path: Path, why: str) -> None:
        where = self._folder / (PROBLEM if why else DONE)
        if self._leave:
            self._settle(path)
            target = where / path.relative_to(self._folder)
        else:
            target = _free(where / path.relative_to(self._folder), path)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        if why:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.with_name(target.name + _WHY).write_text(f"{shown_name(path.name)}: {why}\n", encoding="utf-8")


def _is_wanted(path: Path) -> bool:
    low = path.name.lower()
    if low.startswith((".", "~")) or low in _NEVER or low.endswith((*_UNFINISHED, *LAYOUTS, _WHY)):
        return False
    # What goes with a table is taken with it.
    return not low.endswith((*MEMOS, *INDEXES)) or holds(path)


def _state(path: Path) -> tuple[int, int] | None:
    """Size and modification time; None if it disappeared between two scans.

    Non-regular files and dangling links count as complete, so that intake refuses them by name.
    """
    try:
        found = path.stat() if path.exists() else path.lstat()
    except OSError:
        return None
    return found.st_size if stat.S_ISREG(found.st_mode) else 1, found.st_mtime_ns


def _free(target: Path, path: Path) -> Path:
    """Free target path for a file, without overwriting another."""
    number = 1
    while target.exists() and not filecmp.cmp(target, path, shallow=False):
        number += 1
        target = target.with_name(f"{path.stem}-{number}{path.suffix}")
    return target


def _lines(report: IntakeReport) -> Iterator[str]:
    if report.taken or report.refused:
        counts = (
            f"{pluralize(report.taken, 'file')}, {pluralize(report.pages, 'page')}, {pluralize(report.sheets, 'sheet')}"
        )
        yield f"Taken in: {counts}; batch {report.batch or '-'}."
    for label, pages in report.sorted_into.items():
        yield f"Sorted into {label}: {pluralize(pages, 'page')}."
    for name, why in (*report.refused, *report.aside, *report.again.asked):
        yield f"{name}: {why}"
