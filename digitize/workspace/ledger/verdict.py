"""Verdict of a record from findings and confidences: clean, review or reject."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mappers.record import FieldValue, Record
from validators.finding import Finding

OPERATOR = "operator "
REOPENED = "reopened"
"""What a person says of a value to have it asked again, and the note on it until somebody settles it."""
CHANGED = "changed-after-decision"
"""Note on a value of a cell that a later delivery changed after a person had settled it: it is asked again."""
DAY_CORRECTED = "day-corrected"
"""Note on a day that was read like another on its page, which a person then corrected."""
# Part of the keys of checks: raised when the same findings give another verdict.
VERDICT_VERSION = "4"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Verdict on one record: clean, review or reject; the fields that need review; reasons with counts."""

    word: str
    fields: tuple[str, ...]
    reasons: Mapping[str, int]


# A row of a table of accused, of sections: it is no FIR of its own, and nothing of it can be asked before it has one.
PART = Verdict("review", (), {"part-of-another-record": 1})


def judge(record: Record, findings: Sequence[Finding]) -> Verdict:
    """Judge a record.

    reject: a rule refuses it. review: a field is unsure, a rule asks for review, source cells are left over (an empty
    table cell is not), or its sheets are in doubt; then no rule counts, since the record may not be whole. A settled
    field is asked again only if a rule refuses it, and an uncaptured one never.
    """
    findings = findings if not record.doubts else ()
    cells = dict(record.cells())
    unsure = {path for path, value in cells.items() if not value.is_sure() and value.is_captured}
    asked = {f.field for f in findings if f.severity == "review" and not _is_over(cells.get(f.field))}
    refused = {f.field for f in findings if f.severity == "reject"}
    left = {f"left_over.{name}" for name, text in record.left_over.items() if record.pages or text.strip()}
    fields = tuple(sorted(unsure | asked | refused | left))
    word = "reject" if refused else "review" if fields or record.doubts else "clean"
    counts = Counter(why for path in fields for why in reasons(record, path, findings))
    counts.update(doubt.partition(":")[0] for doubt in record.doubts)
    return Verdict(word, fields, dict(sorted(counts.items())))


def reasons(record: Record, path: str, findings: Sequence[Finding]) -> tuple[str, ...]:
    """Reasons why a field needs review: rules, and problems of the reading; stable codes."""
    found = [f.code for f in findings if f.field == path and f.severity in ("review", "reject")]
    if path.startswith("left_over."):
        return ("left-over",)
    value = dict(record.cells()).get(path)
    if value is not None and not value.is_sure():
        found.append(_why_unsure(value))
    return tuple(found)


_OF_CELLS = ("row-doubtful", "struck", "struck-in-part", "lines-joined", "ink-cut")
"""Notes on cells of registers, and on zones, that hold them back, however surely they were read."""


def _why_unsure(value: FieldValue) -> str:
    for word in (REOPENED, CHANGED, DAY_CORRECTED, *_OF_CELLS):
        if word in value.notes:
            return word
    # Also where letters were read that say nothing (ocr/forms/legible.py).
    if not value.raw or "unread" in value.notes:
        return "unread"
    if value.value is None:
        return "not-understood"
    # A threshold above 1 (calibration.NEVER) stands for one that nobody measured.
    return "not-calibrated" if value.accept > 1 else "doubtful"


def _is_over(value: FieldValue | None) -> bool:
    """Whether a field needs no more review: settled, or not captured."""
    return value is not None and (value.by.startswith(OPERATOR) or not value.is_captured)
