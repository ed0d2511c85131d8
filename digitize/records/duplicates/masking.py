"""Candidates as they are shown: values of persons masked, in a workspace as its records are, in files all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from digitize.masking.cases import CaseMasks
from digitize.masking.masks import MASK
from digitize.records.duplicates.find import DuplicatePair, Side
from mappers.record import Record

Reveal = Callable[[str, Side], dict[str, Any]]
"""Gives what may be shown of a side of a pair of that kind."""
_OPEN = ("birth_year", "sex", "district", "number", "fir_date", "sections")
NAMES = ("name", "relative_name", "address", "complainant", "accused")


def candidates_to_plain(candidates: Iterable[DuplicatePair], reveal: Reveal) -> Iterator[dict[str, Any]]:
    """Candidates as JSON types; keys are an interface."""
    for c in candidates:
        sides = {name: _side_to_plain(c.kind, side, reveal) for name, side in (("left", c.left), ("right", c.right))}
        yield {
            "kind": c.kind,
            "group": c.group,
            "score": c.score,
            **sides,
            "agrees": c.agrees.split(", ") if c.agrees else [],
            "differs": c.differs.split(", ") if c.differs else [],
            "proof": c.proof,
        }


def _side_to_plain(kind: str, side: Side, reveal: Reveal) -> dict[str, Any]:
    shown = {n: str(v) for n, v in reveal(kind, side).items() if v is not None}
    return {"record": side.record, "line": side.line, **shown}


def show_all(kind: str, side: Side) -> dict[str, Any]:
    """Everything, for those who gave a reason."""
    return {n: side.known.get(n) for n in (*NAMES, *_OPEN) if n in side.known}


def mask_persons(kind: str, side: Side) -> dict[str, Any]:
    """Drop values that identify a person: a file may concern anybody."""
    return {n: MASK if n in NAMES and v is not None else v for n, v in show_all(kind, side).items()}


def mask_as_records(masks: CaseMasks, find: Callable[[str], Record | None]) -> Reveal:
    """Mask like a workspace's records: victims and children protected, adult accused by name."""

    def reveal(kind: str, side: Side) -> dict[str, Any]:
        record = find(side.record)
        # No record to ask whom the law protects: then everybody is masked.
        if record is None:
            return mask_persons(kind, side)
        hidden = masks.list_masked_paths(record)
        names = _map_paths(kind, side, record)
        return {n: MASK if v is not None and names.get(n) in hidden else v for n, v in show_all(kind, side).items()}

    return reveal


def _map_paths(kind: str, side: Side, record: Record) -> dict[str, str]:
    """Paths in its record of a side's values."""
    if kind == "person":
        return {n: f"persons[{side.line - 1}].{n}" for n in (*NAMES, *_OPEN)}
    roles = [row["role"].value if "role" in row else "" for row in record.children.get("persons", ())]
    first = {str(role): f"persons[{roles.index(role)}].name" for role in ("complainant", "accused") if role in roles}
    return first | {n: n for n in _OPEN}
