"""Sheets and pages drawn small for tests: what a scanner would deliver."""

import cv2
import numpy as np
import segno

from digitize.workspace.volumes.sheet_text import SheetText, label_mark, to_text

WIDTH, HEIGHT = 720, 1010


def code(text, side):
    """A QR code with its quiet zone as grey, so many pixels wide."""
    rows = np.array([list(r) for r in segno.make(text, error="q", micro=False).matrix], np.uint8)
    return cv2.resize(np.pad(255 * (1 - rows), 4, constant_values=255), (side, side), interpolation=cv2.INTER_NEAREST)


def text_of(site, number, label, role="C"):
    return to_text(SheetText(role, site, number, label_mark(label), "fir-book", "1987", 6))


def sheet(text):
    """A cover sheet: a large code at the upper left and the lower right."""
    page = np.full((HEIGHT, WIDTH), 250, np.uint8)
    page[30:290, 30:290] = code(text, 260)
    page[-290:-30, -290:-30] = code(text, 260)
    for y in range(420, 560, 40):
        cv2.putText(page, "FIR book, Kalpanapur", (40, y), cv2.FONT_HERSHEY_SIMPLEX, 1, 0, 2)
    return page


def page(number):
    """A written page, each another one."""
    made = np.full((HEIGHT, WIDTH), 245, np.uint8)
    rng = np.random.default_rng(number)
    for y in range(60, HEIGHT - 60, 30):
        x = 50
        while x < WIDTH - 120:
            width = int(rng.integers(10, 60))
            cv2.line(made, (x, y), (x + width, y + int(rng.integers(-8, 8))), 30, 3)
            x += width + int(rng.integers(8, 30))
    return made


def turned(grey, degrees):
    height, width = grey.shape
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 0.9)
    return cv2.warpAffine(grey, turn, (width, height), borderValue=225)


def half_tone(grey):
    """One bit a pixel, as a fax or a scanner set to black and white makes of grey."""
    from PIL import Image

    return np.array(Image.fromarray(grey).convert("1").convert("L"))


def spoiled(grey):
    """A sheet whose codes nobody can read any more, while there are still some."""
    made = grey.copy()
    for x0, y0 in ((30, 30), (WIDTH - 290, HEIGHT - 290)):
        made[y0 + 110 : y0 + 190, x0 + 90 : x0 + 240] = 255
        made[y0 + 190 : y0 + 235, x0 + 120 : x0 + 240] = 0
    return made


def write_tiff(path, pages):
    from PIL import Image

    first, *others = (Image.fromarray(p) for p in pages)
    first.save(path, save_all=True, append_images=others, compression="tiff_deflate")
