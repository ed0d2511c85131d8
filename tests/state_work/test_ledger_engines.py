"""One contract for both engines of the ledger: what holds in the file holds in the database."""

import shutil
import sqlite3

import pytest

from digitize.machine.signing import create_key
from digitize.workspace.engines.covered import COVERED
from digitize.workspace.engines.where import LedgerAddress
from digitize.workspace.ledger import Ledger


@pytest.fixture(scope="module")
def ledgers_url(pg_server):
    """A database of this file's tests; each ledger is a schema of its own in it."""
    url = pg_server.create_database()
    yield url
    pg_server.drop_database(url)


@pytest.fixture(params=["sqlite", "postgres"])
def where(request, tmp_path, tmp_path_factory):
    (tmp_path / "keys").mkdir()
    public = create_key(tmp_path / "keys" / "site.pem")
    at = tmp_path / "ledger.sqlite"
    if request.param == "postgres":
        url = request.getfixturevalue("ledgers_url")
        at = LedgerAddress(url, f"ledger_{tmp_path.name[-40:].lower().replace('[', '_').strip(']')}", tmp_path)
    with Ledger.create(at) as ledger:
        ledger.record_event("wb-test", "init", "done", key=public)
    return at


@pytest.fixture
def ledger(where):
    with Ledger(where) as opened:
        yield opened


def test_a_result_and_done_are_one_transaction_and_count_once(ledger):
    assert ledger.finish("p1", "read", "k1", {"text": "नमूना"})
    assert not ledger.finish("p1", "read", "k1", {"n": 2})
    with pytest.raises(RuntimeError), ledger.writing():
        ledger.finish("p2", "read", "k1", {})
        raise RuntimeError
    assert ledger.result("p1", "read", "k1") == {"text": "नमूना"}
    assert [e.outcome for e in ledger.events("p1")] == ["done"] and ledger.events("p2") == []
    ledger.finish("p1", "read", "k2", {})
    assert ledger.take_up("p1", "read", "k1") and ledger.state("p1", "read").outcome == "again"
    ledger.verify()


@pytest.fixture(scope="module")
def table_done(digitize, samples, tmp_path_factory):
    """A workspace in which the sample table was taken in and run, its ledger in the file; not changed by tests."""
    place = tmp_path_factory.mktemp("moved") / "ws"
    digitize("init", "wb", place, "--site", "test")
    shutil.copy(samples / "legacy" / "stations.csv", place / "lists" / "stations.csv")
    digitize("intake", place, samples / "legacy" / "FIRMAST.DBF")
    digitize("run", place)
    return place


@pytest.fixture
def moved(digitize, table_done, tmp_path, pg_url):
    """A copy of it whose ledger lies in the database."""
    place = shutil.copytree(table_done, tmp_path / "ws")
    digitize("ledger", "move", place, "--to", pg_url)
    return place


def exported(digitize, place, to):
    digitize("export", place, "--out", to, "--all")
    return {p.name: p.read_bytes() for p in sorted(to.rglob("*")) if p.is_file()}


def rows_of(path):
    """All that a ledger's file holds but what moving and running it wrote."""
    with sqlite3.connect(path) as db:
        rows = {t: sorted(db.execute(f"SELECT * FROM {t}"), key=repr) for t in COVERED}
        rows["events"] = db.execute("SELECT * FROM events WHERE step NOT IN ('move', 'settings') ORDER BY seq").fetchall()
        return rows


def test_a_ledger_that_moved_and_came_back_is_what_it_was(digitize, table_done, moved, tmp_path):
    before = exported(digitize, table_done, tmp_path / "before")
    assert not (moved / "ledger.sqlite").exists() and (moved / "ledger.sqlite.moved-1").exists()
    assert exported(digitize, moved, tmp_path / "there") == before
    assert digitize.json("ledger", "verify", moved)["is_whole"]
    assert digitize.json("run", moved)["todo"] == {"read": 0, "map": 0, "check": 0, "load": 0}
    assert digitize.json("status", moved)["totals"] == digitize.json("status", table_done)["totals"]
    digitize("ledger", "move", moved, "--to", "sqlite")
    assert exported(digitize, moved, tmp_path / "back") == before
    assert digitize.json("ledger", "verify", moved)["is_whole"]
    assert rows_of(moved / "ledger.sqlite") == rows_of(table_done / "ledger.sqlite")
