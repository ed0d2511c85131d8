"""The embedded target: a batch whole or not at all, the same load once, rejects kept."""

import json
import sqlite3
from dataclasses import replace

import pytest

from digitize.errors import TargetRefused
from digitize.targets import Load
from digitize.targets.sqlite import SqliteTarget
from mappers.record import FieldValue, Origin, Record
from validators.finding import Finding


def record(n, **more):
    fields = {"state": "wb", "police_station": "Namuna", "year": "2025", "fir_no": str(n), **more}
    values = {
        k: FieldValue(v, v, 0.9, Origin(page=f"p{n}", zone=k, box=(1, 2, 3, 4)), "m 1") for k, v in fields.items()
    }
    acts = ({"act": FieldValue("IPC", "IPC"), "section": FieldValue("379", "379")},)
    return Record(f"wb-0001-{n:04d}-r1", "iif1", values, {"acts": acts}, (f"p{n}",), "b1")


def load(*clean, id="L1", rejects=(), held=0):
    return Load(id, "b1", clean, rejects, held)


def rows(path, sql):
    with sqlite3.connect(path) as db:
        return db.execute(sql).fetchall()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "cctns.sqlite"


@pytest.fixture
def target(path):
    made = SqliteTarget(path)
    yield made
    made.close()


def test_a_batch_lands_with_children_and_origins(target, path):
    receipt = target.load(load(record(1), record(2)))
    assert (receipt.read, receipt.inserted, receipt.rejected) == (2, 2, 0)
    assert rows(path, "SELECT fir_no FROM iif1 ORDER BY 1") == [(1,), (2,)]
    assert rows(path, "SELECT COUNT(*) FROM iif1_acts") == [(2,)]
    origin = rows(path, "SELECT page, zone, box FROM field_origin WHERE record_id LIKE '%0001-r1' AND field = 'fir_no'")
    assert origin == [("p1", "fir_no", "[1, 2, 3, 4]")]


def test_the_same_load_again_changes_nothing(target, path):
    first = target.load(load(record(1)))
    again = target.load(load(record(1)))
    assert again == replace(first, repeated=True)
    assert rows(path, "SELECT COUNT(*) FROM loads") == [(1,)]


def test_a_later_load_of_the_batch_counts_new_changed_same_and_withdrawn(target, path):
    target.load(load(record(1), record(2), record(3)))
    receipt = target.load(load(record(1), record(2, place="X"), record(4), id="L2"))
    assert (receipt.inserted, receipt.updated, receipt.unchanged, receipt.withdrawn) == (1, 1, 1, 1)
    assert rows(path, "SELECT fir_no FROM iif1 ORDER BY 1") == [(1,), (2,), (4,)]


def test_going_back_to_an_earlier_content_is_a_load_of_its_own(target, path):
    target.load(load(record(1), id="L1"))
    target.load(load(record(1), record(2), id="L2"))
    target.load(load(record(1), id="L1"))
    assert rows(path, "SELECT fir_no FROM iif1") == [(1,)]


def test_rejects_are_kept_whole_with_their_findings(target, path):
    finding = Finding("wb-0001-0009-r1", "year", "F004", "reject", "message")
    receipt = target.load(load(record(1), rejects=[(record(9), [finding])], held=3))
    assert (receipt.read, receipt.rejected, receipt.held) == (5, 1, 3)
    ((whole, found),) = rows(path, "SELECT record, findings FROM rejects")
    assert json.loads(whole)["fields"]["fir_no"]["value"] == "9"
    assert json.loads(found)[0]["code"] == "F004"


def test_a_refused_row_leaves_nothing_of_the_batch(target, path):
    with sqlite3.connect(path) as db:
        db.execute(
            "CREATE TRIGGER no_two BEFORE INSERT ON iif1 WHEN NEW.fir_no = 2 BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    with pytest.raises(TargetRefused, match="Nothing was changed"):
        target.load(load(record(1), record(2)))
    assert rows(path, "SELECT COUNT(*) FROM iif1") == [(0,)]
    assert rows(path, "SELECT COUNT(*) FROM loads") == [(0,)]


def test_a_target_someone_altered_is_refused_before_anything_is_written(path):
    SqliteTarget(path).close()
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE iif1 DROP COLUMN place")
    with pytest.raises(TargetRefused, match="place"):
        SqliteTarget(path)


def test_a_file_that_is_no_database_is_refused(path):
    path.write_bytes(b"x" * 4096)
    with pytest.raises(TargetRefused):
        SqliteTarget(path)


def test_the_old_version_of_a_changed_record_is_kept(target, path):
    target.load(load(record(1)))
    target.load(load(record(1, place="X"), id="L2"))
    ((whole, why, was, now),) = rows(path, "SELECT record, why, load_id, replaced_by FROM record_history")
    assert (why, was, now) == ("updated", "L1", "L2")
    assert "place" not in json.loads(whole)["iif1"][0]


def test_a_value_that_does_not_fit_and_a_key_of_another_record_are_kept_as_rejects(target, path):
    target.load(load(record(1, district="Howrah")))
    other = replace(record(1, district="Howrah"), id="wb-0002-0001-r1")
    bad = record(2, fir_date="2025-02-31")
    receipt = target.load(Load("L2", "b2", [other, bad, record(3)], (), 0))
    assert (receipt.read, receipt.inserted, receipt.rejected) == (3, 1, 2)
    found = {r: [f["code"] for f in json.loads(f)] for r, f in rows(path, "SELECT record_id, findings FROM rejects")}
    assert found == {other.id: ["D002"], bad.id: ["D001"]}


def test_text_that_no_database_holds_is_kept_as_a_reject(target, path):
    receipt = target.load(load(record(1, place="a\x00b"), record(2, place="\ud800"), record(3)))
    assert (receipt.inserted, receipt.rejected) == (1, 2)
    assert {r[0] for r in rows(path, "SELECT json_extract(findings, '$[0].code') FROM rejects")} == {"D003"}
