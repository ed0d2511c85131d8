"""Whole numbers: FIR numbers, years, ages."""

from __future__ import annotations

import re

from mappers.clean.base import CleanContext, CleanedCell, Cleaner, unsure
from mappers.record import SUFFIX_NOTE
from mappers.text.folding import fold_written, squeeze

_RUN = re.compile(r"\d+")
_NUMBER = re.compile(r"^(?:\D{0,24}[\W_])??(\d+)\s*(?:[/\-]\s*(\d{2}|\d{4}))?(?:\s*[\W_]\D{0,6})?$")
# One letter, of whatever script and with its vowel signs, alone or in brackets.
_LETTER = r"[^\W\d_][\u0900-\u0dff]?"
SUFFIX = rf"\s*(?:[/\-–.]\s*)?(?:\(\s*{_LETTER}\s*\)|{_LETTER})(?![\w\u0900-\u0dff]|\.\s*[^\W\d_])"
_SUFFIXED = re.compile(rf"\d{SUFFIX}")
# Numbers that name a case or a report; of others a letter behind them may be a unit.
_NAMES_CASE = re.compile(r"(?:^|_)(?:fir|report|ud)_no$")
_UNIT = re.compile(
    r"\d\W*(?:lakhs?|lacs?|crores?|thousands?|hundreds?|dozens?|k|लाख|करोड़|करोड|कोटी|हजार|हज़ार|सौ|दर्जन|লাখ|লক্ষ|কোটি|হাজার)(?![^\W_])",
    re.I,
)
_FULL_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_MONTHS = re.compile(r"month|माह|महीन|मास|মাস|மாத|నెల|ತಿಂಗ|മാസ|મહિન|ਮਹੀਨ|ମାସ", re.I)
_OLDEST = 120
# Two years of one book do not lie farther apart.
_FAR = 20
_FARTHEST = 70


def pivot_year(two: int, latest: int) -> int | None:
    """The year ending in two digits that is not later than latest and nearest to it.

    None when that lies more than 70 years back: then the digits mean a later year, or were misread.
    """
    year = latest - (latest - two) % 100
    return year if latest - year <= _FARTHEST else None


def clean_int(raw: str, context: CleanContext) -> CleanedCell:
    """A whole number without leading zeros: "0078", "७८", "78/2019" (the year after a slash goes into a note).

    Letters that look like digits are not taken for digits, and "5 lakh" is not 5.
    """
    text = fold_written(squeeze(raw)).replace(",", "")
    m = _NUMBER.match(text)
    if m and _UNIT.search(text):
        return unsure("not-a-number")
    if not m:
        several = len(_RUN.findall(fold_written(raw))) > 1
        return unsure("several-numbers" if several else "not-a-number")
    return CleanedCell(str(int(m.group(1))), 1.0, ("year-after-number",) if m.group(2) else ())


def clean_case_number(raw: str, context: CleanContext) -> CleanedCell:
    """The number of a case or report, as clean_int reads it; none where it has a suffix ("12A", "12/A", "12(A)").

    12A is another case than 12, and forms have whole numbers: a person must say which number it has there.
    """
    return unsure(SUFFIX_NOTE) if _SUFFIXED.search(fold_written(squeeze(raw))) else clean_int(raw, context)


def clean_year(raw: str, context: CleanContext) -> CleanedCell:
    """A year of four digits; two digits only with the book's year as pivot, never later than it.

    A year more than twenty years off the book's is doubted ("far-from-book-year").
    """
    text = fold_written(raw)
    full = _FULL_YEAR.findall(text)
    if len(set(full)) == 1:
        is_far = context.book_year is not None and abs(int(full[0]) - context.book_year) > _FAR
        return CleanedCell(full[0], 0.4, ("far-from-book-year",)) if is_far else CleanedCell(full[0])
    runs = _RUN.findall(text)
    if full or len(runs) != 1 or len(runs[0]) != 2:
        return unsure("several-years" if len(full) > 1 else "not-a-year")
    if context.book_year is None:
        return unsure("two-digit-year", "book-year-unknown")
    year = pivot_year(int(runs[0]), context.book_year)
    return (
        CleanedCell(str(year), 0.95, ("two-digit-year",)) if year else unsure("two-digit-year", "later-than-book-year")
    )


def clean_age(raw: str, context: CleanContext) -> CleanedCell:
    """An age in whole years: "35", "35 yrs.", "३५ वर्ष", "about 35".

    Months are turned into whole years ("age-in-months"); a span of ages gives no value.
    """
    runs = _RUN.findall(fold_written(raw))
    if len(runs) != 1:
        return unsure("several-numbers" if runs else "not-a-number")
    years = int(runs[0])
    if _MONTHS.search(raw):
        return CleanedCell(str(years // 12), 0.95, ("age-in-months",))
    return CleanedCell(str(years)) if years <= _OLDEST else unsure("age-out-of-range")


CLEANERS = (
    Cleaner("int", clean_int, kinds=("int", "text")),
    Cleaner("year", clean_year, kinds=("year",), uses_year=True),
    Cleaner("age", clean_age, kinds=("int",)),
)
CASE_NUMBER = Cleaner("int", clean_case_number, kinds=("int", "text"))
"""The cleaner `int` of a field that names a case or a report."""


def fit_to_field(cleaner: Cleaner, field: str) -> Cleaner:
    """The cleaner as it reads cells of a field: behind the number of a case or report a letter is no unit."""
    return CASE_NUMBER if cleaner.name == "int" and _NAMES_CASE.search(field) else cleaner
