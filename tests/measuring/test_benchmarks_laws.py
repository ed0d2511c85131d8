"""The model of random commands: which rows count, are refused, or wait, is worked out from the rows alone."""

from benchmarks.laws import draw
from benchmarks.parts.laws.model import NO_DAY, Model, Row, Table


def row(number, date="05/01/1998", place="Bazaar 1"):
    return Row(number, date, "379", "Sita Devi", "", place)


def verdicts(model):
    return [s.verdict for s in model.standing().values()]


def test_rows_that_contradict_each_other_are_refused_and_the_same_row_counts_once():
    old = Table("firs.csv", (row(1), row(2), row(3, NO_DAY)))
    newer = Table("firs.csv", (row(1), row(2, place="Bazaar 2"), row(3, NO_DAY)))
    model = Model({t.sha: t for t in (old, newer)})
    assert verdicts(model) == ["clean", "reject", "reject", "reject", "review", "reject"]
    model.replaces[newer.sha] = old.sha
    model.settled[old.sha, 3] = "06/01/1998"
    model.carry()
    assert verdicts(model) == ["clean"] * 3
    assert model.standing()[newer.sha, 3].content[:2] == (3, "1998-01-06")


def test_a_seed_draws_the_same_steps_again():
    assert draw(7, 20, 0.5) == draw(7, 20, 0.5) != draw(8, 20, 0.5)
    assert {s.name for s in draw(7, 20, 0, only="run,load")} == {"intake_new", "run", "load"}
