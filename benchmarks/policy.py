r"""Whether every role sees of every field what the policy says, case by case.

    .venv/bin/python benchmarks/policy.py [--json FILE]

The cases (tests/people/policy_cases.toml) were written from the law, before the code was asked. `policy_cases`: how
many there are; `policy_right`: of how many each statement is right; `policy_statements`: how many statements.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tools.exits.policy import read_cases, wrong_in  # noqa: E402  # the checkout first, wherever it is run from


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
