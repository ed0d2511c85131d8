"""Registration numbers of vehicles: which of the known patterns one has, and how it is written alike."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mappers.text.folding import fold_digits

_SERIES = "[A-HJ-NP-Z]"
# The patterns that were and are in use; general knowledge of the motor vehicle rules, unverified. The series leaves
# out I and O. A Delhi number has a letter for the class of the vehicle before its series.
# The first that fits counts: a Delhi number would be a modern one, too.
_PATTERNS: Mapping[str, re.Pattern[str]] = {
    name: re.compile(pattern)
    for name, pattern in {
        "bharat": rf"\d\dBH\d{{4}}{_SERIES}{{1,2}}",
        "temporary": r"T\d{4}[A-Z]{2}\d{4}[A-Z]{0,2}",
        "trade": r"[A-Z]{2}\d{1,2}[A-Z]?TC\d{1,4}",
        "diplomatic": r"\d{1,3}(?:CD|CC|UN)\d{1,4}",
        "defence": r"\d\d[A-Z]\d{5,6}[A-Z]",
        "delhi": rf"DL\d{{1,2}}[CPSRTVYEBGN]{_SERIES}{{0,2}}\d{{1,4}}",
        "modern": rf"[A-Z]{{2}}\d{{1,2}}{_SERIES}{{1,3}}\d{{1,4}}",
        "modern_without_series": r"[A-Z]{2}\d{5,6}",
        "three_letters": r"[A-Z]{3}\d{1,4}",
        "two_letters": r"[A-Z]{1,2}\d{1,5}",
    }.items()
}


def plain_registration(text: str) -> str:
    """A registration number without blanks, dashes and dots, in capitals and 0-9: how two of them are compared."""
    return re.sub(r"[\s\-./]", "", fold_digits(text)).upper()


def registration_pattern(text: str) -> str:
    """The name of the first pattern that the number has: "modern", "bharat", "three_letters" ...; "" for none."""
    plain = plain_registration(text)
    return next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(plain)), "")
