"""Whose key is whose: a list with days, of which nothing is ever removed."""

from __future__ import annotations

import re
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from digitize.errors import InputError, OptionsError
from digitize.offices.store_rows import KeyLine

_KEY = re.compile("[0-9a-f]{64}")


class KeyBook(Protocol):
    """Where a list of keys is kept; it only grows."""

    def key_lines(self) -> list[KeyLine]:
        """The lines, oldest first."""
        ...

    def insert_key(self, line: KeyLine) -> None:
        """Add a line."""
        ...

    def writing(self) -> AbstractContextManager[None]:
        """One transaction."""
        ...


@dataclass(frozen=True, slots=True)
class Key:
    """One key. since, revoked: times in UTC; revoked is "" while it holds."""

    reporter: str
    public: str
    since: str
    revoked: str
    note: str


def known_keys(store: KeyBook) -> dict[str, Key]:
    """Public key -> whose it is, revoked ones too."""
    found: dict[str, Key] = {}
    for line in store.key_lines():
        if line.act == "add":
            found[line.public] = Key(line.reporter, line.public, line.at, "", line.note)
        elif line.public in found:
            k = found[line.public]
            # The line stays and says until when: what was taken under the key before is still its owner's.
            found[line.public] = Key(k.reporter, k.public, k.since, line.at, line.note or k.note)
    return found


def add_key(store: KeyBook, reporter: str, public: str, note: str = "") -> None:
    """Say that a reporter signs with that key. Raises OptionsError when it is another's, or was revoked."""
    held = known_keys(store).get(public)
    if held and held.revoked:
        raise OptionsError("This key was revoked. Ask the reporter to create a new one.")
    if held and held.reporter != reporter:
        raise OptionsError(f"This is the key of {held.reporter}. Two reporters cannot share one.")
    # The same key told again is no new line; it holds since it first came.
    if held is None:
        with store.writing():
            store.insert_key(KeyLine(_format_now(), reporter, public, "add", note))


def revoke_key(store: KeyBook, public: str, note: str) -> Key:
    """Say that a key holds no more: whatever arrives from now on under it is refused. Beginnings of keys will do.

    Raises OptionsError when no key, or more than one, begins so.
    """
    held = [k for k in known_keys(store).values() if k.public.startswith(public.lower()) and not k.revoked]
    # A slip of the hand in two or three digits must not revoke somebody else's key.
    if len(held) != 1 or len(public) < 8:
        raise OptionsError("No key, or more than one, starts like this; give at least eight digits. See: keys list")
    with store.writing():
        store.insert_key(KeyLine(_format_now(), held[0].reporter, held[0].public, "revoke", note))
    return held[0]


def read_public(text: str) -> str:
    """A public key from 64 hexadecimal digits or from a .pub file. Raises InputError."""
    path = Path(text)
    if not _KEY.fullmatch(text.lower()) and path.is_file():
        text = path.read_text(encoding="ascii", errors="replace").strip()
    if not _KEY.fullmatch(text.lower()):
        raise InputError("A public key has 64 hexadecimal digits, or is a file with them (keys/site.pub).")
    return text.lower()


def _format_now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
