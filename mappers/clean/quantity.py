"""How much of a thing, as registers of property write it: a number and a unit."""

from __future__ import annotations

import re

from mappers.clean.base import CleanContext, CleanedCell, CleanedRows, Cleaner, unsure
from mappers.codes.lists import code_lists
from mappers.text.folding import fold_written, squeeze

_NUMBER = re.compile(r"(?P<number>\d{1,6}(?:\.\d{1,3})?)\s*(?P<unit>\D*)")
_UNIT = "unit"
_EDGES = " .,-/()"


def clean_quantity(raw: str, context: CleanContext) -> CleanedRows:
    """A quantity and its unit: "12", "2.5 kg", "3 bottles".

    A unit that the list does not know gives none, with the note "not-in-list"; several numbers give no quantity.
    """
    m = _NUMBER.fullmatch(fold_written(squeeze(raw)).strip(_EDGES))
    if m is None:
        return CleanedRows(({"quantity": unsure("not-a-quantity")},))
    parts = {"quantity": CleanedCell(_plain(m["number"]), raw=m["number"])}
    if word := m["unit"].strip(_EDGES):
        unit = code_lists()[_UNIT].find(word)
        parts["unit"] = CleanedCell(unit, raw=word) if unit else unsure("not-in-list", raw=word)
    return CleanedRows((parts,))


def _plain(number: str) -> str:
    whole, _, rest = number.partition(".")
    rest = rest.rstrip("0")
    return f"{int(whole)}.{rest}" if rest else str(int(whole))


CLEANERS = (Cleaner("quantity", rows=clean_quantity, parts=("quantity", _UNIT), main="quantity", lists={_UNIT: _UNIT}),)
