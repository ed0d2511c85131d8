"""People's decisions on conflicts, and who viewed a statement in full, as permanent events."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from digitize.errors import NotFound, OptionsError
from digitize.exchange.books import EVENTS, ExchangeBook, numbered_insert
from digitize.exchange.conflicts import DECISIONS, SETTLED, ExchangeConflict, each_conflict
from digitize.exchange.statements import statements_by
from digitize.targets.base import Statement

LOOKED = "looked"


@dataclass(frozen=True, slots=True)
class SettlingPerson:
    """Who does something, and why. account: of this machine."""

    operator: str
    account: str
    reason: str

    def check(self) -> None:
        """Raise OptionsError if a field is missing."""
        if not (self.operator.strip() and self.reason.strip()):
            raise OptionsError("Give --operator and --reason: who and why. Both are recorded.")


def find_conflict(book: ExchangeBook, wanted: str) -> ExchangeConflict:
    """Find a conflict by the start of its id (six characters or more). Raises NotFound."""
    found = [c for c in each_conflict(book, all_of_them=True) if len(wanted) >= 6 and c.id.startswith(wanted)]
    if len(found) != 1:
        raise NotFound(
            f"{wanted}: no conflict, or more than one, starts like this. See: digitize exchange conflicts --all"
        )
    return found[0]


def settle_conflict(book: ExchangeBook, wanted: str, decision: str, person: SettlingPerson) -> ExchangeConflict:
    """Record a person's decision; neither statement changes. Raises OptionsError, NotFound."""
    if decision not in DECISIONS:
        raise OptionsError(f"--decision is one of {', '.join(DECISIONS)}: which statement is right, or both.")
    person.check()
    conflict = find_conflict(book, wanted)
    book.target.run_all([_event(SETTLED, conflict, person, {"decision": decision})])
    return conflict


def said_in_full(book: ExchangeBook, wanted: str, person: SettlingPerson) -> Mapping[str, str]:
    """The statement of a conflict in full, with names; the access is logged first.

    Raises OptionsError, NotFound.
    """
    person.check()
    conflict = find_conflict(book, wanted)
    book.target.run_all([_event(LOOKED, conflict, person, {})])
    name = (conflict.sender, conflict.kind, conflict.statement)
    return next(s.said for s in statements_by(book, "record", [conflict.record]) if s.name == name)


def _event(act: str, conflict: ExchangeConflict, person: SettlingPerson, detail: Mapping[str, str]) -> Statement:
    told = {**detail, "sender": conflict.sender, "kind": conflict.kind, "statement": conflict.statement}
    row = {
        "act": act, "subject": conflict.id, "operator": person.operator.strip(), "account": person.account,
        "reason": person.reason.strip(), "detail": json.dumps(told, ensure_ascii=False),
    }  # fmt: skip
    return numbered_insert(EVENTS, row)
