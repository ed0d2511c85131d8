"""Printed answers to be marked, found on a blank print: "Written / Oral", or words with boxes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from digitize.files.forms import labels
from ocr.drafting.reading import Piece
from ocr.drafting.structures import Structures
from ocr.page import Box, Word, enclose_boxes

# Printed answers are short: longer ones are a sentence with a stroke in it.
_MOST_WORDS = 4
_NEAR = 60.0  # in 1/200 inch
_PAD = 3
_ANSWERS = ("fir.written", "fir.oral")


@dataclass(frozen=True, slots=True)
class PrintedAnswer:
    """value: its words; box: their position; tick: its empty box, if any."""

    value: str
    box: Box
    tick: Box | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """Printed answers of one zone. at_word: index of their first word, 0 for none."""

    answers: tuple[PrintedAnswer, ...]
    at_word: int = 0

    @property
    def box(self) -> Box:
        """Around all of them."""
        return enclose_boxes([a.box for a in self.answers] + [a.tick for a in self.answers if a.tick])


def printed_choice(piece: Piece, languages: Sequence[str], *, right_to_left: bool = False) -> Choice | None:
    """Answers separated by slashes at the end of a piece of print, after its label; None if there are none.

    They follow a colon, or are known answer words.
    """
    words = list(piece.words)
    # The last one: what stands between colons before it are headings.
    colon = max((i for i, w in enumerate(words) if w.text.endswith(":") or w.text == ":"), default=-1)
    known = [h for h in labels.find_labels([w.text for w in words], languages) if h.label in _ANSWERS]
    if len(known) == len(_ANSWERS):
        groups = [words[h.first : h.last + 1] for h in known]
        return Choice(tuple(_answer(g, piece) for g in groups), min(h.first for h in known))
    if colon < 0 or not any("/" in w.text for w in words[colon + 1 :]):
        return None
    groups = [g for g in _split_at_strokes(words[colon + 1 :]) if g]
    if len(groups) < 2 or any(len(g) > _MOST_WORDS for g in groups) or _is_label(words[colon + 1 :], languages):
        return None
    return Choice(tuple(_answer(g, piece) for g in groups), colon + 1)


def tick_choices(found: Structures, pieces: Sequence[Piece]) -> tuple[Mapping[int, Choice], frozenset[int]]:
    """Tick boxes with their words, by the index of the piece of print that asks; and all pieces that are answers.

    The words of a box follow it on the same row. The question is before the first box, or above it.
    """
    rows: dict[int, list[tuple[Box, int]]] = {}
    for tick in found.ticks:
        word = _find_words_behind(tick, pieces, found.unit)
        if word is not None:
            rows.setdefault(pieces[word].segment.row, []).append((tick, word))
    taken = frozenset(word for row in rows.values() for _, word in row)
    choices: dict[int, Choice] = {}
    for row in rows.values():
        answers = [PrintedAnswer(pieces[w].text.strip(), _pad_box(pieces[w].segment.box), t) for t, w in sorted(row)]
        asks = _find_question(min(t for t, _ in row), pieces, taken)
        if asks is not None and len(answers) > 1:
            before = choices[asks].answers if asks in choices else ()
            choices[asks] = Choice((*before, *answers))
    return choices, taken


def _find_words_behind(tick: Box, pieces: Sequence[Piece], unit: float) -> int | None:
    middle = (tick.y0 + tick.y1) / 2
    near = [
        (p.segment.box.x0 - tick.x1, i)
        for i, p in enumerate(pieces)
        if p.segment.box.y0 < middle < p.segment.box.y1 and -2 <= p.segment.box.x0 - tick.x1 <= _NEAR * unit and p.text
    ]
    return min(near)[1] if near else None


def _find_question(first: Box, pieces: Sequence[Piece], taken: frozenset[int]) -> int | None:
    """Piece of print before a row's first box, else the nearest one above."""
    free = [i for i in range(len(pieces)) if i not in taken and pieces[i].text]
    middle = (first.y0 + first.y1) / 2
    boxes = {i: pieces[i].segment.box for i in free}
    left = [i for i in free if boxes[i].y0 < middle < boxes[i].y1 and boxes[i].x1 <= first.x0]
    if left:
        return max(left, key=lambda i: boxes[i].x1)
    above = [i for i in free if boxes[i].y1 <= first.y0]
    return max(above, key=lambda i: (boxes[i].y1, -boxes[i].x0), default=None)


def _split_at_strokes(words: Sequence[Word]) -> list[list[Word]]:
    """Words grouped by slashes; a slash may be attached to a word."""
    groups: list[list[Word]] = [[]]
    for word in words:
        parts = word.text.split("/")
        for k, part in enumerate(parts):
            if k:
                groups.append([])
            if part.strip():
                groups[-1].append(_share(word, parts, k))
    return groups


def _share(word: Word, parts: Sequence[str], k: int) -> Word:
    """One part of a word split at slashes, its box divided by letter count."""
    if len(parts) == 1:
        return word
    total = len(word.text)
    start = sum(len(p) + 1 for p in parts[:k])
    x0, y0, x1, y1 = word.box
    wide = x1 - x0
    left, right = x0 + round(wide * start / total), x0 + round(wide * (start + len(parts[k])) / total)
    return Word(parts[k], word.confidence, Box(left, y0, max(left + 1, right), y1))


def _answer(words: Sequence[Word], piece: Piece) -> PrintedAnswer:
    box = enclose_boxes([w.box for w in words])
    high = piece.segment.box
    text = " ".join(w.text for w in words).strip(" /:,.;()[]")
    return PrintedAnswer(
        text or " ".join(w.text for w in words), Box(box.x0 - _PAD, high.y0 - _PAD, box.x1 + _PAD, high.y1 + _PAD)
    )


def _pad_box(box: Box) -> Box:
    return Box(box.x0 - _PAD, box.y0 - _PAD, box.x1 + _PAD, box.y1 + _PAD)


def _is_label(words: Sequence[Word], languages: Sequence[str]) -> bool:
    """Whether words separated by a slash form one label, e.g. "Father's / Husband's Name"."""
    strokes = [i for i, w in enumerate(words) if "/" in w.text]
    hits = labels.find_labels([w.text for w in words], languages)
    return any(h.first <= i <= h.last and h.last > h.first for h in hits for i in strokes)
