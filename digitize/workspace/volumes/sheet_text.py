"""Content of the QR code of a cover sheet or sticker: a short text without personal data (docs/batches.md).

DIG1*C*WB-SAMPLE*12*FIR-BOOK*1987*212*3F0F*12E50F

mark and version, role, site, number of the volume, kind, years, pages counted by hand, four hex digits to verify the
volume's label, checksum. Only characters of the QR alphanumeric mode (ISO/IEC 18004, two in eleven bits), so that the
modules are large: capitals stand for small letters, a full stop for "_".
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

COVER, END, STICKER = "C", "E", "S"
_MARK, _VERSION = "DIG", "1"
_BETWEEN = "*"
_FIELDS = 9
_PLAIN = re.compile(r"[A-Z0-9.\-]*")
_OURS = re.compile(rf"{_MARK}(\d+)\{_BETWEEN}")


class SheetDamaged(Exception):
    """One of our codes that is incomplete, or from a later version; the message says which."""


@dataclass(frozen=True, slots=True)
class SheetText:
    """Content of one sheet or sticker. role: COVER, END or STICKER. volume: its number at that site.

    kind, years: from receipt, "" if unknown or not encodable. pages: counted by hand, None if not yet. label_mark: of
    the volume's label, see `label_mark`.
    """

    role: str
    site: str
    volume: int
    label_mark: str
    kind: str = ""
    years: str = ""
    pages: int | None = None


def label_mark(label: str) -> str:
    """Four digits to verify a label: detects a number reassigned after a ledger was lost."""
    return _digest(label)[:4]


def to_text(sheet: SheetText) -> str:
    """The text of the code. Raises ValueError for a site that the code cannot hold."""
    site = sheet.site.upper()
    if not site or not _PLAIN.fullmatch(site):
        raise ValueError(f"{sheet.site}: the site in a code can have letters from a to z, digits and -")
    pages = "" if sheet.pages is None else str(sheet.pages)
    parts = (
        f"{_MARK}{_VERSION}",
        sheet.role,
        site,
        str(sheet.volume),
        _encode(sheet.kind),
        _encode(sheet.years),
        pages,
    )
    text = _BETWEEN.join((*parts, sheet.label_mark))
    return f"{text}{_BETWEEN}{_digest(text)[:6]}"


def from_text(text: str) -> SheetText | None:
    """Parse a code; None for a foreign one. Raises SheetDamaged."""
    found = _OURS.match(text)
    if found is None:
        return None
    if found[1] != _VERSION:
        raise SheetDamaged(f"its code has version {found[1]}, which this program does not know")
    body, _, sum_ = text.rpartition(_BETWEEN)
    parts = body.split(_BETWEEN)
    if len(parts) != _FIELDS - 1 or _digest(body)[:6] != sum_:
        raise SheetDamaged("its code is damaged: the checksum is wrong")
    _, role, site, volume, kind, years, pages, mark = parts
    counted = int(pages) if pages else None
    return SheetText(role, site.lower(), int(volume), mark, _decode(kind), _decode(years), counted)


def _encode(text: str) -> str:
    """A value in the code's alphabet; "" if it has other characters, since the ledger has it anyway."""
    plain = text.upper().replace("_", ".")
    return plain if _PLAIN.fullmatch(plain) and _decode(plain) == text else ""


def _decode(text: str) -> str:
    return text.lower().replace(".", "_")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest().upper()
