"""Findings of whole records, told where a person corrects them."""

from __future__ import annotations

from functools import cache

from mappers.schema import form_tables
from validators.finding import Finding
from validators.messages.teller import Teller
from validators.rulebook.rule import every_rule
from validators.rulebook.structure import STRUCTURE


def tell_finding(teller: Teller, form: str, finding: Finding) -> str:
    """All that is told of a finding on a record of that form; its own message where no rule here has its code.

    A target's codes and those of rules that are gone are such. What a finding says beyond its rule stays, in English.
    """
    code, message = finding.code, finding.message
    if code not in every_rule() and code not in STRUCTURE:
        return message
    parent, _, name = finding.field.rpartition(".")
    told = teller.join_parts(teller.tell(code, _table(form, parent.partition("[")[0]), name))
    usual = _english().message(code)
    more = message.removeprefix(usual).strip() if message.startswith(usual) else message
    # What the check says of a field without a value, whatever rule speaks of it, is a rule's own sentence.
    more = teller.message(_NO_VALUE) if more == _english().message(_NO_VALUE) else more
    return f"{told} {more}".strip()


_NO_VALUE = "F045"


@cache
def _english() -> Teller:
    return Teller()


@cache
def _table(form: str, child: str) -> str:
    """The table of a form's child rows; "" where it has none of that name."""
    return next((t.name for t in form_tables(form).values() if t.child == child), "")
