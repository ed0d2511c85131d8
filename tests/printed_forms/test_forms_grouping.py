"""Pages of a batch in groups: nothing lost, nothing twice, order kept; sheets, letters and backs with their form."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitize.reading.grouping import PageKind
from digitize.reading.grouping import group_pages as group_by_parts
from digitize.reading.tying import SheetRule, SheetTie
from ocr.pages.bare import is_bare

SAMPLES = Path(__file__).parents[2] / "sample_data"


OPTIONAL = {1: SheetRule(), 2: SheetRule(is_optional=True), 3: SheetRule(is_optional=True)}
FAMILIES = {"fir": OPTIONAL, "cs": OPTIONAL}


def group_pages(given_pages):
    return group_by_parts(given_pages, FAMILIES)


def pages(*said):
    """Pages in a row from words such as "fir1", "cs2", "letter", "blank"; "|" begins a volume, "_" is a missing page.

    A later sheet bears the number of the first one before it.
    """
    made, volume, number, record = [], 1, 0, 0
    for word in said:
        if word == "|":
            volume, number = volume + 1, 0
            continue
        number += 1
        if word == "_":
            continue
        kind = {"letter": "other", "blank": "blank"}.get(word, "form")
        family, part = (word[:-1], int(word[-1])) if kind == "form" else ("", 1)
        record += kind == "form" and part == 1
        ties = {"no": SheetTie(str(record), "number")} if kind == "form" else {}
        made.append(PageKind(f"{volume}-{number}", kind, volume, number, family, part, ties))
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


@pytest.mark.parametrize("said", [("fir1", "cs2"), ("fir1", "_", "fir2"), ("fir1", "|", "fir2")])
def test_a_sheet_that_does_not_follow_begins_a_group_and_says_so(said):
    first, second = group_pages(pages(*said))
    assert first.doubts == () and second.doubts[0] == "part-lacking:1"


def test_letters_before_any_form_are_kept_apart():
    first, second, third = group_pages(pages("letter", "blank", "fir1", "|", "letter"))
    assert (first.family, first.doubts) == ("", ("no-form",))
    assert len(second.pages) == 1 and third.doubts == ("no-form",)


def test_a_letter_behind_a_missing_page_is_doubtful():
    (only,) = group_pages(pages("fir1", "_", "letter"))
    assert only.doubts == ("pages-missing",)


WORDS = st.lists(st.sampled_from(["fir1", "fir2", "fir3", "cs1", "cs2", "letter", "blank", "|", "_"]), max_size=30)


@given(WORDS)
def test_every_page_is_in_one_group_and_groups_come_in_the_order_of_their_first_pages(said):
    given_pages = pages(*said)
    found = list(group_pages(given_pages))
    assert sorted((p for g in found for p in g.pages), key=given_pages.index) == given_pages
    assert all(g.pages for g in found)
    firsts = [given_pages.index(g.pages[0]) for g in found]
    assert firsts == sorted(firsts)


@given(WORDS)
def test_a_group_is_of_one_volume_and_one_family_with_rising_parts(said):
    for group in group_pages(pages(*said)):
        assert len({p.volume for p in group.pages}) == 1
        assert {p.family for p in group.sheets} <= {group.family}
        parts = [p.part for p in group.sheets]
        assert parts == sorted(set(parts))
        assert group.sheets == () or group.pages[0].kind == "form"
        assert (group.family == "") == ("no-form" in group.doubts)


@given(WORDS)
def test_a_volume_alone_gives_the_same_groups(said):
    found = list(group_pages(pages(*said)))
    for volume in {g.pages[0].volume for g in found}:
        own = [p for p in pages(*said) if p.volume == volume]
        assert list(group_pages(own)) == [g for g in found if g.pages[0].volume == volume]


def test_paper_alone_is_blank_and_a_form_or_a_letter_is_not():
    form = cv2.imread(str(SAMPLES / "fir_book_2025" / "hi_2016_045.jpg"), cv2.IMREAD_GRAYSCALE)
    paper = np.clip(np.random.default_rng(1).normal(225, 3, (1200, 850)), 0, 255).astype(np.uint8)
    letter = paper.copy()
    for y in range(120, 1000, 50):
        cv2.putText(letter, "To the officer in charge, an invented letter", (70, y), 0, 0.9, 60, 2, cv2.LINE_AA)
    assert [is_bare(p) for p in (form, paper, letter)] == [False, True, False]
