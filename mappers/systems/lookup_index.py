"""Which of very many tables may hold a column's codes: by their values and their names, not one after the other.

Of a few hundred tables each is tried. A dump of thousands would cost its parts times its tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from mappers.systems.code_kinds import CodeKind, kinds_of_codes
from mappers.systems.names import bare_key, bare_table, meanings
from mappers.systems.profile import ColumnProfile, TableProfile

ALL_TRIED = 400
"""Of so many kinds of codes each is tried for each column; of more the likeliest so many by their names."""
LOOKUP_WIDTH = 9
CONTAINED = 0.6
"""So many of a column's cells stand in a lookup of it."""
# A key of more values is always tried: there are few of these, and an index of them would fill the memory.
_MOST_INDEXED = 2_000


@dataclass(frozen=True)
class CodeTable:
    """A table, or the part of one with codes of one kind, in which a column's codes may stand. table: the whole one."""

    table: TableProfile
    kind: CodeKind
    value: ColumnProfile
    keys: tuple[ColumnProfile, ...]


class LookupIndex:
    """The tables in which codes may stand."""

    def __init__(self, tables: Sequence[TableProfile]) -> None:
        """Look at each once."""
        self._all = [c for t in tables for k in kinds_of_codes(t) or (CodeKind(t),) if (c := _code_table(t, k))]
        self.cut: set[str] = set()
        """Names of columns for which not every table that has their values was tried."""

    def tables_for(self, column: ColumnProfile) -> list[CodeTable]:
        """The tables to try for a column, in their own order."""
        if len(self._all) <= ALL_TRIED:
            return self._all
        there = self._with_values(column)
        if len(there) > ALL_TRIED:
            self.cut.add(column.name)
            near: Counter[int] = Counter()
            for part in _parts(bare_key(column.name), column.name):
                near.update(at for at in self._tables_by_name.get(part, ()) if at in there)
            # Those that no chance explains come before the others, where names say as little of either.
            there = set(sorted(there, key=lambda at: (-near[at], at not in self._special, at))[:ALL_TRIED])
        return [self._all[at] for at in sorted(there)]

    def _with_values(self, column: ColumnProfile) -> set[int]:
        """Those that may hold enough of its cells: a table without some of the rarer values holds too few."""
        left = (1 - CONTAINED) * column.filled
        there = set(self._large)
        for value, count in sorted(
            column.counts.items(), key=lambda c: (len(self._tables_by_value.get(c[0], ())), c[0])
        ):
            there.update(self._tables_by_value.get(value, ()))
            left -= count
            if left < 0:
                break
        return there

    @cached_property
    def _large(self) -> frozenset[int]:
        return frozenset(at for at, c in enumerate(self._all) if any(len(k.values) > _MOST_INDEXED for k in c.keys))

    @cached_property
    def _special(self) -> frozenset[int]:
        return frozenset(at for at, c in enumerate(self._all) if any(k.is_special >= 0.5 for k in c.keys))

    @cached_property
    def _tables_by_value(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for at, one in enumerate(self._all):
            if at not in self._large:
                for value in {v for key in one.keys for v in key.values}:
                    found.setdefault(value, []).append(at)
        return found

    @cached_property
    def _tables_by_name(self) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for at, one in enumerate(self._all):
            own = one.kind.profile.name
            names = [_parts(bare_table(own), own)]
            names += [_parts(bare_key(k.name), k.name) for k in one.keys]
            for part in frozenset[str]().union(*names):
                found.setdefault(part, []).append(at)
        return found


def _code_table(table: TableProfile, kind: CodeKind) -> CodeTable | None:
    """What of a table matters as a lookup, whatever the column; None where it is none."""
    own = kind.profile
    if len(own.columns) > LOOKUP_WIDTH or own.rows < 2:
        return None
    value = value_column(own)
    if value is None:
        return None
    keys = [k for k in own.key_columns if k.name != value.name]
    keys = [k for k in keys if not (k.length > value.length + 6 and k.letters > 0.9)]
    return CodeTable(table, kind, value, tuple(keys)) if keys else None


def value_column(table: TableProfile) -> ColumnProfile | None:
    """The column of what codes stand for: words, different in each row, and those that a name heads first."""
    said = [c for c in table.columns if c.letters > 0.6 and len(c.values) >= 0.6 * max(1, c.filled)]
    if not said:
        return None

    def rank(column: ColumnProfile) -> tuple[float, float, float]:
        is_named = bool({"name", "description", "title"} & meanings(column.name))
        return is_named, len(column.values) / max(1, column.filled) > 0.9, column.length

    return max(said, key=rank)


@lru_cache(maxsize=1 << 14)
def _parts(words: tuple[str, ...], name: str) -> frozenset[str]:
    """By what two names may be alike: their meanings, their words, and three letters in a row."""
    joined = "".join(words)
    near: Iterator[str] = (joined[at : at + 3] for at in range(max(1, len(joined) - 2)))
    return frozenset(w for w in (*near, *words, joined, *(f"={m}" for m in meanings(name))) if w)
