"""A person's own answers: listed, searched, and taken back as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from digitize.login.people import Account
from digitize.masking.masks import MASK
from digitize.review import reopening
from digitize.review.answer_history import OPENED, SETTLED, PastAnswer, undo_answer
from digitize.review.labels import format_fields_label, format_item_label
from digitize.review.station.ledger_thread import Room
from digitize.review.station.stages import WantedKey, drop_before_reopening, find_newest_keys, find_wanted_key
from digitize.review.station.tasks import Task
from digitize.review.station.unmasking import list_unmasked
from digitize.workspace.decisions.entries import ADD
from digitize.workspace.decisions.items import ZONE
from digitize.workspace.decisions.special_questions import ENTRY, ROW, is_word
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.records import Decision, Records

MOST_SHOWN = 25


@dataclass(frozen=True, slots=True)
class UndoneAnswer:
    """An answer that was taken back. task: its question, None if nothing asks it at the moment; want: how it is
    asked again.
    """

    past: PastAnswer
    task: Task | None
    want: WantedKey


@dataclass(frozen=True, slots=True)
class OwnAnswer:
    """One line of the list. task: its place, None if it is gone. value: MASK if the person may not see it, "" for a
    verdict without a value. volume, page: its name and number; label: of its field.
    """

    past: PastAnswer
    task: Task | None
    value: str
    volume: str = ""
    page: str = ""
    label: str = ""

    @property
    def when(self) -> str:
        """Day and minute by the clock of this office."""
        return datetime.fromisoformat(self.past.at).astimezone().strftime("%Y-%m-%d %H:%M") if self.past.at else ""

    def holds(self, words: Sequence[str]) -> bool:
        """Whether all these words, in small letters, stand in it."""
        text = "\n".join((self.value, self.label, self.volume, self.page, self.past.record, self.when[:10])).casefold()
        return all(word in text for word in words)


def take_back_answer(room: Room, who: Account, client: str) -> UndoneAnswer | None:
    """Undo one's own answer: history and decision together, in one transaction; its question is leased again.

    None, with nothing noted, if there is no such answer of theirs, or it counts no more: the value was opened again
    since, or a name was put into a list. An answer that is undone already is told as undone: the browser sends it
    again when it did not hear so.
    """
    past = room.find_answer(client) or room.find_undone(client)
    if past is None or past.operator != who.name:
        return None
    if room.find_answer(client) is not None and not _withdraw(room, who, past):
        return None
    task = room.ask_again(past)
    if task is None:
        return UndoneAnswer(past, None, WantedKey(past.purpose))
    room.worklist.hold(task.base, who.name)
    return UndoneAnswer(past, task, room.worklist.find_wanted_key(task) or WantedKey(past.purpose))


def _withdraw(room: Room, who: Account, past: PastAnswer) -> bool:
    """Note an answer as undone and restore the decision before it; False, with nothing noted, if it counts no more."""
    own = room.worklist.past.get((past.record, past.cell), [])
    now = drop_before_reopening(own)
    if past not in now or (past.cell.startswith(f"{ENTRY}:") and past.value == ADD):
        return False
    others = [p for p in now if p.client != past.client and p.item == past.item]
    holding = Records(room.ledger).decisions(past.record).get(past.cell)
    with room.ledger.writing():
        undo_answer(room.ledger, past, who.name)
        # By the decision itself, not by a question: nobody may be asked it at the moment.
        if holding is not None and past.state == SETTLED and _is_decision_of(holding, past):
            before = _find_answer_before(room, others)
            reopening.take_back(room.ledger, holding, before, who.name, client=past.client)
    room.forget(past)
    room.worklist.remove_past(past)
    return True


def _is_decision_of(holding: Decision, past: PastAnswer) -> bool:
    return (holding.verdict, holding.value, holding.operator) == (past.verdict, past.value, past.operator)


def _find_answer_before(room: Room, others: list[PastAnswer]) -> PastAnswer | None:
    """The answer that settles a place without a certain one; None if it must be asked again."""
    keys = list(find_newest_keys(others).values())
    if keys and find_wanted_key(room.options.mode(keys[-1].form, keys[-1].field), others) is None:
        return max(keys, key=lambda p: p.seq)
    return next((p for p in reversed(others) if p.state == SETTLED), None)


def list_own_answers(
    room: Room, who: Account, name: str, *, search: str = "", before: int = 0, most: int = MOST_SHOWN
) -> list[OwnAnswer]:
    """The newest answers of `name` that a person may see, each place once, newest first.

    search: words that must all stand in the value, field, volume, page or day. before: only older events, 0 for all.
    The value of a protected person is shown to, and found by, those alone who may see it.
    """
    seen, words = list_unmasked(room, who), search.casefold().split()
    place_of, maker = _PlaceNames(room), room.make_tasks()
    found: list[OwnAnswer] = []
    for past in _iterate_newest(room, name, before):
        line = OwnAnswer(past, None, past.value, *place_of.find_names(past), _format_label(past, who.language))
        # Before the place is looked up, which takes a hundred times as long.
        if not line.holds(words):
            continue
        task = room.worklist.find(past.item) or room.find_place(past, maker)
        if task is not None and not who.is_assigned(task.volume, task.language, task.field):
            continue
        is_hidden = not is_word_answer(past) and (task is None or (task.is_masked and task.base not in seen))
        label = format_item_label(task.item, who.language) if task else line.label
        line = replace(line, task=task, label=label, value=MASK if is_hidden and past.value else past.value)
        if line.holds(words):
            found.append(line)
            if len(found) == most:
                break
    return found


def is_word_answer(past: PastAnswer) -> bool:
    """Whether it is a word on a row, a gap or a list, which names nobody."""
    return is_word(Decision(past.record, past.cell, "", "", past.form, past.verdict, past.value, past.operator))


def _iterate_newest(room: Room, name: str, before: int) -> Iterator[PastAnswer]:
    """The newest answer of a person on each place, newest first; before: only older events, 0 for all."""
    newest = []
    for own in room.worklist.past.values():
        last = next((p for p in reversed(own) if p.operator == name and p.state != OPENED), None)
        if last is not None and (not before or last.seq < before):
            newest.append(last)
    return iter(sorted(newest, key=lambda p: -p.seq))


def _format_label(past: PastAnswer, language: str) -> str:
    return format_fields_label(past.form, (past.field,), language) if past.field else ""


class _PlaceNames:
    """Name of the volume and number of the page of answers; each volume is looked up once."""

    def __init__(self, room: Room) -> None:
        self._catalogue = Catalogue(room.ledger)
        self._labels: dict[str, str] = {}

    def find_names(self, past: PastAnswer) -> tuple[str, str]:
        """Volume and page; the record where there is no page."""
        kind, _, rest = past.cell.partition(":")
        page = rest.rpartition("/")[0] if kind in (ZONE, ROW) else past.record.rpartition("-r")[0]
        volume, _, number = page.rpartition("-")
        if volume not in self._labels:
            scan = self._catalogue.scan(page)
            self._labels[volume] = self._catalogue.volume_label(scan.volume) if scan else ""
        label = self._labels[volume]
        return (label, str(int(number))) if label and number.isdigit() else ("", past.record)
