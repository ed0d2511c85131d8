"""Which tables of an old system belong together, found by names, by kinds of cells and by which values stand in which.

A tie is a guess with a confidence; what is not sure is asked, and never in force.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice, product
from types import MappingProxyType

from mappers.legacy.table import ForeignKey
from mappers.systems.keys import table_key
from mappers.systems.names import bare_key, meanings, refers
from mappers.systems.profile import ColumnProfile, TableProfile

Refers = Mapping[str, Sequence[ForeignKey]]
"""Table -> what its file declares of its columns."""
SURE = 0.55
ASKED = 0.4
# A few rows of every part have lost their head, and some keys are typed wrong.
_CONTAINED = 0.8
_TRIED = 3_000
_LOOK = 20
_DEEPEST, _MOST_PAIRS = 12, 20_000
# Meanings of columns that are no keys, whatever numbers stand in them.
NO_KEYS = frozenset({"age", "date", "time", "year", "sex", "amount", "value", "quantity", "phone", "height", "day"})


@dataclass(frozen=True)
class TieGuess:
    """A part and what it may belong to. share: of its rows, those whose key is there. is_many: several rows of one.

    is_declared: the file itself says so.
    """

    table: str
    of: str
    key: tuple[str, ...]
    to: tuple[str, ...]
    confidence: float
    share: float
    is_many: bool
    row: tuple[str, ...] = ()
    is_declared: bool = False


def find_ties(
    head: TableProfile, tables: Sequence[TableProfile], refers: Refers = MappingProxyType({})
) -> tuple[list[TieGuess], list[TieGuess]]:
    """What belongs to the head, directly or by another part: (sure ones, those to ask about), parents first.

    refers: what the file declares; it comes before all that names and values say.
    """
    sure: list[TieGuess] = []
    asked: dict[str, TieGuess] = {}
    members, untried = {table_key(head.name): head}, [head]
    waiting = [t for t in tables if t is not head and t.rows]
    for _ in range(_DEEPEST):
        found = [g for t in waiting if (g := declared_tie(t, members, refers.get(t.name, ()))) is not None]
        if not found:
            # Of thousands of parts the first ones are tried as parents: no system has so many.
            parents, untried = untried[: max(1, _MOST_PAIRS // max(1, len(waiting)))], []
            for table in waiting:
                guesses = (g for p in parents for g in tie_guesses(table, p))
                best = max(guesses, key=lambda g: g.confidence, default=None)
                if best is not None and best.confidence >= SURE:
                    found.append(best)
                elif best is not None and best.confidence >= ASKED:
                    kept = asked.get(table.name)
                    asked[table.name] = best if kept is None or best.confidence > kept.confidence else kept
        if not found:
            break
        sure += found
        names = {g.table for g in found}
        fresh = [t for t in waiting if t.name in names]
        members.update((table_key(t.name), t) for t in fresh)
        untried += fresh
        waiting = [t for t in waiting if t.name not in names]
    return sure, [g for name, g in asked.items() if name not in {s.table for s in sure}]


def declared_tie(
    table: TableProfile, members: Mapping[str, TableProfile], refers: Sequence[ForeignKey]
) -> TieGuess | None:
    """The tie of a table to one of others that its file declares; of several, the one with most of its keys there.

    members: by their names as compared.
    """
    found: list[TieGuess] = []
    for key in refers:
        parent = members.get(table_key(key.table))
        if parent is None or parent is table:
            continue
        own, to = columns_of(table, key.columns), columns_of(parent, key.to)
        if own and to:
            share = _share(table, parent, own, to)
            found.append(replace(_guess(table, parent, own, to, 1.0, share), is_declared=True))
    return max(found, key=lambda g: g.share, default=None)


def columns_of(table: TableProfile, names: Sequence[str]) -> tuple[str, ...]:
    """Columns of a table as it spells them itself; () where one is not there."""
    folded = {c.name.casefold(): c.name for c in table.columns}
    return tuple(folded[n.casefold()] for n in names) if all(n.casefold() in folded for n in names) else ()


def describe_doubts(tie: TieGuess, table: TableProfile, parents: Sequence[TableProfile]) -> str:
    """What names and values of a table say against a tie that its file declares; "" for nothing."""
    said = f"{tie.table}: the file declares {' and '.join(tie.key)} as the key of {tie.of}"
    if tie.share < _CONTAINED:
        return f"{said}, and of its keys {tie.share:.0%} are there. Look whether rows of {tie.of} are missing."
    best = max((g for p in parents for g in tie_guesses(table, p)), key=lambda g: g.confidence, default=None)
    if best is None or best.confidence < SURE or (best.of == tie.of and set(best.key) & set(tie.key)):
        return ""
    return f"{said}; by names and values it would be {' and '.join(best.key)}, of {best.of} ({best.confidence:.2f})."


def tie_guesses(table: TableProfile, parent: TableProfile) -> Iterator[TieGuess]:
    """The ways in which a table's rows may belong to rows of another one."""
    for key in parent.key_columns:
        for column in table.key_like:
            guess = _single(table, column, parent, key)
            if guess is not None:
                yield guess
    yield from _composite(table, parent)


def _single(table: TableProfile, column: ColumnProfile, parent: TableProfile, key: ColumnProfile) -> TieGuess | None:
    # Values first: of thousands of tables most fail by these, and it costs less than comparing names.
    share = share_contained(column, key, parent)
    if share < _CONTAINED:
        return None
    name = refers(column.name, parent.name, key.name)
    if name < 0.5 and (NO_KEYS & meanings(column.name) or key.is_special < 0.5):
        return None
    confidence = _confidence(name, share, key.is_special, coverage(column, key))
    guess = _guess(table, parent, (column.name,), (key.name,), confidence, share)
    # A number that people give begins anew each year and in each station: what else both say belongs to it.
    return _widest(table, parent, guess, list(_pairs(table, parent))) if "number" in meanings(key.name) else guess


def _confidence(name: float, share: float, special: float, covered: float) -> float:
    return round(min(1.0, 0.5 * name + 0.35 * special + 0.25 * covered) * share, 2)


def share_contained(column: ColumnProfile, key: ColumnProfile, parent: TableProfile) -> float:
    """Share of a column's cells whose value a key has; of the first ones, where not all rows were looked at."""
    if not parent.is_cut:
        # Each value once, however often it stands there.
        found = sum(n for k, n in column.counts.items() if k in key.values)
        return found / column.filled if column.filled else 0.0
    said = list(islice((k for k in column.keys if k), _TRIED))
    return sum(k in key.values for k in said) / len(said) if said else 0.0


def coverage(column: ColumnProfile, key: ColumnProfile) -> float:
    """Share of a key's values that the column has."""
    return len(column.values & key.values) / len(key.values) if key.values else 0.0


def _guess(
    table: TableProfile,
    parent: TableProfile,
    key: tuple[str, ...],
    to: tuple[str, ...],
    confidence: float,
    share: float,
) -> TieGuess:
    joined = _join_cells(table, key)
    said = [k for k in joined if k]
    own = tuple(c.name for c in table.key_columns if c.name not in key)[:1]
    return TieGuess(table.name, parent.name, key, to, confidence, share, len(set(said)) < len(said), own)


def _join_cells(table: TableProfile, names: Sequence[str]) -> list[str]:
    """The composite key of each row, as its cells would be written behind each other."""
    columns = [table.column(n).keys for n in names]
    return ["/".join(cells) if all(cells) else "" for cells in zip(*columns, strict=True)]


# -- composite keys ------------------------------------------------------------------------------------------------


def _composite(table: TableProfile, parent: TableProfile) -> Iterator[TieGuess]:
    """Keys of several columns (station, year, number), on both sides or written as one in the part."""
    pairs = list(_pairs(table, parent))
    by_parent: dict[str, list[str]] = {}
    for own, theirs in pairs:
        by_parent.setdefault(theirs, []).append(own)
    wide = sorted(by_parent)[:7]
    for size in (2, 3, 4):
        for to in combinations(wide, size):
            if not _identifies(parent, to):
                continue
            keys = (key for key in product(*(by_parent[t] for t in to)) if len(set(key)) == size)
            guesses = (_guess_composite(table, parent, key, to) for key in keys)
            found = [g for g in guesses if g is not None]
            if found:
                yield _widest(table, parent, max(found, key=lambda g: g.confidence), pairs)
                return
    yield from _written_as_one(table, parent)


def _widest(table: TableProfile, parent: TableProfile, guess: TieGuess, pairs: Sequence[tuple[str, str]]) -> TieGuess:
    """The tie with every further column on which both agree: what is unique by luck in a few rows is not in all."""
    for own, theirs in pairs:
        if own in guess.key or theirs in guess.to:
            continue
        wider = _guess_composite(table, parent, (*guess.key, own), (*guess.to, theirs))
        if wider is not None and wider.share >= guess.share - 0.05:
            guess = replace(wider, confidence=guess.confidence)
    return guess


def said_by_both(table: TableProfile, parent: TableProfile) -> frozenset[str]:
    """Columns of a part that repeat what its parent says of the case: its station, year, number, district."""
    core = {"station", "year", "number", "district", "case"}
    return frozenset(own for own, theirs in _pairs(table, parent) if meanings(own) & core and meanings(theirs) & core)


def _pairs(table: TableProfile, parent: TableProfile) -> Iterator[tuple[str, str]]:
    """Columns of both that may mean the same: by name or meaning, with the same values."""
    for own in table.key_like:
        for theirs in parent.key_like:
            alike = own.name.casefold() == theirs.name.casefold() or _means_the_same(own.name, theirs.name)
            if alike and share_contained(own, theirs, parent) >= _CONTAINED:
                yield own.name, theirs.name


def _means_the_same(one: str, other: str) -> bool:
    a, b = meanings(one), meanings(other)
    if not a or not b:
        return "".join(bare_key(one)) == "".join(bare_key(other)) != ""
    core = {"case", "station", "year", "number", "district"}
    return a == b or bool(a & b & core) and (a & core == b & core or a <= b or b <= a)


def _identifies(parent: TableProfile, names: Sequence[str]) -> bool:
    said = [k for k in _join_cells(parent, names) if k]
    # One of them alone would have been found as a single key.
    is_minimal = not any(parent.column(n).is_unique for n in names)
    return is_minimal and len(said) >= 0.9 * parent.rows and len(set(said)) >= 0.97 * len(said)


def _share(table: TableProfile, parent: TableProfile, key: Sequence[str], to: Sequence[str]) -> float:
    """Share of a part's keys that are there."""
    theirs = set(_join_cells(parent, to))
    said = list(islice((k for k in _join_cells(table, key) if k), _TRIED if parent.is_cut else None))
    return sum(k in theirs for k in said) / len(said) if said else 0.0


def _guess_composite(
    table: TableProfile, parent: TableProfile, key: Sequence[str], to: Sequence[str]
) -> TieGuess | None:
    share = _share(table, parent, key, to)
    if share < _CONTAINED:
        return None
    named = sum(a.casefold() == b.casefold() or _means_the_same(a, b) for a, b in zip(key, to, strict=True)) / len(to)
    # That all of several cells agree is no chance.
    return _guess(table, parent, tuple(key), tuple(to), round(share * (0.7 + 0.2 * named), 2), share)


def _written_as_one(table: TableProfile, parent: TableProfile) -> Iterator[TieGuess]:
    """Keys as "17/2009" in the part, 17 and 2009 in two columns of its head."""
    written = [c for c in table.key_like if c.pieces >= 2]
    if not written:
        return
    narrow = [c.name for c in parent.key_like if c.length <= 12][:8]
    for column in written:
        said = [k for k in column.keys if k][:_TRIED]
        for size in (2, 3):
            for to in _fitting_at_a_look(said[:_LOOK], parent, narrow, size):
                if not _identifies(parent, to):
                    continue
                theirs = set(_join_cells(parent, to))
                share = sum(k in theirs for k in said) / len(said)
                if share >= _CONTAINED:
                    yield _guess(table, parent, (column.name,), to, round(0.9 * share, 2), share)
                    return


def _fitting_at_a_look(
    said: Sequence[str], parent: TableProfile, names: Sequence[str], size: int
) -> Iterator[tuple[str, ...]]:
    """So many columns in which the pieces of most of some keys stand; what fails there is not looked at whole."""
    pieces = [p for p in (key.split("/") for key in said) if len(p) == size]
    least = _CONTAINED * len(said)
    if len(pieces) < least:
        return
    values = {name: parent.column(name).values for name in names}
    # The first, the second... pieces each by themselves: hardly a table has columns for all of them.
    at = [[n for n in names if sum(p[i] in values[n] for p in pieces) >= least] for i in range(size)]
    for to in product(*at):
        if (
            len(set(to)) == size
            and sum(all(x in values[n] for x, n in zip(p, to, strict=True)) for p in pieces) >= least
        ):
            yield to
