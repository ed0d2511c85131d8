"""ALTO of form and register pages: each non-empty zone is a line at its position."""

from __future__ import annotations

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.readings import newest_reading, newest_recognition
from ocr.outputs import OutputPage, write
from ocr.page import Decided, Line, PageText


def make_alto(ledger: Ledger, page: str, file: str, languages: tuple[str, ...]) -> bytes:
    """ALTO document of a page as the machine read it; b"" if nothing was read. file: its name.

    Corrections are in the records, not here: ALTO describes the image as read.
    """
    reading, recognition = newest_reading(ledger, page), newest_recognition(ledger, page)
    if reading is None or recognition is None:
        return b""
    zones = sorted(
        (d for d in reading.zones.values() if not d.blank and _format_text(d)), key=lambda d: (d.box.y0, d.box.x0)
    )
    lines = tuple(
        Line(_format_text(d), d.confidence, d.box, block=i, languages=languages, by="cctns-digitize")
        for i, d in enumerate(zones)
    )
    mean = sum(line.confidence for line in lines) / len(lines) if lines else 0.0
    text = PageText(recognition.width, recognition.height, lines, mean)
    return write("alto", [OutputPage(file, 1, text, languages=languages)])


def _format_text(decided: Decided) -> str:
    return (decided.raw or decided.value).strip()
