"""Where rows of a DBF go on when bytes were lost or added among them: found by what rows of the table look like."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from mappers.legacy.dbf_fields import Field, Head
from mappers.legacy.dbf_fit import FLAGS

# Rows behind a doubtful one that are looked at, and rows before it.
AHEAD = 12
BEHIND = 2
# So many points more must rows have where they are taken from now on, than where they would stand without damage: up
# to the last row that is looked at; where they fall back before it; and where the length of the file says the same.
_GAIN, _GAIN_WITHIN, _GAIN_AT_END = 6, 12, 1
# So many rows together that have less than this share of the points usual in the table are looked at.
_RUN, _POOR = 8, 0.75
_END = b"\x1a"
# Shifts that are tried for all rows; others only around a doubtful one, since to try them all costs far more.
_NEAR = (1, -1, 2, -2)
# Columns of bytes that may be compared in searches of all places: what a file damaged all over may cost.
_MOST_COMPARED = 400_000
# Rows with a mark, but an odd number or date, that are looked at in vain: such cells are usual in this table.
_MOST_ODD = 24
_MOST_TYPED, _MOST_BEGUN = 12, 16
# Bytes at the end of a number that are looked at: no sound field of numbers is longer.
_NUMBER_LENGTH = 20
_NUMBER = b"0123456789+-.,* \0"
# By type, what cells consist of.
_CELLS = {"N": rb"[\d+\-.,* \0]{%d}", "D": rb"(?:\d{8}|[ \0/]{8})", "L": rb"[TtFfYyNn?01 \0]"}


def _table(of: bytes, value: int = 1) -> bytes:
    return bytes(value if b in of else 0 for b in range(256))


_IS_MARK = _table(FLAGS, 3)
_IS_BLANK = _table(b" \0")
_IS_FULL = bytes(1 - b for b in _IS_BLANK)
_IS_DIGIT = _table(b"0123456789")
_IS_NUMBER = _table(_NUMBER)
_IS_LOGICAL = _table(b"TtFfYyNn?")


class RowBreak(NamedTuple):
    """The bytes from start to end are no sound rows; whole rows go on at end."""

    start: int
    end: int


class _Found(NamedTuple):
    """Rows from this one on stand better when they are moved by so many bytes; gain: how much better."""

    row: int
    shift: int
    gain: int


class _Run(NamedTuple):
    start: int
    end: int
    gain: int


class Cutter:
    """Finds where rows of one table are out of step. is_whole: the length of the file speaks for whole rows."""

    def __init__(self, head: Head, *, is_whole: bool) -> None:
        self.is_whole = is_whole
        self._length = head.length
        self._sound = re.compile(_row_pattern(head), re.DOTALL)
        inside = [x for x in head.fields if x.length and x.start + x.length <= head.length]
        self._typed = [x for x in inside if x.type in "NFDL"][:_MOST_TYPED]
        self._begun = [x.start for x in inside if x.type in "CDL"][:_MOST_BEGUN]
        self._columns = 1 + 2 * len(self._begun) + sum(min(x.length, _NUMBER_LENGTH) for x in self._typed)
        self._to_compare = _MOST_COMPARED
        self._odd_searches = _MOST_ODD
        self._usual = 0.0

    def rows_kept(self, data: bytes, count: int) -> int:
        """Rows at the end of so many to look at once more with those behind them, before they are delivered."""
        is_clear = self.is_whole and not data[: count * self._length : self._length].strip(FLAGS)
        return BEHIND if is_clear else BEHIND + AHEAD

    def find(self, data: bytes, count: int, *, is_last: bool) -> RowBreak | None:
        """The first place in so many rows where they are out of step. data: from the start of a row, more than them
        where there is more. is_last: data goes to the end of the table.
        """
        found = self._find(data, count, is_last=is_last)
        # A better break may hide an earlier one: what stands before it is looked at again.
        while found is not None and found.row > 1 and (earlier := self._find(data, found.row - 1, is_last=False)):
            found = earlier
        return None if found is None else self._break(data, found, count)

    def last_row(self, data: bytes, count: int) -> RowBreak | None:
        """The last row where the end mark behind it says that it is too long or one byte too short."""
        rest = data[count * self._length :]
        if self.is_whole or not count or data[-1:] != _END:
            return None
        is_long = 1 < len(rest) <= self._length // 2 and rest.strip(b"\x1a\0\r\n")
        if not is_long and rest:
            return None
        return RowBreak((count - 1) * self._length, len(data) - 1)

    def _find(self, data: bytes, count: int, *, is_last: bool) -> _Found | None:
        marks = data[: count * self._length : self._length][:count]
        doubtful = {i for i, m in enumerate(marks) if m not in FLAGS} if marks.strip(FLAGS) else set()
        odd: set[int] = set()
        # Where the length of the file speaks for whole rows, damaged marks alone are followed.
        if not self.is_whole:
            if near := self._find_near(data, count, is_last=is_last):
                return self._far(data, max(0, near.row - BEHIND), min(count, near.row + AHEAD)) or near
            if self._odd_searches > 0:
                odd = self._odd(data, count)
        done = -1
        for row in sorted(doubtful | odd):
            if row <= done or self._to_compare <= 0 or (row not in doubtful and self._odd_searches <= 0):
                continue
            if far := self._far(data, max(0, row - BEHIND), min(count, row + AHEAD)):
                return far
            self._odd_searches -= row not in doubtful
            done = row + BEHIND
        return None

    def _odd(self, data: bytes, count: int) -> set[int]:
        """Rows whose numbers, dates and yes/no are none, and those that begin a run of poor ones."""
        odd = {i for i in range(count) if not self._is_sound(data, i * self._length)}
        points = self._scores(data, 0, count)
        self._usual = max(self._usual, sum(points) / max(count, 1))
        for i in range(0, count - _RUN + 1, _RUN):
            if sum(points[i : i + _RUN]) < _POOR * self._usual * _RUN:
                odd.add(i)
        return odd

    def _is_sound(self, data: bytes, at: int) -> bool:
        return at >= 0 and self._sound.fullmatch(data, at, at + self._length) is not None

    def _find_near(self, data: bytes, count: int, *, is_last: bool) -> _Found | None:
        """Few bytes lost or added, or as many as the length of the file says."""
        shifts = list(_NEAR)
        at_end = 0
        if is_last and data.endswith(_END):
            rest = (len(data) - 1) % self._length
            at_end = rest if rest <= self._length // 2 else rest - self._length
            count += at_end < 0 and len(data) - count * self._length >= self._length + at_end
            shifts = list(dict.fromkeys((at_end, *_NEAR))) if at_end else shifts
        return self._best(data, 0, count, [s for s in shifts if abs(s) <= self._length // 2], at_end)

    def _far(self, data: bytes, first: int, last: int) -> _Found | None:
        """Any number of bytes lost or added."""
        length = self._length
        shifts = []
        for s in sorted(range(-((length - 1) // 2), length // 2 + 1), key=abs):
            at = (first + BEHIND + 1) * length + s
            marks = data[max(at, 0) : last * length + s : length]
            # Three marks in four must be sound.
            if s and len(marks.translate(None, FLAGS)) * 4 <= len(marks):
                shifts.append(s)
        self._to_compare -= self._columns * len(shifts)
        return self._best(data, first, last, shifts, 0) if self._to_compare > 0 else None

    def _best(self, data: bytes, first: int, last: int, shifts: Sequence[int], at_end: int) -> _Found | None:
        start, count = first * self._length, last - first
        if count < 1:
            return None
        own = self._scores(data, start, count)
        best: _Found | None = None
        for s in shifts:
            moved = self._scores(data, start + s, count)
            row, end, gain = _best_run([b - a for a, b in zip(own, moved, strict=True)])
            enough = _GAIN_WITHIN if end < count else _GAIN_AT_END if s == at_end else _GAIN
            if gain >= enough and (best is None or gain > best.gain):
                best = _Found(first + row, s, gain)
        return best

    def _scores(self, data: bytes, start: int, count: int) -> list[int]:
        """How much each row looks like one: its mark, whole dates, numbers that end at the right, texts that begin."""
        length = self._length
        ahead = 0
        if start < 0:
            ahead, start, count = 1, start + length, count - 1

        def column(at: int, table: bytes) -> int:
            cut = data[start + at : start + at + (count - 1) * length + 1 : length] if count > 0 else b""
            # All rows of a column as one long number: one & then joins the tests of all of them.
            return int.from_bytes(cut.translate(table), "little")

        size = max(count, 1)
        seen = [column(0, _IS_MARK)]
        seen += [column(at - 1, _IS_BLANK) & column(at, _IS_FULL) for at in self._begun]
        for x in self._typed:
            seen += _looks(x, column)
        points = list(map(sum, zip(*(s.to_bytes(size, "little") for s in seen), strict=True)))
        return [0] * ahead + points[:count]

    def _break(self, data: bytes, found: _Found, count: int) -> RowBreak:
        """Which rows the damage touches: the last before the step, the first behind it, or, in doubt, both."""
        length = self._length
        row, shift = found.row, found.shift
        if row == 0 and shift > 0 and self._is_sound(data, shift):
            return RowBreak(0, shift)
        row = max(row, 1)
        before, behind = (row - 1) * length, row * length + shift
        if self._is_sound(data, before):
            if row >= count:
                return RowBreak(before, behind)
            first = row if not self._is_sound(data, behind) else row - 1
            return RowBreak(first * length, behind + length)
        first = row - 1
        points = self._scores(data, 0, row)
        while first > 0 and any(self._is_poor(points[i]) for i in range(max(0, first - BEHIND), first)):
            first -= 1
        is_next_sound = row >= count or (abs(shift) <= max(_NEAR) and self._is_sound(data, behind))
        return RowBreak(first * length, behind if is_next_sound else behind + length)

    def _is_poor(self, points: int) -> bool:
        return points < _POOR * self._usual


def _looks(x: Field, column: Callable[[int, bytes], int]) -> Sequence[int]:
    """For each row, in a byte each, what of a field looks as it should."""
    places = range(x.start + max(0, x.length - _NUMBER_LENGTH), x.start + x.length)
    if x.type == "L":
        return (column(x.start, _IS_LOGICAL),)
    if x.type == "D":
        every = _all(column(at, _IS_DIGIT) for at in places)
        return every, every
    ends = column(places[-1], _IS_DIGIT)
    return ends, ends & _all(column(at, _IS_NUMBER) for at in places)


def _all(columns: Iterable[int]) -> int:
    every = -1
    for c in columns:
        every &= c
    return every


def _best_run(better: Sequence[int]) -> _Run:
    """The consecutive rows that gain most."""
    best = _Run(0, 0, 0)
    start = gain = 0
    for i, more in enumerate(better):
        # A run that has lost all that it gained begins anew.
        if gain <= 0:
            start, gain = i, 0
        gain += more
        if gain > best.gain:
            best = _Run(start, i + 1, gain)
    return best


def _row_pattern(head: Head) -> bytes:
    """What a whole row looks like, as far as its mark and its numbers, dates and yes/no say."""
    pattern, at = b"[ *]", 1
    for x in head.fields:
        if x.start + x.length > head.length:
            break
        if x.type == "F" or x.type == "N":
            pattern += _CELLS["N"] % x.length
        elif (x.type, x.length) in (("D", 8), ("L", 1)):
            pattern += _CELLS[x.type]
        else:
            pattern += b".{%d}" % x.length
        at = x.start + x.length
    return pattern + b".{%d}" % (head.length - at)
