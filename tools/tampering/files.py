"""Tamperings with files of a workspace and with its target."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path

from digitize.workspace.ledger.heads import LOG
from tools.tampering.copies import TamperedCopy


def trigger_dropped(copy: TamperedCopy, dice: random.Random) -> str | None:
    """What refuses changes goes."""
    db = sqlite3.connect(copy.ledger, isolation_level=None)
    name = dice.choice(db.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall())[0]
    db.execute(f"DROP TRIGGER {name}")
    db.close()
    return f"trigger {name} is gone"


def format_changed(copy: TamperedCopy, dice: random.Random) -> str | None:
    """The ledger says that it is of another format."""
    db = copy.open()
    found = dice.choice(("0", "-1", "99", "x", "1"))
    db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (found,))
    copy.close(db)
    return "format" if found != "x" else "no ledger"


def bytes_changed(copy: TamperedCopy, dice: random.Random) -> str | None:
    """Some bytes of the file. Where all that can be read of it stays the same, nothing was tampered with."""
    before = _dump(copy.ledger)
    data = bytearray(copy.ledger.read_bytes())
    for _ in range(8):
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    copy.ledger.write_bytes(data)
    return None if _dump(copy.ledger) == before else ""


def file_changed(copy: TamperedCopy, dice: random.Random) -> str | None:
    """An original, a receipt, a list, the threshold, the log of heads."""
    what = dice.choice(("originals", "receipts", "calibration.toml", "lists", LOG))
    place = copy.folder / what
    files = sorted(p for p in place.rglob("*") if p.is_file()) if place.is_dir() else [place]
    if not files:
        return None
    path = dice.choice(files)
    data = path.read_bytes() if path.exists() else b""
    if path.exists():
        path.chmod(0o600)
    spoilt = bytearray(data or b"#")
    spoilt[dice.randrange(len(spoilt))] ^= 1
    path.write_bytes(bytes(spoilt))
    return path.name[:12] if what == "originals" else path.name


def file_removed(copy: TamperedCopy, dice: random.Random) -> str | None:
    """An original, or the log of heads."""
    files = [p for p in copy.folder.glob("originals/**/*") if p.is_file()] + [copy.folder / LOG]
    path = dice.choice(sorted(files))
    path.unlink()
    return path.name[:12] if path.name != LOG else LOG


def target_changed(copy: TamperedCopy, dice: random.Random) -> str | None:
    """A record in the target, or the load in its book."""
    target = next(iter(copy.folder.glob("loaded/*.sqlite")), None)
    if target is None:
        return None
    db = sqlite3.connect(target, isolation_level=None)
    loads = db.execute("SELECT load_id FROM loads WHERE state = 'loaded'").fetchall()
    records = db.execute("SELECT record_id FROM iif1").fetchall()
    if dice.random() < 0.3 or not records:
        load = dice.choice(loads)[0]
        db.execute("UPDATE loads SET state = 'undone' WHERE load_id = ?", (load,))
        db.close()
        return f"load {load[:12]}"
    record = dice.choice(records)[0]
    db.execute("UPDATE iif1 SET fir_no = 'x' || coalesce(fir_no, '') WHERE record_id = ?", (record,))
    db.close()
    copy.asks_target_rows = True
    return str(record)


def _dump(path: Path) -> list[str] | None:
    """All that can be read of a database, None where it cannot be."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return list(db.iterdump())
    except (sqlite3.DatabaseError, UnicodeDecodeError):
        return None
    finally:
        db.close()


DEEDS = {
    f.__name__: f for f in (trigger_dropped, format_changed, bytes_changed, file_changed, file_removed, target_changed)
}
