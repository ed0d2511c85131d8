"""Makes shards of numbers and dates to train on: strips of one height with their texts.

    python -m training.digits.make OUT --network drawn_digits --data HANDWRITING --to 20
    python -m training.digits.make OUT --network drawn_digits --data HANDWRITING --held-out --to 1
    python -m training.digits.make OUT --network drawn_digits --data DRAWN --latin FONTS --to 1

HANDWRITING holds digits_drawn.npz (training/digits/drawn.py) and digits_latin.npz, and for --held-out the real digits
of scripts.toml; fonts are those of Debian's fonts-noto-core. Strips to train on show drawn digits alone, those of
--held-out real ones. A shard is made from its number alone. With --latin, a folder of fonts like handwriting, Latin
digits are drawn as well, and DRAWN need hold no picture of a real one.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from training.digits.bend import bent
from training.digits.scripts import LATIN, NETWORKS, SIGNS, Script, drawn_digits, pens_of, real_digits, scripts
from training.fields.draw import Pens, Pictures, around, by_hand, composed, font
from training.fields.make import SHARD, to_strip
from training.fields.texts import date, fir_no, year

Picture = NDArray[np.uint8]

FONTS = Path("/usr/share/fonts/truetype/noto")
_IN_LATIN = 0.15
_TURNS = 8
"""How many strips a script on whose real digits it is measured has for each of another."""
_FONT_PX = 48
_REAL = 0.85
Draw = Callable[["Drawing", random.Random, np.random.Generator], tuple[Picture, str, str]]
_KINDS = (("date", date, 0.35), ("year", year, 0.2), ("fir_no", fir_no, 0.2))


@dataclass(frozen=True)
class Drawing:
    """What the numbers of one script are drawn with: pictures of its digits by sign, the Latin ones, fonts, labels."""

    script: Script
    real: Mapping[str, Pictures]
    latin: Mapping[str, Pictures]
    pens: Pens


def main() -> None:
    """Read the command line and make the shards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--network", choices=sorted(NETWORKS), required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--fonts", type=Path, default=FONTS)
    parser.add_argument("--latin", type=Path, help="fonts like handwriting, by which Latin digits are drawn")
    parser.add_argument("--held-out", action="store_true", help="of real digits, to measure on")
    parser.add_argument("--clean", action="store_true", help="digits alone, one to three on clean paper")
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--to", dest="last", type=int, default=20)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    drawings = load_drawings(asked.network, asked.data, asked.fonts, held_out=asked.held_out, latin=asked.latin)
    drawings = [d for d in drawings if d.real] if asked.clean else drawings
    for number in range(asked.first, asked.last):
        path = asked.out / f"{'clean' if asked.clean else ''}{number:04d}.npz"
        if not path.exists():
            shard(path, (number, int(asked.held_out)), drawings, clean_strip if asked.clean else worn_strip)
            print(path.name, flush=True)


def load_drawings(network: str, data: Path, fonts: Path, *, held_out: bool, latin: Path | None = None) -> list[Drawing]:
    """What the scripts of a network are drawn with. latin: folder of fonts for Latin digits, instead of real ones."""
    if latin is not None:
        drawn, stacked = latin_of(latin), np.zeros((0, 0, 28, 28), np.uint8)
    else:
        with np.load(data / "digits_latin.npz", allow_pickle=False) as f:
            drawn = {d: f["images"][f["labels"] == d] for d in LATIN}
        least = min(map(len, drawn.values()))
        stacked = np.stack([some[:least] for some in drawn.values()])
    cells = real_digits if held_out else drawn_digits
    return [
        Drawing(s, cells(data, s), drawn, pens_of(s, fonts, stacked))
        for s in (scripts()[name] for name in NETWORKS[network])
    ]


def latin_of(fonts: Path) -> Mapping[str, Pictures]:
    """Pictures of Latin digits (n, height, width) in every font of a folder, black on white, of one size."""
    seen = [_typed(str(p), LATIN) for p in sorted(fonts.iterdir())]
    high = max(len(some["0"][0]) for some in seen)
    below = [((0, high - len(some["0"][0])), (0, 0)) for some in seen]
    padded = {d: [np.pad(s[d][0], b, constant_values=255) for s, b in zip(seen, below, strict=True)] for d in LATIN}
    return {d: np.stack(pictures) for d, pictures in padded.items()}


def shard(path: Path, seed: tuple[int, int], drawings: list[Drawing], draw: Draw, count: int = SHARD) -> None:
    """Draw and write one shard: pixels of all strips side by side, their widths, texts and kinds."""
    rng, chance = np.random.default_rng([2028, *seed]), random.Random(f"digits {seed}")
    strips, texts, kinds = [], [], []
    turns = [d for d in drawings for _ in range(_TURNS if d.script.real else 1)]
    for number in range(count):
        drawing = turns[number % len(turns)]
        strip, text, kind = draw(drawing, chance, rng)
        strips.append(strip)
        texts.append(text)
        kinds.append(f"{drawing.script.name}-{kind}")
    part = path.with_suffix(".part")
    with part.open("wb") as f:
        np.savez(f, pixels=np.concatenate(strips, 1), widths=[s.shape[1] for s in strips], texts=texts, kinds=kinds)
    part.replace(path)


def worn_strip(drawing: Drawing, chance: random.Random, rng: np.random.Generator) -> tuple[Picture, str, str]:
    """A number or date as an old scan shows it, its text and kind."""
    kind, text = text_of(chance)
    if chance.random() >= _IN_LATIN:
        text = drawing.script.native(text)
    return to_strip(number_as_cut(text, by_others(drawing, text, rng), rng), rng), text, kind


def clean_strip(drawing: Drawing, chance: random.Random, rng: np.random.Generator) -> tuple[Picture, str, str]:
    """One to three digits on clean paper: what tells signs apart is learned from these soonest."""
    text = "".join(chance.choices(drawing.script.digits, k=chance.choice((1, 1, 1, 2, 3))))
    tall = int(rng.uniform(18, 34))
    ink = by_hand(composed(text, tall, by_others(drawing, text, rng).real, rng), rng)
    paper = np.pad(ink, rng.integers(2, 16, (2, 2)))
    grey = (255 * (1 - rng.uniform(0.7, 1.0) * np.clip(paper, 0, 1))).astype(np.uint8)
    return to_strip(cv2.GaussianBlur(grey, (0, 0), rng.uniform(0.2, 1.2))), text, "clean"


def by_others(drawing: Drawing, text: str, rng: np.random.Generator) -> Drawing:
    """A drawing with digits of that text alone, each as another hand may have written it; a text is seen once so."""

    def some(real: Mapping[str, Pictures]) -> Mapping[str, Pictures]:
        known = [c for c in dict.fromkeys(text) if c in real]
        return {c: [bent(p, rng) for p in rng.choice(real[c], text.count(c))] for c in known}

    return replace(drawing, real=some(drawing.real), latin=some(drawing.latin))


def text_of(chance: random.Random) -> tuple[str, str]:
    """A kind and a made-up number, date, year or hour in Latin digits."""
    drawn = chance.random()
    for kind, draw, share in _KINDS:
        if drawn < share:
            return kind, "".join(c for c in draw(chance) if c.isdigit() or c in SIGNS)
        drawn -= share
    if drawn < 0.08:
        return "time", f"{chance.randint(0, 23):02d}{chance.choice('.-')}{chance.randint(0, 59):02d}"
    return "number", "".join(chance.choices("0123456789", k=chance.choice((1, 1, 2, 3, 4, 5))))


def number_as_cut(text: str, drawing: Drawing, rng: np.random.Generator) -> Picture:
    """A zone with that number written in it, as cut from a scan."""
    tall = int(rng.uniform(18, 34))
    cells = {**drawing.real, **drawing.latin}
    is_real = rng.random() < _REAL and all(c in cells or c in SIGNS for c in text)
    if not is_real:
        path = str(rng.choice(np.array(drawing.pens.handwriting)))
        cells = {**cells, **_typed(path, drawing.script.digits)}
    return around(by_hand(composed(text, tall, cells, rng), rng), tall, "number", drawing.pens, rng)


@cache
def _typed(path: str, digits: str) -> Mapping[str, Picture]:
    """Of each digit one picture (1, height, width) in a font, black on white, all of one height."""
    face = font(path, _FONT_PX)
    _, top, _, bottom = face.getbbox(digits)
    found = {}
    for digit in digits:
        room = Image.new("L", (2 * _FONT_PX, round(bottom - top) + 2), 255)
        ImageDraw.Draw(room).text((_FONT_PX // 2, 1 - top), digit, 0, face)
        found[digit] = np.asarray(room, np.uint8)[None]
    return found


if __name__ == "__main__":
    main()
