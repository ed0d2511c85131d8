"""Cut the lines of writing in the cells of drawn registers, without those that are struck out on the page."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from benchmarks.parts.registers.score import half_of, matched
from ocr.engine import Image
from ocr.page import Scan
from ocr.registers.form import package_registers
from ocr.registers.strike import line_pictures
from ocr.registers.table import Ask, RegisterTable, read_table
from ocr.scans.scan import open_page


def lines_of_page(page: dict[str, Any], table: RegisterTable) -> Iterator[tuple[Image, bool]]:
    """Pictures of a page's lines, each with whether its cell is struck out."""
    halves = len(page["rows"][0]["boxes"]) if page["rows"] else 0
    pairs = [
        matched([r["boxes"][h] for r in page["rows"]], [(i, r.boxes[h]) for i, r in enumerate(table.rows)])
        for h in range(halves)
    ]
    for number, row in enumerate(page["rows"]):
        for column, gold in row["cells"].items():
            at = pairs[half_of(gold["box"], row["boxes"])].get(number)
            cell = table.rows[at].cells.get(column) if at is not None else None
            if cell is None or cell.blank or gold["ditto"] or gold.get("word_struck"):
                continue
            for picture in line_pictures(table.sheet, cell, table.marks):
                yield picture, gold["struck"]


def main(folder: str, out: str) -> None:
    """Cut all pages of a folder and store the lines, joined side by side."""
    from benchmarks.forms_registers import volumes_of
    from ocr.engines import load_engine
    from ocr.registers.volume import print_reader

    registers = package_registers()
    gold = [json.loads(x) for x in (Path(folder) / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    pictures: list[Image] = []
    struck: list[bool] = []
    for pages in volumes_of(gold, None):
        ask = Ask(registers.forms[pages[0]["form"]], (pages[0]["language"],), print_reader(load_engine("tesseract")))
        page = pages[0]
        for picture, is_struck in lines_of_page(
            page, read_table(open_page(Scan(Path(folder) / page["file"], "")).grey, ask)
        ):
            pictures.append(picture)
            struck.append(is_struck)
    widths = np.array([p.shape[1] for p in pictures])
    np.savez_compressed(out, lines=np.hstack(pictures), widths=widths, struck=np.array(struck))


if __name__ == "__main__":
    main(*sys.argv[1:])
