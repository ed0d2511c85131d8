"""The review station keeps strangers out, and people to what is theirs: the common attacks on web pages, each refused."""

import json
import re
import stat
from html.parser import HTMLParser

import pytest
from station_office import HOSTS, PASSWORD, Browser, open_station

from digitize.errors import OptionsError
from digitize.login.people import ROLES, People, new_account
from digitize.login.sessions import Sessions
from digitize.login.throttle import Throttle
from digitize.machine.web_server import Listening
from digitize.review.station.app import _API, _PAGES, make_app
from digitize.review.station.server_state import Served
from digitize.review.station.serving import check_serving, names_of
from digitize.workspace.ledger import Ledger

pytestmark = pytest.mark.usefixtures("quick_hash")
FORM = ("content-type", "application/x-www-form-urlencoded")


@pytest.fixture(scope="module")
def place(office_of):
    return office_of()


@pytest.fixture(scope="module")
def station(place, quick_hash):
    served, app = open_station(place)
    yield served, app
    served.close()


@pytest.fixture
def app(station):
    served, app = station
    # Each test begins with nobody having guessed.
    served.by_name, served.by_address = Throttle(), Throttle(30)
    return app


def address(path):
    return re.sub(r"\{\w+\}", "x", path)


@pytest.mark.parametrize(
    ("path", "method", "role", "_"), [*_PAGES, *_API], ids=lambda v: v if isinstance(v, str) else ""
)
def test_every_address_takes_its_role(app, path, method, role, _):
    """By its direct address, as somebody unknown and as somebody of each lower role."""
    stranger = Browser(app)
    status, headers, body = stranger.ask(method, address(path), [FORM])
    assert (status, headers.get("location")) == ((303, "/login") if (path, method) in PAGES_READ else (401, None))
    assert b"csrf" not in body
    for name, own in (("Asha", "operator"), ("Sup", "supervisor")):
        if ROLES.index(own) < ROLES.index(role):
            browser = Browser(app, name)
            head = [FORM, ("x-csrf", browser.csrf)]
            assert browser.ask(method, address(path), head)[0] == 403


PAGES_READ = {(path, method) for path, method, _, _ in _PAGES if method == "GET"}
CHANGES = [(path, method) for path, method, _, _ in [*_PAGES, *_API] if method != "GET"]


@pytest.mark.parametrize(("path", "method"), CHANGES)
def test_nothing_is_changed_without_the_pages_own_token(app, path, method):
    adm = Browser(app, "Adm")
    for head in ([], [("x-csrf", "x" * 43)], [("x-csrf", Browser(app, "Sup").csrf)]):
        assert adm.ask(method, address(path), [FORM, *head])[0] == 403
    foreign = [FORM, ("x-csrf", adm.csrf), ("origin", "https://evil.example")]
    assert adm.ask(method, address(path), foreign)[0] == 403
    assert adm.ask(method, address(path), [FORM, ("x-csrf", adm.csrf), ("sec-fetch-site", "cross-site")])[0] == 403
    assert adm.get(address(path))[0] in (200, 404, 405), "and nothing changes by looking"


def test_the_login_s_form_is_tied_to_its_browser(app):
    stranger = Browser(app)
    form = {"csrf": Browser(app).token("/login"), "name": "Asha", "password": PASSWORD}
    assert stranger.post("/login", form)[0] == 403
    assert "digitize_review" not in stranger.cookies


def test_a_session_id_given_beforehand_is_never_taken_over(app, station):
    browser = Browser(app)
    browser.cookies["digitize_review"] = "fixed-by-somebody-else"
    assert browser.login("Asha")[0] == 303
    first = browser.cookies["digitize_review"]
    assert first != "fixed-by-somebody-else"
    browser.login("Asha")
    assert browser.cookies["digitize_review"] != first
    assert station[0].sessions.find_session(first) is None, "the one before is over"
    cookie = next(c for c in browser.set_cookies if c.startswith("digitize_review="))
    assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {p.strip() for p in cookie.split(";")}
    assert "Secure" not in cookie


def test_passwords_are_not_guessed(app, station):
    browser = Browser(app)
    statuses = [browser.login("Asha", f"guess number {n}")[0] for n in range(8)]
    assert statuses[:5] == [401] * 5
    assert statuses[-1] == 429
    status, headers, _ = browser.login("Asha", PASSWORD)
    assert status == 429, "nor by the right one among many"
    assert int(headers["retry-after"]) >= 1
    assert Browser(app).login("Bala")[0] == 303, "another person is not kept out"
    far = Browser(app, address="10.0.0.9")
    assert [far.login(f"nobody {n}", "guess number")[0] for n in range(31)][-1] == 429, "nor by trying names"
    assert b"guess number" not in (station[0].place.folder / "ledger.sqlite").read_bytes()


def test_pauses_grow_and_end():
    now = [0.0]
    throttle = Throttle(free=2, clock=lambda: now[0])
    waits = []
    for _ in range(16):
        throttle.count_failure("a")
        waits.append(throttle.wait_s("a"))
    assert waits[:3] == [0.0, 2.0, 4.0]
    assert waits[-1] == 900.0
    now[0] = 901.0
    assert throttle.wait_s("a") == 0.0
    throttle.reset_failures("a")
    throttle.count_failure("a")
    assert throttle.wait_s("a") == 0.0


def test_wrong_passwords_are_remembered_for_an_hour():
    now = [0.0]
    throttle = Throttle(free=2, clock=lambda: now[0])
    for _ in range(3):
        throttle.count_failure("a")
    now[0] = 3599.0
    throttle.count_failure("a")
    assert throttle.wait_s("a") == 8.0, "the fourth, not the first"
    now[0] += 3600.0
    throttle.count_failure("a")
    assert throttle.wait_s("a") == 0.0, "the first again"


def test_the_right_password_ends_the_pause_of_that_name_alone():
    throttle = Throttle(free=1, clock=lambda: 0.0)
    for name in ("a", "b"):
        throttle.count_failure(name)
    throttle.reset_failures("a")
    assert (throttle.wait_s("a"), throttle.wait_s("b")) == (0.0, 2.0)


class Markup(HTMLParser):
    """What in a page would run, or would be refused by its policy: handlers, scripts and styles that stand in it."""

    @classmethod
    def of(cls, body):
        made = cls()
        made.runs = []
        made.feed(body.decode())
        return made

    def handle_starttag(self, tag, attrs):
        names = dict(attrs)
        own = [n for n in names if n.startswith("on") or n == "style"]
        links = [v for v in names.values() if (v or "").strip().lower().startswith(("javascript:", "data:text"))]
        is_data = names.get("type") == "application/json"
        is_inline = tag == "style" or (tag == "script" and "src" not in names and not is_data)
        self.runs += [*own, *links, *([tag] if is_inline else [])]


NASTY = "<script>alert(1)</script>\"' onmouseover=x {{7*7}} ../../etc/passwd"


def test_no_text_becomes_markup(app, station, monkeypatch):
    """What people type, what was read, names of files and queries."""
    asha = Browser(app, "Asha")
    item = asha.items("n=1&field=police_station")[0]
    asha.answer(item, verdict="flag", note=NASTY)
    sup, adm = Browser(app, "Sup"), Browser(app, "Adm")
    adm.form("/people", what="add", name="<b>Nobody</b>", role="operator", password=PASSWORD, language="en")
    pages = [sup.get("/disagreements"), sup.get("/"), adm.get("/people"), sup.get(f"/key?field={NASTY}")]
    pages += [Browser(app).post("/login", {"csrf": NASTY, "name": NASTY, "password": NASTY})]
    pages += [sup.get(f"/record/{item['record']}"), sup.get("/quality")]
    for status, headers, body in pages:
        assert status in (200, 403)
        assert b"<script>alert" not in body
        assert b"<b>Nobody" not in body
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert not Markup.of(body).runs
    assert b"Nobody" in pages[2][2]
    told = asha.get("/api/next?n=5")
    assert told[1]["content-type"] == "application/json"
    assert told[1]["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "path",
    ["/api/picture/../../ledger.sqlite", "/api/picture/%2e%2e%2fkeys%2fpeople.json", "/api/page/../keys/site.pem",
     "/api/page/..%2f..%2fetc%2fpasswd", "/static/x/../people.py", "/static/0/../../people.py", "/static//etc/passwd",
     "/static/x/nothing.txt", "/api/picture/x\x00", "//evil.example/", "/key/", "/record/..%2f..", "/page/x"],
)  # fmt: skip
def test_no_address_leads_out_of_the_station(app, path):
    status, headers, body = Browser(app, "Sup").get(path)
    assert status in (404, 405)
    assert "location" not in headers
    assert b"PRIVATE" not in body
    assert b"argon2" not in body


def test_a_host_that_is_not_ours_is_refused(app):
    browser = Browser(app)
    for host in ("evil.example", "localhost.evil.example", "", "127.0.0.1:8765"):
        assert browser.ask("GET", "/login", host=host)[0] == 400
    assert browser.ask("GET", "/login", host="localhost:8765")[0] == 200


def test_bodies_have_a_limit(app):
    asha = Browser(app, "Asha")
    head = [("content-type", "application/json"), ("x-csrf", asha.csrf)]
    assert asha.ask("POST", "/api/answers", head, b" " * 1_048_577)[0] == 413
    assert asha.ask("POST", "/api/answers", head, b"[" * 100_000)[0] == 422
    assert asha.post("/login", {"name": "x" * 20_000})[0] == 413
    assert asha.ask("POST", "/api/answers", [("x-csrf", asha.csrf), ("content-type", "text/plain")], b"{}")[0] == 422


def test_sessions_outlive_the_server_and_end_by_themselves(place, tmp_path):
    people = People(place.folder)
    now = [1000.0]
    first = Sessions(tmp_path / "sessions.json", people, 60, clock=lambda: now[0])
    own = first.start_session(people.find_account("Asha"))
    assert own not in (tmp_path / "sessions.json").read_text(encoding="utf-8")
    assert stat.S_IMODE((tmp_path / "sessions.json").stat().st_mode) == 0o600
    second = Sessions(tmp_path / "sessions.json", people, 60, clock=lambda: now[0])
    assert second.find_session(own)[1].name == "Asha"
    now[0] += 61
    assert second.find_session(own) is None, "idle"
    again = second.start_session(people.find_account("Asha"))
    people.set_password("Asha", PASSWORD)
    assert second.find_session(again) is None, "the password is another"
    third = second.start_session(people.find_account("Asha"))
    second.end_session(third)
    assert second.find_session(third) is None
    (tmp_path / "sessions.json").write_text("broken", encoding="utf-8")
    assert Sessions(tmp_path / "sessions.json", people, 60).find_session(third) is None


def test_sessions_in_memory_end_as_those_of_a_file_and_are_nobody_elses(place):
    people, now = People(place.folder), [1000.0]
    one, other = (Sessions(None, people, 600, clock=lambda: now[0]) for _ in range(2))
    own = one.start_session(people.find_account("Asha"))
    assert one.find_session(own)[1].name == "Asha" and other.find_session(own) is None
    for _ in range(12 * 6):
        now[0] += 599
        assert one.find_session(own), "in use"
    now[0] += 599
    assert one.find_session(own) is None, "after twelve hours, however busy"
    again = one.start_session(people.find_account("Asha"))
    now[0] += 601
    assert one.find_session(again) is None, "idle"
    third = one.start_session(people.find_account("Asha"))
    one.end_session(third)
    assert one.find_session(third) is None


def test_who_was_taken_out_is_out_at_once(app, station):
    station[0].people.add(new_account("Gone", "operator", "en", {}), PASSWORD)
    gone = Browser(app, "Gone")
    assert gone.get("/")[0] == 200
    Browser(app, "Adm").form("/people", what="remove", name="Gone")
    assert gone.get("/")[0] == 303
    adm = Browser(app, "Adm")
    assert adm.form("/people", what="remove", name="Adm")[0] == 422
    assert adm.form("/people", what="add", name="x", role="king", password=PASSWORD)[0] == 422
    assert adm.form("/people", what="add", name="x", role="operator", password="short")[0] == 422


def test_an_operator_sees_what_is_theirs_alone(app, station):
    station[0].people.add(new_account("Dates", "operator", "en", {"fields": ("fir_date",)}), PASSWORD)
    station[0].people.add(new_account("Elsewhere", "operator", "en", {"volumes": ("b",)}), PASSWORD)
    item = Browser(app, "Sup").items("n=1&field=year")[0]
    dates, elsewhere = Browser(app, "Dates"), Browser(app, "Elsewhere")
    assert {i["field"] for i in dates.items("n=50")} == {"fir_date"}
    assert elsewhere.items("n=50") == []
    assert dates.get(item["picture"])[0] == 403
    assert elsewhere.get(item["pagePicture"])[0] == 403
    assert elsewhere.get(f"/page/{item['page']}")[0] == 404
    assert dates.answer(item, "2018")["state"] == "gone"
    assert dates.send("/api/check", {"item": item["id"], "value": "x"})[0] == 404


def test_people_are_kept_as_hashes_and_their_changes_in_the_ledger(digitize, place):
    text = People(place.folder).path.read_text(encoding="utf-8")
    assert PASSWORD not in text
    assert "$argon2id$" in text
    assert stat.S_IMODE(People(place.folder).path.stat().st_mode) == 0o600
    digitize("review", "people", "add", place.folder, "Temp", "--role", "operator", stdin=PASSWORD + "\n")
    digitize("review", "people", "add", place.folder, "Temp", stdin=PASSWORD + "\n", code=4)
    digitize("review", "people", "password", place.folder, "Temp", stdin=PASSWORD + "2\n")
    assert "Temp: operator" in digitize("review", "people", "list", place.folder)
    assert "hash" not in json.dumps(digitize.json("review", "people", "list", place.folder))
    changed = ("review", "people", "change", place.folder, "Temp")
    digitize(*changed, "--role", "supervisor", "--field", "fir_no", "--of-language", "bn")
    assert "Temp: supervisor" in (told := digitize("review", "people", "list", place.folder)) and "bn, fir_no" in told
    digitize(*changed, "--field", "all")
    assert "only bn\n" in digitize("review", "people", "list", place.folder)
    digitize(*changed, "--role", "king", code=4)
    digitize("review", "people", "remove", place.folder, "Temp")
    digitize(*changed, "--role", "operator", code=4)
    digitize("review", "people", "remove", place.folder, "Temp", code=4)
    with Ledger(place.ledger) as ledger:
        events = [e.detail["what"] for e in ledger.events("people:Temp")]
        assert events == ["add", "password", "change", "change", "remove"]
        assert PASSWORD not in json.dumps([dict(e.detail) for e in ledger.events("people:Temp")])


def test_the_network_is_served_through_tls_or_in_so_many_words(place, tmp_path):
    check_serving(place, Listening("127.0.0.1", 1), without_tls=False)
    check_serving(place, Listening("0.0.0.0", 1), without_tls=True)
    for host in ("0.0.0.0", "192.168.1.5", "::"):
        with pytest.raises(OptionsError, match="--certificate"):
            check_serving(place, Listening(host, 1), without_tls=False)
    with pytest.raises(OptionsError, match="go together"):
        check_serving(place, Listening("0.0.0.0", 1, tmp_path), without_tls=False)
    assert "localhost" in names_of("127.0.0.1")
    assert "0.0.0.0" not in names_of("0.0.0.0")


def test_through_tls_cookies_go_there_alone(place):
    served = Served(place, is_secure=True)
    try:
        browser = Browser(make_app(served, HOSTS))
        assert "Secure" in browser.get("/login")[1]["set-cookie"]
    finally:
        served.close()
