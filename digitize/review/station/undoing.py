"""Undo at any depth: a person withdraws their answer; it stays in the history."""

from __future__ import annotations

from digitize.login.people import Account
from digitize.review.answer_history import SETTLED, PastAnswer, undo_answer
from digitize.review.reopening import take_back
from digitize.review.station.ledger_thread import Room
from digitize.review.station.stages import WantedKey
from digitize.review.station.tasks import Task


def take_back_answer(room: Room, who: Account, client: str) -> tuple[Task, WantedKey] | None:
    """Withdraw one's own answer, and lease its item again; None if there is none, or its item is gone."""
    past = room.find_answer(client)
    if past is None or past.operator != who.name:
        return None
    task = room.worklist.find(past.item)
    others = [p for p in room.worklist.past.get((past.record, past.cell), ()) if p.client != client]
    with room.ledger.writing():
        undo_answer(room.ledger, past, who.name)
        if past.state == SETTLED and task is not None:
            take_back(room.ledger, task.asked.blank, _find_settling_answer(others, task), who.name, client=client)
    room.forget(past)
    room.worklist.remove_past(past)
    if task is None:
        return None
    room.worklist.hold(task.base, who.name)
    want = room.worklist.find_wanted_key(task)
    return task, want or WantedKey(past.purpose)


def _find_settling_answer(others: list[PastAnswer], task: Task) -> PastAnswer | None:
    """The answer that settled the place before."""
    return next((p for p in reversed(others) if p.state == SETTLED and p.item == task.base), None)
