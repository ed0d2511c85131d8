"""Receipts, taking loads back, and comparing a source with its target."""

import json
import shutil
import sqlite3

import pytest
from test_loading import SETTINGS, firs

from digitize.cli.app import run
from digitize.files.loading import undo
from digitize.files.loading.compared_sources import make_file_source
from digitize.files.loading.load import LoadOptions, load_files
from digitize.files.loading.reconcile import compare
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.target import PostgresTarget


@pytest.fixture
def place(digitize, samples, tmp_path):
    """A workspace with one legacy table, checked and not loaded."""
    folder = tmp_path / "ws"
    digitize("init", "wb", folder)
    shutil.copy(samples / "legacy" / "stations.csv", folder / "lists" / "stations.csv")
    digitize("intake", folder, samples / "legacy" / "FIRMAST.DBF")
    digitize("run", folder, "--only", "read,map,check")
    return folder


def test_a_file_loaded_undone_and_loaded_again(digitize, tmp_path):
    folder = firs(tmp_path / "in", ("a", {}), ("b", {}))
    target = tmp_path / "t.sqlite"
    made = digitize.json("load", folder, "--target", target)
    batch = made["receipts"][0]["batch"]
    # One load: the mark that all of the files was taken is the program's own.
    (told,) = digitize.json("receipts", "--target", target)["receipts"]
    assert (told["state"], told["receipt"]["inserted"]) == ("loaded", 2)
    assert digitize.json("unload", batch, "--target", target, "--dry-run")["removed"] == 2
    assert "2 records removed" in digitize("unload", batch, "--target", target, "--reason", "the wrong file")
    assert "the wrong file" in digitize("receipts", "--target", target)
    again = digitize.json("load", folder, "--target", target)
    assert (again["inserted"], again["repeated"]) == (2, False)
    digitize("unload", "nothing-of-that-name", "--target", target, code=5)
    digitize("unload", batch, code=4)


@pytest.mark.parametrize("kind", ["sqlite", "postgres", "folder"])
def test_receipts_of_files_are_signed_kept_and_made_good_after_a_kill(digitize, tmp_path, request, kind):
    source, kept = firs(tmp_path / "in", ("a", {}), ("b", {}), ("c", {})), tmp_path / "office"
    target = {"sqlite": tmp_path / "t.sqlite", "folder": f"csv:{tmp_path / 'out'}"}.get(kind)
    if target is None:
        target = request.getfixturevalue("postgres_target")
    command = ["load", source, "--target", target, "--batch-size", 2, "--receipts", kept]
    assert digitize.json(*command)["inserted"] == 3
    told = digitize.json("receipts", kept)["receipts"]
    assert [t["receipt"]["inserted"] for t in told] == [2, 1]
    assert all(t["is_signed"] and t["at"] for t in told)
    assert (kept / "keys" / "site.pem").stat().st_mode & 0o077 == 0
    files = {f.name: f.read_text() for f in (kept / "receipts").iterdir()}
    if kind != "folder":
        for name in files:
            (kept / "receipts" / name).unlink()
        assert digitize.json(*command)["repeated"]
        assert {f.name: f.read_text() for f in (kept / "receipts").iterdir()} == files
    name, text = next((n, t) for n, t in files.items() if '"inserted": 2' in t)
    for changed in (text.replace('"inserted": 2', '"inserted": 9'), "{"):
        (kept / "receipts" / name).write_text(changed)
        assert "NOT SIGNED BY US" in digitize("receipts", kept, code=7)


def test_what_was_committed_before_a_refusal_has_its_receipt(digitize, tmp_path):
    source, target, kept = firs(tmp_path / "in", ("a", {}), ("b", {})), tmp_path / "t.sqlite", tmp_path / "office"
    digitize("load", firs(tmp_path / "other", ("x", {"police_station": "Other"})), "--target", target)
    with sqlite3.connect(target) as db:
        db.execute(
            "CREATE TRIGGER full BEFORE INSERT ON iif1 WHEN new.record_id = 'b' BEGIN SELECT RAISE(ABORT, '-'); END"
        )
    digitize("load", source, "--target", target, "--batch-size", 1, "--receipts", kept, code=8)
    (told,) = digitize.json("receipts", kept)["receipts"]
    assert (told["receipt"]["inserted"], told["is_signed"]) == (1, True)


def test_where_receipts_cannot_be_kept_nothing_is_loaded(digitize, tmp_path):
    source, target, kept = firs(tmp_path / "in", ("a", {})), tmp_path / "t.sqlite", tmp_path / "office"
    kept.write_text("a file")
    digitize("load", source, "--target", target, "--receipts", kept, code=4)
    digitize("receipts", tmp_path / "in", code=5)
    assert sqlite3.connect(target).execute("SELECT count(*) FROM iif1").fetchone() == (0,)


def test_receipts_for_which_there_is_no_room_are_told_of_and_made_good(digitize, tmp_path, monkeypatch):
    source, target, kept = firs(tmp_path / "in", ("a", {})), tmp_path / "t.sqlite", tmp_path / "office"
    command = ["load", source, "--target", target, "--receipts", kept]
    with monkeypatch.context() as full:
        full.setattr(
            "digitize.files.loading.signed_receipts.write_receipt",
            lambda *_: (_ for _ in ()).throw(OSError(28, "no room")),
        )
        digitize(*command, code=7)
    assert digitize.json("receipts", kept)["receipts"] == []
    assert digitize.json(*command)["repeated"]
    assert sum(t["receipt"]["inserted"] for t in digitize.json("receipts", kept)["receipts"]) == 1


def test_a_source_is_compared_with_its_target(digitize, tmp_path, postgres_target):
    folder = firs(
        tmp_path / "in",
        ("a", {}),
        ("b", {"year": "2010", "fir_date": "2010-03-12"}),
        ("c", {"police_station": "Other"}),
    )
    address = parse_address(postgres_target)
    target = PostgresTarget(address)
    groups = compare(make_file_source([folder], "iif1", SETTINGS), target).groups
    assert [len(g.missing) for g in groups] == [1, 1, 1]
    load_files([folder], "iif1", target, SETTINGS, LoadOptions())
    assert all(g.is_equal for g in compare(make_file_source([folder], "iif1", SETTINGS), target).groups)
    digitize("reconcile", folder, "--target", postgres_target)
    target.run("UPDATE iif1 SET row_hash = gen_random_uuid() WHERE record_id = 'a'")
    target.run("DELETE FROM iif1_acts WHERE record_id = 'c'")
    target.run("DELETE FROM iif1 WHERE record_id = 'c'")
    firs(folder, ("a", {}), ("c", {"police_station": "Other"}))
    found = digitize.json("reconcile", folder, "--target", postgres_target, code=3)
    assert (found["groups"], found["missing"], found["different"]) == (2, 1, 1)
    target.close()


def test_receipts_of_a_workspace_are_signed_and_a_changed_one_is_told(digitize, place):
    done = digitize.json("load", place)
    assert done["inserted"] > 0
    assert all(r["is_signed"] for r in digitize.json("receipts", place)["receipts"])
    assert digitize.json("load", place)["repeated"]
    with sqlite3.connect(place / "ledger.sqlite") as db:
        db.execute("UPDATE receipts SET data = replace(data, '\"inserted\": ', '\"inserted\": 1')")
    digitize("receipts", place, code=7)


def test_a_workspace_signs_the_receipts_of_files_too(digitize, place, tmp_path):
    digitize("load", place)
    own = len(digitize.json("receipts", place)["receipts"])
    source = firs(tmp_path / "in", ("a", {}))
    digitize("load", source, "--target", tmp_path / "t.sqlite", "--receipts", place)
    told = digitize.json("receipts", place)["receipts"]
    assert len(told) > own and all(t["is_signed"] for t in told)


@pytest.mark.parametrize("option", ["--first", "--batch-size=5", "--receipts=x", "--ignore=X003"])
def test_what_is_for_files_is_refused_for_a_workspace(digitize, place, option):
    digitize("load", place, option, code=4)


def test_a_workspace_whose_batch_is_undone_loads_it_again(digitize, place):
    first = digitize.json("load", place)
    batch = next(r["batch"] for r in first["receipts"] if r["inserted"])
    digitize("unload", batch, "--workspace", place, "--reason", "test")
    assert digitize.json("reconcile", place, code=3)["missing"] > 0
    assert [(t["state"], t["why"]) for t in digitize.json("receipts", place)["receipts"]] == [("undone", "test")]
    again = digitize.json("load", place)
    assert again["inserted"] == next(r["inserted"] for r in first["receipts"] if r["batch"] == batch)
    assert not digitize.json("reconcile", place)["unequal"]
    assert {t["state"] for t in digitize.json("receipts", place)["receipts"]} == {"loaded"}
    _killed_while_it_is_undone(digitize, place, batch)
    _only_the_newest_load_is_undone(digitize, place, batch, again["inserted"])


def _killed_while_it_is_undone(digitize, place, batch):
    """The target gave the records back, and the ledger did not hear of it: the next run sees to it."""
    before = digitize.json("status", place)["totals"]["loaded"]
    with pytest.MonkeyPatch.context() as m, pytest.raises(KeyboardInterrupt):
        m.setattr(undo, "note_standing", _killed)
        undo.undo_load(batch, "", "", place, "test")
    assert digitize.json("reconcile", place, code=3)["missing"] > 0
    digitize("run", place)
    assert not digitize.json("reconcile", place)["unequal"]
    assert digitize.json("status", place)["totals"]["loaded"] == before


def _killed(*_):
    raise KeyboardInterrupt


def _only_the_newest_load_is_undone(digitize, place, batch, first):
    record = f"{batch.removesuffix('-b0001')}-t0001-r0000001"
    digitize("review", "reopen", place, record, "fir_no", "--operator", "A", "--reason", "a digit is covered")
    digitize("run", place)
    assert digitize.json("status", place)["totals"]["loaded"] == first - 1
    assert digitize.json("unload", batch, "--workspace", place, "--reason", "test")["restored"] == 1
    totals = digitize.json("status", place)["totals"]
    assert (totals["loaded"], totals["loaded_not_clean"]) == (first, 1)


def test_a_refused_load_is_told_with_its_reason(digitize, place, monkeypatch):
    digitize("load", place, "--target", "postgresql://nobody@127.0.0.1:1/x", code=8)
    assert digitize.json("receipts", place)["receipts"] == []
    trial = digitize.json("load", place, "--dry-run")
    assert trial["dry_run"] and trial["inserted"] > 40
    with sqlite3.connect(place / "loaded" / "cctns.sqlite") as db:
        db.execute("CREATE TRIGGER full BEFORE INSERT ON iif1 BEGIN SELECT RAISE(ABORT, 'no room'); END")
    digitize("load", place, code=8)
    (told,) = digitize.json("receipts", place)["receipts"]
    assert told["state"] == "failed" and "no room" in told["why"]
    with sqlite3.connect(place / "loaded" / "cctns.sqlite") as db:
        db.execute("DROP TRIGGER full")
    digitize("load", place)
    assert [r["state"] for r in digitize.json("receipts", place)["receipts"]] == ["loaded"]


def test_a_workspace_loads_into_postgresql_and_is_the_same_there(digitize, place, postgres_target):
    assert "postgresql" not in json.dumps(digitize.json("load", place, "--target", postgres_target)).lower()
    assert digitize.json("reconcile", place, "--target", postgres_target)["missing"] == 0
    digitize("load", place)
    rows = []
    target = PostgresTarget(parse_address(postgres_target))
    rows.append(target.run("SELECT record_id, replace(row_hash::text, '-', '') FROM iif1 ORDER BY 1"))
    target.close()
    with sqlite3.connect(place / "loaded" / "cctns.sqlite") as db:
        rows.append(
            db.execute("SELECT record_id, row_hash FROM record_index WHERE form = 'iif1' ORDER BY 1").fetchall()
        )
    assert rows[0] == rows[1] and len(rows[0]) > 40


def test_a_password_in_the_settings_is_refused_and_stands_nowhere(digitize, place, capsys):
    url = "postgresql://loader:geheim-7@127.0.0.1:1/x"
    settings = place / "digitize.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text.replace("[load]", f'[load]\ntarget = "{url}"'), encoding="utf-8")
    for command in (("run",), ("load",), ("load", "--target", url), ("unload", "b1", "--workspace")):
        found = run([command[0], *([command[1]] if command[0] == "unload" else []), *command[2:], str(place)])
        assert found == 4
    settings.write_text(text, encoding="utf-8")
    assert run(["load", str(place), "--target", url]) == 4
    said = capsys.readouterr()
    assert "PGPASSWORD" in said.err and "geheim" not in said.err + said.out
    assert b"geheim" not in (place / "ledger.sqlite").read_bytes()
