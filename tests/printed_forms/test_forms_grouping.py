"""Pages of a batch in groups: nothing lost, nothing twice, order kept; sheets, letters and backs with their form."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitize.reading.grouping import PageKind, group_pages
from ocr.pages.bare import is_bare

SAMPLES = Path(__file__).parents[2] / "sample_data"


def pages(*said):
    """Pages in a row from words such as "fir1", "cs2", "letter", "blank"; "|" begins a volume, "_" is a missing page."""
    made, volume, number = [], 1, 0
    for word in said:
        if word == "|":
            volume, number = volume + 1, 0
            continue
        number += 1
        if word == "_":
            continue
        kind = {"letter": "other", "blank": "blank"}.get(word, "form")
        family, part = (word[:-1], int(word[-1])) if kind == "form" else ("", 1)
        made.append(PageKind(f"{volume}-{number}", kind, volume, number, family, part))
    return made


def groups(*said):
    return [[p.page for p in g.pages] for g in group_pages(pages(*said))]


def test_every_first_sheet_begins_a_group():
    assert groups("fir1", "fir1", "fir1") == [["1-1"], ["1-2"], ["1-3"]]


def test_letters_blank_backs_and_later_sheets_go_with_their_form():
    (first, second) = group_pages(pages("fir1", "blank", "fir2", "letter", "letter", "fir1", "blank"))
    assert [p.page for p in first.pages] == ["1-1", "1-2", "1-3", "1-4", "1-5"]
    assert [p.page for p in first.sheets] == ["1-1", "1-3"] and [p.page for p in first.pages if p.kind == "other"] == [
        "1-4",
        "1-5",
    ]
    assert first.family == "fir" and first.doubts == () and len(second.pages) == 2


@pytest.mark.parametrize("said", [("fir1", "fir3"), ("fir1", "cs2"), ("fir1", "_", "fir2"), ("fir1", "|", "fir2")])
def test_a_sheet_that_does_not_follow_begins_a_group_and_says_so(said):
    first, second = group_pages(pages(*said))
    assert first.doubts == () and second.doubts == ("earlier-part-missing",)


def test_letters_before_any_form_are_kept_apart():
    first, second, third = group_pages(pages("letter", "blank", "fir1", "|", "letter"))
    assert (first.family, first.doubts) == ("", ("no-form",))
    assert len(second.pages) == 1 and third.doubts == ("no-form",)


def test_a_letter_behind_a_missing_page_is_doubtful():
    (only,) = group_pages(pages("fir1", "_", "letter"))
    assert only.doubts == ("pages-missing",)


WORDS = st.lists(st.sampled_from(["fir1", "fir2", "fir3", "cs1", "cs2", "letter", "blank", "|", "_"]), max_size=30)


@given(WORDS)
def test_every_page_is_in_one_group_and_the_order_stays(said):
    given_pages = pages(*said)
    found = list(group_pages(given_pages))
    assert [p for g in found for p in g.pages] == given_pages
    assert all(g.pages for g in found)


@given(WORDS)
def test_a_group_is_of_one_volume_and_one_family_with_rising_parts(said):
    for group in group_pages(pages(*said)):
        assert len({p.volume for p in group.pages}) == 1
        assert {p.family for p in group.sheets} <= {group.family}
        parts = [p.part for p in group.sheets]
        assert parts == list(range(parts[0], parts[0] + len(parts))) if parts else True
        assert group.sheets == () or group.pages[0].kind == "form"
        assert (group.family == "") == ("no-form" in group.doubts)


@given(WORDS, st.integers(0, 29))
def test_grouping_from_where_a_group_begins_gives_the_same_groups(said, skip):
    found = list(group_pages(pages(*said)))
    rest = found[skip:]
    assert list(group_pages(p for g in rest for p in g.pages)) == rest


def test_paper_alone_is_blank_and_a_form_or_a_letter_is_not():
    form = cv2.imread(str(SAMPLES / "fir_book_2025" / "hi_2016_045.jpg"), cv2.IMREAD_GRAYSCALE)
    paper = np.clip(np.random.default_rng(1).normal(225, 3, (1200, 850)), 0, 255).astype(np.uint8)
    letter = paper.copy()
    for y in range(120, 1000, 50):
        cv2.putText(letter, "To the officer in charge, an invented letter", (70, y), 0, 0.9, 60, 2, cv2.LINE_AA)
    assert [is_bare(p) for p in (form, paper, letter)] == [False, True, False]
