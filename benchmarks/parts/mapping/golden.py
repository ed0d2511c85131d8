"""Golden pairs of old tables: which sources become the records they should, and where each of their cells went.

python benchmarks/parts/mapping/golden.py     prints the figures; benchmarks/map.py has them as its part "golden"

The pairs are those of sample_data/formats/, whose expected halves are written from invented cases without any mapping.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from digitize.files.mapping.golden import EXPECTED, Golden, run_golden
from mappers.mapping.load import load_mappings

FOLDER = Path(__file__).resolve().parents[3] / "sample_data" / "formats"


def evaluate(folder: Path = FOLDER) -> dict[str, Any]:
    """The figures. golden_right: pairs without one difference; golden_values: all that are expected."""
    known = load_mappings()
    pairs = [run_golden(known[p.name], p) for p in sorted(folder.iterdir()) if p.is_dir()]
    values = sum(len(list(_values(g))) for g in pairs)
    wrong = sum(len(g.differences) for g in pairs)
    return {
        "golden_pairs": len(pairs),
        "golden_right": sum(g.is_right for g in pairs),
        "golden_rows": sum(g.rows for g in pairs),
        "golden_values": values,
        "golden_values_differ": wrong,
        "golden_forms": len({known[g.mapping].form for g in pairs}),
        "golden_wrong": {g.mapping: len(g.differences) for g in pairs if not g.is_right},
    }


def _values(golden: Golden) -> Iterator[str]:
    """Every value that a pair expects."""
    for text in (golden.folder / EXPECTED).read_text(encoding="utf-8").splitlines():
        line: Mapping[str, Any] = json.loads(text)
        yield from line.get("fields", {}).values()
        for rows in line.get("children", {}).values():
            for row in rows:
                yield from row.values()


def main() -> int:
    """Print the figures."""
    for name, value in evaluate().items():
        print(f"{name:36} {value}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
