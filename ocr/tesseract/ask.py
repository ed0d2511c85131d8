"""What Tesseract is asked and what it answers, whichever way it is run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from ocr.engine import Image
from ocr.page import Box, Word
from ocr.scans.time_limit import TimeLimit

BLOCK, LINE, RAW_LINE, PAGE, SPARSE = 6, 7, 13, 3, 11
"""Page segmentation modes: one block, one line, one line without looking at its layout, a page of any layout, words
wherever they stand."""
VARIABLES = {"tessedit_do_invert": "0"}
"""Paper is bright, so that no doubtful line need be read again as white on black. Costs nothing in letters."""


class CallSettings(NamedTuple):
    """Crops that can go into one call have the same models, page segmentation mode and letters."""

    models: tuple[str, ...]
    psm: int
    letters: str = ""


class SeenWord(NamedTuple):
    """One word with the line it stands in: block, paragraph and line numbers as Tesseract counts them."""

    line: tuple[int, int, int]
    word: Word


class Runner(Protocol):
    """A way to run Tesseract."""

    def version(self) -> str:
        """Such as "5.5.0". Raises EngineMissing."""
        ...

    def run(self, how: CallSettings, images: Sequence[Image], limit: TimeLimit | None) -> list[list[SeenWord]]:
        """The words of each picture. limit: of the page. Raises EngineMissing, EngineFailed."""
        ...


def parse_tsv(tsv: str) -> list[list[SeenWord]]:
    """Words by page of the table that Tesseract writes, in reading order; its head, if there is one, is passed over."""
    pages: list[list[SeenWord]] = []
    for row in tsv.splitlines():
        cells = row.split("\t")
        # The table's levels: 1 is a page, 5 a word.
        if cells[0] == "1":
            pages.append([])
        elif cells[0] == "5" and len(cells) == 12 and cells[11].strip():
            left, top, width, height = (int(c) for c in cells[6:10])
            confidence = min(1.0, max(0.0, float(cells[10]) / 100))
            word = Word(cells[11].strip(), confidence, Box(left, top, left + width, top + height))
            pages[-1].append(SeenWord((int(cells[2]), int(cells[3]), int(cells[4])), word))
    return pages
