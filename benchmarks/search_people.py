"""Invented persons, FIRs and vehicles in eleven scripts, and questions about them, for benchmarks/search.py.

Names are made of syllables, a few of them very often. How a word is written in each script, and how this or that
writer spells it in Latin letters, stands in tables of this file and of duplicates_rows.py: nothing of the toolkit's own
romanisation is in it.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.duplicates_rows import Names, Word, slip

LATIN = ""
# Letters as in Devanagari, moved by the distance of the blocks; Tamil and Urdu have tables of their own.
_MOVED = {"hi": 0, "bn": 0x80, "pa": 0x100, "gu": 0x180, "or": 0x200, "te": 0x300, "kn": 0x380, "ml": 0x400}
SCRIPTS = (LATIN, *_MOVED, "ta", "ur")
_OWN_LETTERS = {
    "bn": {"व": "ব", "य": "য়"},
    "or": {"व": "ବ", "य": "ୟ"},
    "pa": {"श": "ਸ਼"},
}
_TAMIL = dict(zip("कखगघचछजझटडतथदधनपफबभमयरलवशसह", "ககககசசஜஜடடததததனபபபபமயரலவஷசஹ", strict=True)) | dict(
    zip("ािीुूेो", "ாிீுூேோ", strict=True)
)
_URDU = {
    "क": "ک", "ख": "کھ", "ग": "گ", "घ": "گھ", "च": "چ", "छ": "چھ", "ज": "ج", "झ": "جھ", "ट": "ٹ", "ड": "ڈ", "त": "ت",
    "थ": "تھ", "द": "د", "ध": "دھ", "न": "ن", "प": "پ", "फ": "پھ", "ब": "ب", "भ": "بھ", "म": "م", "य": "ی", "र": "ر",
    "ल": "ل", "व": "و", "श": "ش", "स": "س", "ह": "ہ", "ा": "ا", "ि": "", "ी": "ی", "ु": "", "ू": "و", "े": "ے", "ो": "و",
}  # fmt: skip
_FIRST_NA = {"ன": "ந"}
FIRS_OF_STATION = 120
YEARS = range(1990, 2020)


def write(word: Word, script: str, die: random.Random) -> str:
    """A word as somebody writes it in a script."""
    if script in (LATIN, "hi"):
        return word.write(script, die)
    text = "".join(letter for letter, _ in word.letters)
    if script == "ur":
        made = "".join(_URDU[c] for c in text)
        return made.replace("ے", "ی", max(0, made.count("ے") - made.endswith("ے")))
    if script == "ta":
        made = "".join(_TAMIL[c] for c in text)
        # A consonant at the end that is said without a vowel has a dot.
        made += "\u0bcd" if "க" <= made[-1] <= "ஹ" else ""
        return _FIRST_NA.get(made[0], made[0]) + made[1:]
    moved = "".join(_OWN_LETTERS.get(script, {}).get(c) or chr(ord(c) + _MOVED[script]) for c in text)
    return moved + ("\u0d4d" if script == "ml" and "\u0d15" <= moved[-1] <= "\u0d39" else "")


@dataclass(frozen=True, slots=True)
class Somebody:
    """One person of the register. words: of the name; record, line: where it stands."""

    words: tuple[Word, ...]
    father: tuple[Word, ...]
    script: str
    station: int
    year: int
    record: str
    line: int


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, whom it means, and whether it is in the record's own script. by: relative, station or year."""

    text: str
    relative: str
    station: str
    year: str
    record: str
    line: int
    is_cross: bool
    by: str
    is_misspelt: bool
    namesakes: int


class World:
    """So many persons, two of each FIR. seed: the same seed gives the same world."""

    def __init__(self, persons: int, seed: int) -> None:
        """Draw it; about 20 microseconds a person."""
        die = self.die = random.Random(seed)
        self.given, self.family = (
            Names(min(24_000, 2000 + persons // 40), die),
            Names(min(9000, 800 + persons // 100), die),
        )
        places = Names(3000, die)
        self.stations = [(places.draw(), places.draw()) for _ in range(max(8, persons // 2 // FIRS_OF_STATION // 12))]
        self.station_names = [
            f"{a.write('', die)}{b.write('', die).lower()} {n}" for n, (a, b) in enumerate(self.stations)
        ]
        self.people: list[Somebody] = []
        self.same: Counter[tuple[object, ...]] = Counter()
        for n in range(persons // 2):
            station, year = die.randrange(len(self.stations)), die.choice(YEARS)
            script = die.choice(SCRIPTS)
            for line in (1, 2):
                self.people.append(self._person(f"wb-{n:09}-r1", line, station, year, script))
        for one in self.people:
            self.same.update(_keys(one))

    def _person(self, record: str, line: int, station: int, year: int, script: str) -> Somebody:
        die = self.die
        family = self.family.draw()
        middle = (self.given.draw(),) if die.random() < 0.2 else ()
        words = (self.given.draw(), *middle, family)
        return Somebody(words, (self.given.draw(), family), script, station, year, record, line)

    def name(self, words: Sequence[Word], script: str) -> str:
        """A name as somebody writes it."""
        return " ".join(write(w, script, self.die) for w in words)

    def questions(
        self, count: int, *, cross: bool, by: Sequence[str] = ("relative", "station", "year")
    ) -> list[Question]:
        """Questions about persons drawn by chance, half of them with a letter that is wrong in one word."""
        return [self._ask(self.die.choice(self.people), n, cross, by[n % len(by)]) for n in range(count)]

    def _ask(self, one: Somebody, n: int, is_cross: bool, by: str) -> Question:
        die = self.die
        script = die.choice([s for s in SCRIPTS if s != one.script]) if is_cross else one.script
        text = self.name(one.words, script).split(" ")
        relative = self.name(one.father, script).split(" ") if by == "relative" else []
        is_misspelt = n // 3 % 2 == 1
        if is_misspelt:
            side = relative if relative and die.random() < 0.5 else text
            at = die.choice([i for i, w in enumerate(side) if len(w) >= 3] or [0])
            side[at] = slip(side[at], die)
        station = self.station_names[one.station] if by == "station" else ""
        keys = dict(zip(("name", "relative", "station", "year"), _keys(one), strict=True))
        return Question(
            " ".join(text), " ".join(relative), station, str(one.year) if by == "year" else "", one.record, one.line,
            is_cross, by, is_misspelt, self.same[keys[by]],
        )  # fmt: skip


def _keys(one: Somebody) -> list[tuple[object, ...]]:
    name = tuple(id(w) for w in one.words)
    return [
        ("name", name), ("relative", name, tuple(id(w) for w in one.father)), ("station", name, one.station),
        ("year", name, one.year),
    ]  # fmt: skip


def vehicle_mark(n: int) -> tuple[str, str, str]:
    """Registration, chassis and engine number of the n-th vehicle."""
    die = random.Random(n)
    letters = "ABCDEFGHJKLMNPRSTUVWXYZ"
    district, series = die.randrange(1, 99), "".join(die.choices(letters, k=2))
    chassis = "".join(die.choices(letters + "0123456789", k=17))
    return (
        f"WB{district:02}{series}{die.randrange(1, 9999):04}",
        chassis,
        "".join(die.choices(letters + "0123456789", k=11)),
    )


def spoil_mark(mark: str, die: random.Random) -> str:
    """A mark with one sign wrong, or left out."""
    at = die.randrange(len(mark))
    if die.random() < 0.5:
        return mark[:at] + mark[at + 1 :]
    return mark[:at] + die.choice("ABCDEFGHKLMNPRSTUVWXYZ0123456789".replace(mark[at], "")) + mark[at + 1 :]
