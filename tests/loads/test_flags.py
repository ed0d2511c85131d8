# ruff: noqa: F811  # the fixture `target` comes from the other file
"""What the rules note of records that are loaded all the same: a row beside each, as long as the record stands."""

import random

from test_loading import firs
from test_quarantine_order import BAD_DAY, SETTINGS, correct, load, target  # noqa: F401

from digitize.files.loading.load import LoadOptions, load_files
from digitize.files.loading.settings import import_settings
from digitize.quarantine.rejects import find_rejects
from digitize.quarantine.replay import replay_rejects
from digitize.targets.flags import count_flags, find_flags

PERSONS = "record_id,line,role,name,sex,age\n"


def with_persons(folder, *persons, rows=(("a", {}), ("b", {}))):
    made = firs(folder, *rows)
    (made / "iif1_persons.csv").write_text(PERSONS + "\n".join(persons) + "\n", encoding="utf-8")
    return made


def take(target, folder, settings=SETTINGS, **how):
    return load_files([folder], "iif1", target, settings, LoadOptions(**how))


def told(target):
    return sorted({(f.record, f.field, f.code) for f in find_flags(target)})


ODD = ("a,1,accused,Sunil,male,30", "a,2,accused,Karim,male,15", "b,1,accused,Anil,male,31")
GROSS = (ODD[0], "a,2,witness,Karim,Gents,240", ODD[2])


def test_what_is_noted_of_a_record_stands_beside_it(target, tmp_path):
    made = take(target, with_persons(tmp_path / "1", *ODD))
    assert made.total("inserted") == 2
    found = told(target)
    assert {(r, f.partition(".")[0]) for r, f, _ in found} == {("a", "persons[1]")}
    assert ("a", "persons[1].age", "X013") in found
    assert made.total("flags") == len(found) == sum(count_flags(target).values())
    assert any("Flags on loaded records" in line for line in made.lines())
    assert {f.word for f in find_flags(target)} == {"note"}


def test_flags_are_the_same_however_the_files_are_cut(target, tmp_path, monkeypatch):
    folder = with_persons(tmp_path / "1", *ODD)
    take(target, folder)
    before = told(target)
    monkeypatch.setattr("digitize.files.loading.inputs.PART_BYTES", 100)
    take(target, folder, size=1)
    assert told(target) == before and before


def test_a_record_that_changes_loses_its_flags_and_undoing_brings_them_back(target, tmp_path):
    first = take(target, with_persons(tmp_path / "1", *ODD))
    before = told(target)
    better = (ODD[0], "a,2,accused,Karim,male,24", ODD[2])
    made = take(target, with_persons(tmp_path / "2", *better))
    assert made.total("updated") == 1 and told(target) == []
    target.undo(made.receipts[0].batch, "a slip")
    assert told(target) == before
    target.undo(first.receipts[0].batch, "all of it")
    assert told(target) == []


def test_records_loaded_before_there_were_flags_get_them_with_other_rules(target, tmp_path):
    folder = with_persons(tmp_path / "1", *ODD)
    take(target, folder)
    before = told(target)
    target.run_all([("DELETE FROM flags", [])])
    assert take(target, folder, import_settings("iif1", ignore=["R008"])).total("unchanged") == 2
    assert told(target) == before


def test_a_record_that_is_refused_has_no_flags(target, tmp_path):
    take(target, with_persons(tmp_path / "1", *ODD, rows=(("a", BAD_DAY), ("b", {}))))
    assert told(target) == []
    correct(target, "a", fir_date="2009-03-12")
    assert replay_rejects(target, find_rejects(target)).loaded == 1
    assert ("a", "persons[1].age", "X013") in told(target)


def test_the_first_load_and_a_trial(postgres_target, tmp_path):
    from digitize.targets.open import open_target

    target = open_target(postgres_target)
    folder = with_persons(tmp_path / "1", *ODD)
    assert take(target, folder, dry_run=True).total("flags") > 0
    assert told(target) == [] and target.run("SELECT count(*) FROM deliveries") == [(0,)]
    take(target, folder, is_first=True)
    assert told(target)
    target.close()


def test_planted_notes_all_stand_in_the_table(target, tmp_path):
    die = random.Random(3)
    odd = {n for n in range(300) if die.random() < 0.3}
    persons = [f"r{n},1,accused,Sunil,male,{15 if n in odd else 30}" for n in range(300)]
    rows = [(f"r{n}", {"fir_no": str(n + 1)}) for n in range(300)]
    take(target, with_persons(tmp_path / "1", *persons, rows=rows), size=64)
    flagged = {f.record for f in find_flags(target) if f.code == "X013"}
    assert flagged == {f"r{n}" for n in odd}


def test_the_command_counts_flags_and_lists_those_of_a_rule(digitize, tmp_path):
    url = tmp_path / "t.sqlite"
    digitize("load", with_persons(tmp_path / "1", *ODD), "--target", url)
    found = digitize.json("quarantine", "flags", "--target", url)
    assert found["counts"] and found["flags"] == []
    code = sorted(found["counts"])[0]
    listed = digitize.json("quarantine", "flags", "--code", code, "--target", url)["flags"]
    assert {f["code"] for f in listed} == {code} and {f["record"] for f in listed} == {"a"}
    text = digitize("quarantine", "flags", "--record", "a", "--target", url)
    assert "persons[1].age" in text and "15" not in text.split() and "Karim" not in text


def test_what_nobody_is_waits_for_a_person_and_is_loaded_once_somebody_has_corrected_it(target, tmp_path):
    made = take(target, with_persons(tmp_path / "1", *GROSS))
    assert made.total("inserted") == 1 and told(target) == []
    (waits,) = find_rejects(target)
    assert (waits.record.id, waits.word) == ("a", "review") and {"F018", "F019"} <= set(waits.codes)
    again = take(target, with_persons(tmp_path / "2", *ODD))
    assert again.total("inserted") == 1 and find_rejects(target) == []


ADDRESSES = "record_id,line,address_of,address,latitude,longitude\n"
ABROAD = (
    "a,1,occurrence,Bazar,22.57,88.36", "b,1,occurrence,Bazar,-45,88.36", "c,1,occurrence,Bazar,91,88.36",
    "d,1,occurrence,Bazar,22.57,181", "e,1,occurrence,Bazar,22 deg,88.36",
)  # fmt: skip


def abroad(folder):
    made = firs(folder, *((r, {}) for r in "abcde"))
    (made / "iif1_addresses.csv").write_text(ADDRESSES + "\n".join(ABROAD) + "\n", encoding="utf-8")
    return made


def waiting(target):
    """What waits: record -> (its word, codes of what a rule or the target says of degrees)."""
    return {r.record.id: (r.word, set(r.codes) & {"F050", "F051", "D001"}) for r in find_rejects(target)}


def test_a_place_outside_india_waits_for_a_person(target, tmp_path):
    made = take(target, abroad(tmp_path / "1"))
    assert made.total("inserted") == 1 and told(target) == []
    assert waiting(target) == {
        "b": ("review", {"F050"}),
        "c": ("review", {"F050"}),
        "d": ("review", {"F051"}),
        "e": ("reject", {"D001"}),
    }


def test_what_no_column_of_degrees_holds_is_refused_though_the_rule_is_not_asked(target, tmp_path):
    """The rule asks for India, the target for a place on earth; whoever ignores the rule still sinks no batch."""
    made = take(target, abroad(tmp_path / "1"), import_settings("iif1", ignore=["F050", "F051"]))
    assert made.total("inserted") == 2
    assert waiting(target) == {r: ("reject", {"D001"}) for r in "cde"}
