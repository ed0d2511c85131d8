r"""Whether every role sees of every field what the policy says, case by case.

    .venv/bin/python benchmarks/policy.py [--json FILE]

The cases (tests/people/policy_cases.toml) were written from the law, before the code was asked. `policy_cases`: how
many there are; `policy_right`: of how many each statement is right; `policy_statements`: how many statements.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from digitize.masking.cases import masks_of  # noqa: E402
from digitize.masking.masks import MASK  # noqa: E402
from digitize.search.cases import FoundCases  # noqa: E402
from digitize.services.shown import record_as_shown  # noqa: E402
from mappers.record import FieldValue, Record, Row  # noqa: E402

CASES = ROOT / "tests" / "people" / "policy_cases.toml"
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
    cases = FoundCases({r.id: r for r in records}, masks_of(records))
    own = records[case.get("of", 0)]
    for role, told in case["sees"].items():
        shown = record_as_shown(
            cases, own.id, role.rstrip("!"), case["service"], asker=case.get("asker", "Nobody Else"),
            is_unmasked=role.endswith("!"),
        )  # fmt: skip
        for path, wanted in told.items():
            if (seen := _seen(own, shown, path)) != wanted:
                yield f"{role}: {path} is {seen}, not {wanted}"


def measure_policy() -> dict[str, int]:
    """The figures."""
    cases = read_cases()
    return {
        "policy_cases": len(cases),
        "policy_right": sum(not list(wrong_in(case)) for case in cases),
        "policy_statements": sum(len(told) for case in cases for told in case["sees"].values()),
    }


def main() -> int:
    """Judge, print what is wrong, and write the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    for case in read_cases():
        for wrong in wrong_in(case):
            print(f"{case['name']}: {wrong}")
    text = json.dumps(measure_policy(), indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
