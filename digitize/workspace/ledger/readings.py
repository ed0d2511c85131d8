"""Readings as the ledger holds them."""

from __future__ import annotations

from digitize.workspace.ledger import Ledger
from ocr.page import Reading, Recognition
from ocr.plain import reading_from_plain, recognition_from_plain

_MOST_KEPT = 16


def newest_reading(ledger: Ledger, page: str) -> Reading | None:
    """What a page's zones say, None when it is not read."""
    now = ledger.state(page, "decide")
    if now is None or not now.is_done:
        return None
    return reading_from_plain(ledger.result(page, "decide", now.key))


def newest_recognition(ledger: Ledger, page: str) -> Recognition | None:
    """What was recognised on a page, of a register's page its cells; None when it was not."""
    now = ledger.state(page, "recognise")
    if now is None or not now.is_done:
        return None
    # A page of no form was read again as a register's: its cells are in that recognition.
    if now.form is None:
        as_register = ledger.state(page, "register")
        if as_register is not None and as_register.is_done and as_register.form is not None:
            return recognition_from_plain(ledger.result(page, "register", as_register.key))
    return recognition_from_plain(ledger.result(page, "recognise", now.key))


class Readings:
    """The newest readings of pages; those asked for last are kept, since rows of one page are asked for in a row."""

    def __init__(self, ledger: Ledger) -> None:
        """Read from one ledger."""
        self._ledger = ledger
        self._kept: dict[str, tuple[str, Reading]] = {}

    def newest(self, page: str) -> Reading | None:
        """What a page's zones say, None when it is not read."""
        now = self._ledger.state(page, "decide")
        if now is None or not now.is_done:
            return None
        # Taken out and put back at the end, so that the first one is always the one asked for longest ago.
        kept = self._kept.pop(page, None)
        # The page may have been decided anew since.
        if kept is None or kept[0] != now.key:
            kept = (now.key, reading_from_plain(self._ledger.result(page, "decide", now.key)))
        self._kept[page] = kept
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return kept[1]
