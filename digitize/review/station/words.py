"""Texts of the station, one file per language under words/; English as fallback."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from digitize.machine.word_tables import list_languages, load_words, to_namespace

_PACKAGE = "digitize.review.station"


def station_languages() -> tuple[str, ...]:
    """The languages of the station, English first."""
    return list_languages(_PACKAGE)


@cache
def station_words(language: str) -> SimpleNamespace:
    """The texts of a language as attributes; groups are attributes with attributes."""
    return to_namespace(plain_words(language))


def plain_words(language: str) -> Mapping[str, Any]:
    """The same as plain tables."""
    return load_words(_PACKAGE, language)
