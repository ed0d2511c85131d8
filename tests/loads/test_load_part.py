"""Loading one batch of a workspace: the others wait as they were, and nothing is counted twice when they follow."""

import sqlite3

import pytest

from digitize.errors import NotFound, OptionsError, TooManyRefused
from digitize.files.agreed_limit import parse_agreed
from digitize.machine.progress import Silent
from digitize.steps.load_workspace import LoadPart, load_workspace
from digitize.workspace.ledger import Ledger, copies
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan, SourceFile
from digitize.workspace.ledger.dirty_parts import FREED, LOAD, list_dirty
from digitize.workspace.ledger.records import Records, Stored, record_hash
from digitize.workspace.ledger.verdict import Verdict
from digitize.workspace.load_batches import batch_to_load
from digitize.workspace.place import create, open_place
from digitize.workspace.target import open_place_target
from mappers.record import FieldValue, Record

ONE, TWO = "test-b0001", "test-b0002"


def put(ledger, batch, volume, number, verdict="clean", fir_no=""):
    """A page of a volume, and its record."""
    catalogue, page, sha = (
        Catalogue(ledger),
        f"test-{volume:04d}-{number:04d}",
        f"{volume}{number:x}{batch[-2:]}{fir_no or 0}" * 12,
    )
    catalogue.insert_source(SourceFile(sha, batch, page, 1, "image/png", 1, ".png"))
    catalogue.insert_scan(PageScan(page, sha, 0, batch, volume, number, language="en"))
    said = {
        "state": "WB",
        "district": "North",
        "police_station": "Mill",
        "year": "1999",
        "fir_no": fir_no or f"{volume}{number}",
    }
    record = Record(f"{page}-r1", "iif1", {k: FieldValue(v, v) for k, v in said.items()}, {}, (page,), batch)
    Records(ledger).replace_unit(page, [Stored(record, page, "WB|Mill|1999", "Mill", "en", record_hash(record))])
    Records(ledger).set_verdicts({record.id: Verdict(verdict, (), {})}, [])
    return record.id


@pytest.fixture
def place(tmp_path):
    made = create("wb", tmp_path / "ws", "test")
    with Ledger(made.ledger) as ledger:
        for number, batch in enumerate((ONE, TWO), 1):
            Catalogue(ledger).volume(f"FIR book {number}")
            Catalogue(ledger).insert_batch(Batch(batch, batch, "2026-01-05"))
            for page in (1, 2):
                put(ledger, batch, number, page)
        put(ledger, TWO, 2, 3, "reject")
    return open_place(made.folder, {"load.target": str(tmp_path / "target.sqlite")})


def load(place, *part, agreed=None, dry_run=False):
    done = load_workspace(
        place, Silent(), parse_agreed(agreed) if agreed else None, dry_run=dry_run, part=LoadPart(*part)
    )
    return [(r.batch, r.inserted, r.rejected) for r in done.receipts]


def loaded(place):
    with Ledger(place.ledger) as ledger:
        held = {r["record"] for r in ledger.rows("SELECT record FROM records WHERE loaded <> ''")}
        receipts = [r["batch"] for r in ledger.rows("SELECT batch FROM receipts ORDER BY batch")]
        return len(held), receipts, list_dirty(ledger, LOAD)


def test_one_batch_is_loaded_and_the_others_wait_as_they_were(place):
    assert load(place, TWO, dry_run=True) == [(TWO, 2, 1)]
    assert load(place, TWO) == [(TWO, 2, 1)]
    assert loaded(place)[:2] == (2, [TWO]) and ONE in loaded(place)[2]
    assert load(place, TWO) == []
    assert load(place) == [(ONE, 2, 0)]
    assert loaded(place)[:2] == (4, [ONE, TWO])
    assert load(place) == load(place, ONE) == []
    assert loaded(place)[2] == []


def test_a_volume_means_all_batches_in_which_its_pages_came(place):
    assert load(place, "", "FIR book 1") == [(ONE, 2, 0)]
    with Ledger(place.ledger) as ledger:
        # A page that was forgotten came with the second batch.
        put(ledger, TWO, 1, 9)
    assert load(place, "", "1") == [(TWO, 3, 1)]


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_record_that_moved_to_a_later_batch_stays_when_its_earlier_one_is_loaded_after(place, kind, request):
    if kind == "postgres":
        place = open_place(place.folder, {"load.target": request.getfixturevalue("postgres_target")})
    load(place)
    with Ledger(place.ledger) as ledger:
        # Its page was scanned again, and says the same.
        put(ledger, TWO, 1, 1)
    assert load(place, TWO) == [(TWO, 0, 1)]
    load(place)
    target = open_place_target(place)
    try:
        assert target.run("SELECT COUNT(*) FROM iif1", ()) == [(4,)]
    finally:
        target.close()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_a_number_that_goes_from_a_later_batch_to_an_earlier_one_is_loaded(place, kind, request):
    """The earlier batch is loaded first, when the later one holds the number still; once both hold it, one waits."""
    if kind == "postgres":
        place = open_place(place.folder, {"load.target": request.getfixturevalue("postgres_target")})
    load(place)
    with Ledger(place.ledger) as ledger:
        put(ledger, ONE, 1, 1, fir_no="21")
        put(ledger, TWO, 2, 1, fir_no="29")
    assert load(place) == [(ONE, 0, 1), (TWO, 0, 1), (ONE, 0, 0)]
    assert loaded(place)[0] == 4 and load(place) == []
    with Ledger(place.ledger) as ledger:
        put(ledger, ONE, 1, 3, fir_no="29")
    assert load(place) == [(ONE, 0, 1)]
    assert loaded(place)[0] == 4 and load(place) == []
    with Ledger(place.ledger) as ledger:
        # A batch with a refused record is not looked at by every run: only once another gave numbers free.
        assert not list_dirty(ledger, LOAD) and not list_dirty(ledger, FREED)
    with Ledger(place.ledger) as ledger:
        put(ledger, TWO, 2, 1, fir_no="28")
    assert load(place) == [(TWO, 0, 1), (ONE, 1, 0)]
    assert loaded(place)[0] == 5 and load(place) == []


def test_a_restored_ledger_asks_the_target_what_it_holds(place, tmp_path):
    """It says that all is loaded as it was, and the target went on."""
    load(place)
    copies.back_up(place.ledger, tmp_path / "copy.sqlite")
    with Ledger(place.ledger) as ledger:
        put(ledger, ONE, 1, 1, fir_no="77")
    load(place)
    copies.restore(place.ledger, tmp_path / "copy.sqlite", "the disk broke", "A. Keeper")
    assert [batch for batch, *_ in load(place)] == [ONE, TWO] and load(place) == []
    with sqlite3.connect(place.options.load.target) as db:
        assert {r[0] for r in db.execute("SELECT fir_no FROM iif1")} == {11, 12, 21, 22}


def test_what_may_be_refused_is_a_share_of_the_batch_that_is_loaded(place):
    with pytest.raises(TooManyRefused, match="1 of 3 records"):
        load(place, TWO, agreed="25%")
    with pytest.raises(TooManyRefused, match="1 of 5 records"):
        load(place, agreed="10%")
    assert load(place, ONE, agreed="0%") == [(ONE, 2, 0)]


@pytest.mark.parametrize(
    ("part", "error"), [(("b", "v"), OptionsError), (("b",), NotFound), (("", "v"), NotFound)], ids=str
)
def test_a_part_that_cannot_be_meant_loads_nothing(place, part, error):
    with pytest.raises(error):
        load(place, *part)
    assert loaded(place)[1] == []


def test_a_volume_is_named_by_its_label_first(place):
    with Ledger(place.ledger) as ledger:
        assert Catalogue(ledger).volume("2") == 3
    # Not the second volume, whose number it is.
    assert load(place, "", "2") == load(place, "", "3") == []
    assert load(place, "", "1") == [(ONE, 2, 0)]


def test_a_batch_is_cut_into_parts_of_any_size_and_stays_the_batch(place):
    """One that the parts just fill has no empty one behind them; one without a record is still a batch."""
    target = open_place_target(place)
    found = {}
    with Ledger(place.ledger) as ledger:
        for batch, size in ((TWO, 1), (TWO, 2), (TWO, 3), (TWO, 4), ("test-b0009", 1)):
            with batch_to_load(ledger, batch, "1" * 32, place.folder, size=size) as made:
                receipt = target.take(made, dry_run=True)
                found[batch, size] = (receipt.inserted, receipt.rejected, sum(1 for _ in made.parts()))
    target.close()
    assert list(found.values()) == [(2, 1, 3), (2, 1, 2), (2, 1, 1), (2, 1, 1), (0, 0, 1)]
