"""Which pages the committed samples hold, and how a larger set is drawn by lot."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sample_data.cases import Ask, Book
from sample_data.iif1 import FAMILY as IIF1
from sample_data.phrases import load_phrases
from sample_data.wbp27 import FAMILY as WBP

SEED = 1947


@dataclass(frozen=True)
class Plan:
    """One page to draw. file: its name; pages of one TIFF or PDF share it. hand: which of the language's hands.

    turns: quarter turns anticlockwise. dpi: of the scan. bitonal: black and white, as TIFF G4 scanners give it. part:
    of a form of several pages, 0 for a form of one. share: which of how many pages that hold the same list or story.
    """

    file: str
    book: Book
    ask: Ask
    hand: int = 0
    level: str = "light"
    turns: int = 0
    dpi: int = 200
    bitonal: bool = False
    grey: bool = False
    part: int = 0
    share: tuple[int, int] = (1, 1)


_EN = Book("FIR book 2019", "en", IIF1, "Namunahat", "Namuna", 2019)
_HI = Book("FIR book 2025", "hi", IIF1, "Kalpanapur", "Kalpana", 2025)
_HI_OLD = Book("FIR book 2016", "hi", IIF1, "Namunakhera", "Kalpana", 2016)
_BN = Book("FIR book 2014", "bn", IIF1, "Udaharanganj", "Udaharan", 2014)
_TA = Book("FIR book 2012", "ta", IIF1, "Madhirippatti", "Madhiri", 2012)
_WBP = Book("FIR book 2018", "en", WBP, "Namunahat", "Namuna", 2018)
_BOOKS = tuple(
    Book(f"FIR book {year}", language, IIF1, station, district, year)
    for language, station, district, year in (
        ("mr", "Namunawadi", "Namuna", 2017),
        ("te", "Kalpanapalli", "Kalpana", 2018),
        ("kn", "Madaripura", "Madari", 2015),
        ("ml", "Mathrukapuram", "Mathruka", 2019),
        ("gu", "Namunapur", "Namuno", 2016),
        ("pa", "Misalpur", "Misal", 2021),
        ("or", "Udaharanpur", "Udaharana", 2013),
        ("as", "Udaharangaon", "Udaharanbari", 2014),
        ("ur", "Misalabad", "Misala", 2020),
    )
)
"""One book of each language that has no page among the committed ones of the demo."""


def committed() -> tuple[Plan, ...]:
    """The pages that the demo and the tests use."""
    return (*_hindi(), *_english(), *_bengali(), *_tamil(), *_form_27())


def further_languages() -> Iterator[Plan]:
    """A page of each language that committed() has none of: black and white, so that nine of them stay small."""
    for i, book in enumerate(_BOOKS):
        day = date(book.year, 2 + i, 9 + 2 * i)
        ask = Ask(number=7 + 41 * i, offence=("theft", "hurt")[i % 2], day=day, days=i % 3, style=i)
        yield Plan(f"{book.language}_{book.year}_{ask.number:03}.png", book, ask, bitonal=True)


def _hindi() -> tuple[Plan, ...]:
    saka = Ask(101, "bns_theft", date(2025, 8, 6), saka=(15, 5, 1947))
    return (
        Plan("hi_2025_101.jpg", _HI, saka),
        Plan("hi_2025_102.jpg", _HI, Ask(102, "bns_hurt", date(2025, 8, 9), style=1), hand=1, level="worn"),
        Plan("hi_2025_103.jpg", _HI, Ask(103, "bns_burglary", date(2025, 8, 14), days=2, unknown=True), turns=2),
        Plan("hi_2016_044.png", _HI_OLD, Ask(44, "theft", date(2016, 3, 3), style=2, unknown=True), grey=True, dpi=150),
        Plan("hi_2016_045.jpg", _HI_OLD, Ask(45, "dowry", date(2016, 3, 8), days=5, woman=True), level="worn"),
    )


def _english() -> tuple[Plan, ...]:
    wrong = Ask(213, "wrong", date(2019, 5, 20), backwards=True)
    return (
        Plan("en_2019_211.jpg", _EN, Ask(211, "hurt", date(2019, 5, 11), aliased=True), hand=0),
        Plan("en_2019_212.jpg", _EN, Ask(212, "outrage", date(2019, 5, 13), style=1, woman=True), hand=1),
        Plan("en_2019_213.jpg", _EN, Ask(213, "cheating", date(2019, 5, 15), days=3, style=2), hand=2, level="worn"),
        Plan("en_2019_213_again.jpg", _EN, wrong, hand=0, grey=True),
    )


def _bengali() -> tuple[Plan, ...]:
    return (
        Plan("bn_2014_061-062.tif", _BN, Ask(61, "hurt", date(2014, 1, 10), aliased=True), bitonal=True),
        Plan("bn_2014_061-062.tif", _BN, Ask(62, "theft", date(2014, 1, 13), style=1, unknown=True), bitonal=True),
        Plan("bn_2014_063.jpg", _BN, Ask(63, "dowry", date(2014, 1, 17), days=4, woman=True), level="worn"),
        Plan("bn_2014_064.jpg", _BN, Ask(64, "burglary", date(2014, 1, 20), style=2, unknown=True), turns=1),
    )


def _tamil() -> tuple[Plan, ...]:
    return (
        Plan("ta_2012_301-302.pdf", _TA, Ask(301, "hurt", date(2012, 6, 4), aliased=True)),
        Plan("ta_2012_301-302.pdf", _TA, Ask(302, "theft", date(2012, 6, 7), style=1, unknown=True), level="worn"),
        Plan("ta_2012_303.jpg", _TA, Ask(303, "burglary", date(2012, 6, 9), days=1, style=2), hand=1),
    )


def _form_27() -> tuple[Plan, ...]:
    return (
        Plan("wbp_2018_871.jpg", _WBP, Ask(871, "theft", date(2018, 12, 3), unknown=True), hand=0),
        Plan("wbp_2018_872.jpg", _WBP, Ask(872, "hurt", date(2018, 12, 6), style=1), hand=1, level="worn"),
        Plan("wbp_2018_873.jpg", _WBP, Ask(873, "accident", date(2018, 12, 9), days=2), hand=3, turns=3),
    )


def by_lot(count: int, wear: str, seed: int) -> Iterator[Plan]:
    """Pages of a larger set: all forms and hands in turn. wear: light, worn or mixed."""
    books = (_EN, _HI_OLD, _BN, _TA, _WBP)
    rng = random.Random(seed)
    for i in range(count):
        book = books[i % len(books)]
        yield _lot(book, i, wear, rng)


def _lot(book: Book, i: int, wear: str, rng: random.Random) -> Plan:
    offences = [o.id for o in load_phrases(book.language).offences if not o.id.startswith("bns") and o.id != "wrong"]
    day = date(book.year, 1, 3) + timedelta(days=i % 340)
    ask = Ask(
        number=1 + i,
        offence=rng.choice(offences),
        day=day,
        days=rng.choice((0, 0, 1, 3)),
        style=rng.randrange(3),
        woman=rng.random() < 0.3,
        unknown=rng.random() < 0.3,
        aliased=rng.random() < 0.3,
    )
    level = rng.choice(("light", "worn")) if wear == "mixed" else wear
    hand = rng.randrange(2)
    turns = rng.choice((0, 0, 0, 0, 0, 0, 0, 1, 2, 3))
    return Plan(f"{book.language}_{book.family}_{i:05d}.jpg", book, ask, hand, level, turns)
