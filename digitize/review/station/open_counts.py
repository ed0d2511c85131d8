"""Counts of open tasks, updated incrementally so that no request iterates over all tasks."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from digitize.login.people import SUPERVISOR, Account
from digitize.review.station.stages import WantedKey
from digitize.review.station.tasks import Task

NAMES = ("form", "field", "role", "volume", "language")


class OpenKind(NamedTuple):
    """Properties by which tasks are counted."""

    form: str
    field: str
    role: str
    volume: str
    language: str
    is_masked: bool
    is_supervisors: bool
    not_by: frozenset[str]

    @property
    def queue(self) -> str:
        """Field, and role of the person: names of complainants and of accused are not mixed."""
        return f"{self.field} {self.role}".rstrip()

    def may_be_of(self, who: Account) -> bool:
        """Whether a person may get tasks of this kind."""
        if who.name in self.not_by or (self.is_supervisors and not who.may(SUPERVISOR)):
            return False
        if self.is_masked and not (who.cleared or who.may(SUPERVISOR)):
            return False
        return who.is_assigned(self.volume, self.language, self.field)


def find_kind(task: Task, want: WantedKey) -> OpenKind:
    """Kind of a task with that wanted answer."""
    where = (task.form, task.field, task.item.role, task.volume, task.language)
    return OpenKind(*where, task.is_masked, want.of_supervisor, want.not_by)


@dataclass
class OpenCounts:
    """The open tasks by kind."""

    _kinds: Counter[OpenKind] = field(default_factory=Counter)

    def add(self, task: Task, want: WantedKey) -> None:
        """Count one more open task."""
        self._kinds[find_kind(task, want)] += 1

    def remove(self, task: Task, want: WantedKey) -> None:
        """Count one open task less."""
        kind = find_kind(task, want)
        self._kinds[kind] -= 1
        if not self._kinds[kind]:
            del self._kinds[kind]

    def count_left(self, who: Account, chosen: dict[str, str]) -> int:
        """Number of tasks a person may get, including those leased by others. chosen: by the names above."""
        fits = (
            count
            for kind, count in self._kinds.items()
            if kind.may_be_of(who) and all(not v or getattr(kind, n) == v for n, v in chosen.items())
        )
        return sum(fits)

    def count_by_name(self, who: Account) -> dict[str, Counter[str]]:
        """The same by form, volume and language, and by queue: field with role."""
        found: dict[str, Counter[str]] = {name: Counter() for name in ("form", "queue", "volume", "language")}
        for kind, count in self._kinds.items():
            if kind.may_be_of(who):
                for name, counted in found.items():
                    counted[getattr(kind, name)] += count
        return found
