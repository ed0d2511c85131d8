"""A page's time is what it uses of the processor; the clock ends only what hangs."""

import numpy as np
import pytest

from ocr.errors import EngineFailed
from ocr.scans import time_limit
from ocr.scans.time_limit import BY_CLOCK, TimeLimit
from ocr.tesseract import inside


class Clocks:
    """Both clocks, moved by the test."""

    def __init__(self):
        self.processor, self.wall = 100.0, 5000.0

    def pass_by(self, wall, share):
        self.wall += wall
        self.processor += wall * share


@pytest.fixture
def clocks(monkeypatch):
    made = Clocks()
    monkeypatch.setattr(time_limit, "processor_s", lambda: made.processor)
    monkeypatch.setattr(time_limit.time, "monotonic", lambda: made.wall)
    return made


def test_a_page_that_waits_for_a_busy_processor_keeps_its_time(clocks):
    limit = TimeLimit(180)
    clocks.pass_by(900, share=0.15)
    assert limit.left_s() == pytest.approx(45)
    limit.raise_if_over()


def test_a_page_that_computes_too_long_is_given_up(clocks):
    limit = TimeLimit(180)
    clocks.pass_by(180, share=1.0)
    with pytest.raises(EngineFailed, match="seconds_per_page"):
        limit.raise_if_over()


def test_a_page_that_hangs_is_given_up_by_the_clock(clocks):
    limit = TimeLimit(180)
    clocks.pass_by(180 * BY_CLOCK - 1, share=0.0)
    assert not limit.is_over()
    clocks.pass_by(1, share=0.0)
    assert limit.is_over()


def test_by_the_clock_what_is_left_lasts_longer_the_busier_the_machine_is(clocks):
    limit = TimeLimit(180)
    assert limit.by_clock_s() == 180
    clocks.pass_by(100, share=0.5)
    assert limit.by_clock_s() == pytest.approx(130 / 0.5)
    clocks.pass_by(900, share=0.0)
    assert limit.by_clock_s() == pytest.approx(800)  # the clock ends it then, whatever is left


class Api:
    """Tesseract's interface: needs so much of the processor at a share that the test sets, and starts anew if stopped."""

    def __init__(self, clocks, needs_s, share):
        self.clocks, self.needs_s, self.share = clocks, needs_s, share
        self.calls = 0

    def Recognize(self, most_ms):  # noqa: N802
        self.calls += 1
        takes_s = self.needs_s / self.share
        given_s = most_ms / 1000 or takes_s
        self.clocks.pass_by(min(takes_s, given_s), self.share)
        return takes_s <= given_s

    def GetTSVText(self, page):  # noqa: N802
        return ""

    def __getattr__(self, name):
        return lambda *_: None


@pytest.mark.parametrize(("needs_s", "share", "calls"), [(30, 1.0, 1), (15, 0.1, 1), (30, 0.1, 2)])
def test_tesseract_stopped_on_a_busy_machine_reads_again_with_the_time_that_is_left(clocks, needs_s, share, calls):
    api = Api(clocks, needs_s, share)
    assert inside._read(api, np.zeros((20, 20), np.uint8), TimeLimit(180)) == []
    assert api.calls == calls


def test_tesseract_that_needs_too_long_is_given_up_after_one_try_on_a_quiet_machine(clocks):
    api = Api(clocks, 500, 1.0)
    with pytest.raises(EngineFailed, match="seconds_per_page"):
        inside._read(api, np.zeros((20, 20), np.uint8), TimeLimit(180))
    assert api.calls == 1


def test_tesseract_that_breaks_off_is_not_asked_without_end(clocks, monkeypatch):
    api = Api(clocks, 1, 1.0)
    monkeypatch.setattr(api, "Recognize", lambda most_ms: False)
    with pytest.raises(EngineFailed, match="broke off"):
        inside._read(api, np.zeros((20, 20), np.uint8), TimeLimit(180))
