"""Protected names at the station: hidden from everybody, until a supervisor gives a reason for one item."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Any

from digitize.errors import NotFound
from digitize.login.people import SUPERVISOR, Account
from digitize.machine.system import user_name
from digitize.masking.unmasking import ShownFields, Unmasking, check_unmasking
from digitize.review.answer_history import FIRST
from digitize.review.station.ledger_thread import Room
from digitize.review.station.stages import WantedKey
from digitize.review.station.tasks import Task


class _AllItems:
    """Contains every item."""

    def __contains__(self, item: object) -> bool:
        return True


def list_unmasked(room: Room, who: Account) -> Container[str]:
    """Items a person may see in full: all if cleared; for a supervisor those with a reason, until the station
    restarts.
    """
    if who.cleared:
        return _AllItems()
    return frozenset(room.unmasked.get(who.name, ())) if who.may(SUPERVISOR) else frozenset()


def note_shown(room: Room, who: Account, tasks: Iterable[Task]) -> None:
    """Log protected fields shown to a cleared person, and why they may see them; before they are shown."""
    masked = [task for task in tasks if task.is_masked]
    if not masked or not who.cleared:
        return
    shown = ShownFields()
    for task in masked:
        shown.add(task.asked.blank.record, task.item.fields)
    asked = Unmasking(who.cleared, who.name, user_name())
    _record_unmasking(room, {**asked.as_plain(), **shown.as_plain()})


def unmask(room: Room, who: Account, item: str, reason: str) -> tuple[Task, WantedKey]:
    """Show one item to a supervisor. Raises OptionsError for an empty reason, NotFound."""
    task = room.worklist.find(item)
    if task is None:
        raise NotFound("There is no such item.")
    asked = check_unmasking(unmask=True, reason=reason or " ", operator=who.name, user=user_name())
    assert asked is not None, "unmasking was requested"
    shown = ShownFields()
    shown.add(task.asked.blank.record, task.item.fields)
    # Before anything is shown: names are never shown without their reason in the ledger.
    _record_unmasking(room, {**asked.as_plain(), **shown.as_plain(), "item": task.base})
    room.unmasked.setdefault(who.name, set()).add(task.base)
    return task, room.worklist.find_wanted_key(task) or WantedKey(FIRST)


def _record_unmasking(room: Room, detail: Mapping[str, Any]) -> None:
    # Under a client, as what the station writes itself: nothing is read anew for it.
    room.ledger.record_event(room.place.options.workspace.site_id, "review", "note", detail={"client": "", **detail})
