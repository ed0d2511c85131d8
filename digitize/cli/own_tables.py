"""Comparison of a state's own tables with their layout, printed by `target check --layout` and `load --layout
--dry-run`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from digitize.cli.console import print_json, say

if TYPE_CHECKING:
    from digitize.targets.postgres.address import DatabaseAddress
    from mappers.layouts import TableLayout


def print_comparison(address: DatabaseAddress, layout: TableLayout, *, json: bool = False) -> None:
    """Print all differences and notes. Raises TargetRefused if something is missing."""
    from digitize.errors import TargetRefused
    from digitize.targets.own_tables.checking import check_layout

    found = check_layout(address, layout)
    if json:
        print_json({"target": address.name, "problems": found.problems, "remarks": found.remarks})
    else:
        say(f"{address.name}, layout {layout.id}: {len(found.problems)} problems")
        for line in found.problems:
            say(f"  {line}")
        for line in found.remarks:
            say(f"  note: {line}")
    if found.problems:
        raise TargetRefused(
            f"{address.name}: the state's tables and layout {layout.id} do not fit. Nothing was loaded."
        )
