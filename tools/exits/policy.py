"""Whether a role sees of a field what the policy says: the cases of tests/people/policy_cases.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from digitize.masking.cases import build_masks
from digitize.masking.masks import MASK
from digitize.search.cases import FoundCases
from digitize.services.shown import record_as_shown
from mappers.record import FieldValue, Record, Row

CASES = Path(__file__).resolve().parents[2] / "tests" / "people" / "policy_cases.toml"


_SHARED = {"state": "wb", "district": "Howrah", "police_station": "Kalpanapur", "year": "2019", "fir_no": "45"}


_CHILDREN = ("persons", "vehicles", "property", "addresses", "ids")


def read_cases() -> list[dict[str, Any]]:
    """All cases as they stand in the file."""
    found: list[dict[str, Any]] = tomllib.loads(CASES.read_text(encoding="utf-8"))["case"]
    return found


def _row(plain: Mapping[str, str]) -> Row:
    return {name: FieldValue(text, text) for name, text in plain.items() if text}


def _record(number: int, plain: Mapping[str, Any]) -> Record:
    children = {child: tuple(map(_row, plain[child])) for child in _CHILDREN if child in plain}
    if "acts" in plain:
        children["acts"] = tuple(_row({"act": act, "section": section}) for act, section in plain["acts"])
    return Record(f"x-{number}", plain["form"], _row({**_SHARED, **plain.get("fields", {})}), children)


def _seen(record: Record, shown: Record | None, path: str) -> str:
    """How a field of a record is seen; of what is not in the record itself, that the case is wrong."""
    if path == "record":
        return "nothing" if shown is None else "whole"
    if path not in dict(record.cells()):
        return "no such field"
    cell = dict(shown.cells()).get(path) if shown is not None else None
    if cell is None:
        return "nothing"
    return "masked" if MASK in (cell.raw, cell.value) else "whole"


def wrong_in(case: Mapping[str, Any]) -> Iterator[str]:
    """Each statement of a case that is not so: role, field, what is seen."""
    records = [_record(n, plain) for n, plain in enumerate(case["records"])]
    cases = FoundCases({r.id: r for r in records}, build_masks(records))
    own = records[case.get("of", 0)]
    for role, told in case["sees"].items():
        shown = record_as_shown(
            cases, own.id, role.rstrip("!"), case["service"], asker=case.get("asker", "Nobody Else"),
            is_unmasked=role.endswith("!"),
        )  # fmt: skip
        for path, wanted in told.items():
            if (seen := _seen(own, shown, path)) != wanted:
                yield f"{role}: {path} is {seen}, not {wanted}"
