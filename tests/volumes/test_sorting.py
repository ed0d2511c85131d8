"""Which volume a page goes into, without a scanner: every case in which a guess would be wrong goes to a person."""

import pytest
from drawn_sheets import text_of

from digitize.workspace.intake.page_codes import PageCodes
from digitize.workspace.intake.sorting import RowStanding, Sorter
from digitize.workspace.volumes.book import ReceivedVolume, VolumeFacts

ONE, TWO = (ReceivedVolume(n, VolumeFacts(label)) for n, label in ((1, "Book one"), (2, "Book two")))
PAGE, UNREAD, CLOSED = PageCodes(), PageCodes(unread=2), PageCodes(is_open=False)


def code(volume, role="C", site="wb"):
    return PageCodes((text_of(site, volume.number, volume.facts.label, role),))


def sorted_row(row, *, expects=True, told=""):
    sorter = Sorter("wb", {1: ONE, 2: TWO}, expects=expects)
    sorter.begin(RowStanding(), has_sheets=any(c.texts for c in row))
    found = [sorter.place(c, told) for c in row]
    return [(f.volume.number if f.volume else f.kind or None) if f.what == "page" else f.kind or f.what for f in found]


@pytest.mark.parametrize(
    ("row", "becomes"),
    [
        ([code(ONE), PAGE, PAGE, code(TWO), PAGE], ["sheet", 1, 1, "sheet", 2]),
        ([code(ONE), PAGE, code(ONE, "E"), PAGE], ["sheet", 1, "sheet", "behind-sheet"]),
        ([code(ONE), PAGE, UNREAD, PAGE, code(TWO), PAGE], ["sheet", 1, "damaged-sheet", "behind-sheet", "sheet", 2]),
        ([code(ONE), code(TWO, site="tn"), PAGE], ["sheet", "other-site", "behind-sheet"]),
        ([code(ONE), code(ReceivedVolume(7, VolumeFacts("?"))), PAGE], ["sheet", "unknown-volume", "behind-sheet"]),
        ([code(ONE), code(ReceivedVolume(2, VolumeFacts("Renamed"))), PAGE], ["sheet", "unknown-volume", "behind-sheet"]),
        ([PAGE, code(ONE), PAGE], ["before-sheet", "sheet", 1]),
        ([code(ONE), CLOSED, PAGE], ["sheet", "unreadable", "behind-sheet"]),
        ([code(ONE), PageCodes((*code(ONE).texts, *code(TWO).texts)), PAGE], ["sheet", "two-sheets", "behind-sheet"]),
        ([code(ONE), PAGE, code(TWO, "E"), PAGE], ["sheet", 1, "out-of-order", "behind-sheet"]),
        ([code(ONE, "S"), PAGE, code(TWO, "S"), PAGE], [1, 1, 2, 2]),
        ([code(ONE), PageCodes(("https://example.org",)), PAGE], ["sheet", 1, 1]),
    ],
)  # fmt: skip
def test_a_row_of_pages(row, becomes):
    assert sorted_row(row) == becomes


def test_without_sheets_pages_go_as_they_were_told():
    assert sorted_row([PAGE, PAGE]) == [None, None]
    assert sorted_row([PAGE, UNREAD], expects=False) == [None, None]
    assert sorted_row([PAGE, UNREAD, PAGE]) == [None, "damaged-sheet", "behind-sheet"]


def test_a_sheet_that_says_another_volume_than_the_person_is_not_believed_nor_is_the_person():
    assert sorted_row([PAGE, code(ONE), PAGE], told="Book two") == [None, "told-otherwise", "behind-sheet"]
    assert sorted_row([code(TWO), PAGE], told="Book two") == ["sheet", 2]
    sorter = Sorter("wb", {1: ONE, 2: TWO}, expects=True)
    sorter.begin(RowStanding(ONE), has_sheets=True)
    assert [sorter.place(PAGE, told).kind for told in ("", "Book two", "Book one")] == ["", "told-otherwise", ""]


def test_a_file_that_cannot_be_opened_may_have_been_a_sheet():
    sorter = Sorter("wb", {1: ONE}, expects=True)
    sorter.begin(RowStanding(ONE), has_sheets=True)
    sorter.lose_track("x.jpg could not be opened")
    assert sorter.place(PAGE).kind == "behind-sheet"
