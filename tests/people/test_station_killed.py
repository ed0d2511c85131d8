"""The server is killed in the middle of keying and started again: nothing that was accepted is lost, nothing doubled."""

import http.client
import json
import os
import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlencode

import pytest
from station_office import PASSWORD

from digitize.login.people import People, new_account
from digitize.workspace.ledger import Ledger

pytestmark = pytest.mark.usefixtures("quick_hash")
START = "from digitize.cli.app import main; main()"
KILLS = 2


class Server:
    """One server in a process of its own, on a port of its own, and the browser that asks it."""

    def __init__(self, folder):
        self.folder, self.jar = folder, {}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.start()

    def start(self):
        command = [sys.executable, "-c", START, "review", "serve", str(self.folder), "--port", str(self.port)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        while True:
            assert self.process.poll() is None, self.process.stdout.read()
            try:
                return self.ask("GET", "/login")
            except OSError:
                time.sleep(0.05)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        told = self.process.communicate()[0]
        assert b"Traceback" not in told
        return told

    @property
    def cookie(self):
        return "; ".join(f"{name}={value}" for name, value in self.jar.items())

    def ask(self, method, path, body=None, head=()):
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            link.request(method, path, body, {"Cookie": self.cookie, **dict(head)})
            answer = link.getresponse()
            found = answer.status, answer.read()
            for value in answer.headers.get_all("set-cookie") or ():
                self.jar |= [value.partition(";")[0].split("=", 1)]
            return found
        finally:
            link.close()


def token(server, path):
    return server.ask("GET", path)[1].decode().partition('name="csrf" content="')[2].partition('"')[0]


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL is of POSIX")
def test_no_answer_is_lost_or_doubled_when_the_server_is_killed(office_of):
    place = office_of("sample_share = 0.0\nknown_share = 0.0\n")
    People(place.folder).add(new_account("Asha", "operator", "en", {}), PASSWORD)
    server = Server(place.folder)
    form = {"csrf": token(server, "/login"), "name": "Asha", "password": PASSWORD}
    head = {"Content-Type": "application/x-www-form-urlencoded"}
    assert server.ask("POST", "/login", urlencode(form), head)[0] == 303
    csrf = token(server, "/")
    items = json.loads(server.ask("GET", "/api/next?n=20")[1])["items"]
    queue = [
        {
            "client": f"kill-{n:04d}",
            "item": i["id"],
            "version": 0,
            "verdict": "ok" if i["prefill"] else "illegible",
            "value": "",
        }
        for n, i in enumerate(items)
    ]
    head = {"Content-Type": "application/json", "X-CSRF": csrf}
    told = b""
    for kill in range(KILLS):
        half = queue[: (kill + 1) * 7]
        # Everything so far once more: the browser does not know which of it arrived.
        server.ask("POST", "/api/answers", json.dumps({"answers": half}), head)
        link = http.client.HTTPConnection("127.0.0.1", server.port)
        link.request("POST", "/api/answers", json.dumps({"answers": queue[len(half) :][:7]}), {
            "Cookie": server.cookie, **head})  # fmt: skip
        told += server.kill()
        link.close()
        server.start()
    # The same session, the same queue: nobody logs in again.
    status, body = server.ask("POST", "/api/answers", json.dumps({"answers": queue}), head)
    states = {o["state"] for o in json.loads(body)["outcomes"]}
    told += server.kill()
    assert (status, states) == (200, {"kept"})
    with Ledger(place.ledger) as ledger:
        rows = ledger.rows("SELECT record, field, COUNT(*) AS n FROM decisions GROUP BY record, field")
        assert [r["n"] for r in rows] == [1] * 20
        done = ledger.rows("SELECT COUNT(*) AS n FROM events WHERE step = 'answer' AND outcome = 'done'")[0]["n"]
        assert done == 20
        assert ledger.verify()
    assert b"Namunahat" not in told
    assert b"kill-0001" not in told
