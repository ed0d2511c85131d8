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
PROTECTED, SERVICES = "protected", "services"
"""The steps under which the ledger keeps what was told: by district, and by service."""
_NEWEST = "SELECT detail FROM events WHERE step = ? ORDER BY seq DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class DisclosedGroups:
    """What was told of one district. known, yes: of the FIRs in closed groups, those whose sections were surely read,
    and of them those under a protected one: both stay here. count, of: the same of groups that are told. hidden: groups
    that are not.
    """

    known: int = 0
    yes: int = 0
    count: int = 0
    of: int = 0
    hidden: int = 0


def close_group(before: DisclosedGroups, known: int, yes: int) -> DisclosedGroups:
    """What may be told now, that so many are known; as before, until there are enough new ones for a group."""
    new, fresh = known - before.known, yes - before.yes
    # By the number alone: if it waited for a count that may be told, the day on which it is told would tell of one.
    if new < GROUP:
        return before
    if HIDDEN_BELOW <= fresh <= new - HIDDEN_BELOW:
        return DisclosedGroups(known, yes, before.count + fresh, before.of + new, before.hidden)
    return DisclosedGroups(known, yes, before.count, before.of, before.hidden + 1)


def close_lower_bound(before: DisclosedGroups, known: int, yes: int) -> DisclosedGroups:
    """The same of what is told as a lower bound: a group is never hidden, but told of as fewer than there are.

    At most five less than all, and none where they are fewer than five: then no group says "all" or "this one".
    """
    new, fresh = known - before.known, yes - before.yes
    if new < GROUP:
        return before
    # Corrected since so that fewer can be found: taken off in steps of five, for one less would tell of one.
    least = min(fresh, new - HIDDEN_BELOW) if fresh >= 0 else -(-fresh // HIDDEN_BELOW + 1) * HIDDEN_BELOW
    told = least if least >= HIDDEN_BELOW or least < 0 else 0
    return DisclosedGroups(known, yes, max(0, before.count + told), before.of + new, before.hidden)


def load_disclosed(ledger: Ledger, step: str = PROTECTED) -> dict[str, DisclosedGroups]:
    """District or service -> what earlier snapshots told. step: PROTECTED or SERVICES."""
    row = ledger.execute(_NEWEST, (step,)).fetchone()
    return {name: DisclosedGroups(**told) for name, told in json.loads(row["detail"]).items()} if row else {}


def disclose_groups(
    ledger: Ledger, site: str, counts: Mapping[str, tuple[int, int]], step: str = PROTECTED
) -> dict[str, DisclosedGroups]:
    """Close the groups that are full, and note them in the ledger before they are told.

    counts: district or service -> known, yes.

    Where the ledger cannot be written, nothing new is told.
    """
    before = load_disclosed(ledger, step)
    close = close_group if step == PROTECTED else close_lower_bound
    if not ledger.can_write:
        return before
    now = {name: close(before.get(name, DisclosedGroups()), *counts[name]) for name in counts}
    if now != {name: before.get(name, DisclosedGroups()) for name in now}:
        detail = {name: asdict(told) for name, told in {**before, **now}.items()}
        ledger.record_event(site, step, "note", key=str(ledger.count_events()), detail=detail)
    return {**before, **now}
