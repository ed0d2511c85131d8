"""A load is not undone over what people changed in its target by hand, unless somebody forces it and says why."""

import json
import sqlite3
from contextlib import closing

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_loading import SETTINGS, firs
from test_reconcile import ALTERED, delete, found, load_full

from digitize.errors import TargetRefused
from digitize.files.loading.load import LoadOptions, load_files
from digitize.targets.hand_changes import HandChangeFinder
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.target import PostgresTarget
from digitize.targets.rows import HASH, RECORD_ID, with_hash
from digitize.targets.sqlite import SqliteTarget
from sample_data.makers.checked_files import write_rows


@pytest.fixture(params=["sqlite", "postgres"])
def target(request, tmp_path):
    made = open_one(request.param, request, tmp_path)
    yield made
    made.close()


def open_one(kind, request, folder):
    if kind == "sqlite":
        return SqliteTarget(folder / "target.sqlite")
    return PostgresTarget(parse_address(request.getfixturevalue("postgres_target")))


@pytest.fixture
def loaded(target, tmp_path):
    return load_full(target, tmp_path / "in")


FEW = [s for n, s in enumerate(ALTERED) if n % 4 == 0]


def newest(target):
    return str(
        target.run(
            "SELECT load_id FROM loads WHERE substr(batch, length(batch) - 2) = '-00' ORDER BY at DESC, batch LIMIT 1"
        )[0][0]
    )


def by_hand(target):
    return target.undo(newest(target), "", dry_run=True).by_hand


@pytest.mark.parametrize("statement", ALTERED, ids=range(len(ALTERED)))
def test_a_load_whose_records_were_changed_by_hand_is_not_undone(request, tmp_path, statement):
    for kind in ("sqlite", "postgres") if statement in FEW else ("sqlite",):
        target = open_one(kind, request, tmp_path)
        folder = load_full(target, tmp_path / "in")
        target.run(statement)
        (ids,) = ALTERED[statement].values()
        assert list(by_hand(target).changed) == ids
        with pytest.raises(TargetRefused, match=f"by hand {len(ids)} changed. changed: {', '.join(ids)}.*--force"):
            target.undo(newest(target), "")
        assert target.undo(newest(target), "a trial", force=True).removed == 4
        (why,) = target.run(
            "SELECT undone_why FROM loads WHERE state = 'undone' AND substr(batch, length(batch) - 2) = '-00' LIMIT 1"
        )[0]
        assert why == f"a trial (forced, though by hand: {len(ids)} changed)"
        # What went is loaded again, as it was in the files.
        load_files([folder], "iif1", target, SETTINGS, LoadOptions())
        assert found(folder, target)[0] == {} and not by_hand(target).count
        target.close()


def test_what_nobody_changed_is_undone_however_its_numbers_were_spelled(loaded, target):
    assert by_hand(target).count == by_hand(target).uncompared == 0
    assert target.undo(newest(target), "").removed == 4


def test_all_records_of_a_delivery_with_refused_rows_are_as_they_were_loaded(tmp_path, target):
    (tmp_path / "planted").mkdir()
    write_rows(tmp_path / "planted", 300, 5)
    load_files([tmp_path / "planted"], "iif1", target, SETTINGS, LoadOptions())
    assert by_hand(target).count == by_hand(target).uncompared == 0
    some = sorted(r for (r,) in target.run("SELECT record_id FROM iif1 ORDER BY 1"))[::20]
    for record in some:
        target.run("UPDATE iif1 SET narrative = 'altered' WHERE record_id = ?", [record])
    assert sorted(by_hand(target).changed) == some


def test_deleted_and_inserted_records_are_counted_and_named(loaded, target):
    delete(target, "c")
    done = by_hand(target)
    assert done.removed_count == 1
    if not isinstance(target, PostgresTarget):
        assert done.removed == ("c",)
        return
    # Of a delivery without notes nothing is left that names it.
    with pytest.raises(TargetRefused, match="by hand 1 removed"):
        target.undo(newest(target), "")
    copied = "SELECT 'z', state, district, 'New', 2020, fir_no, load_id, row_hash FROM iif1 WHERE record_id = 'd'"
    names = "record_id, state, district, police_station, year, fir_no, load_id, row_hash"
    load_files([loaded], "iif1", target, SETTINGS, LoadOptions())
    target.undo(newest(target), "", force=True)
    load_files([loaded], "iif1", target, SETTINGS, LoadOptions())
    target.run(f"INSERT INTO iif1 ({names}) {copied}")
    assert (by_hand(target).changed, by_hand(target).added_count) == (("z",), 1)


VALUES = {
    "place": st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=4),
    "fir_time": st.sampled_from(["09:05", "23:59"]),
    "property_value": st.from_regex(r"0{0,2}[1-9][0-9]{0,6}(\.[0-9]{2})?", fullmatch=True),
    "fir_no": st.from_regex(r"0{0,3}[1-9][0-9]{0,1}", fullmatch=True),
}


@settings(max_examples=25, deadline=None)
@given(row=st.fixed_dictionaries({}, optional=VALUES))
def test_a_number_in_another_spelling_is_no_change(row):
    """What a file of SQLite makes of the texts that were sent gives the hash of these, or is told as changed."""
    sent = {RECORD_ID: "a", "year": "2009", "fir_no": "7", **row}
    frame = pl.DataFrame([sent], schema=dict.fromkeys(sent, pl.String))
    hashes = with_hash("iif1", {"iif1": frame}).select(RECORD_ID, HASH)
    kinds = {"year": "INTEGER", "fir_no": "INTEGER", "property_value": "NUMERIC"}
    columns = ", ".join(f"{n} {kinds.get(n, 'TEXT')}" for n in sent)
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute(f"CREATE TABLE t ({columns})")
        db.execute(f"INSERT INTO t VALUES ({', '.join('?' * len(sent))})", list(sent.values()))
        stored = db.execute(f"SELECT {', '.join(f'CAST({n} AS TEXT)' for n in sent)} FROM t").fetchall()
    kept = pl.DataFrame(stored, schema=dict.fromkeys(sent, pl.String), orient="row")
    finder = HandChangeFinder()
    finder.add("iif1", {"iif1": kept}, hashes)
    assert (finder.changed, finder.removed) == ([], [])
    finder.add("iif1", {"iif1": kept.with_columns(district=pl.lit("X"))}, hashes)
    assert finder.changed == ["a"]


def test_it_is_forced_by_a_person_with_a_reason(digitize, tmp_path):
    folder, target = firs(tmp_path / "in", ("a", {}), ("b", {})), tmp_path / "t.sqlite"
    digitize("load", folder, "--target", target, "--state", "wb")
    batch = json.loads(SqliteTarget(target).run("SELECT receipt FROM loads ORDER BY rowid LIMIT 1")[0][0])["batch"]
    SqliteTarget(target).run("UPDATE iif1 SET narrative = 'x' WHERE record_id = 'a'")
    said = digitize("unload", batch, "--target", target, "--dry-run")
    assert "By hand in the target since the load: 1 changed. Without --force it is refused" in said
    assert "changed: a" in said
    digitize("unload", batch, "--target", target, code=8)
    digitize("unload", batch, "--target", target, "--force", code=4)
    forced = ("--force", "--operator", "Asha", "--reason", "wrong book")
    assert digitize.json("unload", batch, "--target", target, *forced)["by_hand"]["changed"] == ["a"]
    (why,) = SqliteTarget(target).run("SELECT undone_why FROM loads WHERE batch = ?", [batch])[0]
    assert why == "wrong book (Asha) (forced, though by hand: 1 changed)"
