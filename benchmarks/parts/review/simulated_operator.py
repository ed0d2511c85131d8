"""The simulated operator of benchmarks/review.py: keys and errors that are to be expected, with no luck of a draw.

He agrees by one key, types what is wrong or empty and ends it by Enter; he mistypes one field in a hundred, and does
not notice 15 of 100 wrong values that stand before him. A value that passed without being asked he never sees: what is
wrong in it stays. Beside him stand a person who types every field once, and two who do, with a third who settles where
they differ.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from benchmarks.parts.measuring.straight import Value, threshold
from digitize.review.prefill import MISTYPED, OVERLOOKED, compute_floors, find_floor
from digitize.workspace.calibration.values import BlindAnswer

CARPET = 12
"""Pictures of one field on a screen of the carpet, the least that the station shows."""
PASSES = 0.99
NEVER = 1.1


@dataclass(frozen=True)
class Box:
    """One value that a page holds, as it was read. typed: letters of the right one; right: whether it was read so.

    told: known of the volume, not contradicted by the page, so it is not asked. listed: the right one is among the
    other candidates, and has a key of its own.
    """

    page: str
    field: str
    group: str
    typed: int
    confidence: float
    right: bool
    told: bool = False
    listed: bool = False

    def value(self) -> Value:
        """As thresholds are found from it."""
        return Value(self.page, self.field, self.group, self.confidence, self.right)


@dataclass(frozen=True)
class Terms:
    """From which confidence a value passes, and from which it stands before the operator to agree to."""

    accept: float = NEVER
    prefill: float = NEVER


@dataclass(frozen=True)
class Work:
    """Keys and errors left, in sum over so many values."""

    keys: float = 0.0
    errors: float = 0.0
    values: int = 0

    def __add__(self, other: Work) -> Work:
        return Work(self.keys + other.keys, self.errors + other.errors, self.values + other.values)

    @property
    def share_wrong(self) -> float:
        """Errors left in a value, in the mean."""
        return self.errors / max(1, self.values)


def terms_of(boxes: Iterable[Box], group: str, field: str) -> Terms:
    """What holds in one office, from the answers of all other offices, as the station would set it from its own."""
    others = [b for b in boxes if b.group != group and not b.told]
    own = [b for b in others if b.field == field]
    floors = compute_floors(BlindAnswer("", b.field, b.page, b.confidence, b.right) for b in others)
    return Terms(threshold([b.value() for b in own], PASSES), find_floor(floors, "", field))


def reviewed(box: Box, terms: Terms, carpet: int = 1) -> Work:
    """What one value costs the operator; carpet: values that one Enter confirms."""
    if box.told or box.confidence >= terms.accept:
        return Work(0.0, float(not box.right), 1)
    if box.confidence < terms.prefill:
        return Work(box.typed + 1, MISTYPED, 1)
    enter = 1 / carpet
    if box.right:
        return Work(enter, 0.0, 1)
    # One key leads to the odd one of a carpet; a page's field has the focus already.
    to_it = float(carpet > 1)
    mended = Work(enter + to_it + 1, 0.0, 1) if box.listed else Work(enter + to_it + box.typed, MISTYPED, 1)
    noticed = 1 - OVERLOOKED
    return Work(OVERLOOKED * enter + noticed * mended.keys, OVERLOOKED + noticed * mended.errors, 1)


def keyed_once(box: Box) -> Work:
    """One person types it."""
    return Work(box.typed + 1, MISTYPED, 1)


def keyed_twice(box: Box) -> Work:
    """Two persons type it, and a third where they differ; two who err alike are not noticed."""
    differ = 2 * MISTYPED * (1 - MISTYPED)
    return Work((2 + differ) * (box.typed + 1), differ * MISTYPED + MISTYPED**2, 1)
