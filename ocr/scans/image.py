"""Decode JPEG, PNG and TIFF into one grey plane, and notice where a decoder would pad in silence."""

from __future__ import annotations

import struct
import warnings
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocr.engine import Image
from ocr.errors import ScanError
from ocr.page import Scan
from ocr.scans.limits import MIN_SIDE_PX, check_count, check_index, check_pixels, refuse

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

# TIFF's tags; EXIF's for the orientation has the same number.
_WIDTH, _HEIGHT, _ORIENTATION = 256, 257, 274
# EXIF's orientations for which width and height change places.
_SIDEWAYS = (5, 6, 7, 8)
_STRIPS = ((273, 279), (324, 325))
"""TIFF tags: where each strip (or tile) begins, and how long it is."""
_DAMAGE = (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, struct.error, zlib.error)
"""What Pillow's decoders raise on damaged data, as seen on files cut and overwritten at random places."""


def sizes(path: Path, label: str) -> list[tuple[int, int]]:
    """Upright (width, height) of every page of an image file, in pixels, from its header. Raises ScanError."""
    with _open_picture(path, label) as picture:
        pages = _count(picture)
        check_count(label, pages)
        return [_upright_size(picture, index) for index in range(pages)]


def decode(scan: Scan, label: str, media: str, least_px: int = MIN_SIDE_PX) -> tuple[Image, tuple[str, ...]]:
    """One page as (height, width) uint8, 0 black, upright, with notes on what was done. Raises ScanError."""
    with _open_picture(scan.path, label) as picture:
        check_index(label, scan.index, _count(picture))
        check_pixels(label, *_upright_size(picture, scan.index), least_px)
        _check_whole(scan.path, label, media, picture)
        turned = _orientation(picture) > 1
        picture.load()
        # Asked twice: Pillow turns a TIFF while it loads it, and a PNG may say so only behind its picture.
        turned = turned or _orientation(picture) > 1
        grey = to_grey(_transpose(picture))
    return grey, ("turned-by-exif",) if turned else ()


def to_grey(picture: Picture) -> Image:
    """Any Pillow image as one grey plane (height, width) uint8; what is transparent becomes white paper."""
    if picture.mode in ("I;16", "I;16L", "I;16B", "I;16N", "I", "F"):
        return _scale_depth(np.asarray(picture))
    if "A" in picture.getbands() or "transparency" in picture.info:
        from PIL import Image as Pillow

        coloured = picture.convert("RGBA")
        paper = Pillow.new("RGBA", coloured.size, (255, 255, 255, 255))
        return np.asarray(Pillow.alpha_composite(paper, coloured).convert("L"), np.uint8)
    if picture.mode == "LAB":
        return np.asarray(picture.getchannel(0), np.uint8)
    if picture.mode in ("CMYK", "YCbCr", "HSV", "P"):
        picture = picture.convert("RGB")
    return np.array(picture.convert("L"), np.uint8)


def _scale_depth(values: np.ndarray[tuple[int, ...], np.dtype[np.generic]]) -> Image:
    """Deep grey as 8 bits. Scanners store 10, 12 or 16 bits in 16 without saying which: the largest value tells."""
    deep = np.nan_to_num(values.astype(np.float32), posinf=0.0, neginf=0.0)
    top = float(deep.max()) if deep.size else 0.0
    full = next((f for f in (1.0, 255.0, 1023.0, 4095.0, 65535.0) if top <= f), top)
    return np.asarray(np.clip(deep * (255.0 / full), 0, 255).round(), np.uint8)


@contextmanager
def _open_picture(path: Path, label: str) -> Iterator[Picture]:
    """A file opened by Pillow; whatever its decoders raise comes out as a ScanError."""
    from PIL import Image as Pillow
    from PIL import JpegImagePlugin, PngImagePlugin, TiffImagePlugin, UnidentifiedImageError

    known = (JpegImagePlugin.JpegImageFile, PngImagePlugin.PngImageFile, TiffImagePlugin.TiffImageFile)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sizes are checked here, damage is raised; Pillow's warnings add nothing
            # A file object: from a path, Pillow 13 maps a raw TIFF with the sides of its turned size, and shears it.
            # No other decoder of Pillow is given a stranger's file.
            with path.open("rb") as file, Pillow.open(file, formats=[plugin.format for plugin in known]) as picture:
                yield picture
    except ScanError:
        raise
    except Pillow.DecompressionBombError as e:
        what = "the picture is too large when unpacked"
        raise refuse(label, what, "Scan the page again at 300 dpi.", kind="too-large") from e
    except UnidentifiedImageError as e:
        what = "the header is damaged, so no picture can be made"
        raise refuse(label, what, "Copy or scan the page again.", kind="unreadable") from e
    except _DAMAGE as e:
        if isinstance(e, OSError) and e.errno is not None:
            raise  # the disk, not the data
        raise _damage_error(label, e) from e


def _damage_error(label: str, e: Exception) -> ScanError:
    words = str(e).lower()
    is_cut = any(
        w in words for w in ("truncated", "not large enough", "not enough", "eof", "end of file", "broken png")
    )
    what = "the file ends too early" if is_cut else "the picture's data is damaged"
    kind = "truncated" if is_cut else "unreadable"
    return refuse(label, what, "Copy the file again, or scan the page again.", kind=kind)


def _count(picture: Picture) -> int:
    """Pages in the file. Phones hide a second picture (a preview, a gain map) in a JPEG: that is no page."""
    return int(getattr(picture, "n_frames", 1)) if picture.format == "TIFF" else 1


def _upright_size(picture: Picture, index: int) -> tuple[int, int]:
    picture.seek(index)
    tags = getattr(picture, "tag_v2", {})  # some versions of Pillow turn a TIFF's size already, some do not
    width, height = int(tags.get(_WIDTH, picture.width)), int(tags.get(_HEIGHT, picture.height))
    return (height, width) if _orientation(picture) in _SIDEWAYS else (width, height)


def _orientation(picture: Picture) -> int:
    """EXIF orientation 1..8, without decoding: of a PNG that holds it behind the picture it is known after loading."""
    if picture.format == "PNG" and "exif" not in picture.info:
        return 1
    value = picture.getexif().get(_ORIENTATION, 1)
    return value if isinstance(value, int) else 1


def _transpose(picture: Picture) -> Picture:
    from PIL import ImageOps

    return ImageOps.exif_transpose(picture)


def _check_whole(path: Path, label: str, media: str, picture: Picture) -> None:
    """Raise ScanError (truncated) where the file's own structure says that data is missing."""
    whole = {"jpeg": _jpeg_ends, "png": _png_ends}
    ends = whole[media](path.read_bytes()) if media in whole else _tiff_ends(path.stat().st_size, picture)
    if not ends:
        raise refuse(label, "the file ends too early", "Copy the file again, or scan the page again.", kind="truncated")


def _jpeg_ends(data: bytes) -> bool:
    """Whether an end marker follows the picture: libjpeg fills what is missing with grey and says nothing."""
    at = 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:
            at += 1
            continue
        # The picture's own data begins: an end marker before it is that of a preview in the EXIF part.
        if marker == 0xDA:
            return data.find(b"\xff\xd9", at + length) >= 0
        at += 2 + length
    return False


def _png_ends(data: bytes) -> bool:
    # Some writers put bytes behind the end.
    return b"IEND" in data[-4096:]


def _tiff_ends(size: int, picture: Picture) -> bool:
    """Whether every strip lies inside the file: a fax decoder fills a missing strip with white and says nothing."""
    tags = getattr(picture, "tag_v2", {})
    for where, length in _STRIPS:
        offsets, counts = tags.get(where, ()), tags.get(length, ())
        # Not strict: a damaged file may list more places than lengths.
        if any(int(o) + int(c) > size for o, c in zip(offsets, counts, strict=False)):
            return False
    return True
