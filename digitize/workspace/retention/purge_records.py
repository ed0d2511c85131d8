"""Remove the personal data of one file from the ledger: values, readings, messages, answers. Rows stay for counting.

All inside `writing`, so that the row log covers the changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import TYPED
from digitize.workspace.ledger.packs import emptied_data, is_emptied
from digitize.workspace.ledger.records import Records
from mappers.linking.cases import KEY
from mappers.record import NOT_CAPTURED, FieldValue, Origin, Record, Row

PURGED = "[purged]"
"""Stands where a value stood, so that counts of what is filled stay as they were."""
_OPEN_FIELDS = frozenset({*KEY, "act", "section", "act_is_inferred", "role"})
"""Values that name nobody and that counts and cases go by: the FIR's key, acts and sections, a person's part in it."""
_AT_ONCE = 2_000
# A page's own records are "PAGE-r..."; "s" comes next after "r".
_WORDS = "field NOT LIKE 'row:%' AND field NOT LIKE 'entry:%'"
_DECISIONS = f"""UPDATE decisions SET reading = '', value = '' WHERE record > ? AND record < ? AND {_WORDS}
  AND (reading <> '' OR value <> '')"""
_FINDINGS = "UPDATE findings SET message = '' WHERE record > ? AND record < ? AND message <> ''"
_OF_UNIT = "unit = ? OR (unit > ? AND unit < ?)"
_GONE = "DELETE FROM outputs WHERE seq IN (SELECT h.seq FROM history h JOIN units u ON u.id = h.unit WHERE {})"
_ANSWERS = _GONE.format("u.name > ? AND u.name < ? AND h.step = (SELECT id FROM names WHERE name = 'answer')")
_RESULTS = _GONE.format("u.name = ? OR (u.name > ? AND u.name < ?)")
_SHAPES_USED = "SELECT DISTINCT substr(data, 1, 5) AS head FROM records WHERE substr(data, 1, 1) = ?"


@dataclass(slots=True)
class EmptiedCounts:
    """pages, tables, records: of a file. linked: originals outside the workspace, which stay."""

    files: int = 0
    bytes: int = 0
    pages: int = 0
    tables: int = 0
    records: int = 0
    linked: int = 0

    def add(self, other: EmptiedCounts) -> None:
        """Sum up."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def as_plain(self) -> dict[str, int]:
        """As JSON types."""
        return {name: getattr(self, name) for name in self.__slots__}


def units_of(ledger: Ledger, sha256: str) -> tuple[list[str], list[str]]:
    """(pages, tables) of a file."""
    pages = ledger.rows("SELECT DISTINCT page FROM scans WHERE sha256 = ? ORDER BY page", (sha256,))
    tables = ledger.rows("SELECT unit FROM tables WHERE sha256 = ? ORDER BY unit", (sha256,))
    return [r["page"] for r in pages], [r["unit"] for r in tables]


def count_records(ledger: Ledger, units: list[str]) -> int:
    """How many records began in these pages and tables."""
    sql = f"SELECT COUNT(*) AS n FROM records WHERE {_OF_UNIT}"
    return sum(int(ledger.execute(sql, _range(unit)).fetchone()["n"]) for unit in units)


def empty_units(ledger: Ledger, units: list[str]) -> None:
    """Take the personal data of pages and tables out, inside `writing`."""
    for unit in units:
        for some in _iter_emptied(ledger, unit):
            Records(ledger).set_data(some)
        ends = f"{unit}-r", f"{unit}-s"
        ledger.execute(_FINDINGS, ends)
        ledger.execute(_DECISIONS, ends)
        ledger.execute(_ANSWERS, [f"answer:{end}" for end in ends])
        ledger.execute(_RESULTS, _range(unit))
        # What people typed there is looked at anew; what was kept of it goes at once.
        ledger.mark(TYPED, part := ledger.part_of(unit))
        ledger.execute("DELETE FROM tallies WHERE part = ?", (f"{TYPED}:{part}",))


def drop_unused_shapes(ledger: Ledger) -> None:
    """Delete unused record shapes, which contain sample texts."""
    heads = ledger.rows(_SHAPES_USED, (b"\x01",))
    used = {int.from_bytes(r["head"][1:], "little") for r in heads}
    for row in ledger.rows("SELECT shape FROM shapes"):
        if row["shape"] not in used:
            ledger.execute("DELETE FROM shapes WHERE shape = ?", (row["shape"],))


def _range(unit: str) -> tuple[str, str, str]:
    # Parts of a table are TABLE:NUMBER; ";" comes next after ":".
    return unit, f"{unit}:", f"{unit};"


def _iter_emptied(ledger: Ledger, unit: str) -> Iterator[list[tuple[bytes, str]]]:
    """(data, record) of the records that begin in a unit, some at a time."""
    packs, some = Records(ledger).packs, list[tuple[bytes, str]]()
    for row in ledger.stream_rows(f"SELECT * FROM records WHERE {_OF_UNIT} ORDER BY record", _range(unit)):
        if not is_emptied(row["data"]):
            some.append((emptied_data(empty_record(packs.record_of(row))), row["record"]))
        if len(some) >= _AT_ONCE:
            yield some
            some = []
    yield some


def empty_record(record: Record) -> Record:
    """What remains of a record: FIR key, acts and sections, and which fields were filled."""
    rows = {table: tuple(map(_row, own)) for table, own in record.children.items()}
    return replace(record, fields=_row(record.fields), children=rows, left_over={}, ignored=())


def _row(row: Row) -> Row:
    return {name: _cell(name, cell) for name, cell in row.items()}


def _cell(name: str, cell: FieldValue) -> FieldValue:
    value = cell.value if name in _OPEN_FIELDS or not cell.value else PURGED
    notes = (NOT_CAPTURED,) if not cell.is_captured else ()
    # Who made it, where it stood and what else it may say is no count.
    return replace(cell, raw="", value=value, origin=Origin(), by="", notes=notes, candidates=())
