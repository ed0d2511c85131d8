"""Two registers from scans to records with the real engine: killed in the middle, run again, and no row is lost."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.engine]
if shutil.which("tesseract") is None:
    pytestmark.append(pytest.mark.skip(reason="tesseract is not installed; make setup installs it"))

ROOT = Path(__file__).parents[2]
VOLUMES = {"reg_gd_hi_light_3": "0001", "reg_vcnb_en_light_5": "0002"}


@pytest.fixture(scope="module")
def done(digitize, samples, tmp_path_factory):
    """A workspace with a Hindi diary of two pages and an English note-book, run to the end after it was killed once."""
    place = tmp_path_factory.mktemp("registers") / "ws"
    digitize("init", "wb", place, "--site", "test")
    shutil.copy(samples / "stations.csv", place / "lists" / "stations.csv")
    digitize("intake", place, *sorted(p for v in VOLUMES for p in (samples / "registers").glob(f"{v}_*.jpg")))
    kill_after_the_first_page(place)
    digitize("run", place)
    return place


def kill_after_the_first_page(place):
    run = subprocess.Popen(
        [sys.executable, "-m", "digitize.cli", "run", str(place), "--jobs", "1"],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    while run.poll() is None and not register_pages(place):
        time.sleep(0.05)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    assert 1 <= len(register_pages(place)) < 3


def register_pages(place):
    sql = "SELECT unit, COUNT(*) FROM events WHERE step = 'register' AND outcome = 'done' GROUP BY unit"
    with sqlite3.connect(place / "ledger.sqlite") as db:
        return dict(db.execute(sql).fetchall())


def gold(samples):
    """Volume -> the rows of its gold that begin on its pages, with the page's number."""
    rows = {}
    for line in (samples / "registers" / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        page = json.loads(line)
        own = [(page["page"], r) for r in page["rows"] if not r["continues"]]
        rows.setdefault(page["volume"], []).extend(own)
    return rows


def records(place, number):
    with sqlite3.connect(place / "ledger.sqlite") as db:
        sql = "SELECT record FROM records WHERE record LIKE ? ORDER BY record"
        return [r for (r,) in db.execute(sql, (f"wb-test-{number}-%",))]


def test_every_page_is_read_once_in_spite_of_the_kill(done):
    assert register_pages(done) == {f"wb-test-{n}": 1 for n in ("0001-0001", "0001-0002", "0002-0001")}


@pytest.mark.parametrize("volume", sorted(VOLUMES))
def test_every_row_of_the_gold_is_a_record_and_there_is_no_other(done, samples, volume, digitize):
    rows, found = gold(samples)[volume], records(done, VOLUMES[volume])
    assert digitize.json("status", done)["totals"]["rows_reported"] == 0
    assert len(found) == len(rows)
    by_page = [sum(r.startswith(f"wb-test-{VOLUMES[volume]}-000{n + 1}") for r in found) for n in (0, 1)]
    assert by_page == [sum(page == n for page, _ in rows) for n in (0, 1)]


def test_what_the_cells_say_reaches_the_fields(done, samples, digitize):
    rows, found = gold(samples)["reg_gd_hi_light_3"], records(done, "0001")
    shown = [digitize.json("show", done, r)["record"]["fields"] for r in found]
    told = [{f["field"]: f["value"] for f in fields} for fields in shown]
    written = [r["cells"] for _, r in rows]
    # Tesseract reads handwriting fonts badly; what counts here is that each row has its own cells, in order.
    times = [t.get("gd_time") == c["time"]["text"].replace(".", ":") for t, c in zip(told, written, strict=True)]
    numbers = [t.get("gd_no") == c["entry_no"]["text"] for t, c in zip(told, written, strict=True)]
    assert sum(times) >= 0.25 * len(rows) and sum(numbers) >= 0.5 * len(rows)
    assert all(t["police_station"] == "Kalpanapur" and t["district"] == "Kalpana" for t in told)


def test_nothing_of_a_register_is_loaded_before_it_was_calibrated_or_seen(done, digitize):
    totals = digitize.json("status", done)["totals"]
    assert totals["loaded"] == 0 and totals["in_review"] == totals["records"]
    sheet = digitize.json("review", "export", done)
    assert sheet["items"] > totals["records"]


def test_a_second_run_does_nothing(done, digitize):
    assert not any(digitize.json("run", done)["todo"].values())
