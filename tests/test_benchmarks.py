"""The quick version of each benchmark runs on the samples and writes the figures it promises."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
pytestmark = [pytest.mark.engine, pytest.mark.slow]
if shutil.which("tesseract") is None:
    pytestmark.append(pytest.mark.skip(reason="tesseract is not installed; make setup installs it"))


def run(name, tmp_path):
    out = tmp_path / "figures.json"
    command = [sys.executable, ROOT / "benchmarks" / name, "--quick", "--json", out]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(out.read_text(encoding="utf-8"))


def test_a_run_killed_three_times_ends_as_one_that_was_not(tmp_path):
    figures = run("kill.py", tmp_path)
    assert figures["kills"] == 3
    assert figures["kills_identical"] is True
    assert figures["pages_counted_once"] is True
