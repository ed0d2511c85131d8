"""What a site's report counts of a volume: its pages by how far they are, its records by what they say and are."""

from dataclasses import replace
from datetime import date

import pytest

from digitize.offices.fold import fold_ledger
from digitize.offices.judge import read_body
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.ledger.verdict import Verdict
from digitize.workspace.place import create, open_place
from sample_data.makers.rule_examples import make_record

TODAY = date.today()
STATIONS = "station,district,aliases\nNamunahat,Nadia,\nMisalpur,Nadia,\nHarbour,Howrah,\n"


def page_id(n):
    return f"wb-0001-{n:04d}"


def record(n, **fields):
    plain = {"police_station": "Namunahat", "district": "Nadia", "year": "1998", "fir_no": str(10 + n), **fields}
    acts = [{"act": "IPC", "section": plain.pop("section", "379")}]
    return replace(make_record(f"{page_id(n)}-r1", {**plain, "acts": acts}), batch="b1")


@pytest.fixture
def place(tmp_path):
    place = create("wb", tmp_path / "ws", "test")
    (place.folder / "lists").mkdir(exist_ok=True)
    (place.folder / "lists" / "stations.csv").write_text(STATIONS, encoding="utf-8")
    return open_place(place.folder)


def stored(made, **more):
    station = made.value("police_station") or ""
    return Stored(made, made.id[:-3], "g", station, more.pop("language", "bn"), f"h{made.id}", **more)


def fill(ledger, records, *, pages=7, station="Misalpur", district="Nadia"):
    with ledger.writing():
        Catalogue(ledger).volume("book")
        for n in range(1, pages + 1):
            scan = PageScan(page_id(n), f"{n:064d}", 0, "b1", 1, n, station=station, district=district, year="1985")
            Catalogue(ledger).insert_scan(scan)
            ledger.record_event(page_id(n), "intake", "done", key=f"{n:064d}:0")
        for own in records:
            Records(ledger).replace_unit(own.unit, [own])
        verdicts = {own.record.id: Verdict(own.verdict, (), {}) for own in records if own.verdict}
        Records(ledger).set_verdicts(verdicts, [])


def fold(place):
    with Ledger(place.ledger) as ledger:
        made = fold_ledger(place, ledger, TODAY)[0]
    read_body(made.model_dump_json().encode())
    return made


def row(made, name):
    return dict(zip(("expected", "pages_expected", "pages", "pages_read", "pages_failed", "records", "in_review",
                     "rejected", "validated", "loaded"), next(r for r in made.stations if r[0] == name)[3:13],
                    strict=True))  # fmt: skip


def test_pages_count_by_how_far_they_are_for_the_station_of_their_records(place):
    with Ledger(place.ledger) as ledger:
        fill(ledger, [stored(record(1))])
        for n in (1, 2, 3, 4):
            ledger.finish(page_id(n), "recognise", "1", {"form": "f"}, {})
        for n in (1, 2):
            ledger.finish(page_id(n), "decide", "1", {"form": "f"}, {})
        ledger.fail(page_id(4), "decide", "1", {"kind": "unknown-form"})
        ledger.fail(page_id(5), "recognise", "1", {"kind": "crashed"})
    made = fold(place)
    own, told = row(made, "Namunahat"), row(made, "Misalpur")
    assert (own["pages"], own["pages_read"], own["pages_failed"], own["records"]) == (1, 1, 0, 1)
    assert (told["pages"], told["pages_read"], told["pages_failed"], told["records"]) == (6, 1, 2, 0)
    assert (made.totals.pages, made.totals.pages_read, made.totals.pages_failed) == (7, 2, 2)
    assert row(made, "Harbour")["pages"] == 0, "a station without any work has a row, too"


def test_records_count_by_verdict_station_band_language_and_profile(place):
    records = [
        stored(record(1), verdict="clean"),
        stored(record(2, year="1979"), verdict="review", language="hi"),
        stored(record(3), verdict="reject", language="xx"),
        stored(replace(record(4), profile="core")),
        stored(record(5, police_station="Nowhere"), verdict="clean"),
    ]
    with Ledger(place.ledger) as ledger:
        fill(ledger, records)
        with ledger.writing():
            Records(ledger).set_loaded("b1", "load")
    made = fold(place)
    own, told = row(made, "Namunahat"), row(made, "Misalpur")
    assert {k: own[k] for k in ("records", "in_review", "rejected", "validated", "loaded")} == {
        "records": 4, "in_review": 1, "rejected": 1, "validated": 1, "loaded": 1,
    }  # fmt: skip
    assert told["records"] == told["validated"] == 1, "of a station that no list names the volume's own counts"
    (nadia,) = (d for d in made.districts if d.name == "Nadia")
    assert nadia.by_band == {"1990-1999": [4, 0, 1, 2, 2], "before-1980": [1, 1, 0, 0, 0]}
    assert nadia.by_language == {"bn": [3, 0, 0, 2, 2], "hi": [1, 1, 0, 0, 0], "": [1, 0, 1, 0, 0]}
    assert nadia.by_form == {"iif1": [5, 1, 1, 2, 2]}
    assert made.by_profile == {"core": [1, 0, 0, 0, 0], "everything": [4, 1, 1, 2, 2]}


def test_a_book_reaches_from_its_first_number_to_its_last_where_it_singles_nobody_out(place):
    many = [stored(record(n, fir_no=str(100 - n))) for n in range(1, 6)]
    with Ledger(place.ledger) as ledger:
        fill(ledger, [*many, stored(record(6, year="1999")), stored(record(7, fir_no="123456"))])
    made = fold(place)
    assert [(v.station, v.form, v.year, v.first, v.last, v.records) for v in made.volumes] == [
        ("Namunahat", "iif1", "1998", 95, 99, 5),
    ]  # fmt: skip


def test_books_of_no_known_year_or_station_or_form_of_an_fir_are_not_told(place):
    undated = [stored(record(n, year="19")) for n in range(1, 7)]
    with Ledger(place.ledger) as ledger:
        fill(ledger, undated)
    assert fold(place).volumes == []


def test_a_record_that_a_person_touched_is_not_one_that_passed_by_itself(place):
    with Ledger(place.ledger) as ledger:
        fill(ledger, [stored(record(n), verdict="clean") for n in (1, 2, 3)])
        with ledger.writing():
            for n, verdict in ((1, "value"), (4, "illegible")):
                made = Decision(f"{page_id(n)}-r1", f"zone:{page_id(n)}/x", "", "s", "iif1", verdict, "v", "A")
                Records(ledger).insert_decision(made, f"{TODAY}T10:00:00")
    made = fold(place)
    form = made.quality.by_form["iif1"]
    assert (form.validated, form.by_people, form.from_tables) == (3, 1, 0)
    assert (made.quality.straight_through.part, made.quality.straight_through.of) == (2, 3)
    assert (made.quality.illegible.part, made.quality.illegible.of) == (1, 2)


def test_a_station_was_worked_on_when_something_of_it_was_settled(place):
    with Ledger(place.ledger) as ledger:
        fill(ledger, [stored(record(1))], pages=1)
        with ledger.writing():
            made = Decision(f"{page_id(1)}-r1", f"zone:{page_id(1)}/x", "", "s", "iif1", "value", "v", "A")
            Records(ledger).insert_decision(made, "2020-01-02T10:00:00")
    idle = next(r for r in fold(place).stations if r[0] == "Namunahat")[13]
    assert idle == (TODAY - date(2020, 1, 2)).days
    assert next(r for r in fold(place).stations if r[0] == "Harbour")[13] is None


def test_a_station_is_not_idle_on_the_day_on_which_a_page_of_it_is_read(place):
    with Ledger(place.ledger) as ledger:
        fill(ledger, [stored(record(1))], pages=1)
        assert next(r for r in fold(place).stations if r[0] == "Namunahat")[13] is None, "intake alone is no work"
        ledger.finish(page_id(1), "recognise", "1", {"form": "f"}, {})
    assert next(r for r in fold(place).stations if r[0] == "Namunahat")[13] in (0, 1)


def test_firs_whose_sections_nobody_knows_are_told_beside_those_that_are_protected(place):
    bare = replace(make_record(f"{page_id(2)}-r1", {"police_station": "Namunahat", "district": "Nadia"}), batch="b1")
    with Ledger(place.ledger) as ledger:
        fill(ledger, [stored(record(1)), stored(bare)])
    (nadia,) = (d for d in fold(place).districts if d.name == "Nadia")
    assert (nadia.protected.not_known, nadia.protected.count) == (1, 0)
