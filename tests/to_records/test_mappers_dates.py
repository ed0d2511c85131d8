"""Dates with more than day, month and year: names in every language, other calendars, spans, empty cells of tables."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mappers.calendars import load_calendars, to_gregorian
from mappers.clean import CleanContext, CleanedCell, load_cleaners
from mappers.codes.months import months

BOOK_2009 = CleanContext(book_year=2009)
BOOK_2019 = CleanContext(book_year=2019)
BOOK_2025 = CleanContext(book_year=2025)

# Months of the Gregorian year from January, as each language writes them.
MONTHS = {
    "hi": "जनवरी फरवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर अक्टूबर नवंबर दिसंबर",
    "mr": "जानेवारी फेब्रुवारी मार्च एप्रिल मे जून जुलै ऑगस्ट सप्टेंबर ऑक्टोबर नोव्हेंबर डिसेंबर",
    "bn": "জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর",
    "ta": "ஜனவரி பிப்ரவரி மார்ச் ஏப்ரல் மே ஜூன் ஜூலை ஆகஸ்ட் செப்டம்பர் அக்டோபர் நவம்பர் டிசம்பர்",
    "te": "జనవరి ఫిబ్రవరి మార్చి ఏప్రిల్ మే జూన్ జూలై ఆగస్టు సెప్టెంబర్ అక్టోబర్ నవంబర్ డిసెంబర్",
    "kn": "ಜನವರಿ ಫೆಬ್ರವರಿ ಮಾರ್ಚ್ ಏಪ್ರಿಲ್ ಮೇ ಜೂನ್ ಜುಲೈ ಆಗಸ್ಟ್ ಸೆಪ್ಟೆಂಬರ್ ಅಕ್ಟೋಬರ್ ನವೆಂಬರ್ ಡಿಸೆಂಬರ್",
    "ml": "ജനുവരി ഫെബ്രുവരി മാർച്ച് ഏപ്രിൽ മേയ് ജൂൺ ജൂലൈ ഓഗസ്റ്റ് സെപ്റ്റംബർ ഒക്ടോബർ നവംബർ ഡിസംബർ",
    "gu": "જાન્યુઆરી ફેબ્રુઆરી માર્ચ એપ્રિલ મે જૂન જુલાઈ ઑગસ્ટ સપ્ટેમ્બર ઑક્ટોબર નવેમ્બર ડિસેમ્બર",
    "pa": "ਜਨਵਰੀ ਫ਼ਰਵਰੀ ਮਾਰਚ ਅਪ੍ਰੈਲ ਮਈ ਜੂਨ ਜੁਲਾਈ ਅਗਸਤ ਸਤੰਬਰ ਅਕਤੂਬਰ ਨਵੰਬਰ ਦਸੰਬਰ",
    "or": "ଜାନୁଆରୀ ଫେବୃଆରୀ ମାର୍ଚ୍ଚ ଅପ୍ରେଲ ମଇ ଜୁନ ଜୁଲାଇ ଅଗଷ୍ଟ ସେପ୍ଟେମ୍ବର ଅକ୍ଟୋବର ନଭେମ୍ବର ଡିସେମ୍ବର",
    "as": "জানুৱাৰী ফেব্ৰুৱাৰী মাৰ্চ এপ্ৰিল মে' জুন জুলাই আগষ্ট ছেপ্টেম্বৰ অক্টোবৰ নৱেম্বৰ ডিচেম্বৰ",
    "ur": "جنوری فروری مارچ اپریل مئی جون جولائی اگست ستمبر اکتوبر نومبر دسمبر",
}
SHORT = {
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
    "hi": "जन॰ फ़र॰ मार्च अप्रै॰ मई जून जुल॰ अग॰ सित॰ अक्तू॰ नव॰ दिस॰",
    "mr": "जाने फेब्रु मार्च एप्रि मे जून जुलै ऑग सप्टें ऑक्टो नोव्हें डिसें",
    "bn": "জানু ফেব মার্চ এপ্রি মে জুন জুলাই আগ সেপ্টে অক্টো নভে ডিসে",
    "ta": "ஜன. பிப். மார். ஏப். மே ஜூன் ஜூலை ஆக. செப். அக். நவ. டிச.",
    "te": "జన ఫిబ్ర మార్చి ఏప్రి మే జూన్ జులై ఆగ సెప్టెం అక్టో నవం డిసెం",
    "kn": "ಜನ ಫೆಬ್ರ ಮಾರ್ಚ್ ಏಪ್ರಿ ಮೇ ಜೂನ್ ಜುಲೈ ಆಗ ಸೆಪ್ಟೆಂ ಅಕ್ಟೋ ನವೆಂ ಡಿಸೆಂ",
    "ml": "ജനു ഫെബ്രു മാർ ഏപ്രി മേയ് ജൂൺ ജൂലൈ ഓഗ സെപ്റ്റം ഒക്ടോ നവം ഡിസം",
    "gu": "જાન્યુ ફેબ્રુ માર્ચ એપ્રિ મે જૂન જુલાઈ ઑગ સપ્ટે ઑક્ટો નવે ડિસે",
    "pa": "ਜਨ ਫ਼ਰ ਮਾਰਚ ਅਪ੍ਰੈ ਮਈ ਜੂਨ ਜੁਲਾ ਅਗ ਸਤੰ ਅਕਤੂ ਨਵੰ ਦਸੰ",
}


def clean(raw: str, context: CleanContext = BOOK_2009) -> CleanedCell:
    cleaner = load_cleaners()["date"].clean
    assert cleaner is not None
    return cleaner(raw, context)


def span(raw: str, context: CleanContext = BOOK_2009) -> dict[str, str | None]:
    cleaner = load_cleaners()["date_span"].rows
    assert cleaner is not None
    return {k: v.value for k, v in cleaner(raw, context).rows[0].items()}


@pytest.mark.parametrize("language", MONTHS)
def test_every_month_is_read_in_every_language(language: str) -> None:
    names = MONTHS[language].split()
    assert len(names) == 12
    for number, name in enumerate(names, 1):
        for raw in (f"5 {name} 2009", f"5-{name}-09", f"{name} 5, 2009"):
            assert clean(raw).value == f"2009-{number:02d}-05", raw


@pytest.mark.parametrize("language", SHORT)
def test_usual_short_forms_of_months_are_read(language: str) -> None:
    read = [clean(f"5-{name}-09").value for name in SHORT[language].split()]
    assert read == [f"2009-{number:02d}-05" for number in range(1, 13)]


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("dt. 5.6.09", "2009-06-05"),
        ("Dtd:05/06/2009", "2009-06-05"),
        ("05-JUN-09", "2009-06-05"),
        ("05-JUN-09 10.30.00.000000 AM", "2009-06-05"),
        ("2009-06-05 00:00:00", "2009-06-05"),
        ("2009-06-05T10:30:00", "2009-06-05"),
        ("05/06/09 को", "2009-06-05"),
        ("৫ই জুন ২০০৯", "2009-06-05"),
        ("২০০৯ সনের ৫ জুন", "2009-06-05"),
        ("૫ જૂન ૨૦૦૯ ના રોજ", "2009-06-05"),
        ("05.06.2009ம் தேதி", "2009-06-05"),
        ("5 ജൂണ്\u200d 2009", "2009-06-05"),
        ("௫-௬-௨௲௯", "2009-06-05"),
        ("۵ جون ۲۰۰۹ء", "2009-06-05"),
        ("بتاریخ ۵ جون ۲۰۰۹ء", "2009-06-05"),
    ],
)
def test_prefixes_endings_and_times_of_tables_do_not_hide_a_date(raw: str, expected: str | None) -> None:
    assert clean(raw).value == expected


def test_a_time_behind_a_date_is_noted_unless_it_is_the_midnight_of_tables() -> None:
    assert clean("2009-06-05 10:30:00").notes == ("time-left-out",)
    assert clean("2009-06-05 00:00:00").notes == ()


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("00000000", "zero-date"),
        ("  /  /  ", "zero-date"),
        ("1899-12-30", "null-date"),
        ("1899-12-30 10:30:00", "null-date"),
        ("1900-01-01 00:00:00", "null-date"),
        ("30/12/1899", "null-date"),
        ("-do-", "ditto"),
        ("ditto", "ditto"),
        ("''", "ditto"),
        ("तदैव", "ditto"),
        ("alleged prior to 5.6.09", "prior-to"),
        ("5/6.6.09", "date-span"),
        ("night of 5/6-6-09", "date-span"),
    ],
)
def test_what_holds_no_day_says_why(raw: str, why: str) -> None:
    assert clean(raw).value is None
    assert why in clean(raw).notes


def test_a_book_of_1900_may_hold_its_first_day() -> None:
    assert clean("01/01/1900", CleanContext(book_year=1900)).value == "1900-01-01"


@pytest.mark.parametrize(
    ("raw", "context", "value", "note"),
    [
        ("December 18, 2019; Markazhi 2, Vikari, Thiruvalluvar Aandu 2050", BOOK_2019, "2019-12-18", "tamil-solar"),
        ("18 டிசம்பர் 2019 மார்கழி 2, விகாரி, திருவள்ளுவர் ஆண்டு 2050", BOOK_2019, "2019-12-18", "tamil-solar"),
        ("AUGUST 6, 2025/SRAVANA 15, 1947", BOOK_2025, "2025-08-06", "saka"),
        ("6 अगस्त, 2025/15 श्रावण, 1947 (शक)", BOOK_2025, "2025-08-06", "saka"),
        ("৫ জুন ২০০৯ (২১ জ্যৈষ্ঠ ১৪১৬ বঙ্গাব্দ)", BOOK_2009, "2009-06-05", "bengali-san"),
        ("০৫/০৬/০৯ ইং, ২২ জ্যৈষ্ঠ ১৪১৬ বাং", BOOK_2009, "2009-06-05", "bengali-san"),
        ("০৫/০৬/০৯ ইং ২২/২/১৬ বাং", BOOK_2009, "2009-06-05", "bengali-san"),
        ("५ जून २००९ (ज्येष्ठ शुद्ध १२ शके १९३१)", BOOK_2009, "2009-06-05", "shaka-lunisolar"),
        ("5 June 2009, Jyeshtha Sudi 12 Samvat 2066", BOOK_2009, "2009-06-05", "vikram-samvat"),
        ("5 June 2009 संवत् 2066", BOOK_2009, "2009-06-05", "vikram-samvat"),
        ("۵ جون ۲۰۰۹ء مطابق ۱۱ جمادی\u200cالثانی ۱۴۳۰ھ", BOOK_2009, "2009-06-05", "hijri"),
        ("17 ഓഗസ്റ്റ് 2025, 1201 ചിങ്ങം 1", BOOK_2025, "2025-08-17", "kollam"),
        ("17.8.2025 (1.1.1201 M.E.)", BOOK_2025, "2025-08-17", "kollam"),
        ("14 ਅਪ੍ਰੈਲ 2009, 1 ਵਿਸਾਖ", BOOK_2009, "2009-04-14", "bikrami-solar"),
    ],
)
def test_a_gregorian_date_is_taken_and_the_other_one_checked(raw, context, value, note) -> None:
    found = clean(raw, context)
    assert (found.value, found.notes[-1]) == (value, f"{note}-agrees")
    assert found.confidence > 0.9


@pytest.mark.parametrize(
    ("raw", "window"),
    [
        ("December 18, 2019; Markazhi 5, Vikari, Thiruvalluvar Aandu 2050", "window:2019-12-20/2019-12-22"),
        ("December 18, 2019/Agrahayana 28, 1941", "window:2019-12-19/2019-12-19"),
        ("18 ডিসেম্বর ২০১৯, ১২ পৌষ ১৪২৬", "window:2019-12-28/2019-12-30"),
    ],
)
def test_a_date_that_disagrees_stays_and_goes_to_a_person(raw: str, window: str) -> None:
    found = clean(raw, BOOK_2019)
    assert found.value == "2019-12-18" and found.confidence <= 0.5
    assert "calendar-disagrees" in found.notes and window in found.notes


@pytest.mark.parametrize(
    ("raw", "context", "notes"),
    [
        ("৫ শ্রাবণ ১৪১৬", BOOK_2009, ("bengali-san", "window:2009-07-21/2009-07-23")),
        ("২২/২/১৬ বাং", BOOK_2009, ("bengali-san", "window:2009-06-05/2009-06-07")),
        ("ചിങ്ങം 1, 1201", BOOK_2025, ("kollam", "window:2025-08-16/2025-08-18")),
        ("۱۱ جمادی\u200cالثانی ۱۴۳۰ھ", BOOK_2009, ("hijri", "window:2009-06-03/2009-06-07")),
        ("शके 1947 श्रावण शुद्ध 12", BOOK_2025, ("lunisolar-date", "window:2025-07-15/2025-09-02")),
        ("Fasli 1434", CleanContext(book_year=2025, state="tn"), ("fasli", "window:2024-07-01/2025-06-30")),
        ("फसली 1432", CleanContext(book_year=2025, state="up"), ("fasli", "window:2024-07-01/2025-06-30")),
        ("12 Azur 1357 F", CleanContext(book_year=1948), ("fasli", "window:1947-10-13/1947-10-21")),
        ("৫ শ্রাবণ", BOOK_2009, ("bengali-san", "day-or-year-missing")),
        ("5-6-2009 वदी", BOOK_2009, ("lunisolar-date",)),
    ],
)
def test_another_calendar_alone_gives_its_name_and_a_window(raw, context, notes) -> None:
    found = clean(raw, context)
    assert found.value is None and found.notes == notes


@settings(deadline=None, max_examples=200)
@given(
    st.dates(date(1900, 2, 1), date(2024, 12, 31)),
    st.sampled_from(["saka", "bengali-san", "tamil-solar", "kollam", "hijri", "bikrami-solar"]),
    st.integers(-60, 60),
)
def test_a_date_agrees_with_its_own_day_in_another_calendar_and_with_none_far_from_it(day, calendar, shift) -> None:
    written = load_calendars()[calendar].from_gregorian(day + timedelta(days=shift))
    assert written is not None
    name = next(w for w, of in months().others.items() if list(of) == [calendar] and of[calendar] == written.month)
    year = "" if calendar == "tamil-solar" else written.year
    found = clean(f"{day:%d.%m.%Y}; {written.day} {name} {year}", CleanContext(book_year=2024))
    agrees = to_gregorian(written).contains(day)
    assert found.value == day.isoformat()
    assert (f"{calendar}-agrees" in found.notes) == agrees
    assert ("calendar-disagrees" in found.notes) == (not agrees)


@settings(deadline=None)
@given(st.dates(date(1958, 1, 1), date(2024, 12, 31)))
def test_a_national_day_is_read_exactly(day: date) -> None:
    written = load_calendars()["saka"].from_gregorian(day)
    assert written is not None
    name = next(w for w, of in months().others.items() if of.get("saka") == written.month)
    assert clean(f"{name} {written.day}, {written.year}", BOOK_2025).value == day.isoformat()


NIGHT = {"from": "2009-06-05", "to": "2009-06-06", "time_from": "18:00", "time_to": "06:00"}


@pytest.mark.parametrize(
    "raw", ["5/6-6-09", "5/6.6.09", "night of 5/6-6-09", "5/6 June 2009", "दि. ५/६-६-०९ की रात", "5-6-09/6-6-09"]
)
def test_a_night_is_from_evening_to_morning(raw: str) -> None:
    assert span(raw) == NIGHT


def test_a_night_may_end_a_month_or_a_year() -> None:
    assert span("30/1-7-09") == NIGHT | {"from": "2009-06-30", "to": "2009-07-01"}
    assert (span("31/1-1-2009")["from"], span("31-12/1-1-2009")["from"]) == ("2008-12-31", "2008-12-31")
    assert span("29/1-3-2009") == {"from": None}


def test_a_span_of_days_has_no_times() -> None:
    assert span("5.6.2009 to 7.6.2009") == {"from": "2009-06-05", "to": "2009-06-07"}
    assert span("1/5-6-09") == {"from": "2009-06-01", "to": "2009-06-05"}
    assert span("7.6.2009 to 5.6.2009") == {"from": None, "to": None}
    assert span("prior to 5.6.09") == {"from": None, "to": "2009-06-05"}


@settings(deadline=None)
@given(st.dates(date(1950, 1, 1), date(2009, 12, 30)))
def test_every_night_is_read_back(day: date) -> None:
    after = day + timedelta(days=1)
    found = span(f"{day.day}/{after.day}-{after.month}-{after.year}")
    assert (found["from"], found["to"]) == (day.isoformat(), after.isoformat())
