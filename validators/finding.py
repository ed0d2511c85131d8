"""What a rule says about a field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["note", "review", "reject"]


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One rule's word on one field of one record; yielded, never raised. No value stands in it, so it may be logged.

    record: id of the record. field: path such as "fir_date" or "acts[0].section". code: the rule's id in the rule
    list. message: English, without values.
    """

    record: str
    field: str
    code: str
    severity: Severity
    message: str
