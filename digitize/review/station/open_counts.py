"""How much is open, counted as it changes: nobody goes through all tasks to tell a person what is left."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import NamedTuple

from digitize.login.people import SUPERVISOR, Account
from digitize.review.station.stages import WantedKey
from digitize.review.station.tasks import Task

NAMES = ("form", "field", "volume", "language")


class OpenKind(NamedTuple):
    """What tasks have in common that are counted together."""

    form: str
    field: str
    volume: str
    language: str
    is_masked: bool
    is_supervisors: bool
    not_by: frozenset[str]

    def may_be_of(self, who: Account) -> bool:
        """Whether somebody may be given tasks of this kind."""
        if who.name in self.not_by or (self.is_supervisors and not who.may(SUPERVISOR)):
            return False
        if self.is_masked and not (who.cleared or who.may(SUPERVISOR)):
            return False
        return who.is_assigned(self.volume, self.language, self.field)


def find_kind(task: Task, want: WantedKey) -> OpenKind:
    """The kind of a task of which that is wanted."""
    where = (task.form, task.field, task.volume, task.language)
    return OpenKind(*where, task.is_masked, want.of_supervisor, want.not_by)


@dataclass
class OpenCounts:
    """The open tasks by kind."""

    _kinds: Counter[OpenKind] = field(default_factory=Counter)

    def add(self, task: Task, want: WantedKey) -> None:
        """One more is open."""
        self._kinds[find_kind(task, want)] += 1

    def remove(self, task: Task, want: WantedKey) -> None:
        """One is not open any more."""
        kind = find_kind(task, want)
        self._kinds[kind] -= 1
        if not self._kinds[kind]:
            del self._kinds[kind]

    def count_left(self, who: Account, chosen: dict[str, str]) -> int:
        """How many somebody may be given, those that others hold just now among them. chosen: by the names above."""
        fits = (
            count
            for kind, count in self._kinds.items()
            if kind.may_be_of(who) and all(not v or getattr(kind, n) == v for n, v in chosen.items())
        )
        return sum(fits)

    def count_by_name(self, who: Account) -> dict[str, Counter[str]]:
        """The same by form, field, volume and language."""
        found: dict[str, Counter[str]] = {name: Counter() for name in NAMES}
        for kind, count in self._kinds.items():
            if kind.may_be_of(who):
                for name, counted in found.items():
                    counted[getattr(kind, name)] += count
        return found
