"""What is wanted of a place after all that was said of it, and how good answers turn out to be."""

from dataclasses import replace

import pytest

from digitize.review.answer_history import (
    COUNTED,
    DISPUTED,
    FIRST,
    OPENED,
    RAISED,
    SAMPLE,
    SECOND,
    SENT_BACK,
    SETTLED,
    TEST,
    THIRD,
    WAITING,
    PastAnswer,
)
from digitize.review.station.batches import WeakSignOff
from digitize.review.station.figures import AnswerFigure, judge_answers
from digitize.review.station.stages import WantedKey, find_newest_keys, find_settling_answer, find_wanted_key

BASE = PastAnswer("c", "item", "r1", "zone:p/x", "A", "value", "1", purpose=FIRST, state=SETTLED)


def said(who, value="1", purpose=FIRST, state=SETTLED, seq=0, verdict="value"):
    return replace(BASE, client=f"{who}-{value}-{purpose}-{seq}", operator=who, value=value, purpose=purpose,
                   state=state, seq=seq, verdict=verdict)  # fmt: skip


A, B = said("A"), said("B", purpose=SECOND)
OTHER = said("B", "2", SECOND, DISPUTED)
THE_THIRD = said("C", "2", THIRD)
CASES = [
    ("single", [], {}, WantedKey(FIRST)),
    ("single", [A], {}, None),
    ("single", [A], {"is_sampled": True}, WantedKey(SAMPLE, frozenset("A"))),
    ("single", [said("A", seq=4)], {"sent_back_at": 5}, WantedKey(SENT_BACK, frozenset("A"))),
    ("single", [said("A", seq=5)], {"sent_back_at": 5}, None),
    ("single", [said("A", seq=4)], {"sent_back_at": 5, "is_sampled": True}, WantedKey(SENT_BACK, frozenset("A"))),
    ("single", [A, said("B", purpose=SAMPLE, state=COUNTED)], {"is_sampled": True}, None),
    ("blind", [replace(A, state=WAITING)], {}, WantedKey(SECOND, frozenset("A"))),
    ("verify", [replace(A, state=WAITING)], {}, WantedKey(SECOND, frozenset("A"))),
    ("blind", [A, B], {}, None),
    ("blind", [A, OTHER], {}, WantedKey(THIRD, frozenset("AB"))),
    ("blind", [A, OTHER, THE_THIRD], {}, None),
    ("blind", [A, OTHER, said("C", "3", THIRD)], {}, None),
    ("blind", [A, OTHER, replace(THE_THIRD, state=DISPUTED)], {}, WantedKey(THIRD, frozenset("ABC"))),
    ("blind", [A, OTHER, said("B", "1", SECOND)], {}, None),
    ("single", [said("A", "", state=RAISED)], {}, WantedKey(FIRST, of_supervisor=True)),
    ("single", [A, said("B", "", state=RAISED)], {}, WantedKey(FIRST, of_supervisor=True)),
    ("single", [said("A", "", state=RAISED), said("S")], {}, None),
    ("single", [A, said("B", "9", TEST, COUNTED)], {}, None),
    ("single", [said("B", "9", TEST, COUNTED)], {}, WantedKey(FIRST)),
    ("single", [A, said("S", state=OPENED)], {}, WantedKey(FIRST)),
    ("single", [said("A", "2"), said("S", state=OPENED), A], {}, None),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "past", "more", "wanted"), CASES, ids=range(len(CASES)))
def test_what_is_wanted_next_follows_from_what_was_said(mode, past, more, wanted):
    assert find_wanted_key(mode, past, **more) == wanted


def test_whoever_thinks_again_takes_back_what_they_said_before():
    past = [A, said("B", "2"), said("A", "3", seq=1), said("A", "8", TEST), said("B", "", state=RAISED)]
    assert {who: p.value for who, p in find_newest_keys(past).items()} == {"A": "3", "B": "2"}
    assert find_newest_keys([A, said("S", state=OPENED)]) == {}


@pytest.mark.parametrize(
    ("past", "value"), [
        ([], None), ([A], None), ([A, B], "1"), ([A, OTHER], None), ([A, OTHER, THE_THIRD], "2"),
        ([A, said("B", "1", TEST)], None), ([A, B, said("S", state=OPENED)], None), ([A, said("A", seq=1)], None),
        ([said("A", "", state=RAISED)], None), ([A, OTHER, replace(THE_THIRD, state=WAITING)], None),
    ], ids=range(10),
)  # fmt: skip
def test_right_is_what_somebody_else_said_too_or_a_third_decided(past, value):
    found = find_settling_answer(past)
    assert (found and found.value) == value


def judged(*past):
    return [(p.operator, p.value, right) for p, right in judge_answers(past)]


def test_answers_are_judged_by_what_settled_their_place():
    assert judged(A) == [("A", "1", None)]
    assert judged(A, B) == [("A", "1", True), ("B", "1", True)]
    assert judged(A, OTHER) == [("A", "1", None), ("B", "2", None)]
    assert judged(A, OTHER, THE_THIRD) == [("A", "1", False), ("B", "2", True), ("C", "2", None)]
    assert judged(said("A", "9"), said("A", "1", seq=1), B) == [("A", "1", True), ("B", "1", True)], "the last word"
    assert judged(A, B, said("D", "7", TEST, COUNTED)) == [("A", "1", True), ("B", "1", True), ("D", "7", False)]
    assert judged(A, said("S", "", state=RAISED)) == [("A", "1", None)]


def test_places_are_judged_one_by_one():
    elsewhere = replace(said("B", "5", SECOND), item="other")
    assert judged(A, elsewhere) == [("A", "1", None), ("B", "5", None)]


def test_a_share_is_told_from_twenty_answers_on_and_a_pace_from_a_minute_on():
    few, enough = AnswerFigure(40, 19, 18, 0, 1), AnswerFigure(40, 20, 18, 0, 1)
    assert (few.share, enough.share) == (None, 0.9)
    assert not few.is_below(0.99) and enough.is_below(0.91) and not enough.is_below(0.9)
    assert AnswerFigure(30, 0, 0, 0, 1, active_s=60.0).an_hour is None
    assert AnswerFigure(30, 0, 0, 0, 1, active_s=90.0).an_hour == 1200


@pytest.mark.parametrize(
    ("looked_at", "opened", "is_confirmed"), [
        ("5", "3", True), ("4", "3", True), ("5", "4", True), ("6", "3", False), ("5", "2", False), ("", "3", False),
        ("5", "", False), ("x", "3", False), ("٥", "3", False), ("5", "1234567890", False), ("0000000005", "3", False),
    ],
)  # fmt: skip
def test_a_weak_signature_is_confirmed_by_who_was_shown_these_numbers_or_worse(looked_at, opened, is_confirmed):
    weak = WeakSignOff("b", looked_at=5, answers=9, open=3)
    assert weak.is_confirmed_by({"looked_at": looked_at, "open": opened}) is is_confirmed
    assert not weak.is_confirmed_by({})
