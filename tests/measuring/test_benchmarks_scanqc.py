"""Defects of scans, as benchmarks/scanqc.py plants and finds them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ocr.quality.defect import KINDS

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_quick_benchmark_writes_the_figures_it_promises(tmp_path):
    out = tmp_path / "figures.json"
    command = [sys.executable, ROOT / "benchmarks" / "scanqc.py", "--quick", "--json", out]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["defects_found"] > figures["peer_defects_found"]
    assert set(KINDS) <= set(figures["found"]) and set(KINDS) <= set(figures["called_bad"])
    assert figures["good_called_bad"] <= 0.1 and figures["pages_per_s"] > 0
