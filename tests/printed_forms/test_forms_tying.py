"""Sheets of one record: tied by the numbers on them, their order and parts; in doubt asked, and never guessed."""

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitize.reading.grouping import PageKind, group_pages
from digitize.reading.tying import SheetRule, SheetTie, fold_tie, read_ties
from ocr.forms.form import load_forms

FAMILIES = {"fir": {1: SheetRule(), 2: SheetRule(), 3: SheetRule(is_optional=True, repeats=True)}}


def sheet(name, number=None, day=None, at=None, **more):
    """A page such as "a1": of record a its part 1, with the number and day that were read on it."""
    ties = {}
    if number is not None:
        ties["fir_no"] = SheetTie(str(number), "number", more.pop("confidence", 0.9))
    if day is not None:
        ties["fir_date"] = SheetTie(str(day), "day", 0.9)
    ties["year"] = SheetTie("19", "context", 0.9)
    return PageKind(name, "form", 1, at or 0, "fir", int(name[1]), ties, **more)


def tied(*pages, in_order=True):
    placed = [
        PageKind(p.page, p.kind, 1, n if in_order else p.number, p.family, p.part, p.ties, p.said, p.lacking)
        for n, p in enumerate(pages)
    ]
    return list(group_pages(placed, FAMILIES))


def names(groups):
    return ["+".join(p.page for p in g.pages) for g in groups]


def test_sheets_of_one_number_that_lie_behind_each_other_are_one_record():
    made = tied(sheet("a1", 4), sheet("a2", 4), sheet("b1", 5), sheet("b2", 5), sheet("b3", 5), sheet("b3'", 5))
    assert names(made) == ["a1+a2", "b1+b2+b3+b3'"]
    assert [g.doubts for g in made] == [(), ()]


def test_a_second_page_of_another_record_does_not_join_the_first_page_before_it():
    """It did, and no doubt was told: rec4_p1, rec5_p2, rec5_p1."""
    made = tied(sheet("a1", 4, "1/2"), sheet("b2", 5, "3/2"), sheet("b1", 5, "3/2"))
    assert names(made) == ["a1", "b2+b1"] or names(made) == ["a1", "b1+b2"]
    assert made[0].doubts == ("part-lacking:2",) and made[1].doubts == ()
    (asked,) = made[0].questions
    assert (asked.page, asked.why, asked.part, asked.other) == ("a1", "part-lacking", 2, "")


def test_sheets_wherever_they_lie_are_tied_by_number_and_day_and_by_a_number_alone_only_behind_their_record():
    far = tied(sheet("a1", 4, "1/2"), sheet("b1", 5, "3/2"), sheet("b2", 5, "3/2"), sheet("a2", 4, "1/2"))
    assert names(far) == ["a1+a2", "b1+b2"] and not any(g.doubts for g in far)
    unsure = tied(sheet("a1", 4), sheet("b1", 5), sheet("b2", 5), sheet("a2", 4))
    assert names(unsure) == ["a1", "b1+b2", "a2"]
    (asked,) = unsure[2].questions
    assert (asked.why, asked.part, asked.other) == ("part-unsure", 2, "a1")
    # One question for both.
    assert unsure[0].questions == () and unsure[0].doubts == ("part-lacking:2",)
    assert unsure[2].doubts == ("part-lacking:1", "part-unsure")


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (sheet("a2", 9, "1/2"), "parts-disagree"),
        (sheet("a2"), "part-unsure"),
        (sheet("a2", 4, "7/8"), "parts-disagree"),
    ],
)
def test_order_alone_ties_nothing(second, why):
    made = tied(sheet("a1", 4, "1/2"), second)
    assert names(made) == ["a1", "a2"] and made[1].questions[0].why == why and made[1].questions[0].other == "a1"


def test_two_pages_that_claim_one_place_are_asked_unless_one_lies_behind_the_record():
    made = tied(sheet("a1", 4, "1/2"), sheet("a2", 4, "1/2"), sheet("x2", 4, "1/2"))
    assert names(made) == ["a1+a2", "x2"] and made[1].questions[0].why == "part-twice"
    apart = tied(sheet("a1", 4, "1/2"), sheet("b1", 5, "1/2"), sheet("x2", 4, "1/2"), sheet("a2", 4, "1/2"))
    assert names(apart) == ["a1", "b1", "x2", "a2"]
    assert [q.why for g in apart for q in g.questions] == ["part-lacking", "part-unsure", "part-unsure"]


def test_two_records_of_one_number_get_only_what_lies_behind_them():
    made = tied(sheet("a1", 4, "1/2"), sheet("a2", 4, "1/2"), sheet("b1", 4, "1/2"), sheet("b2", 4, "1/2"))
    assert names(made) == ["a1+a2", "b1+b2"]
    far = tied(sheet("a1", 4, "1/2"), sheet("b1", 4, "1/2"), sheet("c1", 7, "9/2"), sheet("x2", 4, "1/2"))
    assert names(far) == ["a1", "b1", "c1", "x2"]


def test_a_third_page_behind_a_first_one_does_not_go_on_with_it():
    made = tied(sheet("a1", 4), sheet("a3", 4))
    assert names(made) == ["a1", "a3"] and made[1].questions[0].other == "a1"


def test_a_page_behind_a_gap_in_the_scans_is_not_behind_its_record():
    made = tied(sheet("a1", 4, at=1), sheet("a2", 4, at=3), in_order=False)
    assert names(made) == ["a1", "a2"]


def test_what_a_person_says_goes_before_numbers():
    together = tied(sheet("a1", 4), sheet("b1", 9), sheet("a2", 7, said={"a1": "together"}))
    assert names(together) == ["a1+a2", "b1"] and together[0].doubts == ()
    apart = tied(sheet("a1", 4), sheet("a2", 4, said={"a1": "apart"}))
    assert apart[1].questions[0].why == "part-lacking" and apart[1].questions[0].other == ""
    alone = tied(sheet("a2", 4, said={"": "missing"}), sheet("a3", 4))
    assert names(alone) == ["a2+a3"] and alone[0].doubts == ()
    copy = tied(sheet("a1", 4), sheet("a2", 4), sheet("x2", 4, said={"a1": "copy"}))
    assert names(copy) == ["a1+a2", "x2"] and copy[1].is_copy and not copy[1].doubts
    lacking = tied(sheet("a1", 4, lacking=frozenset({2})))
    assert lacking[0].doubts == ()


def test_a_year_or_station_that_differs_keeps_sheets_apart():
    def with_station(page, station):
        ties = {**page.ties, "police_station": SheetTie(station, "context", 0.6)}
        return PageKind(page.page, "form", 1, 0, "fir", page.part, ties)

    near = tied(with_station(sheet("a1", 4), "rampur hat"), with_station(sheet("a2", 4), "rampur hal"))
    assert names(near) == ["a1+a2"]
    other = tied(with_station(sheet("a1", 4), "rampur hat"), with_station(sheet("a2", 4), "suri"))
    assert names(other) == ["a1", "a2"] and other[1].questions[0].why == "parts-disagree"


def memo(name, serial, number=4):
    page = sheet(name, number, "1/2")
    return replace(page, ties={**page.ties, "memo_no": SheetTie(serial, "serial", 0.3)})


def test_two_memos_of_one_number_are_told_apart_by_their_own():
    """However unsure a serial was read: of one number and day there are several."""
    apart = tied(memo("a1", "1"), memo("b2", "2"), memo("b1", "2"), memo("a2", "1"))
    assert names(apart) == ["a1+a2", "b1+b2"]
    alone = tied(memo("a1", "1"), memo("b2", "2"))
    assert names(alone) == ["a1", "b2"] and [q.why for q in alone[1].questions] == ["parts-disagree"]


def test_the_first_number_is_that_of_the_record():
    form = load_forms()["iif4_sheets_en_2"]
    ties = read_ties(form, {"fir_no": ("301", 0.9), "memo_no": ("1", 0.9), "fir_date": ("7/7/2020", 0.9)})
    assert {name: tie.kind for name, tie in ties.items()} == {
        "fir_no": "number",
        "memo_no": "serial",
        "fir_date": "day",
    }


@pytest.mark.parametrize(
    ("text", "kind", "folded"),
    [("0078", "digits", "78"), ("78/2019", "digits", "78"), ("৭৮", "digits", "78"), ("", "digits", ""), ("? 11+ sree", "digits", ""),
     ("07.02.2019", "date", "7/2/19"), ("7/2/19", "date", "7/2/19"), ("२०१९", "year", "19"), ("2000", "year", "0"),
     (" Rampur  Hat.", "line", "rampur hat")],
)  # fmt: skip
def test_values_are_compared_however_they_are_written(text, kind, folded):
    assert fold_tie(text, kind) == folded


@given(st.integers(0, 10**6), st.integers(2, 30))
def test_of_shuffled_records_with_pages_taken_out_no_page_is_lost_and_none_joins_another_record(seed, records):
    pick = random.Random(seed)
    pages = []
    for n in range(records):
        day = pick.randrange(5)
        own = [sheet(f"{chr(97 + n)}{part}", n, day) for part in (1, 2, 3) if pick.random() > 0.2]
        pages += own
    pick.shuffle(pages)
    made = tied(*pages)
    assert sorted(p.page for g in made for p in g.pages) == sorted(p.page for p in pages)
    for group in made:
        assert len({p.page[0] for p in group.pages}) == 1
        whole = {p.page[0] + "2" for p in group.pages[:1]} <= {p.page for p in group.pages}
        assert group.doubts or whole
