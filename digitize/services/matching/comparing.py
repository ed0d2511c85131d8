"""Compare two descriptions: what agrees, differs or is unknown, and whether they can be one person at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from digitize.search.answers import Ground
from digitize.search.ranking import name_scores
from digitize.search.words import AskedWord
from digitize.services.matching.described import ASKED, ASPECTS, BODY, CODES, Description, Names
from digitize.services.matching.weighing import (
    DIFFERS,
    SAME,
    UNKNOWN,
    Told,
    weigh_age,
    weigh_area,
    weigh_asked_place,
    weigh_clothes,
    weigh_code,
    weigh_days,
    weigh_height,
    weigh_marks,
    weigh_name,
    weigh_place,
)
from digitize.targets.search_rows import SEP

_ALWAYS_TOLD = ("age", "height", "marks", "clothes", "name")
"""Also shown if unknown: asking for it may decide."""
_HALF_WAY = 10.0
_LINKED = 10.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """Result of one comparison. points: for ordering only; by: fields of the other row that were compared."""

    other: Description
    points: float
    grounds: tuple[Ground, ...]
    by: frozenset[str] = field(default_factory=frozenset)

    @property
    def score(self) -> float:
        """0 to 1, increasing with the points; for ordering, not a probability."""
        return round(max(self.points, 0.0) / (max(self.points, 0.0) + _HALF_WAY), 3)


def compare_all(one: Description, others: Sequence[Description]) -> Iterator[Likeness]:
    """Those that can be the same person, in no order."""
    names = _name_scores(one.names, [o.names for o in others])
    relatives = _name_scores(one.relative, [o.relative for o in others])
    for other, name, relative in zip(others, names, relatives, strict=True):
        if (found := _compare(one, other, name, relative)) is not None:
            yield found


def _name_scores(asked: Names, others: Sequence[Names]) -> list[float]:
    """Similarity of each name, 0 to 1; -1 if either is unknown."""
    made = [-1.0] * len(others)
    places = [at for at, other in enumerate(others) if other.said]
    for text in asked.said.split(SEP) if asked.said and places else ():
        words = [AskedWord(word, {word: 1.0}) for word in text.split(" ")]
        scores = name_scores(words, asked.language, [others[i].said for i in places],
                             [others[i].language for i in places])  # fmt: skip
        for at, score in zip(places, scores.tolist(), strict=True):
            made[at] = max(made[at], score)
    return made


def _compare(one: Description, other: Description, name: float, relative: float) -> Likeness | None:
    if one.sex and other.sex and one.sex != other.sex:
        return None
    days = _days_between(one, other)
    age = weigh_age(one, other)
    if days is None or age is None:
        return None
    told = dict(_tell_facts(one, other, days, age))
    if BODY in (one.kind, other.kind) and all(one.report) and all(other.report):
        # Somebody linked the two already, or the body with another report; stations are not always written alike.
        if one.report[1:] != other.report[1:]:
            return None
        told["report"] = (SAME, _LINKED) if one.report == other.report else (UNKNOWN, 0.0)
    if name >= 0:
        told["name"] = weigh_name(name)
        # Somebody knew the dead; a body that has a name of its own is nobody else's.
        if told["name"][0] == DIFFERS and (one.is_known or other.is_known):
            return None
    else:
        told["name"] = (UNKNOWN, 0.0)
    if relative >= 0:
        how, points = weigh_name(relative)
        told["relative"] = (how, points / 2)
    points = sum(points for _, points in told.values())
    if points <= 0:
        return None
    return Likeness(other, points, tuple(_grounds(one, told)), _fields_compared(other, told))


def _tell_facts(one: Description, other: Description, days: tuple[Told, int], age: Told) -> Iterator[tuple[str, Told]]:
    if one.sex and other.sex:
        yield "sex", (SAME, 0.3)
    yield "age", age
    yield "height", weigh_height(one, other)
    for name in CODES:
        yield name, weigh_code(name, one, other)
    yield "marks", weigh_marks(one, other)
    yield "clothes", weigh_clothes(one, other, days[1])
    yield "days", days[0]
    yield "district", weigh_area(one, other)
    yield "place", weigh_asked_place(one, other) if one.kind == ASKED else weigh_place(one, other)


def _days_between(one: Description, other: Description) -> tuple[Told, int] | None:
    """Agreement of the dates, and their distance; None if they rule out that it is one person."""
    if ASKED in (one.kind, other.kind):
        return (UNKNOWN, 0.0), 0
    if BODY in (one.kind, other.kind):
        body, report = (one, other) if one.kind == BODY else (other, one)
        gap = _days(report.day, body.day)
        if gap is None:
            return (UNKNOWN, 0.0), 60
        return None if gap < 0 else (weigh_days(gap), gap)
    traced, open_one = (one, other) if one.traced else (other, one)
    gap = _days(open_one.day, traced.traced)
    if gap is not None and gap < 0:
        return None
    # Two reports of one absence begin on one day, or nearly.
    apart = _days(open_one.day, traced.day)
    if apart is None:
        return (UNKNOWN, 0.0), 60
    return (weigh_days(abs(apart)), abs(apart))


def _days(first: str, last: str) -> int | None:
    try:
        return (date.fromisoformat(last) - date.fromisoformat(first)).days
    except ValueError:
        return None


def _grounds(one: Description, told: dict[str, Told]) -> Iterator[Ground]:
    """Strongest grounds first; comparable but unknown ones last."""
    for what, (how, _) in sorted(told.items(), key=lambda t: -abs(t[1][1])):
        if how != UNKNOWN:
            yield Ground(what, how)
    for what in _ALWAYS_TOLD:
        if told.get(what, (UNKNOWN, 0.0))[0] == UNKNOWN and (one.kind != ASKED or _says(one, what)):
            yield Ground(what, UNKNOWN)


def _says(one: Description, what: str) -> bool:
    said = {
        "age": any(one.ages), "height": one.height[0], "marks": one.marks, "clothes": one.clothes,
        "name": one.names.said,
    }  # fmt: skip
    return bool(said[what])


def _fields_compared(other: Description, told: dict[str, Told]) -> frozenset[str]:
    looked_at = (n for what, (how, _) in told.items() if how != UNKNOWN for n in ASPECTS.get(what, ()))
    return other.filled.intersection(looked_at)
