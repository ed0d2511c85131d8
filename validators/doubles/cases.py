"""Cases that may be one, entered twice in the book of a station's year: how they are brought together and weighed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from validators.doubles.arrays import codes, days, equal_bits, field_sets, shared_bits, to_whole_numbers, word_keys
from validators.doubles.blocks import Rows, make_key
from validators.doubles.names import DIFFERENT, DistinctNames, NameMatcher, distinct
from validators.doubles.pairs import Evidence, PairingPass, Suspects, find_pairs
from validators.doubles.weights import CaseWeights, Weights, load_weights
from validators.doubles.words import Floats, Ints, NameWords, read_addresses, read_words

FIELDS = ("complainant", "relative", "accused", "fir_date", "occurrence_from", "fir_time", "gd_no", "sections", "place")
COLUMNS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    **{"book": pl.String, "number": pl.Int64, "fir_date": pl.Date, "fir_time": pl.Time, "occurrence_from": pl.Date},
    **{"gd_no": pl.String, "sections": pl.String, "place": pl.String, "complainant": pl.String},
    **{"relative": pl.String, "accused": pl.String},
}
"""What `find_cases` wants to know. book: state, district, station and year in one text; null where one is not known.
sections: all of them, sorted, in one text."""
_NEAR_DAYS = 3


@dataclass(frozen=True)
class _Cases:
    """The columns as arrays of one height; below zero where nothing is known."""

    book: NDArray[np.int64]
    number: NDArray[np.int64]
    day: NDArray[np.int64]
    swapped: NDArray[np.int64]
    date: NDArray[np.int64]
    occurred: NDArray[np.int64]
    time: NDArray[np.int64]
    diary: NDArray[np.int64]
    sections: NDArray[np.int64]
    complainant: DistinctNames
    relative: DistinctNames
    accused: DistinctNames
    place: Ints
    words: NameWords
    places: NameWords


def find_cases(cases: pl.DataFrame, threshold: float | None = None) -> Suspects:
    """Cases of one book that may be one under two numbers. cases: columns of COLUMNS; the pairs name rows of it.

    What a pair says hangs on the two alone, so that a register may be cut at its books. Two records of one number are
    not told: rules of their own see them. threshold: as of `find_persons`.
    """
    weights = load_weights()
    known = _read(cases)
    matcher = NameMatcher(known.words, weights.words)
    return find_pairs(
        lambda rows: _passes(known, rows),
        lambda a, b: (known.number[a] != known.number[b]) | (known.number[a] < 0),
        lambda a, b, least: _weigh(known, matcher, weights, a, b, least),
        books_of(cases),
        [weights.case_prior()] * (int(known.book.max(initial=0)) + 1),
        weights.threshold.case if threshold is None else threshold,
        FIELDS,
    )


def books_of(cases: pl.DataFrame) -> NDArray[np.int32]:
    """Of each case the number of its book, which is its register; 0 where it is not known."""
    return np.maximum(codes(cases["book"].str.to_lowercase()), 0).astype(np.int32)


def _read(cases: pl.DataFrame) -> _Cases:
    # Shares are not counted: what a pair says must not hang on other rows.
    words, (complainant, relative, accused) = read_words(
        [cases[n] for n in ("complainant", "relative", "accused")], learn=False
    )
    places, place = read_addresses(cases["place"], learn=False)
    return _Cases(
        codes(cases["book"].str.to_lowercase()),
        to_whole_numbers(cases["number"]),
        days(cases["fir_date"], "%Y%m%d"),
        days(cases["fir_date"], "%Y%d%m"),
        to_whole_numbers(cases["fir_date"].cast(pl.Int32)),
        days(cases["occurrence_from"], "%Y%m%d"),
        codes(cases["fir_time"].cast(pl.String)),
        codes(cases["gd_no"]),
        codes(cases["sections"]),
        distinct(complainant),
        distinct(relative),
        distinct(accused),
        place,
        words,
        places,
    )


def _passes(known: _Cases, rows: Rows) -> Iterator[PairingPass]:
    names = (known.complainant, known.accused)
    (first, rare, name), (_, accused, _) = (word_keys(n.words[n.of_row[rows]], known.words) for n in names)
    day, swapped = known.day[rows], known.swapped[rows]
    order = make_key(np.maximum(name, 0), np.maximum(day, 0))
    splitters = (known.sections[rows], first, accused)
    # The lesser of a day and of itself with day and month turned is the same for both records of a turned date.
    keys = (np.minimum(day, swapped), known.occurred[rows], known.diary[rows], first, rare, accused)
    yield from (PairingPass(make_key(known.book[rows], key), splitters, order) for key in keys)


def _weigh(known: _Cases, matcher: NameMatcher, weights: Weights, a: Rows, b: Rows, least: Floats) -> Evidence:
    """What pairs say, of those that may say as much as `least`: the complainants of most need not be compared."""
    w = weights.case
    sure = {
        "accused": _names(known.accused, matcher, w, a, b),
        "fir_date": _dates(known, w, a, b),
        "occurrence_from": equal_bits(known.occurred[a], known.occurred[b], w.same_day, w.other_occurrence),
        "fir_time": equal_bits(known.time[a], known.time[b], w.same_time, w.other_time),
        "gd_no": equal_bits(known.diary[a], known.diary[b], w.same_diary, w.other_diary),
        "sections": equal_bits(known.sections[a], known.sections[b], w.same_sections, w.other_sections),
    }
    rest = sum(sure.values(), np.zeros(len(a), np.float32))
    # One complainant may bring several cases, so all that is known of one may say only so much.
    at = np.flatnonzero(rest + np.float32(w.complainant) >= least)
    a, b = a[at], b[at]
    of_complainant = {
        "complainant": _names(known.complainant, matcher, w, a, b),
        "relative": _names(known.relative, matcher, w, a, b),
        "place": shared_bits(known.places, known.place[a], known.place[b], weights.address),
    }
    person = sum(of_complainant.values(), np.zeros(len(at), np.float32))
    bits = np.minimum(person, np.float32(w.complainant)) + rest[at]
    each = {**{name: one[at] for name, one in sure.items()}, **of_complainant}
    return Evidence(at, bits, *field_sets([each[name] for name in FIELDS]))


def _names(names: DistinctNames, matcher: NameMatcher, w: CaseWeights, a: Rows, b: Rows) -> Floats:
    """Somebody of the case; another person altogether says that it is another case."""
    found = matcher.match_rows(names, a, b)
    is_other = found.is_known & (found.lowest == DIFFERENT)
    return np.where(is_other, found.bits + np.float32(w.other_person), found.bits).astype(np.float32)


def _dates(known: _Cases, w: CaseWeights, a: Rows, b: Rows) -> Floats:
    """The day of the report: the same, with day and month the other way round, some days apart, or another one."""
    bits = equal_bits(known.day[a], known.day[b], w.same_day, w.other_day)
    # Neither weight is 0, so 0 means that a day is not known.
    is_known = bits != 0
    is_near = np.abs(known.date[a] - known.date[b]) <= _NEAR_DAYS
    bits = np.where(is_known & is_near, np.maximum(bits, np.float32(w.near_day)), bits)
    is_swapped = (known.swapped[a] == known.day[b]) | (known.swapped[b] == known.day[a])
    return np.where(is_known & is_swapped, np.maximum(bits, np.float32(w.swapped_day)), bits).astype(np.float32)
