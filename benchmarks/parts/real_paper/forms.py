"""Fields of printed FIR pages that were scanned or photographed badly, kind by kind.

The pages are drawn ones of the committed books (sample_data/fir_book_2025), each made worse in every way of
sample_data/makers/poor_scans.py. So the folder of data is not used. A field that holds writing is placed where the
middle of its zone lies less than half a line from where it really is, and must not be told blank. How near print has
to lie to a view (_VIEW_PX in ocr/geometry/form_bend.py) was chosen on these pages.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sample_data.makers.poor_scans import KINDS, PoorScan

SAMPLES = Path(__file__).resolve().parents[3] / "sample_data"
_NEAR_LINES = 0.5


@dataclass
class Tally:
    """Counts over the pages of one kind. refused: pages on which no form was found; blank_wrong: of fields, told blank
    though they hold writing; blank_right: fields without writing that are told blank, of those empty.
    """

    pages: int = 0
    refused: int = 0
    fields: int = 0
    placed: int = 0
    blank_wrong: int = 0
    empty: int = 0
    blank_right: int = 0

    def figures(self) -> dict[str, Any]:
        """Shares 0..1 and counts."""
        return {
            "pages": self.pages,
            "refused": self.refused,
            "fields": self.fields,
            "placed": round(self.placed / max(1, self.fields), 4),
            "blank_wrong": self.blank_wrong,
            "blank_right": round(self.blank_right / max(1, self.empty), 4),
        }


def measure(data: Path | None, log: Callable[[str], None], most: int | None = None) -> dict[str, Any]:
    """Figures of each kind; data is not used."""
    import cv2

    lines = (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    pages = [page for page in map(json.loads, lines) if page["file"].endswith((".jpg", ".png"))][:most]
    tallies = {kind: Tally() for kind in KINDS}
    for page in pages:
        path = SAMPLES / "fir_book_2025" / page["file"]
        grey = np.asarray(cv2.imread(str(path), cv2.IMREAD_GRAYSCALE), np.uint8)
        for kind, make in KINDS.items():
            one = _look(page, make(grey), tallies[kind])
            log(f"{page['file']}, {kind}: {one}")
    figures = {kind: tally.figures() for kind, tally in tallies.items()}
    return {
        "placed_least": min(f["placed"] for f in figures.values()),
        "blank_wrong": sum(f["blank_wrong"] for f in figures.values()),
        "kinds": figures,
    }


def _look(page: Mapping[str, Any], scan: PoorScan, tally: Tally) -> str:
    """Count the fields of one page; what to say of it."""
    from ocr.cleaning.contrast import with_plain_ink
    from ocr.forms.crops import cut_all
    from ocr.forms.zones import find_form, load_models

    grey = with_plain_ink(scan.grey)
    match = find_form(grey, load_models((SAMPLES / "forms",)))
    tally.pages += 1
    if match.form is None or match.form.family != page["form"]:
        tally.refused += 1
        return match.reason or "taken for another form"
    before = (tally.fields, tally.placed, tally.blank_wrong)
    boxes = {name: np.array(box, np.float64).reshape(2, 2) for name, box in page["boxes"].items()}
    # The corners of a box tell how high a line is on the scan.
    line = float(np.median([min(np.ptp(scan.to_scan(box), axis=0)) for box in boxes.values()]))
    for crop in cut_all(grey, match.matrix, match.form, bend=match.bend):
        name = crop.zone.id
        if name not in boxes:
            continue
        if not page["zones"].get(name):
            tally.empty += 1
            tally.blank_right += crop.blank
            continue
        zone = next(z for z in match.form.zones if z.id == name)
        x0, y0, x1, y1 = zone.box
        found = match.map_of(zone) @ [(x0 + x1) / 2, (y0 + y1) / 2, 1]
        there = scan.to_scan(boxes[name].mean(axis=0, keepdims=True))[0]
        tally.fields += 1
        tally.placed += bool(np.linalg.norm(found - there) < _NEAR_LINES * line)
        tally.blank_wrong += crop.blank
    now = (tally.fields, tally.placed, tally.blank_wrong)
    fields, placed, wrong = (n - was for n, was in zip(now, before, strict=True))
    return f"{placed} of {fields} fields placed, {wrong} told blank wrongly"
