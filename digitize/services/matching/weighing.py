"""Weight of an agreement between two descriptions, in points; contradictions exclude a pair.

The points are judgements, not probabilities: about the logarithm of how much more often two descriptions of one person
agree than those of two strangers. They order a list and are not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from digitize.services.matching.described import BODY, Description, place_words
from mappers.codes.appearance import ANY_MARK, PATTERNED, BodyMark, Garment
from mappers.codes.places import districts
from mappers.text.folding import fold_key

SAME, ALIKE, NEARLY, DIFFERS, UNKNOWN = "same", "alike", "nearly", "differs", "unknown"
Told = tuple[str, float]
"""Similarity and points."""
NOT_TOLD: Told = (UNKNOWN, 0.0)
_KINDS = {"tattoo": 3.6, "leucoderma": 4.0, "burn": 3.4, "scar": 2.4, "birthmark": 3.2, "wart": 3.0, "mole": 2.4,
          "pierced": 1.5, ANY_MARK: 1.4}  # fmt: skip
_USUAL_PARTS = frozenset({"hand", "arm", "leg", "face", "forehead", "cheek"})
_RARER_PART = 0.5
"""Extra weight of a mark on a part of the body where marks are rarer."""
_LIKE_KINDS = ({"mole", "wart", "birthmark"}, {"scar", "burn"})
_LIKE_PARTS = (
    {"face", "forehead", "eyebrow", "eye", "nose", "ear", "lip", "cheek", "chin", "head"},
    {"arm", "shoulder", "elbow", "wrist", "hand", "finger"}, {"leg", "thigh", "knee", "foot"},
    {"chest", "abdomen"}, {"back", "waist"}, {"neck", "chin"},
)  # fmt: skip
_MOST_MARKS, _MOST_CLOTHES = 8.0, 5.0
_NONE_AGREES = -1.3
_BUILDS = {"thin": 0, "tall_thin": 0, "medium": 1, "strong": 2, "stout": 2, "fat": 3}
_COMPLEXIONS = {"very_fair": 0, "fair": 1, "wheatish": 2, "sallow": 2, "dark": 3, "very_dark": 4}
_COMMON = {("hair", "black"), ("eyes", "black"), ("teeth", "regular"), ("deformity", "none"), ("face", "round")}


def weigh_age(one: Description, other: Description) -> Told | None:
    """None if the ages are too far apart for one person. The age of a body is an estimate."""
    born = _born_of(one, other)
    if not born[0] or not other.born[0]:
        return NOT_TOLD
    gap = max(born[0] - other.born[1], other.born[0] - born[1], 0)
    year = max(one.year, other.year) or max(born[1], other.born[1])
    age = max(0, year - (born[0] + born[1]) // 2)
    leeway = most_leeway(age) if BODY in (one.kind, other.kind) else 2 + 0.08 * age
    if gap > 2 * leeway:
        return None
    if gap == 0:
        return SAME, 1.6
    return (ALIKE, 1.0 - gap / leeway) if gap <= leeway else (DIFFERS, -1.5)


def most_leeway(age: float) -> float:
    """Maximum tolerance in years of a body's estimated age."""
    return 3 + 0.12 * age


def _born_of(one: Description, other: Description) -> tuple[int, int]:
    """Years of birth; in a query the age is that at the time of the record."""
    low, high = one.ages
    if not (low or high) or not other.year:
        return one.born
    return other.year - (high or low) - 1, other.year - (low or high) + 1


def weigh_height(one: Description, other: Description) -> Told:
    """Heights in cm; children grow, so theirs say nothing if the years differ."""
    if not one.height[0] or not other.height[0]:
        return NOT_TOLD
    is_child = max(one.born[1], other.born[1]) > max(one.year, other.year) - 18 and one.born[0] > 0
    if is_child and one.year != other.year:
        return NOT_TOLD
    gap = max(one.height[0] - other.height[1], other.height[0] - one.height[1], 0)
    if gap <= 2:
        return SAME, 1.0
    if gap <= 6:
        return ALIKE, 0.4
    return (NEARLY, -0.8) if gap <= 10 else (DIFFERS, -2.5)


def weigh_code(name: str, one: Description, other: Description) -> Told:
    """A code list value: build, complexion and others."""
    a, b = one.codes.get(name, ""), other.codes.get(name, "")
    if not a or not b:
        return NOT_TOLD
    scale = {"build": _BUILDS, "complexion": _COMPLEXIONS}.get(name)
    if scale and a in scale and b in scale:
        steps = abs(scale[a] - scale[b])
        return (SAME, 0.7) if steps == 0 else (ALIKE, -0.3) if steps == 1 else (DIFFERS, -1.0)
    if a == b:
        return SAME, 0.2 if (name, a) in _COMMON else 2.5 if name == "deformity" else 0.8
    return DIFFERS, -1.0 if name == "deformity" else -0.3


def weigh_marks(one: Description, other: Description) -> Told:
    """Marks on the body, each with the most similar one. A mark on one side only says nothing."""
    if not one.marks or not other.marks:
        return NOT_TOLD
    points, best = _pair_marks(one.marks, other.marks)
    points += 2.5 * min(2, len(one.written & other.written))
    if points < 0.5:
        return DIFFERS, _NONE_AGREES
    return SAME if best >= 0.95 else ALIKE if best >= 0.5 else NEARLY, min(points, _MOST_MARKS)


def _pair_marks(ours: Sequence[BodyMark], theirs: Sequence[BodyMark]) -> tuple[float, float]:
    pairs = sorted(
        ((_mark_likeness(a, b) * _mark_weight(a), _mark_likeness(a, b), i, j)
         for i, a in enumerate(ours) for j, b in enumerate(theirs)),
        key=lambda p: (-p[0], p[2], p[3]),
    )  # fmt: skip
    points, best = 0.0, 0.0
    taken: set[tuple[int, int]] = set()
    for value, likeness, i, j in pairs:
        if value > 0 and (0, i) not in taken and (1, j) not in taken:
            taken |= {(0, i), (1, j)}
            points, best = points + value, max(best, likeness)
    return points, best


def _mark_weight(mark: BodyMark) -> float:
    return _KINDS.get(mark.kind, 1.4) + (_RARER_PART if mark.part and mark.part not in _USUAL_PARTS else 0.0)


@cache
def _mark_likeness(a: BodyMark, b: BodyMark) -> float:
    if a.kind == b.kind:
        kind = 1.0
    elif ANY_MARK in (a.kind, b.kind) or any({a.kind, b.kind} <= some for some in _LIKE_KINDS):
        kind = 0.6
    else:
        return 0.0
    if not a.part or not b.part:
        part = 0.35
    elif a.part == b.part:
        part = 1.0
    else:
        part = 0.5 if any({a.part, b.part} <= some for some in _LIKE_PARTS) else 0.0
    # Left and right are taken for each other often, by who faces a body.
    side = (1.2 if a.side else 1.0) if a.side == b.side else 0.55 if a.side and b.side else 0.9
    return kind * part * side


def weigh_clothes(one: Description, other: Description, days_apart: int) -> Told:
    """Garments with colours. The longer ago, the likelier others were worn."""
    if not one.clothes or not other.clothes:
        return NOT_TOLD
    points = sum(max((_garment_points(a, b) for b in other.clothes), key=abs) for a in one.clothes)
    points = min(points, _MOST_CLOTHES) * (1.0 if days_apart <= 10 else 0.6 if days_apart <= 60 else 0.3)
    return SAME if points >= 1.8 else ALIKE if points >= 0.8 else NEARLY if points > 0 else DIFFERS, points


def _garment_points(a: Garment, b: Garment) -> float:
    if a.what != b.what:
        return 0.0
    if a.colour == b.colour and a.colour:
        return 2.0
    return -0.6 if a.colour and b.colour and PATTERNED not in (a.colour, b.colour) else 0.3


def weigh_days(gap: int) -> Told:
    """Days from the disappearance to the finding of a body."""
    for most, told in ((3, (SAME, 3.5)), (15, (ALIKE, 2.5)), (60, (ALIKE, 1.2)), (200, (NEARLY, 0.0))):
        if gap <= most:
            return told
    return (NEARLY, -1.0) if gap <= 730 else (DIFFERS, -2.0)


def weigh_area(one: Description, other: Description) -> Told:
    """Proximity of two stations by name: same station, same district, one split from the other, same state."""
    if not one.district or not other.district:
        return NOT_TOLD
    if one.state == other.state and one.station and one.station == other.station and one.district == other.district:
        return SAME, 3.0
    ours, theirs = _districts_meant(one.state, one.district), _districts_meant(other.state, other.district)
    if one.state == other.state and ours & theirs:
        return ALIKE, 2.4
    return (NEARLY, -0.6) if one.state == other.state else (DIFFERS, -1.2)


@cache
def _districts_meant(state: str, district: str) -> frozenset[str]:
    """A district by its usual name, with those it was split from."""
    found = {district}
    for one in districts(state) if state else ():
        if district in {fold_key(one.name), *map(fold_key, one.aliases)}:
            found |= {fold_key(one.name), *(fold_key(p) for p in one.predecessor.split(";") if p)}
    return frozenset(found)


def weigh_place(one: Description, other: Description) -> Told:
    """Words of the place last seen and of the place found, in any script."""
    if not one.place or not other.place:
        return NOT_TOLD
    count = len(one.place & other.place)
    return (ALIKE, min(1.6, 0.8 * count)) if count else NOT_TOLD


def weigh_asked_place(asked: Description, other: Description) -> Told:
    """The same for a place in a query, which may be a district or station."""
    if not asked.place:
        return NOT_TOLD
    count = len(asked.place & (other.place | place_words(other.where)))
    return (ALIKE, min(3.0, 1.5 * count)) if count else (DIFFERS, -1.5)


def weigh_name(score: float) -> Told:
    """Similarity of two names by sound, 0 to 1."""
    for least, told in ((0.95, (SAME, 6.0)), (0.85, (ALIKE, 4.5)), (0.72, (NEARLY, 1.5))):
        if score >= least:
            return told
    return DIFFERS, -5.0
