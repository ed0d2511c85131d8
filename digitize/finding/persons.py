"""Persons by name, relative, station, year, age and place: looked up by keys, then ranked by the costs of sounds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from digitize.finding.answers import Ground, RankedRow, how_alike, ranked
from digitize.finding.asked import SearchQuery
from digitize.finding.plan import NamePlan
from digitize.finding.ranking import name_scores
from digitize.finding.sight import Count
from digitize.finding.stores import FoundRow, RowFilter, SearchStore, Term
from digitize.finding.words import asked_words
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
    """Persons that may be meant, the best first. of_record: what their records must have; count: see `Count`; forms:
    of their records, () for all.
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
        for row, name, relative in zip(rows, own.tolist(), others.tolist(), strict=True):
            if (one := _candidate(row, name, relative, query, stations)) is not None:
                found[row.record_id, row.line] = one
        # All words were there in so many: those that lack one stand behind them. Where two words lack, one will do.
        good, enough = [c for c in found.values() if c.score >= _GOOD], 1 if number else query.limit
        if len(good) >= enough and count(ranked(good), enough) >= enough:
            break
    return ranked(list(found.values()))


def phone_of(text: str) -> str:
    """The digits of a telephone number, "" where a text is none."""
    digits = "".join(c for c in fold_digits(text) if c not in " +-()")
    return digits[-10:] if digits.isascii() and digits.isdigit() and len(digits) >= 6 else ""


def find_by_phone(store: SearchStore, query: SearchQuery, of_record: Term) -> list[RankedRow]:
    """Persons by the number under which they are reached."""
    wanted = RowFilter(PERSON, query.years, (query.since, query.until), query.ages, of_record)
    rows = store.rows([(frozenset({token("m", phone_of(query.text))}),)], wanted, _MOST_ROWS)
    return ranked([RankedRow(row, 1.0, (Ground("number", "same"),)) for row in rows])


def _candidate(
    row: FoundRow, name: float, relative: float, query: SearchQuery, stations: dict[str, float]
) -> RankedRow | None:
    has_name, has_kin = bool(query.text.strip()), bool(query.relative.strip())
    if has_kin and not row.relative:
        relative = _NO_RELATIVE
    score = name if not has_kin else relative
    if has_name and has_kin:
        score = (1 - _RELATIVE_SHARE) * name + _RELATIVE_SHARE * relative
    if score < _LEAST or (has_name and name < _LEAST - 0.1):
        return None
    grounds = list(_grounds(row, query, stations))
    if has_kin and row.relative:
        grounds.insert(0, Ground("relative", how_alike(relative)))
    if has_name:
        grounds.insert(0, Ground("name", how_alike(name)))
    return RankedRow(row, float(np.float32(score)) * stations.get(row.station, 1.0), tuple(grounds))


def _grounds(row: FoundRow, query: SearchQuery, stations: dict[str, float]) -> Iterator[Ground]:
    if stations:
        yield Ground("station", how_alike(stations.get(row.station, 0.0)))
    if any(query.years):
        yield Ground("year", "same")
    if query.since or query.until:
        yield Ground("period", "same")
    if any(query.ages) and row.born_from:
        yield Ground("age", "alike")
    if query.section:
        yield Ground("section", "same")
    if query.place:
        yield Ground("place", "alike")


def stations_only(found: Sequence[RankedRow], stations: dict[str, float]) -> list[RankedRow]:
    """Those of the stations that were asked for, where any was."""
    return [c for c in found if not stations or c.row.station in stations]
