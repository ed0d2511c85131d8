"""What stands in the box at first: only what pays, and leaves no more wrong than typing does."""

from hypothesis import given
from hypothesis import strategies as st

from digitize.review.prefill import MISTYPED, NEVER, OVERLOOKED, compute_floors
from digitize.workspace.calibration.values import TOGETHER, BlindAnswer


def answers(*pairs, field="year"):
    return [BlindAnswer("f", field, "b", confidence, right) for confidence, right in pairs]


def test_a_reading_stands_in_the_box_from_where_few_are_wrong():
    found = compute_floors(answers(*[(0.9, True)] * 40, *[(0.6, False)] * 10, *[(0.8, True)] * 20))
    assert found["f", "year"] == found["f", TOGETHER] == 0.8


def test_what_is_mostly_wrong_never_does_and_few_answers_say_nothing():
    assert compute_floors(answers(*[(0.9, False), (0.9, True)] * 20))["f", "year"] == NEVER
    few = compute_floors([*answers(*[(0.9, True)] * 20), *answers(*[(0.9, True)] * 20, field="fir_no")])
    assert set(few) == {("f", TOGETHER)}


@given(st.lists(st.tuples(st.sampled_from([0.2, 0.5, 0.7, 0.9]), st.booleans()), min_size=30, max_size=200))
def test_no_more_stays_wrong_than_by_typing(pairs):
    floor = compute_floors(answers(*pairs))["f", "year"]
    shown = [right for confidence, right in pairs if confidence >= floor]
    assert not shown or (len(shown) - sum(shown)) * OVERLOOKED <= MISTYPED * len(shown)
