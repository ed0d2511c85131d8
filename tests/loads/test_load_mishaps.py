"""What goes wrong around a load: each has its message, nothing is half done, and the same command goes on."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import polars as pl
import pytest
from pg import start_server
from test_loading import SETTINGS, firs

from digitize.errors import InputError, TargetRefused
from digitize.files.loading import parts as parts_module
from digitize.files.loading.load import LoadOptions, load_files
from digitize.files.loading.signed_receipts import remove_receipt, write_receipt
from digitize.targets.kind import Patience
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.setup import init_target
from digitize.targets.postgres.target import PostgresTarget
from digitize.targets.sqlite import SqliteTarget


@pytest.fixture(scope="module")
def server_to_stop():
    """A server of this file's own, and the database that is copied for each test."""
    from pg import binaries

    if os.environ.get("DIGITIZE_TEST_PG") or binaries() is None:
        pytest.skip("a server that may be stopped is needed")
    server = start_server()
    url = server.create_database()
    init_target(parse_address(url))
    yield server, url.rpartition("/")[2]
    server.stop()
    shutil.rmtree(server.folder, ignore_errors=True)


@pytest.fixture
def own_server(server_to_stop):
    """A server that may be stopped, and a target there that is this test's own."""
    server, made = server_to_stop
    # Also where the test before ended while it was stopped.
    server.stop()
    server.start()
    return server, parse_address(server.create_database(made))


def some(folder, count=60):
    return firs(folder, *((f"r{n:03}", {"police_station": f"S{n % 6}"}) for n in range(count)))


def rows(target):
    return target.run("SELECT (SELECT count(*) FROM iif1), (SELECT count(*) FROM iif1_acts)")


def test_the_first_connection_waits_for_a_server_that_starts(own_server):
    server, address = own_server
    server.stop()
    later = threading.Timer(0.7, server.start)
    later.start()
    PostgresTarget(address).close()
    later.join()


def test_a_server_that_is_starting_up_is_waited_for_in_its_own_words(monkeypatch):
    """As it answers while it reads its log again after a crash."""
    listening = socket.create_server(("127.0.0.1", 0))
    asked = []

    def answer():
        while True:
            try:
                client, _ = listening.accept()
            except OSError:
                return
            with client:
                asked.append(client.recv(8))
                client.sendall(b"N")
                asked.append(client.recv(4096))
                words = b"SFATAL\0VFATAL\0C57P03\0Mthe database system is starting up\0\0"
                client.sendall(b"E" + (len(words) + 4).to_bytes(4, "big") + words)

    threading.Thread(target=answer, daemon=True).start()
    monkeypatch.setattr("digitize.targets.postgres.target._FIRST_PAUSE", 0.01)
    url = f"postgresql://u@127.0.0.1:{listening.getsockname()[1]}/x"
    with pytest.raises(TargetRefused, match="starting up"):
        PostgresTarget(parse_address(url), Patience(tries=3))
    assert len(asked) >= 6
    listening.close()


def test_a_name_that_is_wrong_is_told_at_once(pg_url, monkeypatch):
    monkeypatch.setattr("digitize.targets.postgres.target.time.sleep", lambda s: pytest.fail("waited"))
    with pytest.raises(TargetRefused, match="does not exist"):
        PostgresTarget(parse_address(f"{pg_url}x"))


def test_a_server_that_goes_away_between_two_batches_is_waited_for(own_server, tmp_path, monkeypatch):
    server, address = own_server
    folder, target = some(tmp_path / "in"), PostgresTarget(address)
    take, taken = PostgresTarget.take, []

    def stopping(self, batch, *, dry_run=False):
        if len(taken) == 2:
            server.stop()
            threading.Timer(0.5, server.start).start()
        taken.append(batch)
        return take(self, batch, dry_run=dry_run)

    monkeypatch.setattr(PostgresTarget, "take", stopping)
    done = load_files([folder], "iif1", target, SETTINGS, LoadOptions(size=10))
    assert (done.total("inserted") + done.total_before("inserted"), rows(target)) == (60, [(60, 60)])
    target.close()


def test_a_server_that_stays_away_is_told_and_the_same_command_goes_on(own_server, tmp_path, monkeypatch):
    server, address = own_server
    folder, target = some(tmp_path / "in"), PostgresTarget(address, Patience(tries=1))
    take, taken = PostgresTarget.take, []

    def stopping(self, batch, *, dry_run=False):
        if len(taken) == 2:
            server.stop()
        taken.append(batch)
        return take(self, batch, dry_run=dry_run)

    with monkeypatch.context() as patched:
        patched.setattr(PostgresTarget, "take", stopping)
        with pytest.raises(TargetRefused, match="Nothing was changed"):
            load_files([folder], "iif1", target, SETTINGS, LoadOptions(size=10))
    target.close()
    server.start()
    target = PostgresTarget(address)
    assert rows(target) == [(20, 20)]
    done = load_files([folder], "iif1", target, SETTINGS, LoadOptions(size=10))
    assert (done.total("read"), done.total("inserted"), done.total_before("read")) == (40, 40, 20)
    assert rows(target) == [(60, 60)]
    target.close()


def test_the_summary_after_a_break_counts_each_row_once(digitize, tmp_path):
    folder, out = some(tmp_path / "in", 30), tmp_path / "t.sqlite"
    target = SqliteTarget(out)
    take, taken = target.take, []

    def breaking(batch, *, dry_run=False):
        taken.append(batch)
        if len(taken) == 2:
            raise TargetRefused("gone")
        return take(batch, dry_run=dry_run)

    target.take = breaking
    with pytest.raises(TargetRefused):
        load_files([folder], "iif1", target, SETTINGS, LoadOptions(size=10))
    target.close()
    command = ["load", folder, "--target", out, "--batch-size", 10]
    assert rows(SqliteTarget(out)) == [(10, 10)]
    shutil.copy(out, tmp_path / "again.sqlite")
    told = digitize.json(*command)
    assert (told["inserted"], told["read"], told["before"]["inserted"], told["before"]["read"]) == (20, 20, 10, 10)
    command[3] = tmp_path / "again.sqlite"
    said = digitize(*command)
    assert "Loaded 20 records in 2 batches" in said
    assert "10 records in 1 batch were committed by an earlier load" in said and "Total: 30 records" in said


@pytest.mark.parametrize("how", ["appended", "same size", "replaced", "gone"])
@pytest.mark.parametrize("is_first", [False, True])
def test_a_file_that_changes_while_it_is_read_loads_nothing(postgres_target, tmp_path, monkeypatch, how, is_first):
    target = PostgresTarget(parse_address(postgres_target))
    folder = some(tmp_path / "in")
    path, before = folder / "iif1.csv", (folder / "iif1.csv").read_bytes()
    old = time.time() - 3600
    os.utime(path, (old, old))
    read = parts_module.take_rows

    def changing(*given):
        read(*given)
        if how == "appended":
            with path.open("ab") as f:
                f.write(before.split(b"\n")[1].replace(b"r000", b"r999") + b"\n")
        elif how == "same size":
            path.write_bytes(before.replace(b"r059", b"r959"))
            os.utime(path, (old, old))
        elif how == "replaced":
            path.with_suffix(".new").write_bytes(before.replace(b"r059", b"r959"))
            path.with_suffix(".new").replace(path)
        else:
            path.unlink()

    with monkeypatch.context() as patched:
        patched.setattr(parts_module, "take_rows", changing)
        with pytest.raises(InputError, match=r"iif1\.csv: (the file changed while it was read|cannot be read)"):
            load_files([folder], "iif1", target, SETTINGS, LoadOptions(size=10, is_first=is_first))
    assert target.run("SELECT (SELECT count(*) FROM iif1), (SELECT count(*) FROM loads)") == [(0, 0)]
    path.write_bytes(before)
    assert load_files([folder], "iif1", target, SETTINGS, LoadOptions(size=10)).total("inserted") == 60
    target.close()


def test_a_file_that_is_only_touched_while_it_is_read_is_loaded(tmp_path, monkeypatch):
    folder, target = some(tmp_path / "in"), SqliteTarget(tmp_path / "t.sqlite")
    read = parts_module.take_rows
    monkeypatch.setattr(parts_module, "take_rows", lambda *given: (read(*given), (folder / "iif1.csv").touch()))
    assert load_files([folder], "iif1", target, SETTINGS, LoadOptions()).total("inserted") == 60


def test_what_could_not_be_read_goes_in_before_all_else(tmp_path):
    folder, target = some(tmp_path / "in"), SqliteTarget(tmp_path / "t.sqlite")
    with (folder / "iif1.csv").open("ab") as f:
        f.write(b"c,\xff\xfe,x\n")
    done = load_files([folder], "iif1", target, SETTINGS, LoadOptions(size=10))
    assert "unreadable" in done.receipts[0].batch and done.total("inserted") == 60


_RUN = "import sys; from digitize.cli.app import run; sys.exit(run(sys.argv[1:]))"


def test_two_deliveries_of_one_station_at_once_both_end_and_each_key_is_given_once(postgres_target, tmp_path):
    folders = []
    for name in "xy":
        # Half of the numbers stand in both, under ids of their own.
        start = 0 if name == "x" else 100
        made = [{"record_id": f"{name}{n}", "state": "wb", "district": "Howrah", "police_station": f"S{n % 2}",
                 "year": "2009", "fir_no": str(n + 1), "fir_date": "2009-03-12"} for n in range(start, start + 200)]  # fmt: skip
        (tmp_path / name).mkdir()
        pl.DataFrame(made if name == "x" else made[::-1]).write_csv(tmp_path / name / "iif1.csv")
        folders.append(tmp_path / name)
    commands = [
        ["load", str(f), "--target", postgres_target, "--batch-size", "20", "--ignore", "L001"] for f in folders
    ]
    root = Path(__file__).parents[2]
    running = [
        subprocess.Popen([sys.executable, "-c", _RUN, *c], cwd=root, stdout=subprocess.DEVNULL) for c in commands
    ]
    assert [p.wait(300) for p in running] == [0, 0]
    target = PostgresTarget(parse_address(postgres_target))
    assert target.run("SELECT count(*), count(DISTINCT (police_station, fir_no)) FROM iif1") == [(300, 300)]
    found = target.run("SELECT count(*), min(findings::text) FROM rejects")
    assert found[0][0] == 100 and "D002" in found[0][1]
    target.close()


@pytest.fixture
def small_disk(pg_server):
    """A database whose tables lie on a file system of 40 MB, and a file there that can make room."""
    if not pg_server.is_own or sys.platform != "linux" or not shutil.which("mount"):
        pytest.skip("a small file system can be mounted by root on Linux only, for a server of our own")
    import tempfile
    from uuid import uuid4

    folder = Path(tempfile.mkdtemp(prefix="digitize-small-"))
    mount = ["mount", "-t", "tmpfs", "-o", "size=40m,mode=0755", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        folder.rmdir()
        pytest.skip("a small file system can be mounted by root on Linux only")
    folder.chmod(0o755)
    (folder / "tables").mkdir()
    shutil.chown(folder / "tables", pg_server.user)
    name = f"t_{uuid4().hex[:12]}"
    pg_server.run(f"CREATE TABLESPACE {name} LOCATION '{folder / 'tables'}'")
    pg_server.run(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' TABLESPACE {name}")
    yield parse_address(pg_server.database_url(name)), folder / "ballast"
    pg_server.run(f"DROP DATABASE {name} WITH (FORCE)")
    pg_server.run(f"DROP TABLESPACE {name}")
    subprocess.run(["umount", str(folder)], check=True)
    folder.rmdir()


def test_a_disk_that_fills_on_the_server_is_told_and_with_room_the_same_command_goes_on(small_disk, tmp_path):
    address, ballast = small_disk
    init_target(address)
    free = shutil.disk_usage(ballast.parent).free
    ballast.write_bytes(b"x" * (free - (2 << 20)))
    folder = firs(tmp_path / "in", *((f"r{n:04}", {"narrative": os.urandom(1500).hex()}) for n in range(1200)))
    target = PostgresTarget(address)
    with pytest.raises(TargetRefused, match="disk is full.*same command again"):
        load_files([folder], "iif1", target, SETTINGS, LoadOptions(size=200))
    ((held, acts),) = rows(target)
    assert held == acts and held % 200 == 0 and held < 1200
    ballast.unlink()
    done = load_files([folder], "iif1", target, SETTINGS, LoadOptions(size=200))
    assert (done.total("inserted"), done.total_before("inserted")) == (1200 - held, held)
    assert rows(target) == [(1200, 1200)]
    target.close()


def test_the_same_call_again_is_known_without_reading_the_rules(postgres_target, tmp_path):
    """What costs is importing polars and the rules: a call that the target knows needs neither."""
    folder = some(tmp_path / "in")
    told = (
        "import sys; from digitize.cli.app import run; code = run(sys.argv[1:]); "
        "print([m for m in ('polars', 'numpy', 'mappers.schema', 'validators.rulebook.rule') if m in sys.modules]); sys.exit(code)"
    )

    def call(*more):
        command = [sys.executable, "-c", told, "load", str(folder), "--target", postgres_target, *more]
        done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, check=True)
        return done.stdout.splitlines()

    assert "60 new" in call()[0]
    said, stands, compare, imported = call()
    assert said.startswith("Nothing to do") and imported == "[]"
    assert stands.startswith("60 records were read then: 60 new") and "digitize reconcile" in compare
    # Under other rules, another content or after an undoing it is another call.
    assert "60 as before" in call("--ignore", "L001")[0]
    with (folder / "iif1.csv").open("a") as f:
        f.write("r900,wb,Howrah,S9,2009,2009-03-12,900\n")
    with (folder / "iif1_acts.csv").open("a") as f:
        f.write("r900,1,IPC,379\n")
    assert "1 new" in call()[0]
    target = PostgresTarget(parse_address(postgres_target))
    batch = target.run("SELECT batch FROM loads WHERE (receipt ->> 'inserted')::int = 1")[0][0]
    target.undo(batch, "test")
    assert "1 new" in call()[0]
    target.close()


def test_a_file_that_changed_since_the_call_was_named_is_not_taken_for_it(tmp_path):
    from digitize.files.loading.load_call import name_call

    folder, target = some(tmp_path / "in"), SqliteTarget(tmp_path / "t.sqlite")
    call = name_call([folder], "iif1", {"ignore": ""})
    path = folder / "iif1.csv"
    path.write_bytes(path.read_bytes().replace(b"r059", b"r959"))
    load_files([folder], "iif1", target, SETTINGS, LoadOptions(call=call))
    assert target.run("SELECT source ->> 'call' FROM loads WHERE source ->> 'is_whole'") == [(None,)]
    assert name_call([tmp_path / "none.csv"], "iif1", {}).key == ""


def test_a_load_that_is_made_once_more_has_the_newer_receipt(tmp_path):
    """A batch that is again what it was two loads before has the id of that load."""
    texts = [json.dumps({"batch": "b1", "load": "0123456789abcdef", "inserted": n}) for n in (56, 0)]
    write_receipt(tmp_path, texts[0], "signed")
    remove_receipt(tmp_path, "b1", "0123456789abcdef")
    write_receipt(tmp_path, texts[1], "signed")
    (file,) = (tmp_path / "receipts").glob("*")
    assert json.loads(file.read_text(encoding="utf-8"))["receipt"]["inserted"] == 0
