"""What the station says, one file a language under words/; what a language lacks is said in English."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from types import SimpleNamespace
from typing import Any

ENGLISH = "en"


@cache
def station_languages() -> tuple[str, ...]:
    """The languages that there are files of, English first."""
    folder = resources.files(__package__) / "words"
    codes = sorted(f.name.removesuffix(".toml") for f in folder.iterdir() if f.name.endswith(".toml"))
    return (ENGLISH, *(c for c in codes if c != ENGLISH))


@cache
def station_words(language: str) -> SimpleNamespace:
    """The words of a language, each an attribute by its key; groups are attributes with attributes."""
    return _spaced(plain_words(language))


@cache
def plain_words(language: str) -> dict[str, Any]:
    """The same as plain tables."""
    chosen = language if language in station_languages() else ENGLISH
    return _merged(_read(ENGLISH), _read(chosen))


def _read(language: str) -> dict[str, Any]:
    file = resources.files(__package__) / "words" / f"{language}.toml"
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _merged(first: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    made = dict(first)
    for key, value in over.items():
        before = made.get(key)
        made[key] = _merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return made


def _spaced(plain: dict[str, Any]) -> SimpleNamespace:
    return SimpleNamespace(**{k: _spaced(v) if isinstance(v, dict) else v for k, v in plain.items()})
