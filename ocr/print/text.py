"""Read all text of a page, without a form: whole pages, or pictures that hold one line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ocr.calibration.lines import facts_of, load_model
from ocr.engine import EngineText, Image
from ocr.engines import load_engine
from ocr.engines.tesseract import Tesseract
from ocr.errors import OutOfTime
from ocr.languages.language import language
from ocr.page import Box, Candidate, Line, PageText, Scan, Word, enclose_boxes
from ocr.pages import Prepared, prepare_page
from ocr.pages.lines import LineCrop, cut_line, drop_covered, find_lines
from ocr.print.lines import STAGES, SURE, LineText, has_own_recogniser, read_mixed
from ocr.print.text_layer import read_text_layer
from ocr.scans.limits import MIN_LINE_PX, MIN_SIDE_PX
from ocr.scans.scan import open_page
from ocr.scans.time_limit import TimeLimit


class _Effort(NamedTuple):
    """below: the probability under which a line of a page is looked at again. stages: of passes, how many at most."""

    below: float
    stages: int


_EFFORTS = {"quick": _Effort(0.0, 1), "usual": _Effort(0.15, 2), "careful": _Effort(SURE, len(STAGES))}
_FEW_LETTERS, _UPRIGHT = 30, 0.7
"""A page with fewer letters, or with less of the engine's confidence, may lie upside down."""
_WRITING, _SHORT, _SURELY_WRITING = 0.5, 4, 0.8
"""How surely and alike a line must be read to be more than a stain; of fewer letters, its probability. Noise gives up
to three letters, of which two passes agree."""


@dataclass(frozen=True, slots=True)
class TextSettings:
    """How pages are read.

    languages: two-letter codes, best first. layout: "line" when each picture holds one line. dpi: for PDF pages.
    seconds_per_page: then the page fails. text_layer: take a PDF's own text where it can be trusted. effort: of lines
    that are in doubt after the page was read once, "quick" looks at none again, "usual" at those that are most likely
    wrong, "careful" at all, in as many ways as it takes.
    """

    languages: tuple[str, ...] = ("en",)
    layout: Literal["page", "line"] = "page"
    dpi: int = 300
    seconds_per_page: float = 180.0
    text_layer: bool = True
    effort: Literal["quick", "usual", "careful"] = "usual"


def read_text(scan: Scan, settings: TextSettings) -> PageText:
    """Read one page. Boxes are in pixels of the scan.

    Raises ScanError, EngineMissing (naming the package), EngineFailed (also when the page takes too long) and FormError
    for an unknown language.
    """
    page = open_page(scan, settings.dpi, MIN_LINE_PX if settings.layout == "line" else MIN_SIDE_PX)
    if not (settings.text_layer and settings.layout == "page" and page.text_layer):
        return read_picture(page.grey, settings)
    layer = read_text_layer(scan, page.grey, settings.languages, partial(_one_line, settings.seconds_per_page))
    if layer.is_trusted:
        return layer.text
    read = read_picture(page.grey, settings)
    return replace(read, notes=(f"text-layer-refused:{layer.reason}", *read.notes)) if layer.reason != "none" else read


def _one_line(seconds: float, picture: Image, languages: Sequence[str]) -> str:
    """What is written in the picture of one line, to compare a text layer with."""
    (read,) = read_mixed(load_engine("tesseract", seconds), [picture], languages)
    return read.text


def read_picture(grey: Image, settings: TextSettings) -> PageText:
    """Read the text of a decoded picture: (height, width) uint8 grey, 0 black. Raises as read_text does."""
    reader = _Reader(settings)
    lines, notes = reader.one_line(grey) if settings.layout == "line" else reader.page(grey)
    height, width = grey.shape
    return PageText(width, height, tuple(lines), _weigh_lines(lines), notes=notes)


class _Reader:
    """The engine, with what is left of a page's time."""

    def __init__(self, settings: TextSettings) -> None:
        self._settings = settings
        self._limit = TimeLimit(settings.seconds_per_page)
        self._languages = tuple(language(code).code for code in settings.languages)
        self._effort = _EFFORTS[settings.effort]

    def one_line(self, grey: Image) -> tuple[list[Line], tuple[str, ...]]:
        """The picture as one line."""
        (read,) = read_mixed(self._engine(), [grey], self._languages)
        return [_line(read, read.words, 0)] if read.text else [], ()

    def page(self, grey: Image) -> tuple[list[Line], tuple[str, ...]]:
        """The lines of a page in reading order, and what was done to it.

        Most pages lie upright: only one that reads badly so is asked which way up it lies.
        """
        pages = prepare_page(grey, self._languages)
        read = [self._first(page) for page in pages]
        if _is_bad([line for lines in read for line in lines]):
            turned = prepare_page(grey, self._languages, engine=self._engine())
            # Read again only where the engine saw the page another way.
            if [p.steps for p in turned] != [p.steps for p in pages]:
                pages, read = turned, [self._first(page) for page in turned]
        lines: list[Line] = []
        for page, first in zip(pages, read, strict=True):
            # Blocks of a spread's second page count on from those of the first.
            after = max((line.block for line in lines), default=-1) + 1
            lines += [replace(x, block=x.block + after) for x in self._reread_doubtful(page, first)]
        return lines, tuple(dict.fromkeys(step for page in pages for step in page.steps))

    def _first(self, page: Prepared) -> list[Line]:
        """The page read in one go, with the engine's own confidence."""
        return [] if page.is_unwritten else self._engine().read_page(page.image, self._languages)

    def _reread_doubtful(self, page: Prepared, first: Sequence[Line]) -> list[Line]:
        """The lines of a page, those in doubt read again one by one; boxes on the scan."""
        if page.is_unwritten:
            return []
        seen = [_judge_line(line) for line in first]
        # Our own recogniser reads every line; what Tesseract read only says where they are.
        below = 1.0 if has_own_recogniser(self._languages[0]) else self._effort.below
        doubtful = [i for i, line in enumerate(seen) if line.confidence < below]
        crops = [cut_line(page, seen[i].box) for i in doubtful]
        before = [_in_crop(seen[i], crop) for i, crop in zip(doubtful, crops, strict=True)]
        for i, crop, read in zip(doubtful, crops, self._reread_crops([c.image for c in crops], before), strict=True):
            if read.text and (read.confidence >= seen[i].confidence or below == 1.0):
                seen[i] = _on_page(read, crop, seen[i].block)
        seen = self._with_missed(page, seen) if self._effort.below else seen
        # Last: until here lines are compared by the probability that holds for pictures of one line.
        return [_on_scan(_as_of_page(line, self._languages[0]), page.box_to_source) for line in seen]

    def _with_missed(self, page: Prepared, seen: list[Line]) -> list[Line]:
        """The lines of a page, with those that the first reading passed over put where they stand."""
        right_to_left = language(self._languages[0]).is_right_to_left
        found = drop_covered(find_lines(page.image, right_to_left=right_to_left), [line.box for line in seen])
        crops = [cut_line(page, line.box) for line in found]
        for crop, read in zip(crops, self._reread_crops([c.image for c in crops]), strict=True):
            if _is_writing(read):
                middle = (crop.box.y0 + crop.box.y1) / 2
                place = next((i for i, x in enumerate(seen) if x.box.y0 > middle), len(seen))
                block = seen[min(place, len(seen) - 1)].block if seen else 0
                seen.insert(place, _on_page(read, crop, block))
        return seen

    def _reread_crops(self, crops: Sequence[Image], seen: Sequence[EngineText] = ()) -> list[LineText]:
        return read_mixed(self._engine(), crops, self._languages, self._effort.stages, seen)

    def _engine(self) -> Tesseract:
        left = self._limit.left_s()
        if left <= 0:
            most_s = self._settings.seconds_per_page
            raise OutOfTime(f"not read within {most_s:g} seconds of the processor; the scan may be noise")
        engine = load_engine("tesseract", left)
        # Whole pages are read by Tesseract alone, which has read_page.
        assert isinstance(engine, Tesseract)
        return engine


def _is_writing(read: LineText) -> bool:
    """Whether what the first reading passed over is a line. One in which a letter may be wrong is one all the same."""
    if read.facts is None or len(read.text) < _SHORT:
        return read.confidence >= _SURELY_WRITING
    return read.facts.mean * read.facts.agreed >= _WRITING


def _is_bad(lines: Sequence[Line]) -> bool:
    """Whether a page reads as one that lies upside down or is blank does, hardly at all, or its lines run upright.

    Tesseract reads lines that run upright as well as others, and says nothing.
    """
    letters = sum(len(line.text) for line in lines)
    # A word of one or two letters may be higher than wide on any page.
    upright = sum(len(x.text) for x in lines if x.box.y1 - x.box.y0 > x.box.x1 - x.box.x0 and len(x.text) > 2)
    sure = sum(line.confidence * len(line.text) for line in lines)
    return letters < _FEW_LETTERS or sure < _UPRIGHT * letters or upright > letters / 2


def _judge_line(line: Line) -> Line:
    """A line of a page's one reading with the probability that it is right, as for a line looked at once."""
    facts = facts_of(line.text, [Candidate(line.text, line.confidence)], line.words, 1.0)
    return replace(line, confidence=round(load_model().probability(facts), 4))


def _line(read: LineText, words: Sequence[Word], block: int) -> Line:
    box = enclose_boxes([w.box for w in words]) if words else Box(0, 0, 1, 1)
    return Line(
        read.text, read.confidence, box, tuple(words), block, (read.language,), read.by, calibrated=read.calibrated
    )


def _in_crop(line: Line, crop: LineCrop) -> EngineText:
    """A line read on the page as what was read in its crop; its confidence is that of its words, as an engine's is."""
    words = [replace(w, box=_clip_to_crop(w.box, crop)) for w in line.words]
    letters = sum(len(w.text) for w in words)
    mean = sum(w.confidence * len(w.text) for w in words) / letters if letters else 0.0
    return EngineText(line.text, mean, tuple(words))


def _clip_to_crop(box: Box, crop: LineCrop) -> Box:
    left, top = crop.box.x0, crop.box.y0
    x0, y0, x1, y1 = (round((v - o) * crop.scale) for v, o in zip(box, (left, top, left, top), strict=True))
    return Box(x0, y0, max(x0 + 1, x1), max(y0 + 1, y1))


def _on_page(read: LineText, crop: LineCrop, block: int) -> Line:
    """A line read again, its boxes on the page."""
    return _line(read, [replace(w, box=_move_to_page(w.box, crop.to_page)) for w in read.words], block)


def _as_of_page(line: Line, code: str) -> Line:
    """A line with the probability that holds for lines found on pages. code: the page's first language."""
    pages = load_model().pages
    known = (line.languages[0] if line.languages else code) in pages.languages
    return replace(line, confidence=round(pages.probability(line.confidence), 4), calibrated=known)


def _on_scan(line: Line, to_scan: Callable[[Box], Box]) -> Line:
    return replace(line, box=to_scan(line.box), words=tuple(replace(w, box=to_scan(w.box)) for w in line.words))


def _move_to_page(box: Box, to_page: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Box:
    """The upright rectangle on the page around a box of a crop."""
    corners = to_page(np.array([[box.x0, box.y0], [box.x1, box.y1]], np.float64))
    low, high = np.floor(corners.min(axis=0)).astype(int), np.ceil(corners.max(axis=0)).astype(int)
    return Box(int(low[0]), int(low[1]), max(int(low[0]) + 1, int(high[0])), max(int(low[1]) + 1, int(high[1])))


def _weigh_lines(lines: Sequence[Line]) -> float:
    """Confidence of a page: that of its lines, weighted by their letters."""
    letters = sum(len(line.text) for line in lines)
    return round(sum(line.confidence * len(line.text) for line in lines) / letters, 4) if letters else 0.0
