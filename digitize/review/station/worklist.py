"""Worklist: tasks in memory, their answers, and leases."""

from __future__ import annotations

import random
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from digitize.login.people import Account
from digitize.machine.work_keys import work_key
from digitize.review.answer_history import FIRST, TEST, PastAnswer
from digitize.review.station.open_counts import NAMES, OpenCounts, find_kind
from digitize.review.station.stages import WantedKey, find_settling_answer, find_wanted_key
from digitize.review.station.tasks import Task
from digitize.workspace.options import Reviewing

LEASE_SECONDS = 600.0
PAGE, FIELD, CARPET = "page", "field", "carpet"
ORDERS = (PAGE, FIELD, CARPET)
_RISK = 3.0
_TESTS_OF_ONE = 3


@dataclass(frozen=True, slots=True)
class WorkChoice:
    """Requested work; "" for any. after: id after which to continue. first: id of what comes before all, if it may."""

    order: str = PAGE
    form: str = ""
    field: str = ""
    role: str = ""
    volume: str = ""
    language: str = ""
    page: str = ""
    after: str = ""
    first: str = ""

    def matches(self, task: Task) -> bool:
        """Whether a task is of it."""
        pairs = (
            (self.form, task.form), (self.field, task.field), (self.role, task.item.role), (self.volume, task.volume),
            (self.language, task.language), (self.page, task.page),
        )  # fmt: skip
        return all(not chosen or chosen == own for chosen, own in pairs)


@dataclass
class _Lease:
    name: str
    until: float


@dataclass
class Worklist:
    """All tasks and answers; used by one thread. tasks: base id -> task; ids: of shown items -> base."""

    options: Reviewing
    clock: Callable[[], float] = time.time
    tasks: dict[str, Task] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    past: dict[tuple[str, str], list[PastAnswer]] = field(default_factory=lambda: defaultdict(list))
    sent_back: dict[str, int] = field(default_factory=dict)
    _wanted: dict[str, WantedKey] = field(default_factory=dict)
    _counts: OpenCounts = field(default_factory=OpenCounts)
    _disputed: set[str] = field(default_factory=set)
    _sorted: dict[str, list[Task]] = field(default_factory=dict)
    _gone: dict[str, Task] = field(default_factory=dict)
    _pages: dict[str, list[Task]] = field(default_factory=lambda: defaultdict(list))
    _held: dict[str, _Lease] = field(default_factory=dict)
    _chance: random.Random = field(default_factory=random.SystemRandom)

    def replace_tasks(self, tasks: Iterable[Task]) -> None:
        """Replace the tasks. Leases are kept, and leased tasks that are gone are remembered."""
        held, now = set(self._held), self.clock()
        old = {b: t for b, t in (self._gone | self.tasks).items() if b in held and self._held[b].until > now}
        self.tasks = {task.base: task for task in tasks}
        self._gone = {base: task for base, task in old.items() if base not in self.tasks}
        there = [*self._gone.values(), *self.tasks.values()]
        self.ids = {task.item.id: task.base for task in there} | {task.base: task.base for task in there}
        self._sorted, self._wanted, self._pages = {}, {}, defaultdict(list)
        self._counts, self._disputed = OpenCounts(), set()
        for task in self.tasks.values():
            self._update_task(task)
            self._pages[task.page].append(task)

    def find(self, item: str) -> Task | None:
        """The task of an item that was given out."""
        return self.tasks.get(self.ids.get(item, item))

    def find_gone(self, item: str) -> Task | None:
        """Task of a leased item that is no longer asked."""
        return self._gone.get(self.ids.get(item, item))

    def add_task(self, task: Task) -> None:
        """Add a task."""
        self.tasks[task.base] = task
        self.ids |= {task.item.id: task.base, task.base: task.base}
        self._pages[task.page].append(task)
        self._update_task(task)

    def add_past(self, past: PastAnswer, task: Task | None = None) -> None:
        """Add an answer."""
        self.past[(past.record, past.cell)].append(past)
        if task is not None:
            self._update_task(task)

    def remove_past(self, past: PastAnswer) -> None:
        """Remove a withdrawn answer."""
        own = self.past[(past.record, past.cell)]
        self.past[(past.record, past.cell)] = [p for p in own if p.client != past.client]
        task = self.tasks.get(past.item)
        if task is not None:
            self._update_task(task)

    def list_answers(self, task: Task) -> list[PastAnswer]:
        """Answers on a task in its current state: same reading, and same record if a rule rejects it now."""
        own = self.past.get(task.place, ())
        return [p for p in own if task.concerns(p)]

    def find_wanted_key(self, task: Task) -> WantedKey | None:
        """Next answer wanted on a task."""
        past = self.list_answers(task)
        sent_back = self.sent_back.get(task.batch, 0)
        is_sampled = any(is_drawn(p, self.options.sample_share) for p in past)
        return find_wanted_key(task.mode, past, is_sampled=is_sampled, sent_back_at=sent_back)

    def version(self, task: Task) -> int:
        """Number that increases with every answer on a task."""
        own = self.past.get(task.place, ())
        return own[-1].seq if own else 0

    def take_next(self, who: Account, choice: WorkChoice, count: int) -> list[tuple[Task, WantedKey]]:
        """Next tasks for a person, leased to them."""
        found: list[tuple[Task, WantedKey]] = []
        now = self.clock()
        first = self.find(choice.first) if choice.first and not choice.after else None
        if first is not None and self.holder(first.base) == who.name:
            found.append((first, self._wanted.get(first.base) or WantedKey(FIRST)))
        for task in self._iterate_choice(choice):
            if first is task:
                continue
            if len(found) >= count:
                break
            want = self._wanted[task.base]
            if self._is_allowed(who, task, want, now):
                found.append((task, want))
        found = self._mix_in_tests(who, choice, found, now)
        for task, _ in found:
            self._held[task.base] = _Lease(who.name, now + LEASE_SECONDS)
        return found

    def count_left(self, who: Account, choice: WorkChoice) -> int:
        """Number of tasks a person may get, including those leased by others."""
        if choice.page:
            found = ((t, self._wanted.get(t.base)) for t in self.list_on_page(choice.page) if choice.matches(t))
            return sum(want is not None and find_kind(t, want).may_be_of(who) for t, want in found)
        return self._counts.count_left(who, {name: getattr(choice, name) for name in NAMES})

    def count_open(self) -> int:
        """Number of tasks that want an answer."""
        return len(self._wanted)

    def open_in_batches(self) -> Counter[str]:
        """The same per batch."""
        return Counter(self.tasks[base].batch for base in self._wanted)

    def counts(self, who: Account) -> dict[str, Counter[str]]:
        """Remaining tasks by form, queue, volume and language."""
        return self._counts.count_by_name(who)

    def list_disputed(self) -> list[tuple[Task, WantedKey]]:
        """Disputes and questions for a supervisor, in question order."""
        both = [(self.tasks[base], self._wanted[base]) for base in self._disputed]
        return sorted(both, key=lambda pair: pair[0].rank)

    def extend_leases(self, who: str) -> None:
        """Extend all leases of a person (heartbeat)."""
        until = self.clock() + LEASE_SECONDS
        for lease in self._held.values():
            if lease.name == who:
                lease.until = until

    def list_on_page(self, page: str) -> list[Task]:
        """Tasks of one page, in question order."""
        return self._pages.get(page, [])

    def hold(self, base: str, who: str) -> None:
        """Lease a task."""
        self._held[base] = _Lease(who, self.clock() + LEASE_SECONDS)

    def release(self, base: str) -> None:
        """Release a task."""
        self._held.pop(base, None)

    def release_all(self, who: str) -> None:
        """Release all tasks of a person."""
        self._held = {base: lease for base, lease in self._held.items() if lease.name != who}

    def holder(self, base: str) -> str:
        """Holder of the lease, "" if none."""
        lease = self._held.get(base)
        return lease.name if lease and lease.until > self.clock() else ""

    def restore_lease(self, base: str, who: str, until: float) -> None:
        """Restore a lease from before a restart."""
        self._held[base] = _Lease(who, until)

    def _update_task(self, task: Task) -> None:
        """Recompute the wanted answer of a task."""
        before, want = self._wanted.pop(task.base, None), self.find_wanted_key(task)
        if before is not None:
            self._counts.remove(task, before)
        self._disputed.discard(task.base)
        if want is None:
            return
        self._wanted[task.base] = want
        self._counts.add(task, want)
        if len(want.not_by) > 1 or want.of_supervisor:
            self._disputed.add(task.base)
        if before is None:
            self._sorted = {}

    def _iterate_choice(self, choice: WorkChoice) -> Iterator[Task]:
        """The open tasks of a choice in its order."""
        order = self._sort_tasks(choice.order, choice.field if choice.order != PAGE else "")
        start = 0
        after = self.ids.get(choice.after, choice.after)
        if after in self.tasks:
            start = bisect_right(order, _KEYS[choice.order](self.tasks[after]), key=_KEYS[choice.order])
        for task in order[start:] if start else order:
            if task.base in self._wanted and choice.matches(task):
                yield task

    def _sort_tasks(self, order: str, only: str) -> list[Task]:
        key = f"{order} {only}"
        if key not in self._sorted:
            some = (t for t in self.tasks.values() if t.base in self._wanted and (not only or t.field == only))
            self._sorted[key] = sorted(some, key=_KEYS[order])
        return self._sorted[key]

    def _is_allowed(self, who: Account, task: Task, want: WantedKey, now: float) -> bool:
        lease = self._held.get(task.base)
        is_free = lease is None or lease.name == who.name or lease.until <= now
        return is_free and find_kind(task, want).may_be_of(who)

    def _mix_in_tests(
        self, who: Account, choice: WorkChoice, found: list[tuple[Task, WantedKey]], now: float
    ) -> list[tuple[Task, WantedKey]]:
        """Mix in questions with known answers, indistinguishable from the others."""
        share = self.options.known_share
        if not found or not share or choice.page:
            return found
        count = sum(self._chance.random() < share for _ in found)
        if not count:
            return found
        pool = [t for t in self.tasks.values() if self._is_test(who, t, choice, now)]
        for task in self._chance.sample(pool, min(count, len(pool))):
            found.insert(self._chance.randrange(len(found) + 1), (task, WantedKey(TEST)))
        return found

    def _is_test(self, who: Account, task: Task, choice: WorkChoice, now: float) -> bool:
        if task.base in self._wanted or not choice.matches(task):
            return False
        past = self.list_answers(task)
        names = {p.operator for p in past}
        tests = sum(p.purpose == TEST for p in past)
        is_known = find_settling_answer(past) is not None
        return is_known and tests < _TESTS_OF_ONE and self._is_allowed(
            who, task, WantedKey(TEST, not_by=frozenset(names)), now)  # fmt: skip


_KEYS: dict[str, Callable[[Task], tuple[object, ...]]] = {
    PAGE: lambda t: (t.rank,),
    FIELD: lambda t: (t.form, t.field, t.item.role, t.rank),
    # Alike beside alike: the odd one out is seen at once.
    CARPET: lambda t: (t.form, t.field, t.item.role, t.item.value, t.rank),
}


def is_drawn(past: PastAnswer, share: float) -> bool:
    """Whether a second person checks a keying.

    Riskier ones are sampled more: a confident reading overruled, or a prefilled value accepted unchanged. The sample
    uses the answer's id, which nobody can predict.
    """
    if past.purpose == TEST or share <= 0:
        return False
    risk = _RISK if past.shown and past.value == past.shown else 1.0
    return int(work_key("sample", past.client)[:8], 16) < min(1.0, share * risk) * 16**8
