"""Distinguish repeated deliveries of one row from rows of other cases: the newest wins, at the position of the first.

A row delivered again, changed or not, is one row. If uncertain both are kept, so that none is lost; the duplicate rules
report them.
"""

from __future__ import annotations

import heapq
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import NamedTuple

from digitize.files.systems.delivered import DeliveredTable, nearness
from digitize.files.systems.store import Cells, RowStore
from mappers.systems.keys import cell_text
from mappers.systems.system import System

MOST_OF = 0.5
"""More than this share of what two rows say must be the same for them to be one row; and of a table's rows must stand
in a later delivery for it to be one of all rows."""
_KEY_OF_FIR = ("fir_no", "police_station", "year", "fir_date")
_FEW = 10
"""So many rows may go to other cases in a delivery without further proof that the numbers did not begin anew."""
_MOST_MOVED = 100_000


class Version(NamedTuple):
    """A row in one delivery. up: key of its owner; own: its own; said: hash of columns and cells."""

    source: int
    number: int
    id: int
    up: str
    own: str
    said: int


VERSION = "source, number, id, up, own, said"
IsSame = Callable[[Version, Version], bool]


def separate_cases(
    rows: Iterable[Version], is_same: IsSame | None, is_near: IsSame, *, has_key: bool
) -> list[list[Version]]:
    """Group rows into versions of the same row. rows: by source and number, as delivered.

    is_same: whether a later row is a changed version; None: only identical rows are; is_near: whether two may be of one
    office, since rows of two offices are separate even if identical. Rows of one delivery are separate, unless they
    have a key and are identical.
    """
    found: list[list[Version]] = []
    for source, group in groupby(rows, key=attrgetter("source")):
        # By what they say and where they come from: of one table all are near, or none.
        free: dict[int, dict[int, deque[list[Version]]]] = {}
        for known in found:
            free.setdefault(known[-1].said, {}).setdefault(known[-1].source, deque()).append(known)
        here: dict[int, list[Version]] = {}
        left = []
        for row in group:
            alike = next((a for a in free.get(row.said, {}).values() if a and is_near(a[0][-1], row)), None)
            if alike:
                here[row.said] = known = alike.popleft()
                known.append(row)
            else:
                left.append(row)
        for row in left:
            same = here.get(row.said) if has_key else None
            if same is None and is_same is not None:
                same = next((f for f in found if f[-1].source != source and is_same(f[-1], row)), None)
            if same is None:
                found.append(same := [])
            same.append(row)
            here[row.said] = same
    return found


class Versions:
    """Records which rows of a store are versions of one."""

    def __init__(self, store: RowStore, tables: Sequence[DeliveredTable]) -> None:
        self._store = store
        self._tables = {t.number: t for t in tables}

    def keep(self, rows: Sequence[Version]) -> Version:
        """Store these as one row, in its newest different version. Returns that version."""
        first = rows[0]
        newest = next(r for r in rows if r.said == rows[-1].said)
        for sql, values in (
            ("INSERT OR REPLACE INTO versions VALUES (?, ?)", [(r.id, first.id) for r in rows[1:]]),
            ("INSERT OR REPLACE INTO newest VALUES (?, ?)", [(first.id, newest.id)] if newest != first else []),
        ):
            self._store.change(sql, values)
        return newest

    def is_near(self, one: Version, other: Version) -> bool:
        """Whether both may be of one office."""
        return bool(nearness(self._tables[one.source].near, self._tables[other.source].near))

    def office(self, row: Version) -> str:
        """Office of a row, "" if unknown."""
        return self._tables[row.source].near[2]

    def is_told(self, one: Version, other: Version) -> bool:
        """Whether both are certainly of one office, or were delivered together."""
        mine, others = self._tables[one.source].near, self._tables[other.source].near
        return nearness(mine, others) > 1 or bool(mine[2] and mine[2] == others[2])

    def compare(self, one: Version, other: Version, without: Sequence[str]) -> tuple[int, float]:
        """(number of differing FIR key columns, -1 if both are empty; share of other columns that agree). without:
        ignored columns.
        """
        left, right = self._name_columns(one), self._name_columns(other)
        keys = self._fir_columns(one.source) & left.keys() & right.keys()
        differ = sum(left[n] != right[n] for n in keys) if any(left[n] or right[n] for n in keys) else -1
        said = [n for n in left if n not in without and n in right and (left[n] or right[n])]
        return differ, sum(left[n] == right[n] for n in said) / len(said) if said else 1.0

    def _name_columns(self, row: Version) -> dict[str, str]:
        columns = self._tables[row.source].columns
        cells: Cells = self._store.cells(row.id)
        return {c.casefold(): cell_text(cell).strip() for c, cell in zip(columns, cells, strict=False)}

    def _fir_columns(self, source: int) -> set[str]:
        mapping = self._tables[source].mapping
        if mapping is None:
            return set()
        return {r.source.casefold() for r in mapping.rules if any(name in _KEY_OF_FIR for _, name in r.targets)}


def by_own_key(store: RowStore, sources: Sequence[int]) -> Iterator[list[Version]]:
    """Rows that share their own key with others, by delivery."""
    sql = f"SELECT {VERSION} FROM rows WHERE source = ?1 AND own <> '' AND problem = ''"
    if len(sources) == 1:
        # Hardly any: found by SQLite, of millions of rows.
        sql += """ AND own IN (SELECT own FROM rows WHERE source = ?1 AND own <> '' AND problem = ''
                   GROUP BY own HAVING COUNT(*) > 1)"""
    asked = (map(Version._make, store.ask(f"{sql} ORDER BY own, number", (n,))) for n in sources)
    rows = heapq.merge(*asked, key=attrgetter("own", "source"))
    for _, group in groupby(rows, key=attrgetter("own")):
        found = list(group)
        if len(found) > 1:
            yield found


class HeadVersions:
    """FIRs delivered again.

    Two rows with one key are one FIR only if their content confirms it: another station or year may have used the same
    number.
    """

    def __init__(self, store: RowStore, system: System, tables: Sequence[DeliveredTable], repeated: str) -> None:
        self._store, self._repeated = store, repeated
        self._heads = [t.number for t in tables if t.name == system.heads[0]]
        self._versions = Versions(store, tables)
        self._key = tuple(c.casefold() for c in system.key)
        self._apart: set[tuple[int, int]] = set()

    def settle(self) -> None:
        """Tie the deliveries of each FIR to its first."""
        if len(self._heads) > 1:
            self._compare()
        self._store.ask("BEGIN")
        for rows in by_own_key(self._store, self._heads):
            for deliveries in separate_cases(rows, self._is_same, self._versions.is_near, has_key=True):
                if len(deliveries) > 1:
                    self._versions.keep(deliveries)
                    bonds = [(r.id, None, self._repeated) for r in deliveries[1:]]
                    self._store.change("INSERT OR REPLACE INTO bonds VALUES (?, ?, ?)", bonds)
        self._store.ask("COMMIT")

    def _compare(self) -> None:
        """Find deliveries that number alike and mean other cases: of most of their common keys the rows differ."""
        said: dict[tuple[int, int], Counter[bool]] = {}
        for rows in by_own_key(self._store, self._heads):
            ones = [group for _, g in groupby(rows, key=attrgetter("source")) if len(group := list(g)) == 1]
            for one, other in ((a[0], b[0]) for at, a in enumerate(ones) for b in ones[at + 1 :]):
                is_same = one.said == other.said or self._is_same(one, other)
                said.setdefault((one.source, other.source), Counter())[is_same] += 1
        self._apart = {pair for pair, counts in said.items() if counts[False] > counts[True]}

    def _is_same(self, one: Version, other: Version) -> bool:
        if not self._versions.is_near(one, other) or (one.source, other.source) in self._apart:
            return False
        differ, share = self._versions.compare(one, other, self._key)
        # The key of the FIR itself decides; one of its columns may have been corrected, where most of the rest stands.
        return differ == 0 or (differ < 2 and share > MOST_OF)


class MovedParts:
    """Part rows that a later delivery moves to another FIR: identified by their own key, they leave the first one."""

    def __init__(self, store: RowStore, tables: Sequence[DeliveredTable], name: str, without: Sequence[str]) -> None:
        self._store, self._versions = store, Versions(store, tables)
        self._sources = [t.number for t in tables if t.name == name]
        self._without = tuple(c.casefold() for c in without)

    def settle(self, repeated: str) -> None:
        """Link moved rows to their current owner."""
        if len(self._sources) < 2:
            return
        stayed, several, moved = 0, 0, list[list[Version]]()
        for rows in (own for same in by_own_key(self._store, self._sources) for own in self._by_office(same)):
            ups = {(r.source, r.up) for r in rows}
            if len({up for _, up in ups}) == 1:
                stayed += len({r.source for r in rows}) > 1
            elif len(ups) > len({r.source for r in rows}):
                several += 1
            elif len(moved) < _MOST_MOVED:
                moved.append(rows)
        # A number that counts within each FIR, or began anew with another year, is no row's own.
        if several > len(moved) or (len(moved) > _FEW and len(moved) > stayed):
            return
        self._store.ask("BEGIN")
        for rows in moved:
            self._follow(rows, repeated)
        self._store.ask("COMMIT")

    def _by_office(self, rows: Sequence[Version]) -> list[list[Version]]:
        """Rows of one own key grouped by office; all together if an office is unknown."""
        found: dict[str, list[Version]] = {}
        for row in rows:
            found.setdefault(self._versions.office(row), []).append(row)
        return [own for own in found.values() if len(own) > 1] if "" not in found else [list(rows)]

    def _follow(self, rows: Sequence[Version], repeated: str) -> None:
        """Link a row's versions in each FIR to the last one; it may have returned to an earlier FIR."""
        by_id = {r.id: r for r in rows}
        lives: dict[int, list[Version]] = {}
        for row in rows:
            first = self._first(row.id)
            lives.setdefault(first if first in by_id else row.id, []).append(row)
        of = {r.id: first for first, life in lives.items() for r in life}
        for at, row in enumerate(rows):
            before = [r for r in rows[:at] if r.source < row.source and self._versions.is_near(r, row)]
            last = before[-1] if before else row
            one, other = of[last.id], of[row.id]
            # What it was just before it moved: what was corrected later says nothing against that.
            if one == other or self._versions.compare(last, row, self._without)[1] > MOST_OF:
                of |= {r: other for r, first in of.items() if first == one}
        for last_life in dict.fromkeys(of.values()):
            own = [r for r in rows if of[r.id] == last_life]
            if len({r.up for r in own}) > 1:
                self._take_place(own, next(f for f, life in lives.items() if own[-1] in life), repeated)

    def _first(self, row: int) -> int:
        found = next(self._store.ask("SELECT first FROM versions WHERE row = ?", (row,)), None)
        return int(found[0]) if found else row

    def _take_place(self, rows: Sequence[Version], of: int, repeated: str) -> None:
        """Merge the rows, with the position of the first and the owner of another."""
        first = rows[0].id
        bond = next(self._store.ask("SELECT owner, state FROM bonds WHERE row = ?", (of,)))
        self._versions.keep(rows)
        put = "INSERT OR REPLACE INTO bonds VALUES (?, ?, ?)"
        self._store.change(put, [(first, *bond), *((r.id, None, repeated) for r in rows[1:])])
        self._store.change("DELETE FROM newest WHERE first = ?", [(of,)] if of != first else [])


def find_gone(store: RowStore, tables: Sequence[DeliveredTable]) -> None:
    """Mark rows missing in a newer complete delivery of their table. They still count, and are reported."""
    names: dict[str, list[int]] = {}
    for table in tables:
        names.setdefault(table.name, []).append(table.number)
    near = {t.number: t.near for t in tables}
    for sources in names.values():
        for old, new in _find_covering(store, sources, near).items():
            store.change(_GONE, [(old, new)])


# Of the rows of a table those that stand neither in a later delivery of most of its rows nor in any behind that.
_MEMBERS = """SELECT COALESCE(v.first, r.id) AS first, r.source FROM rows r LEFT JOIN versions v ON v.row = r.id
  WHERE r.problem = ''"""
_GONE = f"""INSERT OR IGNORE INTO gone SELECT m.first FROM ({_MEMBERS} AND r.source = ?1) m WHERE NOT EXISTS (
  SELECT 1 FROM versions v JOIN rows r ON r.id = v.row WHERE v.first = m.first AND r.source >= ?2)"""


def _find_covering(store: RowStore, sources: Sequence[int], near: Mapping[int, tuple[str, str, str]]) -> dict[int, int]:
    """Table -> a later delivery of most of its rows."""
    if len(sources) < 2:
        return {}
    marks = ", ".join("?" * len(sources))
    of_each = f"""SELECT r.source, COUNT(DISTINCT COALESCE(v.first, r.id)) FROM rows r
      LEFT JOIN versions v ON v.row = r.id WHERE r.problem = '' AND r.source IN ({marks}) GROUP BY 1"""
    sizes = dict(store.ask(of_each, sources))
    of_several = f"""SELECT DISTINCT f.first, r.source FROM (SELECT first, row FROM versions UNION
      SELECT first, first FROM versions) f JOIN rows r ON r.id = f.row WHERE r.source IN ({marks})"""
    pairs = f"""SELECT a.source, b.source, COUNT(*) FROM ({of_several}) a JOIN ({of_several}) b USING (first)
      WHERE a.source < b.source GROUP BY 1, 2"""
    found: dict[int, int] = {}
    for old, new, count in store.ask(pairs, (*sources, *sources)):
        if count > MOST_OF * sizes[old] and nearness(near[old], near[new]):
            found[old] = max(new, found.get(old, 0))
    return found
