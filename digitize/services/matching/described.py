"""Description of one person's looks, dates and places, from a record or a query, prepared for comparison."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from digitize.search.picking import PickedRow
from digitize.targets.search_rows import NAMES, RELATIVES, SEP, born_between
from mappers.clean.persons import is_nobody
from mappers.codes.appearance import (
    BodyMark,
    Garment,
    part_and_side,
    read_clothes,
    read_marks,
    unknown_words,
)
from mappers.names.keys import name_words, near_key
from mappers.schema import form_tables
from mappers.text.folding import fold_key

REPORT, BODY, ASKED = "report", "body", "asked"
TATTOO = "tattoo"
MARK_FIELDS = {"burn_mark": "burn", "leucoderma": "leucoderma", "mole": "mole", "scar": "scar", "tattoo": TATTOO}
MARK_TEXTS = ("identification_marks", "other_features")
CODES = ("build", "complexion", "face", "hair", "eyes", "teeth", "deformity")
_AGES = ("age", "age_months", "age_from", "age_to", "birth_year", "birth_date")
_HEIGHTS = ("height_cm", "height_to_cm")
_ROW = ("sex", *_AGES, *_HEIGHTS, *CODES, *MARK_FIELDS, *MARK_TEXTS, "clothes", *NAMES, *RELATIVES)
ASPECTS: Mapping[str, tuple[str, ...]] = {
    "sex": ("sex",), "age": _AGES, "height": _HEIGHTS, "marks": (*MARK_FIELDS, *MARK_TEXTS), "clothes": ("clothes",),
    "name": NAMES, "relative": RELATIVES, "place": ("last_seen_place", "traced_place", "found_place"),
    **{n: (n,) for n in CODES},
}  # fmt: skip
"""Attribute -> the fields that contain it."""
_STATION = ("state", "district", "police_station", "year")
OWN = {
    "missing": (
        *_STATION,
        "report_no",
        "reported_date",
        "last_seen_place",
        "trace_status",
        "traced_date",
        "traced_place",
    ),
    "uidb": (
        *_STATION,
        "found_place",
        "identified_date",
        "missing_report_station",
        "missing_report_year",
        "missing_report_no",
    ),
}
DAY = {"missing": "missing_from_date", "uidb": "found_date"}
ROLE = {"missing": "missing", "uidb": "deceased"}
PLACES = {"missing": ("last_seen_place", "traced_place"), "uidb": ("found_place",)}
TRACED = ("traced_alive", "returned", "found_dead")
_LEAST_WORD = 3


@dataclass(frozen=True, slots=True)
class Names:
    """Sound keys of a person's names, separated by SEP, and the language of their script."""

    said: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Description:
    """One person.

    born: years from and to, (0, 0) if unknown; year: in which the age was stated; ages: from and to, of a query without
    a year. height: cm, from and to. day: missing since, or when the body was found; traced: when the person was, "" if
    not. codes: of code lists, by field. written: sound keys of a tattoo's words. place: sound keys of its words; where:
    station and district as written. filled: fields that are not empty. is_known: a body that was identified.
    """

    kind: str
    record: str = ""
    form: str = ""
    line: int = 0
    sex: str = ""
    born: tuple[int, int] = (0, 0)
    year: int = 0
    ages: tuple[int, int] = (0, 0)
    height: tuple[int, int] = (0, 0)
    codes: Mapping[str, str] = field(default_factory=dict)
    marks: tuple[BodyMark, ...] = ()
    written: frozenset[str] = frozenset()
    clothes: tuple[Garment, ...] = ()
    names: Names = Names()
    relative: Names = Names()
    day: str = ""
    traced: str = ""
    state: str = ""
    district: str = ""
    station: str = ""
    place: frozenset[str] = frozenset()
    where: str = ""
    filled: frozenset[str] = frozenset()
    is_known: bool = False
    report: tuple[str, str, str] = ("", "", "")


@cache
def row_fields(form: str) -> tuple[str, ...]:
    """Fields of a person's row that are read, for a form."""
    table = next(t for t in form_tables(form).values() if t.child == "persons")
    return tuple(n for n in _ROW if table.column(n))


def describe(form: str, row: PickedRow, *, with_names: bool = True) -> Description:
    """Description in a row of missing reports or inquests.

    row: of the fields OWN and `row_fields`. with_names: false if the other side has none, so they need not be read.
    """
    own = dict(zip(OWN[form], row.own, strict=True))
    said = _filled_values(form, row)
    day = row.day or (own.get("reported_date") or "")
    places = [n for n in PLACES[form] if own.get(n)]
    marks = tuple(_marks(said))
    is_traced = own.get("trace_status") in TRACED
    names = [_names(said, fields) if with_names else Names() for fields in (NAMES, RELATIVES)]
    year = _year(own.get("year"), day)
    return Description(
        BODY if form == "uidb" else REPORT, row.record, form, row.line, said.get("sex", ""),
        _find_birth_years(said, year), year, (0, 0), _height(said), {n: said[n] for n in CODES if n in said}, marks,
        _tattoo_words(said, marks), read_clothes(said.get("clothes", "")), names[0], names[1], day,
        ((own.get("traced_date") or day) if is_traced else ""), own["state"] or "", fold_key(own["district"] or ""),
        fold_key(own["police_station"] or ""), place_words(" ".join(own[n] or "" for n in places)),
        f"{own['police_station'] or ''} {own['district'] or ''}", frozenset((*said, *places)),
        is_known=bool(own.get("identified_date")), report=_report(form, own),
    )  # fmt: skip


def _report(form: str, own: Mapping[str, str | None]) -> tuple[str, str, str]:
    names = ("police_station", "year", "report_no") if form == "missing" else OWN["uidb"][-3:]
    station, year, number = (own.get(n) or "" for n in names)
    return fold_key(station), year, number


def describe_age(form: str, row: PickedRow) -> Description:
    """Only the age part of `describe`: read for many rows, most of another age."""
    own, said = dict(zip(OWN[form], row.own, strict=True)), _filled_values(form, row)
    year = _year(own.get("year"), row.day or (own.get("reported_date") or ""))
    return Description(BODY if form == "uidb" else REPORT, born=_find_birth_years(said, year), year=year)


def _filled_values(form: str, row: PickedRow) -> dict[str, str]:
    return {n: v for n, v in zip(row_fields(form), row.values, strict=True) if v is not None}


def _year(told: str | None, day: str) -> int:
    return _number(told) or _number(day[:4])


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else 0


def _find_birth_years(said: Mapping[str, str], year: int) -> tuple[int, int]:
    """Possible years of birth; a child of some months was born in the year of the record or before."""
    found = born_between(said, year)
    return (year - 1, year) if found == (0, 0) and year and said.get("age_months") else found


def _height(said: Mapping[str, str]) -> tuple[int, int]:
    low, high = (_number(said.get(n)) for n in _HEIGHTS)
    return (low or high), (high or low)


def _marks(said: Mapping[str, str]) -> Iterator[BodyMark]:
    for name, kind in MARK_FIELDS.items():
        if name in said:
            part, side = part_and_side(said[name])
            yield BodyMark(kind, "" if part == "other" else part, side)
    for name in MARK_TEXTS:
        if name in said:
            yield from read_marks(said[name])


def _tattoo_words(said: Mapping[str, str], marks: Sequence[BodyMark]) -> frozenset[str]:
    """Words of a tattoo that are in no list of marks."""
    if not any(mark.kind == TATTOO for mark in marks):
        return frozenset()
    texts = (said[n] for n in MARK_TEXTS if n in said)
    return frozenset(key for text in texts for word in unknown_words(text) if (key := _sound(word)))


@lru_cache(maxsize=1 << 16)
def _sound(word: str) -> str:
    """Sound key of a word, "" for a word too short to be useful."""
    said, _ = name_words(word)
    return near_key(said[0]) if said and len(said[0]) >= _LEAST_WORD else ""


def place_words(text: str) -> frozenset[str]:
    """Sound keys of the words of a place, in any script."""
    parts = text.replace(",", " ").replace(".", " ").replace("-", " ").split()
    return frozenset(key for part in parts if (key := _sound(part)))


def _names(said: Mapping[str, str], fields: Sequence[str]) -> Names:
    return names_of([said[n] for n in fields if n in said])


def names_of(texts: Sequence[str]) -> Names:
    """Names for comparison, each once, without those that mean "unknown"."""
    found: dict[str, None] = {}
    language = ""
    for text in texts:
        if not is_nobody(text):
            words, lang = name_words(text)
            language = language or lang
            found |= {" ".join(words): None} if words else {}
    return Names(SEP.join(found), language)
