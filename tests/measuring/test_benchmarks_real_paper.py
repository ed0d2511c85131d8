"""The benchmark of real paper runs on drawn pages and tells a lost figure from a found one."""

from benchmarks.parts.real_paper.degraded import CellRead
from benchmarks.parts.real_paper.forms import measure as measure_forms
from benchmarks.parts.real_paper.parts import measure as measure_parts
from benchmarks.parts.real_paper.ruled import measure
from benchmarks.parts.real_paper.spreads import Paper, PartRead, Tally
from benchmarks.parts.registers.figures_score import FigureScore
from ocr.geometry.pieces import Spots

TRUTH = [[str(i), *(f"9.{i}{j}5" for j in range(1, 10))] for i in range(1, 5)]


def test_drawn_figures_are_read_and_the_plain_script_is_measured_beside():
    figures = measure(None, lambda text: None, most=1)
    assert figures["pages"] == 1
    assert figures["rows_found"] == 1.0
    assert figures["cells_exact"] > 0.6
    assert 0.0 <= figures["peer_cells_exact"] <= 1.0


def test_a_row_counts_without_its_first_figures_and_its_cells_do_not():
    score = FigureScore()
    score.add(TRUTH, [[(cell.split(".")[-1], 0.95) for cell in row] for row in TRUTH])
    assert score.figures("")["rows_found"] == 1.0
    assert score.figures("")["cells_exact"] == 0.0
    assert score.figures("")["sure_right"] == 0.0


def test_no_page_of_shuffled_records_joins_another_record_and_a_wrong_join_would_be_counted(monkeypatch):
    figures = measure_parts(None, lambda text: None)
    assert figures["records"] == 500 and figures["pages"] > 1400
    assert [figures[f"{order}wrong_joins"] for order in ("", "in_order_", "blocks_")] == [0, 0, 0]
    assert figures["in_order_right_joins"] > 600 and figures["right_joins"] > 250
    # Tied by order alone, they would be.
    monkeypatch.setattr("digitize.reading.tying._Tying._find_sure", _join_any)
    assert measure_parts(None, lambda text: None, most=50)["wrong_joins"] > 10


def _join_any(tying, sheet):
    return next((f for f in tying._find_fits(sheet) if f.record.head.page == sheet.follows), None)


def cells(*middles):
    return {f"c{i}": CellRead((x - 5, y - 5, x + 5, y + 5), "", 1.0, blank=False) for i, (x, y) in enumerate(middles)}


def half(first, *middles):
    return {f"c{first + i}": (x, y, x, y) for i, (x, y) in enumerate(middles)}


def test_a_record_of_a_spread_is_read_asked_about_or_lost():
    left, right = Paper("iif1_mr", (10, 10)), Paper("iif1_gu", (90, 10))
    parts = [PartRead((0, 0, 50, 20), "iif1_mr"), PartRead((50, 0, 100, 20), "", reason="no form agrees")]
    both, one = Tally(), Tally()
    both.add([left, right], parts)
    assert (both.records, both.records_read, both.records_asked, both.records_lost) == (2, 1, 1, 0)
    # As it was before scans were cut: the one form found hides the other.
    one.add([left, right], [PartRead((0, 0, 100, 20), "iif1_mr")])
    assert (one.records_read, one.records_asked, one.records_lost) == (1, 0, 1)


def test_a_row_over_two_pages_is_read_only_as_one():
    paper = Paper("reg_crime", (50, 50), [[half(0, (10, y), (20, y)), half(2, (60, y), (70, y))] for y in (10, 30)])
    whole = [cells((10, y), (20, y), (60, y), (70, y)) for y in (10, 30)]
    # Each left half with the right half of another row.
    crossed = [cells((10, y), (20, y), (60, 40 - y), (70, 40 - y)) for y in (10, 30)]
    for rows, read in ((whole, 2), (crossed, 0)):
        tally = Tally()
        tally.add([paper], [PartRead((0, 0, 100, 100), "reg_crime", rows)])
        assert (tally.records, tally.records_read, tally.records_lost) == (2, read, 2 - read)


def test_fields_of_a_badly_scanned_form_are_placed_and_none_is_told_blank(monkeypatch):
    figures = measure_forms(None, lambda text: None, most=1)
    assert figures["blank_wrong"] == 0
    assert figures["placed_least"] > 0.9
    # By the flat map alone, a slant would be noticed.
    monkeypatch.setattr("ocr.forms.zones.form_bend", lambda *_: None)
    monkeypatch.setattr("ocr.forms.zones.moved_print", lambda *_: Spots.empty())
    flat = measure_forms(None, lambda text: None, most=1)
    assert flat["kinds"]["strong slant"]["placed"] < 0.9
