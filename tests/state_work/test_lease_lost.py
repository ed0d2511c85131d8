"""A worker that slept for longer than its lease writes nothing over what another worker did meanwhile."""

import shutil
from dataclasses import replace

import pytest

from digitize.machine.progress import Silent
from digitize.steps import check, map, map_table, run
from digitize.workspace.ledger import Ledger
from digitize.workspace.place import open_place
from digitize.workspace.run_context import build_run_context

ELSEWHERE = "another-machine:7:1#b"


@pytest.fixture
def taken_in(digitize, samples, tmp_path):
    place = tmp_path / "ws"
    digitize("init", "wb", place, "--site", "test")
    digitize("intake", place, samples / "legacy" / "FIRMAST.DBF")
    return place


def written(ledger, step):
    """Every event of a step, and every record with its verdict."""
    events = [tuple(r) for r in ledger.rows("SELECT seq, unit, outcome, key FROM events WHERE step = ?", (step,))]
    return events, [tuple(r) for r in ledger.rows("SELECT record, hash, verdict FROM records ORDER BY record")]


def do_elsewhere(place, step, stations):
    """Another worker finds the lease run out, and does all of the step with a list that came meanwhile.

    Returns what it wrote.
    """
    shutil.copy(stations, place.folder / "lists" / "stations.csv")
    with Ledger(place.ledger) as ledger:
        ledger.execute("UPDATE leases SET until = 0")
        known = replace(build_run_context(place, ledger), owner=ELSEWHERE)
        if step == "map":
            map.map_units(ledger, known, map.plan(ledger, known).todos, Silent())
        else:
            check.check_groups(ledger, known, check.plan(ledger, known), Silent())
        return written(ledger, step)


@pytest.mark.parametrize(("step", "room"), [("map", map_table), ("check", check)])
def test_who_wakes_after_its_lease_ran_out_writes_nothing(taken_in, samples, monkeypatch, step, room):
    place = open_place(taken_in)
    keep, wanted = room._keep, []

    def sleep_then_keep(ledger, *args):
        if not wanted:
            wanted.append(())  # the other worker comes here, too
            wanted[0] = do_elsewhere(place, step, samples / "legacy" / "stations.csv")
        return keep(ledger, *args)

    monkeypatch.setattr(room, "_keep", sleep_then_keep)
    report = run.run_workspace(place, run.RunOptions(("map", "check")[: 1 + (step == "check")]), Silent())
    assert wanted[0][0] and len(wanted[0][1]) > 50
    with Ledger(place.ledger) as ledger:
        assert written(ledger, step) == wanted[0]
        assert not ledger.rows("SELECT 1 FROM leases")
        ledger.verify()
    assert report.now.totals.records == len(wanted[0][1])


def test_who_still_has_its_lease_writes_though_it_ran_out(taken_in, monkeypatch):
    place = open_place(taken_in)
    keep = map_table._keep

    def sleep_then_keep(ledger, *args):
        ledger.execute("UPDATE leases SET until = 0")
        return keep(ledger, *args)

    monkeypatch.setattr(map_table, "_keep", sleep_then_keep)
    run.run_workspace(place, run.RunOptions(("map",)), Silent())
    with Ledger(place.ledger) as ledger:
        assert len(written(ledger, "map")[1]) > 50
