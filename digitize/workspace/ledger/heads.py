"""Head of the history: the newest event, signed with the site's key, in the ledger and in a file next to it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from digitize.machine.signing import Signer, is_signed
from digitize.workspace.ledger_db import LedgerEngine

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
        """Whether it was signed by the key it names."""
        return is_signed(self.public, _text(self.seq, self.at, self.hash), self.signature)


class Heads:
    """Signs the newest event at the end of every transaction: one line per command in the ledger, and one in heads.log.

    So nothing is ever written after the newest signature, whenever the program is killed.
    """

    def __init__(self, db: LedgerEngine, signer: Signer) -> None:
        """Sign in this ledger, with this key."""
        self._db, self._signer = db, signer
        self._kept: tuple[int, SignedHead] | None = None
        self._written: tuple[int, SignedHead] | None = None
        self._is_logged = True

    def sign(self, seq: int, at: str, root: str) -> None:
        """Sign the newest event, inside the transaction that wrote it; root: its hash."""
        head = SignedHead(seq, at, root, self._signer.public, self._signer.sign(_text(seq, at, root)))
        values = tuple(asdict(head).values())
        # The same command's line is replaced: a run of a thousand pages has one. Of a backup that was put in the
        # ledger's place meanwhile the number is another command's, or nobody's.
        if self._kept is not None:
            command, last = self._kept
            sql = """UPDATE heads SET seq = ?, at = ?, hash = ?, public = ?, signature = ?
                     WHERE command = ? AND signature = ? RETURNING command"""
            if self._db.execute(sql, (*values, command, last.signature)).fetchone():
                self._written = (command, head)
                return
        sql = "INSERT INTO heads (seq, at, hash, public, signature) VALUES (?, ?, ?, ?, ?) RETURNING command"
        self._written = (self._db.execute(sql, values).fetchone()[0], head)

    def keep(self) -> None:
        """The transaction was committed."""
        if self._written is not None:
            self._kept, self._is_logged, self._written = self._written, False, None

    def forget(self) -> None:
        """The transaction was rolled back: the number of its line may now belong to another command."""
        self._written = None

    def write_log(self, home: Path | None) -> None:
        """Add the newest head of this command to the file in the workspace's folder."""
        if self._kept is None or self._is_logged or home is None:
            return
        line = json.dumps(asdict(self._kept[1]), sort_keys=True) + "\n"
        # Appended, never written anew; one short write is one line, also when two commands end together.
        fd = os.open(home / LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(fd, line.encode("ascii"))
            os.fsync(fd)
        finally:
            os.close(fd)
        self._is_logged = True


def heads_in(db: LedgerEngine) -> Iterator[SignedHead]:
    """Heads in the ledger, one per command, oldest first."""
    for row in db.execute("SELECT seq, at, hash, public, signature FROM heads ORDER BY command"):
        yield SignedHead(*row)


def heads_in_file(path: Path) -> Iterator[SignedHead | str]:
    """Heads in a file; an invalid line as its text."""
    if path.is_file():
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                yield SignedHead(**json.loads(line))
            except (ValueError, TypeError):
                yield line


def _text(seq: int, at: str, root: str) -> bytes:
    return f"digitize head 1\n{seq}\n{at}\n{root}".encode()
