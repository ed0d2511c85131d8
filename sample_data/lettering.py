"""Printing and handwriting on a sheet: text in mixed scripts, shaped, with the wobble of a hand."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageChops, ImageDraw, ImageFont

from sample_data.fonts import Fonts, Hand

_JOINERS = "\u200c\u200d"
_INDIC = (range(0x0600, 0x0700), range(0x0900, 0x0E00))
_NUMBER = re.compile(r"(\d+(?:[-/:.,]\d+)+)")
"""Digits with signs between them: they run from left to right in every script."""
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
            leftwards = "rtl" if self.hand.right_to_left and _is_indic(run[0]) else None
            draw.text((x, y), run, font=font, fill=255, anchor="ls", direction=leftwards)
            x += font.getlength(run)
        return x

    def write(self, mask: Image.Image, at: tuple[float, float], text: str, size: float, rng: random.Random) -> None:
        """Write text on its base line word by word, each a little askew; mask: mode L, ink is 255.

        at: where the line begins: its left end, or its right end in a hand that runs from right to left.
        """
        x, y = at
        slope = rng.uniform(-0.004, 0.006)
        for word in text.split(" "):
            own = size * rng.uniform(0.97, 1.03)
            width = self.width(word, own)
            left = x - width if self.hand.right_to_left else x
            self._write_word(mask, (left, y - slope * (left - at[0]) + rng.uniform(-1.5, 1.5)), word, own, rng)
            step = width + self.width(" ", size) * rng.uniform(0.9, 1.25)
            x += -step if self.hand.right_to_left else step

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
        for run, is_indic in _leftwards(text) if self.hand.right_to_left else _by_script(text):
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


def _leftwards(text: str) -> Iterator[tuple[str, bool]]:
    """The stretches of a line that runs from right to left, from its left end; a number such as a date runs on."""
    runs = list(_by_script(text))
    if not any(is_indic for _, is_indic in runs):
        yield from runs
        return
    pieces = [piece for piece in _NUMBER.split(text) if piece]
    for piece in reversed(pieces):
        if _NUMBER.fullmatch(piece):
            yield from _by_script(piece)
        else:
            yield from (
                (r if is_indic else _facing_left(r), is_indic) for r, is_indic in reversed([*_by_script(piece)])
            )


def _is_indic(sign: str) -> bool:
    return any(ord(sign) in block for block in _INDIC)


def _facing_left(run: str) -> str:
    """What stands between words that run from right to left: brackets face the other way; Latin words stay."""
    return run if any(sign.isalnum() for sign in run) else run.translate(_BRACKETS)[::-1]
