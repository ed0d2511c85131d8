"""Plain values of calibration: answers, the guarantee, and results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import ceil, log, log1p
from typing import Any

_MAIN_STARTS = ((0.985, 0.97), (0.965, 0.95), (0.0, 0.9))
"""Least correct share that is promised, and the confidence where its proof begins."""
TOGETHER = "*"
"""Stands for all fields of a form taken together."""


@dataclass(frozen=True, slots=True)
class BlindAnswer:
    """A person's answer given without seeing the machine's reading.

    form: print or register. field: zone or column. book: volume. confidence: of the value that would have passed, 0 if
    none could. right: whether both agree. family: of the prints that are measured together, "" for the form alone.
    floor: confidence from which such values were asked blind; of less sure ones it says nothing. office: that it came
    from, "" for this one.
    """

    form: str
    field: str
    book: str
    confidence: float
    right: bool
    family: str = ""
    floor: float = 0.0
    office: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """The guarantee. right: minimum correct share of what passes; certainty: of that.

    together: whether fields without their own threshold may pass by one proved for all fields of the form.
    """

    right: float = 0.99
    certainty: float = 0.95
    together: bool = True

    @property
    def limit(self) -> float:
        """Maximum error share of what passes."""
        return 1 - self.right

    @property
    def risk(self) -> float:
        """Probability with which the guarantee may be broken."""
        return 1 - self.certainty

    @property
    def least_own(self) -> int:
        """Minimum number of own answers before a field may pass with others: a tenth of its own proof."""
        return ceil(log(self.risk) / log1p(-self.limit) / 10)

    @property
    def least_of_print(self) -> int:
        """Minimum number of answers of a print before it may pass with the other prints of its form."""
        return ceil(self.least_own / 3)

    @property
    def start(self) -> float:
        """Confidence where the proof begins: a promise of 95 % needs no values that are sure to 97 %.

        Chosen by what confidences mean (about the share that is right), not by trying.
        """
        return next(step for least, step in _MAIN_STARTS if self.right >= least)


@dataclass(frozen=True, slots=True)
class Measured:
    """State of one field of a form.

    threshold: from which a value passes, None if none does; by: "own", "together" (proved for the form's fields
    together) or "given" (calibration.toml). answers: given since it was last closed; passing: of these at or above the
    threshold, wrong: of these. audited, audited_wrong: answers since it was opened, on values that had passed.
    opened_after: answers until it first opened. closed: number of closings; books: closed individually; suspects:
    volumes sampled more, since their audit is below the guarantee so far. prints: the prints of a family that pass by
    it; empty for the form alone. sure, sure_wrong: answers where the proof begins, and of these wrong ones.
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
    prints: tuple[str, ...] = ()
    sure: int = 0
    sure_wrong: int = 0

    @property
    def forms(self) -> tuple[str, ...]:
        """The prints or the form for which it holds."""
        return self.prints or (self.form,)

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return asdict(self)


def measured_from_plain(plain: Mapping[str, Any]) -> Measured:
    """Inverse of `Measured.as_plain`."""
    lists = {name: tuple(value) for name, value in plain.items() if isinstance(value, list)}
    return Measured(**{**plain, **lists})
