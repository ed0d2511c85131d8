"""What is written on forms of several pages beside what an FIR on one page holds, and which are drawn."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from sample_data.cases import PHONE, Ask, Book, Case, invent
from sample_data.phrases import Phrases
from sample_data.plan import Plan

FIR = "iif1_sheets"
_SAID: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "en": {"nationality": "Indian", "sex": "Male", "build": "Medium", "complexion": "Wheatish", "hair": "Black",
               "dress": "Lungi", "forehead": "Forehead"},
        "hi": {"nationality": "भारतीय", "sex": "पुरुष", "build": "मध्यम", "complexion": "गेहुंआ", "hair": "काले",
               "dress": "लुंगी", "forehead": "माथा"},
        "bn": {"nationality": "ভারতীয়", "sex": "পুরুষ", "build": "মাঝারি", "complexion": "শ্যামবর্ণ", "hair": "কালো",
               "dress": "লুঙ্গি", "forehead": "কপাল"},
        "ta": {"nationality": "இந்தியர்", "sex": "ஆண்", "build": "நடுத்தர", "complexion": "மாநிறம்",
               "hair": "கருப்பு", "dress": "லுங்கி", "forehead": "நெற்றி"},
    }
)  # fmt: skip
_MEANS = {"nationality": "Indian", "sex": "male", "build": "medium", "complexion": "wheatish", "hair": "black",
          "dress": "lungi", "forehead": "forehead"}  # fmt: skip
_BOOKS = (
    Book("FIR book 2020", "en", FIR, "Namunahat", "Namuna", 2020),
    Book("FIR book 2018 hi", "hi", FIR, "Namunakhera", "Kalpana", 2018),
    Book("FIR book 2015 bn", "bn", FIR, "Udaharanganj", "Udaharan", 2015),
    Book("FIR book 2013 ta", "ta", FIR, "Madhirippatti", "Madhiri", 2013),
)


def whole_firs() -> Iterator[Plan]:
    """The committed FIRs of several pages: two in English, one in each other language.

    One has an attachment and its story on two pages, one has lists that go on overleaf. Black and white, so that they
    stay small.
    """
    english, *others = _BOOKS
    asks = (Ask(301, "theft", date(2020, 7, 6), days=1), Ask(302, "hurt", date(2020, 7, 9), style=1))
    yield from _pages("en_2020_301.tif", english, asks[0], (1, 2, 3, 4))
    yield from _pages("en_2020_302.tif", english, asks[1], (1, 2, 3, 3, 4, 6))
    for n, book in enumerate(others):
        ask = Ask(41 + 10 * n, "burglary" if n else "theft", date(book.year, 4 + n, 11 + n))
        parts = (1, 2, 3, 4, 5) if book.language == "hi" else (1, 2, 3, 4)
        yield from _pages(f"{book.language}_{book.year}_{ask.number:03}.tif", book, ask, parts)


def _pages(file: str, book: Book, ask: Ask, parts: tuple[int, ...]) -> Iterator[Plan]:
    for at, part in enumerate(parts):
        alike = [n for n, other in enumerate(parts) if _holds(other) == _holds(part)]
        yield replace(_page(file, book, ask, part), share=(alike.index(at) + 1, len(alike)))


def _holds(part: int) -> int:
    """The part whose lists or story a part of an FIR goes on with."""
    return 2 if part == 5 else part


def _page(file: str, book: Book, ask: Ask, part: int) -> Plan:
    return Plan(file, book, ask, bitonal=True, part=part)


def invent_whole(book: Book, ask: Ask, say: Phrases, rng: random.Random) -> Case:
    """One FIR with what its longer form asks besides. The same arguments and state of rng give the same FIR."""
    case = invent(book, ask, say, rng)
    told = _SAID[book.language]
    for told_of in (case.values, case.means):
        told_of.pop("complainant_phone", None)
    case.put("complainant_mobile", PHONE, p__mobile=PHONE)
    case.put("complainant_nationality", told["nationality"], p__nationality=_MEANS["nationality"])
    story = "\n".join(o.narrative.format(village=rng.choice(say.villages)) for o in say.offences if o.id != "wrong")
    case.put("narrative", f"{case.values['narrative']}\n{story}", narrative="")
    height = str(rng.randrange(155, 182))
    case.put("feature_height", say.digits_of(height))
    for zone in ("sex", "build", "complexion", "hair", "dress"):
        case.put(f"feature_{zone}", told[zone])
    case.put("feature_scar", told["forehead"])
    if rows := case.rows.get("accused"):
        means = {zone: _MEANS[zone] for zone in ("sex", "build", "complexion", "hair", "dress")}
        case.rows["features"] = [{**means, "height_cm": height, "scar": _MEANS["forehead"]}, *({} for _ in rows[1:])]
    return case
