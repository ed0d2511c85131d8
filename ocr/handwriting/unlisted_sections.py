"""None of these, for lists of numbered sections: numbers that nobody listed are read as what they are, and asked."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from ocr.handwriting.sections import ListedSection, Sections

_RARER = -2.0
"""Natural logarithm of how often a number stands that no list has, next to the rarest that it has."""
_HELD = 0.5
_FROM = 10


@lru_cache(maxsize=4)
def with_unlisted(known: Sections) -> Sections:
    """The sections with all other numbers of the main title, which weigh less than any."""
    main = [m for m in known.members if m.title == known.main and m.value]
    listed = {m.value for m in main}
    weight = min((m.weight for m in main), default=0.0) + _RARER
    others = (str(n) for n in range(_FROM, known.range.last + 1) if str(n) not in listed)
    return replace(known, members=(*known.members, *(ListedSection(n, known.main, (n,), weight) for n in others)))


def held(text: str, known: Sections) -> float:
    """What a list counts, 0..1: half where it holds a section that is not known."""
    first = text.partition(" & ")[0]
    numbers = first.removesuffix(known.main).split("/") if first.endswith(known.main) else []
    listed = {m.value for m in known.members}
    return 1.0 if all(n.strip() in listed for n in numbers) else _HELD
