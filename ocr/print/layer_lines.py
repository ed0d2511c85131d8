"""Glyphs of a PDF page put together into words and lines, in reading order."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from ocr.languages.writing import is_rtl, is_rtl_letter, language_of
from ocr.page import Box, Line, Word
from ocr.print.layer_glyphs import Glyph, turn_back

_SAME_FOOT = 0.35
_BLANK_GAP = 0.19
"""Gap between two glyphs, in sizes of the font, that is a blank where the producer writes none."""
_DOUBLE = 0.1
_ABOVE, _BELOW = 0.8, 0.25
_NEXT_LINE = 2.2


@dataclass(frozen=True, slots=True)
class FontLine:
    """A line with the font of each of its words."""

    line: Line
    fonts: tuple[str, ...]


def lines_of(glyphs: Iterable[Glyph], languages: Sequence[str]) -> tuple[FontLine, ...]:
    """Lines of a page, in the order of its content. Confidence is 1: what the producer wrote."""
    found: list[FontLine] = []
    block, before = -1, None
    for run in _runs(glyphs):
        rtl = is_rtl("".join(g.text for g in run))
        made = [(_word(part), part[0].font) for part in _words(_in_order(run, rtl=rtl), rtl=rtl)]
        words = tuple(word for word, _ in made if word.text)
        fonts = tuple(font for word, font in made if word.text)
        if not words:
            continue
        if before is None or not _goes_on(before, run):
            block += 1
        before = run
        text = " ".join(w.text for w in words)
        spoken = language_of(text, languages)
        boxes = [w.box for w in words]
        whole = Box(*(f(side) for f, side in zip((min, min, max, max), zip(*boxes, strict=True), strict=True)))
        line = Line(text, 1.0, whole, words, block, (spoken,) if spoken else (), "text-layer", calibrated=False)
        found.append(FontLine(line, fonts))
    return tuple(found)


def _runs(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs of one foot that follow each other in the content; pieces of one line drawn apart are joined."""
    runs: list[list[Glyph]] = []
    for glyph in glyphs:
        last = runs[-1][-1] if runs else None
        if last is None or last.turn != glyph.turn or abs(last.y - glyph.y) > _SAME_FOOT * max(last.size, glyph.size):
            runs.append([])
        runs[-1].append(glyph)
    joined: list[list[Glyph]] = []
    by_foot: dict[tuple[int, int], list[list[Glyph]]] = defaultdict(list)
    for run in runs:
        size = max(g.size for g in run)
        foot = round(run[0].y)
        # Feet are rounded: those of one line may fall on either side.
        near = (other for y in (foot - 1, foot, foot + 1) for other in by_foot[run[0].turn, y])
        home = next((other for other in near if _touch(other, run, size)), None)
        if home is None:
            joined.append(run)
            by_foot[run[0].turn, foot].append(run)
        else:
            home.extend(run)
    return joined


def _touch(one: Sequence[Glyph], other: Sequence[Glyph], size: float) -> bool:
    """Whether two pieces of a line overlap or follow each other closely."""
    left, right = min(g.x0 for g in one), max(g.x1 for g in one)
    return min(g.x0 for g in other) < right + size and max(g.x1 for g in other) > left - size


def _in_order(run: Sequence[Glyph], *, rtl: bool) -> list[Glyph]:
    """Glyphs as they are read, without those that are drawn twice to look bold."""
    placed = sorted(run, key=lambda g: (g.x0, g.order))
    kept: list[Glyph] = []
    for glyph in placed:
        same = (g for g in kept[-3:] if g.text == glyph.text and g.text.strip())
        if not any(glyph.x0 - g.x0 < _DOUBLE * glyph.size and g.order != glyph.order for g in same):
            kept.append(glyph)
    if not rtl:
        return kept
    kept.sort(key=lambda g: (-g.x1, g.order))
    ordered: list[Glyph] = []
    for is_ltr, part in groupby(kept, key=lambda g: _runs_rightwards(g.text)):
        glyphs = list(part)
        ordered.extend(reversed(glyphs) if is_ltr else glyphs)
    return ordered


def _runs_rightwards(text: str) -> bool:
    """Whether a glyph stands in a number or a Latin word, even inside a line that runs leftwards."""
    return any(c.isalnum() and not is_rtl_letter(c) for c in text) or (len(text) == 1 and text in "/:.,-")


def _words(glyphs: Sequence[Glyph], *, rtl: bool) -> Iterator[list[Glyph]]:
    """Glyphs word by word: parted by blanks that are drawn, or by gaps."""
    word: list[Glyph] = []
    for glyph in (part for g in glyphs for part in _parts(g, rtl=rtl)):
        if not glyph.text.strip():
            if word:
                yield word
                word = []
            continue
        if word:
            last = word[-1]
            # Behind the farthest so far, too: a sign may be set back over the letter before it.
            gap = min(glyph.x0 - last.x1, glyph.x0 - max(g.x1 for g in word)) if not rtl else last.x0 - glyph.x1
            if rtl and _runs_rightwards(glyph.text) and _runs_rightwards(last.text):
                gap = glyph.x0 - last.x1
            if gap > _BLANK_GAP * max(glyph.size, last.size):
                yield word
                word = []
        word.append(glyph)
    if word:
        yield word


def _parts(glyph: Glyph, *, rtl: bool) -> Iterator[Glyph]:
    """A glyph that means several words as one for each, with its share of the place."""
    text = glyph.text
    if len(text) < 2 or not any(c.isspace() for c in text):
        yield glyph
        return
    step, at = (glyph.x1 - glyph.x0) / len(text), 0
    for is_blank, part in groupby(text, key=str.isspace):
        said = "".join(part)
        start, end = at * step, (at + len(said)) * step
        at += len(said)
        x0, x1 = (glyph.x1 - end, glyph.x1 - start) if rtl else (glyph.x0 + start, glyph.x0 + end)
        told = " " if is_blank else said
        yield Glyph(told, glyph.font, glyph.size, x0, x1, glyph.y, glyph.turn, glyph.order, glyph.hidden, glyph.told)


def _word(glyphs: Sequence[Glyph]) -> Word:
    # A soft hyphen that is drawn is a hyphen.
    text = unicodedata.normalize("NFC", "".join(g.text for g in glyphs)).replace("\u00ad", "-")
    size = max(g.size for g in glyphs)
    foot = sorted(g.y for g in glyphs)[len(glyphs) // 2]
    left, right = min(g.x0 for g in glyphs), max(g.x1 for g in glyphs)
    one, other = (turn_back(p, glyphs[0].turn) for p in ((left, foot - _ABOVE * size), (right, foot + _BELOW * size)))
    xs, ys = sorted((one[0], other[0])), sorted((one[1], other[1]))
    box = Box(int(xs[0]), int(ys[0]), max(int(xs[1] + 0.999), int(xs[0]) + 1), max(int(ys[1] + 0.999), int(ys[0]) + 1))
    return Word("".join(text.split()), 1.0, box)


def _goes_on(before: Sequence[Glyph], run: Sequence[Glyph]) -> bool:
    """Whether a line belongs to the paragraph of the one before."""
    step = run[0].y - before[0].y
    size = max(g.size for g in run)
    return run[0].turn == before[0].turn and -_SAME_FOOT * size <= step <= _NEXT_LINE * size
