"""Where faults are planted, and which tests are asked."""

from __future__ import annotations

import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AREAS = {
    "masking": ("digitize/masking/*.py",),
    "station": ("digitize/review/station/*.py", "digitize/login/*.py"),
    "merge": (
        "digitize/offices/merge*.py",
        "digitize/offices/fold*.py",
        "digitize/offices/rollup.py",
        "digitize/offices/sites.py",
        "digitize/offices/history.py",
    ),
    "run": (
        "digitize/steps/run*.py",
        "digitize/steps/work_sharing.py",
        "digitize/steps/worker*.py",
        "digitize/steps/books.py",
        "digitize/steps/rescanned.py",
        "digitize/steps/replaced.py",
        "digitize/steps/run.py",
        "digitize/steps/check.py",
    ),
    "load": (
        "digitize/files/loading/*.py",
        "digitize/steps/load*.py",
        "digitize/targets/apply_batch.py",
        "digitize/targets/quarantine_store.py",
        "digitize/targets/undoing.py",
    ),
    "search": ("digitize/search/*.py",),
    "calibration": ("digitize/workspace/calibration/*.py", "digitize/reading/calibration.py"),
}
"""The areas, and their modules."""
TESTS = (
    "tests/exchange",
    "tests/hostile",
    "tests/loads",
    "tests/nation",
    "tests/people",
    "tests/state_work",
    "tests/volumes",
    "tests/house/test_digitize_exits.py",
    "tests/house/test_digitize_main_job.py",
)
EQUIVALENT = Path(__file__).with_name("equivalent.toml")
TINY = "benchmarks/mutants/tiny.py"
TINY_TESTS = ("benchmarks/mutants/tiny_test.py",)


def find_modules(areas: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """The area of each module, by its path. A module belongs to the first area that names it.

    Raises FileNotFoundError when a pattern names no module.
    """
    found: dict[str, str] = {}
    for area, patterns in areas.items():
        for pattern in patterns:
            paths = sorted(ROOT.glob(pattern))
            if not paths:
                # A module that moved would leave its area in silence.
                raise FileNotFoundError(f"{area}: no module is called {pattern}")
            for path in paths:
                found.setdefault(str(path.relative_to(ROOT)), area)
    return found


def find_test_files(places: tuple[str, ...]) -> list[str]:
    """The files of tests in some folders, but for those that open a browser."""
    found: list[str] = []
    for place in places:
        path = ROOT / place
        inside = sorted(path.rglob("test_*.py")) if path.is_dir() else [path] if path.is_file() else []
        found += [str(p.relative_to(ROOT)) for p in inside if "browser" not in p.name]
    return found


def read_equivalent(file: Path = EQUIVALENT) -> dict[tuple[str, str, str], str]:
    """Faults that change nothing that anybody could see: the reason, by module's path, function, and what is planted.

    Raises ValueError for an entry without a reason.
    """
    found: dict[tuple[str, str, str], str] = {}
    for one in tomllib.loads(file.read_text(encoding="utf-8")).get("fault", ()):
        if not one["because"].strip():
            raise ValueError(f"{one['path']}: no reason")
        found[(one["path"], one["in"], one["what"])] = one["because"]
    return found
