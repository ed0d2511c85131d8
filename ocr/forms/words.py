"""Which fields of a form hold an entry of a closed list in handwriting that our recogniser of words may see."""

from __future__ import annotations

from ocr.engines.words import VERSION, WEIGHTS
from ocr.forms.form import Form, Zone
from ocr.handwriting.words import word_scripts
from ocr.models import WORDS
from ocr.models.running import is_here

__all__ = ["WORDS", "has_listed_words", "words_version"]


def has_listed_words(zone: Zone, form: Form) -> bool:
    """Whether a list, or the printed answers that are not marked, decide what is written there in such a script."""
    is_listed = zone.list is not None or (bool(zone.choices) and not zone.alternatives)
    return zone.handwriting and is_listed and (zone.languages or form.languages)[0] in word_scripts()


def words_version(form: Form) -> str:
    """What recognising a form takes from the engine; "" where it has no such field, or the weights are not here."""
    return f"{WORDS} {VERSION}" if is_here(WEIGHTS) and any(has_listed_words(z, form) for z in form.zones) else ""
