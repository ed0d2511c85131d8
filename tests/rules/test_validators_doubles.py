"""Suspected doubles: names across scripts, blocks that stay bounded, and the laws of pairs."""

from __future__ import annotations

import random

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sample_data.makers.persons import PersonMaker
from sample_data.makers.rule_examples import check_frames, example_settings, make_record
from validators.checking.check import check_records
from validators.doubles.arrays import shared_bits
from validators.doubles.blocks import NO_KEY, Skipped, make_key, pairs_of
from validators.doubles.cases import COLUMNS as CASE_COLUMNS
from validators.doubles.cases import find_cases
from validators.doubles.names import ALIKE, CLOSE, DIFFERENT, SAME, NameMatcher
from validators.doubles.other import plain_rows
from validators.doubles.other import tell_other as told_rows
from validators.doubles.pairs import PAIRS, Suspects
from validators.doubles.persons import COLUMNS, find_persons
from validators.doubles.weights import load_weights
from validators.doubles.words import read_addresses, read_words

ROWS = PersonMaker(7).register(400)


def persons(*rows: dict[str, object]) -> pl.DataFrame:
    plain = [{"record": i, **row} for i, row in enumerate(rows)]
    return pl.DataFrame([{n: row.get(n) for n in COLUMNS} for row in plain], schema=COLUMNS)


def told(frame: pl.DataFrame, threshold: float | None = None) -> set[tuple[int, int]]:
    return set(find_persons(frame, threshold).pairs.select("left", "right").iter_rows())


def match(left: str, right: str) -> tuple[float, int, int]:
    words, (a, b) = read_words([pl.Series([left]), pl.Series([right])], learn=False)
    found = NameMatcher(words, load_weights().words).match(a, b)
    return float(found.bits[0]), int(found.conflicts[0]), int(found.lowest[0])


@pytest.mark.parametrize(
    ("left", "right", "lowest"),
    [
        ("Mohd. Salim", "मोहम्मद सलीम", SAME),
        ("Md Saleem", "محمد سلیم", SAME),
        ("Sharma Rajesh", "श्री राजेश शर्मा", SAME),
        ("Ram Kumar", "Ramkumar", SAME),
        ("Bikash Ghosh", "বিকাশ ঘোষ", SAME),
        ("Vikas", "Bikash", CLOSE),
        ("Sunil", "Sushil", ALIKE),
        ("Suresh", "Ramesh", DIFFERENT),
        ("Salim", "Salman", DIFFERENT),
        ("Sita", "गीता", DIFFERENT),
    ],
)
def test_names_meet_across_scripts_and_others_do_not(left: str, right: str, lowest: int) -> None:
    bits, _, found = match(left, right)
    assert found == lowest
    assert (bits > 0) == (lowest >= ALIKE)


any_name = st.sampled_from([r["name"] for r in ROWS.rows]) | st.text(max_size=12)


@settings(deadline=None)
@given(any_name, any_name)
def test_what_two_names_say_is_the_same_either_way_round(left: str, right: str) -> None:
    assert match(left, right) == pytest.approx(match(right, left))


def test_a_common_name_says_less_than_a_rare_one() -> None:
    names = ["Mohammad"] * 900 + ["Qarlavint"] * 2 + [f"Other{chr(97 + i % 26)}" for i in range(98)]
    words, (rows,) = read_words([pl.Series(names)])
    found = NameMatcher(words, load_weights().words).match(rows[[0, 900]], rows[[1, 901]])
    assert found.bits[1] > found.bits[0] + 5


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 6), max_size=80),
    st.integers(3, 12),
    st.lists(st.integers(0, 3), min_size=80, max_size=80),
)
def test_pairs_of_a_block_are_whole_or_counted_as_skipped(keys: list[int], largest: int, parts: list[int]) -> None:
    key = make_key(np.array(keys, np.int64)) if keys else np.zeros(0, np.int64)
    splitter, order = np.array(parts[: len(keys)], np.int64), np.arange(len(keys))
    skipped = Skipped()
    pieces = list(pairs_of(key, [splitter], order, skipped, max(largest, 11)))
    pairs = [p for a, b in pieces for p in zip(a.tolist(), b.tolist(), strict=True)]
    every = {(i, j) for j in range(len(keys)) for i in range(j) if keys[i] == keys[j]}
    assert len(pairs) == len(set(pairs)) and set(pairs) <= every
    assert len(pairs) + skipped.pairs == len(every)


def test_ten_thousand_of_one_key_do_not_grow_with_the_square() -> None:
    size, skipped = 10_000, Skipped()
    key, order = np.zeros(size, np.int64), np.arange(size, dtype=np.int64)
    made = sum(len(a) for a, _ in pairs_of(key, [], order, skipped))
    assert made < 15 * size
    assert made + skipped.pairs == size * (size - 1) // 2


def test_no_key_is_no_block() -> None:
    assert not list(pairs_of(np.full(5, NO_KEY), [], np.arange(5), Skipped()))
    assert (make_key(np.array([1, -1]), np.array([2, 2])) == NO_KEY).tolist() == [False, True]


def test_one_person_in_two_scripts_is_told_and_brothers_are_not() -> None:
    first = {"name": "Mohd Salim", "relative_name": "Abdul Karim", "birth_year": 1975, "sex": "male"}
    same = {"name": "मोहम्मद सलीम", "relative_name": "अब्दुल करीम", "birth_year": 1976, "sex": "male"}
    home = {"address": "Ward 3, Kalpanapur", "phone": "9812345678"}
    brother = {**first, "name": "Mohd Rafiq", "birth_year": 1978}
    assert told(persons({**first, **home}, same, {**brother, **home})) == {(0, 1)}


def test_day_and_month_the_other_way_round_still_agree() -> None:
    from datetime import date

    one = {"name": "Sunita Devi", "birth_year": 1980, "birth_date": date(1980, 3, 7)}
    frame = persons(one, {**one, "name": "सुनीता देवी", "birth_date": date(1980, 7, 3)})
    found = find_persons(frame)
    assert told(frame) == {(0, 1)}
    assert "birth" in found.name_fields(found.pairs["agrees"][0])


def test_a_word_that_stands_twice_in_an_address_counts_once_on_either_side() -> None:
    words, rows = read_addresses(pl.Series(["Rampur Rampur", "Rampur", "Rampur Kalan"]))
    weights = load_weights().address
    for a, b in ((0, 1), (0, 2), (1, 2)):
        there, back = (
            shared_bits(words, rows[[a]], rows[[b]], weights),
            shared_bits(words, rows[[b]], rows[[a]], weights),
        )
        assert there == back > 0


@pytest.mark.parametrize("name", ["Unknown", "अज्ञात व्यक्ति", "[masked]", "Two unknown persons", "نامعلوم"])
def test_nobody_is_nobody_else(name: str) -> None:
    one = {"name": name, "address": "Ward 3, Kalpanapur", "phone": "9812345678", "birth_year": 1980, "sex": "male"}
    assert told(persons(one, one)) == set()


def test_persons_of_one_record_are_never_told() -> None:
    one = {"name": "Qarla Vintobhe", "relative_name": "Abdul Karim", "birth_year": 1975, "record": 5}
    assert told(persons(one, one)) == set()
    assert told(persons(one, {**one, "record": 6})) == {(0, 1)}


def test_a_register_without_names_has_no_doubles() -> None:
    assert told(persons({"phone": "9812345678"}, {"phone": "9812345678"}, {"name": ""}, {"name": "..."})) == set()
    assert told(persons()) == set()


@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(20, 300))
def test_pairs_do_not_hang_on_the_order_of_the_rows(die: random.Random, size: int) -> None:
    rows = ROWS.rows[:size]
    order = list(range(size))
    die.shuffle(order)
    frame = pl.DataFrame(rows, schema=COLUMNS)
    shuffled = {tuple(sorted((order[a], order[b]))) for a, b in told(frame[order])}
    assert shuffled == told(frame)
    assert all(a < b for a, b in told(frame))


@settings(max_examples=12, deadline=None)
@given(st.lists(st.integers(0, 119), min_size=2, max_size=119, unique=True))
def test_adding_a_case_never_takes_a_pair_away(kept: list[int]) -> None:
    """What two cases say hangs on these two alone, as long as no block is too large."""
    frame = cases_frame()
    kept.sort()
    some = {(kept[a], kept[b]) for a, b in find_cases(frame[kept]).pairs.select("left", "right").iter_rows()}
    every = set(find_cases(frame).pairs.select("left", "right").iter_rows())
    assert some == {(a, b) for a, b in every if a in kept and b in kept}


def cases_frame() -> pl.DataFrame:
    from datetime import date, timedelta

    rows = []
    for i in range(60):
        one, other = ROWS.rows[2 * i], ROWS.rows[2 * i + 1]
        day = date(2009, 1, 1) + timedelta(5 * i)
        case = {"book": "wb Bally 2009", "number": i, "fir_date": day, "occurrence_from": day, "sections": "IPC 379"}
        rows.append({**case, "complainant": one["name"], "relative": one["relative_name"], "accused": other["name"]})
        rows.append({**rows[-1], "number": 500 + i, "accused": None})
    return pl.DataFrame([{n: r.get(n) for n in CASE_COLUMNS} for r in rows], schema=CASE_COLUMNS)


def test_a_case_entered_twice_is_told_once_and_never_as_another() -> None:
    found = set(find_cases(cases_frame()).pairs.select("left", "right").iter_rows())
    assert {(2 * i, 2 * i + 1) for i in range(60)} <= found
    assert len(found) <= 66


def test_findings_name_the_other_record_and_what_agrees_and_no_person() -> None:
    place = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009"}
    one = {"role": "accused", "name": "Mohd Salim", "relative_name": "Abdul Karim", "age": "34"}
    other = {"role": "accused", "name": "मोहम्मद सलीम", "relative_name": "अब्दुल करीम", "age": "35"}
    records = [make_record(f"wb-{n}", {**place, "fir_no": n, "persons": [p]}) for n, p in (("7", one), ("8", other))]
    found = {f.record: f for f in check_records(records, example_settings()) if f.code == "P001"}
    assert set(found) == {"wb-7", "wb-8"}
    assert "record wb-8, row 1, 1.00: name, relative_name, birth)" in found["wb-7"].message
    assert "Salim" not in found["wb-7"].message and found["wb-7"].severity == "note"


def test_a_suspicion_says_how_many_comparisons_were_left_out() -> None:
    pairs = pl.DataFrame([(0, 1, 0.97, 1, 0)], schema=PAIRS, orient="row")
    made = told_rows(Suspects(pairs, 10, 25, ("name",)), pl.Series(["a", "\x005"]), pl.Series([2, 5]))
    assert plain_rows(made).to_list() == [
        "line 5, 0.97: name; 25 comparisons left out",
        "a, line 2, 0.97: name; 25 comparisons left out",
    ]


def test_rows_of_a_file_bear_the_suspicion_too() -> None:
    rows = {
        "_record": ["a", "b"], "_line": [2, 3], "name": ["Mohd Salim", "मोहम्मद सलीम"],
        "relative_name": ["Abdul Karim", "अब्दुल करीम"], "age": ["34", "34"],
    }  # fmt: skip
    own = pl.DataFrame(
        {"_record": ["a", "b"], "_line": [2, 3], "year": ["2009", "2010"], "police_station": ["Bally"] * 2}
    )
    found = check_frames("iif1", {"iif1": own, "iif1_persons": pl.DataFrame(rows)}, example_settings())
    assert [(f.line, f.key) for f in found if f.code == "P001"] == [(2, "a"), (3, "b")]
