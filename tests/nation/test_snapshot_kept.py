"""What a snapshot folds again: the parts in which something changed, and those that other lists would count otherwise."""

import pytest

from digitize.offices import fold_kept
from digitize.offices.fold_kept import fold_parts
from digitize.offices.lists import Gazetteer
from digitize.workspace.counting.kept import differing_counts, keep_counts
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan
from digitize.workspace.ledger.marked import newest_event
from digitize.workspace.ledger.records import Decision, Records, Stored, record_hash
from digitize.workspace.ledger.verdict import Verdict
from digitize.workspace.place import create
from mappers.codes.stations import StationEntry
from validators.checking.examples import make_record

LISTS = Gazetteer("wb", [StationEntry("Bally", "Kalpana")], {"Kalpana": ""})
FIR = {"district": "Kalpana", "police_station": "Bally", "year": "2016"}


def stored(page, number):
    record = make_record(f"{page}-r1", {**FIR, "fir_no": str(number)}, "iif1")
    return Stored(record, page, "g", "Bally", "bn", record_hash(record))


@pytest.fixture
def ledger(tmp_path):
    with Ledger(create("wb", tmp_path / "ws", "kept").ledger) as ledger:
        catalogue = Catalogue(ledger)
        catalogue.insert_batch(Batch("b1", "One", "2026-03-01", "fir-book"))
        for n in (1, 2):
            page, volume = f"wb-kept-{n:04d}-0001", catalogue.volume(f"Book {n}")
            catalogue.insert_scan(PageScan(page, "a" * 64, n, "b1", volume, 1, "fir-book", "Bally", "Kalpana", "2016"))
            Records(ledger).replace_unit(page, [stored(page, n)])
        yield ledger


@pytest.fixture
def folded(monkeypatch):
    """The parts that were folded, in order."""
    parts = []
    fold = fold_kept.fold_part

    def noted(ledger, part, gazetteer):
        parts.append(part)
        return fold(ledger, part, gazetteer)

    monkeypatch.setattr(fold_kept, "fold_part", noted)
    return parts


def records_in(fold):
    return {s.counts["records"] for s in fold.tallies.stations.values()}


def test_only_what_changed_is_folded_again(ledger, folded):
    first = fold_parts(ledger, LISTS, keeps=True)
    assert folded == ["volume:1", "volume:2"] and records_in(first) == {2}
    assert fold_parts(ledger, LISTS, keeps=True).as_text() == first.as_text() and len(folded) == 2

    Records(ledger).set_verdicts({"wb-kept-0002-0001-r1": Verdict("clean", (), {})}, [])
    assert fold_parts(ledger, LISTS, keeps=True).validated == {"iif1": [1, 0, 0]}
    Records(ledger).insert_decision(Decision("wb-kept-0001-0001-r1", "f", "", "", "", "value", "x", "op"), "2026-11-20")
    fold_parts(ledger, LISTS, keeps=True)
    assert folded[2:] == ["volume:2", "volume:1"]


def test_who_only_looks_writes_nothing(ledger, folded):
    events = newest_event(ledger)
    assert records_in(fold_parts(ledger, LISTS)) == records_in(fold_parts(ledger, LISTS)) == {2}
    assert (len(folded), newest_event(ledger)) == (4, events)


def test_other_lists_count_everything_again_and_the_counts_of_status_stay_as_they_are(ledger, folded):
    keep_counts(ledger)
    fold_parts(ledger, LISTS, keeps=True)
    other = Gazetteer("wb", [], {"Kalpana": ""})
    assert fold_parts(ledger, other, keeps=True).not_listed == 2 and len(folded) == 4
    assert list(differing_counts(ledger)) == []
    ledger.recount()
    fold_parts(ledger, other, keeps=True)
    assert len(folded) == 6
