"""Load the station's in-memory state from the ledger on a separate connection, while the old state is served."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from digitize.errors import NotFound
from digitize.masking.cases import CaseMasks
from digitize.review.answer_history import PastAnswer, list_all_answers
from digitize.review.station.batches import list_sent_back
from digitize.review.station.stages import find_settling_answer, find_wanted_key
from digitize.review.station.tasks import Task, TaskBuilder
from digitize.review.station.worklist import is_drawn
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import newest_event
from digitize.workspace.ledger.records import Records
from digitize.workspace.measuring import measure_place
from digitize.workspace.options import Reviewing
from digitize.workspace.place import Place
from digitize.workspace.run_context import RunContext, build_run_context
from mappers.record import Record

_MOST_TESTS = 200
Places = dict[tuple[str, str], list[PastAnswer]]


class RecordFinder:
    """Finds records by id in a ledger that is replaced when another thread takes over."""

    def __init__(self, ledger: Ledger) -> None:
        """ledger: of the calling thread."""
        self.ledger = ledger

    def __call__(self, record: str) -> Record | None:
        """The record, None if there is none."""
        stored = Records(self.ledger).find(record)
        return stored.record if stored else None


@dataclass(frozen=True)
class Holdings:
    """Loaded state. seq: newest event included. is_all: whether all open questions are included.

    masks: over all records, which they fetch with finder. whole: records asked completely, for measurement.
    """

    known: RunContext
    tasks: list[Task]
    past: Places
    sent_back: dict[str, int]
    seq: int
    masks: CaseMasks
    finder: RecordFinder
    is_all: bool
    whole: tuple[str, ...] = ()


def load_holdings(place: Place, *, measure: bool = False) -> Holdings:
    """Read all of it. measure: fold the answers into thresholds first. Raises LedgerError, MappingError, FormError."""
    options = place.options.review
    with Ledger(place.ledger) as ledger:
        if measure:
            measure_place(ledger, place)
        seq = newest_event(ledger)
        known = build_run_context(place, ledger)
        past: Places = defaultdict(list)
        counted, undone = list_all_answers(ledger)
        for one in counted:
            past[(one.record, one.cell)].append(one)
        sent_back = list_sent_back(ledger)
        finder = RecordFinder(ledger)
        masks = CaseMasks((s.record for s in Records(ledger).all()), finder)
        maker = TaskBuilder(ledger, known, masks)
        is_open = _OpenPlaces(options, past, sent_back)
        tasks = maker.list_open(options.at_once, is_open.is_settled)
        is_all = len(tasks) < options.at_once
        again = _list_second_looks(maker, is_open, tasks)
        back = _list_taken_back(maker, undone, {t.place for t in (*tasks, *again)})
        return Holdings(known, [*tasks, *again, *back], past, sent_back, seq, masks, finder, is_all, tuple(maker.whole))


class _OpenPlaces:
    """Whether a place needs another answer, judged by earlier answers only."""

    def __init__(self, options: Reviewing, past: Places, sent_back: dict[str, int]) -> None:
        self._options, self.past, self._sent_back = options, past, sent_back

    def is_settled(self, task: Task) -> bool:
        """Whether a task was answered, and only waits for the next run to take the answer up."""
        before = task.asked.before
        own = [p for p in self.past.get(task.place, ()) if task.concerns(p)]
        if not own:
            return before is not None and not task.is_again
        return not self.wants(own)

    def wants(self, past: list[PastAnswer]) -> bool:
        """Whether another answer is wanted."""
        last = past[-1]
        is_sampled = any(is_drawn(p, self._options.sample_share) for p in past)
        mode = self._options.mode(last.form, last.field)
        return (
            find_wanted_key(mode, past, is_sampled=is_sampled, sent_back_at=self._sent_back.get(last.batch, 0))
            is not None
        )


def _list_second_looks(maker: TaskBuilder, is_open: _OpenPlaces, tasks: list[Task]) -> list[Task]:
    """Places no rule asks any more that need a second look, and some with a known answer."""
    there = {task.place for task in tasks}
    others = [(place, past) for place, past in is_open.past.items() if place not in there and past]
    asked = [place for place, past in others if is_open.wants(past)]
    known = [place for place, past in others if find_settling_answer(past) is not None][-_MOST_TESTS:]
    found = []
    for place in dict.fromkeys([*asked, *known]):
        try:
            task = maker.find_task(*place)
        except NotFound:
            continue
        if task is not None:
            found.append(task)
    return found


def _list_taken_back(maker: TaskBuilder, undone: list[PastAnswer], there: set[tuple[str, str]]) -> list[Task]:
    """Places whose undone answer a run has taken up: no rule asks them until the next run maps their record anew."""
    found = []
    for place in dict.fromkeys((p.record, p.cell) for p in undone):
        if place in there or not maker.is_answered(*place):
            continue
        task = maker.find_task(*place)
        if task is not None and task.asked.before is None:
            found.append(task)
    return found
