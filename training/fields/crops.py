"""Cuts the handwritten fields of form pages whose values are known, as the reader cuts them.

    python -m training.fields.crops OUT --data FOLDER

FOLDER holds images/ and gold.jsonl (image, fields, station_file); of its fields years, FIR numbers, stations and
sections are taken, wherever a form has them. Names of persons are never taken: what is shipped must not know any. OUT
gets pictures and gold.csv (file, field, group, text), of which training/fields/align.py makes crops.csv. A state's own
accepted crops need only crops.csv.
"""

from __future__ import annotations

import argparse
import csv
import html
import json
from pathlib import Path

import cv2

from ocr.forms.zones import cut_box, find_form, load_models
from ocr.page import Scan
from ocr.scans.scan import open_page

FIELDS = ("year", "fir_no", "police_station", "statutes")
_MARGIN = 3
_SCALE = 2.0


def main() -> None:
    """Read the command line and cut."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--data", type=Path, required=True)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    models = load_models()
    with (asked.out / "gold.csv").open("w", encoding="utf-8", newline="") as f:
        table = csv.writer(f)
        table.writerow(["file", "field", "group", "text"])
        for line in (asked.data / "gold.jsonl").read_text(encoding="utf-8").splitlines():
            page = json.loads(line)
            grey = open_page(Scan(asked.data / "images" / page["image"], ""), 300).grey
            match = find_form(grey, models)
            if match.form is None:
                continue
            for field in FIELDS:
                text = html.unescape(str(page["fields"].get(field) or ""))
                if field == "fir_no" and text and page["fields"].get("year"):
                    text = f"{text}/{page['fields']['year']}"
                if not text or not match.form.has(field):
                    continue
                for zone in match.form.zones:
                    if field not in (zone.id, zone.repeats):
                        continue
                    x0, y0, x1, y1 = zone.reach or zone.box
                    around = (x0 - _MARGIN, y0 - _MARGIN, x1 + _MARGIN, y1 + _MARGIN)
                    crop = cut_box(grey, match.map_of(zone), around, _SCALE)
                    name = f"{Path(page['image']).stem}-{zone.id}.png"
                    cv2.imwrite(str(asked.out / name), crop)
                    table.writerow([name, field, page["station_file"], text])


if __name__ == "__main__":
    main()
