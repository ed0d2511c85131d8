"""Numbers written by hand: which digits a page has, and how the engine for them and that for print are weighed.

The engine for native digits takes a Latin 2 for a Telugu 7 and is sure of it, so a page is asked first which digits
its legible numbers have. Tesseract alone has one in seven of the numbers right in Devanagari, half in Latin digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ocr.forms.decide import decide_zone
from ocr.forms.form import Zone
from ocr.languages.language import language
from ocr.page import Candidate, Decided, ZoneReading

BY, BY_DOUBTFUL = "digits:hand", "digits:maybe"
"""What candidates of the engine for handwriting are by: on a page whose digits are known, and on another."""
MOST_DOUBTFUL = 0.5
"""The most that such a doubtful candidate is sure of."""
# Of 28 drawn pages in four languages all were told so, Hindi ones by three cells at times.
_LEGIBLE = 0.4
_LEAST_CELLS = 2
_CLEARLY = 2
_LEAST = 0.3
_AGREED, _OPPOSED = 0.6, 0.5
_SIGN = re.compile(r"[^0-9]+")


def uses_native(readings: Iterable[ZoneReading], code: str) -> bool | None:
    """Whether the numbers of a page are written in the digits of a language, None where too few could be read.

    readings: of cells that hold numbers, with what the engine for print says of them.
    """
    digits = language(code).digits
    native = latin = 0
    for reading in readings:
        # With the colon: by "tesseract" alone is what was asked for figures only, which sees digits in anything.
        best = next((c for c in reading.candidates if c.by.startswith("tesseract:")), None)
        if best is None or best.confidence < _LEGIBLE:
            continue
        own, other = sum(x in digits for x in best.text), sum(x.isascii() and x.isdigit() for x in best.text)
        native, latin = native + (own > other), latin + (other > own)
    if native >= _LEAST_CELLS and native >= _CLEARLY * latin:
        return True
    return False if latin >= _LEAST_CELLS and latin > native else None


def with_figures(reading: ZoneReading, found: Sequence[Candidate], *, is_known: bool) -> ZoneReading:
    """A cell with what the engine for handwriting reads in it. is_known: the page has the digits that it knows."""
    most, by = (1.0, BY) if is_known else (MOST_DOUBTFUL, BY_DOUBTFUL)
    more = [Candidate(c.text, min(most, c.confidence), by) for c in found if c.text]
    return replace(reading, candidates=tuple(sorted((*reading.candidates, *more), key=lambda c: -c.confidence)))


def decide_figures(reading: ZoneReading, zone: Zone) -> Decided | None:
    """The value of a number by the engine for handwriting, None where that says too little.

    It is surer where the engine for print reads the same, and less sure where that reads something else.
    """
    own = tuple(c for c in reading.candidates if c.by == BY)
    if not own or reading.blank:
        return None
    said = decide_zone(replace(reading, candidates=own), zone)
    if not said.value or said.confidence < _LEAST:
        return None
    other = decide_zone(replace(reading, candidates=tuple(c for c in reading.candidates if c.by != BY)), zone)
    if _plain(other.value, zone.kind) == _plain(said.value, zone.kind):
        sure = 1 - (1 - said.confidence) * (1 - _AGREED * other.confidence)
        return replace(said, confidence=round(sure, 4))
    kept = (Candidate(other.value, other.confidence), *said.candidates) if other.value else said.candidates
    return replace(said, confidence=round(said.confidence * (1 - _OPPOSED * other.confidence), 4), candidates=kept)


def without_figures(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Candidates of the other engines alone."""
    return tuple(c for c in candidates if c.by not in (BY, BY_DOUBTFUL))


def _plain(value: str, kind: str) -> str:
    """Figures and where they are parted; a time is the same with a dot, a colon and without."""
    return _SIGN.sub("" if kind == "time" else " ", value).strip()
