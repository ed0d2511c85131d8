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
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts.registers.peer import PEER, peer_score  # noqa: E402
from benchmarks.parts.registers.score import Found, Gold, Score, score_page  # noqa: E402

SAMPLES = ROOT / "sample_data" / "registers"


def measure(data: Path | None, quick: bool, log: Callable[[str], None], **more: Any) -> dict[str, Any]:
    """Figures of the registers. data: folder with gold.jsonl, the committed samples if none; quick: those alone.

    more: peer (a Python that has img2table), most (pages at most), auto (find out which register it is), workers.
    """
    folder = _folder(data, quick, log)
    gold = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    volumes = volumes_of(gold, more.get("most"))
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
    peer = peer_score([p for pages in volumes for p in pages], folder, more.get("peer") or os.environ.get(PEER), log)
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


def read_volume(folder: Path, pages: Sequence[Gold], auto: bool) -> list[Found]:
    """Find rows and cells on the pages of one volume; cells are not read."""
    import cv2

    from ocr.engines import load_engine
    from ocr.page import Scan
    from ocr.registers.form import package_registers
    from ocr.registers.table import Ask, read_table
    from ocr.registers.volume import print_reader
    from ocr.scans.scan import open_page

    cv2.setNumThreads(1)
    registers = package_registers()
    form = None if auto else registers.forms[pages[0]["form"]]
    engine = load_engine("tesseract")
    ask = Ask(form, (pages[0]["language"],), print_reader(engine), registers, engine)
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


def volumes_of(gold: Sequence[Gold], most: int | None) -> list[list[Gold]]:
    """Pages by volume, in order; most: at most so many, volumes drawn by lot."""
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
