"""Move a workspace's ledger from its file into a database, or back: complete and verified, or not at all.

First the old ledger is marked: from then on nobody writes to it, whatever happens to the move. The new one is created
next to it and recounted; then one line of `digitize.toml` is changed, and from then on it is the ledger. Last, the old
one is renamed. If interrupted before the line is changed, the next move starts again, or removes the mark if the ledger
is to stay; if interrupted after it, the next move completes the rest.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.errors import InputError, LedgerError
from digitize.machine.command_line import format_command
from digitize.machine.system import is_dead, sync_file, sync_folder
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.opening import connect, open_engine, require_format
from digitize.workspace.ledger.schema import DDL
from digitize.workspace.ledger.transfer import copy_rows, fill_file
from digitize.workspace.ledger.verifying import find_changes
from digitize.workspace.ledger_db import LedgerAddress, LedgerEngine, Where
from digitize.workspace.ledger_db.address import ledger_address
from digitize.workspace.ledger_db.move_marks import ARRIVING, MOVED_TO, MOVING_TO, parse_place, place_text
from digitize.workspace.place import LEDGER, Place, ledger_line, open_place

if TYPE_CHECKING:
    from digitize.workspace.ledger_db.postgres import DatabaseEngine

STEP = "move"
_LINE = re.compile(r"^[ \t]*#?[ \t]*ledger[ \t]*=.*$", re.M)
_AFTER = re.compile(r"^[ \t]*site_id[ \t]*=.*$", re.M)
_MARK = "INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
_MARKED = "SELECT key FROM meta WHERE key IN ('moving_to', 'moved_to', 'arriving')"
_VALUE = "SELECT value FROM meta WHERE key = ?"


@dataclass(frozen=True, slots=True)
class MovedLedger:
    """Result. to: where it is now; aside: where the former one is; events, root_hash: of what was moved."""

    to: str
    aside: str
    events: int
    root_hash: str


def move(place: Place, url: str) -> MovedLedger:
    """Move a workspace's ledger to a database, or with url "" to the file ledger.sqlite of the workspace.

    Raises InputError if it is there already or another one is, LedgerError if it is in use or was tampered with.
    """
    own = place.options.workspace
    old = place.ledger
    new: Where = ledger_address(url, own.site_id, place.folder, own.ledger_schema) if url else place.folder / LEDGER
    ended = _finish_interrupted(place)
    if new == old:
        if ended or (ended := _take_back(old, place.folder)):
            return ended
        raise InputError(f"The ledger of {place.folder} is already in {new}.")
    with closing(open_engine(old)) as source:
        require_format(source, old)
        _mark(source, old, new, place.folder)
        try:
            _remove_leftovers(new, source)
            with _lock_ledger(source):
                _create_copy(source, old, new, place.folder)
                write_address(place.folder, url)
                # From here on the new one is the ledger.
                aside = _mark_moved(source, old, new)
        except Exception:
            # Whoever is killed cannot do this: then the next move does.
            if _current_address(place.folder) == old:
                _unmark(source)
            raise
    if isinstance(old, Path):
        aside = _rename_file(old)
    return _finish_move(place.folder, old, new, aside)


def _current_address(folder: Path) -> Where:
    return open_place(folder).ledger


def _mark(source: LedgerEngine, old: Where, new: Where, home: Path) -> None:
    """Block writes to the old ledger. Leftovers of an earlier move elsewhere are removed."""
    with _lock_ledger(source):
        earlier = source.execute(_VALUE, (MOVING_TO,)).fetchone()
        source.execute(_MARK, (MOVING_TO, place_text(new)))
    there = parse_place(earlier[0], home) if earlier else None
    if there not in (None, old, new):
        _remove_leftovers(there, source)


def _unmark(source: LedgerEngine) -> None:
    source.begin(moving=True)
    source.execute("DELETE FROM meta WHERE key = ?", (MOVING_TO,))
    source.commit()


def _mark_moved(source: LedgerEngine, old: Where, new: Where) -> str:
    """Mark the old ledger as moved, inside a transaction. Returns the new name of a schema."""
    source.execute(_MARK, (MOVED_TO, str(new)))
    source.execute("DELETE FROM meta WHERE key = ?", (MOVING_TO,))
    return _rename_schema(source) if isinstance(old, LedgerAddress) else ""


def _finish_move(folder: Path, old: Where, new: Where, aside: str) -> MovedLedger:
    """Last step: record the move in the new ledger."""
    with Ledger(_current_address(folder)) as ledger, ledger.writing():
        last = ledger.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        ledger.execute("DELETE FROM meta WHERE key = ?", (ARRIVING,))
        told = {"from": str(old), "to": str(new), "events": last["seq"], "root_hash": last["hash"]}
        ledger.record_event("ledger", STEP, "note", detail=told)
    return MovedLedger(str(new), aside, last["seq"], last["hash"])


def _finish_interrupted(place: Place) -> MovedLedger | None:
    """Complete a move interrupted after the address was changed. None if there is nothing left to do."""
    with closing(open_engine(place.ledger)) as db:
        row = db.execute(_VALUE, (ARRIVING,)).fetchone()
    old = parse_place(row[0], place.folder) if row else None
    if old is None:
        return None
    return _finish_move(place.folder, old, place.ledger, _set_old_aside(old, place.ledger))


def _set_old_aside(old: Where, new: Where) -> str:
    """Rename the old ledger, if it exists and is marked as moving. Returns its new place."""
    if isinstance(old, LedgerAddress):
        from digitize.workspace.ledger_db import postgres

        with postgres.changing(old) as db:
            is_left = postgres.is_there(db) and db.execute(_VALUE, (MOVING_TO,)).fetchone() is not None
            return _mark_moved(db, old, new) if is_left else ""
    if not old.is_file():
        return ""
    with closing(connect(old)) as file, file.translate_errors():
        file.begin(moving=True)
        marks = {r["key"] for r in file.execute(_MARKED)}
        if MOVING_TO in marks:
            _mark_moved(file, old, new)
        file.commit()
    return _rename_file(old) if marks & {MOVING_TO, MOVED_TO} else ""


def _take_back(old: Where, home: Path) -> MovedLedger | None:
    """Undo a move interrupted before the address was changed. None if there is none."""
    with closing(open_engine(old)) as source:
        row = source.execute(_VALUE, (MOVING_TO,)).fetchone()
        if row is None:
            return None
        if (there := parse_place(row[0], home)) is not None:
            _remove_leftovers(there, source)
        _unmark(source)
        last = source.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return MovedLedger(str(old), "", last["seq"], last["hash"])


@contextmanager
def _lock_ledger(source: LedgerEngine) -> Iterator[None]:
    """The ledger's lock. Raises LedgerError if a live process uses it, since it would continue on the old ledger."""
    with source.translate_errors():
        source.begin(moving=True)
        try:
            for r in source.execute(
                "SELECT DISTINCT owner FROM leases WHERE until > ?", (source.read_clock(),)
            ).fetchall():
                if not is_dead(r["owner"]):
                    raise LedgerError("This ledger is in use. Stop every run, watch and serve, then try again.")
            yield
            source.commit()
        except BaseException:
            source.rollback()
            raise


def _remove_leftovers(new: Where, source: LedgerEngine) -> None:
    """Remove leftovers of an interrupted move. Raises InputError for an unrelated ledger there."""
    # A move that was cut off at its very end leaves the mark in what is the ledger, and is worked with.
    if isinstance(new, Path):
        if not new.exists():
            return
        with closing(connect(new)) as file, file.translate_errors():
            marks = {r["key"] for r in file.execute(_MARKED)}
            is_copy = "arriving" in marks and _is_in(source, file)
        if "moved_to" in marks:
            _rename_file(new)
        elif is_copy:
            new.unlink()
        else:
            raise InputError(f"{new} exists already. Move it elsewhere first.")
        return
    from digitize.workspace.ledger_db import postgres

    with postgres.changing(new) as db:
        if postgres.is_there(db):
            # All that is in it was copied from a ledger that is still there.
            if "arriving" not in {r["key"] for r in db.execute(_MARKED)} or not _is_in(source, db):
                raise InputError(
                    f"{new} exists already, from another workspace or an earlier one. Set ledger_schema in "
                    f"digitize.toml."
                )
            db.execute(f"DROP SCHEMA {new.schema} CASCADE")


def _is_in(source: LedgerEngine, copy: LedgerEngine) -> bool:
    """Whether a copy's whole history is in its source ledger."""
    newest = copy.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    there = source.execute("SELECT 1 FROM events WHERE seq = ? AND hash = ?", tuple(newest or (0, ""))).fetchone()
    return newest is None or there is not None


def _create_copy(source: LedgerEngine, old: Where, new: Where, home: Path) -> None:
    """Create the new ledger, recounted before it is used."""
    mark = (ARRIVING, place_text(old))
    if isinstance(new, LedgerAddress):
        from digitize.workspace.ledger_db import postgres

        with postgres.making(new, DDL) as (db, _):
            copy_rows(source, db)
            db.execute(_MARK, mark)
            _require_whole(db, home)
        return
    part = new.with_name(f".{new.name}.part")
    part.unlink(missing_ok=True)
    try:
        fill_file(source, part)
        with closing(connect(part)) as file:
            file.execute("PRAGMA journal_mode = DELETE")
            file.execute(_MARK, mark)
            _require_whole(file, home)
        sync_file(part)
        part.replace(new)
        sync_folder(home)
    finally:
        part.unlink(missing_ok=True)


def _require_whole(db: LedgerEngine, home: Path) -> None:
    amiss = [c.line() for c in find_changes(db, home) if not c.is_remark]
    if amiss:
        raise LedgerError(f"Nothing was moved: {amiss[0]} See: {format_command('ledger', 'verify', home)}")


def write_address(folder: Path, url: str) -> None:
    """Set the ledger's address in digitize.toml, atomically."""
    path = folder / "digitize.toml"
    text, line = path.read_text(encoding="utf-8-sig"), ledger_line(url)
    changed = _LINE.sub(lambda _: line, text, count=1)
    if not _LINE.search(text):
        changed = _AFTER.sub(lambda m: f"{m[0]}\n{line}", text, count=1)
    if tomllib.loads(changed)["workspace"].get("ledger", "") != url:
        raise InputError(f"{path}: the line `ledger = ` under [workspace] cannot be changed. Edit it by hand: {line}")
    part = path.with_name(".digitize.toml.part")
    part.write_text(changed, encoding="utf-8")
    part.chmod(path.stat().st_mode & 0o777)
    sync_file(part)
    part.replace(path)
    sync_folder(folder)


def _rename_schema(source: LedgerEngine) -> str:
    from digitize.workspace.ledger_db import postgres

    held: DatabaseEngine = source  # type: ignore[assignment]  # the engine of an address
    return f"the schema {postgres.put_aside(held, 'moved')} of the same database"


def _rename_file(old: Path) -> str:
    """Rename the former ledger file and its side files."""
    with suppress(LedgerError), closing(connect(old)) as db, db.translate_errors():
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("PRAGMA journal_mode = DELETE")
    number = 1
    while (aside := old.with_name(f"{old.name}.moved-{number}")).exists():
        number += 1
    for tail in ("-wal", "-shm", ""):
        beside = old.with_name(old.name + tail)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + tail))
    return str(aside)
