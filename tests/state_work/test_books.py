"""A volume's station and year, learned from its own sure pages; and names that people typed, offered for a list."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from digitize.steps import books as steps_books
from digitize.steps.books import learned_fact
from digitize.steps.read_keys import metadata_of
from digitize.workspace.decisions import entries
from digitize.workspace.decisions.entries import ADD, LEAVE, add_entry
from digitize.workspace.decisions.typed_names import Typed, find_typed_in
from digitize.workspace.ledger import Ledger, books
from digitize.workspace.ledger.books import BookFact
from digitize.workspace.ledger.records import Decision
from mappers.codes import load_stations, place_lists
from ocr.forms.expected import AS_METADATA
from ocr.page import Box, Decided


def pages(*said, notes=()):
    return [Decided("police_station", v, v, c, Box(0, 0, 1, 1), notes=notes) for v, c in said]


def fact(*said, before=None, notes=()):
    return learned_fact("police_station", pages(*said, notes=notes), before)


def test_pages_that_agree_tell_their_volume():
    assert fact(*[("Harbour", 0.95)] * 5, ("Mill", 0.5)) == BookFact("police_station", "Harbour", 5, 5)


@pytest.mark.parametrize(
    "said", [[("Harbour", 0.95)] * 4, [("Harbour", 0.89)] * 9, [("Harbour", 0.95)] * 9 + [("Mill", 0.95)]]
)
def test_few_pages_doubtful_ones_and_those_that_differ_tell_nothing(said):
    assert fact(*said) is None


def test_what_was_learned_stays_until_sure_pages_say_otherwise():
    before = BookFact("police_station", "Harbour", 5, 5)
    assert fact(*[("Harbour", 0.95)] * 5, before=before, notes=(AS_METADATA,)) == before
    assert fact(*[("Harbour", 0.95)] * 5, *[("Mill", 0.95)] * 3, before=before) is None


def test_intake_goes_before_what_pages_tell(tmp_path):
    ledger = Ledger.create(tmp_path / "ledger.sqlite")
    books.record(
        ledger, 1, {"year": BookFact("year", "2018", 8, 8), "police_station": BookFact("police_station", "Mill", 7, 7)}
    )
    known = SimpleNamespace(books=books.LearnedBooks(ledger))
    scan = SimpleNamespace(volume=1, station="Harbour", district="", year="")
    assert metadata_of(known, scan) == {"year": "2018", "police_station": "Harbour"}
    assert metadata_of(known, SimpleNamespace(**{**vars(scan), "volume": 2})) == {"police_station": "Harbour"}
    assert "year 2018 (8 of 8 sure pages)" in books.lines(ledger)[0]
    books.record(ledger, 2, {"year": BookFact("year", "", 8, 8)})
    books.record(
        ledger, 3, {"year": BookFact("year", "2019", 8, 8), "police_station": BookFact("police_station", "", 1, 2)}
    )
    assert [line.split(":")[0] for line in books.lines(ledger, 1)] == [
        "Volume 1, from its own pages", "And 1 volume more, from their own pages",
    ]  # fmt: skip
    books.record(ledger, 1, {})
    assert books.learned_of(ledger, 1) == {} and len(books.lines(ledger)) == 1


def decision(word, name="Newplace", district="Nadia"):
    typed = Typed("station", name, district, 1)
    return Decision(typed.file, typed.cell, typed.district, "", "", "value", word, "somebody")


def test_a_typed_name_counts_as_an_entry_once_a_person_says_so(tmp_path):
    place = SimpleNamespace(own_lists=(tmp_path / "stations.csv", tmp_path / "districts.csv"))
    place.own_lists[0].write_text("# complete = 0.95\nstation,district,aliases\nMisalpur,Nadia,", encoding="utf-8")
    add_entry(place.own_lists, decision(LEAVE))
    assert place_lists("wb", *place.own_lists)["station"].find("Newplace") is None
    add_entry(place.own_lists, decision(ADD))
    add_entry(place.own_lists, replace(decision(ADD), field="entry:district/Newshire", reading=""))
    lists = place_lists("wb", *place.own_lists)
    assert lists["station"].find("newplace") == "Newplace" and lists["station"].complete == 0.95
    assert lists["station"].find("Misalpur") and lists["district"].find("Newshire")
    assert next(s.district for s in load_stations("wb", place.own_lists[0]) if s.name == "Newplace") == "Nadia"


def test_only_what_a_person_typed_and_no_list_has_is_offered(monkeypatch):
    def record(name, by):
        value = SimpleNamespace(value=name, by=by)
        district = SimpleNamespace(value="Nadia", by="mapping")
        return SimpleNamespace(cells=lambda: [("police_station", value), ("district", district)])

    assert list(find_typed_in(record("Newplace", "operator somebody"))) == [Typed("station", "Newplace", "Nadia", 1)]
    assert not list(find_typed_in(record("Newplace", "wb_form 1")))
    names = [Typed("station", name, "Nadia", 1) for name in ("Newplace", "Airport")]
    monkeypatch.setattr(entries, "list_typed_names", lambda ledger: names)
    monkeypatch.setattr(entries.Records, "entry_words", lambda records, files: [])
    assert entries.find_typed(None, place_lists("wb")) == names[:1]


def test_a_run_learns_of_volumes_that_nothing_was_told_of(tmp_path, monkeypatch):
    """Volume 1 agrees, volume 2 is mixed, of volume 3 intake was told the station."""
    scans = [
        SimpleNamespace(page=f"{v}-{n}", volume=v, station="Mill" if v == 3 else "", district="", year="")
        for v in (1, 2, 3)
        for n in range(6)
    ]
    said = {s.page: "Harbour" if s.volume != 2 or s.page.endswith(("0", "1", "2")) else "Mill" for s in scans}
    read = {p: SimpleNamespace(zones={"police_station": pages((v, 0.97))[0]}) for p, v in said.items()}
    monkeypatch.setattr(
        steps_books, "Catalogue", lambda ledger: SimpleNamespace(scans=lambda v: [s for s in scans if s.volume == v])
    )
    monkeypatch.setattr(steps_books, "newest_reading", lambda ledger, page: read[page])
    ledger = Ledger.create(tmp_path / "ledger.sqlite")
    # Until they are noted as looked at: pages of all three were decided.
    monkeypatch.setattr(
        steps_books.books, "list_unseen", lambda ledger: [v for v in (1, 2, 3) if v not in looked_at(ledger)]
    )
    known = SimpleNamespace(books={})
    assert steps_books.learn_books(ledger, known)
    assert known.books == {1: {"police_station": BookFact("police_station", "Harbour", 6, 6)}}
    assert known.books[1] == books.learned_of(ledger, 1)
    assert looked_at(ledger) == {1, 2, 3}
    # Learned once, it is not learned again.
    assert not steps_books.learn_books(ledger, known)


def looked_at(ledger):
    return {int(unit.partition(":")[2]) for unit in ledger.states(books.STEP)}


def test_a_volume_is_looked_at_when_pages_of_it_were_decided_since(tmp_path):
    ledger = Ledger.create(tmp_path / "ledger.sqlite")
    scan = {"idx": 0, "batch": "b", "number": 1, "kind": "", "station": "", "district": "", "year": ""}
    with ledger.writing():
        for page, volume in (("a", 1), ("b", 1), ("c", 2)):
            ledger.insert_row("scans", {**scan, "page": page, "sha256": page * 64, "volume": volume, "language": "en"})
        ledger.record_event("batch", "intake", "done", key="batch")
    assert books.list_unseen(ledger) == []
    ledger.record_event("a", "decide", "done", key="1")
    assert books.list_unseen(ledger) == [1]
    books.record(ledger, 1, {})
    assert books.list_unseen(ledger) == []
    ledger.record_event("c", "decide", "done", key="1")
    assert books.list_unseen(ledger) == [2]
