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
from ocr.script import REPAIRS


class TesseractModels(BaseModel):
    """Tesseract's models for a language, best first, and the Debian package that brings each."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    models: tuple[str, ...] = Field(min_length=1)
    packages: tuple[str, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _one_package_a_model(self) -> TesseractModels:
        if len(self.models) != len(self.packages):
            raise ValueError("name one package for each model")
        return self


class Language(BaseModel):
    """One language. code: ISO 639-1. script: ISO 15924. digits: its ten digits, nought first. joiners: repairs."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    code: str = Field(pattern=r"^[a-z]{2,3}$")
    name: str
    script: str = Field(pattern=r"^[A-Z][a-z]{3}$")
    digits: str
    joiners: tuple[str, ...] = ()
    tesseract: TesseractModels

    @field_validator("digits")
    @classmethod
    def _ten_digits(cls, digits: str) -> str:
        if len(digits) != 10 or any(not c.isdecimal() or int(c) != i for i, c in enumerate(digits)):
            raise ValueError("digits must be the ten decimal digits, nought first")
        return digits

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
    """The package's own languages by code, read once in a process."""
    return load_languages()


def language(code: str) -> Language:
    """One language by its code. Raises FormError when there is no file for it."""
    known = known_languages()
    if code not in known:
        raise FormError(f"no language {code!r}; add ocr/languages/{code}.toml (known: {', '.join(known)})")
    return known[code]
