"""What was loaded, as the ledger's signed receipts and the target's own book tell it."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from typing import Any

from digitize.ledger import Ledger
from digitize.signing import is_signed
from digitize.targets.base import Receipt, Target
from digitize.workspace import Place

_NAMES = tuple(f.name for f in fields(Receipt))


@dataclass(frozen=True, slots=True)
class Told:
    """One load. state: loaded, undone, or failed (then why says what the target answered). is_signed: None: no word."""

    at: str
    target: str
    state: str
    receipt: Receipt
    is_signed: bool | None = None
    why: str = ""


def of_target(target: Target) -> list[Told]:
    """The loads that a target has in its book, the oldest first."""
    query = "SELECT load_id, receipt, state, at, coalesce(undone_why, '') FROM loads ORDER BY at, batch"
    found = []
    for _, receipt, state, at, why in target.run(query):
        plain = json.loads(receipt) if isinstance(receipt, str) else receipt
        found.append(Told(str(at), target.name, state, _receipt(plain), None, why))
    return found


def of_workspace(place: Place) -> list[Told]:
    """The receipts of a workspace with the word on their signatures, then loads that failed and were not made good."""
    public = place.key.with_suffix(".pub").read_text(encoding="ascii").strip()
    with Ledger(place.ledger) as ledger:
        found = []
        for row in ledger.rows("SELECT at, target, data, signature FROM receipts ORDER BY at, batch"):
            signed = is_signed(public, row["data"].encode("utf-8"), row["signature"])
            found.append(Told(row["at"], row["target"], "loaded", _receipt(json.loads(row["data"])), signed))
        query = """SELECT s.unit, s.key, s.detail, e.at FROM state s JOIN events e USING (seq)
                   WHERE s.step = 'load' AND s.outcome = 'failed' ORDER BY seq"""
        for row in ledger.rows(query):
            empty = Receipt(row["key"], row["unit"], 0, 0, 0, 0, 0, 0, 0, "")
            found.append(Told(row["at"], "", "failed", empty, None, json.loads(row["detail"]).get("message", "")))
    return found


def _receipt(data: dict[str, Any]) -> Receipt:
    return Receipt(**{name: data[name] for name in _NAMES if name in data})
