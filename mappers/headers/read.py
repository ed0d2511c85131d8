"""Reading a column's header: OCCFRDT is "occurrence from date", in several ways where it can be read in several."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mappers.headers.lexicon import HeaderLexicon, Phrase, nearly, sound_key
from mappers.text.folding import fold_key
from mappers.text.scripts import INDIC

# How dear a piece of a header is: known spellings are cheap, unknown letters dear, and so is cutting inside a word.
_KNOWN, _SHORT, _ONE_LETTER, _UNKNOWN, _LETTER, _CUT = 1.0, 1.35, 1.9, 1.8, 0.7, 0.25
# A word of the country in Latin letters, told by its sound.
_HEARD, _HEARD_LETTERS, _STEM, _CUT_WORD = 1.3, 4, 1.2, 1.65
_MISSPELT, _LONG = 1.5, 6
_BEST, _SLACK = 12, 1.6
_LONGEST = 24
_WORD = re.compile(rf"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[^\W\d_A-Za-z{INDIC}\u0600-\u06ff]+|\d+")
_NATIVE = re.compile(rf"[{INDIC}\u0600-\u06ff\u200c\u200d]+")
# Endings of cases behind a known word of an Indian script ("க்கு", "च्या") say nothing more.
_LONGEST_ENDING = 5
UNKNOWN = "?"


@dataclass(frozen=True, slots=True)
class HeaderReading:
    """One way to read a header. tokens: meanings; an unknown piece is "?" and its letters. cost: less is likelier."""

    tokens: tuple[str, ...]
    cost: float
    spelled: tuple[str, ...] = ()

    @property
    def meanings(self) -> Phrase:
        """The tokens as a set, unknown pieces included."""
        return frozenset(self.tokens)


@lru_cache(maxsize=1 << 14)
def read_header(text: str, lexicon: HeaderLexicon) -> tuple[HeaderReading, ...]:
    """The likeliest readings of a header, best first; empty for a header without letters."""
    words = [w for w in map(fold_key, _words(text)) if w and not w.isdigit()]
    joined = "".join(words)
    if not joined:
        return ()
    ends = set()
    at = 0
    for word in words:
        at += len(word)
        ends.add(at)
    found = _Reader(joined, ends, lexicon).readings()
    best = found[0].cost if found else 0.0
    return tuple(r for r in found if r.cost <= best + _SLACK)


def _words(text: str) -> Iterator[str]:
    """Words of a header: at blanks and marks, between cases (firNo) and between scripts."""
    for chunk in re.split(r"[\s_\-/\\.,;:()\[\]{}#'\"&+*|]+", _join_abbreviations(text)):
        yield from _NATIVE.findall(chunk)
        yield from _WORD.findall(_NATIVE.sub(" ", chunk))


def _join_abbreviations(text: str) -> str:
    """Abbreviations with dots as one word: P.S. as PS."""
    return re.sub(r"\b((?:[A-Za-z]\.){2,}[A-Za-z]?)", lambda m: m.group().replace(".", "") + " ", text)


class _Reader:
    """Cuts one header into known pieces, keeping the cheapest ways up to each letter."""

    def __init__(self, text: str, ends: set[int], lexicon: HeaderLexicon) -> None:
        self._text, self._ends, self._lexicon = text, ends, lexicon

    def readings(self) -> list[HeaderReading]:
        ways: list[list[HeaderReading]] = [[HeaderReading((), 0.0)]] + [[] for _ in self._text]
        for end in range(1, len(self._text) + 1):
            grown = [r for start in range(max(0, end - _LONGEST), end) for r in self._grow(ways[start], start, end)]
            ways[end] = _cheapest(grown)
        return ways[-1]

    def _grow(self, before: Sequence[HeaderReading], start: int, end: int) -> Iterator[HeaderReading]:
        if not before:
            return
        piece = self._text[start:end]
        cut = 0.0 if end in self._ends else _CUT
        for meaning, cost in self._pieces(piece, start, end):
            for r in before:
                after_unknown = start not in self._ends and bool(r.tokens) and r.tokens[-1].startswith(UNKNOWN)
                # Two unknown pieces side by side are one longer piece, which is tried by itself.
                if after_unknown and meaning[:1] in ("", UNKNOWN):
                    continue
                tokens = (*r.tokens, *meaning.split())
                yield HeaderReading(tokens, r.cost + cost + cut, (*r.spelled, piece))

    def _pieces(self, piece: str, start: int, end: int) -> Iterator[tuple[str, float]]:
        if piece in self._lexicon.fillers:
            yield "", 0.4
        known = self._lexicon.spellings.get(piece, ())
        # A word written out is surer than two letters inside another word.
        dear = _ONE_LETTER if len(piece) == 1 and piece.isascii() else _KNOWN + (0.15 if len(piece) == 2 else 0.0)
        yield from ((m, dear) for m in known)
        # A piece that goes over the end of a word must stand so in the dictionary; nothing is guessed of it.
        if any(start < e < end for e in self._ends):
            return
        yield from ((m, _SHORT) for m in self._lexicon.short.get(piece, ()) if m not in known)
        if not known:
            yield from self._guess_words(piece)
            if len(piece) >= _LONG and end in self._ends and (start == 0 or start in self._ends):
                yield from ((m, _MISSPELT) for m in nearly(piece, self._lexicon))
        if self._is_ending(piece, start, end):
            yield "", 0.5
        if not known:
            yield f"{UNKNOWN}{piece}", _UNKNOWN + _LETTER * min(len(piece), 4)

    def _guess_words(self, piece: str) -> Iterator[tuple[str, float]]:
        """Words of the country: without the sign they end in, cut short, or told by their sound in Latin letters."""
        yield from ((m, _STEM) for m in self._lexicon.stems.get(piece, ()))
        if piece.isascii():
            yield from ((m, _CUT_WORD) for m in self._lexicon.cut.get(piece, ()))
        if piece.isascii() and len(piece) >= _HEARD_LETTERS:
            yield from ((m, _HEARD) for m in self._lexicon.heard.get(sound_key(piece), ()))

    def _is_ending(self, piece: str, start: int, end: int) -> bool:
        inside = start > 0 and start not in self._ends and end in self._ends
        return inside and not piece.isascii() and len(piece) <= _LONGEST_ENDING


def _cheapest(readings: list[HeaderReading]) -> list[HeaderReading]:
    best: dict[tuple[str, ...], HeaderReading] = {}
    for r in sorted(readings, key=lambda r: r.cost):
        best.setdefault(r.tokens, r)
        if len(best) >= _BEST:
            break
    return list(best.values())
