"""The quick version of the page benchmark runs on drawn pages and keeps what it promises."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
@pytest.mark.engine
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed; make setup installs it")
def test_drawn_pages_are_prepared_and_read_better_than_plain(tmp_path):
    out = tmp_path / "figures.json"
    command = [sys.executable, ROOT / "benchmarks" / "pages.py", "--quick", "--json", out]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["orientation"]["en"] == {"right": 1.0}
    assert figures["geometry"]["skew_worst_deg"] < 0.2
    assert figures["geometry"]["places_p99_px"] < 1.5
    assert figures["spread"] == {"split_right": 1.0, "split_wrong": 0.0}
    assert figures["blank"]["precision"] == 1.0
    assert figures["seconds"]["all_but_orientation"] > 0
    worn = figures["cer"]["by_wear"]
    assert all(c["prepared"] <= c["without"] + 1 and c["prepared"] <= c["peer"] + 1 for c in worn.values())
