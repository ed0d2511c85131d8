"""The pool of worker processes outlives a worker that dies."""

import ctypes
import os
import signal
import threading
import time

from digitize.machine import pool
from digitize.machine.forkserver import deaf_to_ctrl_c
from digitize.machine.pool import patience_s, run_jobs


def square(n):
    if n == 13:
        os._exit(9)
    if n == 14:
        ctypes.PyDLL(None).sleep(60)  # a library that never comes back, and lets no other thread run
    if n == 15:
        os.kill(os.getpid(), signal.SIGSTOP)
    return n * n


def work_for(seconds):
    """Use so much of the processor; returns how much."""
    until = time.process_time() + seconds
    while time.process_time() < until:
        pass
    return seconds


def wait_for(seconds):
    """What a worker on a busy machine does most of the time: nothing."""
    time.sleep(seconds)
    return work_for(0.1)


def threads_of(library):
    return os.environ.get(f"{library}_NUM_THREADS")


def crashed(n):
    return f"crashed {n}"


def test_all_jobs_are_done_once():
    done = dict(run_jobs(square, range(10), 2, crashed))
    assert done == {n: n * n for n in range(10)}


def test_a_worker_computes_on_one_thread_unless_told_otherwise(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    assert list(run_jobs(threads_of, ["OPENBLAS"], 1, crashed)) == [("OPENBLAS", "1")]
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    assert list(run_jobs(threads_of, ["OPENBLAS"], 1, crashed)) == [("OPENBLAS", "3")]


def test_a_job_that_kills_its_worker_takes_only_itself_down():
    done = list(run_jobs(square, [1, 2, 13, 4, 5], 2, crashed))
    assert sorted(map(str, dict(done).values())) == sorted(["1", "4", "crashed 13", "16", "25"])
    assert len(done) == 5


def test_a_worker_that_never_comes_back_is_ended_and_the_others_go_on():
    begun = time.monotonic()
    done = dict(run_jobs(square, [1, 14, 2, 3, 4, 5], 2, crashed, 0.5))
    assert done == {1: 1, 14: "crashed 14", 2: 4, 3: 9, 4: 16, 5: 25}
    assert time.monotonic() - begun < 55  # twice two and a half seconds, not the sixty that the library sleeps


def test_a_worker_that_stands_still_with_its_own_watch_is_ended(monkeypatch):
    monkeypatch.setattr(pool, "_START_S", 4.0)
    assert dict(run_jobs(square, [15, 2, 3], 2, crashed, 0.2)) == {15: "crashed 15", 2: 4, 3: 9}


def test_a_worker_that_computes_without_end_is_ended_by_its_processor_time(monkeypatch):
    monkeypatch.setattr(pool, "_BY_CLOCK", 10_000)
    assert dict(run_jobs(work_for, [0.1, 3600.0], 1, crashed, 0.4)) == {0.1: 0.1, 3600.0: "crashed 3600.0"}


def test_a_job_that_waits_for_a_busy_processor_is_not_ended():
    assert dict(run_jobs(wait_for, [2.0], 1, crashed, 1.0)) == {2.0: 0.1}


def test_work_within_its_time_is_not_ended_by_the_watch_on_the_job_before(monkeypatch):
    # On a busy machine half a second of the processor may take longer than the limit by the clock.
    monkeypatch.setattr(pool, "_BY_CLOCK", 10_000)
    assert dict(run_jobs(work_for, [0.4, 0.5, 0.6], 1, crashed, 1.0)) == {0.4: 0.4, 0.5: 0.5, 0.6: 0.6}


def test_where_the_system_has_no_timer_a_thread_watches_the_processor_time(monkeypatch):
    ended = []
    monkeypatch.setattr(pool.os, "_exit", ended.append)
    monkeypatch.setattr(pool, "_LOOK_S", 0.01)
    watch = threading.Thread(target=pool._end_when_used, args=(time.process_time() + 0.2, done := threading.Event()))
    watch.start()
    work_for(0.5)
    done.set()
    watch.join()
    assert set(ended) == {1}


def test_a_page_has_well_over_its_own_time_before_its_worker_is_ended():
    assert patience_s(180) == 390


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


def test_what_begins_beside_a_run_is_deaf_to_ctrl_c_and_the_run_is_not():
    def blocked():
        return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())

    with deaf_to_ctrl_c():
        # As the process that workers are copied from: it inherits what is blocked.
        assert blocked()
    assert not blocked()
