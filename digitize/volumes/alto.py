"""ALTO of pages that were read as forms or registers: each zone that holds something is a line, where it stands."""

from __future__ import annotations

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.readings import newest_reading, newest_recognition
from ocr.outputs import OutputPage, write
from ocr.page import Decided, Line, PageText


def make_alto(ledger: Ledger, page: str, file: str, languages: tuple[str, ...]) -> bytes:
    """A page's ALTO document, as it was read by the machine; b"" for a page of which nothing was read. file: its name.

    What people corrected stands in the records and not here: ALTO tells what stands on the picture, as it was read.
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
