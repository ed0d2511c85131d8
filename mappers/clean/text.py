"""Plain text, blocks and keys."""

from __future__ import annotations

import re

from mappers.clean.base import CleanContext, CleanedCell, Cleaner, unsure
from mappers.text.folding import fold_written, squeeze

_LABEL = re.compile(r"^(?:g\.?\s*d\.?\s*e?\.?|entry|no|sl|क्र(?:मांक)?|सं|नं|नः|নং|எண்|#)(?:[\s.:\-]|$)+", re.I)
# What stands for letters that a program could not keep: a question mark each, or U+FFFD.
_LOST = re.compile(r"\?{2,}|\ufffd+")
_LETTER = re.compile(r"[^\W\d_]")
_PHONE = re.compile(r"(?:\+?\s*91|0)?[\s\-]*((?:\d[\s\-]*){9}\d)(?!\d)")


def clean_text(raw: str, context: CleanContext) -> CleanedCell:
    """One line of text: NFC, joiners kept, runs of white space as one blank.

    Of a text whose letters are mostly lost ("????? ???") there is no value.
    """
    return _of_text(squeeze(raw))


def clean_block(raw: str, context: CleanContext) -> CleanedCell:
    """Text of several lines: each line as clean_text makes it, empty lines dropped at both ends."""
    lines = raw.splitlines()
    return _of_text(squeeze(raw) if len(lines) < 2 else "\n".join(map(squeeze, lines)).strip("\n"))


def _of_text(text: str) -> CleanedCell:
    lost = sum(map(len, _LOST.findall(text))) if "??" in text or "\ufffd" in text else 0
    return unsure("letters-lost") if lost > len(_LETTER.findall(text)) else CleanedCell(text or None)


def clean_reference(raw: str, context: CleanContext) -> CleanedCell:
    """A number kept as text ("UD 12/98", "GDE No. 4512"): digits folded, "No." and "GDE" before it dropped."""
    text = fold_written(squeeze(raw))
    # Two labels may stand together: "GDE No.".
    while (bare := _LABEL.sub("", text)) != text and bare:
        text = bare
    return CleanedCell(text or None)


def clean_phone(raw: str, context: CleanContext) -> CleanedCell:
    """An Indian telephone number as ten digits; several or none give no value."""
    found = [re.sub(r"\D", "", m.group(1)) for m in _PHONE.finditer(fold_written(raw))]
    rest = re.sub(r"\D", "", _PHONE.sub("", fold_written(raw)))
    if len(found) == 1 and not rest:
        return CleanedCell(found[0])
    return unsure("several-phones" if len(found) > 1 else "not-a-phone")


CLEANERS = (
    Cleaner("text", clean_text, kinds=("text", "name")),
    Cleaner("block", clean_block, kinds=("text",)),
    Cleaner("reference", clean_reference, kinds=("text",)),
    Cleaner("phone", clean_phone, kinds=("text",)),
)
