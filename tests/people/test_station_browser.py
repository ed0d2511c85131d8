"""The review station in a real browser: a day's work by the keyboard, what axe-core says, and nothing asked of another host."""

import json
import os
import re
import shutil
import subprocess
import threading
import time
import tomllib
from collections import Counter
from importlib import resources
from pathlib import Path

import pytest
import uvicorn
from argon2 import PasswordHasher

from digitize.machine.font_files import font_folder
from digitize.offices.pdf import find_browser
from digitize.review.station.app import make_app
from digitize.review.station.server_state import Served
from digitize.workspace.ledger import Ledger
from sample_data.makers.station_office import PASSWORD, make_office

HERE = Path(__file__).parent
PICTURES = [p for p in [os.environ.get("STATION_PICTURES")] if p]
"""Where the scripts put pictures of the pages, for somebody who wants to look at them."""
STATION = resources.files("digitize.review.station")
TYPED = ("complainant_name", "complainant_occupation", "complainant_address", "place_address",
         "delay_reason", "io_name", "officer_name")  # fmt: skip
needs_node = pytest.mark.skipif(
    shutil.which("node") is None, reason="no node on this machine; make setup-tests brings it"
)
needs_browser = pytest.mark.skipif(
    find_browser() is None, reason="no Chromium on this machine; make setup-tests brings it"
)


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    settings = "sample_share = 0.0\nknown_share = 0.0"
    return make_office(tmp_path_factory.mktemp("pages") / "ws", {"hi": 5, "ur": 1}, settings=settings, empty=TYPED)


@pytest.fixture
def address(place, monkeypatch):
    """The station, served by a thread of this process."""
    quick = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr("digitize.login.people._make_hasher", lambda: quick)
    served = Served(place)
    app = make_app(served, ["127.0.0.1"])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()
    served.close()


def walk(script, browser_modules, address):
    """What a script found in Chromium; no fault of access, no error, nothing asked of another host, nothing cut off."""
    command = ["node", HERE / script, browser_modules, find_browser(), address, PASSWORD, *PICTURES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert (found["faults"], found["errors"], found["foreign"], found["overflow"]) == ([], [], [], [])
    return found


@pytest.mark.slow
@needs_browser
@needs_node
def test_undo_and_the_list_of_answers(browser_modules, place, address):
    found = walk("station_back.mjs", browser_modules, address)
    item, back = found["afterReload"]
    assert back == [item, "2012"]
    item, back = found["inNewTab"]
    assert back == [item, "2011"]
    assert found["onPage"]
    assert (found["listed"], found["searched"], found["keyAgain"]) == (1, 1, ["2014", True])
    with Ledger(place.ledger) as ledger:
        assert not ledger.rows(
            "SELECT 1 FROM decisions WHERE value = '2014' AND seq IN (SELECT MAX(seq) FROM decisions)"
        )


@pytest.mark.slow
@needs_browser
@needs_node
def test_blank_illegible_and_words_that_are_no_value_have_keys_of_their_own(browser_modules, place, address):
    found = walk("station_empty.mjs", browser_modules, address)
    said = words("en")["script"]
    assert found["asked"] == found["askedEmpty"] == [True, said["type_the_words"]]
    assert found["undone"]["value"] == "till date"
    assert found["onPage"] == said["verdict_no-value"]
    with Ledger(place.ledger) as ledger:
        rows = ledger.rows(
            "SELECT verdict, value FROM decisions WHERE operator = 'Asha' AND field LIKE '%/fir_date' ORDER BY seq"
        )
    kept = [(r["verdict"], r["value"]) for r in rows if r["verdict"] != "undone"]
    assert kept[-3:] == [("no-value", "since marriage"), ("illegible", ""), ("blank", "")]


@pytest.mark.slow
@needs_browser
@needs_node
def test_a_day_at_the_station(browser_modules, place, address):
    found = walk("station_pages.mjs", browser_modules, address)
    assert len(found["typed"]) == 30
    assert found["once"] == [1, 1]
    assert found["undone"] == ["undone"] * 3
    assert found["conflict"] == ["राम नमूना", found["mine"]]
    assert (found["kept"], found["keptLater"]) == (4, 0)
    assert found["notYet"] == "0" and found["carpet"][0] == found["carpet"][1] > 1
    assert found["urdu"] == ["rtl", "ur", True]
    assert found["typedBefore"] == "एक लंबा पाठ" != found["typedReverted"]
    assert found["again"] == ["open", True]
    assert found["settled"] and found["reopened"] == 1
    assert found["changed"] == "hi"
    assert found["language"] == ["hi", words("hi")["quality"]]
    with Ledger(place.ledger) as ledger:
        rows = ledger.rows("SELECT value FROM decisions WHERE operator = 'Asha'")
        keys = ledger.rows("SELECT key FROM events WHERE step = 'answer' AND outcome = 'done'")
    values = Counter(r["value"] for r in rows)
    assert all(values[text] for _, text in found["typed"])
    assert len(keys) == len({r["key"] for r in keys})


def words(language):
    return tomllib.loads((STATION / "words" / f"{language}.toml").read_text(encoding="utf-8"))


def test_every_language_of_the_pages_says_everything():
    english, hindi = words("en"), words("hi")
    flat = [{**said, **{f"script.{k}": v for k, v in said["script"].items()}} for said in (english, hindi)]
    assert flat[0].keys() == flat[1].keys()
    for key, text in flat[0].items():
        if key != "script":
            assert sorted(re.findall(r"\{\w+\}", text)) == sorted(re.findall(r"\{\w+\}", flat[1][key])), key


def test_no_page_and_no_script_says_what_no_words_file_has():
    english = words("en")
    for page in (STATION / "templates").iterdir():
        for group, key in re.findall(r"words\.(script\.)?(\w+)", page.read_text(encoding="utf-8")):
            assert key == "script" or key in (english["script"] if group else english), (page.name, key)
    for script in (STATION / "static").iterdir():
        if script.name.endswith(".js"):
            for key in re.findall(r'\b(?:words|sentence)\("(\w+)"', script.read_text(encoding="utf-8")):
                assert key in english["script"], (script.name, key)


@needs_node
def test_letters_and_sounds():
    """Doubtful letters are whole letters; a word typed by sound is the word in each script; keyboards are complete."""
    done = subprocess.run(["node", HERE / "station_letters.mjs"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


def test_fonts_of_twelve_scripts_are_there_with_their_licence():
    fonts = {f.name: f.read_bytes() for f in font_folder().iterdir()}
    assert "SIL Open Font License" in fonts.pop("OFL.txt").decode()
    sheet = (STATION / "static" / "fonts.css").read_text(encoding="utf-8")
    assert set(re.findall(r"fonts/(\w+\.woff2)", sheet)) == set(fonts)
    assert len(fonts) == 13 and all(f.startswith(b"wOF2") for f in fonts.values())
    assert sum(map(len, fonts.values())) < 512 * 1024
