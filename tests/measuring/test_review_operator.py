"""The simulated operator: what it costs to agree, to mend and to type, and what stays wrong."""

from __future__ import annotations

import pytest

from benchmarks.parts.review.office_in_order import Office, PageWork, summarise
from benchmarks.parts.review.simulated_operator import (
    CARPET,
    MISTYPED,
    OVERLOOKED,
    Box,
    Terms,
    keyed_once,
    keyed_twice,
    reviewed,
)
from benchmarks.review import keystrokes

SHOWN = Terms(prefill=0.5)


def box(confidence: float = 0.9, *, right: bool = True, **more: object) -> Box:
    return Box("p", "fir_no", "a", 4, confidence, right, **more)  # type: ignore[arg-type]


def test_a_right_value_costs_one_key_and_on_the_carpet_a_share_of_one() -> None:
    assert reviewed(box(), SHOWN).keys == 1
    assert reviewed(box(), SHOWN, CARPET).keys == pytest.approx(1 / CARPET)
    assert reviewed(box(), Terms(accept=0.9)).keys == reviewed(box(told=True), Terms()).keys == 0


def test_what_is_not_shown_is_typed_as_once() -> None:
    assert reviewed(box(0.4), SHOWN) == keyed_once(box())
    assert keyed_once(box()).keys == 5


def test_a_wrong_value_is_overlooked_at_times_and_else_mended() -> None:
    wrong = reviewed(box(right=False), SHOWN)
    assert wrong.errors == pytest.approx(OVERLOOKED + (1 - OVERLOOKED) * MISTYPED)
    assert wrong.keys == pytest.approx(OVERLOOKED + (1 - OVERLOOKED) * 5)
    assert reviewed(box(right=False, listed=True), SHOWN).keys < wrong.keys
    # Nobody sees what passed.
    assert reviewed(box(right=False), Terms(accept=0.9)).errors == 1


def test_two_who_type_leave_less_wrong_and_a_third_settles_where_they_differ() -> None:
    once, twice = keyed_once(box()), keyed_twice(box())
    assert 2 * once.keys < twice.keys < 2.1 * once.keys and twice.errors < once.errors / 20


def test_thresholds_come_from_other_offices_alone() -> None:
    # Office a is read perfectly and surely, b wrongly and as surely: nothing may pass or be shown in either.
    good = [Box(f"a{n}", "fir_no", "a", 3, 0.99, right=True) for n in range(30)]
    bad = [Box(f"b{n}", "fir_no", "b", 3, 0.99, right=False) for n in range(30)]
    found = keystrokes([*good, *bad])
    assert found["by_field"]["fir_no"]["passed"] == 0.5 and found["residual_errors"] >= 0.5
    # Where no other office says anything, what the machine takes to be right stands in the box, and nothing passes.
    assert keystrokes(good)["keystrokes_ratio"] == pytest.approx(1 / (2.0198 * 4), abs=1e-3)


def test_figures_of_pages_in_order_are_those_of_their_parts() -> None:
    works = {f"p{n}": PageWork(questions=7 if n < 30 else 4, prefilled=1, prefilled_right=n != 3) for n in range(60)}
    found = summarise([Office(None, (), {}, works)])  # type: ignore[arg-type]
    assert {part: own["questions"] for part, own in found.items()} == {"1-30": 7, "31-60": 4}
    assert found["1-30"]["prefill_right"] == round(29 / 30, 4) and found["31-60"]["passed_right"] is None
