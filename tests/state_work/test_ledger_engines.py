"""One contract for both engines of the ledger: what holds in the file holds in the database."""

import multiprocessing
import os
import shutil
import signal
import sqlite3
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parent.parent.parent))

from digitize.errors import DiskFull, InputError, LeaseLost, LedgerAway, LedgerError, OptionsError  # noqa: E402
from digitize.machine.signing import create_key  # noqa: E402
from digitize.machine.system import is_dead, process_name  # noqa: E402
from digitize.workspace.integrity import move_ledger  # noqa: E402
from digitize.workspace.ledger import Ledger  # noqa: E402
from digitize.workspace.ledger.lots import Lots, Work  # noqa: E402
from digitize.workspace.ledger.opening import connect  # noqa: E402
from digitize.workspace.ledger.record_sql import groups_of  # noqa: E402
from digitize.workspace.ledger.records import Records  # noqa: E402
from digitize.workspace.ledger_db.address import LedgerAddress, ledger_address  # noqa: E402
from digitize.workspace.ledger_db.watched_tables import COVERED  # noqa: E402
from digitize.workspace.place import create, open_place  # noqa: E402


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
        rows["events"] = db.execute(
            "SELECT * FROM events WHERE step NOT IN ('move', 'settings') ORDER BY seq"
        ).fetchall()
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


def test_a_late_worker_finds_the_fence_closed(where):
    with Ledger(where) as early, Ledger(where) as late:
        works = [Work(f"p{i}", "k") for i in range(4)]
        lots, others = Lots(late, "read"), Lots(early, "read")
        lot = lots.claim(iter(works), 3)
        assert lot.units == ("p0", "p1", "p2")
        assert others.claim(works, 9).units == ("p3",)
        # Its machine was silent: the lease of one unit ran out and was taken over, and that of another was finished.
        late.execute("UPDATE leases SET until = 0 WHERE unit <> 'p0' AND owner = ?", (lot.token,))
        taken = others.claim(works, 1)
        assert taken.units == ("p1",)
        assert others.record(taken, lambda held: early.finish("p1", "read", "k", {"by": "early"}))
        assert lots.renew(lot) == {"p0", "p2"}
        with pytest.raises(LeaseLost):
            lots.record(lot, lambda held: [late.finish(u, "read", "k", {"by": "late"}) for u in lot.units])
        assert late.events("p0") == []
        lots.record(lot, lambda held: [late.finish(u, "read", "k", {"by": "late"}) for u in sorted(held)])
        assert late.result("p1", "read", "k") == {"by": "early"}
        # What was finished is not given out again; who holds nothing any more can write nothing.
        assert lots.claim(works, 9) is None
        with pytest.raises(LeaseLost):
            lots.record(lot, lambda held: None)
        with pytest.raises(LeaseLost):
            lots.renew(lot)
        early.verify()
        heads = [h.seq for h in early.heads()]
    assert len(heads) <= 3  # one of each command, however many events it wrote


def test_leases_go_by_the_clock_that_all_share_and_a_dead_owner_here_is_known_at_once(where, monkeypatch):
    import time

    me = process_name()
    host, _, _ = me.rsplit(":", 2)
    with Ledger(where) as one, Ledger(where) as two:
        assert one.claim(["p1"], "read", f"{host}:999999999:1.00#1") == ["p1"]
        assert one.claim(["p1"], "read", me) == ["p1"]
        assert one.claim(["p2"], "read", "far/1-1.1:1:1.00") == ["p2"]
        if not isinstance(where, Path):
            # This machine is an hour ahead: nothing of it reaches the leases or the events.
            real = time.time
            monkeypatch.setattr(time, "time", lambda: real() + 3600)
        assert two.claim(["p2"], "read", me) == []
        two.finish("p3", "read", "k", {})
        assert abs((datetime.fromisoformat(two.events("p3")[0].at) - datetime.now(UTC)).total_seconds()) < 600
        # A machine of the same name that was started anew: its processes of before are gone. Another's are not known.
        began, other = host.rpartition(".")[0] + ".00000000", host.replace("/", "/9", 1)
        assert is_dead(f"{began}:1:1.00") and not is_dead(f"{other}:999999999:1.00")


def _works(where, name, ready):
    """A process that claims and records until nothing is left; every key is offered by all of them."""
    with Ledger(where) as ledger:
        lots = Lots(ledger, "read")
        ready.wait()
        while lot := lots.claim((Work(f"p{i}", "k") for i in range(60)), 7):
            lots.record(lot, lambda held: [ledger.finish(u, "read", "k", {"by": name}) for u in sorted(held)])


def test_many_writers_make_one_chain_and_each_piece_of_work_counts_once(where):
    ready = threading.Barrier(4)
    writers = [threading.Thread(target=_works, args=(where, n, ready)) for n in range(4)]
    for w in writers:
        w.start()
    for w in writers:
        w.join()
    with Ledger(where) as ledger:
        assert ledger.verify() == ledger.execute("SELECT MAX(seq) FROM events").fetchone()[0]
        done = ledger.rows("SELECT unit FROM events WHERE outcome = 'done' AND step = 'read'")
        assert len(done) == 60 and ledger.rows("SELECT 1 FROM leases") == []


def _dies(where):
    with Ledger(where) as ledger:
        lots = Lots(ledger, "read")
        lot = lots.claim([Work(f"p{i}", "k") for i in range(3)], 3)

        def write(held):
            ledger.finish("p0", "read", "k", {})
            ledger.finish("p1", "read", "k", {})
            os.kill(os.getpid(), signal.SIGKILL)

        lots.record(lot, write)


def test_a_worker_killed_amid_a_lot_leaves_nothing_and_its_work_is_taken_up(where):
    child = multiprocessing.get_context("spawn").Process(target=_dies, args=(where,))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    with Ledger(where) as ledger:
        assert ledger.events("p0") == []
        assert Lots(ledger, "read").claim([Work("p0", "k"), Work("p1", "k")], 9).units == ("p0", "p1")
        ledger.verify()


FINISHED = ("p1", "read", "k")
GRANTS = (
    "GRANT USAGE ON SCHEMA ledger_wb TO {role}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ledger_wb TO {role}",
)  # as docs/ledger.md gives them
TAMPERINGS = {
    "a row": ("UPDATE outputs SET data = 'x' WHERE seq = 2", "results p1 read k was changed"),
    "a row gone": ("DELETE FROM outputs WHERE seq = 2", "results p1 read k is gone"),
    "a name": ("UPDATE units SET name = 'p9' WHERE name = 'p1'", "was changed after it was written"),
    "a row more": ("INSERT INTO volumes (volume, label) VALUES (9, 'x')", "volumes 9 was added"),
    "an event": (
        "UPDATE history SET said = 0, detail = '{\"a\": 1}' WHERE seq = 2",
        "was changed after it was written",
    ),
    "the end": ("DELETE FROM history WHERE seq = 3", "cut off"),
    "state": ("UPDATE standing SET outcome = 'failed' WHERE seq = 2", "does not match the newest event"),
}


@pytest.mark.parametrize("name", TAMPERINGS)
def test_every_tampering_is_named_in_both(where, name):
    with Ledger(where) as ledger:
        ledger.finish(*FINISHED, {"a": 1})
        ledger.finish("p2", "read", "k", {})
    sql, told = TAMPERINGS[name]
    by_another_program(where, sql)
    with Ledger(where) as ledger:
        assert [c for c in ledger.changes() if told in c.line()], [c.line() for c in ledger.changes()]


def by_another_program(where, *statements):
    """As one would who has the database, and hides the guards' absence afterwards."""
    if isinstance(where, Path):
        with sqlite3.connect(where) as db:
            guards = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
            for name, _ in guards:
                db.execute(f"DROP TRIGGER {name}")
            for statement in (*statements, *(sql for _, sql in guards)):
                db.execute(statement)
        return
    with psycopg.connect(where.url) as db:
        db.execute(f"SET search_path TO {where.schema}")
        db.execute("SET session_replication_role = replica")
        for statement in statements:
            db.execute(statement)


def test_what_grows_is_never_changed_and_guards_that_are_off_are_named(where):
    with Ledger(where) as ledger:
        ledger.finish(*FINISHED, {"a": 1})
        ledger.execute("INSERT INTO volumes (volume, label) VALUES (1, 'x')")
        for sql in (
            "UPDATE history SET unit = 2",
            "DELETE FROM row_hashes",
            "DELETE FROM history",
            "DELETE FROM units",
        ):
            with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)):
                ledger.execute(sql)
        assert list(ledger.changes()) == []
    if isinstance(where, Path):
        return  # tested with the other tamperings of the file
    by_another_program(
        where, "ALTER TABLE history DISABLE TRIGGER history_is_never_changed", "DROP INDEX records_by_unit",
        "CREATE OR REPLACE FUNCTION note_results() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "CREATE RULE quiet AS ON DELETE TO findings DO INSTEAD NOTHING",
    )  # fmt: skip
    with Ledger(where) as ledger:
        told = [c.line() for c in ledger.changes()]
    assert "rule quiet on findings was added" in told.pop(2)
    assert len(told) == 3 and "switched off" in told[1] and "function note_results was changed" in told[2]


def test_groups_of_a_station_and_year_are_not_looked_for_among_all_names(ledger):
    names = ["wb|Kalpana|Mill|1984", "wb|x|MILL|1984", "wb|Kalpana|Mill|1985", "wb|x|Mühle|84", "record s|Mill|1984"]
    with ledger.writing():
        for name in (*names, "1984", "Mill"):
            ledger.number("names", name)
    records = Records(ledger)
    assert records.groups_ending(["|mill|1984"]) == sorted(names[:2])
    assert records.groups_ending(["|Mill|1985", "|mill|1984"]) == sorted(names[:3])
    assert records.groups_ending(["|MÜHLE|84"]) == [names[3]]
    sql, values = groups_of(["|mill|1984"], is_narrow=True)
    assert {r["grp"] for r in ledger.rows(sql, values)} == {"1984", *names[:2]}
    if isinstance(ledger.path, Path):
        plan = [r["detail"] for r in ledger.rows(f"EXPLAIN QUERY PLAN {sql}", values)]
        assert plan == ["SEARCH g USING INDEX names_by_end (<expr>=?)"]
    else:
        ledger.execute("SET enable_seqscan = off")
        plan = "\n".join(r[0] for r in ledger.rows(f"EXPLAIN {sql}", values))
        assert "names_by_end" in plan


def test_a_result_that_was_changed_or_is_told_of_no_more_is_named(where):
    with Ledger(where) as ledger:
        ledger.finish(*FINISHED, {"a": 1})
        ledger.finish("p2", "read", "k", {"b": 2})
        assert list(ledger.changes()) == []
        with pytest.raises((sqlite3.IntegrityError, psycopg.IntegrityError)), ledger.writing():
            ledger.record_event("p2", "read", "done", key="k")
        first, second = (r["seq"] for r in ledger.rows("SELECT seq FROM events WHERE step = 'read' ORDER BY seq"))
    by_another_program(
        where,
        f"UPDATE outputs SET data = 'x' WHERE seq = {first}",
        f"UPDATE history SET made = '' WHERE seq = {second}",
    )
    with Ledger(where) as ledger:
        told = "\n".join(c.line() for c in ledger.changes())
    assert "results p1 read k was changed" in told and "results p2 read k was added" in told


def test_an_index_that_no_longer_forbids_a_second_done_is_named(where):
    with Ledger(where) as ledger:
        ledger.finish(*FINISHED, {"a": 1})
    columns = "ON history (unit, step, key)"
    by_another_program(where, "DROP INDEX events_finished_once", f"CREATE INDEX events_finished_once {columns}")
    with Ledger(where) as ledger:
        assert [c.where for c in ledger.changes()] == ["index events_finished_once"]


def test_a_table_of_a_database_that_forbids_less_is_named(ledgers_url, tmp_path):
    address = ledger_address(ledgers_url, "weaker", tmp_path)
    Ledger.create(address).close()
    with psycopg.connect(ledgers_url, autocommit=True) as db:
        db.execute(f"ALTER TABLE {address.schema}.units DROP CONSTRAINT units_name_key")
        db.execute(f"ALTER TABLE {address.schema}.history DROP CONSTRAINT history_outcome_check")
        with Ledger(address) as ledger:
            assert [c.where for c in ledger.changes()] == ["table history", "table units"]
        db.execute(f"DROP VIEW {address.schema}.events")
        with Ledger(address) as ledger:
            assert "view events" in {c.where for c in ledger.changes()}


def test_a_database_that_is_started_again_costs_a_try_and_nothing_else(pg_server, pg_url, tmp_path):
    if not pg_server.is_own:
        pytest.skip("the server of the tests runs by itself")
    with Ledger.create(LedgerAddress(pg_url, "ledger_wb", tmp_path)) as ledger:
        lots, tried = Lots(ledger, "read"), []
        lot = lots.claim([Work(f"p{i}", "k") for i in range(3)], 3)

        def write(held):
            tried.append(len(held))
            for unit in sorted(held):
                ledger.finish(unit, "read", "k", {"text": "क" * 100})
            if len(tried) == 1:
                pg_server.stop()  # as in a crash, amid the transaction
                threading.Timer(0.3, pg_server.start).start()

        lots.record(lot, write)
        assert tried == [3, 3]
        assert ledger.verify() == 3
        pg_server.stop()
        pg_server.start()
        # Who only reads, or begins anew, notices nothing.
        assert ledger.is_done("p1", "read", "k")
        assert ledger.claim(["p9"], "read", "far/1-1.1:1:1.00") == ["p9"]
        with pytest.raises(LedgerAway, match="Recorded work is saved"), ledger.writing():
            ledger.finish("p4", "read", "k", {})
            pg_server.stop()
            pg_server.start()
        assert ledger.state("p4", "read") is None
    pg_server.stop()
    try:
        with pytest.raises(LedgerAway) as said:
            Ledger(LedgerAddress(pg_url, "ledger_wb", tmp_path))
        assert "postgres@" not in str(said.value)
    finally:
        pg_server.start()


def test_a_database_is_backed_up_into_a_file_and_restored_from_it(digitize, moved, tmp_path):
    before = digitize.json("status", moved)["totals"]
    root = digitize.json("ledger", "verify", moved)["root_hash"]
    assert digitize.json("ledger", "backup", moved, tmp_path / "copy.sqlite")["root_hash"] == root
    with Ledger(open_place(moved).ledger) as ledger:
        ledger.record_event("p1", "read", "note")
    digitize("ledger", "compact", moved)
    with Ledger(open_place(moved).ledger) as open_meanwhile:
        open_meanwhile.record_event("p2", "read", "note")
        said = digitize("ledger", "restore", moved, tmp_path / "copy.sqlite", "--reason", "bad day", "--operator", "A")
        # Who had it open goes on in what is the ledger now, and signs it as a command of its own.
        open_meanwhile.record_event("p3", "read", "note")
    said = said.replace("3 later events", "2 later events")
    assert "2 later events are not in it" in said and "_before_1" in said
    told = digitize.json("ledger", "verify", moved)
    assert told["is_whole"] and [c["is_remark"] for c in told["changes"]] == [True] * len(told["changes"])
    assert digitize.json("status", moved)["totals"] == before


def test_a_backup_of_version_0_2_0_is_restored_into_a_database(digitize, place_of_0_2_0, pg_url, tmp_path):
    place, old = place_of_0_2_0, tmp_path / "copy.sqlite"
    shutil.copy(place / "ledger.sqlite", old)
    before = digitize.json("status", place)["totals"]
    digitize("run", place)
    digitize("ledger", "move", place, "--to", pg_url)
    digitize("ledger", "restore", place, old, "--reason", "bad day", "--operator", "A")
    assert digitize.json("ledger", "verify", place)["is_whole"]
    assert digitize.json("status", place)["totals"] == before


def test_a_move_takes_away_only_a_copy_of_what_is_here(table_done, tmp_path):
    place = shutil.copytree(table_done, tmp_path / "ws")
    shutil.copy(place / "ledger.sqlite", tmp_path / "copy.sqlite")
    with sqlite3.connect(tmp_path / "copy.sqlite") as db:
        db.execute("INSERT INTO meta VALUES ('arriving', '1')")
    shutil.copy(tmp_path / "copy.sqlite", tmp_path / "worked.sqlite")
    with Ledger(tmp_path / "worked.sqlite", key=place / "keys" / "site.pem") as worked:
        worked.record_event("p1", "read", "note")
    with connect(place / "ledger.sqlite") as source:
        with pytest.raises(InputError, match="exists already"):
            move_ledger._remove_leftovers(tmp_path / "worked.sqlite", source)
        move_ledger._remove_leftovers(tmp_path / "copy.sqlite", source)
    assert not (tmp_path / "copy.sqlite").exists() and (tmp_path / "worked.sqlite").exists()


@pytest.mark.parametrize(
    ("at", "back"),
    [
        ("after copying", False),
        ("_require_whole", True),
        ("write_address", False),
        ("after write_address", False),
        ("after write_address", True),
    ],
)
def test_a_move_that_is_interrupted_changed_nothing_or_all(
    digitize, table_done, tmp_path, pg_url, monkeypatch, at, back
):
    place = shutil.copytree(table_done, tmp_path / "ws")
    before = digitize.json("status", place)["totals"]
    if back:
        digitize("ledger", "move", place, "--to", pg_url)
    to = "sqlite" if back else pg_url

    class Killed(BaseException):
        pass

    def killed(*given):
        if at.startswith("after"):
            own(*given)
        raise Killed

    open_before = Ledger(open_place(place).ledger)
    with monkeypatch.context() as m, pytest.raises(Killed):
        name = {"after copying": "fill_file" if back else "copy_rows"}.get(at, at.removeprefix("after "))
        own = getattr(move_ledger, name)
        m.setattr(move_ledger, name, killed)
        move_ledger.move(open_place(place), to if to != "sqlite" else "")
    is_done = at == "after write_address"
    with pytest.raises(LedgerError, match="is being moved"):
        open_before.record_event("p1", "read", "note")
    open_before.close()
    assert isinstance(open_place(place).ledger, Path) == (back == is_done)
    assert digitize.json("status", place)["totals"] == before
    assert digitize.json("ledger", "verify", place)["is_whole"]
    if at == "write_address":
        # Told to stay where it is, what was broken off is taken back, and the ledger is worked with.
        digitize("ledger", "move", place, "--to", "sqlite")
        with Ledger(place / "ledger.sqlite") as stays:
            stays.record_event("p1", "read", "note")
    # The same again does what is left; nobody wrote into the old one meanwhile.
    digitize("ledger", "move", place, "--to", to)
    digitize("ledger", "move", place, "--to", to, code=5)
    assert digitize.json("ledger", "verify", place)["is_whole"]


def test_a_role_that_only_works_cannot_switch_the_guards_off(pg_server, pg_url, tmp_path):
    where = LedgerAddress(pg_url, "ledger_wb", tmp_path)
    with Ledger.create(where) as ledger:
        ledger.finish(*FINISHED, {})
    role = f"worker_{pg_url.rpartition('_')[2]}"
    with psycopg.connect(pg_url, autocommit=True) as db:
        for statement in (f"CREATE ROLE {role} LOGIN", *(line.format(role=role) for line in GRANTS)):
            db.execute(statement)
    own = LedgerAddress(pg_server.database_url(psycopg.conninfo.conninfo_to_dict(pg_url)["dbname"], role), where.schema)
    with Ledger(own) as ledger:
        lots = Lots(ledger, "read")
        lots.record(lots.claim([Work("p2", "k")], 1), lambda held: ledger.finish("p2", "read", "k", {"a": 1}))
        assert ledger.verify() == 2 and ledger.can_write
        with pytest.raises(LedgerError, match="lacks a permission"):
            ledger.execute("ALTER TABLE history DISABLE TRIGGER USER")
        with pytest.raises(LedgerError, match="lacks a permission"):
            ledger.execute("TRUNCATE history")
    with psycopg.connect(pg_url, autocommit=True) as db:
        db.execute(f"REVOKE INSERT ON ALL TABLES IN SCHEMA {where.schema} FROM {role}")
    with Ledger(own) as ledger:
        assert not ledger.can_write and ledger.verify() == 2
    with psycopg.connect(pg_url, autocommit=True) as db:
        db.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


@pytest.mark.parametrize(
    ("error", "kind", "told"),
    [
        (psycopg.errors.LockNotAvailable("x"), LedgerError, "in use by another program"),
        (psycopg.errors.DiskFull("x"), DiskFull, "No room left"),
        (psycopg.errors.AdminShutdown("x"), LedgerAway, "Recorded work is saved"),
        (psycopg.errors.DeadlockDetected("x"), LedgerAway, "Recorded work is saved"),
        (psycopg.errors.IdleInTransactionSessionTimeout("x"), LedgerAway, "Recorded work is saved"),
        (psycopg.OperationalError("server closed the connection"), LedgerAway, "closed the connection"),
        (psycopg.errors.InsufficientPrivilege("x"), LedgerError, "lacks a permission"),
        (psycopg.errors.ReadOnlySqlTransaction("x"), LedgerError, "is read-only"),
        (psycopg.errors.UndefinedTable("x"), LedgerError, "has no ledger"),
        (psycopg.errors.StringDataRightTruncation("the value Geheim"), LedgerError, "error 22001"),
    ],
)
def test_what_the_database_says_is_told_with_the_next_step_and_without_values(error, kind, told, tmp_path):
    from digitize.workspace.ledger_db.postgres import plain_errors

    with pytest.raises(kind, match=told) as said, plain_errors(LedgerAddress("postgresql://kala@h/d", "ledger_wb")):
        raise error
    assert type(said.value) is kind and "Geheim" not in str(said.value) and "kala" not in str(said.value)


@pytest.mark.parametrize("schema", ["public", "pg_catalog", "x; drop"])
def test_a_ledger_never_lies_in_a_schema_of_all(schema):
    with pytest.raises(OptionsError):
        ledger_address("postgresql://h/d", "wb", None, schema)


def test_a_password_stands_in_no_place(digitize, table_done, tmp_path):
    place = shutil.copytree(table_done, tmp_path / "ws")
    for url in ("postgresql://a:geheim@h/d", "postgresql://h/d?password=geheim"):
        with pytest.raises(OptionsError) as said:
            move_ledger.move(open_place(place), url)
        assert "geheim" not in str(said.value)
    toml = place / "digitize.toml"
    toml.write_text(toml.read_text().replace("# ledger =", "ledger = 'postgresql://a:geheim@h/d' #"))
    with pytest.raises(OptionsError) as said:
        open_place(place)
    assert "geheim" not in str(said.value)


def test_a_role_that_is_not_there_is_told_with_the_statements_that_create_it(digitize, pg_url, tmp_path):
    url = pg_url.replace("postgres@", 'new"clerk@')
    with pytest.raises(LedgerError, match='the server runs, but has no role new"clerk. Nothing was recorded') as said:
        create("wb", tmp_path / "ws", "sample", url)
    assert not (tmp_path / "ws").exists() and not isinstance(said.value, LedgerAway)
    statements = str(said.value).split("creates it with: ")[1].split(" Then run")[0]
    database = pg_url.rsplit("/", 1)[1]
    assert statements == (f'CREATE ROLE "new""clerk" LOGIN; GRANT CREATE ON DATABASE "{database}" TO "new""clerk";')
    with psycopg.connect(pg_url, autocommit=True) as db:
        db.execute(statements.encode())
    try:
        digitize("init", "wb", tmp_path / "ws", "--site", "sample", "--ledger", url)
    finally:
        with psycopg.connect(pg_url, autocommit=True) as db:
            db.execute(b'DROP OWNED BY "new""clerk"; DROP ROLE "new""clerk"')
    with pytest.raises(LedgerError, match=r'has no database nowhere.*CREATE DATABASE "nowhere"; GRANT'):
        create("wb", tmp_path / "other", "sample", f"{pg_url.rsplit('/', 1)[0]}/nowhere")
