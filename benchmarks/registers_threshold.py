"""From which confidence a cell of a register may pass without a person: chosen on some drawn pages, tried on others.

    python benchmarks/registers_threshold.py --fit FOLDER --data FOLDER [--json FILE]
    python benchmarks/registers_threshold.py --quick                                  two small pages of the samples

Folders are of sample_data/registers.py --out, drawn from other seeds. What every cell is read as goes to cells.jsonl
beside the pages; a run that was broken off goes on from it. For each kind of column the threshold is the lowest above
which, on the pages of --fit, 995 of 1,000 cells are right, and the share that is right is counted on those of --data,
in all and by language, register and wear. What was left out of the choosing altogether says more than other seeds do:
thresholds are chosen on all but one language, register and wear as well, in turn, and tried on that one. Beside all
that: how many rows would pass whole, for a row of which one cell is asked still waits for a person.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from benchmarks.forms_registers import SAMPLES, volumes_of  # noqa: E402
from benchmarks.parts.registers.score import Gold, matched  # noqa: E402

AIMED = 0.995
_LEAST = 100
_THRESHOLDS = tuple(i / 200 for i in range(100, 201))
_KEPT = "cells.jsonl"
_PARTS = ("language", "register", "wear")


@dataclass(frozen=True)
class Cell:
    """One cell of a row that was found. kind: of its column, "blank" where it was said to be empty."""

    kind: str
    column: str
    language: str
    register: str
    wear: str
    page: str
    row: int
    confidence: float
    right: bool


def read_volume(folder: Path, pages: Sequence[Gold]) -> list[Cell]:
    """The cells of one volume's pages as the product reads them, the register given; ditto marks are left out."""
    import cv2

    from digitize.reading.lexica import sections_file
    from digitize.reading.register import register_settings
    from ocr.forms.settings import ReadSettings
    from ocr.page import Scan
    from ocr.registers import VolumeReader, decide_register, package_registers
    from ocr.scans.scan import open_page

    cv2.setNumThreads(1)
    codes = (pages[0]["language"],)
    form = package_registers().forms[pages[0]["form"]]
    settings = register_settings(ReadSettings(languages=codes, handwriting_engine="auto", sections=sections_file()))
    reader = VolumeReader(form, codes, settings=settings)
    found: list[Cell] = []
    before = None
    for page in pages:
        seen = reader.recognise(open_page(Scan(folder / page["file"], "")), before)
        before = seen.carried
        found += _cells(page, decide_register(seen, form, codes), form)
    return found


def _cells(page: Gold, reading: Any, form: Any) -> Iterator[Cell]:
    pairs = matched([r["boxes"][0] for r in page["rows"]], [(i, r.boxes[0]) for i, r in enumerate(reading.rows)])
    for number, row in enumerate(page["rows"]):
        if number not in pairs or row["continues"]:
            continue
        place = reading.rows[pairs[number]]
        for name, gold in row["cells"].items():
            said = reading.zones.get(f"{place.id}.{name}")
            if said is None or gold["ditto"] or gold["struck"] or "ditto" in said.notes or place.doubtful:
                continue
            kind = "blank" if said.blank else form.column(name).kind
            right = _is_right(said, gold["text"], form.column(name))
            where = page["language"], page["form"], page["wear"], page["file"], number
            yield Cell(kind, name, *where, said.confidence, right)


def _is_right(said: Any, text: str, column: Any) -> bool:
    """Whether a cell was read as what is written there, made canonical by the column's own grammar."""
    from ocr.forms.grammar import fit

    if said.blank or not text:
        return bool(said.blank) and not text
    return _plain(said.value) == _plain(fit(column.kind, text).value)


def _plain(text: str) -> str:
    return " ".join(text.split())


def read_cells(folder: Path, kept: Path, workers: int, log: Callable[[str], None]) -> list[Cell]:
    """All cells of a folder's pages; they are kept, volume by volume, as a file of lines."""
    lines = kept.read_text(encoding="utf-8").splitlines() if kept.is_file() else []
    done = {line["volume"]: line["cells"] for line in map(json.loads, lines)}
    gold = [json.loads(line) for line in (folder / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    volumes = [v for v in volumes_of(gold, None) if v[0]["volume"] not in done]
    with ProcessPoolExecutor(workers) as pool, kept.open("a", encoding="utf-8") as f:
        for pages, cells in zip(volumes, pool.map(read_volume, [folder] * len(volumes), volumes), strict=True):
            done[pages[0]["volume"]] = [asdict(c) for c in cells]
            f.write(json.dumps({"volume": pages[0]["volume"], "cells": done[pages[0]["volume"]]}) + "\n")
            f.flush()
            log(f"{pages[0]['volume']}: {len(cells)} cells")
    return [Cell(**c) for cells in done.values() for c in cells]


def choose(cells: Sequence[Cell]) -> float | None:
    """The lowest threshold above which so many cells are right as are aimed at; None when there is none."""
    for threshold in _THRESHOLDS:
        passed = [c.right for c in cells if c.confidence >= threshold]
        if len(passed) >= _LEAST and sum(passed) >= AIMED * len(passed):
            return threshold
    return None


def whole_rows(fit: Sequence[Cell], other: Sequence[Cell]) -> dict[str, int]:
    """How many rows of the other pages there are, and how many pass whole under the thresholds chosen by kind."""
    thresholds = {kind: choose([c for c in fit if c.kind == kind]) for kind in {c.kind for c in fit} - {"blank"}}
    rows: dict[tuple[str, int], list[bool]] = defaultdict(list)
    for c in other:
        threshold = thresholds.get(c.kind)
        rows[c.page, c.row].append(c.kind == "blank" or (threshold is not None and c.confidence >= threshold))
    return {"rows": len(rows), "pass": sum(all(cells) for cells in rows.values())}


def tried(cells: Sequence[Cell], threshold: float | None) -> dict[str, Any]:
    """How cells do above a threshold."""
    passed = [c.right for c in cells if threshold is not None and c.confidence >= threshold]
    share = round(sum(passed) / len(passed), 4) if passed else None
    return {"cells": len(cells), "threshold": threshold, "passed": len(passed), "right": share}


def figures(fit: Sequence[Cell], other: Sequence[Cell]) -> dict[str, Any]:
    """By kind of column: the threshold, how it does on the other pages, and there on the worst part of each sort."""
    found = {}
    for kind in sorted({c.kind for c in fit}):
        threshold = choose([c for c in fit if c.kind == kind])
        own = [c for c in other if c.kind == kind]
        found[kind] = {**tried(own, threshold), **{f"by {p}": _by(own, p, threshold) for p in _PARTS}}
    return found


def _by(cells: Sequence[Cell], part: str, threshold: float | None) -> dict[str, Any]:
    groups: dict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        groups[getattr(cell, part)].append(cell)
    return {name: tried(own, threshold) for name, own in sorted(groups.items())}


def left_out(cells: Sequence[Cell], part: str) -> dict[str, Any]:
    """By kind and by each language, register or wear in turn: the threshold chosen without it, and how it does."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for kind in sorted({c.kind for c in cells}):
        own = [c for c in cells if c.kind == kind]
        for name in sorted({getattr(c, part) for c in own}):
            threshold = choose([c for c in own if getattr(c, part) != name])
            found[kind][name] = tried([c for c in own if getattr(c, part) == name], threshold)
    return dict(found)


def _line(name: str, said: Mapping[str, Any]) -> str:
    share = f"passed {said['passed']:5} right {said['right']}"
    return f"{name:34} cells {said['cells']:5} threshold {said['threshold']} {share}"


def measure(fit: Path, data: Path, log: Callable[[str], None], workers: int = 1) -> dict[str, Any]:
    """Read both folders, choose on the one and try on the other."""
    first = read_cells(fit, fit / _KEPT, workers, log)
    second = read_cells(data, data / _KEPT, workers, log)
    return report(first, second, log)


def report(first: Sequence[Cell], second: Sequence[Cell], log: Callable[[str], None]) -> dict[str, Any]:
    """The thresholds chosen on the first cells, tried on the second."""
    whole = figures(first, second)
    for kind, said in whole.items():
        log(_line(kind, said))
        for part in _PARTS:
            for name, own in said[f"by {part}"].items():
                log(_line(f"  {kind}, {name}", own))
    apart = {part: left_out([*first, *second], part) for part in _PARTS}
    for part, by_kind in apart.items():
        for kind, by_name in by_kind.items():
            for name, own in by_name.items():
                log(_line(f"without {part} {name}: {kind}", own))
    rows = whole_rows(first, second)
    log(f"rows that pass whole: {rows['pass']} of {rows['rows']}")
    return {"kinds": whole, "left_out": apart, "whole_rows": rows}


def quick(log: Callable[[str], None]) -> dict[str, Any]:
    """The two samples with the fewest rows, which is enough to see that it runs; nothing is kept."""
    gold = [json.loads(line) for line in (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    small = sorted(gold, key=lambda p: len(p["rows"]))[:2]
    first, second = (read_volume(SAMPLES, [page]) for page in small)
    return report(first, second, log)


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fit", type=Path, help="pages to choose on")
    parser.add_argument("--data", type=Path, help="pages to try on")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    asked = parser.parse_args()
    if asked.quick or not (asked.fit and asked.data):
        found = quick(print)
    else:
        found = measure(asked.fit, asked.data, print, asked.workers)
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
