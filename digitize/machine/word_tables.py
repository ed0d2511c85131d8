"""Texts shown to people, as TOML files next to the code: one file per language, English as fallback."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from types import SimpleNamespace
from typing import Any

ENGLISH = "en"


def read_table(package: str, name: str) -> dict[str, Any]:
    """Parse a TOML file of a package. name: path below the package, e.g. "words/hi.toml"."""
    file = resources.files(package).joinpath(*name.split("/"))
    return tomllib.loads(file.read_text(encoding="utf-8"))


@cache
def list_languages(package: str, folder: str = "words", prefix: str = "") -> tuple[str, ...]:
    """List the languages that have a file {prefix}{code}.toml in the folder, English first."""
    names = (f.name for f in resources.files(package).joinpath(folder).iterdir())
    stems = (n.removesuffix(".toml").removeprefix(prefix) for n in names if n.startswith(prefix) and n[-5:] == ".toml")
    # "services_hi" is no language of the files without a prefix.
    codes = {code for code in stems if code.isalpha()}
    return (ENGLISH, *sorted(codes - {ENGLISH}))


@cache
def load_own_words(package: str, language: str, folder: str = "words", prefix: str = "") -> Mapping[str, Any]:
    """Load the texts of one language without fallback; the whole English file if the language has none."""
    code = language if language in list_languages(package, folder, prefix) else ENGLISH
    return read_table(package, f"{folder}/{prefix}{code}.toml")


@cache
def load_words(package: str, language: str, folder: str = "words", prefix: str = "") -> Mapping[str, Any]:
    """Load the texts of one language, with English for missing ones."""
    english = load_own_words(package, ENGLISH, folder, prefix)
    return merge_tables(english, load_own_words(package, language, folder, prefix))


def merge_tables(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two nested tables; entries of the second go first."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = merge_tables(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return merged


def to_namespace(table: Mapping[str, Any]) -> SimpleNamespace:
    """Turn the keys of a table into attributes for templates; groups become nested attributes."""
    return SimpleNamespace(**{k: to_namespace(v) if isinstance(v, Mapping) else v for k, v in table.items()})
