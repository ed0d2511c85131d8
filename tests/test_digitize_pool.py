"""The pool of worker processes outlives a worker that dies."""

import os
import time

from digitize.pool import run_jobs


def square(n):
    if n == 13:
        os._exit(9)
    return n * n


def crashed(n):
    return f"crashed {n}"


def test_all_jobs_are_done_once():
    done = dict(run_jobs(square, range(10), 2, crashed))
    assert done == {n: n * n for n in range(10)}


def test_a_job_that_kills_its_worker_takes_only_itself_down():
    done = list(run_jobs(square, [1, 2, 13, 4, 5], 2, crashed))
    assert sorted(map(str, dict(done).values())) == sorted(["1", "4", "crashed 13", "16", "25"])
    assert len(done) == 5


def test_no_jobs_start_no_process():
    begun = time.monotonic()
    assert list(run_jobs(square, [], 2, crashed)) == []
    assert time.monotonic() - begun < 1


def test_jobs_are_drawn_as_workers_come_free():
    """A page is claimed, and its reading fetched, only when it is about to be worked on."""
    drawn = []

    def jobs():
        for n in range(200):
            drawn.append(n)
            yield n

    for _ in run_jobs(abs, jobs(), 2, crashed):
        assert len(drawn) <= 20
        break
