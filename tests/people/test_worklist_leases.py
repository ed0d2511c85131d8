"""Who holds a place at the station: until the lease is over, until they leave, and no longer."""

import pytest

from digitize.review.station.worklist import Worklist
from digitize.workspace.options import Reviewing


@pytest.fixture
def now():
    return [1000.0]


@pytest.fixture
def worklist(now):
    return Worklist(Reviewing(), clock=lambda: now[0])


def test_what_somebody_held_before_a_restart_is_theirs_until_the_lease_is_over(worklist, now):
    worklist.restore_lease("a", "Asha", 1060.0)
    assert worklist.holder("a") == "Asha" and worklist.holder("b") == ""
    now[0] = 1059.9
    assert worklist.holder("a") == "Asha"
    now[0] = 1060.0
    assert worklist.holder("a") == ""


def test_who_leaves_lets_go_of_all_that_is_theirs_and_of_nothing_else(worklist):
    for base, who in (("a", "Asha"), ("b", "Bala"), ("c", "Asha")):
        worklist.restore_lease(base, who, 2000.0)
    worklist.release_all("Asha")
    assert [worklist.holder(base) for base in "abc"] == ["", "Bala", ""]
    worklist.release("b")
    worklist.release("never held")
    assert [worklist.holder(base) for base in "abc"] == ["", "", ""]
