"""Identifiers that tie police, court, prison and laboratory together: read, checked and written as text.

None of them is a number to reckon with: zeros in front count. What is known of each form, and how far, stands with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mappers.text.folding import fold_digits

_CNR = re.compile(r"(?P<state>[A-Z]{2})(?P<district>[A-Z0-9]{2})(?P<court>\d\d)(?P<serial>\d{6})(?P<year>\d{4})")


@dataclass(frozen=True, slots=True)
class Cnr:
    """The case number record of e-Courts: 16 characters.

    Length and the yearly restart of the serial are verified; the split into state (2 letters), district (2), court
    establishment (2 digits), serial (6) and year (4) is general knowledge.
    """

    state: str
    district: str
    court: str
    serial: str
    year: str

    def __str__(self) -> str:
        """All 16 characters."""
        return self.state + self.district + self.court + self.serial + self.year


def parse_cnr(text: str) -> Cnr | None:
    """The parts of a CNR, blanks and dashes left out; None when it is none."""
    got = _CNR.fullmatch(re.sub(r"[\s\-/]", "", fold_digits(text)).upper())
    return Cnr(got["state"], got["district"], got["court"], got["serial"], got["year"]) if got else None


def plain_id(text: str) -> str:
    """A prison, laboratory or malkhana number as it is compared: digits as 0-9, capitals, no blanks.

    Their forms differ by state and are not public, so nothing is checked and no zero is taken off.
    """
    return re.sub(r"\s", "", fold_digits(text)).upper()
