"""Entries of a closed list in the matrices of a field written in another script than Latin.

As ocr/handwriting/entries.py weighs English ones; what differs is how entries may be written: dots of what is
abbreviated and dots below letters are left out by many hands, and words are run together.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ocr.decoding.ctc import LogProbs, greedy
from ocr.handwriting.entries import Entered
from ocr.handwriting.numbers import Costs, vote
from ocr.handwriting.words import WordScript
from ocr.languages.lexicon import Lexicon
from ocr.languages.visual import as_written

_MANY = 60
_MOST_ENTRIES = 6
_LABELLED = -2.5
_SHORT, _SHORT_WORTH = 2, -3.0
"""So few signs are in much that is badly written: the natural logarithm of what they weigh."""
_COSTS = Costs(passing=8.0, least=-6.0)
_DOT_BELOW = "\u093c\u09bc"
_JOINERS = str.maketrans("", "", "\u200b\u200c\u200d\u2060\ufeff")
_SIGNS = str.maketrans("", "", ".-()':")


class EntryWriting(NamedTuple):
    """An entry as it may stand on paper: its value, the spelling it is, and the natural logarithm of its weight."""

    value: str
    spelling: str
    weight: float


def read_word_entry(passes: Sequence[LogProbs], script: WordScript, lexicon: Lexicon) -> list[Entered]:
    """The entries of a list that a field may hold, likeliest first, by their spellings in a script; none without these.

    passes: matrices over script.characters. The text of what is found is the spelling of the list, in the order of
    speech; its share is among the list's entries alone.
    """
    writings = writings_of(lexicon, script)
    if len(lexicon.entries) > _MANY:
        writings = _likeliest(passes, script.characters, writings)
    if not writings:
        return []
    weights = tuple(one.weight for one in writings.values())
    spoken = vote(passes, script.characters, tuple(writings), weights, lambda text: writings[text].value, _COSTS)
    entered = [Entered(writings[s.text].spelling, s.value, s.share, s.agreed, s.fits, s.short, s.log) for s in spoken]
    return entered[:_MOST_ENTRIES]


def writings_of(lexicon: Lexicon, script: WordScript) -> dict[str, EntryWriting]:
    """Every way to write an entry, in the order of the paper; the first to claim one has it."""
    known = set(script.characters)
    own = {c for c in script.letters if not c.isdigit()}
    beside = [label for label in lexicon.beside if set(label) & own]
    found: dict[str, EntryWriting] = {}
    for value, others in lexicon.entries:
        for spelling in dict.fromkeys((value, *others)):
            plain = " ".join(unicodedata.normalize("NFC", spelling).translate(_JOINERS).split())
            if not set(plain) & own or not set(plain) <= known:
                continue
            weight = _SHORT_WORTH if sum(c.isalnum() for c in plain) <= _SHORT else 0.0
            for text in _ways(plain):
                found.setdefault(as_written(text), EntryWriting(value, plain, weight))
                labelled = EntryWriting(value, plain, weight + _LABELLED)
                for label in beside:
                    found.setdefault(as_written(f"{text} {label}"), labelled)
                    found.setdefault(as_written(f"{label} {text}"), labelled)
    return found


def _ways(plain: str) -> Iterator[str]:
    """A spelling, without its signs, without blanks, and each of them without dots below letters."""
    bare = " ".join(plain.translate(_SIGNS).split())
    for text in dict.fromkeys((plain, bare, plain.replace(" ", ""), bare.replace(" ", ""))):
        yield text
        without = "".join(c for c in text if c not in _DOT_BELOW)
        if without != text:
            yield without


def _likeliest(
    passes: Sequence[LogProbs], characters: tuple[str, ...], writings: dict[str, EntryWriting]
) -> dict[str, EntryWriting]:
    """The writings of the entries that are most like a plain reading of any pass."""
    from rapidfuzz import fuzz, process

    texts = list(writings)
    kept: dict[str, float] = {}
    for matrix in passes:
        said = greedy(matrix, characters)[0]
        for text, score, _ in process.extract(said, texts, scorer=fuzz.ratio, limit=_MANY):
            value = writings[text].value
            kept[value] = max(kept.get(value, 0.0), score)
    best = set(sorted(kept, key=lambda value: (-kept[value], value))[:_MANY])
    return {text: one for text, one in writings.items() if one.value in best}
