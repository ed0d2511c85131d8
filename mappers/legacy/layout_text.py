"""Layouts as offices write them down: a line for each field with its name and its places, or its width."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mappers.errors import MappingError
from mappers.legacy.table import FixedLayout

_NUMBER = re.compile(r"(?<![\w.])\d{1,5}(?![\w.])")
_SPAN = re.compile(r"(?<!\w)(\d{1,5})\s*(?:-|–|to)\s*(\d{1,5})(?!\w)", re.I)
_NAME = re.compile(r"(?<!\w)[^\W\d_][\w\-/]*")
# Names of types, which stand between a name and its width.
_TYPE_WORDS = "c n d char num numeric alpha alphanumeric an a x date text varchar integer int logical l"
_TYPES = frozenset(_TYPE_WORDS.split())


def read_layout_text(text: str, file: str) -> FixedLayout:
    """The layout of a list of fields, each with from-to (1-4), start and width (1 4), start and end, or a width alone.

    Bytes that no field names are columns FILLER. Raises MappingError where lines are read in no such way, or overlap.
    """
    lines = [(at, *_parts(line)) for at, line in enumerate(text.splitlines(), 1)]
    fields = [(name, numbers) for _, name, numbers in lines if name and numbers]
    if len(fields) < 2:
        raise MappingError(
            f"{file}: is not a layout: write one line per field, with its name and its positions or width"
        )
    spans = _spans([numbers for _, numbers in fields], [at for at, name, some in lines if name and some], file)
    names: list[str] = []
    widths: list[int] = []
    end = 0
    for (name, _), (start, width) in zip(fields, spans, strict=True):
        if start <= end:
            raise MappingError(f"{file}: {name} begins at {start}, within the field before it")
        if start > end + 1:
            names.append(f"FILLER_{end + 1}")
            widths.append(start - end - 1)
        names.append(name)
        widths.append(width)
        end = start + width - 1
    double = next((n for i, n in enumerate(names) if n in names[:i]), None)
    if double is not None:
        raise MappingError(f"{file}: {double} is named twice")
    return FixedLayout(tuple(names), tuple(widths))


def _parts(line: str) -> tuple[str, tuple[int, ...]]:
    """(name of the field, its numbers); a line without both is a title or a comment."""
    bare = line.split("#")[0]
    span = _SPAN.search(bare)
    names = [n for n in _NAME.findall(_SPAN.sub(" ", bare)) if n.lower() not in _TYPES]
    if span:
        return (names[0] if names else ""), (int(span[1]), int(span[2]), -1)
    numbers = tuple(map(int, _NUMBER.findall(bare)))
    return (names[0] if names else ""), numbers


def _spans(numbers: Sequence[tuple[int, ...]], lines: Sequence[int], file: str) -> list[tuple[int, int]]:
    """(start, width) of each field, by the one reading in which they follow each other. lines: their numbers."""
    if any(n[-1] == -1 for n in numbers):
        # A field of one byte has its place alone: "REC-TYPE 1" before "FIR-NO 2-7".
        spans = [(n[0], n[1] - n[0] + 1) if n[-1] == -1 else (n[-1], 1) for n in numbers]
        for at, (n, (start, _)) in enumerate(zip(numbers, spans, strict=True)):
            before, behind = sum(spans[at - 1]) if at else 1, spans[at + 1][0] if at + 1 < len(spans) else start + 1
            if n[-1] != -1 and (before, behind) != (start, start + 1):
                raise MappingError(f"{file}: line {lines[at]}: write its places as FROM-TO, as the others have them")
        return spans
    if min(map(len, numbers)) > 1 and [n[0] for n in numbers] == list(range(1, len(numbers) + 1)):
        # The first number counts the lines, unless the fields are one byte each.
        numbers = [n[1:] for n in numbers]
    if all(len(n) == 1 for n in numbers):
        return [(1 + sum(m[0] for m in numbers[:i]), n[0]) for i, n in enumerate(numbers)]
    if all(len(n) > 1 for n in numbers):
        ways = [[(n[0], n[1]) for n in numbers], [(n[0], n[1] - n[0] + 1) for n in numbers]]
        fits = [_follow(way) for way in ways]
        if fits[0] != fits[1] and max(fits) > 0:
            return ways[fits.index(max(fits))]
    raise MappingError(f"{file}: the places of fields do not follow each other; write each as FROM-TO, such as 1-4")


def _follow(spans: Sequence[tuple[int, int]]) -> int:
    """How many fields begin where the one before ends; 0 where some overlap."""
    pairs = list(zip(spans, spans[1:], strict=False))
    is_in_order = spans[0][0] == 1 and all(a[0] + a[1] <= b[0] for a, b in pairs) and all(w > 0 for _, w in spans)
    return sum(a[0] + a[1] == b[0] for a, b in pairs) if is_in_order else 0
