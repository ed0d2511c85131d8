"""Draws the sample lines under sample_data/lines: invented text, lightly worn.

python -m training.lines.sample sample_data/lines --font NotoNastaliqUrdu-Regular.ttf
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import cv2
import numpy as np

from training.lines.draw import draw, wear


def main() -> None:
    """Draw every line of lines.csv in the folder."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--font", type=Path, required=True)
    asked = parser.parse_args()
    with (asked.folder / "lines.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    for number, row in enumerate(rows):
        rng = np.random.default_rng([2026, 11, number])
        black = draw(row["text"], asked.font, 36, rng)
        cv2.imwrite(str(asked.folder / row["file"]), wear(black, black, float(row["wear"]), rng))


if __name__ == "__main__":
    main()
