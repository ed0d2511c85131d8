"""Times of day as HH:MM."""

from __future__ import annotations

import re

from mappers.clean.amounts import fold_amount, read_amount
from mappers.clean.base import CleanContext, CleanedCell, Cleaner, unsure
from mappers.text.scripts import INDIC

_B = rf"(?<![^\W\d_])(?<![{INDIC}])"
_E = rf"(?![^\W\d_]|[{INDIC}])"
_PARTS = {
    "morning": r"morning|सुबह|प्रातः?|प्रात|सवेरे|सकाळी|সকাল|ভোর|காலை|முற்பகல்|ఉదయం|ಬೆಳಿಗ್ಗೆ|ಬೆಳಗ್ಗೆ|രാവിലെ|સવારે|ਸਵੇਰੇ|ସକାଳ",
    "afternoon": r"noon|afternoon|दोपहर|अपराह्न|दुपारी|দুপুর|বিকাল|বিকেল|மதியம்|பிற்பகல்"
    r"|మధ్యాహ్నం|ಮಧ್ಯಾಹ್ನ|ഉച്ച(?:യ്ക്ക്)?|બપોરે|ਦੁਪਹਿਰ|ଅପରାହ୍ନ",
    "evening": r"evening|सायंकाल|सायं|सांयकाल|शाम|सायंकाळी|संध्याकाळी|संध्या|সন্ধ্যা|மாலை|సాయంత్రం|ಸಂಜೆ|വൈകുന്നേരം|સાંજે|ਸ਼ਾਮ|ସନ୍ଧ୍ୟା",
    "night": r"night|रात्रि|रात्री|रात|রাত|রাত্রি|இரவு|రాత్రి|ರಾತ್ರಿ|രാത്രി|રાત્રે|ਰਾਤ|ରାତି",
}
_PART = re.compile("|".join(f"(?P<{n}>{_B}(?:{w})(?:ে|ಿ|को|के|में)?{_E})" for n, w in _PARTS.items()), re.I)
_AM_PM = re.compile(r"(?<![^\W\d_])([ap])\s*\.?\s*m(?![^\W\d_])\.?", re.I)
_NOISE = re.compile(
    rf"{_B}(?:at|time|about|hours?|hrs?|o'?\s?clock|बजे|बजकर|घंटे|तास|वाजता|वा|समय|के|में|को|लगभग|টায়|টার|টা|ঘটিকায়|ঘটিকা|ঘন্টা|সময়|সময়|প্রায়|মিনিট"
    rf"|मिनट|மணிக்கு|மணியளவில்|மணி|నిమిషాలకు|గంటలకు|గంటల|గం|ಗಂಟೆಗೆ|ಗಂಟೆ|മണിക്ക്|മണി|વાગ્યે|કલાકે|વાગે|ਵਜੇ|ଟା|ଘଟିକା){_E}\.?|(?<=\d)(?:h|hrs?|टा|টায়|টার|টা|ଟା)\b",
    re.I,
)
_QUARTER = 15
_SPOKEN = re.compile(r"^(\d{1,2})\s+(\d{1,2})$")
_MINUTE_WORD = re.compile(r"min|मिनट|मिनिट|মিনিট|நிமிட|నిమిష|ನಿಮಿಷ|മിനി|મિનિટ|ਮਿੰਟ|ମିନିଟ|منٹ|बजकर")
_CLOCK = re.compile(r"^(\d{1,2})\s*[:.]\s*(\d{2})(?:\s*[:.]\s*\d{2})?$")
_FOUR = re.compile(r"^([012]\d)([0-5]\d)$")
_AND_A_WORD = re.compile(r"^(\d{2})\s*[:.]\s*(\d{2})\s+[^\s\d]{1,6}(?:\s*[।|.])?$")
_NOON_END = 12
# The day that Access, Excel and SQL Server put before an hour of no day.
_NO_DAY = re.compile(r"^\s*(?:1899-12-3[01]|1900-01-01)(?:t|\s)\s*(\d{1,2}:\d{2}(?::\d{2})?)(?:\.\d+)?\s*$")


def clean_time(raw: str, context: CleanContext) -> CleanedCell:
    """A time of day as HH:MM, 24 hours: "10.30 hrs", "22:30", "2230", "10 1/2 A.M.", "सायं 6 बजे", "রাত ১০টা".

    Hours and minutes without a half of the day are read as on a 24-hour clock; a bare hour up to 12 without one
    gives no value. Numbers may be words ("साढ़े दस बजे रात"). 24:00 stays, as the end of its day ("end-of-day"). An
    hour from 13 on with a word that is not known (a misread "hrs" or "बजे") is a time all the same, less surely
    ("unknown-word"); up to 12 the word may be the half. The day that databases put before
    an hour of no day (1899-12-30) is dropped.
    """
    text = _NO_DAY.sub(r"\1", fold_amount(raw))
    half, part = _AM_PM.search(text), _PART.search(text)
    bare = _NOISE.sub(" ", _AM_PM.sub(" ", _PART.sub(" ", text)))
    bare = re.sub(r"\s+", " ", bare).strip(" .,:;-/")
    minutes, exact = _minutes(bare, has_minutes=_MINUTE_WORD.search(text) is not None)
    if minutes is None:
        return _read_with_unknown_word(text)
    if minutes == 24 * 60:
        return CleanedCell("24:00", 0.9, ("end-of-day",))
    if minutes > 24 * 60:
        return unsure("time-out-of-range")
    if half or part:
        shifted = _shift(minutes, half.group(1) if half else "", part.lastgroup or "" if part else "")
        return _format_minutes(shifted) if shifted is not None else unsure("half-of-day-unclear")
    if not exact and minutes <= _NOON_END * 60:
        return unsure("half-of-day-unknown")
    return _format_minutes(minutes)


def _read_with_unknown_word(text: str) -> CleanedCell:
    m = _AND_A_WORD.match(text)
    if m and 13 <= int(m.group(1)) <= 23 and int(m.group(2)) < 60:
        return CleanedCell(f"{m.group(1)}:{m.group(2)}", 0.6, ("unknown-word",))
    return unsure("not-a-time")


def _format_minutes(minutes: int) -> CleanedCell:
    return CleanedCell(f"{minutes // 60:02d}:{minutes % 60:02d}")


def _minutes(text: str, *, has_minutes: bool) -> tuple[int | None, bool]:
    """Minutes since midnight as written, and whether they are written as on a clock (then 24 hours are meant).

    has_minutes: a word for minutes stands in the text, so that a second number is theirs.
    """
    m = _CLOCK.match(text) or _FOUR.match(text)
    if m:
        hour, minute = int(m.group(1)), int(m.group(2))
        return (hour * 60 + minute if minute < 60 else None), True
    m = _SPOKEN.match(text)
    if m:
        return (int(m.group(1)) * 60 + int(m.group(2)) if has_minutes and int(m.group(2)) < 60 else None), False
    amount = read_amount(text)
    minutes = None if amount is None else amount * 60
    # People say halves and quarters of an hour; any other fraction is no time.
    return (int(minutes), False) if minutes is not None and minutes % _QUARTER == 0 else (None, False)


def _shift(minutes: int, half: str, part: str) -> int | None:
    """Minutes on the 24-hour clock; None where hour and half of the day do not go together."""
    hour = minutes // 60
    if hour > _NOON_END:
        return minutes if half != "a" and part != "morning" else None
    if half:
        return minutes % 720 + (720 if half == "p" else 0)
    if part == "morning":
        return minutes if hour < _NOON_END else None
    if part == "afternoon":
        return minutes % 720 + 720 if hour == _NOON_END or hour <= 6 else None
    if part == "evening":
        return minutes + 720 if 3 <= hour <= 9 else None
    return _shift_to_night(minutes, hour)


def _shift_to_night(minutes: int, hour: int) -> int | None:
    if hour == _NOON_END:
        return minutes % 720
    if hour >= 6:
        return minutes + 720
    return minutes if hour <= 5 else None


CLEANERS = (Cleaner("time", clean_time, kinds=("time",)),)
