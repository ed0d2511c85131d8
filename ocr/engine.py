"""The seam between reading and the programs that recognise text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ocr.page import Box, Candidate, Word

Image = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class LineImage:
    """One crop to recognise: (height, width) uint8 grey, 0 black; languages: two-letter codes, best first.

    block: True when it may hold several lines. origin: where the crop's top left corner lies on the scan, and scale:
    crop pixels per scan pixel, so that word boxes come back in scan pixels. kind: of the zone (ocr.forms.form.Kind),
    for an engine that can look for a number or a year in what it sees. model: one of the language's models by name, ""
    for the best installed. raw_line: take the crop for one line without looking at its layout. is_listed: a closed list
    will decide the value, for an engine that can hand on what it saw for every entry to be weighed. again: the crop of
    a zone that holds the same value once more, for an engine that can weigh both together. sections: file of the
    sections that lists may hold (ocr/handwriting/sections.py), for an engine that looks for them; None for unknown.
    """

    image: Image
    languages: tuple[str, ...]
    block: bool = False
    digits: bool = False
    kind: str = "line"
    model: str = ""
    raw_line: bool = False
    is_listed: bool = False
    again: Image | None = None
    sections: Path | None = None


@dataclass(frozen=True, slots=True)
class EngineText:
    """What an engine read in one crop: words with boxes in crop pixels, text in reading order, confidence 0..1.

    others: further texts the crop may hold, best first, from an engine that weighs several against each other.
    matrices: what it saw in several passes over a crop that a closed list decides, as ocr/handwriting/packed.py writes
    it.
    """

    text: str
    confidence: float
    words: tuple[Word, ...] = ()
    others: tuple[Candidate, ...] = ()
    matrices: tuple[str, ...] = ()


class Engine(Protocol):
    """An engine is asked three things: who it is, what it can read, and what it reads.

    Results come in the order of the
    crops, one each; an empty text means nothing was seen.
    """

    def name_and_version(self) -> str:
        """Such as "tesseract 5.5.0"; noted on every recognition, so that pages of an old version can be found."""
        ...

    def languages(self) -> frozenset[str]:
        """Two-letter codes this engine can read on this machine."""
        ...

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """Read all crops. Raises EngineMissing or EngineFailed."""
        ...


__all__ = ["Box", "Engine", "EngineText", "Image", "LineImage"]
