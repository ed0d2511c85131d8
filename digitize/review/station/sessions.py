"""Sessions of people who logged in: kept in a private file, so that a restart ends none, and over after idling.

The file holds hashes of the ids that browsers hold: whoever reads it can come in as nobody.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from digitize.machine.private_files import write_private
from digitize.machine.system import alone_with
from digitize.review.station.people import Account, People

_HOURS = 12
_KEPT = ("name", "csrf", "begun", "seen", "changed")
_WRITE_EVERY_S = 60.0
"""How far what the file says of the last request of a session may lie behind."""


@dataclass(slots=True)
class Session:
    """One login. csrf: what every form and script of it sends along. begun, seen: seconds of the clock; told: what the
    file says of seen.
    """

    name: str
    csrf: str
    begun: float
    seen: float
    changed: str
    told: float = 0.0


class Sessions:
    """All that are open. idle_s: after which one is over."""

    def __init__(self, path: Path, people: People, idle_s: float, clock: Callable[[], float] = time.time) -> None:
        """path: of the private file, which need not be there; other processes may have it, too."""
        self._path, self._people, self._idle_s, self._clock = path, people, idle_s, clock
        self._lock = threading.Lock()
        self._open: dict[str, Session] = {}
        self._mark = (0, 0, 0)

    def start_session(self, account: Account) -> str:
        """The id of a new session; one that a browser had before is never taken over."""
        own, now = secrets.token_urlsafe(32), self._clock()
        with self._lock, alone_with(self._path):
            self._merge_file()
            self._open = {k: s for k, s in self._open.items() if self._is_valid(s)}
            self._open[_hash(own)] = Session(account.name, secrets.token_urlsafe(32), now, now, account.changed)
            self._write(is_lasting=True)
        return own

    def find_session(self, own: str) -> tuple[Session, Account] | None:
        """The session of an id with whose it is; None where it is over, or the person or the password is another."""
        with self._lock:
            self._merge_file()
            session = self._open.get(_hash(own))
            if session is None or not self._is_valid(session):
                return None
            account = self._people.find_account(session.name)
            if account is None or account.changed != session.changed:
                return None
            session.seen = self._clock()
            if session.seen - session.told > _WRITE_EVERY_S:
                # A full disk sends nobody away: what is written here is when somebody was last seen, and no more.
                with suppress(OSError), alone_with(self._path):
                    self._merge_file()
                    self._write(is_lasting=False)
            return session, account

    def end_session(self, own: str) -> None:
        """Log out."""
        with self._lock, alone_with(self._path):
            self._merge_file()
            if self._open.pop(_hash(own), None) is not None:
                self._write(is_lasting=True)

    def _is_valid(self, session: Session) -> bool:
        now = self._clock()
        return now - session.seen < self._idle_s and now - session.begun < 3600 * _HOURS

    def _write(self, *, is_lasting: bool) -> None:
        for session in self._open.values():
            session.told = session.seen
        text = json.dumps({key: {n: getattr(s, n) for n in _KEPT} for key, s in self._open.items()})
        write_private(self._path, text, is_lasting=is_lasting)
        self._mark = self._read_file_mark()

    def _merge_file(self) -> None:
        """Take in what another process wrote: who came and went, and when they were last seen."""
        mark = self._read_file_mark()
        if mark == self._mark:
            return
        self._mark, known = mark, self._open
        self._open = self._load()
        for key, session in self._open.items():
            session.told = session.seen
            if key in known:
                session.seen = max(session.seen, known[key].seen)

    def _read_file_mark(self) -> tuple[int, int, int]:
        try:
            found = self._path.stat()
        except OSError:
            return 0, 0, 0
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _load(self) -> dict[str, Session]:
        try:
            plain = json.loads(self._path.read_text(encoding="utf-8"))
            return {key: Session(**entry) for key, entry in plain.items()}
        # A broken file costs a login, and no more.
        except (OSError, ValueError, TypeError, AttributeError):
            return {}


def _hash(own: str) -> str:
    # No salt and no slow hash: nobody guesses 256 random bits.
    return hashlib.sha256(own.encode("utf-8", "replace")).hexdigest()
