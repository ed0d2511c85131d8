"""State of a unit in a step: the newest event, maintained by the ledger."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DONE = ("done", "again")
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepState:
    """The newest event of a unit in a step. key: of the work; detail: of the step, as JSON types."""

    key: str
    outcome: str
    detail: Mapping[str, Any]

    @property
    def is_done(self) -> bool:
        """Whether the work was finished, now or under earlier inputs that are current again."""
        return self.outcome in DONE

    @property
    def is_failed(self) -> bool:
        """Whether the unit failed in the step."""
        return self.outcome == FAILED

    @property
    def may_be_tried_again(self) -> bool:
        """Whether a failure waits for something, such as a missing engine."""
        return bool(self.detail.get("retry"))

    @property
    def kind(self) -> str:
        """Reason of a failure as a stable code; "" if it did not fail."""
        return str(self.detail.get("kind", ""))

    @property
    def form(self) -> str | None:
        """Form or register of a page, None if unknown."""
        return self.detail.get("form")

    @property
    def is_blank(self) -> bool:
        """Whether a page is unknown and empty."""
        return self.is_done and bool(self.detail.get("blank"))

    @property
    def is_register(self) -> bool:
        """Whether a page was read or mapped as a register's."""
        return bool(self.detail.get("register"))

    def is_done_under(self, key: str) -> bool:
        """Whether exactly that work was finished."""
        return self.is_done and self.key == key

    def is_settled_under(self, key: str) -> bool:
        """Whether nothing is left to do for that work: finished, or failed for good."""
        return self.key == key and (self.is_done or (self.is_failed and not self.may_be_tried_again))


def step_state(key: str, outcome: str, detail: str) -> StepState:
    """State from a stored row. detail: JSON."""
    return StepState(key, outcome, json.loads(detail))
