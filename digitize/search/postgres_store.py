"""Search in a PostgreSQL target, by its index over arrays."""

from __future__ import annotations

from collections.abc import Sequence
from threading import BoundedSemaphore
from typing import Any, ClassVar

from digitize.search.store_queries import COLUMNS, FoundRow, RowFilter, StoreAsks, Term, Tokens
from digitize.targets.base import Statement
from digitize.targets.postgres.target import PostgresTarget
from digitize.targets.search_rows import ROWS, WORDS


class PostgresSearch(StoreAsks):
    """See `SearchStore`."""

    one_of = "= ANY(?)"
    # Half of an answer is the work of the database, which takes Python's lock from nobody.
    turns: ClassVar = BoundedSemaphore(8)

    def __init__(self, target: PostgresTarget) -> None:
        """target: its rows are all there."""
        super().__init__(target)
        self._database = target

    def all_of(self, statements: Sequence[Statement]) -> list[list[tuple[Any, ...]]]:
        """Run them in one transaction: starting one costs as many messages as a query."""
        from digitize.targets.postgres.store import PostgresStore

        found: list[list[tuple[Any, ...]]] = self._database.transact(
            lambda db: [PostgresStore(db).rows(query, values) for query, values in statements]
        )
        return found

    def put_in_order(self) -> None:
        """See `SearchStore`: its index is maintained by each load."""

    def share(self, *, is_shared: bool) -> None:
        """See `SearchStore`: a server is always shared."""

    def as_list(self, values: Sequence[Any]) -> object:
        """See `StoreAsks`."""
        return list(values)

    def words_like(self, kind: str, pattern: str, most: int) -> list[tuple[str, str]]:
        """See `SearchStore`."""
        begins = pattern.partition("*")[0].partition("?")[0]
        like = pattern.replace("\\", "").replace("%", "").replace("_", "").replace("*", "%").replace("?", "_")
        query = (
            f"SELECT DISTINCT said, lang FROM {WORDS} "
            "WHERE kind = ? AND spelt LIKE ? AND spelt >= ? AND spelt < ? LIMIT ?"
        )
        # What begins so, by its bytes, so that the index is looked into and not the whole table.
        return [(a, b) for a, b in self._target.run(query, (kind, like, begins, f"{begins}\U0010ffff", most))]

    def rows(self, terms: Sequence[Term], wanted: RowFilter, most: int) -> list[FoundRow]:
        """See `SearchStore`."""
        parts, values = self.conditions(wanted)
        for tokens in wanted.of_record:
            one = f"q.record_id = s.record_id AND q.kind = 'r' AND q.tokens && {_array(tokens)}"
            parts.append(f"EXISTS (SELECT 1 FROM {ROWS} q WHERE {one})")
        match = " OR ".join(f"({' AND '.join(f's.tokens && {_array(tokens)}' for tokens in term)})" for term in terms)
        query = f"SELECT {COLUMNS} FROM {ROWS} s WHERE ({match}) AND {' AND '.join(parts)} LIMIT ?"
        return [FoundRow(*r) for r in self._target.run(query, (*values, most))]

    def records(self, tokens: Tokens, names: Sequence[str]) -> list[tuple[str, str]]:
        """See `SearchStore`."""
        found: dict[str, str] = {}
        if tokens:
            query = f"SELECT record_id, form FROM {ROWS} WHERE kind = 'r' AND tokens && {_array(tokens)}"
            found |= dict(self._target.run(query))
        return sorted((found | self.find_by_name(names)).items())


def _array(tokens: Tokens) -> str:
    """Tokens as a literal: they are numbers of ours, and with them in its text the server plans for these very ones."""
    return f"'{{{','.join(map(str, sorted(tokens)))}}}'::integer[]"
