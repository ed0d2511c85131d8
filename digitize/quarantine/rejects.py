"""The rejects of a target: which there are, what is in them, and what people did about them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from digitize.targets.base import Statement, Target
from mappers.record import Record, from_plain, to_plain
from validators.finding import Finding

OPEN, CORRECTED, REPLAYED, DROPPED = "open", "corrected", "replayed", "dropped"
# CAST: PostgreSQL gives JSON back as objects, SQLite as text.
_COLUMNS = """reject_id, batch, form, record_id, word, file, line, state, CAST(record AS text), CAST(findings AS text),
              CAST(trail AS text)"""


@dataclass(frozen=True, slots=True)
class Reject:
    """One record that was not loaded. word: reject or review. trail: what was done about it, in order."""

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

    @property
    def place(self) -> str:
        """Where the record came from."""
        return f"{self.file}:{self.line}" if self.file else self.batch

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of its findings."""
        return tuple(dict.fromkeys(f.code for f in self.findings))

    @property
    def confirmed(self) -> frozenset[tuple[str, str]]:
        """(field, code) of the findings of which a person said that the source says so."""
        return frozenset((c[0], c[1]) for step in self.trail for c in step.get("confirmed", ()))


def find_rejects(
    target: Target,
    *,
    states: Sequence[str] = (OPEN, CORRECTED),
    batch: str = "",
    code: str = "",
    ids: Sequence[int] = (),
) -> list[Reject]:
    """The rejects in some states; of one batch, with one finding, or with these ids."""
    marks = ", ".join("?" * len(states))
    query, values = f"SELECT {_COLUMNS} FROM rejects WHERE state IN ({marks})", [*states]
    if batch:
        query, values = f"{query} AND batch = ?", [*values, batch]
    found = [_reject(row) for row in target.run(f"{query} ORDER BY reject_id", values)]
    return [r for r in found if not code or code in r.codes]


def update(reject: Reject, state: str, step: Mapping[str, Any], *, load: str | None = None) -> Statement:
    """The statement that writes down what became of a reject: its state, its record and findings, one more step."""
    trail = [*reject.trail, {"at": datetime.now(UTC).isoformat(timespec="seconds"), **step}]
    # ASCII throughout: a half character goes as its code, which a database takes.
    record, findings = json.dumps(to_plain(reject.record)), json.dumps([asdict(f) for f in reject.findings])
    return (
        "UPDATE rejects SET state = ?, settled_by = ?, record = ?, findings = ?, trail = ? WHERE reject_id = ?",
        [state, load, record, findings, json.dumps(trail), reject.id],
    )


def _reject(row: tuple[Any, ...]) -> Reject:
    id, batch, form, _, word, file, line, state, record, findings, trail = row
    said = [Finding(**f) for f in json.loads(findings)]
    return Reject(id, batch, form, word, file, line, state, from_plain(json.loads(record)), said, json.loads(trail))
