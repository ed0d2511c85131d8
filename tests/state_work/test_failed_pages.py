"""Pages that failed: tried again with more time, or because a person asks for it; none is lost, all are named."""

import pytest
from PIL import Image

from digitize.reading.job import OUT_OF_TIME, PageDone, PageFailed, PageReading
from digitize.steps.retry import count_try, is_tried_again, next_seconds
from digitize.workspace.ledger import StepState
from ocr.page import Recognition
from ocr.plain import recognition_to_plain

SLOW, BROKEN = "wb-test-0001-0001", "wb-test-0001-0002"


def failed(kind=OUT_OF_TIME, **more):
    return StepState("k", "failed", {"kind": kind, "retry": False, **more})


def test_a_page_that_ran_out_of_time_has_twice_as_much_the_next_time():
    assert next_seconds(None, 180) == next_seconds(failed("truncated"), 180) == 180
    assert next_seconds(failed(seconds=180), 180) == 360
    assert next_seconds(failed(seconds=180), 1000) == 1000
    assert next_seconds(failed(), 180) == 360


def test_it_is_given_up_by_itself_after_three_tries_and_begun_again_when_the_setting_is_raised():
    said = count_try(None, 180)
    assert said == {"seconds": 180, "tries": 1, "retry": True}
    for seconds, goes_on in ((360, True), (720, False)):
        said = count_try(failed(**said), seconds)
        assert said["retry"] is goes_on
    last = failed(**said)
    assert not is_tried_again(last, 180) and not is_tried_again(last, 720) and is_tried_again(last, 721)
    assert not is_tried_again(failed("truncated", seconds=1), 721)


def test_a_page_that_is_only_slow_holds_up_no_book():
    assert PageFailed("p", "engine-missing", "", True).holds_up
    assert not PageFailed("p", OUT_OF_TIME, "", True).holds_up and not PageFailed("p", "fault", "", False).holds_up


@pytest.fixture
def workspace(digitize, tmp_path, monkeypatch):
    """A workspace of two pages that fail, and what workers were asked: (page, seconds)."""
    scans, place, asked = tmp_path / "scans", tmp_path / "ws", []
    scans.mkdir()
    for n in range(2):
        Image.new("L", (400, 400), n).save(scans / f"p{n}.png")
    digitize("init", "wb", place, "--site", "test")
    digitize("intake", place, scans)

    def work(job):
        asked.append((job.page, job.settings.seconds_per_page))
        if job.page == BROKEN and len(asked) < 6:
            return PageFailed(job.page, "truncated", f"Page {job.page}: cut off", False)
        if job.settings.seconds_per_page <= 720:
            return PageFailed(job.page, OUT_OF_TIME, f"Page {job.page}: not read in time", True)
        found = Recognition("wbp_27_a1", 400, 400)
        reading = {"form": found.form, "family": "wbp_27", "part": 1, "zones": {}, "reason": "", "rows": []}
        return PageDone(job.page, PageReading(recognition_to_plain(found), reading))

    def run_jobs(_work, jobs, *_):
        for job in jobs:
            yield job, work(job)

    monkeypatch.setattr("digitize.steps.read.run_jobs", run_jobs)
    return place, asked


def test_runs_try_again_what_was_slow_and_a_person_the_rest(digitize, workspace):
    place, asked = workspace
    for _ in range(4):
        digitize("run", place, "--only", "read", "--max-failed-share", "100%")
    assert [seconds for page, seconds in asked if page == SLOW] == [180, 360, 720]
    assert [page for page, _ in asked].count(BROKEN) == 1
    told = digitize("status", place)
    assert f"Failed pages: 2. Retried by: 2 by digitize retry {place}." in told
    listed = digitize.json("retry", place, "--list")["pages"]
    assert [(p["page"], p["kind"]) for p in listed] == [(SLOW, OUT_OF_TIME), (BROKEN, "truncated")]
    digitize("retry", place, "nobody", code=5)
    assert [p["page"] for p in digitize.json("retry", place, BROKEN)["pages"]] == [BROKEN]
    again = digitize.json("status", place)["failed_pages"]
    assert {(k["kind"], k["again"]) for k in again} == {
        (OUT_OF_TIME, "digitize retry DIR"),
        ("truncated", "the next run"),
    }
    digitize("retry", place)
    del asked[:]
    asked += [("", 0)] * 6
    digitize("run", place, "--only", "read", "--max-failed-share", "100%")
    assert set(asked[6:]) == {(SLOW, 1440), (BROKEN, 180)}
    assert [p["page"] for p in digitize.json("retry", place, "--list")["pages"]] == [BROKEN]
    digitize("ledger", "verify", place)
