"""What a person may see of the results: cases are opened once, masked as required by law, and counted accordingly."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from digitize.masking.hidden import POLICE
from digitize.masking.masks import MASK
from digitize.masking.unmasking import ShownFields
from digitize.search.answers import RankedRow, SearchHit, is_found_by_hidden, make_hit
from digitize.search.cases import FoundCases, open_cases, text_of
from digitize.search.log import Searcher
from digitize.search.query import SearchQuery
from digitize.search.store_queries import SearchStore
from digitize.targets.search_rows import RECORD
from mappers.record import Record
from mappers.text.folding import fold_key

Count = Callable[[Sequence[RankedRow], int], int]
"""Candidates, the best first, and how many are wanted -> how many of them count, at most so many."""
Seen = Callable[[FoundCases, str], Record | None]
"""Cases and the id of one of their records -> it as it may be shown, None for what may not be known to be there."""
_FEWEST_OPENED = 10
_MOST_OPENED = 240
"""Candidates whose cases are opened at most, where the law hides those before them."""


def count_all(found: Sequence[RankedRow], wanted: int) -> int:
    """Count everything: for measurements, without masking."""
    return min(len(found), wanted)


def never_enough(found: Sequence[RankedRow], wanted: int) -> int:
    """Count nothing: search to the end, whoever is hidden among the results."""
    return 0


class Sight:
    """What one person may see of a query's results. public: folded districts and stations that its place may mean.
    shown: visibility; default: masked as required by law.
    """

    def __init__(
        self, store: SearchStore, query: SearchQuery, by: Searcher, public: frozenset[str], shown: Seen | None = None
    ) -> None:
        self._shown = shown or self._mask_record
        self._store, self._query, self._by, self._public = store, query, by, public
        self._cases: dict[str, FoundCases] = {}

    def count(self, found: Sequence[RankedRow], wanted: int) -> int:
        """Number of visible results, up to the number wanted.

        Only these may decide whether the search continues: otherwise the other results would reveal who is hidden.
        """
        return len(self._hits(found, wanted, ShownFields()))

    def hits(self, found: Sequence[RankedRow]) -> tuple[list[SearchHit], ShownFields]:
        """Visible results, and the protected fields shown."""
        seen = ShownFields()
        return self._hits(found, self._query.limit, seen), seen

    def _hits(self, found: Sequence[RankedRow], wanted: int, seen: ShownFields) -> list[SearchHit]:
        hits: list[SearchHit] = []
        size, start = max(_FEWEST_OPENED, wanted), 0
        while len(hits) < wanted and start < min(len(found), _MOST_OPENED):
            some = found[start : start + size]
            self._open(some)
            for one in some:
                if len(hits) < wanted and (hit := self._hit(one, seen)) is not None:
                    hits.append(hit)
            start += size
        return hits

    def _open(self, some: Sequence[RankedRow]) -> None:
        wanted = {(c.row.record_id, c.row.form) for c in some if c.row.record_id not in self._cases}
        if wanted:
            cases = open_cases(self._store, wanted)
            self._cases |= {record: cases for record, _ in wanted}

    def _hit(self, one: RankedRow, seen: ShownFields) -> SearchHit | None:
        """A candidate, masked; None if its existence must not be revealed."""
        cases = self._cases[one.row.record_id]
        record = cases.records.get(one.row.record_id)
        if record is None:
            return None
        told = self._shown(cases, record.id)
        if told is None or self._is_by_hidden_place(one, told) or is_found_by_hidden(one, told, cases):
            return None
        if self._by.unmasking is not None:
            seen.add(record.id, cases.hidden_paths(record.id))
        return make_hit(one, told, cases)

    def _mask_record(self, cases: FoundCases, name: str) -> Record:
        record = cases.records[name]
        return record if self._by.unmasking is not None else cases.masks.mask(record, POLICE)

    def _is_by_hidden_place(self, one: RankedRow, record: Record) -> bool:
        """Whether the hit is due to the record's masked place (not its district or station)."""
        place, query = record.fields.get("place"), self._query
        if place is None or MASK not in (place.raw, place.value):
            return False
        if one.row.kind == RECORD and query.text.strip() and query.number_and_year is None:
            return True
        own = {fold_key(text_of(record.fields.get(n))) for n in ("district", "police_station")}
        return bool(query.place.strip()) and not own & self._public
