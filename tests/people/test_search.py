"""Search over a loaded store: across scripts and spellings, the law kept, every search in the log, the same in both."""

import json
import shutil
import sqlite3
import subprocess
import threading
import time
import tomllib
from importlib import resources
from pathlib import Path
from types import SimpleNamespace

import pytest
import uvicorn
from search_store import batch
from station_office import HOSTS, PASSWORD, Browser

from digitize.errors import OptionsError, TargetRefused
from digitize.login.people import new_account
from digitize.masking.unmasking import check_unmasking
from digitize.offices.pdf import find_browser
from digitize.search.log import Searcher
from digitize.search.query import SearchQuery
from digitize.search.search import StoreSearch
from digitize.search.words import name_pattern
from digitize.serving.office import SearchOffice
from digitize.serving.serving import FIELDS, make_search_app
from digitize.targets.open import open_target
from digitize.targets.sqlite import SqliteTarget
from mappers.names.keys import mark_key, mark_tokens, name_words, near_keys
from mappers.names.sounds import coarse

BY = Searcher("Asha", "asha@office", "case 12/2012")
ASKED = [
    (SearchQuery("Mohammad Saleem"), "a-r1", "person"),
    (SearchQuery("মহম্মদ সেলিম"), "a-r1", "person"),
    (SearchQuery("محمد سلیم", relative="کریم"), "a-r1", "person"),
    (SearchQuery("Mohamad Salim", kind="person", year="2012", age="30-40"), "a-r1", "person"),
    (SearchQuery("Mohmaad Salm", station="কল্পনাপুর"), "a-r1", "person"),
    (SearchQuery("Ramkumar Das"), "a-r1", "person"),
    (SearchQuery("Harp* Singh", station="Kataka Sadar"), "c-r1", "person"),
    (SearchQuery("+91 98300-12345"), "c-r1", "person"),
    (SearchQuery("12/2012", kind="fir"), "a-r1", "fir"),
    (SearchQuery(kind="fir", section="IPC 304-A", since="2012-09-01", until="2012-09-30"), "c-r1", "fir"),
    (SearchQuery("bara bajar", kind="fir"), "a-r1", "fir"),
    (SearchQuery("WBO2AB1284"), "a-r1", "vehicle"),
    (SearchQuery("WB02A?1234", kind="vehicle"), "a-r1", "vehicle"),
    (SearchQuery("WB02AB12?4", kind="vehicle"), "a-r1", "vehicle"),
    (SearchQuery("*1234", kind="vehicle"), "a-r1", "vehicle"),
    (SearchQuery("सोना चेन", kind="property"), "c-r1", "property"),
]  # fmt: skip


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("store") / "cctns.sqlite"
    target = SqliteTarget(path)
    target.take(batch())
    target.close()
    return path


@pytest.fixture(scope="module")
def finder(file):
    target = SqliteTarget(file)
    yield StoreSearch(target)
    target.close()


def first(finder, query, by=BY):
    hits = finder.search(query, by).hits
    return (hits[0].record, hits[0].kind) if hits else None


@pytest.mark.parametrize(("query", "record", "kind"), ASKED, ids=range(len(ASKED)))
def test_found_across_scripts_and_spellings(finder, query, record, kind):
    assert first(finder, query) == (record, kind)


@pytest.mark.parametrize(
    ("query", "record"), [
        (SearchQuery("Ram Kumar Xqz Zwv", kind="person"), "a-r1"),
        (SearchQuery("Harpreet Xq", relative="", kind="person"), "c-r1"),
        (SearchQuery("Bazar q w z", kind="fir"), "a-r1"),
        (SearchQuery("hero q w z", kind="vehicle"), "a-r1"),
        (SearchQuery("", relative="Karim Xq", kind="person"), "a-r1"),
        (SearchQuery("Harpreet Xq", kind="person", year="2012"), "c-r1"),
        (SearchQuery("Harpreet Xq", kind="person", station="Cuttack Sadar"), "c-r1"),
    ], ids=range(7),
)  # fmt: skip
def test_where_words_fail_the_others_are_looked_up_alone(finder, query, record):
    """A word that nobody wrote takes nothing from those that stand there, down to the last one."""
    assert first(finder, query) == (record, query.kind)


def test_what_was_found_says_why(finder):
    (hit,) = finder.search(SearchQuery("Mohammad Salim", relative="Karim", station="Kalpanapur"), BY).hits
    assert {(g.what, g.how) for g in hit.why} == {("name", "same"), ("relative", "same"), ("station", "same")}
    assert hit.values["name"] == "मोहम्मद सलीम" and hit.case["fir_no"] == "12" and hit.sections == ("IPC 379",)


@pytest.mark.parametrize(
    "query", [
        SearchQuery("Mohammad Salim", year="2013"), SearchQuery("Mohammad Salim", age="60-70"),
        SearchQuery("Mohammad Salim", section="376"), SearchQuery("Mohammad Salim", station="Nowhere At All"),
        SearchQuery("Mohammad Salim", place="Ghat"), SearchQuery("12/2013", kind="fir"),
        SearchQuery("WB02AB9999", kind="vehicle"), SearchQuery("Zzyzx Qwrtp"),
    ], ids=range(8),
)  # fmt: skip
def test_what_does_not_fit_is_not_found(finder, query):
    assert finder.search(query, BY).hits == ()


def test_whom_the_law_hides_is_not_told_to_be_there(finder):
    """Neither by the name, nor by the relative, nor in another record of the case; the answer is that of no such name."""
    for query in (SearchQuery("Savitri Mandal"), SearchQuery(relative="Gopal Mandal"), SearchQuery("सावित्री मंडल")):
        assert finder.search(query, BY) == finder.search(SearchQuery("Nobody Ofthatname"), BY)
    accused = finder.search(SearchQuery("Mohan Pal", limit=3), BY).hits
    assert [h.record for h in accused][0] == "b-r1"
    (case,) = finder.search(SearchQuery("7/2013", kind="fir", limit=1), BY).hits
    assert "Savitri" not in json.dumps(case.as_plain(), ensure_ascii=False)


def test_what_else_is_found_does_not_tell_who_is_hidden(tmp_path):
    """Names that fit less well are looked up whether or not a hidden one fits wholly."""
    target = SqliteTarget(tmp_path / "more.sqlite")
    target.take(batch([{"record_id": "c-r1", "line": 2, "role": "accused", "name": "Savitri Devi"}]))
    for name in ("Savitri Mandal", "Savitri Mandip", "Savitri Mand*", "Savitri Xend*"):
        hits = StoreSearch(target).search(SearchQuery(name, limit=1), BY).hits
        assert [(h.record, h.line) for h in hits] == [("c-r1", 2)], name
    target.close()


def test_a_hidden_place_is_not_told_by_whom_it_finds(finder):
    """The place of such a case is masked, also where it is asked for beside a name; its district is not."""
    found = [first(finder, SearchQuery("Mohan Pal", place=p)) for p in ("Mela Math", "Nowhere", "Howrah", "Kalpanapur")]
    assert found == [None, None, ("b-r1", "person"), ("b-r1", "person")]
    assert first(finder, SearchQuery("Mela Math", kind="fir")) is None
    assert first(finder, SearchQuery("7/2013", kind="fir", place="Howrah")) == ("b-r1", "fir")


def test_signs_of_a_query_language_are_letters_or_nothing(finder):
    for text in ('x" OR 1', "a NEAR(b", "{a}:b", "x') --", "[a-z]*", '"* x', "x^y", "*" * 150 + "Z?1234"):
        for asked in (SearchQuery(text), SearchQuery(section=text), SearchQuery(place=text), SearchQuery(station=text)):
            assert finder.search(asked, BY).hits == ()


def test_an_unmasked_answer_is_kept_with_who_and_why(finder, file):
    who = check_unmasking(unmask=True, reason="court order 12/2026", operator="Sup", user="sup@office")
    hits = finder.search(SearchQuery("Savitri Mandal"), Searcher("Sup", "sup@office", "trial", who)).hits
    assert {h.record for h in hits} == {"b-r1", "d-r1"}
    kept = rows(file, "SELECT who, why, shown, detail FROM search_log ORDER BY number DESC LIMIT 1")[0]
    assert kept[:3] == ("Sup", "trial", 2)
    assert json.loads(kept[3])["reason"] == "court order 12/2026" and json.loads(kept[3])["ids"] == ["b-r1", "d-r1"]


def rows(path, query):
    with sqlite3.connect(path) as db:
        return db.execute(query).fetchall()


def test_the_log_says_what_was_asked_and_not_whom(finder, file):
    finder.search(SearchQuery("Mohammad Salim", relative="Karim", station="Kalpanapur", year="2012"), BY)
    who, why, asked = rows(file, "SELECT who, why, asked FROM search_log ORDER BY number DESC LIMIT 1")[0]
    assert (who, why) == ("Asha", "case 12/2012")
    assert json.loads(asked) == {"limit": 10, "relative": [5], "station": "Kalpanapur", "text": [8, 5], "year": "2012"}
    for change in ("DELETE FROM search_log", "UPDATE search_log SET why = ''"):
        with pytest.raises(sqlite3.IntegrityError):
            rows(file, change)


def test_a_search_that_cannot_be_kept_is_not_answered(finder, monkeypatch):
    def refuse(entry):
        raise TargetRefused("no room")

    monkeypatch.setattr(finder.store, "keep", refuse)
    with pytest.raises(TargetRefused):
        finder.search(SearchQuery("Mohammad Salim"), BY)


def test_what_was_loaded_before_gets_its_keys(tmp_path, file):
    """A file of version 0.2.0, which had no keys."""
    path = tmp_path / "old.sqlite"
    path.write_bytes(file.read_bytes())
    with sqlite3.connect(path) as db:
        for name in ("search_rows", "search_index", "search_words", "search_log"):
            db.execute(f"DROP TABLE {name}")
        db.execute("DELETE FROM meta WHERE key = 'search'")
        db.execute("UPDATE meta SET value = '3' WHERE key = 'format'")
        for name in ("rejects_batch", "rejects_row", "rejects_record", "rejects_settled"):
            db.execute(f"DROP INDEX {name}")
        for column in ("source_row", "delivery", "settings"):
            db.execute(f"ALTER TABLE rejects DROP COLUMN {column}")
    db.close()
    target = SqliteTarget(path)
    assert all(first(StoreSearch(target), query) == (record, kind) for query, record, kind in ASKED)
    target.close()


def test_what_is_taken_back_is_not_found(tmp_path, file):
    path = tmp_path / "undone.sqlite"
    path.write_bytes(file.read_bytes())
    target = SqliteTarget(path)
    target.undo("books", "a mistake")
    assert [first(StoreSearch(target), query) for query, _, _ in ASKED] == [None] * len(ASKED)
    assert rows(path, "SELECT count(*) FROM search_rows") == [(0,)]
    target.close()


def test_postgres_finds_the_same(postgres_target, finder):
    from digitize.targets.postgres.address import parse_address
    from digitize.targets.postgres.search_fill import fill

    assert fill(parse_address(postgres_target)) == 0
    target = open_target(postgres_target)
    target.take(batch())
    target.run("SELECT set_config('jit', 'on', false)")
    made = target.run("SELECT kind, record_id, line, said, tokens FROM search_rows ORDER BY 1, 2, 3")
    theirs = StoreSearch(target)
    assert target.run("SHOW jit") == [("off",)], "compiling a query takes longer than answering it"
    for query, _, _ in ASKED:
        assert theirs.search(query, BY) == finder.search(query, BY)
    target.run_all([("DELETE FROM search_rows", ()), ("DELETE FROM search_words", ())])
    target.run_all([("DELETE FROM meta WHERE key = 'search'", ())])
    with pytest.raises(TargetRefused, match="target init URL --search"):
        StoreSearch(target)
    assert fill(parse_address(postgres_target)) == 4
    assert target.run("SELECT kind, record_id, line, said, tokens FROM search_rows ORDER BY 1, 2, 3") == made
    assert first(StoreSearch(target), SearchQuery("Mohammad Saleem")) == ("a-r1", "person")
    target.undo("books", "a mistake")
    assert target.run("SELECT count(*) FROM search_rows") == [(0,)]
    target.close()


@pytest.mark.parametrize(
    "query", [SearchQuery(), SearchQuery("*"), SearchQuery("x", kind="all"), SearchQuery("x", year="12-"),
              SearchQuery("x", since="2012-13-01"), SearchQuery("x", age="40-30"), SearchQuery("x", limit=0),
              SearchQuery("secret " * 40), SearchQuery('"*'), SearchQuery("secret\ud800"), SearchQuery("x", since="20120101")],
    ids=range(11),
)  # fmt: skip
def test_what_cannot_be_asked_is_refused_without_what_was_typed(finder, query):
    with pytest.raises(OptionsError) as told:
        finder.search(query, BY)
    assert "secret" not in str(told.value)


def test_keys():
    assert name_words("Mohammad  Salim")[0] == name_words("محمد سلیم")[0]
    assert coarse("kumar") in near_keys("kunar") and coarse("kumar") in near_keys("kmar")
    assert mark_key("wb-02 ab १२३४") == mark_key("WBO2A81234")
    assert set(mark_tokens("WB02AB1234")) & set(mark_tokens("WB02AB124"))
    assert not set(mark_tokens("WB02AB1234")) & set(mark_tokens("KA05XY9876")) and mark_tokens("12") == []
    assert [name_pattern(p) for p in ("Moh*", "मुर*", "*pur", "R?m")] == ["moh*", "mur*", "*pur", "r?m"]


def test_the_command_finds_and_logs(digitize, file):
    found = digitize.json("search", "Mohammad Saleem", "--kind", "person", "--target", file, "--why", "case 12/2012")
    assert found["hits"][0]["record"] == "a-r1"
    assert "Kalpanapur" in digitize("search", "Mohammad Saleem", "--target", file)
    assert "Nothing" in digitize("search", "Savitri Mandal", "--target", file)
    digitize("search", "x", "--kind", "all", "--target", file, code=4)
    digitize("search", "x", "--target", file.with_name("not_there.sqlite"), code=8)


@pytest.fixture(scope="module")
def app(file, tmp_path_factory, quick_hash):
    folder = tmp_path_factory.mktemp("office")
    (folder / "keys").mkdir()
    place = SimpleNamespace(folder=folder, options=SimpleNamespace(review=SimpleNamespace(idle_minutes=10)))
    office = SearchOffice(place, lambda: SqliteTarget(file))
    for name, role in (("Asha", "operator"), ("Sup", "supervisor")):
        office.people.add(new_account(name, role, "hi" if name == "Sup" else "en", {}), PASSWORD)
    yield make_search_app(office, HOSTS)
    office.close()


def test_the_search_is_served_to_those_who_are_in(app, file):
    assert Browser(app).ask("GET", "/search?text=x&why=case")[0] == 401
    asha = Browser(app, "Asha")
    status, headers, body = asha.ask("GET", "/search?text=Mohammad%20Saleem&why=case+12")
    assert (status, headers["cache-control"]) == (200, "no-store")
    assert json.loads(body)["hits"][0]["record"] == "a-r1"
    assert rows(file, "SELECT who, account, why FROM search_log ORDER BY number DESC LIMIT 1") == [
        ("Asha", "search:operator", "case 12")
    ]
    for wrong in ("text=x", "text=x&why=case&no=1", "text=x&text=y&why=case", "why=case", "text=x&why=case&limit=a",
                  "text=x&why=case&year=abc", "text=%00x&why=case"):  # fmt: skip
        assert asha.ask("GET", f"/search?{wrong}")[0] == 422, wrong


def test_protected_names_take_a_supervisor_and_a_reason(app):
    asked = "/search?text=Savitri%20Mandal&why=trial&reason=court+order+12/2026"
    assert Browser(app, "Asha").ask("GET", asked)[0] == 403
    sup = Browser(app, "Sup")
    assert len(json.loads(sup.ask("GET", asked)[2])["hits"]) == 2
    assert json.loads(sup.ask("GET", asked.partition("&reason")[0])[2]) == {"hits": []}


def test_the_page_searches_in_two_languages_without_names_in_its_address(app):
    for name, word in (("Asha", "sounds alike"), ("Sup", "उच्चारण समान")):
        browser = Browser(app, name)
        form = {"csrf": browser.csrf, "text": "Mohmmad Selim", "why": "case 12", "station": "Kalpanapur"}
        status, _, body = browser.post("/", form)
        assert status == 200 and "मोहम्मद सलीम" in body.decode() and word in body.decode()
        assert browser.post("/", {**form, "why": ""})[0] == 422
        assert browser.post("/", {**form, "csrf": "x"})[0] == 403


def test_the_description_names_every_field(app):
    told = json.loads(Browser(app).ask("GET", "/openapi.json")[2])
    names = {p["name"] for p in told["paths"]["/search"]["get"]["parameters"]}
    assert names == {*FIELDS, "limit", "why", "reason"}


def test_both_languages_of_the_page_say_everything():
    folder = resources.files("digitize.serving") / "words"
    english, hindi = (tomllib.loads((folder / f"{x}.toml").read_text(encoding="utf-8")) for x in ("en", "hi"))
    assert english.keys() == hindi.keys()
    for group in ("ground", "how", "field"):
        assert english[group].keys() == hindi[group].keys()


@pytest.mark.slow
@pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine; make setup-tests brings it")
@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine; make setup-tests brings it")
def test_the_page_is_usable_by_everyone(browser_modules, app):
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    address = f"http://localhost:{server.servers[0].sockets[0].getsockname()[1]}"
    script = Path(__file__).parent / "search_page.mjs"
    command = ["node", script, browser_modules, find_browser(), address, PASSWORD]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False)
    server.should_exit = True
    thread.join()
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert (found["faults"], found["foreign"], found["errors"]) == ([], [], [])
    assert max(found["overflow"]) <= 0 and found["rows"] == [1, 1] and found["addresses"] == ["/", "/"]
    assert found["headings"] == ["Search of records", "अभिलेखों में खोज"]
