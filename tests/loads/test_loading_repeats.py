"""Rows that stand twice in import files: the first is kept, the others are refused and name it."""

import json

import pytest

from digitize.files.loading.inputs import find_inputs
from digitize.files.loading.load import LoadOptions, load_files
from digitize.files.loading.settings import import_settings
from digitize.files.validating.validate import validate_file
from digitize.quarantine.rejects import OPEN, find_rejects
from digitize.quarantine.replay import replay_rejects
from digitize.targets.sqlite import SqliteTarget

SETTINGS = import_settings("iif1")
HEAD = "record_id,state,district,police_station,year,fir_date,fir_no"
A, B = "a,wb,Howrah,Bally,2009,2009-03-12,1", "b,wb,Howrah,Bally,2009,2009-03-12,2"
ACTS = "record_id,line,act,section"


def folder(path, firs, acts=("a,1,IPC,379", "b,1,IPC,379"), head=ACTS):
    path.mkdir()
    (path / "iif1.csv").write_text("\n".join([HEAD, *firs, ""]), "utf-8")
    (path / "iif1_acts.csv").write_text("\n".join([head, *acts, ""]), "utf-8")
    return path


@pytest.fixture
def target(tmp_path):
    made = SqliteTarget(tmp_path / "target.sqlite")
    yield made
    made.close()


def told(path):
    found = validate_file(path, "iif1", SETTINGS).findings
    return [(f.line, f.code, f.value) for f in found if f.severity == "reject" and f.file == "iif1.csv"]


def kept(target):
    rows = target.run("SELECT record_id, file, line, findings FROM rejects ORDER BY line")
    return [(r, file, line, [(f["code"], f["message"]) for f in json.loads(x)]) for r, file, line, x in rows]


@pytest.mark.parametrize("parts", [1, 4])
def test_of_rows_that_are_the_same_the_first_is_loaded_and_the_others_name_it(target, tmp_path, monkeypatch, parts):
    others = [f"r{n},wb,Howrah,Station {n},2009,2009-03-12,1" for n in range(12)]
    acts = ("a,1,IPC,379", "b,1,IPC,379", *(f"r{n},1,IPC,379" for n in range(12)))
    path = folder(tmp_path / "in", [A, B, A, A, *others], acts)
    total = sum(f.stat().st_size for f in path.iterdir())
    monkeypatch.setattr("digitize.files.loading.inputs.PART_BYTES", total // parts)
    assert find_inputs([path], "iif1", SETTINGS).parts == parts
    done = load_files([path], "iif1", target, SETTINGS, LoadOptions())
    assert (done.total("inserted"), done.total("rejected")) == (14, 2)
    text = "The same record is here a second time; the first one is kept. (a, line 2, the first one)"
    assert kept(target) == [("a", "iif1.csv", 4, [("R002", text)]), ("a", "iif1.csv", 5, [("R002", text)])]
    assert told(path) == [(4, "R002", "a, line 2, the first one"), (5, "R002", "a, line 2, the first one")]
    assert target.run("SELECT count(*) FROM iif1_acts") == [(14,)]


def test_a_delivery_pasted_twice_is_loaded_once(target, tmp_path):
    acts = ("a,1,IPC,379", "a,2,IPC,411", "b,1,IPC,379")
    path = folder(tmp_path / "in", [A, B, A, B], acts * 2)
    load_files([path], "iif1", target, SETTINGS, LoadOptions())
    assert target.run("SELECT record_id, line, section FROM iif1_acts ORDER BY 1, 2") == [
        ("a", 1, "379"), ("a", 2, "411"), ("b", 1, "379"),
    ]  # fmt: skip
    assert [row[:3] for row in kept(target)] == [("a", "iif1.csv", 4), ("b", "iif1.csv", 5)]


def test_where_it_cannot_be_known_what_is_a_repeat_both_are_refused(target, tmp_path):
    path = folder(tmp_path / "in", [A, B, A], ("a,IPC,379", "a,IPC,379", "b,IPC,379"), "record_id,act,section")
    load_files([path], "iif1", target, SETTINGS, LoadOptions())
    assert [line for line, code, _ in told(path) if code == "T025"] == [2, 4]
    assert target.run("SELECT record_id FROM iif1") == [("b",)]


def test_rows_of_one_id_that_differ_are_refused_both(target, tmp_path):
    path = folder(tmp_path / "in", [A, B, A.replace(",1", ",9"), A])
    load_files([path], "iif1", target, SETTINGS, LoadOptions())
    assert [(line, code) for line, code, _ in told(path) if code == "T025"] == [(2, "T025"), (4, "T025"), (5, "T025")]
    assert target.run("SELECT record_id FROM iif1") == [("b",)]


def test_the_same_record_under_another_id_is_refused_and_names_the_first(target, tmp_path):
    path = folder(tmp_path / "in", [A, A.replace("a,", "c,", 1)], ("a,1,IPC,379", "c,1,IPC,379"))
    load_files([path], "iif1", target, SETTINGS, LoadOptions())
    assert told(path) == [(3, "R002", "a, line 2, the first one")]
    ((record, _, line, ((code, message),)),) = kept(target)
    assert (record, line, code) == ("c", 3, "R002") and message.endswith("(a, line 2, the first one)")
    assert target.run("SELECT record_id FROM iif1") == [("a",)]


def test_to_replay_a_repeat_changes_nothing(target, tmp_path):
    path = folder(tmp_path / "in", [A, B, A])
    load_files([path], "iif1", target, SETTINGS, LoadOptions())
    before = target.run("SELECT record_id, row_hash FROM record_index ORDER BY 1")
    replay_rejects(target, find_rejects(target, states=(OPEN,)))
    assert target.run("SELECT record_id, row_hash FROM record_index ORDER BY 1") == before
    assert target.run("SELECT count(*) FROM iif1_acts") == [(2,)]


def test_a_repeat_does_not_vanish_when_the_rule_is_not_asked(target, tmp_path):
    path = folder(tmp_path / "in", [A, B, A])
    done = load_files([path], "iif1", target, import_settings("iif1", ignore=["R002"]), LoadOptions())
    assert (done.total("inserted"), done.total("rejected")) == (2, 1)
    assert [row[:3] for row in kept(target)] == [("a", "iif1.csv", 4)]
