"""Fields that contradict a person's answer: a rule names one of the fields it compares, but the error may be in
another.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from digitize.workspace.ledger.verdict import OPERATOR
from mappers.record import FieldValue, Record
from validators.finding import Finding

if TYPE_CHECKING:
    from validators.rulebook.given import CheckSettings


def also_asked(record: Record, findings: Sequence[Finding], settings: CheckSettings) -> list[Finding]:
    """Add the findings for further fields.

    If a person settled the field that a rule names and the rule still fails, the machine-read fields it compares are
    reported as well. Otherwise the record would pass with two values that cannot both be right. Only fields without
    which the rule is silent are reported. Legacy tables are excluded: people typed them, and a rule on two columns
    would ask about each row twice.
    """
    if not record.pages:
        return []
    cells = dict(record.cells())
    made: list[Finding] = []
    for finding in findings:
        own = cells.get(finding.field)
        if finding.severity == "note" or own is None or not own.by.startswith(OPERATOR):
            continue
        others = _list_compared(record, finding, cells)
        # Silent about the record by itself, it compares records; still heard without these, it is not about them.
        if (
            not others
            or not _says(record, finding, settings)
            or _says(_blank_fields(record, others), finding, settings)
        ):
            continue
        alone = [path for path in others if not _says(_blank_fields(record, [path]), finding, settings)]
        made += [replace(finding, field=path) for path in alone or others]
    return made


def _list_compared(record: Record, finding: Finding, cells: Mapping[str, FieldValue]) -> list[str]:
    """Paths of the other fields that the finding's rule reads in its row and in the record, and no person settled."""
    from validators.rulebook.rule import load_rules

    rule = load_rules(record.form).get(finding.code)
    if rule is None or not isinstance(rule.fields, tuple):
        return []
    row = finding.field.rpartition(".")[0]
    paths = [_path(name, row) for name in rule.fields if ":" not in name]
    return [p for p in dict.fromkeys(paths) if p != finding.field and p in cells and _is_machines(cells[p])]


def _path(name: str, row: str) -> str:
    """Path of a rule's field in a row; "" in `row` means the record itself."""
    own, _, last = name.rpartition(".")
    return last if own == "parent" else f"{row}.{name}" if row and not own else name


def _is_machines(value: FieldValue) -> bool:
    return value.value is not None and value.is_captured and not value.by.startswith(OPERATOR)


def _blank_fields(record: Record, paths: Sequence[str]) -> Record:
    """Copy of the record with these fields empty."""
    for path in paths:
        record = record.with_value(path, FieldValue("", None, blank=True))
    return record


def _says(record: Record, finding: Finding, settings: CheckSettings) -> bool:
    from validators.checking.check import check_records

    return any((f.code, f.field) == (finding.code, finding.field) for f in check_records([record], settings))
