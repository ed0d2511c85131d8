"""The promise behind thresholds, as laws: exact bounds, evidence that may be looked at at any time, one fold."""

import random
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.workspace.calibration.error_bounds import (
    at_most,
    evidence_above,
    evidence_below,
    most_wrong,
    right_between,
)
from digitize.workspace.calibration.sampling import Draw, book_of, field_of
from digitize.workspace.calibration.thresholds import measure
from digitize.workspace.calibration.values import BlindAnswer, Terms

ALONE = Terms(together=False)


def answers(seed, count, error, book="b", form="f", confidence=lambda r: 1 - 0.03 * r.random() ** 3):
    r = random.Random(seed)
    drawn = ((confidence(r), r.random()) for _ in range(count))
    return [BlindAnswer(form, "x", book, c, luck >= error(c)) for c, luck in drawn]


@given(st.integers(1, 60), st.floats(0.001, 0.999))
@settings(max_examples=30)
def test_the_binomial_tail_is_exact(n, share):
    pmf, whole = (1 - share) ** n, 0.0
    for k in range(n):
        whole += pmf
        assert at_most(k, n, share) == pytest.approx(whole, rel=1e-6, abs=1e-12)
        pmf *= (n - k) / (k + 1) * share / (1 - share)


def test_the_bounds_are_those_of_clopper_and_pearson():
    # Zero of 299: the "rule of three" at its exact point. The others stand in published tables of exact intervals.
    assert most_wrong(0, 299, 0.95) < 0.01 < most_wrong(0, 298, 0.95)
    assert right_between(9, 10, 0.95) == (pytest.approx(0.5550, abs=1e-4), pytest.approx(0.9975, abs=1e-4))
    assert right_between(0, 0, 0.95) == (0.0, 1.0)
    assert most_wrong(5, 5, 0.95) == 1.0
    # No more can be wrong than were answered.
    assert at_most(5, 5, 0.3) == at_most(7, 5, 0.3) == 1.0


@given(st.integers(0, 40), st.integers(41, 900), st.sampled_from([0.9, 0.95, 0.99]))
@settings(max_examples=30)
def test_the_bound_covers(wrong, n, certainty):
    """With the bound as truth, so few wrong ones come up no more often than agreed."""
    bound = most_wrong(wrong, n, certainty)
    assert at_most(wrong, n, bound) == pytest.approx(1 - certainty, abs=1e-6)
    assert bound > wrong / n


@given(st.integers(0, 30), st.integers(31, 3000))
@settings(max_examples=60)
def test_who_may_look_at_any_time_is_never_surer_than_who_looks_once(wrong, n):
    if evidence_below(wrong, n, 0.01) >= 20:
        assert most_wrong(wrong, n, 0.95) <= 0.01


@pytest.mark.parametrize("evidence", [evidence_below, evidence_above])
@given(st.integers(0, 200), st.integers(0, 6), st.floats(0.001, 0.2))
@settings(max_examples=40)
def test_a_fair_bet_wins_nothing_on_average(evidence, n, wrong, limit):
    now = evidence(wrong, n + wrong, limit)
    after = limit * evidence(wrong + 1, n + wrong + 1, limit) + (1 - limit) * evidence(wrong, n + wrong + 1, limit)
    assert after == pytest.approx(now, rel=1e-6)


def test_false_alarms_are_as_rare_as_agreed_however_often_one_looks():
    alarms = 0
    for seed in range(200):
        r, wrong = random.Random(seed), 0
        for n in range(1, 1201):
            wrong += r.random() < 0.01
            if evidence_above(wrong, n, 0.01) >= 20:
                alarms += 1
                break
    assert alarms <= 0.05 * 200 + 6  # two standard errors of the count


def test_three_in_a_hundred_wrong_are_found_within_some_hundred_audits():
    found = []
    for seed in range(60):
        r, wrong = random.Random(seed), 0
        for n in range(1, 3001):
            wrong += r.random() < 0.03
            if evidence_above(wrong, n, 0.01) >= 20:
                found.append(n)
                break
    assert len(found) == 60 and median(found) <= 320


def test_a_threshold_opens_wrongly_as_rarely_as_agreed():
    """Errors just above what may be wrong, at every confidence: whatever opens, opens wrongly."""
    opened = sum(any(m.opened_after for m in measure(answers(s, 900, lambda _: 0.0105), ALONE)) for s in range(80))
    assert opened <= 0.05 * 80 + 4


def test_a_threshold_goes_down_as_far_as_values_are_right_and_no_further():
    wide = {"error": lambda c: 0.3 if c < 0.9 else 0.0, "confidence": lambda r: 1 - 0.4 * r.random() ** 3}
    few, more = (measure(answers(1, count, **wide), ALONE)[0] for count in (300, 1500))
    assert few.threshold is None and few.answers == 300
    assert more.threshold is not None and 0.85 <= more.threshold <= 0.9 and 300 < more.opened_after < 1500


def test_fields_together_open_sooner_and_one_that_is_bad_is_left_out():
    r = random.Random(3)
    given = []
    for _ in range(300):
        for field in ("year", "number", "station", "place"):
            wrong = 0.3 if field == "place" else 0.001
            given.append(BlindAnswer("f", field, "b", 0.999, r.random() >= wrong))
    found = {m.field: m for m in measure(given, Terms())}
    assert found["year"].by == "together" and found["*"].opened_after < 4 * 300
    assert found["place"].threshold is None


def test_a_field_that_turns_bad_is_closed_and_needs_new_answers():
    good, bad = answers(1, 700, lambda _: 0.0), answers(2, 120, lambda _: 0.15)
    assert measure(good, ALONE)[0].threshold is not None
    after = measure(good + bad, ALONE)[0]
    assert (after.threshold, after.closed) == (None, 1) and after.answers < 120
    again = measure(good + bad + answers(4, 2500, lambda _: 0.0), ALONE)[0]
    assert again.threshold is not None and again.closed == 1


def test_a_book_that_is_bad_is_closed_alone():
    good, other = answers(1, 700, lambda _: 0.001), answers(5, 60, lambda _: 0.0, book="c")
    bad = answers(2, 60, lambda _: 0.3, book="bad")
    found = measure(good + other + bad + other, ALONE)[0]
    assert found.books == ("bad",) and found.threshold is not None and not found.closed


def test_what_somebody_else_measured_holds_until_it_is_shown_to_be_wrong():
    given = {"f": 0.9}
    assert measure(answers(1, 50, lambda _: 0.0), ALONE, given)[0].by == "given"
    assert measure(answers(1, 300, lambda _: 0.1), ALONE, given)[0].threshold is None


def of_prints(shares, count, seed=0, office=""):
    """Answers on sure values of several prints of one form. shares: print -> share of the pages, share wrong."""
    r = random.Random(seed)
    drawn = r.choices(list(shares), [share for share, _ in shares.values()], k=count)
    return [
        BlindAnswer(p, r.choice("xyz"), "b", 0.999, r.random() >= shares[p][1], "form en", 0.0, office) for p in drawn
    ]


def test_prints_of_a_form_prove_together_and_one_that_differs_by_itself():
    alike = measure(of_prints({"a": (6, 0), "b": (4, 0)}, 420), Terms())
    assert {m.forms for m in alike} == {("a", "b")} and {m.threshold for m in alike} == {0.999}
    # A print passes with the others only after some answers of its own.
    few = measure(of_prints({"a": (1, 0)}, 500) + of_prints({"c": (1, 0)}, Terms().least_of_print - 1), Terms())
    assert {m.forms for m in few if m.threshold} == {("a",)}
    bad = measure(of_prints({"a": (6, 0), "b": (4, 0), "c": (1, 0.4)}, 520), Terms())
    assert {(m.forms, m.threshold is None) for m in bad if m.field == "x"} == {(("a", "b"), False), (("c",), True)}


def test_answers_of_other_offices_count_once_this_one_is_seen_to_be_like_them():
    others = of_prints({"a": (1, 0)}, 400, office="two")
    own = of_prints({"a": (1, 0)}, Terms().least_own, seed=1)
    for count, opens in ((len(own) - 1, False), (len(own), True)):
        assert any(m.threshold is not None for m in measure(others + own[:count], Terms())) == opens
    # One that reads worse than the others has nothing of them.
    worse = of_prints({"a": (1, 0.15)}, 60, seed=2)
    assert all(m.threshold is None and m.answers <= 60 for m in measure(others + worse, Terms()))
    assert any(
        m.threshold is not None for m in measure(of_prints({"a": (1, 0.2)}, 60, 3, "bad") + others + own, Terms())
    )


def test_offices_and_prints_that_differ_open_wrongly_as_rarely_as_agreed():
    """Errors just above what may be wrong in each group, or in some of them: of what opens no more may be wrong."""
    worlds = [
        ({"a": (6, 0.0105), "b": (3, 0.0105), "c": (1, 0.0105)}, (0.0105, 0.0105)),
        ({"a": (6, 0.008), "b": (3, 0.013), "c": (1, 0.05)}, (0.0105, 0.002)),
    ]  # fmt: skip
    broken = 0
    for seed in range(60):
        shares, offices = worlds[seed % 2]
        taken = [a for n, e in enumerate(offices) for a in of_prints({"a": (1, e)}, 150, seed + 1000 * n, f"o{n}")]
        found = measure(taken + of_prints(shares, 600, seed), Terms())
        opened = {p for m in found if m.field == "x" and m.threshold is not None for p in m.forms}
        share = sum(shares[p][0] for p in opened)
        broken += bool(opened) and sum(shares[p][0] * shares[p][1] for p in opened) > 0.01 * share
    assert broken <= 0.05 * 60 + 3  # two standard errors of the count


def test_a_smaller_promise_begins_where_values_are_less_sure_and_takes_fewer_answers():
    starts, counts = [], []
    for right in (0.99, 0.98, 0.95):
        terms = Terms(right, together=False)
        found = measure(of_prints({"a": (1, 0)}, 450), terms)
        starts.append(terms.start)
        counts.append(max(m.opened_after for m in measure([*map(one_field, of_prints({"a": (1, 0)}, 450))], terms)))
        assert found
    assert starts == [0.97, 0.95, 0.9] and counts == [399, 199, 78]


def one_field(answer):
    return BlindAnswer(answer.form, "x", answer.book, answer.confidence, answer.right)


def test_what_was_asked_from_a_floor_on_proves_nothing_below_it():
    sure = [BlindAnswer("f", "x", "b", 0.98, True, floor=0.97)] * 700
    below = [BlindAnswer("f", "x", "b", 0.92, True, floor=0.97)] * 50
    assert measure(sure + below, ALONE)[0].threshold >= 0.97


@given(st.integers(0, 1000), st.integers(0, 150))
@settings(max_examples=15)
def test_the_same_answers_give_the_same_thresholds_whenever_they_are_looked_at(seed, cut):
    given = answers(seed, 150, lambda c: 1 - c)
    measure(given[:cut], ALONE)
    assert measure(given, ALONE) == measure(list(given), ALONE)


def test_the_draw_is_even_keyed_and_always_the_same():
    draw, other = Draw(b"a", 0.02), Draw(b"b", 0.02)
    pages = [f"wb-0001-{n:04}" for n in range(5000)]
    audited = [p for p in pages if draw.is_audited(p, "year")]
    assert 60 <= len(audited) <= 140
    assert audited == [p for p in pages if draw.is_audited(p, "year")]
    assert audited != [p for p in pages if other.is_audited(p, "year")]
    assert audited != [p for p in pages if draw.is_audited(p, "fir_no")]
    assert (field_of("r03.officer"), field_of("fir_no"), book_of("wb-x-0001-0003")) == (
        "officer", "fir_no", "wb-x-0001",
    )  # fmt: skip
