"""Dates: day first, always; what is ambiguous or impossible gives no value, never a guess."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from mappers.calendars.saka import FIRST_YEAR, saka_to_gregorian
from mappers.clean.base import CleanContext, Cleaned, CleanedRows, Cleaner, unsure
from mappers.clean.digits import pivot_year
from mappers.clean.times import clean_time
from mappers.codes.months import months
from mappers.folding import fold_digits, squeeze

_B = r"(?<![^\W\d_])(?<![\u0900-\u0d7f])"
_E = r"(?![^\W\d_]|[\u0900-\u0d7f])"
# Words that stand beside a date and say nothing about it.
_NOISE = re.compile(
    rf"{_B}(?:dated?|dt|on|the|of|day|a\.?d|ce|दिनांक|दिनाङ्क|दि|तारीख|ता|को|ई|इ|सन्|দিন|তারিখ|তাং|ইংরেজি|ইং|তারিখে|நாள்|தேதி|திகதி"
    rf"|ஆம்|அன்று|తేదీ?|తేది|ನೇ|ದಿನಾಂಕ|തീയതി|തിയ്യതി|તારીખ|તા|ਮਿਤੀ|ତାରିଖ|ତା|مورخہ|تاریخ|ء)[.:]*{_E}"
    r"|(?<=\d)(?:st|nd|rd|th|ரி|வது|ವೇ|ನೇ|ला|रा|वा)(?![^\W\d_])",
    re.I,
)
_WEEKDAY = re.compile(
    rf"{_B}(?:(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?|[^\s\d,./\-]{{2,8}}(?:वार|বার|வாரம்|వారం|ವಾರ|વાર|ਵਾਰ|ବାର)){_E}",
    re.I,
)
_LUNAR = re.compile(
    rf"{_B}(?:शुद्ध|शु|वद्य|वदी?|बदी|सुदी|शुक्ल|कृष्ण|तिथि|पक्ष|पौर्णिमा|पूर्णिमा|अमावस्या|sudi|badi|shukla|krishna){_E}", re.I
)
_OTHER_ERAS = (
    ("vikram-samvat", re.compile(rf"{_B}(?:वि\.?\s*सं|विक्रम|संवत्?|सम्वत|samvat|v\.?s){_E}", re.I)),
    ("bengali-san", re.compile(rf"{_B}(?:বাং|সন|বঙ্গাব্দ){_E}")),
    ("fasli", re.compile(rf"{_B}(?:फसली|fasli){_E}", re.I)),
    ("hijri", re.compile(rf"{_B}(?:हिजरी|hijri|a\.?h|ہجری|ھ){_E}", re.I)),
)
_SAKA_ERA = re.compile(rf"{_B}(?:शक(?:े|\s*संवत)?|शाके|saka|শক(?:াব্দ)?){_E}", re.I)
_DATE = re.compile(r"\s*(\d{1,4})\s*[./\-–,' ]\s*(\d{1,2})\s*[./\-–,' ]\s*(\d{1,4})\s*")
_SPAN = re.compile(r"\s*(\d{1,2})\s*[/&\-]\s*(\d{1,2})\s*[.\-/]\s*(\d{1,2})\s*[.\-/]\s*(\d{4}|\d{2})\s*")
_DAY_MONTH = re.compile(r"\s*(\d{1,2})\s*[./\-]\s*(\d{1,2})\s*")
_ZERO = re.compile(r"[0\s./\-]+")
_WITHIN = re.compile(r"\d{1,4}\s*[./\-–]\s*\d{1,2}\s*[./\-–]\s*\d{2,4}")
_EARLIEST, _LATEST = 1850, 2100
_AFTER_YEARS = 20
# Without a book year: a later "Saka" year is a Vikram Samvat year of the time since 1957.
_LATEST_SAKA = 2090


def clean_date(raw: str, context: CleanContext) -> Cleaned:
    """A date as YYYY-MM-DD.

    Read: day-month-year with any separator and any Indian digits, ISO dates, month names in eleven languages, days
    and months of the national (Saka) calendar in Devanagari or Latin. Two-digit years are not later than the book's
    year; without it they give no value. A day and month alone take the book's year ("year-from-book"). Lunisolar and
    other eras, a middle number above 12, two dates or a night span give no value, with a note that says which.
    """
    return _read(raw, context, 0)


def clean_date_after(raw: str, context: CleanContext) -> Cleaned:
    """Like clean_date, for days that may lie after the book's year (despatch, charge sheet): up to 20 years later."""
    return _read(raw, context, _AFTER_YEARS)


def clean_date_time(raw: str, context: CleanContext) -> CleanedRows:
    """A date and a time in one text ("06/06/2009 at 10.30 hrs") as parts date and time."""
    text = fold_digits(squeeze(raw))
    m = _WITHIN.search(text)
    if m is None:
        return CleanedRows(({"date": clean_date_after(raw, context)},))
    parts = {"date": clean_date_after(m.group(), context)}
    rest = _NOISE.sub(" ", f"{text[: m.start()]} {text[m.end() :]}")
    rest = re.sub(r"(?<!\S)(?:at|time|and|समय|बेला|সময়|நேரம்)(?!\S)", " ", rest, flags=re.I).strip(" ,.:;-–/")
    if rest:
        parts["time"] = clean_time(rest, context)
    return CleanedRows((parts,))


def clean_date_span(raw: str, context: CleanContext) -> CleanedRows:
    """One date, or the night between two ("5/6-6-09": 5 June 18:00 to 6 June 06:00), as from, to and their times."""
    m = _SPAN.fullmatch(_bare(raw))
    if m is None or int(m.group(2)) != int(m.group(1)) + 1:
        return CleanedRows(({"from": clean_date(raw, context)},))
    ends = [clean_date(f"{d}.{m.group(3)}.{m.group(4)}", context) for d in m.groups()[:2]]
    night = ("night-span",)
    return CleanedRows(
        (
            {
                "from": Cleaned(ends[0].value, ends[0].confidence, (*ends[0].notes, *night)),
                "to": Cleaned(ends[1].value, ends[1].confidence, (*ends[1].notes, *night)),
                "time_from": Cleaned("18:00", 0.7, night),
                "time_to": Cleaned("06:00", 0.7, night),
            },
        )
    )


def _bare(raw: str) -> str:
    text = fold_digits(squeeze(raw)).casefold()
    return _WEEKDAY.sub(" ", _NOISE.sub(" ", text)).strip(" ,.:;")


def _read(raw: str, context: CleanContext, after: int) -> Cleaned:
    folded = fold_digits(squeeze(raw)).casefold()
    if _LUNAR.search(folded):
        return unsure("lunisolar-date")
    for era, pattern in _OTHER_ERAS:
        if pattern.search(folded):
            return unsure(era)
    text = _bare(raw)
    if _ZERO.fullmatch(text):
        return unsure("zero-date")
    named = _month_pattern().search(text)
    if named:
        return _named(text, named.group(), context, after)
    saka = _SAKA_ERA.search(text)
    return unsure("saka-without-month") if saka else _numbers(text, context, after)


@cache
def _month_pattern() -> re.Pattern[str]:
    names = months()
    words = sorted({*names.gregorian, *names.saka, *names.elsewhere}, key=len, reverse=True)
    return re.compile(rf"(?<![^\W\d_])(?<![\u0900-\u0d7f])(?:{'|'.join(map(re.escape, words))}){_E}")


def _named(text: str, name: str, context: CleanContext, after: int) -> Cleaned:
    names = months()
    if name in names.elsewhere:
        return unsure(names.elsewhere[name])
    rest = _SAKA_ERA.sub(" ", text.replace(name, " | ", 1))
    numbers = re.findall(r"\d+", rest)
    if re.sub(r"[\d\s|,.:;'/\-–]", "", rest):
        return unsure("more-than-a-date")
    if len(numbers) != 2 or min(map(len, numbers)) > 2:
        return unsure("several-dates" if len(numbers) > 2 else "day-or-year-missing")
    day, year = numbers if len(numbers[1]) != 2 or len(numbers[0]) <= 2 else numbers[::-1]
    if len(day) > 2:
        day, year = year, day
    if name in names.saka:
        return _saka(int(year), names.saka[name], int(day), context, after)
    return _gregorian(int(day), names.gregorian[name], year, context, after)


def _saka(year: int, month: int, day: int, context: CleanContext, after: int) -> Cleaned:
    """A Saka day; years before 1879 are of the old, lunisolar reckoning, years that lie ahead of another era."""
    if year < FIRST_YEAR:
        return unsure("saka-year-unlikely")
    try:
        found = saka_to_gregorian(year, month, day)
    except ValueError:
        return unsure("no-such-day")
    if found.year > (context.book_year or _LATEST_SAKA) + after:
        return unsure("saka-year-unlikely", "later-than-book-year")
    return Cleaned(found.isoformat(), 0.9, ("saka",))


def _numbers(text: str, context: CleanContext, after: int) -> Cleaned:
    if re.fullmatch(r"\d{8}", text):
        return _eight(text, context, after)
    m = _DATE.fullmatch(text)
    if m:
        first, month, last = m.groups()
        if len(first) == 4:
            return _gregorian(int(last), int(month), first, context, after)
        if len(first) > 2:
            return unsure("day-out-of-range")
        return _gregorian(int(first), int(month), last, context, after)
    if _SPAN.fullmatch(text):
        return unsure("date-span")
    m = _DAY_MONTH.fullmatch(text)
    if m:
        return _of_book_year(int(m.group(1)), int(m.group(2)), context)
    several = len(re.findall(r"\d{1,2}[./\-]\d{1,2}[./\-]\d{2,4}", text)) > 1
    return unsure("several-dates" if several else "not-a-date")


def _eight(text: str, context: CleanContext, after: int) -> Cleaned:
    """Eight digits without separators: year first as tables store it, else day first; only one of both can be."""
    if _EARLIEST <= int(text[:4]) <= _LATEST:
        return _gregorian(int(text[6:]), int(text[4:6]), text[:4], context, after)
    return _gregorian(int(text[:2]), int(text[2:4]), text[4:], context, after)


def _of_book_year(day: int, month: int, context: CleanContext) -> Cleaned:
    if context.book_year is None:
        return unsure("year-missing")
    found = _gregorian(day, month, str(context.book_year), context, 0)
    return Cleaned(found.value, min(found.confidence, 0.7), (*found.notes, "year-from-book"))


def _gregorian(day: int, month: int, year: str, context: CleanContext, after: int) -> Cleaned:
    notes: tuple[str, ...] = ()
    full: int | None = int(year)
    if len(year) == 2:
        notes = ("two-digit-year",)
        if context.book_year is None:
            return unsure("two-digit-year", "book-year-unknown")
        full = pivot_year(int(year), context.book_year + after)
        if full is None:
            return unsure("two-digit-year", "later-than-book-year")
    if full is None or not _EARLIEST <= full <= _LATEST:
        return unsure("year-out-of-range")
    if not 1 <= month <= 12:
        return unsure("month-out-of-range")
    try:
        found = date(full, month, day)
    except ValueError:
        return unsure("no-such-day")
    if context.book_year is not None and full > context.book_year + after:
        notes = (*notes, "later-than-book-year")
    return Cleaned(found.isoformat(), 0.97 if len(year) == 2 else 1.0, notes)


CLEANERS = (
    Cleaner("date", clean_date, kinds=("date",)),
    Cleaner("date_after", clean_date_after, kinds=("date",)),
    Cleaner("date_time", rows=clean_date_time, parts=("date", "time"), main="date"),
    Cleaner("date_span", rows=clean_date_span, parts=("from", "to", "time_from", "time_to"), main="from"),
)
