"""Old systems of several tables: parts put to their heads, codes looked up, what does not fit told and never lost."""

from __future__ import annotations

import csv
import re
import shutil

import pytest

from digitize.files.convert import make_wanted
from digitize.files.mapping.find import table_context
from digitize.files.systems.apply import apply_system
from digitize.files.systems.bonds import find_owners
from digitize.files.systems.delivered import DeliveredTable
from digitize.files.systems.drafting import draft_system
from digitize.files.systems.find import read_system
from digitize.files.systems.golden import run_golden_system
from digitize.files.systems.store import IncomingRow, RowStore
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision, Records
from mappers.errors import MappingError
from mappers.legacy import ReadAs
from mappers.systems.explain import draw
from mappers.systems.keys import key_of, table_key
from mappers.systems.profile import profile
from mappers.systems.system import load_system
from mappers.systems.ties import find_ties
from sample_data.makers.system_dumps import invent, write_dump
from sample_data.systems import SYSTEMS

SYSTEM = """
format = 1
id = "thana"
title = "A thana's system"
[head]
table = "fir"
key = ["fir_id"]
[[part]]
table = "accused"
key = ["case_id"]
row = ["acc_id"]
[[part]]
table = "bail"
of = "accused"
key = ["person"]
[[lookup]]
table = "ps"
key = "cd"
value = "name"
also = ["dist"]
for = ["fir.ps"]
nothing = ["0"]
[[lookup]]
table = "dist"
key = "id"
value = "name"
for = ["ps.dist"]
[[leave]]
table = "user*"
reason = "logins of the old program"
"""
HEAD = 'format = 1\nid = "{0}"\nversion = "1"\ntitle = "Of a test"\nform = "iif1"\n{1}[match]\ncolumns = {2}\n'
RULE = '[[map]]\nfrom = "{0}"\nto = "{1}"\nclean = "{2}"\n{3}\n'
KEYS = '[[ignore]]\nfrom = "{}"\nreason = "a key"\n'
MAPPINGS = {
    "thana_fir": HEAD.format("thana_fir", "", '["fir_id", "no", "dt", "ps"]')
    + RULE.format("no", "fir_no", "int", "")
    + RULE.format("dt", "fir_date", "date", "")
    + RULE.format("ps", "police_station", "station", "")
    + RULE.format("ps.dist", "district", "district", "")
    + KEYS.format("fir_id"),
    "thana_accused": HEAD.format("thana_accused", "part = true\n", '["acc_id", "case_id", "nm"]')
    + '[rows.accused]\ntable = "persons"\nset = { role = "accused" }\n'
    + RULE.format("nm", "name", "name", 'into = "accused"')
    + RULE.format("age", "age", "age", 'into = "accused"')
    + KEYS.format("acc_id")
    + KEYS.format("case_id"),
    "thana_bail": HEAD.format("thana_bail", "part = true\n", '["person", "surety"]')
    + '[rows.witness]\ntable = "persons"\nset = { role = "witness" }\n'
    + RULE.format("surety", "name", "name", 'into = "witness"')
    + KEYS.format("person"),
}
TABLES = {
    "fir": "fir_id,no,dt,ps\n1,12,2009-03-04,3\n2,13,2009-03-05,4\n3,14,2009-03-06,9\n",
    "accused": "acc_id,case_id,nm,age\n1,0001,Sample One,30\n2,1,Sample Two,31\n3,2,Sample Three,40\n4,99,Sample Lost,20\n"
    "5,,Sample Nokey,21\n",
    "bail": "person,surety\n3,Example Surety\n4,Lost Surety\n",
    "ps": "cd,name,dist\n3,Sample Nagar,1\n4,Example Ganj,2\n",
    "dist": "id,name\n1,Kangra\n2,Mandi\n",
    "users": "login,pwd\nx,y\n",
}


def write_system(folder, text=SYSTEM):
    folder.mkdir(exist_ok=True)
    (folder / "system.toml").write_text(text, "utf-8")
    for name, rules in MAPPINGS.items():
        (folder / f"{name}.toml").write_text(rules, "utf-8")
    return folder


def write_tables(folder, **changed):
    folder.mkdir(exist_ok=True)
    for name, text in {**TABLES, **changed}.items():
        if text:
            (folder / f"{name}.csv").write_text(text, "utf-8")
    return folder


def applied(tmp_path, text=SYSTEM, **changed):
    system, mappings = read_system(write_system(tmp_path / "maps", text))
    out = tmp_path / "out"
    done = apply_system(
        write_tables(tmp_path / "tables", **changed), system, mappings, table_context("hp", None, 0), out
    )
    return done, out


def rows(path):
    with path.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def orphans(done):
    return {t.table: t.orphans for t in done.tables if t.orphans}


def test_keys_meet_however_they_are_spelled():
    assert key_of(["0012"]) == key_of([" 12.0 "]) == key_of(["१२"]) == "12"
    assert key_of(["17", "2009"]) == key_of(["017/2009"]) != key_of(["172", "009"])
    assert key_of(["PS-01"]) == key_of(["ps1"]) and key_of(["-1"]) != key_of(["1"])
    assert key_of(["थाना"]) != key_of(["थन"]) and key_of(["1", ""]) == ""
    assert table_key("dbo.FIR Main") == table_key("fir_main")


def test_a_system_becomes_whole_cases(tmp_path):
    done, out = applied(tmp_path)
    firs = rows(out / "iif1.csv")
    assert [(r["fir_no"], r["police_station"], r["district"]) for r in firs] == [
        ("12", "Sample Nagar", "Kangra"), ("13", "Example Ganj", "Mandi"), ("14", "", "")
    ]  # fmt: skip
    people = [(r["record_id"][-1], r["role"], r["name"]) for r in rows(out / "iif1_persons.csv")]
    assert people == [
        ("1", "accused", "Sample One"), ("1", "accused", "Sample Two"), ("2", "accused", "Sample Three"),
        ("2", "witness", "Example Surety"),
    ]  # fmt: skip
    assert orphans(done) == {
        "accused": {"no row has its key": 1, "its key is empty": 1}, "bail": {"no row has its key": 1}
    }  # fmt: skip
    assert {t.table: t.role for t in done.tables}["users"] == "left"
    told = {(r["field"], r["stored"], r["why"]) for r in rows(out / "report" / "doubts.csv")}
    assert ("police_station", "9", "unread code-not-in-lookup") in told


MORE = {
    "accused": "acc_id,case_id,nm,age,father,remark\n1,0001,Sample One,30,Sample Elder,\n2,1,Sample Two,31,,lame\n"
    "3,2,Sample Three,40,,\n4,99,Sample Lost,20,,lost\n",
    "bail": "person,surety,amount\n1,Example Surety,500\n2,Other Surety,700\n3,Third Surety,\n",
}


def test_cells_of_a_part_that_no_rule_takes_are_counted_as_those_of_a_head(tmp_path):
    done, _ = applied(tmp_path, **MORE)
    assert done.left_over == {"accused.father": 1, "accused.remark": 1, "bail.amount": 2}


def test_a_record_waits_for_what_its_parts_say_that_no_rule_takes(digitize, place, tmp_path):
    """Not loaded as if nothing were lacking: held, counted once for the mapping, and named with the file to mend."""
    tables = write_tables(tmp_path / "tables", **MORE)
    digitize("intake", place, tables, "--year", "2009")
    digitize("run", place)
    with Ledger(place / "ledger.sqlite") as ledger:
        made = [s for s in Records(ledger).all() if "-fir-" in s.record.id or s.record.fields.get("fir_no")]
        heads = {s.record.value("fir_no"): s for s in made if s.record.value("fir_no")}
    assert heads["12"].record.left_over == {
        "accused.father": "Sample Elder", "accused.remark": "lame", "bail.amount": "500 | 700",
    }  # fmt: skip
    assert heads["12"].verdict == "review" and not heads["13"].record.left_over
    left = {(c["table"], c["column"]): (c["rows"], c["mapping"]) for c in digitize.json("status", place)["left_over"]}
    assert left[("accused", "father")] == (1, "thana_accused.toml") and left[("bail", "amount")][1] == "thana_bail.toml"
    # Ignored with a reason, it waits no more.
    for name, column in (("accused", "father"), ("accused", "remark"), ("bail", "amount")):
        file = place / "mappings" / f"thana_{name}.toml"
        file.write_text(file.read_text("utf-8") + KEYS.format(column), "utf-8")
    digitize("run", place)
    assert not [c for c in digitize.json("status", place)["left_over"] if c["table"] in ("accused", "bail")]
    with Ledger(place / "ledger.sqlite") as ledger:
        assert not any(s.record.left_over for s in Records(ledger).all())


def test_another_form_of_a_part_s_rows_is_refused(tmp_path):
    folder = write_system(tmp_path / "maps")
    file = folder / "thana_accused.toml"
    also = '[also.arrest]\nform = "iif3"\nneeds = ["arrested"]\n[[also.arrest.map]]\nfrom = "arrested"\nto = "arrest_date"\n'
    file.write_text(file.read_text("utf-8") + also + 'clean = "date"\n', "utf-8")
    with pytest.raises(
        MappingError, match=r"thana_accused\.toml: also\.arrest: rows of a part .* map its columns into"
    ):
        read_system(folder)


def test_a_part_whose_key_fits_two_heads_belongs_to_none(tmp_path):
    done, _ = applied(tmp_path, fir=TABLES["fir"] + "1,15,2009-03-07,3\n")
    assert orphans(done)["accused"]["several rows have its key"] == 2


def test_a_lookup_without_its_table_leaves_codes_without_value(tmp_path):
    done, out = applied(tmp_path, ps="")
    assert {r["police_station"] for r in rows(out / "iif1.csv")} == {""}
    assert any("the lookup ps was not delivered" in note for note in done.notes)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('table = "accused"\nkey', 'table = "fir"\nkey', "named twice"),
        ('key = ["person"]', 'key = ["person"]\n[[part]]\ntable = "x"\nof = "y"\nkey = ["a"]\nto = ["b"]\n[[part]]\n'
         'table = "y"\nof = "x"\nkey = ["c"]\nto = ["d"]', "a ring"),
        ('for = ["fir.ps"]', 'for = ["fri.ps"]', "no such table in the system; did you mean fir?"),
        ('for = ["ps.dist"]', 'for = ["dist.name"]', "a ring"),
        ('of = "accused"', 'of = "acused"', "neither head nor part; did you mean accused?"),
        ('row = ["acc_id"]', "", "has no row key"),
        ('key = ["case_id"]', 'key = ["case_id", "x"]', "as many columns"),
    ],
    ids=["two-roles", "parts-in-a-ring", "unknown-table", "codes-in-a-ring", "unknown-parent", "no-row-key", "too-wide"],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_place(tmp_path, before, after, said):
    path = tmp_path / "system.toml"
    path.write_text(SYSTEM.replace(before, after, 1), "utf-8")
    with pytest.raises(MappingError, match=re.escape(said)):
        load_system(path)


def test_a_lookup_may_be_named_for_each_table_of_a_head(tmp_path):
    several = SYSTEM.replace('table = "fir"\n', 'table = ["fir", "fir99"]\n')
    each = several.replace('for = ["fir.ps"]', 'for = ["fir.ps", "fir99.ps"]')
    read = load_system(write_system(tmp_path / "each", each) / "system.toml")
    assert read.refers == load_system(write_system(tmp_path / "one", several) / "system.toml").refers
    other = each.replace('for = ["ps.dist"]', 'for = ["ps.dist", "fir99.ps"]')
    with pytest.raises(MappingError, match="fir99.ps has two lookups, ps and dist"):
        load_system(write_system(tmp_path / "two", other) / "system.toml")


def test_a_key_that_a_table_has_not_is_named(tmp_path):
    with pytest.raises(MappingError, match="no column case_id; did you mean case_idd"):
        applied(tmp_path, accused=TABLES["accused"].replace("case_id", "case_idd"))


# -- in a workspace, over several deliveries --------------------------------------------------------------------------


@pytest.fixture
def place(digitize, tmp_path):
    digitize("init", "hp", tmp_path / "ws", "--site", "test")
    write_system(tmp_path / "ws" / "mappings")
    return tmp_path / "ws"


def run(digitize, place, *files):
    for file in files:
        digitize("intake", place, file)
    return digitize.json("run", place, "--only", "map,check", code=(0, 3, 4))


def people(digitize, place, record):
    shown = digitize.json("show", place, record, "--unmask", "--reason", "looked at in a test", "--operator", "A. Rao")[
        "record"
    ]
    return sorted(
        f["value"] for f in shown["fields"] if f["field"].startswith("persons[") and f["field"].endswith(".name")
    )


def test_parts_find_their_heads_over_deliveries_and_only_what_they_touch_is_made_anew(digitize, place, tmp_path):
    tables = write_tables(tmp_path / "tables")
    totals = run(digitize, place, tables / "accused.csv")["totals"]
    # Heads are missing as yet: every part waits and is counted.
    assert (totals["records"], totals["orphans"], totals["unmapped"]) == (5, 5, 0)
    totals = run(digitize, place, tables / "users.csv", tables / "fir.csv")["totals"]
    assert (totals["records"], totals["orphans"], totals["unmapped"]) == (5, 2, 0)
    fir = "hp-test-t0003-r000000"
    assert people(digitize, place, f"{fir}1") == ["Sample One", "Sample Two"]
    # One accused delivered again with another age, and a new one.
    later = write_tables(tmp_path / "later", accused="acc_id,case_id,nm,age\n2,1,Sample Two,35\n6,3,Sample Six,50\n")
    found = run(digitize, place, later / "accused.csv")
    assert (found["totals"]["records"], found["totals"]["orphans"]) == (5, 2)
    assert people(digitize, place, f"{fir}1") == ["Sample One", "Sample Two"]
    assert people(digitize, place, f"{fir}3") == ["Sample Six"]
    shown = digitize.json(
        "show", place, f"{fir}1", "--unmask", "--reason", "looked at in a test", "--operator", "A. Rao"
    )
    assert {f["value"] for f in shown["record"]["fields"] if f["field"].endswith("].age")} == {"30", "35"}
    assert not any(run(digitize, place)["todo"].values())
    settled_cells(digitize, place, fir)


def settled_cells(digitize, place, fir):
    """What a person typed for a cell of a part, and for a code that no lookup has, stays with that cell."""
    cells = {"column:hp-test-t0001-r0000001/nm": "Typed Name", "column:ps": "Namuna Nagar"}
    with Ledger(place / "ledger.sqlite") as ledger:
        for cell, value in cells.items():
            decided = Decision(f"{fir}1", cell, "", "", "iif1", "value", value, "A. Rao")
            Records(ledger).insert_decision(decided, "2026-11-29T10:00:00")
    run(digitize, place)
    with Ledger(place / "ledger.sqlite") as ledger:
        record = Records(ledger).find(f"{fir}1").record
    typed = next(row for row in record.children["persons"] if row["name"].origin.part == "hp-test-t0001-r0000001")
    assert (typed["name"].value, typed["name"].raw) == ("Typed Name", "Sample One")
    assert typed["name"].by == "operator A. Rao"
    station = record.fields["police_station"]
    assert (station.value, station.raw) == ("Namuna Nagar", "3")


# -- drafts and golden systems ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(SYSTEMS))
def test_a_draft_of_an_invented_system_makes_its_cases_whole(name, samples, tmp_path):
    if name == "mh_thana_access" and shutil.which("mdb-export") is None:
        pytest.skip("MDB Tools are not installed")
    golden = samples / "systems" / name / "golden"
    (source,) = golden.glob("source*")
    drafted = draft_system(source, ReadAs(), make_wanted("auto", name[:2], None), name, name[:2])
    files = {"system.toml": drafted.text, **{f"{i}.toml": text for i, text in drafted.mappings.items()}}
    for file, text in files.items():
        (tmp_path / file).write_text(text, "utf-8")
    assert not [i for i, text in drafted.mappings.items() if "part = true" in text and "[also." in text]
    for mappings in (tmp_path, golden.parent):
        done = run_golden_system(mappings, golden)
        assert (done.rows, done.differences) == (14, ())
    # The samples are as their maker makes them.
    (again := tmp_path / "again").mkdir()
    SYSTEMS[name](again)
    made = {p.relative_to(again): p.read_bytes() for p in again.rglob("*") if p.is_file()}
    assert made == {p.relative_to(golden): p.read_bytes() for p in golden.rglob("*") if p.is_file()}


def test_a_draft_asks_which_of_two_heads_is_meant_and_leaves_hundreds_of_empty_tables(tmp_path):
    system = invent(0, 20)
    columns, cells = system.tables[system.head]
    system.tables["fir_copy"] = columns, cells[:15]
    for n in range(300):
        system.tables[f"x_{n}"] = ["a"], []
    write_dump(system, tmp_path / "s.sql")
    drafted = draft_system(tmp_path / "s.sql", ReadAs(), make_wanted("auto", "hp", None), "s", "hp")
    assert drafted.guessed.head == system.head
    assert "could also be fir_copy" in drafted.text
    assert {f"x_{n}" for n in range(300)} <= drafted.left.keys()
    assert "fir_copy" not in {t.table for t in drafted.guessed.ties}


def test_a_system_is_drawn_with_its_ties(samples):
    drawn = draw(load_system(samples / "systems" / "mp_thana_mysql" / "system.toml"), {})
    assert "+-- fir_accused: case_id is fir_id of fir_master" in drawn
    assert "code ps_cd -> ps_name in ps_master (dist_cd -> dist_name in district_master)" in drawn
    assert "app_users: accounts and rights of the old program" in drawn


def test_a_key_of_two_columns_is_found_where_a_part_writes_it_as_one():
    numbers = [(str(n), str(year)) for year in (2008, 2009) for n in range(1, 21)]
    head = profile("fir", ("NO", "YR"), numbers, 100)
    part = profile(
        "accused", ("SR", "CASE"), [(str(i), f"{no.zfill(4)}/{yr}") for i, (no, yr) in enumerate(numbers)], 100
    )
    (tie,) = find_ties(head, [part])[0]
    assert (tie.key, tie.to, tie.share) == (("CASE",), ("NO", "YR"), 1.0)


def test_numbers_that_stand_everywhere_tie_nothing():
    head = profile("fir", ("FIR_ID", "PLACE"), [(str(n), "x") for n in range(1, 60)], 100)
    other = profile("holidays", ("HNO", "DAYS"), [(str(n), str(n % 5 + 1)) for n in range(1, 20)], 100)
    assert find_ties(head, [other]) == ([], [])


def test_two_offices_that_number_alike_keep_their_own_parts(tmp_path):
    path = tmp_path / "system.toml"
    path.write_text('format = 1\nid = "s"\ntitle = "Of a test"\n[head]\ntable = "fir"\nkey = ["id"]\n'
                    '[[part]]\ntable = "acc"\nkey = ["fir"]\n', "utf-8")  # fmt: skip
    # (file, delivery, office) of two heads and four parts: of the one's file, of the other's delivery, of its office
    # alone, and of an office that nobody told.
    near = [
        ("f1", "b1", "A"),
        ("f2", "b2", "B"),
        ("f1", "b1", "A"),
        ("f3", "b2", "B"),
        ("f4", "b3", "B"),
        ("f5", "b4", ""),
    ]
    tables = [
        DeliveredTable(n, "fir" if n < 3 else "acc", "t", "f", place, columns=("id",))
        for n, place in enumerate(near, 1)
    ]
    with RowStore(tmp_path) as store:
        for table in tables:
            row = ("", ["7"]) if table.name == "fir" else ("7", ())
            store.add(table.number, [IncomingRow(1, *row, (str(table.number),))])
        find_owners(store, load_system(path), tables)
        states = [store.states(table.number) for table in tables[2:]]
        heads = {owner: sorted(row.source for o, row in store.parts_of([owner]) if o == owner) for owner in (1, 2)}
    assert heads == {1: [3], 2: [4, 5]}
    assert states == [{"": 1}, {"": 1}, {"": 1}, {"several-heads": 1}]
    assert not list(tmp_path.glob(".rows-*"))


def test_a_row_delivered_again_unchanged_stays_where_people_settled_it(tmp_path):
    """Of rows with one row key the newest counts, but what says the same again takes no decision from the first."""
    path = tmp_path / "system.toml"
    path.write_text('format = 1\nid = "s"\ntitle = "Of a test"\n[head]\ntable = "fir"\nkey = ["id"]\n'
                    '[[part]]\ntable = "acc"\nkey = ["fir"]\nrow = ["no"]\n', "utf-8")  # fmt: skip
    near = ("", "", "A")
    tables = [DeliveredTable(1, "fir", "t", "f", near, columns=("id",))]
    tables += [DeliveredTable(n, "acc", "t", "f", near, columns=("fir", "name", "no")) for n in (2, 3)]
    first = [("7", "One", "1"), ("7", "Two", "2"), ("7", "Short"), ("7", "Four", "4")]
    later = [("7", "One", "01"), ("7", "Other", "2"), ("7", "Short"), ("7", "Four", "4")]
    with RowStore(tmp_path) as store:
        store.add(1, [IncomingRow(1, "", ["7"], ("7",))])
        for number, rows_of in ((2, first), (3, later)):
            own = [key_of(cells[2:]) for cells in rows_of]
            store.add(number, [IncomingRow(n, "7", (), c, own=own[n - 1]) for n, c in enumerate(rows_of, 1)])
        find_owners(store, load_system(path), tables)
        kept = [(row.source, row.number) for _, row in store.parts_of([1])]
    assert kept == [(2, 3), (2, 4), (3, 1), (3, 2)]


def test_a_part_that_came_with_heads_goes_to_no_other_delivery_of_an_office_that_nobody_told(tmp_path):
    path = tmp_path / "system.toml"
    path.write_text('format = 1\nid = "s"\ntitle = "Of a test"\n[head]\ntable = "fir"\nkey = ["id"]\n'
                    '[[part]]\ntable = "acc"\nkey = ["fir"]\n', "utf-8")  # fmt: skip
    # Heads 7 and 8 of two deliveries; of 7 there is a part in each, and one that came alone.
    near = [("f1", "b1", ""), ("f2", "b2", ""), ("f1", "b1", ""), ("f2", "b2", ""), ("f3", "b3", "")]
    tables = [
        DeliveredTable(n, "fir" if n < 3 else "acc", "t", "f", place, columns=("id",))
        for n, place in enumerate(near, 1)
    ]
    with RowStore(tmp_path) as store:
        for table in tables:
            row = ("", [str(table.number + 6)]) if table.name == "fir" else ("7", ())
            store.add(table.number, [IncomingRow(1, *row, (str(table.number),))])
        find_owners(store, load_system(path), tables)
        assert [row.source for _, row in store.parts_of([1, 2])] == [3, 5]
        assert store.states(4) == {"no-head": 1}
