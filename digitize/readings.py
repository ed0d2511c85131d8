"""Readings as the ledger holds them."""

from __future__ import annotations

from digitize.ledger import Ledger
from digitize.ledger.core import DONE
from ocr.page import Reading, Recognition
from ocr.plain import reading_from_plain, recognition_from_plain


def newest_reading(ledger: Ledger, page: str) -> Reading | None:
    """What a page's zones say, None when it is not read."""
    now = ledger.state(page, "decide")
    if now is None or now[1] not in DONE:
        return None
    return reading_from_plain(ledger.result(page, "decide", now[0]))


def newest_recognition(ledger: Ledger, page: str) -> Recognition | None:
    """What was recognised on a page, None when it was not."""
    now = ledger.state(page, "recognise")
    if now is None or now[1] not in DONE:
        return None
    return recognition_from_plain(ledger.result(page, "recognise", now[0]))
