"""Printing and handwriting on a sheet: text in mixed scripts, shaped, with the wobble of a hand."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFont

from sample_data.fonts import Fonts, Hand

_JOINERS = "\u200c\u200d"
_INDIC = (range(0x0600, 0x0700), range(0x0900, 0x0E00))
_BRACKETS = str.maketrans("()[]", ")(][")


@dataclass(frozen=True)
class Lettering:
    """Draws one hand with the fonts of one folder."""

    fonts: Fonts
    hand: Hand

    def width(self, text: str, size: float) -> float:
        """Pixels that a line of text takes."""
        return sum(font.getlength(run) for run, font in self._runs(text, size))

    def print(self, draw: ImageDraw.ImageDraw, at: tuple[float, float], text: str, size: float) -> float:
        """Draw text on its base line, straight; returns where it ends."""
        x, y = at
        for run, font in self._runs(text, size):
            draw.text((x, y), run, font=font, fill=255, anchor="ls")
            x += font.getlength(run)
        return x

    def write(self, mask: Image.Image, at: tuple[float, float], text: str, size: float, rng: random.Random) -> None:
        """Write text on its base line word by word, each a little askew; mask: mode L, ink is 255."""
        x, y = at
        slope = rng.uniform(-0.004, 0.006)
        for word in text.split(" "):
            own = size * rng.uniform(0.97, 1.03)
            self._write_word(mask, (x, y - slope * (x - at[0]) + rng.uniform(-1.5, 1.5)), word, own, rng)
            x += self.width(word, own) + self.width(" ", size) * rng.uniform(0.9, 1.25)

    def _write_word(
        self, mask: Image.Image, at: tuple[float, float], word: str, size: float, rng: random.Random
    ) -> None:
        if not word:
            return
        pad = round(size)
        width = round(self.width(word, size)) + 2 * pad
        tile = Image.new("L", (width, 4 * pad))
        self.print(ImageDraw.Draw(tile), (pad, 2 * pad), word, size)
        tile = tile.rotate(rng.uniform(-0.9, 0.9), Image.Resampling.BICUBIC, center=(pad, 2 * pad))
        corner = (round(at[0]) - pad, round(at[1]) - 2 * pad)
        box = (*corner, corner[0] + width, corner[1] + 4 * pad)
        mask.paste(ImageChops.lighter(mask.crop(box), tile), corner)

    def _runs(self, text: str, size: float) -> Iterator[tuple[str, ImageFont.FreeTypeFont]]:
        """Stretches of text that one font file holds."""
        pixels = round(size * self.hand.scale)
        runs = list(_by_script(text))
        if self.hand.right_to_left and any(is_indic for _, is_indic in runs):
            runs = [(run if is_indic else _facing_left(run), is_indic) for run, is_indic in reversed(runs)]
        for run, is_indic in runs:
            stem = self.hand.indic if is_indic else self.hand.latin
            yield run, self.fonts.open(stem or self.hand.latin, self.hand.weight, pixels)


def _by_script(text: str) -> Iterator[tuple[str, bool]]:
    start = 0
    current = bool(text) and _is_indic(text[0])
    for i, sign in enumerate(text):
        is_indic = current if sign in _JOINERS else _is_indic(sign)
        if is_indic != current:
            yield text[start:i], current
            start, current = i, is_indic
    if text:
        yield text[start:], current


def _is_indic(sign: str) -> bool:
    return any(ord(sign) in block for block in _INDIC)


def _facing_left(run: str) -> str:
    """What stands between words that run from right to left: brackets face the other way; Latin words stay."""
    return run if any(sign.isalnum() for sign in run) else run.translate(_BRACKETS)[::-1]
