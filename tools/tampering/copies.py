"""A copy of a workspace that may be tampered with, and what those who tamper have at hand."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from digitize.workspace.ledger.chain import START, link, rows_digest
from digitize.workspace.ledger.schema import DDL
from digitize.workspace.ledger_db.sqlite import FileEngine, script
from digitize.workspace.ledger_db.watched_tables import COVERED
from tools.tampering.views import open_views


@dataclass
class TamperedCopy:
    """A workspace to be tampered with. heads: what the office above holds of it; target: the database it loads into."""

    folder: Path
    heads: Path
    asks_heads: bool = False
    asks_target_rows: bool = False

    @property
    def ledger(self) -> Path:
        """The ledger's file."""
        return self.folder / "ledger.sqlite"

    def open(self) -> FileEngine:
        """The ledger as another program opens it, with the triggers that guard it dropped."""
        db = sqlite3.connect(self.ledger, isolation_level=None, factory=FileEngine)
        for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            db.execute(f"DROP TRIGGER {name}")
        open_views(db)
        return db

    def close(self, db: sqlite3.Connection) -> None:
        """Put the triggers back, as one would who wants to hide."""
        wanted = sqlite3.connect(":memory:")
        wanted.executescript(script(DDL))
        for (text,) in wanted.execute("SELECT sql FROM sqlite_master WHERE type = 'trigger'"):
            db.execute(text)
        wanted.close()
        db.close()


Deed = Callable[[TamperedCopy, random.Random], str | None]
"""Does something to a copy. Returns what must be named, or None where it could do nothing here."""


def some_row(copy: TamperedCopy, dice: random.Random) -> tuple[str, tuple[object, ...]]:
    """A table that counts, and the key of one of its rows."""
    db = sqlite3.connect(copy.ledger)
    filled = [t for t in COVERED if t != "findings" and db.execute(f"SELECT 1 FROM {t}").fetchone()]
    table = dice.choice(filled)
    rows = db.execute(f"SELECT {', '.join(COVERED[table])} FROM {table}").fetchall()
    db.close()
    return table, dice.choice(rows)


def where(table: str) -> str:
    """SQL that names a row by its key."""
    return " AND ".join(f"{c} = ?" for c in COVERED[table])


def count(db: sqlite3.Connection) -> int:
    """The number of the last event."""
    return int(db.execute("SELECT MAX(seq) FROM events").fetchone()[0])


def rechain(db: sqlite3.Connection) -> None:
    """Make every hash anew, as one who knows the program can."""
    last = START
    for seq, at, unit, step, outcome, key, detail in db.execute(
        "SELECT seq, at, unit, step, outcome, key, detail FROM events ORDER BY seq"
    ).fetchall():
        entries = db.execute("SELECT tbl, key, hash FROM row_log WHERE seq = ?", (seq,)).fetchall()
        rows = rows_digest(entries)
        last = link(last, (at, unit, step, outcome, key, detail), rows)
        db.execute("UPDATE events SET hash = ? WHERE seq = ?", (last, seq))
