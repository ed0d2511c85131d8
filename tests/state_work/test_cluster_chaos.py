"""Workers and the scheduler of a cluster are killed while jobs are done; none is lost and none comes back twice.

The benchmark kills a hundred times, the run itself and the database as well (benchmarks/cluster.py).
"""

import time

import pytest

from tools.rigs.cluster import SCHEDULER, Rig


@pytest.mark.slow
def test_after_three_kills_every_job_has_come_back_once(tmp_path):
    pytest.importorskip("distributed")
    from digitize.machine.cluster.dask_cluster import DaskCluster
    from digitize.machine.pool import run_jobs

    (tmp_path / "ws").mkdir()
    (tmp_path / "ws" / "digitize.toml").write_text("[workspace]")
    jobs, kills, done = [0.1 + n / 1000 for n in range(12)], {2: "worker0", 4: SCHEDULER, 6: "worker0"}, []
    with Rig(tmp_path / "rig", 1) as rig:
        address = rig.begun()
        with DaskCluster(address, tmp_path / "ws", None, print) as cluster:
            for job, _ in run_jobs(time.sleep, jobs, cluster, lambda job: "crashed", 60.0):
                done.append(job)
                if len(done) in kills:
                    rig.kill(kills[len(done)])
    assert sorted(done) == jobs
