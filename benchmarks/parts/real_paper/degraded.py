"""Rows and cells of register pages that were scanned or photographed badly, kind by kind.

The pages are the first ones of the committed volumes (sample_data/registers), each made worse in every way of
sample_data/makers/poor_scans.py, and read with their register named. They are drawn pages, so the folder of data is
not used. A row is found where half of its cells lie in their columns of one row that was read. What is refused
counts as refused rightly where the reason names what was done to the page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.parts.registers.score import Gold, inside
from sample_data.makers.poor_scans import KINDS, PoorScan

SAMPLES = Path(__file__).resolve().parents[3] / "sample_data" / "registers"
CAUSES: Mapping[str, Sequence[str]] = {
    "half of the pixels": ("too small",),
    "three quarters of the pixels": ("too small",),
    "slant": ("slant",),
    "strong slant": ("slant",),
    "photograph": ("slant", "too small", "shadow"),
    "upside down": ("upside down",),
    "on its side": ("on its side",),
    "cut": ("cut off",),
    "pale": ("pale",),
    "curl": ("bent",),
}
"""Kind -> words of which a reason must have one to name its cause."""
_SURE = 0.9
_LEAST_IN_PLACE = 0.5

Read = Callable[[Gold, PoorScan], "PageRead"]


@dataclass(frozen=True)
class CellRead:
    """Where a cell was found, what it says, and how sure that is; blank: it is told to hold nothing."""

    box: Sequence[int]
    text: str
    confidence: float
    blank: bool


@dataclass(frozen=True)
class PageRead:
    """Rows of cells by column; reason: why the page was refused, "" where it was not."""

    rows: Sequence[Mapping[str, CellRead]]
    reason: str = ""


@dataclass
class Tally:
    """Counts over the pages of one kind. wrong: cells that pass with another text, or as blank though they are not."""

    pages: int = 0
    rows: int = 0
    found: int = 0
    invented: int = 0
    cells: int = 0
    placed: int = 0
    exact: int = 0
    wrong: int = 0
    refused: int = 0
    rightly: int = 0
    rows_refused: int = 0

    def add(self, page: Gold, scan: PoorScan, read: PageRead, causes: Sequence[str]) -> None:
        """Add a page. scan: how it was brought."""
        self.pages += 1
        self.rows += len(page["rows"])
        if read.reason:
            is_right = any(word in read.reason for word in causes)
            self.refused, self.rightly = self.refused + 1, self.rightly + is_right
            self.rows_refused += is_right * len(page["rows"])
            return
        pairs = pair_rows([_places(row, scan) for row in page["rows"]], read.rows)
        wanted = [_written(row, scan) for row in page["rows"]]
        self.cells += sum(map(len, wanted))
        self.found += len(pairs)
        self.invented += len(read.rows) - len(pairs)
        for number, cells in enumerate(wanted):
            got = read.rows[pairs[number]] if number in pairs else {}
            for column, (place, text) in cells.items():
                cell = got.get(column)
                if cell is None:
                    continue
                is_right = inside(place, cell.box)
                self.placed += is_right
                is_exact = is_right and _fold(cell.text) == _fold(text)
                self.exact += is_exact
                self.wrong += cell.confidence >= _SURE and not is_exact and (cell.blank or bool(cell.text))

    def figures(self) -> dict[str, Any]:
        """Shares 0..1 and counts. settled: rows found, and those of pages refused rightly, of all."""
        return {
            "pages": self.pages,
            "settled": round((self.found + self.rows_refused) / max(1, self.rows), 4),
            "rows_found": round(self.found / max(1, self.rows), 4),
            "rows_invented": self.invented,
            "cells_placed": round(self.placed / max(1, self.cells), 4),
            "cells_exact": round(self.exact / max(1, self.cells), 4),
            "refused": self.refused,
            "refused_rightly": self.rightly,
            "sure_wrong": round(self.wrong / max(1, self.cells), 4),
        }


def measure(data: Path | None, log: Callable[[str], None], most: int | None = None) -> dict[str, Any]:
    """Figures of each kind, and of all kinds but the pages as they are; data is not used."""
    import cv2

    lines = (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    pages = [page for page in map(json.loads, lines) if page["header"]][:most]
    tallies = {kind: Tally() for kind in KINDS}
    reader = _reader()
    for page in pages:
        grey = np.asarray(cv2.imread(str(SAMPLES / page["file"]), cv2.IMREAD_GRAYSCALE), np.uint8)
        for kind, make in KINDS.items():
            scan = make(grey)
            read = reader(page, scan)
            one = Tally()
            for tally in (one, tallies[kind]):
                tally.add(page, scan, read, CAUSES.get(kind, ()))
            said = f"refused: {read.reason}" if read.reason else f"rows {one.found} of {one.rows}, {one.invented} more"
            log(f"{page['file']}, {kind}: {said}, cells placed {one.placed} exact {one.exact} wrong {one.wrong}")
    figures = {kind: tally.figures() for kind, tally in tallies.items()}
    worse = [f for kind, f in figures.items() if kind != "original"]
    return {
        "settled_least": min(f["settled"] for f in worse),
        "kinds_settled": sum(f["settled"] >= 0.95 for f in worse),
        "kinds": figures,
    }


def pair_rows(wanted: Sequence[Mapping[str, Sequence[float]]], got: Sequence[Mapping[str, CellRead]]) -> dict[int, int]:
    """Number of a row -> number of the one read in which most of its cells lie, at least half of them; one to one.

    wanted: the middles of the cells of each row, by column, as boxes without a size.
    """
    found: dict[int, int] = {}
    hits = []
    for i, cells in enumerate(wanted):
        for j, row in enumerate(got):
            count = sum(column in row and inside(place, row[column].box) for column, place in cells.items())
            hits.append((count / max(1, len(cells)), -i, -j))
    for share, i, j in sorted(hits, reverse=True):
        if share >= _LEAST_IN_PLACE and -i not in found and -j not in found.values():
            found[-i] = -j
    return found


def _reader() -> Read:
    """What reads a page by its register's name, as a workspace does."""
    from digitize.reading.lexica import ListSource
    from digitize.reading.register import as_register, register_reader, register_settings
    from ocr.forms.settings import ReadSettings
    from ocr.registers import decide_register, known_registers

    lists = ListSource(None).load_lists("")

    def read(page: Gold, scan: PoorScan) -> PageRead:
        codes = (page["language"],)
        settings = register_settings(ReadSettings(languages=codes, handwriting_engine="auto"))
        seen = as_register(register_reader(page["form"], codes, settings), scan.grey, None)
        if seen.form is None:
            return PageRead((), seen.reason)
        zones = decide_register(seen, known_registers().find(seen.form), codes, lists).zones
        rows: dict[str, dict[str, CellRead]] = {row.id: {} for row in seen.rows}
        for name, decided in zones.items():
            row, _, column = name.partition(".")
            text = decided.value or decided.raw
            rows[row][column] = CellRead(decided.box, text, decided.confidence, decided.blank)
        return PageRead(list(rows.values()))

    return read


def _places(row: Mapping[str, Any], scan: PoorScan) -> dict[str, Sequence[float]]:
    """The middles of the cells of a row that are on the scan, as boxes without a size."""
    height, width = scan.grey.shape
    found = {}
    for column, cell in row["cells"].items():
        x0, y0, x1, y1 = cell["box"]
        x, y = scan.to_scan(np.array([[(x0 + x1) / 2, (y0 + y1) / 2]]))[0]
        if 0 <= x < width and 0 <= y < height:
            found[column] = (x, y, x, y)
    return found


def _written(row: Mapping[str, Any], scan: PoorScan) -> dict[str, tuple[Sequence[float], str]]:
    """The cells of a row that hold text of their own: where on the scan, and what."""
    cells = row["cells"]
    own = {c for c, cell in cells.items() if cell["text"] and not cell["ditto"] and not cell["struck"]}
    return {c: (place, cells[c]["text"]) for c, place in _places(row, scan).items() if c in own}


def _fold(text: str) -> str:
    return " ".join(text.split())
