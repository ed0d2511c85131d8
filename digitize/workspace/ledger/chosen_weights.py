"""Which weights a workspace reads with, network by network: events of its ledger, folded."""

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
    """Network -> the name of the weights of the office's own that it reads with; without those that it has none of."""
    return list_choices(ledger)[-1]


def find_chosen(ledger: Ledger, network: str = FIELDS) -> str:
    """The name of the weights that a network reads with; PACKAGE for the package's, or those that a setting names."""
    return find_all_chosen(ledger).get(network, PACKAGE)


def list_choices(ledger: Ledger) -> list[dict[str, str]]:
    """What all_chosen ever was, before any choice, too; each once, that of today last."""
    now: dict[str, str] = {}
    ever = [now]
    for row in ledger.rows(_CHOSEN):
        detail = json.loads(row["detail"])
        network, name = str(detail.get("network", FIELDS)), str(detail["use"])
        others = {n: other for n, other in now.items() if n != network}
        now = others if name == PACKAGE else {**others, network: name}
        ever = [*(one for one in ever if one != now), now]
    return ever
