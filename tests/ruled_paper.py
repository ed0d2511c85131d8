"""Ruled pages drawn line by line, for tests of registers."""

import random

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from ocr.registers.form import RegisterColumn, RegisterForm
from ocr.registers.table import Ask

FONT = ImageFont.load_default(26)
EDGES = (80, 200, 480, 760, 1120)
FORM = RegisterForm(
    id="reg_x",
    title="X",
    row_start="sl",
    column=(
        RegisterColumn(id="sl", kind="digits"),
        RegisterColumn(id="name"),
        RegisterColumn(id="place"),
        RegisterColumn(id="note"),
    ),
)
ASK = Ask(FORM)


class Paper:
    """A page of 1,200 x 1,600 pixels drawn line by line; rules are greys, so that they can be faint."""

    def __init__(self, size=(1200, 1600)):
        self.image = Image.new("L", size, 240)
        self.draw = ImageDraw.Draw(self.image)

    def rule(self, start, end, grey=120, gaps=0.0, seed=1):
        rng = random.Random(f"{start}{seed}")
        (x0, y0), (x1, y1) = start, end
        steps = max(2, round(max(abs(x1 - x0), abs(y1 - y0)) / 20))
        for i in range(steps):
            if rng.random() >= gaps:
                a, b = i / steps, (i + 1) / steps
                part = (x0 + (x1 - x0) * a, y0 + (y1 - y0) * a, x0 + (x1 - x0) * b, y0 + (y1 - y0) * b)
                self.draw.line(part, fill=grey, width=2)

    def write(self, at, text):
        self.draw.text(at, text, font=FONT, fill=40)

    def grid(self, levels, edges=EDGES, **how):
        for y in levels:
            self.rule((edges[0], y), (edges[-1], y), **how)
        for x in edges:
            self.rule((x, levels[0]), (x, levels[-1]), **how)

    def row(self, number, top, lines=1, edges=EDGES):
        if number:
            self.write((edges[0] + 40, top), str(number))
        self.write((edges[1] + 20, top), "Specimen Kalpana")
        for i in range(lines):
            self.write((edges[2] + 20, top + 40 * i), "near the river")
        self.write((edges[3] + 20, top), "no further notes")

    @property
    def grey(self):
        return np.asarray(self.image, np.uint8).copy()


def boxed(gaps=0.0, grey=120, rows=6):
    paper = Paper()
    paper.grid([100 + 120 * i for i in range(rows + 1)], gaps=gaps, grey=grey)
    for i in range(rows):
        paper.row(i + 1, 120 + 120 * i)
    return paper
