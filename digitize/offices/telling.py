"""What may be told of FIRs under protected sections: whole groups, so that no difference of two reports is one FIR.

A count that moves with each record tells of that record: of 100 FIRs 7, and of 101 then 8, and whoever knows the new
FIR knows its section. So FIRs are told in groups of fifty and more, closed once and for ever by their number alone; a
group of which fewer than five are under such a section, or fewer than five are not, is never told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass

from digitize.offices.shape import HIDDEN_BELOW
from digitize.workspace.ledger import Ledger

GROUP = 50
_STEP = "protected"
_NEWEST = "SELECT detail FROM events WHERE step = ? ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class ToldGroups:
    """What was told of one district. known, yes: of the FIRs in closed groups, those whose sections were surely read,
    and of them those under a protected one: both stay here. count, of: the same of groups that are told. hidden: groups
    that are not.
    """

    known: int = 0
    yes: int = 0
    count: int = 0
    of: int = 0
    hidden: int = 0


def close_group(before: ToldGroups, known: int, yes: int) -> ToldGroups:
    """What may be told now, that so many are known; as before, until there are enough new ones for a group."""
    new, fresh = known - before.known, yes - before.yes
    # By the number alone: if it waited for a count that may be told, the day on which it is told would tell of one.
    if new < GROUP:
        return before
    if HIDDEN_BELOW <= fresh <= new - HIDDEN_BELOW:
        return ToldGroups(known, yes, before.count + fresh, before.of + new, before.hidden)
    return ToldGroups(known, yes, before.count, before.of, before.hidden + 1)


def told_groups(ledger: Ledger) -> dict[str, ToldGroups]:
    """District -> what earlier snapshots told."""
    row = ledger.execute(_NEWEST, (_STEP,)).fetchone()
    return {name: ToldGroups(**told) for name, told in json.loads(row["detail"]).items()} if row else {}


def tell_groups(ledger: Ledger, site: str, counts: Mapping[str, tuple[int, int]]) -> dict[str, ToldGroups]:
    """Close the groups that are full, and note them in the ledger before they are told. counts: district -> known, yes.

    Where the ledger cannot be written, nothing new is told.
    """
    before = told_groups(ledger)
    if not ledger.can_write:
        return before
    now = {name: close_group(before.get(name, ToldGroups()), *counts[name]) for name in counts}
    if now != {name: before.get(name, ToldGroups()) for name in now}:
        detail = {name: asdict(told) for name, told in {**before, **now}.items()}
        ledger.record_event(site, _STEP, "note", key=str(ledger.count_events()), detail=detail)
    return {**before, **now}
