"""What each kind of zone can hold: a text goes in, the part that fits and how well it fits come out."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from ocr.languages.script import fold_digits, squeeze

_EDGE = " _-\u2013\u2014~|'`\u2018\u2019\"*\u2022\u00b7=+<>\\^"
_LEADING = _EDGE + ".,:;/)]}"
_NO_POINT = _LEADING.translate({ord(c): None for c in ".\u00b7\u2022"})
_TRAILING = _EDGE + ",:;([{"
_COMMON = set(".,:;/()-&'\"\u0964\u0965\n")
_LOOKALIKE = str.maketrans("OoDQlI|iSsBZz", "0000111155822")
_NUMBER = re.compile(r"\d+(?:\s*[/.\-]\s*\d+)*")
_POINTS = ".\u00b7\u2022\u2219\u22c5\u066b"
_AROUND_POINT = re.compile(rf"(?<=\d)\s*([{_POINTS}])\s*(?=\d)")
# A point may come first, as in ".57", but that of "Rs.250" is none.
_FIGURES = re.compile(rf"(?:(?<!\S)[{_POINTS}])?\d[\d,\u066c{_POINTS}]*")
# As which a middle dot is read.
_MISREAD_POINT = re.compile(r"(?<=\d)[\u00b0*'](?=\d)")
_DECIMAL = re.compile(rf"\d+(?:[,\u066c]\d+)*(?:[{_POINTS}]\d+)?|[{_POINTS}]\d+")
_RUPEES_END = re.compile(r"(?<=\d)\s*/[-\u2013\u2014=]?$")
_YEAR = re.compile(r"(?<!\d)(?:1[3-9]|20)\d\d(?!\d)")
# A stroke is read as a bar or a danda at times, a point as a comma, and some write blanks alone.
_BETWEEN = r"\s*([/.\-\u2013\u2014|,\u0964 ])\s*"
_DATE = re.compile(rf"(?<!\d)(\d{{1,2}}){_BETWEEN}(\d{{1,2}}){_BETWEEN}(\d{{4}}|\d\d)(?!\d)")
_CLOCK = re.compile(r"(?<!\d)(\d{1,2})\s*[:.;,]\s*(\d\d)(?!\d)")
# Hours without a sign between, as 2230 hrs.
_HUNDREDS = re.compile(r"(?<!\d)([01]\d|2[0-4])([0-5]\d)(?!\d)")

_STRAY_SIGN = 0.3
NOTHING_BELOW = 0.25
"""A text that fits less than this does not fit: no value is better than a wrong one."""


class Fit(NamedTuple):
    """The part of a text that fits, as read but for blanks and, in numbers, the script of digits; fits is 0..1."""

    value: str
    fits: float


NOTHING = Fit("", 0.0)


def fit(kind: str, text: str) -> Fit:
    """How a text fits a zone of that kind (see ocr.forms.form.Kind). Raises KeyError for a kind that has no grammar."""
    found = _GRAMMARS[kind](text)
    return found if found.value and found.fits >= NOTHING_BELOW else NOTHING


def trim_lines(text: str) -> str:
    """A text without what ruled lines leave at the ends of its lines; lines without letter or digit are left out."""
    lines = (line.lstrip(_LEADING).rstrip(_TRAILING) for line in squeeze(text).splitlines())
    return "\n".join(line for line in lines if any(c.isalnum() for c in line))


def _digits(text: str) -> Fit:
    """A number, or several with / . - between; misread letters count when nothing else is there."""
    line = fold_digits(trim_lines(text))
    found = max(_NUMBER.findall(line), key=len, default="")
    if found:
        return Fit("".join(found.split()), _share(found, line))
    guess = line.translate(_LOOKALIKE)
    return Fit(guess, 0.4) if guess.isdigit() else NOTHING


def _decimal(text: str) -> Fit:
    """A number with commas between thousands and one decimal point or middle dot, which stay as written."""
    line = fold_digits(squeeze(text).replace("\n", " ").lstrip(_NO_POINT).rstrip(_TRAILING))
    line = _RUPEES_END.sub("", _MISREAD_POINT.sub("\u00b7", _AROUND_POINT.sub(r"\1", line)))
    guess = line.translate(_LOOKALIKE)
    # Half of a number is worse than one with misread figures: "l2.O5" is not 2.
    if guess != line and _DECIMAL.fullmatch(guess):
        return Fit(guess, 0.4)
    runs = [run.rstrip(f",{_POINTS}") for run in _FIGURES.findall(line)]
    found = max(filter(_DECIMAL.fullmatch, runs), key=len, default="")
    return Fit(found, _share(found, line)) if found else NOTHING


def _year(text: str) -> Fit:
    """Four digits from 1300 (a Bengali year) to 2099; two digits fit less, other numbers hardly."""
    line = fold_digits(trim_lines(text))
    years = _YEAR.findall(line)
    if years:
        return Fit(years[0], _share(years[0], line) * (1.0 if len(set(years)) == 1 else 0.7))
    number = _digits(line)
    worth = 0.6 if len(number.value) == 2 and number.value.isdigit() else 0.3
    return Fit(number.value, number.fits * worth)


def _date(text: str) -> Fit:
    """Day, month, year in figures; or a text with figures, whose month may be a word in any calendar."""
    line = trim_lines(text).replace("\n", " ")
    figures = fold_digits(line)
    found = _DATE.search(figures)
    if found:
        day, sign, month, _, year = found.groups()
        sign = sign if sign in "/.-" else "/"
        is_possible = 1 <= int(day) <= 31 and 1 <= int(month) <= 12
        return Fit(f"{day}{sign}{month}{sign}{year}", _share(found[0], figures) * (1.0 if is_possible else 0.4))
    groups = len(re.findall(r"\d+", line))
    has_word = sum(c.isalpha() for c in line) >= 3
    # Two numbers and a word are a date as 12 March 2018.
    return Fit(line, {0: 0.0, 1: 0.4}.get(groups, 0.85 if has_word and groups == 2 else 0.4))


def _time(text: str) -> Fit:
    """Hours and minutes, or an hour with words around it; the words say which half of the day and stay."""
    line = fold_digits(trim_lines(text).replace("\n", " "))
    clock = _CLOCK.search(line) or _HUNDREDS.search(line)
    if clock:
        is_possible = int(clock[1]) <= 24 and int(clock[2]) <= 59
        return Fit(line, _readable(line) if is_possible else 0.3)
    hours = re.findall(r"\d+", line)
    return Fit(line, 0.6 if len(hours) == 1 and int(hours[0]) <= 24 else 0.3) if hours else NOTHING


def _sections(text: str) -> Fit:
    """Section numbers and names of acts; without a figure it is hardly one."""
    line = trim_lines(text)
    has_figure = any(c.isdecimal() for c in line)
    return Fit(line, _readable(line) * (1.0 if has_figure else 0.4))


def _words(text: str) -> Fit:
    """Any text; it fits by the share of it that letters, digits and common signs make up."""
    line = trim_lines(text)
    return Fit(line, _readable(line) * (0.6 if len(line) == 1 else 1.0))


_GRAMMARS: Mapping[str, Callable[[str], Fit]] = MappingProxyType(
    {
        "digits": _digits,
        "decimal": _decimal,
        "year": _year,
        "date": _date,
        "time": _time,
        "sections": _sections,
        "choice": _words,
        "line": _words,
        "block": _words,
    }
)


def _share(part: str, whole: str) -> float:
    """How much of a text the part that fits is: each figure left over counts whole, each other sign a third.

    A caption's end or a flourish beside a number says little against it; another figure says much.
    """
    left = Counter(whole) - Counter(part)
    stray = sum(n * (1.0 if c.isdecimal() else _STRAY_SIGN) for c, n in left.items() if not c.isspace())
    length = len("".join(part.split()))
    return length / max(1.0, length + stray)


def _readable(text: str) -> float:
    """Square of the share of letters, their signs, digits and common punctuation; noise weighs double so."""
    signs = [c for c in text if not c.isspace()]
    good = sum(unicodedata.category(c)[0] in "LMN" or c in _COMMON for c in signs)
    return (good / len(signs)) ** 2 if signs else 0.0
