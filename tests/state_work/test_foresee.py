"""A dry run tells what later steps will get of earlier ones: at most so many, and because of what."""

from dataclasses import replace

import pytest

from digitize.steps.change_reasons import StepDue
from digitize.steps.dry_run import plan_dry_run
from digitize.steps.inputs import note_inputs
from digitize.steps.run import STEPS
from digitize.steps.run_report import RunReport
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan, SourceFile
from digitize.workspace.ledger.records import Records, Stored, record_hash
from digitize.workspace.place import create
from digitize.workspace.run_context import build_run_context
from sample_data.makers.rule_examples import make_record


@pytest.fixture
def place(tmp_path):
    """Two books of one page each, none read; of the first there is a record of an earlier reading."""
    place = create("wb", tmp_path / "ws", "dry")
    with Ledger(place.ledger) as ledger:
        catalogue = Catalogue(ledger)
        for n in (1, 2):
            catalogue.insert_batch(Batch(f"b{n}", "One", "2026-03-01", "fir-book"))
            catalogue.insert_source(SourceFile(f"{n}" * 64, f"b{n}", "x.png", 1, "image/png", 1, ".png"))
            page, volume = f"wb-dry-{n:04d}-0001", catalogue.volume(f"Book {n}")
            catalogue.insert_scan(PageScan(page, f"{n}" * 64, 0, f"b{n}", volume, 1, "fir-book", language="en"))
        record = replace(make_record("wb-dry-0001-0001-r1", {"police_station": "Bally"}, "iif1"), batch="b1")
        Records(ledger).replace_unit(
            "wb-dry-0001-0001", [Stored(record, "wb-dry-0001-0001", "g", "Bally", "", record_hash(record))]
        )
        note_inputs(ledger, build_run_context(place, ledger), STEPS)
        ledger.execute("DELETE FROM marks WHERE what IN ('check', 'load')")
    return place


def test_later_steps_tell_at_most_how_much_they_will_get_and_why(place):
    with Ledger(place.ledger) as ledger:
        due = plan_dry_run(ledger, build_run_context(place, ledger), STEPS)
        few = plan_dry_run(ledger, build_run_context(place, ledger), STEPS, limit=1)
        only = plan_dry_run(ledger, build_run_context(place, ledger), ("check",))
    assert (due["read"].units, due["read"].more, due["map"].units, due["map"].more) == (2, 0, 0, 2)
    assert (due["check"].units, due["check"].more, due["load"].units, due["load"].more) == (0, 1, 0, 2)
    assert "2 new pages" in due["check"].unknown
    assert (few["map"].more, few["load"].more) == (1, 1)
    assert not only["check"].is_any
    lines = RunReport(is_dry=True, todo={"read": 2}, due=due).lines()
    assert lines[2] == (
        "map then at most 2 more, because 2 pages are read or decided again first; duration not known yet."
    )


def test_time_of_what_follows_is_told_beside_that_of_what_is_due():
    due = StepDue(3, {"never done": 3}, 6.0, 2.0, more=10, because="of x", more_s=20.0)
    assert due.line("map") == (
        "map 3: never done: 3; about 6 s (2 s each, as measured here); then at most 10 more, because of x; about 20 s."
    )
