"""Run jobs on an existing Dask cluster. This process feeds jobs and records results; workers compute.

If a worker, the scheduler or the connection is lost, its jobs in flight are resubmitted.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self, TypeVar

from digitize.errors import MachineLacks
from digitize.machine.cluster.at_worker import RunSession, do_itself, see_there
from digitize.machine.cluster.fitness import look
from digitize.machine.cluster.roster import Roster
from digitize.machine.cluster.site import Kit, settings_hash
from digitize.machine.cluster.store import ScanStore
from digitize.machine.placing import Cluster
from ocr.tesseract.folders import VARIABLE

if TYPE_CHECKING:
    from distributed import Client

Job = TypeVar("Job")
Given = TypeVar("Given")
Say = Callable[[str], None]
_CONNECT_S = 10.0
LOST_S = 600.0
"""So long a scheduler, or the last worker, may be away before the run gives up; it goes on when called again."""
_TOLD_EVERY_S = 60.0


class DaskCluster:
    """A Dask cluster as a place for jobs. Use it as a context manager."""

    def __init__(self, address: str, folder: Path, store: ScanStore | None, say: Say, lost_s: float = LOST_S) -> None:
        """address: of the scheduler, e.g. "tcp://host:8786". folder: the workspace. say: reports progress to a person.

        Raises MachineLacks if `distributed` is not installed or the scheduler does not answer.
        """
        self.address, self._say, self._lost_s = address, say, lost_s
        folder = folder.resolve()
        self._kit = Kit.from_folder(folder)
        models = os.environ.get(VARIABLE, "")
        own = str(folder / "models")
        self.folder = folder
        self.session = RunSession(
            str(folder), settings_hash(folder), store, self._kit.key, "" if models == own else models
        )
        self.roster = Roster(look(), has_store=store is not None)
        self._client: Client | None = None

    def __enter__(self) -> Self:
        """Connect and probe the workers."""
        self._connect(0.0)
        self._await_workers(60.0)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Disconnect; the cluster keeps running."""
        if self._client is not None:
            self._client.close(timeout=5)

    @property
    def size(self) -> int:
        """Number of threads of usable workers."""
        return max(1, self.roster.threads)

    @property
    def client(self) -> Client:
        """The connection, reopened if it was lost. Raises MachineLacks if that fails."""
        if self._client is None or self._client.status not in ("running", "connecting"):
            self._connect(self._lost_s)
        assert self._client is not None
        return self._client

    def run_jobs(
        self,
        work: Callable[[Job], Given],
        jobs: Iterable[Job],
        crashed: Callable[[Job], Given],
        limit_s: float | None = None,
    ) -> Iterator[tuple[Job, Given]]:
        """As `digitize.machine.pool.run_jobs`. Raises MachineLacks if jobs remain that no worker may do."""
        from digitize.machine.cluster.dask_run import DaskRun

        # A print that was drafted meanwhile is a form from now on.
        self._renew_kit()
        yield from DaskRun(self, work, limit_s).go(iter(jobs), crashed)

    @property
    def may_record(self) -> bool:
        """Whether workers can write to the ledger themselves, if they can reach it."""
        return self.roster.may_record

    def run_lots(
        self, work: Callable[[Cluster, Job], Given], jobs: Iterable[Job], crashed: Callable[[Job], Given]
    ) -> Iterator[tuple[Job, Given]]:
        """As run_jobs, for work that reads and records for itself; it is given a place for its own jobs."""
        from digitize.machine.cluster.dask_run import DaskRun

        self._renew_kit()
        yield from DaskRun(self, work, None, do_itself).go(iter(jobs), crashed)

    def look_around(self) -> bool:
        """Update the roster of workers. Returns whether it changed. Cheap; called every few seconds."""
        client = self.client
        try:
            there = client.nthreads()
        # The connection broke meanwhile: the next call makes another.
        except (OSError, TimeoutError, RuntimeError, ValueError):
            return False
        news = self.roster.note(there)
        for address in self.roster.unknown():
            self.roster.ask(
                address,
                client.submit(
                    see_there, self.session, workers=[address], allow_other_workers=False, pure=False, priority=10
                ),
            )
        told = self.roster.take_answers()
        for text in told:
            self._say(text)
        return news or bool(told) or self.roster.take_news()

    def await_someone(self, since: float) -> None:
        """Wait for a worker if there is none. since: when the last one left. Raises MachineLacks on timeout."""
        gone_s = time.monotonic() - since
        if gone_s > self._lost_s:
            raise MachineLacks(
                f"No worker of {self.address} has been there for {gone_s / 60:.0f} minutes. Finished work is saved. "
                f"Start workers and run the same command again."
            )

    def _renew_kit(self) -> None:
        kit = Kit.from_folder(self.folder)
        if kit.key != self._kit.key:
            self._kit = kit
            self.session = replace(self.session, kit=kit.key, settings=settings_hash(self.folder))
            self._hand_out()

    def _hand_out(self) -> None:
        """Send the small files to workers that do not share the folder, including those that join later."""
        from digitize.machine.cluster.dask_plugin import KitPlugin

        self.client.register_plugin(KitPlugin(self._kit), name=f"digitize-{self._kit.key}")

    def _connect(self, patience_s: float) -> None:
        try:
            import dask
            from distributed import Client
        except ImportError as e:
            raise MachineLacks("--cluster needs Dask. Install it: pip install 'cctns-digitize[cluster]'") from e
        # Who is there is asked for by the roster; nobody here looks at what Dask would ask for every two seconds.
        dask.config.set({"distributed.client.scheduler-info-interval": "600s"})
        until, told = time.monotonic() + patience_s, 0.0
        while True:
            try:
                self._client = Client(self.address, timeout=_CONNECT_S, set_as_default=False, name="digitize")
                break
            # TypeError: an answer of something that is no scheduler.
            except (OSError, TimeoutError, ValueError, TypeError) as e:
                now = time.monotonic()
                if now >= until:
                    raise MachineLacks(
                        f"No Dask scheduler answers at {self.address}. Start one (dask scheduler), or run without "
                        "--cluster. Finished work is saved; the same command continues from there."
                    ) from e
                if now - told > _TOLD_EVERY_S:
                    told = now
                    self._say(f"The scheduler at {self.address} does not answer; waiting for it.")
                time.sleep(1.0)
        self.roster.forget()
        self._hand_out()

    def _await_workers(self, patience_s: float) -> None:
        until = time.monotonic() + patience_s
        while True:
            self.look_around()
            if self.roster.threads and not self.roster.is_waiting:
                return
            if (self.roster.is_known and not self.roster.threads) or time.monotonic() > until:
                break
            time.sleep(0.1)
        if not self.roster.threads:
            raise MachineLacks(f"No worker of {self.address} can work: {self.roster.why_not()}")
