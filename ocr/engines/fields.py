"""Our own recogniser of English handwriting in the fields of forms, trained to pass over what is printed around it.

Its weights lie in ocr/models (training/fields made them). A field is seen in several passes, parts of its height and
widths; what all of them bear is weighed by the kind of field: years, running numbers, sections, free lines. Entries of
closed lists are weighed later, when the list is known: for these the matrices themselves are handed on.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz

from ocr.cleaning.blots import find_blots
from ocr.cleaning.strips import bands
from ocr.decoding.ctc import LogProbs, greedy
from ocr.engine import EngineText, Image, LineImage
from ocr.handwriting.packed import CHARACTERS, pack
from ocr.handwriting.sections import Sections, load_sections
from ocr.handwriting.zone import Matrices, Pass, ZoneText, is_free, is_plain, passes_of, sure, weigh, weigh_twice
from ocr.models.running import content_of, is_here, load_network
from ocr.page import Candidate
from ocr.scans.time_limit import TimeLimit

# Raised when the same weights may give other values: it is noted on every recognition.
VERSION = "8"
WEIGHTS = "eng_fields.onnx"
_MOST_OTHERS = 4
# Mean of its signs from which a free text is seen once; two crops read more names nearly right than one or three do
# (of 209 .49, .46 and .42).
_CERTAIN = 0.85
_SURE_NUMBER = 0.95
"""Mean of their signs from which two crops of a number that read alike are enough."""
# At 0.5 there are 17 % fewer columns and 6 % fewer letters (docs/lab.md).
_BLOCK_WIDTH = 0.6
_TWO = 2
_ONE_LINE = 60
"""Likeness 0..100 from which two lines of a field are one; two that are written are never so alike."""
_SURELY_BLANK = -0.36
"""Natural logarithm of the blank's probability from which a frame shows no letter."""


class FieldsEngine:
    """The engine. Reads English handwriting, field by field, on one thread."""

    def __init__(self, weights: Path | None = None, timeout_s: float | None = None) -> None:
        """weights: others than the package's. timeout_s: the most processor seconds one call of read may take."""
        self._weights = weights
        self._timeout_s = timeout_s

    def name_and_version(self) -> str:
        """Such as "fields 1 0123abcd": with the beginning of the hash of the weights. Raises EngineMissing."""
        return f"fields {VERSION} {_fingerprint(self._weights or WEIGHTS)}"

    def languages(self) -> frozenset[str]:
        """English, where the weights and onnxruntime are."""
        return frozenset({"en"}) if available() or self._weights else frozenset()

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """Read all crops. Raises EngineMissing for damaged weights, EngineFailed when time is up."""
        limit = TimeLimit(self._timeout_s) if self._timeout_s else None
        texts = []
        for line in lines:
            if limit is not None:
                limit.raise_if_over()
            texts.append(self._read_one(line))
        return texts

    def matrix(self, image: Image, stretch: float = 1.0) -> LogProbs:
        """What the network says of one line, over printable ASCII.

        image: (height, width) uint8 grey, 0 black; brought to 48 pixels of height and stretched in width. Returns
        (frames, 1 + 95) float32 natural logs, blank first, a frame every 4 pixels of width.
        """
        return load_network(self._weights or WEIGHTS).matrix_of_line(image, stretch)

    def matrices(self, line: LineImage, first: Matrices = ()) -> Matrices:
        """The matrices of the passes of a zone's lines; first: those of each line's first pass, where there are some.

        Of a free text that is read surely, and of a second line of sections without a figure, the first pass is enough;
        of a year and of an entry of a list two that read alike, of a number two that do so surely.
        """
        passes = passes_of(line.kind, len(line.image), is_listed=line.is_listed)
        first = first or self._first_passes(line)
        return _drop_lines_seen_twice(
            tuple(self._passes_of_line(line, some, at, first[at][0]) for at, some in enumerate(passes))
        )

    def _first_passes(self, line: LineImage) -> Matrices:
        passes = passes_of(line.kind, len(line.image), is_listed=line.is_listed)
        return tuple((self._pass(line.image, some[0]),) for some in passes)

    def _passes_of_line(
        self, line: LineImage, passes: Sequence[Pass], number: int, first: LogProbs
    ) -> tuple[LogProbs, ...]:
        text, certain = greedy(first, CHARACTERS)
        is_enough = not line.is_listed and is_free(line.kind) and (not text or certain >= _CERTAIN)
        if is_enough or (number and not any(c.isdigit() for c in text)):
            return (first,)
        part = _inked_part(line.image, first)
        second = self._pass(part, passes[1])
        # Years and names on lists lose nothing by this; running numbers did (.639 of all values at 99 % for .656) where
        # they were not sure: of 44 by weights that saw no office 20 are, all with the value that four crops have.
        read, sure = greedy(second, CHARACTERS)
        is_same = bool(text) and read.casefold() == text.casefold()
        if is_same and (line.is_listed or line.kind == "year" or self._is_sure_number(line, certain, sure)):
            return first, second
        return (first, second, *(self._pass(part, one) for one in passes[2:]))

    @staticmethod
    def _is_sure_number(line: LineImage, *certain: float) -> bool:
        return line.kind == "digits" and min(certain) >= _SURE_NUMBER

    def _in_two_places(self, line: LineImage, again: Image, known: Sections) -> list[ZoneText]:
        """Sections that stand in two crops: where the first passes of both say the same surely, no other is needed."""
        places = (line, replace(line, image=again))
        first = [self._first_passes(place) for place in places]
        found = weigh_twice(_drop_lines_seen_twice(first[0]), _drop_lines_seen_twice(first[1]), known)
        # So it is on half of the pages.
        if is_plain(found):
            return found
        matrices = [self.matrices(place, seen) for place, seen in zip(places, first, strict=True)]
        return weigh_twice(matrices[0], matrices[1], known)

    def _pass(self, image: Image, one: Pass) -> LogProbs:
        top, bottom, wide = one
        return self.matrix(image[round(top * len(image)) : round(bottom * len(image))], wide)

    def _read_one(self, line: LineImage) -> EngineText:
        if line.block:
            return self._block(line.image)
        known = load_sections(line.sections) if line.sections else None
        if line.again is None or known is None:
            matrices = self.matrices(line)
            found = weigh(line.kind, matrices, known)[: 1 + _MOST_OTHERS]
        else:
            matrices, found = (), self._in_two_places(line, line.again, known)[: 1 + _MOST_OTHERS]
        texts = [Candidate(f.text, sure(f)) for f in found]
        # Kept with the page: when a list changes, its entries are weighed anew and nothing is read again.
        packed = tuple(map(pack, matrices[0])) if line.is_listed and matrices else ()
        if not texts:
            return EngineText("", 0.0, matrices=packed)
        return EngineText(texts[0].text, texts[0].confidence, others=tuple(texts[1:]), matrices=packed)

    def _block(self, image: Image) -> EngineText:
        """The lines under each other, each seen once; the confidence is weighted by their lengths.

        image: bare, so that lines without writing are known and left out, and paper beside it as well.
        """
        written = [part for band in bands(image) if (part := _crop_to_ink(band)) is not None]
        read = [weigh("block", ((self.matrix(part, _BLOCK_WIDTH),),)) for part in written]
        best = [found[0] for found in read if found]
        length = sum(len(f.text) for f in best)
        weighted = sum(sure(f) * len(f.text) for f in best) / length if length else 0.0
        return EngineText("\n".join(f.text for f in best), round(weighted, 4))


def _drop_lines_seen_twice(matrices: Matrices) -> Matrices:
    """Matrices without a line that was seen twice, since it stands between the places of two: the surer one stays."""
    if len(matrices) != _TWO:
        return matrices
    (first, sure), (second, surer) = (greedy(passes[0], CHARACTERS) for passes in matrices)
    if not first or not second or fuzz.ratio(first, second) < _ONE_LINE:
        return matrices
    return matrices[:1] if sure >= surer else matrices[1:]


def _inked_part(image: Image, seen: LogProbs) -> Image:
    """The part of a crop in which the first pass saw letters, with a margin; all of it where none were seen."""
    frames = np.flatnonzero(seen[:, 0] < _SURELY_BLANK)
    if not len(frames):
        return image
    height, width = image.shape[:2]
    left, right = (round(at * width / len(seen)) for at in (int(frames[0]), int(frames[-1]) + 1))
    return image[:, max(0, left - height) : right + height]


def _crop_to_ink(band: Image) -> Image | None:
    """The part of a line that is written on, with a margin; None where there is next to nothing."""
    span = find_blots(band).span()
    if span is None:
        return None
    margin = len(band) // 2
    return band[:, max(0, span[0] - margin) : span[1] + margin]


def build(argument: str, timeout_s: float | None) -> FieldsEngine:
    """The engine; argument: path of other weights than the package's, "" for these."""
    return FieldsEngine(Path(argument) if argument else None, timeout_s)


def available() -> bool:
    """Whether the package's weights and onnxruntime are on this machine; neither is loaded."""
    return is_here(WEIGHTS)


@cache
def _fingerprint(weights: str | Path) -> str:
    return hashlib.sha256(content_of(weights)).hexdigest()[:8]
