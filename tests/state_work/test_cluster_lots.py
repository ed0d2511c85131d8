"""Pages in lots: many workers on one ledger, each behind its own fence, on SQLite and PostgreSQL alike."""

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from digitize.errors import KeyUnusable, LedgerError, MachineLacks, OptionsError
from digitize.machine.cluster.fitness import look
from digitize.machine.cluster.here import Here
from digitize.machine.cluster.site import CACHE, Site
from digitize.machine.progress import Silent
from digitize.machine.signing import create_key
from digitize.steps import worker_place as place_module
from digitize.steps.lots import LotSource, read_in_lots, work_lot
from digitize.steps.read_plan import plan
from digitize.steps.work_sharing import WholePlan
from digitize.steps.worker import LotWorker
from digitize.steps.worker_place import worker_place
from digitize.workspace.integrity.settings import record_settings
from digitize.workspace.integrity.worker_keys import allow_key
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import open_place
from digitize.workspace.run_context import build_run_context


def made(digitize, folder, *more):
    """A workspace with two volumes of two small sheets each."""
    digitize("init", "wb", folder / "ws", *more)
    for volume in range(2):
        (folder / f"v{volume}").mkdir()
        for page in range(2):
            sheet = Image.new("L", (120, 160), 255)
            ImageDraw.Draw(sheet).text((4, 4), f"{volume}{page}", fill=0)
            sheet.save(folder / f"v{volume}" / f"{page}.png")
    digitize("intake", folder / "ws", folder / "v0", folder / "v1")
    return open_place(folder / "ws")


@pytest.fixture
def cheap(monkeypatch):
    monkeypatch.setenv("DIGITIZE_READ_ENGINE", "null")
    monkeypatch.setenv("DIGITIZE_READ_HANDWRITING_ENGINE", "none")


@pytest.fixture
def place(cheap, digitize, tmp_path):
    return made(digitize, tmp_path)


@pytest.fixture
def place_in_database(cheap, digitize, tmp_path, pg_url):
    return made(digitize, tmp_path, "--ledger", pg_url)


class Quick:
    """Reads nothing of a page, and is done at once."""

    size, may_record = 1, True

    def __init__(self):
        self.read = []

    def run_jobs(self, work, jobs, crashed, limit_s=None):
        jobs = iter(jobs)
        while (job := next(jobs, None)) is not None:
            self.read.append(job.page)
            yield job, crashed(job)

    def run_lots(self, work, jobs, crashed):
        jobs = iter(jobs)
        while (job := next(jobs, None)) is not None:
            yield job, work(self, job)


def test_two_workers_share_what_is_due_and_each_page_is_recorded_once(place):
    with Ledger(place.ledger) as one, Ledger(place.ledger) as two:
        known = build_run_context(place, one, Quick())
        first, second = (next(LotSource(ledger, known, size=2)) for ledger in (one, two))
        assert set(first.lot.units).isdisjoint(second.lot.units)
        assert list(LotSource(two, known)) == []
        done = [work_lot(ledger, known, lot) for ledger, lot in ((one, first), (two, second))]
        assert [d.report.total for d in done] == [2, 2]
        assert not plan(one, known)
        assert one.list_busy() == frozenset()
        assert one.verify() > 0


def test_whoever_worked_on_a_lot_before_finds_the_fence_closed(place):
    with Ledger(place.ledger) as late, Ledger(place.ledger) as ledger:
        known = build_run_context(place, ledger, Quick())
        lot = next(LotSource(ledger, known))

        class Overtaken(Quick):
            """Between its reading and its writing another worker does all of the lot."""

            def run_jobs(self, work, jobs, crashed, limit_s=None):
                for job, done in super().run_jobs(work, jobs, crashed):
                    if len(self.read) == 1:
                        assert work_lot(ledger, known, lot).report.total == 4
                    yield job, done

        assert work_lot(late, replace(known, cluster=Overtaken()), lot).is_lost
        failed = [e for page in lot.lot.units for e in ledger.events(page) if e.outcome == "failed"]
        assert len(failed) == len(lot.lot.units)


def test_a_cluster_that_reaches_the_ledger_records_for_itself(place):
    with Ledger(place.ledger) as ledger:
        known = build_run_context(place, ledger, Quick())
        assert read_in_lots(ledger, known, Silent(), 3).total == 3
        assert read_in_lots(ledger, known, Silent()).total == 1
        assert not plan(ledger, known)


def test_a_worker_by_itself_does_all_that_is_due_and_ends_where_a_scan_cannot_be_had(place):
    hands = Here(Site(place.folder), hand=InProcess())
    gone, *_ = sorted((place.folder / "originals").glob("*/*"))
    gone.rename(gone.with_suffix(".away"))
    first = LotWorker(lambda: (place, hands), Silent(), size=2).go_on(lambda: True)
    assert (first.lost, first.read.failed_kinds["store"]) == (0, 1)
    gone.with_suffix(".away").rename(gone)
    second = LotWorker(lambda: (place, hands), Silent()).go_on(lambda: True)
    assert set(second.read.failed_kinds) == {"unknown-form"}
    assert LotWorker(lambda: (place, hands), Silent()).go_on(lambda: True).lots == 0


def test_a_site_that_reaches_only_the_database_gets_all_else_from_it(
    place_in_database, digitize, tmp_path, monkeypatch
):
    place = place_in_database
    monkeypatch.setenv(CACHE, str(tmp_path / "cache" / "store"))
    (place.folder / "forms" / "own.txt").write_text("x")
    (place.folder / "forms" / "xx.traineddata").write_text("a model is installed, not shared")
    url, key = place.options.workspace.ledger, tmp_path / "site-own.pem"
    allow_key(place, create_key(key), "a site")
    with pytest.raises(LedgerError, match="digitize store share"):
        worker_place(url, "wb", key, {})
    assert "Shared" in digitize("store", "share", place.folder)
    assert "already" in digitize("store", "share", place.folder)
    create_key(tmp_path / "other.pem")
    with pytest.raises(KeyUnusable, match="digitize keys allow"):
        worker_place(url, "wb", tmp_path / "other.pem", {})
    there = worker_place(url, "wb", key, {})
    assert (there.folder / "forms" / "own.txt").read_text() == "x"
    assert not (there.folder / "forms" / "xx.traineddata").exists()
    with monkeypatch.context() as m, pytest.raises(MachineLacks, match=r"gets no work: it has version 0\.0\.1"):
        m.setattr(place_module, "look", lambda: replace(look(), program="0.0.1"))
        worker_place(url, "wb", key, {})
    with Ledger(there.ledger) as ledger:
        assert len(plan(ledger, build_run_context(there, ledger))) == 4
    with pytest.raises(OptionsError, match="--key"):
        worker_place(url, "wb", None, {})
    quick = Quick()
    report = LotWorker(lambda: (there, quick), Silent()).go_on(lambda: True)
    assert (report.lots, len(quick.read)) == (1, 4)
    with Ledger(place.ledger) as ledger:
        assert not plan(ledger, build_run_context(place, ledger))
        assert ledger.verify() > 0
        # A list that is new where the workspace is: whoever has the one of before would undo what it settled.
        (place.folder / "lists" / "districts.csv").write_text("code,name\n")
        record_settings(ledger, place)
    with pytest.raises(MachineLacks, match=r"another lists/districts.csv.*digitize store share"):
        worker_place(url, "wb", key, {})
    digitize("store", "share", place.folder)
    assert (worker_place(url, "wb", key, {}).folder / "lists" / "districts.csv").is_file()


class InProcess:
    """Does a job here and now."""

    def do(self, work, job, limit_s):
        return work(job)


def test_a_scan_that_cannot_be_had_fails_its_page_and_only_what_builds_on_it_waits(place):
    with Ledger(place.ledger) as ledger:
        known = build_run_context(place, ledger, Here(Site(place.folder), hand=InProcess()))
        gone, *_ = sorted((place.folder / "originals").glob("*/*"))
        gone.unlink()
        kinds = read_in_lots(ledger, known, Silent()).failed_kinds
        assert kinds["store"] == 1
        assert kinds["unknown-form"] in (2, 3)


def test_a_run_has_the_workers_of_a_cluster_record_where_they_reach_the_ledger(place_in_database):
    """In a file only the run itself may write."""
    place = place_in_database
    with Ledger(place.ledger) as ledger:
        workers = Quick()
        known = build_run_context(place, ledger, workers)
        report = WholePlan().due_pages(ledger, known).read(Silent())
        assert (report.total, len(workers.read)) == (4, 4)
        assert not plan(ledger, known)
