"""Several jobs in one task of a cluster: how many, and that each stands for itself whatever becomes of the others."""

from collections import deque
from types import SimpleNamespace

import pytest

from digitize.machine.cluster import at_worker, parcels
from digitize.machine.cluster.at_worker import Broke, JobDone, JobTold, Lacking, Raised
from digitize.machine.cluster.parcels import JobPace, fair_share, parcel_size
from digitize.machine.cluster.travel import unpack


@pytest.mark.parametrize(
    ("seconds", "left", "threads", "many"),
    [
        (None, 1000, 2, 1),  # nothing came back so far
        (0.5, 1000, 2, 5),
        (0.01, 1000, 2, parcels.MOST_JOBS),
        (3.0, 1000, 2, 1),  # a large page goes alone
        (0.5, 12, 2, 3),  # towards the end all workers have something to do
        (0.5, 7, 2, 1),
        (0.5, 0, 2, 1),  # how many there are is not known
        (0.5, 1000, 400, 1),
    ],
)
def test_a_parcel_is_some_seconds_of_work_and_less_towards_the_end(seconds, left, threads, many):
    assert parcel_size(seconds, left, threads) == many


def test_jobs_that_can_be_begun_now_are_shared_among_those_who_wait():
    assert [fair_share(4, 8), fair_share(4, 1), fair_share(5, 2)] == [1, 4, 3]


def test_the_pace_is_that_of_most_jobs():
    pace = JobPace()
    assert pace.seconds is None
    for seconds in (9.0, 0.2, 0.4, 0.3, 60.0):
        pace.note(seconds)
    assert pace.seconds == 0.4


class Place:
    """A cluster of one thread that does what it is given when it is asked for it. fate: what becomes of a parcel."""

    folder, session, size = "/nowhere", None, 1

    def __init__(self, fate):
        self.fate, self.parcels, self.client = fate, [], self
        self.roster = SimpleNamespace(fit_for=lambda needs: None, is_known=True, threads=1)

    def look_around(self):
        return False

    def submit(self, do, session, packed, limit_s, *, key, **_):
        jobs = [unpack(data, None)[1] for data in packed]
        self.parcels.append(jobs)
        return SimpleNamespace(
            key=key, client=self, status="finished", cancel=lambda: None, result=lambda timeout: self.fate(jobs),
            add_done_callback=lambda tell: tell(SimpleNamespace(key=key)),
        )  # fmt: skip


def done(jobs):
    return [JobTold(JobDone(n * n), 0.1) for n in jobs]


def go(place, jobs):
    pytest.importorskip("distributed")
    from digitize.machine.cluster.dask_run import DaskRun

    return list(DaskRun(place, abs, None).go(iter(jobs), lambda n: f"crashed {n}"))


def test_jobs_whose_number_is_not_known_go_one_by_one():
    place = Place(done)
    assert sorted(go(place, (n for n in range(40)))) == [(n, n * n) for n in range(40)]
    assert {len(jobs) for jobs in place.parcels} == {1}


def test_the_jobs_of_a_lost_parcel_are_done_again_each_alone_and_come_back_once():
    from concurrent.futures import CancelledError

    KilledWorker = pytest.importorskip("distributed").KilledWorker
    fates = deque([done, done, CancelledError, KilledWorker])

    def fate(jobs):
        what = fates.popleft() if fates else done
        if what is done:
            return done(jobs)
        raise what("task", None, 3) if what is KilledWorker else what

    place = Place(fate)
    assert sorted(go(place, range(60))) == [(n, n * n) for n in range(60)]
    twice = [jobs for jobs in place.parcels if len(jobs) > 1 and [jobs[0]] in place.parcels]
    assert len(twice) == 2
    assert all([n] in place.parcels for jobs in twice for n in jobs)


def test_a_job_that_kills_its_worker_again_and_again_fails_and_those_that_went_with_it_are_done():
    KilledWorker = pytest.importorskip("distributed").KilledWorker

    def fate(jobs):
        if 21 in jobs:
            raise KilledWorker("task", None, 3)
        return done(jobs)

    came = dict(go(Place(fate), range(40)))
    assert came == {n: n * n for n in range(40)} | {21: "crashed 21"}


def test_each_job_of_a_parcel_has_an_outcome_of_its_own_and_what_was_not_begun_goes_again():
    def fate(jobs):
        # A worker for which they took too long leaves the rest.
        return [JobTold(Broke() if n == 22 else Lacking("no scan") if n == 23 else JobDone(n), 0.1) for n in jobs[:3]]

    place = Place(fate)
    came = dict(go(place, range(40)))
    assert came == {n: n for n in range(40)} | {22: "crashed 22", 23: "crashed 23"}
    assert any(len(jobs) > 3 for jobs in place.parcels)


def test_a_worker_for_which_a_parcel_takes_too_long_tells_what_it_did_and_keeps_its_process(monkeypatch):
    hands, looks = deque(["hand"]), iter([False, True])
    monkeypatch.setattr(at_worker, "_site", lambda session: None)
    monkeypatch.setattr(at_worker, "_hands", lambda session: hands)
    monkeypatch.setattr(at_worker, "_done_by", lambda hand, site, data, limit_s: JobDone(data))
    monkeypatch.setattr(at_worker, "is_long_enough", lambda seconds: next(looks))
    told = at_worker.do_there(None, [b"1", b"2", b"3"], None)
    assert [one.outcome for one in told] == [JobDone(b"1"), JobDone(b"2")]
    assert list(hands) == ["hand"]


def test_an_error_of_the_work_ends_all_after_what_else_came_of_its_parcel():
    pytest.importorskip("distributed")
    from digitize.machine.cluster.dask_run import DaskRun

    place, came = (
        Place(lambda jobs: [JobTold(Raised(ValueError("own")) if n == 20 else JobDone(n), 0.1) for n in jobs]),
        [],
    )
    with pytest.raises(ValueError, match="own"):
        for job, _ in DaskRun(place, abs, None).go(iter(range(60)), str):
            came.append(job)
    (parcel,) = [jobs for jobs in place.parcels if 20 in jobs]
    assert len(parcel) > 1
    assert set(parcel) - {20} <= set(came)
