"""Files of many shapes of CSV, as benchmarks/legacy.py asks for them: every cell comes back."""

from types import SimpleNamespace

from benchmarks.parts.legacy.csv_shapes import SHAPES, measure_csv


def test_every_cell_of_every_shape_comes_back():
    figures = measure_csv(SimpleNamespace(is_quick=True))
    assert figures["csv_shapes"] == {**dict.fromkeys(SHAPES, 1.0), "all": 1.0}
    assert figures["csv_shapes_sniffer"]["all"] < 1.0
