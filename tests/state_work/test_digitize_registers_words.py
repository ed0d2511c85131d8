"""What people say that whole rows of registers are: asked in the review sheet, kept, and put over what was seen."""

from dataclasses import replace

import pytest
from openpyxl import load_workbook
from test_digitize_registers import DAYBOOK, arrests, book, pages_of, records_of, run, scan_again, seen

from digitize.reading.neighbours import make_page_facts
from ocr.registers import decide_register, package_registers

__all__ = ["book"]
PAGE = "wb-test-0001-0002"
STRUCK = f"{PAGE}-r02"


def lines_of(digitize, place, *flags):
    """The review sheet, written anew: its workbook, and its lines as columns by name."""
    sheet = place / "review" / "review.xlsx"
    digitize("review", "export", place, *flags)
    work = load_workbook(sheet)
    head = [c.value for c in work["review"][1]]
    return work, sheet, [dict(zip(head, line, strict=True)) for line in work["review"].iter_rows(min_row=2)]


def say(digitize, place, record, verdict, *, operator="A", column="verdict", code=0):
    """Fill in the first line of a record, and take the sheet in."""
    work, sheet, lines = lines_of(digitize, place)
    line = next(x for x in lines if x["record"].value == record)
    line[column].value = verdict
    work.save(sheet)
    return digitize.json("review", "import", place, sheet, "--operator", operator, code=code)


def asked(digitize, place):
    return digitize.json("status", place)["totals"]["rows_asked"]


def test_a_row_wrongly_called_struck_out_is_made_a_record_by_a_persons_word(digitize, book):
    place, reader = book(*pages_of(), calibrated=False)
    run(digitize, place)
    assert asked(digitize, place) == 1 and STRUCK not in records_of(place)
    line = next(x for x in lines_of(digitize, place)[2] if x["record"].value == STRUCK)
    assert (line["reading"].value, line["field"].value, line["why"].value) == ("struck", "(whole row)", "row-struck")
    assert say(digitize, place, STRUCK, "record")["accepted"] == 1
    report = run(digitize, place)
    made = records_of(place)[STRUCK]
    assert made.value("gd_no") == "5" and "struck" in made.fields["gd_no"].notes and not made.fields["gd_no"].is_sure()
    assert report["todo"]["read"] == 0 and report["totals"]["records"] == 7 and asked(digitize, place) == 0
    assert run(digitize, place)["todo"] == {"read": 0, "map": 0, "check": 0, "load": 0}


def test_what_the_person_calls_a_record_is_what_the_ditto_marks_below_it_mean(digitize, book):
    struck = [*DAYBOOK[1][:2], ("~5", "~12:20", "~Wrong", "~entry", "~A.S.I. Banabanik", None), *DAYBOOK[1][3:]]
    place, _ = book(seen(DAYBOOK[0]), seen(struck), seen(DAYBOOK[2]))
    run(digitize, place)
    before = [r.value("officer_name") for r in records_of(place).values()]
    assert before[-2:] == ["Namunalal", "Namunalal"]
    say(digitize, place, STRUCK, "record")
    assert run(digitize, place)["todo"]["map"] == 2
    assert [r.value("officer_name") for r in records_of(place).values()][-3:] == ["Banabanik"] * 3


@pytest.mark.parametrize(("word", "column"), [("ok", "verdict"), ("struck", "verdict"), ("heading", "right value")])
def test_a_row_that_a_person_agrees_is_no_record_is_not_asked_again(digitize, book, word, column):
    place, _ = book(*pages_of())
    run(digitize, place)
    say(digitize, place, STRUCK, word, column=column)
    totals = run(digitize, place)["totals"]
    assert (totals["rows_reported"], totals["rows_asked"], totals["records"]) == (1, 0, 6)
    assert STRUCK not in [x["record"].value for x in lines_of(digitize, place)[2]]


def test_any_line_of_a_record_can_say_that_its_row_is_none(digitize, book):
    place, _ = book(*pages_of(), calibrated=False)
    run(digitize, place)
    assert say(digitize, place, "wb-test-0001-0003-r01", "total")["accepted"] == 1
    totals = run(digitize, place)["totals"]
    assert (totals["records"], totals["rows_reported"], totals["rows_asked"]) == (5, 2, 1)
    assert "row r01 makes no record: total" in digitize("show", place, "wb-test-0001-0003")


def test_two_people_who_disagree_on_a_row_are_shown_as_in_conflict(digitize, book):
    place, _ = book(*pages_of(), calibrated=False)
    run(digitize, place)
    say(digitize, place, STRUCK, "record")
    run(digitize, place)
    told = say(digitize, place, STRUCK, "struck", operator="B", code=3)
    assert told["accepted"] == 0 and "A settled this differently" in told["conflicts"][0]["what"]


@pytest.mark.parametrize("word", ["illegible", "perhaps"])
def test_a_word_that_no_row_can_be_is_refused(digitize, book, word):
    place, _ = book(*pages_of())
    run(digitize, place)
    told = say(digitize, place, STRUCK, word, code=3)
    assert told["accepted"] == 0 and "say what it is: record" in told["conflicts"][0]["what"]


def test_a_word_holds_only_while_its_page_is_the_same(digitize, book, tmp_path):
    place, reader = book(*pages_of(), calibrated=False)
    run(digitize, place)
    say(digitize, place, STRUCK, "record")
    run(digitize, place)
    reader.pages.append(seen(DAYBOOK[1]))
    scan_again(digitize, place, tmp_path, 2, 3)
    run(digitize, place)
    assert STRUCK not in records_of(place) and asked(digitize, place) == 1


def test_what_is_typed_for_a_record_whose_row_is_none_any_more_is_said_and_the_rest_is_taken(digitize, book):
    place, _ = book(*pages_of(), calibrated=False)
    run(digitize, place)
    work, sheet, lines = lines_of(digitize, place)
    say(digitize, place, "wb-test-0001-0003-r01", "struck")
    run(digitize, place)
    of_row = [x for x in lines if x["record"].value == "wb-test-0001-0003-r01"]
    of_row[0]["right value"].value = "7"
    next(x for x in lines if x["record"].value == "wb-test-0001-0001-r01" and x["value"].value)["verdict"].value = "ok"
    work.save(sheet)
    told = digitize.json("review", "import", place, sheet, "--operator", "A", code=3)
    assert told["accepted"] == 1 and len(told["conflicts"]) == 1


def test_the_picture_of_a_struck_row_that_names_a_child_is_withheld(digitize, book):
    child = {"sl": "~2", "date_time": "~4/1/19", "fir_no": "~21/19", "sections": "~376 IPC", "name": "~Misal",
             "age": "~14"}  # fmt: skip
    grown = {"sl": "~1", "date_time": "~3/1/19", "fir_no": "~20/19", "sections": "~379 IPC", "name": "~Namuna",
             "age": "~40"}  # fmt: skip
    place, _ = book(arrests(grown, child))
    run(digitize, place)
    pictures = {i.anchor._from.row - 1 for i in lines_of(digitize, place)[0]["review"]._images}
    assert pictures == {0}
    told = lines_of(digitize, place, "--unmask", "--reason", "looked at in a test", "--operator", "A. Rao")[0]
    assert {i.anchor._from.row - 1 for i in told["review"]._images} == {0, 1}


@pytest.mark.parametrize(
    ("said", "ditto", "continues"),
    [({}, [], False), ({"r00": "record"}, [], True), ({"r01": "record"}, ["officer"], False),
     ({"r02": "struck"}, [], False)],
)  # fmt: skip
def test_what_neighbours_must_know_follows_a_persons_word(said, ditto, continues):
    rows = [("+", "", "", "1200", "", ""), ("1998", "", "", "", '"', ""), DAYBOOK[0][0]]
    reading = decide_register(seen(rows), package_registers().find("reg_gd"), ("en",))
    total, heading, *others = reading.rows
    places = (replace(total, notes=("total",)), replace(heading, notes=("heading",)), *others)
    found = make_page_facts(replace(reading, rows=places), said)
    assert (found["ditto"], found["continues"], found["rows"]) == (ditto, continues, 3)
    assert found["through"] == []


def test_a_sum_at_the_top_of_a_page_is_no_part_of_the_entry_before_it(digitize, book):
    carried_on = seen([("+", "", "", "1200", "", ""), *DAYBOOK[2]])
    carried_on = replace(carried_on, rows=(replace(carried_on.rows[0], notes=("total",)), *carried_on.rows[1:]))
    place, _ = book(seen(DAYBOOK[0]), carried_on)
    totals = run(digitize, place)["totals"]
    assert (totals["records"], totals["rows_reported"]) == (4, 1)
    assert records_of(place)["wb-test-0001-0001-r03"].value("particulars") == "Left for the"
