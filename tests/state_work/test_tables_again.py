"""An old table that is delivered twice: it is asked what the newer one is, and one that is replaced counts no more."""

import shutil
import sqlite3

import pytest

from digitize.errors import NotFound, OptionsError
from digitize.exits import exit_code
from digitize.records.trail import build_trail
from digitize.steps import map as map_step
from digitize.steps.replaced import take_out
from digitize.workspace.intake import DeliveryAnswer, take, take_in
from digitize.workspace.intake.again import ToldAgain
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, TableUnit
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.ledger.replaced_tables import open_questions, replaced_by, summary
from digitize.workspace.place import create, open_place
from digitize.workspace.retention.purge_groups import list_groups
from mappers.record import FieldValue, Origin, Record

HEAD, ROW = 737, 477
OLD, NEW = "wb-test-t0001", "wb-test-t0002"
INTENDED = DeliveryAnswer(replaces=("firmast.dbf",), operator="Namuna", reason="sent anew")


def newer(samples, folder):
    """The sample table as it may come a second time: without its first row, with one complainant named otherwise."""
    folder.mkdir(parents=True)
    data = bytearray((samples / "legacy" / "FIRMAST.DBF").read_bytes())
    rows = [bytearray(data[at : at + ROW]) for at in range(HEAD, HEAD + 60 * ROW, ROW)]
    rows[2][104:144] = b"uewuknkl".ljust(40)
    count = (len(rows) - 1).to_bytes(4, "little")
    path = folder / "Firmast.dbf"
    path.write_bytes(bytes(data[:4]) + count + bytes(data[8:HEAD]) + b"".join(rows[1:]) + b"\x1a")
    shutil.copy(samples / "legacy" / "FIRMAST.DBT", folder / "Firmast.dbt")
    return path


def taken(place, path, said=INTENDED, **metadata):
    return take_in(place, [path], Metadata(**metadata), said=said)


def row(table, number):
    return f"{table}-r{number:07d}"


def settle(ledger, record, column, value, source):
    stored = Records(ledger).find(record)
    reading = next(v.raw for _, v in stored.record.cells() if v.origin.column == column)
    made = Decision(record, f"column:{column}", reading, source, stored.record.form, "value", value, "Namuna")
    with ledger.writing():
        Records(ledger).insert_decision(made, "2026-11-29T10:00:00+00:00")
        ledger.record_event(record, "review", "note")


def loaded(place):
    with sqlite3.connect(place.folder / "loaded" / "cctns.sqlite") as db:
        return {r[0] for r in db.execute("SELECT record_id FROM iif1")}


class Killed(BaseException):
    pass


def killed(*_):
    raise Killed


@pytest.fixture(scope="module")
def replaced(digitize, table_done, samples, tmp_path_factory):
    """A workspace where a newer delivery replaced a loaded table of which people settled four cells; and that file."""
    folder = tmp_path_factory.mktemp("again")
    place = open_place(shutil.copytree(table_done, folder / "ws"))
    path = newer(samples, folder / "sent")
    with Ledger(place.ledger) as ledger:
        old = ledger.rows("SELECT sha256 FROM tables")[0]["sha256"]
        for number, column in ((1, "COMPNM"), (2, "COMPNM"), (3, "COMPNM"), (3, "COMPFNM")):
            settle(ledger, row(OLD, number), column, "Somebody Else", old)
    asked = taken(place, path, DeliveryAnswer()).again.asked
    told = taken(place, path).again.settled
    with pytest.MonkeyPatch.context() as m, pytest.raises(Killed):
        m.setattr(map_step.replaced, "take_out", killed)
        digitize("run", place.folder)
    with Ledger(place.ledger) as ledger:
        halfway = ledger.rows("SELECT COUNT(*) AS n FROM records WHERE unit LIKE ?", (f"{OLD}%",))[0]["n"]
        waits = summary(ledger)
    digitize("run", place.folder)
    return place, path, asked, told, (halfway, waits)


def test_a_table_of_an_earlier_ones_name_is_asked_about_at_once(replaced):
    _, _, ((name, asked),), ((_, told),), _ = replaced
    assert name == "Firmast.dbf" and "with 60 rows" in asked and f"--replaces {OLD}" in asked and "--beside" in asked
    assert OLD in told


def test_a_replaced_table_counts_no_more_and_leaves_the_target(digitize, replaced):
    place = replaced[0]
    totals = digitize.json("status", place.folder)["totals"]
    with Ledger(place.ledger) as ledger:
        units = {r["unit"].partition(":")[0] for r in ledger.rows("SELECT unit FROM records")}
        assert units == {NEW} and totals["records"] == 55
        assert ledger.verify() and not list(open_questions(ledger))
        with pytest.raises(NotFound, match=f"{OLD} is replaced by Firmast.dbf"):
            build_trail(ledger, row(OLD, 5))
    assert len(loaded(place)) == totals["loaded"] and {r.partition("-r")[0] for r in loaded(place)} == {NEW}


def test_a_run_killed_before_it_lost_nothing(replaced):
    halfway, waits = replaced[4]
    assert halfway == 56 and "1 of them count until" in waits[0]


def test_what_people_settled_holds_where_the_cell_says_the_same(replaced):
    """Row 2 is row 1 now; of row 3, now 2, one cell says something else; row 1 is not there any more."""
    told = "Tables that a newer delivery replaces: 1. Of 4 answers on them 2 remain valid for the newer rows."
    with Ledger(replaced[0].ledger) as ledger:
        first, second = (dict(Records(ledger).find(row(NEW, n)).record.cells()) for n in (1, 2))
        decided = Records(ledger).decisions_of(NEW)
        assert summary(ledger) == [told]
    assert {r: list(cells) for r, cells in decided.items()} == {
        row(NEW, 1): ["column:COMPNM"], row(NEW, 2): ["column:COMPFNM"],
    }  # fmt: skip
    named = [next(v for v in cells.values() if v.origin.column == "COMPNM") for cells in (first, second)]
    assert (named[0].value, named[0].by) == ("Somebody Else", "operator Namuna")
    assert "operator" not in named[1].by


def test_the_answer_may_be_taken_back(digitize, replaced, samples, tmp_path):
    place, path = open_place(shutil.copytree(replaced[0].folder, tmp_path / "ws")), replaced[1]
    again = taken(place, samples / "legacy" / "FIRMAST.DBF", DeliveryAnswer()).again.settled
    assert NEW in again[0][1]
    taken(place, path, DeliveryAnswer(is_beside=True))
    digitize("run", place.folder, "--only", "map")
    with Ledger(place.ledger) as ledger:
        assert ledger.rows("SELECT COUNT(*) AS n FROM records")[0]["n"] == 55 + 56
        assert not list(open_questions(ledger)) and not replaced_by(ledger)


@pytest.fixture(scope="module")
def once(samples, tmp_path_factory):
    """A workspace with the sample table, not run yet, and a newer delivery of it."""
    folder = tmp_path_factory.mktemp("once")
    place = create("wb", folder / "ws")
    taken(place, samples / "legacy" / "FIRMAST.DBF", DeliveryAnswer(), station="Mitthyanagar", year="1998")
    return place.folder, newer(samples, folder / "sent")


@pytest.fixture
def twice(once, tmp_path):
    return open_place(shutil.copytree(once[0], tmp_path / "ws")), once[1]


def test_each_station_has_a_table_of_that_name_and_is_not_asked(twice):
    place, path = twice
    assert not taken(place, path, DeliveryAnswer(), station="Another").again.asked


def test_tables_that_came_before_anybody_was_asked_are_asked_about_when_they_come_again(twice, samples, monkeypatch):
    place, path = twice
    with monkeypatch.context() as m:
        m.setattr(take, "keep_said", lambda *_: ToldAgain())
        taken(place, path, DeliveryAnswer())
    assert not taken(place, samples / "legacy" / "FIRMAST.DBF", DeliveryAnswer()).again.asked
    assert taken(place, path, DeliveryAnswer()).again.asked


def test_a_wrong_answer_is_refused_before_anything_is_taken_in(twice, samples):
    place, path = twice
    for names, error in ((("nosuch.dbf",), NotFound), (("wb-t0009",), NotFound)):
        with pytest.raises(error):
            taken(place, path, DeliveryAnswer(replaces=names))
    with pytest.raises(OptionsError):
        taken(place, samples / "legacy" / "FIRMAST.DBF", DeliveryAnswer(replaces=("wb-t0001",)))
    with pytest.raises(OptionsError):
        taken(place, path, DeliveryAnswer(replaces=("FIRMAST.DBF",), is_beside=True))
    with Ledger(place.ledger) as ledger:
        assert len(ledger.rows("SELECT unit FROM tables")) == 1 and not ledger.states("replacing")


def test_an_answer_is_one_event_with_who_and_why_and_is_not_given_twice(twice):
    place, path = twice
    for _ in range(2):
        report = taken(place, path)
    assert not report.again.settled and not report.again.asked
    with Ledger(place.ledger) as ledger:
        # Never loaded itself, the replaced one is purged with the newer.
        assert [one.batches for one in list_groups(ledger)] == [("wb-b0001", "wb-b0002")]
        (sha256,) = ledger.states("replacing")
        (event,) = [e for e in ledger.events(sha256) if e.step == "replacing"]
    assert (event.detail["operator"], event.detail["reason"]) == ("Namuna", "sent anew")
    assert len(event.detail["replaces"]) == 1


def test_none_replaces_what_replaced_it(twice, samples):
    place, path = twice
    taken(place, path)
    with pytest.raises(OptionsError, match="--beside") as told:
        taken(place, samples / "legacy" / "FIRMAST.DBF", DeliveryAnswer(replaces=("firmast.dbf",)))
    assert exit_code(told.value) == 4


def test_a_file_that_another_intake_takes_in_meanwhile_is_here_once(tmp_path, monkeypatch):
    create("wb", tmp_path / "ws", "test")
    place = open_place(tmp_path / "ws")
    path = tmp_path / "list.csv"
    path.write_text("FIRNO,NAME,SECTION\n1,Ram,379\n2,Sita,380\n", "utf-8")
    first = []

    def meanwhile(ledger, looked, own=take.look_for_sheets):
        monkeypatch.setattr(take, "look_for_sheets", own)
        first.append(take_in(place, [path], Metadata()))
        return own(ledger, looked)

    monkeypatch.setattr(take, "look_for_sheets", meanwhile)
    second = take_in(place, [path], Metadata())
    assert [(r.taken, len(r.duplicates), r.batch) for r in (*first, second)] == [(1, 0, "wb-test-b0001"), (0, 1, "")]


def table_of(ledger, unit, sha256, rows, name="list.csv"):
    """A table in the ledger, with a record of each row: column -> text."""
    with ledger.writing():
        Catalogue(ledger).insert_table(TableUnit(unit, sha256, 0, name, "b1"))
        made = []
        for number, cells in enumerate(rows, 1):
            values = {c: FieldValue(t, t, origin=Origin(column=c)) for c, t in cells.items()}
            record = Record(row(unit, number), "iif1", values, {}, (), "b1")
            made.append(Stored(record, f"{unit}:0", f"g{unit}{number}", "", "en", "h"))
        Records(ledger).replace_unit(f"{unit}:0", made)


def carried(ledger, before, after, answered, column="name"):
    """The numbers of the newer rows for which an answer on a row of the older table holds."""
    table_of(ledger, OLD, "0" * 64, before)
    table_of(ledger, NEW, "1" * 64, after)
    with ledger.writing():
        reading = before[answered - 1].get(column, "")
        made = Decision(row(OLD, answered), f"column:{column}", reading, "0" * 64, "iif1", "value", "Typed", "Namuna")
        Records(ledger).insert_decision(made, "2026-11-29T10:00:00+00:00")
    take_out(ledger, Catalogue(ledger).tables()[0], "1" * 64)
    return [int(record.rpartition("-r")[2]) for record in Records(ledger).decisions_of(NEW)]


@pytest.fixture
def ledger(tmp_path):
    with Ledger(create("wb", tmp_path / "ws", "test").ledger) as ledger:
        yield ledger


def test_rows_that_say_the_same_are_told_apart_by_their_place(ledger):
    """Where nothing moved; by what they say alone, neither could be told from the other."""
    rows = [{"fir_no": "7", "name": "Nam"}, {"fir_no": "7", "name": "Nam"}]
    assert carried(ledger, rows, [*rows, {"fir_no": "8", "name": "Foo"}], answered=2) == [2]


def test_rows_that_say_the_same_and_moved_carry_nothing(ledger):
    rows = [{"fir_no": "7", "name": "Nam"}, {"fir_no": "7", "name": "Nam"}]
    assert carried(ledger, rows, [{"fir_no": "8", "name": "Foo"}, *rows], answered=1) == []


def test_a_column_that_was_empty_and_is_gone_makes_no_other_row(ledger):
    before = [{"fir_no": "7", "name": "Nam", "beat": ""}] * 2
    assert carried(ledger, before, [{"fir_no": "7", "name": "Nam"}] * 2, answered=1) == [1]
