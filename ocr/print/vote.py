"""Several readings of one line made one: aligned letter by letter, each letter voted for.

The reading nearest to all others is the frame; every other is aligned with it, and at each place the letter with most
weight stands. The best single reading of a worn line has one letter of eight wrong, the vote one of thirteen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from ocr.languages.script import close_slashes
from ocr.page import Box, Candidate, Word


@dataclass(frozen=True, slots=True)
class Vote:
    """text: what was voted. frame: index of the reading it was built on. agreed: 0..1, how far readings say it.

    places: for each letter of text, the place of the frame's letter it stands for (of its neighbour, if inserted).
    """

    text: str
    frame: int
    agreed: float
    places: tuple[int, ...]


def vote(readings: Sequence[Candidate], power: float = 3.0) -> Vote:
    """One text of several readings of a line, blanks squeezed.

    readings: at least one with text; a reading weighs its confidence to the power. Deterministic: equal votes go to the
    frame.
    """
    from rapidfuzz.distance import Levenshtein

    texts = [" ".join(r.text.split()) for r in readings]  # as its words are joined
    # First to sixth power differ by 0.2 points of letters wrong (docs/lab.md).
    weights = [max(0.01, r.confidence) ** power if text else 0.0 for r, text in zip(readings, texts, strict=True)]
    weight_of: dict[str, float] = defaultdict(float)
    for text, weight in zip(texts, weights, strict=True):
        weight_of[text] += weight
    # A pass that saw nothing has no say in what stands there.
    weight_of.pop("", None)
    if not weight_of:
        return Vote("", 0, 0.0, ())
    apart = {a: sum(w * Levenshtein.distance(a, b) for b, w in weight_of.items()) for a in weight_of}
    frame = min(weight_of, key=lambda text: (apart[text], -weight_of[text], text))
    letters = _elect_letters(frame, weight_of)
    text, places = _squeeze_blanks(letters)
    whole = sum(weight_of.values())
    agreed = sum(w * Levenshtein.normalized_similarity(text, b) for b, w in weight_of.items()) / whole
    return Vote(text, texts.index(frame), agreed, places)


def _elect_letters(frame: str, weight_of: dict[str, float]) -> list[tuple[str, int]]:
    """Letters with the place of the frame they stand for: before, at, and behind each of its letters."""
    from rapidfuzz.distance import Levenshtein

    at: list[dict[str, float]] = [defaultdict(float) for _ in frame]
    before: list[dict[str, float]] = [defaultdict(float) for _ in range(len(frame) + 1)]
    for text, weight in weight_of.items():
        ops = Levenshtein.opcodes(frame, text)
        inserted = {op.src_start: text[op.dest_start : op.dest_end] for op in ops if op.tag == "insert"}
        for place, votes in enumerate(before):
            votes[inserted.get(place, "")] += weight
        for op in ops:
            for place in range(op.src_start, op.src_end):
                said = "" if op.tag == "delete" else text[op.dest_start + place - op.src_start]
                at[place][said] += weight
    letters = []
    for place, votes in enumerate(before):
        letters += [(c, min(place, len(frame) - 1)) for c in _winner(votes, "")]
        if place < len(frame):
            letters += [(c, place) for c in _winner(at[place], frame[place])]
    return letters


def _winner(votes: dict[str, float], frame: str) -> str:
    return max(votes, key=lambda said: (votes[said], said == frame, said))


def _squeeze_blanks(letters: Sequence[tuple[str, int]]) -> tuple[str, tuple[int, ...]]:
    """Without blanks that close_slashes takes out, each letter with its place."""
    text = close_slashes("".join(letter for letter, _ in letters))
    places, at = [], 0
    for letter in text:
        while letters[at][0] != letter:
            at += 1
        places.append(letters[at][1])
        at += 1
    return text, tuple(places)


def voted_words(found: Vote, frame: Sequence[Word], readings: Sequence[Candidate]) -> tuple[Word, ...]:
    """The voted text's words: boxes from the frame's words, confidence from how many readings hold the word.

    frame: words of the reading the vote was built on, whose texts, joined by blanks, are that reading's text.
    """
    if not frame:
        return ()
    starts = list(accumulate((len(w.text) + 1 for w in frame), initial=0))
    held = [set(r.text.split()) for r in readings if r.text]
    words, at = [], 0
    for text in found.text.split(" "):
        places = found.places[at : at + len(text)]
        at += len(text) + 1
        parts = [_part(frame, starts, place) for place in places]
        box = Box(
            min(p.x0 for p in parts), min(p.y0 for p in parts), max(p.x1 for p in parts), max(p.y1 for p in parts)
        )
        words.append(Word(text, round(sum(text in h for h in held) / len(held), 4), box))
    return tuple(words)


def _part(frame: Sequence[Word], starts: Sequence[int], place: int) -> Box:
    """The part of a word's box in which the letter at a place of the frame's text stands."""
    number = max(i for i, start in enumerate(starts[:-1]) if start <= place)
    word, into = frame[number], place - starts[number]
    width = (word.box.x1 - word.box.x0) / max(1, len(word.text))
    into = min(into, len(word.text) - 1)
    left = word.box.x0 + into * width
    return Box(round(left), word.box.y0, max(round(left) + 1, round(left + width)), word.box.y1)
