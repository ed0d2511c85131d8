"""Registers of invented persons and cases with planted duplicates, and with others that only look like them.

Names are drawn from syllables, a few of them very often, and written in Latin letters as this or that writer spells, or
in the letters of five scripts by a table of this file: nothing of the toolkit's own romanisation is in it.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Row = dict[str, Any]
Pairs = set[tuple[int, int]]

# Devanagari letter -> ways to spell it in Latin letters, the usual one first.
_CONSONANTS = {
    "क": "k k k", "ख": "kh kh", "ग": "g g", "घ": "gh", "च": "ch ch", "ज": "j j", "झ": "jh", "ट": "t", "ड": "d",
    "त": "t t t", "थ": "th", "द": "d d d", "ध": "dh dh", "न": "n n n", "प": "p p p", "फ": "ph f", "ब": "b b b",
    "भ": "bh bh", "म": "m m m", "य": "y", "र": "r r r r", "ल": "l l l", "व": "v w v",
    "श": "sh s sh", "स": "s s s", "ह": "h",
}  # fmt: skip
_VOWELS = {"": "a", "ा": "a a aa", "ि": "i i", "ी": "i ee i", "ु": "u u", "ू": "u oo", "े": "e e", "ो": "o o"}
_ENDS = {"": "", "ा": "a", "ी": "i ee i", "ु": "u", "न": "n", "म": "m", "र": "r", "ल": "l", "श": "sh s"}
# Scripts by the distance of their block from Devanagari; Bengali writes its b
# for v, and a y of its own.
_SCRIPTS = {"hi": 0, "bn": 0x80, "gu": 0x180, "te": 0x300, "kn": 0x380}
_DISTRICTS, _VILLAGES = 20, 2500
_TITLES = ("Shri ", "Smt ", "Sri ")


@dataclass(frozen=True)
class Word:
    """One word of a name: its letters in Devanagari, and the ways to spell each of them in Latin letters."""

    letters: tuple[tuple[str, tuple[str, ...]], ...]

    def write(self, script: str, die: random.Random) -> str:
        """The word as somebody writes it. script: a key of _SCRIPTS, or "" for Latin letters."""
        if not script:
            return "".join(die.choice(ways) for _, ways in self.letters).capitalize()
        text = "".join(letter for letter, _ in self.letters)
        if script != "bn":
            return "".join(chr(ord(c) + _SCRIPTS[script]) for c in text)
        return "".join(chr(ord(c) + _SCRIPTS[script]) for c in text.replace("व", "ब")).replace("য", "য়")


class Names:
    """Invented words, of which the first ones are common: the share of the n-th falls as 1 / (n + 5)."""

    def __init__(self, count: int, die: random.Random) -> None:
        """count: of words."""
        self._die = die
        words = {_make_word(die) for _ in range(count)}
        self.words = sorted(words, key=lambda w: (len(w.letters), str(w.letters)))
        die.shuffle(self.words)
        self.sums = [0.0]
        for n in range(len(self.words)):
            self.sums.append(self.sums[-1] + 1 / (n + 5))

    def draw(self) -> Word:
        """One of them."""
        return self._die.choices(self.words, cum_weights=self.sums[1:])[0]


def _make_word(die: random.Random) -> Word:
    letters: list[tuple[str, tuple[str, ...]]] = []
    for _ in range(die.choice((1, 2, 2, 2, 3))):
        consonant = die.choice(sorted(_CONSONANTS))
        vowel = die.choice(sorted(_VOWELS))
        letters += [(consonant, tuple(_CONSONANTS[consonant].split())), (vowel, tuple(_VOWELS[vowel].split()))]
    # A short a is not written, and not said at the end.
    end = die.choice([e for e in sorted(_ENDS) if e])
    consonant = die.choice(sorted(_CONSONANTS))
    if end in ("ा", "ी", "ु"):
        letters.append((consonant, tuple(_CONSONANTS[consonant].split())))
    letters.append((end, tuple(_ENDS[end].split())))
    return Word(tuple(letters))


@dataclass(frozen=True)
class Person:
    """Somebody, as they truly are."""

    given: tuple[Word, ...]
    family: Word
    father: tuple[Word, ...]
    sex: str
    born: date
    village: tuple[Word, Word]
    district: int
    phone: str


@dataclass
class Register:
    """Rows of persons, and which of them are of one person. look_alikes: pairs that are not, though much agrees."""

    rows: list[Row] = field(default_factory=list)
    same: Pairs = field(default_factory=set)
    look_alikes: Pairs = field(default_factory=set)


class PersonMaker:
    """Draws a register."""

    def __init__(self, seed: int) -> None:
        """seed: the same seed draws the same register."""
        self._die = random.Random(seed)
        self._given, self._family = Names(3000, self._die), Names(1200, self._die)
        self._places = Names(_VILLAGES, self._die)

    def register(self, count: int) -> Register:
        """So many rows, or a few more; one person in six has several, one in eight has a look-alike."""
        made = Register()
        while len(made.rows) < count:
            one = self.person()
            script = self._die.choice(("", "", "", "hi", "hi", "bn", "gu", "te", "kn"))
            first = self._add(made, one, script)
            if self._die.random() < 1 / 6:
                places = [
                    first,
                    *(self._add(made, one, self._other(script)) for _ in range(self._die.choice((1, 1, 2)))),
                ]
                made.same |= {(a, b) for i, a in enumerate(places) for b in places[i + 1 :]}
            if self._die.random() < 1 / 8:
                made.look_alikes.add((first, self._add(made, self._look_alike(one), self._other(script))))
        return made

    def _other(self, script: str) -> str:
        """The script of another record of the place: Latin letters, or the same local ones."""
        return "" if self._die.random() < 0.5 else script or self._die.choice(("hi", "bn"))

    def person(self) -> Person:
        """Somebody."""
        die = self._die
        family = self._family.draw()
        middle = (self._given.draw(),) if die.random() < 0.2 else ()
        return Person(
            given=(self._given.draw(), *middle),
            family=family,
            father=(self._given.draw(), family),
            sex="female" if die.random() < 0.25 else "male",
            born=date(die.randrange(1940, 1992), 1, 1) + timedelta(die.randrange(365)),
            village=(self._places.draw(), self._places.draw()),
            district=die.randrange(_DISTRICTS),
            phone=f"9{die.randrange(10**8, 10**9)}",
        )

    def _look_alike(self, one: Person) -> Person:
        """A brother or sister, a son, or a namesake of the same family name or of another place."""
        die, other = self._die, self.person()
        kind = die.randrange(4)
        born = one.born + timedelta(die.randrange(400, 3000))
        if kind == 0:
            return Person(other.given, one.family, one.father, one.sex, born, one.village, one.district, one.phone)
        if kind == 1:
            father = (one.given[0], one.family)
            born = one.born + timedelta(die.randrange(7000, 12000))
            return Person(other.given, one.family, father, "male", born, one.village, one.district, one.phone)
        if kind == 2:
            return Person(one.given, one.family, other.father[:1] + (one.family,), one.sex, other.born, one.village,
                          one.district, other.phone)  # fmt: skip
        return Person(
            one.given, one.family, one.father, one.sex, other.born, other.village, other.district, other.phone
        )

    def _add(self, made: Register, one: Person, script: str) -> int:
        die, year = self._die, self._die.randrange(2005, 2021)
        age = year - one.born.year + die.choice((0, 0, 0, 0, 1, -1, 1, -1, 2, -2, 3, -4))
        age = round(age / 5) * 5 if die.random() < 0.2 else age
        moved = (self._places.draw(), self._places.draw()) if die.random() < 0.12 else one.village
        has_day = die.random() < 0.08
        born = one.born
        if has_day and die.random() < 0.15 and born.day <= 12:
            born = date(born.year, born.day, born.month)
        phone = one.phone if die.random() < 0.85 else f"8{die.randrange(10**8, 10**9)}"
        row = {
            "record": len(made.rows),
            "name": self.write((*one.given, one.family), script),
            "relative_name": self.write(one.father, script) if die.random() < 0.9 else None,
            "sex": one.sex if die.random() < 0.95 else None,
            "birth_year": born.year if has_day else year - age if die.random() < 0.93 else None,
            "birth_date": born if has_day else None,
            "address": self.write_place(moved, script) if die.random() < 0.85 else None,
            "phone": phone if die.random() < 0.25 else None,
            "uid_last4": None,
            "passport_no": None,
            "district": f"District {one.district if die.random() < 0.97 else die.randrange(_DISTRICTS)}",
        }
        made.rows.append(row)
        return len(made.rows) - 1

    def write(self, words: tuple[Word, ...], script: str) -> str:
        """A name as somebody writes it: words left out or turned round, slips, titles."""
        die = self._die
        written = [w.write(script, die) for w in words]
        if len(written) > 2 and die.random() < 0.3:
            written.pop(1)
        elif len(written) > 1 and die.random() < 0.08:
            written.pop()
        if die.random() < 0.12:
            at = die.randrange(len(written))
            written[at] = slip(written[at], die)
        if len(written) > 1 and die.random() < 0.04:
            written.reverse()
        if len(written) > 1 and not script and die.random() < 0.03:
            written[0] = written[0][0] + "."
        if len(written) > 1 and die.random() < 0.03:
            written[:2] = [written[0] + written[1].lower()]
        title = die.choice(_TITLES) if not script and die.random() < 0.08 else ""
        return title + " ".join(written)

    def write_place(self, village: tuple[Word, Word], script: str) -> str:
        """An address as somebody writes it, whole or in part."""
        die = self._die
        first, second = (w.write(script, die) for w in village)
        house = f"H.No. {die.randrange(1, 400)}, " if not script and die.random() < 0.4 else ""
        parts = [f"{house}Vill {first}" if not script else first, second]
        return ", ".join(parts if die.random() < 0.8 else parts[:1])


def slip(text: str, die: random.Random) -> str:
    """A word with one letter left out, doubled, put in the place of the next one, or taken for another one."""
    if len(text) < 3:
        return text
    at = die.randrange(1, len(text) - 1)
    kind = die.randrange(4)
    if kind == 0:
        return text[:at] + text[at + 1 :]
    if kind == 1:
        return text[:at] + text[at] + text[at:]
    if kind == 2:
        return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
    other = die.choice([c for word in text for c in word])
    return text[:at] + other + text[at + 1 :]
