"""Which fields of a form a set of records fills: sure, doubtful or empty."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.errors import InputError, NotFound
from digitize.files.mapping.find import settle_for
from mappers.legacy import LegacyTable, named_cells
from mappers.mapping.load import FormMapping, map_rows
from mappers.record import FieldValue, Record
from mappers.schema import Column, Table, form_tables
from mappers.schema.parts.table import ROMAN
from mappers.schema.profiles import PROFILES, missing
from mappers.sources.values import MapContext, RowValues

if TYPE_CHECKING:
    from digitize.workspace.place import Place

# Below this a value is doubtful even where no person has to look at it.
SURE = 0.8
_CHUNK = 5000


@dataclass(frozen=True)
class FieldCoverage:
    """One field over a number of records. sure + doubtful: has a value; unread: has text without a value."""

    table: str
    field: str
    label: str
    is_mandatory: bool
    sure: int
    doubtful: int
    unread: int

    @property
    def filled(self) -> int:
        """Records in which it has a value."""
        return self.sure + self.doubtful


@dataclass(frozen=True)
class MappingCoverage:
    """One form. rows: number per child table ("" for the form itself). fields: mandatory ones first, then best filled.
    left_over: column -> records in which no rule used its cell. complete: completeness profile -> records that satisfy
    it.
    """

    form: str
    records: int
    rows: Mapping[str, int]
    fields: tuple[FieldCoverage, ...]
    left_over: Mapping[str, int]
    complete: Mapping[str, int]

    def to_plain(self) -> dict[str, Any]:
        """As JSON has it; shares are of the rows of the field's table."""
        return {
            "form": self.form, "records": self.records, "rows": dict(self.rows),
            "fields": [
                {
                    "table": f.table, "field": f.field, "label": f.label, "mandatory": f.is_mandatory,
                    "sure": f.sure, "doubtful": f.doubtful, "unread": f.unread,
                    "filled_share": share(f.filled, self.rows.get(f.table, 0)),
                }
                for f in self.fields
            ],
            "left_over": dict(self.left_over), "complete": dict(self.complete),
        }  # fmt: skip


def share(part: int, whole: int) -> float:
    """A share; 0 if whole is 0."""
    return round(part / whole, 4) if whole else 0.0


def cover(records: Iterable[Record]) -> list[MappingCoverage]:
    """Coverage of records, form by form."""
    counts: dict[str, _Count] = {}
    for record in records:
        counts.setdefault(record.form, _Count()).add(record)
    return [counts[form].result(form) for form in sorted(counts)]


@dataclass
class _Count:
    """Running counts of one form."""

    records: int = 0
    rows: Counter[str] = field(default_factory=Counter)
    seen: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    left_over: Counter[str] = field(default_factory=Counter)
    complete: Counter[str] = field(default_factory=Counter)

    def add(self, record: Record) -> None:
        self.records += 1
        self.left_over.update(record.left_over.keys())
        self.complete.update(p for p in PROFILES if not missing(record, p))
        for table, row in [("", record.fields), *((t, r) for t, rows in record.children.items() for r in rows)]:
            self.rows[table] += 1
            self.seen.update((table, name, _state(value)) for name, value in row.items())

    def result(self, form: str) -> MappingCoverage:
        fields = [self._field(table, c) for table in form_tables(form).values() for c in _columns(table)]
        ranked = sorted(fields, key=lambda f: (not f.is_mandatory, -share(f.filled, self.rows[f.table]), f.table != ""))
        complete = {p: self.complete[p] for p in PROFILES}
        rows = {"": self.records, **{t: n for t, n in self.rows.items() if t}}
        return MappingCoverage(form, self.records, rows, tuple(ranked), dict(self.left_over.most_common()), complete)

    def _field(self, table: Table, column: Column) -> FieldCoverage:
        sure, doubtful, unread = (self.seen[table.child, column.name, s] for s in ("sure", "doubtful", "unread"))
        return FieldCoverage(table.child, column.name, column.label, column.mandatory, sure, doubtful, unread)


def _columns(table: Table) -> Iterator[Column]:
    # Spellings in Latin letters are worked out from the names beside them.
    yield from (c for c in table.columns if not c.name.endswith(ROMAN))


def _state(value: FieldValue) -> str:
    if value.value is None:
        return "empty" if value.blank or not value.raw.strip() else "unread"
    return "sure" if value.is_sure() and value.confidence >= SURE else "doubtful"


def cover_batch(place: Place, batch: str) -> list[MappingCoverage]:
    """Coverage of one batch of a workspace, or of all if batch is "". Raises NotFound."""
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.ledger.catalogue import Catalogue
    from digitize.workspace.ledger.records import Records

    with Ledger(place.ledger) as ledger:
        known = [b.batch for b in Catalogue(ledger).batches()]
        if batch and batch not in known:
            raise NotFound(f"There is no batch {batch}. There are: {', '.join(known) or 'none'}.")
        stored = Records(ledger).of_batch(batch) if batch else Records(ledger).all()
        return cover(s.record for s in stored)


def cover_table(table: LegacyTable, context: MapContext, mapping: FormMapping | None = None) -> list[MappingCoverage]:
    """Coverage of a table by a mapping; by the one that fits its columns if None. Raises MappingError."""
    settled, table = settle_for(table, context, mapping)
    good = (r for r in table.rows if not r.deleted and not r.problem)
    rows = (RowValues(table.name, table.name, r.number, named_cells(table.columns, r)) for r in good)
    found = cover(r for chunk in _chunks(rows) for r in map_rows(settled, chunk, context))
    if not found:
        raise InputError(f"{table.name}: no row gave a record.")
    return found


def _chunks(rows: Iterator[RowValues]) -> Iterator[list[RowValues]]:
    while chunk := list(islice(rows, _CHUNK)):
        yield chunk


def batch_of(path: Path) -> tuple[Path, str] | None:
    """(workspace, batch) of a path: a workspace, or WORKSPACE/BATCH; None for anything else."""
    if (path / "digitize.toml").is_file():
        return path, ""
    # A batch is no folder: WORKSPACE/BATCH names it, and nothing lies there.
    return (path.parent, path.name) if (path.parent / "digitize.toml").is_file() and not path.exists() else None
