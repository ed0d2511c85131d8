"""Fixity check of originals: do the bytes still match? An interrupted round continues where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from digitize.errors import OptionsError
from digitize.machine.progress import Progress
from digitize.workspace.intake.store import content_hash
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, SourceFile
from digitize.workspace.ledger.purges import count_purges, is_unfinished, purged_files
from digitize.workspace.ledger.verifying import Change
from digitize.workspace.place import Place

_GOOD, _GONE, _ALTERED = "good", "gone", "altered"
_SAID = {
    _GONE: ("is gone", "run digitize intake with this file again; it restores it by its content"),
    _ALTERED: ("was altered after intake", "restore it from a backup, or remove it and run intake with the file again"),
}
_NOTED = """INSERT INTO fixity (sha256, at, outcome) VALUES (?, ?, ?)
  ON CONFLICT (sha256) DO UPDATE SET at = excluded.at, outcome = excluded.outcome"""
# So many bytes are hashed between two notes in the ledger: what an interruption makes anew at most.
_NOTE_EVERY = 1 << 30


@dataclass(slots=True)
class Fixity:
    """Result of a fixity check. files: checked now; left: still to check in this round."""

    files: int = 0
    bytes: int = 0
    good: int = 0
    left: int = 0


def parse_share(text: str) -> float:
    """Parse a share: "all", "10%" or "" (none). Raises OptionsError."""
    if text in ("", "all"):
        return 1.0 if text else 0.0
    number = text.removesuffix("%").strip()
    if not text.endswith("%") or not number.replace(".", "", 1).isdigit() or not 0 < float(number) <= 100:
        raise OptionsError(f"{text}: give all, or a share such as 10%")
    return float(number) / 100


def missing_originals(ledger: Ledger, place: Place) -> Iterator[Change]:
    """Originals that are missing, or of the wrong size; nothing is read."""
    for source in _sources(ledger):
        path = _path(place, source)
        if not path.is_file():
            yield _change(source, _GONE)
        elif path.stat().st_size != source.bytes:
            yield _change(source, _ALTERED)


def list_purges(ledger: Ledger) -> Iterator[Change]:
    """Purges with person and date; and whether one was interrupted before all bytes were gone."""
    for purged, files in count_purges(ledger):
        what = "personal data and originals" if purged.is_personal else "originals"
        yield Change(f"{what} of {files} files", f"were {purged.line()}", "", is_remark=True)
    if is_unfinished(ledger):
        mend = "finish it: digitize purge DIR with the same options"
        yield Change("a purge", "was interrupted; purged data may still be there", mend, is_remark=True)


def check_originals(
    ledger: Ledger, place: Place, share: float, progress: Progress, done: Fixity, *, keeps: bool = True
) -> Iterator[Change]:
    """Hash originals again, least recently checked first, until a share of the bytes is done.

    share: 0 to 1; with 1 an interrupted round continues. done: is filled. keeps: record the check times in the ledger;
    without it (read-only medium) every round starts again.
    """
    waiting = _waiting(ledger, keeps=keeps)
    budget = share * sum(s.bytes for s in _sources(ledger))
    progress.start("fixity", len(waiting))
    notes: list[tuple[str, str, str]] = []
    for number, source in enumerate(waiting):
        # One at least, or a file larger than the share would never be looked at.
        if share < 1 and done.files and done.bytes + source.bytes > budget:
            done.left = len(waiting) - number
            break
        outcome = _check_file(_path(place, source), source)
        done.files, done.bytes, done.good = done.files + 1, done.bytes + source.bytes, done.good + (outcome == _GOOD)
        notes.append((source.sha256, _format_now(), outcome))
        if keeps and done.bytes // _NOTE_EVERY > (done.bytes - source.bytes) // _NOTE_EVERY:
            _note(ledger, notes)
        progress.advance()
        if outcome != _GOOD:
            yield _change(source, outcome)
    if keeps:
        _finish_round(ledger, place, notes, done)


def _waiting(ledger: Ledger, *, keeps: bool) -> list[SourceFile]:
    """Originals not checked in this round, least recently checked first."""
    began = _begin_round(ledger, keeps=keeps)
    seen = {r["sha256"]: r["at"] for r in ledger.rows("SELECT sha256, at FROM fixity")} if keeps else {}
    left = [s for s in _sources(ledger) if seen.get(s.sha256, "") < began]
    return sorted(left, key=lambda s: (seen.get(s.sha256, ""), s.sha256))


def _finish_round(ledger: Ledger, place: Place, notes: list[tuple[str, str, str]], done: Fixity) -> None:
    with ledger.writing():
        _note(ledger, notes)
        if not done.left:
            ledger.execute("DELETE FROM meta WHERE key = 'fixity_began'")
        detail = {"files": done.files, "bytes": done.bytes, "good": done.good, "left": done.left}
        ledger.record_event(place.options.workspace.site_id, "fixity", "note", detail=detail)


def _begin_round(ledger: Ledger, *, keeps: bool) -> str:
    """Start time of the current round; now if there is none."""
    row = ledger.execute("SELECT value FROM meta WHERE key = 'fixity_began'").fetchone()
    if row:
        return str(row["value"])
    now = _format_now()
    if keeps:
        ledger.execute("INSERT INTO meta (key, value) VALUES ('fixity_began', ?)", (now,))
    return now


def _note(ledger: Ledger, notes: list[tuple[str, str, str]]) -> None:
    with ledger.writing():
        for note in notes:
            ledger.execute(_NOTED, note)
    notes.clear()


def _check_file(path: Path, source: SourceFile) -> str:
    if not path.is_file():
        return _GONE
    return _GOOD if content_hash(path) == source.sha256 else _ALTERED


def _sources(ledger: Ledger) -> list[SourceFile]:
    purged = purged_files(ledger)
    return [s for s in Catalogue(ledger).sources() if not s.problem and s.sha256 not in purged]


def _path(place: Place, source: SourceFile) -> Path:
    return place.original(source.sha256, source.suffix, source.linked)


def _change(source: SourceFile, outcome: str) -> Change:
    return Change(f"original {source.name} of {source.batch} ({source.sha256[:12]})", *_SAID[outcome])


def _format_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
