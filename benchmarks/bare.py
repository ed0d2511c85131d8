"""Which drawn pages pass for blank: bare paper in its wears, and one faint mark on it, at random places.

python benchmarks/bare.py [--each 10] [--first 5000] [--quick] [--json FILE]

Figures: `blank_told`, the share of bare pages that pass; `marked_blank` of `marked` pages and `samples_blank` of
`samples` pass though something is there. --quick: one page each, of white paper.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from ocr.pages.bare import is_bare  # noqa: E402

H, W = 1754, 1240
PAPERS = {"white": (246, 1.0, 0.5), "plain": (230, 3.0, 1.5)}
Sheet = np.ndarray[tuple[int, int], np.dtype[np.float64]]
Draw = Callable[[np.ndarray, random.Random], None]


def paper(kind: str, seed: int) -> Sheet:
    """A4 at 150 dpi: shade, grain, and fibres of some pixels."""
    shade, grain, fibres = PAPERS[kind]
    rng = np.random.default_rng(seed)
    soft = cv2.GaussianBlur(rng.normal(0, 1, (H, W)), (0, 0), 2.5)
    return shade + rng.normal(0, grain, (H, W)) + fibres * soft / soft.std() + np.linspace(-5, 5, W)[None, :]


def inked(sheet: Sheet, depth: float, draw: Draw, rng: random.Random, blur: float = 0.0) -> Sheet:
    """The sheet, darker by a share of its shade where something is drawn."""
    ink = np.zeros((H, W), np.uint8)
    draw(ink, rng)
    if blur:
        ink = cv2.GaussianBlur(ink, (0, 0), blur)
    return sheet * (1 - depth * ink / 255.0)


def _at(rng: random.Random) -> tuple[int, int]:
    return rng.randrange(40, W - 320), rng.randrange(60, H - 200)


def stroke(ink: np.ndarray, rng: random.Random) -> None:
    """A line drawn by hand, 3 cm long."""
    x, y = _at(rng)
    points = [(x + 18 * i, y + rng.randrange(-4, 5)) for i in range(11)]
    cv2.polylines(ink, [np.array(points)], False, 255, 2, cv2.LINE_AA)


def word(text: str, size: float, thick: int = 2) -> Draw:
    """A word in a round hand."""
    return lambda ink, rng: cv2.putText(ink, text, _at(rng), cv2.FONT_HERSHEY_SCRIPT_COMPLEX, size, 255, thick)


def ring(ink: np.ndarray, rng: random.Random) -> None:
    """A round stamp's ring, 3 cm across."""
    x, y = _at(rng)
    cv2.circle(ink, (x + 100, y + 90), 88, 255, 4)


def thumb(ink: np.ndarray, rng: random.Random) -> None:
    """Ridges of a thumb, half a millimetre apart."""
    x, y = _at(rng)
    for r in range(4, 55, 3):
        cv2.ellipse(ink, (x + 80, y + 90), (r, round(1.25 * r)), 12, 0, 360, 255, 1)


def smudge(ink: np.ndarray, rng: random.Random) -> None:
    """Ink without an edge, 2 cm across."""
    x, y = _at(rng)
    cv2.ellipse(ink, (x + 80, y + 80), (60, 50), 0, 0, 360, 255, -1)


def behind(ink: np.ndarray, rng: random.Random) -> None:
    """The other side's lines."""
    for y in range(220, 1500, 64):
        cv2.putText(ink, "stated that on the said day", (110, y), cv2.FONT_HERSHEY_SCRIPT_COMPLEX, 1.3, 255, 2)
    ink[:] = ink[:, ::-1]


def rules(ink: np.ndarray, rng: random.Random) -> None:
    """Rules across the page, a little askew, and a margin's."""
    rise = rng.randrange(-12, 13)
    for y in range(180, 1700, 52):
        cv2.line(ink, (0, y), (W - 1, y + rise), 255, 1)
    cv2.line(ink, (150, 0), (150 - rise, H - 1), 255, 1)


def holed(sheet: Sheet, rng: random.Random) -> Sheet:
    """Two holes of 6 mm beside the spine."""
    x = rng.randrange(50, 100)
    for y in (640, 1110):
        cv2.circle(sheet, (x, y), 18, 22.0, -1)
    return sheet


def edged(sheet: Sheet, rng: random.Random) -> Sheet:
    """Black beside the paper."""
    deep = rng.randrange(15, 50)
    sheet[:deep], sheet[:, -deep:] = 14, 14
    return sheet


def shaded(sheet: Sheet, rng: random.Random) -> Sheet:
    """A shadow of the spine, and one beside it of the lid."""
    sheet[:, :160] *= np.linspace(0.65, 1, 160)
    sheet[:, -12:] *= np.linspace(1, 0.5, 12)
    return sheet


WEARS: dict[str, Callable[[Sheet, random.Random], Sheet]] = {
    "bare": lambda sheet, rng: sheet,
    "ruled": lambda sheet, rng: inked(sheet, 0.35, rules, rng),
    "holed": holed,
    "black edges": edged,
    "shadows": shaded,
}
MARKS: dict[str, tuple[float, Draw, float]] = {
    "pencil line, 20 %": (0.2, stroke, 0.6),
    "pencil line, 10 %": (0.1, stroke, 0.6),
    "faint word, 20 %": (0.2, word("nil", 0.9), 0.6),
    "one figure, 30 %": (0.3, word("7", 0.8), 0.6),
    "small figure, 30 %": (0.3, word("4", 0.5, 1), 0.4),
    "ring of a stamp, 25 %": (0.25, ring, 0.8),
    "thumb, 20 %": (0.2, thumb, 0.6),
    "smudge, 12 %": (0.12, smudge, 4.0),
    "other side, 20 %": (0.2, behind, 1.6),
    "other side, 8 %": (0.08, behind, 1.6),
}


def _scan(sheet: Sheet) -> np.ndarray:
    _, packed = cv2.imencode(".jpg", np.clip(sheet, 0, 255).astype(np.uint8), [cv2.IMWRITE_JPEG_QUALITY, 80])
    return cv2.imdecode(packed, cv2.IMREAD_GRAYSCALE)


def _pass(sheets: Sequence[Sheet]) -> int:
    return sum(is_bare(_scan(sheet)) for sheet in sheets)


def measure(seeds: Sequence[int], papers: Sequence[str]) -> dict[str, Any]:
    """How many of the drawn pages pass for blank, printed by kind, and how many of the samples do."""
    bare = marked = 0
    print(f"of {len(seeds)} each:", *papers, sep="\t")
    for name, wear in WEARS.items():
        found = [_pass([wear(paper(p, n), random.Random(n)) for n in seeds]) for p in papers]
        bare += sum(found)
        print(name, *found, sep="\t")
    for name, (depth, draw, blur) in MARKS.items():
        for ruled in ("", "ruled"):
            wear = WEARS[ruled or "bare"]
            found = [
                _pass([wear(inked(paper(p, n), depth, draw, random.Random(n), blur), random.Random(n)) for n in seeds])
                for p in papers
            ]
            marked += sum(found)
            print(name + (" on ruled paper" if ruled else ""), *found, sep="\t")
    each = len(seeds) * len(papers)
    return {"blank_told": bare / (each * len(WEARS)), "marked_blank": marked, "marked": each * len(MARKS) * 2}


def main() -> None:
    """Measure and print."""
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--each", type=int, default=10)
    ask.add_argument("--first", type=int, default=5000)
    ask.add_argument("--quick", action="store_true")
    ask.add_argument("--json", type=Path)
    asked = ask.parse_args()
    seeds = range(asked.first, asked.first + (1 if asked.quick else asked.each))
    found = measure(seeds, list(PAPERS)[: 1 if asked.quick else None])
    files = [p for p in sorted((ROOT / "sample_data").rglob("*")) if p.suffix in (".jpg", ".png")]
    files = [p for p in files if "garbage" not in p.parts][:: 10 if asked.quick else 1]
    pages = [page for p in files if (page := cv2.imread(str(p), cv2.IMREAD_GRAYSCALE)) is not None]
    found |= {"samples_blank": sum(map(is_bare, pages)), "samples": len(pages)}
    print(*(f"{name} {value}" for name, value in found.items()), sep="\n")
    if asked.json:
        asked.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
