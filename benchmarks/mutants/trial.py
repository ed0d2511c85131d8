"""Tries faults: each in a copy of one process that has loaded the tests, against the tests that run its block."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import shutil
import signal
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from benchmarks.mutants.caches import CacheReaders
from benchmarks.mutants.plant import Mutant
from benchmarks.mutants.replacing import (
    NotPlantedError,
    find_readers,
    gather_functions,
    module_name,
    put_in,
    read_source,
)

_FIRST = 8
_START_S = 0.05
"""Seconds that a test costs at least, so that one of a millisecond does not go before one that is about the fault."""
_TIMES = 8
"""A test hangs that takes so many times as long as without a fault."""


@dataclass
class Known:
    """What the tests run. cost: seconds of a test alone. wide: of fixtures that several tests share."""

    cost: dict[str, float] = field(default_factory=dict)
    used: dict[str, list[str]] = field(default_factory=dict)
    wide: dict[str, float] = field(default_factory=dict)
    by_block: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    by_module: dict[str, Counter[str]] = field(default_factory=dict)
    at_import: set[str] = field(default_factory=set)
    modules: set[str] = field(default_factory=set)
    caches: CacheReaders = field(default_factory=lambda: CacheReaders(()))

    def add(self, told: dict[str, Any]) -> None:
        """Take in what the tests of one file run."""
        self.wide |= told["wide"]
        self.at_import |= set(map(_without_folder, told["at_import"]))
        self.modules |= set(told["modules"])
        for name, test in told["tests"].items():
            self.cost[name] = test["cost"]
            self.used[name] = test["wide"]
            blocks = [_without_folder(told["blocks"][n]) for n in test["blocks"]]
            self.by_module[name] = Counter(block.partition("::")[0] for block in blocks)
            for block in blocks:
                self.by_block[block].add(name)

    def tests_of(self, mutant: Mutant) -> set[str]:
        """The tests that run the block with a fault; those that run a reader of the name for one at a module's top.

        Where answers are kept, those that run whoever reads them. Of a function that has another name since this was
        recorded, the tests that run anything of its module.
        """
        stem = Path(mutant.path).stem
        kept = {t for own, where in self.caches.find(stem, mutant.where) for t in self._of_module(own, {where})}
        if mutant.block and (found := self.by_block.get(_without_folder(mutant.block), set()) | kept):
            return found
        if mutant.block and self._runs_function(mutant):
            return set()
        name = mutant.what.partition(":")[0] if not mutant.block and ": " in mutant.what else ""
        readers = find_readers(read_source(mutant.path), name) if name else set()
        return self._of_module(stem, readers) | kept

    def is_at_import(self, mutant: Mutant) -> bool:
        """Whether the block with a fault runs while modules are loaded, where no fault can be put in any more."""
        return _without_folder(mutant.block) in self.at_import

    def _runs_function(self, mutant: Mutant) -> bool:
        start = f"{Path(mutant.path).stem}::{mutant.where}#"
        return any(block.startswith(start) for block in self.by_block)

    def _of_module(self, stem: str, readers: set[str]) -> set[str]:
        found: set[str] = set()
        for block, tests in self.by_block.items():
            own, _, where = block.partition("::")
            if own == stem and (not readers or where.partition("#")[0] in readers):
                found |= tests
        return found

    def own_share(self, test: str, stem: str) -> float:
        """The share of the blocks a test runs that stand in one module: how much the test is about that module."""
        blocks = self.by_module.get(test, Counter[str]())
        return blocks[stem] / max(1, blocks.total())

    def order(self, tests: Iterable[str], seconds: float, stem: str) -> list[str]:
        """The tests in the order in which they are asked: the most promising of some files, then the others by file.

        stem: the module with the fault. A test promises the more, the larger the share of its work in that module and
        the quicker it is. Where seconds do not suffice for all, each file has its turn, and of tests that differ in
        their parameters alone one: what is alike notices alike.
        """

        def dear(test: str) -> float:
            price = _START_S + self.cost[test] + sum(self.wide.get(w, 0.0) for w in self.used[test])
            return price / (0.01 + self.own_share(test, stem))

        quick = sorted(tests, key=lambda t: (dear(t), t))
        first: list[str] = []
        for test in quick:
            if len(first) < _FIRST and _file(test) not in {_file(t) for t in first}:
                first.append(test)
        alike, places = Counter[str](), Counter[str]()
        turns: dict[str, tuple[int, int]] = {}
        for test in quick:
            alike[function := test.partition("[")[0]] += 1
            places[_file(test)] += 1
            turns[test] = alike[function], places[_file(test)]
        left, made = seconds, set()
        by_file: dict[str, list[str]] = {}
        for test in [*first, *sorted((t for t in quick if t not in set(first)), key=turns.__getitem__)]:
            new = [w for w in self.used[test] if (w, _file(test)) not in made]
            spent = self.cost[test] + sum(self.wide.get(w, 0.0) for w in new)
            if spent > left and by_file:
                continue
            left -= spent
            made |= {(w, _file(test)) for w in new}
            by_file.setdefault(_file(test), []).append(test)
        chosen = {t for ts in by_file.values() for t in ts}
        first = [t for t in first if t in chosen]
        return [*first, *(t for ts in by_file.values() for t in ts if t not in set(first))]

    def seconds(self, tests: Sequence[str]) -> float:
        """How long tests take one after the other."""
        wide = {(w, _file(t)) for t in tests for w in self.used[t]}
        return sum(self.cost[t] for t in tests) + sum(self.wide.get(w, 0.0) for w, _ in wide)


def _without_folder(block: str) -> str:
    """A block by its module's own name: modules move to other folders while what their tests run stays the same."""
    path, _, where = block.partition("::")
    return f"{Path(path).stem}::{where}"


def _file(test: str) -> str:
    return test.partition("::")[0]


class Trial:
    """A pytest plugin: instead of running the tests it collected, it tries faults with them.

    told(mutant, outcome, by): what is done with each result. clear: called after each, to put away what tests left.
    """

    def __init__(
        self, mutants: Sequence[Mutant], known: Known, seconds: float, folder: Path,
        told: Callable[[Mutant, str, str], None], clear: Callable[[], None],
    ) -> None:  # fmt: skip
        self.mutants, self.known, self.seconds, self.folder = mutants, known, seconds, folder
        self.told, self.clear = told, clear
        self.sound: dict[str, bool] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: Any) -> bool:
        """Try all faults."""
        self.items = {item.nodeid: item for item in session.items}
        self.session = session
        paths = {m.path for m in self.mutants}
        _preload(self.known.modules, paths)
        gather_functions(paths)
        gc.collect()
        gc.freeze()
        for mutant in self.mutants:
            outcome, by = self.try_one(mutant)
            self.told(mutant, outcome, by)
            self.clear()
        return True

    def try_one(self, mutant: Mutant) -> tuple[str, str]:
        """What became of one fault: noticed, slow, missed, or unasked, when no test runs it; and which test noticed."""
        tests = [t for t in self.known.tests_of(mutant) if t in self.items and self.sound.get(t, True)]
        while True:
            chosen = self.known.order(tests, self.seconds, Path(mutant.path).stem)
            if not chosen:
                return ("at import" if self.known.is_at_import(mutant) else "unasked"), ""
            outcome, by = self.run_copy(mutant, chosen)
            if outcome not in ("noticed", "slow"):
                return outcome, by
            if not self.is_sound(by):
                tests.remove(by)
                continue
            # A busy machine makes tests fail and run out of time, too: the fault must do it a second time.
            limit = 10 + _TIMES * self.time_clean(by) if outcome == "slow" else None
            again = self.run_copy(mutant, [by], limit=limit)
            if again[0] in ("noticed", "slow"):
                return again[0], by
            tests.remove(by)

    def time_clean(self, test: str) -> float:
        """Seconds that a test takes alone and without a fault, now."""
        began = time.monotonic()
        self.run_copy(None, [test])
        return time.monotonic() - began

    def is_sound(self, test: str) -> bool:
        """Whether a test passes alone and without a fault; only then it noticed anything."""
        if test not in self.sound:
            self.sound[test] = self.run_copy(None, [test])[0] == "missed"
        return self.sound[test]

    def run_copy(self, mutant: Mutant | None, tests: Sequence[str], *, limit: float | None = None) -> tuple[str, str]:
        """Run tests in a copy of this process, until one fails; for so many seconds at most."""
        place = self.folder / "tmp"
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        ear, mouth = os.pipe()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            code = 9
            try:
                os.close(ear)
                code = self._in_copy(mutant, tests, place, mouth)
            except NotPlantedError:
                code = 4
            finally:
                os._exit(code)
        os.close(mouth)
        code = _wait(child, limit or 60 + _TIMES * self.known.seconds(tests))
        said = b""
        with contextlib.suppress(OSError):
            os.set_blocking(ear, False)
            said = os.read(ear, 65536)
        os.close(ear)
        last = said.decode().strip().split("\n")[-1]
        return {0: "missed", 1: "noticed", 4: "not planted", None: "slow"}.get(code, "noticed"), last

    def _in_copy(self, mutant: Mutant | None, tests: Sequence[str], place: Path, mouth: int) -> int:
        os.setsid()
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        null = os.open(os.devnull, os.O_RDWR)
        os.dup2(null, 0)
        if mutant is not None:
            os.environ["MUTANTS_PLANT"] = f"{mutant.path}:{mutant.number}"
            put_in(mutant)
        session = self.session
        session.config.pluginmanager.unregister(name="terminalreporter")
        session.config._tmp_path_factory._basetemp = place
        os.environ["HYPOTHESIS_STORAGE_DIRECTORY"] = str(place)
        items = [self.items[t] for t in tests]
        for item, following in zip(items, [*items[1:], None], strict=True):
            os.write(mouth, f"{item.nodeid}\n".encode())
            session.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.testsfailed:
                return 1
        return 0


def _wait(child: int, limit: float) -> int | None:
    """The exit code of a copy; None when it took too many seconds. What it started ends with it.

    A longer gap between two looks is one in which all of this was stopped, as when a machine sleeps: it does not count.
    """
    pause, spent, last = 0.005, 0.0, time.monotonic()
    while spent < limit:
        now = time.monotonic()
        spent, last = spent + min(now - last, 1.0), now
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            _end_group(child)
            return os.waitstatus_to_exitcode(status)
        time.sleep(pause)
        pause = min(0.1, pause * 1.3)
    _end_group(child)
    with contextlib.suppress(OSError):
        os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return None


def _end_group(child: int) -> None:
    with contextlib.suppress(OSError):
        os.killpg(child, signal.SIGKILL)


def _preload(modules: Iterable[str], paths: Iterable[str]) -> None:
    """Load what tests will load, so that copies need not: and all modules that faults are planted in."""
    for name in sorted(modules):
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    for path in paths:
        importlib.import_module(module_name(path))
