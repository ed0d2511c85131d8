"""Several processes behind one port answer as one: sessions, rates, the log; and nothing is left behind."""

import http.client
import json
import socket
import subprocess
import sys
import threading
import time
from collections import deque
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import psutil
import pytest
from search_store import batch

from digitize.errors import OptionsError
from digitize.exits import Exit
from digitize.login.people import People, new_account
from digitize.login.sessions import Sessions
from digitize.machine import web_processes
from digitize.serving.serving import processes_of
from digitize.targets.sqlite import SqliteTarget

ROOT = Path(__file__).parents[2]
PUBLIC_A_MINUTE = 20
many = pytest.mark.skipif(sys.platform == "win32", reason="one process serves on Windows")


@pytest.fixture(scope="module")
def office(digitize, tmp_path_factory, quick_hash):
    folder = tmp_path_factory.mktemp("served")
    digitize("init", "wb", folder / "ws", "--site", "test")
    target = SqliteTarget(folder / "ws" / "loaded" / "cctns.sqlite")
    target.take(batch())
    target.close()
    people = People(folder / "ws")
    for name, asks_as in (("Asha", "police"), ("Counter", "public")):
        people.add(new_account(name, "operator", "en", {}, asks_as=asks_as), "correct horse battery")
    return folder


@pytest.fixture(scope="module")
def served(office):
    """A server of two processes; its port, its process, and how to log in without asking it."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    command = ["serve", office / "ws", "--port", port, "--processes", 2]
    process = subprocess.Popen([sys.executable, "-m", "digitize.cli", *map(str, command)], cwd=ROOT)
    people = People(office / "ws")
    sessions = Sessions(office / "ws" / "keys" / "search_sessions.json", people, 600)
    server = SimpleNamespace(
        port=port, process=process, enter=lambda name: sessions.start_session(people.find_account(name))
    )
    end = time.monotonic() + 120
    while ask(server, "/login") is None:
        assert process.poll() is None and time.monotonic() < end
        time.sleep(0.05)
    yield server
    if process.poll() is None:
        process.terminate()
        process.wait()


def ask(server, path, session=""):
    """Status of a new connection's answer; None where nobody answers."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    try:
        connection.request("GET", path, headers={"Cookie": f"digitize_search={session}"})
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def ask_all(server, path, session, count):
    """Statuses of many questions at once."""
    found = []
    threads = [threading.Thread(target=lambda: found.append(ask(server, path, session))) for _ in range(count)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def logged(office, who):
    target = SqliteTarget(office / "ws" / "loaded" / "cctns.sqlite")
    try:
        assert target.run("PRAGMA integrity_check") == [("ok",)]
        return target.run("SELECT asked, why FROM search_log WHERE who = ? ORDER BY number", (who,))
    finally:
        target.close()


@many
@pytest.mark.slow
def test_processes_answer_as_one_and_are_gone_with_their_parent(office, served, digitize):
    children = psutil.Process(served.process.pid).children(recursive=True)
    # Who logged in is known to both of them, and each question is in the log, once and whole.
    asha = served.enter("Asha")
    assert ask_all(served, "/search?text=Mohan&why=case+12", asha, 16) == [200] * 16
    rows = logged(office, "Asha")
    assert len(rows) == 16 and all(json.loads(asked) and why == "case 12" for asked, why in rows)
    # Of the public as many as the policy lets one account ask, however they are spread; a command counts with them.
    counter = served.enter("Counter")
    fir = {"number": "12", "year": "2012", "station": "Kalpanapur"}
    options = [part for name, text in fir.items() for part in (f"--{name}", text)]
    for _ in range(2):
        digitize("service", "fir-status", *options, "--as", "public", "--why", "case 12", "--operator", "Counter",
                 "--target", office / "ws")  # fmt: skip
    path = f"/services/fir-status?{urlencode(fir)}&why=case+12"
    found = ask_all(served, path, counter, PUBLIC_A_MINUTE + 4)
    assert sorted(found) == [200] * (PUBLIC_A_MINUTE - 2) + [429] * 6
    assert len(logged(office, "Counter")) == PUBLIC_A_MINUTE
    digitize("service", "fir-status", *options, "--as", "public", "--why", "case 12", "--operator", "Counter",
             "--target", office / "ws", code=Exit.BAD_SETUP)  # fmt: skip
    # One that is killed takes nothing with it but what it had in hand.
    worker = next(c for c in children if "spawn_main" in " ".join(c.cmdline()))
    worker.kill()
    worker.wait()
    assert ask(served, "/search?text=Mohan&why=case+12", asha) == 200
    # And none outlives the parent, even one that had no time to tell them.
    children = psutil.Process(served.process.pid).children(recursive=True)
    served.process.kill()
    served.process.wait()
    _, alive = psutil.wait_procs(children, timeout=60)
    assert alive == [] and ask(served, "/login") is None


def test_a_session_is_one_for_all_processes(office):
    people, path = People(office / "ws"), office / "both.json"
    now = [1000.0]
    one, other = (Sessions(path, people, 600, clock=lambda: now[0]) for _ in range(2))
    asha, counter = one.start_session(people.find_account("Asha")), other.start_session(people.find_account("Counter"))
    assert {s.find_session(own)[1].name for s in (one, other) for own in (asha, counter)} == {"Asha", "Counter"}
    assert one.find_session(asha)[0].csrf == other.find_session(asha)[0].csrf
    # Who goes on at one process is not idle at the other.
    for _ in range(4):
        now[0] += 400
        assert one.find_session(asha)
    assert other.find_session(asha) and other.find_session(counter) is None
    other.end_session(asha)
    assert one.find_session(asha) is None


def test_a_full_disk_sends_nobody_away_who_is_in(office, monkeypatch):
    people, now = People(office / "ws"), [1000.0]
    sessions = Sessions(office / "full.json", people, 600, clock=lambda: now[0])
    asha = sessions.start_session(people.find_account("Asha"))

    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("digitize.login.sessions.write_private", full)
    now[0] += 300
    assert sessions.find_session(asha)
    now[0] += 500
    assert sessions.find_session(asha)


def test_of_two_changes_of_people_at_once_both_stay(office):
    held = [People(office / "ws") for _ in range(6)]
    for one in held:
        one.load_all()
    threads = [
        threading.Thread(target=one.add, args=(new_account(f"New {n}", "operator", "en", {}), "correct horse battery"))
        for n, one in enumerate(held)
    ]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert {f"New {n}" for n in range(6)} < set(People(office / "ws").load_all())


def test_processes_that_end_again_and_again_end_the_server(monkeypatch):
    started = []

    def process(config, sockets):
        made = SimpleNamespace(pid=len(started), exitcode=-9, start=lambda: started.append(1))
        made.process = SimpleNamespace(is_alive=lambda: False, join=lambda: None)
        return made

    monkeypatch.setattr(web_processes, "Process", process)
    watching = web_processes._Watching.__new__(web_processes._Watching)
    watching.config, watching.sockets, watching.problem = None, [], ""
    watching.should_exit, watching._ended = threading.Event(), deque(maxlen=5)
    watching.processes = [process(None, [])]
    for _ in range(9):
        watching.keep_subprocess_alive()
    assert len(started) == 4 and "5 times within a minute" in watching.problem and watching.should_exit.is_set()


def test_how_many_processes_serve(monkeypatch):
    monkeypatch.setattr("digitize.serving.serving.default_workers", lambda: 64)
    assert (processes_of(None), processes_of(7)) == ((4, 7) if sys.platform != "win32" else (1, 1))
    monkeypatch.setattr("digitize.serving.serving.sys", SimpleNamespace(platform="win32"))
    assert (processes_of(None), processes_of(1)) == (1, 1)
    with pytest.raises(OptionsError, match="On Windows there is only one"):
        processes_of(2)


@many
def test_each_look_takes_one_connection(tmp_path):
    with web_processes._Shared(socket.AF_INET, socket.SOCK_STREAM) as shared:
        shared.bind(("127.0.0.1", 0))
        shared.listen()
        shared.setblocking(False)
        clients = [socket.create_connection(shared.getsockname()) for _ in range(2)]
        for client in clients:
            shared.accept()[0].close()
            with pytest.raises(BlockingIOError):
                shared.accept()
            client.close()
