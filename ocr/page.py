"""The values that travel through reading: a scan, its zones, the words in them, what was decided.

All are frozen and picklable. Boxes are always in pixels of the scan as delivered, upright after EXIF orientation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

PRINT_NOT_KNOWN = "print-not-known"
"""Note on a page, and on its zones, whose form was found by its words alone: where it is a print that nobody confirmed,
zones may lie off, so a person looks at every value."""
BLANK, WRITTEN = "blank", "not-blank"
"""Notes on a page of no known form or register that was looked at: nothing at all is on it, or something may be."""
HAND_NOT_MEASURED = "hand-not-measured"
"""Note on a zone whose value a recogniser of handwriting gave of which nobody measured on real pages how right it is:
it passes, and stands in a box, only by what a workspace's own answers show."""

INK_CUT = "ink-cut"
"""Mark and note on a zone of figures whose writing runs on where it is not seen: what was read may be a part of it."""


class Box(NamedTuple):
    """A rectangle in pixels: left, top, right, bottom; right and bottom are exclusive."""

    x0: int
    y0: int
    x1: int
    y1: int


def enclose_boxes(boxes: Iterable[Box]) -> Box:
    """The smallest box that holds all of some boxes; at least one."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return Box(min(x0), min(y0), max(x1), max(y1))


@dataclass(frozen=True, slots=True)
class Scan:
    """One image file, or one page of a PDF or TIFF, as delivered.

    index: 0-based page inside the file. sha256: of the whole file, hex. label: what messages call it (a page id).
    """

    path: Path
    sha256: str
    index: int = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Word:
    """One word as an engine saw it; confidence 0..1."""

    text: str
    confidence: float
    box: Box


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text of a page.

    words: in reading order (of Urdu the first stands rightmost), boxes in pixels of the scan. text: the words and what
    stands between them. confidence: 0..1 that the whole line is right, where calibrated says so; else the engine's own
    word for it, which nothing may pass on. block: number of the paragraph or column it belongs to, from 0. languages:
    those it was read in. by: engines and models that agreed on it, such as "tesseract:hin".
    """

    text: str
    confidence: float
    box: Box
    words: tuple[Word, ...] = ()
    block: int = 0
    languages: tuple[str, ...] = ()
    by: str = ""
    calibrated: bool = False


@dataclass(frozen=True, slots=True)
class PageText:
    """All text of one page, in reading order; boxes in pixels of the scan as delivered.

    width, height: pixels of the scan, upright after EXIF orientation. confidence: of its lines, weighted by their
    lengths; 0.0 without any. source: "picture", or "text-layer" when a PDF's own text was trusted. notes: stable words
    on what was done, such as "turned+90", "levelled+1.25", "blank", "text-layer-refused:font-codes".
    """

    width: int
    height: int
    lines: tuple[Line, ...] = ()
    confidence: float = 0.0
    source: str = "picture"
    notes: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The lines, a new line behind each but the last; an empty line between blocks."""
        parts: list[str] = []
        # Not strict: with its None the first is longer by one.
        for before, line in zip((None, *self.lines), self.lines, strict=False):
            if before is not None:
                parts.append("\n" if before.block == line.block else "\n\n")
            parts.append(line.text)
        return "".join(parts)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One possible text of a zone with the confidence 0..1 of the engine that proposes it."""

    text: str
    confidence: float
    by: str = ""


@dataclass(frozen=True, slots=True)
class ZoneReading:
    """What was recognised in one zone: the dear half of reading, kept so that it is never done twice.

    ink: share 0..1 of dark pixels left after the printed line is taken out. blank: no writing there, which is not
    the same as an unread zone (writing is there, and no candidate). matrices: of a zone that a closed list decides,
    what an engine saw in its passes (ocr/handwriting/packed.py), so that a new entry is weighed without reading again.
    marks: what was seen of a register's cell beside its text: "struck", "ditto" for two short strokes; INK_CUT.
    """

    zone: str
    box: Box
    candidates: tuple[Candidate, ...] = ()
    words: tuple[Word, ...] = ()
    ink: float = 0.0
    blank: bool = False
    matrices: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowPlace:
    """One row of a register on one page; the zones of its cells are named "ID.COLUMN".

    id: "r01" and up from the top; "r00" is what goes on from the last row of the page before. boxes: on the scan, one
    for each half of it. doubtful: a border was not surely seen, or its number is missing. notes: stable words.
    """

    id: str
    boxes: tuple[Box, ...]
    doubtful: bool = False
    continues: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Around:
    """What stands outside of a register's table on a page: a note, or the page's number.

    where: "left", "right", "above" or "below" the table, or in the "gutter". box: on the scan. confidence: 0..1 that
    the text is right. row: id of the row nearest to it, "" without rows. number: of the page, None for a note.
    """

    where: str
    box: Box
    text: str
    confidence: float
    row: str = ""
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Carried:
    """What a page of a register hands on to the next page of its volume, and all that this one needs to be read.

    form: the volume's register, None when it is not known. columns: ids from the left. shares: edges of the columns of
    each half, 0 at its outermost on the left, 1 on the right. last: the register of the page itself. width: share of
    the scan's width that the table takes, 0.0 where it is not known.
    """

    form: str | None = None
    columns: tuple[str, ...] = ()
    shares: tuple[tuple[float, ...], ...] = ()
    last: str | None = None
    width: float = 0.0


@dataclass(frozen=True, slots=True)
class Recognition:
    """A whole page recognised. form is None when the page matches no known form; reason then says why.

    width, height: pixels of the upright scan. angle_deg: how far the page was turned, anticlockwise positive.
    match: number of key points that agree with the form's reference (0 when none). rows, carried, around: of a
    register's page, whose form is the register's id.
    """

    form: str | None
    width: int
    height: int
    match: int = 0
    angle_deg: float = 0.0
    reason: str = ""
    zones: tuple[ZoneReading, ...] = ()
    text_layer: str = ""
    notes: tuple[str, ...] = ()
    rows: tuple[RowPlace, ...] = ()
    carried: Carried | None = None
    around: tuple[Around, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """The value settled on for one zone, the cheap half of reading.

    raw: the reading it rests on. value: after closed list and grammar; "" when blank or when nothing fits.
    confidence: 0..1 that value is right. blank: the zone holds no writing. candidates: the other values, best first.
    """

    zone: str
    raw: str
    value: str
    confidence: float
    box: Box
    blank: bool = False
    candidates: tuple[Candidate, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a page's zones say: form id and one Decided a zone, in the form's order.

    part: 1 for a form's first page, 2 and up for pages that continue it. rows: of a register's page.
    """

    form: str | None
    family: str | None
    zones: Mapping[str, Decided] = field(default_factory=dict)
    part: int = 1
    reason: str = ""
    rows: tuple[RowPlace, ...] = ()
