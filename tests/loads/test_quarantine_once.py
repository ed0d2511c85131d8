# ruff: noqa: F811  # the fixture `target` comes from the other file
"""The quarantine holds one open entry a source row, and whatever loads that row closes it."""

import json
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from test_loading import firs
from test_quarantine_order import BAD_DAY, SETTINGS, correct, load, states, target  # noqa: F401

from digitize.files.loading.load import LoadOptions, load_files
from digitize.files.loading.settings import import_settings
from digitize.quarantine.rejects import STATES, find_rejects, make_update
from digitize.quarantine.replay import replay_rejects
from digitize.targets.sqlite import SqliteTarget

ROWS = [("a", {}), ("b", BAD_DAY), ("c", {**BAD_DAY, "place": "Ghat"}), ("d", {"state": "zz"}), ("d", {"state": "zz"})]


def entries(target):
    return [(r.id, r.record.id, r.state) for r in find_rejects(target, states=STATES)]


@pytest.mark.parametrize("how", ["other size", "other file", "other cut"])
def test_the_same_rows_again_are_the_same_entries(target, tmp_path, how):
    load(target, tmp_path / "1", *ROWS)
    before = entries(target)
    assert len(before) == 4
    numbers = [r.delivery for r in find_rejects(target)]
    if how == "other size":
        load(target, tmp_path / "1", *ROWS, size=1)
        assert [r.delivery for r in find_rejects(target)] == numbers
    elif how == "other file":
        made = firs(tmp_path / "2", *ROWS)
        (made / "iif1_acts.csv").write_text((made / "iif1_acts.csv").read_text() + "\n", encoding="utf-8")
        load_files([made], "iif1", target, SETTINGS, LoadOptions())
        assert min(r.delivery for r in find_rejects(target)) > max(numbers)
    else:
        for n, (record, row) in enumerate(ROWS[:3], 1):
            load(target, tmp_path / f"part{n}", (record, {**row, "fir_no": str(n)}))
    assert entries(target) == before


def test_a_row_that_a_person_dropped_does_not_come_back(target, tmp_path):
    load(target, tmp_path / "1", *ROWS)
    (reject,) = [r for r in find_rejects(target) if r.record.id == "b"]
    target.run_all([make_update(reject, "dropped", {"by": "Asha", "did": "dropped"})])
    load(target, tmp_path / "1", *ROWS, size=1)
    assert "b" not in {r.record.id for r in find_rejects(target)}


def test_a_corrected_delivery_closes_the_entry_and_undoing_it_opens_it_again(target, tmp_path):
    load(target, tmp_path / "1", ("a", BAD_DAY))
    made = load(target, tmp_path / "2", ("a", {"fir_date": "2009-02-28"}))
    assert states(target) == [("a", "settled")]
    (settled,) = find_rejects(target, states=STATES)
    assert settled.settled_by == made.receipts[0].load
    # The old files again do not open it.
    load(target, tmp_path / "1", ("a", BAD_DAY), size=1)
    assert states(target) == [("a", "settled")]
    target.undo(made.receipts[0].batch, "a slip")
    assert states(target) == [("a", "open")]


def test_an_entry_whose_load_was_taken_back_is_open_when_its_row_comes_again(target, tmp_path):
    made = load(target, tmp_path / "1", ("a", {}), ("b", BAD_DAY))
    target.undo(made.receipts[0].batch, "a slip")
    assert states(target) == []
    load(target, tmp_path / "1", ("a", {}), ("b", BAD_DAY), size=1)
    assert states(target) == [("b", "open")]


def test_an_entry_is_settled_even_where_the_content_stood_before(target, tmp_path):
    load(target, tmp_path / "1", ("a", {}))
    load(target, tmp_path / "2", ("a", BAD_DAY))
    assert states(target) == [("a", "open")]
    load(target, tmp_path / "3", ("a", {}), ("b", {}))
    assert states(target) == [("a", "settled")]


def test_a_correction_that_a_newer_delivery_overtook_waits_and_says_so(target, tmp_path):
    load(target, tmp_path / "1", ("a", {**BAD_DAY, "place": "Ghat"}))
    correct(target, "a", fir_date="2009-02-28")
    load(target, tmp_path / "2", ("a", {}))
    assert states(target) == [("a", "corrected")]
    assert len(replay_rejects(target, find_rejects(target)).stale) == 1


def test_a_newer_delivery_that_is_refused_closes_the_entry_of_the_older(target, tmp_path):
    load(target, tmp_path / "1", ("a", {**BAD_DAY, "place": "Ghat"}))
    load(target, tmp_path / "2", ("a", {**BAD_DAY, "place": "Bridge"}))
    assert states(target) == [("a", "settled"), ("a", "open")]


def test_a_row_that_laxer_rules_let_in_is_closed(target, tmp_path):
    row = ("a", {"fir_date": "2009-02-28", "occurrence_from": "2009-03-02"})
    load(target, tmp_path / "1", row)
    (reject,) = find_rejects(target)
    load(target, tmp_path / "1", row, settings=import_settings("iif1", ignore=reject.codes))
    assert states(target) == [("a", "settled")]


def test_a_replay_closes_what_else_waited_of_the_record(target, tmp_path):
    load(target, tmp_path / "1", ("a", BAD_DAY))
    correct(target, "a", fir_date="2009-02-28")
    assert replay_rejects(target, find_rejects(target)).loaded == 1
    load(target, tmp_path / "1", ("a", BAD_DAY), size=1)
    assert states(target) == [("a", "replayed")]


def test_a_trail_outlives_a_second_load(target, tmp_path):
    load(target, tmp_path / "1", *ROWS)
    (reject,) = [r for r in find_rejects(target) if r.record.id == "b"]
    target.run_all([make_update(reject, "open", {"did": "shown in full", "reason": "to call them"})])
    load(target, tmp_path / "1", *ROWS, size=1)
    (again,) = [r for r in find_rejects(target) if r.record.id == "b"]
    assert again.trail[0]["reason"] == "to call them"


def test_a_row_of_which_the_rules_say_something_else_now_is_brought_up_to_date(target, tmp_path):
    row = ("a", {**BAD_DAY, "state": "zz"})
    load(target, tmp_path / "1", row)
    (before,) = find_rejects(target)
    load(target, tmp_path / "1", row, settings=import_settings("iif1", ignore=["F008"]))
    (after,) = find_rejects(target)
    assert after.id == before.id and set(before.codes) - set(after.codes) == {"F008"}
    assert after.settings != before.settings


def test_a_row_that_cannot_be_read_is_one_entry_whatever_its_file_is_called(target, tmp_path):
    texts = "record_id,fir_no\na,1\nb,2,one cell too many\nb,2,one cell too many\n"
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}.csv").write_text(texts, encoding="utf-8")
        load_files([tmp_path / name / f"{name}.csv"], "iif1", target, SETTINGS, LoadOptions(size=len(name)))
        assert len([r for r in find_rejects(target) if not r.record.id]) == 2


def test_a_row_of_ten_megabytes_is_kept_whole_and_shown_with_a_mark(target, tmp_path):
    from openpyxl import load_workbook

    from digitize.quarantine.sheet import write_sheet

    (tmp_path / "iif1.csv").write_text(f"record_id,fir_no\na,1\nb,{'x' * 10_000_000},2\n", encoding="utf-8")
    load_files([tmp_path / "iif1.csv"], "iif1", target, SETTINGS, LoadOptions())
    (reject,) = [r for r in find_rejects(target) if not r.record.id]
    (text,) = reject.record.left_over.values()
    assert text == f"b,{'x' * 10_000_000},2"
    write_sheet(tmp_path / "q.xlsx", [reject], unmask=True)
    shown = {str(c.value) for row in load_workbook(tmp_path / "q.xlsx")["quarantine"].iter_rows() for c in row}
    assert any(t.endswith(f"[{len(text)} characters; the quarantine holds them all]") for t in shown)


def test_a_line_beyond_all_measure_says_that_it_was_cut(target, tmp_path, monkeypatch):
    monkeypatch.setattr("digitize.files.loading.load._LONGEST", 20)
    (tmp_path / "iif1.csv").write_text(f"record_id,fir_no\na,1\nb,{'x' * 100},2\n", encoding="utf-8")
    load_files([tmp_path / "iif1.csv"], "iif1", target, SETTINGS, LoadOptions())
    (reject,) = [r for r in find_rejects(target) if not r.record.id]
    (text,) = reject.record.left_over.values()
    assert "[cut: the line has 104 bytes, SHA-256 " in text
    # It has no fields: what was cut cannot be loaded.
    assert replay_rejects(target, [reject]).loaded == 0


def test_an_old_quarantine_is_merged_to_one_entry_a_row_and_loses_nothing(tmp_path):
    path = tmp_path / "t.sqlite"
    target = SqliteTarget(path)
    load(target, tmp_path / "1", *ROWS)
    count = len(find_rejects(target))
    target.close()
    _to_format_3(path)
    target = SqliteTarget(path)
    # A load of anything at all merges them; nothing is deleted.
    load(target, tmp_path / "2", ("z", {"fir_no": "77"}))
    assert len(find_rejects(target)) == count
    assert len(find_rejects(target, states=STATES)) == 2 * count
    load(target, tmp_path / "1", *ROWS, size=1)
    assert len(find_rejects(target)) == count
    target.close()


def _to_format_3(path):
    """The file as the version before this one left it, each reject there twice."""
    db = sqlite3.connect(path)
    for name in ("rejects_row", "rejects_record", "rejects_settled"):
        db.execute(f"DROP INDEX {name}")
    for name in ("source_row", "delivery", "settings"):
        db.execute(f"ALTER TABLE rejects DROP COLUMN {name}")
    for name in ("flags", "deliveries", "load_settings"):
        db.execute(f"DROP TABLE {name}")
    db.execute("UPDATE loads SET source = json_remove(source, '$.delivery', '$.settings')")
    db.execute(
        """INSERT INTO rejects (load_id, batch, form, record_id, word, file, line, record, findings)
           SELECT load_id, 'other', form, record_id, word, file, line, record, findings FROM rejects"""
    )
    db.execute("UPDATE meta SET value = '3' WHERE key = 'format'")
    db.commit()
    db.close()


ANY = st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.sampled_from(["Ghat", "Bridge"])), max_size=5)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANY, st.permutations([1, 2, 3, 50]))
def test_cut_into_any_batches_in_any_order_the_entries_are_the_same(tmp_path_factory, rows, sizes):
    place = tmp_path_factory.mktemp("once")
    made = [(r, {"place": at, **(BAD_DAY if bad else {})}) for r, bad, at in rows] or [("a", BAD_DAY)]
    target = SqliteTarget(place / "t.sqlite")
    seen = []
    for size in sizes:
        load(target, place / "1", *made, size=size)
        seen.append(json.dumps(entries(target)))
    target.close()
    assert len(set(seen)) == 1
