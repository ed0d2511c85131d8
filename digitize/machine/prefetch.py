"""Two-thread pipelines: the next item is produced while the last one is consumed."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Generator, Iterable, Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
# How often the waiting thread sees whether the other one has given up.
_POLL_SECONDS = 0.2
_END = object()


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


def pipeline_items(items: Iterable[Item], take: Callable[[Iterator[Item]], Result]) -> Result:
    """Result of `take` on the items, which are produced here while it runs in the other thread.

    If producing an item raises, `take` sees an error in its iterator, so that its transaction rolls back, and the
    original error is raised here; so is an error of `take`.
    """
    lane = _Lane(take)
    lane.thread.start()
    try:
        for item in items:
            if not lane.hand_on(item):
                break
        lane.hand_on(_END)
    except BaseException as e:
        lane.hand_on(e)
        lane.thread.join()
        raise
    lane.thread.join()
    if lane.error is not None:
        raise lane.error
    return lane.result[0]


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


class _GivenUp(Exception):
    """The producer failed: the consumer must not keep partial work."""


class _Lane(Generic[Item, Result]):
    def __init__(self, take: Callable[[Iterator[Item]], Result]) -> None:
        # One waits while another is taken and the next is made: no more are in memory.
        self._waiting: queue.Queue[object] = queue.Queue(maxsize=1)
        self._take = take
        self.result: list[Result] = []
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._run, name="digitize-load", daemon=True)

    def hand_on(self, item: object) -> bool:
        """Pass an item on; False if the consumer has stopped."""
        while self.thread.is_alive():
            try:
                self._waiting.put(item, timeout=_POLL_SECONDS)
                return True
            except queue.Full:
                continue
        return False

    def _run(self) -> None:
        try:
            self.result.append(self._take(self._items()))
        # Kept for the thread that waits for this one; nobody would see it here.
        except BaseException as e:
            self.error = e

    def _items(self) -> Iterator[Item]:
        while (item := self._waiting.get()) is not _END:
            if isinstance(item, BaseException):
                raise _GivenUp
            yield item  # type: ignore[misc]  # what was put in
