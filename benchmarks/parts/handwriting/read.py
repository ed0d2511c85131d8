"""A written value as it was read from a page, and how it compares with what the page holds."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from ocr.calibration.fields import Facts
from ocr.handwriting.zone import ZoneText

FIELDS = ("police_station", "year", "fir_no", "statutes", "complainant_name")
KINDS = {
    "police_station": "entry",
    "year": "year",
    "fir_no": "digits",
    "statutes": "sections",
    "complainant_name": "line",
    "fir_date": "date",
    "info_date": "date",
    "action_sections": "sections",
}
DATES = ("fir_date", "info_date")
REPEATED = {"action_sections": "statutes"}
"""Zones in which another's value is written once more."""
MORE = (*DATES, *REPEATED)
"""Zones that are read beside those that count."""
_NO_FACTS: Mapping[str, Facts] = {
    "entry": (-7.0, 0.0, -3.0),
    "year": (-7.0, 0.0, -3.0),
    "digits": (-7.0, 0.0, -3.0),
    "date": (-7.0, 0.0, -3.0),
    "sections": (-7.0, -8.0, 0.0, 0.0),
    "line": (-7.0, -3.0, 0.0, 0.0),
}


@dataclass(frozen=True)
class Read:
    """One value as read, with all that it may be, likeliest first; of these the first counts.

    wanted: as the scorer compares it; None without gold. near: likeness 0..1 to the right one; lost, length: letters
    wrong and letters in all.
    """

    page: str
    field: str
    group: str
    options: tuple[ZoneText, ...]
    wanted: Any
    right: bool
    near: float = 0.0
    lost: int = 0
    length: int = 0
    hits: tuple[int, int, int] = (0, 0, 0)

    @property
    def text(self) -> str:
        """The likeliest value; "" for none."""
        return self.options[0].text if self.options else ""

    @property
    def facts(self) -> Facts:
        """What its probability is weighed by."""
        return self.options[0].facts if self.options else _NO_FACTS[KINDS[self.field]]


def scored(read: Read, data: Path) -> Read:
    """A value compared with what its page holds, by the scorer beside the pages; one without gold as it is."""
    if read.wanted is None:
        return read
    scorer, field = scorer_of(data), REPEATED.get(read.field, read.field)
    gold, said = read.wanted, scorer.norm_field(field, read.text)
    if field == "statutes":
        said = said or frozenset()
        hits = (len(gold & said), len(said - gold), len(gold - said))
        return replace(read, right=gold == said, hits=hits)
    lost = scorer.lev(gold, said)
    longest = max(len(gold), len(said), 1)
    return replace(read, right=gold == said, near=1 - lost / longest, lost=min(lost, longest), length=len(gold))


@cache
def scorer_of(data: Path) -> Any:
    """The scorer that lies beside the pages, as a module."""
    spec = importlib.util.spec_from_file_location("score_fir", data / "score_fir.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
