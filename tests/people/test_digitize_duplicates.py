"""`digitize duplicates`: candidates out of files and workspaces, masked, and decisions that are remembered."""

import csv
import json

import pytest

from digitize.workspace.ledger import Ledger

FIRS = """
format = 1
id = "doubles_firs"
version = "1"
title = "List of FIRs"
form = "iif1"
[match]
columns = ["PS", "FIRNO", "FIRYR", "FIRDT", "ACC", "SEC"]
[set]
district = "Kalpana"
[rows.accused]
table = "persons"
set = { role = "accused" }
[rows.acts]
table = "acts"
[[map]]
from = "PS"
to = "police_station"
clean = "station"
[[map]]
from = "FIRNO"
to = "fir_no"
clean = "int"
[[map]]
from = "FIRYR"
to = "year"
clean = "year"
[[map]]
from = "FIRDT"
to = "fir_date"
clean = "date"
[[map]]
from = "ACC"
into = "accused"
to = { name = "name", relation = "relation", relative_name = "relative_name", age = "age" }
clean = "person"
[[map]]
from = "SEC"
into = "acts"
to = { act = "act", section = "section", inferred = "act_is_inferred" }
clean = "sections"
"""
ROWS = (
    "Kalpanapur,7,1999,02-01-1999,Qarim Vintobhe s/o Abdul Qarla aged 34 years,379 IPC\n"
    "Kalpanapur,8,2001,03-01-2001,करीम विंतोभे पुत्र अब्दुल करला उम्र 36,379 IPC\n"
    "Kalpanapur,9,2001,04-01-2001,Sunil Example s/o Other Example aged 50 years,376 IPC\n"
    "Kalpanapur,10,2003,04-01-2003,सुनील एग्ज़ाम्पल पुत्र अदर एग्ज़ाम्पल उम्र 17,376 IPC\n"
    "Kalpanapur,11,2003,04-01-2003,Sunil Example s/o Other Example aged 52 years,379 IPC\n"
)


@pytest.fixture
def place(digitize, tmp_path):
    digitize("init", "wb", tmp_path / "ws", "--site", "test")
    (tmp_path / "ws" / "lists" / "stations.csv").write_text("station,district,aliases\nKalpanapur,Kalpana,\n", "utf-8")
    (tmp_path / "ws" / "mappings" / "doubles_firs.toml").write_text(FIRS, "utf-8")
    (tmp_path / "firs.csv").write_text("PS,FIRNO,FIRYR,FIRDT,ACC,SEC\n" + ROWS, "utf-8")
    digitize("intake", tmp_path / "ws", tmp_path / "firs.csv")
    digitize("run", tmp_path / "ws")
    return tmp_path / "ws"


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "files"
    made.mkdir()
    (made / "iif1.csv").write_text(
        "record_id,state,district,police_station,year,fir_no,fir_date,occurrence_from\n"
        "a,wb,Howrah,Bally,2009,7,2009-03-12,2009-03-11\n"
        "b,wb,Howrah,Bally,2009,97,2009-03-12,2009-03-11\n"
        "c,wb,Hooghly,Chinsurah,2012,4,2012-01-02,2012-01-01\n",
        "utf-8",
    )
    (made / "iif1_persons.csv").write_text(
        "record_id,line,role,name,relative_name,age,address\n"
        "a,1,complainant,Qarim Vintobhe,Abdul Qarla,34,Kalpanapur\n"
        "a,2,accused,Sunil Sample,Ram Sample,22,\n"
        "b,1,complainant,करीम विंतोभे,अब्दुल करला,34,\n"
        'c,1,accused,Karim Vintobhe,Abdul Qarla,37,"Ward 3, Kalpanapur"\n',
        "utf-8",
    )
    return made


def test_persons_and_cases_of_files_are_listed_without_names(digitize, folder):
    told = digitize.json("duplicates", folder)
    pairs = {(p["kind"], p["left"]["record"], p["right"]["record"]) for p in told["pairs"]}
    assert pairs == {("person", "a", "b"), ("person", "a", "c"), ("person", "b", "c"), ("case", "a", "b")}
    assert "Qar" not in json.dumps(told, ensure_ascii=False)
    assert {c["kind"]: (c["pairs"], c["groups"], c["skipped"]) for c in told["counts"]} == {
        "person": (3, 1, 0),
        "case": (1, 1, 0),
    }


def test_names_are_shown_for_a_reason_only(digitize, folder):
    out, asked = folder.parent / "pairs.jsonl", ("--unmask", "--reason", "compare by hand", "--operator", "A. Rao")
    digitize("duplicates", folder, *asked, code=4)
    digitize("duplicates", folder, *asked, "--format", "jsonl", "--out", out)
    assert "Qarim" in out.read_text(encoding="utf-8")
    kept = json.loads((folder.parent / "pairs.jsonl.unmasked.json").read_text(encoding="utf-8"))
    assert kept["operator"] == "A. Rao" and "name" in kept["fields"]
    digitize("duplicates", folder, "--unmask", code=4)


def test_jsonl_has_a_pair_a_line_and_the_limit_counts_each_kind(digitize, folder):
    lines = digitize("duplicates", folder, "--format", "jsonl", "--limit", "1").splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["person", "case"]


def test_wrong_words_are_refused(digitize, folder, tmp_path):
    digitize("duplicates", folder, "--of", "vehicles", code=4)
    digitize("duplicates", folder, "--form", "gd", code=4)
    digitize("duplicates", folder, "--format", "xml", code=4)
    digitize("duplicates", tmp_path / "nothing", code=5)
    digitize("duplicates", folder, "--decisions", folder / "iif1.csv", code=4)


def test_a_workspace_protects_victims_and_children_and_names_other_accused(digitize, place):
    shown = {
        name
        for p in digitize.json("duplicates", place, "--of", "persons")["pairs"]
        for name in (p["left"].get("name"), p["right"].get("name"))
    }
    assert "Qarim Vintobhe" in shown and "करीम विंतोभे" in shown
    assert "सुनील एग्ज़ाम्पल" not in shown


def test_a_run_notes_what_it_suspects_within_a_book(digitize, place):
    with Ledger(place / "ledger.sqlite") as ledger:
        codes = [r["code"] for r in ledger.rows("SELECT code FROM findings WHERE code LIKE 'P%'")]
        told = json.dumps([r["message"] for r in ledger.rows("SELECT message FROM findings")])
    assert set(codes) <= {"P001", "P002"}
    assert "Vintobhe" not in told


def test_what_was_decided_is_not_asked_again_until_the_data_change(digitize, place, tmp_path):
    sheet = tmp_path / "pairs.csv"
    before = digitize.json("duplicates", place)["counts"][0]["pairs"]
    digitize("duplicates", place, "--format", "csv", "-o", sheet)
    with sheet.open(encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    rows[0]["decision"] = "Different"
    write(sheet, rows)
    assert "1 decided, 0 known before" in digitize("duplicates", place, "--decisions", sheet, "--operator", "Clerk 1")
    assert "0 decided, 1 known before" in digitize("duplicates", place, "--decisions", sheet, "--operator", "Clerk 1")
    counts = digitize.json("duplicates", place)["counts"][0]
    assert (counts["pairs"], counts["decided"]) == (before - 1, 1)
    rows[0]["proof"] = "of other data"
    write(sheet, rows)
    digitize("duplicates", place, "--decisions", sheet, "--operator", "Clerk 1")
    assert digitize.json("duplicates", place)["counts"][0]["decided"] == 0


def test_a_word_that_decides_nothing_is_refused_and_the_others_are_kept(digitize, place, tmp_path):
    sheet = tmp_path / "pairs.csv"
    digitize("duplicates", place, "--format", "csv", "-o", sheet)
    with sheet.open(encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    write(sheet, [{**rows[0], "decision": "perhaps"}, {**rows[0], "decision": "same"}])
    out = digitize("duplicates", place, "--decisions", sheet, "--operator", "Clerk 1", code=3)
    assert "1 decided, 0 known before, 1 refused" in out
    digitize("duplicates", place, "--decisions", sheet, code=4)


def write(path, rows):
    with path.open("w", encoding="utf-8-sig", newline="") as f:
        made = csv.DictWriter(f, list(rows[0]))
        made.writeheader()
        made.writerows(rows)
