"""When a run must pause: something is wrong with the batch, not with a page."""

from types import SimpleNamespace

import pytest

from digitize.errors import TooManyRefused
from digitize.steps.read import ReadReport, _stop_if_too_many
from digitize.steps.read_plan import Todo
from digitize.work import PageDone, PageFailed

OF_NO_FORM = PageDone("p", {}, {"form": None})
READ = PageDone("p", {}, {"form": "iif1_en"})
BROKEN = PageFailed("p", "truncated", "m", False)


def known(share=0.10):
    run = SimpleNamespace(max_failed_share=share)
    return SimpleNamespace(place=SimpleNamespace(options=SimpleNamespace(run=run)))


def counted(*pages):
    report = ReadReport()
    for page in pages:
        report.count(Todo(None), page)
    return report


@pytest.mark.parametrize("bad", [OF_NO_FORM, BROKEN])
def test_a_batch_that_mostly_fails_pauses_after_fifty_pages(bad):
    _stop_if_too_many(counted(*[bad] * 49), known())
    _stop_if_too_many(counted(*[bad] * 5, *[READ] * 45), known())
    with pytest.raises(TooManyRefused, match="6 of 50"):
        _stop_if_too_many(counted(*[bad] * 6, *[READ] * 44), known())
    _stop_if_too_many(counted(*[bad] * 50), known(share=1.0))
