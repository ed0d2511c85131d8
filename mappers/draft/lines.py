"""What a draft says of one column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mappers.draft.rules import DraftRule

Kind = Literal["mapped", "asked", "elsewhere", "unknown"]


@dataclass(frozen=True)
class DraftLine:
    """One column. target: name of its place ("fir_date", "accused.name"), or of where it belongs elsewhere; "" when
    nothing fits. second: the next best. reason: why it is left out. encoding: as a rule names it.
    """

    source: str
    kind: Kind
    confidence: float
    target: str = ""
    rule: DraftRule | None = None
    second: str = ""
    reason: str = ""
    encoding: str = ""
    questions: tuple[str, ...] = ()
