"""An agreed number or share of records that may be refused before nothing is accepted."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from digitize.errors import OptionsError

_WRITTEN = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>%|records?|rows?)?")


@dataclass(frozen=True, slots=True)
class AgreedLimit:
    """A number or a share of records. amount: number of records, or 0..1 if is_share."""

    amount: Fraction
    is_share: bool = False

    def allows(self, refused: int, total: int) -> bool:
        """Whether so many refused of so many are still agreed."""
        return refused <= (self.amount * total if self.is_share else self.amount)  # exact: 29% of 100 are 29

    def __str__(self) -> str:
        """For messages: "20 records" or "0.5%"."""
        return f"{float(self.amount * 100):g}%" if self.is_share else f"{self.amount} records"


def parse_agreed(text: str, option: str = "--max-rejects") -> AgreedLimit:
    """Parse a command line value: "20" and "20 records" are a number, "0.5%" is a share.

    A decimal number without a sign once meant a share in one command and a percentage in another, so it is refused.
    Raises OptionsError.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise OptionsError(f"{option} is a number of records, such as 20, or a share of them, such as 0.5%.")
    number, unit = Fraction(found["number"]), found["unit"]
    if unit == "%" and number <= 100:
        return AgreedLimit(number / 100, is_share=True)
    if unit != "%" and "." not in found["number"]:
        return AgreedLimit(number)
    if unit:
        raise OptionsError(f"{option} {text}: a share is at most 100%, and a number of records is a whole number.")
    raise OptionsError(f"{option} {text}: write {_percent(number)} for a share, or a whole number of records.")


def _percent(number: Fraction) -> str:
    """Possible meanings of a decimal number."""
    shown = f"{float(number):g}%"
    return f"{float(number * 100):g}% or {shown}" if number <= 1 else shown
