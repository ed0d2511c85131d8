"""Numbers with a check of their own, against another way to reckon it."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.schema import load_schemas
from sample_data.makers.rule_examples import make_record
from validators.checking.check import check_records
from validators.checking.plan import Bound, bind
from validators.checking.settings import make_settings
from validators.rulebook.rule import load_rules
from validators.rules.ages import place_of
from validators.rules.identity import passes_luhn, passes_verhoeff

SETTINGS = make_settings(date(2026, 1, 31))


def accused_label(place: int, *, is_plain: bool = False) -> str:
    """The label of an accused, from 1: A1 to A9, then B1 for the tenth (IIF-III); plain: A1, A10, A100."""
    return f"A{place}" if is_plain else f"{chr(ord('A') + (place - 1) // 9)}{(place - 1) % 9 + 1}"


def passed(check: Any, *numbers: str) -> list[bool | None]:
    return pl.DataFrame({"n": numbers}).select(check(pl.col("n")).alias("n"))["n"].to_list()


def luhn(number: str) -> bool:
    doubled = [int(d) * (1 + i % 2) for i, d in enumerate(reversed(number))]
    return sum(sum(map(int, str(d))) for d in doubled) % 10 == 0


DIGITS = st.text("0123456789", min_size=11, max_size=11)


@settings(max_examples=30, deadline=None)
@given(number=st.text("0123456789", min_size=15, max_size=15))
def test_luhn_is_the_sum_that_the_books_give(number: str) -> None:
    assert passed(passes_luhn, number) == [luhn(number)]


@settings(max_examples=30, deadline=None)
@given(number=DIGITS)
def test_one_of_ten_last_digits_passes_verhoeff(number: str) -> None:
    assert sum(map(bool, passed(passes_verhoeff, *(number + d for d in "0123456789")))) == 1


@settings(max_examples=30, deadline=None)
@given(number=DIGITS, place=st.integers(0, 10), other=st.sampled_from("0123456789"))
def test_verhoeff_finds_every_wrong_digit_and_every_swap_of_neighbours(number: str, place: int, other: str) -> None:
    right = next(n for n in (number + d for d in "0123456789") if passed(passes_verhoeff, n) == [True])
    wrong = right[:place] + other + right[place + 1 :]
    swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    assert passed(passes_verhoeff, wrong, swapped) == [wrong == right, swapped == right]


def test_another_length_is_not_judged() -> None:
    assert passed(passes_verhoeff, "1234", "1234567890123") == [None, None]
    assert passed(passes_luhn, "1234", "4901542032375181") == [None, None]


@pytest.mark.parametrize("place", [1, 9, 10, 18, 19, 100, 234])
def test_both_ways_to_count_accused_mean_the_same(place: int) -> None:
    assert passed(place_of, accused_label(place), accused_label(place, is_plain=True)) == [place, place]


def codes(**plain: Any) -> set[str]:
    return {f.code for f in check_records([make_record("r", plain)], SETTINGS)}


@pytest.mark.parametrize(
    ("mark", "found"),
    [
        ("WB-02-AB-1234", set()), ("KA 05 MH 77", set()), ("DL 3C AB 1234", set()), ("WBH 1234", set()),
        ("22BH1234AA", {"F032"}), ("77 CD 12", set()), ("03D 153874H", set()), ("MH12TC0123", set()),
        ("OD-02-A-1234", {"F030"}), ("OR-02-A-1234", set()), ("WB 02 IO 1", {"F031"}), ("WB-2-1234567", {"F029"}),
        ("[masked]", set()), ("एमएच १२", set()), ("????", {"F029"}), ("not yet", set()),
    ],
)  # fmt: skip
def test_registration_marks_of_a_record_of_2009(mark: str, found: set[str]) -> None:
    of_marks = {"F029", "F030", "F031", "F032"}
    assert codes(year="2009", vehicles=[{"registration_no": mark}]) & of_marks == found


@pytest.mark.parametrize(
    ("sections", "persons", "found"),
    [
        (["323", "504", "506"], 1, set()), (["323", "504"], 1, {"L014"}), (["323", "34"], 2, {"L014"}),
        (["34"], 2, {"L015"}), (["379", "34"], 1, {"L016"}), (["379", "149"], 4, {"L016"}), (["147", "149"], 4, set()),
        (["302"], 1, set()), (["302", "34"], 0, set()), (["511"], 0, {"L015"}),
    ],
)  # fmt: skip
def test_what_sections_ask_of_one_another(sections: list[str], persons: int, found: set[str]) -> None:
    acts = [{"act": "IPC", "section": s} for s in sections]
    people = [{"role": "accused", "name": f"Qarla {chr(65 + i)}"} for i in range(persons)]
    assert codes(acts=acts, persons=people) & {"L014", "L015", "L016"} == found


def test_unknown_accused_may_be_many() -> None:
    acts = [{"act": "IPC", "section": "379"}, {"act": "IPC", "section": "34"}]
    unclear: tuple[dict[str, Any], ...] = (
        {"persons": [{"role": "accused", "status": "unknown"}]},
        {"persons": [{"role": "accused", "name": "Qarla, Zorab"}]},
        {"persons": [{"role": "accused", "name": "Qarla"}], "more_accused": "2"},
    )
    assert all("L016" not in codes(acts=acts, **plain) for plain in unclear)


def test_a_new_state_keeps_the_acts_of_the_old_one() -> None:
    acts = [{"act": "APPROH", "section": "8"}]
    assert "L010" not in codes(state="tg", acts=acts)
    assert "L010" in codes(state="mh", acts=acts)
    assert "L010" not in codes(acts=acts)


@pytest.mark.parametrize("field", ["phone", "mobile"])
def test_a_number_from_before_mobiles_is_told_of_the_field_it_stands_in(field: str) -> None:
    """Before, it was told of `phone` wherever it stood."""
    record = make_record("r", {"year": "1993", "persons": [{field: "9830012345"}]})
    found = [f.field for f in check_records([record], SETTINGS) if f.code == "F023"]
    assert found == [f"persons[0].{field}"]


@pytest.mark.parametrize(
    ("latitude", "longitude", "found"),
    [
        ("22.57", "88.36", set()), ("6", "68", set()), ("38", "98", set()), ("6.75", "93.83", set()),
        ("-45", "88.36", {"F050"}), ("5.99", "77", {"F050"}), ("38.01", "77", {"F050"}), ("2257", "77", {"F050"}),
        ("22.57", "67.9", {"F051"}), ("22.57", "98.1", {"F051"}), ("22.57", "-88.36", {"F051"}),
        ("88.36", "22.57", {"F050", "F051"}), ("91", "181", {"F050", "F051"}),
        ("22°34'N", "near the well", set()), ("NaN", "[masked]", set()), ("", "", set()), ("1e1", "22,57", set()),
    ],
)  # fmt: skip
def test_degrees_of_a_place_in_india(latitude: str, longitude: str, found: set[str]) -> None:
    """What is no number is for the target to say."""
    row = {"address": "x", "latitude": latitude, "longitude": longitude}
    for policy in ("default", "import"):
        made = make_settings(date(2026, 1, 31), policy=policy)
        told = [f for f in check_records([make_record("r", {"addresses": [row]})], made) if f.code in ("F050", "F051")]
        assert {f.code for f in told} == found and {f.severity for f in told} <= {"review"}


def test_degrees_are_asked_wherever_they_stand() -> None:
    for name, code in (("latitude", "F050"), ("longitude", "F051")):
        asked = {b.table.name for form in load_schemas() for b in bound(code, form)}
        assert asked == {t.name for of in load_schemas().values() for t in of.values() if t.column(name)}
        assert asked


def bound(code: str, form: str) -> list[Bound]:
    """The rule in each table and field of which it is asked; none in a form without such a field."""
    made = load_rules(form).get(code)
    return list(bind(made)) if made else []
