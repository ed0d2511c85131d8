"""What was settled on the earlier scan of a page holds on the newer where the paper says the same."""

import pytest

from digitize.steps.rescanned import carry_over
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.ledger.waiting_pages import REPLACES, WaitingPage, keep, summary
from digitize.workspace.place import create
from mappers.record import FieldValue, Origin, Record
from ocr.page import Box, Decided, Reading, RowPlace
from ocr.plain import reading_to_plain

PAGE, OLD, NEW = "wb-0001-0001", "0" * 64, "1" * 64


@pytest.fixture
def ledger(tmp_path):
    with Ledger(create("wb", tmp_path / "ws").ledger) as ledger:
        with ledger.writing():
            Catalogue(ledger).volume("book")
        yield ledger


def scanned(ledger, sha256, zones, rows=()):
    """A scan of the page, taken in and read so; rows of 64 pixels, each 100 below the one above."""
    with ledger.writing():
        Catalogue(ledger).insert_scan(PageScan(PAGE, sha256, 0, "b1", 1, 1))
        ledger.record_event(PAGE, "intake", "done", key=f"{sha256}:0")
        made = {name: Decided(name, text, text, 0.5, Box(0, 0, 9, 9)) for name, text in zones.items()}
        places = tuple(RowPlace(name, (Box(0, 100 * i, 900, 100 * i + 64),)) for i, name in enumerate(rows))
        reading = Reading("f", "f", made, rows=places)
        ledger.finish(PAGE, "decide", sha256, reading_to_plain(reading), {"form": "f"})


def settled(ledger, *decisions, numbers):
    """Records with these zones of their FIR's number, and answers: (record, cell, reading, source)."""
    with ledger.writing():
        own = []
        for record, zone in numbers.items():
            value = FieldValue("5", "5", origin=Origin(page=PAGE, zone=zone))
            own.append(Stored(Record(record, "iif1", {"fir_no": value}, {}, (PAGE,), "b1"), PAGE, "g", "", "en", "h"))
        Records(ledger).replace_unit(PAGE, own)
        for record, cell, reading, source in decisions:
            made = Decision(record, cell, reading, source, "iif1", "value", "Typed", "Namuna")
            Records(ledger).insert_decision(made, "2026-11-29T10:00:00+00:00")


def replaced(ledger):
    with ledger.writing():
        keep(ledger, WaitingPage(NEW, 0, "p1.png", "b2", "book", PAGE, answer=REPLACES, earlier=f"{OLD}:0"))


def held(ledger):
    """(record, cell) -> reading, of the answers that hold on the newer scan."""
    found = Records(ledger).decisions_of(PAGE)
    own = ((record, cell, d) for record, cells in found.items() for cell, d in cells.items())
    return {(record, cell): (d.reading, d.source) for record, cell, d in own if d.source.startswith(NEW)}


@pytest.mark.parametrize(("number", "hold"), [("5", ["field:beat", "zone:act", "zone:name"]), ("6", ["zone:act"])])
def test_an_answer_holds_where_the_place_or_the_firs_number_reads_the_same(ledger, number, hold):
    record = f"{PAGE}-r1"
    scanned(ledger, OLD, {"no": "5", "name": "Nam", "act": "379"})
    cells = [(f"zone:{PAGE}/name", "Nam"), (f"zone:{PAGE}/act", "379"), ("field:beat", "")]
    settled(ledger, *((record, cell, text, f"{OLD}:0") for cell, text in cells), numbers={record: "no"})
    replaced(ledger)
    carry_over(ledger)
    # Not before the newer scan is read.
    assert not held(ledger)
    scanned(ledger, NEW, {"no": number, "name": "Namu", "act": "379"})
    for _ in range(2):
        carry_over(ledger)
    assert sorted(cell.replace(f"{PAGE}/", "") for _, cell in held(ledger)) == hold
    assert summary(ledger)[-1].endswith(f"Of 3 answers on them {len(hold)} remain valid for the newer scans.")


def test_a_row_of_a_register_is_known_by_its_number_wherever_it_stands_now(ledger):
    numbers = {f"{PAGE}-r01": "r01.no", f"{PAGE}-r02": "r02.no"}
    scanned(ledger, OLD, {"r01.no": "5", "r01.name": "Nam", "r02.no": "", "r02.name": "Foo"}, ("r01", "r02"))
    settled(
        ledger,
        (f"{PAGE}-r01", f"zone:{PAGE}/r01.name", "Nam", f"{OLD}:0:1/32"),
        (f"{PAGE}-r02", f"zone:{PAGE}/r02.name", "Foo", f"{OLD}:0:4/32"),
        numbers=numbers,
    )
    replaced(ledger)
    rows = ("r01", "r02", "r03")
    scanned(ledger, NEW, {"r01.no": "4", "r02.no": "5", "r02.name": "Namu", "r03.name": "Foo"}, rows)
    carry_over(ledger)
    # Of the second row nothing tells which it is.
    assert held(ledger) == {(f"{PAGE}-r02", f"zone:{PAGE}/r02.name"): ("Namu", f"{NEW}:0:4/32")}


def test_an_answer_for_a_field_of_a_rows_record_goes_with_the_row(ledger):
    row = f"{PAGE}-r01"
    scanned(ledger, OLD, {"r01.no": "5", "r01.name": "Nam"}, ("r01",))
    settled(
        ledger,
        (row, "field:beat", "", f"{OLD}:0:1/32"),
        (f"{row}+a", "field:beat", "", f"{OLD}:0:1/32"),
        numbers={row: "r01.no", f"{row}+a": "r01.no"},
    )
    replaced(ledger)
    scanned(ledger, NEW, {"r01.no": "4", "r02.no": "5", "r02.name": "Other"}, ("r01", "r02"))
    carry_over(ledger)
    assert set(held(ledger)) == {(f"{PAGE}-r02", "field:beat"), (f"{PAGE}-r02+a", "field:beat")}


def test_rows_that_say_the_same_are_told_apart_by_all_that_stands_in_them(ledger):
    scanned(ledger, OLD, {"r01.act": "379", "r01.name": "Nam", "r02.act": "379", "r02.name": "Foo"}, ("r01", "r02"))
    cells = [
        (f"{PAGE}-{r}", f"zone:{PAGE}/{r}.name", text, f"{OLD}:0:1/32") for r, text in (("r01", "Nam"), ("r02", "Foo"))
    ]
    settled(ledger, *cells, numbers={})
    replaced(ledger)
    now = {
        "r01.act": "379",
        "r01.name": "Foo",
        "r02.act": "379",
        "r02.name": "Nam",
        "r03.act": "420",
        "r03.name": "Nam",
    }
    scanned(ledger, NEW, now, ("r01", "r02", "r03"))
    carry_over(ledger)
    assert {cell: reading for (_, cell), (reading, _) in held(ledger).items()} == {
        f"zone:{PAGE}/r02.name": "Nam", f"zone:{PAGE}/r01.name": "Foo",
    }  # fmt: skip


def test_rows_that_stand_twice_on_either_scan_carry_nothing(ledger):
    scanned(ledger, OLD, {"r01.act": "379", "r01.name": "Nam"}, ("r01",))
    settled(ledger, (f"{PAGE}-r01", f"zone:{PAGE}/r01.name", "Nam", f"{OLD}:0:1/32"), numbers={})
    replaced(ledger)
    same = {f"{r}.{zone}": text for r in ("r01", "r02") for zone, text in (("act", "379"), ("name", "Nam"))}
    scanned(ledger, NEW, same, ("r01", "r02"))
    carry_over(ledger)
    assert not held(ledger)


def test_an_answer_on_another_scan_or_of_another_kind_is_not_carried(ledger):
    record = f"{PAGE}-r1"
    scanned(ledger, OLD, {"no": "5", "name": "Nam"})
    cells = [(f"zone:{PAGE}/name", "2" * 64), ("column:name", OLD), ("field:beat", OLD)]
    settled(ledger, *((record, cell, "Nam", f"{scan}:0") for cell, scan in cells), numbers={record: "no"})
    replaced(ledger)
    scanned(ledger, NEW, {"no": "5", "name": "Nam"})
    carry_over(ledger)
    assert set(held(ledger)) == {(record, "field:beat")}
    assert (
        summary(ledger)[-1].endswith("Of 1 answer on them 1 remain valid for the newer scans.")
        or "Of 1 " in summary(ledger)[-1]
    )


def test_an_empty_place_tells_nothing_of_the_paper(ledger):
    """That nothing stands there on either scan does not make them one: only the FIR's number does."""
    record = f"{PAGE}-r1"
    scanned(ledger, OLD, {"no": "5", "beat": "", "act": "379"})
    settled(ledger, (record, f"zone:{PAGE}/beat", "", f"{OLD}:0"), numbers={record: "no"})
    replaced(ledger)
    scanned(ledger, NEW, {"no": "6", "beat": "", "act": "379"})
    carry_over(ledger)
    assert not held(ledger)


def test_a_row_of_the_same_number_keeps_its_answer_on_an_empty_cell(ledger):
    """All texts of it are the same, too; the number is what counts, for it holds the empty cells as well."""
    row = f"{PAGE}-r01"
    zones = {"r01.no": "5", "r01.name": "Nam", "r01.act": ""}
    scanned(ledger, OLD, zones, ("r01",))
    settled(ledger, (row, f"zone:{PAGE}/r01.act", "", f"{OLD}:0:1/32"), numbers={row: "r01.no"})
    replaced(ledger)
    scanned(ledger, NEW, zones, ("r01",))
    carry_over(ledger)
    assert list(held(ledger)) == [(row, f"zone:{PAGE}/r01.act")]


def test_an_answer_for_a_field_goes_with_a_row_that_is_known_by_its_texts(ledger):
    scanned(ledger, OLD, {"r01.act": "379", "r01.name": "Nam"}, ("r01",))
    settled(ledger, (f"{PAGE}-r01", "field:beat", "", f"{OLD}:0:1/32"), numbers={})
    replaced(ledger)
    now = {"r01.act": "420", "r01.name": "Foo", "r02.act": "379", "r02.name": "Nam"}
    scanned(ledger, NEW, now, ("r01", "r02"))
    carry_over(ledger)
    assert set(held(ledger)) == {(f"{PAGE}-r02", "field:beat")}


def test_a_newer_scan_of_a_page_that_is_not_there_carries_nothing(ledger):
    """As when the page was withdrawn meanwhile."""
    replaced(ledger)
    carry_over(ledger)
    assert not held(ledger)
