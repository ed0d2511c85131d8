"""Cover sheets, end sheets and stickers for volumes, as a PDF to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import InputError
from digitize.machine.whole_file import WholeFile
from digitize.volumes.paper import PaperPdf
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place
from digitize.workspace.volumes.book import LABELS, ReceivedVolume, Volumes
from digitize.workspace.volumes.sheet_text import COVER, END, STICKER, SheetText, label_mark, to_text

KINDS = {"cover": COVER, "end": END, "sticker": STICKER}
_HEADS = {COVER: "COVER SHEET", END: "END SHEET"}
_DO = {
    COVER: "Lay this sheet before the first page of the volume and scan it with them.",
    END: "Lay this sheet behind the last page of the volume and scan it with them.",
}
_NO_DATA = "Keep the squares clean: do not write, stamp or staple there."
_LARGE, _SMALL = 74.0, 46.0
"""Sides of the codes on a sheet, in mm: two large and two small, so that a torn sheet still names its volume."""
_WIDTH, _HEIGHT, _EDGE = 210.0, 297.0, 14.0
_STICKERS = (2, 7)
_STICKER = (99.1, 38.1)
_STICKER_EDGE = (4.65, 15.15)
_GAP = 2.5
"""A page of 14 stickers of 99.1 by 38.1 mm, as office shops sell them."""


@dataclass(frozen=True, slots=True)
class LabelsPdf:
    """What was printed. no_font: scripts without a font, whose letters are shown as question marks."""

    path: Path
    volumes: int
    sheets: int
    stickers: int
    no_font: tuple[str, ...] = ()


def print_labels(
    place: Place, pdf: Path, names: Sequence[str] = (), what: Sequence[str] = ("cover", "sticker"), copies: int = 1
) -> LabelsPdf:
    """Write sheets and stickers of volumes (all received ones by default) and record it in the ledger.

    what: any of KINDS. copies: stickers per volume. Raises InputError if no volume was received, NotFound.
    """
    if unknown := [w for w in what if w not in KINDS]:
        raise InputError(f"--what {unknown[0]}: known are {', '.join(KINDS)}")
    with Ledger(place.ledger) as ledger:
        volumes = Volumes(ledger)
        wanted = [volumes.find(name) for name in names] or list(volumes.all().values())
        if not wanted:
            raise InputError("No volume is registered yet: digitize batch receive DIR --volume ... --by NAME")
        site = place.options.workspace.site_id
        made = PaperPdf(text for v in wanted for text in (*_list_facts(v), v.facts.label))
        sheets = [role for kind, role in KINDS.items() if kind in what and role != STICKER]
        for volume in wanted:
            for role in sheets:
                _draw_sheet(made, site, volume, role)
        stickers = [v for v in wanted for _ in range(copies)] if "sticker" in what else []
        _draw_stickers(made, site, stickers)
        out = WholeFile(pdf)
        out.write(made.to_bytes())
        out.close()
        with ledger.writing():
            for volume in wanted:
                detail = {"what": sorted(what), "pages": volume.facts.pages, "code": _make_code(site, volume, COVER)}
                volumes.note(volume.number, LABELS, detail)
    return LabelsPdf(pdf, len(wanted), len(wanted) * len(sheets), len(stickers), made.missing)


def _make_code(site: str, volume: ReceivedVolume, role: str) -> str:
    facts = volume.facts
    return to_text(SheetText(role, site, volume.number, label_mark(facts.label), facts.kind, facts.years, facts.pages))


def _list_facts(volume: ReceivedVolume) -> tuple[str, ...]:
    facts = volume.facts
    pages = "" if facts.pages is None else str(facts.pages)
    return facts.station, facts.district, facts.kind, facts.years, pages


_NAMES = ("Police station", "District", "Kind of register", "Years", "Pages counted")


def _draw_sheet(pdf: PaperPdf, site: str, volume: ReceivedVolume, role: str) -> None:
    """One sheet: a large code at the upper left and lower right, a small one in the two other corners."""
    pdf.add_page()
    text = _make_code(site, volume, role)
    right, low = _WIDTH - _EDGE, _HEIGHT - _EDGE
    pdf.draw_code((_EDGE, _EDGE), _LARGE, text)
    pdf.draw_code((right - _SMALL, _EDGE), _SMALL, text)
    pdf.draw_code((_EDGE, low - _SMALL), _SMALL, text)
    pdf.draw_code((right - _LARGE, low - _LARGE), _LARGE, text)
    width = _WIDTH - 2 * _EDGE
    y = _EDGE + _LARGE + 4
    y += pdf.write_text((_EDGE, y), f"{_HEADS[role]}   {site}   {volume.number:04d}", 20, width)
    pdf.draw_line((_EDGE, y + 1), (right, y + 1))
    y += 3 + pdf.write_fitting((_EDGE, y + 3), volume.facts.label, (26, 22, 18, 14), width)
    for name, fact in zip(_NAMES, _list_facts(volume), strict=True):
        pdf.write_text((_EDGE, y + 1), name, 12, 45)
        y += max(8.5, pdf.write_fitting((_EDGE + 46, y), fact or "-", (15, 12, 10), width - 46) + 0.5)
    pdf.draw_line((_EDGE, y + 2), (right, y + 2))
    y += 4 + pdf.write_text((_EDGE, y + 4), _DO[role], 12, width)
    y += pdf.write_text((_EDGE, y), _NO_DATA, 10, width)
    pdf.write_text((_EDGE, low - _SMALL - 9), text, 7, width - _LARGE)


def _draw_stickers(pdf: PaperPdf, site: str, volumes: Sequence[ReceivedVolume]) -> None:
    columns, rows = _STICKERS
    for i, volume in enumerate(volumes):
        at = i % (columns * rows)
        if at == 0:
            pdf.add_page()
        x = _STICKER_EDGE[0] + (at % columns) * (_STICKER[0] + _GAP)
        y = _STICKER_EDGE[1] + (at // columns) * _STICKER[1]
        pdf.draw_frame((x, y), _STICKER)
        pdf.draw_code((x + 1, y + 1), _STICKER[1] - 2, _make_code(site, volume, STICKER))
        _write_sticker(pdf, site, volume, (x + _STICKER[1] + 1, y + 3), _STICKER[0] - _STICKER[1] - 3)


def _write_sticker(pdf: PaperPdf, site: str, volume: ReceivedVolume, place: tuple[float, float], width: float) -> None:
    x, y = place
    facts = volume.facts
    y += pdf.write_fitting((x, y), f"{site}  {volume.number:04d}", (12, 10, 8), width)
    lines = (facts.label, facts.station, facts.district, " ".join(filter(None, (facts.kind, facts.years))))
    for line in filter(None, lines):
        y += pdf.write_fitting((x, y), line, (10, 8, 7), width)
    if facts.pages is not None:
        pdf.write_text((x, y), f"{facts.pages} pages", 8, width)
