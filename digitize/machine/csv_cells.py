"""Cells of CSV that no spreadsheet runs as a formula."""

from __future__ import annotations

# The full-width signs as well: a spreadsheet may take them for the plain ones.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe(cell: object) -> object:
    """The cell as a spreadsheet may open it."""
    if not isinstance(cell, str):
        return cell
    # Blanks before the sign hide it from the eye and not from every spreadsheet.
    return f"'{cell}" if cell.startswith(_STARTS) or cell.lstrip().startswith(_STARTS) else cell
