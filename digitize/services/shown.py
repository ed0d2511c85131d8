"""A record as one role may see it: masked by law over its case, then by the policy table."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import replace

from digitize.masking.masks import MASK, find_leaks
from digitize.masking.sensitive import load_private_fields
from digitize.search.cases import FoundCases
from digitize.services.asker import ServiceAsker
from digitize.services.case_states import CaseStates, states_of
from digitize.services.policy import SEARCH, TEXT, Eyes, See, eyes_of, load_policy
from mappers.record import FieldValue, Record, Row

_PERSONS = ("persons", "addresses", "ids")
_DESCRIBED = frozenset({"description", "other_acts"})
"""Free texts shown with things and sections: what was taken, from whom."""


def record_as_shown(
    cases: FoundCases, record: str, role: str, service: str, *, asker: str = "", is_unmasked: bool = False
) -> Record | None:
    """An opened record with MASK for masked values and without hidden ones; None if its existence must not be
    disclosed.

    role: of the policy table. asker: name of the person who queries, "" for nobody named. is_unmasked: protected names
    may be seen, for a recorded reason; what the table hides stays hidden.
    """
    own = cases.records[record]
    states = states_of(cases, record, asker)
    eyes = eyes_of(role, own.form, service, states.states)
    if not eyes.sees_record():
        return None
    seen = {path: see for path, see in _visible_cells(states, eyes)}
    hidden = [path for path, see in seen.items() if see is not See.WHOLE and path.startswith(_PERSONS)]
    lacking = {path for path in hidden if path.rpartition(".")[2] == "name"}
    texts = {path for path in seen if _group(own.form, path) == TEXT}
    # A text names whom it is about: where somebody is not seen, neither is it, whatever name stands in it.
    for path in texts if lacking else texts & find_leaks(own, hidden):
        seen[path] = min(seen[path], See.MASKED)
    for path in _naming(own, seen):
        seen[path] = min(seen[path], See.MASKED)
    return _cut(own if is_unmasked else cases.masks.mask(own, role), seen)


def seen_by(asker: ServiceAsker) -> Callable[[FoundCases, str], Record | None]:
    """View for a person who searches all records: by policy rows for any service."""

    def show_record(cases: FoundCases, name: str) -> Record | None:
        role, is_unmasked = asker.role_for(cases.records[name]), asker.unmasking is not None
        return record_as_shown(cases, name, role, SEARCH, asker=asker.by.who, is_unmasked=is_unmasked)

    return show_record


def _group(form: str, path: str) -> str:
    head, _, name = path.rpartition(".")
    return load_policy().group(form, head.partition("[")[0], name)


def _naming(record: Record, seen: Mapping[str, See]) -> frozenset[str]:
    """Places and descriptions that name a masked person, or the full name of a hidden one."""
    masked = [p for p, see in seen.items() if see is See.MASKED and p.startswith(_PERSONS)]
    unseen = [p for p, see in seen.items() if see is See.NOTHING and p.startswith(_PERSONS)]
    told = find_leaks(record, masked) | find_leaks(record, unseen, wholly=True) if masked or unseen else frozenset()
    return frozenset(path for path in told if _may_name(record.form, path))


def _may_name(form: str, path: str) -> bool:
    head, _, name = path.rpartition(".")
    return name in _DESCRIBED or load_private_fields(form).get((head.partition("[")[0], name)) == TEXT


def _visible_cells(states: CaseStates, eyes: Eyes) -> Iterator[tuple[str, See]]:
    """(path, how much may be seen) of every cell."""
    record = states.record
    yield from ((name, eyes.see("", name)) for name in record.fields)
    for child, rows in record.children.items():
        for at, row in enumerate(rows):
            tags = states.tags(child, row)
            yield from ((f"{child}[{at}].{name}", eyes.see(child, name, tags)) for name in row)


def _cut(record: Record, seen: dict[str, See]) -> Record:
    fields = _row("", record.fields, seen)
    children = {
        child: tuple(_row(f"{child}[{at}].", row, seen) for at, row in enumerate(rows))
        for child, rows in record.children.items()
    }
    return replace(record, fields=fields, children=children, left_over={}, ignored=(), pages=(), batch="")


def _row(prefix: str, row: Row, seen: dict[str, See]) -> Row:
    cells = ((name, cell, seen[prefix + name]) for name, cell in row.items())
    return {
        name: _hide_cell(cell) if see is See.MASKED else cell for name, cell, see in cells if see is not See.NOTHING
    }


def _hide_cell(cell: FieldValue) -> FieldValue:
    """Hide a cell, showing only that it is not empty."""
    return FieldValue(MASK, MASK) if cell.raw or cell.value else cell


def is_hidden(names: Collection[str], own: Row, shown: Row) -> bool:
    """Whether one of some non-empty fields of a row is not fully visible. shown: the same row as shown."""
    for name in names:
        if name in own and (own[name].value or own[name].raw):
            cell = shown.get(name)
            if cell is None or MASK in (cell.raw, cell.value):
                return True
    return False
