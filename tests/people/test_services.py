"""The one way of a question to a service: who sees what, what leaks, what is kept, how often may be asked."""

import json
import shutil
import sqlite3
import subprocess
import threading
import time
import tomllib
from contextlib import contextmanager
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import pytest
import search_store
import uvicorn
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import openapi
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks as conformance
from search_store import batch
from station_office import HOSTS, PASSWORD, Browser

from digitize.errors import OptionsError, TargetRefused
from digitize.login.people import People, new_account
from digitize.masking.unmasking import check_unmasking
from digitize.offices.pdf import find_browser
from digitize.search.answers import Ground
from digitize.search.log import Searcher
from digitize.services import registry
from digitize.services.asker import ServiceAsker
from digitize.services.kind import CHOICE, DAY, NUMBER, TEXT, YEAR, Answering, Parameter, RecordService
from digitize.services.policy import ASKED_AS, COPY, OWN, RECORD, load_policy
from digitize.services.query_service import ServiceDesk
from digitize.services.rates import Rates, TooOften
from digitize.serving.copying import COPIES
from digitize.serving.office import SearchOffice
from digitize.serving.serving import make_search_app
from digitize.serving.words import service_words
from digitize.targets.sqlite import SqliteTarget
from mappers.record import FieldValue, Record
from mappers.schema import form_tables, load_schemas
from tools.exits.policy import read_cases, wrong_in

STATES = {"sexual", "child", "accused_child", "grave", "hinted", "no_sections", "in_doubt", "closed", "names_asker", "traced",
          "identified", "not_proclaimed", "warrant_over"}  # fmt: skip


def find(store, asked):
    """All FIRs and vehicles of the sample by number, name or registration, as a kind of service would."""
    columns = {"iif1": ["record_id", "fir_no"], "iif1_persons": ["record_id", "line", "name"],
               "iif1_vehicles": ["record_id", "line", "registration_no"]}  # fmt: skip
    rows = store.table_rows(columns, ["a-r1", "b-r1", "c-r1", "u-r1"])
    made = [Answering(r, "iif1", why=(Ground("number", "same"),), by=frozenset({"fir_no"}))
            for r, no in rows["iif1"] if str(no) == asked.get("number")]  # fmt: skip
    made += [Answering(r, "iif1", "persons", n, 0.9, by=frozenset({"name"}))
             for r, n, name in rows["iif1_persons"] if asked.get("name", "-") in name]  # fmt: skip
    made += [Answering(r, "iif1", "vehicles", n, by=frozenset({"registration_no"}), says="seen")
             for r, n, no in rows["iif1_vehicles"] if no == asked.get("registration")]  # fmt: skip
    return made


def sample(name="sample"):
    return RecordService(
        name, "Finds in the sample.",
        (Parameter("number", "the number", NUMBER), Parameter("name", "the name", names_person=True),
         Parameter("registration", "the registration"), Parameter("year", "the year", YEAR),
         Parameter("day", "the day", DAY), Parameter("sex", "the sex", CHOICE, ("male", "female"))),
        ("iif1",),
        {"": ("police_station", "year", "fir_no", "narrative"), "acts": ("act", "section"),
         "persons": ("role", "name", "mobile"), "vehicles": ("registration_no",)},
        find, lambda found: "seen" if any(row.get("says") == "seen" for row in found) else "",
        lambda asked: "nothing",
    )  # fmt: skip


def more(victim="Savitri Mandal", accused="Mohan Pal", mobile="9830012345"):
    """The sample with a case under UAPA, and other values of who is hidden."""
    persons = [dict(p) for p in search_store.PERSONS]
    for p in persons:
        p["name"] = victim if p["name"] == "Savitri Mandal" else p["name"]
        if "mobile" in p:
            p["mobile"] = mobile
    firs = [*search_store.FIRS, {"record_id": "u-r1", **search_store._STATION, "year": "2014", "fir_no": "21",
                                 "fir_date": "2014-01-02", "place": "Ghat"}]  # fmt: skip
    named = [{"record_id": "u-r1", "line": 1, "role": "accused", "name": accused, "age": "30"}]
    arrested = [{"record_id": "d-r1", "line": 1, "role": "witness", "name": victim}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(search_store, "PERSONS", persons)
        patch.setattr(search_store, "FIRS", firs)
        patch.setattr(search_store, "ARRESTED", arrested)
        patch.setattr(search_store, "ACTS", [*search_store.ACTS, ("u-r1", "UAPA", "17")])
        return batch(named)


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("services") / "cctns.sqlite"
    target = SqliteTarget(path)
    target.take(more())
    target.close()
    return path


@pytest.fixture
def desk(file):
    target = SqliteTarget(file)
    yield ServiceDesk(target)
    target.close()


def asker(role="police", who="Asha", stations=(), unmasking=None, why="case 12/2012"):
    return ServiceAsker(Searcher(who, f"{role}@office", why, unmasking), role, stations)


def kept(path):
    with sqlite3.connect(path) as db:
        row = db.execute(
            "SELECT who, why, asked, shown, detail FROM search_log ORDER BY number DESC LIMIT 1"
        ).fetchone()
    return *row[:2], json.loads(row[2]), row[3], json.loads(row[4])


CASES = read_cases()


@pytest.mark.parametrize("case", range(len(CASES)))
def test_each_role_sees_what_the_law_lets_it(case):
    assert list(wrong_in(CASES[case])) == []


def test_cases_are_as_many_as_are_asked_for():
    assert len(CASES) >= 60


def test_every_field_has_one_group_and_every_row_of_the_table_means_something():
    policy, forms = load_policy(), set(load_schemas())
    listed = [(child, n) for tables in policy.groups.values() for child, names in tables.items() for n in names]
    there = {(t.child or RECORD, c.name) for f in forms for t in form_tables(f).values() for c in t.columns}
    assert len(listed) == len(set(listed)) and set(listed) <= there
    groups = {*policy.groups, "file", RECORD, "*"}
    tags = {*policy.persons, "other", "child", "acquitted", "not_charged"}
    services = {*registry.load_services(), COPY, *(c["service"] for c in CASES)}
    for row in (*policy.grant, *policy.limit):
        assert set(row.roles) <= {*ASKED_AS, OWN} and set(row.forms) <= {*forms, "*"} and set(row.fields) <= groups
        assert set(row.states) <= STATES and set(row.persons) <= tags and set(row.services) <= services
    assert set(policy.rates) == set(ASKED_AS)


def test_one_question_is_answered_by_role(desk):
    def told(role, **asked):
        answer = desk.answer(sample("vehicle-noc"), asked, asker(role))
        return answer.verdict, [(a.record, a.case.get("fir_no"), a.values.get("name")) for a in answer.found]

    assert told("public", registration="WB02AB1234") == ("seen", [("a-r1", "12", None)])
    assert told("public", number="21") == ("nothing", [])
    assert told("police", number="21") == ("", [("u-r1", "21", None)])
    assert told("public", name="Mohan Pal") == told("public", name="Nobody At All") == ("nothing", [])
    assert told("police", name="Mohan Pal") == ("", [("b-r1", "7", "Mohan Pal"), ("u-r1", "21", "Mohan Pal")])
    assert told("police", name="Savitri") == ("nothing", [])


def test_protected_names_take_a_reason_and_are_never_the_publics(desk, file):
    why = check_unmasking(unmask=True, reason="court order 12/2026", operator="Sup", user="sup@office")
    found = desk.answer(sample(), {"name": "Savitri"}, asker("court", unmasking=why)).found
    assert [a.values["name"] for a in found] == ["Savitri Mandal"]
    assert kept(file)[4]["ids"] == ["b-r1"] and kept(file)[4]["reason"] == "court order 12/2026"
    with pytest.raises(OptionsError, match="public"):
        desk.answer(sample(), {"name": "Savitri"}, asker("public", unmasking=why))


def test_the_log_says_who_asked_what_as_whom_and_names_nobody(desk, file):
    desk.answer(sample(), {"name": "Mohan Pal", "registration": "WB02AB1234", "year": "२०१२"}, asker("court"))
    who, why, asked, shown, detail = kept(file)
    assert (who, why, shown, detail) == ("Asha", "case 12/2012", 3, {})
    assert asked == {"service": "sample", "role": "court", "name": [5, 3], "registration": "WB02AB1234", "year": "2012"}


def test_what_cannot_be_kept_is_not_answered(desk, monkeypatch):
    def refuse(entry):
        raise TargetRefused("no room")

    monkeypatch.setattr(desk.store, "keep", refuse)
    with pytest.raises(TargetRefused):
        desk.answer(sample(), {"number": "12"}, asker())


@pytest.mark.parametrize(
    "asked", [{}, {"number": "*"}, {"number": "secret"}, {"secret": "x"}, {"name": "secret " * 40}, {"name": "secret\x00"},
              {"year": "1066"}, {"day": "20120101"}, {"sex": "secret"}, {"name": "--"}],
    ids=range(10),
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_without_what_was_typed(desk, asked):
    with pytest.raises(OptionsError) as told:
        desk.answer(sample(), asked, asker())
    assert "secret" not in str(told.value)


@pytest.mark.parametrize("by", [asker("nobody"), asker(why="  - ")], ids=["role", "purpose"])
def test_who_does_not_say_as_whom_and_what_for_is_not_answered(desk, by):
    with pytest.raises(OptionsError):
        desk.answer(sample(), {"number": "12"}, by)


HIDDEN = st.tuples(
    st.sampled_from(["Savitri Mandal", "Zarina Begum", "सावित्री देवी", "Lakshmi"]),
    st.sampled_from(["Mohan Pal", "Yusuf Ali", "Kanu Sanyal", "রতন সাহা"]),
    st.sampled_from(["9830012345", "9000000001", "0332221111"]),
)
QUESTIONS = [{"number": "7"}, {"number": "21"}, {"number": "12"}, {"number": "3"}, {"name": "Savitri"}, {"name": "Lakshmi"},
             {"name": "Yusuf Ali"}, {"name": "Harpreet"}, {"registration": "WB02AB1234"}]  # fmt: skip
# The same of the services there are.
REAL = {
    "vehicle-noc": [{"registration": "WB02AB1234"}, {"registration": "WB02A?1234"}],
    "fir-status": [{"number": n, "year": y, "station": "Kalpanapur"} for n, y in (("7", "2013"), ("21", "2014"), ("12", "2012"))],
    "arrested-wanted": [{"name": "Savitri Mandal"}, {"name": "Yusuf Ali"}, {"station": "Kalpanapur", "since": "2010-01-01"}],
    "proclaimed-offenders": [{"name": "Savitri Mandal"}, {"name": "Mohan Pal"}],
    "missing-persons": [{"name": "Savitri Mandal"}, {"name": "Lakshmi", "age": "30"}],
    "stolen-property": [{"words": "brass lamp"}],
}  # fmt: skip
_TOLD = {}


@settings(max_examples=3, deadline=None)
@given(HIDDEN)
def test_stores_that_differ_in_what_is_hidden_give_the_public_the_same_bytes(tmp_path_factory, hidden):
    """Of the case under UAPA, of the victim of IPC 376, of a telephone number: for every service and question."""
    target = SqliteTarget(tmp_path_factory.mktemp("differ") / "x.sqlite")
    target.take(more(*hidden))
    desk, public = ServiceDesk(target), asker("public")
    desk.store.keep = lambda entry: None
    names = ("fir-copy", "fir-status", "vehicle-noc", "stolen-property", "arrested-wanted", "missing-persons")
    every = [(sample(name), asked) for name in names for asked in QUESTIONS]
    every += [(registry.load_services()[name], asked) for name, some in REAL.items() for asked in some]
    for at, (service, asked) in enumerate(every):
        answer = json.dumps(desk.answer(service, asked, public).as_plain(), ensure_ascii=False)
        assert _TOLD.setdefault(at, answer) == answer
    target.close()


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def test_who_asks_too_often_waits_by_account_and_by_address():
    clock = Clock()
    rates, most = Rates(clock), load_policy().rates["public"]
    for n in range(most.address):
        rates.count("public", f"account {n}", "10.0.0.1")
    for account, address in (("other", "10.0.0.1"), ("account 0", "10.0.0.1")):
        with pytest.raises(TooOften):
            rates.count("public", account, address)
    for _ in range(most.account):
        rates.count("public", "one", "10.0.0.2")
    with pytest.raises(TooOften) as told:
        rates.count("public", "one", "10.0.0.3")
    assert told.value.wait_s == 60
    clock.now = 61
    rates.count("public", "one", "10.0.0.1")


def test_numbers_one_after_another_wait_ever_longer_and_the_log_shows_it(file):
    clock = Clock()
    target = SqliteTarget(file)
    desk, public = ServiceDesk(target, Rates(clock)), asker("public")
    waited = []
    for number in range(10, 22):
        clock.now += 30
        try:
            desk.answer(sample(), {"number": str(number), "year": "2012"}, public)
        except TooOften as e:
            assert kept(file)[4] == {"enumeration": True, "refused_s": int(e.wait_s) + 1}
            waited.append(e.wait_s)
            clock.now += e.wait_s
            desk.answer(sample(), {"number": str(number), "year": "2012"}, public)
            assert kept(file)[4] == {"enumeration": True}
    assert len(waited) >= 2 and waited == sorted(waited)
    for number in range(10, 30):
        clock.now += 60
        desk.answer(sample(), {"number": str(number), "year": "2012"}, asker("police"))
    for number in (500, 90, 3000, 7, 1200, 41, 2500, 800):
        clock.now += 60
        desk.answer(sample(), {"number": str(number), "year": "2019"}, public)
    target.close()


@contextmanager
def office_app(file, folder):
    (folder / "keys").mkdir()
    place = SimpleNamespace(folder=folder, options=SimpleNamespace(review=SimpleNamespace(idle_minutes=10)))
    with pytest.MonkeyPatch.context() as patch:
        for module in ("asking", "serving"):
            patch.setattr(f"digitize.serving.{module}.load_services", lambda: {"sample": sample()})
        office = SearchOffice(place, lambda: SqliteTarget(file), tick_s=0)
        for name, asks_as, language in (
            ("Asha", "police", "en"),
            ("Counter", "public", "hi"),
            ("Clerk", "court", "en"),
        ):
            office.people.add(new_account(name, "operator", language, {}, asks_as=asks_as), PASSWORD)
        yield make_search_app(office, HOSTS)
        office.close()


@pytest.fixture(scope="module")
def app(file, tmp_path_factory, quick_hash):
    with office_app(file, tmp_path_factory.mktemp("office")) as made:
        yield made


@pytest.fixture
def closing_app(file, tmp_path, quick_hash):
    """One of its own, for whoever ends the application."""
    with office_app(file, tmp_path) as made:
        yield made


def test_services_are_served_by_the_role_of_the_account(app, file):
    assert Browser(app).ask("GET", "/services/sample?number=12&why=case")[0] == 401
    told = {}
    for name in ("Asha", "Counter", "Clerk"):
        status, _, body = Browser(app, name).ask("GET", "/services/sample?number=21&why=case+12")
        assert status == 200
        told[name] = [a["record"] for a in json.loads(body)["found"]]
        assert kept(file)[:2] == (name, "case 12")
    assert told == {"Asha": ["u-r1"], "Counter": [], "Clerk": ["u-r1"]}
    asha = Browser(app, "Asha")
    for wrong in ("number=12", "number=x&why=case", "number=1&number=2&why=case", "no=1&why=case", "why=case",
                  "number=1&why=case&limit=0"):  # fmt: skip
        assert asha.ask("GET", f"/services/sample?{wrong}")[0] == 422, wrong
    assert asha.ask("GET", "/services/nothing?why=case")[0] == 404


def test_the_public_has_services_alone(app):
    counter = Browser(app, "Counter")
    assert counter.ask("GET", "/search?text=Mohan&why=case")[0] == 403
    assert counter.get("/")[0] == 303 and counter.get("/ask")[0] == 200
    assert counter.ask("GET", "/services/sample?number=12&why=case&reason=court+order+12/2026")[0] == 403


def test_the_page_asks_in_two_languages_without_names_in_its_address(app):
    for name, word in (("Asha", "Nothing was found"), ("Counter", "कुछ नहीं मिला")):
        browser = Browser(app, name)
        form = {"csrf": browser.token("/ask/sample"), "name": "Nobody", "why": "case 12"}
        status, _, body = browser.post("/ask/sample", form)
        assert status == 200 and word in body.decode()
        assert browser.post("/ask/sample", {**form, "why": ""})[0] == 422
        assert browser.post("/ask/sample", {**form, "csrf": "x"})[0] == 403


def test_who_asks_too_often_is_told_when_to_come_again(app, monkeypatch):
    def refuse(*_):
        raise TooOften(12.3, is_enumeration=False)

    monkeypatch.setattr(Rates, "count", refuse)
    counter = Browser(app, "Counter")
    status, headers, _ = counter.ask("GET", "/services/sample?number=12&why=case")
    assert (status, headers["retry-after"]) == (429, "13")
    page = counter.post("/ask/sample", {"csrf": counter.token("/ask/sample"), "number": "12", "why": "case"})
    assert (page[0], page[1]["retry-after"]) == (429, "13")


def test_the_description_names_every_parameter(app):
    told = json.loads(Browser(app).ask("GET", "/openapi.json")[2])["paths"]
    assert set(told) == {"/search", "/services", "/services/sample", "/services/fir-copy"}
    names = {p["name"] for p in told["/services/sample"]["get"]["parameters"]}
    assert names == {*(p.name for p in sample().parameters), "limit", "why", "reason"}


def test_a_copy_is_served_to_whom_it_may_be_given(app, file):
    asha, counter = Browser(app, "Asha"), Browser(app, "Counter")
    asked = "/services/fir-copy?number=12&year=2012&station=Kalpanapur&language=en&why=case"
    status, headers, body = counter.ask("GET", asked)
    assert (status, headers["content-type"], body[:5]) == (200, "application/pdf", b"%PDF-")
    assert kept(file)[2]["service"] == COPY and kept(file)[3] == 1
    hidden = asked.replace("number=12&year=2012", "number=21&year=2014")
    nothing = asked.replace("number=12", "number=99")
    assert counter.ask("GET", hidden)[::2] == counter.ask("GET", nothing)[::2] and counter.ask("GET", hidden)[0] == 404
    assert asha.ask("GET", hidden)[0] == 200
    form = {"csrf": asha.token("/ask/fir-copy"), "number": "21", "year": "2014", "station": "Kalpanapur", "why": "case"}
    assert asha.post("/ask/fir-copy", {**form, "language": "en"})[2][:5] == b"%PDF-"
    assert asha.post("/ask/fir-copy", {**form, "language": "xx"})[0] == 422


@pytest.mark.filterwarnings("ignore")
def test_the_served_api_keeps_its_description(closing_app, monkeypatch):
    """What the description allows is answered as it says, by every service; benchmarks/served.py asks much more."""
    services = registry.load_services()
    for module in ("asking", "serving"):
        monkeypatch.setattr(f"digitize.serving.{module}.load_services", lambda: services)
    monkeypatch.setattr(Rates, "count", lambda *_: None)
    session = Browser(closing_app, "Asha").cookies["digitize_search"]
    headers = {"Cookie": f"digitize_search={session}", "Host": HOSTS[0]}
    told = Browser(closing_app).json("/openapi.json")
    checks = [not_a_server_error, *(getattr(conformance, f"{n}_conformance") for n in
              ("status_code", "response_schema", "content_type", "response_headers"))]  # fmt: skip
    asked = []
    for operation in openapi.from_dict(told).get_all_operations():

        @settings(
            max_examples=2,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
            phases=[Phase.generate],
        )
        @given(case=operation.ok().as_strategy())
        def ask(case):
            asked.append(case.path)
            case.operation.app = closing_app
            case.call_and_validate(base_url="http://localhost", headers=headers, checks=checks)

        # Its many texts take long to make up.
        if operation.ok().path != "/search":
            ask()
        for given_now in REAL.get(operation.ok().path.rpartition("/")[2], ()):
            case = operation.ok().Case(query={**given_now, "why": "case 12/2012"})
            case.operation.app = closing_app
            answer = case.call_and_validate(base_url="http://localhost", headers=headers, checks=checks)
            assert answer.status_code == 200
    assert {f"/services/{name}" for name in services} < set(asked)


def test_every_service_says_what_it_asks_by_and_shows_fields_that_are_there():
    services = registry.load_services()
    for name, service in services.items():
        assert registry.find_service(name) is service and {p.kind for p in service.parameters} <= {
            TEXT,
            DAY,
            YEAR,
            NUMBER,
            CHOICE,
        }
        assert not {p.name for p in service.parameters} & {"limit", "why", "reason", "json", "target", "csrf"}
        columns = {(t.child, c.name) for f in load_schemas() for t in form_tables(f).values() for c in t.columns}
        if service.answer is None:
            assert {(child, n) for child, names in service.shows.items() for n in names} <= columns, name
    with pytest.raises(OptionsError, match="vehicle-noc"):
        registry.find_service("vehicle-nok")


def test_both_languages_of_the_pages_say_everything():
    folder = resources.files("digitize.serving") / "words"
    english, hindi = (tomllib.loads((folder / f"services_{x}.toml").read_text(encoding="utf-8")) for x in ("en", "hi"))
    assert {k for k, v in english.items() if isinstance(v, str)} == {k for k, v in hindi.items() if isinstance(v, str)}
    for group in ("ground", "how"):
        assert english[group].keys() == hindi[group].keys()
    for name, own in english["service"].items():
        for group in ("verdict", "says", "choice"):
            assert own.get(group, {}).keys() <= hindi["service"][name].get(group, {}).keys() | hindi["choice"].keys(), (
                name
            )
    words, services = service_words("hi"), [*registry.load_services().values(), COPIES]
    english_left = [
        (s.name, n) for s in services for n in ("title", "help", *(f"given.{p.name}" for p in s.parameters))
        if words.word_of(s.name, n, "?")[1]
    ]  # fmt: skip
    fields = {n for s in services for names in s.shows.values() for n in names}
    assert english_left == [] and {n for n in fields if words.field(n)[1]} == set()


@pytest.mark.slow
@pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine; make setup-tests brings it")
@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine; make setup-tests brings it")
def test_the_pages_are_usable_by_everyone(browser_modules, app, monkeypatch):
    services = registry.load_services()
    for module in ("asking", "serving"):
        monkeypatch.setattr(f"digitize.serving.{module}.load_services", lambda: services)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    address = f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    asked = {name: REAL[name][-1] for name in ("vehicle-noc", "fir-status", "missing-persons", "stolen-property")}
    script = Path(__file__).parent / "services_page.mjs"
    command = ["node", script, browser_modules, find_browser(), address, PASSWORD, json.dumps(asked)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    server.should_exit = True
    thread.join()
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert (found["faults"], found["foreign"], found["errors"]) == ([], [], [])
    assert max(found["overflow"]) <= 0 and found["headings"] == ["Services", "सेवाएँ"]
    assert found["rows"]["Asha fir-status"] == found["rows"]["Counter fir-status"] == 1


def test_who_is_no_police_works_at_no_station_and_owns_no_records(tmp_path):
    with pytest.raises(OptionsError):
        new_account("X", "operator", "en", {}, asks_as="judge")
    people = People(tmp_path)
    (tmp_path / "keys").mkdir()
    people.add(new_account("Counter", "administrator", "en", {}, asks_as="public"), PASSWORD)
    people.add(new_account("Asha", "operator", "en", {"stations": ("Howrah/Kalpanapur",)}), PASSWORD)
    counter, asha = People(tmp_path).find_account("Counter"), People(tmp_path).find_account("Asha")
    assert not counter.may("operator") and counter.may("") and asha.may("operator")
    own = Record("a-r1", "iif1", {n: FieldValue(v, v) for n, v in search_store.FIRS[0].items() if n != "record_id"})
    roles = [asker(role, stations=s).role_for(own) for role, s in (
        ("police", asha.stations), ("police", ("Kalpanapur",)), ("police", ("Nadia/Kalpanapur",)), ("police", ()),
        ("court", asha.stations), ("public", asha.stations))]  # fmt: skip
    assert roles == ["own", "own", "police", "police", "court", "public"]
