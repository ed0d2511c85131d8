"""The quick version of the benchmark of the national picture."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from digitize.offices.pdf import find_browser

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_national_picture_is_made_and_bad_snapshots_are_caught(tmp_path):
    out = tmp_path / "figures.json"
    command = [sys.executable, ROOT / "benchmarks" / "national.py", "--quick", "--json", out]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert set(figures) == {"add_s", "report_s", "html_mb", "interactive_s", "rss_mb", "bad_snapshots_caught"}
    assert figures["bad_snapshots_caught"] == 12
    assert 0 < figures["html_mb"] < 3
    assert (figures["interactive_s"] is None) == (find_browser() is None)
