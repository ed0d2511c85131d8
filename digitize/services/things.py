"""What records say of a vehicle or a thing: stolen, recovered, in a case; and which of that stands at the newest."""

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
    """What the codes mean; see things.toml."""
    text = (resources.files("digitize.services") / "things.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@dataclass(frozen=True, slots=True)
class ThingStatement:
    """What one row of a record says. word: STOLEN, RECOVERED or IN_A_CASE. day: ISO, "" where nobody knows. case: what
    all records of one FIR have alike.
    """

    word: str
    day: str
    case: tuple[str, ...]


def case_of(record: Record) -> tuple[str, ...]:
    """The case of a record, by its FIR; by itself where it states none."""
    station, year, number = (text_of(record.fields.get(n)) for n in ("police_station", "year", "fir_no"))
    if station and year and number:
        # A part of the crime register keeps two numbers apart.
        return fold_key(station), year, number, text_of(record.fields.get("fir_part"))
    return (record.id,)


def day_of(record: Record, word: str) -> str:
    """The day of what a record says, "" where it has none."""
    days = meanings()["days"]
    own = days.get(record.form, {})
    names = [*own.get(word, ()), *own.get("other", ()), *days["any"]["other"]]
    return next((day for n in names if (day := text_of(record.fields.get(n)))), "")


def said_of(record: Record, row: Row, *, is_vehicle: bool, number: Collection[str] = ()) -> list[ThingStatement]:
    """What a record says of one of its rows, or of itself where its form tells of one thing.

    number: how the number stands in descriptions, folded: a vehicle's status stands with the thing that has it.
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
    """The status of a vehicle in the list of things: by its serial number, its mark, or as one of a kind."""
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
    """Whether a thing of a list is a vehicle ("vehicles") or an arm ("arms"), by its category or type."""
    codes = meanings()[group]
    return (
        text_of(thing.get("category")) in codes["categories"] or text_of(thing.get("property_type")) in codes["types"]
    )


def standing_words(said: Sequence[Sequence[ThingStatement]]) -> list[str]:
    """What each of several rows about one thing says, beside the others: a theft that a recovery ended is none now.

    said: of each row. A theft has ended where its own case says that the thing was recovered, or any record of its day
    or a later one does. Where the day of a recovery is not known, whether it has is not either.
    """
    every = [s for some in said for s in some]
    recoveries = [s for s in every if s.word == RECOVERED]
    thefts = [s for s in every if s.word == STOLEN]
    return [_strongest(_word(s, thefts, recoveries) for s in some) for some in said]


NEAR_SAYS, DIFFERS, TOLD_SAYS = "near", "differs", "told"
"""A number that is near; one that is the same where another is not; one that only a text names."""
_FIRST = (
    STOLEN, STOLEN_OR_RECOVERED, IN_A_CASE, DIFFERS, TOLD_SAYS, NEAR_SAYS, RECOVERED, WAS_STOLEN, OF_THE_CASE,
)  # fmt: skip


def score_of(says: str) -> float:
    """The score of what has a number that was asked for: first what decides the verdict.

    Whoever asks says how many rows are shown, and a verdict must not rest on the harmless ones of them.
    """
    return 1 - _FIRST.index(says) / 100


def verdict_of(found: Sequence[Mapping[str, str]]) -> str:
    """What is so of a vehicle or a thing by all that is shown.

    A near number, one that only a text tells, and what is not shown: a person must look before anything is certified.
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
