"""What is measured beside reading forms: that letters are taken for none, and the time beside whole-page Tesseract."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from digitize.reading.lexica import sections_file
from ocr.forms.read import recognise
from ocr.forms.settings import ReadSettings
from ocr.forms.zones import find_form, load_models
from ocr.page import Scan
from ocr.scans.scan import open_page

_TIMED = 8
_LETTERS = 24
_WORDS = """I beg to state that on the day of the report the accused persons took my property and went away date time
place of occurrence section act sub division year number name of the informant address"""
Log = Callable[[str], None]


def in_sample(folds: Path | None) -> list[str]:
    """What was made on these very pages and is not taken out. folds: weights made without each station, if any."""
    found = [] if folds else ["the recogniser's weights, and how often sections are charged"]
    return [
        *found,
        "the prints of the package (taken out, and read by --folds, in the part prints)",
        "probabilities of ocr/calibration/fields.toml (by stations in benchmarks/handwriting.py and office.py)",
        "places of zones, labels of prints, prices of decoding, the list of stations",
    ]


def letters_refused(bench: Path, log: Log) -> float:
    """Share of pages that are no form, and are taken for none: whole pages of another set, and invented letters."""
    pages = []
    if bench.is_dir():
        rows = map(json.loads, (bench / "set.jsonl").read_text(encoding="utf-8").splitlines())
        pages = [open_page(Scan(bench / r["image"], ""), 300).grey for r in rows if r["unit"] == "page"]
    pages += [letter(number) for number in range(_LETTERS)]
    refused = [find_form(grey, load_models()).form is None for grey in pages]
    log(f"pages that are no form: {len(refused)}, refused {sum(refused)}")
    return round(sum(refused) / len(refused), 4)


def letter(number: int) -> np.ndarray:
    """An invented letter of complaint, typed, as grey pixels; each number gives another."""
    from PIL import Image, ImageDraw, ImageFont

    rng = np.random.default_rng([27, number])
    size = int(rng.integers(15, 21))
    page = Image.new("L", (827, 1169), int(rng.integers(225, 256)))
    pen, face = ImageDraw.Draw(page), ImageFont.load_default(size)
    y = int(rng.integers(60, 130))
    for line in (
        "To",
        "The Officer in Charge,",
        "Lake Town Police Station",
        "",
        "Sub: First Information of a crime",
        "",
        "Sir,",
    ):
        pen.text((80, y), line, 30, face)
        y += round(1.5 * size)
    while y < 1050:
        pen.text((80, y), " ".join(rng.choice(_WORDS.split(), 9)), 30, face)
        y += round(1.5 * size)
    return np.asarray(page, np.uint8)


def speed(images: Sequence[Path], log: Log) -> dict[str, Any]:
    """CPU seconds of a page with all its zones, and of Tesseract on the whole page, as it is and enlarged twice."""
    some = images[:: max(1, len(images) // _TIMED)][:_TIMED]
    settings = ReadSettings(languages=("en",), handwriting_engine="auto", sections=sections_file())
    recognise(Scan(some[0], "warm"), settings)
    start = time.process_time()
    for image in some:
        recognise(Scan(image, image.name), settings)
    ours = (time.process_time() - start) / len(some)
    with tempfile.TemporaryDirectory() as folder:
        enlarged = [_enlarged(image, Path(folder)) for image in some]
        theirs, theirs_enlarged = _tesseract(some), _tesseract(enlarged)
    log(f"seconds a page: {ours:.2f}, Tesseract on the whole page {theirs:.2f}, enlarged {theirs_enlarged:.2f}")
    return {
        "s_per_page": round(ours, 3),
        "s_per_page_tesseract": round(theirs, 3),
        "s_per_page_tesseract_enlarged": round(theirs_enlarged, 3),
        "s_per_page_ratio_tesseract": round(ours / theirs, 3) if theirs else None,
        "s_per_page_ratio_tesseract_enlarged": round(ours / theirs_enlarged, 3) if theirs_enlarged else None,
    }


def _enlarged(image: Path, folder: Path) -> Path:
    from PIL import Image

    page = Image.open(image)
    path = folder / f"{image.stem}.png"
    page.resize((2 * page.width, 2 * page.height), Image.Resampling.BICUBIC).save(path)
    return path


def _tesseract(images: Sequence[Path]) -> float:
    """CPU seconds a page of the program, on one thread."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    for image in images:
        command = ["tesseract", str(image), "-", "-l", "eng"]
        subprocess.run(command, capture_output=True, check=False, env={**os.environ, "OMP_THREAD_LIMIT": "1"})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / len(images)
