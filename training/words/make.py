"""Makes shards of words to train on: strips of one height with their texts, letters in the order of the paper.

    python -m training.words.make OUT --fonts FONTS --from 0 --to 30
    python -m training.words.make CHOICE --fonts FONTS --chosen-by --to 1

FONTS is what setup.sh fills. A shard is made from its number alone: making it again gives the same strips.
"""

from __future__ import annotations

import argparse
import random
import time
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from ocr.languages.visual import as_written
from ocr.registers.form import package_registers
from training.fields.draw import Pens, around
from training.fields.make import MOST_WIDE, SHARD, to_strip
from training.words.draw import Hand, written
from training.words.texts import SCRIPTS, made, texts_of

_FONTS = Path(__file__).parent / "fonts.toml"
_HANDS = 0.5
"""So many strips are of fonts like handwriting, the others of print bent and redrawn."""
_EMPTY = 0.02
_KINDS, _WEIGHTS = ("words", "name", "number"), (0.7, 0.1, 0.2)
"""What lies around a field, as training/fields/draw.py knows it: print on both sides, room behind, the cell of a
register."""
_LEAST_PX = 4 * 1.15
"""A strip has so many pixels for each class that it says, a little more than a frame."""


@dataclass(frozen=True)
class Drawing:
    """What the words of a script are drawn with: its hands and prints, Latin hands for other signs, what is beside."""

    hands: Sequence[Hand]
    prints: Sequence[Hand]
    signs: Sequence[str]
    pens: Pens


def main() -> None:
    """Read the command line and make the shards."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--fonts", type=Path, required=True)
    parser.add_argument("--chosen-by", action="store_true", help="with the fonts to choose by")
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--to", dest="last", type=int, default=30)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    asked.out.mkdir(parents=True, exist_ok=True)
    kinds = ("chosen_by",) if asked.chosen_by else ("hands", "prints")
    drawings = {name: drawing_of(name, asked.fonts, kinds) for name in SCRIPTS}
    for number in range(asked.first, asked.last):
        path = asked.out / f"{number:04d}.npz"
        if not path.exists():
            start = time.monotonic()
            shard(path, number + 100_000 * asked.chosen_by, drawings)
            print(f"{path.name}: {SHARD / (time.monotonic() - start):.0f} strips a second", flush=True)


def drawing_of(script: str, fonts: Path, kinds: Sequence[str]) -> Drawing:
    """What a script is drawn with. kinds: keys of fonts.toml; fonts of another key than "prints" are like handwriting.

    Raises FileNotFoundError for a font that is not there.
    """
    listed = tomllib.loads(_FONTS.read_text(encoding="utf-8"))[script]
    sample = SCRIPTS[script].sample
    named = [(name, kind != "prints") for kind in kinds for name in listed[kind]]
    found = [Hand(font_file(fonts / script, name), sample, is_hand) for name, is_hand in named]
    hands, prints = ([h for h in found if h.is_hand == is_hand] for is_hand in (True, False))
    signs = sorted(map(str, (fonts / "signs").glob("*.woff2")))
    languages = SCRIPTS[script].languages
    labels = [t for of in package_registers().labels.values() for code in languages for t in of.get(code, ())]
    printed = [font_file(fonts / script, name) for name in ("print-sans", "print-serif")]
    letters = "".join(c for c in SCRIPTS[script].letters if c.isalpha())
    return Drawing(hands, prints, signs, Pens([h.path for h in hands], printed, np.zeros(0, np.uint8), labels, letters))


def font_file(folder: Path, name: str) -> str:
    """The file of a font of fonts.toml."""
    found = [str(p) for p in folder.glob(f"{name}.*")]
    if not found:
        raise FileNotFoundError(f"no font {name} in {folder}: run training/words/setup.sh")
    return found[0]


def field_of(text: str, drawing: Drawing, rng: np.random.Generator) -> np.ndarray:
    """A field that holds a text, or nothing, as cut from a scan: (height, width) uint8, 0 black."""
    some = drawing.hands if drawing.hands and (rng.random() < _HANDS or not drawing.prints) else drawing.prints
    tall = int(rng.uniform(17, 32))
    hand = some[int(rng.integers(len(some)))]
    ink = (
        written(text, hand, drawing.signs, tall, rng)
        if text
        else np.zeros((tall, int(rng.integers(20, 200))), np.float32)
    )
    return around(ink, tall, str(rng.choice(np.array(_KINDS), p=_WEIGHTS)), drawing.pens, rng)


def _nothing(tall: int, rng: np.random.Generator) -> np.ndarray:
    return np.zeros((tall, int(rng.integers(20, 200))), np.float32)


def shard(path: Path, seed: int, drawings: Mapping[str, Drawing], count: int = SHARD) -> None:
    """Draw and write one shard: pixels of all strips side by side, their widths, texts and scripts."""
    rng, chance = np.random.default_rng([2029, seed]), random.Random(f"words {seed}")
    strips, texts, kinds = [], [], []
    while len(strips) < count:
        script = list(drawings)[len(strips) % len(drawings)]
        text = made(texts_of(script), chance) if chance.random() > _EMPTY else ""
        strip, label = to_strip(field_of(text, drawings[script], rng), rng), as_written(text)
        if strip.shape[1] > MOST_WIDE or strip.shape[1] < _LEAST_PX * len(label):
            continue
        strips.append(strip)
        texts.append(label)
        kinds.append(script)
    part = path.with_suffix(".part")
    with part.open("wb") as f:
        np.savez(f, pixels=np.concatenate(strips, 1), widths=[s.shape[1] for s in strips], texts=texts, kinds=kinds)
    part.replace(path)


if __name__ == "__main__":
    main()
