"""What a page says more than once must agree: its year stands in its own zone, behind its number and in dates, and its
date stands in several. Which zones these are the form file says, under [[agree]].

Each zone's own options are weighed by what the other zones say; none is added. Zones hold different writing, but one
engine read it and one person wrote it, so what they say of each other counts less than whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ocr.forms.form import Agreement
from ocr.page import Candidate, Decided

_DATE = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d\d)")
_BEHIND_NUMBER = re.compile(r"\d+\s*/\s*(\d{4}|\d\d)")
_JUST_YEAR = re.compile(r"(\d{4}|\d\d)")
_EVIDENCE = 0.6
"""Share of what another zone says, as a natural logarithm, that counts."""
_SAME_DAY, _OTHER_YEAR = 0.85, 0.01
"""How often two of the dates are the same, and how often one truly lies in another year, as in the last days of one."""
_YEARS, _DAYS = 20, 7300
"""How many years there may be, and days in them: what a zone that says nothing shares its probability among."""
_UNTOLD = 0.02
"""The least probability that is kept for what no option says."""
_SURE = 0.995

_OTHERWISE = 0.05
"""How often what is written once more is something else, as sections without those of a second title."""
_ANY_ONE = 0.02
"""How likely a value that no option tells is a certain one."""
_MOST_OPTIONS = 6

Day = tuple[int | None, int | None, int]
"""Day and month, None where only the year is told, and the last two figures of the year, as many write no more."""


@dataclass(frozen=True)
class _Told:
    """A zone's options, best first, each with the day that it tells and its share 0..1; the rest is untold.

    is_year: whether it tells a year alone. is_weighed: whether its own options are weighed, or others' alone by it.
    """

    zone: Decided
    is_year: bool
    is_weighed: bool
    options: tuple[Candidate, ...]
    days: tuple[Day | None, ...]
    shares: tuple[float, ...]

    @property
    def untold(self) -> float:
        return max(_UNTOLD, 1 - sum(self.shares))

    def bears(self, day: Day | None) -> float:
        """How likely what the zone says is when another tells that day, next to any (1). None: a day nobody tells."""
        return self.untold + sum(share * _likely(told, day) for told, share in zip(self.days, self.shares, strict=True))


def told_twice(first: Decided, second: Decided) -> Decided:
    """A zone's value when its form has it written once more: the options of both, weighed together.

    What only the second tells is an option of the first, too. A blank zone stays blank; a second one that tells nothing
    changes nothing.
    """
    if first.blank or second.blank or not second.value:
        return first
    here, there = _shares(first), _shares(second)
    untold, untold_there = (max(_UNTOLD, 1 - sum(s for _, s in one.values())) for one in (here, there))
    options: dict[str, tuple[Candidate, float]] = {}
    for key in (*here, *there):
        candidate = (here.get(key) or there[key])[0]
        share = here[key][1] if key in here else untold * _ANY_ONE
        options[key] = (candidate, share * _once_more(there[key][1] if key in there else untold_there * _ANY_ONE))
    whole = sum(w for _, w in options.values()) + untold * _once_more(untold_there * _ANY_ONE)
    ranked = sorted(options.values(), key=lambda o: -o[1])[:_MOST_OPTIONS]
    best, *others = (replace(c, confidence=round(min(_SURE, w / whole), 4)) for c, w in ranked)
    raw = first.raw if best.text == first.value else best.text
    # They no longer hold once the other place gives a value.
    notes = tuple(n for n in first.notes if n not in ("unread", "nothing-fits"))
    return replace(first, raw=raw, value=best.text, confidence=best.confidence, candidates=tuple(others), notes=notes)


def _once_more(share: float) -> float:
    return (1 - _OTHERWISE) * share + _OTHERWISE * _ANY_ONE


def _shares(zone: Decided) -> dict[str, tuple[Candidate, float]]:
    """A zone's options by their words in any order, each with its probability."""
    options = (Candidate(zone.value, zone.confidence), *(c for c in zone.candidates if c.text != zone.value))
    # Confidences of several engines may add up to more than 1.
    whole = max(1.0, sum(c.confidence for c in options))
    found: dict[str, tuple[Candidate, float]] = {}
    for option in options:
        key = " ".join(sorted(re.findall(r"[^\s/&,]+", option.text.casefold())))
        if key:
            before, share = found.get(key, (option, 0.0))
            found[key] = (before, share + option.confidence / whole)
    return found


def settle_dates(zones: Mapping[str, Decided], rule: Agreement) -> Iterator[Decided]:
    """The year and the dates of a page, by zone id, as they are when its zones are weighed together."""
    found = (_list_options(zones[name], rule) for name in rule.zones if name in zones)
    told = [one for one in found if any(one.days)]
    for one in told:
        others = [other for other in told if other is not one]
        if others and one.is_weighed:
            yield _decide_by_weight(one, others)


def _decide_by_weight(one: _Told, others: Sequence[_Told]) -> Decided:
    weights = [share * _support(day, others) for day, share in zip(one.days, one.shares, strict=True)]
    whole = sum(weights) + one.untold * _support_of_untold(one, others)
    ranked = sorted(enumerate(weights), key=lambda w: -w[1])
    options = [replace(one.options[at], confidence=round(min(_SURE, w / whole), 4)) for at, w in ranked]
    best, first = options[0], ranked[0][0] == 0
    # What was read stands beside the value only while that value wins.
    raw = one.zone.raw if first else best.text
    return replace(one.zone, raw=raw, value=best.text, confidence=best.confidence, candidates=tuple(options[1:]))


def _support_of_untold(one: _Told, others: Sequence[_Told]) -> float:
    """What others say for the days that a zone does not tell, all together: theirs may be among them."""
    theirs = {(None, None, day[2]) if one.is_year else day for other in others for day in other.days if day}
    missed = [day for day in theirs if day not in one.days and (one.is_year or day[0] is not None)]
    there_are = _YEARS if one.is_year else _DAYS
    return _support(None, others) + sum(_support(day, others) for day in missed) / there_are


def _support(day: Day | None, others: Sequence[_Told]) -> float:
    product = 1.0
    for other in others:
        product *= other.bears(day) ** _EVIDENCE
    return product


def _likely(told: Day | None, day: Day | None) -> float:
    """How likely a zone tells a day when another is told elsewhere, next to any day there is."""
    if told is None:
        return 1.0
    if day is None or told[2] != day[2]:
        return _OTHER_YEAR
    if told[0] is None or day[0] is None:
        return _YEARS * (1 - _OTHER_YEAR)
    if told == day:
        return _SAME_DAY * _DAYS
    return (1 - _SAME_DAY) * _YEARS


def _list_options(zone: Decided, rule: Agreement) -> _Told:
    is_year, is_weighed = zone.zone == rule.year, zone.zone != rule.number
    if zone.blank or not zone.value:
        return _Told(zone, is_year, is_weighed, (), (), ())
    options = (Candidate(zone.value, zone.confidence), *(c for c in zone.candidates if c.text != zone.value))
    whole = max(1.0, sum(c.confidence for c in options))
    days = tuple(_day(zone.zone, c.text, rule) for c in options)
    return _Told(zone, is_year, is_weighed, options, days, tuple(c.confidence / whole for c in options))


def _day(zone: str, text: str, rule: Agreement) -> Day | None:
    if zone in rule.dates:
        found = _DATE.fullmatch(text.strip())
        return (int(found[1]), int(found[2]), int(found[3]) % 100) if found else None
    found = (_BEHIND_NUMBER if zone == rule.number else _JUST_YEAR).fullmatch(text.strip())
    return (None, None, int(found[1]) % 100) if found else None
