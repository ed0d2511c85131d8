"""What records say about a vehicle or thing: stolen, recovered, in a case; and which statement is the newest."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from digitize.search.cases import text_of
from digitize.services.kind import SAYS
from mappers.codes.registrations import marks_in
from mappers.record import Record, Row
from mappers.text.folding import fold_key

STOLEN, RECOVERED, IN_A_CASE = "stolen", "recovered", "in-a-case"
UNSURE = "unsure"
WAS_STOLEN, STOLEN_OR_RECOVERED, OF_THE_CASE = "was-stolen", "stolen-or-recovered", "of-the-case"


@cache
def meanings() -> Mapping[str, Any]:
    """Meanings of the codes, see things.toml."""
    text = (resources.files("digitize.services") / "things.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True, slots=True)
class ThingStatement:
    """What one row of a record says.

    word: STOLEN, RECOVERED or IN_A_CASE. day: ISO, "" if unknown. case: key shared by all records of one FIR.
    """

    word: str
    day: str
    case: tuple[str, ...]


def case_of(record: Record) -> tuple[str, ...]:
    """Case of a record, by its FIR; its own if it names none."""
    station, year, number = (text_of(record.fields.get(n)) for n in ("police_station", "year", "fir_no"))
    if station and year and number:
        # A part of the crime register keeps two numbers apart.
        return fold_key(station), year, number, text_of(record.fields.get("fir_part"))
    return (record.id,)


def day_of(record: Record, word: str) -> str:
    """Date of what a record says, "" if none."""
    days = meanings()["days"]
    own = days.get(record.form, {})
    names = [*own.get(word, ()), *own.get("other", ()), *days["any"]["other"]]
    return next((day for n in names if (day := text_of(record.fields.get(n)))), "")


def said_of(record: Record, row: Row, *, is_vehicle: bool, number: Collection[str] = ()) -> list[ThingStatement]:
    """What a record says about one of its rows, or about itself if its form is about one thing.

    number: as folded in descriptions; a vehicle's status is in the thing row that has it.
    """
    status = text_of(row.get("property_status")) or (_status_beside(record, row, number) if is_vehicle else "")
    case = case_of(record)
    word = meanings()["statuses"].get(status, "")
    if not word and record.form == "iif4":
        word = meanings()["natures"].get(text_of(record.fields.get("property_nature")), "")
    if word == STOLEN and record.form in meanings()["held"]["forms"]:
        word = RECOVERED
    made = [ThingStatement(word or IN_A_CASE, day_of(record, word or IN_A_CASE), case)]
    if word == STOLEN:
        names = meanings()["days"].get(record.form, {}).get(RECOVERED, ())
        found = (day for n in names if row is record.fields and (day := text_of(record.fields.get(n))))
        made += [ThingStatement(RECOVERED, day, case) for day in found]
    return made


def _status_beside(record: Record, row: Row, number: Collection[str]) -> str:
    """Status of a vehicle in the list of things: by its serial number, its mark, or as the only one of its type."""
    things = list(record.children.get("property", ()))
    if serial := text_of(row.get("thing_serial_no")):
        things = [t for t in things if text_of(t.get("serial_no")) == serial]
    named = [t for t in things if any(n in fold_key(text_of(t.get("description"))) for n in number)]
    # What has another number is another vehicle.
    told = named or [t for t in things if is_of(t, "vehicles") and not marks_in(text_of(t.get("description")))]
    statuses = {text_of(t.get("property_status")) for t in told}
    # Several vehicles and one status: whose it is nobody knows.
    is_each = bool(named) or len(told) >= len(record.children.get("vehicles", ()))
    return statuses.pop() if len(statuses) == 1 and is_each else ""


def is_of(thing: Row, group: str) -> bool:
    """Whether a thing is a vehicle ("vehicles") or an arm ("arms"), by category or type."""
    codes = meanings()[group]
    return (
        text_of(thing.get("category")) in codes["categories"] or text_of(thing.get("property_type")) in codes["types"]
    )


def standing_words(said: Sequence[Sequence[ThingStatement]]) -> list[str]:
    """What each of several rows about one thing says, given the others: a theft ended by a recovery no longer counts.

    said: of each row. A theft has ended if its own case says that the thing was recovered, or any record of the same or
    a later date does. If the date of a recovery is unknown, it is unknown whether the theft ended.
    """
    every = [s for some in said for s in some]
    recoveries = [s for s in every if s.word == RECOVERED]
    thefts = [s for s in every if s.word == STOLEN]
    return [_strongest(_word(s, thefts, recoveries) for s in some) for some in said]


NEAR_SAYS, DIFFERS, TOLD_SAYS = "near", "differs", "told"
"""A similar number; an equal one whose other number differs; one only in a text."""
_FIRST = (
    STOLEN, STOLEN_OR_RECOVERED, IN_A_CASE, DIFFERS, TOLD_SAYS, NEAR_SAYS, RECOVERED, WAS_STOLEN, OF_THE_CASE,
)  # fmt: skip


def score_of(says: str) -> float:
    """Score of a row with the queried number: what decides the verdict comes first.

    The person chooses how many rows are shown, and a verdict must not rest on harmless ones.
    """
    return 1 - _FIRST.index(says) / 100


def verdict_of(found: Sequence[Mapping[str, str]]) -> str:
    """Verdict on a vehicle or thing from all shown rows.

    Similar numbers, numbers only in texts, and hidden results need a check by a person before anything is certified.
    """
    said = {row.get(SAYS, "") for row in found}
    if STOLEN in said:
        return STOLEN
    if said <= {RECOVERED, WAS_STOLEN, OF_THE_CASE} and said & {RECOVERED, WAS_STOLEN}:
        return RECOVERED
    return IN_A_CASE if IN_A_CASE in said and STOLEN_OR_RECOVERED not in said else UNSURE


_STRENGTH = (STOLEN, STOLEN_OR_RECOVERED, IN_A_CASE, RECOVERED, WAS_STOLEN, OF_THE_CASE)


def _strongest(words: Iterable[str]) -> str:
    return min(words, key=_STRENGTH.index)


def _word(one: ThingStatement, thefts: Sequence[ThingStatement], recoveries: Sequence[ThingStatement]) -> str:
    if one.word == RECOVERED:
        return RECOVERED
    if one.word == STOLEN:
        if any(r.case == one.case or (one.day and r.day and r.day >= one.day) for r in recoveries):
            return WAS_STOLEN
        is_open = any(not r.day for r in recoveries) or (recoveries and not one.day)
        return STOLEN_OR_RECOVERED if is_open else STOLEN
    is_beside = any(s.case == one.case for s in (*thefts, *recoveries))
    is_before = bool(one.day) and any(r.day > one.day for r in recoveries)
    return OF_THE_CASE if is_beside or is_before else IN_A_CASE
