"""Login state of a server: the people of a workspace, their sessions, and throttling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from digitize.login.people import Account, People
from digitize.login.sessions import Sessions
from digitize.login.throttle import Throttle
from digitize.machine.rate_limit_db import RateCounters
from digitize.workspace.place import Place

T = TypeVar("T")
_FREE_OF_ADDRESS = 30
"""Wrong passwords that an address has free: a whole office may stand behind one."""
THREADS = 4
"""How much that takes its time is done side by side in one process: they share one interpreter, so that more of them
only wait for each other (docs/measured.md); a hash of a password takes 64 MB, besides."""


class Gate:
    """Login of one server. is_secure: served over TLS, so cookies are sent only there.

    cookie, brand: per server, so that two servers on one machine do not log each other's visitors out; brand: key of
    its name in the word table.
    """

    cookie, brand = "digitize_review", "station"
    _file = "sessions.json"

    def __init__(self, place: Place, *, is_secure: bool = False) -> None:
        """Open sessions from before are kept."""
        self.place, self.is_secure = place, is_secure
        self.people = People(place.folder)
        idle_s = place.options.review.idle_minutes * 60
        self.sessions = Sessions(place.folder / "keys" / self._file, self.people, idle_s)
        # All servers of a workspace, and all their processes, count in one file.
        self.counts = RateCounters(place.folder / "keys")
        self.by_name = Throttle(counts=self.counts, of="name")
        self.by_address = Throttle(_FREE_OF_ADDRESS, counts=self.counts, of="address")
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="slowly")

    async def run_in_thread(self, work: Callable[[], T]) -> T:
        """Run slow work, such as hashing a password, in a thread."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def release_held(self, account: Account) -> None:
        """Called when somebody logs out."""

    def close(self) -> None:
        """Release the server's resources."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.counts.close()
