"""One table that holds the codes of all kinds (SEX 1 Male, RELIGION 1 Hindu), taken apart by the column of the kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mappers.systems.keys import key_of
from mappers.systems.profile import NEARLY_ALL, ColumnProfile, TableProfile

_WIDTH = 9
_FEWEST_ROWS, _MOST_KINDS = 4, 500
# Fewer codes of a kind on average would be a table of another sort: a name and its spelling.
_CODES_OF_A_KIND = 2
_LONGEST_CODE = 8


@dataclass(frozen=True)
class CodeKind:
    """Codes of one kind as a table of their own. where: column and text that tell its rows; () for a whole table."""

    profile: TableProfile
    where: tuple[tuple[str, str], ...] = ()


def kinds_of_codes(table: TableProfile) -> tuple[CodeKind, ...]:
    """The kinds of codes in a table; () where it is a lookup of one kind, or none."""
    if len(table.columns) > _WIDTH or table.rows < _FEWEST_ROWS:
        return ()
    found = next(_kind_and_code(table), None)
    if found is None:
        return ()
    kind, code = found
    values = [c for c in table.columns if c not in (kind, code) and c.letters > 0.6]
    if not values:
        return ()
    said = {key_of([text]): text for text in kind.texts}
    kinds: list[CodeKind] = []
    for own in sorted(kind.values):
        rows = [at for at, key in enumerate(kind.keys) if key == own]
        columns = (_select_rows(code, rows), *(_select_rows(v, rows) for v in values))
        text = said.get(own, own)
        kinds.append(CodeKind(TableProfile(text, columns, len(rows), table.is_cut), ((kind.name, text),)))
    return tuple(kinds)


def _select_rows(column: ColumnProfile, rows: list[int]) -> ColumnProfile:
    keys = tuple(column.keys[at] for at in rows)
    return ColumnProfile(column.name, keys, tuple(k for k in keys if k))


def _kind_and_code(table: TableProfile) -> Iterator[tuple[ColumnProfile, ColumnProfile]]:
    """(column of the kind, column of the code): codes begin anew with each kind, and are one only with it."""
    whole = [c for c in table.columns if c.filled >= NEARLY_ALL * table.rows and c.is_key_like]
    longest = max((c.length for c in table.columns if c.letters > 0.6), default=0.0)
    if any(c.is_unique and (c.letters < 0.5 or c.length <= min(_LONGEST_CODE, longest - 2)) for c in whole):
        # A code that says by itself which it is needs no kind.
        return
    for kind in sorted(whole, key=lambda c: len(c.values)):
        if not 2 <= len(kind.values) <= min(_MOST_KINDS, table.rows // _CODES_OF_A_KIND):
            continue
        for code in whole:
            if code is not kind and len(code.values) >= 2 and code.letters < 0.9:
                pairs = set(zip(kind.keys, code.keys, strict=True))
                if len(pairs) >= NEARLY_ALL * table.rows:
                    yield kind, code
