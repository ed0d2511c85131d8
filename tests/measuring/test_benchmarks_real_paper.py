"""The benchmark of real paper runs on drawn pages and tells a lost figure from a found one."""

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
