"""Pages of one volume in order: which can be read now, and the context each hands on to the next.

A register page needs the context from the page before; a form does not. So the first page of a volume is read alone.
Consecutive register pages are read one by one; in a volume of forms pages are read ahead in parallel, assuming that no
register precedes them. If that proves wrong, the page is read again as a register's at its turn; its form is not
searched for again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from digitize.reading.job import PageDone, PageFailed, keep_match_only

if TYPE_CHECKING:
    from ocr.page import Carried

_MOST_EARLY = 64
"""Pages read ahead of their turn whose turn has not come: as much as may be read for nothing."""
_MANY_OTHERS = 8
"""So many pages that are neither form nor register, and a volume is taken for one without registers."""


class Page(Protocol):
    """A page of the volume, as known to the caller."""

    @property
    def page(self) -> str:
        """Its id."""
        ...


AnyPage = TypeVar("AnyPage", bound=Page)
Todo = TypeVar("Todo")
Result = PageDone | PageFailed
Held = tuple[Todo, Result]


@dataclass(frozen=True, slots=True)
class Turn(Generic[Todo]):
    """Work on the page whose turn it is.

    todo: None for nothing. waits: the next page needs its result. carried: context it hands on, as far as known.
    is_form: of a known form.
    """

    todo: Todo | None = None
    waits: bool = False
    carried: Carried | None = None
    is_form: bool = False


class VolumeQueue(Generic[AnyPage, Todo]):
    """Schedules the pages of one volume and processes their results."""

    def __init__(
        self,
        pages: Iterable[AnyPage],
        turn: Callable[[AnyPage, Carried | None], Turn[Todo]],
        ahead: Callable[[AnyPage, bool], Todo | None],
        *,
        stops: bool = False,
    ) -> None:
        """pages: in order. turn: work on a page, given the context from the page before. ahead: the same before its
        turn, None if nothing; the second argument says whether to try it as a register too. stops: a page to be retried
        later holds up those after it, since its context is unknown.
        """
        self._coming = iter(pages)
        self._drawn: deque[AnyPage] = deque()
        self._turn, self._ahead = turn, ahead
        self._before: Carried | None = None
        self._is_begun = self._is_stopped = self._has_forms = False
        self._stops = stops
        self._others = self._looked_at = 0
        self._waiting = ""
        self._ready: deque[tuple[str, Todo]] = deque()
        self._in_hand: dict[str, Todo] = {}
        self._looked_ahead: set[str] = set()
        self._early: dict[str, Held[Todo]] = {}

    def next(self) -> Todo | None:
        """Next work that can start now; None if something must finish first, or at the end."""
        if not self._is_begun:
            self._is_begun = True
            self._advance()
        found = self._ready.popleft() if self._ready else self._next_ahead()
        if found is None:
            return None
        self._in_hand[found[0]] = found[1]
        return found[1]

    def take(self, page: str, done: Result) -> list[Held[Todo]]:
        """Process the result of a page.

        Returns results valid now, in order: for pages read ahead only what does not depend on the page before; the rest
        follows at their turn.
        """
        todo = self._in_hand.pop(page)
        if page not in self._looked_ahead:
            held: list[Held[Todo]] = [(todo, done)]
            if page == self._waiting:
                self._waiting = ""
                self._settle(done)
        else:
            held = self._take_early(page, todo, done)
        return [*held, *self._advance()]

    def give_back(self, page: str) -> None:
        """Leave a page handed out to another worker; whatever needs it is postponed."""
        self._in_hand.pop(page, None)
        if page == self._waiting:
            self.stop()

    def stop(self) -> None:
        """Postpone everything that needs the current page: its context is unknown."""
        self._is_stopped = True

    def _take_early(self, page: str, todo: Todo, done: Result) -> list[Held[Todo]]:
        if _is_independent(done):
            self._early[page] = todo, done
            return [(todo, done)]
        # Of one that was only matched nothing is kept: at its turn it has to be read as a register's anyway.
        if not (isinstance(done, PageDone) and not done.is_whole) and not self._is_stopped:
            self._early[page] = todo, done
        matched = keep_match_only(done)
        return [(todo, matched)] if matched is not None else []

    def _advance(self) -> list[Held[Todo]]:
        """Move on to the next page that must be waited for, settling pages read ahead."""
        held: list[Held[Todo]] = []
        while not self._is_stopped and not self._waiting and (page := self._page_at(0)) is not None:
            # It is being read ahead of its turn; going on has to wait for it.
            if page.page in self._in_hand:
                break
            self._drawn.popleft()
            # It counts from the head of the row, which has just moved.
            self._looked_at = max(0, self._looked_at - 1)
            self._looked_ahead.discard(page.page)
            early = self._early.pop(page.page, None)
            # Read as if no register stood before it: right where none does.
            if early is not None and (_is_independent(early[1]) or self._before is None):
                held += [] if _is_independent(early[1]) else [early]
                self._settle(early[1])
                continue
            self._begin(page, self._turn(page, self._before))
        return held

    def _begin(self, page: AnyPage, turn: Turn[Todo]) -> None:
        if turn.todo is not None:
            self._ready.append((page.page, turn.todo))
        # The pages behind it need what it hands on: nothing goes on before its result is taken.
        if turn.todo is not None and turn.waits:
            self._waiting = page.page
            return
        self._before = turn.carried
        self._has_forms = self._has_forms or turn.is_form

    def _settle(self, done: Result) -> None:
        """Continue with the context a page handed on; a failed page hands on what it received."""
        if isinstance(done, PageFailed):
            self._is_stopped = self._is_stopped or (self._stops and done.holds_up)
            return
        self._before = None if done.is_form else done.handed_on()
        self._has_forms = self._has_forms or done.is_form
        # In a row: one register's page shows that more may come.
        self._others = 0 if done.is_form or done.is_register else self._others + 1

    def _next_ahead(self) -> tuple[str, Todo] | None:
        """A page to read ahead, if pages are independent, or if none gets its turn today."""
        # Nothing is carried, and the volume does not look like a register's.
        is_free = self._before is None and (self._has_forms or self._others >= _MANY_OTHERS)
        if not self._is_stopped and (not is_free or not self._has_room()):
            return None
        while (page := self._page_at(self._looked_at)) is not None:
            self._looked_at += 1
            if page.page in self._in_hand:
                continue
            self._looked_ahead.add(page.page)
            todo = self._ahead(page, not self._is_stopped)
            if todo is not None:
                return page.page, todo
        return None

    def _has_room(self) -> bool:
        return sum(not _is_independent(done) for _, done in self._early.values()) + len(self._in_hand) < _MOST_EARLY

    def _page_at(self, at: int) -> AnyPage | None:
        while len(self._drawn) <= at and (page := next(self._coming, None)) is not None:
            self._drawn.append(page)
        return self._drawn[at] if at < len(self._drawn) else None


def _is_independent(done: Result) -> bool:
    """Whether the result of a page is independent of the context."""
    return done.as_form is None or done.as_form.form is not None
