"""Who is given what next: the tasks in memory, what was said of each, and who holds which just now."""

from __future__ import annotations

import random
import time
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from digitize.login.people import Account
from digitize.machine.work_keys import work_key
from digitize.review.answer_history import TEST, PastAnswer
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
    """What a person wants to work on; "" for anything. after: the id behind which to go on."""

    order: str = PAGE
    form: str = ""
    field: str = ""
    volume: str = ""
    language: str = ""
    page: str = ""
    after: str = ""

    def matches(self, task: Task) -> bool:
        """Whether a task is of it."""
        pairs = (
            (self.form, task.form), (self.field, task.field), (self.volume, task.volume),
            (self.language, task.language), (self.page, task.page),
        )  # fmt: skip
        return all(not chosen or chosen == own for chosen, own in pairs)


@dataclass
class _Lease:
    name: str
    until: float


@dataclass
class Worklist:
    """All tasks and all that was said; used by one thread. tasks: base id -> task; ids: of the items shown -> base."""

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
        """These are the tasks from now on. What is held stays held, and is remembered where it is not among them."""
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
        """The task of an item that somebody holds and that is not asked any more."""
        return self._gone.get(self.ids.get(item, item))

    def add_task(self, task: Task) -> None:
        """One task more."""
        self.tasks[task.base] = task
        self.ids |= {task.item.id: task.base, task.base: task.base}
        self._pages[task.page].append(task)
        self._update_task(task)

    def add_past(self, past: PastAnswer, task: Task | None = None) -> None:
        """Somebody said something."""
        self.past[(past.record, past.cell)].append(past)
        if task is not None:
            self._update_task(task)

    def remove_past(self, past: PastAnswer) -> None:
        """Somebody took back what they said."""
        own = self.past[(past.record, past.cell)]
        self.past[(past.record, past.cell)] = [p for p in own if p.client != past.client]
        task = self.tasks.get(past.item)
        if task is not None:
            self._update_task(task)

    def list_answers(self, task: Task) -> list[PastAnswer]:
        """What was said of a task as it stands: of the same reading, and of the record that a rule refuses now."""
        own = self.past.get(task.place, ())
        return [p for p in own if task.concerns(p)]

    def find_wanted_key(self, task: Task) -> WantedKey | None:
        """What is wanted of a task next."""
        past = self.list_answers(task)
        sent_back = self.sent_back.get(task.batch, 0)
        is_sampled = any(is_drawn(p, self.options.sample_share) for p in past)
        return find_wanted_key(task.mode, past, is_sampled=is_sampled, sent_back_at=sent_back)

    def version(self, task: Task) -> int:
        """A number that grows with all that is said of a task."""
        own = self.past.get(task.place, ())
        return own[-1].seq if own else 0

    def take_next(self, who: Account, choice: WorkChoice, count: int) -> list[tuple[Task, WantedKey]]:
        """What somebody is given next, and holds from now on."""
        found: list[tuple[Task, WantedKey]] = []
        now = self.clock()
        for task in self._iterate_choice(choice):
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
        """How many are left that somebody may be given, those that others hold just now among them."""
        if choice.page:
            found = ((t, self._wanted.get(t.base)) for t in self.list_on_page(choice.page) if choice.matches(t))
            return sum(want is not None and find_kind(t, want).may_be_of(who) for t, want in found)
        return self._counts.count_left(who, {name: getattr(choice, name) for name in NAMES})

    def count_open(self) -> int:
        """How many tasks want something of anybody."""
        return len(self._wanted)

    def open_in_batches(self) -> Counter[str]:
        """How many tasks of each batch want something of anybody."""
        return Counter(self.tasks[base].batch for base in self._wanted)

    def counts(self, who: Account) -> dict[str, Counter[str]]:
        """How many are left, by form, field, volume and language."""
        return self._counts.count_by_name(who)

    def list_disputed(self) -> list[tuple[Task, WantedKey]]:
        """What two people answered differently, and what was put before a supervisor, in the order of asking."""
        both = [(self.tasks[base], self._wanted[base]) for base in self._disputed]
        return sorted(both, key=lambda pair: pair[0].rank)

    def extend_leases(self, who: str) -> None:
        """Somebody is heard of: what they hold they go on to hold."""
        until = self.clock() + LEASE_SECONDS
        for lease in self._held.values():
            if lease.name == who:
                lease.until = until

    def list_on_page(self, page: str) -> list[Task]:
        """The tasks of one page, in the order of asking."""
        return self._pages.get(page, [])

    def hold(self, base: str, who: str) -> None:
        """Somebody works on it."""
        self._held[base] = _Lease(who, self.clock() + LEASE_SECONDS)

    def release(self, base: str) -> None:
        """Nobody holds it any more."""
        self._held.pop(base, None)

    def release_all(self, who: str) -> None:
        """Somebody left: what they hold is anybody's."""
        self._held = {base: lease for base, lease in self._held.items() if lease.name != who}

    def holder(self, base: str) -> str:
        """Who holds it, "" for nobody."""
        lease = self._held.get(base)
        return lease.name if lease and lease.until > self.clock() else ""

    def restore_lease(self, base: str, who: str, until: float) -> None:
        """Somebody held it before a restart."""
        self._held[base] = _Lease(who, until)

    def _update_task(self, task: Task) -> None:
        """See anew what is wanted of a task."""
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
        """With fields whose answer is known put in between, so that nobody can tell them from the others."""
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
    FIELD: lambda t: (t.form, t.field, t.rank),
    # Alike beside alike: the odd one out is seen at once.
    CARPET: lambda t: (t.form, t.field, t.item.value, t.rank),
}


def is_drawn(past: PastAnswer, share: float) -> bool:
    """Whether a second person looks at a key. Riskier ones are drawn more often: a confident machine overruled, or a
    prefilled value taken as it stood. The draw is by the answer's own id, which nobody can foresee.
    """
    if past.purpose == TEST or share <= 0:
        return False
    risk = _RISK if past.shown and past.value == past.shown else 1.0
    return int(work_key("sample", past.client)[:8], 16) < min(1.0, share * risk) * 16**8
