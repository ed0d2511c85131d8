"""Keys as programs write them: one key has many spellings, and two spellings of it must meet."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mappers.text.folding import fold_digits

# Numbers, and whatever is neither a number nor a sign of ASCII: a vowel sign of Devanagari is no letter to `\w`.
_PIECES = re.compile(r"[0-9]+|[^\x00-\x40\x5b-\x60\x7b-\x7f]+")
_WHOLE = re.compile(r"(-?)([0-9]+)(?:\.0+)?")


def cell_text(cell: bytes | str | None) -> str:
    """A cell of a key as text; bytes stand for themselves, unless a font says what they mean."""
    return "" if cell is None else cell.decode("latin-1") if isinstance(cell, bytes) else cell


def key_of(cells: Iterable[bytes | str | None]) -> str:
    """One key for all spellings: no case, no signs, no leading zeros, 12.0 as 12; "" where a cell of it is empty.

    Cells of a composite key are joined as its text would be: ("17", "2009") is "17/2009", which is how another table
    may write it. A year of two digits is not widened: which century is meant, a key does not say.
    """
    pieces: list[str] = []
    for cell in cells:
        text = fold_digits(cell_text(cell)).strip()
        whole = _WHOLE.fullmatch(text)
        if whole is not None:
            # The usual one, and the only one whose sign counts: -1 is no case.
            pieces.append(whole.group(1) + (whole.group(2).lstrip("0") or "0"))
            continue
        found = [_plain(p) for p in _PIECES.findall(text.casefold())]
        if not found:
            return ""
        pieces += found
    return "/".join(pieces)


def _plain(piece: str) -> str:
    return (piece.lstrip("0") or "0") if piece.isdigit() else piece


def table_key(name: str) -> str:
    """A table's name as it is compared: without case, schema and the signs that exports put between words."""
    return "_".join(_PIECES.findall(name.rpartition(".")[2].casefold()))
