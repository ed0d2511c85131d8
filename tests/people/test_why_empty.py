"""Blank, illegible, and words that are no value are three things, from the answer to the target."""

import json
import sqlite3
from dataclasses import replace

import pytest
from station_office import Browser, open_station, run

from digitize.errors import OptionsError
from digitize.records.trail import build_trail
from digitize.review import sheet_import
from digitize.review.askable import list_askable
from digitize.review.reopening import settle
from digitize.review.sheet import FilledRow
from digitize.targets.base import Load
from digitize.targets.sqlite import SqliteTarget
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Records
from digitize.workspace.run_context import build_run_context
from mappers.clean.base import CleanContext
from mappers.clean.dates import clean_date
from mappers.packed import RecordShape
from mappers.record import ABOUT, BLANK, ILLEGIBLE, NO_VALUE, FieldValue, Record, from_plain, to_plain
from sample_data.makers.rule_examples import example_settings
from validators.checking.check import check_groups, check_records

pytestmark = pytest.mark.usefixtures("quick_hash")
RECORD = "wb-test-0001-0001-r1"
SAID = {"fir_date": (NO_VALUE, "till date"), "fir_no": (ILLEGIBLE, ""), "year": (BLANK, "")}
SETTINGS = replace(example_settings(), profile="", left_out=frozenset())


@pytest.fixture
def office(office_of):
    return office_of("sample_share = 0.0\nknown_share = 0.0\n")


def emptied():
    """A record as it is once a person said why three of its fields have no value, and one date is about right."""
    said = FieldValue("", None, by="operator A", blank=True)
    fields = {
        "state": FieldValue("wb", "wb"),
        "fir_no": FieldValue("7", "7"),
        "year": FieldValue("1978", "1978"),
        "place": replace(said, notes=(BLANK,)),
        "narrative": replace(said, raw="sm dge", notes=(ILLEGIBLE,)),
        "occurrence_to": replace(said, raw="till date", notes=(NO_VALUE,)),
        "fir_date": FieldValue("about 5.6.1978", "1978-06-05", notes=(ABOUT,)),
    }
    return Record("r1", "iif1", fields)


WHY = {"place": BLANK, "narrative": ILLEGIBLE, "occurrence_to": NO_VALUE, "fir_date": "", "fir_no": ""}
CODES = {("narrative", "F054"), ("occurrence_to", "F055"), ("fir_date", "F056")}


def told(findings):
    return {(f.field, f.code) for f in findings if f.code in ("F045", "F054", "F055", "F056")}


def test_rules_tell_the_three_apart_also_of_packed_records():
    record = emptied()
    assert {name: record.fields[name].why_empty for name in WHY} == WHY
    assert from_plain(to_plain(record)) == record
    assert told(check_records([record], SETTINGS)) == CODES
    shape = RecordShape.from_records([record])
    packed = shape.values(shape.compress(shape.text(record)), "r1", "iif1", "b")
    assert packed.whole().fields == record.fields
    assert told(check_groups([[packed]], SETTINGS)) == CODES


@pytest.mark.parametrize(
    ("note", "codes"), [("", {"F047"}), (BLANK, set()), (ILLEGIBLE, {"F054"}), (NO_VALUE, {"F055"})]
)
def test_a_field_that_must_be_filled_is_asked_for_only_while_nobody_looked(note, codes):
    """Blank it is settled; illegible or in words it is settled, and says so."""
    name = replace(emptied().fields["place"], notes=(note,), raw="words" if note == NO_VALUE else "")
    record = emptied().with_value("officer_name", name) if note else emptied()
    found = check_records([record], replace(example_settings(), profile="full"))
    assert {f.code for f in found if f.field == "officer_name"} == codes


def test_a_target_keeps_them_apart_in_flags_and_origins(tmp_path):
    target = SqliteTarget(tmp_path / "t.sqlite")
    record = emptied()
    noted = [f for f in check_records([record], SETTINGS) if f.severity == "note"]
    target.load(Load("a" * 32, "b1", [record], [], 0, noted))
    rows = dict(target.run("SELECT field, why_empty FROM field_origin"))
    assert {name: rows[name] or "" for name in WHY} == WHY
    assert target.run("SELECT raw FROM field_origin WHERE field IN ('fir_date', 'occurrence_to') ORDER BY field") == [
        ("about 5.6.1978",), ("till date",),
    ]  # fmt: skip
    flags = {(f, c) for f, c in target.run("SELECT field, code FROM flags") if c in ("F054", "F055", "F056")}
    assert flags == CODES


def test_a_file_made_before_there_was_a_word_for_it_gets_one(tmp_path):
    path = tmp_path / "t.sqlite"
    SqliteTarget(path).load(Load("a" * 32, "b1", [emptied()], [], 0))
    with sqlite3.connect(path) as db:
        db.execute("ALTER TABLE field_origin DROP COLUMN why_empty")
    target = SqliteTarget(path)
    other = replace(emptied().with_value("fir_no", FieldValue("8", "8")), id="r2")
    target.load(Load("b" * 32, "b2", [other], [], 0))
    rows = target.run("SELECT record_id, why_empty FROM field_origin WHERE field = 'narrative' ORDER BY 1")
    assert rows == [("r1", None), ("r2", ILLEGIBLE)]


@pytest.mark.parametrize("how", ["sheet", "station"])
def test_what_people_say_of_a_place_reaches_its_record_with_its_words(office, monkeypatch, how):
    if how == "sheet":
        with Ledger(office.ledger) as ledger:
            asked = list_askable(ledger, build_run_context(office, ledger), {RECORD})
        of_zone = {a.blank.field.rpartition("/")[2]: id for id, a in asked.items() if not a.is_measured}
        rows = [FilledRow(n, of_zone[z], text, word, "A") for n, (z, (word, text)) in enumerate(SAID.items(), 2)]
        monkeypatch.setattr(sheet_import, "read_sheet", lambda _: rows)
        assert sheet_import.import_review(office, office.folder / "any.xlsx", "").accepted == 3
    else:
        served, app = open_station(office)
        asha = Browser(app, "Asha", served=served)
        for zone, (word, text) in SAID.items():
            (item, *_) = asha.items(f"n=50&field={zone}&page=wb-test-0001-0001")
            assert asha.answer(item, text, word)["state"] == "kept"
        served.close()
    run(office)
    with Ledger(office.ledger) as ledger:
        fields = Records(ledger).find(RECORD).record.fields
        shown = {f["field"]: f for f in build_trail(ledger, RECORD)["record"]["fields"]}
    for zone, (word, text) in SAID.items():
        assert (fields[zone].why_empty, shown[zone]["why_empty"], shown[zone]["blank"]) == (word, word, word == BLANK)
        assert fields[zone].is_sure()
        assert not text or fields[zone].raw == shown[zone]["raw"] == text


@pytest.mark.parametrize(
    ("verdict", "text", "rows"),
    [(BLANK, "", []), (ILLEGIBLE, "", [(ILLEGIBLE, "F054")]), (NO_VALUE, "as in the letter", [(NO_VALUE, "F055")])],
)
def test_a_place_that_makes_rows_makes_one_that_says_why_it_is_empty(office, verdict, text, rows):
    with Ledger(office.ledger) as ledger:
        known = build_run_context(office, ledger)
        settle(ledger, known, RECORD, "acts[0].section", text, "A", verdict=verdict)
    run(office)
    with Ledger(office.ledger) as ledger:
        found = {(f.field, f.code) for f in Records(ledger).findings(RECORD)}
        cells = dict(Records(ledger).find(RECORD).record.cells())
    acts = {path: v for path, v in cells.items() if path.startswith("acts")}
    assert [(v.why_empty, v.raw) for v in acts.values()] == [
        (why, text or v.raw) for (why, _), v in zip(rows, acts.values(), strict=True)
    ]
    assert {(path, code) for path, (_, code) in zip(acts, rows, strict=True)} <= found
    assert all(v.by == "operator A" and v.is_sure() for v in acts.values())


def test_words_need_words_and_the_command_takes_them_too(office):
    with Ledger(office.ledger) as ledger:
        known = build_run_context(office, ledger)
        for value, verdict in (("", NO_VALUE), ("till date", ILLEGIBLE), ("", "value")):
            with pytest.raises(OptionsError, match="no-value"):
                settle(ledger, known, RECORD, "fir_date", value, "A", verdict=verdict)
        settle(ledger, known, RECORD, "fir_date", "till date", "A", verdict=NO_VALUE)
    run(office)
    with Ledger(office.ledger) as ledger:
        value = Records(ledger).find(RECORD).record.fields["fir_date"]
        findings = {(f.field, f.code) for f in Records(ledger).findings(RECORD)}
        (plain,) = ledger.rows("SELECT detail FROM events WHERE unit = ? AND step = 'review'", (RECORD,))
    assert (value.raw, value.value, value.why_empty) == ("till date", None, NO_VALUE)
    assert ("fir_date", "F055") in findings
    assert "till date" not in json.dumps(dict(plain)), "no value stands in an event"


@pytest.mark.parametrize(
    ("text", "value", "is_about"),
    [
        ("about 5.6.1978", "1978-06-05", True),
        ("लगभग 5/6/1978", "1978-06-05", True),
        ("5.6.1978", "1978-06-05", False),
        ("about 1978", None, False),
        ("in the summer of 1990", None, False),
    ],
)
def test_a_date_that_is_about_right_says_so_and_a_season_is_no_date(text, value, is_about):
    found = clean_date(text, CleanContext(book_year=1990))
    assert (found.value, ABOUT in found.notes) == (value, is_about)
