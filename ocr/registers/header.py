"""What is printed above the columns: where the header ends, and what its cells say."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ocr.engine import Image
from ocr.lexicon import folded
from ocr.registers.cells import cut_level
from ocr.registers.form import RegisterForm, Registers
from ocr.registers.grid import Grid, HalfGrid
from ocr.registers.ink import Marks, columns_of
from ocr.registers.labels import LIKE, Heading, all_labels, likeness
from ocr.registers.line import Line
from ocr.registers.sheet import Sheet

Reader = Callable[[Sequence[Image], str], list[str]]
"""Reads pictures, each perhaps of several lines, in one language."""

_SHORT = 3
_LEAST_CELLS = 2
_LEAST_SHARE = 0.3
_NUMBERED_SHARE = 0.8
_MAYBE_SHARE, _READ_SHARE = 0.45, 0.35
_MOST_NUMBERS = 0.25
_OFF_MIDDLE = 0.18
_NUMBER_WIDE = 2.6
_NUMBER_SPACE = 3.6
_MOST_SPACES = 3
_LEAST_FILLED = 0.34
_LETTERS_ABOVE = 6.0


def find_heading(
    sheet: Sheet,
    grid: Grid,
    marks: Marks,
    registers: Registers,
    languages: Sequence[str],
    read: Reader,
    *,
    form: RegisterForm | None = None,
    first: bool = False,
) -> Heading | None:
    """The header of a sheet, None where its first rows are entries.

    languages: two-letter codes, best first; English is tried as well. read: reads pictures of print. form: the
    register, if it is known. first: whether it is a volume's first sheet; then words in the middle of every column are
    a header though no label is known.
    """
    forms = [form] if form is not None else list(registers.forms.values())
    labels = all_labels(forms, registers, languages)
    codes = list(dict.fromkeys([*languages, "en"]))[:3]
    spaces = _spaces(grid, marks)
    for number, (tops, feet) in enumerate(spaces[:_MOST_SPACES]):
        pictures = _cells(sheet, grid, marks, tops, feet)
        filled = [i for i, p in enumerate(pictures) if p is not None]
        if len(filled) < max(_LEAST_CELLS, _LEAST_FILLED * len(pictures)):
            continue
        texts = _best_texts([p for p in pictures if p is not None], codes, labels, read)
        like = [likeness(t, labels) for t in texts]
        hits = sum(x >= LIKE for x in like)
        labelled = hits >= max(_LEAST_CELLS, _LEAST_SHARE * len(filled))
        if _are_entries(texts) or not (labelled or (first and _is_centred(grid, marks, (tops, feet)))):
            continue
        full = [""] * len(pictures)
        for i, text in zip(filled, texts, strict=True):
            full[i] = text
        after = spaces[number + 1] if number + 1 < len(spaces) else None
        if after is not None and _are_numbers(sheet, grid, marks, after, read):
            feet = after[1]
        return Heading(tuple(full), tuple(feet), _title(sheet, grid, marks, tops, codes, read))
    return None


def _are_entries(texts: Sequence[str]) -> bool:
    """Whether texts are a row's: numbers of two digits and more stand in a quarter of them."""
    return float(np.mean([sum(c.isdecimal() for c in t) >= 2 for t in texts])) > _MOST_NUMBERS


def _spaces(grid: Grid, marks: Marks) -> list[tuple[list[Line], list[Line]]]:
    """The first spaces between level lines, on all halves at once: their upper and lower borders."""
    main = grid.halves[0]
    lines = list(main.levels[: _MOST_SPACES + 2])
    letter = marks.letter_px
    if not lines:
        return []
    above = lines[0].moved(-_LETTERS_ABOVE * letter)
    column = columns_of(main, marks.x, marks.y)
    x = np.clip(marks.x.astype(int), 0, len(lines[0].at) - 1)
    inside = (column >= 0) & (column < len(main.uprights) - 1) & (marks.y < lines[0].at[x])
    high = (marks.y > above.at[x]) & (marks.y > grid.top - letter)
    if len(np.unique(column[inside & high])) >= 0.6 * (len(main.uprights) - 1):
        lines.insert(0, above)
    found = []
    for top, foot in zip(lines, lines[1:], strict=False):
        if float(np.median(foot.at - top.at)) < 0.9 * letter:
            continue
        tops, feet = [top], [foot]
        for other in grid.halves[1:]:
            tops.append(_beside(top, main, other))
            feet.append(_beside(foot, main, other))
        found.append((tops, feet))
    return found


def _beside(line: Line, main: HalfGrid, other: HalfGrid) -> Line:
    y = line.at[max(0, main.right - 8)]
    x = min(other.left + 8, len(line.at) - 1)
    near = min(other.levels, key=lambda r: abs(r.at[x] - y), default=None)
    if near is not None and abs(near.at[x] - y) <= 10:
        return near
    return Line(other.bend - other.bend[x] + y, 0.0)


def _cells(
    sheet: Sheet, grid: Grid, marks: Marks, tops: Sequence[Line], feet: Sequence[Line], least: int = 2
) -> list[Image | None]:
    """Pictures of the header's cells from the left; None where nothing is printed."""
    found: list[Image | None] = []
    for half, top, foot in zip(grid.halves, tops, feet, strict=True):
        column = columns_of(half, marks.x, marks.y)
        x = np.clip(marks.x.astype(int), 0, sheet.width - 1)
        inside = (marks.y > top.at[x]) & (marks.y < foot.at[x]) & (marks.x >= half.left) & (marks.x < half.right)
        for i in range(len(half.uprights) - 1):
            own = np.flatnonzero(inside & (column == i))
            if len(own) < least and not (marks.x1[own] - marks.x0[own] >= 2 * marks.letter_px).any():
                found.append(None)
                continue
            pad = 0.5 * marks.letter_px
            left, right = half.uprights[i].middle, half.uprights[i + 1].middle
            found.append(
                cut_level(
                    sheet,
                    max(left + 2, float(marks.x0[own].min()) - pad),
                    float(marks.y0[own].min()) - pad,
                    min(right - 2, float(marks.x1[own].max()) + pad),
                    float(marks.y1[own].max()) + pad,
                )
            )
    return found


def _best_texts(pictures: Sequence[Image], codes: Sequence[str], labels: Sequence[str], read: Reader) -> list[str]:
    """The texts in the language that gives the most labels; a second language is tried only where the first fails."""
    best: list[str] = []
    worth = -1.0
    for code in codes:
        texts = read(pictures, code)
        sum_of = sum(x for x in (likeness(t, labels) for t in texts) if x >= LIKE)
        if sum_of > worth:
            best, worth = texts, sum_of
        if worth >= 0.6 * len(pictures):
            break
    return best


def _are_numbers(sheet: Sheet, grid: Grid, marks: Marks, space: tuple[list[Line], list[Line]], read: Reader) -> bool:
    """Whether a low space holds the numbers of the columns: small in the middle of nearly each, or read as such."""
    if float(np.median(space[1][0].at - space[0][0].at)) > _NUMBER_SPACE * marks.letter_px:
        return False
    share = _centred(grid, marks, space, _NUMBER_WIDE * marks.letter_px)
    if share >= _NUMBERED_SHARE or share < _MAYBE_SHARE:
        return share >= _NUMBERED_SHARE
    pictures = _cells(sheet, grid, marks, *space, least=1)
    filled = [i for i, p in enumerate(pictures) if p is not None]
    texts = read([p for p in pictures if p is not None], "en")
    right = [folded(t) == str(i + 1) for i, t in zip(filled, texts, strict=True)]
    return sum(right) >= _READ_SHARE * len(pictures)


def _is_centred(grid: Grid, marks: Marks, space: tuple[list[Line], list[Line]]) -> bool:
    """Whether something stands in the middle of nearly every column of a space, as print does and entries do not."""
    return _centred(grid, marks, space, np.inf) >= _NUMBERED_SHARE


def _centred(grid: Grid, marks: Marks, space: tuple[list[Line], list[Line]], widest_px: float) -> float:
    """Share of columns in whose middle something no wider than that stands."""
    right = []
    for half, top, foot in zip(grid.halves, *space, strict=True):
        column = columns_of(half, marks.x, marks.y)
        x = np.clip(marks.x.astype(int), 0, len(top.at) - 1)
        inside = (marks.y > top.at[x]) & (marks.y < foot.at[x]) & (marks.x >= half.left) & (marks.x < half.right)
        inside &= marks.y1 - marks.y0 >= 0.5 * marks.letter_px
        for i in range(len(half.uprights) - 1):
            own = np.flatnonzero(inside & (column == i))
            if not len(own):
                right.append(False)
                continue
            x0, x1 = float(marks.x0[own].min()), float(marks.x1[own].max())
            left, behind = half.uprights[i].middle, half.uprights[i + 1].middle
            off = abs((x0 + x1) / 2 - (left + behind) / 2) / max(1.0, behind - left)
            right.append(x1 - x0 <= widest_px and off <= _OFF_MIDDLE)
    return float(np.mean(right))


def _title(sheet: Sheet, grid: Grid, marks: Marks, tops: Sequence[Line], codes: Sequence[str], read: Reader) -> str:
    """What is printed above the table, in all languages asked for."""
    x = np.clip(marks.x.astype(int), 0, sheet.width - 1)
    half = np.clip(np.searchsorted([h.right for h in grid.halves], marks.x, side="right"), 0, len(grid.halves) - 1)
    top = np.array([t.at for t in tops])[half, x]
    own = np.flatnonzero((marks.y1 < top + 2) & (marks.y > top - 2 * _LETTERS_ABOVE * marks.letter_px))
    if len(own) < _SHORT:
        return ""
    order = own[np.argsort(marks.x[own])]
    parts = np.split(order, np.flatnonzero(np.diff(marks.x[order]) > 6 * marks.letter_px) + 1)
    pad = 0.6 * marks.letter_px
    pictures = [
        cut_level(
            sheet,
            float(marks.x0[p].min()) - pad,
            float(marks.y0[p].min()) - pad,
            float(marks.x1[p].max()) + pad,
            float(marks.y1[p].max()) + pad,
        )
        for p in parts
        if len(p) >= _SHORT
    ]
    if not pictures:
        return ""
    return " | ".join(t for code in codes for t in read(pictures, code) if t)
