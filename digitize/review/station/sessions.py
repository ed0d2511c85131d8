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
from dataclasses import asdict, dataclass
from pathlib import Path

from digitize.machine.private_files import write_private
from digitize.review.station.people import Account, People

_HOURS = 12
_WRITE_EVERY_S = 60.0
"""How far what the file says of the last request may lie behind."""


@dataclass(slots=True)
class Session:
    """One login. csrf: what every form and script of it sends along. begun, seen: seconds of the clock."""

    name: str
    csrf: str
    begun: float
    seen: float
    changed: str


class Sessions:
    """All that are open. idle_s: after which one is over."""

    def __init__(self, path: Path, people: People, idle_s: float, clock: Callable[[], float] = time.time) -> None:
        """path: of the private file, which need not be there."""
        self._path, self._people, self._idle_s, self._clock = path, people, idle_s, clock
        self._lock = threading.Lock()
        self._open = self._load()
        self._written = clock()

    def begin(self, account: Account) -> str:
        """The id of a new session; one that a browser had before is never taken over."""
        own, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            self._open = {k: s for k, s in self._open.items() if self._holds(s)}
            self._open[_hash(own)] = Session(account.name, secrets.token_urlsafe(32), now, now, account.changed)
            self._write()
        return own

    def of(self, own: str) -> tuple[Session, Account] | None:
        """The session of an id with whose it is; None where it is over, or the person or the password is another."""
        with self._lock:
            session = self._open.get(_hash(own))
            if session is None or not self._holds(session):
                return None
            account = self._people.one(session.name)
            if account is None or account.changed != session.changed:
                return None
            session.seen = self._clock()
            if session.seen - self._written > _WRITE_EVERY_S:
                self._write()
            return session, account

    def end(self, own: str) -> None:
        """Log out."""
        with self._lock:
            if self._open.pop(_hash(own), None) is not None:
                self._write()

    def _holds(self, session: Session) -> bool:
        now = self._clock()
        return now - session.seen < self._idle_s and now - session.begun < 3600 * _HOURS

    def _write(self) -> None:
        self._written = self._clock()
        write_private(self._path, json.dumps({key: asdict(s) for key, s in self._open.items()}))

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
