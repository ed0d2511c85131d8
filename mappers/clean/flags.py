"""Yes and no, in all the ways in which programs and officers write them."""

from __future__ import annotations

import re

from mappers.clean.base import CleanContext, CleanedCell, Cleaner, unsure
from mappers.codes.lists import code_lists
from mappers.text.folding import fold_written, squeeze

# Access stores -1 and 0, dBase T and F or Y and N, exports of dBase .T. and .F., other programs 1 and 0.
_PROGRAMS = {"-1": "yes", "1": "yes", "t": "yes", "on": "yes", "0": "no", "f": "no", "off": "no"}
_DOTS = re.compile(r"^\.(\w+)\.$")


def clean_yes_no(raw: str, context: CleanContext) -> CleanedCell:
    """A yes or a no: "-1" and "0", "Y" and "N", ".T." and ".F.", "हाँ" and "नहीं"; anything else gives no value.

    A person's "true" and a program's "1" are the same yes; what may be meant otherwise ("2", "?", "NA") is no answer.
    """
    text = _DOTS.sub(r"\1", fold_written(squeeze(raw)).casefold())
    value = _PROGRAMS.get(text) or code_lists()["yes_no"].find(text)
    return CleanedCell(value) if value else unsure("not-yes-or-no")


CLEANERS = (Cleaner("yes_no", clean_yes_no, kinds=("code", "text"), lists={"": "yes_no"}),)
