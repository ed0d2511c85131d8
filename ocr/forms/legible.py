"""What was read and says nothing: letters that an engine made of handwriting which it cannot read.

A wrong value that looks like one is copied from the sheet before anybody looks at the paper; an empty box is not.
Print's engine is hardly ever sure of handwriting, also where it reads it well, so its confidence does not tell. Its
passes do: they agree on what is legible, and make something else of noise each time (docs/lab.md, "Noise").
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from ocr.languages.lexicon import fold_text
from ocr.page import Candidate, Decided, ZoneReading

NOISE = "noise"
"""The note on a value that is none."""
_TEXTS = ("line", "block", "sections")
_ANSWERS = "choice"
_OWN = ("fields", "digits")
_LEAST, _LEAST_OF_TEXT = 0.12, 0.05
"""What our own recognisers say is a probability: below this one a number is none, and a text. A text that is wrong in a
letter or two is still worth reading."""
_SURE = 0.3
"""From this confidence on the engine for print is believed, whatever its passes say."""
_ALIKE = 0.5
"""Passes that are so much alike, 0..1, have read something."""
_ALIKE_ON_LEGIBLE, _ALIKE_ON_OTHERS = 0.25, 0.55
_LEGIBLE_PAGE, _OTHER_PAGE = 0.6, 0.3
_LEAST_ZONES = 4
"""So many zones of text tell whether a page is legible; on others _ALIKE is asked for."""
_OTHERS = 3
_LEAST_PX = 8
"""A zone thinner than that holds no writing that anybody could read."""


def without_noise(
    zones: Mapping[str, Decided], read: Mapping[str, ZoneReading], kinds: Mapping[str, str]
) -> dict[str, Decided]:
    """The values of a page, with the note "noise" where there is none; what was read stays for the trail.

    read, kinds: of each zone what it rests on, and its kind. Marks among printed answers are left alone.
    """
    texts = {
        name: measure_agreement(read[name].candidates)
        for name, d in zones.items()
        if d.raw and not d.blank and kinds[name] in _TEXTS and not _is_own(read[name].candidates)
    }
    least = _least_alike([a is not None and (a >= _ALIKE or zones[n].confidence >= _SURE) for n, a in texts.items()])
    return {
        name: replace(d, notes=(*d.notes, NOISE)) if _is_noise(d, kinds[name], texts.get(name), least) else d
        for name, d in zones.items()
    }


def on_the_scan(reading: ZoneReading, width: int, height: int) -> ZoneReading:
    """A zone as it was read; unread where it lies off the scan (of so many pixels), but for a sliver at its edge.

    Neither what an engine made of that nor that it is white says what stands there.
    """
    box = reading.box
    is_sliver = min(min(box.x1, width) - box.x0, min(box.y1, height) - box.y0) < _LEAST_PX
    return replace(reading, candidates=(), words=(), blank=False, matrices=()) if is_sliver else reading


def is_noise(decided: Decided) -> bool:
    """Whether what was read of a zone is no value."""
    return NOISE in decided.notes


def measure_agreement(candidates: tuple[Candidate, ...]) -> float | None:
    """How much alike the likeliest reading of a zone and some others are, 0..1; None where there is one alone."""
    from rapidfuzz.distance import Levenshtein

    best, *others = [fold_text(c.text) for c in candidates if c.text.strip()] or [""]
    found = [Levenshtein.normalized_similarity(best, other) for other in others[:_OTHERS]]
    return sum(found) / len(found) if found else None


def _least_alike(are_legible: list[bool]) -> float:
    """How much alike passes must be on a page. are_legible: of its zones of text."""
    if len(are_legible) < _LEAST_ZONES:
        return _ALIKE
    share = sum(are_legible) / len(are_legible)
    return _ALIKE_ON_LEGIBLE if share >= _LEGIBLE_PAGE else _ALIKE_ON_OTHERS if share < _OTHER_PAGE else _ALIKE


def _is_noise(decided: Decided, kind: str, agreed: float | None, least: float) -> bool:
    """agreed: of zones of text that the engine for print alone has read in several passes; None for the others."""
    # Several lines in one reading are as sure as all of them together: little confidence says nothing of each.
    if decided.blank or not decided.raw or kind == _ANSWERS or (agreed is None and "\n" in decided.raw):
        return False
    # An entry of a list that what was read resembles is more than letters.
    is_settled = bool(decided.value) and fold_text(decided.value) != fold_text(decided.raw)
    if agreed is not None and not is_settled:
        return decided.confidence < _SURE and agreed < least
    return decided.confidence < (_LEAST_OF_TEXT if kind in _TEXTS else _LEAST)


def _is_own(candidates: tuple[Candidate, ...]) -> bool:
    return any(c.by.startswith(_OWN) for c in candidates)
