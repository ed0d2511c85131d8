"""Readings as the ledger holds them."""

from __future__ import annotations

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.core import DONE
from ocr.page import Reading, Recognition
from ocr.plain import reading_from_plain, recognition_from_plain

_MOST_KEPT = 16


def newest_reading(ledger: Ledger, page: str) -> Reading | None:
    """What a page's zones say, None when it is not read."""
    now = ledger.state(page, "decide")
    if now is None or now[1] not in DONE:
        return None
    return reading_from_plain(ledger.result(page, "decide", now[0]))


def newest_recognition(ledger: Ledger, page: str) -> Recognition | None:
    """What was recognised on a page, of a register's page its cells; None when it was not."""
    now = ledger.state(page, "recognise")
    if now is None or now[1] not in DONE:
        return None
    if now[2].get("form") is None:
        as_register = ledger.state(page, "register")
        if as_register is not None and as_register[1] in DONE and as_register[2].get("form") is not None:
            return recognition_from_plain(ledger.result(page, "register", as_register[0]))
    return recognition_from_plain(ledger.result(page, "recognise", now[0]))


class Readings:
    """The newest readings of pages; those asked for last are kept, since rows of one page are asked for in a row."""

    def __init__(self, ledger: Ledger) -> None:
        """Read from one ledger."""
        self._ledger = ledger
        self._kept: dict[str, tuple[str, Reading]] = {}

    def newest(self, page: str) -> Reading | None:
        """What a page's zones say, None when it is not read."""
        now = self._ledger.state(page, "decide")
        if now is None or now[1] not in DONE:
            return None
        kept = self._kept.pop(page, None)
        if kept is None or kept[0] != now[0]:
            kept = (now[0], reading_from_plain(self._ledger.result(page, "decide", now[0])))
        self._kept[page] = kept
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return kept[1]
