"""What is left unasked would have said nothing: a check of few questions finds what one of all questions finds."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.schema import form_tables, load_schemas
from sample_data.makers.rule_examples import example_settings, make_record
from validators.checking.evaluate import _add_gathers, answers, evaluate
from validators.checking.frames import record_frames, type_frames
from validators.checking.plan import RuleChoice, needed_columns, plan
from validators.rulebook.columns import RECORD
from validators.rulebook.rule import Each, every_rule, load_rules

RULES = [(form, code) for form in load_schemas() for code, rule in load_rules(form).items() if form == rule.form]
COMMON = {
    "act": ("IPC", "BNS", "SCST", "POCSO", "UAPA", "ARMS"),
    "section": ("379", "34", "149", "302", "504", "498A", "376", "3O2"),
    "role": ("accused", "victim", "complainant"),
    "year": ("1993", "2009", "2024"),
}


@cache
def pool(name):
    """Values of a field in the examples of all rules, in any form."""
    found = set(COMMON.get(name, ()))
    for rule in every_rule().values():
        for example in (rule.passes, rule.fails):
            for record in example if isinstance(example, list) else [example]:
                rows = [row for v in record.values() if isinstance(v, list) for row in v]
                found |= {
                    v for row in (record, *rows) for k, v in row.items() if k == name and isinstance(v, str) and v
                }
    return sorted(found) or ["x", "2009-03-12"]


@st.composite
def records(draw):
    """Records of a form in which only the fields that one of its rules reads have values, and not all of these."""
    form, code = draw(st.sampled_from(RULES))
    rule, tables = load_rules(form)[code], form_tables(form)
    own, children = set(), {}
    names = rule.fields if not isinstance(rule.fields, Each) else ()
    for table in tables.values():
        of_table = [c.name for c in table.columns if isinstance(rule.fields, Each) and rule.fields.takes(c)]
        for name in (*names, *of_table):
            start, _, last = name.rpartition(".")
            if table.child and (start == table.child or name in of_table or (not start and rule.table == table.name)):
                children.setdefault(table.child, set()).add(last)
            elif not table.child and (start == "parent" or name in of_table or rule.table == form):
                own.add(last)
    row = st.fixed_dictionaries(
        {}, optional={n: st.sampled_from(pool(n)) for n in sorted(own) if tables[form].column(n)}
    )
    rows = {
        t.child: st.lists(
            st.fixed_dictionaries({}, optional={n: st.sampled_from(pool(n)) for n in sorted(children[t.child]) if n}),
            max_size=3,
        )
        for t in tables.values()
        if t.child in children
    }
    plain = st.builds(lambda a, b: {**a, **b}, row, st.fixed_dictionaries(rows))
    return form, [
        make_record(f"r{i}", one, form) for i, one in enumerate(draw(st.lists(plain, min_size=1, max_size=3)))
    ]


def asked_all(form, texts):
    """Every question asked of every frame."""
    made = plan(form, example_settings())
    reads = {n: frozenset().union(*(q.reads for q in qs)) for n, qs in made.questions.items()}
    everything = RuleChoice(made.questions, made.gathers, needed_columns(form, reads, made.gathers), made.empty)
    frames = type_frames(form, texts, everything.needed)
    for name, frame in frames.items():
        whole = _add_gathers(frame, frames.get(form), {form: texts}, everything, name)
        for question, column, _ in answers(whole, made.questions[name]):
            yield from ((question.bound.rule.code, name, question.bound.fields, row) for row in column.arg_true())


@settings(deadline=None)
@given(records())
def test_what_is_not_asked_would_have_said_nothing(drawn):
    form, made = drawn
    texts = record_frames(form, made)
    hits = evaluate(form, texts, example_settings(), is_alone=len(made) == 1)
    found = [(h.bound.rule.code, h.bound.table.name, h.bound.fields, h.row) for h in hits]
    assert sorted(found) == sorted(asked_all(form, texts))


@pytest.mark.parametrize("code", [code for code, rule in every_rule().items() if rule.needs])
def test_a_rule_reads_what_it_needs(code):
    rule = every_rule()[code]
    assert {name for some in rule.needs for name in some.split("|")} <= set(
        rule.fields if not isinstance(rule.fields, Each) else rule.fields.names
    )


def test_frames_hold_no_column_that_nobody_reads():
    texts = record_frames("iif1", [make_record("r", {"state": "wb", "fir_no": "7"})])
    assert set(texts["iif1"].columns) - {RECORD, "_line"} == {"state", "fir_no"}
