"""The benchmark of real paper runs on drawn pages and tells a lost figure from a found one."""

from benchmarks.parts.real_paper.parts import measure as measure_parts
from benchmarks.parts.real_paper.ruled import measure
from benchmarks.parts.registers.figures_score import FigureScore

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
