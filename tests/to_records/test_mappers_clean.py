"""Cleaners: what officers write, and what it means."""

from __future__ import annotations

import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import mappers
from mappers.calendars.saka import saka_to_gregorian
from mappers.clean import CleanContext, CleanedCell, CleanedRows, load_cleaners
from mappers.codes import place_lists
from mappers.text.folding import fold_digits

BOOK_2009 = CleanContext(book_year=2009)


def value(cleaner: str, raw: str, context: CleanContext = BOOK_2009) -> str | None:
    clean = load_cleaners()[cleaner].clean
    assert clean is not None
    return clean(raw, context).value


def notes(cleaner: str, raw: str, context: CleanContext = BOOK_2009) -> tuple[str, ...]:
    clean = load_cleaners()[cleaner].clean
    assert clean is not None
    return clean(raw, context).notes


def rows(cleaner: str, raw: str, context: CleanContext = BOOK_2009) -> list[dict[str, str | None]]:
    split = load_cleaners()[cleaner].rows
    assert split is not None
    return [{k: v.value for k, v in row.items()} for row in split(raw, context).rows]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("5th June 2009", "2009-06-05"),
        ("दि. ५/६/०९", "2009-06-05"),
        ("दि०५/६/०९", "2009-06-05"),
        ("ता. ५-६-२००९", "2009-06-05"),
        ("০৫/০৬/০৯ ইং", "2009-06-05"),
        ("5-6-09 ஆம் தேதி", "2009-06-05"),
        ("తేది 05-06-2009", "2009-06-05"),
        ("ದಿನಾಂಕ:05/06/2009", "2009-06-05"),
        ("૦૫/૦૬/૨૦૦૯", "2009-06-05"),
        ("ਮਿਤੀ 05-06-2009", "2009-06-05"),
        ("مورخہ ۰۵-۰۶-۲۰۰۹", "2009-06-05"),
        ("५ जून २००९", "2009-06-05"),
        ("June 5, 2009", "2009-06-05"),
        ("২৩ ফেব্রুয়ারি ২০০৯", "2009-02-23"),
        ("सोमवार ५.६.२००९", "2009-06-05"),
        ("20090605", "2009-06-05"),
        ("2009-06-05", "2009-06-05"),
        ("12 Jun 99", "1999-06-12"),
        ("श्रावण १५, १९२७", "2005-08-06"),
    ],
)
def test_a_date_is_read_day_first_in_every_script(raw: str, expected: str) -> None:
    assert value("date", raw) == expected


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("06/13/2009", "month-out-of-range"),
        ("31/02/2009", "no-such-day"),
        ("05/06/10", "later-than-book-year"),
        ("00/00/00", "zero-date"),
        ("5/6-6-09", "date-span"),
        ("5.6.2009 to 6.6.2009", "several-dates"),
        ("शके 1947 श्रावण शुद्ध 12", "lunisolar-date"),
        ("५ वद्य श्रावण १९२७", "lunisolar-date"),
        ("৫ শ্রাবণ ১৪১৬", "bengali-san"),
        ("संवत् 2066 ज्येष्ठ 5", "vikram-samvat"),
        ("-do-", "not-a-date"),
        ("5 June", "day-or-year-missing"),
    ],
)
def test_what_is_ambiguous_or_impossible_is_no_date(raw: str, why: str) -> None:
    assert value("date", raw) is None
    assert why in notes("date", raw)


def test_two_digit_years_need_the_year_of_the_book() -> None:
    assert value("date", "5/6/09", CleanContext()) is None
    assert "book-year-unknown" in notes("date", "5/6/09", CleanContext())
    assert value("date", "5/6/98", CleanContext(book_year=1998)) == "1998-06-05"
    assert value("date", "2/1/10", BOOK_2009) is None
    assert value("date_after", "2/1/10", BOOK_2009) == "2010-01-02"


def test_a_day_without_year_takes_the_year_of_the_book_and_says_so() -> None:
    assert value("date", "5/6") == "2009-06-05"
    assert notes("date", "5/6") == ("year-from-book",)


def test_a_saka_date_written_with_devanagari_digits_is_read() -> None:
    assert value("date", "श्रावण १५, १९४७", CleanContext(book_year=2025)) == "2025-08-06"


def test_the_saka_calendar_counts_every_day_once() -> None:
    days = [
        saka_to_gregorian(y, m, d) for y in (1946, 1947) for m in range(1, 13) for d in range(1, 32) if _is(y, m, d)
    ]
    assert [d.toordinal() for d in days] == list(range(date(2024, 3, 21).toordinal(), date(2026, 3, 22).toordinal()))


def _is(year: int, month: int, day: int) -> bool:
    try:
        saka_to_gregorian(year, month, day)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("10.30 hrs", "10:30"),
        ("22:30", "22:30"),
        ("2230 hrs", "22:30"),
        ("साढ़े 10 बजे रात", "22:30"),
        ("10 1/2 A.M.", "10:30"),
        ("12.30 a.m.", "00:30"),
        ("सायं 6 बजे", "18:00"),
        ("दुपारी 2 वाजता", "14:00"),
        ("রাত ১০টা", "22:00"),
        ("சந்தேகம்", None),
        ("பிற்பகல் 4.00 மணி", "16:00"),
        ("ఉదయం 6 గంటలకు", "06:00"),
        ("ಬೆಳಿಗ್ಗೆ 6 ಗಂಟೆಗೆ", "06:00"),
        ("24:00", "24:00"),
        ("6 बजे", None),
        ("10:75", None),
        ("25:00", None),
        ("साढ़े दस बजे रात", "22:30"),
        ("रात ग्यारह बजे", "23:00"),
        ("पौने नौ बजे सुबह", "08:45"),
        ("डेढ़ बजे दोपहर", "13:30"),
        ("रात्री साडेनऊ वाजता", "21:30"),
        ("रात 9 बजकर 15 मिनट", "21:15"),
        ("দুপুর ২টা ৩০ মিনিট", "14:30"),
        ("रात 9 15", None),
        ("between 9 and 10 pm", None),
    ],
)
def test_a_time_is_read_on_the_24_hour_clock(raw: str, expected: str | None) -> None:
    assert value("time", raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Rs. 1,25,000/-", "125000"),
        ("1.25 lakh", "125000"),
        ("১,২৫,০০০/- টাকা", "125000"),
        ("रु० ५,०००", "5000"),
        ("ரூ.25,000/-", "25000"),
        ("Rs. 9·50", "9.5"),
        ("Nil", "0"),
        ("Rs. 5-8-0", None),
        ("5000 or 6000", None),
        ("डेढ़ लाख", "150000"),
        ("सवा लाख", "125000"),
        ("पौने दो करोड़", "17500000"),
        ("পঁচিশ হাজার টাকা", "25000"),
        ("दो लाख पचास हजार", "250000"),
        ("one thousand two hundred", "1200"),
        ("Rs. 50,000/- (fifty thousand only)", "50000"),
        ("Rs. 50,000/- (fifteen thousand only)", None),
        ("25,0000", None),
        ("5 rupees 8 annas", "5.5"),
        ("5 rupees 17 annas", None),
        ("दो तीन हजार", None),
    ],
)
def test_money_is_one_sum_or_none(raw: str, expected: str | None) -> None:
    assert value("money", raw) == expected


@pytest.mark.parametrize(
    ("raw", "expected"),
    [("0078", "78"), ("78/2019", "78"), ("७८", "78"), ("No. 78", "78"), ("l2", None), ("7 8", None)],
)
def test_a_number_is_never_made_of_letters(raw: str, expected: str | None) -> None:
    assert value("int", raw) == expected


def test_an_age_may_be_written_in_words_or_months() -> None:
    assert [value("age", r) for r in ("35 yrs.", "३५ वर्ष", "6 months", "35-40")] == ["35", "35", "0", None]


def test_direction_and_distance_are_told_apart() -> None:
    assert rows("direction_distance", "2 km North") == [{"distance_km": "2", "direction": "N"}]
    assert rows("direction_distance", "उत्तर 2 कि.मी.") == [{"distance_km": "2", "direction": "N"}]
    assert rows("direction_distance", "500 m N/E, beat 3") == [{"beat": "3", "distance_km": "0.5", "direction": "NE"}]
    assert rows("direction_distance", "۳ کلومیٹر مغرب") == [{"distance_km": "3", "direction": "W"}]
    assert rows("direction_distance", "১ কি.মি. উত্তৰ") == [{"distance_km": "1", "direction": "N"}]
    assert rows("direction_distance", "N 2") == [{"distance_km": None, "direction": "N"}]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("1/2 km E", "0.5"), ("1 1/2 km E", "1.5"), ("1½ km E", "1.5"), ("two km E", "2"), ("डेढ़ किमी पूर्व", "1.5"),
        ("E - 2 km", "2"), ("2-3 km E", None), ("2 to 3 km E", None), ("1/3 km E", None), ("one and half km E", None),
        ("some km E", None),
    ],
)  # fmt: skip
def test_a_part_of_a_fraction_or_span_is_no_distance(raw: str, expected: str | None) -> None:
    assert rows("direction_distance", raw) == [{"distance_km": expected, "direction": "E"}]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("A Udaharan son of B Udaharan of Kalpanapur", ("A Udaharan", "B Udaharan", "Kalpanapur")),
        ("A Udaharan, wife of B Udaharan", ("A Udaharan", "B Udaharan", None)),
        ("A Udaharan S/0 B Udaharan", ("A Udaharan", "B Udaharan", None)),
        ("Anderson of Kalpanapur", ("Anderson", None, "Kalpanapur")),
        ("State of Kalpana", ("State of Kalpana", None, None)),
        ("A Udaharan nephew of B Udaharan", ("A Udaharan nephew of B Udaharan", None, None)),
    ],
)
def test_of_behind_a_word_of_kinship_or_office_begins_no_address(raw: str, expected: tuple[str | None, ...]) -> None:
    (row,) = rows("person", raw)
    assert (row["name"], row.get("relative_name"), row.get("address")) == expected


@pytest.mark.parametrize("cleaner", ["text", "block"])
def test_a_text_whose_letters_are_lost_is_no_value(cleaner: str) -> None:
    assert notes(cleaner, "????? ???, 12") == notes(cleaner, "\ufffd\ufffd") == ("letters-lost",)
    assert value(cleaner, "Near the mill??") == "Near the mill??" and value(cleaner, "?") == "?"


def test_a_count_in_lakhs_or_dozens_is_not_its_first_number() -> None:
    assert [value("int", raw) for raw in ("5 lakh", "2 dozen", "5 हजार", "5 nos")] == [None, None, None, "5"]


def test_a_person_is_split_only_where_a_word_says_so() -> None:
    assert rows("person", "A. Udaharan @ Pappu s/o N. Udaharan, aged 35 yrs, r/o Kalpanapur") == [
        {
            "age": "35",
            "address": "Kalpanapur",
            "relation": "father",
            "relative_name": "N. Udaharan",
            "alias": "Pappu",
            "name": "A. Udaharan",
        }
    ]
    assert rows("person", "उदाहरण कल्पनाप्रसाद पुत्र नमूना उम्र ३५ वर्ष")[0]["relative_name"] == "नमूना"
    assert rows("person", "உதாரணம் க/பெ கற்பனை")[0]["relation"] == "husband"
    assert rows("person", "K. R. Udaharan and N. Kalpana") == [{"name": "K. R. Udaharan and N. Kalpana"}]


def test_a_block_of_persons_becomes_rows() -> None:
    assert rows("persons", "1) A. Udaharan 2) V. Kalpana\n3) unknown person") == [
        {"name": "A. Udaharan"},
        {"name": "V. Kalpana"},
        {"status": "unknown"},
    ]
    assert rows("persons", "V. Udaharan\nI. Kalpana\nand 3 others") == [
        {"name": "V. Udaharan"},
        {"name": "I. Kalpana"},
        {"status": "unknown"},
    ]


def test_a_block_of_property_becomes_rows() -> None:
    assert rows("property", "1) Mobile phone - Rs. 5,000/-\n2) one bag") == [
        {"description": "Mobile phone", "value": "5000", "category": "electrical_electronic"},
        {"description": "one bag"},
    ]


def test_property_and_its_value_are_told_apart_in_further_languages() -> None:
    assert rows("property", "سونے کا ہار ۱,۵۹,۰۰۰ روپے") == [
        {"description": "سونے کا ہار", "value": "159000", "category": "jewellery"}
    ]
    assert rows("property", "ಹಳೆಯ ಮೊಬೈಲ್ Rs. ೧,೧೫,೦೦೦/-")[0]["category"] == "electrical_electronic"


def test_the_urdu_comma_parts_sections_and_is_none() -> None:
    assert [r["section"] for r in rows("sections", "دفعہ ۳۷۹، ۴۱۱ ت پ")] == ["379", "411"]


def test_the_marathi_word_for_time_belongs_to_no_time() -> None:
    assert rows("date_time", "१०/०२/२०१७ वेळ १०:०० वा.") == [{"date": "2017-02-10", "time": "10:00"}]


def test_an_officer_is_parted_from_the_rank() -> None:
    assert rows("officer", "उ.नि. उदाहरण नमूना") == [{"name": "उदाहरण नमूना", "rank": "SI"}]
    assert rows("officer", "A. Udaharan, S.I.") == [{"name": "A. Udaharan", "rank": "SI"}]
    assert rows("officer", "A. Udaharan") == [{"name": "A. Udaharan"}]


@pytest.mark.parametrize(
    "raw", ["Sub-Inspector of Police A. Udaharan", "A. Udaharan, S.I. of Police", "SI of Police, A. Udaharan"]
)
def test_of_police_is_part_of_the_rank(raw: str) -> None:
    assert rows("officer", raw) == [{"name": "A. Udaharan", "rank": "SI"}]
    assert rows("officer", "Inspector of Police") == [{"name": "Inspector of Police"}]


def test_a_closed_list_refuses_what_it_does_not_know() -> None:
    context = CleanContext(codes="sex", lists=place_lists("wb"))
    assert value("code", "पुरुष", context) == "male"
    assert value("code", "something", context) is None
    assert value("station", "BDN (N) P.S.", context) == "Bidhannagar North"
    assert value("station", "Kalpanapur", context) == "Kalpanapur"
    assert notes("station", "Kalpanapur", context) == ("not-in-list",)


SINGLE = sorted(n for n, c in load_cleaners().items() if c.clean)
LINES = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=40)


@pytest.mark.parametrize("name", SINGLE)
@settings(deadline=None)
@given(raw=LINES)
def test_cleaning_twice_equals_cleaning_once(name: str, raw: str) -> None:
    context = CleanContext(book_year=2009, codes="sex", lists=place_lists("wb"))
    clean = load_cleaners()[name].clean
    assert clean is not None
    once = clean(raw, context).value
    if once is not None:
        assert clean(once, context).value == once


@pytest.mark.parametrize("name", sorted(n for n, c in load_cleaners().items() if c.rows))
@settings(deadline=None)
@given(raw=LINES)
def test_a_splitter_gives_known_parts_and_never_fails(name: str, raw: str) -> None:
    cleaner = load_cleaners()[name]
    assert cleaner.rows is not None
    answer = cleaner.rows(raw, BOOK_2009)
    assert isinstance(answer, CleanedRows)
    assert all(isinstance(v, CleanedCell) and k in cleaner.parts for row in answer.rows for k, v in row.items())


@settings(deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([0x966, 0x9E6, 0xA66, 0xAE6, 0xB66, 0xBE6, 0xC66, 0xCE6, 0xD66, 0x6F0]))
def test_digits_survive_in_every_script(number: int, zero: int) -> None:
    written = "".join(chr(zero + int(d)) for d in str(number))
    assert fold_digits(written) == str(number)
    assert value("int", written) == str(number)


@settings(deadline=None)
@given(st.dates(date(1950, 1, 1), date(2009, 12, 31)))
def test_every_day_is_read_back_from_how_it_is_written(day: date) -> None:
    assert value("date", f"{day:%d.%m.%Y}") == day.isoformat()
    assert value("date", day.isoformat()) == day.isoformat()
    assert value("date", f"{day:%d/%m/%y}") == day.isoformat()


def test_words_in_our_sources_are_in_normal_form() -> None:
    root = Path(mappers.__file__).parent
    wrong = [
        p.name
        for p in root.rglob("*")
        if p.suffix in (".py", ".toml", ".csv", ".tsv") and not unicodedata.is_normalized("NFC", p.read_text("utf-8"))
    ]
    assert wrong == []


def test_a_misread_word_after_an_afternoon_hour_costs_confidence_and_not_the_time() -> None:
    clean = load_cleaners()["time"].clean
    assert clean is not None
    got = clean("१५:०० बने", BOOK_2009)
    assert (got.value, got.notes) == ("15:00", ("unknown-word",)) and got.confidence < 0.7
    assert clean("10:00 xyz", BOOK_2009).value is None


def test_rupees_annas_and_pies_are_read_in_books_of_their_time() -> None:
    cleaner = load_cleaners()["money"]
    assert cleaner.clean is not None
    assert cleaner.clean("Rs. 5-8-0", CleanContext(book_year=1950)).value == "5.5"
    assert cleaner.clean("5/8/-", CleanContext(book_year=1950)).value == "5.5"
    assert cleaner.clean("Rs. 5-8-0", CleanContext(book_year=2001)).value is None


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("5 tola", "58.319"),
        ("डेढ़ सेर", "1399.656"),
        ("2 ভরি 4 আনা", "26.244"),
        ("1 kg 200 gm", "1200"),
        ("2 maunds 5 seers", "79313.866"),
        ("३ तोळे", "34.991"),
        ("4 பவுன்", "32"),
        ("200 ग्राम", "200"),
        ("50", None),
        ("250 ml", None),
        ("200 gm 1 kg", None),
    ],
)
def test_weights_of_the_country_become_grams(raw: str, expected: str | None) -> None:
    assert value("weight", raw) == expected


def test_an_old_weight_says_by_which_factor() -> None:
    cleaner = load_cleaners()["weight"]
    assert cleaner.clean is not None
    assert cleaner.clean("5 tola", CleanContext()).notes == ("tola=11.6638g",)


@pytest.mark.parametrize(
    ("raw", "value", "notes"),
    [
        ("about 500", "500", ("approximate",)),
        ("लगभग 1,25,000/-", "125000", ("approximate",)),
        ("500 approx.", "500", ("approximate",)),
        ("1.500", None, ("point-or-grouping",)),
        ("Rs. 1.500/-", None, ("point-or-grouping",)),
        ("5,00,0", None, ("grouping-unusual",)),
        ("12,50", None, ("grouping-unusual",)),
        ("12,345,67,890", None, ("grouping-unusual",)),
        ("0.500", "0.5", ()),
        ("125000.000", "125000", ()),
        ("1.250 lakh", "125000", ()),
        ("10,000,", "10000", ()),
    ],
)
def test_a_doubtful_sum_is_noted_or_gives_no_value(raw: str, value: str | None, notes: tuple[str, ...]) -> None:
    got = load_cleaners()["money"].clean(raw, CleanContext())
    assert (got.value, got.notes) == (value, notes)


def test_a_second_relation_word_doubts_name_and_relative() -> None:
    raw = "Alpha Testman s/o Demo Testman Beta Testman s/o Demo Testman"
    (row,) = load_cleaners()["person"].rows(raw, CleanContext()).rows
    assert row["relative_name"].value == "Demo Testman Beta Testman s/o Demo Testman"
    for part in ("name", "relative_name"):
        assert (row[part].notes, row[part].confidence) == (("several-persons",), 0.5)
