"""Invented cases for the old tables of sample_data/formats/, in twelve languages, and what each of them means.

A case knows nothing of tables: each format says which of it its columns hold, and so what a record made of them has.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path

WORDS = Path(__file__).with_name("formats_words.toml")
ROWS = 10
# Languages whose fonts show the codes of 0 to 9 as digits of their own: first of the ten.
_ZEROS = {"bn": 0x09E6, "gu": 0x0AE6, "pa": 0x0A66, "or": 0x0B66}


@dataclass(frozen=True)
class Words:
    """The words of one language; see formats_words.toml. rank: how the sub-inspector is written."""

    language: str
    first: tuple[str, ...]
    last: tuple[str, ...]
    villages: tuple[str, ...]
    spots: tuple[str, ...]
    rank: str
    alias: str
    alias_word: str
    unknown: str
    others: str
    narrative: str
    statutes: tuple[tuple[str, tuple[str, ...]], ...]

    def in_own_digits(self, text: str) -> str:
        """A text as the language's fonts show it."""
        zero = _ZEROS.get(self.language)
        return text.translate({ord("0") + n: zero + n for n in range(10)}) if zero else text


@dataclass(frozen=True)
class Someone:
    """An invented person; alias: "" for none."""

    name: str
    father: str
    age: int
    sex: str
    address: str
    alias: str = ""


@dataclass(frozen=True)
class Case:
    """One invented case. at: its place among the cases, from 1; statute: as written. acts: "IPC 379 no" and the like.

    accused: () for persons unknown. more: how many others are said to have been with them.
    """

    at: int
    number: int
    year: int
    day: date
    time: str
    began: date
    station: str
    statute: str
    acts: tuple[str, ...]
    complainant: Someone
    accused: tuple[Someone, ...]
    more: int
    spot: str
    village: str
    value: str
    recovered: str
    officer: str
    gd: int
    narrative: str

    @property
    def place(self) -> str:
        """Where it happened, as written."""
        return f"{self.spot}, {self.village}"

    def fields(self) -> dict[str, str]:
        """The canonical values of everything a case says, by field of the IIF-I."""
        return {
            "police_station": self.station, "year": str(self.year), "fir_no": str(self.number),
            "fir_date": f"{self.day}", "fir_time": self.time,
            "occurrence_from": f"{self.began}", "occurrence_to": f"{self.day}",
            "info_date": f"{self.day}", "info_time": self.time, "gd_no": str(self.gd), "gd_date": f"{self.day}",
            "place": self.place, "property_value": self.value, "recovered_value": self.recovered,
            "io_name": self.officer, "io_rank": "SI", "narrative": self.narrative,
        }  # fmt: skip

    def meant_acts(self) -> list[dict[str, str]]:
        """The rows of acts and sections."""
        return [dict(zip(("act", "section", "act_is_inferred"), a.split(), strict=True)) for a in self.acts]

    def meant_accused(self, parts: Sequence[str] = ("name", "alias")) -> list[dict[str, str]]:
        """The rows of accused: those named with the parts that the table has, then those nobody named."""
        named = [{"role": "accused", **_parts(a, parts)} for a in self.accused]
        nobody = [{"role": "accused", "status": "unknown"}] if self.more or not self.accused else []
        return named + nobody

    def meant_complainant(self, parts: Sequence[str]) -> dict[str, str]:
        """The row of the complainant."""
        return {"role": "complainant", **_parts(self.complainant, parts)}


def _parts(person: Someone, parts: Sequence[str]) -> dict[str, str]:
    known = {
        "name": person.name, "alias": person.alias, "relation": "father", "relative_name": person.father,
        "age": str(person.age), "sex": person.sex, "address": person.address,
    }  # fmt: skip
    return {p: known[p] for p in parts if known[p]}


@cache
def words(language: str) -> Words:
    """The words of a language."""
    found = tomllib.loads(WORDS.read_text("utf-8"))[language]
    statutes = tuple((written, tuple(acts)) for written, acts in found.pop("statutes"))
    lists = {k: tuple(v) if isinstance(v, list) else v for k, v in found.items()}
    return Words(language=language, statutes=statutes, **lists)


def make_cases(name: str, language: str, first_year: int, count: int = ROWS) -> list[Case]:
    """The cases of one format: half in its first year, half in the next; the same name gives the same cases."""
    dice = random.Random(name)
    known = words(language)
    half = (count + 1) // 2
    return [_case(dice, known, at, first_year + (at > half), at - half * (at > half)) for at in range(1, count + 1)]


def _case(dice: random.Random, known: Words, at: int, year: int, number: int) -> Case:
    day = date(year, 1, 9) + timedelta(days=number * 27 + dice.randrange(9))
    statute, acts = known.statutes[at % len(known.statutes)]
    village = dice.choice(known.villages)
    return Case(
        at=at,
        number=number * 7,
        year=year,
        day=day,
        time=f"{dice.randrange(24):02d}:{dice.choice(('00', '15', '30', '45'))}",
        began=day - timedelta(days=1 + dice.randrange(3)),
        station=known.villages[at % 2],
        statute=known.in_own_digits(statute),
        acts=acts,
        complainant=_someone(dice, known),
        accused=_accused(dice, known, at),
        more=3 if at % 5 == 4 else 0,
        spot=dice.choice(known.spots),
        village=village,
        value=dice.choice(("1500", "24000", "125000")),
        recovered="" if at % 2 else "1500",
        officer=f"{dice.choice(known.first)} {dice.choice(known.last)}",
        gd=dice.randrange(2, 40),
        narrative=known.in_own_digits(known.narrative.format(village=village, n=100 + at)),
    )


def _accused(dice: random.Random, known: Words, at: int) -> tuple[Someone, ...]:
    """By the place of the case: nobody known, one, two, one with an alias, two and others."""
    count = (0, 1, 2, 1, 2)[at % 5]
    people = [_someone(dice, known) for _ in range(count)]
    return tuple(Someone(**{**vars(p), "alias": known.alias}) if at % 5 == 3 else p for p in people)


def _someone(dice: random.Random, known: Words) -> Someone:
    def name() -> str:
        return f"{dice.choice(known.first)} {dice.choice(known.last)}"

    return Someone(name(), name(), dice.randrange(19, 70), dice.choice(("male", "female")), dice.choice(known.villages))


def one_cell(case: Case, known: Words, *, marks: str = "1) 2)", with_father: str = "") -> str:
    """The accused as clerks write them in one cell: numbered where there are several, "and 3 others" behind them.

    with_father: the word between a name and the father's, where the table has it.
    """
    if not case.accused:
        return known.unknown
    texts = [_written(a, known, with_father) for a in case.accused]
    if len(texts) > 1:
        texts = [f"{mark} {t}" for mark, t in zip(marks.split(), texts, strict=True)]
    others = [known.others.format(n=case.more)] if case.more else []
    return known.in_own_digits(" ".join([*texts, *others]))


def _written(person: Someone, known: Words, with_father: str) -> str:
    alias = f" {known.alias_word} {person.alias}" if person.alias else ""
    father = f" {with_father} {person.father}" if with_father else ""
    return f"{person.name}{alias}{father}"


def pick(case: Case, names: str, **other: str) -> dict[str, str]:
    """The fields of a case that a table holds; other: those it writes in its own way. Empty ones are left out."""
    known: Mapping[str, str] = {**case.fields(), **other}
    wanted = [*names.split(), *(n for n in other if n not in names.split())]
    return {n: known[n] for n in wanted if known[n]}
