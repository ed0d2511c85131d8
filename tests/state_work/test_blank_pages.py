"""A page on which nothing is: read, with nothing to record; never so where anything may be on it."""

import cv2
import numpy as np
import pytest

from digitize.machine.cluster.here import Here
from digitize.machine.cluster.site import Site
from digitize.machine.progress import Silent
from digitize.records.trail import build_trail
from digitize.steps import read_jobs
from digitize.steps.lots import read_in_lots
from digitize.steps.map import group_pages
from digitize.steps.read_plan import plan
from digitize.steps.retry import request_retry
from digitize.volumes.page_count_cache import PageCountCache
from digitize.workspace.blank_pages import blank_pages
from digitize.workspace.counting.totals import count_work
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.place import open_place
from digitize.workspace.run_context import build_run_context


class InProcess:
    """Does a job here and now."""

    def do(self, work, job, limit_s):
        return work(job)


@pytest.fixture
def place(digitize, tmp_path, monkeypatch):
    """A back without anything, and one with a pencil's line."""
    monkeypatch.setenv("DIGITIZE_READ_ENGINE", "null")
    monkeypatch.setenv("DIGITIZE_READ_HANDWRITING_ENGINE", "none")
    digitize("init", "wb", tmp_path / "ws")
    (tmp_path / "v").mkdir()
    for name in ("1 bare", "2 pencil"):
        sheet = np.random.default_rng(1).normal(230, 2, (700, 500))
        if "pencil" in name:
            cv2.line(sheet, (100, 300), (220, 304), 180, 1)
        cv2.imwrite(str(tmp_path / "v" / f"{name}.png"), sheet.astype(np.uint8))
    digitize("intake", tmp_path / "ws", tmp_path / "v")
    return open_place(tmp_path / "ws")


def read(place, ledger):
    known = build_run_context(place, ledger, Here(Site(place.folder), hand=InProcess()))
    return known, read_in_lots(ledger, known, Silent())


def test_a_blank_page_is_read_and_told_and_one_of_before_it_could_be_told_when_somebody_asks(place, monkeypatch):
    with monkeypatch.context() as before, Ledger(place.ledger) as ledger:
        before.setattr(read_jobs, "_held_something", lambda *given: True)
        assert read(place, ledger)[1].failed_kinds == {"unknown-form": 2}
    with Ledger(place.ledger) as ledger:
        assert read(place, ledger)[1].total == 0
        assert len(request_retry(ledger)) == 2
        known, report = read(place, ledger)
        assert (report.read, report.blank, report.failed_kinds) == (1, 1, {"unknown-form": 1})
        assert not plan(ledger, known)
        # It was looked at: only a form helps.
        assert request_retry(ledger) == []
        totals = count_work(ledger).totals
        assert (totals.pages, totals.pages_read, totals.pages_failed, totals.pages_waiting) == (2, 1, 1, 0)
        (blank,) = blank_pages(ledger)
        assert (totals.pages_blank, blank.file, blank.image) == (1, "v/1 bare.png", 1)
        assert build_trail(ledger, blank.page)["page"]["blank"]
        scans = Catalogue(ledger).scans()
        assert list(group_pages(ledger, known, scans, {})) == []
        account = PageCountCache(ledger, place.options.workspace.site_id, keeps=False).load_counts(scans[0].volume)
        assert (account.scanned, account.read, account.blank, account.unexplained) == (2, 1, 1, [])
        # As any page of no known form it is looked at again when a register is another one.
        known.register_keys[None] = ("other", "other")
        assert len(plan(ledger, known)) == 2
