"""Where the columns of a text of fixed width begin, and how long its rows are, told from the rows alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from operator import eq

_BLANKS = b" \0\t"
# A gap between columns is blank in nearly all rows; a column is filled in some good part of them.
_GAP = 0.98
_FILLED = 0.3
_OF_ONE_TYPE = 0.95
_FILLED_BEFORE = 0.9
_ALIKE = 0.4
_NEXT = 1.2
_NEAR = 0.15
_SHORTEST_ROW = 8
_LONGEST_ROW = 1600
_FEWEST_ROWS = 5
# Holds the fewest rows even of the longest length.
_SAMPLE = 8192
_DIGIT, _OTHER, _BLANK = b"1", b"x", 0x20
_CLASSES = bytes(_BLANK if n in _BLANKS else _DIGIT[0] if 0x30 <= n <= 0x39 else _OTHER[0] for n in range(256))


def find_widths(rows: Sequence[bytes]) -> tuple[int, ...]:
    """Bytes of each column of rows that all have one length; () when there are too few rows to tell.

    A column begins behind bytes that are blank in nearly all rows, or where digits in nearly all rows are followed by
    something else, or the other way round.
    """
    if len(rows) < _FEWEST_ROWS or not rows[0]:
        return ()
    by_place = [bytes(c) for c in zip(*(r.translate(_CLASSES) for r in rows), strict=True)]
    blank = [c.count(b" ") / len(rows) for c in by_place]
    starts = [*(at for at in _find_gap_ends(blank) if not _is_word_space(by_place, at)), *_type_changes(by_place)]
    borders = sorted({0, *starts})
    return tuple(b - a for a, b in zip(borders, [*borders[1:], len(by_place)], strict=True))


def _find_gap_ends(blank: Sequence[float]) -> Iterator[int]:
    """Places where a stretch that is filled in a good part of the rows begins behind a gap."""
    at = 0
    is_first = True
    while at < len(blank):
        if blank[at] >= _GAP:
            at += 1
            continue
        end = next((i for i in range(at, len(blank)) if blank[i] >= _GAP), len(blank))
        if min(blank[at:end]) <= 1 - _FILLED:
            if not is_first:
                yield at
            is_first = False
        at = end


def _is_word_space(by_place: Sequence[bytes], at: int) -> bool:
    """Whether the one blank before a place has letters on both sides in nearly all rows, as between words alike."""
    pairs = Counter(zip(by_place[at - 2], by_place[at], strict=True)) if at > 1 else Counter[tuple[int, int]]()
    filled = sum(n for (_, after), n in pairs.items() if after != _BLANK)
    return pairs[(_OTHER[0], _OTHER[0])] >= _FILLED_BEFORE * max(filled, 1)


def _type_changes(by_place: Sequence[bytes]) -> Iterator[int]:
    enough = _OF_ONE_TYPE * len(by_place[0])
    for at in range(1, len(by_place)):
        before, here = by_place[at - 1], by_place[at]
        for one, other in ((_DIGIT, _OTHER), (_OTHER, _DIGIT)):
            if before.count(one) >= enough and here.count(other) >= enough and _is_run(by_place, at, other, enough):
                yield at


def _is_run(by_place: Sequence[bytes], at: int, kind: bytes, enough: float) -> bool:
    """Whether no digits follow at once: a slash or point inside a date is no border."""
    run = by_place[at : at + 3]
    return kind == _OTHER and len(run) == 3 and all(c.count(_DIGIT) < len(c) - enough for c in run)


def find_row_length(data: bytes, size: int) -> int:
    """Bytes of a row in a text without line breaks, 0 when none fits. data: its first bytes; size: all of them.

    The length is the shortest that puts blanks, digits and letters below each other; one that divides the file evenly
    is preferred.
    """
    classes = data[:_SAMPLE].translate(_CLASSES)
    fits: dict[int, float] = {}
    for length in range(_SHORTEST_ROW, min(_LONGEST_ROW, len(classes) // _FEWEST_ROWS) + 1):
        fits[length] = sum(map(eq, classes, classes[length:])) / (len(classes) - length)
    # How often two bytes are alike by chance, from how often each class stands in the text.
    by_chance = sum(n * n for n in Counter(classes).values()) / max(len(classes), 1) ** 2
    least = by_chance + _ALIKE * (1 - by_chance)
    even = [n for n in fits if size % n == 0 and fits[n] >= least]
    if even:
        return max((n for n in even if n < even[0] * _NEXT), key=lambda n: fits[n])
    best = max(fits.values(), default=0.0)
    return min(n for n in fits if fits[n] >= best - _NEAR * (best - by_chance)) if fits and best >= least else 0
