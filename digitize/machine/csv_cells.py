"""Cells of CSV that no spreadsheet runs as a formula."""

from __future__ import annotations

import re
from collections.abc import Iterable
from unicodedata import category

# All signs that Unicode counts as forms of = + - @: a spreadsheet may take them for the plain ones.
_SIGNS = frozenset("=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−⩵⩶﬩")
_STARTS = frozenset("\t\r\n")
# Half characters, which no file can hold.
_HALF = re.compile("[\ud800-\udfff]")


def may_be_unsafe(cells: Iterable[str], text: str) -> bool:
    """Whether `safe` might change any of these cells. text: all cells joined."""
    # Letters and digits are no signs, and nearly all cells begin with one.
    if not all(map(str.isalnum, {cell[:1] for cell in cells} - {""})):
        return True
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return True
    return False


def safe(cell: object) -> object:
    """Cell that is safe to open in a spreadsheet."""
    if not isinstance(cell, str) or not cell:
        return cell
    whole = cell if cell.isascii() else _HALF.sub("\ufffd", cell)
    # Blanks and unseen characters before the sign hide it from the eye and not from every spreadsheet.
    first = whole[0] if whole[0].isalnum() else next((c for c in whole if category(c)[0] not in "CZ"), "")
    return f"'{whole}" if whole[0] in _STARTS or first in _SIGNS else whole
