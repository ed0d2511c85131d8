"""Calibration state of each field, for people: what passes, how certain, and what the audit found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from digitize.workspace.calibration.error_bounds import most_wrong, right_between
from digitize.workspace.calibration.threshold_proof import answers_to_open
from digitize.workspace.calibration.threshold_store import thresholds_in
from digitize.workspace.calibration.values import TOGETHER, Measured, Terms
from digitize.workspace.ledger import Ledger

HEAD = ("form", "field", "answers", "passes from", "passing", "right at least", "audited", "right of these", "state")


@dataclass(frozen=True, slots=True)
class FieldStanding:
    """One field of a form.

    threshold: from which it passes, None if it does not; by: see `Measured`. answers: number that count. passing: share
    of them above the threshold; right_at_least: exact lower bound of the correct share of these, at the required
    certainty. audited: answers on values that had passed; audited_right: of these; between: exact interval of that
    share. books: volumes in which it does not pass. state: "passes", "measuring" or "closed".
    """

    form: str
    field: str
    threshold: float | None
    by: str
    answers: int
    passing: float
    right_at_least: float | None
    audited: int
    audited_right: int
    between: tuple[float, float] | None
    books: tuple[str, ...]
    state: str

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)

    def cells(self) -> list[str | int]:
        """A row for people."""
        passes = self.threshold is not None
        audit = f"{self.audited_right} of {self.audited}" if self.audited else ""
        if self.between is not None and self.audited:
            audit += f" ({_percent(self.between[0])} to {_percent(self.between[1])})"
        state = self.state + (f", not in {', '.join(self.books)}" if self.books else "")
        return [
            self.form, "(all together)" if self.field == TOGETHER else self.field, self.answers,
            f"{self.threshold:g}" if passes else "-", _percent(self.passing) if passes else "-",
            _percent(self.right_at_least) if self.right_at_least is not None else "-", self.audited, audit,
            f"{state} ({self.by})" if passes and self.by != "own" else state,
        ]  # fmt: skip


def standings(ledger: Ledger, certainty: float) -> list[FieldStanding]:
    """State of every field with answers, by form. certainty: of the bounds, 0..1."""
    found = thresholds_in(ledger).fields
    return [_standing(m, certainty) for _, m in sorted(found.items())]


def tell_progress(ledger: Ledger, terms: Terms) -> Iterator[str]:
    """How many more answers each form takes until its first values pass, in sentences."""
    found = [m for m in thresholds_in(ledger).fields.values() if m.threshold is None]
    open_ = {m.form for m in thresholds_in(ledger).fields.values() if m.threshold is not None}
    for m in found:
        if m.field == TOGETHER and m.form not in open_:
            more = answers_to_open(m.sure, m.sure_wrong, terms)
            yield (
                f"{m.form}: {m.sure} answers on values at {terms.start:g} and more, {m.sure_wrong} wrong; values pass "
                f"after some {more} more right ones."
            )


def _standing(m: Measured, certainty: float) -> FieldStanding:
    passes = m.threshold is not None
    return FieldStanding(
        m.form, m.field, m.threshold, m.by, m.answers,
        round(m.passing / m.answers, 4) if passes and m.answers else 0.0,
        _round_down(1 - most_wrong(m.wrong, m.passing, certainty)) if passes and m.passing else None,
        m.audited, m.audited - m.audited_wrong,
        _audit_interval(m, certainty) if m.audited else None,
        m.books, "passes" if passes else "closed" if m.closed else "measuring",
    )  # fmt: skip


def _audit_interval(m: Measured, certainty: float) -> tuple[float, float]:
    low, high = right_between(m.audited - m.audited_wrong, m.audited, certainty)
    return _round_down(low), round(high, 4)


def _round_down(share: float) -> float:
    """Rounded down: 98.996 % is not 99."""
    return int(share * 10_000) / 10_000


def _percent(share: float) -> str:
    return f"{int(share * 1000 + 1e-9) / 10:g}%"
