"""Books of FIRs of invented cases, some of them entered twice under two numbers, and others that only look like it."""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from typing import Any

from sample_data.makers.persons import Pairs, Person, PersonMaker, Row

_SECTIONS = ("IPC 379", "IPC 380", "IPC 323", "IPC 323/IPC 504", "IPC 420", "IPC 304A", "ARMS 25", "IPC 457/IPC 380")
_BOOK = 250


@dataclass(frozen=True)
class Case:
    """A case as it truly is."""

    day: date
    occurred: date
    hour: time
    diary: str
    sections: str
    complainant: Person
    accused: Person | None


@dataclass
class Books:
    """Rows of cases, which of them are one case, and which much agrees of though they are two."""

    rows: list[Row] = field(default_factory=list)
    same: Pairs = field(default_factory=set)
    look_alikes: Pairs = field(default_factory=set)


def make_books(count: int, seed: int) -> Books:
    """So many rows, or a few more, in books of a station's year; one case in twelve stands there twice."""
    made, die, people = Books(), random.Random(seed), PersonMaker(seed)
    while len(made.rows) < count:
        book = f"wb Station {len(made.rows) // _BOOK}"
        script = die.choice(("", "", "hi", "bn", "gu", "te"))
        cases = [_case(people, die) for _ in range(_BOOK)]
        for one in cases:
            first = _add(made, book, one, script, people, die)
            if die.random() < 1 / 12:
                again = _add(made, book, _again(one, die), script if die.random() < 0.5 else "", people, die)
                made.same.add((first, again))
            if die.random() < 1 / 12:
                made.look_alikes.add((first, _add(made, book, _look_alike(one, people, die), script, people, die)))
    return made


def _case(people: PersonMaker, die: random.Random) -> Case:
    day = date(2009, 1, 1) + timedelta(die.randrange(365))
    accused = people.person() if die.random() < 0.6 else None
    hour = time(die.randrange(24), die.choice((0, 10, 15, 30, 45)))
    occurred = day - timedelta(die.choice((0, 0, 0, 1, 1, 2, 7)))
    return Case(day, occurred, hour, str(die.randrange(1, 60)), die.choice(_SECTIONS), people.person(), accused)


def _again(one: Case, die: random.Random) -> Case:
    """The case as it is entered a second time."""
    day = one.day
    if day.day <= 12 and die.random() < 0.15:
        day = date(day.year, day.day, day.month)
    elif die.random() < 0.1:
        day = min(day + timedelta(die.choice((-1, 1, 2))), date(2009, 12, 31))
    sections = one.sections.split("/")[0] if die.random() < 0.15 else one.sections
    return replace(one, day=day, sections=sections, accused=one.accused if die.random() < 0.85 else None)


def _look_alike(one: Case, people: PersonMaker, die: random.Random) -> Case:
    """Another complaint of the same person, an officer's next case of the day, or a neighbour's report."""
    kind = die.randrange(3)
    if kind == 0:
        later = min(one.day + timedelta(die.randrange(5, 60)), date(2009, 12, 31))
        return replace(_case(people, die), day=later, occurred=later, complainant=one.complainant)
    if kind == 1:
        return replace(one, accused=people.person(), diary=str(die.randrange(60, 99)), hour=time(die.randrange(24), 20))
    return replace(one, complainant=people.person(), accused=None, diary=str(die.randrange(60, 99)))


def _add(made: Books, book: str, one: Case, script: str, people: PersonMaker, die: random.Random) -> int:
    def known(value: Any, share: float) -> Any:
        return value if die.random() < share else None

    def name(person: Person | None) -> str | None:
        return people.write((*person.given, person.family), script) if person else None

    made.rows.append(
        {
            "book": book,
            "number": len(made.rows) + 1,
            "fir_date": one.day,
            "fir_time": known(one.hour, 0.6),
            "occurrence_from": known(one.occurred, 0.9),
            "gd_no": known(one.diary, 0.5),
            "sections": known(one.sections, 0.95),
            "place": known(people.write_place(one.complainant.village, script), 0.6),
            "complainant": name(one.complainant),
            "relative": known(people.write(one.complainant.father, script), 0.7),
            "accused": name(one.accused),
        }
    )
    return len(made.rows) - 1
