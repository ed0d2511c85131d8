"""The review spreadsheet: one row an item, with the zone's picture and an empty column for the right value."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.errors import InputError
from digitize.review.apply import VERDICTS
from digitize.review.items import Item

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

HEAD = (
    "item", "record", "place", "field", "picture", "reading", "value", "candidates", "confidence", "why", "rules say",
    "right value", "verdict", "operator",
)  # fmt: skip
_WIDTHS = (14, 26, 30, 24, 60, 30, 30, 30, 11, 24, 50, 36, 12, 16)
_PICTURE_WIDTH = 410
_GUIDE = (
    "Type what stands on the paper into 'right value'.",
    "If nothing stands there, or nobody can read it, leave it empty and choose blank or illegible as verdict.",
    "To say that the machine's reading is right, choose ok as verdict.",
    "Rows left empty are asked again. Do not change the grey columns.",
    "Then: digitize review import DIR FILE --operator NAME",
)
OK = "ok"


@dataclass(frozen=True, slots=True)
class Filled:
    """One row a person filled in; line: its number in the sheet."""

    line: int
    item: str
    value: str
    verdict: str
    operator: str


def write_sheet(path: Path, rows: Iterable[tuple[Item, bytes | None]]) -> int:
    """Write the items with their pictures (PNG bytes, or None). Returns how many. Raises OSError."""
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
    count = 0
    for item, picture in rows:
        count += 1
        _write_row(sheet, count + 1, item, picture)
        for cell in sheet[count + 1][:11]:
            cell.fill = grey
    _finish(sheet, count)
    guide = book.create_sheet("how to")
    for line in _GUIDE:
        guide.append((line,))
    guide.column_dimensions["A"].width = 110
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".tmp")
    book.save(part)
    part.replace(path)
    return count


def _write_row(sheet: Worksheet, line: int, item: Item, picture: bytes | None) -> None:
    from openpyxl.styles import Alignment

    place = item.cell.partition(":")[2]
    values = (
        item.id, item.record, place, ", ".join(item.fields), "", item.reading, item.value, "\n".join(item.candidates),
        round(item.confidence, 2), ", ".join(item.why), "\n".join(item.said),
    )  # fmt: skip
    for column, value in enumerate(values, start=1):
        cell = sheet.cell(line, column, _plain(value))
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        if isinstance(value, str):
            cell.data_type = "s"
    for column in (12, 13, 14):
        sheet.cell(line, column).number_format = "@"
        sheet.cell(line, column).alignment = Alignment(wrap_text=True, vertical="top")
    if picture:
        _put_picture(sheet, line, picture)


def _put_picture(sheet: Worksheet, line: int, picture: bytes) -> None:
    from openpyxl.drawing.image import Image

    image = Image(io.BytesIO(picture))
    scale = min(1.0, _PICTURE_WIDTH / image.width, 200 / image.height)
    image.width, image.height = image.width * scale, image.height * scale
    sheet.row_dimensions[line].height = max(18, image.height * 0.75 + 6)
    sheet.add_image(image, f"E{line}")


def _finish(sheet: Worksheet, count: int) -> None:
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for i, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(i)].width = width
    sheet.freeze_panes = "B2"
    allowed = DataValidation(type="list", formula1=f'"{",".join((OK, *VERDICTS[1:]))}"', allow_blank=True)
    sheet.add_data_validation(allowed)
    allowed.add(f"M2:M{max(2, count + 1)}")


def read_sheet(path: Path) -> Iterator[Filled]:
    """The rows that a person filled in. Raises InputError when the file is no review sheet, naming what it lacks."""
    from zipfile import BadZipFile

    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError) as e:
        raise InputError(f"{path} cannot be read as a spreadsheet (.xlsx). Save it as .xlsx and try again.") from e
    sheet = book["review"] if "review" in book.sheetnames else book.worksheets[0]
    rows = sheet.iter_rows(values_only=True)
    head = [str(c or "").strip() for c in next(rows, ())]
    lacking = [n for n in ("item", "right value", "verdict") if n not in head]
    if lacking:
        raise InputError(f"{path} is not a review sheet: the column {lacking[0]!r} is missing in line 1.")
    for line, row in enumerate(rows, start=2):
        cells = {n: _text(row[i]) for i, n in enumerate(head) if i < len(row)}
        if cells["item"] and (cells["right value"] or cells["verdict"]):
            yield Filled(line, cells["item"], cells["right value"], cells["verdict"].lower(), cells.get("operator", ""))


def _text(value: Any) -> str:
    """A cell as typed: a number that a spreadsheet made of "0078" or "2009" comes back without a decimal point."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.strftime("%d-%m-%Y") if hasattr(value, "strftime") else str(value).strip()


def _plain(value: object) -> object:
    """Text without the control characters that a spreadsheet cannot hold."""
    if isinstance(value, str):
        return "".join(c for c in value if c in "\n\t" or ord(c) >= 32)
    return value
