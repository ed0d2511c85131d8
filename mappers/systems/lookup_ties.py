"""Which columns of an old system hold codes of which table, and everything guessed of a system together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from mappers.legacy.table import ForeignKey
from mappers.systems.keys import table_key
from mappers.systems.lookup_index import CONTAINED, CodeTable, LookupIndex, value_column
from mappers.systems.names import is_lookup_name, meanings
from mappers.systems.names import refers as reads_like
from mappers.systems.profile import ColumnProfile, TableProfile
from mappers.systems.ties import ASKED, NO_KEYS, SURE, Refers, TieGuess, columns_of, coverage, share_contained


@dataclass(frozen=True)
class LookupGuess:
    """A column whose values may be codes of a table. value: the column of what they stand for; also: further ones.

    covered: share of the table's codes that the column has; special: how little that is chance. where: column and text
    by which the table's rows of this kind of codes are told from those of others. is_declared: the file itself says so.
    """

    table: str
    key: str
    value: str
    of: str
    column: str
    confidence: float
    share: float
    also: tuple[str, ...] = ()
    covered: float = 0.0
    special: float = 0.0
    where: tuple[tuple[str, str], ...] = ()
    is_declared: bool = False


@dataclass(frozen=True)
class Guessed:
    """Everything guessed of a system. asked: ties and lookups that a person has to confirm."""

    head: str
    key: tuple[str, ...]
    ties: tuple[TieGuess, ...] = ()
    lookups: tuple[LookupGuess, ...] = ()
    asked_ties: tuple[TieGuess, ...] = ()
    asked_lookups: tuple[LookupGuess, ...] = ()
    heads: Mapping[str, float] = field(default_factory=dict)


def find_lookups(
    users: Sequence[TableProfile], tables: Sequence[TableProfile], taken: Mapping[str, Iterable[str]],
    refers: Refers = MappingProxyType({}), index: LookupIndex | None = None,
) -> tuple[list[LookupGuess], list[LookupGuess]]:  # fmt: skip
    """The lookups of columns: (sure ones, those to ask about). taken: table -> columns that are keys already.

    refers: what the file declares; it comes before all that names and values say. index: of the tables, where there is
    one already; it tells afterwards for which columns not all tables were tried.
    """
    sure: list[LookupGuess] = []
    asked: list[LookupGuess] = []
    index = index or LookupIndex(tables)
    named = {table_key(t.name): t for t in reversed(tables)}
    for user in users:
        for column in user.columns:
            if column.name in set(taken.get(user.name, ())):
                continue
            declared = declared_lookup(user, column, named, refers.get(user.name, ()))
            if declared is not None:
                sure.append(declared)
                continue
            if not column.is_key_like or not column.filled:
                continue
            found = sorted(
                (g for t in index.tables_for(column) if t.table is not user for g in _lookups(user, column, t)),
                key=lambda g: -g.confidence,
            )
            if len(found) == 1 and found[0].covered > 0.5 and found[0].special >= 0.5:
                # The only table that has these values, and hardly any besides.
                found[0] = replace(found[0], confidence=min(1.0, found[0].confidence + 0.15))
            if not found or found[0].confidence < ASKED:
                continue
            is_clear = len(found) == 1 or found[0].confidence - found[1].confidence >= 0.05
            (sure if found[0].confidence >= SURE and is_clear else asked).append(found[0])
    return sure, asked


def declared_lookup(
    user: TableProfile, column: ColumnProfile, tables: Mapping[str, TableProfile], refers: Sequence[ForeignKey]
) -> LookupGuess | None:
    """The lookup that the file declares for a column, where its table has words that the codes may stand for.

    tables: by their names as compared.
    """
    for key in refers:
        if len(key.columns) != 1 or key.columns[0].casefold() != column.name.casefold():
            continue
        table = tables.get(table_key(key.table))
        table = None if table is user else table
        to = columns_of(table, key.to) if table is not None else ()
        value = value_column(table) if table is not None else None
        if table is None or value is None or not to or to[0] == value.name:
            continue
        share = share_contained(column, table.column(to[0]), table)
        also = tuple(c.name for c in table.columns if c.name not in (to[0], value.name) and c.filled)[:6]
        return LookupGuess(table.name, to[0], value.name, user.name, column.name, 1.0, share, also, is_declared=True)
    return None


def _lookups(user: TableProfile, column: ColumnProfile, codes: CodeTable) -> Iterator[LookupGuess]:
    """A table as the lookup of a column: of its keys the best."""
    table, value = codes.kind.profile, codes.value
    if table.rows > max(200, 2 * user.rows):
        return
    best: LookupGuess | None = None
    for key in codes.keys:
        # Values first: that costs less than comparing names, and most fail.
        share = share_contained(column, key, table)
        if share < CONTAINED:
            continue
        name = reads_like(column.name, table.name, key.name)
        if name < 0.5 and (NO_KEYS & meanings(column.name) - {"sex"} or key.is_special < 0.5):
            continue
        looks = 0.12 * is_lookup_name(table.name) + 0.08 * (len(table.columns) <= 4)
        special, covered = key.is_special, coverage(column, key)
        said = 0.55 * name + looks + 0.3 * special + 0.1 * covered + 0.1
        sure = round(min(1.0, said) * min(1.0, share + 0.1), 2)
        guess = LookupGuess(codes.table.name, key.name, value.name, user.name, column.name, sure, share, (), covered,
                            special, codes.kind.where)  # fmt: skip
        best = guess if best is None or guess.confidence > best.confidence else best
    if best is not None:
        also = tuple(c.name for c in table.columns if c.name not in (best.key, best.value) and c.filled)[:6]
        yield replace(best, also=also)
