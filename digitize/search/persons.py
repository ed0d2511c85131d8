"""Persons by name, relative, station, year, age and place: looked up by keys, then ranked by the costs of sounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from digitize.search.answers import Ground, RankedRow, how_alike, rank_rows
from digitize.search.plan import NamePlan
from digitize.search.query import SearchQuery
from digitize.search.ranking import name_scores
from digitize.search.store_queries import FoundRow, RowFilter, SearchStore, Term
from digitize.search.visibility import Count
from digitize.search.words import Scores, asked_words
from digitize.targets.search_rows import NAME, PERSON
from mappers.names.keys import token
from mappers.text.folding import fold_digits

_MOST_ROWS = 6000
"""Rows of one look-up that are ranked."""
_GOOD, _LEAST = 0.86, 0.55
_NO_RELATIVE = 0.35
"""What counts for the relative where the record names none."""
_RELATIVE_SHARE = 0.42


def find_persons(
    store: SearchStore, query: SearchQuery, stations: dict[str, float], of_record: Term, count: Count,
    forms: tuple[str, ...] = (),
) -> list[RankedRow]:  # fmt: skip
    """Candidate persons, best first. of_record: required tokens of their records; count: see `Count`; forms: of their
    records, () for all.
    """
    names, language = asked_words(store, query.text, NAME)
    kin, kin_language = asked_words(store, query.relative, NAME)
    wanted = RowFilter(PERSON, query.years, (query.since, query.until), query.ages, of_record, forms)
    found: dict[tuple[str, int], RankedRow] = {}
    for number, terms in enumerate(NamePlan(names, kin, query.years, stations).tiers()):
        rows = [r for r in store.rows(terms, wanted, _MOST_ROWS) if (r.record_id, r.line) not in found]
        said, langs = [r.said for r in rows], [r.lang for r in rows]
        own = name_scores(names, language, said, langs)
        others = name_scores(kin, kin_language, [r.relative for r in rows], langs)
        for at, score in _score_rows(query, own, others, [bool(r.relative) for r in rows]):
            row = rows[at]
            grounds = _grounds(row, query, stations, float(own[at]), float(others[at]))
            found[row.record_id, row.line] = RankedRow(row, score * stations.get(row.station, 1.0), grounds)
        # All words were there in so many: those that lack one stand behind them. Where two words lack, one will do.
        good, enough = [c for c in found.values() if c.score >= _GOOD], 1 if number else query.limit
        if len(good) >= enough and count(rank_rows(good), enough) >= enough:
            break
    return rank_rows(list(found.values()))


def phone_of(text: str) -> str:
    """Digits of a phone number, "" if it is none."""
    digits = "".join(c for c in fold_digits(text) if c not in " +-()")
    return digits[-10:] if digits.isascii() and digits.isdigit() and len(digits) >= 6 else ""


def find_by_phone(store: SearchStore, query: SearchQuery, of_record: Term) -> list[RankedRow]:
    """Persons by phone number."""
    wanted = RowFilter(PERSON, query.years, (query.since, query.until), query.ages, of_record)
    rows = store.rows([(frozenset({token("m", phone_of(query.text))}),)], wanted, _MOST_ROWS)
    return rank_rows([RankedRow(row, 1.0, (Ground("number", "same"),)) for row in rows])


def _score_rows(
    query: SearchQuery, own: Scores, others: Scores, has_kin: Sequence[bool]
) -> Iterator[tuple[int, float]]:
    """(index, score) of possible matches; most of some thousand rows are none."""
    by_name, by_kin = bool(query.text.strip()), bool(query.relative.strip())
    kin = np.where(np.array(has_kin, bool), others, np.float32(_NO_RELATIVE))
    score = own if not by_kin else kin
    if by_name and by_kin:
        score = (1 - _RELATIVE_SHARE) * own.astype(np.float64) + _RELATIVE_SHARE * kin.astype(np.float64)
    is_near = score >= _LEAST
    if by_name:
        is_near &= own >= _LEAST - 0.1
    for at in np.flatnonzero(is_near).tolist():
        yield at, float(np.float32(score[at]))


def _grounds(
    row: FoundRow, query: SearchQuery, stations: dict[str, float], name: float, relative: float
) -> tuple[Ground, ...]:
    made: list[Ground] = []
    if query.text.strip():
        made.append(Ground("name", how_alike(name)))
    if query.relative.strip() and row.relative:
        made.append(Ground("relative", how_alike(relative)))
    if stations:
        made.append(Ground("station", how_alike(stations.get(row.station, 0.0))))
    made += [Ground("year", "same")] if query.year.strip() else []
    made += [Ground("period", "same")] if query.since or query.until else []
    made += [Ground("age", "alike")] if query.age.strip() and row.born_from else []
    made += [Ground("section", "same")] if query.section.strip() else []
    return (*made, Ground("place", "alike")) if query.place.strip() else tuple(made)


def stations_only(found: Sequence[RankedRow], stations: dict[str, float]) -> list[RankedRow]:
    """Results at the requested stations, if any were requested."""
    return [c for c in found if not stations or c.row.station in stations]
