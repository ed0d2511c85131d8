"""Queries to a target: similar-sounding words and rows by key, using each database's index."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from typing import Any, ClassVar, NamedTuple, Protocol

from digitize.search.filled_counts import CountedRows, CountsRows
from digitize.search.holdings import HeldRecords, HoldsRecords
from digitize.search.picking import PickedRows, PicksRows
from digitize.targets.base import Statement, Target
from digitize.targets.search_rows import ROWS, STATION, STATION_KEY, WORDS

Tokens = frozenset[int]
Term = Sequence[Tokens]
"""Rows that have a token of each of these sets."""
_SHOWN = "kind, record_id, line, form, station, year, day, born_from, born_to, lang, said, relative"
COLUMNS = ", ".join(f"s.{name}" for name in _SHOWN.split(", "))


class FoundRow(NamedTuple):
    """A row of the index; see `digitize.targets.search_rows.SearchRow`."""

    kind: str
    record_id: str
    line: int
    form: str
    station: str
    year: int
    day: str
    born_from: int
    born_to: int
    lang: str
    said: str
    relative: str


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Filter for rows. kind: "" for any. years, days: from and to, empty for open. ages: at the time of the case.

    of_record: token sets; the row's record must have one of each. forms: of rows, () for all.
    """

    kind: str
    years: tuple[int, int] = (0, 0)
    days: tuple[str, str] = ("", "")
    ages: tuple[int, int] = (0, 0)
    of_record: Term = field(default=())
    forms: tuple[str, ...] = ()


class SearchStore(PicksRows, CountsRows, HoldsRecords, Protocol):
    """Searchable part of a target.

    turns: queries processed at once per process. More would contend for Python's lock on every row, and all would be
    slower.
    """

    turns: ClassVar[BoundedSemaphore]

    def near_words(self, kind: str, keys: Sequence[Sequence[str]]) -> list[list[tuple[str, str]]]:
        """For several words: (word by sound, language) of a kind under any of its keys."""
        ...

    def words_like(self, kind: str, pattern: str, most: int) -> list[tuple[str, str]]:
        """The same for words whose spelling matches a pattern with * and ?."""
        ...

    def stations(self) -> frozenset[str]:
        """Names of all stations as written; the same object until another station is loaded."""
        ...

    def rows(self, terms: Sequence[Term], wanted: RowFilter, most: int) -> list[FoundRow]:
        """Rows that match a term and the filter, up to a limit."""
        ...

    def records(self, tokens: Tokens, names: Sequence[str]) -> list[tuple[str, str]]:
        """(record, form) of records that have a token, or that one row made with a named record."""
        ...

    def table_rows(
        self, columns: Mapping[str, Sequence[str]], records: Sequence[str]
    ) -> dict[str, list[tuple[Any, ...]]]:
        """Rows of tables of the schema that belong to records: table -> rows of these columns, by record and line."""
        ...

    def keep(self, entry: Mapping[str, object]) -> None:
        """Add a row to the log of searches, for good before this returns. Raises TargetRefused."""
        ...

    def put_in_order(self) -> None:
        """Optimise the index after loads, if needed."""
        ...

    def share(self, *, is_shared: bool) -> None:
        """Allow concurrent searches by several connections, so that log writes block nobody."""
        ...


class StoreAsks(HeldRecords, PickedRows, CountedRows, ABC):
    """Queries shared by both databases."""

    one_of = ""

    def __init__(self, target: Target) -> None:
        """target: open, its rows all there."""
        super().__init__(target)
        self._stations: tuple[int, frozenset[str]] = (0, frozenset())

    @abstractmethod
    def as_list(self, values: Sequence[Any]) -> object:
        """Values as one SQL parameter, for `one_of`."""

    def near_words(self, kind: str, keys: Sequence[Sequence[str]]) -> list[list[tuple[str, str]]]:
        """See `SearchStore`."""
        query = f"SELECT DISTINCT said, lang FROM {WORDS} WHERE near {self.one_of} AND kind = ?"
        return [
            [(a, b) for a, b in rows] for rows in self.all_of([(query, (self.as_list(some), kind)) for some in keys])
        ]

    def stations(self) -> frozenset[str]:
        """See `SearchStore`."""
        where = f"FROM {WORDS} WHERE near = ? AND kind = ?"
        # Words are added and never taken away: as many as before are the same ones.
        ((many,),) = self._target.run(f"SELECT COUNT(*) {where}", (STATION_KEY, STATION))
        if many != self._stations[0]:
            found = self._target.run(f"SELECT DISTINCT said {where}", (STATION_KEY, STATION))
            self._stations = many, frozenset(r[0] for r in found)
        return self._stations[1]

    def table_rows(
        self, columns: Mapping[str, Sequence[str]], records: Sequence[str]
    ) -> dict[str, list[tuple[Any, ...]]]:
        """See `SearchStore`."""
        statements = []
        for table, names in columns.items():
            order = "record_id, line" if "line" in names else "record_id"
            query = f"SELECT {', '.join(names)} FROM {table} WHERE record_id {self.one_of} ORDER BY {order}"
            statements.append((query, (self.as_list(records),)))
        return dict(zip(columns, self.all_of(statements), strict=True))

    def all_of(self, statements: Sequence[Statement]) -> list[list[tuple[Any, ...]]]:
        """Rows of several statements."""
        return [self._target.run(query, values) for query, values in statements]

    def keep(self, entry: Mapping[str, object]) -> None:
        """See `SearchStore`."""
        self._target.run_all([self.build_log_insert(entry)])

    def build_log_insert(self, entry: Mapping[str, object]) -> Statement:
        """INSERT for the log."""
        return f"INSERT INTO search_log ({', '.join(entry)}) VALUES ({', '.join('?' * len(entry))})", [*entry.values()]

    def find_by_name(self, names: Sequence[str]) -> dict[str, str]:
        """Records of these names, and those that one row made with them: ROW and ROW+NAME."""
        found: dict[str, str] = {}
        for name in names:
            query = (
                f"SELECT record_id, form FROM {ROWS} WHERE kind = 'r' "
                "AND (record_id = ? OR record_id > ? AND record_id < ?)"
            )
            found |= dict(self._target.run(query, (name, f"{name}+", f"{name},")))
        return found

    def conditions(self, wanted: RowFilter) -> tuple[list[str], list[object]]:
        """Conditions of a statement with their values, but those of the record."""
        parts: list[str] = ["s.kind = ?" if wanted.kind else "s.kind <> ?"]
        given: list[object] = [wanted.kind]
        bounds = (
            ("s.year >= ?", wanted.years[0]), ("s.year <= ?", wanted.years[1]), ("s.day >= ?", wanted.days[0]),
            ("s.day <= ?", wanted.days[1]),
        )  # fmt: skip
        for text, value in bounds:
            if value:
                parts.append(text)
                given.append(value)
        if wanted.days[1]:
            parts.append("s.day <> ''")
        if wanted.forms:
            parts.append(f"s.form IN ({', '.join('?' * len(wanted.forms))})")
            given += wanted.forms
        # Whose age nobody knows may be of any.
        if wanted.ages[0]:
            parts.append("(s.born_from = 0 OR s.year = 0 OR s.born_from <= s.year - ?)")
            given.append(wanted.ages[0])
        if wanted.ages[1]:
            parts.append("(s.born_to = 0 OR s.year = 0 OR s.born_to >= s.year - ?)")
            given.append(wanted.ages[1])
        return parts, given
