"""The part of benchmarks/read.py that asks whether the confidence of lines of whole pages holds.

Lines of a page are cut by the engine or by us, not given, so what was fitted on pictures of one line need not hold for
them. Pages are the real ones of the benchmark folder, and drawn ones in all languages, each worn in three ways.
"""

from __future__ import annotations

import json
import random
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rapidfuzz import fuzz, process

from benchmarks.parts.reading.lines import FOLDS, norm
from benchmarks.parts.reading.page_drawing import FONTS, Drawn, Grey, askew, draw, grained, ruled, shaded, texts
from ocr.calibration.lines import OnPages, expected_calibration_error, fit_pages, load_model
from ocr.errors import FormError
from ocr.languages.language import language
from ocr.page import Scan
from ocr.print.text import TextSettings, read_picture
from ocr.scans.scan import open_page

REAL_WEIGHS = 3
"""A line of a real page counts as so many of drawn ones: those are many, and read better."""
ALIKE = 60.0
"""A line read and a line written are one line when they are so alike, 0..100, and the nearest to each other."""
WEARS: dict[str, Callable[[Drawn], Drawn]] = {
    "grained": lambda page: grained(page, 3),
    "shaded": lambda page: grained(shaded(askew(page, 1.3)), 4, 10.0),
    "ruled": lambda page: grained(ruled(askew(page, -0.7)), 5),
}


@dataclass(frozen=True)
class PageLine:
    """One line of a page as read: which page and language, real or drawn, what was said before it is brought to pages,
    and whether it was right to the letter.
    """

    page: str
    lang: str
    real: bool
    said: float
    right: bool


def read_page_lines(data: Path, cache: Path, say: Callable[[str], None]) -> list[PageLine]:
    """All lines of all pages. cache: a folder that keeps what was said of each page."""
    cache.mkdir(parents=True, exist_ok=True)
    found: list[PageLine] = []
    for name, lang, real, picture, gold in _pages(data):
        kept = cache / f"{name}-{zlib.crc32(picture.tobytes()):08x}.json"
        if not kept.exists():
            lines = [asdict(x) for x in _judge(name, lang, real, picture, gold)]
            kept.write_text(json.dumps(lines), encoding="utf-8")
        found += [PageLine(**x) for x in json.loads(kept.read_text(encoding="utf-8"))]
        say(f"{name}: {len(found)} lines so far")
    return found


def _pages(data: Path) -> Iterator[tuple[str, str, bool, Grey, Sequence[str]]]:
    """Name, language, real or drawn, picture, and the lines that are written."""
    folder = data / "ocr-bench"
    for row in map(json.loads, (folder / "set.jsonl").open(encoding="utf-8")):
        if row["unit"] == "page":
            try:
                code = language(row["lang"]).code
            except FormError:
                continue
            yield row["id"], code, True, open_page(Scan(folder / row["image"], "")).grey, row["text"].splitlines()
    lines = texts(data)
    for code in FONTS:
        for wear, spoil in WEARS.items():
            page = spoil(draw(code, lines[code], random.Random(f"{code}{wear}")))
            yield f"drawn-{code}-{wear}", code, False, page.scan, page.text


def _judge(name: str, lang: str, real: bool, picture: Grey, gold: Sequence[str]) -> Iterator[PageLine]:
    wanted = [norm(g) for g in gold if g.strip()]
    for line in read_picture(picture, TextSettings((lang,))).lines:
        text = norm(line.text)
        near = process.extractOne(text, wanted, scorer=fuzz.ratio, score_cutoff=ALIKE)
        yield PageLine(name, lang, real, load_model().pages.undo(line.confidence), bool(near) and near[0] == text)


def fit_on(lines: Sequence[PageLine]) -> OnPages:
    """What brings lines to pages, fitted on such lines; languages with fewer than 20 are left out."""
    count = Counter(x.lang for x in lines)
    languages = frozenset(code for code, n in count.items() if n >= 20)
    weighed = [x for x in lines for _ in range(REAL_WEIGHS if x.real else 1)]
    return fit_pages([x.said for x in weighed], [x.right for x in weighed], languages)


def measure_pages(lines: Sequence[PageLine]) -> dict[str, Any]:
    """Calibration error of lines of pages, as of pictures of one line and cross-validated by page; real pages apart."""
    fold = {x.page: zlib.crc32(x.page.encode()) % FOLDS for x in lines}
    said = np.zeros(len(lines))
    for n in range(FOLDS):
        pages = fit_on([x for x in lines if fold[x.page] != n])
        for i, line in enumerate(lines):
            if fold[line.page] == n:
                said[i] = pages.probability(line.said)
    right = np.array([x.right for x in lines])
    real = np.array([x.real for x in lines])
    before = np.array([x.said for x in lines])
    return {
        "page_lines": len(lines),
        "page_lines_real": int(real.sum()),
        "ece_pages": round(expected_calibration_error(said, right), 4),
        "ece_pages_real": round(expected_calibration_error(said[real], right[real]), 4),
        "ece_pages_as_single_lines": round(expected_calibration_error(before, right), 4),
        "page_lines_right": round(float(right.mean()), 4),
        "page_lines_right_real": round(float(right[real].mean()), 4),
    }
