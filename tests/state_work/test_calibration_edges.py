"""Edges of the figures that decide what passes: none wrong, all wrong, no answer, the lowest step."""

from math import comb

import pytest

from digitize.errors import InputError
from digitize.workspace.calibration.error_bounds import chance_of_as_many, evidence_below, right_between
from digitize.workspace.calibration.field_standings import tell_progress
from digitize.workspace.calibration.other_offices import take_answers
from digitize.workspace.calibration.threshold_proof import LADDER, Proof, answers_to_open, starts_of
from digitize.workspace.calibration.threshold_store import Thresholds, plain_answer
from digitize.workspace.calibration.values import TOGETHER, BlindAnswer, Measured, Terms
from digitize.workspace.ledger import Ledger


def test_the_chance_of_as_many_errors_is_that_of_counting_all_ways():
    def by_hand(wrong, answers, wrong_others, others):
        errors, whole = wrong + wrong_others, answers + others
        ways = sum(comb(answers, k) * comb(others, errors - k) for k in range(wrong, min(errors, answers) + 1))
        return ways / comb(whole, errors)

    for case in (
        (0, 10, 0, 10),
        (10, 10, 0, 10),
        (0, 10, 10, 10),
        (1, 10, 0, 10),
        (3, 7, 2, 40),
        (2, 2, 5, 5),
        (0, 0, 0, 0),
    ):
        assert chance_of_as_many(*case) == pytest.approx(by_hand(*case)), case


def test_without_answers_nothing_is_known():
    assert right_between(0, 0, 0.95) == pytest.approx((0.0, 1.0))
    low, high = right_between(9, 9, 0.95)
    assert 0.6 < low < 0.7 and high == pytest.approx(1.0)


def test_an_answer_is_stored_with_all_that_it_needs_to_be_counted_again():
    answer = BlindAnswer("f", "x", "b", 0.1234567, True, "family", 0.8)
    assert plain_answer(answer, "w") == {
        "form": "f", "field": "x", "book": "b", "confidence": 0.123457, "right": True, "family": "family", "floor": 0.8,
        "weights": "w",
    }  # fmt: skip
    assert plain_answer(BlindAnswer("f", "x", "b", 0.5, False), "w") == {
        "form": "f", "field": "x", "book": "b", "confidence": 0.5, "right": False, "weights": "w",
    }  # fmt: skip


@pytest.mark.parametrize(("answers", "wrong"), [(0, 0), (100, 0), (100, 1), (300, 2), (5000, 0)])
def test_so_many_more_right_answers_open_a_threshold_and_one_less_does_not(answers, wrong):
    terms = Terms()
    _, part = starts_of(terms)[0]
    more, needed = answers_to_open(answers, wrong, terms), 1 / (terms.risk * part)
    assert evidence_below(wrong, answers + more, terms.limit) >= needed
    assert more == 0 or evidence_below(wrong, answers + more - 1, terms.limit) < needed


def test_answers_are_counted_from_the_nearest_step_above():
    proof = Proof(Terms())
    for _ in range(7):
        proof.see(BlindAnswer("f", "x", "b", LADDER[0], True))
    for _ in range(5):
        proof.see(BlindAnswer("f", "x", "b", LADDER[-1], False))
    assert proof.count_from(LADDER[-1]) == (12, 5) == proof.count_from(0.0)
    assert proof.count_from(LADDER[0]) == (7, 0)
    # Above the highest step there is none: the highest counts.
    assert proof.count_from(LADDER[0] + (1 - LADDER[0]) / 2) == (7, 0)


def test_progress_is_told_of_forms_of_which_nothing_passes_yet(monkeypatch):
    fields = [
        Measured("closed", TOGETHER, None, "", sure=12, sure_wrong=1),
        Measured("closed", "x", None, "", sure=5),
        Measured("open", TOGETHER, None, "", sure=9),
        Measured("open", "x", 0.99, "own"),
        Measured("done", TOGETHER, 0.99, "own"),
    ]
    found = Thresholds(fields={(m.form, m.field): m for m in fields})
    monkeypatch.setattr("digitize.workspace.calibration.field_standings.thresholds_in", lambda ledger: found)
    (said,) = tell_progress(None, Terms())
    assert said.startswith("closed: 12 answers on values at 0.97 and more, 1 wrong; values pass after some ")


def test_a_file_of_answers_that_is_not_there_is_named(tmp_path):
    with Ledger.create(tmp_path / "ledger.sqlite") as ledger, pytest.raises(InputError, match=r"nobody\.json: No such"):
        take_answers(ledger, "wb", "own", tmp_path / "nobody.json")
