"""Order of deliveries, and the rule settings of each: two books of a target next to its loads.

Deliveries are numbered when first received. The same files again, under any name, are the same delivery. Of two
contents of a record, that of the later delivery is newer.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from digitize.errors import OptionsError
from digitize.machine.work_keys import plain_hash
from digitize.targets.base import Target


def enter_delivery(target: Target, input: str, settings: Mapping[str, Any] | None) -> dict[str, object]:
    """Record a delivery and its settings if new; returns the part of the loads' `source` about both.

    input: key of its content. settings: of the rules, as JSON types; None: unknown. Targets without books return {}.
    Raises TargetRefused.
    """
    try:
        found = target.run("SELECT number FROM deliveries WHERE input = ?", (input,))
    except OptionsError:  # a folder of files keeps no books
        return {}
    entered = [] if found else [("INSERT INTO deliveries (input) VALUES (?) ON CONFLICT DO NOTHING", [input])]
    key = plain_hash(settings) if settings is not None else ""
    if key:
        text = json.dumps(settings, sort_keys=True)
        entered.append(("INSERT INTO load_settings (key, settings) VALUES (?, ?) ON CONFLICT DO NOTHING", [key, text]))
    # Ahead of the load, in a transaction of its own: two that load at once must not wait for each other's whole load.
    target.run_all(entered)
    number = found or target.run("SELECT number FROM deliveries WHERE input = ?", (input,))
    return {"delivery": number[0][0], **({"settings": key} if key else {})}


def settings_of(target: Target, key: str) -> Mapping[str, Any] | None:
    """Settings under a key, None if missing."""
    rows = target.run("SELECT CAST(settings AS text) FROM load_settings WHERE key = ?", (key,)) if key else []
    return json.loads(rows[0][0]) if rows else None
