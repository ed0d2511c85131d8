"""English and Roman Hindi as police tables hold it, to see that no detector takes it for a legacy encoding.

Words and patterns are in `police_english.toml`; names come from the pool that is handed in (towns, first and last
names), acts, offences and districts from the code lists. Nothing of it is used for training.
"""

from __future__ import annotations

import csv
import random
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from pathlib import Path

_LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
_CASES: tuple[Callable[[str], str], ...] = (str, str, str.upper, str.upper, str.title, str.lower)
# Patterns that are parts of others, or no English.
_PARTS = ("made", "hindi")
_LONGEST = 60
_LISTS = {
    "offence": ("ipc_bns.csv", "ipc_title"),
    "act_name": ("acts.csv", "full_name"),
    "act_short": ("acts.csv", "short_name"),
    "district": ("districts.csv", "district"),
}


def english_columns(pool: Sequence[str], dice: random.Random, count: int) -> list[list[bytes]]:
    """So many columns of about thirty distinct cells, each column of one kind or of three, in its own case."""
    filler = _Filler(pool, dice)
    kinds = [k for k in _read()["patterns"] if k not in _PARTS]
    columns = []
    for i in range(count):
        mixed = [kinds[i % len(kinds)]] if i % 3 else dice.sample(kinds, 3)
        case = dice.choice(_CASES)
        cells = dict.fromkeys(case(filler.fill(dice.choice(mixed)))[:_LONGEST].strip() for _ in range(60))
        columns.append([c.encode("ascii", "ignore") for c in cells][:36])
    return columns


def roman_hindi(dice: random.Random, count: int) -> Iterator[bytes]:
    """Distinct cells of Hindi and its sisters in Roman letters."""
    filler = _Filler((), dice)
    seen: set[str] = set()
    while len(seen) < count:
        text = dice.choice((str, str.upper, str.title))(filler.fill("hindi"))
        if text not in seen:
            seen.add(text)
            yield text.encode()


class _Filler:
    """Fills patterns by chance."""

    def __init__(self, pool: Sequence[str], dice: random.Random) -> None:
        self._dice = dice
        self._pool = [p for p in pool if p.isascii()] or ["Namuna"]
        self._words: Mapping[str, list[str]] = {k: re.split(r"[|\n]", v.strip()) for k, v in _read()["words"].items()}

    def fill(self, kind: str) -> str:
        """One text of a kind."""
        return re.sub(r"\{(\w+)\}", lambda m: self._word(m[1]), self._dice.choice(_read()["patterns"][kind]))

    def _word(self, name: str) -> str:
        dice = self._dice
        if name in self._words:
            return dice.choice(self._words[name])
        if name in _read()["patterns"]:
            return self.fill(name)
        if name in _LISTS:
            return dice.choice(_column(*_LISTS[name]))
        made = {
            "pool": lambda: dice.choice(self._pool), "stem": lambda: dice.choice(self._pool)[:5].capitalize(),
            "A": lambda: dice.choice(_LETTERS), "a": lambda: dice.choice(_LETTERS).lower(),
            "d": lambda: str(dice.randrange(1, 60)), "n": lambda: str(dice.randrange(1, 600)),
            "m": lambda: str(dice.randrange(1, 9999)), "y": lambda: str(dice.randrange(1975, 2022)),
        }  # fmt: skip
        return made[name]()


@cache
def _read() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))


@cache
def _column(file: str, name: str) -> tuple[str, ...]:
    """The distinct ASCII values of a column of a code list."""
    with (resources.files("mappers.codes") / file).open(encoding="utf-8", newline="") as f:
        return tuple(dict.fromkeys(r[name] for r in csv.DictReader(f) if r[name] and r[name].isascii()))
