"""Folders, file names and page numbers: what is said of a row of pages, and what is not."""

from hypothesis import given
from hypothesis import strategies as st

from digitize.files.scanqc.check import cut_against, usual_size
from digitize.files.scanqc.folder import NumberGap, name_gaps, natural
from digitize.files.scanqc.report import sequels_of
from digitize.reading.page_order import find_order
from ocr.quality.page import PageQuality


def names(numbers, form="page_{:03}.jpg"):
    return [form.format(n) for n in numbers]


def test_a_gap_in_numbered_file_names_is_found_with_its_neighbours():
    assert name_gaps(names([1, 2, 3, 6, 7, 8])) == (NumberGap(4, 5, "page_003.jpg", "page_006.jpg"),)


def test_names_that_leap_are_no_run():
    assert name_gaps(names([3, 40, 51, 80, 84, 120])) == ()
    assert name_gaps([f"IMG_20240101_{t}.jpg" for t in (101500, 101542, 101610, 101702, 101755)]) == ()
    assert name_gaps(names([1, 2, 4])) == ()


def test_a_name_with_two_numbers_stands_for_both():
    assert name_gaps([*names([60, 63, 64, 65]), "page_061-062.tif"]) == ()


def test_folders_and_words_before_the_number_part_the_runs():
    mixed = [f"a/p{n}.jpg" for n in (1, 2, 3, 4, 5)] + [f"b/p{n}.jpg" for n in (7, 8, 9, 10, 11)]
    assert name_gaps(mixed) == ()


@given(st.integers(0, 5000), st.integers(5, 80))
def test_a_run_without_gaps_says_nothing(first, count):
    assert name_gaps(names(range(first, first + count), "p{}.png")) == ()


def test_names_are_leafed_through_as_people_count():
    assert sorted(["p10.jpg", "p9.jpg", "p1.jpg"], key=natural) == ["p1.jpg", "p9.jpg", "p10.jpg"]


def row(*numbers):
    return [[n] if n is not None else [] for n in numbers]


@given(st.integers(1, 3000), st.integers(3, 60), st.data())
def test_pages_in_order_say_nothing_whatever_else_is_read_on_them(first, count, data):
    noise = data.draw(st.lists(st.lists(st.integers(5000, 900000), max_size=3), min_size=count, max_size=count))
    order = find_order([[first + i, *noise[i]] for i in range(count)])
    assert order.moved == () and [m for m in order.missing if m.before <= first + count] == []


@given(st.integers(1, 500), st.integers(6, 40), st.integers(1, 5), st.data())
def test_a_hole_in_the_numbers_is_found_where_it_is(first, count, hole, data):
    at = data.draw(st.integers(3, count - 3))
    (missing,) = find_order(row(*(first + i + (hole if i >= at else 0) for i in range(count)))).missing
    assert (missing.after, missing.before, missing.count) == (first + at - 1, first + at + hole, hole)


@given(st.integers(1, 500), st.integers(8, 40), st.data())
def test_two_swapped_pages_are_named_with_their_numbers(first, count, data):
    at = data.draw(st.integers(2, count - 4))
    numbers = [first + i for i in range(count)]
    numbers[at], numbers[at + 1] = numbers[at + 1], numbers[at]
    order = find_order(row(*numbers))
    assert order.moved == ((at, numbers[at]), (at + 1, numbers[at + 1]))
    assert order.missing == ()


def test_one_page_moved_away_is_found_with_those_it_pushed_on():
    order = find_order(row(1, 2, 3, 4, 6, 7, 5, 8, 9, 10, 11, 12))
    assert {number for _, number in order.moved} == {5, 6, 7}


def test_unread_and_misread_pages_do_not_speak():
    assert find_order(row(11, None, 13, 74, 15, None, 17, 18)).missing == ()
    assert find_order(row(11, None, 13, 74, 15, None, 17, 18)).moved == ()
    assert find_order(row(5, 90, 17, 300)).runs == ()


def test_a_row_says_what_is_twice_and_what_is_missing():
    pages, numbers = [f"p{i}" for i in range(8)], row(1, 2, 3, 4, 6, 7, 8, 9)
    twice, missing = sequels_of(pages, [(1, 2, 0.93)], numbers, ["one.tif"])
    assert (twice.kind, twice.pages) == ("scanned-twice", ("p1", "p2"))
    assert (missing.kind, missing.pages, missing.numbers) == ("number-missing", ("p3", "p4"), (5,))


def test_a_size_is_usual_when_half_of_the_pages_have_it():
    assert usual_size([(740, 1180)] * 5 + [(742, 1178), (740, 900), (500, 700)]) == (740, 1180)
    assert usual_size([(740 + 30 * i, 1180 - 40 * i) for i in range(12)]) is None
    assert usual_size([(740, 1180)] * 7) is None
    assert usual_size([]) is None


def test_a_page_smaller_than_the_others_is_cut_off_only_where_writing_goes_on_to_the_edge():
    usual = (740, 1180)
    cut = cut_against(usual, PageQuality(740, 1040, near=(0, 0, 0, 6)))
    assert cut is not None and (cut.kind, cut.side) == ("cut-off", "bottom") and cut.measured > cut.limit
    narrow = cut_against(usual, PageQuality(600, 1180, near=(9, 0, 1, 6)))
    assert narrow is not None and narrow.side == "left"
    assert cut_against(usual, PageQuality(740, 1040, near=(9, 0, 9, 1))) is None
    assert cut_against(usual, PageQuality(740, 1180, near=(9, 9, 9, 9))) is None
    assert cut_against(usual, PageQuality(370, 590, near=(9, 9, 9, 9))) is None
    assert cut_against(usual, PageQuality(740, 1040, (cut,), near=(0, 0, 0, 6))) is None
