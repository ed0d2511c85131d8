"""PostgreSQL as a target: its tables and rights, what it refuses, and what happens when the connection is lost."""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from test_digitize_targets import L2, load, record

from digitize.errors import OptionsError, TargetRefused
from digitize.targets.kind import Patience
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.setup import check_target, init_target
from digitize.targets.postgres.tables import VERSION
from digitize.targets.postgres.target import PostgresTarget

SECRET = "geheim-7"


@pytest.fixture
def address(postgres_target):
    return parse_address(postgres_target)


@pytest.fixture
def roles(pg_server):
    """Makes roles that may log in, with nothing granted; they are gone afterwards."""
    made = []

    def make():
        made.append(f"r_{uuid4().hex[:12]}")
        pg_server.run(f"CREATE ROLE {made[-1]} LOGIN PASSWORD '{SECRET}'")
        return made[-1]

    yield make
    for role in made:
        pg_server.run(f"DROP ROLE IF EXISTS {role}")


def database(url):
    return url.rsplit("/", 1)[1]


def loaded(address):
    with psycopg.connect(address.url) as db:
        db.execute(f"SET search_path TO {address.schema}")
        return db.execute("SELECT (SELECT count(*) FROM iif1), (SELECT count(*) FROM loads)").fetchone()


def test_making_the_tables_twice_changes_nothing(address, pg_server):
    assert init_target(address) == []
    state = check_target(address)
    assert (state.version, state.is_current, list(state.altered)) == (VERSION, True, [])
    comment = "SELECT obj_description('cctns.iif1'::regclass), col_description('cctns.iif1'::regclass, 2)"
    assert all(pg_server.run(comment, database(address.url))[0])


def test_a_trial_of_making_them_prints_the_statements_and_makes_nothing(digitize, pg_url):
    assert "CREATE TABLE" in digitize("target", "init", pg_url, "--dry-run")
    assert "no tables" in str(refused(digitize, "target", "check", pg_url))
    digitize("target", "init", pg_url)
    assert digitize.json("target", "check", pg_url)["is_current"]


def refused(digitize, *arguments):
    from typer.testing import CliRunner

    from digitize.cli.app import build
    from digitize.exits import exit_code

    done = CliRunner().invoke(build(), [str(a) for a in arguments])
    assert exit_code(done.exception) == 8, done.output
    return done.exception


ALTERED = {
    "ALTER TABLE cctns.iif1 DROP COLUMN place": "column place is missing",
    "DROP VIEW cctns.record_fir; ALTER TABLE cctns.iif1 ALTER year TYPE integer": "column year is integer",
    "ALTER TABLE cctns.iif1_acts DROP CONSTRAINT iif1_acts_record": "constraint iif1_acts_record is missing",
    "DROP INDEX cctns.iif1_key": "index iif1_key is missing",
    "ALTER TABLE cctns.iif1 ADD CHECK (fir_no < 9)": "was added",
    "ALTER TABLE cctns.iif1 ADD more text NOT NULL": "column more was added",
    "DROP TABLE cctns.rejects": "table rejects is missing",
    "CREATE FUNCTION cctns.no() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'; "
    "CREATE TRIGGER eats BEFORE INSERT ON cctns.iif1 FOR EACH ROW EXECUTE FUNCTION cctns.no()": "trigger eats was added",
    "ALTER TABLE cctns.iif1 ALTER place SET DEFAULT 'here'": "column place has the default 'here'::text, not null",
    "CREATE RULE quiet AS ON INSERT TO cctns.iif1 DO INSTEAD NOTHING": "trigger quiet was added",
}


@pytest.mark.parametrize("statement", ALTERED, ids=range(len(ALTERED)))
def test_a_table_that_someone_altered_is_refused_before_anything_is_written(address, pg_server, digitize, statement):
    pg_server.run(statement, database(address.url))
    with pytest.raises(TargetRefused, match=ALTERED[statement]):
        PostgresTarget(address)
    assert ALTERED[statement] in str(refused(digitize, "target", "check", address.url))


def test_what_does_no_harm_is_no_alteration(address, pg_server):
    pg_server.run(
        "CREATE INDEX mine ON cctns.iif1 (place); ALTER TABLE cctns.iif1 ADD more text", database(address.url)
    )
    PostgresTarget(address).close()


def test_a_newer_version_is_refused(address, pg_server):
    pg_server.run("UPDATE cctns.meta SET value = '99' WHERE key = 'version'", database(address.url))
    with pytest.raises(TargetRefused, match="version 99"):
        PostgresTarget(address)
    with pytest.raises(TargetRefused, match="newer program"):
        init_target(address)


def test_an_older_schema_is_refused_until_it_is_brought_up_to_date(address, pg_server):
    """As an earlier program made it: a column, a table, a check and an index less, and one check of other words."""
    PostgresTarget(address).load(load(record(1)))
    name = database(address.url)
    (definition, catalogue) = (
        v for _, v in sorted(pg_server.run("SELECT * FROM cctns.meta", name)) if isinstance(v, dict)
    )
    catalogue, definition = sorted(
        (definition, catalogue), key=lambda d: "columns" in d["iif1"] and "comments" in d["iif1"]
    )
    del definition["iif1"]["columns"]["beat"], catalogue["iif1"]["columns"]["beat"]
    del definition["ncr_acts"], catalogue["ncr_acts"]
    del definition["iif1"]["indexes"]["iif1_load"], catalogue["iif1"]["indexes"]["iif1_load"]
    definition["iif1"]["constraints"]["iif1_years"] = "CHECK (year > 1)"
    catalogue["iif1"]["constraints"]["iif1_years"] = "CHECK ((year > 1))"
    pg_server.run(
        "ALTER TABLE cctns.iif1 DROP COLUMN beat; DROP TABLE cctns.ncr_acts; DROP INDEX cctns.iif1_load; "
        "ALTER TABLE cctns.iif1 DROP CONSTRAINT iif1_years; ALTER TABLE cctns.iif1 ADD CONSTRAINT iif1_years CHECK (year > 1)",
        name,
    )
    for key, value in (("definition", definition), ("catalogue", catalogue)):
        with psycopg.connect(address.url) as db:
            db.execute("UPDATE cctns.meta SET value = %s WHERE key = %s", (json.dumps(value), key))
    with pytest.raises(TargetRefused, match="older schema.*target init"):
        PostgresTarget(address)
    assert init_target(address)
    target = PostgresTarget(address)
    assert target.load(load(record(1, beat="4"), id=L2)).updated == 1
    assert check_target(address).is_current
    target.close()


def test_the_loading_role_can_load_and_nothing_else(address, pg_server, roles):
    loader = roles()
    own = parse_address(pg_server.database_url(database(address.url), loader))
    with pytest.raises(TargetRefused, match="permission denied.*--loader"):
        PostgresTarget(own)
    init_target(address, loader)
    target = PostgresTarget(own)
    assert target.load(load(record(1), record(2))).inserted == 2
    assert target.load(load(record(1, place="X"), id=L2)).withdrawn == 1
    for statement in (
        "DROP TABLE iif1",
        "ALTER TABLE iif1 ADD x int",
        "TRUNCATE iif1",
        "CREATE TABLE mine (x int)",
        "UPDATE meta SET value = '2'",
    ):
        with pytest.raises(TargetRefused, match=r"permission denied|must be owner"):
            target.run(statement)
    with pytest.raises(TargetRefused, match=r"permission denied|must be owner"):
        init_target(own, loader)
    target.close()
    init_target(address)
    pg_server.run(f"DROP OWNED BY {loader}", database(address.url))


def test_a_role_that_may_only_read_is_refused_with_the_next_step(address, pg_server, roles):
    reader = roles()
    pg_server.run(
        f"GRANT USAGE ON SCHEMA cctns TO {reader}; GRANT SELECT ON ALL TABLES IN SCHEMA cctns TO {reader}",
        database(address.url),
    )
    target = PostgresTarget(parse_address(pg_server.database_url(database(address.url), reader)))
    with pytest.raises(TargetRefused, match="permission denied.*Nothing was changed"):
        target.load(load(record(1)))
    target.close()
    pg_server.run(f"DROP OWNED BY {reader}", database(address.url))
    assert loaded(address) == (0, 0)


def test_a_database_that_only_lets_itself_be_read_is_refused(address, pg_server):
    pg_server.run(f"ALTER DATABASE {database(address.url)} SET default_transaction_read_only = on")
    target = PostgresTarget(address)
    with pytest.raises(TargetRefused, match="read-only"):
        target.load(load(record(1)))
    target.close()


def test_a_password_in_the_url_is_refused_and_not_repeated(digitize):
    url = f"postgresql://loader:{SECRET}@localhost/cctns"
    with pytest.raises(OptionsError, match="PGPASSWORD") as found:
        parse_address(url)
    assert SECRET not in str(found.value)
    digitize("target", "check", url, code=4)
    digitize("target", "check", f"postgresql://localhost/cctns?password={SECRET}", code=4)


def test_encryption_that_the_server_has_not_is_an_error_when_it_is_asked_for(pg_url):
    with pytest.raises(TargetRefused, match="does not support SSL"):
        init_target(parse_address(f"{pg_url}?sslmode=require"))


def test_a_database_that_is_not_utf8_is_refused(pg_server):
    name = f"t_{uuid4().hex[:12]}"
    pg_server.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'SQL_ASCII'")
    with pytest.raises(TargetRefused, match="UTF-8"):
        init_target(parse_address(pg_server.database_url(name)))
    pg_server.run(f"DROP DATABASE {name}")


def test_a_server_that_is_not_there_is_named_without_waiting_for_long():
    with pytest.raises(TargetRefused, match=r"127\.0\.0\.1:1/x"):
        init_target(parse_address("postgresql://u@127.0.0.1:1/x"))


def cut(pg_server, name):
    """Cut all connections to a database."""
    pg_server.run(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


def cutting_copy(monkeypatch, pg_server, times):
    """The connection is cut while rows are under way, so many times."""
    from digitize.targets.postgres.store import PostgresStore

    copy, left = PostgresStore.copy, [times]

    def cut_first(self, name, frame):
        if name == "iif1_acts" and left[0]:
            left[0] -= 1
            with self._db.cursor() as cursor, cursor.copy("COPY iif1_acts (record_id, line) FROM STDIN") as sent:
                sent.write("x\t")
                cut(pg_server, self._db.info.dbname)
                sent.write("1\n")
        copy(self, name, frame)

    monkeypatch.setattr(PostgresStore, "copy", cut_first)


def test_a_connection_lost_in_the_middle_is_taken_up_again(address, pg_server, monkeypatch):
    target = PostgresTarget(address)
    cutting_copy(monkeypatch, pg_server, 2)
    assert target.load(load(record(1), record(2))).inserted == 2
    assert loaded(address) == (2, 1)
    target.close()


def test_a_connection_lost_for_good_leaves_nothing_half_done(address, pg_server, monkeypatch):
    target = PostgresTarget(address, Patience(tries=2))
    cutting_copy(monkeypatch, pg_server, 9)
    with pytest.raises(TargetRefused, match="terminating connection|closed the connection"):
        target.load(load(record(1), record(2)))
    assert loaded(address) == (0, 0)
    target.close()


def test_a_commit_whose_answer_was_lost_is_recognised(address, pg_server, monkeypatch):
    """The server committed, and the client never heard of it."""
    from digitize.targets.postgres import target as module

    taken = module._take

    def take_and_lose(db, batch):
        receipt = taken(db, batch)
        if not receipt.repeated:
            db.execute("COMMIT")
            cut(pg_server, db.info.dbname)
            db.execute("SELECT 1")
        return receipt

    monkeypatch.setattr(module, "_take", take_and_lose)
    target = PostgresTarget(address)
    receipt = target.load(load(record(1), record(2)))
    assert (receipt.inserted, receipt.repeated) == (2, True)
    assert loaded(address) == (2, 1)
    target.close()


def test_a_lock_that_somebody_keeps_ends_in_a_refusal(address):
    with psycopg.connect(address.url) as other:
        other.execute("LOCK TABLE cctns.iif1 IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(TargetRefused, match="held a lock"):
            PostgresTarget(address, Patience(lock_seconds=0.1, tries=2)).load(load(record(1)))


def test_no_value_of_a_row_stands_in_a_refusal(address, pg_server):
    """Whatever the server complains of, its words may hold names."""
    pg_server.run(
        "ALTER TABLE cctns.iif1 ADD CONSTRAINT zz CHECK (place <> 'Zorabine') NOT VALID", database(address.url)
    )
    pg_server.run(  # the alteration is hidden, so that the load gets as far as the rows
        "UPDATE cctns.meta SET value = jsonb_set(value, '{iif1,constraints,zz}', to_jsonb((SELECT pg_get_constraintdef(oid) "
        "FROM pg_constraint WHERE conname = 'zz'))) WHERE key = 'catalogue'",
        database(address.url),
    )
    target = PostgresTarget(address)
    with pytest.raises(TargetRefused, match="zz") as found:
        target.load(load(record(1, place="Zorabine")))
    assert "Zorabine" not in str(found.value)
    target.close()


@pytest.fixture
def full_disk(pg_server):
    """A database whose tables lie on a file system of 24 MB."""
    if not pg_server.is_own or sys.platform != "linux" or not shutil.which("mount"):
        pytest.skip("a small file system can be mounted by root on Linux only, for a server of our own")
    folder = Path(tempfile.mkdtemp(prefix="digitize-small-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0755", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("a small file system can be mounted by root on Linux only")
    folder.chmod(0o755)
    place = folder / "tables"
    place.mkdir()
    shutil.chown(place, pg_server.user)
    name = f"t_{uuid4().hex[:12]}"
    pg_server.run(f"CREATE TABLESPACE {name} LOCATION '{place}'")
    pg_server.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' TABLESPACE {name}")
    yield parse_address(pg_server.database_url(name))
    pg_server.run(f"DROP DATABASE {name} WITH (FORCE)")
    pg_server.run(f"DROP TABLESPACE {name}")
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def test_a_full_disk_leaves_nothing_half_done(full_disk):
    init_target(full_disk)
    target = PostgresTarget(full_disk)
    target.load(load(record(1)))
    many = [record(n, narrative=uuid4().hex * 40) for n in range(2, 9000)]
    with pytest.raises(TargetRefused, match="disk is full|No space left"):
        target.load(load(*many, id=L2, batch="b2"))
    assert loaded(full_disk) == (1, 1)
    target.close()


def test_four_at_once_with_overlapping_data_lose_and_double_nothing(address):
    """Each loads the same records in another order, some of them with another content."""
    records = [record(n, district="H", police_station=f"S{n % 7}") for n in range(120)]
    faults = []

    def run(number):
        target = PostgresTarget(address, Patience(lock_seconds=20))
        try:
            for part in range(6):
                wanted = records[part * 20 :: 1][:30] if number % 2 else records[::-1][part * 20 :][:30]
                target.load(load(*wanted, id=f"{number:016x}{part:016x}", batch=f"w{number}p{part}"))
        except Exception as e:
            faults.append(e)
        finally:
            target.close()

    workers = [threading.Thread(target=run, args=(n,)) for n in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert not faults
    target = PostgresTarget(address)
    assert target.run("SELECT count(*), count(DISTINCT fir_no) FROM iif1") == [(120, 120)]
    assert target.run("SELECT count(*) FROM iif1_acts") == [(120,)]
    receipts = [r for (r,) in target.run("SELECT receipt FROM loads")]
    assert len(receipts) == 24
    assert all(r["read"] == r["inserted"] + r["updated"] + r["unchanged"] + r["rejected"] for r in receipts)
    assert sum(r["inserted"] for r in receipts) == 120
    target.close()
