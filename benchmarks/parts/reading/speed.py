"""The part of benchmarks/read.py that takes time: pages beside OCRmyPDF, zones beside one pytesseract call each."""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from rapidfuzz.distance import Levenshtein

from benchmarks.parts.reading.lines import Row, norm, plain_text
from ocr.cleaning.clean import clean_line
from ocr.engine import LineImage
from ocr.engines.tesseract import Tesseract
from ocr.languages.language import language
from ocr.page import Scan
from ocr.print.lines import read_lines
from ocr.scans.limits import MIN_LINE_PX
from ocr.scans.scan import open_page

CORES = 2
_DPI = 300
_ROUNDS = 3
_MOST_ZONES = 60


def pages(folder: Path, lang: str, most: int) -> dict[str, Any]:
    """Pages of one language of the benchmark, as one PDF: pages a minute and CER of the product and of OCRmyPDF.

    Both read the same file, on two cores, from their command lines; the text is what each writes.
    """
    with (folder / "set.jsonl").open(encoding="utf-8") as file:
        plain = [json.loads(line) for line in file]
    chosen = [r for r in plain if r["unit"] == "page" and r["lang"] == lang][:most]
    if not chosen:
        return {}
    gold = [r["text"] for r in chosen]
    with TemporaryDirectory(prefix="digitize-read-bench-") as name:
        pdf = Path(name) / "pages.pdf"
        _bind([folder / r["image"] for r in chosen], pdf)
        ours = _timed(lambda: _digitize(pdf, lang), gold)
        peer = _timed(lambda: _ocrmypdf(pdf, lang), gold) if shutil.which("ocrmypdf") else {}
    result = {f"pages_{k}": v for k, v in ours.items()} | {f"peer_pages_{k}": v for k, v in peer.items()}
    ratio = round(ours["per_min"] / peer["per_min"], 2) if peer else None
    return {"pages": len(chosen), "pages_per_min_ratio_ocrmypdf": ratio, **result}


def _bind(images: Sequence[Path], pdf: Path) -> None:
    from PIL import Image

    first, *others = [Image.open(path).convert("L") for path in images]
    first.save(pdf, save_all=True, append_images=others, resolution=_DPI)


def _timed(read: Callable[[], list[str]], gold: Sequence[str]) -> dict[str, float]:
    begun = time.perf_counter()
    texts = read()
    seconds = time.perf_counter() - begun
    pairs = [(norm(g), norm(t)) for g, t in zip(gold, texts, strict=True)]
    edits = sum(Levenshtein.distance(g, t) for g, t in pairs)
    return {"per_min": round(60 * len(gold) / seconds, 2), "cer": round(edits / sum(len(g) for g, _ in pairs), 5)}


def _digitize(pdf: Path, lang: str) -> list[str]:
    code = language(lang).code
    command = [sys.executable, "-m", "digitize.cli", "read", str(pdf), "--lang", code, "--jobs", str(CORES)]
    said = subprocess.run([*command, "--format", "text"], capture_output=True, text=True, check=True)
    return said.stdout.split("\f")


def _ocrmypdf(pdf: Path, lang: str) -> list[str]:
    sidecar = pdf.with_suffix(".txt")
    command = ["ocrmypdf", "-l", lang, "--jobs", str(CORES), "--sidecar", str(sidecar), "-q", str(pdf), "-"]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return sidecar.read_text(encoding="utf-8").removesuffix("\f").split("\f")


def zones(rows: Sequence[Row]) -> dict[str, Any]:
    """Zones a second of the product and of one pytesseract call a zone; medians of three rounds, taken in turns.

    Zones are lightly worn and real lines. The product cuts nothing here: it cleans each and reads all in one call, and
    beside that looks again, in as many ways as it takes, at those in doubt.
    """
    chosen = [r for r in rows if r.wear != "heavy" and r.lang != "ur"]
    chosen = chosen[:: max(1, len(chosen) // _MOST_ZONES)]
    pictures = [(open_page(Scan(r.image, "", label=r.id), least_px=MIN_LINE_PX).grey, r.lang) for r in chosen]
    engine = Tesseract()
    ways: dict[str, Callable[[], object]] = {
        "one_look": lambda: engine.read([LineImage(clean_line(p).image, (lang,)) for p, lang in pictures]),
        "all_looks": lambda: [read_lines(engine, [p], lang) for p, lang in pictures],
        "pytesseract": lambda: [plain_text(p, lang) for p, lang in pictures],
    }
    engine.read([LineImage(p, (lang,)) for p, lang in pictures])  # models loaded, as in a run
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(_ROUNDS):
        for name, work in ways.items():
            begun = time.perf_counter()
            work()
            seconds[name].append(time.perf_counter() - begun)
    per_s = {name: len(pictures) / statistics.median(took) for name, took in seconds.items()}
    return {
        "zones": len(pictures),
        "zones_per_s_ratio_pytesseract": round(per_s["one_look"] / per_s["pytesseract"], 2),
        "zones_per_s_ratio_all_looks": round(per_s["all_looks"] / per_s["pytesseract"], 2),
        "zones_per_s": {name: round(value, 2) for name, value in per_s.items()},
    }
