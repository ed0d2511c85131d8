"""Preload for Dask workers if `deploy/dask.yaml` asks for it: load what pages need at start.

Otherwise the first job of a worker waits for it.
"""

from __future__ import annotations

from typing import Any

from digitize.machine.cluster.one_process import copy_context


def dask_setup(_worker: Any) -> None:
    """Called by Dask on each worker. Returns at once; loading continues in the other process."""
    copy_context()
