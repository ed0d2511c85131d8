"""One contract for both engines of the ledger: what holds in the file holds in the database."""

import json
import multiprocessing
import threading

import pytest

from digitize.errors import LeaseLost, LedgerError
from digitize.machine.signing import create_key
from digitize.workspace.engines.where import LedgerAddress
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.lots import Lots, Work


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
