"""Which loads brought records into a target that a source does not have, according to the target's load history."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from digitize.files.loading.compared_sources import LoadSource
from digitize.files.loading.sides import Place
from digitize.targets.base import Target
from digitize.targets.rows import DATABASE_CODES

REPLAY = "replay-"
# The ids of so many records are told of a load that is not the source's.
_MOST_NAMED = 1000


@dataclass(frozen=True, slots=True)
class _Load:
    batch: str
    at: str
    files: tuple[str, ...]
    is_own: bool


class Provenance:
    """What the load history of a target says about records missing in a source."""

    def __init__(self, target: Target, source: LoadSource) -> None:
        self._loads = {load.replace("-", ""): made for load, made in _loads(target, source)}
        self._settled = _list_settled(target)
        self._present: dict[Place, Counter[str]] = {}
        self._counts: Counter[str] = Counter()
        self._records: dict[str, list[str]] = {}

    def add(self, at: Place, load: str, count: int) -> None:
        """Count records of a load at a place."""
        self._present.setdefault(at, Counter())[load] += count

    def is_suspicious(self, at: Place) -> bool:
        """Whether a place has records that may contradict the history and must be checked one by one."""
        return any(self._needs_look(load) for load in self._present[at])

    def accounts_for(self, load: str, record: str) -> bool:
        """Whether the history shows that another load wrote a record."""
        if load not in self._loads or self._loads[load].is_own:
            return False
        # A replay says of each of its records which reject it was.
        return not self._is_replay(load) or (load, record) in self._settled

    def name(self, load: str, record: str) -> None:
        """A record of another load was found."""
        self._counts[load] += 1
        named = self._records.setdefault(load, [])
        if len(named) < _MOST_NAMED:
            named.append(record)

    def count_place(self, at: Place) -> None:
        """All records at a place are of other loads."""
        self._counts.update(self._present[at])

    def list_loads(self) -> list[dict[str, object]]:
        """The other loads: load, batch, at, files, whether it was a replay, records, and the ids of some."""
        return [
            {
                "load": load, "batch": self._loads[load].batch, "at": self._loads[load].at,
                "files": list(self._loads[load].files), "is_replay": self._is_replay(load), "records": count,
                "named": self._records.get(load, []),
            }
            for load, count in sorted(self._counts.items())
        ]  # fmt: skip

    def _needs_look(self, load: str) -> bool:
        return load not in self._loads or self._loads[load].is_own or self._is_replay(load)

    def _is_replay(self, load: str) -> bool:
        return self._loads[load].batch.startswith(REPLAY)


def refused_by_target(target: Target) -> Iterable[tuple[str, str]]:
    """(form, record) of those that the rules let pass and the target would not take; they wait in its quarantine."""
    query = "SELECT form, record_id, CAST(findings AS text) FROM rejects WHERE state IN ('open', 'corrected') AND ("
    query += " OR ".join(["CAST(findings AS text) LIKE ?"] * len(DATABASE_CODES)) + ")"
    for form, record, findings in target.run(query, [f"%{code}%" for code in DATABASE_CODES]):
        if any(f["code"] in DATABASE_CODES for f in json.loads(findings)):
            yield form, record


def _loads(target: Target, source: LoadSource) -> Iterable[tuple[str, _Load]]:
    """Loads in the target's history that are not undone. SQLite returns JSON as text, PostgreSQL as an object."""
    query = "SELECT CAST(load_id AS text), batch, source, CAST(at AS text) FROM loads WHERE state = 'loaded'"
    for load, batch, about, at in target.run(query):
        plain: Mapping[str, Any] = json.loads(about) if isinstance(about, str) else about
        yield load, _Load(batch, at, tuple(plain.get("files", ())), source.is_own(batch, plain))


def _list_settled(target: Target) -> set[tuple[str, str]]:
    """(load, record) of the rejects that a load settled."""
    query = "SELECT CAST(settled_by AS text), record ->> 'id' FROM rejects WHERE settled_by IS NOT NULL"
    return {(load.replace("-", ""), record) for load, record in target.run(query)}
