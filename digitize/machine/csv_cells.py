"""Cells of CSV that no spreadsheet runs as a formula."""

from __future__ import annotations

import re
from unicodedata import category

# All signs that Unicode counts as forms of = + - @: a spreadsheet may take them for the plain ones.
_SIGNS = frozenset("=+-@＝＋－＠﹦﹢﹣﹫⁼⁺⁻₌₊₋−⩵⩶﬩")
_STARTS = frozenset("\t\r\n")
# Half characters, which no file can hold.
_HALF = re.compile("[\ud800-\udfff]")


def safe(cell: object) -> object:
    """The cell as a spreadsheet may open it."""
    if not isinstance(cell, str) or not cell:
        return cell
    whole = cell if cell.isascii() else _HALF.sub("\ufffd", cell)
    # Blanks and unseen characters before the sign hide it from the eye and not from every spreadsheet.
    first = whole[0] if whole[0].isalnum() else next((c for c in whole if category(c)[0] not in "CZ"), "")
    return f"'{whole}" if whole[0] in _STARTS or first in _SIGNS else whole
