"""Cases by number, section, place and period; vehicles and things by a mark that may be misread, or by words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence

from rapidfuzz.distance import Indel

from digitize.search.answers import Ground, RankedRow, how_alike, rank_rows
from digitize.search.plan import word_terms, year_tokens
from digitize.search.query import SearchQuery
from digitize.search.ranking import name_scores
from digitize.search.store_queries import RowFilter, SearchStore, Term, Tokens
from digitize.search.visibility import Count
from digitize.search.words import asked_words
from digitize.targets.search_names import SEP
from digitize.targets.search_rows import OTHER, PROPERTY, RECORD, VEHICLE
from mappers.names.keys import end_token, mark_key, mark_tokens, token

_MOST_ROWS = 2000
_LEAST_MARK, _LEAST_WORDS = 0.7, 0.5


def find_cases(
    store: SearchStore, query: SearchQuery, stations: dict[str, float], of_record: Sequence[tuple[str, Tokens]],
    count: Count,
) -> list[RankedRow]:  # fmt: skip
    """Records by FIR number, or by all conditions together. of_record: required tokens, with their reason."""
    terms: list[Tokens] = [tokens for _, tokens in of_record]
    grounds = [Ground(what, "same") for what, _ in of_record]
    if pair := query.number_and_year:
        terms.insert(0, frozenset({token("no", *pair)}))
        grounds.insert(0, Ground("number", "same"))
    wanted = RowFilter(RECORD, query.years, (query.since, query.until))
    if in_years := year_tokens(query.years, stations):
        terms.append(in_years)
        grounds += [Ground("station", "same")] if stations else []
        grounds += [Ground("year", "same")] if any(query.years) else []
    if query.since or query.until:
        grounds.append(Ground("period", "same"))
    words, language = ([], "") if query.number_and_year else asked_words(store, query.text, OTHER)
    tiers = word_terms(words) if words else [[()]] if terms else []
    found: dict[str, RankedRow] = {}
    for tier in tiers:
        whole: list[Term] = [(*term, *terms) for term in tier]
        rows = [r for r in store.rows(whole, wanted, _MOST_ROWS) if r.record_id not in found]
        scores = name_scores(words, language, [r.said for r in rows], [r.lang for r in rows]) if words else None
        for at, row in enumerate(rows):
            score = 1.0 if scores is None else float(scores[at])
            by = grounds if scores is None else [Ground("place", how_alike(score)), *grounds]
            found[row.record_id] = RankedRow(row, score * stations.get(row.station, 1.0), tuple(by))
        if _is_enough(found.values(), query.limit, count):
            break
    return rank_rows([c for c in found.values() if c.score >= _LEAST_WORDS])


def find_marks(store: SearchStore, query: SearchQuery, kind: str, of_record: Term) -> list[RankedRow]:
    """Vehicles or things by registration, engine, chassis or other number, with up to one wrong character."""
    wanted = RowFilter(kind, query.years, (query.since, query.until), of_record=of_record)
    tokens = _tokens_of(query.text)
    found = store.rows([(tokens,)], wanted, _MOST_ROWS) if tokens else []
    made = []
    for row in found:
        score = max(_fits(query.text, mark) for mark in row.said.split(SEP))
        if score >= _LEAST_MARK:
            made.append(RankedRow(row, score, (Ground("number", how_alike(score)),)))
    return rank_rows(made)


def _tokens_of(text: str) -> Tokens:
    if not any(c in text for c in "*?"):
        tokens = frozenset(mark_tokens(text))
        # Four signs alone are the end of a number, which is what people remember.
        return tokens | {t for t in (end_token(text),) if t is not None} if len(mark_key(text)) <= 5 else tokens
    one_lacks = text.count("?") == 1 and "*" not in text
    end = end_token(re.split(r"[*?]", text)[-1])
    return frozenset(t for t in ((token("v", mark_key(text)) if one_lacks else end), end) if t is not None)


def _fits(asked: str, mark: str) -> float:
    """Similarity of two numbers, treating easily confused characters as equal."""
    ours = mark_key(mark)
    if any(c in asked for c in "*?"):
        # Many of them say no more than one, and take for ever to compare.
        parts = re.split(r"([*?])", re.sub(r"\*+", "*", asked))
        pattern = "".join({"*": ".*", "?": "."}.get(p, re.escape(mark_key(p))) for p in parts)
        return 1.0 if re.fullmatch(pattern, ours) else 0.0
    wanted = mark_key(asked)
    if len(wanted) <= 5 and ours.endswith(wanted):
        return 0.9
    plain = "".join(c for c in asked.upper() if c.isalnum())
    # A sign that looks alike costs less than another one.
    return 0.98 * Indel.normalized_similarity(wanted, ours) + (0.02 if plain == mark else 0.0)


def find_things(
    store: SearchStore, query: SearchQuery, kind: str, of_record: Term, count: Count
) -> list[RankedRow]:  # fmt: skip
    """Vehicles or things by words of their description, in any script."""
    words, language = asked_words(store, query.text, OTHER)
    wanted = RowFilter(kind, query.years, (query.since, query.until), of_record=of_record)
    found: dict[tuple[str, int], RankedRow] = {}
    for terms in word_terms(words):
        rows = [r for r in store.rows(terms, wanted, _MOST_ROWS) if (r.record_id, r.line) not in found]
        scores = name_scores(words, language, [r.relative for r in rows], [r.lang for r in rows])
        for row, score in zip(rows, scores.tolist(), strict=True):
            if score >= _LEAST_WORDS:
                found[row.record_id, row.line] = RankedRow(row, score, (Ground("words", how_alike(score)),))
        if _is_enough(found.values(), query.limit, count):
            break
    return rank_rows(list(found.values()))


def _is_enough(found: Collection[RankedRow], wanted: int, count: Count) -> bool:
    return len(found) >= wanted and count(rank_rows(list(found)), wanted) >= wanted


def is_mark(text: str) -> bool:
    """Whether a text may be a vehicle or thing number: it has a digit, and no blank between words of letters."""
    return any(c.isdigit() for c in text) and len(mark_key(text)) >= 4


def kinds_of_others() -> Iterator[tuple[str, str]]:
    """Kinds with numbers, by name."""
    yield from (("vehicle", VEHICLE), ("property", PROPERTY))
