"""Whose part each row is: found once for all rows, in the order of their keys, so that memory stays small."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, groupby, islice
from operator import itemgetter
from typing import NamedTuple

from digitize.files.systems.delivered import Delivered, ways_to
from digitize.files.systems.store import Cells, RowStore
from mappers.systems.keys import key_of
from mappers.systems.system import System, Tie

JOINED, NO_KEY, NO_HEAD, UNCLEAR, CROWDED, REPEATED = "", "no-key", "no-head", "several-heads", "crowded", "repeated"
"""Why a row belongs to none: its key is empty; no row has it; rows of equal right have it; more rows have it than one
record can; it stands in another delivery as well, and is counted there."""
REASONS = {
    NO_KEY: "its key is empty",
    NO_HEAD: "no row has its key",
    UNCLEAR: "several rows have its key",
    CROWDED: "so many rows have its key that it is none",
    REPEATED: "it was delivered again",
}
MOST_PARTS = 2_000
"""Rows of one part that one record may have: a "key" of more is a default, such as 0."""


Bond = tuple[int, int | None, str]


class _Row(NamedTuple):
    """A part's row: the key of what it belongs to, its delivery, its id."""

    up: str
    source: int
    id: int


def find_owners(store: RowStore, system: System, tables: Sequence[Delivered]) -> None:
    """Tie all rows of the store. Parents before their parts, so that a part of an orphan is one, too."""
    store.finish()
    for tie in system.ties:
        store.bind(_Tying(store, system, tie, tables).bonds())
    store.finish_bonds()


class _Tying:
    """The rows of one part, and those that they may belong to."""

    def __init__(self, store: RowStore, system: System, tie: Tie, tables: Sequence[Delivered]) -> None:
        self._store, self._tie = store, tie
        self._which = ways_to(system, tie.of).index(tie.to)
        self._parents = {t.number: t for t in tables if t.name == tie.of}
        self._parts = {t.number: t for t in tables if t.name == tie.table}
        self._with_heads = {n for n, t in self._parts.items()
                            if any(nearness(t.near, p.near) > 1 for p in self._parents.values())}  # fmt: skip
        self._most = MOST_PARTS * max(1, len(self._parts))

    def bonds(self) -> Iterator[Bond]:
        """Every row of the part with what it belongs to."""
        sql = "SELECT up, source, id FROM rows WHERE source = ? AND problem = '' ORDER BY up"
        rows = (map(_Row._make, self._store.ask(sql, (n,))) for n in self._parts)
        for up, group in groupby(heapq.merge(*rows), key=itemgetter(0)):
            if not up:
                yield from ((r.id, None, NO_KEY) for r in group)
                continue
            first = list(islice(group, self._most + 1))
            if len(first) > self._most:
                yield from ((r.id, None, CROWDED) for r in chain(first, group))
            else:
                yield from self._tied(up, first)

    def _tied(self, up: str, rows: Sequence[_Row]) -> Iterator[Bond]:
        marks = ", ".join("?" * len(self._parents))
        sql = f"""SELECT k.row, k.source, b.state FROM keys k LEFT JOIN bonds b ON b.row = k.row
                  WHERE k.key = ? AND k.which = ? AND k.source IN ({marks})"""
        found = [(row, source) for row, source, state in self._store.ask(sql, (up, self._which, *self._parents))
                 if state in (None, JOINED)]  # fmt: skip
        owners: dict[int, list[_Row]] = {}
        for row in rows:
            near = self._nearest(row, found)
            if len(near) == 1:
                owners.setdefault(near[0], []).append(row)
            else:
                yield row.id, None, UNCLEAR if near else NO_HEAD
        for owner, parts in owners.items():
            if len(parts) > MOST_PARTS:
                yield from ((r.id, None, CROWDED) for r in parts)
                continue
            again = self._repeated(parts) if len({r.source for r in parts}) > 1 else frozenset()
            yield from ((r.id, None, REPEATED) if r.id in again else (r.id, owner, JOINED) for r in parts)

    def _nearest(self, row: _Row, found: Sequence[tuple[int, int]]) -> list[int]:
        """Those of the rows with its key that lie nearest: in its file, its delivery, its office."""
        part = self._parts[row.source]
        ranked = [(self._rank(part, self._parents[source]), owner) for owner, source in found]
        best = max((rank for rank, _ in ranked), default=0)
        return [owner for rank, owner in ranked if rank == best] if best else []

    def _rank(self, part: Delivered, parent: Delivered) -> int:
        """How near a table lies. Where nobody told the office, a part that came with heads belongs to none but these:
        another station's same numbers are other cases.
        """
        rank = nearness(part.near, parent.near)
        is_told = bool(part.near[2] and parent.near[2])
        return 0 if rank == 1 and not is_told and part.number in self._with_heads else rank

    def _repeated(self, parts: Sequence[_Row]) -> frozenset[int]:
        """Rows that stand in another delivery as well: an earlier one of the same row key, or the same cells again."""
        cells = {r.id: self._store.cells(r.id) for r in parts}
        if self._tie.row:
            return self._replaced(parts, cells)
        again: set[int] = set()
        kept: Counter[object] = Counter()
        for _, group in groupby(sorted(parts, key=lambda r: (r.source, r.id)), key=lambda r: r.source):
            here: Counter[object] = Counter()
            for row in group:
                here[cells[row.id]] += 1
                if here[cells[row.id]] <= kept[cells[row.id]]:
                    again.add(row.id)
            kept |= here
        return frozenset(again)

    def _replaced(self, parts: Sequence[_Row], cells: Mapping[int, Cells]) -> frozenset[int]:
        """Of rows with one row key all but those of the newest delivery; where that says nothing new the first one
        stays, with what people settled for its cells.
        """
        places = {n: t.places(self._tie.row, "row") for n, t in self._parts.items()}
        by_key: dict[str, list[_Row]] = {}
        for row in sorted(parts, key=lambda r: r.source):
            own = [cells[row.id][p] if p < len(cells[row.id]) else "" for p in places[row.source]]
            by_key.setdefault(key_of(own), []).append(row)
        said = {r.id: (self._parts[r.source].columns, cells[r.id]) for r in parts}
        replaced: set[int] = set()
        for key, rows in by_key.items():
            kept = [r for r in rows if r.source == rows[-1].source]
            if key and len(kept) < len(rows):
                kept = [next(r for r in rows if said[r.id] == said[kept[0].id])] if len(kept) == 1 else kept
                replaced |= {r.id for r in rows if r not in kept}
        return frozenset(replaced)


def nearness(one: tuple[str, str, str], other: tuple[str, str, str]) -> int:
    """3: of one file, 2: of one delivery, 1: of one office or of one that is not told, 0: of different ones."""
    if one[0] == other[0]:
        return 3
    if one[1] == other[1]:
        return 2
    return int(not one[2] or not other[2] or one[2] == other[2])
