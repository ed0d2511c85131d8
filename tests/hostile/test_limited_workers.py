"""Workers that open files: what they may use, and that one that is lost is named."""

import os
import signal
import subprocess
import sys
import time

import pytest

from digitize.cli.sandboxed import run_sandboxed

linux = pytest.mark.skipif(sys.platform != "linux", reason="processes are copied on Linux alone")
_ALONE = """
import os, signal, socket, sys, time
from digitize.cli.sandboxed import run_sandboxed
from digitize.machine import limits
from digitize.machine.sandbox import note_file
def work(arguments):
{work}
sys.exit(run_sandboxed(work, {arguments!r}))
"""


def alone(tmp_path, *work, command="inspect"):
    path = tmp_path / "poison.csv"
    path.write_text("a,b\n")
    code = _ALONE.format(work="\n".join(f"    {line}" for line in work), arguments=[command, str(path)])
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


@linux
@pytest.mark.parametrize(
    ("work", "told"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", "poison.csv: broke the program that reads it (SIGSEGV)"),
        ("os.kill(os.getpid(), signal.SIGKILL)", "poison.csv: ended the program that reads it, perhaps out of memory"),
        ("os.kill(os.getpid(), signal.SIGXCPU)", "poison.csv: takes longer to read than any intact file"),
    ],
)
def test_a_file_that_ends_its_command_is_named_with_the_next_step(tmp_path, work, told):
    done = alone(tmp_path, work)
    assert done.returncode == 5 and told in done.stderr and "export it again" in done.stderr


@linux
def test_of_several_files_the_one_that_was_read_is_named_and_the_limits_hold(tmp_path):
    done = alone(
        tmp_path,
        "import resource",
        "print(resource.getrlimit(resource.RLIMIT_DATA)[0], resource.getrlimit(resource.RLIMIT_CPU)[0])",
        "try: socket.getaddrinfo('localhost', 80)",
        "except PermissionError: print('no network', flush=True)",
        "note_file('second.csv')",
        "os.abort()",
    )
    assert done.stdout.split("\n") == [f"{4 << 30} 61", "no network", ""]
    assert done.returncode == 5 and "Error: second.csv: broke" in done.stderr and "poison.csv" not in done.stderr


@linux
def test_a_command_ends_with_the_process_that_waits_for_it(tmp_path):
    code = _ALONE.format(work="    print(os.getpid(), flush=True); time.sleep(600)", arguments=["inspect", "x"])
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as waiting:
        copy = int(waiting.stdout.readline())
        waiting.send_signal(signal.SIGKILL)
        waiting.wait()
        # A process that nobody waits for any more is gone, or a husk that the system has not yet taken away.
        while os.path.exists(f"/proc/{copy}"):  # noqa: PTH110 - no path of a file
            with open(f"/proc/{copy}/stat") as f:  # noqa: PTH123
                if f.read().rpartition(")")[2].split()[0] == "Z":
                    break
            time.sleep(0.01)


@linux
@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, -15), (signal.SIGINT, 130)])
def test_a_signal_to_the_command_reaches_its_copy(number, code):
    # The signal may come as soon as the line is read: what it ends must be guarded before that.
    code_line = "    try: print(os.getpid(), flush=True); time.sleep(600)\n    except KeyboardInterrupt: return 130"
    code_text = _ALONE.format(work=code_line, arguments=["inspect", "x"])
    with subprocess.Popen([sys.executable, "-c", code_text], stdout=subprocess.PIPE, text=True) as waiting:
        waiting.stdout.readline()
        waiting.send_signal(number)
        assert waiting.wait() == code


def test_commands_that_open_no_file_of_others_run_where_they_are(tmp_path):
    (tmp_path / "digitize.toml").write_text("")
    for arguments in (["status", str(tmp_path)], ["load", str(tmp_path)], []):
        assert run_sandboxed(lambda given: os.getpid(), arguments) == os.getpid()


def asks(what):
    import socket

    try:
        return bytearray(what) and "given" if isinstance(what, int) else socket.getaddrinfo(what, 80) and "given"
    except (MemoryError, PermissionError):
        return "refused"


def dies(job):
    yield "first"
    os.kill(os.getpid(), signal.SIGKILL)


def hangs(job):
    while True:
        pass
    yield


def refuses(job):
    from mappers.errors import TableError

    yield "first"
    raise TableError("t.csv: no table", kind="empty")


def test_a_worker_has_no_network_and_the_surroundings_of_now(monkeypatch):
    from digitize.machine.pool import run_light_jobs

    monkeypatch.setenv("DIGITIZE_SAYS", "now")
    jobs = ["localhost", 1]
    done = dict(run_light_jobs(asks, jobs, lambda job: "crashed", 60.0))
    assert done == {"localhost": "refused", 1: "given"}
    assert dict(run_light_jobs(os.getenv, ["DIGITIZE_SAYS"], lambda job: "", 60.0)) == {"DIGITIZE_SAYS": "now"}


def test_where_no_process_can_be_kept_ready_workers_begin_anew(monkeypatch):
    from multiprocessing import forkserver

    from digitize.machine.forkserver import light_context

    def refused():
        raise OSError("AF_UNIX path too long")

    assert light_context().get_start_method() == ("spawn" if sys.platform == "win32" else "forkserver")
    monkeypatch.setattr(forkserver, "ensure_running", refused)
    assert light_context().get_start_method() == "spawn"


def test_of_a_worker_that_dies_hangs_or_refuses_what_came_before_is_kept():
    from digitize.machine.stream import WorkerBroke, stream
    from mappers.errors import TableError

    for make, error in ((dies, WorkerBroke), (hangs, WorkerBroke), (refuses, TableError)):
        came = []
        with pytest.raises(error) as told:
            came += stream(make, None, 0.3)
        if error is TableError:
            assert told.value.kind == "empty" and str(told.value) == "t.csv: no table"
    values = stream(dies, None, 5.0)
    assert next(values) == "first"
    values.close()


def test_a_table_that_breaks_its_reader_fails_alone_and_is_named(samples):
    from digitize.workspace.intake import tables
    from mappers.errors import TableError
    from mappers.legacy import ReadAs, open_table

    path = samples / "legacy" / "FIRMAST.DBF"
    guarded, plain = tables.open_guarded(path, 0, ReadAs()), open_table(path, 0, ReadAs())
    assert list(guarded.rows) == list(plain.rows)
    assert (guarded.columns, guarded.notes, guarded.counted) == (plain.columns, plain.notes, plain.counted)
    with pytest.raises(TableError, match="FIRMAST.DBF: reading it crashed the worker") as told:
        list(tables._or_told(path, tables.stream(dies, None, 5.0)))
    assert told.value.kind == "breaks-reader"


def test_a_file_that_breaks_the_first_look_is_named_and_the_others_are_read(tmp_path, samples):
    from digitize.files import scan_probe

    bad = samples / "garbage" / "zero_bytes.jpg"
    found = list(
        scan_probe.probe_scans([bad, tmp_path / "none.jpg", samples / "fir_book_2025" / "bn_2014_063.jpg"], 64)
    )
    assert [(f.pages, bool(f.reason)) for f in found] == [(0, True), (0, True), (1, False)]
    assert scan_probe._make_failure((0, bad, 64)).reason.startswith("zero_bytes.jpg: opening it crashed the worker")


def test_on_linux_a_worker_moves_to_a_network_that_leads_nowhere(monkeypatch):
    from digitize.machine import limits

    given = []
    monkeypatch.setattr(os, "unshare", given.append, raising=False)
    monkeypatch.setattr(os, "CLONE_NEWNET", 1, raising=False)
    monkeypatch.setattr(os, "CLONE_NEWUSER", 2, raising=False)
    written = {}
    monkeypatch.setattr(limits.Path, "write_text", lambda self, text, **_: written.setdefault(self.name, text))
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    limits._unshare_network()
    assert given == [1] and not written
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    limits._unshare_network()
    assert given == [1, 3] and written["uid_map"] == "1000 1000 1"
    with pytest.raises(PermissionError):
        limits._refuse_network("socket.connect", (None, ("127.0.0.1", 9)))
    limits._refuse_network("socket.connect", (None, "/tmp/of-this-machine"))
    limits._refuse_network("socket.sendmsg", (None, None))
    limits._refuse_network("open", ())


def test_where_the_system_sets_no_limits_a_process_that_holds_too_much_ends_itself(monkeypatch):
    from digitize.machine import limits

    def ended(code):
        raise SystemExit(code)

    monkeypatch.setattr(os, "_exit", ended)
    with pytest.raises(SystemExit):
        limits.end_above(1, 0.0)
