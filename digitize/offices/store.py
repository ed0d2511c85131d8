"""What an office received: one SQLite file that only grows. Triggers refuse changes, a chain of hashes tells."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError

from digitize.errors import LedgerError
from digitize.machine.signing import Signer, open_key
from digitize.machine.sqlite_errors import plain_errors
from digitize.offices import store_format
from digitize.offices.refusal import Flag
from digitize.offices.shape import Snapshot
from digitize.offices.store_format import FORMAT, chained

_MEND = "digitize national verify, or state verify"


@dataclass(frozen=True, slots=True)
class Received:
    """One file as it was judged. reporter, as_on: "" where a refused file did not surely say."""

    seq: int
    at: str
    file: str
    sha256: str
    reporter: str
    as_on: str
    verdict: str
    flags: tuple[Flag, ...]
    summary: dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeyLine:
    """One line of the list of keys: who signs with which key from when, or does so no more."""

    at: str
    reporter: str
    public: str
    act: str
    note: str


@dataclass(frozen=True, slots=True)
class OfficeAct:
    """What a person of the office did or decided: a flag answered, a contradiction accepted, a book withdrawn.

    upto: the newest row received by then. subject: what it is about, as the id of a flag.
    """

    at: str
    act: str
    subject: str
    operator: str
    reason: str
    upto: int
    detail: dict[str, Any]


@dataclass(frozen=True, slots=True)
class StoreHead:
    """Where the whole history stood after one command: hash covers all three tables. public: whose signature it is."""

    seq: int
    at: str
    received: int
    keys: int
    acts: int
    hash: str
    public: str
    signature: str


class SnapshotStore:
    """Owns the connection to one file. Raises LedgerError when it is in use, damaged or newer, DiskFull."""

    def __init__(self, path: Path, key: Path | None = None) -> None:
        """Open it; an empty one is made where there is none. key: the office's own, which signs every head."""
        self.path, self.key = path, key
        self._signer: Signer | None = None
        with plain_errors(self.path, _MEND):
            # Before connecting, which makes the file.
            is_new = not path.exists()
            self._db = sqlite3.connect(path, timeout=30, isolation_level=None)
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA journal_mode = WAL")
            # What was answered with "taken" must be there after a power cut.
            self._db.execute("PRAGMA synchronous = FULL")
            if is_new:
                self._db.executescript(store_format.new())
            found = self._db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
        if found is None or int(found["value"]) > FORMAT:
            raise LedgerError(f"{path} was written by a newer version. Upgrade cctns-digitize.")
        if int(found["value"]) < FORMAT:
            with plain_errors(self.path, _MEND):
                store_format.upgrade(self._db, int(found["value"]))

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction."""
        with plain_errors(self.path, _MEND):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._close_head()
            except BaseException:
                self._db.rollback()
                raise
            self._db.commit()

    def insert_key(self, line: KeyLine) -> None:
        """Add a line to the list of keys, which only grows."""
        values = (line.at, line.reporter, line.public, line.act, line.note)
        sql = "INSERT INTO keys (at, reporter, public, act, note, hash) VALUES (?, ?, ?, ?, ?, ?)"
        self._db.execute(sql, (*values, chained(self._last("keys")[1], values)))

    def insert_act(self, act: str, subject: str, operator: str, reason: str, detail: dict[str, Any]) -> None:
        """Keep what a person of the office did; it is never changed."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        upto = self._last("received")[0]
        values = (at, act, subject, operator, reason, str(upto), json.dumps(detail, ensure_ascii=False))
        names = "at, act, subject, operator, reason, upto, detail, hash"
        sql = f"INSERT INTO acts ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self._db.execute(sql, (*values, chained(self._last("acts")[1], values)))

    def acts(self, act: str = "") -> list[OfficeAct]:
        """All that people of the office did, oldest first. act: only of that kind."""
        rows = self._db.execute("SELECT * FROM acts WHERE ? IN ('', act) ORDER BY seq", (act,))
        names = ("at", "act", "subject", "operator", "reason", "upto")
        return [OfficeAct(**{n: r[n] for n in names}, detail=json.loads(r["detail"])) for r in rows]

    def heads(self) -> list[StoreHead]:
        """Where the history stood after every command, oldest first."""
        rows = self._db.execute("SELECT seq, at, received, keys, acts, hash, public, signature FROM heads ORDER BY seq")
        return [StoreHead(*tuple(r)) for r in rows]

    def key_lines(self) -> list[KeyLine]:
        """The list of keys, oldest line first."""
        rows = self._db.execute("SELECT at, reporter, public, act, note FROM keys ORDER BY seq")
        return [KeyLine(*tuple(r)) for r in rows]

    def insert(
        self, file: str, sha256: str, snapshot: Snapshot | None, flags: Sequence[Flag], summary: dict[str, Any],
        body: bytes, *, is_taken: bool, reporter: str = "", mark: bytes = b"",
    ) -> None:  # fmt: skip
        """Keep a file and what was said of it. Of a refused one nothing is kept but its name, hash and reason.

        body, mark: the first line, and all that stands behind it, which is the signature.
        """
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        as_on = snapshot.as_on.isoformat() if snapshot else ""
        verdict = "taken" if is_taken else "refused"
        said = json.dumps([[f.code, f.text, f.said, dict(f.values)] for f in flags], ensure_ascii=False)
        parts = (at, file, sha256, reporter, as_on, verdict, said, json.dumps(summary, ensure_ascii=False))
        packed = zlib.compress(body, 3) if is_taken else b""
        # Of the packed bytes: they are what is kept, and verify need not unpack them.
        mark = mark if is_taken else b""
        link = chained(self._last("received")[1], parts, packed + mark)
        self._db.execute(
            "INSERT INTO received (at, file, sha256, reporter, as_on, verdict, flags, summary, body, mark, hash) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*parts, packed, mark, link),
        )

    def newest(self, reporter: str, as_on: date | None = None) -> Received | None:
        """The newest snapshot taken of a reporter, on or before a day."""
        sql = (
            "SELECT * FROM received WHERE verdict = 'taken' AND reporter = ? AND as_on <= ? "
            "ORDER BY as_on DESC, seq DESC LIMIT 1"
        )
        # "9999" sorts behind every day.
        row = self._db.execute(sql, (reporter, as_on.isoformat() if as_on else "9999")).fetchone()
        return _received(row) if row else None

    def taken(self, as_on: date | None = None) -> list[Received]:
        """All that was taken, up to a day, by reporter and day; of one day in the order in which it came."""
        sql = "SELECT * FROM received WHERE verdict = 'taken' AND as_on <= ? ORDER BY reporter, as_on, seq"
        return [_received(r) for r in self._db.execute(sql, (as_on.isoformat() if as_on else "9999",))]

    def refused(self, day: date | None = None) -> list[Received]:
        """All that was refused up to a day (in UTC), newest first."""
        sql = "SELECT * FROM received WHERE verdict = 'refused' AND at < ? ORDER BY seq DESC"
        # Times are longer than days and sort behind them, so "before the next day" is the whole day.
        end = (day + timedelta(days=1)).isoformat() if day else "9999"
        return [_received(r) for r in self._db.execute(sql, (end,))]

    def has(self, sha256: str) -> bool:
        """Whether exactly that file was taken before."""
        sql = "SELECT 1 FROM received WHERE sha256 = ? AND verdict = 'taken'"
        return self._db.execute(sql, (sha256,)).fetchone() is not None

    def was_refused(self, sha256: str, file: str, flags: Sequence[Flag]) -> bool:
        """Whether that file was refused before for the same reason; it need not be told twice.

        sha256: "" of one that could not be read, which its name stands for.
        """
        sql = "SELECT flags FROM received WHERE sha256 = ? AND (sha256 <> '' OR file = ?) AND verdict = 'refused'"
        rows = self._db.execute(sql, (sha256, file))
        return [f.code for f in flags] in [[f[0] for f in json.loads(r["flags"])] for r in rows]

    def snapshot(self, seq: int) -> Snapshot:
        """The snapshot of a row that was taken."""
        row = self._db.execute("SELECT body FROM received WHERE seq = ?", (seq,)).fetchone()
        try:
            return Snapshot.model_validate_json(zlib.decompress(row["body"]))
        except (ValidationError, zlib.error) as e:
            raise LedgerError(f"{self.path}: row {seq} cannot be read by this version. Upgrade, or restore it.") from e

    def mark(self) -> str:
        """The hash of the whole history so far: the newest head's; "" at the beginning."""
        row = self._db.execute("SELECT hash FROM heads ORDER BY seq DESC LIMIT 1").fetchone()
        return str(row["hash"]) if row else ""

    def signed_rows(self) -> Iterator[tuple[Received, bytes, bytes]]:
        """Each row that was taken, with its first line and what stood behind it; b"" where that was not kept."""
        for r in self._db.execute("SELECT * FROM received WHERE verdict = 'taken' ORDER BY seq"):
            try:
                yield _received(r), zlib.decompress(r["body"]), bytes(r["mark"])
            except (zlib.error, ValueError) as e:
                raise LedgerError(f"{self.path}: row {r['seq']} cannot be read. Restore a backup.") from e

    def verify(self) -> int:
        """Recompute all chains. Returns the number of files; raises LedgerError naming the first row that differs."""
        links = {table: self._chain(table) for table in store_format.CHAINED}
        last, ends = "", {table: (0, "") for table in store_format.CHAINED}
        for h in self.heads():
            at = {"received": h.received, "keys": h.keys, "acts": h.acts}
            if any(at[t] < ends[t][0] or (at[t] and at[t] not in links[t]) for t in at):
                raise LedgerError(f"{self.path}: rows are missing that head {h.seq} tells of. Restore a backup.")
            ends = {t: (n, links[t].get(n, "")) for t, n in at.items()}
            last = store_format.head_hash(last, h.at, ends)
            if last != h.hash:
                raise LedgerError(f"{self.path}: head {h.seq} is not that of the rows. Restore a backup.")
        if ends != {t: self._last(t) for t in ends}:
            raise LedgerError(f"{self.path}: rows were added behind the newest head. Restore a backup.")
        return len(links["received"])

    def _chain(self, table: str) -> dict[int, str]:
        """Number -> hash of each row, as it was found to be right. Raises LedgerError."""
        found, last = dict[int, str](), ""
        names, packed = store_format.CHAINED[table]
        for r in self._db.execute(f"SELECT * FROM {table} ORDER BY seq"):
            last = chained(last, [str(r[n]) for n in names], b"".join(r[n] for n in packed))
            if last != r["hash"]:
                what = "row" if table == "received" else f"line {table}"
                raise LedgerError(f"{self.path}: {what} {r['seq']} was changed after it was written. Restore a backup.")
            found[r["seq"]] = last
        return found

    def _last(self, table: str) -> tuple[int, str]:
        row = self._db.execute(f"SELECT seq, hash FROM {table} ORDER BY seq DESC LIMIT 1").fetchone()
        return (int(row["seq"]), str(row["hash"])) if row else (0, "")

    def _close_head(self) -> None:
        """Sign where the history stands now, when anything was added."""
        ends = {table: self._last(table) for table in store_format.CHAINED}
        before = self._db.execute("SELECT * FROM heads ORDER BY seq DESC LIMIT 1").fetchone()
        if {t: n for t, (n, _) in ends.items()} == {t: before[t] if before else 0 for t in ends}:
            return
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        link = store_format.head_hash(before["hash"] if before else "", at, ends)
        if self.key is not None and self._signer is None:
            self._signer = open_key(self.key)
        signer = self._signer
        public, signature = (signer.public, signer.sign(link.encode("ascii"))) if signer else ("", "")
        sql = "INSERT INTO heads (at, received, keys, acts, hash, public, signature) VALUES (?, ?, ?, ?, ?, ?, ?)"
        self._db.execute(sql, (at, *(ends[t][0] for t in ("received", "keys", "acts")), link, public, signature))


def _received(row: sqlite3.Row) -> Received:
    flags = tuple(Flag(*parts) for parts in json.loads(row["flags"]))
    return Received(
        row["seq"], row["at"], row["file"], row["sha256"], row["reporter"], row["as_on"], row["verdict"], flags,
        json.loads(row["summary"]),
    )  # fmt: skip
