"""img2table alone on pages of registers, in an environment of its own."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.parts.registers.score import Box, Found, Gold, Score, inside, overlap, score_page

PEER = "IMG2TABLE_PYTHON"
"""Names the Python that has it."""
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


def peer_score(pages: Sequence[Gold], folder: Path, python: str | None, log: Callable[[str], None]) -> Score | None:
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
        boxes = [box if overlap(box, h) or min(box[2], h[2]) > max(box[0], h[0]) else (0, 0, 0, 0) for h in halves]
        places: dict[str, tuple[Box, bool]] = {}
        for row in page["rows"]:
            for column, cell in row["cells"].items():
                over = next((c for c in cells if inside(cell["box"], c)), None)
                if over is not None:
                    places[column] = (over, False)
        found_rows.append(boxes)
        found_cells.append(places)
    kept = [i for i, boxes in enumerate(found_rows) if any(b[2] for b in boxes)]
    return Found([found_rows[i] for i in kept], [found_cells[i] for i in kept])
