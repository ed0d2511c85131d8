"""Calendars beside the Gregorian one: every vector of the domain notes, and the laws that hold between them."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.calendars import CalendarDay, DayWindow, dates_of, load_calendars, to_gregorian
from mappers.calendars.hijri import gregorian_to_hijri, hijri_to_gregorian
from mappers.calendars.saka import gregorian_to_saka, saka_to_gregorian
from mappers.calendars.tamil import year_names, year_of_name

SOLAR = ("bengali-san", "tamil-solar", "kollam", "bikrami-solar")
ONE_DAY = timedelta(days=1)


def window(calendar: str, year: int, month: int | None = None, day: int | None = None, half: str = "") -> DayWindow:
    return to_gregorian(CalendarDay(calendar, year, month, day, half))  # type: ignore[arg-type]


def iso(day: str) -> date:
    return date.fromisoformat(day)


# Pairs computed with an independent library; the first is printed in a gazette.
SAKA = [
    ((1947, 5, 15), "2025-08-06"),
    ((1879, 1, 1), "1957-03-22"),
    ((1946, 10, 11), "2025-01-01"),
    ((1945, 12, 30), "2024-03-20"),
    ((1946, 1, 1), "2024-03-21"),
    ((1947, 1, 1), "2025-03-22"),
    ((1946, 12, 30), "2025-03-21"),
    ((1926, 11, 6), "2005-01-26"),
    ((1946, 4, 10), "2024-07-01"),
    ((1921, 12, 10), "2000-02-29"),
    ((1869, 5, 24), "1947-08-15"),
    ((1931, 10, 10), "2009-12-31"),
]


@pytest.mark.parametrize(("saka", "gregorian"), SAKA)
def test_the_national_calendar_agrees_with_its_vectors(saka: tuple[int, int, int], gregorian: str) -> None:
    assert saka_to_gregorian(*saka) == iso(gregorian)
    assert gregorian_to_saka(iso(gregorian)) == saka
    assert window("saka", *saka) == DayWindow(iso(gregorian), iso(gregorian), iso(gregorian))


@given(st.dates(date(1879, 1, 1), date(2090, 12, 31)))
def test_a_day_comes_back_from_the_national_calendar(day: date) -> None:
    assert saka_to_gregorian(*gregorian_to_saka(day)) == day
    assert gregorian_to_saka(day + ONE_DAY) > gregorian_to_saka(day)


@pytest.mark.parametrize(
    "wrong", [(1946, 1, 32), (1947, 1, 31), (1946, 7, 31), (1946, 13, 1), (1946, 1, 0), (99999, 1, 1)]
)
def test_the_national_calendar_has_no_other_days(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError):
        saka_to_gregorian(*wrong)


BOISHAKH = {
    2009: 15,
    2013: 15,
    2019: 15,
    2021: 15,
    2022: 15,
    2023: 15,
    2025: 15,
    2012: 14,
    2016: 14,
    2020: 14,
    2024: 14,
}


@pytest.mark.parametrize(("year", "day"), BOISHAKH.items())
def test_the_bengali_year_begins_on_the_day_of_the_almanacs_of_west_bengal(year: int, day: int) -> None:
    assert window("bengali-san", year - 593, 1, 1).likely == date(year, 4, day)


TAMIL = [(2019, 9, 2, "2019-12-18"), *((y, 1, 1, f"{y}-04-14") for y in (2020, 2021, 2024, 2025))]
THAI = {2019: 15, 2020: 15, 2021: 14, 2022: 14, 2023: 15, 2024: 15, 2025: 14}


@pytest.mark.parametrize(("year", "month", "day", "gregorian"), TAMIL)
def test_a_tamil_day_is_the_one_the_gazette_prints(year: int, month: int, day: int, gregorian: str) -> None:
    assert window("tamil-solar", year, month, day).likely == iso(gregorian)


def test_the_month_thai_begins_within_a_day_of_the_almanac() -> None:
    found = {y: window("tamil-solar", y - 1, 10, 1) for y in THAI}
    assert all(found[y].contains(date(y, 1, d)) for y, d in THAI.items())
    assert [y for y, d in THAI.items() if found[y].likely != date(y, 1, d)] == [2022]


CHINGAM = {2019: 17, 2020: 17, 2021: 17, 2022: 17, 2023: 17, 2024: 17, 2025: 17}


def test_the_kollam_year_begins_within_a_day_of_the_almanac() -> None:
    found = {y: window("kollam", y - 824, 1, 1) for y in CHINGAM}
    assert all(found[y].contains(date(y, 8, d)) for y, d in CHINGAM.items())
    assert [y for y, d in CHINGAM.items() if found[y].likely != date(y, 8, d)] == [2023]


def test_tamil_years_bear_sixty_names() -> None:
    assert set(year_names().values()) == set(range(1, 61))
    named = {"Vikari": 2019, "Sarvari": 2020, "Plava": 2021, "Subhakrit": 2022, "Sobhakrit": 2023, "Krodhi": 2024}
    assert {n: year_of_name(n, 2020) for n in named} == named
    assert year_of_name("விசுவாவசு", 2025) == 2025
    assert year_of_name("Vikari", 1955) == 1959


def test_the_thiruvalluvar_year_is_31_ahead() -> None:
    assert window("thiruvalluvar", 2050, 9, 2) == window("tamil-solar", 2019, 9, 2)
    assert window("thiruvalluvar", 2050).contains(date(2019, 12, 18))
    assert not window("thiruvalluvar", 2050).contains(date(2020, 2, 1))
    assert window("thiruvalluvar", 2051, 10, 1) == window("tamil-solar", 2019, 10, 1)


def test_offsets_of_the_years_of_bengal_and_travancore() -> None:
    assert window("bengali-san", 1432, 1, 1).likely == date(2025, 4, 15)
    assert window("bengali-san", 1431, 12).contains(date(2025, 4, 13))
    assert window("kollam", 1201, 1, 1).likely == date(2025, 8, 17)
    assert window("kollam", 1200, 12).contains(date(2025, 8, 15))


# Gregorian, Umm al-Qura, tabular; each computed with a library.
HIJRI = [
    ("1930-01-01", (1348, 8, 1), (1348, 7, 30)),
    ("1947-08-15", (1366, 9, 28), (1366, 9, 28)),
    ("1975-06-25", (1395, 6, 16), (1395, 6, 15)),
    ("2009-06-19", (1430, 6, 26), (1430, 6, 25)),
    ("2024-07-01", (1445, 12, 25), (1445, 12, 24)),
]


@pytest.mark.parametrize(("gregorian", "umm_al_qura", "tabular"), HIJRI)
def test_a_hijri_day_is_tabular_and_two_days_wide(gregorian: str, umm_al_qura: tuple, tabular: tuple) -> None:
    day = iso(gregorian)
    assert gregorian_to_hijri(day) == tabular
    assert window("hijri", *tabular).likely == day
    assert window("hijri", *umm_al_qura).contains(day)


def test_what_india_sighted_lies_in_the_window() -> None:
    assert window("hijri", 1366, 9, 27).contains(date(1947, 8, 15))


@given(st.dates(date(1860, 1, 1), date(2100, 12, 31)))
def test_a_day_comes_back_from_the_hijri_calendar(day: date) -> None:
    assert hijri_to_gregorian(*gregorian_to_hijri(day)) == day


def test_fasli_years_are_the_revenue_years() -> None:
    assert window("fasli-north", 1432) == DayWindow(date(2024, 7, 1), None, date(2025, 6, 30))
    assert window("fasli-south", 1434) == DayWindow(date(2024, 7, 1), None, date(2025, 6, 30))
    nizam = window("fasli-hyderabad", 1357)
    assert nizam.contains(date(1947, 10, 6)) and nizam.contains(date(1948, 10, 4))
    assert window("fasli-hyderabad", 1357, 1, 1).contains(date(1947, 10, 6))
    assert window("fasli-hyderabad", 1357, 12).last <= nizam.last


# Festivals whose tithi and Gregorian day are public: Diwali, the new years, Holi, Janmashtami (both names), Ram Navami.
LUNAR = [
    ("vikram-samvat", 2081, 8, 15, "dark", "2024-11-01"),
    ("shaka-lunisolar", 1946, 7, 15, "dark", "2024-11-01"),
    ("vikram-kartikadi", 2081, 8, 1, "bright", "2024-11-02"),
    ("vikram-samvat", 2082, 1, 1, "bright", "2025-03-30"),
    ("shaka-lunisolar", 1947, 1, 1, "bright", "2025-03-30"),
    ("shaka-lunisolar", 1945, 1, 1, "bright", "2023-03-22"),
    ("vikram-samvat", 2081, 12, 15, "bright", "2025-03-14"),
    ("vikram-samvat", 2081, 6, 8, "dark", "2024-08-26"),
    ("shaka-lunisolar", 1946, 5, 8, "dark", "2024-08-26"),
    ("vikram-samvat", 2082, 1, 9, "bright", "2025-04-06"),
    ("vikram-samvat", 2081, 1, 5, "dark", "2025-03-19"),
]


@pytest.mark.parametrize(("calendar", "year", "month", "day", "half", "gregorian"), LUNAR)
def test_a_tithi_is_a_window_and_never_a_day(calendar, year, month, day, half, gregorian) -> None:
    found = window(calendar, year, month, day, half)
    assert found.likely is None
    assert found.contains(iso(gregorian))
    assert timedelta(days=14) < found.last - found.first < timedelta(days=60)


def test_the_number_of_a_vikram_year_changes_in_spring_and_in_gujarat_after_diwali() -> None:
    def year(calendar: str, day: date) -> int | None:
        found = load_calendars()[calendar].from_gregorian(day)
        return found.year if found else None

    assert [year("vikram-samvat", date(2024, m, 1)) for m in (1, 4, 7)] == [2080, None, 2081]
    assert [year("vikram-kartikadi", date(2024, m, 1)) for m in (7, 11, 12)] == [2080, None, 2081]


def test_punjab_counts_from_vaisakhi() -> None:
    assert window("bikrami-solar", 2066, 1, 1).contains(date(2009, 4, 14))
    assert window("bikrami-solar", 2082, 1, 1).contains(date(2025, 4, 13))


@settings(deadline=None)
@given(st.dates(date(1861, 1, 1), date(2090, 12, 31)), st.sampled_from(SOLAR))
def test_a_solar_day_is_the_likely_one_of_its_own_window(day: date, calendar: str) -> None:
    written = load_calendars()[calendar].from_gregorian(day)
    assert written is not None
    found = to_gregorian(written)
    assert found.likely == day and found.last - found.first == 2 * ONE_DAY


@settings(deadline=None)
@given(st.dates(date(1861, 1, 1), date(2090, 12, 31)))
def test_every_calendar_holds_the_day_it_was_given(day: date) -> None:
    for written in dates_of(day):
        found = to_gregorian(written)
        assert found.contains(day), written
        if written.day is not None:
            month = to_gregorian(CalendarDay(written.calendar, written.year, written.month))
            year = to_gregorian(CalendarDay(written.calendar, written.year))
            assert year.contains(day) and month.contains(day) and month.last - month.first < timedelta(days=45)


@settings(deadline=None)
@given(
    st.sampled_from(sorted(load_calendars())),
    st.integers(-10, 5000),
    st.none() | st.integers(-1, 14),
    st.none() | st.integers(-1, 34),
    st.sampled_from(["", "bright", "dark"]),
)
def test_a_window_contains_its_likely_day_or_there_is_no_such_date(calendar, year, month, day, half) -> None:
    try:
        found = window(calendar, year, month, day, half)
    except ValueError:
        return
    assert found.first <= (found.likely or found.first) <= found.last
    assert found.text() == f"{found.first}/{found.last}"


def test_a_day_is_shown_in_every_calendar_that_is_sure_of_something() -> None:
    found = {x.calendar: (x.year, x.month, x.day) for x in dates_of(date(2019, 12, 18))}
    assert found["saka"] == (1941, 9, 27)
    assert found["tamil-solar"] == (2019, 9, 2)
    assert found["thiruvalluvar"] == (2050, None, None)
    assert found["vikram-samvat"] == (2076, None, None)
    assert found["fasli-north"] == (1427, None, None)
