"""What an office received: a store that only grows. Triggers refuse changes, a chain of hashes tells."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from pydantic import ValidationError

from digitize.errors import LedgerError
from digitize.machine.signing import Signer, open_key
from digitize.offices import store_format
from digitize.offices.refusal import Flag
from digitize.offices.shape import Snapshot
from digitize.offices.store_engine import open_engine
from digitize.offices.store_format import hash_row
from digitize.offices.store_rows import TOLD, KeyLine, OfficeAct, Received, Row, StoreHead, head_of, received_of

_AT_ONCE = 500


class SnapshotStore:
    """Owns the connection to a store. Raises LedgerError when it is in use, damaged or newer, DiskFull."""

    def __init__(self, where: Path | str, key: Path | None = None) -> None:
        """Open it; an empty one is made where there is none. where: a file, or the address of a PostgreSQL database.

        key: the office's own, which signs every head.
        """
        self.key = key
        self._signer: Signer | None = None
        self._db = open_engine(where)
        self.path = self._db.name

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        """Close."""
        self._db.close()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """One transaction."""
        with self._db.translate_errors():
            self._db.begin()
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
        self._db.change(sql, (*values, hash_row(self._last_hash("keys")[1], values)))

    def insert_act(self, act: str, subject: str, operator: str, reason: str, detail: dict[str, Any]) -> None:
        """Keep what a person of the office did; it is never changed."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        upto = self._last_hash("received")[0]
        values = (at, act, subject, operator, reason, str(upto), json.dumps(detail, ensure_ascii=False))
        names = "at, act, subject, operator, reason, upto, detail, hash"
        sql = f"INSERT INTO acts ({names}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
        self._db.change(sql, (*values, hash_row(self._last_hash("acts")[1], values)))

    def list_acts(self, act: str = "") -> list[OfficeAct]:
        """All that people of the office did, oldest first. act: only of that kind."""
        rows = self._db.rows("SELECT * FROM acts WHERE ? IN ('', act) ORDER BY seq", (act,))
        names = ("at", "act", "subject", "operator", "reason", "upto")
        return [OfficeAct(**{n: r[n] for n in names}, detail=json.loads(r["detail"])) for r in rows]

    def list_heads(self) -> list[StoreHead]:
        """Where the history stood after every command, oldest first."""
        return [head_of(r) for r in self._db.rows("SELECT * FROM heads ORDER BY seq")]

    def key_lines(self) -> list[KeyLine]:
        """The list of keys, oldest line first."""
        rows = self._db.rows("SELECT at, reporter, public, act, note FROM keys ORDER BY seq")
        return [KeyLine(r["at"], r["reporter"], r["public"], r["act"], r["note"]) for r in rows]

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
        link = hash_row(self._last_hash("received")[1], parts, packed + mark)
        self._db.change(
            "INSERT INTO received (at, file, sha256, reporter, as_on, verdict, flags, summary, body, mark, hash) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*parts, packed, mark, link),
        )

    def find_newest(self, reporter: str, as_on: date | None = None) -> Received | None:
        """The newest snapshot taken of a reporter, on or before a day."""
        sql = (
            f"SELECT {TOLD} FROM received WHERE verdict = 'taken' AND reporter = ? AND as_on <= ? "
            "ORDER BY as_on DESC, seq DESC LIMIT 1"
        )
        row = self._first_row(sql, (reporter, _day_or_end(as_on)))
        return received_of(row) if row else None

    def list_taken(self, as_on: date | None = None) -> list[Received]:
        """All that was taken, up to a day, by reporter and day; of one day in the order in which it came."""
        sql = f"SELECT {TOLD} FROM received WHERE verdict = 'taken' AND as_on <= ? ORDER BY reporter, as_on, seq"
        return [received_of(r) for r in self._db.rows(sql, (_day_or_end(as_on),))]

    def list_month_ends(self, as_on: date | None = None) -> list[Received]:
        """Of each reporter the newest of every month, up to a day, by reporter and day: what history is told by.

        Whoever reports daily has thirty times as many.
        """
        return self._newest_by("reporter, substr(as_on, 1, 7)", as_on)

    def list_newest(self, as_on: date | None = None) -> list[Received]:
        """The newest of each reporter, up to a day, by reporter."""
        return self._newest_by("reporter", as_on)

    def _newest_by(self, group: str, as_on: date | None) -> list[Received]:
        # The inner query reads an index alone, however many files there are.
        sql = f"""
          SELECT {TOLD} FROM received WHERE seq IN (SELECT seq FROM (
            SELECT seq, ROW_NUMBER() OVER (PARTITION BY {group} ORDER BY as_on DESC, seq DESC) AS place
            FROM received WHERE verdict = 'taken' AND as_on <= ?) AS placed WHERE place = 1)
          ORDER BY reporter, as_on, seq"""
        return [received_of(r) for r in self._db.rows(sql, (_day_or_end(as_on),))]

    def list_flagged(self, as_on: date | None = None) -> list[tuple[int, Received]]:
        """What was taken with flags, up to a day, by reporter and day, each with its place among all that were taken.

        By the place one sees whether two came one right after the other.
        """
        sql = "SELECT seq FROM received WHERE verdict = 'taken' AND as_on <= ? ORDER BY reporter, as_on, seq"
        place = {r["seq"]: n for n, r in enumerate(self._db.rows(sql, (_day_or_end(as_on),)))}
        odd = f"""SELECT {TOLD} FROM received WHERE verdict = 'taken' AND flags <> '[]' AND as_on <= ?
          ORDER BY reporter, as_on, seq"""
        return [(place[r["seq"]], received_of(r)) for r in self._db.rows(odd, (_day_or_end(as_on),))]

    def list_refused(self, day: date | None = None) -> list[Received]:
        """All that was refused up to a day (in UTC), newest first."""
        sql = f"SELECT {TOLD} FROM received WHERE verdict = 'refused' AND at < ?"
        # Times are longer than days and sort behind them, so "before the next day" is the whole day.
        end = (day + timedelta(days=1)).isoformat() if day else "9999"
        # Put in order here: asked for it, SQLite would walk through all that was taken.
        return sorted((received_of(r) for r in self._db.rows(sql, (end,))), key=lambda r: -r.seq)

    def has(self, sha256: str) -> bool:
        """Whether exactly that file was taken before."""
        sql = "SELECT 1 FROM received WHERE sha256 = ? AND verdict = 'taken'"
        return self._first_row(sql, (sha256,)) is not None

    def was_refused(self, sha256: str, file: str, flags: Sequence[Flag]) -> bool:
        """Whether that file was refused before for the same reason; it need not be told twice.

        sha256: "" of one that could not be read, which its name stands for.
        """
        sql = "SELECT flags FROM received WHERE sha256 = ? AND (sha256 <> '' OR file = ?) AND verdict = 'refused'"
        rows = self._db.rows(sql, (sha256, file))
        return [f.code for f in flags] in [[f[0] for f in json.loads(r["flags"])] for r in rows]

    def snapshot(self, seq: int) -> Snapshot:
        """The snapshot of a row that was taken."""
        row = self._first_row("SELECT body FROM received WHERE seq = ?", (seq,))
        try:
            return Snapshot.model_validate_json(zlib.decompress(row["body"] if row else b""))
        except (ValidationError, zlib.error) as e:
            raise LedgerError(f"{self.path}: row {seq} cannot be read by this version. Upgrade, or restore it.") from e

    def mark(self) -> str:
        """The hash of the whole history so far: the newest head's; "" at the beginning."""
        row = self._first_row("SELECT hash FROM heads ORDER BY seq DESC LIMIT 1")
        return str(row["hash"]) if row else ""

    def signed_rows(self) -> Iterator[tuple[Received, bytes, bytes]]:
        """Each row that was taken, with its first line and what stood behind it; b"" where that was not kept."""
        for r in self._each_row("received", "verdict = 'taken'"):
            try:
                yield received_of(r), zlib.decompress(r["body"]), bytes(r["mark"])
            except (zlib.error, ValueError) as e:
                raise LedgerError(f"{self.path}: row {r['seq']} cannot be read. Restore a backup.") from e

    def verify(self) -> int:
        """Recompute all chains. Returns the number of files; raises LedgerError naming the first row that differs."""
        links = {table: self._verify_chain(table) for table in store_format.CHAINED}
        last, ends = "", {table: (0, "") for table in store_format.CHAINED}
        for h in self.list_heads():
            at = {"received": h.received, "keys": h.keys, "acts": h.acts}
            if any(at[t] < ends[t][0] or (at[t] and at[t] not in links[t]) for t in at):
                raise LedgerError(f"{self.path}: rows that head {h.seq} includes are missing. Restore a backup.")
            ends = {t: (n, links[t].get(n, "")) for t, n in at.items()}
            last = store_format.hash_head(last, h.at, ends)
            if last != h.hash:
                raise LedgerError(f"{self.path}: head {h.seq} is not that of the rows. Restore a backup.")
        if ends != {t: self._last_hash(t) for t in ends}:
            raise LedgerError(f"{self.path}: rows were added after the newest head. Restore a backup.")
        return len(links["received"])

    def _verify_chain(self, table: str) -> dict[int, str]:
        """Number -> hash of each row, as it was found to be right. Raises LedgerError."""
        found, last = dict[int, str](), ""
        names, packed = store_format.CHAINED[table]
        for r in self._each_row(table):
            last = hash_row(last, [str(r[n]) for n in names], b"".join(bytes(r[n]) for n in packed))
            if last != r["hash"]:
                what = "row" if table == "received" else f"line {table}"
                raise LedgerError(f"{self.path}: {what} {r['seq']} was changed after it was written. Restore a backup.")
            found[r["seq"]] = last
        return found

    def _first_row(self, sql: str, values: Sequence[Any] = ()) -> Row | None:
        return next(iter(self._db.rows(sql, values)), None)

    def _each_row(self, table: str, where: str = "1 = 1") -> Iterator[Row]:
        """All rows, in their order, some at a time: files of ten years do not fit in memory."""
        last = 0
        while rows := list(
            self._db.rows(f"SELECT * FROM {table} WHERE seq > ? AND {where} ORDER BY seq LIMIT {_AT_ONCE}", (last,))
        ):
            yield from rows
            last = rows[-1]["seq"]

    def _last_hash(self, table: str) -> tuple[int, str]:
        row = self._first_row(f"SELECT seq, hash FROM {table} ORDER BY seq DESC LIMIT 1")
        return (int(row["seq"]), str(row["hash"])) if row else (0, "")

    def _close_head(self) -> None:
        """Sign where the history stands now, when anything was added."""
        ends = {table: self._last_hash(table) for table in store_format.CHAINED}
        before = self._first_row("SELECT * FROM heads ORDER BY seq DESC LIMIT 1")
        if {t: n for t, (n, _) in ends.items()} == {t: before[t] if before else 0 for t in ends}:
            return
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        link = store_format.hash_head(before["hash"] if before else "", at, ends)
        if self.key is not None and self._signer is None:
            self._signer = open_key(self.key)
        signer = self._signer
        public, signature = (signer.public, signer.sign(link.encode("ascii"))) if signer else ("", "")
        sql = "INSERT INTO heads (at, received, keys, acts, hash, public, signature) VALUES (?, ?, ?, ?, ?, ?, ?)"
        self._db.change(sql, (at, *(ends[t][0] for t in ("received", "keys", "acts")), link, public, signature))


def _day_or_end(as_on: date | None) -> str:
    # "9999" sorts behind every day.
    return as_on.isoformat() if as_on else "9999"
