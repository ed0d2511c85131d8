"""Check groups of records in lots, in this process or in parallel workers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, NamedTuple

from digitize.machine.placing import Workers, are_many
from digitize.machine.pool import run_jobs
from digitize.machine.shared_payload import pack_payload, unpack_payload
from digitize.steps.contradicted import also_asked
from digitize.workspace.ledger.packs import PackedRow
from digitize.workspace.ledger.verdict import PART, Verdict, judge
from mappers.packed import RecordShape
from mappers.record import RecordValues
from validators.finding import Finding

if TYPE_CHECKING:
    from validators.rulebook.given import CheckSettings

_FEW = 2
"""So many lots are checked before workers would have begun."""
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
    raise RuntimeError(f"checking {lot.groups[0][0]} and {len(lot.groups) - 1} more groups broke its worker twice")
