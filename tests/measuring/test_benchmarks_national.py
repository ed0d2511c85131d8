"""The quick version of the benchmark of the national picture."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.parts.national.tamper import tamper
from benchmarks.parts.national.trust import disclose, launder, plant_contradictions
from digitize.offices.pdf import find_browser
from sample_data.makers.national_worlds import judge

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_national_picture_is_made_and_bad_snapshots_are_caught(tmp_path):
    out = tmp_path / "figures.json"
    command = [
        sys.executable,
        ROOT / "benchmarks" / "national.py",
        "--quick",
        "--json",
        out,
        "--only",
        "add,report,page,bad",
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert set(figures) == {"add_s", "monthly_report_s", "html_mb", "interactive_s", "rss_mb", "bad_snapshots_caught"}
    assert figures["bad_snapshots_caught"] == 12
    assert 0 < figures["html_mb"] < 3
    assert (figures["interactive_s"] is None) == (find_browser() is None)


def test_the_picture_cannot_be_fooled_and_finds_who_lags(tmp_path):
    """A few of each; the whole number of tries is the benchmark's."""
    found = plant_contradictions(tmp_path, 1)
    assert found["contradictions_named"] == found["contradictions_planted"] > 5
    assert found["contradictions_false"] == 0
    assert launder(tmp_path, 3)["laundered"] == 0
    touched = tamper(tmp_path, 18)
    assert touched["tampering_found"] == 18, touched["tampering_missed"]
    assert disclose(30)["disclosed_by_difference"] == 0
    right = judge(2, seed=2)
    assert right["lag_found_in_top"] == 1 and right["finish_error_year"] < 3
