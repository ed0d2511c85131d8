"""Readings stored in the ledger."""

from __future__ import annotations

from typing import Any

from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.purges import purge_of_unit
from ocr.page import Reading, Recognition
from ocr.plain import reading_from_plain, recognition_from_plain

_MOST_KEPT = 16


def newest_reading(ledger: Ledger, page: str) -> Reading | None:
    """Reading of a page, None if it is unread."""
    now = ledger.state(page, "decide")
    if now is None or not now.is_done:
        return None
    plain = kept_result(ledger, page, "decide", now.key)
    return None if plain is None else reading_from_plain(plain)


def kept_result(ledger: Ledger, page: str, step: str, key: str) -> Any:
    """Result of a finished step; None if purged. Raises KeyError if it is missing for another reason."""
    try:
        return ledger.result(page, step, key)
    except KeyError:
        purged = purge_of_unit(ledger, page)
        if purged is None or not purged.is_personal:
            raise
        return None


def newest_recognition(ledger: Ledger, page: str) -> Recognition | None:
    """Recognition of a page, for a register page its cells; None if there is none."""
    now = ledger.state(page, "recognise")
    if now is None or not now.is_done:
        return None
    # A page of no form was read again as a register's: its cells are in that recognition.
    if now.form is None:
        as_register = ledger.state(page, "register")
        if as_register is not None and as_register.is_done and as_register.form is not None:
            plain = kept_result(ledger, page, "register", as_register.key)
            return None if plain is None else recognition_from_plain(plain)
    plain = kept_result(ledger, page, "recognise", now.key)
    return None if plain is None else recognition_from_plain(plain)


class Readings:
    """Newest readings of pages, with a cache of the last ones, since rows of one page are requested in succession."""

    def __init__(self, ledger: Ledger) -> None:
        """Readings in one ledger."""
        self._ledger = ledger
        self._kept: dict[str, tuple[str, Reading]] = {}

    def newest(self, page: str) -> Reading | None:
        """Reading of a page, None if it is unread."""
        now = self._ledger.state(page, "decide")
        if now is None or not now.is_done:
            return None
        # Taken out and put back at the end, so that the first one is always the one asked for longest ago.
        kept = self._kept.pop(page, None)
        # The page may have been decided anew since.
        if kept is None or kept[0] != now.key:
            plain = kept_result(self._ledger, page, "decide", now.key)
            if plain is None:
                return None
            kept = (now.key, reading_from_plain(plain))
        self._kept[page] = kept
        if len(self._kept) > _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        return kept[1]
