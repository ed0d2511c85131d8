"""The command: what it prints, and its exit codes."""

import json
import shutil

import pytest

from digitize.files.scanqc.words import MEANINGS
from ocr.quality.defect import KINDS


@pytest.fixture(scope="module")
def book(tmp_path_factory, samples):
    folder = tmp_path_factory.mktemp("book")
    for name in ("en_2019_211.jpg", "en_2019_212.jpg", "hi_2025_103.jpg"):
        shutil.copy(samples / "fir_book_2025" / name, folder)
    return folder


def test_good_pages_end_with_nothing_to_set_right(digitize, book):
    report = digitize.json("scanqc", book, "--no-numbers", "--jobs", 1)
    assert report["schema"] == 1
    assert report["scan_again"] == 0 and report["row"] == [] and report["by_kind"] == {}
    assert [p["verdict"] for p in report["judged"]] == ["good"] * 3


def test_a_broken_file_is_named_with_the_next_step_and_the_others_are_judged(digitize, book, samples, tmp_path):
    shutil.copytree(book, tmp_path / "book")
    shutil.copy(samples / "garbage" / "zero_bytes.jpg", tmp_path / "book" / "zz.jpg")
    report = digitize.json("scanqc", tmp_path / "book", "--no-numbers", "--jobs", 1, code=3)
    (refused,) = report["unreadable"]
    assert refused["file"] == "zz.jpg" and "zz.jpg" in refused["message"] and "again" in refused["message"]
    assert len(report["judged"]) == 3 and report["scan_again"] == 1


def test_a_folder_without_any_readable_page_is_bad_input(digitize, samples, tmp_path):
    digitize("scanqc", tmp_path, code=5)
    shutil.copy(samples / "garbage" / "zero_bytes.jpg", tmp_path)
    digitize("scanqc", tmp_path, code=5)
    digitize("scanqc", tmp_path / "no_such_folder", code=5)


def test_single_files_of_several_pages_are_judged_page_by_page(digitize, samples):
    folder = samples / "fir_book_2025"
    report = digitize.json("scanqc", folder / "bn_2014_061-062.tif", *folder.glob("*.pdf"), "--no-numbers", "--jobs", 1)
    assert [p["index"] for p in report["judged"]] == [0, 1, 0, 1]
    assert len({p["page"] for p in report["judged"]}) == 4


def test_the_table_says_page_kind_and_next_step(digitize, book, tmp_path):
    import cv2
    import numpy as np

    grey = cv2.imread(str(book / "en_2019_211.jpg"), cv2.IMREAD_GRAYSCALE)
    cv2.imwrite(str(tmp_path / "dark.png"), (grey * 0.15).astype(np.uint8))
    out = digitize("scanqc", tmp_path, "--no-numbers", "--jobs", 1, code=3)
    assert "dark.png" in out and "too-dark" in out and "more light" in out
    assert "1 to scan again" in out


def test_every_word_has_a_meaning_and_stands_in_the_docs(samples):
    text = (samples.parent / "docs" / "operations.md").read_text(encoding="utf-8")
    assert set(KINDS) <= set(MEANINGS)
    for kind in MEANINGS:
        assert f"`{kind}`" in text, kind


def test_two_processes_give_what_one_gives(digitize, book):
    one, two = (digitize("scanqc", book, "--no-numbers", "--json", "--jobs", n) for n in (1, 2))
    assert json.loads(one) == json.loads(two)
