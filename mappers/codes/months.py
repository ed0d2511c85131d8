"""Names of months in the scripts of the country."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mappers.folding import nfc


@dataclass(frozen=True)
class Months:
    """Names -> number of the month, lower case, NFC; elsewhere: names -> calendar that only an almanac converts."""

    gregorian: Mapping[str, int]
    saka: Mapping[str, int]
    elsewhere: Mapping[str, str]


@cache
def months() -> Months:
    """The names of months.toml."""
    data = tomllib.loads((resources.files("mappers.codes") / "months.toml").read_text(encoding="utf-8"))
    return Months(
        _numbered(data["gregorian"]),
        _numbered(data["saka"]),
        {nfc(w).casefold(): calendar for calendar, words in data["elsewhere"].items() for w in words},
    )


def _numbered(names: list[list[str]]) -> Mapping[str, int]:
    return {nfc(w).casefold(): n for n, words in enumerate(names, 1) for w in words}
