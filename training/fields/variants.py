"""The ways in which a known value may stand on the paper, as an office's own learning has them, for values as databases
spell them.
"""

from __future__ import annotations

import re
from functools import cache

from digitize.learning.spellings import SettledValue, Written, spellings
from ocr.languages.lexicon import Lexicon
from training.fields.texts import lists

_KINDS = {"year": ("year", 1), "fir_no": ("digits", 1), "police_station": ("line", 1), "statutes": ("sections", 2)}
"""Field -> the kind of its zone, and lines of its crop."""


def variants(field: str, value: str) -> list[Written]:
    """Ways to write a value of a field, a text for each line. A field that is not known is written as its value."""
    if field not in _KINDS:
        return [(value,)]
    kind, lines = _KINDS[field]
    text = _as_written(value) if field == "statutes" else value
    return spellings(SettledValue(kind, text, lexicon=_stations() if field == "police_station" else None), lines)


def _as_written(value: str) -> str:
    """A list of sections without what only a database puts into it."""
    text = re.sub("&amp;", "&", " ".join(value.split()), flags=re.IGNORECASE)
    return re.sub(r"\bIpc\b\.?", "IPC", text, flags=re.IGNORECASE).rstrip(".")


@cache
def _stations() -> Lexicon:
    return Lexicon("station", tuple(lists().stations), beside=("PS", "P.S."))
