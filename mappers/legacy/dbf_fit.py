"""Where the rows of a DBF begin and how long they are: what its head says, held against what its rows show."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mappers.legacy.dbf_fields import BACKLINK, Field, Head

FLAGS = b" *"
END_OF_FILE = b"\x1a"
_SAMPLE_ROWS = 200
FEW_ROWS = 40
SOUND = 0.98
_USABLE = 0.75
# So many more of its cells must begin where something begins, before a field is taken to be longer than it says.
_CLEARLY = 0.05
_NUMBER = re.compile(rb"[ \0]*[+-]?[\d.,]*(?:[eE][+-]?\d+)?[ \0]*|[ *]+")
_DATE = re.compile(rb"\d{8}|[ \0]{8}|[ /]+")
_LOGICAL = re.compile(rb"[TtFfYyNn?01 \0]")
_BLANK = b" \0"
_BEFORE = b" \0*"
_LOOKS = {"N": _NUMBER, "F": _NUMBER, "D": _DATE, "L": _LOGICAL}


def settle(head: Head, data: bytes, size: int) -> Head:
    """The head with the start and the length of rows that fit the rows best; its own where they fit well enough."""
    own = replace(head, length=max(head.length, 1))
    usual = (head.end, head.end + 1, head.end + BACKLINK)
    # A head that agrees with itself is kept: odd dates must not condemn rows whose marks and lengths fit.
    if head.length == head.total and head.first <= len(data) and head.length > 1:
        if head.first in usual and (fit_of(data, own) >= SOUND or _marked_share(data, own) >= _USABLE):
            return own
        if _is_of_size(own, size) and _marks(data, own) >= SOUND:
            return own
    firsts = [head.first, *usual]
    # What the fields need, what the head says, and what size and count of the file give.
    lengths = [head.total, head.length, (size - head.first) // head.count if head.count else 0]
    tried = [
        replace(own, first=f, length=n)
        for n in dict.fromkeys(lengths)
        for f in dict.fromkeys(firsts)
        if n > 1 and 32 < f <= len(data)
    ]
    tried += _mend_one_field(own, data)
    if not tried:
        return replace(own, length=max(head.total, 2), first=min(head.end, size), fits=False)
    best = max(tried, key=lambda h: _likeness(data, h, size))
    fit = _marks(data, best) if _is_of_size(best, size) else fit_of(data, best)
    return replace(best, notes=(*best.notes, *_describe_fit(head, best, fit)), fits=fit >= _USABLE)


def _is_of_size(head: Head, size: int) -> bool:
    """Whether the file is as long as the head's count says, with or without an end mark."""
    return head.count > 0 and size - head.first - head.count * head.length in (0, 1)


def _marks(data: bytes, head: Head) -> float:
    """The share of the first rows that begin with a row mark."""
    marks = _first_marks(data, head, 0)
    return sum(m in FLAGS for m in marks) / len(marks) if marks else 1.0


def _first_marks(data: bytes, head: Head, shift: int) -> bytes:
    many = min(_SAMPLE_ROWS, head.count or _SAMPLE_ROWS, (len(data) - head.first) // head.length)
    start = head.first + shift
    return data[start : start + max(0, many) * head.length : head.length]


def _marked_share(data: bytes, head: Head) -> float:
    """The share of the first rows that begin with a row mark where the head says, or all moved by as many bytes."""
    own = [m in FLAGS for m in _first_marks(data, head, 0)]
    best = 0
    for shift in range(1, head.length):
        moved = _first_marks(data, head, shift)
        best = max(best, sum(o or m in FLAGS for o, m in zip(own, moved, strict=False)))
    return best / len(own) if own else 1.0


def _mend_one_field(head: Head, data: bytes) -> list[Head]:
    """The head with the length of one field changed so that the fields fill the row, if its cells then fit better.

    Where they do not, the bytes behind the last field belong to none.
    """
    more = head.length - head.total
    if not more or not 32 < head.first < len(data):
        return []
    small = data[: head.first + head.length * FEW_ROWS]
    tried = [(i, _set_length(head, i, x.length + more)) for i, x in enumerate(head.fields) if 0 < x.length + more < 255]
    if not tried:
        return []
    i, best = max(tried, key=lambda t: _likeness(small, t[1], 0))
    if more > 0 and i < len(head.fields) - 1:
        behind = Field("", "C", head.total, more)
        own, mended = _likeness(small, replace(head, fields=(*head.fields, behind)), 0), _likeness(small, best, 0)
        begun = own[2] * (len(head.fields) + 1) / len(head.fields)
        if mended[0] < own[0] or mended[2] < begun + _CLEARLY:
            return []
    said = f"field {best.fields[i].name} is read as {best.fields[i].length} bytes long, not {head.fields[i].length}"
    return [replace(best, notes=(*head.notes, said))]


def _set_length(head: Head, changed: int, length: int) -> Head:
    start = 1
    fields = []
    for i, x in enumerate(head.fields):
        fields.append(replace(x, start=start, length=length if i == changed else x.length))
        start += fields[-1].length
    return replace(head, fields=tuple(fields))


def _describe_fit(own: Head, best: Head, fit: float) -> Iterator[str]:
    if best.first != own.first:
        yield f"the header says that rows start at byte {own.first}; they are read from byte {best.first}"
    if own.length != own.total:
        yield f"the header says {own.length} bytes per row, its fields need {own.total}; {best.length} fits the rows"
    if fit < _USABLE:
        yield (
            f"no row length fits: with {best.length} bytes, {fit:.0%} of the examined rows are intact; every row is "
            "delivered like this, with the problem row-length-unknown"
        )


def fit_of(data: bytes, head: Head) -> float:
    """How well the first rows look when they are cut so, 0..1: their marks, and numbers, dates and yes/no in place."""
    if head.length < 2:
        return 0.0
    rows = data[head.first : head.first + head.length * min(_SAMPLE_ROWS, head.count or _SAMPLE_ROWS)]
    if rows[:1] == END_OF_FILE:
        return 1.0
    starts = range(0, len(rows) - head.length + 1, head.length)
    if not starts:
        return 1.0
    marks = sum(rows[i] in FLAGS for i in starts)
    looked = [(x, _LOOKS[x.type]) for x in head.fields if x.type in _LOOKS and x.start + x.length <= head.length]
    sound = sum(
        look.fullmatch(rows, i + x.start, i + x.start + x.length) is not None for i in starts for x, look in looked
    )
    by_marks = marks / len(starts)
    return by_marks if not looked else (by_marks + by_marks * sound / (len(starts) * len(looked))) / 2


def _likeness(data: bytes, head: Head, size: int) -> tuple[float, bool, float, bool]:
    """What speaks for cutting rows so, weightiest first.

    Their fit; fields that fill the row; how many cells begin where something begins; a file of whole rows.
    """
    rows = data[head.first : head.first + head.length * FEW_ROWS]
    starts = range(0, len(rows) - head.length + 1, head.length)
    inside = [x.start for x in head.fields if x.start + x.length <= head.length and x.length]
    begun = sum(rows[i + at] not in _BLANK and rows[i + at - 1] in _BEFORE for i in starts for at in inside)
    share = begun / max(len(starts) * len(head.fields), 1)
    is_whole = (size - head.first) % head.length in (0, 1)
    # Rounded, so that a single odd cell does not outweigh all that follows.
    return round(fit_of(data, head), 2), head.length == head.total, round(share, 2), is_whole
