"""Rows and cells of ruled registers found on drawn pages, beside img2table alone.

    python benchmarks/forms_registers.py --quick                       the committed samples
    python benchmarks/forms_registers.py --data FOLDER [--json FILE]   pages of sample_data/registers.py --out FOLDER

The peer runs in an environment of its own: --peer PYTHON (or IMG2TABLE_PYTHON), where `PYTHON -m pip install img2table`
was done; without it its figures are null. A FOLDER without gold.jsonl has pages drawn anew, where the fonts are.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
SAMPLES = ROOT / "sample_data" / "registers"
PEER = "IMG2TABLE_PYTHON"
_IOU = 0.5
_PEER = """
import json, sys
from img2table.document import Image
for path in sys.argv[1:]:
    rows = []
    try:
        for table in Image(path).extract_tables(implicit_rows=False, implicit_columns=False, borderless_tables=False):
            for cells in table.content.values():
                rows.append([[int(v) for v in (c.bbox.x1, c.bbox.y1, c.bbox.x2, c.bbox.y2)] for c in cells])
    except Exception as e:
        print(type(e).__name__, file=sys.stderr)
    print(json.dumps({"file": path, "rows": rows}), flush=True)
"""

Box = Sequence[int]
Gold = dict[str, Any]


@dataclass
class Score:
    """Counts over pages: rows found, invented and missed; cells in their place; cells rightly called blank or not.

    Of the cells of all rows found, wherever they were put: blanks are truly blank, asked of them go to a person; passed
    are said to be blank and pass, lost of them are not.
    """

    found: int = 0
    invented: int = 0
    missed: int = 0
    cells: int = 0
    cells_right: int = 0
    looked: int = 0
    blank_right: int = 0
    blanks: int = 0
    asked: int = 0
    passed: int = 0
    lost: int = 0

    def add(self, other: Score) -> None:
        """Add the counts of other pages."""
        for name in vars(other):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def rows_f1(self) -> float:
        """F1 of rows, each half of a spread counted by itself."""
        return 2 * self.found / max(1, 2 * self.found + self.invented + self.missed)

    @property
    def cells_share(self) -> float:
        """Share of written cells whose middle lies in the cell of their row and column."""
        return self.cells_right / max(1, self.cells)

    @property
    def blank_acc(self) -> float:
        """Share of cells of rows found that were rightly called blank or written."""
        return self.blank_right / max(1, self.looked)

    @property
    def blank_sure(self) -> float:
        """Share of cells that pass as blank which are."""
        return 1 - self.lost / max(1, self.passed)

    @property
    def blank_asked(self) -> float:
        """Share of blank cells that a person is asked about."""
        return self.asked / max(1, self.blanks)


@dataclass(frozen=True)
class Found:
    """What was found on a page: boxes of every row, one a half, and of its cells with whether they are blank.

    unread: of every row the cells that are blank by their marks, and are asked all the same.
    """

    rows: list[list[Box]]
    cells: list[dict[str, tuple[Box, bool]]]
    form: str | None = None
    seconds: float = 0.0
    doubtful: list[bool] = field(default_factory=list)
    unread: list[set[str]] = field(default_factory=list)


def measure(data: Path | None, quick: bool, log: Callable[[str], None], **more: Any) -> dict[str, Any]:
    """Figures of the registers. data: folder with gold.jsonl, the committed samples if none; quick: those alone.

    more: peer (a Python that has img2table), most (pages at most), auto (find out which register it is), workers.
    """
    folder = _folder(data, quick, log)
    gold = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    volumes = _volumes(gold, more.get("most"))
    jobs = [(folder, pages, bool(more.get("auto"))) for pages in volumes]
    total, parts = Score(), defaultdict[str, Score](Score)
    named, seconds, count = 0, 0.0, 0
    for pages, founds in zip(volumes, _all(jobs, int(more.get("workers") or 1)), strict=True):
        for page, found in zip(pages, founds, strict=True):
            score = score_page(page, found)
            total.add(score)
            for name in _features(page):
                parts[name].add(score)
            named += found.form == page["form"]
            seconds, count = seconds + found.seconds, count + 1
            if score.invented or score.missed or score.cells_right < score.cells:
                log(f"{page['file']}: {score}")
    for name in sorted(parts):
        p = parts[name]
        log(
            f"{name:24} rows {p.rows_f1:.4f} cells {p.cells_share:.4f} blank {p.blank_acc:.4f} (n {p.found + p.missed})"
            f" pass as blank {p.passed}, of which are {p.blank_sure:.4f}, blank but asked {p.blank_asked:.4f}"
        )
    peer = _peer([p for pages in volumes for p in pages], folder, more.get("peer") or os.environ.get(PEER), log)
    return {
        "pages": count,
        "rows_f1": round(total.rows_f1, 4),
        "cells": round(total.cells_share, 4),
        "blank_acc": round(total.blank_acc, 4),
        "blank_sure": round(total.blank_sure, 4),
        "blank_asked": round(total.blank_asked, 4),
        "form_known": round(named / max(1, count), 4),
        "s_per_page": round(seconds / max(1, count), 3),
        "peer_rows_f1": None if peer is None else round(peer.rows_f1, 4),
        "peer_cells": None if peer is None else round(peer.cells_share, 4),
    }


def _folder(data: Path | None, quick: bool, log: Callable[[str], None]) -> Path:
    """The folder of pages with gold: the one given, the one called registers in it, or pages drawn now."""
    if quick or data is None:
        return SAMPLES
    for folder in (data, data / "registers"):
        if (folder / "gold.jsonl").is_file():
            return folder
    from sample_data.fonts import FontMissing, Fonts
    from sample_data.registers import plans, write_pages

    drawn = Path(tempfile.mkdtemp(prefix="registers-"))
    try:
        log(f"drawing pages into {drawn}")
        write_pages(plans(1), drawn, Fonts())
    except FontMissing as e:
        log(f"the committed samples alone: {e}")
        return SAMPLES
    return drawn


def score_page(page: Gold, found: Found) -> Score:
    """Compare a page with its gold."""
    score = Score()
    matched: list[dict[int, int]] = []
    halves = len(page["rows"][0]["boxes"]) if page["rows"] else 0
    for half in range(halves):
        wanted = [row["boxes"][half] for row in page["rows"]]
        have = [(i, row[half]) for i, row in enumerate(found.rows) if half < len(row)]
        pairs = _matched(wanted, have)
        matched.append(pairs)
        score.found += len(pairs)
        score.missed += len(wanted) - len(pairs)
        score.invented += len(have) - len(pairs)
    for number, row in enumerate(page["rows"]):
        for column, cell in row["cells"].items():
            half = _half_of(cell["box"], row["boxes"])
            at = matched[half].get(number)
            if cell["text"]:
                score.cells += 1
            if at is None:
                continue
            place = found.cells[at].get(column)
            if place is not None and found.unread and not row["continues"]:
                _count_blank(score, place[1], column in found.unread[at], bool(cell["text"]))
            right = place is not None and _inside(cell["box"], place[0])
            score.cells_right += bool(cell["text"]) and right
            if place is not None and right:
                score.looked += 1
                score.blank_right += place[1] == (not cell["text"])
    return score


def _count_blank(score: Score, is_blank: bool, is_unread: bool, is_written: bool) -> None:
    score.blanks += not is_written
    score.asked += not is_written and (is_unread or not is_blank)
    passes = is_blank and not is_unread
    score.passed += passes
    score.lost += passes and is_written


def _matched(wanted: Sequence[Box], have: Sequence[tuple[int, Box]]) -> dict[int, int]:
    """Gold row -> row found, one to one, the surest first."""
    pairs = [(_overlap(a, b), n, i) for n, a in enumerate(wanted) for i, b in have]
    found: dict[int, int] = {}
    for worth, n, i in sorted(pairs, reverse=True):
        if worth >= _IOU and n not in found and i not in found.values():
            found[n] = i
    return found


def _overlap(a: Box, b: Box) -> float:
    """Intersection over union of two ranges of y, 0 where the boxes lie side by side."""
    if min(a[2], b[2]) <= max(a[0], b[0]):
        return 0.0
    both = max(0, min(a[3], b[3]) - max(a[1], b[1]))
    return both / max(1, max(a[3], b[3]) - min(a[1], b[1]))


def _half_of(box: Box, halves: Sequence[Box]) -> int:
    middle = (box[0] + box[2]) / 2
    return min(range(len(halves)), key=lambda i: abs((halves[i][0] + halves[i][2]) / 2 - middle))


def _inside(box: Box, place: Box) -> bool:
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return place[0] <= x <= place[2] and place[1] <= y <= place[3]


def read_volume(folder: Path, pages: Sequence[Gold], auto: bool) -> list[Found]:
    """Find rows and cells on the pages of one volume; cells are not read."""
    import cv2

    from ocr.engines import load_engine
    from ocr.page import Scan
    from ocr.registers.form import package_registers
    from ocr.registers.read import print_reader
    from ocr.registers.table import Ask, read_table
    from ocr.scan import open_page

    cv2.setNumThreads(1)
    registers = package_registers()
    form = None if auto else registers.forms[pages[0]["form"]]
    ask = Ask(form, (pages[0]["language"],), print_reader(load_engine("tesseract")), registers)
    found, layout = [], None
    for page in pages:
        grey = open_page(Scan(folder / page["file"], "")).grey
        begun = time.process_time()
        table = read_table(grey, ask, layout)
        spent = time.process_time() - begun
        layout = table.layout if table.heading is not None or layout is None else layout
        rows = [[tuple(b) for b in row.boxes] for row in table.rows]
        cells = [{name: (tuple(c.box), c.blank) for name, c in row.cells.items()} for row in table.rows]
        unread = [{name for name, c in row.cells.items() if c.unread} for row in table.rows]
        form_id = table.form.id if table.form else None
        found.append(Found(rows, cells, form_id, spent, [r.doubtful for r in table.rows], unread))
    return found


def _all(jobs: Sequence[tuple[Path, list[Gold], bool]], workers: int) -> Iterable[list[Found]]:
    if workers <= 1:
        return [read_volume(*job) for job in jobs]
    with ProcessPoolExecutor(workers) as pool:
        return list(pool.map(read_volume, *zip(*jobs, strict=True)))


def _volumes(gold: Sequence[Gold], most: int | None) -> list[list[Gold]]:
    by_volume: dict[str, list[Gold]] = defaultdict(list)
    for page in gold:
        by_volume[page["volume"]].append(page)
    volumes = [sorted(pages, key=lambda p: p["page"]) for _, pages in sorted(by_volume.items())]
    if most is not None:
        random.Random(5).shuffle(volumes)
        volumes = volumes[: max(1, most // max(len(v) for v in volumes))]
    return volumes


def _features(page: Gold) -> list[str]:
    said = [
        f"wear {page['wear']}",
        f"language {page['language']}",
        f"form {page['form']}",
        f"ruling {page['features']['ruling']}",
    ]
    return (
        said
        + [name for name, value in page["features"].items() if value is True]
        + ([] if page["header"] else ["no header"])
    )


def _peer(pages: Sequence[Gold], folder: Path, python: str | None, log: Callable[[str], None]) -> Score | None:
    """img2table alone on the same pages: its rows in order; a cell counts by the number of its column."""
    if not python:
        log(f"peer: not measured (give --peer, or {PEER}, a Python that has img2table)")
        return None
    total = Score()
    for start in range(0, len(pages), 20):
        part = pages[start : start + 20]
        run = subprocess.run(
            [python, "-c", _PEER, *(str(folder / p["file"]) for p in part)], capture_output=True, text=True, check=False
        )
        said = {Path(x["file"]).name: x["rows"] for x in map(json.loads, run.stdout.splitlines())}
        for page in part:
            total.add(score_page(page, peer_found(page, said.get(page["file"], []))))
    return total


def peer_found(page: Gold, rows: Sequence[Sequence[Box]]) -> Found:
    """A peer's cells as rows: those of the header are left out, and each gold column may be any cell over its middle.

    That is kinder to the peer than to us: it need not know which column is which, nor where the header ends.
    """
    halves = page["rows"][0]["boxes"] if page["rows"] else []
    tops = [min(row["boxes"][h][1] for row in page["rows"]) for h in range(len(halves))]
    found_rows: list[list[Box]] = []
    found_cells: list[dict[str, tuple[Box, bool]]] = []
    for cells in rows:
        cells = [tuple(c) for c in dict.fromkeys(map(tuple, cells))]
        if not cells:
            continue
        box = (min(c[0] for c in cells), min(c[1] for c in cells), max(c[2] for c in cells), max(c[3] for c in cells))
        if (box[1] + box[3]) / 2 < min(tops, default=0):
            continue
        boxes = [box if _overlap(box, h) or min(box[2], h[2]) > max(box[0], h[0]) else (0, 0, 0, 0) for h in halves]
        places: dict[str, tuple[Box, bool]] = {}
        for row in page["rows"]:
            for column, cell in row["cells"].items():
                over = next((c for c in cells if _inside(cell["box"], c)), None)
                if over is not None:
                    places[column] = (over, False)
        found_rows.append(boxes)
        found_cells.append(places)
    kept = [i for i, boxes in enumerate(found_rows) if any(b[2] for b in boxes)]
    return Found([found_rows[i] for i in kept], [found_cells[i] for i in kept])


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--peer", help="a Python that has img2table")
    parser.add_argument("--most", type=int, help="pages at most")
    parser.add_argument("--auto", action="store_true", help="let the header say which register it is")
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    more = {"peer": asked.peer, "most": asked.most, "auto": asked.auto, "workers": asked.workers}
    figures = measure(asked.data, asked.quick, print, **more)
    text = json.dumps(figures, indent=1)
    print(text)
    if asked.json:
        asked.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
