"""What is counted, what is promised, and what came of it: plain values of calibration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil, log, log1p
from typing import Any

TOGETHER = "*"
"""Stands for all fields of a form taken together."""


@dataclass(frozen=True, slots=True)
class BlindAnswer:
    """What a person said of a value without seeing what the machine had made of it.

    form: the print or register. field: the zone or column. book: the volume. confidence: of the value that would have
    passed, 0 where none could. right: whether the person said the same.
    """

    form: str
    field: str
    book: str
    confidence: float
    right: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What is promised. right: share of what passes that is right, at least; certainty: with which that is so.

    together: whether fields without a threshold of their own may pass by one proved for all fields of the form.
    """

    right: float = 0.99
    certainty: float = 0.95
    together: bool = True

    @property
    def limit(self) -> float:
        """The share of what passes that may be wrong."""
        return 1 - self.right

    @property
    def risk(self) -> float:
        """The probability with which the promise may be broken."""
        return 1 - self.certainty

    @property
    def least_own(self) -> int:
        """Answers of its own without which a field passes with no others: a tenth of what a proof of its own takes."""
        return ceil(log(self.risk) / log1p(-self.limit) / 10)


@dataclass(frozen=True, slots=True)
class Measured:
    """Where one field of a form stands.

    threshold: from which a value passes, None while none does; by: "own", "together" (proved for the form's fields
    together) or "given" (calibration.toml). answers: given since it was last closed; passing: of these at or above the
    threshold, wrong: of these. audited, audited_wrong: answers since it was opened, on values that had passed.
    opened_after: answers until it opened first. closed: how often it was closed; books: closed by themselves; suspects:
    volumes of which more is asked, since what was seen of them speaks rather against the promise.
    """

    form: str
    field: str
    threshold: float | None = None
    by: str = ""
    answers: int = 0
    passing: int = 0
    wrong: int = 0
    audited: int = 0
    audited_wrong: int = 0
    opened_after: int = 0
    closed: int = 0
    books: tuple[str, ...] = ()
    suspects: tuple[str, ...] = ()

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)


def measured_from_plain(plain: Mapping[str, Any]) -> Measured:
    """What `Measured.as_plain` wrote."""
    return Measured(**{**plain, "books": tuple(plain["books"]), "suspects": tuple(plain["suspects"])})
