"""Persons that may be one: what is known of them, how they are brought together, what their agreement says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from validators.doubles.arrays import (
    codes,
    days,
    equal_bits,
    field_sets,
    shared_bits,
    to_whole_numbers,
    word_keys,
    words_of,
)
from validators.doubles.blocks import Rows, make_key
from validators.doubles.names import ALIKE, DIFFERENT, DistinctNames, NameMatch, NameMatcher, distinct
from validators.doubles.pairs import Evidence, PairingPass, Suspects, find_pairs
from validators.doubles.weights import PersonWeights, Shared, Weights, load_weights
from validators.doubles.words import MOST, NONE, Floats, Ints, NameWords, read_addresses, read_words

FIELDS = ("name", "relative_name", "birth", "address", "phone", "uid_last4", "passport_no", "district", "sex")
COLUMNS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    **{"record": pl.Int64, "name": pl.String, "relative_name": pl.String, "sex": pl.String, "address": pl.String},
    **{"birth_year": pl.Int64, "birth_date": pl.Date, "phone": pl.String, "uid_last4": pl.String},
    **{"passport_no": pl.String, "district": pl.String},
}
"""What `find_persons` wants to know. record: a number; two persons of one number are never told, so persons of one case
have one. phone: any number; birth_year: as given, or the year of the record less the age."""
_LEAST_DIGITS = 8


@dataclass(frozen=True)
class _Persons:
    """The columns as arrays of one height; below zero where nothing is known. sizes: rows of each register."""

    register: Ints
    sizes: NDArray[np.int64]
    record: NDArray[np.int64]
    name: DistinctNames
    relative: DistinctNames
    address: Ints
    sex: NDArray[np.int64]
    birth: NDArray[np.int64]
    day: NDArray[np.int64]
    swapped: NDArray[np.int64]
    phone: NDArray[np.int64]
    uid: NDArray[np.int64]
    passport: NDArray[np.int64]
    district: NDArray[np.int64]
    words: NameWords
    places: NameWords


def find_persons(persons: pl.DataFrame, threshold: float | None = None, registers: Ints | None = None) -> Suspects:
    """Persons who may be one. persons: columns of COLUMNS, one row a person; the pairs name rows of it.

    threshold: probability from which a pair is told; that of the weights when not given. registers: of each row the
    number of its register, from 0: persons of two are not compared, and what is common is known of each by itself. All
    are of one when it is not given.
    """
    weights = load_weights()
    known = _read(persons, np.zeros(persons.height, np.int32) if registers is None else registers)
    matcher = NameMatcher(known.words, weights.words)
    return find_pairs(
        lambda rows: _passes(known, rows),
        lambda a, b: known.record[a] != known.record[b],
        lambda a, b, least: _weigh(known, matcher, weights, a, b, least),
        known.register,
        [weights.person_prior(size) for size in known.sizes.tolist()],
        weights.threshold.person if threshold is None else threshold,
        FIELDS,
    )


def _read(persons: pl.DataFrame, registers: Ints) -> _Persons:
    words, (name, relative) = read_words([persons["name"], persons["relative_name"]], registers=registers)
    places, address = read_addresses(persons["address"], registers=registers)
    digits = persons["phone"].str.replace_all(r"[^0-9]", "")
    # The last ten digits: with +91, with 0 and without, it is one number.
    number = pl.when(digits.str.len_chars() >= _LEAST_DIGITS).then(digits.str.slice(-10))
    phone = pl.select(number.cast(pl.Int64, strict=False)).to_series()
    district = pl.struct(pl.lit(pl.Series(registers)).alias("register"), pl.col("district").str.to_lowercase())
    return _Persons(
        registers,
        np.bincount(registers, minlength=1),
        persons["record"].fill_null(NONE).to_numpy(),
        distinct(name),
        distinct(_without_own_words(name, relative, words)),
        address,
        codes(persons["sex"]),
        to_whole_numbers(persons["birth_year"]),
        days(persons["birth_date"], "%Y%m%d"),
        days(persons["birth_date"], "%Y%d%m"),
        to_whole_numbers(phone),
        codes(persons["uid_last4"]),
        codes(persons["passport_no"].str.to_uppercase().str.replace_all(r"[\s\-]", "")),
        codes(persons.select(pl.when(pl.col("district").is_not_null()).then(district)).to_series()),
        words,
        places,
    )


def _without_own_words(name: Ints, relative: Ints, words: NameWords) -> Ints:
    """Relatives without the words that the person has as well: a family's name counts once."""
    fold = np.r_[words.fold, np.int32(NONE)]
    own = fold[name]
    is_shared = np.zeros(relative.shape, bool)
    for i in range(MOST):
        is_shared |= (fold[relative] == own[:, i : i + 1]) & (relative != NONE)
    left = np.where(is_shared, NONE, relative)
    # Where no word would be left, the relative stays whole.
    left[(left == NONE).all(axis=1)] = relative[(left == NONE).all(axis=1)]
    # Gaps go to the end: an empty first place means no name.
    order = np.argsort(left == NONE, axis=1, kind="stable")
    return np.take_along_axis(left, order, axis=1)


def _passes(known: _Persons, rows: Rows) -> Iterator[PairingPass]:
    """The ways in which some rows are brought together, one after another, so that one key at a time is held."""
    words, places = known.words, known.places
    first, rare, name = word_keys(known.name.words[known.name.of_row[rows]], words)
    father, rare_father, whole_father = word_keys(known.relative.words[known.relative.of_row[rows]], words)
    place, next_place = (words_of(places.key, known.address[rows, i]) for i in (0, 1))
    register = known.register[rows]
    birth, district, day = (of[rows] for of in (known.birth, known.district, known.day))
    order = make_key(np.maximum(name, 0), np.maximum(whole_father, 0), np.maximum(birth, 0))
    splitters = (known.sex[rows], district, np.where(birth < 0, NONE, birth // 4), first, father)
    ways: list[tuple[NDArray[np.int64], ...]] = [
        (rare, rare_father),
        (first, father),
        (name, place),
        (name, district),
        (place, next_place, first),
        (known.phone[rows],),
        (known.passport[rows],),
        (known.uid[rows], rare),
        (day, rare),
        (day, rare_father),
    ]
    yield from (PairingPass(make_key(register, *way), splitters, order) for way in ways)
    # Years that are three apart share one of the two bands.
    for start in (0, 3):
        band = np.where(birth < 0, NONE, (birth + start) // 6)
        for way in ((name,), (rare, district), (whole_father,)):
            yield PairingPass(make_key(register, *way, band), splitters, order)


def _weigh(known: _Persons, matcher: NameMatcher, weights: Weights, a: Rows, b: Rows, least: Floats) -> Evidence:
    """What pairs say, of those that may say as much as `least`: the relatives of most need not be compared."""
    person = weights.person
    own = matcher.match_rows(known.name, a, b)
    sure = {
        # Without a name on both sides nothing else may make two one person.
        "name": np.where(own.is_known, own.bits, np.float32(-np.inf)),
        "birth": _weigh_births(known, person, a, b),
        "uid_last4": equal_bits(known.uid[a], known.uid[b], person.uid, person.other_uid),
        "passport_no": equal_bits(known.passport[a], known.passport[b], person.passport, person.other_passport),
        "district": _weigh_districts(known, weights.district, a, b),
        "sex": equal_bits(known.sex[a], known.sex[b], person.same_sex, person.other_sex),
    }
    bits = sum(sure.values(), np.zeros(len(a), np.float32))
    most = _most_of_household(own, person)
    at = np.flatnonzero(bits + most >= least)
    a, b = a[at], b[at]
    household = {
        "relative_name": _weigh_relatives(known, matcher, person, a, b),
        "address": shared_bits(known.places, known.address[a], known.address[b], weights.address),
        "phone": equal_bits(known.phone[a], known.phone[b], person.phone, person.other_phone),
    }
    told = np.minimum(sum(household.values(), np.zeros(len(at), np.float32)), most[at])
    each = {**{name: one[at] for name, one in sure.items()}, **household}
    agrees, differs = field_sets([each[name] for name in FIELDS])
    return Evidence(at, bits[at] + told, agrees, differs)


def _most_of_household(own: NameMatch, person: PersonWeights) -> Floats:
    """How much may speak for one person that speaks for one household: brothers share it."""
    most = np.where(own.lowest <= ALIKE, np.float32(person.household_alike), np.float32(person.household))
    return np.where(own.conflicts > 0, np.float32(person.household_conflict), most).astype(np.float32)


def _weigh_relatives(known: _Persons, matcher: NameMatcher, person: PersonWeights, a: Rows, b: Rows) -> Floats:
    kin = matcher.match_rows(known.relative, a, b)
    is_other = kin.is_known & (kin.lowest == DIFFERENT)
    return (kin.bits + np.where(is_other, np.float32(person.other_relative), 0)).astype(np.float32)


def _weigh_births(known: _Persons, person: PersonWeights, a: Rows, b: Rows) -> Floats:
    years = np.array(person.birth, np.float32)
    one, other = known.birth[a], known.birth[b]
    apart = np.minimum(np.abs(one - other), len(years) - 1)
    bits = np.where((one < 0) | (other < 0), np.float32(0), years[apart])
    day, day_b = known.day[a], known.day[b]
    has_day = (day >= 0) & (day_b >= 0)
    is_swapped = has_day & ((known.swapped[a] == day_b) | (known.swapped[b] == day))
    bits = np.where(is_swapped, np.maximum(bits, np.float32(person.birth_swapped)), bits)
    return np.where(has_day & (day == day_b), np.float32(person.birth_date), bits).astype(np.float32)


def _weigh_districts(known: _Persons, weights: Shared, a: Rows, b: Rows) -> Floats:
    counts = np.bincount(np.maximum(known.district, 0), minlength=1)
    share = (counts[np.maximum(known.district[a], 0)] + 1) / (known.sizes[known.register[a]] + 1)
    same = np.clip(np.log2(weights.m / share), 0, weights.most)
    alike = known.district[a] == known.district[b]
    is_known = (known.district[a] >= 0) & (known.district[b] >= 0)
    return np.where(is_known, np.where(alike, same, weights.differs), 0).astype(np.float32)
