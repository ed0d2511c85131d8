"""Identifiers that tie police, court, prison and laboratory together: read, checked and written as text.

None of them is a number to reckon with: zeros in front count. What is known of each form, and how far, stands with it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import unquote

from mappers.text.folding import fold_digits, squeeze

_FIR_NO = re.compile(
    # A part may be a digit, which needs its dash: 1-123.
    r"(?:(?P<part>[IVX]{1,4}|[1-6](?=\s*-))\s*[-–]?\s*)?0*(?P<number>[1-9]\d{0,6})(?:\s*/\s*(?P<year>\d{4}|\d{2}))?"
)
_REG_NUM = re.compile(r"(?P<station>\d{6,10})(?P<year>\d\d)(?P<serial>\d{4})")
_CNR = re.compile(r"(?P<state>[A-Z]{2})(?P<district>[A-Z0-9]{2})(?P<court>\d\d)(?P<serial>\d{6})(?P<year>\d{4})")
_LABEL = re.compile(r"(?P<letter>[A-Z])(?P<digits>[1-9]\d{0,2})")


@dataclass(frozen=True, slots=True)
class FirNumber:
    """A FIR number as a book writes it. part: of the crime register ("I" to "VI"), "" where there is none.

    Bombay and Gujarat numbered by part until CCTNS: I-123/2009 and III-123/2009 are two cases. year: as written, ""
    where it is not.
    """

    number: str
    year: str = ""
    part: str = ""

    def __str__(self) -> str:
        """As printed: 78/2009, I-123/2009."""
        return f"{self.part}-" * bool(self.part) + self.number + f"/{self.year}" * bool(self.year)


def parse_fir_number(text: str) -> FirNumber | None:
    """A FIR number out of "0078", "78/2009" or "I-123/09" in digits of any script; None when it is none.

    Zeros in front go, as the books pad with them. General knowledge, the padding seen on prints.
    """
    got = _FIR_NO.fullmatch(fold_digits(squeeze(text)).upper())
    return FirNumber(got["number"], got["year"] or "", got["part"] or "") if got else None


@dataclass(frozen=True, slots=True)
class FirKey:
    """The key of an FIR: unique in the country. number without zeros in front, year with four digits."""

    state: str
    district: str
    station: str
    year: str
    number: str
    part: str = ""

    def __str__(self) -> str:
        """One text from which `parse_fir_key` gives the key back: wb/Howrah/Bally/2009/78."""
        parts = (self.state, self.district, self.station, self.year, self.number)
        return "/".join(_escape(p) for p in (*parts, self.part)[: 5 + bool(self.part)])


def _escape(text: str) -> str:
    """Text as it is, but for the two signs that mean something in a key."""
    return text.replace("%", "%25").replace("/", "%2F")


def parse_fir_key(text: str) -> FirKey | None:
    """The key that `str` of one wrote; None when the text is none."""
    parts = [unquote(p) for p in text.split("/")]
    if len(parts) not in (5, 6) or not all(parts):
        return None
    return FirKey(*parts)


@dataclass(frozen=True, slots=True)
class FirRegNum:
    """FIR_REG_NUM of CCTNS: code of the station, two digits of the year, four of the serial.

    Verified on two samples of 13 digits (code of seven); longer codes, of states with a code of two digits, are
    general knowledge, so a code may have six to ten.
    """

    station: str
    year: str
    serial: str

    def __str__(self) -> str:
        """All digits in one."""
        return self.station + self.year + self.serial

    def fits(self, year: str, number: str) -> bool:
        """Whether it is that of this FIR of this year, as far as it can say."""
        return self.year == year[-2:] and self.serial.lstrip("0") == number.lstrip("0")


def parse_fir_reg_num(text: str) -> FirRegNum | None:
    """The parts of a registration number; None when it has letters, or too few or too many digits."""
    got = _REG_NUM.fullmatch(fold_digits(text.strip()))
    return FirRegNum(got["station"], got["year"], got["serial"]) if got else None


def make_fir_reg_num(station_code: str, year: str, number: str) -> FirRegNum | None:
    """The registration number of an FIR; None where the number has more than four digits or the code does not fit."""
    made = f"{station_code}{year[-2:]}{number.zfill(4)}"
    got = parse_fir_reg_num(made)
    return got if got and (got.station, got.serial) == (station_code, number.zfill(4)) else None


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


def parse_nfn(text: str) -> tuple[str, str] | None:
    """Code of the state (2 digits) and sequence (8) of a National Fingerprint Number; None when it has not 10 digits.

    One for life, many FIRs hang on it. Verified in summaries of a report of 2020.
    """
    plain = re.sub(r"[\s\-]", "", fold_digits(text))
    return (plain[:2], plain[2:]) if re.fullmatch(r"\d{10}", plain) else None


def plain_id(text: str) -> str:
    """A prison, laboratory or malkhana number as it is compared: digits as 0-9, capitals, no blanks.

    Their forms differ by state and are not public, so nothing is checked and no zero is taken off.
    """
    return re.sub(r"\s", "", fold_digits(text)).upper()


def accused_label(place: int, *, is_plain: bool = False) -> str:
    """The label of the accused in that place, from 1: A1 to A9, then B1 for the tenth; plain: A1, A10, A100.

    IIF-III has the first way (verified on the form), state data also the second. Raises ValueError outside 1 to 234
    (first way) or 999 (plain).
    """
    if not 1 <= place <= (999 if is_plain else 26 * 9):
        raise ValueError(f"there is no label for the accused number {place}")
    if is_plain:
        return f"A{place}"
    return f"{chr(ord('A') + (place - 1) // 9)}{(place - 1) % 9 + 1}"


def accused_place(label: str) -> int | None:
    """Which accused a label means, in either way of counting: B1 and A10 are both the tenth; None when it is none."""
    got = _LABEL.fullmatch(re.sub(r"[\s\-.]", "", fold_digits(label)).upper())
    if got is None or (got["letter"] != "A" and len(got["digits"]) > 1):
        return None
    return (ord(got["letter"]) - ord("A")) * 9 + int(got["digits"])
