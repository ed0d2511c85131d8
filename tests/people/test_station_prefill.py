"""What stands in the box at first: only what pays, and leaves no more wrong than typing does."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from digitize.review.prefill import MISTYPED, NEVER, OVERLOOKED, PrefillFloors, compute_floors
from digitize.workspace.calibration.values import TOGETHER, BlindAnswer
from digitize.workspace.decisions.items import Item
from digitize.workspace.ledger import Ledger
from validators.finding import Finding


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


def test_what_a_rule_objects_to_is_offered_and_does_not_stand_in_the_box(tmp_path):
    """By Enter alone a person would agree to a date that cannot be right."""
    at = {"id": "i", "record": "r", "cell": "zone:p/fir_date", "fields": ("fir_date",), "reading": "04/01/20"}
    rest = {"value": "2020-01-04", "candidates": (), "confidence": 0.95, "why": (), "said": (), "source": "s"}
    item = Item(**at, **rest, page="p", box=None)
    with Ledger.create(tmp_path / "ledger.sqlite") as ledger:
        floors = PrefillFloors(ledger)
        assert floors.allow(item)
        assert not floors.allow(replace(item, findings=(Finding("r", "fir_date", "X006", "review", "no"),)))
