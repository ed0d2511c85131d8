"""The text of a date: folded, freed of the words that stand beside a date, told from marks that are no date."""

from __future__ import annotations

import re

from mappers.codes.months import WORD_END, WORD_START, months, plain_word
from mappers.text.folding import fold_numerals, squeeze

_WORDS = (
    r"dated?|dtd|dt|on|the|of|day|year|month|a\.?d|c\.?e|i\.?e|corresponding|to|equivalent"
    r"|दिनांक|दिनाङ्क|दि|तारीख|ता|को|ई|इ|ईसवी|ईस्वी|सन्|सन|रोज|तदनुसार|अर्थात|मुताबिक|रोजी"
    r"|দিন|তারিখ|তারিখে|তাং|তাঃ|ইংরেজি|ইংরাজি|ইং|ইং:|তাৰিখ|তাৰিখে|মোতাবেক"
    r"|தேதியில்|தேதியன்று|தேதி|தேதிய|தேதியிட்ட|திகதி|தேதிக்கு|நாள்|ஆம்|அன்று"
    r"|తేదీ?|తేది|తేదిన|తేదీన|తా|నాడు|ತೇದಿ|ತಾರೀಖು|ತಾರೀಖಿನಂದು|ದಿನಾಂಕ|ದಿ|ತಾ|ನೇ|തീയതി|തിയ്യതി|തീയ്യതി|തിയതി"
    r"|તારીખ|તા|ના|રોજ|દિનાંક|ਮਿਤੀ|ਮਿਤ|ਤਾਰੀਖ|ਤਾਰੀਖ਼|ତାରିଖ|ତା|ତାଃ|ଦିନାଙ୍କ|مورخہ|بمورخہ|بتاریخ|تاریخ|بروز|سنہ|سن|مطابق|بمطابق|ء"
)
# Words that stand beside a date and say nothing about it.
_NOISE = re.compile(
    rf"{WORD_START}(?:{_WORDS})[.:]*{WORD_END}"
    r"|(?<=\d)(?:st|nd|rd|th|ரி|வது|ம்|ஆம்|ವೇ|ನೇ|ला|रा|वा|వ|ই|শে|রা|লা)(?![^\W\d_])",
    re.I,
)
_WEEKDAY = re.compile(
    rf"{WORD_START}(?:(?:sun|mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?)(?:day)?"
    rf"|[^\s\d,./\-]{{2,8}}(?:वार|বার|வாரம்|వారం|ವಾರ|વાર|ਵਾਰ|ବାର)){WORD_END}",
    re.I,
)
# "Year" in Bengali, and the name of its own era.
_SAN = re.compile(rf"{WORD_START}সন(?:ের|ে)?{WORD_END}")
_ZERO = re.compile(r"[0\s./\-:t]+")
_DITTO = re.compile(r"""[\s\-.'"=,]*(?:do|ditto|〃|तदैव|यथोपरि|ঐ|மேற்படி|ایضاً?|["”″]|''|,,)[\s\-.'"=,]*""")
_PRIOR = re.compile(
    rf"{WORD_START}(?:alleged\s+)?(?:prior\s+to|before|से\s+पूर्व|से\s+पहले|के\s+पूर्व|পূর্বে|আগে|முன்பு){WORD_END}"
)
_NIGHT = re.compile(
    rf"{WORD_START}(?:intervening|night|the|of|between|from|रात्रि|रात्री|रात|की|के|दरमियानी|दरम्यान|मध्य|बीच|में|রাত্রি|রাত|রাতে|রাত্রে|মধ্যবর্তী"
    rf"|இரவு|రాత్రి|ರಾತ್ರಿ|രാത്രി|રાત્રે|રાત્રિ|ਰਾਤ|ਦਰਮਿਆਨੀ|ରାତି|شب|درمیانی|رات|کی){WORD_END}"
)
_ABOUT = re.compile(
    rf"{WORD_START}(?:(?:on\s+or\s+)?about|abt\.?|approx(?:\.|imately)?|circa|around|लगभग|क़?रीब|करीब|अंदाज़?न|अंदाजे|साधारणतः|প্রায়|আনুমানিক|প্ৰায়"
    rf"|சுமார்|ஏறக்குறைய|సుమారు|దాదాపు|ಸುಮಾರು|ഏകദേശം|આશરે|લગભગ|ਲਗਭਗ|ਕਰੀਬ|ପ୍ରାୟ|تقریبا|اندازاً){WORD_END}"
)
_CLOCK_TAIL = re.compile(
    r"^(.*\d)(?:t|\s+)(\d{1,2}(?::\d{2}(?::\d{2}(?:\.\d+)?)?(?:\s*[ap]\.?m\.?)?|(?:\.\d{2}){2}(?:\.\d+)?\s*[ap]\.?m\.?))"
    r"\s*(?:z|[+\-]\d{2}:?\d{2})?$"
)
_MIDNIGHT = re.compile(r"(?:0?0:00(?::00(?:\.0+)?)?|12[:.]00[:.]00(?:\.0+)?\s*a\.?m\.?)")


def fold_date(raw: str) -> str:
    """The text with digits as 0-9, lower case, words in one form; beside a Gregorian month সন is the plain "year"."""
    text = plain_word(fold_numerals(squeeze(raw)))
    return _SAN.sub(" ", text) if "সন" in text and months().gregorian_pattern.search(text) else text


def bare(folded: str) -> str:
    """A folded text without the words and week days that stand beside dates."""
    return _WEEKDAY.sub(" ", _NOISE.sub(" ", folded)).strip(" ,.:;")


def no_date(folded: str) -> tuple[str, ...]:
    """Notes on a text that is a mark and no date: zeros of a table's empty cell, ditto marks; () for others."""
    if _ZERO.fullmatch(bare(folded)):
        return ("zero-date",)
    return ("not-a-date", "ditto") if _DITTO.fullmatch(folded) else ()


def without_prior(folded: str) -> tuple[str, bool]:
    """The text without "prior to", and whether it said so."""
    return _PRIOR.sub(" ", folded), _PRIOR.search(folded) is not None


def without_about(folded: str) -> tuple[str, bool]:
    """The text without "about", and whether it said so."""
    return _ABOUT.sub(" ", folded), _ABOUT.search(folded) is not None


def without_night(text: str) -> str:
    """The text without the words that say it is a night between two days."""
    return _NIGHT.sub(" ", text)


def without_clock(folded: str) -> tuple[str, tuple[str, ...]]:
    """The text without the time that tables write behind a date, with a note when that is more than midnight."""
    m = _CLOCK_TAIL.match(folded)
    if m is None:
        return folded, ()
    return m.group(1), () if is_midnight(m.group(2)) else ("time-left-out",)


def is_midnight(clock: str) -> bool:
    """Whether a time is the midnight that tables write for no time."""
    return _MIDNIGHT.fullmatch(clock) is not None
