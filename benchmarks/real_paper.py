"""Registers and forms on real paper: ruled books, and scans as offices bring them.

    python benchmarks/real_paper.py --data FOLDER [--only ruled,degraded] [--most N] [--json FILE]
    python benchmarks/real_paper.py --quick

Each part is a module of benchmarks/parts/real_paper/ with a function measure(data, log, most), and says there what
FOLDER has to hold. --quick takes one drawn page of each part alone.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

MODULES = {
    "ruled": "benchmarks.parts.real_paper.ruled",
    "degraded": "benchmarks.parts.real_paper.degraded",
    "forms": "benchmarks.parts.real_paper.forms",
    "parts": "benchmarks.parts.real_paper.parts",
    "spreads": "benchmarks.parts.real_paper.spreads",
}
"""Part -> its module."""


def main() -> None:
    """Run the parts that are asked for, print their figures and write them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path)
    parser.add_argument("--only", default=",".join(MODULES), help="parts, with commas between")
    parser.add_argument("--most", type=int, help="Read at most so many pages of each part.")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--json", type=Path)
    a = parser.parse_args()
    parts = [p.strip() for p in a.only.split(",")]
    if not set(parts) <= set(MODULES):
        parser.error(f"--only: parts are {', '.join(MODULES)}")
    figures = {}
    most = 1 if a.quick and a.most is None else a.most
    for part in parts:
        measure = importlib.import_module(MODULES[part]).measure
        figures[part] = measure(None if a.quick else a.data, lambda text: print(text, flush=True), most)
    text = json.dumps(figures, indent=1)
    print(text)
    if a.json:
        a.json.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
