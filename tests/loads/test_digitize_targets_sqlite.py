"""The embedded target's own file; what all targets keep to is in test_digitize_targets.py."""

import sqlite3
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from digitize.errors import TargetRefused
from digitize.machine import spill_file
from digitize.targets import Load, sqlite
from digitize.targets.sqlite import SqliteTarget
from mappers.record import FieldValue, Origin, Record


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


@pytest.mark.parametrize("found", ("1", "2", "4", "6"))
def test_a_schema_that_is_not_read_is_refused(path, found):
    SqliteTarget(path).close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE meta SET value = ? WHERE key = 'format'", (found,))
    with pytest.raises(TargetRefused, match=f"has schema {found}, this program writes 5"):
        SqliteTarget(path)


def older(path, person_line):
    """A file as format 3 was: no keys to persons, one address of person 2 or of nobody."""
    made = SqliteTarget(path)
    made.load(load(record(1)))
    made.close()
    with sqlite3.connect(path) as db:
        (ddl,) = db.execute("SELECT sql FROM sqlite_master WHERE name = 'iif1_addresses'").fetchone()
        plain = ddl.replace(", FOREIGN KEY (record_id, person_line) REFERENCES iif1_persons (record_id, line)", "")
        assert plain != ddl
        db.executescript(f"DROP TABLE iif1_addresses; {plain}; UPDATE meta SET value = '3' WHERE key = 'format'")
        indexes = "SELECT name FROM sqlite_master WHERE type = 'index' AND tbl_name = 'rejects' AND sql IS NOT NULL"
        for (name,) in db.execute(indexes).fetchall():
            db.execute(f"DROP INDEX {name}")
        for column in ("source_row", "delivery", "settings"):
            db.execute(f"ALTER TABLE rejects DROP COLUMN {column}")
        db.execute("INSERT INTO iif1_persons (record_id, line, name) VALUES ('wb-0001-0001-r1', 1, 'A')")
        db.execute(
            "INSERT INTO iif1_addresses (record_id, line, person_line) VALUES ('wb-0001-0001-r1', 1, ?)", (person_line,)
        )


def test_a_file_of_format_3_gets_its_keys_and_keeps_its_rows(path):
    older(path, 1)
    SqliteTarget(path).close()
    assert rows(path, "SELECT value FROM meta WHERE key = 'format'") == [("5",)]
    assert rows(path, "SELECT record_id, line, person_line FROM iif1_addresses") == [("wb-0001-0001-r1", 1, 1)]
    assert "REFERENCES" in rows(path, "SELECT sql FROM sqlite_master WHERE name = 'iif1_addresses'")[0][0]
    assert rows(path, "SELECT * FROM upgrade_findings") == []


def test_a_row_of_format_3_that_names_nobody_stays_and_is_listed(path):
    older(path, 7)
    SqliteTarget(path).close()
    assert rows(path, "SELECT person_line FROM iif1_addresses") == [(7,)]
    assert rows(path, "SELECT * FROM upgrade_findings") == [("iif1_addresses", "wb-0001-0001-r1", 1, "person_line")]
    with sqlite3.connect(path) as db:
        db.execute("UPDATE iif1_addresses SET person_line = 1")
    SqliteTarget(path).close()
    assert rows(path, "SELECT * FROM upgrade_findings") == []
    assert "REFERENCES" in rows(path, "SELECT sql FROM sqlite_master WHERE name = 'iif1_addresses'")[0][0]


def test_two_forms_under_one_id_that_is_held_are_refused_and_leave_what_was(tmp_path):
    target = SqliteTarget(tmp_path / "t.sqlite")
    target.load(load(record(1)))
    both = record(2), replace(record(3), form="iif2")
    with pytest.raises(TargetRefused, match="Nothing was changed"):
        target.load(Load("L2", "b2", [replace(r, id=record(1).id) for r in both], (), 0))
    assert target.run("SELECT record_id, form, batch FROM record_index") == [(record(1).id, "iif1", "b1")]
    target.close()


def test_a_file_that_can_only_be_read_answers_and_is_not_written(path, monkeypatch):
    """As on a read-only medium: root is not bound by rights, so the look at them is told what it would see there."""
    first = SqliteTarget(path)
    done = first.load(load(record(1)))
    first.close()
    before = path.read_bytes(), sorted(p.name for p in path.parent.iterdir())
    monkeypatch.setattr(sqlite.os, "access", lambda *_: False)
    target = SqliteTarget(path)
    assert target.run("SELECT count(*) FROM iif1") == [(1,)] and target.load(load(record(1))).load == done.load
    for change in (
        lambda: target.load(load(record(2), id="L2")),
        lambda: target.undo("L1", "no"),
        lambda: target.run_all([("DELETE FROM iif1", [])]),
    ):
        with pytest.raises(TargetRefused, match="is read-only, but"):
            change()
    target.close()
    assert before == (path.read_bytes(), sorted(p.name for p in path.parent.iterdir()))


def test_values_too_many_for_memory_wait_elsewhere_where_the_workspace_cannot_be_written(tmp_path, monkeypatch):
    made = []
    real = spill_file.tempfile.TemporaryFile
    monkeypatch.setattr(spill_file.tempfile, "TemporaryFile", lambda dir: made.append(dir) or real(dir=tmp_path))
    monkeypatch.setattr(spill_file.os, "access", lambda *_: False)
    with spill_file.SpillFile(tmp_path / "ws") as away:
        away.append(1)
        assert list(away) == [1] and made == [Path(tempfile.gettempdir())]
