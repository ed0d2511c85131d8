"""Pages in lots: many workers on one ledger, each behind its own fence, on SQLite and PostgreSQL alike."""

from dataclasses import replace

import pytest
from PIL import Image, ImageDraw

from digitize.machine.cluster.here import Here
from digitize.machine.cluster.site import Site
from digitize.machine.progress import Silent
from digitize.steps.lots import LotSource, read_in_lots, work_lot
from digitize.steps.read_plan import plan
from digitize.workspace.known import learn
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import open_place


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request, digitize, tmp_path, monkeypatch):
    """A workspace with two volumes of two small sheets each."""
    monkeypatch.setenv("DIGITIZE_READ_ENGINE", "null")
    monkeypatch.setenv("DIGITIZE_READ_HANDWRITING_ENGINE", "none")
    url = () if request.param == "sqlite" else ("--ledger", request.getfixturevalue("pg_url"))
    digitize("init", "wb", tmp_path / "ws", *url)
    for volume in range(2):
        (tmp_path / f"v{volume}").mkdir()
        for page in range(2):
            sheet = Image.new("L", (120, 160), 255)
            ImageDraw.Draw(sheet).text((4, 4), f"{volume}{page}", fill=0)
            sheet.save(tmp_path / f"v{volume}" / f"{page}.png")
        digitize("intake", tmp_path / "ws", tmp_path / f"v{volume}")
    return open_place(tmp_path / "ws")


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
        known = learn(place, one, Quick())
        first, second = (next(LotSource(ledger, known, size=2)) for ledger in (one, two))
        assert set(first.lot.units).isdisjoint(second.lot.units)
        assert list(LotSource(two, known)) == []
        done = [work_lot(ledger, known, lot) for ledger, lot in ((one, first), (two, second))]
        assert [d.report.total for d in done] == [2, 2]
        assert plan(one, known) == []
        assert one.busy() == frozenset()
        assert one.verify() > 0


def test_whoever_worked_on_a_lot_before_finds_the_fence_closed(place):
    with Ledger(place.ledger) as late, Ledger(place.ledger) as ledger:
        known = learn(place, ledger, Quick())
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
        known = learn(place, ledger, Quick())
        assert read_in_lots(ledger, known, Silent(), limit=3).total == 3
        assert read_in_lots(ledger, known, Silent()).total == 1
        assert plan(ledger, known) == []


class InProcess:
    """Does a job here and now."""

    def do(self, work, job, limit_s):
        return work(job)


def test_a_scan_that_cannot_be_had_fails_its_page_and_only_what_builds_on_it_waits(place):
    with Ledger(place.ledger) as ledger:
        known = learn(place, ledger, Here(Site(place.folder), hand=InProcess()))
        gone, *_ = sorted((place.folder / "originals").glob("*/*"))
        gone.unlink()
        kinds = read_in_lots(ledger, known, Silent()).failed_kinds
        assert kinds["store"] == 1
        assert kinds["unknown-form"] in (2, 3)
