"""Sources mapped to a form, column by column, and the records they make at the edge."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mappers.binding.bound import BoundRow, FormMapping
from mappers.mapping.answers import Answer, SaidRow, SourceAnswers, is_nil
from mappers.record import WRITTEN, Origin, Record, Row
from mappers.schema.parts import FirRef
from mappers.sources.cells import Sources
from mappers.sources.values import MapContext

Values = list[SourceAnswers | None]
# Of constants and of what was said at intake.
_NOWHERE = Origin()
_FIR_KEY = frozenset(FirRef.model_fields)
_OLD_KEYS = "legacy_keys"


@dataclass(frozen=True)
class Mapped:
    """Sources mapped to one form, column by column; a value's origin lacks the row that is its place here.

    fields: field -> its value in each source, None where nothing was said of it. rows: kind of row of the mapping ->
    its rows in each source, all of them blank or not. left: source cells that nothing took, by column: None for all
    sources, else whether in each. of_parts: in each source of a head, the texts in the rows of its parts that nothing
    took, by "TABLE.COLUMN"; () where there are no parts.
    """

    mapping: FormMapping
    sources: Sources
    fields: Mapping[str, Values]
    rows: Mapping[str, Sequence[Answer]]
    left: Mapping[str, Sequence[bool] | None]
    of_parts: Sequence[Mapping[str, Sequence[str]]] = ()

    def children(self, kind: str, at: int) -> Iterator[SaidRow]:
        """The rows of a kind in one source that say anything, with the mapping's constants."""
        constants = self.constants(kind)
        for row in self.rows[kind][at]:
            if says_anything(row):
                yield {**constants, **row}

    def constants(self, kind: str) -> SaidRow:
        """The fixed fields of a kind of rows."""
        return self._constants[kind]

    @cached_property
    def _constants(self) -> Mapping[str, SaidRow]:
        return {kind: constants_of(self.mapping, row) for kind, row in self.mapping.rows.items()}

    def keep_only(self, places: Sequence[int]) -> Mapped:
        """Of the sources, those at some places."""
        cells = {n: [column[at] for at in places] for n, column in self.sources.columns.items()}
        left = {n: None if where is None else [where[at] for at in places] for n, where in self.left.items()}
        return Mapped(
            self.mapping,
            Sources(len(places), cells, self.sources.open),
            {n: [values[at] for at in places] for n, values in self.fields.items()},
            {n: [rows[at] for at in places] for n, rows in self.rows.items()},
            left,
            [self.of_parts[at] for at in places] if self.of_parts else (),
        )

    def is_needed(self, at: int) -> bool:
        """Whether one of the cells that the form needs says something in a source that its rules take, its condition
        holds, and more than the key of its FIR would be in the record.
        """
        needed = (n for n in self.mapping.needs if self._says(n, at))
        if not any(n not in self._ruled_columns or self.takes(n, at) for n in needed) or not self._holds(at):
            return False
        own = (values[at] for name, values in self.fields.items() if name not in _FIR_KEY)
        # What a constant or the intake says is no reason to make a record.
        has_field = any(v is not None and not v.blank and v.origin != _NOWHERE for v in own)
        kinds = (kind for kind in self.rows if self.mapping.rows[kind].child != _OLD_KEYS)
        return has_field or any(True for kind in kinds for _ in self.children(kind, at))

    @cached_property
    def _ruled_columns(self) -> frozenset[str]:
        return frozenset(r.source for r in self.mapping.rules)

    def _holds(self, at: int) -> bool:
        return self.mapping.when.holds({name: self._text(name, at) for name, _ in self.mapping.when.cells})

    def _text(self, name: str, at: int) -> str:
        column = self.sources.columns.get(name)
        stored = column[at] if column is not None else None
        cell = self.sources.cell(name, stored) if stored is not None else None
        return "" if cell is None or cell.blank else cell.text

    def _says(self, name: str, at: int) -> bool:
        column = self.sources.columns.get(name)
        stored = column[at] if column is not None else None
        if stored is None:
            return False
        cell = self.sources.cell(name, stored)
        return not cell.blank and not is_nil(cell.text)

    def takes(self, name: str, at: int) -> bool:
        """Whether a rule took a cell of one source."""
        where = self.left.get(name, ())
        return name in self.sources.columns and where is not None and not (where and where[at])

    def left_over(self, at: int) -> Mapping[str, str]:
        """Texts of the cells of one source, and of the rows of its parts, that nothing took and the mapping does not
        ignore, by column.
        """
        cells = self.sources.columns
        names = [n for n, where in self.left.items() if n not in self.mapping.ignored and (where is None or where[at])]
        own = {n: self.sources.cell(n, stored).text for n in names if (stored := cells[n][at]) is not None}
        return own | {n: " | ".join(texts) for n, texts in self.of_parts[at].items()} if self.of_parts else own

    def list_ignored(self, at: int) -> tuple[str, ...]:
        """The cells of one source that the mapping leaves out on purpose."""
        return tuple(
            n for n, where in self.left.items()
            if n in self.mapping.ignored and (where is None or where[at]) and self.sources.columns[n][at] is not None
        )  # fmt: skip


def says_anything(row: SaidRow) -> bool:
    """Whether any of a row's values is not blank, or is written though it is no value."""
    # As a loop it takes a third of what `any` takes, and nearly every row is settled by its first value.
    for said in row.values():  # noqa: SIM110
        if not said.blank or (said.notes and not WRITTEN.isdisjoint(said.notes)):
            return True
    return False


def to_records(
    mapped: Mapped, ids: Sequence[str], rows: Sequence[int], context: MapContext, pages: tuple[str, ...] = ()
) -> Iterator[Record]:
    """The records that mapped sources make, in order. rows: number of each source in its table, 0 for pages."""
    mapping = mapped.mapping
    for at, (record_id, row) in enumerate(zip(ids, rows, strict=True)):
        place = _Place(row)
        tables: dict[str, list[Row]] = {}
        for kind, bound in mapping.rows.items():
            if kind in mapped.rows:
                found = [place.row(r) for r in mapped.children(kind, at)]
                if found:
                    tables.setdefault(bound.child, []).extend(found)
        yield Record(
            id=record_id,
            form=mapping.form,
            fields=place.row({n: v for n, values in mapped.fields.items() if (v := values[at]) is not None}),
            children={t: tuple(found) for t, found in tables.items()},
            pages=pages,
            batch=context.batch,
            left_over=mapped.left_over(at),
            ignored=mapped.list_ignored(at),
        )


class _Place:
    """Puts the row of a table into the origins of values."""

    def __init__(self, row: int) -> None:
        self._row = row
        self._origins: dict[str, Origin] = {}

    def row(self, values: SaidRow) -> Row:
        return {name: v.place_at(self._origin(v.origin)) for name, v in values.items()}

    def _origin(self, o: Origin) -> Origin:
        # The origin of a part has its own row already.
        if not self._row or not o.column or o.row:
            return o
        found = self._origins.get(o.column)
        if found is None:
            found = self._origins[o.column] = Origin(file=o.file, table=o.table, row=self._row, column=o.column)
        return found


def constants_of(mapping: FormMapping, part: FormMapping | BoundRow) -> dict[str, SourceAnswers]:
    """The fixed fields of a form, or of a kind of its rows."""
    return {name: SourceAnswers(value, value, by=mapping.by) for name, value in part.set.items()}
