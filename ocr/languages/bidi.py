"""Lines of Urdu between the order in which they are written and the order in which they stand on paper.

A recogniser sees characters from left to right. Urdu runs from right to left, but for its numbers; brackets look the
other way round. Both directions are the same function: it undoes itself.
"""

from __future__ import annotations

import re

URDU_DIGITS = "۰۱۲۳۴۵۶۷۸۹"
LATIN_DIGITS = "0123456789"
_NUMBER = re.compile(r"[0-9۰-۹]+(?:[-/.,:،][0-9۰-۹]+)*")
"""Digits with single signs between them stand from left to right as one."""
_MIRRORED = dict(zip("()[]<>{}“”‘’", ")(][><}{”“’‘", strict=True))


def turn_line(text: str) -> str:
    """A line of a right-to-left script from the order of writing to that of the paper, or back."""
    return "".join(character for character, _ in turn_places(text))


def turn_places(text: str) -> list[tuple[str, int]]:
    """The characters of the turned line, each with its place in the text that was given."""
    pieces: list[list[tuple[str, int]]] = []
    at = 0
    for number in _NUMBER.finditer(text):
        pieces.append(_backwards(text, at, number.start()))
        pieces.append([(text[i], i) for i in range(number.start(), number.end())])
        at = number.end()
    pieces.append(_backwards(text, at, len(text)))
    return [place for piece in reversed(pieces) for place in piece]


def _backwards(text: str, start: int, end: int) -> list[tuple[str, int]]:
    return [(_MIRRORED.get(text[i], text[i]), i) for i in range(end - 1, start - 1, -1)]
