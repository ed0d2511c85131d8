"""The tool that plants faults: what tests notice and what they miss."""

import json
import subprocess
import sys
from pathlib import Path

from benchmarks.mutants.plant import list_mutants
from benchmarks.mutants.targets import read_equivalent

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


def test_each_fault_that_nobody_could_see_is_there_and_has_a_reason():
    """A fault whose line was rewritten leaves the list; and the list is short."""
    listed = read_equivalent()
    known = {
        (m.path, m.where, m.what)
        for path in {path for path, _, _ in listed}
        for m in list_mutants((ROOT / path).read_text(encoding="utf-8"), path)
    }
    assert [one for one in listed if one not in known] == []
    assert all(len(reason.split()) >= 4 for reason in listed.values())
    assert len(listed) <= 30
