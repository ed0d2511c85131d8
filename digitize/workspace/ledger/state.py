"""Where one unit stands in one step: the newest event, as the ledger folds it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

DONE = ("done", "again")
FAILED = "failed"


@dataclass(frozen=True, slots=True)
class StepState:
    """The newest event of a unit in a step. key: of the work; detail: what the step said of it, as JSON types."""

    key: str
    outcome: str
    detail: Mapping[str, Any]

    @property
    def is_done(self) -> bool:
        """Whether the work was finished, now or under an earlier state of its inputs that came back."""
        return self.outcome in DONE

    @property
    def is_failed(self) -> bool:
        """Whether the unit failed in the step."""
        return self.outcome == FAILED

    @property
    def may_be_tried_again(self) -> bool:
        """Whether what failed waits for something, such as an engine that is missing."""
        return bool(self.detail.get("retry"))

    @property
    def kind(self) -> str:
        """Why it failed, as a stable word; "" when it did not."""
        return str(self.detail.get("kind", ""))

    @property
    def form(self) -> str | None:
        """The form or register of a page, None where it is none that is known."""
        return self.detail.get("form")

    @property
    def is_blank(self) -> bool:
        """Whether a page is of nothing known and nothing is on it."""
        return self.is_done and bool(self.detail.get("blank"))

    @property
    def is_register(self) -> bool:
        """Whether a page was read, or mapped, as one of a register."""
        return bool(self.detail.get("register"))

    def is_done_under(self, key: str) -> bool:
        """Whether exactly that work was finished."""
        return self.is_done and self.key == key

    def is_settled_under(self, key: str) -> bool:
        """Whether nothing is left to do for that work: it was finished, or failed for good."""
        return self.key == key and (self.is_done or (self.is_failed and not self.may_be_tried_again))


def step_state(key: str, outcome: str, detail: str) -> StepState:
    """Of a row as it is stored. detail: JSON."""
    return StepState(key, outcome, json.loads(detail))
