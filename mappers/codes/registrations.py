"""Registration marks of vehicles as they are meant: signs that are taken for each other undone, numbers padded, marks
found in running text.

Source of the forms: `vehicle_patterns.csv`. That KA 05 MH 77 and KA-5-MH-0077 are one mark is how they are painted:
zeros in front say nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import islice, product

from mappers.codes.tables import read_csv, split_ways
from mappers.codes.vehicles import vehicle_patterns, vehicle_prefixes
from mappers.text.folding import fold_written

_DIGIT_OF = dict(zip("OQDILZSGBT", "0001125687", strict=True))
_LETTERS_OF = {d: "".join(c for c, one in _DIGIT_OF.items() if one == d) for d in set(_DIGIT_OF.values())}
_MODERN = re.compile(r"([A-Z]{2})([0-9]{1,2})([A-Z]{0,3})([0-9]{1,4})")
_OLD = re.compile(r"([A-Z]{3})()()([0-9]{1,4})")
_BETWEEN = re.compile(r"[\s,;/()&]+")
_OPEN = "OLD2"
"""The pattern that what is left of a longer mark fits as well."""
_MOST_FORMS = 12
_KEPT = 1 << 12
_CODES = ("vehicle_code", "vehicle_code_old")
_GAP = "[ .-]{0,3}"
_TOLD = re.compile(
    rf"(?<![A-Z0-9])(?:([A-Z]{{2}}){_GAP}[0-9]{{1,2}}{_GAP}[A-Z]{{0,3}}{_GAP}[0-9]{{4}}|([A-Z]{{3}})-?[0-9]{{4}})(?![A-Z0-9])"
)
_SERIAL = re.compile(r"(?<![A-Z0-9])(?=[A-Z0-9]*[A-Z][A-Z0-9]*[A-Z])(?=(?:[A-Z]*[0-9]){4})[A-Z0-9]{8,20}(?![A-Z0-9])")
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_NO_PREFIXES = frozenset((*_MONTHS, "FIR", "IPC", "BNS", "GDE", "DTD", "PIN", "TEL", "MOB"))


@lru_cache(maxsize=_KEPT)
def mark_signs(text: str) -> str:
    """A mark without blanks and dashes, in capitals, digits of all scripts as 0 to 9."""
    return "".join(c for c in fold_written(text).upper() if c.isalnum())


def registration_forms(signs: str) -> tuple[str, ...]:
    """The registration marks that signs may stand for, numbers padded: one where they fit a form as they are.

    Several where letters stand for digits, or the reverse, and more than one mark may be meant; () where none is, or
    where what stands there may be the rest of a longer one, as without the letters of its series. signs: see
    `mark_signs`.
    """
    if found := _MODERN.fullmatch(signs) or _OLD.fullmatch(signs):
        return (_pad_number(*found.groups()),) if found[3] or not found[2] else ()
    if any(re.fullmatch(regex, signs) for name, regex in vehicle_patterns().items() if name != _OPEN):
        return (signs,)
    return tuple(dict.fromkeys(islice(_guess_marks(signs), _MOST_FORMS)))


def _pad_number(state: str, office: str, series: str, number: str) -> str:
    return f"{state}{office and office.zfill(2)}{series}{number.zfill(4)}"


def _guess_marks(signs: str) -> Iterator[str]:
    """The marks that may be meant, letters where letters stand and digits where digits do."""
    if not (signs.isascii() and 7 <= len(signs) <= 11):
        return
    shapes = [(2, office, series) for office in (2, 1) for series in (1, 2, 3)] + [(3, 0, 0)]
    for state, office, series in shapes:
        # Only with all four digits of the number: else more is guessed than is read.
        if state + office + series + 4 != len(signs):
            continue
        kinds = "L" * state + "9" * office + "L" * series + "9999"
        ways = [_ways(sign, kind) for sign, kind in zip(signs, kinds, strict=True)]
        for some in product(*ways):
            text = "".join(some)
            at = state + office
            # No office has the number 0.
            if not text[state:at].strip("0") and office:
                continue
            yield _pad_number(text[:state], text[state:at], text[at : at + series], text[at + series :])


def _ways(sign: str, kind: str) -> str:
    if kind == "L":
        return sign if sign.isalpha() else _LETTERS_OF.get(sign, "")
    return sign if sign.isdigit() else _DIGIT_OF.get(sign, "")


def marks_in(text: str) -> list[str]:
    """Registration marks in running text, those with blanks between their parts as well, as `mark_signs` gives them.

    Only with a state in front that gives marks, so that numbers of cases and days are none.
    """
    return [mark_signs(found[0]) for found in _find_serials(text)]


def serials_in(text: str) -> list[str]:
    """What looks like an engine or chassis number in running text: letters and at least four digits in one word."""
    marks = {m for m in marks_in(text)}
    return [s for s in _SERIAL.findall(fold_written(text).upper()) if s not in marks]


def numbers_within(text: str) -> list[str]:
    """A cell in which a number stands, and the numbers within it: of a mark with words, of two numbers in one cell."""
    parts = [
        part for part in _BETWEEN.split(text) if sum(c.isdigit() for c in part) >= 3 and len(mark_signs(part)) >= 6
    ]
    return list(dict.fromkeys((text, *marks_in(text), *(parts if len(parts) > 1 or parts != [text] else ()))))


def _find_serials(text: str) -> Iterator[re.Match[str]]:
    plain = fold_written(text).upper()
    if any(c.isdigit() for c in plain):
        yield from (m for m in _TOLD.finditer(plain) if (m[1] in _prefixes() if m[1] else m[2] not in _NO_PREFIXES))


def without_marks(text: str) -> str:
    """The text with blanks where registration marks stand."""
    plain = fold_written(text).upper()
    for found in _find_serials(plain):
        plain = plain[: found.start()] + " " * len(found[0]) + plain[found.end() :]
    return plain


@cache
def _prefixes() -> frozenset[str]:
    # "OR (until 2012)": what was given then is still on the road.
    codes = (way.split(" ")[0] for row in read_csv("states.csv") for n in _CODES for way in split_ways(row[n]))
    return frozenset(codes) | frozenset(vehicle_prefixes())
