"""Score our own recognisers: handwritten fields of FIR pages, native digits and dates, Urdu and worn print.

python benchmarks/handwriting.py --data FOLDER --folds WEIGHTS [--only fields,digits,print] [--json FILE]
    [--cache FOLDER] [--fit] [--jobs 2]
python benchmarks/handwriting.py --quick

Fields are read at each station by weights that never saw its handwriting; digits as
benchmarks/parts/handwriting/native_digits.py says, print as benchmarks/read.py does, whose cache it shares.

FOLDER/fir-bench holds images/, gold.jsonl, stations.json and the scorer score_fir.py. WEIGHTS holds, for each station,
NAME.onnx trained without its pages and NAME.toml with sections counted without them (training/README.md); a station
without is read by the package's weights, and said so. Probabilities and thresholds of a station come from the others,
too. --fit writes ocr/calibration/fields.toml from all of them. What the network saw is kept in the cache. --quick takes
the invented pages of sample_data/, whose values are compared as written.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.parts.handwriting import calibration as handwriting_calibration
from benchmarks.parts.handwriting import fields as handwriting_fields
from benchmarks.parts.handwriting.fields import ROOT
from benchmarks.parts.handwriting.read import FIELDS, KINDS
from digitize.reading.lexica import sections_file
from ocr.engines import fields
from ocr.forms.crops import cut_all
from ocr.forms.zones import find_form, load_models
from ocr.handwriting.sections import load_sections
from ocr.handwriting.zone import weigh
from ocr.page import Scan
from ocr.scans.scan import open_page

SAMPLES = ROOT / "sample_data"
PARTS = ("fields", "digits", "print")


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with fir-bench/")
    parser.add_argument("--folds", type=Path, help="folder with weights for each station")
    parser.add_argument("--only", default=",".join(PARTS), help="some of fields,digits,print")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "digitize-handwriting-bench")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fit", action="store_true", help="write ocr/calibration/fields.toml")
    parser.add_argument("--quick", action="store_true", help="the invented pages of sample_data/ alone")
    parser.add_argument("--digits", type=Path, metavar="FILE", help="weights for native digits, if not the package's")
    parser.add_argument("--pages", type=int, help="only the first N pages")
    a = parser.parse_args()
    if not a.quick and a.data is None:
        parser.error("--data FOLDER or --quick")
    result = measure_samples(a.pages) if a.quick else measure_parts(a, a.only.split(","))
    print(json.dumps(result, indent=1))
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def measure_parts(a: argparse.Namespace, only: Sequence[str]) -> dict[str, Any]:
    """The figures of the parts that are asked for."""
    from benchmarks.parts.handwriting import native_digits

    result: dict[str, Any] = {}
    if "fields" in only:
        result |= handwriting_fields.measure(a)
    if "digits" in only:
        if a.fit:
            for kind, known in native_digits.facts(a.data).items():
                handwriting_calibration.write_model(kind, known)
        result |= native_digits.measure(a.data, _say, weights=a.digits)
    if "print" in only:
        result |= measure_print(a.data / "ocr-bench")
    return result


def measure_print(folder: Path) -> dict[str, Any]:
    """Letters wrong in Urdu lines, light and worn, and in worn lines of the other languages."""
    from benchmarks.parts.reading.lines import load_rows, read_rows
    from benchmarks.parts.reading.lines import measure as measure_lines
    from ocr.calibration.lines import load_model

    rows = [r for r in load_rows(folder) if r.wear == "heavy" or r.lang == "ur"]
    found = measure_lines(read_rows(rows, Path(tempfile.gettempdir()) / "digitize-read-bench.db", _say), load_model())
    wanted = ("cer_urd_light", "cer_urd_worn", "cer_worn")
    return {key: found[key] for name in wanted for key in (name, f"peer_{name}")}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def measure_samples(most: int | None = None) -> dict[str, Any]:
    """Share of the invented values of sample_data/ that were read as written, by field, with the package's weights."""
    lines = (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {g["file"]: g["zones"] for g in map(json.loads, lines) if g["form"] == "wbp_27"}
    shares: dict[str, list[bool]] = {field: [] for field in FIELDS}
    engine, known = fields.FieldsEngine(), load_sections(sections_file())
    for name in sorted(n for n in gold if Path(n).suffix in (".jpg", ".png"))[:most]:
        grey = open_page(Scan(next(SAMPLES.rglob(name)), ""), 300).grey
        match = find_form(grey, load_models((SAMPLES / "forms",)))
        for crop in cut_all(grey, match.matrix, match.form, FIELDS, bend=match.bend) if match.form else ():
            found = weigh(KINDS[crop.zone.id], engine.matrices(crop.handwriting()), known)
            wanted = gold[name].get(crop.zone.id)
            if wanted:
                shares[crop.zone.id].append(bool(found) and _plain(found[0].text) == _plain(wanted))
    return {
        "n": {f: len(s) for f, s in shares.items()},
        "exact": {f: sum(s) / max(1, len(s)) for f, s in shares.items()},
    }


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


if __name__ == "__main__":
    sys.exit(main())
