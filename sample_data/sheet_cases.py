"""What is written on forms of several pages beside what an FIR on one page holds, and which are drawn."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from sample_data.cases import PHONE, Ask, Book, Case, invent
from sample_data.phrases import Phrases
from sample_data.plan import Plan

FIR, SCENE, ARREST, SEIZURE, REPORT = (f"iif{n}_sheets" for n in range(1, 6))
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
_PEOPLE: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {SCENE: ("panches",), **{x: ("witnesses",) for x in (ARREST, SEIZURE, REPORT)}}
)
"""Lists of people on the forms."""
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


def case_forms() -> Iterator[Plan]:
    """The committed forms of cases other than the FIR, each in English and Hindi: all parts once."""
    asks = (Ask(301, "theft", date(2020, 7, 6), days=1), Ask(41, "theft", date(2018, 4, 11)))
    for family, parts in ((SCENE, (1, 2)), (ARREST, (1, 2)), (SEIZURE, (1, 2)), (REPORT, (1, 2, 3))):
        for book, ask in zip(_BOOKS[:2], asks, strict=True):
            file = f"{family.partition('_')[0]}_{book.language}_{book.year}_{ask.number:03}.tif"
            label = f"{family.partition('_')[0]} {book.label}"
            yield from _pages(file, replace(book, label=label, family=family), ask, parts)


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
    """One form of a case, with what it asks beside an FIR on one page.

    The same arguments and state of rng give the same form.
    """
    case = invent(book, ask, say, rng)
    _add_answers(case, book, ask, say)
    if book.family == FIR:
        _add_to_fir(case, book, say, rng)
    else:
        _add_people(case, book.family, say, rng)
    return case


@cache
def _answers() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return tomllib.loads((Path(__file__).parent / "sheet_answers.toml").read_text(encoding="utf-8"))


def _add_answers(case: Case, book: Book, ask: Ask, say: Phrases) -> None:
    """Write what sheet_answers.toml has for a form."""
    for zone, told in _answers().get(book.family, {}).items():
        if "days" in told:
            day = ask.day + timedelta(days=told["days"])
            text, value = say.date(day, say.dates[ask.style % len(say.dates)]), day.isoformat()
        elif "hour" in told:
            moment = datetime.combine(ask.day, time(told["hour"], 20))
            text, value = say.time(moment, say.times[ask.style % len(say.times)]), f"{moment:%H:%M}"
        else:
            text = told[book.language]
            value = told.get("value", text)
        case.put(zone, text, **({told["to"]: value} if "to" in told else {}))


def _add_people(case: Case, family: str, say: Phrases, rng: random.Random) -> None:
    """Write the first accused, of whom a memo tells or things were seized, the officers, and lists of people."""
    first = case.rows["accused"][0]
    case.values["accused"], case.rows["accused"] = case.values["accused"].split("\n")[0], [first]
    for zone, owner in (("accused", "a"), ("seized", "s"), ("shown", "b")):
        case.put(f"{zone}_name", first["name"], **{f"{owner}__name": first["name"]})
        relative = first["relative_name"]
        case.put(f"{zone}_relative", relative, **{f"{owner}__relative_name": relative})
        case.put(f"{zone}_address", first["address"], **{f"{owner}__address": first["address"]})
    for zone, officer, field in (("sho", "officer", "sho_name"), ("submitted", "io", "submitted_by")):
        means = {**case.means[f"{officer}_name"], **case.means[f"{officer}_rank"]}
        case.put(f"{zone}_name", case.values[f"{officer}_name"], **{field: means[f"{officer}_name"]})
        rank = f"{field.removesuffix('_name')}_rank"
        case.put(f"{zone}_rank", case.values[f"{officer}_rank"], **{rank: means[f"{officer}_rank"]})
    if family == SEIZURE:
        case.rows["property"] = [{**row, "property_status": "seized"} for row in case.rows["property"]]
    for zone in _PEOPLE[family]:
        lines, case.rows[zone] = [], []
        for at in (1, 2):
            name, relative = (f"{rng.choice(say.first_men)} {rng.choice(say.last)}" for _ in range(2))
            village = rng.choice(say.villages)
            lines.append(say.named.format(i=say.digits_of(str(at)), name=name, relative=relative, village=village))
            row = {"name": name, "relation": "father", "relative_name": relative, "address": village}
            case.rows[zone].append(row)
        case.put(zone, "\n".join(lines))


def _add_to_fir(case: Case, book: Book, say: Phrases, rng: random.Random) -> None:
    told = _SAID[book.language]
    for told_of in (case.values, case.means):
        told_of.pop("complainant_phone", None)
    case.put("complainant_mobile", PHONE, p__mobile=PHONE)
    case.put("complainant_nationality", told["nationality"], p__nationality=_MEANS["nationality"])
    story = "\n".join(o.narrative.format(village=rng.choice(say.villages)) for o in say.offences if o.id != "wrong")
    case.put("narrative", f"{case.values['narrative']}\n{story}", narrative="")
    height = str(rng.randrange(155, 182))
    case.put("feature_height", say.digits_of(height), a__height_cm=height)
    for zone in ("sex", "build", "complexion", "hair", "dress"):
        case.put(f"feature_{zone}", told[zone], **{f"a__{zone}": _MEANS[zone]})
    case.put("feature_scar", told["forehead"], a__scar=_MEANS["forehead"])
