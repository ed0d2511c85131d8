"""Rejects of a target: their content and what people did about them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from digitize.targets.base import Statement, Target
from digitize.targets.quarantine_store import CORRECTED, DROPPED, OPEN, REPLAYED, SETTLED
from digitize.targets.source_rows import source_row
from mappers.record import Record, from_plain, to_plain
from validators.finding import Finding

WAITING = (OPEN, CORRECTED)
STATES = (*WAITING, REPLAYED, DROPPED, SETTLED)
# CAST: PostgreSQL gives JSON back as objects, SQLite as text.
_COLUMNS = """reject_id, batch, form, record_id, word, file, line, state, CAST(record AS text), CAST(findings AS text),
              CAST(trail AS text), source_row, delivery, settings, load_id, settled_by"""
# Entries read at a time where all that wait are looked through.
_AT_ONCE = 5000


@dataclass(frozen=True, slots=True)
class Reject:
    """One record that was not loaded. word: reject or review. trail: actions on it, in order.

    row: name of its source row. delivery: number of its delivery, 0 if unknown. settings: key of the rule settings.
    load: that refused it. settled_by: load that brought the record later, or "".
    """

    id: int
    batch: str
    form: str
    word: str
    file: str
    line: int
    state: str
    record: Record
    findings: Sequence[Finding]
    trail: Sequence[Mapping[str, Any]]
    row: str = ""
    delivery: int = 0
    settings: str = ""
    load: str = ""
    settled_by: str = ""

    @property
    def place(self) -> str:
        """Origin of the record."""
        return f"{self.file}:{self.line}" if self.file else self.batch

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its findings."""
        return tuple(dict.fromkeys(f.code for f in self.findings))

    @property
    def confirmed(self) -> frozenset[tuple[str, str]]:
        """(field, code) of findings a person confirmed as being in the source."""
        return frozenset((c[0], c[1]) for step in self.trail for c in step.get("confirmed", ()))


def find_rejects(
    target: Target,
    *,
    states: Sequence[str] = WAITING,
    batch: str = "",
    code: str = "",
    ids: Sequence[int] = (),
) -> list[Reject]:
    """Rejects in some states; of one batch, with one finding, or with these ids."""
    return list(iter_rejects(target, states=states, batch=batch, code=code, ids=ids))


def iter_rejects(
    target: Target,
    *,
    states: Sequence[str] = WAITING,
    batch: str = "",
    code: str = "",
    form: str = "",
    ids: Sequence[int] = (),
) -> Iterator[Reject]:
    """The same in the order of their ids, some at a time: a state's quarantine is larger than memory."""
    query, values = f"SELECT {_COLUMNS} FROM rejects WHERE state IN ({', '.join('?' * len(states))})", [*states]
    for name, value in (("batch", batch), ("form", form)):
        query, values = (f"{query} AND {name} = ?", [*values, value]) if value else (query, values)
    lots = [sorted(ids)[i : i + _AT_ONCE] for i in range(0, len(ids), _AT_ONCE)] if ids else [[]]
    for some in lots:
        own = f"{query} AND reject_id IN ({', '.join('?' * len(some))})" if some else query
        last = 0
        while rows := target.run(
            f"{own} AND reject_id > ? ORDER BY reject_id LIMIT {_AT_ONCE}", [*values, *some, last]
        ):
            yield from (r for r in map(_parse_reject, rows) if not code or code in r.codes)
            last = rows[-1][0]


def make_update(reject: Reject, state: str, step: Mapping[str, Any], *, load: str | None = None) -> Statement:
    """Statement that updates a reject: state, record and findings, and one more step in the trail."""
    trail = [*reject.trail, {"at": datetime.now(UTC).isoformat(timespec="seconds"), **step}]
    # ASCII throughout: a half character goes as its code, which a database takes.
    record, findings = json.dumps(to_plain(reject.record)), json.dumps([asdict(f) for f in reject.findings])
    return (
        "UPDATE rejects SET state = ?, settled_by = ?, record = ?, findings = ?, trail = ? WHERE reject_id = ?",
        [state, load, record, findings, json.dumps(trail), reject.id],
    )


def _parse_reject(row: tuple[Any, ...]) -> Reject:
    id, batch, form, _, word, file, line, state, record, findings, trail, name, delivery, settings, load, by = row
    said, whole = [Finding(**f) for f in json.loads(findings)], json.loads(record)
    # An entry of an earlier version has no name yet; `digitize.targets.quarantine_store` gives it the same one.
    name = name or source_row(form, whole, f"{file}:{line}")
    # PostgreSQL gives ids back as UUIDs, with dashes.
    loads = [str(x or "").replace("-", "") for x in (load, by)]
    return Reject(
        id, batch, form, word, file, line, state, from_plain(whole), said, json.loads(trail), name, delivery, settings,
        *loads,
    )  # fmt: skip
