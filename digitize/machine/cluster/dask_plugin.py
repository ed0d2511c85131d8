"""Dask worker plugin: installs the workspace's small files when a run starts or a worker joins."""

from __future__ import annotations

from pathlib import Path

from distributed import Worker, WorkerPlugin

from digitize.machine.cluster.at_worker import keep_kit
from digitize.machine.cluster.site import Kit


class KitPlugin(WorkerPlugin):  # type: ignore[misc]  # Dask tells no types
    """Lays a workspace's forms, lists and models out on each worker."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit

    def setup(self, worker: Worker) -> None:
        """Called once on each worker."""
        keep_kit(self.kit, Path(worker.local_directory))
