"""Draws one page or spread of a sample register, flat and unworn, and knows where every cell came to lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sample_data.registers_layout import Half, Style
from sample_data.registers_marks import strike_row, write_between, write_squeezed
from sample_data.registers_pen import Entry, Leaf, Pen, Placed, Span


def draw_leaf(
    pen: Pen, entries: Sequence[Entry], labels: Mapping[str, str] | None, title: str, *, may_continue: bool
) -> Leaf:
    """Draw a leaf from its head to its foot; entries that find no room are in its rest. labels: none, no header."""
    paper = pen.paper
    y = paper.top
    header = None
    if labels is not None:
        foot = _header(pen, labels, title, y)
        header, y = (y, foot), foot
    tops = [y] * len(paper.halves)
    rows, rest = _place(pen, entries, tops, may_continue=may_continue)
    _rule(pen, rows, header, y)
    written: list[Placed] = []
    for row in rows:
        written += _written(pen, row)
    return Leaf(pen.rules, pen.print, pen.hand, written, header, rest)


def _written(pen: Pen, row: Placed) -> list[Placed]:
    """Write a row; returns it, and behind it the one that is squeezed in below it."""
    if row.entry.kind:
        write_between(pen, row)
        return [row]
    _write(pen, row)
    strike_row(pen, row)
    late = row.entry.squeezed
    if late is None or row.entry.continues:
        return [row]
    for half in pen.paper.halves:
        for column, x0, x1 in _columns(half):
            text = late.texts.get(column, "")
            late.lines[column] = pen.fits(text, x1 - x0 - 0.5 * pen.style.text_px, pen.style.text_px)[:1]
    return [row, Placed(late, write_squeezed(pen, row, late), is_squeezed=True)]


def _header(pen: Pen, labels: Mapping[str, str], title: str, top: float) -> float:
    """Print the labels above the columns; returns the foot of the header."""
    paper, style = pen.paper, pen.style
    size = style.print_px
    pen.set(paper.width * (0.25 if style.spread else 0.5), top - 0.6 * size, title, size * 1.5)
    cells = []
    for half in paper.halves:
        for column, x0, x1 in _columns(half):
            text = labels.get(column, "")
            fit = pen.print_size(text, x1 - x0 - 6, size) if text else size
            cells.append(((x0 + x1) / 2, pen.printed_lines(text, x1 - x0 - 6, fit) if text else [], fit))
    foot = top + max(sum(1.3 * s for _ in lines) for _, lines, s in cells) + 1.2 * size
    for middle, lines, fit in cells:
        y = (top + foot) / 2 - len(lines) * 1.3 * fit / 2 + 0.95 * fit
        for line in lines:
            pen.set(middle, y, line, fit)
            y += 1.3 * fit
    if not style.numbered:
        return foot
    number = 1
    for half in paper.halves:
        for _, x0, x1 in _columns(half):
            pen.set((x0 + x1) / 2, foot + 1.2 * size, str(number), size)
            number += 1
        pen.rule((half.left, foot), (half.right, foot), by_hand=False)
    return foot + 1.8 * size


def _columns(half: Half) -> list[tuple[str, float, float]]:
    return list(zip(half.columns, half.edges[:-1], half.edges[1:], strict=True))


def pitch_of(style: Style) -> float:
    """From one written line to the next."""
    return style.text_px * (1.55 if style.ruling in ("feint", "under") else 1.3)


def _needed(pen: Pen, entry: Entry, half: Half) -> int:
    """Lines that an entry takes on a half; its lines are broken here."""
    style, most = pen.style, 1
    for column, x0, x1 in _columns(half):
        text = entry.texts.get(column, "")
        if column not in entry.lines:
            entry.lines[column] = pen.fits(text, x1 - x0 - 0.5 * style.text_px, style.text_px) if text else []
        most = max(most, len(entry.lines[column]))
    return most


def _place(
    pen: Pen, entries: Sequence[Entry], tops: list[float], *, may_continue: bool
) -> tuple[list[Placed], list[Entry]]:
    """Where rows lie, as far as there is room; the last may be cut and go on on the next page."""
    paper, style, pitch = pen.paper, pen.style, pitch_of(pen.style)
    pad = 0.0 if style.ruling in ("feint", "under") else 0.6 * style.text_px
    most = max((max(_needed(pen, e, h) for h in paper.halves) for e in entries), default=1)
    rows: list[Placed] = []
    tops = list(tops)
    for number, entry in enumerate(entries):
        lines = [_needed(pen, entry, half) for half in paper.halves]
        own = max(lines)
        if style.uniform and style.ruling == "boxed":
            lines = [min(most, 5)] * len(lines) if max(lines) <= 5 else lines
        if not style.apart:
            lines = [max(lines)] * len(lines)
        extra = pen.rng.choice((0, 0, 1)) if style.ruling in ("feint", "under") else 0
        spans = [(top, top + (n + extra) * pitch + pad) for top, n in zip(tops, lines, strict=True)]
        if max(foot for _, foot in spans) > paper.bottom:
            room = int((paper.bottom - max(tops) - pad) / pitch)
            if may_continue and not style.apart and 1 <= room < own and not entry.row_struck:
                over = Entry(entry.serial, entry.texts, continues=True)
                over.lines = {c: found[room:] for c, found in entry.lines.items()}
                entry.lines = {c: found[:room] for c, found in entry.lines.items()}
                rows.append(Placed(entry, [(top, top + room * pitch + pad) for top in tops]))
                return rows, [over, *entries[number + 1 :]]
            return rows, list(entries[number:])
        rows.append(Placed(entry, spans))
        tops = [foot for _, foot in spans]
    return rows, []


def _rule(pen: Pen, rows: Sequence[Placed], header: Span | None, top: float) -> None:
    paper, style, rng = pen.paper, pen.style, pen.rng
    pitch, hand = pitch_of(style), style.hand_drawn
    head = header[0] if header else top
    for number, half in enumerate(paper.halves):
        ends = half.left, half.right
        foot = paper.bottom
        levels: list[float] = []
        if style.ruling in ("boxed", "under"):
            levels = [row.spans[number][1] for row in rows]
        if style.ruling in ("feint", "under"):
            levels += (
                [top + i * pitch for i in range(1, int((foot - top) / pitch) + 1)] if style.ruling == "feint" else []
            )
        if style.ruling == "boxed":
            last = levels[-1] if levels else top
            high = (last - top) / max(1, len(rows)) if style.uniform else 4 * pitch
            while last + high < foot:
                last += high
                levels.append(last)
        for y in levels:
            pen.rule((ends[0], y), (ends[1], y), by_hand=hand and style.ruling != "feint")
        if header or style.outer or style.ruling != "columns":
            pen.rule((ends[0], head), (ends[1], head), by_hand=hand and not header)
        if header:
            pen.rule((ends[0], header[1]), (ends[1], header[1]))
            if style.double:
                pen.rule((ends[0], header[1] - 4), (ends[1], header[1] - 4))
        if style.outer:
            pen.rule((ends[0], foot), (ends[1], foot), by_hand=hand)
        inner = half.edges if style.outer else half.edges[1:-1]
        for x in inner:
            begin = head if style.outer or header else rng.uniform(0.3, 1.0) * head
            pen.rule((x, begin), (x, foot), by_hand=hand)
            if style.double and x in (half.edges[1], half.edges[-2]):
                pen.rule((x + 5, begin), (x + 5, foot), by_hand=hand)


def _write(pen: Pen, row: Placed) -> None:
    style, rng, entry = pen.style, pen.rng, row.entry
    pitch = pitch_of(style)
    for half, (top, _) in zip(pen.paper.halves, row.spans, strict=True):
        for column, x0, x1 in _columns(half):
            lines = entry.lines.get(column, [])
            for i, line in enumerate(lines):
                wide = pen.width(line, style.text_px)
                free = max(0.0, x1 - x0 - 0.4 * style.text_px - wide)
                x = x0 + 0.2 * style.text_px + rng.uniform(0.05, 0.6) * free * (1 if len(lines) == 1 else 0.2)
                base = top + (i + 1) * pitch - 0.24 * style.text_px + rng.uniform(-1.5, 1.0)
                pen.write((x, base), line, style.text_px)
                row.lines.append((column, i, x, wide, base))
                if column in entry.struck or entry.row_struck:
                    pen.strike(x, x + wide, base - 0.28 * style.text_px)
                if column == entry.inserted and i == 0:
                    pen.write((x + 0.3 * wide, base - 0.62 * style.text_px), line.split()[0], 0.55 * style.text_px)
