"""The review spreadsheet: one row per item, with the zone's image and an empty column for the right value.

Candidates are offered in the cell for the value, and whole pages are on a separate sheet.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from digitize.files.workbook import (
    SheetLayout,
    offer_choices,
    offer_words,
    protect_sheet,
    read_filled,
    save_book,
    start_sheet,
    write_cells,
)
from digitize.machine.word_tables import ENGLISH
from digitize.masking.masks import MASK
from digitize.review.labels import MOST_FIELDS, format_item_label, format_paper_words
from digitize.review.questions import WORDS
from digitize.review.sheet_words import get_sheet_words, list_headings
from digitize.review.verdicts import OK, SURE
from digitize.workspace.decisions.apply import VERDICTS
from digitize.workspace.decisions.items import Item
from mappers.record import NO_VALUE
from validators.messages.teller import Teller
from validators.messages.telling import tell_finding

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# What the eye and the hand need stands first: what is asked, its picture, what the machine read, where to type.
_COLUMNS = {
    "field": 20, "picture": 60, "reading": 28, "value": 24, "right value": 34, "verdict": 11, "candidates": 28,
    "known of the book": 24, "why": 20, "rules say": 44, "sure": 7, "operator": 16, "place": 32, "path": 26,
    "record": 26, "item": 14,
}  # fmt: skip
HEAD = tuple(_COLUMNS)
_PICTURE_WIDTH = 410
_MOST_POINTS = 200.0
# Pictures are measured in pixels, rows in points: 96 and 72 of them an inch. No row may be higher than 409 points.
_POINTS = 0.75
_MOST_ROW = 409.0
PAGES, CHOICES = "pages", "choices"
_LAYOUT = SheetLayout(
    "review",
    "review sheet",
    _COLUMNS,
    keys=("item",),
    to_fill=("right value", "verdict", "operator"),
    answers=("right value", "verdict"),
    still="B2",
)
_PAGE_WIDTH = 900
_MOST_CHOICES = 5


@dataclass(frozen=True, slots=True)
class SheetLook:
    """Options of a sheet. language: of guide, headings and findings; operator: who fills it in, "" if each writes a
    name; page: a page's image as PNG bytes, None for a sheet without pages.
    """

    language: str = ENGLISH
    operator: str = ""
    page: Callable[[str], bytes | None] | None = None


@dataclass(frozen=True, slots=True)
class FilledRow:
    """One filled row; line: its number in the sheet. record: as in the sheet, "" if not named.

    shown: what the sheet shows as read and as value, "" where it shows neither. fault: why it cannot be accepted.
    """

    line: int
    item: str
    value: str
    verdict: str
    operator: str
    record: str = ""
    shown: str = ""
    fault: str = ""


def write_sheet(path: Path, rows: Iterable[tuple[Item, bytes | None]], look: SheetLook | None = None) -> int:
    """Write the items with their images (PNG bytes, or None). Returns their number.

    Raises OSError, and RuleError for a language without texts.
    """
    from openpyxl.styles import PatternFill

    look = look or SheetLook()
    words = get_sheet_words(look.language)
    book, sheet = start_sheet(_LAYOUT, words.columns)
    choices = book.create_sheet(CHOICES)
    choices.sheet_state = "hidden"
    grey, teller = PatternFill("solid", fgColor="EEEEEE"), Teller(look.language)
    pages: dict[str, int] = {}
    count = 0
    for item, picture in rows:
        count += 1
        _write_row(sheet, count + 1, item, picture, _explain_findings(item, teller), look)
        write_cells(choices, count + 1, {str(n): text for n, text in enumerate(_list_choices(item))}, ())
        for name, cell in zip(HEAD, sheet[count + 1], strict=True):
            if name not in _LAYOUT.to_fill:
                cell.fill = grey
        if look.page and item.page:
            _link_page(sheet, count + 1, pages.setdefault(item.page, len(pages)))
    _format_sheet(sheet, count)
    if look.page:
        _put_pages(book.create_sheet(PAGES), list(pages), look.page)
    save_book(book, path, words.how_to)
    return count


def read_sheet(path: Path) -> Iterator[FilledRow]:
    """Filled rows. Raises InputError if the file is no review sheet, naming what is missing."""
    for filled in read_filled(path, _LAYOUT, list_headings()):
        said = filled.cells
        if said["item"]:
            value, verdict, operator = said["right value"], said["verdict"].lower(), said["operator"]
            verdict = NO_VALUE if verdict == NO_VALUE.replace("-", " ") else verdict
            shown = said["reading"] or said["value"]
            yield FilledRow(filled.line, said["item"], value, verdict, operator, said["record"], shown, filled.fault)


def _list_choices(item: Item) -> list[str]:
    """Choices for a cell; none for blind questions and for words that are verdicts."""
    if item.is_blind or not item.fields or set(item.candidates) & {*WORDS}:
        return []
    shown = (item.machine if item.is_legible else "", *item.candidates)
    return list(dict.fromkeys(text for text in shown if text and text != MASK))[:_MOST_CHOICES]


def _explain_findings(item: Item, teller: Teller) -> str:
    """Text of its findings; questions without a rule have their own text."""
    told = [tell_finding(teller, item.form, finding) for finding in item.findings]
    return "\n".join(dict.fromkeys(told or item.said))


def _write_row(sheet: Worksheet, line: int, item: Item, picture: bytes | None, said: str, look: SheetLook) -> None:
    # "right value" and "verdict" are left to the person, and so is "picture" to _put_picture.
    values: dict[str, object] = {
        "field": _name_field(item, look.language),
        "reading": item.reading if item.is_legible else "",
        "value": item.value,
        "candidates": "\n".join(item.candidates),
        "known of the book": item.told,
        "why": ", ".join(item.why),
        "rules say": said,
        "sure": None if item.is_blind else round(item.confidence, 2),
        "operator": look.operator or None,
        "path": _format_paths(item.fields),
        "place": item.cell.partition(":")[2],
        "record": item.record,
        "item": item.id,
    }
    write_cells(sheet, line, {name: values.get(name) for name in HEAD}, _LAYOUT.to_fill)
    sheet.row_dimensions[line].height = _measure_height(values)
    if picture:
        _put_picture(sheet, line, picture)


def _name_field(item: Item, language: str) -> str:
    """Label of a question, and below it the paper's words where they are of another language."""
    return "\n".join(filter(None, (format_item_label(item, language), format_paper_words(item, language))))


def _format_paths(fields: tuple[str, ...]) -> str:
    """Field names of an item, for programs that fill a sheet."""
    names = [f.partition("[")[0] for f in fields] if len(fields) > MOST_FIELDS else fields
    return ", ".join(dict.fromkeys(names))


def _measure_height(values: dict[str, object]) -> float:
    """Height in points for the longest wrapped text; programs that work it out themselves let pictures drift."""
    lines = 1
    for name, value in values.items():
        if isinstance(value, str):
            lines = max(lines, sum(1 + len(part) // _COLUMNS[name] for part in value.split("\n")))
    return min(_MOST_POINTS, 15.0 * lines + 3)


def _put_picture(sheet: Worksheet, line: int, picture: bytes) -> None:
    from openpyxl.drawing.image import Image

    image = Image(io.BytesIO(picture))
    scale = min(1.0, _PICTURE_WIDTH / image.width, 200 / image.height)
    image.width, image.height = image.width * scale, image.height * scale
    row = sheet.row_dimensions[line]
    row.height = max(row.height, image.height * _POINTS + 6)
    sheet.add_image(image, f"{_LAYOUT.find_letter('picture')}{line}")


def _link_page(sheet: Worksheet, line: int, number: int) -> None:
    from openpyxl.worksheet.hyperlink import Hyperlink

    at = f"{_LAYOUT.find_letter('place')}{line}"
    sheet[at].hyperlink = Hyperlink(ref=at, location=f"'{PAGES}'!A{_find_page_line(number)}")
    sheet[at].style = "Hyperlink"


def _find_page_line(number: int) -> int:
    # A line with the page's name, and one with its picture below.
    return 2 * number + 1


def _put_pages(sheet: Worksheet, pages: Sequence[str], picture_of: Callable[[str], bytes | None]) -> None:
    """Whole pages below each other; only the name if a page cannot be opened or shown."""
    from openpyxl.drawing.image import Image

    sheet.column_dimensions["A"].width = 130
    for number, page in enumerate(pages):
        line = _find_page_line(number)
        write_cells(sheet, line, {"page": page}, ())
        picture = picture_of(page)
        if picture:
            image = Image(io.BytesIO(picture))
            scale = min(1.0, _PAGE_WIDTH / image.width, _MOST_ROW / _POINTS / image.height)
            image.width, image.height = image.width * scale, image.height * scale
            sheet.row_dimensions[line + 1].height = image.height * _POINTS
            sheet.add_image(image, f"A{line + 1}")


def _format_sheet(sheet: Worksheet, count: int) -> None:
    sheet.auto_filter.ref = f"A1:{_LAYOUT.find_letter(HEAD[-1])}{count + 1}"
    # Without "value": whoever types one has nothing to choose.
    offer_words(sheet, _LAYOUT.find_letter("verdict"), count + 1, dict.fromkeys((OK, *VERDICTS[1:], SURE, *WORDS)))
    offer_choices(sheet, _LAYOUT.find_letter("right value"), count + 1, f"{CHOICES}!$A2:$E2")
    protect_sheet(sheet)
    sheet.page_setup.orientation = "landscape"
    # 0: as many pages long as it takes; the width alone is fitted.
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
