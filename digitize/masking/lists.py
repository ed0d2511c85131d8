"""Lists for masking names, from `masking.toml`, and text folding for comparison."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources

from mappers.record import FieldValue
from mappers.text.folding import fold_written

_NUKTAS = dict.fromkeys(map(ord, "\u093c\u09bc\u0a3c\u0abc\u0b3c"))


@dataclass(frozen=True, slots=True)
class MaskingLists:
    """The lists of `masking.toml`.

    numbers: that suggest a protected section under any act. common: words that identify nobody. never: paths that
    cannot leak a name. places: fields in which boy or girl is part of a school name.
    """

    numbers: frozenset[int]
    common: frozenset[str]
    never: frozenset[str]
    places: frozenset[str]


@cache
def load_lists() -> MaskingLists:
    """The lists of the package."""
    data = tomllib.loads((resources.files("digitize.masking") / "masking.toml").read_text(encoding="utf-8"))
    return MaskingLists(
        numbers=frozenset(data["hints"]["numbers"]),
        common=frozenset(map(fold_text, data["hints"]["common"])),
        never=frozenset(data["fields"]["never"]),
        places=frozenset(data["fields"]["places"]),
    )


def fold_text(text: str) -> str:
    """Fold a text for comparison: equal digits and cases, no nukta."""
    # NFC writes the letter U+095C as its base and a nukta: so both spellings lose the nukta and are one.
    return unicodedata.normalize("NFC", fold_written(text)).translate(_NUKTAS).casefold()


def find_words(text: str) -> Iterator[str]:
    """Folded words with their vowel signs."""
    yield from filter(None, re.split(r"[\s,.;:/@()\[\]\"'\-_|]+", fold_text(text)))


def list_texts(cell: FieldValue | None) -> Iterator[str]:
    """All distinct texts of a cell: raw, value and candidates."""
    if cell is None:
        return
    if cell.raw:
        yield cell.raw
    if cell.value and cell.value != cell.raw:
        yield cell.value
    yield from filter(None, cell.candidates)


def find_numbers(text: str) -> Iterator[int]:
    """Every number of four digits at most."""
    # Longer runs are phones and keys, in which any section could be found.
    for run in re.findall(r"(?<!\d)\d{1,4}(?!\d)", fold_written(text)):
        yield int(run)
