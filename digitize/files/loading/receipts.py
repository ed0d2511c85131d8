"""What was loaded, from the ledger's signed receipts and the target's load history."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from digitize.files.loading.signed_receipts import read_receipts
from digitize.machine.signing import is_signed
from digitize.targets.base import Receipt, Target
from digitize.targets.load_status import OF_ROWS
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import Place

_NAMES = tuple(f.name for f in fields(Receipt))
_EMPTY: dict[str, Any] = {n: "" if n in ("load", "batch", "content") else 0 for n in _NAMES if n != "repeated"}


@dataclass(frozen=True, slots=True)
class LoadStatement:
    """One load. state: loaded, undone, or failed (why then holds the target's answer). is_signed: None: not checked."""

    at: str
    target: str
    state: str
    receipt: Receipt
    is_signed: bool | None = None
    why: str = ""


def list_target_loads(target: Target) -> list[LoadStatement]:
    """The loads that a target has in its book, the oldest first."""
    query = f"""SELECT load_id, receipt, state, at, coalesce(undone_why, '') FROM loads WHERE {OF_ROWS}
                ORDER BY at, batch"""
    found = []
    for _, receipt, state, at, why in target.run(query):
        # SQLite gives JSON back as text, PostgreSQL as an object.
        plain = json.loads(receipt) if isinstance(receipt, str) else receipt
        found.append(LoadStatement(str(at), target.name, state, _receipt(plain), None, why))
    return found


def list_workspace_receipts(place: Place) -> list[LoadStatement]:
    """Receipts of a workspace with their signature checks, including those of files kept in it, then failed loads that
    were not repeated.
    """
    with Ledger(place.ledger) as ledger:
        keys, found, taken_back = ledger.public_keys(), [], _taken_back(ledger)
        for row in ledger.rows("SELECT at, target, data, signature FROM receipts ORDER BY at, batch"):
            # An older receipt bears the signature of the key of its time.
            signed = any(is_signed(key, row["data"].encode("utf-8"), row["signature"]) for key in keys)
            receipt = _receipt(json.loads(row["data"]))
            why = taken_back.get(receipt.load)
            state, said = ("loaded", "") if why is None else ("undone", why)
            found.append(LoadStatement(row["at"], row["target"], state, receipt, signed, said))
        known = {t.receipt.load for t in found}
        # The ledger's own receipts lie in that folder as well.
        found += [t for t in list_folder_receipts(place.folder) if t.receipt.load not in known]
        query = """SELECT s.unit, s.key, s.detail, e.at FROM state s JOIN events e USING (seq)
                   WHERE s.step = 'load' AND s.outcome = 'failed' ORDER BY seq"""
        for row in ledger.rows(query):
            empty = _receipt({"load": row["key"], "batch": row["unit"]})
            found.append(
                LoadStatement(row["at"], "", "failed", empty, None, json.loads(row["detail"]).get("message", ""))
            )
    return found


def _taken_back(ledger: Ledger) -> dict[str, str]:
    """Load undone by a person and not repeated -> reason."""
    # By the order of events: a load may be made once more within the second in which it was taken back.
    query = """SELECT key, outcome, detail FROM events
               WHERE step = 'load' AND outcome IN ('note', 'done', 'again') ORDER BY seq"""
    found: dict[str, str] = {}
    for r in ledger.rows(query):
        detail = json.loads(r["detail"])
        if r["outcome"] != "note":
            found.pop(r["key"], None)
        elif detail.get("unloaded"):
            found[r["key"]] = detail.get("reason", "")
    return found


def list_folder_receipts(folder: Path) -> list[LoadStatement]:
    """Receipts of files loaded with --receipts, with their signature checks."""
    return [
        LoadStatement(str(data.get("at", "")), str(data.get("target", "")), "loaded", _receipt(data), is_ours)
        for data, is_ours in read_receipts(folder)
    ]


def _receipt(data: dict[str, Any]) -> Receipt:
    """Content of a receipt; missing keys are left out, e.g. after a manual change."""
    return Receipt(**{**_EMPTY, **{name: data[name] for name in _NAMES if name in data}})
