"""The ledger that is made for measuring is one that the product would have written, and its figures come."""

import json

import pytest

from benchmarks import growth_one
from benchmarks.ledger import LedgerBench, _batch, _disk, _lots
from benchmarks.parts.ledger.make import make
from benchmarks.parts.ledger.sinks import DatabaseSink
from digitize.machine.progress import Silent
from digitize.steps.run import RunOptions, run_workspace
from digitize.workspace.counting.counts_cache import find_differing_counts
from digitize.workspace.counting.totals import count_work
from digitize.workspace.ledger import Ledger, books
from digitize.workspace.ledger.dirty_parts import list_dirty
from digitize.workspace.ledger.records import Records
from digitize.workspace.place import open_place

PAGES = 200


def test_a_made_ledger_is_whole_its_counts_are_true_and_it_can_be_measured(tmp_path):
    place = make(tmp_path / "ws", PAGES, per_volume=10)
    with Ledger(place.ledger) as ledger:
        assert [c.line() for c in ledger.changes() if not c.is_remark] == []
        assert list(find_differing_counts(ledger)) == []
        totals = count_work(ledger).totals
        assert (totals.pages_read, totals.records, totals.loaded, totals.in_review) == (PAGES, PAGES, 160, 40)
    bench = LedgerBench(place, PAGES, 1)
    figures = {**_disk(bench), **_batch(bench), **_lots(bench, volumes=6, pages=10)}
    assert figures["load_records"] == 160 and figures["kb_per_page"] < figures["kb_per_page_all"]
    assert {"sqlite_todo_ms", "ms_per_page"} <= figures.keys()
    with Ledger(place.ledger) as ledger:
        # What was taken in for measuring is worked through, and nothing is left to be looked at.
        assert list_dirty(ledger, "read") == [] == list_dirty(ledger, "count")
        assert [c.line() for c in ledger.changes() if not c.is_remark] == []
    # And a run takes what is left of it.
    assert run_workspace(place, RunOptions(), Silent()).mapped == 60


def test_one_that_is_made_straight_in_a_database_goes_on_where_it_was_cut_off(tmp_path, pg_url, monkeypatch):
    keep = DatabaseSink.keep
    # Amid the rows, and amid the indexes.
    for is_enough in (lambda sink, reached: reached.volumes > 20, lambda sink, _: len(sink._later) == 5):

        def is_cut_off(sink, reached, is_enough=is_enough):
            if is_enough(sink, reached):
                raise KeyboardInterrupt
            keep(sink, reached)

        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(DatabaseSink, "keep", is_cut_off)
            make(tmp_path / "ws", PAGES, 5, pg_url)
    place = make(tmp_path / "ws", PAGES, 5, pg_url)
    with Ledger(place.ledger) as ledger:
        assert [c.line() for c in ledger.changes() if not c.is_remark] == []
        assert list(find_differing_counts(ledger)) == []
        assert count_work(ledger, every_volume=False).totals.loaded == 160


def test_what_a_command_takes_that_is_asked_of_one_record_is_measured(tmp_path, monkeypatch):
    monkeypatch.setattr(growth_one, "QUICK", (250,))
    out = tmp_path / "found.json"
    assert growth_one.main(["--quick", "--only", "record", "--data", str(tmp_path), "--json", str(out)]) == 0
    assert json.loads(out.read_text())["record_250"]["mb"] > 0
    place = open_place(tmp_path / "growth-250")
    with Ledger(place.ledger) as ledger:
        # It was lived in: something was learned of its volume, and people answered.
        assert books.learned_of(ledger, 1)["year"].value == "1984"
        assert len(Records(ledger).decided_units()) == 5
        assert [c.line() for c in ledger.changes() if not c.is_remark] == []
