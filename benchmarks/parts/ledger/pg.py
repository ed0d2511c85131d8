"""The same ledger in PostgreSQL: copied there row by row, so that both engines are asked the same of the same."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from digitize.records.export import export
from digitize.workspace.integrity.move_ledger import move, write_address
from digitize.workspace.ledger.opening import connect_to_read
from digitize.workspace.ledger.schema import DDL
from digitize.workspace.ledger.transfer import copy_rows
from digitize.workspace.ledger_db import LedgerAddress
from digitize.workspace.ledger_db.postgres import DatabaseEngine, making
from digitize.workspace.ledger_db.watched_tables import COVERED
from digitize.workspace.place import LEDGER, Place, open_place


def in_database(place: Place, url: str) -> Place:
    """A workspace beside this one with the same ledger in a database; what was made before is used again."""
    folder = place.folder.with_name(f"{place.folder.name}-pg")
    done = folder / "in-database"
    if done.exists() and done.read_text() == url:
        return open_place(folder)
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(place.folder, folder, ignore=shutil.ignore_patterns(f"{LEDGER}*"))
    write_address(folder, url)
    made = open_place(folder)
    assert isinstance(made.ledger, LedgerAddress)
    with closing(connect_to_read(place.folder / LEDGER)) as source, making(made.ledger, DDL) as (db, _):
        copy_rows(source, db)
    done.write_text(url)
    return made


def kb_per_page(place: Place, pages: int) -> dict[str, float]:
    """The tables of the ledger with their indexes a page, and the same without what reading and mapping produced."""
    assert isinstance(place.ledger, LedgerAddress)
    with closing(DatabaseEngine(place.ledger)) as db:
        size = sum(
            int(db.execute("SELECT pg_total_relation_size(to_regclass(?))", (t,)).fetchone()[0]) for t in db.tables()
        )
        made = sum(
            int(db.execute(f"SELECT COALESCE(SUM(LENGTH(data)), 0) FROM {table}").fetchone()[0])
            for table in ("outputs", "record_rows")
        )
    return {
        "pg_kb_per_page": round((size - made) / 1000 / pages, 3),
        "pg_kb_per_page_all": round(size / 1000 / pages, 3),
    }


def moved_back_identical(place: Place, url: str) -> bool:
    """Whether a ledger that went into a database and came back exports the same bytes and holds the same rows."""
    folder = place.folder.with_name(f"{place.folder.name}-moved")
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(place.folder, folder)
    settings = folder / "digitize.toml"
    # The ledger of the other measures may lie in the same database.
    settings.write_text(settings.read_text().replace("\n[read]", '\nledger_schema = "ledger_moved"\n\n[read]', 1))
    before = _held(folder), _exported(folder)
    move(open_place(folder), url)
    there = _exported(folder)
    move(open_place(folder), "")
    found = (_held(folder), _exported(folder)) == before and there == before[1]
    shutil.rmtree(folder)
    return found


def _held(folder: Path) -> dict[str, list[tuple[object, ...]]]:
    with closing(sqlite3.connect(folder / LEDGER)) as db:
        rows = {t: sorted(db.execute(f"SELECT * FROM {t}"), key=repr) for t in COVERED}
        return {**rows, "events": db.execute("SELECT * FROM events WHERE step <> 'move' ORDER BY seq").fetchall()}


def _exported(folder: Path) -> dict[str, bytes]:
    to = folder / "exports" / "compared"
    shutil.rmtree(to, ignore_errors=True)
    export(open_place(folder), "csv", to, with_all=True)
    return {p.name: p.read_bytes() for p in sorted(to.rglob("*")) if p.is_file()}
