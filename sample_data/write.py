"""Writes scans in the formats that arrive: JPEG, PNG, multi-page bitonal TIFF, PDF holding scans. No clock in any."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

_THEN = time.gmtime(0)


def write_scans(path: Path, images: Sequence[Image.Image], quality: int, dpi: int) -> None:
    """Write one file; only .tif and .pdf may hold several images. Raises ValueError for another suffix."""
    first, *more = images
    if path.suffix == ".jpg":
        first.save(path, quality=quality, dpi=(dpi, dpi))
    elif path.suffix == ".png":
        first.convert("L").quantize(24).save(path, optimize=True, dpi=(dpi, dpi))
    elif path.suffix == ".tif":
        pages = [bitonal(image) for image in images]
        pages[0].save(path, save_all=True, append_images=pages[1:], compression="group4", dpi=(dpi, dpi))
    elif path.suffix == ".pdf":
        first.save(
            path,
            save_all=True,
            append_images=more,
            resolution=dpi,
            quality=quality,
            creationDate=_THEN,
            modDate=_THEN,
            producer="sample_data/make.py",
        )
    else:
        raise ValueError(f"{path.name}: samples are .jpg, .png, .tif or .pdf")


def bitonal(image: Image.Image) -> Image.Image:
    """Black and white against the mean of the surroundings, as bitonal scanners do."""
    from PIL import ImageChops, ImageFilter

    grey = image.convert("L")
    ground = grey.filter(ImageFilter.BoxBlur(25))
    return ImageChops.subtract(ground, grey).point(lambda v: 0 if v > 26 else 255).convert("1")
