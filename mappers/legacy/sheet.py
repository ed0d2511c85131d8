"""What a sheet of a workbook is made of, whatever file it comes from: cells, rows and merged ranges."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from mappers.legacy.serials import PLAIN, moment_text, number_text

TEXT, NUMBER, DAY, CLOCK, YES_NO, ERROR, FORMULA, NO_DAY, CUT, LOST, UNSTYLED = "tndcbefxlsu"

# Kinds of cells that a person should look at, and why.
DOUBTFUL: Mapping[str, str] = {
    ERROR: "there is a spreadsheet error in place of a value",
    FORMULA: "a formula was saved without its result; the formula is delivered",
    NO_DAY: "a date is outside the calendar; its number is delivered",
    CUT: "a text is too long; its beginning is delivered",
    LOST: "a text is lost with the part of the file that held it",
    UNSTYLED: "the format of a number is lost; where it was a date its number is delivered",
}
MOST_ROWS = 1_048_576
MOST_COLUMNS = 16_384
MOST_MERGES = 100_000
LONGEST_TEXT = 1 << 20
_ISO = re.compile(r"(-?\d{4,5}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d(?:[.,]\d+)?)?)?Z?\Z")
TEXT_LOST = "[text lost]"


class SheetCell(NamedTuple):
    """One cell. kind: TEXT, NUMBER, DAY (with or without a time), CLOCK (a time alone) and so on."""

    text: str
    kind: str = TEXT
    font: str = ""


class Format(NamedTuple):
    """How a cell is shown. kind: of number, as serials has them; zeros: digits it is filled up to."""

    kind: int = PLAIN
    zeros: int = 0
    font: str = ""


class SheetRow(NamedTuple):
    """One row. number: as the program shows it, from 1. cells: those with something in them, by column from 0.

    is_cut: the file breaks off in it.
    """

    number: int
    cells: Mapping[int, SheetCell]
    is_cut: bool = False


class Merge(NamedTuple):
    """A range of cells shown as one; its value is in the first. Rows from 1, columns from 0, the last included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass
class WorkSheet:
    """One sheet. rows: in order, to be read once. merges: those that begin in rows read so far, or all.

    notes: what is wrong with it, complete when the rows have been read.
    """

    name: str
    rows: Iterator[SheetRow]
    merges: Sequence[Merge] = ()
    is_hidden: bool = False
    notes: list[str] = field(default_factory=list)


def yes_no(value: object) -> SheetCell:
    """A truth value as people write it."""
    return SheetCell("yes" if value else "no", YES_NO)


def text_cell(text: str, font: str = "") -> SheetCell:
    """A text, cut where it is longer than any program lets a cell be."""
    if len(text) > LONGEST_TEXT:
        return SheetCell(text[:LONGEST_TEXT], CUT, font)
    return SheetCell(text, TEXT, font)


def number_cell(stored: str | float, form: Format | None, *, is_1904: bool) -> SheetCell:
    """A number as its format shows it; one whose format is lost may have been a date."""
    if form is None:
        return SheetCell(number_text(stored), UNSTYLED)
    if form.kind == PLAIN:
        return SheetCell(number_text(stored, form.zeros), NUMBER)
    return _moment_cell(stored, form.kind, is_1904=is_1904)


def _moment_cell(stored: str | float, kind: int, *, is_1904: bool) -> SheetCell:
    """A number that is shown as a day or a time; kind: as serials has it."""
    try:
        text = moment_text(float(stored), kind, is_1904=is_1904)
    except ValueError:
        text = None
    if text is None:
        return SheetCell(number_text(stored), NO_DAY)
    return SheetCell(text, DAY if "-" in text else CLOCK)


def iso_cell(stored: str) -> SheetCell:
    """A day in ISO form as files hold it, without a time that is midnight and without seconds that are none."""
    found = _ISO.match(stored.strip())
    if not found:
        return SheetCell(stored, NO_DAY)
    day, clock, seconds = found.groups()
    if clock is None or (clock == "00:00" and not (seconds or "").strip("0:.")):
        return SheetCell(day, DAY)
    rest = (seconds or "").split(".")[0]
    return SheetCell(f"{day} {clock}{'' if rest == ':00' else rest}", DAY)


def column_letters(column: int) -> str:
    """What a spreadsheet calls a column: 0 is A, 27 is AB."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
