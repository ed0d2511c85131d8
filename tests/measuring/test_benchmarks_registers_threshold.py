"""Cuts for cells of registers: chosen on some cells, tried on others, and never on what they were chosen on."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.registers_threshold import AIMED, Cell, choose, left_out, tried, whole_rows
from ocr.engines import load_engine

ROOT = Path(__file__).parents[2]


def cells(*pairs, kind="digits", language="en", page="p", row=0):
    return [Cell(kind, "c", language, "reg_gd", "light", page, row, c, r) for c, r in pairs]


def test_a_threshold_lets_through_as_many_as_may_be_and_few_say_nothing():
    some = cells(*[(0.9, True)] * 300, *[(0.6, False)] * 20)
    assert choose(some) == 0.605 and choose(some[:50]) is None
    assert tried(cells((0.9, True), (0.7, False)), 0.8) == {"cells": 2, "threshold": 0.8, "passed": 1, "right": 1.0}


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=100, max_size=160))
def test_what_passes_where_it_was_chosen_is_as_right_as_aimed_at(pairs):
    some = cells(*pairs)
    threshold = choose(some)
    assert threshold is None or tried(some, threshold)["right"] >= AIMED - 1e-4


def test_a_language_that_was_left_out_did_not_set_its_own_threshold():
    some = [*cells(*[(0.9, True)] * 200), *cells(*[(0.9, False)] * 200, language="hi")]
    found = left_out(some, "language")["digits"]
    assert (
        found["hi"] == {"cells": 200, "threshold": 0.5, "passed": 200, "right": 0.0}
        and found["en"]["threshold"] is None
    )


def test_a_row_passes_whole_or_not_at_all():
    fit = cells(*[(0.9, True)] * 200)
    row = [*cells((0.9, True)), *cells((1.0, True), kind="blank")]
    asked = [*row, *cells((0.99, True), kind="line")]
    other = [*cells((0.95, True), page="q"), *[c for c in asked if c.kind != "blank"]]
    assert whole_rows(fit, other) == {"rows": 2, "pass": 1} and whole_rows(fit, row) == {"rows": 1, "pass": 1}


@pytest.mark.skipif("en" not in load_engine("tesseract").languages(), reason="Tesseract is not installed")
def test_the_quick_run_reads_two_samples(tmp_path):
    out = tmp_path / "threshold.json"
    script = ROOT / "benchmarks" / "registers_threshold.py"
    subprocess.run([sys.executable, str(script), "--quick", "--json", str(out)], check=True, capture_output=True)
    found = json.loads(out.read_text(encoding="utf-8"))
    assert found["whole_rows"]["rows"] > 5 and "digits" in found["kinds"]
