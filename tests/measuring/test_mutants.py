"""The tool that plants faults: what tests notice and what they miss."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.mutants.caches import CacheReaders
from benchmarks.mutants.plant import list_mutants
from benchmarks.mutants.targets import EQUIVALENT, TINY, read_equivalent

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


def test_of_kept_answers_whoever_reads_them_is_asked():
    words = "@cache\ndef load(k):\n    return build(k)\ndef build(k):\n    return k\ndef fold(t):\n    return t\n"
    readers = (
        "@lru_cache(9)\ndef told(t):\n    return load(t)\ndef mask(t):\n    return told(t)\ndef alone():\n    pass\n"
    )
    caches = CacheReaders([("digitize/words.py", words), ("digitize/masks.py", readers)])
    assert caches.find("words", "load") == caches.find("words", "build") == {("masks", "told"), ("masks", "mask")}
    assert caches.find("masks", "told") == {("masks", "mask")}
    assert caches.find("words", "fold") == caches.find("masks", "mask") == set()


def find_stale(file):
    """Listed faults that are planted nowhere any more: their line was rewritten."""
    listed = read_equivalent(file)
    planted = {
        (m.path, m.where, m.what)
        for path in {path for path, _, _ in listed}
        for m in list_mutants((ROOT / path).read_text(encoding="utf-8"), path)
    }
    return [one for one in listed if one not in planted]


def test_the_list_of_faults_that_nobody_could_see_is_short_and_names_what_is_planted():
    assert find_stale(EQUIVALENT) == []
    assert len(read_equivalent(EQUIVALENT)) <= 30


def test_a_listed_fault_is_noticed_when_its_line_changed_and_refused_without_a_reason(tmp_path):
    is_there = list_mutants((ROOT / TINY).read_text(encoding="utf-8"), TINY)[0]
    file = tmp_path / "equivalent.toml"

    def write(what, because):
        keys = {"path": TINY, "in": is_there.where, "what": what, "because": because}
        file.write_text("[[fault]]\n" + "".join(f"{k} = {json.dumps(v)}\n" for k, v in keys.items()), encoding="utf-8")

    write(is_there.what, "a text of the log")
    assert find_stale(file) == []
    write("what stood there once", "a text of the log")
    assert [what for _, _, what in find_stale(file)] == ["what stood there once"]
    write(is_there.what, " ")
    with pytest.raises(ValueError, match="no reason"):
        read_equivalent(file)
