"""An agreed number or share: how much of a whole may be refused before the whole is not taken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from digitize.errors import OptionsError

_WRITTEN = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)\s*(?P<unit>%|records?|rows?)?")


@dataclass(frozen=True, slots=True)
class AgreedLimit:
    """So many records, or such a share of them. amount: a number of records, or 0..1 where is_share."""

    amount: Fraction
    is_share: bool = False

    def allows(self, refused: int, total: int) -> bool:
        """Whether so many refused of so many are still agreed."""
        return refused <= (self.amount * total if self.is_share else self.amount)  # exact: 29% of 100 are 29

    def __str__(self) -> str:
        """For messages: "20 records" or "0.5%"."""
        return f"{float(self.amount * 100):g}%" if self.is_share else f"{self.amount} records"


def parse_agreed(text: str, option: str = "--max-rejects") -> AgreedLimit:
    """What is written on the command line: "20" and "20 records" are a number, "0.5%" is a share.

    A number with a point and no sign once meant a share in one command and per cent in another, so it is refused.
    Raises OptionsError.
    """
    found = _WRITTEN.fullmatch(text.strip())
    if found is None:
        raise OptionsError(f"{option} is a number of records, as 20, or a share of them, as 0.5%.")
    number, unit = Fraction(found["number"]), found["unit"]
    if unit == "%" and number <= 100:
        return AgreedLimit(number / 100, is_share=True)
    if unit != "%" and "." not in found["number"]:
        return AgreedLimit(number)
    if unit:
        raise OptionsError(f"{option} {text}: a share is at most 100%, and a number of records is a whole number.")
    raise OptionsError(f"{option} {text}: write {_percent(number)} for a share, or a whole number of records.")


def _percent(number: Fraction) -> str:
    """The spellings that a number with a point may have meant."""
    shown = f"{float(number):g}%"
    return f"{float(number * 100):g}% or {shown}" if number <= 1 else shown
