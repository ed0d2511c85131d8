"""The ledger: nothing lost, nothing counted twice, nothing changed afterwards."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.errors import LedgerError
from digitize.workspace.ledger import Ledger


@pytest.fixture
def ledger(tmp_path):
    with Ledger.create(tmp_path / "ledger.sqlite") as made:
        yield made


def test_a_result_and_its_done_event_are_written_together(ledger):
    assert ledger.finish("p1", "read", "k1", {"text": "नमूना"})
    assert ledger.result("p1", "read", "k1") == {"text": "नमूना"}
    assert ledger.is_done("p1", "read", "k1")
    assert [e.outcome for e in ledger.events("p1")] == ["done"]


def test_work_finished_twice_counts_once(ledger):
    ledger.finish("p1", "read", "k1", {"n": 1})
    assert not ledger.finish("p1", "read", "k1", {"n": 2})
    assert ledger.result("p1", "read", "k1") == {"n": 1}
    assert sum(e.outcome == "done" for e in ledger.events("p1")) == 1


def test_an_interrupted_transaction_leaves_nothing(ledger):
    class Killed(BaseException):
        pass

    with pytest.raises(Killed), ledger.writing():
        ledger.finish("p1", "read", "k1", {})
        raise Killed
    assert not ledger.is_done("p1", "read", "k1")
    assert ledger.events("p1") == []


def test_events_cannot_be_changed_or_removed(ledger):
    ledger.record_event("p1", "read", "done", key="k")
    for sql in ("UPDATE history SET unit = 2", "DELETE FROM history"):
        with pytest.raises(sqlite3.IntegrityError):
            ledger.execute(sql)


def test_verify_names_an_event_that_was_changed_behind_our_back(tmp_path):
    path = tmp_path / "ledger.sqlite"
    with Ledger.create(path) as ledger:
        for i in range(5):
            ledger.record_event(f"p{i}", "read", "done", key="k")
        assert ledger.verify() == 5
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER history_is_never_changed")
        db.execute("UPDATE history SET said = 0, detail = '{\"x\":1}' WHERE seq = 3")
    with Ledger(path) as ledger, pytest.raises(LedgerError, match="event 3"):
        ledger.verify()


def test_work_whose_inputs_come_back_is_taken_up_again(ledger):
    ledger.finish("p1", "decide", "old", {"v": 1})
    ledger.finish("p1", "decide", "new", {"v": 2})
    assert ledger.take_up("p1", "decide", "old")
    now = ledger.state("p1", "decide")
    assert (now.key, now.outcome) == ("old", "again")
    assert not ledger.take_up("p1", "decide", "never")


def test_a_living_owner_keeps_its_lease_and_a_dead_one_loses_it(ledger):
    from digitize.machine.system import process_name

    me, dead = process_name(), process_name().rsplit(":", 2)[0] + ":999999999:1.00"
    assert ledger.claim(["p1"], "read", dead) == ["p1"]
    assert ledger.claim(["p1"], "read", me) == ["p1"]
    assert ledger.claim(["p1"], "read", "elsewhere:1:1.00") == []
    ledger.finish("p1", "read", "k", {})
    assert ledger.claim(["p1"], "read", "elsewhere:1:1.00") == ["p1"]


def test_a_file_that_is_no_ledger_is_refused_with_the_next_step(tmp_path):
    path = tmp_path / "ledger.sqlite"
    path.write_bytes(b"not a database at all" * 100)
    with pytest.raises(LedgerError, match="restore a backup"):
        Ledger(path)


def test_a_ledger_of_a_newer_version_is_refused(tmp_path):
    path = tmp_path / "ledger.sqlite"
    Ledger.create(path).close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'format'")
    with pytest.raises(LedgerError, match="newer version"):
        Ledger(path)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xy"), st.booleans()), max_size=20))
def test_each_piece_of_work_is_done_at_most_once_whatever_the_order(tmp_path_factory, steps):
    with Ledger.create(tmp_path_factory.mktemp("l") / "ledger.sqlite") as ledger:
        for unit, key, fails in steps:
            if fails:
                ledger.fail(unit, "read", key, {"kind": "x", "message": "", "retry": True})
            else:
                ledger.finish(unit, "read", key, {"key": key})
        for unit in "abc":
            done = [e.key for e in ledger.events(unit) if e.outcome == "done"]
            assert len(done) == len(set(done))
        assert ledger.verify() >= 0


def test_a_lease_that_is_renewed_does_not_run_out(ledger, monkeypatch):
    from digitize.workspace.ledger.leases import LEASE_SECONDS
    from digitize.workspace.ledger_db import sqlite

    now = [1000.0]
    monkeypatch.setattr(sqlite.time, "time", lambda: now[0])
    ledger.claim(["p1"], "read", "far:1:1.00")
    now[0] += LEASE_SECONDS - 1
    ledger.renew("far:1:1.00")
    now[0] += 2
    assert ledger.claim(["p1"], "read", "near:1:1.00") == []
    now[0] += LEASE_SECONDS
    assert ledger.claim(["p1"], "read", "near:1:1.00") == ["p1"]
