"""All that one server holds: who may come in, what is asked, the pictures."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool

from digitize.review.station.people import People
from digitize.review.station.pictures import Darkroom
from digitize.review.station.room import Room
from digitize.review.station.sessions import Sessions
from digitize.review.station.throttle import Throttle
from digitize.workspace.place import Place

T = TypeVar("T")
_FREE_OF_ADDRESS = 30
"""Wrong passwords that an address has free: a whole office may stand behind one."""


class Served:
    """The state of one server. is_secure: served through TLS, so that cookies are sent there alone."""

    def __init__(self, place: Place, *, is_secure: bool = False) -> None:
        """Open the workspace."""
        self.place, self.is_secure = place, is_secure
        self.people = People(place.folder)
        idle_s = place.options.review.idle_minutes * 60
        self.sessions = Sessions(place.folder / "keys" / "sessions.json", self.people, idle_s)
        self.by_name, self.by_address = Throttle(), Throttle(_FREE_OF_ADDRESS)
        self.room = Room(place, self.people)
        self.pictures = Darkroom(place)

    async def slowly(self, work: Callable[[], T]) -> T:
        """Have something done that takes its time, such as a password's hash, while others are served."""
        return await run_in_threadpool(work)

    def close(self) -> None:
        """Give everything back."""
        self.room.close()
        self.pictures.close()
