"""How the house stands: circles, names, dead code, dependencies, commands, and how fast the command line answers.

python benchmarks/house.py [--json FILE] [--only NAME,NAME] [--quick] [--list] [--under FOLDER]

Everything is counted from the source by the standard library (tools/house/); help_s and status_s are medians of five
runs of the command, whatever else the machine is doing. extract_differs_from_run reads the samples with the real
engine and takes minutes; --quick leaves it and the times out. --list prints what was counted, one a line; with --under
only what lies in a folder: --only particle_names --list --under digitize/offices.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.house.imports import House  # noqa: E402  # the checkout first, wherever it is run from
from tools.house.measures import MEASURES, Measure  # noqa: E402


def main() -> int:
    """Measure, print beside what is agreed, and write the figures. Returns 0 whatever they are: tests hold them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="", help="measures, with commas between")
    parser.add_argument("--quick", action="store_true", help="leave out what runs the program")
    parser.add_argument("--list", action="store_true", help="print what was counted, one a line")
    parser.add_argument("--under", default="", help="with --list: only what lies in this folder")
    a = parser.parse_args()
    names = {m.name for m in MEASURES}
    only = set(filter(None, a.only.split(",")))
    if only - names:
        parser.error(f"no measure {', '.join(sorted(only - names))}; there are {', '.join(sorted(names))}")
    house, found = House(ROOT), {}
    for measure in MEASURES:
        if measure.name in only or not only and not (a.quick and measure.is_slow):
            found[measure.name] = measure.count(house)
            most = "" if measure.most is None else f"  (at most {measure.most:g})"
            print(f"{measure.name:26} {found[measure.name]:g}{most}", flush=True)
            if a.list:
                _print_items(measure, house, a.under)
    if a.json:
        a.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
    return 0


def _print_items(measure: Measure, house: House, under: str) -> None:
    for item in measure.listed(house) if measure.listed else ():
        if not under or under in str(item):
            print(f"  {item}")


if __name__ == "__main__":
    sys.exit(main())
