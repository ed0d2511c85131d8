"""A page's place in a file: a whole picture, or a part of one between cuts across its longer side.

`Scan.index` is one whole number for both, so that whoever has a file's hash and an index (a ledger, a key of finished
work, a worker elsewhere) opens the same pixels, and nothing beside them has to be kept: the file stays one file, as it
was delivered, and each half of a spread has a place, an id and pictures of its own.

A whole picture has its 0-based number. A part has bit 30 set, bit 29 where its picture is read from its end, then 11
bits for the picture, and 9 each for where it begins and ends, in 512ths of the longer side; so it fits the 32 bits that
databases give it. Rounding keeps at most 1/512 of the neighbour (0.8 mm of two A4 pages), and loses nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import NamedTuple

from ocr.page import Box

STEPS = 512
MOST_PICTURES = 2048
"""Of a file with more, only the first so many can be cut."""
_PLACE = re.compile(r"([1-9]\d{0,5})(?::(\d{1,3})-(\d{1,3}))?", re.ASCII)
_MARK, _FROM_END, _PICTURE_BITS, _STEP_BITS = 1 << 30, 1 << 29, 18, 9


class PagePlace(NamedTuple):
    """picture: its 0-based number in the file. begin, end: in STEPS of the longer side; 0 and STEPS for all of it.

    is_from_end: the pages of the picture are read from its right or lower end, as of a book that was laid upside down.
    """

    picture: int
    begin: int = 0
    end: int = STEPS
    is_from_end: bool = False

    @property
    def is_part(self) -> bool:
        """Whether it is less than the picture."""
        return (self.begin, self.end) != (0, STEPS)

    @property
    def order(self) -> tuple[int, int]:
        """Sorts the pages of a file as they are read."""
        return self.picture, -self.end if self.is_from_end else self.begin

    @property
    def side(self) -> str:
        """Which part of the picture as they are read: "first", "middle" or "last"; "" for all of it."""
        if not self.is_part:
            return ""
        ends = (self.begin == 0, self.end == STEPS)
        is_first, is_last = ends[::-1] if self.is_from_end else ends
        return "first" if is_first else "last" if is_last else "middle"

    def box(self, width: int, height: int) -> Box:
        """Its pixels on a picture of that size."""
        long = max(width, height)
        low, high = math.floor(self.begin * long / STEPS), math.ceil(self.end * long / STEPS)
        return Box(low, 0, high, height) if width >= height else Box(0, low, width, high)


def place_of(index: int) -> PagePlace:
    """The place that an index says."""
    if not index & _MARK:
        return PagePlace(index)
    last = (1 << _STEP_BITS) - 1
    picture = (index & ~_MARK & ~_FROM_END) >> _PICTURE_BITS
    return PagePlace(picture, index >> _STEP_BITS & last, (index & last) + 1, bool(index & _FROM_END))


def index_of(place: PagePlace) -> int:
    """The index of a place. Raises ValueError for a part of a picture beyond MOST_PICTURES, or an empty one."""
    if not place.is_part:
        return place.picture
    if not (0 <= place.picture < MOST_PICTURES and 0 <= place.begin < place.end <= STEPS):
        raise ValueError(f"no part of a picture: {place}")
    way = _FROM_END if place.is_from_end else 0
    return _MARK | way | place.picture << _PICTURE_BITS | place.begin << _STEP_BITS | (place.end - 1)


def cut_picture(picture: int, shares: Iterable[tuple[float, float]]) -> tuple[int, ...]:
    """The indices of the pages of one picture as they are read. shares: of its longer side, from where to where."""
    steps = [(max(0, math.floor(low * STEPS)), min(STEPS, math.ceil(high * STEPS))) for low, high in shares]
    is_from_end = steps[0] > steps[-1]
    return tuple(index_of(PagePlace(picture, low, high, is_from_end)) for low, high in steps)


def format_place(index: int) -> str:
    """A place for people, such as "page 3" or "page 3, last part"."""
    place = place_of(index)
    return f"page {place.picture + 1}{f', {place.side} part' if place.side else ''}"


def format_places(indices: Iterable[int]) -> str:
    """The places of all pages of a file as a text: "1 2:0-256 2:255-512", pictures counted from 1.

    Where a picture is read from its end, so are its parts: "2:512-255 2:256-0".
    """
    return " ".join(_format_steps(place) for place in map(place_of, indices))


def _format_steps(place: PagePlace) -> str:
    if not place.is_part:
        return str(place.picture + 1)
    begin, end = (place.end, place.begin) if place.is_from_end else (place.begin, place.end)
    return f"{place.picture + 1}:{begin}-{end}"


def parse_places(text: str) -> tuple[int, ...]:
    """The indices that format_places wrote; none where a text says something else."""
    found = [_PLACE.fullmatch(word) for word in text.split()]
    try:
        return tuple(index_of(_parse_steps(match)) for match in found if match) if all(found) else ()
    except ValueError:
        return ()


def _parse_steps(match: re.Match[str]) -> PagePlace:
    picture = int(match[1]) - 1
    if match[2] is None:
        return PagePlace(picture)
    begin, end = int(match[2]), int(match[3])
    return PagePlace(picture, min(begin, end), max(begin, end), begin > end)
