"""Forms and registers: what is found on real and drawn pages, beside a peer.

python benchmarks/forms.py --data FOLDER [--only fir,registers] [--json FILE] [--folds WEIGHTS] [--cache FOLDER]
python benchmarks/forms.py --quick

Parts: fir and prints (benchmarks/parts/forms/; prints only where it is named), registers
(benchmarks/forms_registers.py). FOLDER is the folder with fir-bench/ and ocr-bench/. WEIGHTS holds weights of the
handwriting recogniser for each station, trained without its pages; prints then leaves out station and print together.
What of the fir part was made on these very pages is said under in_sample. --quick takes drawn pages alone.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from pathlib import Path
from typing import Any

MODULES = {
    "fir": "benchmarks.parts.forms.fir",
    "registers": "benchmarks.forms_registers",
    "prints": "benchmarks.parts.forms.prints",
}
PARTS = tuple(MODULES)
USUAL = ("fir", "registers")


def main() -> int:
    """Run the parts that are asked for and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with fir-bench/ and ocr-bench/")
    parser.add_argument("--only", default=",".join(USUAL), help="parts, with commas between")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--folds", type=Path, help="folder with weights for each station")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--pages", type=int, help="only the first N pages")
    parser.add_argument("--quick", action="store_true", help="the drawn pages of sample_data/ alone")
    a = parser.parse_args()
    parts = [p.strip() for p in a.only.split(",")]
    if not set(parts) <= set(PARTS):
        parser.error(f"--only: parts are {', '.join(PARTS)}")
    if not a.quick and a.data is None:
        parser.error("--data FOLDER or --quick")
    result: dict[str, Any] = {}
    for part in parts:
        result |= _run(part, a)
    print(json.dumps(result, indent=1))
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def _run(part: str, a: argparse.Namespace) -> dict[str, Any]:
    measure = importlib.import_module(MODULES[part]).measure
    if part == "prints":
        return dict(measure(a.data, a.quick, _log, a.pages, a.folds))
    if part != "fir":
        return dict(measure(a.data, a.quick, _log))
    from benchmarks.parts.forms.fir import How

    usual = How()
    return dict(measure(a.data, a.quick, _log, How(a.cache or usual.cache, a.jobs, a.folds, a.pages)))


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
