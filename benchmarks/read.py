"""Read printed lines and pages and score letters, confidence and speed, beside Tesseract as it comes and OCRmyPDF.

python benchmarks/read.py --data FOLDER [--only lines,drawn,pages,zones] [--cache FILE] [--json FILE] [--fit]
python benchmarks/read.py --quick

FOLDER holds ocr-bench/ (set.jsonl and its pictures). Lines are read by the product and by plain tesseract (the
program, Debian's model, psm 7, the picture as it is); "drawn" asks of drawn and real pages whether the confidence of
their lines holds; "pages" times whole pages beside OCRmyPDF --sidecar, both on two cores; zones are read in one call of
the product and by one pytesseract call each. Answers are kept in the cache, so that a stopped run goes on where it was.
--fit needs lines and drawn: it writes the model of the confidence (ocr/calibration/lines.toml), fitted on all of them,
and the usual confusions into the language files; the figures that are printed are cross-validated. --quick takes the
drawn lines of sample_data/ instead.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts.measuring.memory import peak_mb  # noqa: E402
from benchmarks.parts.reading.confusions import measure_confusions, write_confusions  # noqa: E402
from benchmarks.parts.reading.lines import fit_model, load_rows, measure, read_rows, write_model  # noqa: E402
from benchmarks.parts.reading.pages import fit_on, measure_pages, read_page_lines  # noqa: E402
from benchmarks.parts.reading.speed import pages, zones  # noqa: E402
from ocr.calibration.lines import load_model  # noqa: E402

SAMPLES = ROOT / "sample_data" / "lines"
PARTS = ("lines", "drawn", "pages", "zones")


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder that holds ocr-bench/")
    parser.add_argument("--only", default=",".join(PARTS), help="some of lines,drawn,pages,zones")
    parser.add_argument("--pages", type=int, default=12, help="at most so many pages for the timing")
    parser.add_argument("--cache", type=Path, help="file that keeps answers; in the temporary folder if not given")
    parser.add_argument("--fit", action="store_true", help="write ocr/calibration/lines.toml and confusions")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true")
    a = parser.parse_args()
    if not a.quick and a.data is None:
        parser.error("--data FOLDER or --quick")
    only = a.only.split(",")
    if a.fit and (a.quick or not {"lines", "drawn"} <= set(only)):
        parser.error("--fit needs the whole of lines and drawn")
    cache = a.cache or Path(tempfile.gettempdir()) / f"digitize-read-bench{'-quick' if a.quick else ''}.db"
    folder = SAMPLES if a.quick else a.data / "ocr-bench"
    result: dict[str, Any] = {}
    reads = read_rows(load_rows(folder), cache, say) if "lines" in only else []
    pages_read = read_page_lines(a.data, cache.with_suffix(".pages"), say) if "drawn" in only and not a.quick else []
    if a.fit:
        write_model(
            replace(fit_model(reads), pages=fit_on(pages_read)), ROOT / "ocr" / "calibration" / "lines.toml", len(reads)
        )
        write_confusions(reads, ROOT / "ocr" / "languages")
        load_model.cache_clear()
    if reads:
        result |= measure(reads, load_model()) | measure_confusions(reads)
    if pages_read:
        result |= measure_pages(pages_read)
    if "pages" in only and not a.quick:
        result |= pages(folder, "kan", a.pages)
    if "zones" in only:
        result |= zones(load_rows(folder))
    result["rss_mb"] = round(peak_mb(), 1)
    print(json.dumps(result, indent=1, ensure_ascii=False))
    if a.json:
        a.json.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return 0


def say(text: str) -> None:
    """How far it is."""
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
