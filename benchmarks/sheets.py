"""Are cover sheets and stickers read however they were scanned, and never as another volume?

python benchmarks/sheets.py [--quick] [--json FILE]

The PDF of `digitize labels` is drawn at 100 to 300 dpi and spoiled: turned, skewed, blurred, half-toned, shaded, pale,
noisy, slanted, pressed by JPEG, torn, scribbled over, and several of these at once. Written pages of the samples stand
between them.

read: share of spoiled sheets whose volume was known. wrong: sheets that were taken for another volume, and pages taken
for a sheet. silent: sheets on which nothing was found, so that their pages would go into the volume before; the others
that are not read go to a person. ms_per_page: of the processor, for the look at a page.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image

from digitize.volumes.labels import print_labels
from digitize.volumes.receipt import receive_all
from digitize.workspace.place import create
from digitize.workspace.volumes.book import VolumeFacts
from digitize.workspace.volumes.sheet_text import SheetDamaged, from_text
from ocr.page import Scan
from ocr.scans.codes import find_codes
from ocr.scans.scan import open_page

ROOT = Path(__file__).parents[1]
DPI = (100, 150, 200, 300)
Grey = Any


def turned(grey: Grey, degrees: float) -> Grey:
    """Turned about the middle, the paper's edge in view."""
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(grey, turn, (width, height), borderValue=225)


def blurred(grey: Grey, mm: float) -> Grey:
    """As by a lens out of focus: mm on paper, whatever the resolution."""
    return cv2.GaussianBlur(grey, (0, 0), mm * max(grey.shape) / 297)


def half_tone(grey: Grey) -> Grey:
    """One bit a pixel, by dots."""
    return np.array(Image.fromarray(grey).convert("1").convert("L"))


def coarse(grey: Grey) -> Grey:
    """One bit a pixel, by noise, as a fax makes it."""
    return (grey + _random().normal(0, 60, grey.shape) > 128).astype(np.uint8) * 255


def noisy(grey: Grey, spread: float) -> Grey:
    """With a sensor's noise."""
    return np.clip(grey + _random().normal(0, spread, grey.shape), 0, 255).astype(np.uint8)


def shaded(grey: Grey) -> Grey:
    """Dark towards the gutter."""
    return (grey * np.linspace(0.35, 1, grey.shape[1])).astype(np.uint8)


def pressed(grey: Grey) -> Grey:
    """By JPEG at quality 8."""
    return cv2.imdecode(cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, 8])[1], cv2.IMREAD_GRAYSCALE)


def bent(grey: Grey) -> Grey:
    """Seen at a slant."""
    height, width = grey.shape
    flat = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    seen = flat + _random().uniform(-0.04, 0.04, (4, 2)).astype(np.float32) * width
    return cv2.warpPerspective(grey, cv2.getPerspectiveTransform(flat, seen), (width, height), borderValue=200)


def torn(grey: Grey, share: float) -> Grey:
    """The upper part of the sheet is gone."""
    made = grey.copy()
    made[: int(share * len(made))] = 255
    return made


def scribbled(grey: Grey, strokes: int) -> Grey:
    """Thick strokes of a pen all over it."""
    made, rng = grey.copy(), _random()
    height, width = made.shape
    for _ in range(strokes):
        ends = [(int(rng.integers(width)), int(rng.integers(height))) for _ in range(2)]
        cv2.line(made, *ends, 0, max(2, width // 120))
    return made


def _random() -> np.random.Generator:
    return np.random.default_rng(5)


WAYS: dict[str, Callable[[Grey], Grey]] = {
    "as it is": lambda g: g, "upside down": lambda g: g[::-1, ::-1], "on its side": np.rot90,
    "turned by 3": lambda g: turned(g, 3), "turned by 12": lambda g: turned(g, -12),
    "turned by 30": lambda g: turned(g, 30), "blurred 0.25 mm": lambda g: blurred(g, 0.25),
    "blurred 0.5 mm": lambda g: blurred(g, 0.5), "blurred 0.8 mm": lambda g: blurred(g, 0.8), "half-tone": half_tone,
    "half-tone, turned": lambda g: half_tone(turned(g, 4)), "fax": coarse, "noise": lambda g: noisy(g, 40),
    "heavy noise": lambda g: noisy(g, 80), "shaded": shaded,
    "pale": lambda g: (180 + g.astype(int) * 60 // 255).astype(np.uint8), "JPEG 8": pressed, "slanted": bent,
    "upper half gone": lambda g: torn(g, 0.5), "ten strokes": lambda g: scribbled(g, 10),
    "thirty strokes": lambda g: scribbled(g, 30),
    "all at once": lambda g: pressed(noisy(blurred(turned(shaded(g), 7), 0.25), 25)),
}  # fmt: skip


def main() -> int:
    """Draw, spoil, read, count. Returns 0 whatever the figures are."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="one resolution")
    a = parser.parse_args()
    counts: Counter[tuple[str, str, str]] = Counter()
    spent, looks = 0.0, 0
    for kind, way, wanted, grey in _spoiled(DPI[:1] if a.quick else DPI):
        begun = time.process_time()
        found = {_volume(c.text) for c in find_codes(np.ascontiguousarray(grey)) if c.text}
        is_any = bool(find_codes(np.ascontiguousarray(grey))) if not found else True
        spent, looks = spent + time.process_time() - begun, looks + 1
        right = {wanted} if wanted else set()
        fate = "wrong" if found - right else "read" if found else "person" if is_any else "silent"
        counts[kind, way, fate] += 1
    figures = _figures(counts, spent / looks)
    for kind, way in dict.fromkeys((k, w) for k, w, _ in counts):
        own = {f: counts[kind, way, f] for f in ("read", "person", "silent", "wrong")}
        print(f"{kind:8} {way:20} {own}")
    print(json.dumps(figures, indent=1))
    if a.json:
        a.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


def _figures(counts: Counter[tuple[str, str, str]], seconds: float) -> dict[str, float]:
    made: dict[str, float] = {}
    for kind in ("sheet", "sticker"):
        of = {f: sum(n for (k, _, fate), n in counts.items() if (k, fate) == (kind, f)) for f in ("read", "silent")}
        total = sum(n for (k, _, _), n in counts.items() if k == kind)
        made |= {f"{kind}s": total, f"{kind}s_read": round(of["read"] / total, 4), f"{kind}s_silent": of["silent"]}
    made["pages"] = sum(n for (k, _, _), n in counts.items() if k == "page")
    made["pages_with_a_code"] = sum(n for (k, _, f), n in counts.items() if k == "page" and f != "silent")
    made["wrong"] = sum(n for (_, _, f), n in counts.items() if f == "wrong")
    made["ms_per_page"] = round(1000 * seconds, 1)
    return made


def _volume(text: str) -> int:
    """The volume that a code names; 0 for one of ours that is not whole, -1 for another's."""
    try:
        sheet = from_text(text)
    except SheetDamaged:
        return 0
    return sheet.volume if sheet else -1


def _spoiled(resolutions: tuple[int, ...]) -> Iterator[tuple[str, str, int, Grey]]:
    """(kind, way, number of the volume or 0, picture) of each."""
    with tempfile.TemporaryDirectory() as folder:
        place = create("wb", Path(folder) / "ws", "bench")
        books = [
            VolumeFacts(f"FIR book {1980 + i}/{i}", kind="fir-book", years=str(1980 + i), pages=90 + i)
            for i in range(3)
        ]
        receive_all(place, books, by="benchmark", brought_by="", on="", note="")
        pdf = Path(folder) / "labels.pdf"
        print_labels(place, pdf, what=("cover", "sticker"))
        for dpi in resolutions:
            for number in range(1, len(books) + 1):
                sheet = open_page(Scan(pdf, "", number - 1), dpi).grey
                yield from (("sheet", way, number, spoil(sheet)) for way, spoil in WAYS.items())
            stickers = open_page(Scan(pdf, "", len(books)), dpi).grey
            yield from (("sticker", way, 1, spoil(_on_a_book(stickers))) for way, spoil in WAYS.items())
    for path in sorted((ROOT / "sample_data").rglob("*.jpg"))[:: 1 if len(resolutions) > 1 else 8]:
        grey = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        # Some samples are broken on purpose.
        if grey is not None:
            yield "page", "sample", 0, grey


def _on_a_book(page: Grey) -> Grey:
    """The first sticker of a page, on the brown cover of a book of the size of the page."""
    height, width = page.shape
    made = np.full_like(page, 140)
    own = page[int(15.15 / 297 * height) : int(53.2 / 297 * height), int(4.65 / 210 * width) : int(103.7 / 210 * width)]
    made[height // 5 : height // 5 + own.shape[0], width // 4 : width // 4 + own.shape[1]] = own
    return made


if __name__ == "__main__":
    sys.exit(main())
