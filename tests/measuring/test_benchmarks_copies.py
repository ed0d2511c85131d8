"""Copies of FIRs, as benchmarks/copies.py copies them out: what Poppler reads is what was written."""

import shutil

import pytest

from benchmarks.copies import measure
from digitize.services.copies.words import languages

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="Poppler is not installed")


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    return measure(1, tmp_path_factory.mktemp("copies"), more_words=8)["languages"]


@needs_poppler
@pytest.mark.parametrize("language", languages())
def test_what_poppler_copies_out_is_what_was_written(figures, language):
    own = figures[language]
    assert (own["words"], own["extra"], own["letters"], own["story_order"]) == (1, 0, 1, 1)
    assert own["pdfa_faults"] == 0
