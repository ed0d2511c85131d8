"""Jobs on a cluster: what travels, who may work, where scans come from, and that nothing is lost or done for good twice."""

import hashlib
import os
from concurrent.futures import Future
from dataclasses import replace
from operator import length_hint
from pathlib import Path
from types import SimpleNamespace

import pytest

from digitize.errors import MachineLacks, OptionsError
from digitize.machine.cluster import fitness, site
from digitize.machine.cluster.at_worker import Lacking, WorkerSeen
from digitize.machine.cluster.dask_run import DaskRun
from digitize.machine.cluster.fitness import Fitness
from digitize.machine.cluster.roster import FILES, Roster
from digitize.machine.cluster.site import Kit, Site
from digitize.machine.cluster.store import ScanStore, StoreAway
from digitize.machine.cluster.travel import pack, unpack
from digitize.reading.job import PageFailed, PageJob
from digitize.reading.lexica import ListSource
from ocr.forms.settings import ReadSettings

HERE = Fitness("0.2.0", "abc", True, "5.5", {"en": "e1", "bn": "b1"})


def page_job(folder, **more):
    settings = ReadSettings(
        languages=("bn", "en"), form_folders=(folder / "forms",), native_digits=str(folder / "d.onnx")
    )
    return PageJob("wb-0001-0001", folder / "originals" / "ab" / "abc.png", "abc", 0, settings, ListSource(), **more)


def test_paths_of_the_workspace_are_found_anew_where_a_job_arrives(tmp_path):
    job = page_job(tmp_path / "here")
    packed = pack(job, tmp_path / "here")
    there = unpack(packed.data, lambda place: tmp_path / "there" / place)
    assert packed.needs_files
    assert there == page_job(tmp_path / "there")
    assert not pack((Path("/elsewhere/a.png"), "text"), tmp_path / "here").needs_files


@pytest.mark.parametrize(
    ("there", "why"),
    [
        (HERE, ""),
        (replace(HERE, program="0.1.0"), "version 0.1.0"),
        (replace(HERE, sources="x"), "differ from those here"),
        (replace(HERE, weights=False), "damaged"),
        (replace(HERE, tesseract=""), "Tesseract not at all"),
    ],
)
def test_a_worker_that_would_read_otherwise_gets_no_work(there, why):
    assert why in fitness.unfit(HERE, there)
    assert bool(why) == bool(fitness.unfit(HERE, there))


def seen(there, *, has_folder=True):
    answer = Future()
    answer.status = "finished"
    answer.set_result(WorkerSeen(there, has_folder))
    return answer


def roster_of(*workers, has_store=False):
    roster = Roster(HERE, has_store)
    roster.note({f"w{n}": 2 for n in range(len(workers))})
    for n, answer in enumerate(workers):
        roster.ask(f"w{n}", answer)
    return roster, roster.take_answers()


def test_pages_go_only_to_workers_with_the_models_of_their_language(tmp_path):
    roster, told = roster_of(seen(HERE), seen(replace(HERE, languages={"en": "e1"})))
    assert roster.threads == 4
    assert roster.fit_for(page_job(tmp_path).needs) == ["w0"]
    assert roster.fit_for(fitness.name_need("en") and frozenset({fitness.name_need("en")})) is None
    assert told == ["Worker w1 gets no pages in bn: it lacks our models for them."]


def test_a_worker_without_the_scans_gets_none():
    roster, _ = roster_of(seen(HERE, has_folder=False))
    assert roster.fit_for(frozenset({FILES})) == []
    assert "name a [store]" in roster.why_not(frozenset({FILES}))
    assert roster_of(seen(HERE, has_folder=False), has_store=True)[0].fit_for(frozenset({FILES})) is None


def test_a_worker_that_went_is_forgotten_and_a_new_one_is_looked_at():
    roster, _ = roster_of(seen(HERE))
    assert roster.unknown() == []
    assert roster.note({"w9": 1})
    assert (roster.unknown(), roster.threads, roster.has("w0")) == (["w9"], 0, False)


def test_the_small_files_of_a_workspace_arrive_whole(tmp_path):
    (tmp_path / "ws" / "forms").mkdir(parents=True)
    (tmp_path / "ws" / "forms" / "a.toml").write_text("a = 1")
    (tmp_path / "ws" / "digitize.toml").write_text("[workspace]")
    kit = Kit.from_plain(Kit.from_folder(tmp_path / "ws").as_plain())
    at = kit.lay_out(tmp_path / "worker")
    assert kit.key == Kit.from_folder(tmp_path / "ws").key == Kit.from_folder(at).key
    with pytest.raises(ValueError, match=r"\.\./evil"):
        Kit({"../evil": b""}).lay_out(tmp_path / "worker")


class Busy:
    """A store that answers 503 so many times before it gives a file."""

    def __init__(self, refusals, content=b"scan"):
        self.refusals, self.content, self.asked = refusals, content, 0

    def get_file(self, place, to):
        self.asked += 1
        if self.asked <= self.refusals:
            error = OSError("SlowDown")
            error.response = {"ResponseMetadata": {"HTTPStatusCode": 503}}
            raise error
        Path(to).write_bytes(self.content)


SCAN = "7a1f2c6a1d2bb1f2a62a7a4b5f5cc1e1d2f4f9b5b3a1a3a1d3c8f1f1a0a0a0a0"


def store_of(busy, tmp_path):
    waits = []
    store = ScanStore(f"file://{tmp_path}/store", wait=waits.append)
    store._fs = busy
    return store, waits


def test_a_store_that_is_busy_is_asked_again_with_growing_waits(tmp_path):
    busy = Busy(3)
    store, waits = store_of(busy, tmp_path)
    store.fetch("originals/7a/x.png", tmp_path / "x.png", hashlib.sha256(b"scan").hexdigest())
    assert (tmp_path / "x.png").read_bytes() == b"scan"
    assert len(waits) == 3
    assert waits[2] > waits[0]


def test_a_store_that_stays_away_fails_the_page_with_the_next_step(tmp_path):
    store, _ = store_of(Busy(99), tmp_path)
    with pytest.raises(StoreAway, match="status 503.*run the same command again"):
        store.fetch("originals/7a/x.png", tmp_path / "x.png", SCAN)
    assert list(tmp_path.iterdir()) == []
    failed = page_job(tmp_path).make_refusal("the store is away.")
    assert failed == PageFailed("wb-0001-0001", "store", "Page wb-0001-0001: the store is away.", retry=True)


def test_a_worker_without_the_scan_fails_the_page_as_such_and_not_as_crashed(tmp_path):
    one = SimpleNamespace(job=page_job(tmp_path))
    ((job, failed),) = DaskRun._came(None, one, Lacking("the store is away."), pytest.fail)
    assert (job, failed.kind, failed.retry) == (one.job, "store", True)
    other = SimpleNamespace(job=("no page",))
    assert list(DaskRun._came(None, other, Lacking("x"), lambda job: "crashed")) == [(("no page",), "crashed")]


def test_a_file_that_was_damaged_in_the_store_is_not_taken(tmp_path):
    store, _ = store_of(Busy(0), tmp_path)
    with pytest.raises(StoreAway, match="damaged there"):
        store.fetch("originals/7a/x.png", tmp_path / "x.png", SCAN)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("url", "endpoint"),
    [
        ("s3://key:secret@bucket/p", ""), ("bucket", ""), ("s3://bucket?secret=x", ""),
        ("s3:/key:secret@bucket", ""), ("s3://bucket", "http://key:secret@host:9000"),
    ],
)  # fmt: skip
def test_the_name_of_a_store_holds_no_password(url, endpoint):
    with pytest.raises(OptionsError) as raised:
        ScanStore(url, endpoint)
    assert "secret@" not in str(raised.value)


def test_a_scan_that_was_damaged_in_the_cache_is_brought_anew(tmp_path, monkeypatch):
    name = hashlib.sha256(b"scan").hexdigest()
    place = f"originals/{name[:2]}/{name}.png"
    (tmp_path / "store" / place).parent.mkdir(parents=True)
    (tmp_path / "store" / place).write_bytes(b"scan")
    monkeypatch.setenv(site.CACHE, str(tmp_path / "cache"))
    there = Site(tmp_path / "kit", ScanStore((tmp_path / "store").as_uri()))
    there.find(place).write_bytes(b"another scan, or one cut off")
    assert there.find(place).read_bytes() == b"scan"


def test_a_small_file_that_was_changed_on_a_worker_is_laid_out_anew(tmp_path):
    kit = site.Kit({"digitize.toml": b"[workspace]", "lists/a.csv": b"x"})
    (kit.lay_out(tmp_path) / "lists" / "a.csv").write_bytes(b"y")
    assert (kit.lay_out(tmp_path) / "lists" / "a.csv").read_bytes() == b"x"


@pytest.fixture(scope="session")
def s3(tmp_path_factory):
    """A local server that speaks S3, with one bucket."""
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    before = dict(os.environ)
    os.environ |= {"AWS_ACCESS_KEY_ID": "local", "AWS_SECRET_ACCESS_KEY": "local", "AWS_DEFAULT_REGION": "us-east-1"}
    store = ScanStore("s3://scans/wb", f"http://{host}:{port}")
    store._fs.mkdir("scans")
    yield store
    os.environ.clear()
    os.environ.update(before)
    server.stop()


def test_scans_come_from_an_s3_store_once_and_are_those_that_were_put_there(s3, tmp_path, monkeypatch):
    name = hashlib.sha256(b"scan").hexdigest()
    place = f"originals/{name[:2]}/{name}.png"
    (tmp_path / "ws" / place).parent.mkdir(parents=True)
    (tmp_path / "ws" / place).write_bytes(b"scan")
    assert list(site.put_originals(s3, tmp_path / "ws")) == [place]
    assert list(site.put_originals(s3, tmp_path / "ws")) == []
    monkeypatch.setenv(site.CACHE, str(tmp_path / "cache"))
    there = Site(tmp_path / "kit", s3)
    assert there.find(place).read_bytes() == b"scan"
    monkeypatch.setattr(s3, "_fs", None)
    assert there.find(place).read_bytes() == b"scan"
    with pytest.raises(StoreAway, match="digitize store put"):
        monkeypatch.undo()
        monkeypatch.setenv(site.CACHE, str(tmp_path / "cache"))
        there.find(place.replace(name, SCAN))


def test_a_full_cache_loses_what_was_used_longest_ago(tmp_path, monkeypatch):
    monkeypatch.setenv(site.CACHE_GB, "0.000001")
    for n in range(4):
        path = tmp_path / f"{n:02d}" / f"{n}.png"
        path.parent.mkdir()
        path.write_bytes(b"x" * 400)
        os.utime(path, (n, n))
    site.make_room(tmp_path)
    assert sorted(p.name for p in tmp_path.glob("*/*")) == ["2.png", "3.png"]


# One cluster for all of the following: a small worker of two threads in this process; jobs are done in processes of their own.


@pytest.fixture(scope="session")
def dask_address():
    """The address of a scheduler with a worker of two threads."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=2, processes=False, dashboard_address=None, protocol="tcp", silence_logs=40
    ) as there:
        yield there.scheduler_address


@pytest.fixture(scope="session")
def cluster(dask_address, tmp_path_factory):
    from digitize.machine.cluster.dask_cluster import DaskCluster

    folder = tmp_path_factory.mktemp("ws")
    (folder / "digitize.toml").write_text("[workspace]")
    with DaskCluster(dask_address, folder, None, print) as there:
        yield there


def square(n):
    if n == 13:
        os._exit(9)
    if n == 14:
        raise ValueError("of the work itself")
    return n * n


def test_a_cluster_keeps_the_promises_of_the_pool(cluster):
    from digitize.machine.pool import run_jobs

    drawn = []

    def jobs():
        for n in [1, 13, *range(2, 9)]:
            drawn.append(n)
            yield n

    assert cluster.size == 2
    done = {}
    for job, came in run_jobs(square, jobs(), cluster, lambda n: f"crashed {n}", 60.0):
        done[job] = came
        assert len(drawn) - len(done) <= 4
    assert done == {13: "crashed 13"} | {n: n * n for n in range(1, 9)}
    with pytest.raises(ValueError, match="of the work itself"):
        list(run_jobs(square, [14], cluster, lambda n: "crashed"))


def test_a_job_that_breaks_its_process_fails_alone_though_others_went_with_it(cluster, monkeypatch):
    from digitize.machine.cluster import dask_run
    from digitize.machine.pool import run_jobs

    sizes, submit = [], cluster.client.submit
    monkeypatch.setattr(
        cluster.client,
        "submit",
        lambda do, session, data, *a, **k: sizes.append(len(data)) or submit(do, session, data, *a, **k),
    )
    monkeypatch.setattr(dask_run, "parcel_size", lambda *_: 4)
    jobs = [3, 13, 4, 5, 6, 7, 8]
    assert dict(run_jobs(square, jobs, cluster, lambda n: "crashed", 60.0)) == {n: n * n for n in jobs} | {
        13: "crashed"
    }
    assert max(sizes) > 1


class Odd(int):
    """A job for which no worker is fit."""

    needs = frozenset({"language xx"})


def test_what_no_worker_may_do_is_left_and_told_and_the_others_are_done(cluster):
    from digitize.machine.pool import run_jobs

    done = {}
    with pytest.raises(MachineLacks, match="1 jobs wait for a worker.*lacks the models for xx"):
        for job, came in run_jobs(square, [Odd(3), 4], cluster, lambda n: "crashed"):
            done[job] = came
    assert done == {4: 16}


def test_without_a_scheduler_the_message_says_what_to_start(tmp_path, monkeypatch):
    from digitize.machine.cluster import dask_cluster

    pytest.importorskip("distributed")
    monkeypatch.setattr(dask_cluster, "_CONNECT_S", 0.3)
    monkeypatch.setattr(dask_cluster, "look", lambda: HERE)
    with (
        pytest.raises(MachineLacks, match="dask scheduler"),
        dask_cluster.DaskCluster("tcp://127.0.0.1:9", tmp_path, None, print),
    ):
        pass


def test_a_run_on_a_cluster_reads_maps_and_checks(digitize, samples, dask_address, tmp_path, monkeypatch):
    """That it comes to what a run here comes to, to the byte, is asked by benchmarks/cluster.py."""
    from PIL import Image

    from digitize.steps import read

    coming, run_jobs = [], read.run_jobs
    # How many pages go to a worker together hangs on how many there are.
    monkeypatch.setattr(
        read, "run_jobs", lambda work, jobs, *a: coming.append(length_hint(jobs)) or run_jobs(work, jobs, *a)
    )
    monkeypatch.setenv("DIGITIZE_READ_ENGINE", "null")
    monkeypatch.setenv("DIGITIZE_READ_HANDWRITING_ENGINE", "none")
    small = Image.open(samples / "fir_book_2025" / "en_2019_211.jpg").convert("L").resize((300, 423))
    small.save(tmp_path / "one.png")
    digitize("init", "wb", tmp_path / "ws")
    digitize("intake", tmp_path / "ws", tmp_path / "one.png")
    report = digitize.json("run", tmp_path / "ws", "--cluster", dask_address)
    assert (report["read"]["read"], report["mapped"], report["checked"], coming) == (1, 1, 1, [1])
