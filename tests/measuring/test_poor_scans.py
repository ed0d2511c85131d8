"""Pages are made worse so that what is known of their places stays known, and what was read of them is counted."""

import numpy as np
import pytest

from benchmarks.parts.real_paper.degraded import CellRead, PageRead, Tally
from sample_data.makers.poor_scans import KINDS, keep

HEIGHT, WIDTH = 400, 600
DOTS = np.array([[150.0, 90.0], [420.0, 300.0], [500.0, 120.0]])


def page_with_dots():
    grey = np.full((HEIGHT, WIDTH), 240, np.uint8)
    for x, y in DOTS.astype(int):
        grey[y - 4 : y + 5, x - 4 : x + 5] = 20
    return grey


@pytest.mark.parametrize("kind", KINDS)
def test_what_lies_at_a_place_of_the_page_lies_where_the_scan_says(kind):
    scan = KINDS[kind](page_with_dots())
    for x, y in scan.to_scan(DOTS).round().astype(int):
        around = scan.grey[y - 30 : y + 30, x - 30 : x + 30].astype(int)
        assert scan.grey[y, x] <= around.min() + 40
        assert scan.grey[y, x] < np.median(around) - 40


def row(number, top, text):
    cells = {
        "no": {"box": [10, top, 110, top + 40], "text": str(number), "ditto": False, "struck": False},
        "name": {"box": [110, top, 310, top + 40], "text": text, "ditto": False, "struck": False},
    }
    return {"cells": cells}


def read_of(page, **texts):
    return [
        {c: CellRead(cell["box"], texts.get(c, cell["text"]), 0.95, False) for c, cell in r["cells"].items()}
        for r in page["rows"]
    ]


def tally_of(page, read, causes=()):
    tally = Tally()
    tally.add(page, keep(page_with_dots()), read, causes)
    return tally


def test_rows_are_counted_by_where_their_cells_lie_and_wrong_texts_that_pass_are_counted_too():
    page = {"rows": [row(1, 20, "Alpha"), row(2, 60, "Beta")]}
    assert tally_of(page, PageRead(read_of(page))).figures()["cells_exact"] == 1.0
    wrong = tally_of(page, PageRead(read_of(page, name="Gamma")))
    assert (wrong.found, wrong.exact, wrong.wrong) == (2, 2, 2)
    moved = {"rows": [row(1, 20, "Alpha"), row(2, 200, "Beta")]}
    one = tally_of(page, PageRead(read_of(moved)))
    assert (one.found, one.invented) == (1, 1)


def test_a_page_refused_settles_its_rows_only_where_the_reason_names_the_cause():
    page = {"rows": [row(1, 20, "Alpha")]}
    rightly = tally_of(page, PageRead((), "it lies upside down"), ("upside down",))
    assert (rightly.refused, rightly.rightly, rightly.figures()["settled"]) == (1, 1, 1.0)
    other = tally_of(page, PageRead((), "its header fits no known register"), ("upside down",))
    assert (other.refused, other.rightly, other.figures()["settled"]) == (1, 0, 0.0)
