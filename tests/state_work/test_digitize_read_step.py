"""When a run must pause: something is wrong with the batch, not with a page."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from digitize.errors import TooManyRefused
from digitize.reading.job import PageDone, PageFailed, PageReading
from digitize.steps import read as module
from digitize.steps.read import ReadReport, stop_if_too_many
from digitize.steps.read_plan import PagePlan, PageTodo

OF_NO_FORM = PageDone("p", PageReading({}, {"form": None}), PageReading({}, {"form": None}))
BLANK = replace(OF_NO_FORM, is_blank=True)
READ = PageDone("p", PageReading({}, {"form": "iif1_en"}))
BROKEN = PageFailed("p", "truncated", "m", False)


def known(share=0.10):
    run = SimpleNamespace(max_failed_share=share)
    return SimpleNamespace(place=SimpleNamespace(options=SimpleNamespace(run=run)))


def counted(*pages):
    report = ReadReport()
    for number, page in enumerate(pages):
        report.count(todo(f"p{number}"), page)
    return report


def todo(page, matched=""):
    return PageTodo(SimpleNamespace(page=page), matched=matched)


def test_a_page_that_one_run_came_to_twice_counts_once_and_no_failure_is_forgotten():
    first, again = counted(READ, BROKEN, OF_NO_FORM), ReadReport()
    again.count(todo("p0"), READ)
    again.count(todo("p2"), READ)
    first.add(again)
    assert first.as_plain() == {"read": 2, "blank": 0, "decided": 0, "failed": 1, "failed_kinds": {"truncated": 1}}
    assert first.total == 3


def test_blank_pages_are_read_and_no_failures():
    made = counted(*[BLANK] * 40, *[BROKEN] * 5, *[READ] * 5)
    assert made.as_plain() == {"read": 45, "blank": 40, "decided": 0, "failed": 5, "failed_kinds": {"truncated": 5}}
    stop_if_too_many(made, known())


@pytest.mark.parametrize("bad", [OF_NO_FORM, BROKEN])
def test_a_batch_that_mostly_fails_pauses_after_fifty_pages(bad):
    stop_if_too_many(counted(*[bad] * 49), known())
    stop_if_too_many(counted(*[bad] * 5, *[READ] * 45), known())
    with pytest.raises(TooManyRefused, match="6 of 50"):
        stop_if_too_many(counted(*[bad] * 6, *[READ] * 44), known())
    stop_if_too_many(counted(*[bad] * 50), known(share=1.0))


def test_pages_of_a_run_are_watched_too_when_they_never_end(monkeypatch):
    seen = []
    monkeypatch.setattr(module, "run_jobs", lambda *given: seen.append(given[-1]) or [])
    monkeypatch.setattr(module, "Queue", lambda *given: [])
    here = SimpleNamespace(require_engine=lambda: None, workers=2)
    progress = SimpleNamespace(start=lambda step, total: None)
    module.read_pages(None, here, PagePlan({1: 1}, longest_s=180.0), progress)
    assert seen == [390.0]
