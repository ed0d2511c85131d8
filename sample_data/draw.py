"""Draws a laid-out form: its print, its dotted lines, and what somebody wrote on them."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

from PIL import Image, ImageDraw

from sample_data.fonts import PRINTS, Fonts
from sample_data.layout import HEIGHT, WIDTH, Measure, Printed, Sheet
from sample_data.lettering import Lettering

HAND_SIZE = 37.0
_SMALLEST = 0.72
_SIGN_Y = 2205


class DoesNotFit(ValueError):
    """What is to be written has no room on its lines."""


@dataclass(frozen=True)
class Inked:
    """One filled page before wear: masks (mode L, ink is 255) of print and of hand, and what stands in each zone."""

    print: Image.Image
    hand: Image.Image
    written: Mapping[str, str]


def print_measure(fonts: Fonts, style: str) -> Measure:
    """Widths in the print of a form; style: a language, or "wbp"."""
    return Lettering(fonts, PRINTS[style]).width


def draw_print(sheet: Sheet, fonts: Fonts, style: str) -> Image.Image:
    """The blank form as a mask."""
    mask = Image.new("L", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(mask)
    for item in sheet.prints:
        _print(draw, item, fonts, style)
    for blank in sheet.blanks:
        for left, right, base in blank.lines:
            for x in range(left, right, 9):
                draw.ellipse((x, base + 3, x + 2.2, base + 5.2), fill=220)
    for frame in sheet.frames:
        draw.rectangle(frame, outline=220, width=2)
    return mask


def fill(
    sheet: Sheet, lettering: Lettering, values: Mapping[str, str], rng: random.Random
) -> tuple[Image.Image, dict[str, str]]:
    """Write values on a sheet; gives the mask and the text of each zone with its line breaks as written.

    Raises DoesNotFit naming the zone when a text does not fit even in a small hand.
    """
    mask = Image.new("L", (WIDTH, HEIGHT))
    written: dict[str, str] = {}
    for blank in sheet.blanks:
        text = values.get(blank.zone, "")
        if not text:
            written[blank.zone] = ""
            continue
        widths = [right - left - 14 for left, right, _ in blank.lines]
        lines, size = _broken(blank.zone, text, widths, lettering)
        for line, (left, right, base) in zip(lines, blank.lines, strict=False):
            margin = rng.uniform(4, 12)
            begin = right - margin if lettering.hand.right_to_left else left + margin
            lettering.write(mask, (begin, base - 1), line, size, rng)
        written[blank.zone] = "\n".join(lines)
    for x in (330, 1330):
        _sign(mask, x + rng.uniform(-60, 60), _SIGN_Y + rng.uniform(-12, 8), rng)
    return mask, written


def _sign(mask: Image.Image, x: float, y: float, rng: random.Random) -> None:
    """A signature nobody can read: loops that shrink to the right, and a stroke under them."""
    loops, width = rng.randrange(3, 7), rng.uniform(18, 30)
    points = []
    for i in range(loops * 12):
        turn = i / 12 * 2 * math.pi
        high = rng.uniform(20, 26) * (1 - 0.5 * i / (loops * 12))
        points.append((x - 90 + width * i / 12 + 10 * math.cos(turn), y - high * math.sin(turn)))
    points += [(points[-1][0] + 40, y + 6), (x - 100, y + rng.uniform(12, 24))]
    ImageDraw.Draw(mask).line(points, fill=235, width=3, joint="curve")


def _broken(zone: str, text: str, widths: list[int], lettering: Lettering) -> tuple[list[str], float]:
    """The text in lines, and the size at which they fit."""
    size = HAND_SIZE
    while size >= HAND_SIZE * _SMALLEST:
        lines = [part for line in text.split("\n") for part in _wrapped(line, widths[0], size, lettering)]
        if len(lines) <= len(widths) and all(
            _needed(x, size, lettering) <= w for x, w in zip(lines, widths, strict=False)
        ):
            return lines, size
        size -= 1.0
    raise DoesNotFit(f"zone {zone} has not room for {len(text)} characters")


def _wrapped(line: str, width: int, size: float, lettering: Lettering) -> list[str]:
    lines = [""]
    for word in line.split(" "):
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and _needed(longer, size, lettering) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _needed(line: str, size: float, lettering: Lettering) -> float:
    """Room for a line, with what the wobble of the hand may add."""
    return lettering.width(line, size) * 1.03 + 2


def _print(draw: ImageDraw.ImageDraw, item: Printed, fonts: Fonts, style: str) -> None:
    lettering = Lettering(fonts, replace(PRINTS[style], weight=700 if item.bold else 400))
    width = lettering.width(item.text, item.size)
    x = item.x - {"l": 0.0, "m": width / 2, "r": width}[item.align]
    lettering.print(draw, (x, item.y), item.text, item.size)
