"""One search: found by keys, ranked, masked as the law wants, kept in the log, answered."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from digitize.finding.answers import RankedRow, SearchHit, is_found_by_hidden, make_hit, ranked
from digitize.finding.asked import KINDS, SearchQuery
from digitize.finding.cases import FoundCases, open_cases
from digitize.finding.log import Searcher, keep_search
from digitize.finding.others import find_cases, find_marks, find_things, is_mark, kinds_of_others
from digitize.finding.persons import find_by_phone, find_persons, phone_of, stations_only
from digitize.finding.stores import SearchStore, Tokens, open_store
from digitize.finding.words import Stations, asked_words, place_names_of
from digitize.masking.unmasking import ShownFields
from digitize.targets.base import Target
from digitize.targets.search_rows import OTHER, section_key
from mappers.clean.base import CleanContext
from mappers.clean.sections import clean_sections
from mappers.names.keys import token
from mappers.text.folding import fold_key

_FEWEST_OPENED = 10
_MOST_OPENED = 240
"""Candidates whose cases are opened at most, where the law hides those before them."""


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """What was found, the best first. Nothing is told of what may not be seen, nor how much of it there is."""

    hits: tuple[SearchHit, ...]


class StoreSearch:
    """Searches one target; what is known of its stations is kept between searches."""

    def __init__(self, target: Target) -> None:
        """target: open. Raises OptionsError for one that cannot be searched, TargetRefused."""
        self.store: SearchStore = open_store(target)
        self._stations = Stations(self.store)

    def search(self, query: SearchQuery, by: Searcher) -> SearchAnswer:
        """Answer a question, once it is kept in the log. Raises OptionsError for a question that cannot be asked."""
        query.check()
        hits, seen = self._shown(query, self.candidates(query), by)
        keep_search(self.store, by, query, len(hits), seen)
        return SearchAnswer(tuple(hits))

    def candidates(self, query: SearchQuery) -> list[RankedRow]:
        """All that may be meant, the best first, nothing masked: for the search itself, and for measuring it."""
        stations = self._stations.like(query.station) if query.station.strip() else {}
        # A station that is not there: nothing else may be found in its place.
        if query.station.strip() and not stations:
            return []
        return ranked(list(self._candidates(query, stations)))

    def _candidates(self, query: SearchQuery, stations: dict[str, float]) -> Iterator[RankedRow]:
        conditions = list(self._conditions(query))
        of_record = [tokens for _, tokens in conditions]
        kinds = [query.kind] if query.kind else list(KINDS)
        is_number = query.number_and_year is not None
        if "person" in kinds and (query.text.strip() or query.relative.strip()) and not is_number:
            if phone_of(query.text):
                yield from stations_only(find_by_phone(self.store, query, of_record), stations)
            else:
                yield from find_persons(self.store, query, stations, of_record)
        if "fir" in kinds and not query.relative.strip():
            yield from stations_only(find_cases(self.store, query, stations, conditions), stations)
        for name, kind in kinds_of_others():
            if name in kinds and query.text.strip() and not query.relative.strip() and not is_number:
                find = find_marks if is_mark(query.text) else find_things
                yield from stations_only(find(self.store, query, kind, of_record), stations)

    def _conditions(self, query: SearchQuery) -> Iterator[tuple[str, Tokens]]:
        """What the record of anything found must have: (ground, tokens)."""
        rows = clean_sections(query.section, CleanContext()).rows if query.section.strip() else []
        for row in rows:
            act, section = row["act"].value, section_key(row["section"].value or "")
            is_named = bool(act) and row["inferred"].value != "yes"
            if section:
                yield "section", frozenset({token("ca", act, section) if is_named else token("c", section)})
            elif is_named:
                yield "section", frozenset({token("a", act)})
        if query.section.strip() and not rows:
            yield "section", frozenset({token("c", section_key(query.section))})
        if query.place.strip():
            yield "place", self._place(query.place)

    def _place(self, text: str) -> Tokens:
        """Tokens of a place: its district, its station, or its words, by any of its names."""
        made: set[int] = set()
        for name in place_names_of(text):
            made |= {token("d", fold_key(name)), token("s", fold_key(name))}
            words, _ = asked_words(self.store, name, OTHER)
            made |= {token("w", w) for word in words for w, score in word.found.items() if score >= 0.8}
        return frozenset(made | {token("s", s) for s in self._stations.like(text)})

    def _shown(self, query: SearchQuery, found: list[RankedRow], by: Searcher) -> tuple[list[SearchHit], ShownFields]:
        hits: list[SearchHit] = []
        seen = ShownFields()
        size, start = max(_FEWEST_OPENED, query.limit), 0
        while len(hits) < query.limit and start < min(len(found), _MOST_OPENED):
            some = found[start : start + size]
            cases = open_cases(self.store, {(c.row.record_id, c.row.form) for c in some})
            for one in some:
                if len(hits) < query.limit and (hit := _shown_as(one, cases, by, seen)) is not None:
                    hits.append(hit)
            start += size
        return hits, seen


def _shown_as(one: RankedRow, cases: FoundCases, by: Searcher, seen: ShownFields) -> SearchHit | None:
    """A candidate as somebody may see it; None for what may not be known to be there."""
    record = cases.records.get(one.row.record_id)
    if record is None:
        return None
    if by.unmasking is None:
        masked = cases.masks.mask(record)
        return None if is_found_by_hidden(one, masked, cases) else make_hit(one, masked, cases)
    seen.add(record.id, cases.hidden(record.id))
    return make_hit(one, record, cases)
