"""Import corrections: a person's entry becomes the value; the previous one stays in the trail."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from digitize.errors import InputError
from digitize.quarantine.rejects import Reject, find_rejects, make_update
from digitize.quarantine.sheet import BLANK, CONFIRM, DROP, RAW, CorrectedRow, find_column, read_sheet
from digitize.targets.base import Target
from digitize.targets.quarantine_store import CORRECTED, DROPPED
from mappers.record import FieldValue, Record


@dataclass(frozen=True, slots=True)
class CorrectionsTaken:
    """How many rejects were corrected and dropped, how many values that were."""

    corrected: int
    dropped: int
    values: int


def take_sheet(path: Path, target: Target, operator: str) -> CorrectionsTaken:
    """Import a filled sheet, completely or not at all: raises InputError before the first reject is changed."""
    lines: dict[int, list[CorrectedRow]] = {}
    for line in read_sheet(path):
        lines.setdefault(line.reject, []).append(line)
    waiting = {r.id: r for r in find_rejects(target, ids=[*lines])} if lines else {}
    for number, of_reject in lines.items():
        if number not in waiting:
            raise InputError(
                f"{path.name}: line {of_reject[0].line}: reject {number} is not in the quarantine (any more)."
            )
        for line in of_reject:
            _require_field(path, waiting[number], line)
    made = [_correct_reject(waiting[number], of_reject, operator) for number, of_reject in lines.items()]
    target.run_all([make_update(reject, state, step) for reject, state, step in made])
    dropped = sum(state == DROPPED for _, state, _ in made)
    return CorrectionsTaken(len(made) - dropped, dropped, sum(len(step.get("changed", ())) for _, _, step in made))


def _require_field(path: Path, reject: Reject, line: CorrectedRow) -> None:
    if line.verdict != DROP and not (line.verdict == CONFIRM and line.field == RAW):
        if find_column(reject.form, line.field) is None and line.field != "record_id":
            raise InputError(f"{path.name}: line {line.line}: {line.field} is not a field of {reject.form}.")
        if line.verdict == CONFIRM and not [f for f in reject.findings if f.field == line.field]:
            raise InputError(f"{path.name}: line {line.line}: no rule asks to confirm this field.")
        if line.verdict == CONFIRM and any(f.severity == "reject" for f in reject.findings if f.field == line.field):
            raise InputError(f"{path.name}: line {line.line}: a rejection cannot be confirmed; correct the value.")


def _correct_reject(reject: Reject, lines: Sequence[CorrectedRow], operator: str) -> tuple[Reject, str, dict[str, Any]]:
    if any(line.verdict == DROP for line in lines):
        return reject, DROPPED, {"by": operator, "did": "dropped"}
    record, changed, confirmed = reject.record, [], []
    # By path: a new child row can only be put behind the one before it, however people sorted the sheet.
    for line in sorted(lines, key=lambda one: _sort_key_of(one.field)):
        if line.verdict == CONFIRM:
            confirmed += [[f.field, f.code] for f in reject.findings if f.field == line.field]
            continue
        before = dict(record.cells()).get(line.field)
        changed.append({"field": line.field, "before": before.value if before else None})
        record = _apply_correction(record, line, operator)
    step = {"by": operator, "did": "corrected", "changed": changed, "confirmed": confirmed}
    return replace(reject, record=record), CORRECTED, step


def _sort_key_of(path: str) -> list[tuple[str, int]]:
    """By the number of a row and not by its digits: acts[9] before acts[10]."""
    return [(word, int(number or 0)) for word, number in re.findall(r"(\D+)(\d*)", path)]


def _apply_correction(record: Record, line: CorrectedRow, operator: str) -> Record:
    if line.field == "record_id":
        return replace(record, id=line.value)
    old = dict(record.cells()).get(line.field, FieldValue("", None))
    value = None if line.verdict == BLANK else line.value
    # What the source said is kept, without what no database takes.
    raw = old.raw.replace("\x00", "").encode("utf-8", "replace").decode()
    new = replace(
        old, raw=raw, value=value, confidence=1.0, by=f"operator {operator}", blank=value is None, candidates=()
    )
    try:
        return record.with_value(line.field, new)
    except KeyError as e:
        raise InputError(f"line {line.line}: {line.field}: the rows before it are missing.") from e
