"""Pictures inside a PDF without loss: a JPEG as it is, black and white as fax, all else deflated."""

from __future__ import annotations

import io
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pikepdf
from pikepdf import Array, Dictionary, Name

from ocr.page import Scan
from ocr.scans.image import _open_picture as opened
from ocr.scans.image import to_grey

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

_DPI_RANGE = (50, 2400)
# TIFF's tags StripOffsets, RowsPerStrip, StripByteCounts and PhotometricInterpretation.
_STRIP, _ROWS, _LENGTH, _PHOTOMETRIC = 273, 278, 279, 262
_COLOURS = {"L": Name.DeviceGray, "RGB": Name.DeviceRGB, "CMYK": Name.DeviceCMYK}
_UPRIGHT = {
    1: (1, 0, 0, 1, 0, 0), 2: (-1, 0, 0, 1, 1, 0), 3: (-1, 0, 0, -1, 1, 1), 4: (1, 0, 0, -1, 0, 1),
    5: (0, -1, -1, 0, 1, 1), 6: (0, -1, 1, 0, 0, 1), 7: (0, 1, 1, 0, 0, 0), 8: (0, 1, -1, 0, 1, 0),
}  # fmt: skip
"""EXIF orientation -> the matrix that stands a unit square upright."""


@dataclass(frozen=True, slots=True)
class PlacedPicture:
    """A picture for a page: its object, size in pixels when upright, dots an inch, and how to stand it upright."""

    image: pikepdf.Object
    width: int
    height: int
    dpi: tuple[float, float]
    upright: tuple[int, ...]


def embed_picture(pdf: pikepdf.Pdf, scan: Scan, label: str, dpi: int) -> PlacedPicture:
    """A scan's picture as an object of a PDF. dpi: taken where the picture names none. Raises ScanError."""
    from PIL import ImageOps

    with opened(scan.path, label) as picture:
        picture.seek(scan.index)
        across, down = _dpi(picture, dpi)
        if picture.format == "JPEG" and picture.mode in _COLOURS:
            orientation, size = _orientation(picture), picture.size
            image = _as_it_is(pdf, scan, picture)
            # EXIF's 5 to 8 lie on their side.
            is_sideways = orientation > 4
            width, height = size[::-1] if is_sideways else size
        else:
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            orientation, (width, height) = 1, upright.size
            is_sideways = (width, height) != picture.size
            image = _without_loss(pdf, upright)
    given = (down, across) if is_sideways else (across, down)
    return PlacedPicture(pdf.make_indirect(image), width, height, given, _UPRIGHT[orientation])


def _dpi(picture: Picture, default: int) -> tuple[float, float]:
    """Dots an inch across and down; a value no scanner has is none."""
    found: Any = picture.info.get("dpi")
    try:
        across, down = (float(x) for x in found)
    # Missing, no pair of numbers, or TIFF's fraction over 0.
    except (TypeError, ValueError, ZeroDivisionError):
        return float(default), float(default)
    low, high = _DPI_RANGE
    sane = low <= across <= high and low <= down <= high
    return (across, down) if sane else (float(default), float(default))


def _orientation(picture: Picture) -> int:
    # EXIF's tag of the orientation.
    value = picture.getexif().get(274, 1)
    return value if value in _UPRIGHT else 1


def _as_it_is(pdf: pikepdf.Pdf, scan: Scan, picture: Picture) -> pikepdf.Stream:
    image = _image(pdf, scan.path.read_bytes(), picture.size, 8, _COLOURS[picture.mode])
    image.Filter = Name.DCTDecode
    if picture.mode == "CMYK" and "adobe" in picture.info:  # Adobe's are stored inverted
        image.Decode = Array([1, 0] * 4)
    return image


def _without_loss(pdf: pikepdf.Pdf, picture: Picture) -> pikepdf.Stream:
    if picture.mode == "1":
        return _fax(pdf, picture)
    shown = _flatten_picture(picture)
    data = zlib.compress(shown.tobytes(), 6)
    image = _image(pdf, data, shown.size, 8, _COLOURS[shown.mode])
    image.Filter = Name.FlateDecode
    return image


def _flatten_picture(picture: Picture) -> Picture:
    """A picture as 8 bits grey, RGB or CMYK; on white paper where it is transparent."""
    from PIL import Image as Pillow

    if "A" in picture.getbands() or "transparency" in picture.info:
        coloured = picture.convert("RGBA")
        return Pillow.alpha_composite(Pillow.new("RGBA", coloured.size, (255, 255, 255, 255)), coloured).convert("RGB")
    if picture.mode in _COLOURS:
        return picture
    if picture.mode in ("P", "YCbCr", "HSV", "LAB"):
        return picture.convert("RGB")
    return Pillow.fromarray(to_grey(picture))


def _fax(pdf: pikepdf.Pdf, picture: Picture) -> pikepdf.Stream:
    """A picture of black and white as CCITT group 4, in one strip."""
    from PIL import Image as Pillow

    tiff = io.BytesIO()
    picture.save(tiff, "TIFF", compression="group4", tiffinfo={_ROWS: picture.height})
    with Pillow.open(tiff) as saved:
        tags: Any = saved.tag_v2  # type: ignore[attr-defined]
        at, length, is_black_nought = tags[_STRIP][0], tags[_LENGTH][0], tags[_PHOTOMETRIC] == 1
    data = tiff.getvalue()[at : at + length]
    image = _image(pdf, data, picture.size, 1, Name.DeviceGray)
    image.Filter = Name.CCITTFaxDecode
    image.DecodeParms = Dictionary(K=-1, Columns=picture.width, Rows=picture.height, BlackIs1=bool(is_black_nought))
    return image


def _image(pdf: pikepdf.Pdf, data: bytes, size: tuple[int, int], bits: int, colours: Name) -> pikepdf.Stream:
    image = pikepdf.Stream(pdf, data)
    image.Type, image.Subtype = Name.XObject, Name.Image
    image.Width, image.Height = size
    image.BitsPerComponent, image.ColorSpace = bits, colours
    return image
