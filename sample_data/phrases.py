"""What is written on the samples, language by language: names, places, offences, and the ways to write dates."""

from __future__ import annotations

import tomllib
import unicodedata
from datetime import date, datetime
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).parent / "phrases"


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Thing(_Frozen):
    """A property as written, and its category."""

    description: str
    category: str


class Offence(_Frozen):
    """What happened: sections as written and as (act, section), and the story, in which {village} is filled in."""

    id: str
    written: str
    acts: tuple[tuple[str, str], ...]
    narrative: str
    has_property: bool = False


class Phrases(_Frozen):
    """One language. Texts are NFC. Patterns are those of str.format; see the files for their names."""

    first_men: tuple[str, ...]
    first_women: tuple[str, ...]
    last: tuple[str, ...]
    aliases: tuple[str, ...]
    villages: tuple[str, ...]
    spots: tuple[str, ...]
    occupations: tuple[str, ...]
    delays: tuple[str, ...]
    digits: str
    dates: tuple[str, ...]
    times: tuple[str, ...]
    weekdays: tuple[str, ...]
    saka_months: tuple[str, ...] = ()
    despatch: str
    distance: str
    address: str
    place: str
    husband: str
    named: str
    alias: str
    unknown: str
    thing: str
    money: str
    gd: tuple[str, ...]
    ud: str
    action: str
    stations: dict[str, str]
    districts: dict[str, str]
    directions: dict[str, str]
    info_types: dict[Literal["written", "oral"], str]
    ranks: dict[str, str]
    things: tuple[Thing, ...]
    offences: tuple[Offence, ...]

    def offence(self, offence_id: str) -> Offence:
        """The offence of that id. Raises KeyError when there is none."""
        return {o.id: o for o in self.offences}[offence_id]

    def digits_of(self, text: str) -> str:
        """The text with its digits in the language's own signs."""
        return text.translate({ord("0") + i: d for i, d in enumerate(self.digits)})

    def date(self, day: date, pattern: str) -> str:
        """A day as written by one of the patterns."""
        text = pattern.format(d=day.day, m=day.month, y=day.year, yy=f"{day.year % 100:02d}")
        return self.digits_of(text)

    def time(self, moment: datetime, pattern: str) -> str:
        """A time of day as written by one of the patterns."""
        return self.digits_of(pattern.format(h=moment.hour, n=moment.minute))

    def names(self) -> frozenset[str]:
        """Every word that a person on the samples may be called."""
        return frozenset((*self.first_men, *self.first_women, *self.last, *self.aliases))


def load_phrases(language: str) -> Phrases:
    """The phrases of a language, in NFC."""
    text = (FOLDER / f"{language}.toml").read_text(encoding="utf-8")
    return Phrases.model_validate(tomllib.loads(unicodedata.normalize("NFC", text)))


def grouped(rupees: int) -> str:
    """A sum with Indian grouping: 125000 is "1,25,000"."""
    text = str(rupees)
    head, tail = text[:-3], text[-3:]
    parts = [head[max(0, i - 2) : i] for i in range(len(head), 0, -2)]
    return ",".join([*reversed(parts), tail])
