"""Rows and cells of printed ruled pages, beside a plain script with Tesseract in the same run.

The folder of data has images/ID.jpg and data/ID.csv, the first row of which holds the heads of the columns. The
register file is made of these heads alone, as a user would, and finds nothing else of the pages. Figures are compared
by their digits. Without a folder drawn pages are read: that shows that the command works, not how real paper is read.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks.parts.registers.figures_score import Cells, FigureScore
from sample_data.makers.figures_table import HEADS, draw_figures

Page = tuple[str, NDArray[np.uint8], list[list[str]]]
"""Its id, its picture, and what stands in its rows."""
_PSM = 6


def measure(data: Path | None, log: Callable[[str], None], most: int | None = None) -> dict[str, Any]:
    """Figures of the pages of a folder, of drawn ones where none is given."""
    heads, pages = _pages(data)
    product, plain = FigureScore(), FigureScore()
    read = _reader(heads)
    for number, (page, grey, rows) in enumerate(pages):
        if most is not None and number >= most:
            break
        product.add(rows, read(grey))
        plain.add(rows, read_plainly(grey, len(heads)))
        log(f"{page}: product {product.summary()}; plain script {plain.summary()} (pages so far)")
    return {"pages": product.pages, **product.figures(""), **plain.figures("peer_")}


def _pages(data: Path | None) -> tuple[Sequence[str], Iterator[Page]]:
    import cv2

    if data is None:
        drawn = (draw_figures(seed=s, gaps=0.2 * s) for s in range(2))
        return HEADS, ((f"drawn-{i}", x.grey, [list(r) for r in x.rows]) for i, x in enumerate(drawn))
    folder = next(f for f in (data, data / "ruled-bench") if (f / "images").is_dir())
    files = sorted((folder / "data").glob("*.csv"))

    def found() -> Iterator[Page]:
        for file in files:
            grey = cv2.imread(str(folder / "images" / f"{file.stem}.jpg"), cv2.IMREAD_GRAYSCALE)
            yield file.stem, np.asarray(grey, np.uint8), _rows(file)[1:]

    return _rows(files[0])[0], found()


def _rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as source:
        return [[cell.strip().strip("'").strip() for cell in row] for row in csv.reader(source)]


def _reader(heads: Sequence[str]) -> Callable[[NDArray[np.uint8]], Cells]:
    """What reads a page by a register file made of the heads of its columns."""
    from ocr.registers import RegisterSettings, VolumeReader, decide_register, known_registers

    ids = [f"c{i}" for i in range(len(heads))]
    columns = "".join(
        f'\n[[column]]\nid = "{i}"\nwidth = {3 if n == 0 else 5}\nhandwriting = false\nlabels = {{ en = ["{head}"] }}\n'
        for n, (i, head) in enumerate(zip(ids, heads, strict=True))
    )
    folder = Path(tempfile.mkdtemp(prefix="real-paper-"))
    (folder / "registers").mkdir()
    text = f'id = "reg_figures"\ntitle = "Figures"\nrow_start = "{ids[0]}"\n{columns}'
    (folder / "registers" / "reg_figures.toml").write_text(text, encoding="utf-8")
    known = known_registers((folder,))
    reader = VolumeReader("reg_figures", ["en"], settings=RegisterSettings(), registers=known)

    def read(grey: NDArray[np.uint8]) -> Cells:
        seen = reader.recognise(grey)
        zones = decide_register(seen, known.find(seen.form), ["en"], {}).zones
        found = [[zones.get(f"{row.id}.{i}") for i in ids] for row in seen.rows]
        return [[("", 0.0) if z is None else (z.value or z.raw, z.confidence) for z in row] for row in found]

    return read


def read_plainly(grey: NDArray[np.uint8], columns: int) -> Cells:
    """What a plain script makes of a page: words of Tesseract in lines, put into columns of equal width."""
    import pytesseract

    data = pytesseract.image_to_data(grey, config=f"--psm {_PSM}", output_type=pytesseract.Output.DICT)
    words = [i for i, text in enumerate(data["text"]) if any(c.isdigit() for c in text)]
    if not words:
        return []
    left = min(data["left"][i] for i in words)
    wide = max(data["left"][i] + data["width"][i] for i in words) - left
    lines: dict[tuple[int, ...], list[tuple[str, float]]] = {}
    for i in words:
        key = tuple(int(data[k][i]) for k in ("block_num", "par_num", "line_num"))
        cells = lines.setdefault(key, [("", 0.0)] * columns)
        middle = data["left"][i] + data["width"][i] / 2 - left
        cells[min(columns - 1, int(middle / wide * columns))] = (data["text"][i], float(data["conf"][i]) / 100)
    return list(lines.values())
