"""What was settled, opened again or settled anew: new decisions over old ones, which stay in the history."""

from __future__ import annotations

from dataclasses import replace

from digitize.review.answering import keep_answer
from digitize.review.past import Past, as_decision
from digitize.workspace.known import Known
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import UNDONE, Decision


def take_back(ledger: Ledger, blank: Decision, before: Past | None, operator: str, *, client: str = "") -> None:
    """Undo the newest decision on a place: the one before it holds again, or none does.

    blank: the decision without its answer; before: what somebody said that settles it once more.
    """
    if before is not None:
        restored = as_decision(before, blank)
    else:
        restored = replace(blank, verdict=UNDONE, value="", operator=operator)
    keep_answer(ledger, restored, undone=True, client=client, by=operator)


def reopen(ledger: Ledger, known: Known, record: str, field: str, operator: str, reason: str) -> None:
    """Have a settled value asked again, also where it is loaded. Raises NotFound, OptionsError without a reason."""
    raise NotImplementedError
