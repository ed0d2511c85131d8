"""What a snapshot folds again: the parts in which something changed, and those that other lists would count otherwise."""

import json
import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from digitize.offices import fold_part as folding
from digitize.offices.fold_part import PartFold, fold_part, fold_parts
from digitize.offices.fold_quality import fold_pace
from digitize.offices.lists import Gazetteer
from digitize.workspace.counting.counts_cache import find_differing_counts, keep_counts
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan, TableUnit
from digitize.workspace.ledger.dirty_parts import SNAPSHOT, list_parts, newest_event
from digitize.workspace.ledger.records import Decision, Records, Stored, record_hash
from digitize.workspace.ledger.verdict import Verdict
from digitize.workspace.place import create
from digitize.workspace.retention.purge_records import empty_units
from mappers.codes.stations import StationEntry
from sample_data.makers.rule_examples import make_record
from validators.finding import Finding

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
    fold = folding.fold_part

    def noted(ledger, part, gazetteer):
        parts.append(part)
        return fold(ledger, part, gazetteer)

    monkeypatch.setattr(folding, "fold_part", noted)
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
    assert list(find_differing_counts(ledger)) == []
    ledger.recount()
    fold_parts(ledger, other, keeps=True)
    assert len(folded) == 6


class History:
    """Anything that can happen to a workspace, drawn: after each step the kept counts are held against fresh ones."""

    def __init__(self, ledger, die):
        self.ledger, self.die, self.rows = ledger, die, Records(ledger)
        self.lists = [LISTS, Gazetteer("wb", [StationEntry("Bally", "Kalpana", ("Bantra",))], {"Kalpana": ""}),
                      Gazetteer("wb", [], {})]  # fmt: skip
        self.now, self.units = LISTS, ["wb-kept-0001-0001", "wb-kept-0002-0001"]

    def unit(self):
        return self.die.choice(self.units)

    def record(self):
        found = [s.record.id for s in self.rows.all(purged=True)]
        return self.die.choice(found) if found else ""

    def read(self):
        unit, made = self.unit(), []
        for n in range(self.die.randrange(4)):
            section = [{"act": "IPC", "section": self.die.choice(["376", "379"])}] * self.die.randrange(2)
            fields = {**FIR, "fir_no": str(self.die.randrange(90)), "year": self.die.choice(["2016", "1998"])}
            record = make_record(f"{unit}-r{n}", {**fields, "acts": section}, self.die.choice(["iif1", "iif3"]))
            said = self.die.choice(["Bally", "Bantra", ""]), self.die.choice(["bn", "xx"])
            made.append(Stored(record, unit, f"g{n}", *said, record_hash(record)))
        self.rows.replace_unit(unit, made)

    def moved(self):
        """The same records under what is said of their place now."""
        unit = self.unit()
        self.rows.replace_unit(
            unit, [replace(s, station=self.die.choice(["Bally", "Bantra"])) for s in self.rows.of_unit(unit)]
        )

    def checked(self):
        if record := self.record():
            found = [Finding(record, "year", self.die.choice(["D001", "D002"]), "reject", "x")][: self.die.randrange(2)]
            word = self.die.choice(["clean", "review", "reject"])
            self.rows.set_verdicts({record: Verdict(word, (), {})}, found)

    def decided(self):
        name = self.die.choice([self.record(), f"{self.unit()}-r9"])
        verdict = self.die.choice(["value", "undone"])
        day = f"2026-11-{self.die.randrange(10, 28)}T10:00:00"
        self.rows.insert_decision(Decision(name, "year", "", "", "", verdict, "2016", "op"), day)

    def loaded(self):
        self.rows.set_loaded(self.die.choice(["b1", "wb-kept"]), self.die.choice(["", "load"]))

    def delivered(self):
        number = self.die.randrange(1, 5)
        page, label = f"wb-kept-{number:04d}-{self.die.randrange(1, 3):04d}", f"Book {number}"
        volume = Catalogue(self.ledger).volume(label)
        scan = PageScan(page, f"{self.die.randrange(10**6):064d}", 1, "b1", volume, 1, "fir-book",
                        self.die.choice(["Bally", "Bantra", ""]), "Kalpana", "2016")  # fmt: skip
        Catalogue(self.ledger).insert_scan(scan)
        self.units = sorted({*self.units, page})

    def table(self):
        unit = f"wb-t{len(self.units):04d}"
        Catalogue(self.ledger).insert_table(TableUnit(unit, f"{len(self.units):064d}", 0, "firs", "b1", "Bally"))
        self.units += [unit, f"{unit}:1"]

    def told(self):
        Catalogue(self.ledger).tell("a" * 64, {"station": self.die.choice(["Bally", "Bantra"]), "year": "1998"})

    def worked(self):
        step, outcome = self.die.choice(["recognise", "decide", "map", "register"]), self.die.choice(["done", "failed"])
        detail = {"kind": "x"} if outcome == "failed" else {}
        self.ledger.record_event(self.unit(), step, outcome, key=str(self.die.random()), detail=detail)

    def purged(self):
        with self.ledger.writing():
            empty_units(self.ledger, [self.unit()])

    def as_list(self):
        self.now = self.die.choice(self.lists)

    def upgraded(self):
        self.ledger.recount()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_happens_what_is_kept_counts_as_what_is_folded_from_nothing(ledger, seed):
    die = random.Random(seed)
    history, told = History(ledger, die), []
    steps = [n for n in vars(History) if not n.startswith("_") and n not in ("unit", "record")]
    for _ in range(25):
        for name in die.choices(steps, k=die.randrange(1, 4)):
            getattr(history, name)()
            told.append(name)
        fresh = PartFold()
        for part in list_parts(ledger, SNAPSHOT):
            fresh.add(json.loads(fold_part(ledger, part, history.now).as_text()))
        assert fold_parts(ledger, history.now, keeps=True).as_text() == fresh.as_text(), told[-4:]


def test_pages_read_of_late_are_those_that_count_as_read(tmp_path):
    with Ledger.create(tmp_path / "ledger.sqlite") as made:
        for page, found in (("p1", "done"), ("p2", "failed")):
            made.record_event(page, "recognise", "done", key="k", detail={})
            made.record_event(page, "decide", found, key="k", detail={"kind": "unknown-form"})
        assert fold_pace(made, datetime.now(UTC).date()).pages_read == 1
