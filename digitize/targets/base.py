"""What a target is asked: take a whole batch or nothing, and say what became of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from mappers.names import romanise
from mappers.record import Record, Row
from mappers.schema import Column, form_tables
from validators.finding import Finding

if TYPE_CHECKING:
    from digitize.targets.rows import Batch
    from digitize.targets.undoing import Undone

FIELD_END, ROW_END = "\x1f", "\x1e"
Statement = tuple[str, Sequence[object]]
"""A statement of this program, with ? for every value, and the values."""


@dataclass(frozen=True, slots=True)
class Load:
    """One batch on its way into a target.

    id: made from the content, so that the same load twice is recognised. clean: records to hold. rejects: records
    refused by a rule, with their findings. held: how many wait for a person and are not loaded.
    """

    id: str
    batch: str
    clean: Sequence[Record]
    rejects: Sequence[tuple[Record, Sequence[Finding]]]
    held: int


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a load: read = inserted + updated + unchanged + rejected + held.

    withdrawn: records that an earlier load of the batch held and this one does not. content: hash of all rows that the
    target now holds of this batch. repeated: the target had committed this very load before.
    """

    load: str
    batch: str
    read: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    held: int
    withdrawn: int
    content: str
    repeated: bool = False


class Target(Protocol):
    """A place that records are loaded into."""

    @property
    def name(self) -> str:
        """The target for people and receipts, without a password."""
        ...

    def load(self, load: Load, *, dry_run: bool = False) -> Receipt:
        """Take a batch of records in one transaction. Raises TargetRefused, and then nothing was changed."""
        ...

    def take(self, batch: Batch, *, dry_run: bool = False) -> Receipt:
        """Take a batch of rows, as `load` does."""
        ...

    def done(self, load: str, batch: str) -> Receipt | None:
        """The receipt of a load that was committed before, is not undone, and is the newest of its batch."""
        ...

    def undo(self, load: str, why: str, *, dry_run: bool = False) -> Undone:
        """Take back a load; raises TargetRefused where later ones built on it."""
        ...

    def hashes(self, form: str, station: Sequence[str | None]) -> list[tuple[str, str, str]]:
        """(record, hash of its content, year) of the records of a form at a station: state, district, name."""
        ...

    def run(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Rows of one statement in a transaction of its own; ? stands for a value."""
        ...

    def run_all(self, statements: Sequence[Statement]) -> None:
        """Run statements in one transaction: all of them or none."""
        ...

    def close(self) -> None:
        """Give the connection back."""
        ...


def flat_rows(record: Record) -> Mapping[str, list[dict[str, Any]]]:
    """A record as rows of the flat layout: table name -> rows of canonical values; every row has its record_id.

    Child rows carry their line, from 1. Fields without a value are None. A name's spelling in Latin letters is worked
    out here, at the edge, unless the source gave one: records stay small.
    """
    rows: dict[str, list[dict[str, Any]]] = {}
    for name, table in form_tables(record.form).items():
        sources = [record.fields] if not table.child else list(record.children.get(table.child, ()))
        for line, source in enumerate(sources, start=1):
            row: dict[str, Any] = {"record_id": record.id}
            if table.child:
                row["line"] = line
            row |= {c.name: _flat_value(source, c) for c in table.columns}
            rows.setdefault(name, []).append(row)
    return rows


def _flat_value(source: Row, column: Column) -> str | None:
    cell = source.get(column.name)
    if column.roman_of and not (cell and cell.value):
        name = source.get(column.roman_of)
        return romanise(name.value) if name and name.value else None
    return cell.value if cell else None


def roman_names(record: Record) -> Mapping[str, str]:
    """Path of a name -> its spelling in Latin letters, for every name whose spelling the source did not give."""
    tables = {t.child: t for t in form_tables(record.form).values()}
    rows = [("", record.fields, tables[""])]
    rows += [
        (f"{child}[{i}].", row, tables[child]) for child, of in record.children.items() for i, row in enumerate(of)
    ]
    names = ((head + c.roman_of, row, c) for head, row, table in rows for c in table.columns if c.roman_of)
    asked = ((path, row, c) for path, row, c in names if not (c.name in row and row[c.name].value))
    return {path: spelled for path, row, c in asked if (spelled := _flat_value(row, c))}


def row_hash(record: Record) -> str:
    """Hash of the canonical values of a record with its children, whatever their origin or confidence.

    Fields without a value do not count, so that a field that is new in the schema changes no record.
    """
    rows = flat_rows(record)
    return text_hash(ROW_END.join(row_text(name, row) for name in sorted(rows) for row in rows[name]))


def row_text(table: str, row: Mapping[str, Any]) -> str:
    """A row as the text of which hashes are made: its table, then its values by name."""
    names = sorted(n for n, v in row.items() if v and n not in ("record_id", "line"))
    return FIELD_END.join([table, *(f"{n}={row[n]}" for n in names)])


def text_hash(text: str) -> str:
    """Hash of a text, 32 hex digits."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
