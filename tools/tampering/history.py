"""Tamperings with events, their order, their number and their signatures."""

from __future__ import annotations

import json
import random
import sqlite3

from digitize.machine.signing import create_key, open_key
from digitize.workspace.ledger.chain import link
from digitize.workspace.ledger.heads import LOG, Heads
from digitize.workspace.ledger_db.watched_tables import COVERED, entry_name
from tools.tampering.copies import TamperedCopy, count, rechain


def event_changed(copy: TamperedCopy, dice: random.Random) -> str | None:
    """One text of one event."""
    db = copy.open()
    seq = dice.randrange(1, count(db) + 1)
    column = dice.choice(("at", "unit", "step", "key", "detail"))
    db.execute(f"UPDATE events SET {column} = {column} || ' ' WHERE seq = ?", (seq,))
    copy.close(db)
    return f"event {seq} "


def events_swapped(copy: TamperedCopy, dice: random.Random) -> str | None:
    """Two neighbours change places."""
    db = copy.open()
    seq = dice.randrange(1, count(db))
    for old, new in ((seq, -1), (seq + 1, seq), (-1, seq + 1)):
        db.execute("UPDATE events SET seq = ? WHERE seq = ?", (new, old))
    copy.close(db)
    return f"event {seq} "


def events_rechained(copy: TamperedCopy, dice: random.Random) -> str | None:
    """An event is changed and every hash behind it made anew; the signatures stay what they were."""
    db = copy.open()
    seq = dice.randrange(1, count(db) + 1)
    db.execute("UPDATE events SET detail = '{\"edited\": true}' WHERE seq = ?", (seq,))
    rechain(db)
    copy.close(db)
    return "another history"


def cut_off(copy: TamperedCopy, dice: random.Random) -> str | None:
    """The last events go, with the rows that they wrote and with the ledger's own heads; heads.log is forgotten."""
    db = copy.open()
    _cut(db, dice)
    copy.close(db)
    return "which is cut off"


def cut_off_with_log(copy: TamperedCopy, dice: random.Random) -> str | None:
    """The same, with heads.log cut as well: only from outside can it be seen."""
    db = copy.open()
    last = _cut(db, dice)
    copy.close(db)
    log = copy.folder / LOG
    lines = [t for t in log.read_text().splitlines() if json.loads(t)["seq"] <= last]
    log.write_text("".join(f"{t}\n" for t in lines))
    copy.asks_heads = True
    return "which is cut off"


def rewritten_with_key(copy: TamperedCopy, dice: random.Random) -> str | None:
    """Who holds the key changes an event, computes all hashes anew and signs: the office above holds another head."""
    db = copy.open()
    seq = dice.randrange(2, count(db) + 1)
    db.execute("UPDATE events SET detail = '{\"edited\": true}' WHERE seq = ?", (seq,))
    rechain(db)
    db.execute("DELETE FROM heads")
    (copy.folder / LOG).unlink(missing_ok=True)
    heads = Heads(db, open_key(copy.folder / "keys" / "site.pem"))
    heads.sign(*db.execute("SELECT seq, at, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone())
    copy.close(db)
    heads.write_log(copy.ledger)
    copy.asks_heads = True
    return "another history"


def event_added(copy: TamperedCopy, dice: random.Random) -> str | None:
    """An event is added, with a hash that fits."""
    db = copy.open()
    last = db.execute("SELECT seq, at, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    event = (last[1], f"page{dice.random()}", "review", "note", "", "{}")
    db.execute(
        "INSERT INTO events (at, unit, step, outcome, key, detail, hash) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (*event, link(last[2], event, "")),
    )
    copy.close(db)
    return f"events {last[0] + 1} to "


def key_replaced(copy: TamperedCopy, dice: random.Random) -> str | None:
    """Another key is put in, and everything signed with it."""
    db = copy.open()
    db.execute("UPDATE events SET detail = '{\"edited\": true}' WHERE seq = ?", (dice.randrange(2, count(db) + 1),))
    rechain(db)
    db.execute("DELETE FROM heads")
    create_key(copy.folder / "keys" / "site.pem")
    heads = Heads(db, open_key(copy.folder / "keys" / "site.pem"))
    heads.sign(*db.execute("SELECT seq, at, hash FROM events ORDER BY seq DESC LIMIT 1").fetchone())
    copy.close(db)
    return "is not this office's key"


def _cut(db: sqlite3.Connection, dice: random.Random) -> int:
    """Take the last events away with all that tells of them. Returns the last that is left."""
    heads = [r[0] for r in db.execute("SELECT DISTINCT seq FROM heads ORDER BY seq")]
    # Back to the end of an earlier command, where a signature still fits.
    last = int(dice.choice(heads[:-1]) if len(heads) > 1 else heads[0])
    db.execute("DELETE FROM row_hashes WHERE seq > ?", (last,))
    db.execute("UPDATE history SET made = '' WHERE seq > ?", (last,))
    db.execute("DELETE FROM heads WHERE seq > ?", (last,))
    for table in COVERED:
        db.execute(
            f"DELETE FROM {table} WHERE {entry_name(table)} NOT IN (SELECT key FROM row_log WHERE tbl = ?)", (table,)
        )
    db.execute("DELETE FROM history WHERE seq > ?", (last,))
    db.execute("DELETE FROM standing")
    db.execute(
        "INSERT INTO state (unit, step, key, outcome, detail, seq) "
        "SELECT unit, step, key, outcome, detail, MAX(seq) FROM events GROUP BY unit, step"
    )
    return last


DEEDS = {
    f.__name__: f
    for f in (
        event_changed,
        events_swapped,
        events_rechained,
        event_added,
        cut_off,
        cut_off_with_log,
        rewritten_with_key,
        key_replaced,
    )
}
