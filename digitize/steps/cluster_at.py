"""The cluster that a run uses, if any."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from digitize.machine.placing import Cluster
from digitize.machine.progress import Progress
from digitize.workspace.place import Place


@contextmanager
def cluster_at(place: Place, address: str, progress: Progress) -> Iterator[Cluster | None]:
    """Connect to the cluster at an address, None for "". Raises MachineLacks, OptionsError for an unusable store."""
    if not address:
        yield None
        return
    # Here and not above: one machine needs none of it.
    from digitize.machine.cluster.dask_cluster import DaskCluster
    from digitize.machine.cluster.store import ScanStore

    named = place.options.store
    store = ScanStore(named.url, named.endpoint) if named.url else None
    with DaskCluster(address, place.folder, store, progress.say) as cluster:
        yield cluster
