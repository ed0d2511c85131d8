"""Names of places as they may stand in a snapshot: what is read is what is there, and two that look alike are one."""

from __future__ import annotations

import unicodedata
from functools import cache

# First words of the Unicode names of letters, marks and digits in which places of India are written.
# "EXTENDED" begins Urdu's digits, "OL" the letters of Ol Chiki, "COMBINING" marks that any script may use.
_SCRIPTS = {
    "LATIN",
    "DEVANAGARI",
    "BENGALI",
    "GURMUKHI",
    "GUJARATI",
    "ORIYA",
    "TAMIL",
    "TELUGU",
    "KANNADA",
    "MALAYALAM",
    "ARABIC",
    "EXTENDED",
    "MEETEI",
    "OL",
    "TIBETAN",
    "LEPCHA",
    "LIMBU",
    "CHAKMA",
    "SINHALA",
    "COMBINING",
}
_JOINERS = "\u200c\u200d"
_MOST_MARKS = 5
"""A letter of an Indian script bears at most four marks; a tower of them would cover its neighbours."""


def is_safe(name: str) -> bool:
    """Whether a name holds only what is seen and read in its order: no markup, nothing invisible, no foreign script."""
    # Nearly all names; the rest is looked at sign by sign.
    if name.isascii():
        return name.isprintable() and "<" not in name and ">" not in name
    marks = 0
    for c in name:
        marks = marks + 1 if unicodedata.category(c)[0] == "M" else 0
        if marks > _MOST_MARKS or not _is_safe_char(c):
            return False
    return True


@cache
def _is_safe_char(c: str) -> bool:
    if c.isascii():
        return c.isprintable() and c not in "<>"
    kind = unicodedata.category(c)[0]
    if kind in "LMN":
        # The dash, for "ARABIC-INDIC DIGIT ONE" and the like.
        return unicodedata.name(c, "").partition(" ")[0].partition("-")[0] in _SCRIPTS
    return kind == "P" or c in _JOINERS or c == "°"


def clean_name(name: str) -> str:
    """The name in NFC, runs of blanks as one and none outside."""
    return " ".join(unicodedata.normalize("NFC", name).split())


def make_name_safe(name: str) -> str:
    """A name of an officer's own list as it may stand in a snapshot, without what a spreadsheet left in it unseen."""
    # 80 as the shape of a snapshot allows.
    return clean_name("".join(c if _is_safe_char(c) else " " if c.isspace() else "" for c in clean_name(name)))[:80]


def twin_key(name: str) -> str:
    """The same for two names that a reader takes for one: no case, no joiners, punctuation as a blank."""
    # NFKC, not NFC: letters in another width or style look the same to a reader.
    folded = unicodedata.normalize("NFKC", name).casefold()
    if not folded.isascii():
        folded = folded.replace("\u200c", "").replace("\u200d", "")
    if folded.isalnum():
        return folded
    return " ".join("".join(c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in folded).split())


def escape_file_name(name: str) -> str:
    """The name of a file as it can be kept and shown; what is not seen or cannot be written is a mark."""
    return "".join(c if c.isprintable() or c in _JOINERS else "\ufffd" for c in name)
