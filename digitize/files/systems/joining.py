"""Map a chunk of heads with their parts as whole cases."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from digitize.files.systems.delivered import DeliveredTable, list_tied
from digitize.files.systems.lookups import Lookups
from digitize.files.systems.store import KeptRow, RowStore
from mappers.mapping.apply import Application
from mappers.mapping.load import FormMapping, TableCells, takes_name
from mappers.mapping.mapped import Mapped
from mappers.sources.cells import TABLE, Sources
from mappers.sources.values import MapContext
from mappers.systems.codes import CodedCells
from mappers.systems.join import PartLot, join, told_of
from mappers.systems.system import System

GONE = "gone-from-newer-delivery"
"""Note of a row that a newer delivery of all of its table has no more, on the first of its values."""


@dataclass(frozen=True)
class Family:
    """Rows of one delivered table for a chunk of heads. owners: index of each one's head. ids: stable row ids across
    deliveries; "" outside a workspace.
    """

    table: DeliveredTable
    rows: Sequence[KeptRow]
    owners: Sequence[int]
    ids: Sequence[str]


OverRows = Callable[[Family, Sources], Sources]
"""What people decided, put over rows of a table."""


class CaseJoiner:
    """A system with all rows stored and linked."""

    def __init__(self, store: RowStore, system: System, tables: Sequence[DeliveredTable]) -> None:
        self._store, self._system = store, system
        self._tables = {t.number: t for t in tables}
        self.lookups = Lookups(store, system, tables)
        self._works: dict[tuple[int, str, int | None, str], Application] = {}
        self._opened: dict[int, tuple[CodedCells, Mapping[str, str], tuple[str, ...]]] = {}

    def lots(self, rows: Sequence[KeptRow]) -> list[list[Family]]:
        """Heads with all their parts, grouped by delivered table, heads first."""
        return [self._families(family.rows) for family in self.iter_unjoined(rows)]

    def iter_unjoined(self, rows: Sequence[KeptRow]) -> list[Family]:
        """Rows without their parts, grouped by delivered table."""
        by_table: dict[int, list[KeptRow]] = {}
        for row in rows:
            by_table.setdefault(row.source, []).append(row)
        return [self._family(some, range(len(some))) for some in by_table.values()]

    def list_cell_versions(self, row: KeptRow, column: str) -> list[tuple[int, str]]:
        """Versions of a cell in all deliveries of a row, earliest first: (number of the table, text)."""
        found = []
        for source, cells in self._store.versions(row.id):
            table = self._tables[source]
            at = table.columns.index(column) if column in table.columns else len(cells)
            text = self._decode_codes(table)[0](column, [cells[at]])[0].raw if at < len(cells) else ""
            found.append((source, text))
        return found

    def _families(self, heads: Sequence[KeptRow]) -> list[Family]:
        found = [self._family(heads, range(len(heads)))]
        level = {row.id: at for at, row in enumerate(heads)}
        while level:
            by_table: dict[int, list[tuple[int, KeptRow]]] = {}
            for owner, row in self._store.parts_of(list(level)):
                by_table.setdefault(row.source, []).append((level[owner], row))
            for source in sorted(by_table):
                placed = sorted(by_table[source], key=lambda p: (p[0], _order(p[1])))
                found.append(self._family([r for _, r in placed], [o for o, _ in placed]))
            level = {row.id: owner for placed in by_table.values() for owner, row in placed}
        return found

    def _family(self, rows: Sequence[KeptRow], owners: Sequence[int]) -> Family:
        ids = [self._tables[r.first[0]].row_id(r.first[1]) for r in rows]
        return Family(self._tables[rows[0].source], rows, owners, ids)

    def digest(self, lots: Sequence[Sequence[Family]]) -> str:
        """Hash of a chunk's inputs: heads, parts, and the meaning of codes."""
        told = hashlib.sha256()
        self.lookups.take_used()
        for family in (f for families in lots for f in families):
            sources = self._sources(family)
            for column in self._decode_codes(family.table)[2]:
                stored = dict.fromkeys(s for s in sources.columns.get(column, ()) if s is not None)
                sources.open(column, list(stored))
            said = [(r.number, of, owner, r.cells, r.is_gone)
                    for r, of, owner in zip(family.rows, family.ids, family.owners, strict=True)]  # fmt: skip
            table = family.table
            of_all = (table.unit, table.file, table.columns, _mapping(table).digest, said)
            told.update(repr(of_all).encode("utf-8", "surrogatepass"))
        told.update(repr(self.lookups.take_used()).encode("utf-8", "surrogatepass"))
        return told.hexdigest()

    def map(self, families: Sequence[Family], context: MapContext, over: OverRows | None = None) -> dict[str, Mapped]:
        """Map the heads of a lot: "" for the head's form with part rows, and by name for the other forms."""
        head = families[0]
        mapping = _mapping(head.table)
        sources = self._map_over(head, over)
        made = {n: self._work(head.table, n, m, context).map(sources) for n, m in {"": mapping, **mapping.also}.items()}
        _note_gone(made[""], head.rows)
        lots = []
        for family in families[1:]:
            work = self._work(family.table, "", _mapping(family.table), context)
            mapped = work.map(self._map_over(family, over), told_of(made[""], family.owners))
            _note_gone(mapped, family.rows)
            numbers, order = [r.number for r in family.rows], [_order(r) for r in family.rows]
            tied = list_tied(self._system, family.table)
            lots.append(PartLot(family.table.name, mapped, family.owners, numbers, family.ids, order, tied))
        return {**made, "": join(made[""], lots)}

    def _map_over(self, family: Family, over: OverRows | None) -> Sources:
        sources = self._sources(family)
        return over(family, sources) if over else sources

    def _work(self, table: DeliveredTable, name: str, mapping: FormMapping, context: MapContext) -> Application:
        key = (table.number, name, context.book_year, f"{context.station}|{context.district}")
        if key not in self._works:
            self._works[key] = Application(mapping, context)
        return self._works[key]

    def _sources(self, family: Family) -> Sources:
        table, cells = family.table, [r.cells for r in family.rows]
        width = max(len(table.columns), *map(len, cells))
        names = [*table.columns, *(f"+{i}" for i in range(1, width - len(table.columns) + 1))]
        whole = [c if len(c) == width else (*c, *[None] * (width - len(c))) for c in cells]
        columns = dict(zip(names, zip(*whole, strict=True), strict=True))
        opened, added, _ = self._decode_codes(table)
        columns |= {name: columns[base] for name, base in added.items()}
        if takes_name(_mapping(table)):
            columns[TABLE] = (table.table,) * len(cells)
        return Sources(len(cells), columns, opened)

    def _decode_codes(self, table: DeliveredTable) -> tuple[CodedCells, Mapping[str, str], Sequence[str]]:
        found = self._opened.get(table.number)
        if found is None:
            mapping = _mapping(table)
            meanings, added = self.lookups.find_meanings(table, mapping)
            cells = CodedCells(TableCells(mapping, table.file, table.table), meanings)
            found = self._opened[table.number] = cells, added, tuple(meanings)
        return found


def _order(row: KeptRow) -> tuple[object, ...]:
    """Sort key of a part within its head: its own key, independent of delivery; else delivery order."""
    pieces = row.own.split("/") if row.own else []
    own = tuple((0, int(p), "") if p.isascii() and p.isdigit() else (1, 0, p) for p in pieces)
    return (not own, own, row.source, row.number)


def _note_gone(mapped: Mapped, rows: Sequence[KeptRow]) -> None:
    """Mark the first value of each deleted row."""
    for at in (at for at, row in enumerate(rows) if row.is_gone):
        for values in mapped.fields.values():
            value = values[at]
            if value is not None and value.origin.column and not value.blank:
                values[at] = value._replace(notes=(*value.notes, GONE))
                break
        else:
            _note_in_rows(mapped, at)


def _note_in_rows(mapped: Mapped, at: int) -> None:
    for kind, answers in mapped.rows.items():
        for place, row in enumerate(answers[at]):
            for name, value in row.items():
                if value.origin.column and not value.blank:
                    noted = {**row, name: value._replace(notes=(*value.notes, GONE))}
                    told = [*answers]
                    told[at] = (*answers[at][:place], noted, *answers[at][place + 1 :])
                    mapped.rows[kind] = told  # type: ignore[index]
                    return


def _mapping(table: DeliveredTable) -> FormMapping:
    assert table.mapping is not None
    return table.mapping
