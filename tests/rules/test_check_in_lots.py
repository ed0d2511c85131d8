"""Groups checked in lots say exactly what each of them says when it is checked by itself."""

import random
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.workspace.ledger.verdict import judge
from mappers.packed import RecordShape
from mappers.record import FieldValue
from sample_data.makers.rule_examples import _records, example_settings
from validators.checking.check import check_groups, check_records
from validators.rulebook.rule import every_rule

GIVEN = replace(example_settings(), profile="")


def example_groups():
    """The faulty records of every rule's examples, each example a group."""
    groups = []
    for rule in every_rule().values():
        made = _records(rule, [rule.fails] if isinstance(rule.fails, dict) else list(rule.fails))
        groups.append([replace(r, id=f"{len(groups):04}-{r.id}") for r in made])
    return groups


GROUPS = example_groups()


def doubted(record, dice):
    """A record in which some cells are not sure or not understood."""
    for path, value in list(record.cells()):
        chance = dice.random()
        if chance < 0.05:
            record = record.with_value(path, replace(value, confidence=0.5, accept=0.9))
        elif chance < 0.1:
            record = record.with_value(path, FieldValue(raw="?", value=None))
    return record


def packed(groups):
    shape = RecordShape.from_records([r for group in groups for r in group][:5])
    return [[shape.values(shape.compress(shape.text(r)), r.id, r.form, r.batch) for r in g] for g in groups]


def of_groups(groups):
    return [f for group in groups for f in check_records(group, GIVEN)]


def test_all_examples_of_all_rules_in_one_lot():
    wanted = sorted(of_groups(GROUPS))
    assert len({f.code for f in wanted}) > 100
    assert sorted(check_groups(packed(GROUPS), GIVEN)) == wanted


@settings(max_examples=4, deadline=None)
@given(st.randoms(use_true_random=False))
def test_lots_of_doubtful_records_put_together_at_random(dice):
    records = [doubted(r, dice) for group in dice.sample(GROUPS, 8) for r in group]
    groups = []
    while records:
        count = dice.randint(1, 4)
        groups.append(sorted(records[:count], key=lambda r: r.id))
        records = records[count:]
    wanted = of_groups(groups)
    values = packed(groups)
    assert sorted(check_groups(values, GIVEN)) == sorted(wanted)
    for record, made in zip((r for g in groups for r in g), (v for g in values for v in g), strict=True):
        own = [f for f in wanted if f.record == record.id]
        # What is taken for clean without a closer look is clean.
        if not made.is_doubtful and all(f.severity == "note" for f in own):
            assert judge(record, own).word == "clean" and not judge(record, own).fields
        assert made.whole() == record


def test_a_profile_asks_the_same_in_lots():
    given_profile = example_settings()
    some = random.Random(1).sample(GROUPS, 12)
    wanted = [f for group in some for f in check_records(group, given_profile)]
    assert sorted(check_groups(packed(some), given_profile)) == sorted(wanted)
