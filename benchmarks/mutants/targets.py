"""Where faults are planted, and which tests are asked."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
AREAS = {
    "masking": ("digitize/masking/*.py",),
    "station": ("digitize/review/station/*.py",),
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
        "digitize/steps/settling.py",
        "digitize/steps/check.py",
    ),
    "load": (
        "digitize/files/loading/*.py",
        "digitize/steps/load*.py",
        "digitize/targets/taking.py",
        "digitize/targets/keeping.py",
        "digitize/targets/undoing.py",
    ),
    "search": ("digitize/finding/*.py", "digitize/search/*.py"),
    "calibration": ("digitize/workspace/calibration/*.py", "digitize/reading/calibration.py"),
}
"""The areas, and their modules; a pattern may name what is not there."""
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
TINY = "benchmarks/mutants/tiny.py"
TINY_TESTS = ("benchmarks/mutants/tiny_test.py",)


def find_modules(areas: dict[str, tuple[str, ...]]) -> dict[str, str]:
    """The area of each module, by its path. A module belongs to the first area that names it."""
    found: dict[str, str] = {}
    for area, patterns in areas.items():
        for pattern in patterns:
            for path in sorted(ROOT.glob(pattern)):
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
