"""Histories of an office that somebody touched, by many hands and in many ways: is each found?"""

from __future__ import annotations

import json
import random
import shutil
import sqlite3
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from digitize.errors import LedgerError
from digitize.machine.signing import create_key, open_key
from digitize.offices import store_format
from digitize.offices.keys import add_key
from digitize.offices.origin import list_own_heads, verify_origin
from digitize.offices.receive import add_files
from digitize.offices.store import SnapshotStore
from sample_data.makers.national import invent, month_ends, seal_plain, snapshot

_LAST = date(2025, 6, 30)


def tamper(folder: Path, tries: int) -> dict[str, Any]:
    """Histories touched by somebody who can write the file, who can also compute hashes, and who even has the key.

    Heads as a state holds them are compared each time: without them, whoever has the key can write anything.
    """
    states = invent(folder / "tamper", stations=72, records=20_000, seed=9)[:3]
    key, path = folder / "tamper" / "office.pem", folder / "whole.sqlite"
    create_key(key)
    ends = month_ends(4, _LAST)
    with SnapshotStore(path, key) as store:
        for s in states:
            add_key(store, s.code, s.public)
            for m, d in enumerate(ends):
                file = folder / f"t-{s.code}-{m}.snapshot"
                file.write_bytes(seal_plain(snapshot(s, m, 4, d, with_stations=False), s.key))
                add_files(store, "state", "", [file])
        with store.writing():
            store.insert_act("answer", "abcd1234", "A", "seen", {})
        held = list(list_own_heads(store))
        verify_origin(store, held)
    rng, missed, found = random.Random(5), dict[str, int](), 0
    for n in range(tries):
        kind, level = sorted(_TOUCHES)[n % len(_TOUCHES)], ("file", "hashes", "key")[n // len(_TOUCHES) % 3]
        copied = Path(shutil.copy(path, folder / "touched.sqlite"))
        _touch(copied, kind, level, key, rng)
        try:
            with SnapshotStore(copied, key) as store:
                verify_origin(store, held)
            missed[f"{kind} ({level})"] = missed.get(f"{kind} ({level})", 0) + 1
        except (LedgerError, sqlite3.Error):
            found += 1
        for file in folder.glob("touched.sqlite*"):
            file.unlink()
    return {"tampering_tried": tries, "tampering_found": found, "tampering_missed": missed}


def _touch(path: Path, kind: str, level: str, key: Path, rng: random.Random) -> None:
    db = sqlite3.connect(path, isolation_level=None)
    db.row_factory = sqlite3.Row
    for table in ("received", "keys", "acts", "heads"):
        db.executescript(f"DROP TRIGGER {table}_stay; DROP TRIGGER {table}_remain;")
    _TOUCHES[kind](db, rng)
    if level != "file":
        _rechain(db, key if level == "key" else None)
    db.close()


def _rechain(db: sqlite3.Connection, key: Path | None) -> None:
    """All hashes as if nothing had happened; with the key, all heads are signed anew."""
    links: dict[str, dict[int, str]] = {}
    for table, (names, packed) in store_format.CHAINED.items():
        last, links[table] = "", {0: ""}
        for r in db.execute(f"SELECT * FROM {table} ORDER BY seq").fetchall():
            last = store_format.hash_row(last, [str(r[n]) for n in names], b"".join(r[n] for n in packed))
            links[table][r["seq"]] = last
            db.execute(f"UPDATE {table} SET hash = ? WHERE seq = ?", (last, r["seq"]))
    last, signer = "", open_key(key) if key else None
    for h in db.execute("SELECT * FROM heads ORDER BY seq").fetchall():
        ends = {t: max(n for n in links[t] if n <= h[t]) for t in links}
        last = store_format.hash_head(last, h["at"], {t: (n, links[t][n]) for t, n in ends.items()})
        signature = signer.sign(last.encode("ascii")) if signer else h["signature"]
        sql = "UPDATE heads SET hash = ?, signature = ?, received = ?, keys = ?, acts = ? WHERE seq = ?"
        db.execute(sql, (last, signature, ends["received"], ends["keys"], ends["acts"], h["seq"]))


def _row(db: sqlite3.Connection, rng: random.Random, table: str = "received") -> sqlite3.Row:
    return rng.choice(db.execute(f"SELECT * FROM {table}").fetchall())


def _change_body(db: sqlite3.Connection, rng: random.Random) -> None:
    r = _row(db, rng)
    body = json.loads(zlib.decompress(r["body"]))
    body["totals"]["loaded"] += rng.randint(1, 10**6)
    db.execute("UPDATE received SET body = ? WHERE seq = ?", (zlib.compress(json.dumps(body).encode()), r["seq"]))


def _other_body(db: sqlite3.Connection, rng: random.Random) -> None:
    a, b = rng.sample(db.execute("SELECT * FROM received").fetchall(), 2)
    db.execute("UPDATE received SET body = ?, mark = ? WHERE seq = ?", (b["body"], b["mark"], a["seq"]))


def _change(table: str, column: str, value: Callable[[sqlite3.Row, random.Random], Any]) -> Callable[..., None]:
    def touch(db: sqlite3.Connection, rng: random.Random) -> None:
        r = _row(db, rng, table)
        db.execute(f"UPDATE {table} SET {column} = ? WHERE seq = ?", (value(r, rng), r["seq"]))

    return touch


def _swap(db: sqlite3.Connection, rng: random.Random) -> None:
    a, b = (r["seq"] for r in rng.sample(db.execute("SELECT seq FROM received").fetchall(), 2))
    for old, new in ((a, -1), (b, a), (-1, b)):
        db.execute("UPDATE received SET seq = ? WHERE seq = ?", (new, old))


def _cut_off(db: sqlite3.Connection, rng: random.Random) -> None:
    """As if an old copy had been put back: the last commands never were."""
    h = rng.choice(db.execute("SELECT * FROM heads ORDER BY seq").fetchall()[:-1])
    db.execute("DELETE FROM heads WHERE seq > ?", (h["seq"],))
    for table in ("received", "keys", "acts"):
        db.execute(f"DELETE FROM {table} WHERE seq > ?", (h[table],))


def _delete(table: str) -> Callable[..., None]:
    def touch(db: sqlite3.Connection, rng: random.Random) -> None:
        db.execute(f"DELETE FROM {table} WHERE seq = ?", (_row(db, rng, table)["seq"],))

    return touch


def _earlier(r: sqlite3.Row, rng: random.Random) -> str:
    return f"20{rng.randint(10, 24)}-01-01T00:00:00.000+00:00"


_TOUCHES: dict[str, Callable[[sqlite3.Connection, random.Random], None]] = {
    "a body changed": _change_body, "a body of another": _other_body,
    "a row's day": _change("received", "as_on", lambda r, g: f"2024-0{g.randint(1, 9)}-28"),
    "a row's flags": _change("received", "flags", lambda r, g: '[["x", "y", "", {}]]'),
    "a row's summary": _change("received", "summary", lambda r, g: r["summary"].replace("1", "2", 1) + " "),
    "a row's verdict": _change("received", "verdict", lambda r, g: "refused"),
    "a row's file": _change("received", "file", lambda r, g: "other.snapshot"),
    "a row gone": _delete("received"), "a key gone": _delete("keys"), "a decision gone": _delete("acts"),
    "a key another": _change("keys", "public", lambda r, g: f"{g.getrandbits(256):064x}"),
    "a key's owner": _change("keys", "reporter", lambda r, g: "zz"),
    "a key revoked": _change("keys", "act", lambda r, g: "revoke"),
    "rows swapped": _swap, "an old copy": _cut_off,
    "a row's clock": _change("received", "at", _earlier), "a key's clock": _change("keys", "at", _earlier),
    "a head's clock": _change("heads", "at", _earlier),
}  # fmt: skip
