"""The benchmarks of forms and handwriting: thresholds come from other groups, and --quick runs on the samples alone."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.handwriting_time import measure
from benchmarks.parts.forms.others import letter
from benchmarks.parts.measuring.straight import Value, calibration_error, straight_through, threshold
from ocr.engines import fields
from ocr.forms.zones import find_form, load_models

ROOT = Path(__file__).parents[2]
weights = pytest.mark.skipif(not fields.available(), reason="the weights or onnxruntime are not installed")


def values(*pairs, group="a", field="year"):
    return [Value(str(i), field, group, c, r) for i, (c, r) in enumerate(pairs)]


def test_a_threshold_lets_through_as_many_as_the_precision_allows():
    some = values(*[(0.9, True)] * 30, *[(0.5, True)] * 9, (0.5, False), *[(0.1, False)] * 9)
    assert threshold(some, 0.99) == 0.9
    assert threshold(some, 0.95) == 0.5
    assert threshold(some[:10], 0.5) > 1


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), min_size=25, max_size=60), st.sampled_from([0.9, 0.99]))
@settings(max_examples=40, deadline=None)
def test_what_a_threshold_lets_through_is_as_precise_as_was_asked(pairs, wanted):
    some = values(*pairs)
    cut = threshold(some, wanted)
    passed = [v for v in some if v.confidence >= cut]
    assert not passed or sum(v.right for v in passed) / len(passed) >= wanted


def test_a_groups_own_pages_do_not_set_its_threshold():
    good, bad = values(*[(0.9, True)] * 30), values(*[(0.9, False)] * 30, group="b")
    found = straight_through([*good, *bad], 0.99)
    assert found.accepted == 30 and found.precision == 0.0 and found.share == 0.5


def test_calibration_error_is_the_distance_between_said_and_so():
    assert calibration_error(values(*[(0.75, True)] * 3, (0.75, False))) == 0.0
    assert calibration_error(values(*[(0.75, False)] * 4)) == 0.75


def test_an_invented_letter_is_no_form():
    assert (letter(1) == letter(1)).all() and (letter(1) != letter(2)).any()
    assert find_form(letter(3), load_models()).form is None
    assert letter(0).dtype == np.uint8


@weights
@pytest.mark.parametrize(
    ("benchmark", "more", "figures"),
    [
        ("forms", ("--only", "fir", "--pages", "2", "--jobs", "1"), {"form_recall", "letters_refused", "exact"}),
        ("handwriting", ("--pages", "2"), {"exact", "n"}),
        ("office", (), {"guarantee_broken", "questions_to_open", "learn"}),
    ],
)
def test_quick_runs_on_the_samples_alone(tmp_path, benchmark, more, figures):
    out = tmp_path / "figures.json"
    command = [sys.executable, f"benchmarks/{benchmark}.py", "--quick", "--json", str(out), "--cache", str(tmp_path)]
    done = subprocess.run([*command, *more], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert figures <= set(json.loads(out.read_text(encoding="utf-8")))


@weights
@pytest.mark.engine
@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed; make setup installs it")
def test_a_page_is_timed_beside_tesseract():
    page = ROOT / "sample_data" / "fir_book_2025" / "wbp_2018_871.jpg"
    figures = measure([page], None, (ROOT / "sample_data" / "forms",))
    assert figures["pages"] == 1 and min(figures.values()) > 0
