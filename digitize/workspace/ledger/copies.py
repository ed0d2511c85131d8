"""Copies of a ledger: backup during writes, restore, and compaction.

The ledger is the history, not the originals and keys: copy `originals/` and `keys/` as files.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from digitize.errors import InputError, LedgerAway, LedgerError
from digitize.machine.sqlite_errors import plain_errors
from digitize.machine.system import free_bytes
from digitize.workspace.ledger.core import Ledger
from digitize.workspace.ledger.heads import LOG, SignedHead, heads_in_file
from digitize.workspace.ledger.opening import connect, connect_to_read, open_engine, require_format
from digitize.workspace.ledger.restored import STEP
from digitize.workspace.ledger.schema import DDL, FORMAT
from digitize.workspace.ledger.transfer import copy_rows, write_file
from digitize.workspace.ledger.verifying import find_changes
from digitize.workspace.ledger_db import LedgerAddress, Where, home_of

_FIRST = "SELECT hash FROM events ORDER BY seq LIMIT 1"


@dataclass(frozen=True, slots=True)
class LedgerCopy:
    """A copy of a ledger. events: newest one in it; root_hash: of the history up to there; bytes: file size."""

    file: str
    events: int
    root_hash: str
    bytes: int

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)


def back_up(path: Where, to: Path) -> LedgerCopy:
    """Write a consistent copy of a ledger to a file without disturbing writers.

    Raises InputError if the file exists, DiskFull, and LedgerError if the ledger is damaged.
    """
    if to.exists():
        raise InputError(f"{to} exists already. A backup is never overwritten: give another name.")
    if isinstance(path, Path) and to.name.startswith(f"{path.name}-") and to.parent.resolve() == path.parent.resolve():
        raise InputError(f"{to}: names that start like this are reserved for SQLite files. Give another name.")
    with Ledger(path) as ledger:
        with plain_errors(to, "digitize ledger verify"), _open_temp_file(to) as part:
            _copy_into(path, part)
            found = _inspect_copy(part, to.name)
            part.replace(to)
        if ledger.can_write:
            ledger.record_event("ledger", "backup", "note", detail=found.as_plain())
    return found


def compact(path: Where, *, whole: bool = False) -> tuple[int, int]:
    """Return free space to the disk; in a database, for reuse. Returns bytes before and after.

    whole: also rewrite the tables of a database so that no old byte stays; others wait meanwhile. Raises LedgerError
    while it is being written, or if the disk has no room for SQLite's temporary copy.
    """
    if isinstance(path, LedgerAddress):
        from digitize.workspace.ledger_db import postgres

        return postgres.compact(path, whole=whole)
    before = path.stat().st_size
    if free_bytes(path.parent) < 2 * before:
        raise LedgerError(
            f"{path}: this needs {2 * before:,} bytes of free disk space for a while. Make room, then try again."
        )
    with closing(connect(path)) as db, plain_errors(path, "digitize ledger verify"):
        db.execute("VACUUM")
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return before, path.stat().st_size


def restore(path: Where, copy: Path, reason: str, operator: str) -> tuple[LedgerCopy, str, int]:
    """Replace a ledger by a backup. The current ledger is kept under another name.

    Anything after the backup is lost: the extent of the signed heads next to the ledger is stored as an event, so that
    `ledger verify` reports it permanently. Returns the backup, the place of the former ledger ("" if none), and the
    number of lost events. Raises InputError for a file that is no valid backup of this workspace, LedgerError if the
    ledger is open elsewhere.
    """
    if len(reason.split()) < 2 or not operator.strip():  # noqa: PLR2004  # one word is no reason
        raise InputError("Restoring a ledger removes history: give --reason in words, and --operator.")
    found = _require_sound(copy)
    _require_same_workspace(path, copy)
    reached = max((h.seq for h in _read_logged_heads(path)), default=0)
    aside = _replace(path, copy, found.root_hash) if isinstance(path, Path) else _replace_schema(path, copy)
    lost = max(0, reached - found.events)
    told = {**found.as_plain(), "lost": lost, "reached": reached, "reason": reason, "by": operator}
    with Ledger(path) as ledger, ledger.writing():
        ledger.record_event("ledger", STEP, "note", detail=told)
        for batch in ledger.states("load"):
            # Targets went on: the next load asks them what they hold, and does not take its own word for it.
            ledger.record_event(batch, "load", "note", detail={"restored": True})
    return found, aside, lost


def _replace(path: Path, copy: Path, root_hash: str) -> str:
    with plain_errors(path, "digitize ledger verify"), _open_temp_file(path) as part:
        # By SQLite and not as a file: what was copied from a ledger in use has its newest events in a file beside it.
        _copy_into(copy, part)
        if _inspect_copy(part, copy.name).root_hash != root_hash:
            raise InputError(f"{copy} changed while it was read. Copy it elsewhere, then try again.")
        aside = _rename_old(path)
        part.replace(path)
    return str(aside or "")


def _replace_schema(where: LedgerAddress, copy: Path) -> str:
    from digitize.workspace.ledger_db import postgres

    made = postgres.making(where, DDL)
    today = _open_upgraded(copy, where)
    with today as file, closing(connect_to_read(file)) as source, source.at_one_moment(), made as (db, aside):
        copy_rows(source, db)
    return f"the schema {aside} of the same database" if aside else ""


@contextmanager
def _open_upgraded(copy: Path, where: LedgerAddress) -> Iterator[Path]:
    """A backup in the current format: itself, or a temporary upgraded copy signed with the workspace's key."""
    with closing(connect_to_read(copy)) as db:
        if require_format(db, copy) == FORMAT:
            yield copy
            return
    with tempfile.TemporaryDirectory(dir=where.home) as folder:
        raised = Path(folder) / "ledger.sqlite"
        _copy_into(copy, raised)
        key = where.home / "keys" / "site.pem" if where.home else None
        with Ledger(raised, key=key) as ledger, ledger.writing():
            pass  # the first that writes raises the format
        yield raised


@contextmanager
def _open_temp_file(file: Path) -> Iterator[Path]:
    """A private, uniquely named empty file next to another one; removed at the end unless renamed over it."""
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    os.close(handle)
    try:
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _copy_into(path: Where, to: Path) -> None:
    if isinstance(path, LedgerAddress):
        with closing(open_engine(path)) as db:
            write_file(db, to)
        return
    # One reading transaction, so one moment; and what is free in the ledger takes no room in the copy.
    with closing(connect_to_read(path)) as db:
        db.execute("VACUUM INTO ?", (str(to),))


def _inspect_copy(file: Path, name: str) -> LedgerCopy:
    with closing(connect_to_read(file)) as db:
        broken = db.execute("PRAGMA quick_check").fetchone()[0]
        if broken != "ok":
            raise LedgerError(f"The ledger is damaged ({broken}). Run: digitize ledger verify DIR")
        seq, root = db.execute("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return LedgerCopy(name, int(seq), str(root), file.stat().st_size)


def _require_sound(copy: Path) -> LedgerCopy:
    """Verify a backup. Raises InputError if it is none, or was changed."""
    if not copy.is_file():
        raise InputError(f"{copy}: there is no such file.")
    try:
        found = _inspect_copy(copy, copy.name)
        with closing(connect_to_read(copy)) as db:
            require_format(db, copy)
            # Heads that lie beside the file are of the ledger, not of its copy.
            amiss = [c.line() for c in find_changes(db, copy.parent) if not (c.is_remark or c.where.startswith(LOG))]
    except (sqlite3.DatabaseError, LedgerError, TypeError) as e:
        raise InputError(f"{copy} is not an intact backup of a ledger ({type(e).__name__}). Take an older one.") from e
    if amiss:
        raise InputError(f"{copy} is not as it was written: {amiss[0]} Take an older one.")
    return found


def _require_same_workspace(path: Where, copy: Path) -> None:
    """Raise InputError for the ledger of another workspace, judged by the current ledger or the heads next to it."""
    with closing(connect_to_read(copy)) as db:
        first = db.execute(_FIRST).fetchone()[0]
        hashes = {seq: root for seq, root in db.execute("SELECT seq, hash FROM events")}
    try:
        with closing(sqlite3.connect(path) if isinstance(path, Path) else open_engine(path)) as here:
            same = here.execute(_FIRST).fetchone()[0] == first
    except LedgerAway:
        raise
    except (sqlite3.DatabaseError, LedgerError, TypeError):
        heads = [h for h in _read_logged_heads(path) if h.seq in hashes]
        same = not heads or any(hashes[h.seq] == h.hash for h in heads)
    if not same:
        raise InputError(f"{copy} is the ledger of another workspace.")


def _read_logged_heads(path: Where) -> list[SignedHead]:
    home = home_of(path)
    return [h for h in heads_in_file(home / LOG) if isinstance(h, SignedHead)] if home else []


def _rename_old(path: Path) -> Path | None:
    if not path.exists():
        return None
    try:
        with closing(sqlite3.connect(path, timeout=1)) as db:
            # Leaving WAL needs the file for oneself: whoever has it open would go on writing into what is put aside.
            db.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as e:
        raise LedgerError(f"{path} is in use. Stop `digitize run`, `watch` and `review serve`, then try again.") from e
    except sqlite3.DatabaseError:
        pass  # damaged: that is what it is restored for
    number = 1
    while (aside := path.with_name(f"{path.name}.before-restore-{number}")).exists():
        number += 1
    for tail in ("-wal", "-shm"):
        beside = path.with_name(path.name + tail)
        if beside.exists():
            beside.replace(aside.with_name(aside.name + tail))
    path.replace(aside)
    return aside
