"""Prefetch: the next item is produced in another thread while this one is processed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

Item = TypeVar("Item")
# How often the waiting thread sees whether the other one has given up.
_POLL_SECONDS = 0.2


def read_ahead(items: Iterable[Item]) -> Generator[Item, None, None]:
    """The items in order, prefetched; an error is raised at its position.

    Two items are held besides the current one. Production stops with the consumer.
    """
    waiting: queue.Queue[Item | _End] = queue.Queue(maxsize=1)
    gone = threading.Event()

    def make() -> None:
        end = _End()
        try:
            for item in items:
                if not _hand_on(waiting, item, gone):
                    return
        except BaseException as e:
            end.error = e
        _hand_on(waiting, end, gone)

    maker = threading.Thread(target=make, name="digitize-read", daemon=True)
    maker.start()
    try:
        while not isinstance(item := waiting.get(), _End):
            yield item
        if item.error is not None:
            raise item.error
    finally:
        # The taker may stop in the middle: what the thread reads from is closed only after it has ended.
        gone.set()
        maker.join()


class _End:
    """Behind the last item, with the error that ended them."""

    error: BaseException | None = None


def _hand_on(waiting: queue.Queue[Item | _End], item: Item | _End, gone: threading.Event) -> bool:
    while not gone.is_set():
        try:
            waiting.put(item, timeout=_POLL_SECONDS)
            return True
        except queue.Full:
            continue
    return False
