"""Find what people changed in a target by hand: records whose rows no longer give the hash written with them.

A number may be stored in another spelling than it was sent in (007 as 7, 1500.50 as 1500.5). The hash is of what was
sent, so a record is told as changed only where no usual spelling of its numbers gives it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, islice, product

import polars as pl

from digitize.targets.flat import ROW_END, row_text, text_hash
from digitize.targets.rows import HASH, RECORD_ID, with_hash
from mappers.schema import form_tables

# So many records are in memory at a time.
AT_ONCE = 5_000
_Column = tuple[str, str]
_Spelling = Mapping[_Column, Callable[[str], str]]
_NUMBERS = ("money", "decimal")
# So many spellings of one record are tried, and so many records in a row that none of them fits: a table changed as a
# whole would otherwise be tried for hours.
_MOST_TRIED, _MOST_FAILED = 20_000, 10
# A number of more digits does not keep them in a file of SQLite.
_ROUNDED = re.compile(r"e\+|^[0-9.]{16,}$")


@dataclass
class HandChangeFinder:
    """Compares records with their hashes, some at a time; numbers are mostly spelled alike in all of a load.

    changed, removed: ids found so far.
    """

    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    uncompared: int = 0
    _known: list[_Spelling] = field(default_factory=list)
    _failed: int = 0

    def add(self, form: str, tables: Mapping[str, pl.DataFrame], hashes: pl.DataFrame) -> None:
        """Compare some records. tables: as stored, the form's own always; hashes: (record_id, row_hash) as written."""
        now = with_hash(form, tables).select(RECORD_ID, _now=HASH)
        both = hashes.join(now, on=RECORD_ID, how="left")
        self.removed += both.filter(pl.col("_now").is_null())[RECORD_ID].to_list()
        other = both.filter(pl.col("_now") != pl.col(HASH))
        if not other.height:
            return
        rows = _rows_by_record(tables, other[RECORD_ID])
        for record, wanted in other.select(RECORD_ID, HASH).iter_rows():
            if not self._fits(form, rows[record], wanted):
                if _is_rounded(form, rows[record]):
                    self.uncompared += 1
                else:
                    self.changed.append(record)

    def _fits(self, form: str, rows: _Rows, wanted: str) -> bool:
        """Whether some spelling of a record's numbers gives the hash."""
        # No program sends an empty text; the hash of a row would not tell it from none.
        if any(value == "" for of in rows.values() for row in of for value in row.values()):
            return False
        if any(_hash(rows, known) == wanted for known in self._known):
            return True
        if self._failed >= _MOST_FAILED:
            return False
        for spelling in islice(_spellings(form, rows), _MOST_TRIED):
            if _hash(rows, spelling) == wanted:
                self._known.append(spelling)
                self._failed = 0
                return True
        self._failed += 1
        return False


_Rows = Mapping[str, list[dict[str, str]]]


def _rows_by_record(tables: Mapping[str, pl.DataFrame], ids: pl.Series) -> dict[str, dict[str, list[dict[str, str]]]]:
    found: dict[str, dict[str, list[dict[str, str]]]] = {record: {} for record in ids}
    for name, frame in tables.items():
        for row in frame.filter(pl.col(RECORD_ID).is_in(ids.implode())).iter_rows(named=True):
            found[row[RECORD_ID]].setdefault(name, []).append(row)
    return found


def _hash(rows: _Rows, spelling: _Spelling) -> str:
    """The hash as from `row_hash`, with some columns spelled in another way."""
    return text_hash(ROW_END.join(row_text(n, _respell(n, row, spelling)) for n in sorted(rows) for row in rows[n]))


def _respell(table: str, row: Mapping[str, str], spelling: _Spelling) -> dict[str, str]:
    changes = {c: spell(row[c]) for (name, c), spell in spelling.items() if name == table and row.get(c)}
    return {**row, **changes}


def _spellings(form: str, rows: _Rows) -> Iterator[_Spelling]:
    """Ways in which a record's numbers may have been sent, those nearest to what is stored first."""
    ways = {}
    for name, of in rows.items():
        for column in form_tables(form)[name].columns:
            values = [row[column.name] for row in of if row.get(column.name)]
            if found := [way for way in _ways(column.kind) if any(way(v) != v for v in values)]:
                ways[name, column.name] = found
    for count in range(1, len(ways) + 1):
        for some in combinations(ways, count):
            for chosen in product(*(ways[column] for column in some)):
                yield dict(zip(some, chosen, strict=True))


def _ways(kind: str) -> list[Callable[[str], str]]:
    if kind == "int":
        return [lambda v, n=n: v.zfill(n) for n in (2, 3, 4, 5, 6)]  # type: ignore[misc]
    if kind in _NUMBERS:
        ways = [(least, zeros) for zeros in ("", "0", "00") for least in (2, 1, 3, 0)]
        return [lambda v, way=way: _spell_number(v, *way) for way in ways]  # type: ignore[misc]
    return []


def _spell_number(value: str, least: int, zeros: str) -> str:
    """A number with at least some decimals, and zeros before it."""
    whole, _, part = value.partition(".")
    part = part.ljust(least, "0")
    return f"{zeros}{whole}.{part}" if part else f"{zeros}{whole}"


def _is_rounded(form: str, rows: _Rows) -> bool:
    """Whether a number of a record has so many digits that a file of SQLite may have rounded it."""
    return any(
        _ROUNDED.search(row[column.name])
        for name, of in rows.items()
        for column in form_tables(form)[name].columns
        if column.kind in _NUMBERS
        for row in of
        if row.get(column.name)
    )


def slices(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Ids, some at a time."""
    yield from (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))
