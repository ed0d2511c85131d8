"""Our networks for handwriting that an office may teach, and which of them reads a zone or anything of a form.

Named as their engines are. A page is read again where a network that reads its form learned, and nowhere else.
"""

from __future__ import annotations

from ocr.forms.form import Form, Zone
from ocr.forms.words import has_listed_words
from ocr.models import DIGITS, FIELDS, WORDS

__all__ = ["DIGITS", "FIELDS", "FIGURED", "WORDS", "network_of", "networks_in"]

FIGURED = ("date", "digits", "time", "year")
"""Kinds of zones with figures; those with many first."""


def network_of(zone: Zone, form: Form) -> str:
    """The network that is asked first what is written in a zone, "" where none is."""
    if not zone.handwriting:
        return ""
    if _languages(zone, form)[0] == "en":
        return FIELDS
    if has_listed_words(zone, form):
        return WORDS
    return DIGITS if zone.kind in FIGURED else ""


def networks_in(form: Form) -> frozenset[str]:
    """All networks that may be asked about a page of a form, whichever of its languages the page is in.

    That of English handwriting reads Latin figures on pages of other languages, too.
    """
    found = set()
    for zone in form.zones:
        if zone.handwriting:
            languages, is_figured = _languages(zone, form), zone.kind in FIGURED
            found |= {FIELDS} if "en" in languages or is_figured else set()
            found |= {DIGITS} if is_figured and {*languages} - {"en"} else set()
            found |= {WORDS} if has_listed_words(zone, form) else set()
    return frozenset(found)


def _languages(zone: Zone, form: Form) -> tuple[str, ...]:
    return zone.languages or form.languages
