"""Languages of the records, one TOML file each, found by scanning this folder: how names are said, words, labels.

What reading needs of a language (models, digits, joiners) stands in a file of the same name in `ocr/languages`; a new
language is these two files and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from mappers.errors import MappingError
from mappers.toml import read_model

FOLDERS: list[Traversable] = [resources.files("mappers.languages")]
"""Where files of languages lie; a test adds one of its own before anything is read."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Sounds(_Part):
    """How a language reads its script. consonants: places that it reads otherwise, joined: those below another one.

    drops_schwa: the short a of the script is silent at the end of words and between syllables; keeps_after_cluster: not
    behind two consonants. anusvara: its sound where no stop follows. finish: last changes of the sounds, as patterns in
    which %V is a vowel and %v stands for all vowels of a class.
    """

    consonants: Mapping[str, str] = {}
    joined: Mapping[str, str] = {}
    drops_schwa: bool = False
    keeps_after_cluster: bool = False
    anusvara: str = "n"
    finish: tuple[tuple[str, str], ...] = ()


class SoundCosts(_Part):
    """What it costs to take one sound for another, as groups of sounds, over those of `mappers/names/costs.toml`."""

    leave_out: Mapping[str, float] = {}
    swap: Mapping[str, float] = {}


class NumberNames(_Part):
    """Words of numbers. counted: one after the other from 1, several ways to write one as a list."""

    counted: tuple[str | tuple[str, ...], ...] = ()


class PrintedLabels(_Part):
    """What forms print: label -> wordings; verified: seen on a printed form."""

    verified: Mapping[str, tuple[str, ...]] = {}
    unverified: Mapping[str, tuple[str, ...]] = {}


class ProtectedWords(_Part):
    """Words by which a text tells of a child or of a sexual offence. A word too many hides too much; one too few leaks.

    offence: of a sexual offence. minor: of a minor, wherever it stands; child: the same in free text. young: boy, girl;
    not where an adult's age stands beside it. kin: son, daughter, pupil: only beside a child's age. aged: before or
    behind an age; old: behind it; years, months: its units; school: before or behind the number of a class. accused: of
    a child in conflict with the law. sections: what stands before numbers of sections. apart: phrases in which such a
    word means something else. A word is the beginning of one, in Latin letters a whole one unless it ends in "*"; "*"
    before it: anywhere in a word.
    """

    offence: tuple[str, ...] = ()
    minor: tuple[str, ...] = ()
    child: tuple[str, ...] = ()
    young: tuple[str, ...] = ()
    kin: tuple[str, ...] = ()
    aged: tuple[str, ...] = ()
    old: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    school: tuple[str, ...] = ()
    accused: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    apart: tuple[str, ...] = ()


class CopiedWords(_Part):
    """Words of a printed copy of an FIR that no form has, "" or () where English does.

    withheld: in the place of what the law hides; not_captured: of what no office took from the paper; page: with {page}
    and {pages}; note, lacks: at its end; hours: behind a time; features, others, vehicles: titles of what has no
    label. Lists: weekday from Sunday, then intervening days; direction N NE E SE S SW W NW; info_type written, oral,
    electronic; sex male, female, transgender; accused_kind known, suspected, unknown; relation_type father, mother,
    husband, wife, guardian; address_type present, permanent.
    """

    withheld: str = ""
    not_captured: str = ""
    page: str = ""
    note: str = ""
    lacks: str = ""
    hours: str = ""
    role_accused: str = ""
    role_victim: str = ""
    role_witness: str = ""
    features: str = ""
    others: str = ""
    vehicles: str = ""
    weekday: tuple[str, ...] = Field(default=(), max_length=8)
    direction: tuple[str, ...] = Field(default=(), max_length=8)
    info_type: tuple[str, ...] = Field(default=(), max_length=3)
    sex: tuple[str, ...] = Field(default=(), max_length=3)
    accused_kind: tuple[str, ...] = Field(default=(), max_length=3)
    relation_type: tuple[str, ...] = Field(default=(), max_length=5)
    address_type: tuple[str, ...] = Field(default=(), max_length=2)


class SpokenLanguage(_Part):
    """One language. code: ISO 639-1, the file's name. names: what it is called in others. script: ISO 15924.

    usual: text of its script is taken for it where nothing tells of another; letters: these tell it from that one.
    iscii: the column of iscii.tsv that it is written in. titles: what stands before names and is no part of them.
    sounds: None where its script is not read letter by letter. months: from January, and headers: meaning ->
    spellings, in addition to those of months.toml and words.toml. lists: code list -> value -> spellings, in addition
    to lists.toml.
    """

    format: Literal[1]
    code: str = Field(pattern=r"^[a-z]{2}$")
    name: str
    names: Mapping[str, str] = {}
    script: str = Field(pattern=r"^[A-Z][a-z]{3}$")
    usual: bool = False
    letters: str = ""
    iscii: str = ""
    titles: tuple[str, ...] = ()
    sounds: Sounds | None = None
    costs: SoundCosts = SoundCosts()
    numbers: NumberNames = NumberNames()
    months: tuple[tuple[str, ...], ...] = Field(default=(), max_length=12)
    lists: Mapping[str, Mapping[str, tuple[str, ...]]] = {}
    headers: Mapping[str, tuple[str, ...]] = {}
    printed: PrintedLabels = PrintedLabels()
    protected: ProtectedWords = ProtectedWords()
    copied: CopiedWords = CopiedWords()


class Printed(NamedTuple):
    """One wording of a label. label: its stable name (`fir.title`); language: two letters."""

    label: str
    language: str
    text: str


@cache
def load_languages() -> Mapping[str, SpokenLanguage]:
    """All languages by code, sorted. Raises MappingError when a file is wrong, or a script has two usual languages."""
    found: dict[str, SpokenLanguage] = {}
    for path in sorted((p for f in FOLDERS for p in f.iterdir() if p.name.endswith(".toml")), key=lambda p: p.name):
        one = read_model(path, SpokenLanguage)
        if path.name != f"{one.code}.toml":
            raise MappingError(f"{path.name}: code {one.code} belongs into {one.code}.toml")
        if one.usual and any(o.usual and o.script == one.script for o in found.values()):
            raise MappingError(f"{path.name}: usual: another language is the usual one of {one.script} already")
        found[one.code] = one
    return found


@cache
def languages_of_script(script: str) -> tuple[str, ...]:
    """Codes of the languages written in a script, the usual one first."""
    own = [one for one in load_languages().values() if one.script == script]
    return tuple(one.code for one in sorted(own, key=lambda o: not o.usual))


def printed_labels() -> Iterator[Printed]:
    """Every wording of every label that forms print, in every language."""
    for one in load_languages().values():
        for wordings in (one.printed.verified, one.printed.unverified):
            yield from (Printed(label, one.code, text) for label, texts in wordings.items() for text in texts)
