"""Sessions in a private file, so that they survive a restart; they expire when idle.

The file holds hashes of session ids, so that reading it does not allow a login. Without a file they are kept in memory.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from digitize.machine.private_files import write_private
from digitize.machine.system import alone_with

LONGEST_S = 12 * 3600
"""A session ends after this, however busy."""
_KEPT = ("name", "csrf", "begun", "seen", "changed")
_WRITE_EVERY_S = 60.0
"""How far what the file says of the last request of a session may lie behind."""


class SessionHolder(Protocol):
    """Owner of a session. login_stamp: changes with password or token, which ends older sessions."""

    @property
    def name(self) -> str:
        """Name stored in the session."""

    @property
    def login_stamp(self) -> str:
        """See the class."""


H = TypeVar("H", bound=SessionHolder)
H_co = TypeVar("H_co", bound=SessionHolder, covariant=True)


class Holders(Protocol[H_co]):
    """Registry of all session owners."""

    def find_account(self, name: str) -> H_co | None:
        """The current owner of a name, None if none."""


def make_secret() -> str:
    """An id of a session, or a token, of 256 random bits."""
    return secrets.token_urlsafe(32)


def hash_secret(secret: str) -> str:
    """Stored hash of a secret from `make_secret`."""
    # No salt and no slow hash, as a password needs: nobody guesses 256 random bits.
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


@dataclass(slots=True)
class Session:
    """One login. csrf: token required in its forms and scripts. begun, seen: clock seconds; told: value of seen in the
    file.
    """

    name: str
    csrf: str
    begun: float
    seen: float
    changed: str
    told: float = 0.0


class Sessions(Generic[H]):
    """All open sessions. idle_s: lifetime when idle."""

    def __init__(
        self, path: Path | None, holders: Holders[H], idle_s: float, clock: Callable[[], float] = time.time
    ) -> None:
        """path: the private file, which may be missing and may be shared with other processes. None: in memory."""
        self._path, self._holders, self._idle_s, self._clock = path, holders, idle_s, clock
        self._lock = threading.Lock()
        self._open: dict[str, Session] = {}
        self._mark = (0, 0, 0)

    def start_session(self, holder: H) -> str:
        """Id of a new session; an existing id of the browser is never reused."""
        own, now = make_secret(), self._clock()
        with self._lock, self._lock_file():
            self._merge_file()
            self._open = {k: s for k, s in self._open.items() if self._is_valid(s)}
            self._open[hash_secret(own)] = Session(holder.name, make_secret(), now, now, holder.login_stamp)
            self._write(is_lasting=True)
        return own

    def find_session(self, own: str) -> tuple[Session, H] | None:
        """Session and owner of an id; None if it expired, or the owner or the password changed."""
        with self._lock:
            self._merge_file()
            session = self._open.get(hash_secret(own))
            if session is None or not self._is_valid(session):
                return None
            holder = self._holders.find_account(session.name)
            if holder is None or holder.login_stamp != session.changed:
                return None
            session.seen = self._clock()
            if session.seen - session.told > _WRITE_EVERY_S:
                # A full disk sends nobody away: what is written here is when somebody was last seen, and no more.
                with suppress(OSError), self._lock_file():
                    self._merge_file()
                    self._write(is_lasting=False)
            return session, holder

    def end_session(self, own: str) -> None:
        """Log out."""
        with self._lock, self._lock_file():
            self._merge_file()
            if self._open.pop(hash_secret(own), None) is not None:
                self._write(is_lasting=True)

    def _lock_file(self) -> AbstractContextManager[None]:
        """Keep other processes from the file."""
        return alone_with(self._path) if self._path else nullcontext()

    def _is_valid(self, session: Session) -> bool:
        now = self._clock()
        return now - session.seen < self._idle_s and now - session.begun < LONGEST_S

    def _write(self, *, is_lasting: bool) -> None:
        for session in self._open.values():
            session.told = session.seen
        if self._path is None:
            return
        text = json.dumps({key: {n: getattr(s, n) for n in _KEPT} for key, s in self._open.items()})
        write_private(self._path, text, is_lasting=is_lasting)
        self._mark = _read_file_mark(self._path)

    def _merge_file(self) -> None:
        """Merge changes written by other processes: new, ended and last seen."""
        if self._path is None:
            return
        mark = _read_file_mark(self._path)
        if mark == self._mark:
            return
        self._mark, known = mark, self._open
        self._open = _load_sessions(self._path)
        for key, session in self._open.items():
            session.told = session.seen
            if key in known:
                session.seen = max(session.seen, known[key].seen)


def _read_file_mark(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError:
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino


def _load_sessions(path: Path) -> dict[str, Session]:
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
        return {key: Session(**entry) for key, entry in plain.items()}
    # A broken file costs a login, and no more.
    except (OSError, ValueError, TypeError, AttributeError):
        return {}
