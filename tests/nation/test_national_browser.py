"""The page in a real browser: axe-core finds no serious fault, nothing is asked of the network, the keyboard is enough."""

import csv
import io
import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from digitize.offices.exporting import format_csv, make_tables
from digitize.offices.figures import load_shares
from digitize.offices.measures import MEASURES, Counts, sum_counts
from digitize.offices.outline import load_outline
from digitize.offices.page import render_page
from digitize.offices.pdf import find_browser
from digitize.offices.picture import Limits, NationalPicture
from digitize.offices.rollup import SnapshotReport, roll_up_nation
from digitize.offices.series import Series
from digitize.offices.shape import Snapshot
from digitize.offices.words import LANGUAGES, load_words
from sample_data.makers.national import invent, month_ends, snapshot

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_browser() is None, reason="no Chromium on this machine; make setup-tests brings it"),
    pytest.mark.skipif(shutil.which("node") is None, reason="no node on this machine; make setup-tests brings it"),
]
ENDS = month_ends(6, date(2025, 6, 30))


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    reports = []
    for i, s in enumerate(invent(tmp_path_factory.mktemp("keys"), stations=360, records=360_000)[:33]):
        body = snapshot(s, 5, 6, ENDS[5], with_stations=True)
        body = {**body, "statement": None} if i % 5 == 0 else body
        reports.append(SnapshotReport(Snapshot.model_validate_json(json.dumps(body)), "", 3))
    picture = NationalPicture(roll_up_nation(reports), ENDS[5], Limits())
    # Some records of one state count once in shares, and twice in counts.
    picture.root.parts[0].doubled = picture.root.doubled = 7
    places = {(s.code, d.name): [None, 0, 5] for s in picture.root.parts for d in s.parts}
    picture.series = Series((ENDS[0], ENDS[2], ENDS[5]), places)
    return picture


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_usable_by_everyone(browser_modules, picture, tmp_path, language):
    page = tmp_path / "national.html"
    page.write_text(render_page(picture, load_words(language), load_outline()), encoding="utf-8")
    script = Path(__file__).parent / "national_page.mjs"
    command = ["node", script, browser_modules, find_browser(), page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1200, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    found = json.loads(done.stdout)
    assert (found["faults"], found["requests"], found["errors"]) == ([], [], [])
    assert max(found["overflow"]) <= 0
    keyboard = found["keyboard"]
    assert keyboard["beside"] <= 0
    few, more, printed = keyboard["columns"]
    assert few < more == printed
    assert keyboard["focus"] == "solid3px"
    assert keyboard["sorted"] == 1
    assert keyboard["trail"][1:] == [keyboard["state"], keyboard["district"]]
    assert keyboard["stations"] > 0
    assert keyboard["chart"] == 2
    check_saved(found["places"], picture)
    check_saved_figures(found["figures"], picture)


def check_saved_figures(text, picture):
    """What the page's own script saves are the figures that are exported, to the last digit."""
    names = ("level", "state", "district", "station", "figure")

    def read(text):
        rows = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
        return {tuple(r[n] for n in names): [r[n] and float(r[n]) for n in ("numerator", "denominator", "value")]
                for r in rows}  # fmt: skip

    header, rows = make_tables(picture, load_words("en"))["figures"]
    saved, exported = read(text), read(format_csv(header, rows))
    assert saved.items() <= exported.items()
    assert {k for k in exported if k[4] in load_shares() or k[0] == "nation"} <= saved.keys()


def check_saved(text, picture):
    """What the page's own script saves adds up to the nation at each level, and says nothing of who did not report."""
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    for level in ("state", "district", "station"):
        told = [{m: int(r[m]) if r[m] else None for m in MEASURES} for r in rows if r["level"] == level and r["pages"]]
        once = sum_counts(p.net for p in picture.root.parts if p.net)
        assert sum_counts(Counts.from_values(r) for r in told) == (once if level == "state" else picture.root.counts)
    assert sum(r["records"] == "" for r in rows if r["level"] == "state") == 3
