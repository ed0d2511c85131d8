"""The quick version of the mapping benchmark runs on the samples and writes the figures it promises."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(tmp_path, *arguments):
    out = tmp_path / "figures.json"
    command = [sys.executable, ROOT / "benchmarks" / "map.py", "--json", out, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False), out


def test_invented_statutes_are_all_read_as_they_are_meant(tmp_path):
    done, out = run(tmp_path, "--quick", "--only", "statutes")
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["statutes_parsed"] == 1.0
    assert figures["statutes_wrong"] == figures["statutes_said_to_be_unparsed"] == 0
    assert figures["statutes_texts"] >= 45
    assert figures["statutes_peer_numbers_alone"] < 0.5


def test_every_golden_pair_comes_out_right(tmp_path):
    done, out = run(tmp_path, "--quick", "--only", "golden")
    assert done.returncode == 0, done.stderr[-2000:]
    figures = json.loads(out.read_text(encoding="utf-8"))
    assert figures["golden_right"] == figures["golden_pairs"] >= 12
    assert figures["golden_values_differ"] == 0


def test_a_part_that_is_not_there_is_refused(tmp_path):
    done, _ = run(tmp_path, "--quick", "--only", "statues")
    assert done.returncode == 2
    assert "statutes" in done.stderr
