"""Weights in use per network, from the ledger's events."""

from __future__ import annotations

import json

from digitize.workspace.ledger.core import Ledger

STEP = "weights"
PACKAGE = "package"
"""What the package's weights are called where one is chosen."""
FIELDS = "fields"
"""The network of weights of which no event and no file says whose they are: there was but one."""
_CHOSEN = f"SELECT detail FROM events WHERE step = '{STEP}' ORDER BY seq"


def find_all_chosen(ledger: Ledger) -> dict[str, str]:
    """Network -> name of the office's own weights in use; networks without are left out."""
    return list_choices(ledger)[-1]


def find_chosen(ledger: Ledger, network: str = FIELDS) -> str:
    """Name of the weights in use for a network; PACKAGE for the package's, or those in the settings."""
    return find_all_chosen(ledger).get(network, PACKAGE)


def list_choices(ledger: Ledger) -> list[dict[str, str]]:
    """All past values of all_chosen, including the initial one; each once, the current one last."""
    now: dict[str, str] = {}
    ever = [now]
    for row in ledger.rows(_CHOSEN):
        detail = json.loads(row["detail"])
        network, name = str(detail.get("network", FIELDS)), str(detail["use"])
        others = {n: other for n, other in now.items() if n != network}
        now = others if name == PACKAGE else {**others, network: name}
        ever = [*(one for one in ever if one != now), now]
    return ever
