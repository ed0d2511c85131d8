"""Dates whose day, month and year stand in an order that a mapping names: DDMMYY, YYMMDD, MM/DD/YYYY.

Read by themselves, six digits are no date, and 03/04/09 is the 3rd of April. Which order an old program used can be
proven by its column as a whole: no month is above 12.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache

from mappers.text.folding import fold_digits

_PARTS = re.compile(r"(D{2}|M{2}|Y{4}|Y{2})(.?)(D{2}|M{2}|Y{4}|Y{2})(.?)(D{2}|M{2}|Y{4}|Y{2})")
_COMPACT = ("DDMMYY", "YYMMDD", "MMDDYY", "DDMMYYYY", "YYYYMMDD", "MMDDYYYY")
_APART = ("DD/MM/YYYY", "MM/DD/YYYY", "DD/MM/YY", "MM/DD/YY", "YY/MM/DD")
# What a cleaner of dates reads without a name.
USUAL = frozenset({"DD/MM/YYYY", "DD/MM/YY", "DDMMYYYY", "YYYYMMDD"})
# A column proves an order by so many different days, of which this share fits it.
_FEWEST, _NEARLY_ALL = 8, 0.98
# Of several orders that fit, the one is right whose years lie together, where those of the others are spread.
_TOGETHER, _SPREAD = 8, 15
_EARLIEST, _LATEST, _PIVOT = 1900, 2040, 2040


@dataclass(frozen=True)
class DateFormat:
    """An order of day, month and year. pattern: of a folded text, with the groups D, M and Y."""

    name: str
    pattern: re.Pattern[str]

    def reorder(self, text: str) -> str:
        """A text as DD-MM-YYYY or DD-MM-YY, with what stands behind the date; one in another form as it is."""
        found = self.pattern.match(fold_digits(text).strip())
        return f"{found['D']}-{found['M']}-{found['Y']}{found['rest']}" if found else text


@cache
def date_format(name: str) -> DateFormat | None:
    """The format of a name such as "DDMMYY" or "MM/DD/YYYY"; None for a name that is none.

    A stroke, dash, dot or blank in it stands for any of them; one digit may then stand for two.
    """
    found = _PARTS.fullmatch(name)
    if found is None or {found[1][0], found[3][0], found[5][0]} != set("DMY") or bool(found[2]) != bool(found[4]):
        return None
    is_apart = bool(found[2])
    if is_apart and (found[2].isalnum() or found[4].isalnum()):
        return None
    between = r"\s*[/.\-\s]\s*" if is_apart else ""
    parts = (f"(?P<{p[0]}>\\d{{{1 if is_apart and p[0] != 'Y' else len(p)},{len(p)}}})" for p in found.group(1, 3, 5))
    return DateFormat(name, re.compile(between.join(parts) + r"(?!\d)(?P<rest>(?:[\sT].*)?)\Z", re.S))


def proven_format(texts: Iterable[str]) -> str:
    """The order in which a column writes its days, where it needs a name and the column proves it; else "".

    It is proven by eight different days that fit no other order, or of which the years lie together in this one alone.
    """
    days = list(dict.fromkeys(fold_digits(t).strip() for t in texts if t.strip(" 0/-.")))
    if len(days) < _FEWEST:
        return ""
    is_compact = all(d.isdecimal() for d in days)
    # Dates with times behind them are of the kind that is written apart.
    years = {name: found for name in (_COMPACT if is_compact else _APART) if (found := _years(name, days))}
    if not years:
        return ""
    spread = {name: max(found) - min(found) for name, found in years.items()}
    best = min(spread, key=lambda n: (spread[n], n not in USUAL))
    others = [s for n, s in spread.items() if n != best]
    is_proven = not others or (spread[best] <= _TOGETHER and min(others) > _SPREAD)
    return best if is_proven and best not in USUAL else ""


def _years(name: str, days: Sequence[str]) -> list[int]:
    """The years of days under an order; none unless nearly all are days."""
    order = date_format(name)
    assert order is not None
    found = [year for d in days if (m := order.pattern.match(d)) and (year := _year(m["D"], m["M"], m["Y"]))]
    return sorted(found) if len(found) >= _NEARLY_ALL * len(days) else []


def _year(day: str, month: str, year: str) -> int:
    """The year of a day, 0 where there is no such day."""
    full = int(year) if len(year) == 4 else _PIVOT - (_PIVOT - int(year)) % 100
    if not _EARLIEST <= full <= _LATEST:
        return 0
    try:
        return date(full, int(month), int(day)).year
    except ValueError:
        return 0
