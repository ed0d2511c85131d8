"""Learning in turns: who teaches, who judges."""

from hypothesis import given
from hypothesis import strategies as st

from digitize.learning import turns
from digitize.learning.learn import choose_course


@given(st.lists(st.integers(), min_size=12, max_size=300, unique=True))
def test_no_page_is_judged_by_weights_that_were_taught_with_it(pages):
    found = turns.split(pages)
    assert [*found.taught, *found.held] == pages
    for turn in found.turns:
        assert turn.judging and not {*turn.taught} & {*turn.judging}
        assert {*turn.taught} <= {*found.taught}
    judging = [page for turn in found.turns for page in turn.judging]
    assert len(judging) == len({*judging}) and {*judging} == {*found.taught[-60:]}
    # Every page that teaches is in all turns but one.
    assert all(sum(page in turn.taught for turn in found.turns) == 2 for page in found.taught)


def test_few_crops_are_taught_few_steps():
    assert [choose_course(crops).steps for crops in (3, 88, 5000)] == [40, 88, 320]
