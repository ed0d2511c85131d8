"""Which drawn pages pass for blank: bare paper in its wears, and one faint mark on it, at random places.

python benchmarks/bare.py [--each 10] [--first 5000]
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from ocr.pages.bare import is_bare

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


def main() -> None:
    """Print, for each kind and paper, how many of the pages pass for blank; and how many of the samples do."""
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--each", type=int, default=10)
    ask.add_argument("--first", type=int, default=5000)
    asked = ask.parse_args()
    seeds = range(asked.first, asked.first + asked.each)
    print(f"of {asked.each} each:", *PAPERS, sep="\t")
    for name, wear in WEARS.items():
        print(
            name, *(sum(is_bare(_scan(wear(paper(p, n), random.Random(n)))) for n in seeds) for p in PAPERS), sep="\t"
        )
    for name, (depth, draw, blur) in MARKS.items():
        for ruled in (False, True):
            found = []
            for p in PAPERS:
                pages = (inked(paper(p, n), depth, draw, random.Random(n), blur) for n in seeds)
                scans = (
                    WEARS["ruled" if ruled else "bare"](page, random.Random(n))
                    for n, page in zip(seeds, pages, strict=True)
                )
                found.append(sum(is_bare(_scan(page)) for page in scans))
            print(name + (" on ruled paper" if ruled else ""), *found, sep="\t")
    samples = [
        p for p in sorted(Path("sample_data").rglob("*")) if p.suffix in (".jpg", ".png") and "garbage" not in p.parts
    ]
    print(
        "samples that pass for blank",
        sum(is_bare(cv2.imread(str(p), cv2.IMREAD_GRAYSCALE)) for p in samples),
        "of",
        len(samples),
    )


if __name__ == "__main__":
    main()
