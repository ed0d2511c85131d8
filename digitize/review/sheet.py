"""The review spreadsheet: one row an item, with the zone's picture and an empty column for the right value."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.errors import InputError
from digitize.files.workbook import allow_words, save_book, write_cells
from digitize.review.questions import WORDS
from digitize.review.verdicts import OK, SURE
from digitize.workspace.decisions.apply import VERDICTS
from digitize.workspace.decisions.items import Item
from validators.messages.teller import Teller
from validators.messages.telling import tell_finding
from validators.messages.texts import ENGLISH

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# What the eye and the hand need stands first: what is asked, its picture, what the machine read, where to type.
_COLUMNS = {
    "field": 20, "picture": 60, "reading": 28, "value": 24, "right value": 34, "verdict": 11, "candidates": 28,
    "known of the book": 24, "why": 20, "rules say": 44, "sure": 7, "operator": 16, "place": 32, "record": 26,
    "item": 14,
}  # fmt: skip
HEAD = tuple(_COLUMNS)
_TO_FILL = ("right value", "verdict", "operator")
_PICTURE_WIDTH = 410
_MOST_POINTS = 200.0
_MOST_FIELDS = 3
_GUIDE = (
    "Type what stands on the paper into 'right value'.",
    "If nothing stands there, or nobody can read it, leave it empty and choose blank or illegible as verdict.",
    "To say that the machine's reading is right, choose ok as verdict.",
    "Of a whole row that makes no record: choose record as verdict if it is an entry after all, else what it is.",
    "Of numbers left out between two pages: choose missing if the book has no such pages, no gap if none is missing.",
    "Of a name that you typed and no list has: choose add to put it into the list, leave out if it is none.",
    "If a name or act stands so on the paper and was refused since no list has it, type it and choose sure as verdict.",
    "If a record's row is no entry, choose struck, heading, total or day as verdict in any of its lines.",
    "Where why says measured, reading and value are left out on purpose: type what you see, and leave none out.",
    "Rows left empty are asked again. Do not change the grey columns.",
    "Then: digitize review import DIR FILE --operator NAME",
)


@dataclass(frozen=True, slots=True)
class Filled:
    """One row a person filled in; line: its number in the sheet."""

    line: int
    item: str
    value: str
    verdict: str
    operator: str


def write_sheet(path: Path, rows: Iterable[tuple[Item, bytes | None]], language: str = ENGLISH) -> int:
    """Write the items with their pictures (PNG bytes, or None). Returns how many.

    language: in which findings are told. Raises OSError, and RuleError for a language without texts.
    """
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill

    book = Workbook()
    sheet = book.active
    sheet.title = "review"
    sheet.append(HEAD)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
        cell.alignment = Alignment(wrap_text=True)
    grey = PatternFill("solid", fgColor="EEEEEE")
    teller = Teller(language)
    count = 0
    for item, picture in rows:
        count += 1
        _write_row(sheet, count + 1, item, picture, _said(item, teller))
        for name, cell in zip(HEAD, sheet[count + 1], strict=True):
            if name not in _TO_FILL:
                cell.fill = grey
    _finish(sheet, count)
    save_book(book, path, _GUIDE)
    return count


def _said(item: Item, teller: Teller) -> str:
    """All that is told of its findings; a question that no rule asks has words of its own."""
    told = [tell_finding(teller, item.form, finding) for finding in item.findings]
    return "\n".join(dict.fromkeys(told or item.said))


def _write_row(sheet: Worksheet, line: int, item: Item, picture: bytes | None, said: str) -> None:
    # "right value", "verdict" and "operator" are left to the person, and so is "picture" to _put_picture.
    values: dict[str, object] = {
        "field": _names(item.fields),
        "reading": item.reading if item.is_legible else "",
        "value": item.value,
        "candidates": "\n".join(item.candidates),
        "known of the book": item.told,
        "why": ", ".join(item.why),
        "rules say": said,
        "sure": None if item.is_blind else round(item.confidence, 2),
        "place": item.cell.partition(":")[2],
        "record": item.record,
        "item": item.id,
    }
    write_cells(sheet, line, {name: values.get(name) for name in HEAD}, _TO_FILL)
    sheet.row_dimensions[line].height = _text_height(values)
    if picture:
        _put_picture(sheet, line, picture)


def _names(fields: tuple[str, ...]) -> str:
    """The fields of an item; a table's rows are named together where there are many."""
    names = [f.partition("[")[0] for f in fields] if len(fields) > _MOST_FIELDS else fields
    return ", ".join(dict.fromkeys(names))


def _text_height(values: dict[str, object]) -> float:
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
    # Pictures are measured in pixels, rows in points: 96 and 72 of them an inch.
    row.height = max(row.height, image.height * 0.75 + 6)
    sheet.add_image(image, f"{_letter('picture')}{line}")


def _letter(name: str) -> str:
    from openpyxl.utils import get_column_letter

    return str(get_column_letter(HEAD.index(name) + 1))


def _finish(sheet: Worksheet, count: int) -> None:
    for name, width in _COLUMNS.items():
        sheet.column_dimensions[_letter(name)].width = width
    sheet.freeze_panes = "B2"
    # Without "value": whoever types one has nothing to choose.
    allow_words(sheet, _letter("verdict"), count + 1, dict.fromkeys((OK, *VERDICTS[1:], SURE, *WORDS)))
    sheet.page_setup.orientation = "landscape"
    # 0: as many pages long as it takes; the width alone is fitted.
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def read_sheet(path: Path) -> Iterator[Filled]:
    """The rows that a person filled in. Raises InputError when the file is no review sheet, naming what it lacks."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        # data_only: what a formula came to, not the formula.
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as e:
        raise InputError(f"{path} cannot be read as a spreadsheet (.xlsx). Save it as .xlsx and try again.") from e
    # The sheet may have been renamed; ours stands first, the guide behind it.
    sheet = book["review"] if "review" in book.sheetnames else book.worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    head = [str(c or "").strip() for c in next(rows, ())]
    lacking = [n for n in ("item", "right value", "verdict") if n not in head]
    if lacking:
        raise InputError(f"{path} is not a review sheet: the column {lacking[0]!r} is missing in line 1.")
    for line, row in enumerate(rows, start=2):
        cells = {n: _text(row[i]) for i, n in enumerate(head) if i < len(row)}
        # A line with an operator alone answers nothing.
        if cells["item"] and (cells["right value"] or cells["verdict"]):
            yield Filled(line, cells["item"], cells["right value"], cells["verdict"].lower(), cells.get("operator", ""))


def _text(value: Any) -> str:
    """A cell as typed: a number that a spreadsheet made of "0078" or "2009" comes back without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strftime("%d-%m-%Y") if hasattr(value, "strftime") else str(value).strip()
