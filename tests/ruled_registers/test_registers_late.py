"""What was written later: entries squeezed in, years between rows, notes and numbers around the table."""

import shutil

import numpy as np
import pytest
from PIL import ImageFont
from ruled_paper import ASK, EDGES, FORM, Paper, boxed

from ocr.engines import load_engine
from ocr.page import Around, Box, Candidate, Recognition, ZoneReading
from ocr.plain import recognition_from_plain, recognition_to_plain
from ocr.print.lines import LineText
from ocr.registers.around import read_around
from ocr.registers.aside import Aside
from ocr.registers.between import kind_of
from ocr.registers.late import Late, with_late
from ocr.registers.line import RuledLine
from ocr.registers.span import Span
from ocr.registers.table import read_table
from ocr.registers.writing import Entry

SMALL, LARGE = ImageFont.load_default(14), ImageFont.load_default(38)
needs_tesseract = pytest.mark.skipif(
    shutil.which("tesseract") is None, reason="tesseract is not installed; make setup installs it"
)


def squeeze(paper, y, number="2A"):
    for x, text in zip(EDGES, (number, "Imaginary Kalpana", "near the well", "came in late"), strict=False):
        paper.draw.text((x + 24, y), text, font=SMALL, fill=40)


@pytest.mark.parametrize("ruled", ["boxed", "feint", "none"])
def test_an_entry_squeezed_in_between_two_rows_is_a_row_of_its_own(ruled):
    paper = Paper()
    if ruled == "none":
        for x in EDGES:
            paper.rule((x, 90), (x, 900))
    else:
        paper.grid([100 + (120 if ruled == "boxed" else 40) * i for i in range(7 if ruled == "boxed" else 19)])
    for i in range(6):
        paper.row(i + 1, 112 + 120 * i)
    squeeze(paper, 312)
    rows = read_table(paper.grey, ASK).rows
    assert [row.kind for row in rows] == ["", "", "inserted", "", "", "", ""]
    late = rows[2]
    assert late.doubtful and late.numbered
    assert abs((late.boxes[0].y0 + late.boxes[0].y1) / 2 - 320) < 14
    if ruled != "none":  # without a level line it is not known how the page is bent
        assert not any(cell.blank for row in rows for cell in row.cells.values())
        assert all(a.boxes[0].y1 <= b.boxes[0].y0 + 6 for a, b in zip(rows, rows[1:], strict=False))


def test_a_low_number_beside_writing_of_the_usual_size_is_no_squeezed_entry():
    paper = boxed()
    paper.draw.rectangle((90, 230, 190, 330), fill=240)
    paper.draw.text((120, 250), "2", font=SMALL, fill=40)
    assert [row.kind for row in read_table(paper.grey, ASK).rows] == [""] * 6


def test_what_is_low_in_a_row_without_an_entry_of_its_own_is_not_squeezed_in():
    lines = [RuledLine(np.full(10, float(y)), 1.0) for y in (100, 220, 340, 460)]
    spans = [Span(a, b, numbered=b is not lines[-1]) for a, b in zip(lines, lines[1:], strict=False)]
    late = Late("inserted", 348.0, 358.0, np.zeros(0, np.bool_))
    entries = [Entry(y, y + 18.0, 50.0) for y in (120.0, 240.0)]

    def border(y, reach, is_below):
        return RuledLine(np.full(10, y), 0.0)

    found = with_late(spans, [late], entries, lambda line: float(line.at[0]), border)
    assert [(s.kind, s.numbered) for s in found] == [("", True)] * 3
    own = [*entries, Entry(370.0, 388.0, 50.0)]
    assert [s.kind for s in with_late(spans, [late], own, lambda line: float(line.at[0]), border)].count(
        "inserted"
    ) == 1


def test_a_year_written_across_the_page_is_no_entry_and_goes_into_no_row():
    paper = boxed(rows=7)
    paper.draw.rectangle((83, 463, 1117, 577), fill=240)
    paper.rule((480, 460), (480, 580))
    paper.draw.text((560, 495), "1999", font=LARGE, fill=40)
    rows = read_table(paper.grey, ASK).rows
    assert [row.kind for row in rows] == ["", "", "", "heading", "", "", ""]
    assert not rows[3].numbered
    assert all(len(row.cells["place"].marks) < 16 for row in rows)


def around(paper):
    return [(a.where, a.row, a.may_number) for a in read_table(paper.grey, ASK).asides]


def test_nothing_stands_around_a_table_by_itself():
    assert around(boxed()) == []


def test_notes_around_a_table_are_found_with_the_row_nearest_to_them():
    paper = Paper((1320, 1600))
    paper.grid([100 + 120 * i for i in range(7)])
    for i in range(6):
        paper.row(i + 1, 120 + 120 * i)
    paper.write((1140, 380), "see 12")
    paper.write((300, 900), "checked by me")
    assert around(paper) == [("right", 2, False), ("below", 5, False)]


def test_a_short_figure_above_the_table_may_be_the_number_of_the_page():
    paper = boxed()
    paper.write((1060, 30), "47")
    assert around(paper) == [("above", 0, True)]


@pytest.mark.engine
@needs_tesseract
def test_page_number_and_note_are_read():
    paper = boxed()
    paper.write((1060, 30), "47")
    paper.write((300, 900), "checked by me")
    table = read_table(paper.grey, ASK)
    number, note = read_around(
        table.asides, [f"r{i:02d}" for i in range(1, 7)], load_engine("tesseract"), ("en",), FORM
    )
    assert (number.number, number.where) == (47, "above")
    assert (note.number, note.row, note.text) == (None, "r06", "checked by me")


class Says:
    """An engine that says one text for every picture."""

    def __init__(self, text):
        self.text = text

    def name_and_version(self):
        return "says 1"

    def languages(self):
        return frozenset({"en"})

    def read(self, lines):
        from ocr.engine import EngineText

        return [EngineText(self.text, 0.95) for _ in lines]


@pytest.mark.parametrize(
    ("text", "number"), [("47", 47), ("-47-", 47), ("0", None), ("4a", None), ("", None), ("99999", None)]
)
def test_what_is_no_number_is_no_page_number(text, number):
    paper = boxed()
    paper.write((1060, 30), "47")
    (found,) = read_around(read_table(paper.grey, ASK).asides, (), Says(text), ("en",), FORM)
    assert found.number == number


def cells(*texts):
    return [
        ZoneReading(f"c{i}", Box(0, 0, 1, 1), (Candidate(t, 0.9),) if t else (), blank=not t)
        for i, t in enumerate(texts)
    ]


@pytest.mark.parametrize(
    ("texts", "kind"),
    [
        (("", "1998", ""), "heading"),
        (("", "१९९८"), "heading"),
        (("", "19", "98"), "heading"),
        (("Total", "42"), "total"),
        (("Brought forward", "3"), "total"),
        (("মোট", "৪৬১"), "total"),
        (("योग ६६४",), "total"),
        (("", "1234/98"), ""),
        (("Misalpur", "42"), ""),
        (("Total", "a", "b", "c"), ""),
        (("", ""), ""),
    ],
)
def test_years_and_totals_are_told_from_entries_by_what_they_say(texts, kind):
    assert kind_of(cells(*texts)) == kind


def test_what_stands_around_a_table_is_stored_with_its_page():
    found = Around("above", Box(1, 2, 3, 4), "47", 0.9, "r01", 47)
    seen = Recognition(None, 10, 10, around=(found,))
    assert recognition_from_plain(recognition_to_plain(seen)) == seen
    assert np.asarray(found.box).tolist() == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("read", "text", "sure"),
    [
        (None, "Date smudged", 0.2),
        (("12/3/1998", 0.99), "12/3/1998", 0.85),
        (("no date", 0.99), "Date smudged", 0.2),
    ],
)
def test_a_date_above_a_diary_is_read_by_hand_where_print_gives_none(above, read, text, sure):
    (found,) = above("Date smudged", 0.2, read)
    assert (found.text, found.confidence) == (text, sure)


def test_two_readings_of_a_date_above_a_diary_are_weighed(above):
    (agreed,) = above("Date 12.3.1998", 0.6, ("12/3/1998", 0.8))
    (opposed,) = above("Date 12.3.1993", 0.6, ("12/3/1998", 0.8))
    assert agreed.text == "Date 12.3.1998" and agreed.confidence > 0.9
    assert opposed.text == "12/3/1998" and opposed.confidence < 0.6


@pytest.fixture
def above(monkeypatch):
    """Reads what stands above a diary's table, print and hand being said."""

    def read(text, sure, hand):
        monkeypatch.setattr("ocr.registers.around.read_mixed", lambda *_: [LineText(text, sure, True)])
        aside = Aside("above", 0, Box(0, 0, 90, 20), (np.full((20, 90), 255, np.uint8),), None, may_number=False)
        date = Candidate(*hand) if hand is not None else None
        return read_around([aside], [], None, ("en",), None, read_date=lambda _: date)

    return read
