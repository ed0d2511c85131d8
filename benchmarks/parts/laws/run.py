"""A command of the toolkit in a copy of this process, which may be ended, or refused by its disk, at any write."""

from __future__ import annotations

import gc
import importlib
import os
import pickle
import pkgutil
import select
import signal
import sqlite3
import sys
import tempfile
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

KILLED = 99
FAULT = 98
LATER = date(2060, 1, 1)
_ROOT = Path(__file__).resolve().parents[3]
_PATIENCE_S = 300
_WRITES = {"fsync", "replace", "rename", "unlink", "link", "mkdir", "write"}
_QUERIES = {"execute", "executemany", "executescript", "commit"}
_LOADED = (
    "openpyxl",
    "polars",
    "psycopg",
    "cv2",
    "rapidfuzz.process",
    "rapidfuzz.distance",
    "typer.testing",
    "rich.table",
)
_PACKAGES = ("digitize", "mappers", "validators")
_NOT = ("cluster", "__main__", "serving", "station", "web_", "learning")


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to a command at its n-th write. how: "kill" it, or "refuse" the write as a full disk does."""

    n: int = 0
    how: str = ""


NO_FAULT = Fault()


@dataclass(frozen=True, slots=True)
class Done:
    """What a command said. code: its exit code, KILLED after a kill, FAULT for an exception that has none."""

    code: int
    out: str
    error: str = ""


def load_all() -> None:
    """Load what commands load, once for all copies, and use none of it: a copy of a process with threads may hang.

    Also what commands do in workers is done here in the copy itself, which is a process of its own, too.
    """
    names = [m.name for p in _PACKAGES for m in pkgutil.walk_packages([str(_ROOT / p)], f"{p}.")]
    for name in (*_LOADED, *names):
        if not any(word in name for word in _NOT):
            importlib.import_module(name)
    from digitize.machine import pool
    from digitize.workspace.intake import tables
    from digitize.workspace.retention import purge

    def in_place(work: Callable[[Any], Any], jobs: Any, *_: object) -> Any:
        return ((job, work(job)) for job in jobs)

    pool._run = in_place
    tables.stream = lambda make, job, _: iter(list(make(job)))  # type: ignore[assignment]
    _warm()
    order = purge.PurgeOrder
    # The periods of retention are years.
    purge.PurgeOrder = lambda *a: order(*a, today=LATER)  # type: ignore[assignment,misc]


def _warm() -> None:
    """Read what is read once a process: mappings, fonts, forms. Raises RuntimeError where that began a thread."""
    from digitize.steps.inputs import changed_steps
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.place import create
    from digitize.workspace.run_context import build_run_context

    with tempfile.TemporaryDirectory() as folder:
        place = create("wb", Path(folder) / "ws")
        with Ledger(place.ledger) as ledger:
            known = build_run_context(place, ledger)
            for step in ("read", "map", "check", "load"):
                changed_steps(ledger, known, (step,))
    if threading.active_count() > 1:
        raise RuntimeError("a process with threads cannot be copied")
    gc.collect()
    gc.freeze()


def command(arguments: tuple[str, ...], fault: Fault = NO_FAULT) -> Done:
    """Run a command in a copy of this process. Raises TimeoutError when it never ends."""
    return commands((arguments,), fault)[0]


def commands(many: Sequence[tuple[str, ...]], fault: Fault = NO_FAULT) -> list[Done]:
    """As `command`, several in the same copy, one after another."""
    here, there = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(here)
        _in_copy(there, many, fault)
    os.close(there)
    data, status = _all_of(here, child)
    os.close(here)
    if not data:
        if os.WIFSIGNALED(status):
            return [Done(FAULT, "", f"ended by signal {os.WTERMSIG(status)}")] * len(many)
        return [Done(os.WEXITSTATUS(status), "")] * len(many)
    return [Done(*one) for one in pickle.loads(data)]  # noqa: S301  # what the copy wrote


def _all_of(pipe: int, child: int) -> tuple[bytes, int]:
    parts = []
    while select.select([pipe], [], [], _PATIENCE_S)[0]:
        if not (part := os.read(pipe, 1 << 16)):
            return b"".join(parts), os.waitpid(child, 0)[1]
        parts.append(part)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    raise TimeoutError(f"a command did not end in {_PATIENCE_S} s")


def _in_copy(pipe: int, many: Sequence[tuple[str, ...]], fault: Fault) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        if fault.how:
            sys.setprofile(_at_write(fault))
        told = [_invoke(arguments) for arguments in many]
        sys.setprofile(None)
        with os.fdopen(pipe, "wb") as out:
            out.write(pickle.dumps(told))
        os._exit(0)
    finally:
        # Whatever is raised, also where a write was refused of the runner itself: a copy never goes on as the driver.
        os._exit(FAULT)


def _invoke(arguments: tuple[str, ...]) -> tuple[int, str, str]:
    from typer.testing import CliRunner

    from digitize.cli.app import build
    from digitize.exits import exit_code

    done = CliRunner().invoke(build(), list(arguments))
    code, error = done.exit_code, ""
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        found = exit_code(done.exception)
        code = FAULT if found is None else found
        error = "".join(traceback.format_exception(done.exception))[-3000:]
    return code, done.stdout if code == 0 else done.output, error


def _at_write(fault: Fault) -> Callable[[FrameType, str, Any], None]:
    left = [fault.n]

    def look(frame: FrameType, event: str, what: Any) -> None:
        if event == "c_call":
            name = what.__name__
            is_query = name in _QUERIES
            if not is_query and (name not in _WRITES or frame.f_code.co_name == "isatty"):
                return
        elif event == "call" and frame.f_code.co_name in _QUERIES and "psycopg" in frame.f_code.co_filename:
            is_query = False
        else:
            return
        left[0] -= 1
        if left[0] == 0:
            if fault.how == "kill":
                os._exit(KILLED)
            sys.setprofile(None)
            raise sqlite3.OperationalError("database or disk is full") if is_query else OSError(28, "No space left")

    return look
