"""A source compared with what really stands in its target: every alteration is found, and nothing else is."""

import json
import random
import sqlite3
from pathlib import Path

import polars as pl
import psycopg
import pytest
from test_loading import SETTINGS, firs

from digitize.files.loading.compared_sources import make_file_source
from digitize.files.loading.load import LoadOptions, load_files
from digitize.files.loading.reconcile import compare
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.target import PostgresTarget
from digitize.targets.sqlite import SqliteTarget
from sample_data.makers.checked_files import write_rows


@pytest.fixture(params=["sqlite", "postgres"])
def target(request, tmp_path):
    if request.param == "sqlite":
        made = SqliteTarget(tmp_path / "target.sqlite")
    else:
        made = PostgresTarget(parse_address(request.getfixturevalue("postgres_target")))
    yield made
    made.close()


def found(folder, target, **how):
    """What differs: kind -> ids; and the loads of which there are other records."""
    made = compare(make_file_source([folder], "iif1", SETTINGS), target, **how)
    named = {kind: [r for g in made.groups for r in getattr(g, kind)] for kind in KINDS}
    return {kind: sorted(ids) for kind, ids in named.items() if ids}, made


KINDS = ("missing", "different", "only_target", "refused")
FULL = {
    "fir_time": "09:05", "property_value": "0150.50", "place_distance_km": "2.0", "beat": "07", "place": "Bazar=\\N 'x'",
    "narrative": "first line\r\nsecond\tline", "info_date": "2009-03-12",
}  # fmt: skip


@pytest.fixture
def loaded(target, tmp_path):
    return load_full(target, tmp_path / "in")


def load_full(target, folder):
    """Four FIRs with children of several kinds, loaded; two stations, two years."""
    firs(
        folder,
        ("a", FULL),
        ("b", {"year": "2010", "fir_date": "2010-03-12"}),
        ("c", {"police_station": "Other", "place": "Market"}),
        ("d", {"place": "Lane"}),
    )
    persons = [
        {"record_id": r, "line": str(n), "role": role, "name": name, "age": "030"}
        for r in "acd"
        for n, (role, name) in enumerate((("complainant", "Ram"), ("accused", "Sita देवी")), 1)
    ]
    pl.DataFrame(persons).write_csv(folder / "iif1_persons.csv")
    load_files([folder], "iif1", target, SETTINGS, LoadOptions())
    return folder


def test_right_after_a_load_all_is_equal(loaded, target):
    assert found(loaded, target)[0] == {}
    assert all(g.is_equal for g in found(loaded, target)[1].groups)


ALTERED = {
    "UPDATE iif1 SET narrative = 'another story' WHERE record_id = 'a'": {"different": ["a"]},
    "UPDATE iif1 SET narrative = NULL WHERE record_id = 'a'": {"different": ["a"]},
    "UPDATE iif1 SET narrative = '' WHERE record_id = 'c'": {"different": ["c"]},
    "UPDATE iif1 SET fir_time = '09:06' WHERE record_id = 'a'": {"different": ["a"]},
    "UPDATE iif1 SET fir_date = '2009-03-13' WHERE record_id = 'a'": {"different": ["a"]},
    "UPDATE iif1 SET property_value = 150.51 WHERE record_id = 'a'": {"different": ["a"]},
    "UPDATE iif1 SET year = 2011 WHERE record_id = 'a'": {"different": ["a"]},
    "UPDATE iif1 SET police_station = 'Elsewhere' WHERE record_id = 'c'": {"different": ["c"]},
    "UPDATE iif1 SET fir_no = 99 WHERE record_id = 'b'": {"different": ["b"]},
    "UPDATE iif1_persons SET name = 'Gita' WHERE record_id = 'a' AND line = 2": {"different": ["a"]},
    "UPDATE iif1_persons SET age = 31 WHERE record_id = 'd' AND line = 1": {"different": ["d"]},
    "DELETE FROM iif1_persons WHERE record_id = 'c'": {"different": ["c"]},
    "DELETE FROM iif1_persons WHERE record_id = 'c' AND line = 2": {"different": ["c"]},
    "INSERT INTO iif1_persons (record_id, line, name) VALUES ('b', 1, 'X')": {"different": ["b"]},
    "INSERT INTO iif1_legacy_keys (record_id, line) VALUES ('b', 1)": {"different": ["b"]},
    "UPDATE iif1_persons SET line = 5 - line WHERE record_id = 'd'": {"different": ["d"]},
    "UPDATE iif1_persons SET record_id = 'b' WHERE record_id = 'd'": {"different": ["b", "d"]},
    "UPDATE iif1_acts SET section = '380' WHERE record_id = 'b'": {"different": ["b"]},
}


@pytest.mark.parametrize("statement", ALTERED, ids=range(len(ALTERED)))
def test_every_alteration_in_the_target_is_found_and_named(loaded, target, statement):
    target.run(statement)
    assert found(loaded, target)[0] == ALTERED[statement]


def test_what_two_records_exchange_is_found(loaded, target):
    """The sum over a group stays the same only when nothing of a record's own goes into it."""
    target.run("UPDATE iif1 SET place = CASE record_id WHEN 'a' THEN 'Lane' ELSE 'x' END WHERE record_id IN ('a', 'd')")
    assert found(loaded, target)[0] == {"different": ["a", "d"]}


def test_a_changed_hash_is_found(loaded, target):
    table = "iif1" if isinstance(target, PostgresTarget) else "record_index"
    target.run(f"UPDATE {table} SET row_hash = '00000000000000000000000000000000' WHERE record_id = 'a'")
    assert found(loaded, target)[0] == {"different": ["a"]}


def delete(target, record):
    for table in ("iif1_acts", "iif1_persons", "iif1"):
        target.run(f"DELETE FROM {table} WHERE record_id = '{record}'")


def test_deleted_inserted_and_renamed_records_are_found(loaded, target):
    delete(target, "c")
    assert found(loaded, target)[0] == {"missing": ["c"]}
    more = ", load_id, row_hash" if isinstance(target, PostgresTarget) else ""
    copied = "SELECT 'z', state, district, 'New', 2020, fir_no" + more
    target.run(f"INSERT INTO iif1 (record_id, state, district, police_station, year, fir_no{more}) {copied} FROM iif1 "
               "WHERE record_id = 'a'")  # fmt: skip
    assert found(loaded, target)[0] == {"missing": ["c"], "only_target": ["z"]}
    target.run("DELETE FROM iif1_acts WHERE record_id = 'b'")
    target.run("UPDATE iif1 SET record_id = 'bb' WHERE record_id = 'b'")
    assert found(loaded, target)[0] == {"missing": ["b", "c"], "only_target": ["bb", "z"]}


def test_rows_of_a_record_that_is_gone_are_found(loaded, tmp_path):
    with sqlite3.connect(tmp_path / "target.sqlite") as db:
        if not db.execute("SELECT 1 FROM sqlite_master").fetchone():
            pytest.skip("PostgreSQL holds to its foreign keys")
        db.execute("INSERT INTO iif1_acts (record_id, line, act) VALUES ('nobody', 1, 'IPC')")
    assert found(loaded, SqliteTarget(tmp_path / "target.sqlite"))[0] == {"only_target": ["nobody"]}


def test_few_hashes_are_fetched_at_a_time_and_none_of_groups_that_are_equal(loaded, target, monkeypatch):
    fetched = []
    standing = type(target).standing

    def counted(self, form, groups, take, at_once):
        standing(self, form, groups, lambda some: (fetched.append(len(some)), take(some)), at_once)

    monkeypatch.setattr(type(target), "standing", counted)
    assert found(loaded, target)[0] == {} and not fetched
    target.run("UPDATE iif1 SET place = 'X' WHERE record_id IN ('a', 'd')")
    assert found(loaded, target, at_once=1)[0] == {"different": ["a", "d"]}
    assert fetched == [1, 1]


def test_more_than_can_be_named_is_counted(loaded, target):
    target.run("UPDATE iif1 SET place = 'X'")
    named, made = found(loaded, target, most_named=1)
    assert named == {"different": ["a"]}
    assert sum(g.counts["different"] for g in made.groups) == 4


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """2,000 FIRs with all children and with defects of all kinds."""
    folder = tmp_path_factory.mktemp("planted")
    write_rows(folder, 2000, 5)
    return folder


def test_files_with_refused_rows_are_equal_and_each_of_many_alterations_is_found(planted, target):
    load_files([planted], "iif1", target, SETTINGS, LoadOptions(size=300))
    assert found(planted, target)[0].keys() <= {"refused"}
    ids = [r for (r,) in target.run("SELECT record_id FROM iif1 ORDER BY 1")]
    changed = sorted(random.Random(1).sample(ids, 40))
    for n, record in enumerate(changed):
        table = (
            "iif1_persons"
            if n % 2 and target.run("SELECT 1 FROM iif1_persons WHERE record_id = ?", [record])
            else "iif1"
        )
        column = "name" if table == "iif1_persons" else "narrative"
        target.run(f"UPDATE {table} SET {column} = 'altered' WHERE record_id = ?", [record])
    assert found(planted, target)[0]["different"] == changed


def test_what_the_target_itself_refused_waits_and_is_not_missing(loaded, target, tmp_path):
    other = firs(tmp_path / "more", ("k", {}), ("l", {"fir_no": "77"}))  # k has the key of a
    load_files([other], "iif1", target, SETTINGS, LoadOptions())
    named, made = found(other, target)
    assert named == {"refused": ["k"]} and all(g.is_equal for g in made.groups)
    target.run("DELETE FROM rejects")
    assert found(other, target)[0] == {"missing": ["k"]}


def test_records_of_other_loads_are_named_by_their_load(loaded, target, tmp_path):
    other = firs(tmp_path / "more", ("x", {"fir_no": "50"}), ("y", {"police_station": "Third"}))
    load_files([other], "iif1", target, SETTINGS, LoadOptions())
    named, made = found(loaded, target)
    assert named == {} and all(g.is_equal for g in made.groups)
    (told,) = made.others
    assert (told["records"], told["named"], told["is_replay"]) == (2, ["x"], False)
    assert told["files"] == ["iif1.csv", "iif1_acts.csv"]
    named, made = found(other, target)
    assert named == {} and sum(o["records"] for o in made.others) == 4


def test_after_an_undone_load_the_first_one_is_equal_again(loaded, target):
    saved = {f.name: f.read_bytes() for f in Path(loaded).iterdir()}
    firs(loaded, ("a", {"place": "Changed"}), ("e", {"fir_no": "9"}))
    done = load_files([loaded], "iif1", target, SETTINGS, LoadOptions())
    for name, content in saved.items():
        (loaded / name).write_bytes(content)
    assert found(loaded, target)[0] == {"different": ["a"]}
    target.undo(done.receipts[0].load, "test")
    assert found(loaded, target)[0] == {}


def test_what_a_later_delivery_found_there_already_comes_with_it_again_after_the_first_was_taken_back(loaded, target):
    first = target.run("SELECT load_id FROM loads ORDER BY at LIMIT 1")[0][0]
    more = firs(
        loaded.parent / "more", ("b", {"fir_no": "2", "year": "2010", "fir_date": "2010-03-12"}), ("e", {"fir_no": "9"})
    )
    load_files([more], "iif1", target, SETTINGS, LoadOptions())
    both = load_files([more], "iif1", target, SETTINGS, LoadOptions(size=1))
    assert both.total("unchanged") == 2
    back = target.undo(str(first), "test")
    assert (back.removed, len(back.shared)) == (4, 3)
    assert found(more, target)[0] == {"missing": ["b"]}
    again = load_files([more], "iif1", target, SETTINGS, LoadOptions(size=1))
    assert (again.repeated, again.total("inserted"), again.total("unchanged")) == (False, 1, 1)
    assert found(more, target)[0] == {}
    assert load_files([more], "iif1", target, SETTINGS, LoadOptions(size=1)).repeated


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_what_was_corrected_and_replayed_is_told_as_that(digitize, request, tmp_path, kind):
    target = tmp_path / "t.sqlite" if kind == "sqlite" else request.getfixturevalue("postgres_target")
    folder = firs(tmp_path / "in", ("a", {}), ("b", {"fir_date": "2009-02-31"}), ("c", {"state": "xx"}))
    digitize("load", folder, "--target", target)
    assert digitize.json("reconcile", folder, "--target", target)["unequal"] == []
    from openpyxl import load_workbook

    sheet = tmp_path / "q.xlsx"
    digitize("quarantine", "export", sheet, "--target", target)
    book = load_workbook(sheet)
    head = [c.value for c in book.active[1]]
    for row in book.active.iter_rows(min_row=2):
        if row[head.index("field")].value == "fir_date" and row[head.index("record")].value == "b":
            row[head.index("right value")].value = "2009-02-21"
    book.save(sheet)
    digitize("quarantine", "import", sheet, "--target", target, "--operator", "op")
    digitize("quarantine", "replay", "--target", target)
    told = digitize.json("reconcile", folder, "--target", target)
    assert told["unequal"] == [] and told["only_target"] == 0
    assert [(o["is_replay"], o["named"]) for o in told["others"]] == [(True, ["b"])]
    assert "replayed" in digitize("reconcile", folder, "--target", target)


def test_files_are_compared_by_the_rules_that_they_were_loaded_by(digitize, tmp_path):
    folder = firs(
        tmp_path / "in", ("a", {}), ("b", {"colour": "red"}), ("c", {"police_station": "Belur", "place": "x"})
    )
    stations = tmp_path / "stations.csv"
    stations.write_text("station,district,aliases\nBally,Howrah,\n")
    own = ("--state", "wb", "--stations", stations, "--leave-out", "colour", "--profile", "index-only")
    how = ("--target", tmp_path / "t.sqlite")
    assert digitize.json("load", folder, *own, *how)["inserted"] == 2
    assert digitize.json("reconcile", folder, *own, *how)["unequal"] == []
    # Under other rules the third one should be there as well.
    assert digitize.json("reconcile", folder, *own[4:], *how, code=3)["missing"] == 1
    digitize("reconcile", folder, *how, code=5)


def test_a_target_that_is_not_there_is_told_and_none_is_made(digitize, tmp_path):
    folder = firs(tmp_path / "in", ("a", {}))
    digitize("reconcile", folder, "--target", tmp_path / "none.sqlite", code=8)
    digitize("receipts", "--target", tmp_path / "none.sqlite", code=8)
    assert not (tmp_path / "none.sqlite").exists()


def test_a_folder_says_that_it_is_not_compared(digitize, tmp_path):
    folder = firs(tmp_path / "in", ("a", {}))
    digitize("load", folder, "--target", f"csv:{tmp_path / 'out'}")
    digitize("reconcile", folder, "--target", f"csv:{tmp_path / 'out'}", code=4)


def test_a_server_that_prints_dates_otherwise_changes_nothing(digitize, tmp_path, pg_url):
    digitize("target", "init", pg_url)
    with psycopg.connect(pg_url, autocommit=True) as db:
        db.execute(f"ALTER DATABASE {pg_url.rsplit('/', 1)[1]} SET datestyle TO 'SQL, DMY'")
    folder = firs(tmp_path / "in", ("a", FULL))
    digitize("load", folder, "--target", pg_url)
    assert digitize.json("reconcile", folder, "--target", pg_url)["unequal"] == []
    with psycopg.connect(pg_url) as db:
        db.execute("UPDATE cctns.iif1 SET narrative = 'x'")
    told = digitize.json("reconcile", folder, "--target", pg_url, code=3)
    assert json.dumps(told["unequal"][0]["different"]) == '["a"]'
