"""None of these, for lists of numbered sections: numbers that nobody listed are read as what they are, and asked.

How common a section is outweighs a figure that is seen: where 279 is not known, 379 is read in it. So what is
seen is weighed by itself, too: how much better a free reading explains it, in which any number may stand, than the best
of the known sections does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

import numpy as np

from ocr.handwriting.line_frames import Frames
from ocr.handwriting.packed import CHARACTERS
from ocr.handwriting.sections import LinePasses, ListedSection, Sections, forms_of
from ocr.handwriting.segments import likeliest_row

_RARER = -2.0
"""Natural logarithm of how often a number stands that no list has, next to the rarest that it has."""
_HELD = 0.5
_FROM = 10
_UNKNOWN = 0.02
"""How often a list holds a section that is not known."""
_ALIKE = -6.0
"""Natural logarithm of what every section weighs in a free reading."""
_MOST_GAIN = 30.0
_LETTER_MISSED = 0.1
"""How often the letter behind a number is not seen (7 of 100 on pages that the weights knew): 304 may then be 304A."""


@lru_cache(maxsize=4)
def with_unlisted(known: Sections) -> Sections:
    """The sections with all other numbers of the main title, which weigh less than any."""
    main = [m for m in known.members if m.title == known.main and m.value]
    listed = {m.value for m in main}
    weight = min((m.weight for m in main), default=0.0) + _RARER
    others = (str(n) for n in range(_FROM, known.range.last + 1) if str(n) not in listed)
    return replace(known, members=(*known.members, *(ListedSection(n, known.main, (n,), weight) for n in others)))


def weigh_list(text: str, known: Sections) -> float:
    """What a list counts, 0..1: half where it holds a section that is not known, less where one may lack its letter."""
    first = text.partition(" & ")[0]
    numbers = first.removesuffix(known.main).split("/") if first.endswith(known.main) else []
    lettered = _letter_odds(known)
    letters = math.prod(1 / (1 + _LETTER_MISSED * lettered.get(n.strip(), 0.0)) for n in numbers)
    listed = {m.value for m in known.members}
    return letters if all(n.strip() in listed for n in numbers) else letters * _HELD


@lru_cache(maxsize=4)
def _letter_odds(known: Sections) -> dict[str, float]:
    """Of each number of the main title how much oftener it is listed with a letter behind it than without."""
    main = {m.value: math.exp(m.weight) for m in known.members if m.title == known.main and m.value}
    found = dict.fromkeys((v for v in main if v.isdigit()), 0.0)
    for value, weight in main.items():
        number = value.rstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
        if number != value and number in found:
            found[number] += weight
    return {number: often / main[number] for number, often in found.items() if often}


def listed_share(places: Sequence[Sequence[LinePasses]], known: Sections) -> float:
    """0..1 that a list holds known sections alone, by what is seen. places: where it stands, line by line."""
    gains = [sum(_gain(line, known) for line in lines) for lines in places]
    likelier = float(np.exp(min(_MOST_GAIN, sum(gains) / len(gains)))) - 1
    return 1 / (1 + _UNKNOWN * likelier)


def _gain(line: LinePasses, known: Sections) -> float:
    """How much likelier a free reading of a line is than that of known sections, natural logarithm, mean of passes."""
    logs = [_gain_of_pass(frames, known) for frames in line.passes if len(frames.said)]
    return float(np.mean(logs)) if logs else 0.0


def _gain_of_pass(frames: Frames, known: Sections) -> float:
    narrow, wide = _freely(known)
    row, free = likeliest_row(frames, wide.encode_in(CHARACTERS), wide.weights)
    # The known ones are the first of all: where a free reading holds no others, it is theirs.
    if all(wide.owners[form] < len(narrow.members) for form in row):
        return 0.0
    return free - likeliest_row(frames, narrow.encode_in(CHARACTERS), narrow.weights)[1]


@lru_cache(maxsize=4)
def _freely(known: Sections) -> tuple[Sections, Sections]:
    """The known sections, and with them all numbers and each known one with a letter; all weigh alike."""
    listed = {m.value for m in known.members}
    numbers = [m.value for m in known.members if m.title == known.main and m.value.isdigit()]
    lettered = (f"{n}{letter}" for n in numbers for letter in known.range.letters)
    others = tuple(ListedSection(v, known.main, forms_of(v), _ALIKE) for v in lettered if v not in listed)
    return _level_weights(known), _level_weights(replace(known, members=(*with_unlisted(known).members, *others)))


def _level_weights(known: Sections) -> Sections:
    members = (replace(m, weight=_ALIKE) if m.value and m.title == known.main else m for m in known.members)
    return replace(known, members=tuple(members))
