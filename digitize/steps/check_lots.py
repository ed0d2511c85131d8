"""Check groups of records in lots, in this process or in parallel workers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from digitize.machine.placing import Workers, are_many
from digitize.machine.pool import run_jobs
from digitize.machine.shared_payload import pack_payload, unpack_payload
from digitize.workspace.ledger.packs import PackedRow
from digitize.workspace.ledger.verdict import OPERATOR, PART, Verdict, judge
from mappers.packed import RecordShape
from mappers.record import INTAKE, FieldValue, Record, RecordValues
from validators.finding import Finding

if TYPE_CHECKING:
    from validators.rulebook.given import CheckSettings


_FEW = 2
"""So many lots are checked before workers would have begun."""
_LESS_SURE = 0.05
"""By so much less confidence a field is the likelier one of two that contradict each other."""
_CLEAN = Verdict("clean", (), {})


@dataclass(frozen=True)
class CheckWork:
    """Inputs of a check. parts: metadata of mappings whose rows are parts of other records."""

    settings: CheckSettings
    parts: frozenset[str]


class CheckLot(NamedTuple):
    """Groups, each with its key and records, and the shapes needed to unpack them."""

    groups: list[tuple[str, str, list[PackedRow]]]
    shapes: dict[int, bytes]


class GroupChecked(NamedTuple):
    """Result for a group: a verdict per record and the findings."""

    group: str
    key: str
    verdicts: Mapping[str, Verdict]
    findings: list[Finding]


def check_lot(work: CheckWork, lot: CheckLot) -> list[GroupChecked]:
    """Check the groups of a lot."""
    # Here and not above: the rules bring polars, which a run with nothing to check need not load.
    from validators.checking.check import check_groups

    shapes = {number: RecordShape.from_bytes(data) for number, data in lot.shapes.items()}
    groups = [[row.values(shapes) for row in rows] for _, _, rows in lot.groups]
    # A row that is a part of a record elsewhere lacks what the rules ask of a whole one.
    whole = [[v for v in values if v.by.isdisjoint(work.parts)] for values in groups]
    of_record: dict[str, list[Finding]] = {}
    for finding in check_groups(whole, work.settings):
        of_record.setdefault(finding.record, []).append(finding)
    done = []
    for (group, key, _), values in zip(lot.groups, groups, strict=True):
        judged = {v.id: _judge_record(v, work, of_record.get(v.id, [])) for v in values}
        verdicts = {record: verdict for record, (verdict, _) in judged.items()}
        done.append(GroupChecked(group, key, verdicts, [f for _, said in judged.values() for f in said]))
    return done


def _judge_record(values: RecordValues, work: CheckWork, findings: list[Finding]) -> tuple[Verdict, list[Finding]]:
    """Verdict on a record, and its findings including fields that contradict a person's answer."""
    if not values.by.isdisjoint(work.parts):
        return PART, findings
    # What is sure, and of which no rule asks, is clean without a closer look.
    if not values.is_doubtful and all(f.severity == "note" for f in findings):
        return _CLEAN, findings
    record = values.whole()
    if record.doubts:
        return judge(record, ()), []
    findings = place_findings(record, findings, work.settings)
    findings = [*findings, *also_asked(record, findings, work.settings)]
    return judge(record, findings), findings


def checked_lots(work: CheckWork, lots: Iterator[CheckLot], workers: Workers) -> Iterator[list[GroupChecked]]:
    """Check lots in any order; use workers if there are enough lots."""
    first = list(islice(lots, _FEW)) if are_many(workers) else []
    coming = next(lots, None)
    if coming is None or not are_many(workers):
        yield from (check_lot(work, lot) for lot in chain(first, () if coming is None else (coming,), lots))
        return
    for _, done in run_jobs(
        partial(_check_there, pack_payload(work)), chain(first, (coming,), lots), workers, _raise_crash
    ):
        yield done


def _check_there(work: bytes, lot: CheckLot) -> list[GroupChecked]:
    return check_lot(unpack_payload(work), lot)


def _raise_crash(lot: CheckLot) -> list[GroupChecked]:
    raise RuntimeError(f"checking {lot.groups[0][0]} and {len(lot.groups) - 1} more groups crashed its worker twice")


def place_findings(record: Record, findings: Sequence[Finding], settings: CheckSettings) -> list[Finding]:
    """Findings at the field that is most likely wrong: of those that a rule compares, the one read least surely.

    A rule names its first field. Where that was surely read, as a year that agrees with the volume's, and the date
    beside it was not, the date is asked; what intake was told of the book is never blamed for what a page reads like.
    Only a field without which the rule is silent takes the finding over; one of a rule on the whole book, which is
    silent on a record alone, stays. Records of old tables keep theirs.
    """
    return [_place_finding(record, f, settings) if f.severity != "note" else f for f in findings]


def _place_finding(record: Record, finding: Finding, settings: CheckSettings) -> Finding:
    cells = dict(record.cells())
    own = cells.get(finding.field)
    if not record.pages or own is None or not _is_machines(own):
        return finding
    is_told = own.by == INTAKE
    read = (p for p in _list_compared(record, finding, cells) if cells[p].by != INTAKE)
    others = [p for p in read if is_told or cells[p].confidence < own.confidence - _LESS_SURE]
    if not others or not _says(record, finding, settings):
        return finding
    for path in sorted(others, key=lambda p: cells[p].confidence):
        if not _says(_blank_fields(record, [path]), finding, settings):
            return replace(finding, field=path)
    return finding


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
