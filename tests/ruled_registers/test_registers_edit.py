"""A register file corrected over its scans: what a page may ask for, and a correction in a real browser."""

import http.client
import json
import shutil
import subprocess
import threading
import time
from pathlib import Path

import cv2
import pytest
import uvicorn
from ruled_paper import EDGES
from test_registers_draft import ROWS, shop_book

from digitize.errors import DigitizeError
from digitize.files.registers.author import author, open_editing
from digitize.files.registers.editing import RegisterEdit
from digitize.files.registers.write import read_remarks
from digitize.offices.pdf import find_browser
from digitize.serving.register_editor import make_editor_app
from ocr.errors import FormError
from ocr.registers.form import known_registers, load_register

needs_tesseract = pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
STRAY = 920


@pytest.fixture(scope="module")
def drafted(tmp_path_factory):
    """A draft of one scan on which a stroke looks like a rule, and two scans to correct it over."""
    if shutil.which("tesseract") is None:
        pytest.skip("tesseract is not installed")
    folder = tmp_path_factory.mktemp("edit")
    scans = [folder / "one.png", folder / "two.png"]
    cv2.imwrite(str(scans[0]), shop_book(stray=STRAY))
    cv2.imwrite(str(scans[1]), shop_book(first=7))
    _, file = author(scans[:1], "reg_shops", folder, ("en",))
    yield file, scans
    known_registers.cache_clear()


@pytest.fixture
def file(drafted, tmp_path):
    """The drafted file, which a test may change."""
    return shutil.copy(drafted[0], tmp_path / "reg_shops.toml")


@pytest.fixture
def editing(file, drafted):
    return open_editing(file, drafted[1], ("en",))


def edit_of(state, **changes):
    columns = [{k: v for k, v in column.items() if k != "known"} for column in state["columns"]]
    plain = {"title": state["title"], "row_start": state["rowStart"], "columns": columns,
             "halves": [[rule["x"] for rule in rules] for rules in state["halves"]]}  # fmt: skip
    return {**plain, **changes}


def test_a_stray_rule_is_taken_away_and_what_the_page_does_not_show_stays(editing, file):
    state = editing.show(editing.read())
    assert len(state["columns"]) == 5 and state["page"]["rows"] == ROWS
    edit = edit_of(state)
    gone = next(i for i, rule in enumerate(state["halves"][0]) if abs(rule["x"] - STRAY * state["width"] / 1200) < 12)
    del edit["halves"][0][gone], edit["columns"][gone]
    edit["columns"][1] |= {"kind": "block", "head": "Shop"}
    form = editing.change(RegisterEdit.model_validate(edit))
    tried = editing.read(0, form)
    assert (len(tried.table.columns), tried.page.rows, tried.page.reason) == (4, ROWS, "")
    # Not the outermost line went in its place.
    shown = [rule["x"] for rule in editing.show(tried, form)["halves"][0]]
    assert shown == pytest.approx([x * state["width"] / 1200 for x in EDGES], abs=6)
    before = load_register(file)
    editing.save(form)
    after = load_register(file)
    assert after == form and [c.kind for c in after.columns][1] == "block"
    assert after.column("shop_visited").labels == {"en": ("Shop",)} and after.columns[0] == before.columns[0]
    drawn = [b - a for a, b in zip(EDGES, EDGES[1:], strict=False)]
    assert [c.width for c in after.columns] == pytest.approx([100 * w / sum(drawn) for w in drawn], abs=1.5)
    head, above = read_remarks(Path(file).read_text(encoding="utf-8"))
    assert any("Drafted" in line for line in head) and above["shop_visited"] == ["printed: Shop visited"]


def test_what_no_file_may_hold_is_refused_in_words(editing):
    state = editing.show(editing.read())
    columns = edit_of(state)["columns"]
    for changes, said in (
        ({"row_start": "no"}, 'row_start = "no": there is no such column'),
        ({"columns": columns[1:]}, "5 columns lie between the rules, and 4 were described"),
        ({"halves": [[r["x"] for r in state["halves"][0]][::-1]]}, "to the left of the one before it"),
        ({"columns": [{**c, "kind": "dates"} for c in columns]}, "did you mean date"),
        ({"columns": [{**c, "id": "Twice"} for c in columns]}, "small Latin letters"),
    ):
        with pytest.raises(FormError, match=said.replace("(", r"\(")):
            editing.change(RegisterEdit.model_validate(edit_of(state, **changes)))
    with pytest.raises(DigitizeError, match="no page 3"):
        editing.read(2)


@pytest.fixture
def port(editing):
    """Where the page is served, under /secret/."""
    app = make_editor_app(editing, "secret")
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join()


def ask(port, path, body=None, host=""):
    """Status, headers and content of an answer. body: posted as JSON."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    method, sent = ("GET", None) if body is None else ("POST", json.dumps(body))
    connection.request(method, path, sent, {"Host": host} if host else {})
    answer = connection.getresponse()
    content = answer.read()
    connection.close()
    return answer.status, answer.headers, content


def test_only_who_knows_the_address_is_answered(port, file):
    status, headers, _ = ask(port, "/secret/")
    assert status == 200 and "script-src 'self'" in headers["content-security-policy"]
    assert {ask(port, f"/{path}")[0] for path in ("", "other/", "other/state", "secret/no.js")} == {404}
    assert ask(port, "/secret/", host="elsewhere.example")[0] == 400
    state = json.loads(ask(port, "/secret/state")[2])
    assert ask(port, "/secret/picture")[2].startswith(b"\x89PNG")
    before = Path(file).read_bytes()
    status, _, told = ask(port, "/secret/save", {"page": 0, "edit": edit_of(state, row_start="no")})
    assert status == 422 and "no such column" in json.loads(told)["problem"]
    assert ask(port, "/secret/save", {"page": 0})[0] == 400
    assert ask(port, "/other/save", {"page": 0, "edit": edit_of(state)})[0] == 404
    assert Path(file).read_bytes() == before
    # More columns than the page can show: a person may know better, so they are kept, and it is told.
    edit = edit_of(state)
    last = edit["halves"][0][-1]
    edit["halves"][0] += [last + 20 * i for i in range(1, 10)]
    edit["columns"] += [{"id": f"more_{i}", "kind": "line"} for i in range(1, 10)]
    status, _, told = ask(port, "/secret/save", {"page": 0, "edit": edit})
    assert (status, json.loads(told)["problem"][:20]) == (422, "The file was saved. ")
    assert len(load_register(file).columns) == len(state["columns"]) + 9


@pytest.mark.slow
@pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine; make setup-tests brings it")
@pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine; make setup-tests brings it")
def test_a_register_is_corrected_in_the_browser(browser_modules, editing, port, file):
    address = f"http://127.0.0.1:{port}/secret/"
    script = Path(__file__).parent / "register_editor.mjs"
    stray = STRAY * editing.show(editing.read())["width"] / 1200
    command = ["node", script, browser_modules, find_browser(), address, str(stray)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert (found["faults"], found["errors"], found["foreign"]) == ([], [], []) and found["overflow"][0] <= 0
    assert found["picture"] > 1000 and len(found["first"]["ids"]) == 5
    four = found["without"]["ids"]
    assert len(four) == 4 and len(found["divided"]) == 5 and found["outer"][0] == 5
    start = found["without"]["rules"][1]
    assert found["dragged"] - start == pytest.approx(40, abs=3) and found["back"] == pytest.approx(start, abs=3)
    assert "small Latin letters" in found["fault"]
    assert found["tried"]["ids"] == ["beat_no", *four[1:]] and f"{ROWS} rows" in found["tried"]["said"]
    assert found["tried"]["rules"] == pytest.approx(found["without"]["rules"], abs=4)
    assert found["other"]["ids"] == found["tried"]["ids"] and f"{ROWS} rows" in found["other"]["said"]
    saved = load_register(file)
    assert saved.ids == ("beat_no", *four[1:]) and saved.columns[1].kind == "block" and saved.row_start == "beat_no"
