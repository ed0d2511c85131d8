"""What a target holds beside a verdict: loaded records, those that wait outside, the day of the newest load."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from marks_store import batch, fir

from digitize.search.holdings import StoreHoldings
from digitize.search.log import Searcher
from digitize.search.stores import open_store
from digitize.services.asker import ServiceAsker
from digitize.services.query_service import ServiceDesk
from digitize.services.registry import load_services
from digitize.targets import Load
from digitize.targets.open import open_target
from digitize.targets.postgres.address import parse_address
from digitize.targets.postgres.search_fill import fill
from digitize.targets.sqlite import SqliteTarget
from mappers.record import FieldValue, Record


@pytest.fixture(scope="module")
def office(table_done):
    target = SqliteTarget(table_done / "loaded" / "cctns.sqlite")
    yield target
    target.close()


def asked_of(target, service, role):
    given = (
        {"registration": "WB02AB1234"}
        if service == "vehicle-noc"
        else {"number": "1", "year": "1998", "station": "Kalpanapur"}
    )
    asker = ServiceAsker(Searcher("Asha", "asha", "transfer"), role)
    return ServiceDesk(target).answer(load_services()[service], given, asker).asked_of


def test_a_verdict_that_is_relied_on_says_what_was_asked_and_what_waits(office, digitize, table_done):
    totals = digitize.json("status", table_done)["totals"]
    found = asked_of(office, "vehicle-noc", "police")
    assert found.records == office.run("SELECT COUNT(*) FROM record_index")[0][0] > 0
    assert found.waiting == totals["in_review"] + totals["rejected"] > 0
    assert date.fromisoformat(found.loaded)


def test_others_say_nothing_of_it(office):
    assert asked_of(office, "fir-status", "police") is None


def test_what_is_loaded_again_counts_once_in_both_databases(tmp_path, postgres_target):
    fill(parse_address(postgres_target))
    for target in (SqliteTarget(tmp_path / "cctns.sqlite"), open_target(postgres_target)):
        assert open_store(target).holdings() == StoreHoldings(0, 0, "")
        for n, rows in enumerate(([fir("a-r1", 1)], [fir("a-r1", 1), fir("b-r1", 3), fir("c-r1", 4)])):
            target.take(replace(batch({"iif1": rows}), id=f"{n:032x}"))
        target.take(batch({"iif1": [fir("d-r1", 9)]}, "other"))
        assert open_store(target).holdings().records == 4
        target.close()


def test_records_are_counted_as_they_are_held_whichever_batches_brought_them(tmp_path):
    target = SqliteTarget(tmp_path / "cctns.sqlite")
    store = open_store(target)
    store.now = lambda: setattr(store, "_held", store._held and (float("-inf"), store._held[1])) or store.holdings()
    both = replace(batch({"iif1": [fir("a-r1", 1), fir("b-r1", 2)]}, "one"), id="1" * 32)
    target.take(both)
    assert store.now().records == 2
    target.take(replace(batch({"iif1": [fir("a-r1", 1), fir("c-r1", 3)]}, "two"), id="2" * 32))
    assert store.now().records == 3
    target.take(replace(batch({"iif1": [fir("a-r1", 1)]}, "one"), id="3" * 32))
    assert store.now().records == 2
    target.undo("3" * 32, "wrong page")
    assert store.now().records == 3
    target.close()


def record(id, **more):
    fields = {"state": "wb", "police_station": "Namuna", "year": "2025", "fir_no": str(ord(id)), **more}
    return Record(id, "iif1", {k: FieldValue(v, v) for k, v in fields.items()}, {}, (), "b1")


def test_what_waits_in_two_batches_counts_once_and_what_is_loaded_does_not_wait(tmp_path, postgres_target):
    fill(parse_address(postgres_target))
    for target in (SqliteTarget(tmp_path / "cctns.sqlite"), open_target(postgres_target)):
        for n, name in enumerate(("one", "two"), 1):
            # The second brings other contents of the same, which wait by themselves.
            own = [record(id, place="\ud800", beat=str(n)) for id in "ab"]
            target.load(Load(f"{n:032x}", name, own, (), 0, source={"input": name, "files": [], "delivery": n}))
        assert open_store(target).holdings().waiting == 2
        # A workspace, of what it holds back, tells the number alone.
        target.load(Load("9" * 32, "three", [record("a")], (), 5, source={"input": "x", "delivery": 1}))
        held = open_store(target).holdings()
        assert (held.records, held.waiting) == (1, 1 + 5)
        target.close()


@given(st.integers(0, 10**9))
def test_the_public_is_told_two_digits_and_never_more_than_there_are(number):
    told = StoreHoldings(number, number, "").round_down()
    assert told.records == told.waiting <= number < told.records + max(10, told.records / 9)
    assert told.records % 10 == 0 and told.round_down() == told
