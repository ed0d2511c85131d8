"""The head of the history: the newest event, signed by the site's key, in the ledger and beside it."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from digitize.machine.signing import Signer, is_signed

LOG = "heads.log"


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The history up to event seq. hash, at: of that event; public: of the key that signed."""

    seq: int
    at: str
    hash: str
    public: str = ""
    signature: str = ""

    @property
    def is_genuine(self) -> bool:
        """Whether the key that it names signed it."""
        return is_signed(self.public, _text(self.seq, self.at, self.hash), self.signature)


class Heads:
    """Signs the newest event at the end of every transaction: one line a command in the ledger, and one in heads.log.

    So nothing that is written lies behind the newest signature, whenever the program is killed.
    """

    def __init__(self, db: sqlite3.Connection, signer: Signer) -> None:
        """Sign in this ledger, with this key."""
        self._db, self._signer = db, signer
        self._command: int | None = None
        self._newest: SignedHead | None = None

    def sign(self) -> None:
        """Sign the newest event, inside the transaction that wrote it."""
        row = self._db.execute("SELECT seq, at, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
        signature = self._signer.sign(_text(*row))
        head = SignedHead(row[0], row[1], row[2], self._signer.public, signature)
        values = (self._command, *asdict(head).values())
        # The same command's line is replaced: a run of a thousand pages has one.
        done = self._db.execute("INSERT OR REPLACE INTO heads VALUES (?, ?, ?, ?, ?, ?)", values)
        self._command, self._newest = done.lastrowid, head

    def write_log(self, ledger: Path) -> None:
        """Add the newest head of this command to the file beside the ledger."""
        if self._newest is None:
            return
        line = json.dumps(asdict(self._newest), sort_keys=True) + "\n"
        # Appended, never written anew; one short write is one line, also when two commands end together.
        fd = os.open(ledger.with_name(LOG), os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(fd, line.encode("ascii"))
            os.fsync(fd)
        finally:
            os.close(fd)
        self._newest = None


def heads_in(db: sqlite3.Connection) -> Iterator[SignedHead]:
    """The heads in the ledger, one a command, oldest first."""
    for row in db.execute("SELECT seq, at, hash, public, signature FROM heads ORDER BY command"):
        yield SignedHead(*row)


def heads_in_file(path: Path) -> Iterator[SignedHead | str]:
    """The heads in a file of them; a line that is none as its text."""
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                yield SignedHead(**json.loads(line))
            except (ValueError, TypeError):
                yield line


def _text(seq: int, at: str, root: str) -> bytes:
    return f"digitize head 1\n{seq}\n{at}\n{root}".encode()
