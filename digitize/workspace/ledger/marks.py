"""Marks: the parts of a ledger in which something changed since a step, or the counts, last looked there.

A part is a volume ("volume:12"), a table ("table:wb-t0001"), the files of an intake ("batch:..."), a group of records,
or a batch. Whoever writes marks it, in the same transaction; whoever looks at a part and finds nothing to do takes the
mark away, unless something was written since. So what is not marked need not be looked at, however large the ledger is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from digitize.workspace.ledger.core import Ledger

COUNT, READ, BOOK, PRINT, MAP, CHECK, LOAD = "count", "read", "book", "print", "map", "check", "load"
FILES = "files"
"""The part of files that could not even be opened."""
_READING = (COUNT, READ, MAP)
_OF_EVENTS: Mapping[str, tuple[str, ...]] = {
    "recognise": _READING, "register": _READING, "decide": (*_READING, BOOK), "map": (COUNT, MAP),
}  # fmt: skip
"""Step of an event on a page or table -> what looks at its part again."""
_VOLUMES = "SELECT '{0}', 'volume:' || volume, 0 FROM volumes WHERE true"
_TABLES = "SELECT '{0}', 'table:' || unit, 0 FROM tables WHERE true"
_ALL = {
    COUNT: f"""{_VOLUMES.format(COUNT)} UNION {_TABLES.format(COUNT)} UNION SELECT 'count', '{FILES}', 0
               UNION SELECT 'count', 'batch:' || batch, 0 FROM batches WHERE true""",
    READ: _VOLUMES.format(READ),
    BOOK: _VOLUMES.format(BOOK),
    PRINT: _VOLUMES.format(PRINT),
    MAP: f"{_VOLUMES.format(MAP)} UNION {_TABLES.format(MAP)}",
    CHECK: "SELECT DISTINCT 'check', grp, 0 FROM records WHERE true",
    LOAD: "SELECT 'load', batch, 0 FROM batches WHERE true",
}
MARK_ALL: Mapping[str, str] = {
    what: f"INSERT INTO marks (what, part, seq) SELECT * FROM ({parts}) AS p WHERE true ON CONFLICT DO NOTHING"
    for what, parts in _ALL.items()
}
"""What looks -> the statement that has it look everywhere."""
_PUT = """INSERT INTO marks (what, part, seq) VALUES (?, ?, ?)
          ON CONFLICT (what, part) DO UPDATE SET seq = excluded.seq"""
_KEPT = 200_000


class News:
    """What a transaction changed, by part; it becomes marks when the transaction ends."""

    def __init__(self, db: sqlite3.Connection) -> None:
        """Of one connection."""
        self._db = db
        self._marks: dict[tuple[str, str], None] = {}
        self._part_of: dict[str, str] = {}

    def note_event(self, unit: str, step: str, outcome: str, detail: Mapping[str, Any]) -> None:
        """Take in an event."""
        for what in _OF_EVENTS.get(step, ()):
            self.mark(what, self.part_of(unit))
        if step == "recognise" and detail.get("print_unknown"):
            self.mark(PRINT, self.part_of(unit))
        elif step == "book":
            self.mark(READ, f"volume:{unit.partition(':')[2]}")
        elif step == "load":
            self.mark(LOAD, unit)
        elif step == "intake" and outcome == "failed":
            self.mark(COUNT, FILES)

    def mark(self, what: str, part: str) -> None:
        """Have a step look at a part."""
        self._marks[what, part] = None

    def part_of(self, unit: str) -> str:
        """The volume of a page; or the table of a part of one."""
        found = self._part_of.get(unit)
        if found is None:
            row = self._db.execute("SELECT volume FROM scans WHERE page = ? LIMIT 1", (unit,)).fetchone()
            if row is None:
                return f"table:{unit.partition(':')[0]}"
            if len(self._part_of) >= _KEPT:
                self._part_of.clear()
            # A page never changes its volume, whose number stands in its id.
            found = self._part_of[unit] = f"volume:{row[0]}"
        return found

    def keep(self) -> None:
        """Write the marks; before the commit, so that none is ever missing."""
        if self._marks:
            seq = self._db.execute("SELECT MAX(seq) FROM events").fetchone()[0] or 0
            self._db.executemany(_PUT, ((what, part, seq) for what, part in self._marks))
            self.forget()

    def forget(self) -> None:
        """The transaction is over, or was rolled back."""
        self._marks.clear()


def is_marking(ledger: Ledger) -> bool:
    """Whether this ledger has marks; one of an older format that was not written yet has none, nor has a new one's copy
    on a medium that cannot be written.
    """
    return bool(ledger.rows("SELECT 1 FROM meta WHERE key = 'format' AND CAST(value AS INTEGER) >= 4"))


def marked(ledger: Ledger, what: str) -> list[str]:
    """The parts that a step has to look at."""
    return [r["part"] for r in ledger.rows("SELECT part FROM marks WHERE what = ? ORDER BY part", (what,))]


def all_parts(ledger: Ledger, what: str) -> list[str]:
    """Every part that a step may look at."""
    return sorted({str(r[1]) for r in ledger.rows(_ALL[what])})


def mark_all(ledger: Ledger, what: str) -> None:
    """Have a step look everywhere: what it depends on beside the ledger changed."""
    ledger.execute(MARK_ALL[what])


def settle(ledger: Ledger, what: str, parts: Iterable[str], seq: int) -> None:
    """Take away the marks of parts in which nothing is to be done. seq: the newest event before they were looked at."""
    sql = "DELETE FROM marks WHERE what = ? AND part = ? AND seq <= ?"
    ledger.execute_many(sql, [(what, part, seq) for part in parts])


def newest_event(ledger: Ledger) -> int:
    """The number of the newest event."""
    return int(ledger.execute("SELECT MAX(seq) AS seq FROM events").fetchone()["seq"] or 0)
