"""A chunk of heads with their parts, mapped as whole cases."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from digitize.files.systems.delivered import Delivered
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

OverRows = Callable[[Delivered, Sequence[KeptRow], Sequence[int], Sources], Sources]
"""What people decided, put over rows of a table. owners: of each row, the place of its head in the chunk."""


@dataclass(frozen=True)
class Family:
    """Rows of one delivered table that belong to a chunk of heads. owners: the place of each one's head."""

    table: Delivered
    rows: Sequence[KeptRow]
    owners: Sequence[int]


class Joining:
    """A system whose rows are all in the store, and tied."""

    def __init__(self, store: RowStore, system: System, tables: Sequence[Delivered]) -> None:
        self._store, self._system = store, system
        self._tables = {t.number: t for t in tables}
        self.lookups = Lookups(store, system, tables)
        self._works: dict[tuple[int, str, int | None, str], Application] = {}
        self._opened: dict[int, tuple[CodedCells, Mapping[str, str], tuple[str, ...]]] = {}

    def families(self, head: Delivered, rows: Sequence[KeptRow]) -> list[Family]:
        """The heads and all that belongs to them, the heads first."""
        found = [Family(head, rows, range(len(rows)))]
        level = {row.id: at for at, row in enumerate(rows)}
        while level:
            by_table: dict[int, list[tuple[int, KeptRow]]] = {}
            for owner, row in self._store.parts_of(list(level)):
                by_table.setdefault(row.source, []).append((level[owner], row))
            for source in sorted(by_table):
                placed = sorted(by_table[source], key=lambda p: (p[0], p[1].number))
                found.append(Family(self._tables[source], [r for _, r in placed], [o for o, _ in placed]))
            level = {row.id: owner for placed in by_table.values() for owner, row in placed}
        return found

    def digest(self, families: Sequence[Family]) -> str:
        """Hash of what a chunk's records depend on beside its heads: its parts, and what its codes stand for."""
        told = hashlib.sha256()
        self.lookups.take_used()
        for family in families:
            sources = self._sources(family)
            for column in self._coded(family.table)[2]:
                stored = dict.fromkeys(s for s in sources.columns.get(column, ()) if s is not None)
                sources.open(column, list(stored))
        for family in families[1:]:
            said = [(r.number, owner, r.cells) for r, owner in zip(family.rows, family.owners, strict=True)]
            of = (family.table.unit, family.table.file, _mapping(family.table).digest, said)
            told.update(repr(of).encode("utf-8", "surrogatepass"))
        told.update(repr(self.lookups.take_used()).encode("utf-8", "surrogatepass"))
        return told.hexdigest()

    def map(self, families: Sequence[Family], context: MapContext, over: OverRows | None = None) -> dict[str, Mapped]:
        """What the heads of a chunk become: "" for the head's own form, with the rows of its parts, and by name the
        other forms that its rows make.
        """
        head = families[0]
        mapping = _mapping(head.table)
        sources = self._over(head, over)
        made = {n: self._work(head.table, n, m, context).map(sources) for n, m in {"": mapping, **mapping.also}.items()}
        lots = []
        for family in families[1:]:
            work = self._work(family.table, "", _mapping(family.table), context)
            mapped = work.map(self._over(family, over), told_of(made[""], family.owners))
            numbers = [r.number for r in family.rows]
            ids = [family.table.row_id(n) for n in numbers]
            lots.append(PartLot(family.table.name, mapped, family.owners, numbers, ids))
        return {**made, "": join(made[""], lots)}

    def _over(self, family: Family, over: OverRows | None) -> Sources:
        sources = self._sources(family)
        return over(family.table, family.rows, family.owners, sources) if over else sources

    def _work(self, table: Delivered, name: str, mapping: FormMapping, context: MapContext) -> Application:
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
        opened, added, _ = self._coded(table)
        columns |= {name: columns[base] for name, base in added.items()}
        if takes_name(_mapping(table)):
            columns[TABLE] = (table.table,) * len(cells)
        return Sources(len(cells), columns, opened)

    def _coded(self, table: Delivered) -> tuple[CodedCells, Mapping[str, str], Sequence[str]]:
        found = self._opened.get(table.number)
        if found is None:
            mapping = _mapping(table)
            meanings, added = self.lookups.coded(table, mapping)
            cells = CodedCells(TableCells(mapping, table.file, table.table), meanings)
            found = self._opened[table.number] = cells, added, tuple(meanings)
        return found


def _mapping(table: Delivered) -> FormMapping:
    assert table.mapping is not None
    return table.mapping
