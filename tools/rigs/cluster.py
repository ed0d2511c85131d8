"""A small Dask cluster of processes for benchmarks and tests: each is begun again when it dies, as systemd would.

Each may live in a network namespace of its own, as if it were a machine of its own.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
VISITS = "CLUSTER_VISITS"
"""Names the folder in which workers note which job they begin (tools/rigs/visits.py)."""
_BEGIN_AGAIN_S = 0.5
SCHEDULER = "scheduler"


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return int(s.getsockname()[1])


class Rig:
    """A scheduler and workers, watched over. Use it as a context manager."""

    def __init__(
        self, folder: Path, workers: int, host: str = "127.0.0.1", inside: Sequence[Sequence[str]] = ()
    ) -> None:
        """folder: for logs and visits. inside: what goes before the command of the scheduler and of each worker."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "visits").mkdir(exist_ok=True)
        self.folder, self.address = folder, f"tcp://{host}:{free_port()}"
        self.names = [SCHEDULER, *(f"worker{n}" for n in range(workers))]
        self._before = dict(zip(self.names, inside or [()] * len(self.names), strict=True))
        self._running: dict[str, subprocess.Popen[bytes]] = {}
        self._ends = threading.Event()
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        """Begin all of it."""
        for name in self.names:
            self._begin(name)
        threading.Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """End all of it."""
        self._ends.set()
        with self._lock:
            for process in self._running.values():
                _end(process)

    def begun(self) -> str:
        """The scheduler's address, once it answers."""
        host, port = self.address.removeprefix("tcp://").rsplit(":", 1)

        def answers() -> bool:
            with socket.socket() as s:
                return s.connect_ex((host, int(port))) == 0

        wait_until(answers, 300.0)
        return self.address

    def kill(self, name: str) -> None:
        """End one at once, with all that it began; it is begun again soon."""
        with self._lock:
            _end(self._running[name])

    def pids(self) -> list[int]:
        """Of all that runs now."""
        return [p.pid for p in self._running.values()]

    def visits(self) -> Counter[str]:
        """Job -> how often a worker began it."""
        files = (self.folder / "visits").glob("*.txt")
        return Counter(line for path in files for line in path.read_text(encoding="utf-8").splitlines())

    def _begin(self, name: str) -> None:
        host, port = self.address.removeprefix("tcp://").rsplit(":", 1)
        dask = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--host", host, "--port", port]
        if name != SCHEDULER:
            dask = [
                sys.executable, "-m", "distributed.cli.dask_worker", self.address, "--nthreads", "1", "--no-nanny",
                "--local-directory", str(self.folder / name), "--death-timeout", "30",
                # What the command line names is in place of what deploy/dask.yaml names.
                "--preload", "tools.rigs.visits", "--preload", "digitize.machine.cluster.at_start",
            ]  # fmt: skip
        own = {VISITS: str(self.folder / "visits"), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore"}
        own |= {"DASK_CONFIG": str(ROOT / "deploy" / "dask.yaml")}
        # The cut-off host comes back before anybody is believed dead, or after: both must be right.
        own |= {"DASK_DISTRIBUTED__COMM__TIMEOUTS__TCP": "12s", "DASK_DISTRIBUTED__SCHEDULER__WORKER_TTL": "20s"}
        with (self.folder / f"{name}.log").open("ab") as log:
            self._running[name] = subprocess.Popen(
                [*self._before[name], *dask, "--no-dashboard"],
                cwd=ROOT, env={**os.environ, **own}, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip

    def _watch(self) -> None:
        while not self._ends.wait(_BEGIN_AGAIN_S):
            with self._lock:
                for name, process in list(self._running.items()):
                    if process.poll() is not None and not self._ends.is_set():
                        self._begin(name)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def wait_until(is_so: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Whether something becomes true in time; is_so: called until then."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if is_so():
            return True
        time.sleep(0.05)
    return False
