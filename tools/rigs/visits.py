"""Loaded by workers of a benchmark: each notes which job it begins, so that work done twice is counted."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from digitize.machine.cluster.one_process import OneProcess
from tools.rigs.cluster import VISITS


def dask_setup(worker: Any) -> None:
    """Dask calls it on each worker that was begun with this file."""
    path = Path(os.environ[VISITS]) / f"{os.getpid()}.txt"
    do = OneProcess.do

    def noted(self: OneProcess, work: Any, job: Any, limit_s: float | None) -> Any:
        if hasattr(job, "page"):
            # A page of no form is visited a second time, as a register's, when its turn has come.
            what = f"{job.page} {job.register is None} {job.as_form is not None} {job.as_register is not None}"
            with path.open("a", encoding="utf-8") as f:
                f.write(f"{what}\n")
        return do(self, work, job, limit_s)

    OneProcess.do = noted  # type: ignore[method-assign]
