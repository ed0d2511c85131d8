"""A rule that compares fields names one; where a person settled it, the others that the machine read are asked."""

from dataclasses import replace

import pytest

from digitize.steps.check_lots import also_asked, place_findings
from digitize.workspace.ledger.verdict import judge
from sample_data.makers.rule_examples import example_settings, make_record
from validators.checking.check import check_records
from validators.finding import Finding

SETTINGS = example_settings()
DAYS = {"occurrence_from": "2018-12-09", "fir_date": "2018-12-01", "fir_time": "15:00", "info_date": "2018-12-11"}


def made(by_person, plain=DAYS, pages=("p",)):
    record = replace(make_record("r", plain), pages=pages)
    for path in by_person:
        record = record.with_value(path, replace(dict(record.cells())[path], by="operator Asha"))
    return record


def asked(record):
    said = [f for f in check_records([record], SETTINGS) if f.code in ("X002", "X006", "L002")]
    more = also_asked(record, said, SETTINGS)
    assert all(f.severity != "note" and (f.record, f.message) == (said[0].record, said[0].message) for f in more)
    return sorted(f.field for f in more), {*judge(record, [*said, *more]).fields}


def test_what_the_machine_read_is_asked_where_it_contradicts_a_person():
    """The day of the FIR was misread; the person could only say what the day of the information is."""
    more, fields = asked(made(["info_date"]))
    # Without the hour, or the day of the occurrence, the two days contradict each other all the same.
    assert more == ["fir_date"] and "fir_date" in fields


def test_what_people_settled_on_both_sides_is_not_asked_again():
    assert asked(made(["info_date", "fir_date"])) == ([], set())


def test_while_nobody_settled_the_field_that_the_rule_names_it_alone_is_asked():
    assert asked(made([])) == ([], {"info_date"})


def test_rows_of_old_tables_are_left_as_their_people_typed_them():
    assert asked(made(["info_date"], pages=()))[0] == []


@pytest.mark.parametrize("plain", [{"acts": [{"act": "No Such Act", "section": "4"}]}])
def test_a_rule_that_is_not_about_the_other_fields_asks_none_of_them(plain):
    record = made(["acts[0].act"], plain)
    assert asked(record)[0] == []


def placed(record):
    said = [f for f in check_records([record], SETTINGS) if f.code in ("X002", "X006")]
    return [(f.code, f.field) for f in place_findings(record, said, SETTINGS)]


def read(plain, **confidence):
    record = made([], plain)
    for path, sure in confidence.items():
        record = record.with_value(path, replace(dict(record.cells())[path], confidence=sure))
    return record


BOOK = {"year": "2021", "fir_date": "2020-01-04", "info_date": "2021-01-04"}


@pytest.mark.parametrize(
    ("confidence", "field"),
    [({"fir_date": 0.8}, "fir_date"), ({"year": 0.8}, "year"), ({}, "year"), ({"fir_date": 0.97}, "year")],
    ids=["the date is less sure", "the year is", "both are sure", "both are nearly sure"],
)
def test_the_field_that_was_read_least_surely_is_asked(confidence, field):
    assert ("X006", field) in placed(read(BOOK, **confidence))


def test_a_field_that_the_rule_does_not_need_is_not_blamed():
    """The hour was read badly, and the days contradict each other without it."""
    assert placed(read(DAYS, fir_time=0.1)) == [("X002", "info_date")]
    assert placed(read(DAYS, fir_time=0.1, fir_date=0.5)) == [("X002", "fir_date")]


def test_what_intake_was_told_of_the_book_is_not_blamed_for_a_date_that_was_read_surely():
    record = read(BOOK)
    told = record.with_value("year", replace(record.fields["year"], by="intake"))
    assert ("X006", "fir_date") in placed(told)


def test_what_a_rule_on_the_whole_book_says_stays_where_it_was_said():
    """Of one record alone it is silent, whichever field is left out: that blames none."""
    record = read({"fir_no": "74", "fir_date": "2021-01-04", "year": "2021"}, fir_date=0.3)
    stray = Finding("r", "fir_no", "R016", "review", "off")
    assert place_findings(record, [stray], SETTINGS) == [stray]


def test_findings_on_old_tables_stay_where_the_rule_put_them():
    record = replace(read(BOOK, fir_date=0.3), pages=())
    assert ("X006", "year") in placed(record)
