"""Makes shards of written fields to train on: strips of one height with their texts.

    python -m training.fields.make OUT --fonts FONTS --digits digits_latin.npz --from 0 --to 12

FONTS is the folder that setup.sh fills. A shard is made from its number alone: making it again gives the same strips.
"""

from __future__ import annotations

import argparse
import random
import time
from pathlib import Path

import cv2
import numpy as np

from training.fields.draw import Pens, field
from training.fields.texts import KINDS, draw_kind, is_written

SHARD = 1000
HEIGHT = 48
MOST_WIDE = 1100
_DAMAGED = ("dekko",)


def main() -> None:
    """Read the command line and make the shards."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--digits", type=Path, required=True, help="npz with images (n, 28, 28) and labels")
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--to", dest="last", type=int, default=12)
    parser.add_argument("--every", type=int, default=1, help="with --from: for several of these side by side")
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    pens = load_pens(asked.fonts, asked.digits)
    for number in range(asked.first, asked.last, asked.every):
        path = asked.out / f"{number:04d}.npz"
        if not path.exists():
            start = time.monotonic()
            shard(path, number, pens)
            print(f"{path.name}: {SHARD / (time.monotonic() - start):.0f} strips a second", flush=True)


def load_pens(fonts: Path, digits: Path) -> Pens:
    """Fonts like handwriting below fonts/hands, print below fonts/prints, and real digits by value."""
    handwriting, prints = load_fonts(fonts)
    with np.load(digits, allow_pickle=False) as f:
        labels, images = f["labels"], f["images"]
    by_value = [images[labels == str(d)] for d in range(10)]
    count = min(map(len, by_value))
    return Pens(handwriting, prints, np.stack([x[:count] for x in by_value]), ())


def load_fonts(fonts: Path) -> tuple[list[str], list[str]]:
    """Paths of fonts like handwriting below fonts/hands, and of print below fonts/prints."""
    handwriting = [str(p) for p in sorted((fonts / "hands").rglob("*")) if p.suffix in (".woff2", ".ttf", ".otf")]
    prints = [str(p) for p in sorted((fonts / "prints").rglob("*")) if p.suffix in (".ttf", ".otf", ".t1")]
    return [p for p in handwriting if not any(name in p for name in _DAMAGED)], prints


def shard(path: Path, seed: int, pens: Pens, count: int = SHARD) -> None:
    """Draw and write one shard: pixels of all strips side by side, their widths, texts and kinds."""
    rng, chance = np.random.default_rng([2027, seed]), random.Random(f"fields {seed}")
    strips, texts, kinds = [], [], []
    while len(strips) < count:
        kind = draw_kind(chance)
        text = " ".join(KINDS[kind][1](chance).split())
        if not is_written(text):
            continue
        strip = to_strip(field(text, kind, pens, rng), rng)
        if strip.shape[1] > MOST_WIDE or strip.shape[1] / 4 < 1.6 * len(text):
            continue
        strips.append(strip)
        texts.append(text)
        kinds.append(kind)
    part = path.with_suffix(".part")
    with part.open("wb") as f:
        np.savez(f, pixels=np.concatenate(strips, 1), widths=[s.shape[1] for s in strips], texts=texts, kinds=kinds)
    part.replace(path)


def to_strip(picture: np.ndarray, rng: np.random.Generator | None = None, squeeze: float = 1.0) -> np.ndarray:
    """A zone's picture as the network takes it: 48 pixels high; with a generator its edges are cut by chance."""
    if rng is not None:
        top, bottom = rng.uniform(0, 0.16), rng.uniform(0.86, 1.0)
        picture = picture[round(top * len(picture)) : round(bottom * len(picture))]
        squeeze = squeeze * rng.uniform(0.8, 1.15)
    wide = max(16, round(picture.shape[1] * HEIGHT / len(picture) * squeeze))
    how = cv2.INTER_AREA if len(picture) > HEIGHT else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, (wide, HEIGHT), interpolation=how), np.uint8)


if __name__ == "__main__":
    main()
