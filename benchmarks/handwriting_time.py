"""How long a page of handwriting takes beside plain Tesseract on the same page, in seconds of the processor.

python benchmarks/handwriting_time.py --data FOLDER [--pages 60] [--json FILE]
python benchmarks/handwriting_time.py --quick

Each page is recognised and decided in this process, all that is loaded once being loaded, and then given to Tesseract
as it is, in a process of its own. `times_tesseract` is the median of the pages' ratios; `page_s` and `tesseract_s` are
the medians of the seconds. FOLDER/fir-bench holds images/ and stations.json; pages are spread over all of them. --quick
takes one invented page of sample_data/.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
# As the program does it: before NumPy is loaded, and for the program beside it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_THREAD_LIMIT", "1")


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with fir-bench/")
    parser.add_argument("--pages", type=int, default=60)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="one invented page")
    a = parser.parse_args()
    if not a.quick and a.data is None:
        parser.error("--data FOLDER or --quick")
    forms: tuple[Path, ...] = ()
    if a.quick:
        pages, stations = [ROOT / "sample_data" / "fir_book_2025" / "wbp_2018_871.jpg"], None
        forms = (ROOT / "sample_data" / "forms",)
    else:
        pages, stations = sorted((a.data / "fir-bench" / "images").iterdir()), a.data / "fir-bench" / "stations.json"
        pages = [pages[int(i * len(pages) / a.pages)] for i in range(min(a.pages, len(pages)))]
    figures = measure(pages, stations, forms)
    print(json.dumps(figures, indent=1))
    if a.json:
        a.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def measure(pages: Sequence[Path], stations: Path | None, forms: tuple[Path, ...] = ()) -> dict[str, float]:
    """The figures of some pages; stations: the list of them, or None. forms: folders with more forms."""
    from digitize.reading.lexica import lexica_of, sections_file
    from ocr.forms.read import decide, recognise
    from ocr.forms.settings import ReadSettings
    from ocr.page import Scan

    settings = ReadSettings(("en",), handwriting_engine="auto", sections=sections_file(), form_folders=forms)
    lists = lexica_of("wb", stations)
    if len(pages) > 1:
        decide(recognise(Scan(pages[0], ""), settings), lists, settings)  # all that is needed is loaded
    ours, theirs = [], []
    for page in pages:
        begun = time.process_time()
        decide(recognise(Scan(page, ""), settings), lists, settings)
        ours.append(time.process_time() - begun)
        theirs.append(_tesseract(page))
    return {
        "pages": len(pages),
        "times_tesseract": round(statistics.median(a / b for a, b in zip(ours, theirs, strict=True)), 2),
        "page_s": round(statistics.median(ours), 2),
        "tesseract_s": round(statistics.median(theirs), 2),
    }


def _tesseract(page: Path) -> float:
    before = os.times()
    subprocess.run(["tesseract", page, "stdout", "-l", "eng"], capture_output=True, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


if __name__ == "__main__":
    sys.exit(main())
