"""What a worker of a Dask cluster does when it begins, where `deploy/dask.yaml` says so: it loads what pages need.

Without it the first command that a worker is given waits for that.
"""

from __future__ import annotations

from typing import Any

from digitize.machine.cluster.one_process import copy_context


def dask_setup(_worker: Any) -> None:
    """Dask calls it on each worker. It comes back at once; the other process loads on."""
    copy_context()
