"""Invented persons, FIRs and vehicles in eleven scripts, and questions about them, for benchmarks/search.py.

Names are made of syllables, a few of them very often. How a word is written in each script, and how this or that
writer spells it in Latin letters, stands in tables of this file and of duplicates_rows.py: nothing of the toolkit's own
romanisation is in it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sample_data.makers.persons import Names, Word, slip

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
    """So many persons, two of each FIR, that are the first ones of any larger world of this seed and of these sizes.

    stations, names: by how many persons they are, so that a store may grow and its names stay.
    """

    def __init__(self, persons: int, seed: int, sized: int = 0) -> None:
        """Draw it; about half a microsecond a person. sized: for how many persons there are stations and names."""
        sized = sized or persons
        self.seed, self.persons, die = seed, persons, random.Random(seed)
        self.given, self.family = Names(min(24_000, 2000 + sized // 40), die), Names(min(9000, 800 + sized // 100), die)
        places = Names(3000, die)
        stations = [(places.draw(), places.draw()) for _ in range(max(8, sized // 2 // FIRS_OF_STATION // 12))]
        self.station_names = [f"{a.write('', die)}{b.write('', die).lower()} {n}" for n, (a, b) in enumerate(stations)]
        firs = persons // 2
        # One roll a column: what is drawn for the first persons does not depend on how many there are.
        given, father, family, second, middle, station, year, script = (
            np.random.default_rng([seed, column]).random(n, np.float32)
            for column, n in enumerate((persons, persons, persons, persons, persons, firs, firs, firs))
        )
        self.words = np.stack([
            _drawn(self.given, given), np.where(second < 0.2, _drawn(self.given, middle), -1),
            _drawn(self.family, family), _drawn(self.given, father),
        ])  # fmt: skip
        self.station = (station * len(stations)).astype(np.int16)
        self.year = YEARS[0] + (year * len(YEARS)).astype(np.int16)
        self.script = (script * len(SCRIPTS)).astype(np.int8)
        self._keys: dict[tuple[str, int], Any] = {}

    def name(self, person: int, script: str, die: random.Random, *, father: bool = False) -> str:
        """A name as somebody writes it."""
        given, middle, family, his = (int(n) for n in self.words[:, person])
        words = [self.given.words[his if father else given]]
        words += [self.given.words[middle]] if middle >= 0 and not father else []
        return " ".join(write(w, script, die) for w in (*words, self.family.words[family]))

    def questions(
        self, count: int, *, cross: bool, by: Sequence[str] = ("relative", "station", "year"), persons: int = 0
    ) -> list[Question]:
        """Questions about some of the first persons, half of them with a letter that is wrong in one word."""
        persons = persons or self.persons
        die = random.Random(f"{self.seed} {cross} {by[0]} {persons}")
        return [self._ask(die.randrange(persons), n, cross, by[n % len(by)], persons, die) for n in range(count)]

    def _ask(self, one: int, n: int, is_cross: bool, by: str, persons: int, die: random.Random) -> Question:
        own = SCRIPTS[self.script[one // 2]]
        script = die.choice([s for s in SCRIPTS if s != own]) if is_cross else own
        text = self.name(one, script, die).split(" ")
        relative = self.name(one, script, die, father=True).split(" ") if by == "relative" else []
        is_misspelt = n // 3 % 2 == 1
        if is_misspelt:
            side = relative if relative and die.random() < 0.5 else text
            at = die.choice([i for i, w in enumerate(side) if len(w) >= 3] or [0])
            side[at] = slip(side[at], die)
        station = self.station_names[self.station[one // 2]] if by == "station" else ""
        year = str(self.year[one // 2]) if by == "year" else ""
        return Question(
            " ".join(text), " ".join(relative), station, year, record_of(one), one % 2 + 1, is_cross, by, is_misspelt,
            self._namesakes(one, by, persons),
        )  # fmt: skip

    def _namesakes(self, one: int, by: str, persons: int) -> int:
        """How many persons have the same name, and the same of what is asked by."""
        made = self._keys.get((by, persons))
        if made is None:
            given, middle, family, father = self.words[:, :persons].astype(np.int64)
            key = (given << 29) | ((middle + 1) << 14) | family
            firs = np.arange(persons) // 2
            more = {"relative": father, "station": self.station[firs], "year": self.year[firs] - YEARS[0]}
            key = (key << 15) | more[by].astype(np.int64) if by in more else key
            made = self._keys[by, persons] = (key, np.sort(key))
        key, in_order = made
        low, high = (np.searchsorted(in_order, key[one], side) for side in ("left", "right"))
        return int(high - low)


def _drawn(names: Names, rolls: NDArray[np.float32]) -> NDArray[np.int32]:
    """Numbers of words, the first ones often."""
    sums = np.array(names.sums[1:])
    return np.minimum(np.searchsorted(sums, rolls * sums[-1], "right"), len(names.words) - 1).astype(np.int32)


def record_of(person: int) -> str:
    """The record in which a person stands."""
    return f"wb-{person // 2:09}-r1"


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
