"""Words of numbers in the scripts of the country."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from importlib import resources

from mappers.codes.months import plain_word
from mappers.languages import load_languages


@dataclass(frozen=True)
class NumberWords:
    """Words as `plain_word` has them. before: fractions added to the number that follows; alone: that stand so."""

    numbers: Mapping[str, int]
    units: Mapping[str, int]
    before: Mapping[str, Decimal]
    alone: Mapping[str, Decimal]


@cache
def number_words() -> NumberWords:
    """The words of numbers.toml, and those by which each language counts."""
    data = tomllib.loads((resources.files("mappers.codes") / "numbers.toml").read_text(encoding="utf-8"))
    counted = {
        plain_word(word): number
        for names in (one.numbers.counted for one in load_languages().values())
        for number, ways in enumerate(names, 1)
        for word in ([ways] if isinstance(ways, str) else ways)
    }
    return NumberWords(
        counted | {w: int(n) for n, words in data["numbers"].items() for w in map(plain_word, words)},
        {w: int(n) for n, words in data["units"].items() for w in map(plain_word, words)},
        _fractions(data["before"]),
        _fractions(data["alone"]),
    )


def _fractions(words: Mapping[str, list[str]]) -> Mapping[str, Decimal]:
    return {plain_word(w): Decimal(value) for value, spelled in words.items() for w in spelled}
