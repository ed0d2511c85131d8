"""Rows of registers: joined over pages, ditto marks resolved, doubts kept, and none lost or counted twice."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from digitize.reading.calibration import NEVER
from digitize.reading.entries import resolve_dittos
from digitize.reading.rows import RegisterRow, RowCell, is_sure, join_lines, join_rows, mark_doubtful, row_mark
from mappers.sources.values import PlacedValue, ZoneValue
from ocr.page import Box, Reading, RowPlace


def cell(text, page="p1", zone="r01.a", ditto=False, struck=False, sure=0.9, accept=0.5):
    value = ZoneValue(text or "", text, sure, (0, 0, 9, 9), blank=text is None, accept=accept)
    return RowCell(PlacedValue(page, zone, value), ditto, struck)


def row(name, a, page="p1", continues=False, doubtful=False, notes=()):
    given = a if isinstance(a, RowCell) else cell(a, page, f"{name}.a")
    return RegisterRow(page, name, (page,), {"a": given}, (f"{page}/{name}.a",), doubtful, continues, notes)


def texts(rows):
    return [r.cells["a"].placed.value.value for r in rows]


def test_what_goes_on_over_pages_is_one_row_with_both_texts_and_all_its_places():
    pages = [
        [row("r01", "near the")],
        [row("r00", "bus", "p2", True)],
        [row("r00", "stand", "p3", True), row("r01", "x", "p3")],
    ]
    first, second = join_rows(pages)
    assert texts([first, second]) == ["near the\nbus\nstand", "x"]
    assert first.pages == ("p1", "p2", "p3") and first.zones == ("p1/r01.a", "p2/r00.a", "p3/r00.a")
    assert first.record_id == "p1-r01" and not first.doubtful


def test_a_joined_cell_is_no_surer_than_its_least_sure_part_and_shows_that_one():
    sure, unsure = row("r01", "near"), row("r00", cell("bus", "p2", "r00.a", sure=0.2), "p2", True)
    placed = join_rows([[sure], [unsure]])[0].cells["a"].placed
    assert (placed.value.confidence, placed.page, placed.zone) == (0.2, "p2", "r00.a")
    assert not is_sure(placed.value)


def test_what_goes_on_from_a_page_that_is_not_there_is_a_doubtful_row():
    (only,) = join_rows([[row("r00", "stand", continues=True)]])
    assert only.doubtful and only.notes == ("continuation",) and not only.reported


def test_a_year_across_the_page_neither_goes_on_nor_stands_above_a_ditto_mark():
    rows = [row("r01", "Misalpur"), row("r02", "1998", notes=("heading",)), row("r03", cell('"', ditto=True))]
    found = resolve_dittos(join_rows([rows]))
    assert texts(found) == ["Misalpur", "1998", "Misalpur"] and found[1].reported == "heading"
    found = resolve_dittos(join_rows([rows[:2], [row("r00", "East", "p2", True)]]))
    assert texts(found) == ["Misalpur\nEast", "1998"]


def test_a_ditto_mark_that_goes_on_loses_neither_part_and_is_asked():
    (only,) = resolve_dittos(join_rows([[row("r01", cell('"', ditto=True))], [row("r00", "East", "p2", True)]]))
    value = only.cells["a"].placed.value
    assert value.value == '"\nEast' and not is_sure(value)


def test_a_ditto_mark_is_no_surer_than_what_stands_above_and_keeps_its_own_reading():
    found = resolve_dittos([row("r01", cell("Misalpur", sure=0.6)), row("r02", cell('"', zone="r02.a", ditto=True))])
    placed = found[1].cells["a"].placed
    assert (placed.value.raw, placed.value.value, placed.value.confidence) == ('"', "Misalpur", 0.6)
    assert placed.zone == "r02.a" and placed.value.candidates == ("Misalpur",)


@pytest.mark.parametrize("above", [[], [row("r01", None)]])
def test_a_ditto_mark_with_nothing_above_has_no_value_and_asks_a_person(above):
    *_, last = resolve_dittos([*above, row("r02", cell('"', ditto=True))])
    value = last.cells["a"].placed.value
    assert (value.raw, value.value, value.confidence, value.blank) == ("", None, 0.0, False)


def test_a_ditto_mark_takes_the_value_above_through_several_rows():
    marks = [row(f"r0{n}", cell('"', zone=f"r0{n}.a", ditto=True)) for n in (2, 3)]
    assert texts(resolve_dittos([row("r01", "Misalpur"), *marks])) == ["Misalpur"] * 3


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.sampled_from(["a", "b", None]), min_size=1, max_size=12))
def test_ditto_marks_never_make_a_value_that_was_not_written(given_texts):
    rows = [row(f"r{n:02d}", t or cell('"', ditto=True)) for n, t in enumerate(given_texts)]
    values = texts(resolve_dittos(rows))
    assert set(values) <= {t for t in given_texts if t} | {None}
    assert [v for v, t in zip(values, given_texts, strict=True) if t] == [t for t in given_texts if t]


def test_a_ditto_mark_below_a_struck_entry_means_the_one_above_it_and_is_asked():
    struck = row("r02", cell("Galatpur", zone="r02.a", struck=True))
    found = resolve_dittos([row("r01", "Misalpur"), struck, row("r03", cell('"', zone="r03.a", ditto=True))])
    placed = found[2].cells["a"].placed
    assert placed.value.value == "Misalpur" and not is_sure(placed.value) and "row-doubtful" in placed.notes


def test_of_a_cell_that_goes_on_a_blank_part_adds_nothing():
    for parts in (("near the", None), (None, "near the")):
        pages = [[row("r01", cell(parts[0]))], [row("r00", cell(parts[1], "p2", "r00.a"), "p2", True)]]
        assert texts(join_rows(pages)) == ["near the"]


def test_a_row_all_of_whose_cells_are_struck_is_reported_and_one_struck_cell_makes_a_doubt():
    assert row("r01", cell("x", struck=True)).reported == "struck"
    assert row("r01", None).reported == "blank"
    part = RegisterRow("p1", "r01", ("p1",), {"a": cell("x", struck=True), "b": cell("y")}, ())
    cells = {c: cell.placed for c, cell in mark_doubtful(part, frozenset()).cells.items()}
    assert part.reported == "" and (cells["a"].value.accept, cells["a"].notes) == (NEVER, ("struck",))
    assert is_sure(cells["b"].value)


def test_a_cell_of_which_a_word_or_one_part_is_struck_is_asked():
    mended = RowCell(cell("x").placed, is_mended=True)
    assert not is_sure(mark_doubtful(row("r01", mended), frozenset()).cells["a"].placed.value)
    parts = [[row("r01", cell("x", struck=True))], [row("r00", "y", "p2", True)]]
    (only,) = (mark_doubtful(r, frozenset()) for r in join_rows(parts))
    assert only.reported == "" and only.cells["a"].placed.notes == ("continued", "struck-in-part")


def test_what_is_written_in_a_doubtful_row_does_not_pass_unless_a_person_settled_it():
    doubtful = row("r01", "x", doubtful=True)

    def value(given, *settled):
        return mark_doubtful(given, frozenset(settled)).cells["a"].placed.value

    assert not is_sure(value(doubtful)) and is_sure(value(doubtful, "p1/r01.a"))
    assert is_sure(value(row("r01", None, doubtful=True)))


def test_what_is_doubtful_above_is_doubtful_below():
    rows = [mark_doubtful(row("r01", "x", doubtful=True), frozenset()), row("r02", cell('"', zone="r02.a", ditto=True))]
    placed = resolve_dittos(rows)[1].cells["a"].placed
    assert placed.value.value == "x" and not is_sure(placed.value) and placed.notes == ("ditto", "row-doubtful")


@pytest.mark.parametrize(
    ("text", "several", "value", "is_doubted"),
    [
        ("near the\nbus stand", False, "near the bus stand", False),
        ("Misal\nMisalkumar", True, "Misal Misalkumar", True),
        ("1. Misal\n2) Namuna", True, "1. Misal\n2) Namuna", False),
        ("Misal", True, "Misal", False),
    ],
)
def test_lines_are_run_together_and_persons_on_lines_of_their_own_are_asked(text, several, value, is_doubted):
    found = join_lines(cell(text).placed, may_be_several=several)
    assert found.value.value == value and ("lines-joined" in found.notes) == is_doubted
    assert is_sure(found.value) != is_doubted


def test_lines_that_a_person_typed_stay():
    typed = cell("Misal\nNamuna", sure=1.0, accept=0.0).placed
    assert join_lines(typed, may_be_several=True) == typed


def placed_at(y0, y1):
    return Reading("reg_gd", "reg_gd", rows=(RowPlace("r01", (Box(0, y0, 900, y1),)),))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 3000), st.integers(16, 200))
def test_a_row_further_down_never_takes_over_what_was_decided_on_another(y, height):
    here, below = placed_at(y, y + height), placed_at(y + height, y + 2 * height)
    assert row_mark(here, "r01") != row_mark(below, "r01")
    assert row_mark(here, "r02") == ""


PAGES = st.lists(
    st.tuples(st.booleans(), st.lists(st.sampled_from(["x", '"', None, "heading"]), min_size=0, max_size=4)),
    min_size=1, max_size=5,
)  # fmt: skip


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(PAGES)
def test_every_cell_ends_in_exactly_one_row(given_pages):
    pages = []
    for number, (continues, found) in enumerate(given_pages):
        page = f"p{number}"
        rows = [row("r00", "more", page, True)] if continues else []
        for at, text in enumerate(found, 1):
            is_heading = text == "heading"
            made = cell(text, page, f"r{at:02d}.a", ditto=text == '"')
            rows.append(row(f"r{at:02d}", made, page, notes=("heading",) if is_heading else ()))
        pages.append(rows)
    ended = [zone for r in resolve_dittos(join_rows(pages)) for zone in r.zones]
    assert sorted(ended) == sorted(zone for rows in pages for r in rows for zone in r.zones)


def test_rows_of_a_page_on_its_side_are_told_apart_by_where_they_lie_across_the_scan():
    rows = tuple(RowPlace(f"r{n:02d}", (Box(80 * n, 0, 80 * n + 80, 900),)) for n in range(1, 4))
    reading = Reading("reg_gd", "reg_gd", rows=rows)
    assert len({row_mark(reading, row.id) for row in rows}) == 3
