"""Writes small broken files of every kind that a batch of real scans holds. Needs no font."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path

from PIL import Image, ImageDraw

_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def write_garbage(folder: Path) -> int:
    """Write the files anew, byte for byte the same; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        "zero_bytes.jpg": b"",
        "one_pixel.png": _png(1, 1),
        "truncated.jpg": _encoded("JPEG")[:1500],
        "truncated.png": _encoded("PNG")[:700],
        "truncated.tif": _encoded("TIFF")[:900],
        "zip_called.jpg": _zip(),
        "text_called.tif": b"This is a text and no scan.\n",
        "encrypted.pdf": _encrypted_pdf(),
        "no_pages.pdf": _pdf([b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [] /Count 0 >>"]),
        "truncated.pdf": _pdf([b"<< /Type /Catalog /Pages 2 0 R >>"])[:40],
        "sixty_thousand_pixels.png": _png(60_000, 6_000),
    }
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return len(files)


def _encoded(kind: str) -> bytes:
    """A grey picture with some lines on it."""
    image = Image.new("L", (320, 240), 230)
    draw = ImageDraw.Draw(image)
    for i in range(0, 240, 12):
        draw.line((10, i, 310, 239 - i), fill=i, width=3)
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def _png(width: int, height: int) -> bytes:
    """A white black-and-white PNG, whole and valid, however many pixels it claims."""
    row = b"\0" + b"\xff" * ((width + 7) // 8)
    packer = zlib.compressobj(9)
    data = b"".join(packer.compress(row) for _ in range(height)) + packer.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr(zipfile.ZipInfo("letter.txt", _LONG_AGO), "not a scan")
    return out.getvalue()


def _pdf(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects; the first is the catalogue."""
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    table += b"".join(b"%010d 00000 n \n" % place for place in places)
    end = b"trailer\n<< /Size %d /Root 1 0 R %s>>\n" % (len(objects) + 1, trailer)
    return out + table + end + b"startxref\n%d\n%%%%EOF\n" % len(out)


def _encrypted_pdf() -> bytes:
    """A one-page PDF under a password nobody has: the check value of the password is made of noughts."""
    lock = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -44 >>" % (b"5a" * 32, b"00" * 32)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
        lock,
    ]
    return _pdf(objects, b"/Encrypt 4 0 R /ID [<%s> <%s>] " % (b"01" * 16, b"01" * 16))
