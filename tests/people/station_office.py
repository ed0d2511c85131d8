"""A workspace whose pages were "read" without an engine, and the station over it, asked as a browser asks."""

import asyncio
import json
import shutil
from urllib.parse import urlencode

from PIL import Image

from digitize.login.people import new_account
from digitize.machine.progress import Silent
from digitize.review.station.app import make_app
from digitize.review.station.server_state import Served
from digitize.steps.run import RunOptions, run_workspace
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.place import open_place
from ocr.page import Box, Candidate, Decided, Reading, Recognition
from ocr.plain import reading_to_plain, recognition_to_plain

FORM = "wbp_27_a1"
PASSWORD = "correct horse battery"
HOSTS = ["localhost"]


def make_office(digitize, samples, folder, pages=3):
    """A workspace of one volume; of each page the FIR number, its date and the statutes are doubtful."""
    digitize("init", "wb", folder, "--site", "test")
    shutil.copy(samples / "stations.csv", folder / "lists" / "stations.csv")
    scans = folder.parent / f"{folder.name}-scans"
    scans.mkdir()
    for n in range(pages):
        Image.new("L", (400, 400), 100 + n).save(scans / f"p{n}.png")
    told = ("--volume", "a")
    digitize("intake", folder, scans, *told, "--language", "en")
    lines = (samples / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    zones = next(g["zones"] for g in map(json.loads, lines) if g["form"] == "wbp_27")
    # What the station shows of a reading is looked at here; what it hides to measure stands in state_work.
    settings = folder / "digitize.toml"
    text = settings.read_text(encoding="utf-8").replace("[calibrate]\n", "[calibrate]\nby_itself = false\n")
    settings.write_text(text, encoding="utf-8")
    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        for n, scan in enumerate(Catalogue(ledger).scans()):
            _read(ledger, scan.page, zones, n)
    run(place)
    return place


def with_settings(folder, settings):
    """Put settings of the station into a workspace."""
    file = folder / "digitize.toml"
    file.write_text(file.read_text(encoding="utf-8").replace("[review]\n", f"[review]\n{settings}"), encoding="utf-8")


def run(place, steps=("map", "check", "load")):
    return run_workspace(place, RunOptions(steps), Silent())


def _read(ledger, page, zones, n):
    said = {name: zones[name] for name in ("district", "police_station", "year", "fir_date", "statutes")}
    said["fir_no"] = str(101 + n)
    found = {
        name: Decided(
            name, text, text, 0.5 if name in ("fir_no", "fir_date", "statutes") else 0.999,
            Box(9, 9 * i, 300, 9 * i + 8), candidates=(Candidate(text, 0.5), Candidate("109", 0.3)),
        )
        for i, (name, text) in enumerate(said.items(), 1)
    }  # fmt: skip
    ledger.finish(page, "recognise", "1", recognition_to_plain(Recognition(FORM, 400, 400)), {"form": FORM})
    detail = {"form": FORM, "family": "wbp_27", "part": 1, "language": "en"}
    ledger.finish(page, "decide", "1", reading_to_plain(Reading(form=FORM, family="wbp_27", zones=found)), detail)


class Browser:
    """One person's browser: keeps cookies, sends the token that pages tell it."""

    def __init__(self, app, name="", password=PASSWORD, address="127.0.0.1", served=None):
        self.app, self.cookies, self.csrf, self.address, self.served = app, {}, "", address, served
        self.set_cookies = []
        if name:
            assert self.login(name, password)[0] == 303
            self.csrf = self.token("/")

    def login(self, name, password=PASSWORD):
        csrf = self.token("/login")
        return self.post("/login", {"csrf": csrf, "name": name, "password": password})

    def token(self, path):
        """The token that a page holds for its forms and scripts."""
        text = self.get(path)[2].decode()
        return text.partition('name="csrf" content="')[2].partition('"')[0]

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, form, headers=()):
        kind = ("content-type", "application/x-www-form-urlencoded")
        return self.ask("POST", path, [kind, *headers], urlencode(form).encode())

    def form(self, path, **form):
        return self.post(path, {"csrf": self.csrf, **form})

    def send(self, path, plain, csrf=None):
        headers = [("content-type", "application/json"), ("x-csrf", self.csrf if csrf is None else csrf)]
        status, _, body = self.ask("POST", path, headers, json.dumps(plain).encode())
        return status, json.loads(body)

    def json(self, path):
        status, _, body = self.get(path)
        assert status == 200, (status, body)
        return json.loads(body)

    def items(self, query=""):
        return self.json(f"/api/next?{query}")["items"]

    def answer(self, item, value="", verdict="value", client="", **more):
        """One answer; its outcome."""
        client = client or f"client-{self.cookies.get('digitize_review', '')[:6]}-{item['id']}-{value}-{verdict}"
        plain = {"client": client, "item": item["id"], "version": item["version"], "verdict": verdict, "value": value}
        status, found = self.send("/api/answers", {"answers": [plain | more]})
        assert status == 200, found
        return found["outcomes"][0]

    def ask(self, method, path, headers=(), body=b"", host="localhost"):
        """Status, headers, body."""
        found = {"body": b"", "cookies": []}
        cookies = [("cookie", "; ".join(f"{k}={v}" for k, v in self.cookies.items()))] if self.cookies else []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            if message["type"] == "http.response.start":
                found["status"] = message["status"]
                found["headers"] = {k.decode(): v.decode() for k, v in message["headers"]}
                found["cookies"] = [v.decode() for k, v in message["headers"] if k == b"set-cookie"]
            else:
                found["body"] += message.get("body", b"")

        bare, _, query = path.partition("?")
        raw = [("host", host), *cookies, *headers]
        scope = {"type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "method": method, "path": bare,
                 "raw_path": bare.encode(), "query_string": query.encode(), "root_path": "", "scheme": "http",
                 "headers": [(k.lower().encode(), v.encode()) for k, v in raw], "client": (self.address, 1),
                 "server": ("localhost", 8765), "state": {}}  # fmt: skip
        asyncio.run(self.app(scope, receive, send))
        self.set_cookies = found["cookies"] or self.set_cookies
        for cookie in found["cookies"]:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value.strip('"')
        return found["status"], found["headers"], found["body"]


STAFF = (("Asha", "operator"), ("Bala", "operator"), ("Chitra", "operator"), ("Sup", "supervisor"),
         ("Adm", "administrator"))  # fmt: skip


def open_station(place):
    """The station of a workspace, with its people."""
    served = Served(place)
    for name, role in STAFF:
        if served.people.find_account(name) is None:
            served.people.add(new_account(name, role, "en", {}), PASSWORD)
    return served, make_app(served, HOSTS)
