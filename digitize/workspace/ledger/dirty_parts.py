"""Dirty parts: parts of a ledger changed since a step, or the counts, last processed them.

A part is a volume ("volume:12"), a table ("table:wb-t0001"), the files of an intake ("batch:..."), a group of records,
or a batch. Writers mark parts in the same transaction; a step that finds nothing to do in a part clears the mark,
unless something was written since. So clean parts need no visit, however large the ledger is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from digitize.workspace.ledger_db import LedgerEngine, Row, RowSource

COUNT, READ, BOOK, PRINT, MAP, CHECK, LOAD = "count", "read", "book", "print", "map", "check", "load"
SNAPSHOT, SHEET, ACCOUNT, TYPED = "snapshot", "sheet", "account", "typed"
"""They look at volumes and tables whenever the counts do: reports, questions of review sheets, accounts of volumes,
names that people typed. What each keeps of a part lies beside the counts, under its name."""
FREED = "freed"
"""The batches that gave keys of a target free; whoever loads looks which refused records have room now."""
FILES = "files"
"""The part of files that could not even be opened."""
_READING = (COUNT, READ, MAP)
_OF_EVENTS: Mapping[str, tuple[str, ...]] = {
    "recognise": _READING, "register": _READING, "decide": (*_READING, BOOK), "map": (COUNT, MAP),
}  # fmt: skip
"""Step of an event on a page or table -> what looks at its part again."""
_VOLUMES = "SELECT '{0}' AS what, 'volume:' || volume AS part FROM volumes"
_TABLES = "SELECT '{0}' AS what, 'table:' || unit AS part FROM tables"
ALL_PARTS = {
    COUNT: f"""{_VOLUMES.format(COUNT)} UNION {_TABLES.format(COUNT)} UNION SELECT 'count', '{FILES}'
               UNION SELECT 'count', 'batch:' || batch FROM batches""",
    SNAPSHOT: f"{_VOLUMES.format(SNAPSHOT)} UNION {_TABLES.format(SNAPSHOT)}",
    SHEET: f"{_VOLUMES.format(SHEET)} UNION {_TABLES.format(SHEET)}",
    ACCOUNT: _VOLUMES.format(ACCOUNT),
    TYPED: f"{_VOLUMES.format(TYPED)} UNION {_TABLES.format(TYPED)}",
    READ: _VOLUMES.format(READ),
    BOOK: _VOLUMES.format(BOOK),
    PRINT: _VOLUMES.format(PRINT),
    MAP: f"{_VOLUMES.format(MAP)} UNION {_TABLES.format(MAP)}",
    CHECK: "SELECT DISTINCT 'check' AS what, grp AS part FROM records",
    LOAD: "SELECT 'load' AS what, batch AS part FROM batches",
}
"""What looks -> all the parts at which it may look."""
# As new as the newest event: who looked before that does not take the mark away.
MARK_ALL: Mapping[str, str] = {
    what: f"""INSERT INTO marks (what, part, seq)
      SELECT what, part, COALESCE((SELECT seq FROM events ORDER BY seq DESC LIMIT 1), 0) FROM ({parts}) AS p WHERE true
      ON CONFLICT (what, part) DO UPDATE SET seq = excluded.seq"""
    for what, parts in ALL_PARTS.items()
}
"""What looks -> the statement that has it look everywhere."""
_KEPT, _AT_ONCE = 200_000, 500


class DirtyParts:
    """Parts changed by a transaction, written as marks when it ends."""

    def __init__(self, db: LedgerEngine) -> None:
        """For one connection."""
        self._db = db
        self._marks: dict[tuple[str, str], None] = {}
        self._units: dict[tuple[str, str], None] = {}
        self._part_of: dict[str, str] = {}

    def note_event(self, unit: str, step: str, detail: Mapping[str, Any]) -> None:
        """Take in an event."""
        for what in _OF_EVENTS.get(step, ()):
            self.mark_unit(what, unit)
        if step == "recognise" and detail.get("print_unknown"):
            self.mark_unit(PRINT, unit)
        elif step == "book":
            self.mark(READ, f"volume:{unit.partition(':')[2]}")
        elif step == "load":
            self.mark(LOAD, unit)
            if detail.get("left") or detail.get("removed"):
                self.mark(FREED, unit)
        elif step == "check":
            # Also where it was checked late, under a key of before.
            self.mark(CHECK, unit.partition(":")[2])
        elif step == "intake":
            # Done as well: what could not be opened, and now can.
            self.mark(COUNT, FILES)

    def mark(self, what: str, part: str) -> None:
        """Mark a part dirty for a step."""
        self._marks[what, part] = None
        if what == COUNT and part.startswith(("volume:", "table:")):
            self._marks[SNAPSHOT, part] = self._marks[SHEET, part] = self._marks[TYPED, part] = None
            if part.startswith("volume:"):
                self._marks[ACCOUNT, part] = None

    def mark_unit(self, what: str, unit: str) -> None:
        """Mark the part of a unit dirty for a step; parts of many units are resolved together."""
        self._units[what, unit] = None

    def part_of(self, unit: str) -> str:
        """Volume of a page, or table of a part of one."""
        self._look_up([unit])
        return self._part_of.get(unit) or f"table:{unit.partition(':')[0]}"

    def _look_up(self, units: Iterable[str]) -> None:
        if len(self._part_of) >= _KEPT:
            self._part_of.clear()
        unknown = sorted(set(units) - self._part_of.keys())
        for i in range(0, len(unknown), _AT_ONCE):
            some = unknown[i : i + _AT_ONCE]
            sql = f"SELECT DISTINCT page, volume FROM scans WHERE page IN ({', '.join('?' * len(some))})"
            # A page never changes its volume, whose number stands in its id.
            self._part_of.update({r["page"]: f"volume:{r['volume']}" for r in self._db.execute(sql, some).fetchall()})

    def write_marks(self, seq: int) -> None:
        """Write the marks before the commit, so that none is ever missing. seq: the newest event."""
        self._look_up(unit for _, unit in self._units)
        for what, unit in self._units:
            self.mark(what, self._part_of.get(unit) or f"table:{unit.partition(':')[0]}")
        if self._marks:
            rows = [(what, part, seq) for what, part in sorted(self._marks)]
            self._db.insert_rows("marks", ("what", "part", "seq"), rows, replace=("what", "part"))
        self.forget()

    def forget(self) -> None:
        """The transaction is over, or was rolled back."""
        self._marks.clear()
        self._units.clear()


class MarkedLedger(Protocol):
    """Interface of the ledger used here, since the ledger itself imports this module."""

    def rows(self, sql: str, values: Iterable[Any] = ()) -> list[Row]:
        """See `Ledger`."""

    def execute(self, sql: str, values: Iterable[Any] = ()) -> RowSource:
        """See `Ledger`."""

    def execute_many(self, sql: str, rows: Iterable[Sequence[Any]]) -> None:
        """See `Ledger`."""


def list_dirty(ledger: MarkedLedger, what: str) -> list[str]:
    """Parts dirty for a step."""
    return [r["part"] for r in ledger.rows("SELECT part FROM marks WHERE what = ? ORDER BY part", (what,))]


def list_parts(ledger: MarkedLedger, what: str) -> list[str]:
    """All parts a step may process."""
    return sorted({str(r[1]) for r in ledger.rows(ALL_PARTS[what])})


def mark_all(ledger: MarkedLedger, what: str) -> None:
    """Mark everything dirty for a step: its inputs outside the ledger changed."""
    ledger.execute(MARK_ALL[what])


def clear_marks(ledger: MarkedLedger, what: str, parts: Iterable[str], seq: int) -> None:
    """Clear the marks of finished parts. seq: newest event before they were examined."""
    sql = "DELETE FROM marks WHERE what = ? AND part = ? AND seq <= ?"
    ledger.execute_many(sql, [(what, part, seq) for part in parts])


def newest_event(ledger: MarkedLedger) -> int:
    """The number of the newest event."""
    # Not MAX: of a view a database would go through all events for it.
    row = ledger.execute("SELECT seq FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return int(row["seq"]) if row else 0


def newest_of_step(ledger: MarkedLedger, step: str) -> int:
    """Number of a step's newest event, 0 if none."""
    # Not MAX, and of the view: so both databases walk the index of steps from its end (`by_number`).
    row = ledger.execute("SELECT seq FROM events WHERE step = ? ORDER BY seq DESC LIMIT 1", (step,)).fetchone()
    return int(row["seq"]) if row else 0
