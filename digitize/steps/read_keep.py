"""Store page results in the ledger: one by one, or in lots behind a fencing token that keeps late workers out."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager

from digitize.reading.job import PageDone, PageFailed
from digitize.steps.read_plan import PageTodo
from digitize.steps.read_write import write_page
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.lots import Lot
from digitize.workspace.run_context import RunContext

_AT_ONCE, _LONGEST_S = 20, 30.0
"""Of a lot so many pages are one transaction, or what came in so many seconds: what a lost worker may cost."""


class Keeper:
    """Stores pages of one run or lot."""

    def __init__(self, ledger: Ledger, known: RunContext, lot: Lot | None) -> None:
        self._ledger, self._known, self._lot = ledger, known, lot
        self._waiting: list[tuple[PageTodo, PageDone | PageFailed]] = []
        self._since = 0.0

    def add(self, todo: PageTodo, held: PageDone | PageFailed) -> None:
        """Store the result of a page. Raises LeaseLost if another worker has taken over the lot."""
        if not self._waiting:
            self._since = time.monotonic()
        self._waiting.append((todo, held))
        # Of a page read ahead of its turn the ledger is asked at its turn.
        is_asked_for = isinstance(held, PageDone) and not held.is_whole
        is_full = len(self._waiting) >= _AT_ONCE or time.monotonic() - self._since > _LONGEST_S
        if self._lot is None or is_asked_for or is_full:
            self.flush()

    def flush(self) -> None:
        """Write buffered results. Raises LeaseLost."""
        if self._waiting:
            self._ledger.settle(self._write)
            self._waiting = []

    def _write(self) -> None:
        with self._transaction():
            for todo, held in self._waiting:
                page = todo.scan.page
                # Silent for longer than a lease runs: another machine is at it, and what it finds holds.
                if self._lot is not None or not self._ledger.is_taken_over(page, self._known.owner):
                    write_page(self._ledger, self._known, todo, held)
            # Other pages in hand take long, too: their leases must not run out while this process is at work.
            self._ledger.renew(self._known.owner)

    def _transaction(self) -> AbstractContextManager[object]:
        return self._ledger.writing() if self._lot is None else self._ledger.hold_fence(self._lot.token)
