"""Thresholds of histories that are counted by hand, where each is looked up, and what a person is shown of them."""

import pytest

from digitize.reading.never import NEVER
from digitize.workspace.calibration import threshold_store
from digitize.workspace.calibration.error_bounds import at_most, evidence_above, evidence_below, most_wrong
from digitize.workspace.calibration.field_standings import HEAD, standings
from digitize.workspace.calibration.sampling import Draw
from digitize.workspace.calibration.threshold_proof import Proof
from digitize.workspace.calibration.threshold_store import (
    Thresholds,
    answers_in,
    measure_again,
    plain_answer,
    thresholds_in,
)
from digitize.workspace.calibration.thresholds import Measuring, measure
from digitize.workspace.calibration.values import TOGETHER, BlindAnswer, Measured, Terms
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import create

ALONE = Terms(together=False)
LEVELS = (0.999, 0.99, 0.97, 0.95, 0.9, 0.8)


def run(count, field="x", book="b", confidence=0.999, right=True):
    return [BlindAnswer("f", field, book, confidence, right)] * count


def mixed(rounds, right):
    return [BlindAnswer("f", "x", "b", c, right(n, c)) for n in range(rounds) for c in LEVELS]


def only(answers, given=None):
    (found,) = measure(answers, ALONE, given)
    return found


@pytest.mark.parametrize(
    ("answers", "figures"),
    [
        # 399 right answers prove 99 % at 0.6 of the risk; the next is the first that is watched.
        (run(398), (None, 398, 0, 0, 0, 0, 0)),
        (run(400), (0.999, 400, 400, 0, 1, 0, 399)),
        (mixed(150, lambda n, c: True), (0.8, 900, 900, 0, 279, 0, 621)),
        (mixed(150, lambda n, c: c > 0.9 or n % 4 != 0), (0.95, 900, 600, 0, 69, 0, 795)),
        (run(100) + run(1, right=False) + run(700), (0.999, 801, 801, 1, 95, 0, 706)),
    ],
)  # fmt: skip
def test_a_threshold_is_proved_by_as_many_answers_as_the_promise_takes(answers, figures):
    m = only(answers)
    assert (m.threshold, m.answers, m.passing, m.wrong, m.audited, m.audited_wrong, m.opened_after) == figures
    assert m.by == ("own" if m.threshold else "")


def test_a_volume_that_fails_is_closed_and_counts_for_nothing():
    m = only(run(400) + run(9, book="bad", right=False) + run(20, book="good"))
    assert (m.threshold, m.answers, m.audited, m.audited_wrong, m.books) == (0.999, 420, 21, 0, ("bad",))
    assert measure(run(400) + run(12, right=False), ALONE) == [], "nothing is left where it was the only one"


def test_a_volume_is_suspect_before_it_is_closed():
    m = only(run(600) + run(1, book="odd", right=False) + run(10, book="odd"))
    assert (m.books, m.suspects) == ((), ("odd",))
    assert only(run(600) + run(30, book="odd")).suspects == ()


def test_fields_open_together_and_a_bad_one_is_left_out():
    good = {m.field: m for m in measure([a for _ in range(120) for f in "abcd" for a in run(1, f)], Terms())}
    assert (good[TOGETHER].opened_after, good[TOGETHER].passing, good[TOGETHER].audited) == (399, 480, 81)
    assert {(m.threshold, m.by, m.answers) for f, m in good.items() if f != TOGETHER} == {(0.999, "together", 120)}
    answers = [a for n in range(160) for f in "abcd" for a in run(1, f, right=f != "d" or n % 3 != 0)]
    bad = {m.field: m for m in measure(answers, Terms())}
    assert (bad[TOGETHER].answers, bad[TOGETHER].wrong, bad[TOGETHER].opened_after) == (480, 0, 403)
    assert [(f, m.threshold) for f, m in bad.items()] == [
        (TOGETHER, 0.999), ("a", 0.999), ("b", 0.999), ("c", 0.999), ("d", None),
    ]  # fmt: skip


def test_a_field_passes_with_the_others_only_after_answers_of_its_own():
    most = [a for _ in range(200) for f in "ab" for a in run(1, f)]
    few, enough = (measure(most + run(n, "c"), Terms())[-1] for n in (Terms().least_own - 1, Terms().least_own))
    assert Terms().least_own == 30
    assert (few.threshold, enough.threshold) == (None, 0.999)


def test_what_was_given_holds_from_its_own_threshold_on_until_it_is_refuted():
    m = only(run(50), {"f": 0.9})
    assert (m.threshold, m.by, m.passing, m.audited) == (0.9, "given", 50, 50)
    assert only(run(50), {"other": 0.9}).threshold is None
    low = only(run(5, confidence=0.8), {"f": 0.9})
    assert (low.audited, low.passing) == (0, 0)
    refuted = only(run(50, confidence=0.95) + run(40, right=False, confidence=0.95), {"f": 0.9})
    assert (refuted.threshold, refuted.closed, refuted.by) == (None, 1, "")


def test_what_passes_is_known_after_every_answer():
    measuring, seen = Measuring(ALONE), []
    for answer in run(401):
        measuring.see(answer)
        seen.append(measuring.list_fields()[0].threshold)
    assert seen == [None] * 398 + [0.999] * 3


def test_evidence_is_the_stake_itself_before_anything_was_answered_and_grows_one_way():
    assert evidence_below(0, 0, 0.01) == pytest.approx(1.0) == evidence_above(0, 0, 0.01)
    assert evidence_below(0, 300, 0.01) == pytest.approx(13.65, abs=0.01)
    assert evidence_below(3, 300, 0.01) < 1 < evidence_above(9, 300, 0.01)
    assert evidence_below(1, 299, 0.01) < evidence_below(0, 299, 0.01)
    assert (at_most(3, 3, 0.5), at_most(0, 3, 0.0), at_most(0, 3, 1.0)) == (1.0, 1.0, 0.0)
    assert at_most(1, 2, 0.5) == pytest.approx(0.75)
    assert most_wrong(0, 0, 0.95) == 1.0 and most_wrong(0, 1, 0.95) == pytest.approx(0.95)


def test_as_many_values_are_audited_as_were_agreed_and_ten_times_as_many_of_a_suspect_volume():
    draw = Draw(b"key", 0.02)
    places = [draw.place("value", f"p{n}", "year") for n in range(4000)]
    assert all(0 <= p < 1 for p in places) and 0.47 < sum(places) / 4000 < 0.53
    for times, low, high in ((1.0, 50, 115), (10.0, 700, 900)):
        assert low < sum(draw.is_audited(f"p{n}", "year", times) for n in range(4000)) < high
    assert draw.place("a", "b") != draw.place("ab") and draw.turn("p") == draw.place("page", "p")


OPEN = Measured("f", "x", 0.95, "own", 800, 600, 3, 100, 2, 500)
CLOSED = Measured("f", "y", None, "", 40, 0, 0, 0, 0, 300, 1, ("wb-0002",))
PARTLY = Measured("f", "z", 0.9, "together", 50, 25, 0, 0, 0, 0, 0, ("wb-0003",), ("wb-0004",))
EARLY = Measured("f", "w", None, "", 12)


@pytest.fixture
def ledger(tmp_path):
    with Ledger(create("wb", tmp_path / "ws").ledger) as ledger:
        yield ledger


def kept(ledger, *found):
    for m in found:
        ledger.record_event(f"threshold:{m.form}/{m.field}", threshold_store.STEP, "note", detail={"is": m.as_plain()})


def test_from_which_confidence_a_value_passes_is_looked_up_by_form_field_and_volume(ledger):
    assert not thresholds_in(ledger).is_begun
    kept(ledger, OPEN, CLOSED, PARTLY, EARLY)
    found = thresholds_in(ledger)
    assert found.is_begun
    assert found.accept("f", "x", "wb-0001-0001", 0.5) == 0.95
    assert found.accept("f", "r03.x", "wb-0001-0001", 0.5) == 0.95, "a column of a register"
    assert found.accept("g", "x", "wb-0001-0001", 0.5) == 0.5, "nothing was measured of that form"
    assert found.accept("f", "y", "wb-0001-0001", 0.5) == NEVER, "what was closed passes never"
    assert found.accept("f", "w", "wb-0001-0001", 0.5) == 0.5, "nothing is known of it yet"
    assert found.accept("f", "z", "wb-0003-0001", 0.5) == NEVER, "not of a volume that was closed"
    assert found.accept("f", "z", "wb-0001-0001", 0.5) == 0.9
    assert [found.is_open("f", z) for z in ("x", "r01.x", "y", "z", "nowhere")] == [True, True, False, True, False]
    assert (found.passes_any("f"), found.passes_any("g"), Thresholds().passes_any("f")) == (True, False, False)
    assert [found.is_suspect("f", b) for b in ("wb-0004", "wb-0003")] == [True, False]
    assert not found.is_suspect("g", "wb-0004")


def test_the_key_of_a_page_tells_all_thresholds_that_matter_to_it(ledger):
    kept(ledger, OPEN, PARTLY, Measured("g", "x", 0.8, "own"), Measured("f", TOGETHER, 0.9, "together"))
    found = thresholds_in(ledger)
    assert found.key("f", "wb-0001-0001") == "x=0.95 z=0.9"
    assert found.key("f", "wb-0003-0001") == f"x=0.95 z={NEVER:g}"
    assert found.key("g", "wb-0001-0001") == "x=0.8" and found.key("h", "p-1") == ""


def test_a_person_is_shown_where_each_field_stands(ledger):
    kept(ledger, OPEN, CLOSED, PARTLY, EARLY)
    found = {s.field: s for s in standings(ledger, 0.95)}
    x = found["x"]
    assert (x.passing, x.audited, x.audited_right, x.state) == (0.75, 100, 98, "passes")
    assert x.right_at_least == 0.9871 and x.between == (0.9296, 0.9976)
    assert [s.state for s in found.values()] == ["measuring", "passes", "closed", "passes"]
    assert found["z"].between is None and found["z"].right_at_least == pytest.approx(0.887, abs=0.001)
    assert (found["y"].passing, found["y"].right_at_least, found["w"].answers) == (0.0, None, 12)
    assert x.cells() == ["f", "x", 800, "0.95", "75%", "98.7%", 100, "98 of 100 (92.9% to 99.7%)", "passes"]
    assert found["y"].cells() == ["f", "y", 40, "-", "-", "-", 0, "", "closed, not in wb-0002"]
    assert found["z"].cells()[-1] == "passes, not in wb-0003 (together)"
    assert x.as_plain()["audited_right"] == 98
    assert {len(s.cells()) for s in found.values()} == {len(HEAD)}


def test_answers_are_folded_once_and_what_changed_is_said(ledger):
    assert threshold_store.begin_measuring(ledger, "wb") and not threshold_store.begin_measuring(ledger, "wb")
    with ledger.writing():
        for n, answer in enumerate(run(400)):
            ledger.record_event(f"answer:{n}", "review", "note", detail={"measured": plain_answer(answer, "any")})
    assert len(list(answers_in(ledger))) == 400
    assert measure_again(ledger, ALONE, {}) == ["f, x: values pass from 0.999 on (400 answers, 0 wrong)."]
    assert measure_again(ledger, ALONE, {}) == []
    with ledger.writing():
        for n, answer in enumerate(run(9, book="bad", right=False)):
            ledger.record_event(f"bad:{n}", "review", "note", detail={"measured": plain_answer(answer, "any")})
    (said,) = measure_again(ledger, ALONE, {})
    assert said.startswith("f, x: closed for the volume bad:")
    assert thresholds_in(ledger).fields["f", "x"].books == ("bad",)


def test_other_terms_fold_the_same_answers_anew(ledger):
    threshold_store.begin_measuring(ledger, "wb")
    with ledger.writing():
        for n, answer in enumerate(run(300)):
            ledger.record_event(f"answer:{n}", "review", "note", detail={"measured": plain_answer(answer, "any")})
    assert measure_again(ledger, ALONE, {}) == []
    assert measure_again(ledger, Terms(right=0.98, together=False), {}) == [
        "f, x: values pass from 0.999 on (300 answers, 0 wrong).",
    ]  # fmt: skip
    assert measure_again(ledger, ALONE, {}) == [
        "f, x: nothing passes until it is measured again; values that had passed are asked.",
    ]  # fmt: skip
    assert measure_again(ledger, ALONE, {"f": 0.9}) == ["f, x: values pass from 0.9 on (300 answers, 0 wrong)."]


def test_what_was_given_holds_though_answers_below_it_are_wrong():
    wrong_below = run(300, confidence=0.999) + run(30, confidence=0.95, right=False)
    assert only(wrong_below, {"f": 0.97}).by == "given"


def test_nothing_is_measured_before_it_was_begun(ledger):
    ledger.record_event("answer:1", "review", "note", detail={"measured": plain_answer(run(1)[0], "any")})
    assert measure_again(ledger, ALONE, {}) == [] and not thresholds_in(ledger).fields


def test_the_share_that_passes_is_told_to_a_hundredth_of_a_percent(ledger):
    kept(ledger, Measured("f", "x", 0.95, "own", answers=3, passing=1))
    assert standings(ledger, 0.95)[0].passing == 0.3333


def test_a_threshold_below_all_steps_is_refuted_by_all_answers_from_the_last_step_on():
    proof = Proof(ALONE)
    for answer in run(100, confidence=0.55, right=False):
        proof.count(answer)
    assert proof.is_refuted(0.1) and not Proof(ALONE).is_refuted(0.1)
