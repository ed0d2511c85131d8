"""What clerks do to a register later: entries struck out, squeezed in, year headings, totals, notes in the margins."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from math import pi, sin
from typing import TYPE_CHECKING, Any

from PIL import ImageDraw

from sample_data.registers_pen import Entry, Fate, Pen, Placed

if TYPE_CHECKING:
    from sample_data.registers_layout import Half, Paper
    from sample_data.registers_wear import Scanned
    from sample_data.registers_words import Clerk

STROKES = ("one", "one", "two", "wavy", "slant", "cross")
"""How something is struck out: by one line or two through each line of it, by a wave, aslant, by a cross."""
TOTALS: Mapping[str, tuple[str, ...]] = {
    "en": ("Total", "Grand total", "Brought forward", "Carried forward"),
    "hi": ("योग", "कुल योग", "पिछला शेष"),
    "bn": ("মোট", "জের"),
    "ta": ("மொத்தம்", "முன்கொணர்வு"),
}
DAYS: Mapping[str, tuple[str, ...]] = {
    "en": ("Dated", "Date", "Dt."),
    "hi": ("दिनांक", "दि."),
    "bn": ("তারিখ", "তাং"),
    "ta": ("நாள்", "தேதி"),
}
_SMALL = 0.58
_SHARE = {
    "row": 0.04,
    "cell": 0.02,
    "word": 0.025,
    "under": 0.02,
    "squeezed": 0.05,
    "heading": 0.03,
    "total": 0.02,
    "day": 0.16,
}


def marked(entry: Entry, number: str, columns: Sequence[str], clerk: Clerk, rng: random.Random) -> list[Entry]:
    """An entry with what was done to it later, perhaps behind a year or a total; number: the column of numbers."""
    own = [c for c in columns[1:] if entry.texts[c] and c not in entry.ditto]
    entry.struck, entry.row_struck, entry.inserted = frozenset(), False, ""
    entry.fate = _fate_of(own, entry.texts, rng)
    if rng.random() < _SHARE["squeezed"]:
        texts = clerk.row(tuple(columns), entry.serial)
        late = entry.texts[number] + rng.choice(("A", "/1", "-A"))
        entry.squeezed = Entry(entry.serial, {**texts, number: late, "serial_again": late})
    kind = _kind_of_diary(rng) if number == "entry_no" else _kind_between(rng)
    if not kind:
        return [entry]
    text = {
        "": "",
        "heading": str(clerk.day.year + 1),
        "day": _day(clerk, rng),
        "total": f"{rng.choice(TOTALS[clerk.language])} {rng.randrange(20, 900)}",
    }[kind]
    return [Entry(0, {"text": clerk.say.digits_of(text) if clerk.native else text}, kind=kind), entry]


def _fate_of(columns: Sequence[str], texts: Mapping[str, str], rng: random.Random) -> Fate:
    """The fate of an entry by lot; columns: those with an entry of their own."""
    how = rng.choice(STROKES)
    if rng.random() < _SHARE["row"]:
        return Fate(row=True, how=how)
    cells = frozenset(c for c in columns if rng.random() < _SHARE["cell"])
    others = [c for c in columns if c not in cells]
    words = {
        c: rng.randrange(len(texts[c].split()))
        for c in others
        if len(texts[c].split()) > 1 and rng.random() < _SHARE["word"]
    }
    under = frozenset(c for c in others if c not in words and rng.random() < _SHARE["under"])
    return Fate(cells=cells, words=words, under=under, how=how)


def _kind_between(rng: random.Random) -> str:
    """What stands between two entries: "heading" (a year), "total", or "" for nothing."""
    lot = rng.random()
    if lot < _SHARE["heading"]:
        return "heading"
    return "total" if lot < _SHARE["heading"] + _SHARE["total"] else ""


def _kind_of_diary(rng: random.Random) -> str:
    """What stands between two entries of a diary, whose day is in no column: "day", now and then, or ""."""
    return "day" if rng.random() < _SHARE["day"] else ""


def _day(clerk: Clerk, rng: random.Random) -> str:
    """The day as it stands above a diary's entries: a date, often with a word before it."""
    day = clerk.day
    date = rng.choice((f"{day.day}.{day.month}.{day:%y}", f"{day:%d/%m/%Y}", f"{day.day}-{day.month}-{day.year}"))
    return f"{rng.choice(DAYS[clerk.language])} {date}" if rng.random() < 0.6 else date


def strike_row(pen: Pen, row: Placed) -> None:
    """Draw the fate of a row that was written."""
    fate = row.entry.fate
    if fate is None:
        return
    if fate.row and fate.how in ("slant", "cross", "wavy"):
        for half in pen.paper.halves:
            bases = [base for _, _, x, _, base in row.lines if half.left <= x < half.right]
            if bases:
                _over(pen, half, min(bases), max(bases), fate.how)
        return
    if fate.row and fate.how == "one" and pen.rng.random() < 0.5:
        _all_across(pen, row)
        return
    by_column: dict[str, list[tuple[float, float, float]]] = {}
    for column, _, x, wide, base in row.lines:
        if fate.row or column in fate.cells:
            by_column.setdefault(column, []).append((x, wide, base))
        if column in fate.under:
            pen.strike(x, x + wide, base + 0.22 * pen.style.text_px)
    for lines in by_column.values():
        _strike_lines(pen, lines, fate.how)
    for column, number in (fate.words or {}).items():
        _strike_word(pen, row, column, number)


def _strike_lines(pen: Pen, lines: Sequence[tuple[float, float, float]], how: str) -> None:
    size = pen.style.text_px
    if how in ("slant", "cross"):
        x0, x1 = min(x for x, _, _ in lines), max(x + w for x, w, _ in lines)
        y0, y1 = lines[0][2] - 0.75 * size, lines[-1][2] + 0.1 * size
        _line(pen, (x0, y1), (x1, y0))
        if how == "cross":
            _line(pen, (x0, y0), (x1, y1))
        return
    for x, wide, base in lines:
        y = base - 0.28 * size
        if how == "wavy":
            _wave(pen, x - 3, x + wide + 3, y, 0.14 * size)
        elif how == "two":
            pen.strike(x, x + wide, y - 0.1 * size)
            pen.strike(x, x + wide, y + 0.08 * size)
        else:
            pen.strike(x, x + wide, y)


def _over(pen: Pen, half: Half, first: float, last: float, how: str) -> None:
    """A stroke, a cross or a wave over all columns of a row, from its first base line to its last."""
    size, wide = pen.style.text_px, half.right - half.left
    x0, x1 = half.left + 0.05 * wide, half.right - pen.rng.uniform(0.02, 0.2) * wide
    y0, y1 = first - 0.8 * size, min(last, first + 3 * size) + 0.2 * size
    if how == "wavy":
        _wave(pen, x0, x1, first - 0.28 * size, 0.25 * size)
        return
    _line(pen, (x0, y1), (x1, y0))
    if how == "cross":
        _line(pen, (x0, y0), (x1, y1))


def _all_across(pen: Pen, row: Placed) -> None:
    """One line through the first line of all columns, drawn with a ruler."""
    for half, (_, foot) in zip(pen.paper.halves, row.spans, strict=True):
        own = [line for line in row.lines if half.left <= line[2] < half.right]
        if not own:
            continue
        by_number: dict[int, list[float]] = {}
        for _, number, _, _, base in own:
            by_number.setdefault(number, []).append(base)
        for bases in by_number.values():
            y = sum(bases) / len(bases) - 0.28 * pen.style.text_px
            if y < foot:
                _line(pen, (half.left + 6, y), (half.right - 6, y + pen.rng.uniform(-2, 2)))


def _strike_word(pen: Pen, row: Placed, column: str, number: int) -> None:
    """Strike one word of a cell and write what it should be above it."""
    size = pen.style.text_px
    for own, i, x, _, base in row.lines:
        words = row.entry.lines[column][i].split() if own == column else []
        if i or number >= len(words):
            continue
        start = x + (pen.width(" ".join(words[:number]) + " ", size) if number else 0.0)
        wide = pen.width(words[number], size)
        pen.strike(start, start + wide, base - 0.28 * size)
        pen.write((start, base - 0.8 * size), words[number][::-1][: max(2, len(words[number]) // 2)], _SMALL * size)


def write_squeezed(pen: Pen, row: Placed, entry: Entry) -> list[tuple[float, float]]:
    """Write an entry small between a row and the next; returns its top and foot on each half."""
    style, rng = pen.style, pen.rng
    size = _SMALL * style.text_px
    spans = []
    for half, (_, foot) in zip(pen.paper.halves, row.spans, strict=True):
        last = max((b for _, _, x, _, b in row.lines if half.left <= x < half.right), default=foot - style.text_px)
        base = max(last + 0.8 * size + 0.12 * style.text_px, foot + rng.uniform(-0.35, 0.2) * style.text_px)
        for column, x0, x1 in zip(half.columns, half.edges[:-1], half.edges[1:], strict=True):
            lines = entry.lines.get(column, [])
            if lines:
                free = max(0.0, x1 - x0 - 0.4 * size - pen.width(lines[0], size))
                pen.write((x0 + 0.2 * size + rng.uniform(0, 0.4) * free, base + rng.uniform(-1, 1)), lines[0], size)
        spans.append((base - 0.85 * size, base + 0.3 * size))
    left = pen.paper.halves[0].left
    if rng.random() < 0.5:
        y = (spans[0][0] + spans[0][1]) / 2
        _line(pen, (left - 1.2 * size, y + 0.4 * size), (left - 0.6 * size, y - 0.3 * size))
        _line(pen, (left - 0.6 * size, y - 0.3 * size), (left - 0.1 * size, y + 0.4 * size))
    return spans


def write_between(pen: Pen, row: Placed) -> None:
    """Write a year or a day across a page, or a total in its columns."""
    entry, size = row.entry, (1.0 if row.entry.kind == "day" else 1.35) * pen.style.text_px
    text = entry.texts["text"]
    for half, (top, foot) in zip(pen.paper.halves, row.spans, strict=True):
        y = (top + foot) / 2 + 0.3 * size
        if entry.kind in ("heading", "day"):
            x = (half.left + half.right) / 2 - pen.width(text, size) / 2
            pen.write((x, y), text, size)
            if pen.rng.random() < 0.4:
                pen.strike(x, x + pen.width(text, size), y + 0.3 * size)
            continue
        x0, x1 = half.edges[len(half.edges) // 2], half.edges[len(half.edges) // 2 + 1]
        own = pen.style.text_px
        label, figure = text.rsplit(" ", 1)
        pen.write((x0 - pen.width(label, own) - 0.4 * own, y), label, own)
        pen.write((x1 - pen.width(figure, own) - 0.4 * own, y), figure, own)
        break


def notes_around(pen: Pen, clerk: Clerk, rng: random.Random) -> list[dict[str, object]]:
    """Notes written below the table and beside it; returns flat boxes and texts."""
    paper, size = pen.paper, 0.8 * pen.style.text_px
    found: list[dict[str, object]] = []
    places = {
        "below": (paper.halves[0].left + rng.uniform(20, 200), paper.bottom + 1.6 * size),
        "right": (paper.halves[-1].right + 5, rng.uniform(0.2, 0.9) * paper.bottom),
    }
    for where, (x, y) in places.items():
        text = clerk.story(4) if where == "below" else clerk.note()
        wide = pen.width(text, size)
        room = paper.halves[0].right if where == "below" else paper.width - 2
        if rng.random() < 0.4 and x + wide < room and y + 0.3 * size < paper.height:
            pen.write((x, y), text, size)
            found.append({"kind": where, "text": text, "flat": (x, y - 0.9 * size, x + wide, y + 0.3 * size)})
    return found


def day_above(pen: Pen, clerk: Clerk, rng: random.Random) -> list[dict[str, object]]:
    """The day of a diary written above its table, on three pages of five; its flat box and text."""
    paper, size = pen.paper, pen.style.text_px
    if rng.random() < 0.4:
        return []
    text = _day(clerk, rng)
    text = clerk.say.digits_of(text) if clerk.native else text
    half = paper.halves[-1]
    x, y = half.right - (0.14 + 0.1 * rng.random()) * (half.right - half.left) - pen.width(text, size), 0.72 * paper.top
    pen.write((x, y), text, size)
    return [{"kind": "day", "text": text, "flat": (x, y - size, x + pen.width(text, size), y + 0.3 * size)}]


def _line(pen: Pen, start: tuple[float, float], end: tuple[float, float]) -> None:
    """A stroke by hand, a little bent."""
    rng = pen.rng
    (x0, y0), (x1, y1) = start, end
    sag = rng.uniform(-0.015, 0.015) * abs(x1 - x0) if abs(x1 - x0) < 600 else rng.uniform(-4, 4)
    points = [(x0 + (x1 - x0) * t / 12, y0 + (y1 - y0) * t / 12 + sag * sin(pi * t / 12)) for t in range(13)]
    ImageDraw.Draw(pen.hand).line(points, fill=240, width=max(2, round(0.3 * pen.style.px_mm)), joint="curve")


def _wave(pen: Pen, x0: float, x1: float, y: float, high: float) -> None:
    long = pen.rng.uniform(3.0, 7.0) * max(high, 3.0)
    count = max(4, round((x1 - x0) / long * 8))
    points = [
        (x0 + (x1 - x0) * i / count, y + high * sin(2 * pi * i * (x1 - x0) / count / long)) for i in range(count + 1)
    ]
    ImageDraw.Draw(pen.hand).line(points, fill=240, width=max(2, round(0.3 * pen.style.px_mm)), joint="curve")


def gold_around(paper: Paper, rows: Sequence[Placed], scan: Scanned, notes: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What stands around the rows and between them: notes and page numbers, years and totals."""
    between = [
        {
            "kind": r.entry.kind,
            "text": r.entry.texts["text"],
            "boxes": [
                scan.box(h.left, top, h.right, foot) for h, (top, foot) in zip(paper.halves, r.spans, strict=True)
            ],
        }
        for r in rows
        if r.entry.kind
    ]
    around = [{"kind": n["kind"], "text": n["text"], "box": scan.box(*n["flat"])} for n in notes]
    return {"around": around, "between": between}
