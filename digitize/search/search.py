"""One search: found by keys, ranked, masked as required by law, logged, answered."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from digitize.search.answers import RankedRow, SearchHit, rank_rows
from digitize.search.log import Searcher, keep_search
from digitize.search.others import find_cases, find_marks, find_things, is_mark, kinds_of_others
from digitize.search.persons import find_by_phone, find_persons, phone_of, stations_only
from digitize.search.query import KINDS, SearchQuery
from digitize.search.store_queries import SearchStore, Tokens
from digitize.search.stores import open_store
from digitize.search.visibility import Count, Seen, Sight, count_all
from digitize.search.words import Stations, asked_words, place_names_of
from digitize.targets.base import Target
from digitize.targets.search_rows import OTHER, section_key
from mappers.clean.base import CleanContext, CleanedCell
from mappers.clean.sections import clean_sections
from mappers.names.keys import token
from mappers.text.folding import fold_key


@dataclass(frozen=True, slots=True)
class SearchAnswer:
    """Results, best first, without any trace of hidden ones or their number."""

    hits: tuple[SearchHit, ...]


class StoreSearch:
    """Searches one target; station data are cached between searches."""

    def __init__(self, target: Target) -> None:
        """target: open. Raises OptionsError if it is not searchable, TargetRefused."""
        self.store: SearchStore = open_store(target)
        self._stations = Stations(self.store)

    def search(self, query: SearchQuery, by: Searcher, shown: Seen | None = None) -> SearchAnswer:
        """Answer a query after logging it. shown: visibility for a role; default: masked as required by law.

        Raises OptionsError for an invalid query.
        """
        query.check()
        with self.store.turns:
            sight = Sight(self.store, query, by, self._public(query.place), shown)
            hits, seen = sight.hits(self.candidates(query, sight.count))
        # Outside: who waits for the disk leaves the turn to others.
        keep_search(self.store, by, query, len(hits), seen)
        return SearchAnswer(tuple(hits))

    def candidates(self, query: SearchQuery, count: Count = count_all) -> list[RankedRow]:
        """All candidates, best first, unmasked: for the search itself, and for measurements. count: decides whether
        enough was found.
        """
        stations = self._stations.find_alike(query.station) if query.station.strip() else {}
        # A station that is not there: nothing else may be found in its place.
        if query.station.strip() and not stations:
            return []
        return rank_rows(list(self._candidates(query, stations, count)))

    def _candidates(self, query: SearchQuery, stations: dict[str, float], count: Count) -> Iterator[RankedRow]:
        conditions = list(self._conditions(query))
        of_record = [tokens for _, tokens in conditions]
        kinds = [query.kind] if query.kind else list(KINDS)
        is_number = query.number_and_year is not None
        if "person" in kinds and (query.text.strip() or query.relative.strip()) and not is_number:
            if phone_of(query.text):
                yield from stations_only(find_by_phone(self.store, query, of_record), stations)
            else:
                yield from find_persons(self.store, query, stations, of_record, count)
        if "fir" in kinds and not query.relative.strip():
            yield from stations_only(find_cases(self.store, query, stations, conditions, count), stations)
        for name, kind in kinds_of_others():
            if name in kinds and query.text.strip() and not query.relative.strip() and not is_number:
                if is_mark(query.text):
                    others = find_marks(self.store, query, kind, of_record)
                else:
                    others = find_things(self.store, query, kind, of_record, count)
                yield from stations_only(others, stations)

    def _conditions(self, query: SearchQuery) -> Iterator[tuple[str, Tokens]]:
        """Required tokens of a hit's record: (reason, tokens)."""
        if query.section.strip():
            yield from _section_conditions(query.section)
        if query.place.strip():
            yield "place", self._place(query.place)

    def _public(self, place: str) -> frozenset[str]:
        """Folded districts and stations that a place may mean: these are never masked."""
        if not place.strip():
            return frozenset()
        return frozenset([*map(fold_key, place_names_of(place)), *self._stations.find_alike(place)])

    def _place(self, text: str) -> Tokens:
        """Tokens of a place: district, station, or words, under all its names."""
        made = {token(kind, name) for kind in "ds" for name in self._public(text)}
        for name in place_names_of(text):
            words, _ = asked_words(self.store, name, OTHER)
            made |= {token("w", w) for word in words for w, score in word.found.items() if score >= 0.8}
        return frozenset(made)


def _section_conditions(text: str) -> Iterator[tuple[str, Tokens]]:
    """Required tokens for each section that a text names; for a text that names none, those of the text as it is."""
    rows = clean_sections(text, CleanContext()).rows
    for row in rows:
        # What is no section has no cells.
        act, section = _value(row, "act"), section_key(_value(row, "section"))
        is_named = bool(act) and _value(row, "inferred") != "yes"
        if section:
            yield "section", frozenset({token("ca", act, section) if is_named else token("c", section)})
        elif is_named:
            yield "section", frozenset({token("a", act)})
    if not any(_value(row, n) for row in rows for n in ("act", "section")):
        yield "section", frozenset({token("c", section_key(text))})


def _value(row: Mapping[str, CleanedCell], name: str) -> str:
    """Text of a cell; the cell may be missing."""
    cell = row.get(name)
    return (cell.value or "") if cell is not None else ""
