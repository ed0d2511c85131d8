"""The tool that plants faults: what tests notice and what they miss."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_planted_faults_are_noticed_but_where_no_test_asks(tmp_path):
    out = tmp_path / "figures.json"
    command = [sys.executable, "-m", "benchmarks.mutants", "--quick", "--json", out]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["mutants"] >= 10 and figures["areas"] == {"tiny": {k: figures[k] for k in ("noticed", "mutants")}}
    assert {one["in"] for one in figures["survivors"]} == {"unread"}
    assert figures["noticed"] == round(1 - len(figures["survivors"]) / figures["mutants"], 4)
