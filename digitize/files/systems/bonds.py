"""Find the owner of each part row, in one pass over all rows sorted by key, so that memory stays small."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from itertools import chain, groupby, islice
from operator import attrgetter
from typing import NamedTuple

from digitize.files.systems.delivered import DeliveredTable, nearness, ways_to
from digitize.files.systems.store import RowStore
from digitize.files.systems.versions import (
    MOST_OF,
    VERSION,
    HeadVersions,
    MovedParts,
    Version,
    Versions,
    find_gone,
    separate_cases,
)
from mappers.systems.system import System, Tie

JOINED, NO_KEY, NO_HEAD, UNCLEAR, CROWDED, REPEATED = "", "no-key", "no-head", "several-heads", "crowded", "repeated"
"""Why a row belongs to none: its key is empty; no row has it; rows of equal right have it; more rows have it than one
record can; it stands in another delivery as well, and is counted there."""
REASONS = {
    NO_KEY: "its key is empty",
    NO_HEAD: "no row has its key",
    UNCLEAR: "several rows have its key",
    CROWDED: "too many rows have its key for it to be one",
    REPEATED: "it was delivered again",
}
MOST_PARTS = 2_000
"""Rows of one part that one record may have: a "key" of more is a default, such as 0."""


Bond = tuple[int, int | None, str]


class _Parent(NamedTuple):
    """A row that parts may belong to. id: of its first delivery; source: of the delivery with the key.

    is_newest: whether it still has that key.
    """

    key: str
    id: int
    source: int
    is_newest: bool


def find_owners(store: RowStore, system: System, tables: Sequence[DeliveredTable]) -> None:
    """Find repeated deliveries of rows and link all rows of the store, parents before parts, so that a part of an
    orphan is an orphan.
    """
    store.finish()
    HeadVersions(store, system, tables, REPEATED).settle()
    for tie in system.ties:
        store.bind(_Tying(store, system, tie, tables).bonds())
        if tie.row:
            MovedParts(store, tables, tie.table, (*tie.key, *tie.row)).settle(REPEATED)
    store.finish_bonds()
    find_gone(store, [t for t in tables if t.name not in system.lookups])


class _ParentRows:
    """Rows that a part may belong to, by key, requested in ascending order."""

    def __init__(self, store: RowStore, which: int, sources: Sequence[int]) -> None:
        sql = """SELECT k.key, COALESCE(v.first, k.row), k.source, COALESCE(n.row, v.first, k.row) = k.row
                 FROM keys k LEFT JOIN versions v ON v.row = k.row
                 LEFT JOIN newest n ON n.first = COALESCE(v.first, k.row)
                 LEFT JOIN bonds b ON b.row = COALESCE(v.first, k.row)
                 WHERE k.source = ? AND k.which = ? AND COALESCE(b.state, '') = '' ORDER BY k.key"""
        rows = (map(_Parent._make, store.ask(sql, (n, which))) for n in sources)
        self._groups = groupby(heapq.merge(*rows, key=attrgetter("key")), key=attrgetter("key"))
        self._key, self._rows = "", list[_Parent]()

    def find_by_key(self, key: str) -> list[_Parent]:
        """Those of a key."""
        while self._key < key:
            found = next(self._groups, None)
            if found is None:
                return []
            self._key = found[0]
            self._rows = list(found[1]) if self._key >= key else []
        return self._rows if self._key == key else []


class _Tying:
    """Rows of one part table, and their possible owners."""

    def __init__(self, store: RowStore, system: System, tie: Tie, tables: Sequence[DeliveredTable]) -> None:
        self._store, self._tie = store, tie
        self._parents = {t.number: t for t in tables if t.name == tie.of}
        self._parts = {t.number: t for t in tables if t.name == tie.table}
        self._known = _ParentRows(store, ways_to(system, tie.of).index(tie.to), list(self._parents))
        self._versions = Versions(store, tables)
        self._with_heads = {n for n, t in self._parts.items()
                            if any(nearness(t.near, p.near) > 1 for p in self._parents.values())}  # fmt: skip
        self._most = MOST_PARTS * max(1, len(self._parts))

    def bonds(self) -> Iterator[Bond]:
        """Every row of the part with its owner."""
        sql = f"SELECT {VERSION} FROM rows WHERE source = ? AND problem = '' ORDER BY up"
        rows = (map(Version._make, self._store.ask(sql, (n,))) for n in self._parts)
        for up, group in groupby(heapq.merge(*rows, key=attrgetter("up")), key=attrgetter("up")):
            first = list(islice(group, self._most + 1)) if up else []
            if up and len(first) <= self._most:
                yield from self._tie_rows(up, first)
                continue
            for _ in chain(first, group):
                pass
            yield from self._list_untied(up, CROWDED if up else NO_KEY)

    def _tie_rows(self, up: str, rows: Sequence[Version]) -> Iterator[Bond]:
        found = self._known.find_by_key(up)
        owners: dict[tuple[int | None, str], list[Version]] = {}
        for row in rows:
            near = self._nearest(row, found)
            at = (near[0], JOINED) if len(near) == 1 else (None, UNCLEAR if near else NO_HEAD)
            owners.setdefault(at, []).append(row)
        # The head may be gone from the delivery that has a part of it once more.
        joined = {r.said: (at, r) for at, own in owners.items() if at[0] is not None for r in own}
        waits: tuple[int | None, str] = (None, NO_HEAD)
        for row in owners.pop(waits, ()):
            found_at, same = joined.get(row.said, (waits, row))
            owners.setdefault(found_at if self._versions.is_near(same, row) else waits, []).append(row)
        for (owner, state), parts in owners.items():
            yield from self._count_once(parts, owner, state)

    def _nearest(self, row: Version, found: Sequence[_Parent]) -> list[int]:
        """Of the rows with its key, the nearest ones: same file, delivery or office."""
        part = self._parts[row.source]
        ranked = [(self._rank(part, self._parents[p.source]), p) for p in found]
        best = max((rank for rank, _ in ranked), default=0)
        near = [p for rank, p in ranked if rank == best] if best else []
        # A key that a correction gave to another row belongs to that.
        newest = [p for p in near if p.is_newest]
        return list(dict.fromkeys(p.id for p in newest or near))

    def _rank(self, part: DeliveredTable, parent: DeliveredTable) -> int:
        """Distance of a table.

        If the office is unknown, a part delivered together with heads belongs only to these: the same numbers at
        another station are other cases.
        """
        rank = nearness(part.near, parent.near)
        is_told = bool(part.near[2] and parent.near[2])
        return 0 if rank == 1 and not is_told and part.number in self._with_heads else rank

    def _count_once(self, rows: Sequence[Version], owner: int | None, state: str) -> Iterator[Bond]:
        """Rows of one case, or of one key without a case, each counted once however often it was delivered."""
        by_own: dict[str, list[Version]] = {}
        for row in sorted(rows):
            by_own.setdefault(row.own, []).append(row)
        firsts: list[int] = []
        for own, same in by_own.items():
            is_same = None if not own else self._is_same if owner is None else _accept_always
            for deliveries in separate_cases(same, is_same, self._versions.is_near, has_key=bool(own)):
                if len(deliveries) > 1:
                    self._versions.keep(deliveries)
                    yield from ((r.id, None, REPEATED) for r in deliveries[1:])
                firsts.append(deliveries[0].id)
        if owner is not None and len(firsts) > MOST_PARTS:
            owner, state = None, CROWDED
        yield from ((first, owner, state) for first in firsts)

    def _is_same(self, one: Version, other: Version) -> bool:
        """For rows of unknown case: within one office by their own key, else if nearly all their content is equal."""
        if not self._versions.is_near(one, other):
            return False
        return self._versions.is_told(one, other) or self._versions.compare(one, other, self._tie.row)[1] > MOST_OF

    def _list_untied(self, up: str, state: str) -> Iterator[Bond]:
        """Rows without a determinable owner; possibly very many."""
        sql = f"""SELECT {VERSION} FROM rows WHERE source = ? AND problem = '' AND up = ?
                  ORDER BY own, CASE own WHEN '' THEN said ELSE 0 END, number"""
        rows = (map(Version._make, self._store.ask(sql, (n, up))) for n in self._parts)
        merged = heapq.merge(*rows, key=_sort_key)
        for _, group in groupby(merged, key=_sort_key):
            yield from self._count_once(list(group), None, state)


def _accept_always(_: Version, __: Version) -> bool:
    return True


def _sort_key(row: Version) -> tuple[str, int]:
    return row.own, 0 if row.own else row.said
