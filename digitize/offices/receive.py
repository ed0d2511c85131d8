"""Taking snapshots in: each file is judged by itself, the good ones are kept whatever is wrong with others."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path

from pydantic import BaseModel, ValidationError

from digitize.errors import InputError
from digitize.offices.compare import compare_snapshots, summarize_snapshot
from digitize.offices.envelope import MAX_BYTES, unseal
from digitize.offices.judge import CheckContext, check_alone, open_sealed, read_body
from digitize.offices.keys import known_keys
from digitize.offices.naming import escape_file_name
from digitize.offices.refusal import Flag, Refused
from digitize.offices.shape import Snapshot
from digitize.offices.store import SnapshotStore

SUFFIX = ".snapshot"


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one file: taken, flagged, known or refused; reporter: "" where it is not sure."""

    file: str
    word: str
    reporter: str = ""
    as_on: str = ""
    flags: tuple[Flag, ...] = ()


class _Dated(BaseModel):
    """As much of a snapshot as its place in the order needs."""

    as_on: date
    made_at: datetime


@dataclass(slots=True)
class _Opened:
    file: str
    sha256: str
    body: bytes = b""
    mark: bytes = b""
    snapshot: Snapshot | None = None
    flags: list[Flag] = field(default_factory=list)


def add_files(store: SnapshotStore, level: str, code: str, paths: Iterable[Path]) -> list[Answer]:
    """Take files and folders of files in, the oldest first whatever their order. level, code: see `Bench`.

    Raises InputError when a path is not there; a bad snapshot is an answer, not an error.
    """
    bench = CheckContext.today(level, code, known_keys(store))
    # A newer snapshot taken before an older one would have that refused as rewriting history.
    in_order = sorted(find_files(paths), key=lambda p: (_read_date(p), p.name))
    with store.writing():
        return [_take(store, _open(path, bench)) for path in in_order]


def _read_date(path: Path) -> tuple[str, float]:
    """The day a file says it is of and when it says it was made, unchecked; nothing when it does not say."""
    try:
        dated = _Dated.model_validate_json(_read(path).partition(b"\n")[0])
        return dated.as_on.isoformat(), dated.made_at.timestamp()
    except (ValidationError, Refused, OverflowError, ValueError, OSError):
        return "", 0.0


def find_files(paths: Iterable[Path]) -> list[Path]:
    """The files themselves, and those in folders whose name ends in .snapshot. Raises InputError."""
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise InputError(f"{escape_file_name(str(path))} does not exist.")
        found += _list_folder(path) if path.is_dir() else [path]
    return found


def _list_folder(folder: Path) -> list[Path]:
    """The snapshots of a folder and of those in it. Raises InputError when one cannot be looked into."""

    def stop(error: OSError) -> None:
        raise InputError(f"{escape_file_name(str(error.filename))} cannot be opened: {error.strerror}") from error

    files = (Path(at) / name for at, _, names in os.walk(folder, onerror=stop) for name in names)
    return sorted(f for f in files if f.name.endswith(SUFFIX))


def _open(path: Path, bench: CheckContext) -> _Opened:
    waiting = _Opened(escape_file_name(path.name), "")
    try:
        data = _read(path)
        waiting.sha256 = hashlib.sha256(data).hexdigest()
        sealed = unseal(data)
        waiting.snapshot, waiting.body, waiting.mark = open_sealed(sealed, bench), sealed.body, sealed.rest
    except Refused as e:
        waiting.flags.append(Flag(e.code, e.text))
    return waiting


def _read(path: Path) -> bytes:
    """The file, or a little more of it than a snapshot may have. Raises Refused: unreadable."""
    try:
        if not path.is_file():
            raise Refused("unreadable", "it is not a file, or is a broken link")
        with path.open("rb") as f:
            # One byte more tells that it is too large; the rest need not come into memory.
            return f.read(MAX_BYTES + 1)
    except OSError as e:
        raise Refused("unreadable", f"it cannot be read: {e.strerror or type(e).__name__}; send it again") from e


def _take(store: SnapshotStore, w: _Opened) -> Answer:
    s = w.snapshot
    if s is None:
        return _refuse(store, w)
    before = store.find_newest(s.reporter)
    if store.has(w.sha256):
        if before and before.sha256 == w.sha256:
            return Answer(w.file, "known", s.reporter, s.as_on.isoformat())
        # An old file sent again, by mistake or to undo what was reported since.
        newer = before.as_on if before else ""
        w.flags.append(Flag("replayed", f"it was received before, and one of {newer} after it"))
        return _refuse(store, w)
    try:
        flags = compare_snapshots(s, before, store.snapshot)
    except Refused as e:
        w.flags.append(Flag(e.code, e.text))
        return _refuse(store, w)
    store.insert(
        w.file, w.sha256, s, flags, summarize_snapshot(s), w.body, is_taken=True, reporter=s.reporter, mark=w.mark
    )  # fmt: skip
    return Answer(w.file, "flagged" if flags else "taken", s.reporter, s.as_on.isoformat(), tuple(flags))


def _refuse(store: SnapshotStore, w: _Opened) -> Answer:
    reporter = w.snapshot.reporter if w.snapshot else ""
    as_on = w.snapshot.as_on.isoformat() if w.snapshot else ""
    # A folder that is taken in every day would else grow the history by the same refusals.
    if not store.was_refused(w.sha256, w.file, w.flags):
        store.insert(w.file, w.sha256, w.snapshot, w.flags, {}, b"", is_taken=False, reporter=reporter)
    return Answer(w.file, "refused", reporter, as_on, tuple(w.flags))


def check_file(path: Path) -> Snapshot:
    """Read a file as whoever writes one with other software may wish to: without a list of keys and without a history.

    Raises Refused.
    """
    sealed = unseal(_read(path))
    if not sealed.is_signed():
        raise Refused("bad-signature", "the signature is not that of the first line with the key next to it")
    return check_alone(read_body(sealed.body))


def count_outcomes(answers: Sequence[Answer]) -> dict[str, int]:
    """How many files were taken, flagged, known, refused."""
    return {word: sum(a.word == word for a in answers) for word in ("taken", "flagged", "known", "refused")}
