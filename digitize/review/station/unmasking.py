"""Protected names at the station: hidden from everybody, until a supervisor says why one item must be seen."""

from __future__ import annotations

from digitize.errors import NotFound
from digitize.machine.system import user_name
from digitize.masking.unmasking import ShownFields, check_unmasking
from digitize.review.past import FIRST
from digitize.review.station.people import SUPERVISOR, Account
from digitize.review.station.room import Room
from digitize.review.station.stages import WantedKey
from digitize.review.station.tasks import Task


def unmasked_by(room: Room, who: Account) -> frozenset[str]:
    """The items that somebody may see in full, until the station is started again or they are supervisor no more."""
    return frozenset(room.unmasked.get(who.name, ())) if who.may(SUPERVISOR) else frozenset()


def unmask(room: Room, who: Account, item: str, reason: str) -> tuple[Task, WantedKey]:
    """Show one item to a supervisor. Raises OptionsError for a reason that says nothing, NotFound."""
    task = room.worklist.find(item)
    if task is None:
        raise NotFound("There is no such item.")
    asked = check_unmasking(unmask=True, reason=reason or " ", operator=who.name, user=user_name())
    assert asked is not None, "it was asked to unmask"
    shown = ShownFields()
    shown.add(task.asked.blank.record, task.item.fields)
    # Before anything is shown: names are never shown without their reason in the ledger.
    detail = {**asked.as_plain(), **shown.as_plain(), "item": task.base}
    room.ledger.record_event(room.place.options.workspace.site_id, "review", "note", detail=detail)
    room.unmasked.setdefault(who.name, set()).add(task.base)
    return task, room.worklist.wanted_of(task) or WantedKey(FIRST)
