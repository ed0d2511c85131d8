"""Runs tests once without a fault and keeps, of each, which blocks of the product it ran and how long it took.

    MUTANTS_MARK=... python -m benchmarks.mutants.record FOLDER MARKER FILE...

The tool itself begins it, with the hook on its path. One file of JSON is written for each file of tests, as soon as
it is through.
"""

from __future__ import annotations

import builtins
import os
import sys
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.mutants.kept import Kept, file_hash
from benchmarks.mutants.targets import ROOT

QUIET = ("-q", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:randomly", "-o", "faulthandler_timeout=0")


class Recorder:
    """Listens to pytest. A fixture's blocks belong to every test that uses it, whichever made it."""

    def __init__(self, kept: Kept, marker: str) -> None:
        self.kept, self.marker = kept, marker
        self.seen: set[str] = getattr(builtins, "__mutants_seen__", set())
        self.marks = Path(os.environ["MUTANTS_MARK"])
        self.read_to = 0
        self.frames: list[set[str]] = []
        self.made: list[list[Any]] = []
        self.fixtures: dict[str, set[str]] = {}
        self.costs: dict[str, float] = {}
        self.tests: dict[str, dict[str, Any]] = {}
        self.failed: set[str] = set()
        self.at_import: set[str] = set()

    def drain(self) -> set[str]:
        """The blocks that ran since the last time, here and in programs that were started."""
        found = set(self.seen)
        self.seen.clear()
        if self.marks.is_file() and self.marks.stat().st_size > self.read_to:
            with self.marks.open("rb") as file:
                file.seek(self.read_to)
                lines = file.read()
            whole = lines[: lines.rfind(b"\n") + 1]
            self.read_to += len(whole)
            found.update(whole.decode().split("\n"))
        found.discard("")
        for frame in self.frames:
            frame |= found
        return found

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Any, request: Any) -> Generator[None, Any, Any]:
        """Note what a fixture runs."""
        self.drain()
        self.frames.append(set())
        began = time.monotonic()
        try:
            return (yield)
        finally:
            spent = time.monotonic() - began
            self.drain()
            name = f"{fixturedef.baseid}::{fixturedef.argname}"
            self.fixtures.setdefault(name, set()).update(self.frames.pop())
            if fixturedef.scope != "function":
                self.costs[name] = max(spent, self.costs.get(name, 0.0))
                self.made[-1][0] += spent

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: Any, nextitem: Any) -> Generator[None, Any, Any]:
        """Note what a test runs, and at a file's end write it down."""
        self.at_import |= self.drain()
        self.frames = [set()]
        self.made.append([0.0])
        began = time.monotonic()
        try:
            return (yield)
        finally:
            spent = time.monotonic() - began - self.made.pop()[0]
            self.drain()
            blocks = self.frames.pop()
            used = [f"{d[-1].baseid}::{d[-1].argname}" for d in item._fixtureinfo.name2fixturedefs.values()]
            for name in used:
                blocks |= self.fixtures.get(name, set())
            if item.nodeid not in self.failed:
                wide = [name for name in used if name in self.costs]
                self.tests[item.nodeid] = {"cost": round(spent, 4), "wide": wide, "blocks": blocks}
            if nextitem is None or nextitem.path != item.path:
                self.write(item.path)

    def pytest_runtest_logreport(self, report: Any) -> None:
        """A test that fails or is skipped without a fault notices nothing."""
        if not report.passed:
            self.failed.add(report.nodeid)

    def write(self, path: Path) -> None:
        """Keep what the tests of a file ran."""
        name = str(path.relative_to(ROOT))
        table = sorted(set().union(*(t["blocks"] for t in self.tests.values())))
        place = {block: n for n, block in enumerate(table)}
        tests = {key: {**test, "blocks": sorted(place[b] for b in test["blocks"])} for key, test in self.tests.items()}
        wide = {name: self.costs[name] for test in tests.values() for name in test["wide"]}
        self.kept.write_tests(
            name,
            self.marker,
            {
                "hash": file_hash(path), "blocks": table, "tests": tests, "wide": wide, "failed": sorted(self.failed),
                "at_import": sorted(self.at_import), "modules": _loaded(),
            },
        )  # fmt: skip
        self.tests, self.failed = {}, set()


def _loaded() -> list[str]:
    return sorted(
        name
        for name, module in sys.modules.items()
        if getattr(module, "__spec__", None) and not name.startswith(("test_", "conftest", "_pytest", "__"))
        and module.__spec__.name == name and "tests" not in str(getattr(module, "__file__", "") or "")
    )  # fmt: skip


def main() -> int:
    """Run the tests named on the command line."""
    folder, marker, *files = sys.argv[1:]
    recorder = Recorder(Kept(Path(folder)), marker)
    pytest.main([*QUIET, "-m", marker, *files], plugins=[recorder])
    return 0


if __name__ == "__main__":
    sys.exit(main())
