"""Workers' own signing keys: the office allows and withdraws them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from digitize.errors import KeyUnusable, NotFound, OptionsError
from digitize.machine.signing import open_key
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.worker_keys import STEP
from digitize.workspace.place import Place

_PUBLIC = 64
_NEWEST = """SELECT e.unit, e.key, e.detail, e.at FROM events e
  JOIN (SELECT MAX(seq) AS seq FROM events WHERE step = ? GROUP BY unit) n ON n.seq = e.seq ORDER BY e.unit"""


@dataclass(frozen=True, slots=True)
class WorkerKey:
    """A worker's key. name: of the worker or site; public: in hex; at: when allowed or withdrawn."""

    name: str
    public: str
    is_allowed: bool
    at: str
    reason: str = ""


def worker_keys(ledger: Ledger) -> list[WorkerKey]:
    """All keys ever allowed, by name, in their current state."""
    found = []
    for r in ledger.rows(_NEWEST, (STEP,)):
        detail = json.loads(r["detail"])
        name, reason = r["unit"].partition(":")[2], str(detail.get("reason", ""))
        found.append(WorkerKey(name, r["key"], bool(detail.get("allowed")), r["at"], reason))
    return found


def allow_key(place: Place, public: str, name: str) -> None:
    """Allow a worker to sign with its own key. public: its public half in hex.

    Raises OptionsError for an invalid key, or if the name or the key is in use.
    """
    public, name = public.strip().lower(), name.strip()
    if len(public) != _PUBLIC or not all(c in "0123456789abcdef" for c in public):
        raise OptionsError("That is not a public key. Give the file FILE.pub that digitize keys new wrote at the site.")
    if not name:
        raise OptionsError("Give --name: whose key it is. It is recorded in the ledger.")
    with Ledger(place.ledger, key=place.key) as ledger:
        if public in ledger.public_keys():
            raise OptionsError("That is the office's own key. A worker needs its own key: digitize keys new FILE")
        for k in worker_keys(ledger):
            if k.is_allowed and (k.name == name or k.public == public):
                raise OptionsError(f"{k.name} signs with {k.public[:16]}... already. See: digitize keys workers DIR")
        ledger.record_event(f"{STEP}:{name}", STEP, "note", key=public, detail={"allowed": True})


def withdraw_key(place: Place, name: str, reason: str) -> str:
    """Withdraw a key; its earlier signatures stay valid. Returns the public key. Raises NotFound, OptionsError."""
    if not reason.strip():
        raise OptionsError("Give --reason. It is recorded.")
    with Ledger(place.ledger, key=place.key) as ledger:
        held = next((k for k in worker_keys(ledger) if k.name == name and k.is_allowed), None)
        if held is None:
            raise NotFound(f"Worker {name} has no allowed key. See: digitize keys workers DIR")
        detail = {"allowed": False, "reason": reason.strip()}
        ledger.record_event(f"{STEP}:{name}", STEP, "note", key=held.public, detail=detail)
    return held.public


def require_allowed(ledger: Ledger, key: Path) -> None:
    """Raise KeyUnusable unless the key is allowed to sign: checked before a worker starts."""
    public = open_key(key).public
    if public in ledger.public_keys()[-1:]:
        return
    if not any(k.public == public and k.is_allowed for k in worker_keys(ledger)):
        raise KeyUnusable(
            f"{key}: the office does not know this key, or withdrew it. Send the .pub file to the office; there: "
            "digitize keys allow DIR FILE.pub --name SITE"
        )
