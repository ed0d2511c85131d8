"""What clerks did to registers later, found on drawn pages: entries struck out or squeezed in, years, notes, numbers.

    python benchmarks/registers_marks.py --data FOLDER [--json FILE]   pages of sample_data/registers.py --marked --out

Of each kind: how many there are, how many were found, and how many were said without being there.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.forms_registers import volumes_of  # noqa: E402
from benchmarks.parts.registers.score import Box, Gold, matched  # noqa: E402

_LEAST_COVER = 0.3


@dataclass
class Count:
    """Things there are, found, and said that are not there."""

    there: int = 0
    found: int = 0
    wrong: int = 0

    def add(self, other: Count) -> None:
        """Add the counts of other pages."""
        for name in vars(other):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def recall(self) -> float:
        """Share of those there that were found."""
        return self.found / max(1, self.there)

    @property
    def precision(self) -> float:
        """Share of those said that are there."""
        return self.found / max(1, self.found + self.wrong)


Counts = dict[str, Count]


def measure_page(page: Gold, seen: Any) -> Counts:
    """Compare one page's Recognition with its gold."""
    counts: Counts = defaultdict(Count)
    _rows(page, seen, counts)
    _between(page, seen, counts)
    _around(page, seen, counts)
    return counts


def _rows(page: Gold, seen: Any, counts: Counts) -> None:
    cells: dict[str, dict[str, Any]] = defaultdict(dict)
    for zone in seen.zones:
        row, _, column = zone.zone.partition(".")
        cells[row][column] = zone
    wanted = [r["boxes"][0] for r in page["rows"]]
    pairs = matched(wanted, [(i, r.boxes[0]) for i, r in enumerate(seen.rows)])
    for number, row in enumerate(page["rows"]):
        at = pairs.get(number)
        for column, cell in row["cells"].items():
            if not cell["text"]:
                continue
            zone = cells[seen.rows[at].id].get(column) if at is not None else None
            said = zone is not None and "struck" in zone.marks and not cell["ditto"]
            for name in (
                "struck",
                f"struck, {page['wear']}",
                *([f"struck, {row.get('how')}"] if cell["struck"] else []),
            ):
                counts[name].there += cell["struck"]
                counts[name].found += cell["struck"] and said
                counts[name].wrong += said and not cell["struck"] and not cell.get("word_struck")
            if cell.get("word_struck"):
                counts["word struck"].there += 1
                counts["word struck"].found += zone is not None and bool({"struck", "struck-in-part"} & set(zone.marks))
    late = [r["boxes"][0] for r in page["rows"] if r.get("inserted")]
    _compare(late, [r.boxes[0] for r in seen.rows if "inserted" in r.notes], counts["inserted"])


def _between(page: Gold, seen: Any, counts: Counts) -> None:
    """Years and totals: rows of their own that say so."""
    for kind in ("heading", "total"):
        wanted = [b["boxes"][0] for b in page["between"] if b["kind"] == kind]
        _compare(wanted, [r.boxes[0] for r in seen.rows if kind in r.notes], counts[kind])


def _compare(wanted: Sequence[Box], said: Sequence[Box], count: Count) -> None:
    """Count boxes on the heights of those wanted."""
    count.there += len(wanted)
    count.found += sum(any(_covers(w, box) for box in said) for w in wanted)
    count.wrong += sum(not any(_covers(w, box) for w in wanted) for box in said)


def _covers(wanted: Box, box: Box) -> bool:
    """Whether a box lies for the most part on the heights of one that is wanted."""
    both = min(wanted[3], box[3]) - max(wanted[1], box[1])
    return both >= 0.5 * min(wanted[3] - wanted[1], box[3] - box[1])


def _around(page: Gold, seen: Any, counts: Counts) -> None:
    """Notes around the table by place, and page numbers by value."""
    numbers = [n["text"] for n in page["around"] if n["kind"] == "page"]
    said = [str(a.number) for a in seen.around if a.number is not None]
    counts["page number"].there += len(numbers)
    counts["page number"].found += len(set(numbers) & set(said))
    counts["page number"].wrong += len(set(said) - set(numbers))
    notes = [n["box"] for n in page["around"] if n["kind"] != "page"]
    boxes = [a.box for a in seen.around if a.number is None]
    counts["note"].there += len(notes)
    counts["note"].found += sum(any(_over(n, b) for b in boxes) for n in notes)
    counts["note"].wrong += sum(not any(_over(n, b) for n in notes) for b in boxes)


def _over(note: Box, box: Box) -> bool:
    """Whether a box holds a good part of a note."""
    wide = max(0, min(note[2], box[2]) - max(note[0], box[0]))
    high = max(0, min(note[3], box[3]) - max(note[1], box[1]))
    return wide * high >= _LEAST_COVER * (note[2] - note[0]) * (note[3] - note[1])


def read_volume(folder: Path, pages: Sequence[Gold], engine: str = "tesseract") -> Counts:
    """Counts of the pages of one volume, the register given; cells are not read."""
    import cv2

    from ocr.engines import load_engine
    from ocr.page import Scan, ZoneReading
    from ocr.registers.cell_reader import CellReader, RegisterSettings, marks_of
    from ocr.registers.table import AGAIN, RegisterTable, TableRow
    from ocr.registers.volume import VolumeReader
    from ocr.scans.scan import open_page

    class NumbersOnly(CellReader):
        """Reads the cells of rows without a number alone, which tells what these are."""

        def read(self, table: RegisterTable, row: TableRow) -> list[ZoneReading]:
            if not row.numbered:
                return super().read(table, row)
            cells = {n: c for n, c in row.cells.items() if n != AGAIN}
            return [ZoneReading(n, c.box, blank=c.blank, marks=marks_of(c)) for n, c in cells.items()]

    cv2.setNumThreads(1)
    codes = (pages[0]["language"],)
    cells = NumbersOnly(load_engine(engine), codes, RegisterSettings(engine))
    reader = VolumeReader(pages[0]["form"], codes, cells=cells)
    total: Counts = defaultdict(Count)
    before = None
    for page in pages:
        seen = reader.recognise(open_page(Scan(folder / page["file"], "")).grey, before)
        before = seen.carried
        for name, count in measure_page(page, seen).items():
            total[name].add(count)
    return dict(total)


def measure(folder: Path, log: Callable[[str], None], workers: int = 1) -> dict[str, Any]:
    """Figures of all pages of a folder with gold.jsonl."""
    gold = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    volumes = volumes_of(gold, None)
    total: Counts = defaultdict(Count)
    with ProcessPoolExecutor(workers) as pool:
        for counts in pool.map(read_volume, [folder] * len(volumes), volumes):
            for name, count in counts.items():
                total[name].add(count)
    for name in sorted(total):
        c = total[name]
        log(f"{name:24} recall {c.recall:.3f} precision {c.precision:.3f} (there {c.there}, wrong {c.wrong})")
    return {
        n: {"recall": round(c.recall, 3), "precision": round(c.precision, 3), "n": c.there} for n, c in total.items()
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    figures = measure(asked.data, print, asked.workers)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
