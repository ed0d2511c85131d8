"""What a run does between its steps is done by whoever runs: by one process with the whole plan, and by a worker."""

import pytest
from PIL import Image

from digitize.errors import TooManyRefused
from digitize.machine.progress import Silent
from digitize.reading.job import PageDone, PageReading
from digitize.steps.run import Run, RunOptions, run_workspace
from digitize.steps.run_report import RunReport
from digitize.steps.work_sharing import WholePlan
from digitize.steps.worker import LotWorker
from digitize.workspace.counting.totals import StatusCounts, Totals
from digitize.workspace.intake import DeliveryAnswer, take_in
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.books import BookFact, learned_of
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.records import Decision, Records
from digitize.workspace.place import open_place
from ocr.page import Box, Decided, Reading, Recognition
from ocr.plain import reading_to_plain, recognition_to_plain

FORM = "wbp_27_a1"


class Reader:
    """Reads of every page what it is told to, and is done at once."""

    size, may_record = 1, True

    def __init__(self, zones):
        zones = {name: Decided(name, text, text, sure, Box(9, 9, 99, 19)) for name, (text, sure) in zones.items()}
        self._reading = PageReading(
            recognition_to_plain(Recognition(FORM, 400, 400)),
            reading_to_plain(Reading(form=FORM, family="wbp_27", part=1, zones=zones)),
        )
        self.read = []

    def run_jobs(self, work, jobs, crashed, limit_s=None):
        jobs = iter(jobs)
        while (job := next(jobs, None)) is not None:
            self.read.append(job.page)
            yield job, PageDone(job.page, self._reading)

    def run_lots(self, work, jobs, crashed):
        jobs = iter(jobs)
        while (job := next(jobs, None)) is not None:
            yield job, work(self, job)


def run_whole(place, reader, steps):
    with Ledger(place.ledger) as ledger:
        return Run(ledger, place, WholePlan(), Silent(), reader).do(steps)


def run_worker(place, reader, steps):
    return LotWorker(lambda: (place, reader), Silent()).go_on(lambda: True)


CALLERS = pytest.mark.parametrize("run", [run_whole, run_worker])


@CALLERS
def test_a_volumes_station_is_learned_from_its_sure_pages(run, digitize, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITIZE_READ_ENGINE", "null")
    monkeypatch.setenv("DIGITIZE_READ_HANDWRITING_ENGINE", "none")
    digitize("init", "wb", tmp_path / "ws")
    (tmp_path / "book").mkdir()
    for n in range(6):
        Image.new("L", (400, 400), 100 + n).save(tmp_path / "book" / f"{n}.png")
    digitize("intake", tmp_path / "ws", tmp_path / "book", "--volume", "a", "--language", "en")
    place = open_place(tmp_path / "ws")
    reader = Reader({"police_station": ("Harbour", 0.97), "year": ("2015", 0.5)})
    run(place, reader, ("read",))
    with Ledger(place.ledger) as ledger:
        facts = learned_of(ledger, 1)
    assert facts == {"police_station": BookFact("police_station", "Harbour", 6, 6)}
    assert len(reader.read) == 12, "decided anew with what was learned"
    before = list(reader.read)
    run(place, reader, ("read",))
    assert reader.read == before, "and once only"


@CALLERS
def test_what_was_settled_on_the_earlier_scan_of_a_page_holds_for_the_newer(run, digitize, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITIZE_READ_ENGINE", "null")
    monkeypatch.setenv("DIGITIZE_READ_HANDWRITING_ENGINE", "none")
    digitize("init", "wb", tmp_path / "ws")
    place = open_place(tmp_path / "ws")
    for shade, folder in ((90, "first"), (120, "again")):
        (tmp_path / folder / "book").mkdir(parents=True)
        Image.new("L", (400, 400), shade).save(tmp_path / folder / "book" / "p1.png")
    reader = Reader({"fir_no": ("5", 0.99), "police_station": ("Mill", 0.5)})
    take_in(place, [tmp_path / "first"], Metadata(language="en"))
    run(place, reader, ("read", "map"))
    with Ledger(place.ledger) as ledger, ledger.writing():
        (before,) = Catalogue(ledger).scans()
        record, cell = f"{before.page}-r1", f"zone:{before.page}/police_station"
        assert Records(ledger).find(record)
        said = Decision(record, cell, "Mill", f"{before.sha256}:0", "iif1", "value", "Millpur", "Namuna")
        Records(ledger).insert_decision(said, "2026-11-29T10:00:00+00:00")
    replaces = DeliveryAnswer(replaces=("book",), operator="Namuna", reason="the first was dark")
    assert take_in(place, [tmp_path / "again"], Metadata(language="en"), said=replaces).scanned_again == (before.page,)
    run(place, reader, ("read", "map"))
    with Ledger(place.ledger) as ledger:
        now = Records(ledger).decisions(record)[cell]
        assert (now.value, now.source) == ("Millpur", f"{Catalogue(ledger).scan(before.page).sha256}:0")
        assert not now.source.startswith(before.sha256)


@CALLERS
def test_a_run_says_how_much_it_did(run, digitize, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITIZE_READ_ENGINE", "null")
    monkeypatch.setenv("DIGITIZE_READ_HANDWRITING_ENGINE", "none")
    digitize("init", "wb", tmp_path / "ws")
    (tmp_path / "book").mkdir()
    for n in range(3):
        Image.new("L", (400, 400), 100 + n).save(tmp_path / "book" / f"{n}.png")
    digitize("intake", tmp_path / "ws", tmp_path / "book", "--volume", "a", "--language", "en")
    place = open_place(tmp_path / "ws")
    reader = Reader({"fir_no": ("5", 0.99), "police_station": ("Mill", 0.5)})
    report = run(place, reader, ("read", "map", "check"))
    assert (report.read.read, report.read.decided, report.read.failed) == (3, 0, 0)
    assert (report.mapped, report.checked) == (3, 3)
    again = run(place, reader, ("read", "map", "check"))
    assert (again.read.read, again.mapped, again.checked) == (0, 0, 0)


def test_a_worker_goes_on_until_it_is_told_that_it_may_end(digitize, tmp_path):
    digitize("init", "wb", tmp_path / "ws")
    asked = []

    def wait():
        asked.append(len(asked))
        return len(asked) == 3

    LotWorker(lambda: (open_place(tmp_path / "ws"), Reader({})), Silent()).go_on(wait)
    assert asked == [0, 1, 2]


def test_a_report_of_a_run_has_all_its_figures():
    plain = RunReport(is_dry=True, todo={"read": 3}, target="t").as_plain()
    assert list(plain) == [
        "dry_run", "todo", "due", "read", "prints", "books", "mapped", "checked", "target", "receipts", "waiting",
        "totals", "left_over",
    ]  # fmt: skip
    assert (plain["dry_run"], plain["todo"], plain["due"], plain["target"]) == (True, {"read": 3}, {}, "t")
    assert RunReport(todo={"read": 0}).is_idle and not RunReport(todo={"read": 0, "map": 1}).is_idle
    assert RunReport().as_plain()["due"] is None


def test_a_run_of_few_pages_learns_from_them_and_reads_no_others(digitize, tmp_path, monkeypatch):
    """What was learned of the volume has its pages decided anew, within the same run; the limit holds all the same."""
    monkeypatch.setenv("DIGITIZE_READ_ENGINE", "null")
    monkeypatch.setenv("DIGITIZE_READ_HANDWRITING_ENGINE", "none")
    digitize("init", "wb", tmp_path / "ws")
    (tmp_path / "book").mkdir()
    for n in range(8):
        Image.new("L", (400, 400), 100 + n).save(tmp_path / "book" / f"{n}.png")
    digitize("intake", tmp_path / "ws", tmp_path / "book", "--volume", "a", "--language", "en")
    place = open_place(tmp_path / "ws")
    reader = Reader({"police_station": ("Harbour", 0.97), "year": ("2015", 0.5)})
    with Ledger(place.ledger) as ledger:
        report = Run(ledger, place, WholePlan(limit=6), Silent(), reader).do(("read",))
    assert (len(reader.read), len(set(reader.read))) == (12, 6)
    (line,) = report.books
    assert "Harbour" in line


def test_a_dry_run_asks_no_cluster(digitize, tmp_path):
    digitize("init", "wb", tmp_path / "ws")
    options = RunOptions(is_dry=True, cluster="tcp://127.0.0.1:9")
    assert run_workspace(open_place(tmp_path / "ws"), options, Silent()).is_dry


def test_more_rejected_records_than_agreed_end_a_run():
    """A tenth of ten records may be rejected, two may not; of no record at all none is too many."""
    for rejected, records in ((1, 10), (0, 0)):
        RunReport(now=StatusCounts(totals=Totals(records=records, rejected=rejected))).raise_if_too_many(0.1)
    with pytest.raises(TooManyRefused, match="2 of 10 records"):
        RunReport(now=StatusCounts(totals=Totals(records=10, rejected=2))).raise_if_too_many(0.1)
