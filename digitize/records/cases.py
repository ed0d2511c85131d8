"""Cases of a workspace: records from all registers under their FIR, and where they disagree."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from digitize.errors import NotFound
from digitize.masking.cases import CaseMasks
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.purges import count_emptied, purge_of_unit
from digitize.workspace.ledger.records import Records, Stored
from mappers.linking.cases import KEY, Case, FactStatement, assemble, fir_key, legacy_keys
from mappers.record import Record

LegacyKey = tuple[str, str, str]
"""A key of an old system: system, table, key."""


@dataclass(frozen=True, slots=True)
class CaseCounts:
    """Counts of cases. without_fir: cases without an FIR record; apart: records of no case.

    purged: records without values, excluded from the other counts.
    """

    cases: int
    with_conflicts: int
    with_changes: int
    without_fir: int
    records: int
    apart: int
    purged: int = 0


def iter_cases(ledger: Ledger) -> Iterator[Case]:
    """Every case, one station and year at a time; records linked by a key of an old system are grouped with their
    FIR's.
    """
    linked = _group_by_old_key(Records(ledger).by_group())
    for _, stored in groupby(Records(ledger).by_group(), key=lambda s: s.group):
        yield from _add_linked([s.record for s in stored], linked)


def find_case(ledger: Ledger, name: str) -> Case:
    """The case of a record, or of "STATION/NUMBER/YEAR". Raises NotFound if there is none or more than one."""
    stored = Records(ledger).find(name)
    if stored is not None and stored.is_purged and (purged := purge_of_unit(ledger, stored.unit)):
        raise NotFound(f"Record {name} is no longer in a case: its values were {purged.line()}.")
    found = [case for case in _list_candidates(ledger, name) if _is_meant(case, name)]
    # Two stations of one name: neither is taken for the one that is meant.
    if len(found) != 1:
        what = "There is no case" if not found else f"There are {len(found)} cases"
        gone = " Records whose values were purged are in no case." if count_emptied(ledger) else ""
        raise NotFound(f"{what} {name}.{gone} Give the id of a record, or STATION/NUMBER/YEAR. See: digitize case DIR")
    return found[0]


class CaseTally:
    """Counts cases during iteration, so that no record is opened twice."""

    def __init__(self) -> None:
        """Start empty."""
        self._cases = self._conflicts = self._changes = self._without_fir = self._linked = 0

    def count_each(self, cases: Iterable[Case]) -> Iterator[Case]:
        """The same cases."""
        for case in cases:
            self._cases += 1
            self._linked += len(case.records)
            self._without_fir += not case.has_fir
            kinds = {c.kind for c in case.conflicts}
            self._conflicts += "conflict" in kinds
            self._changes += "change" in kinds
            yield case

    def compute_counts(self, ledger: Ledger) -> CaseCounts:
        """Counts of the cases iterated, and of those to be looked at; for all cases of a ledger."""
        purged = count_emptied(ledger)
        every = int(ledger.execute("SELECT COUNT(*) AS n FROM records").fetchone()["n"])
        apart = every - purged - self._linked
        return CaseCounts(
            self._cases, self._conflicts, self._changes, self._without_fir, self._linked, apart, purged
        )  # fmt: skip


def case_to_plain(case: Case, masks: CaseMasks | None) -> dict[str, Any]:
    """A case as JSON types; protected names masked, unless masks is None."""
    shown = {r.id: masks.mask(r) if masks else r for r in case.records}
    return {
        "key": dict(zip(KEY, case.key, strict=True)),
        "records": [{"record": r.id, "form": r.form, "linked_by": case.linked[r.id]} for r in case.records],
        "conflicts": [
            {
                "kind": c.kind, "fact": c.fact,
                "statements": [
                    {"record": s.record, "field": s.field, "value": _format_statement(s, shown)} for s in c.statements
                ],
            }
            for c in case.conflicts
        ],
    }  # fmt: skip


def _format_statement(statement: FactStatement, shown: dict[str, Record]) -> str:
    """Text of a statement as its record shows it; statements that combine several fields are not about persons."""
    # Acts and sections name nobody, and the statement holds several cells told as one.
    if statement.field.startswith("acts["):
        return statement.value
    value = dict(shown[statement.record].cells()).get(statement.field)
    return (value.value or "") if value else ""


def _list_candidates(ledger: Ledger, name: str) -> Iterator[Case]:
    records = Records(ledger)
    stored = records.find(name)
    if stored is not None:
        groups = [_find_group(stored, ledger)]
    else:
        # A group's name ends in |STATION|YEAR; district and state are not typed.
        groups = records.groups_ending([f"|{name.partition('/')[0]}|{name.rpartition('/')[2]}"])
    own_keys = set(legacy_keys(stored.record)) if stored is not None else set()
    for group in groups:
        own = [s.record for s in records.of_group(group)]
        cases = _add_linked(own, {})
        keys = {id(c): {k for r in c.records for k in legacy_keys(r)} for c in cases}
        meant = [c for c in cases if _is_meant(c, name) or keys[id(c)] & own_keys]
        # Records of other groups belong to it only by a key that one of its own states.
        linked = _group_by_old_key(_list_stating(ledger, set().union(*(keys[id(c)] for c in meant))))
        yield from _add_linked(own, linked) if linked else cases


def _find_group(stored: Stored, ledger: Ledger) -> str:
    """Group of the record's FIR: its own, or that of the record whose old key it states."""
    if fir_key(stored.record) is not None:
        return stored.group
    owners = (s for s in _list_stating(ledger, set(legacy_keys(stored.record))) if fir_key(s.record))
    return next((s.group for s in owners), stored.group)


def _list_stating(ledger: Ledger, keys: Set[LegacyKey]) -> list[Stored]:
    """Records of any group that state one of these keys, by group."""
    # Few records state a key; they alone are opened.
    texts = sorted({json.dumps(key[2], ensure_ascii=False) for key in keys})
    found = [s for s in Records(ledger).mentioning(texts) if keys & set(legacy_keys(s.record))] if texts else []
    return sorted(found, key=lambda s: (s.group, s.record.id))


def _is_meant(case: Case, name: str) -> bool:
    place = dict(zip(KEY, case.key, strict=True))
    said = f"{place['police_station']}/{place['fir_no']}/{place['year']}"
    return name in case.linked or name.casefold() == said.casefold()


def _group_by_old_key(records: Iterable[Stored]) -> dict[LegacyKey, list[Record]]:
    """Key of an old system -> those of some records that state it and have no FIR key of their own."""
    found: dict[LegacyKey, list[Record]] = {}
    for stored in records:
        if fir_key(stored.record) is None:
            for key in legacy_keys(stored.record):
                found.setdefault(key, []).append(stored.record)
    return found


def _add_linked(records: Iterable[Record], linked: dict[LegacyKey, list[Record]]) -> list[Case]:
    own = [r for r in records if fir_key(r) is not None]
    keys = dict.fromkeys(k for r in own for k in legacy_keys(r))
    more = {r.id: r for k in keys for r in linked.get(k, ())}
    cases, _ = assemble([*own, *more.values()])
    return [replace(c, records=tuple(sorted(c.records, key=lambda r: (r.form, r.id)))) for c in cases]
