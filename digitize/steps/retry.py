"""Retry failed pages: automatically with a longer limit, or on request."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from digitize.errors import InputError
from digitize.reading.job import OUT_OF_TIME
from digitize.steps.read_keys import DECIDE, RECOGNISE, REGISTER, UNKNOWN_FORM
from digitize.workspace.failures import FailedPage, failed_pages
from digitize.workspace.ledger import Ledger, StepState

_MOST = 3
"""So often a page that runs out of time is tried by itself: with the usual time, twice and four times that."""
_LONGER = 2


def is_tried_again(failed: StepState, seconds_per_page: float) -> bool:
    """Whether a page that failed is read by the next run: it waits for something, or there is more time now."""
    has_more = failed.kind == OUT_OF_TIME and seconds_per_page > failed.detail.get("seconds", seconds_per_page)
    return failed.may_be_tried_again or has_more


def next_seconds(failed: StepState | None, seconds_per_page: float) -> float:
    """Processor time limit for the next attempt: the setting, or twice the limit that was too short."""
    if failed is None or failed.kind != OUT_OF_TIME:
        return seconds_per_page
    return max(seconds_per_page, _LONGER * float(failed.detail.get("seconds", seconds_per_page)))


def count_try(failed: StepState | None, seconds: float) -> Mapping[str, object]:
    """Event details of a timeout: the limit in seconds and the number of attempts."""
    before = int(failed.detail.get("tries", 0)) if failed is not None and failed.kind == OUT_OF_TIME else 0
    return {"seconds": seconds, "tries": before + 1, "retry": before + 1 < _MOST}


def request_retry(ledger: Ledger, pages: Sequence[str] = ()) -> list[FailedPage]:
    """Queue failed pages for the next run, all or the named ones. Returns which.

    Pages of no known form are excluded, since a new form or register re-examines them, except those for which an
    earlier version did not record whether they are blank. Raises InputError for a page that did not fail or is not in
    the workspace.
    """
    failed = {p.page: p for p in failed_pages(ledger)}
    strange = [page for page in pages if page not in failed]
    if strange:
        raise InputError(f"{', '.join(strange)}: no failed page has that id. See: digitize retry DIR --list")
    asked = [
        p for p in failed.values() if (not pages or p.page in pages) and (p.kind != UNKNOWN_FORM or p.may_be_blank)
    ]
    with ledger.writing():
        for page in asked:
            for step in (RECOGNISE, REGISTER, DECIDE):
                now = ledger.state(page.page, step)
                if now is not None and now.is_failed:
                    detail = {**now.detail, "retry": True}
                    ledger.record_event(page.page, step, "failed", key=now.key, detail=detail)
    return asked
