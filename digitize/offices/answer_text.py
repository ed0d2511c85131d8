"""The sentences of an answer in Parliament in the official form, in each language of the reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from digitize.offices.figures import WAYS
from digitize.offices.numbers import grouped
from digitize.offices.service_sheet import ServiceLine
from digitize.offices.shape import PILLARS
from digitize.offices.words import Words
from mappers.calendars.saka import gregorian_to_saka

_SMALL = 11
"""Numbers below it are written in words."""


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One number of the answer.

    part: (a), (b), (c) or (d). snapshots: counted from those of the states that say, None where none does. published:
    as published. used: which of the two the paragraphs print; None when there is neither. is_partial: it is counted
    from snapshots, and some states say nothing of it.
    """

    part: str
    what: str
    key: str
    snapshots: int | None
    said: int
    published: int | None
    used: int | None
    basis: str
    is_partial: bool


def both_calendars(day: date, words: Words) -> str:
    """6th August, 2025 / Sravana 15, 1947 (Saka), in the language of the answer."""
    year, month, saka_day = gregorian_to_saka(day)
    ending = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return words(
        "answer.day", day=day.day, ending=ending if words.language == "en" else "", month=words(f"month.{day.month}"),
        year=day.year, saka_day=saka_day, saka_month=words(f"saka.{month}"), saka_year=year,
    )  # fmt: skip


def part_a(used: Mapping[str, AnswerLine], words: Words) -> str:
    """How many stations are covered."""
    covered, target = used["covered"], used["target"]
    is_more = covered.used is not None and target.used is not None and covered.used > target.used
    new = words("answer.a_new") if is_more else ""
    return words("answer.a", target=_number(target, words), covered=_number(covered, words), new=new)


def part_b(used: Mapping[str, AnswerLine], words: Words) -> str:
    """In how many states the links with the other pillars are done."""
    names = _listed([words(f"pillar.{p}") for p in PILLARS], words)
    numbers = {
        way: _listed([_number(used[f"{way}_{p}".replace("-", "_")], words) for p in PILLARS], words) for way in WAYS
    }
    return words("answer.b", names=names, forward=numbers["forward"], backward=numbers["backward"])


def part_c(services: Sequence[ServiceLine], words: Words) -> str:
    """Which services the loaded records can feed; that nobody tells, where nobody does."""
    told = [x for x in services if x.count]
    said = max((x.said for x in services), default=0)
    if not said:
        return words("answer.c_none")
    if not told:
        return words("answer.c_too_few", states=_reporters(said, words))
    listed = [
        words("answer.c_service_1" if x.fed == 1 else "answer.c_service", service=words(f"service.{x.service.name}"),
              n=grouped(x.count), fed=x.fed)
        for x in told
    ]  # fmt: skip
    return words("answer.c", states=_reporters(said, words), services="; ".join(listed))


def part_d(stations: AnswerLine, legacy: AnswerLine, lagging: Sequence[str], words: Words) -> str:
    """Where CCTNS is implemented, and where the legacy data is complete."""
    begun, n = _implemented(stations, words), legacy.used
    if n is None:
        told = words("answer.legacy_none")
        return _sentence(words("answer.apart", begun=begun, told=told) if begun else told, words)
    if legacy.is_partial:
        rest = words("answer.rest_partial", n=legacy.said - n, all=legacy.said)
    elif n == 0:
        rest = words("answer.rest_all")
    else:
        rest = words("answer.rest_except", n=_small(n, words))
    # The names come of snapshots; beside a published number they would be of another day.
    names = f" ({', '.join(lagging)})" if lagging and legacy.basis == "snapshots" else ""
    told = words("answer.legacy", rest=rest, names=names)
    return _sentence(words("answer.beside", begun=begun, told=told) if begun else told, words)


def _implemented(stations: AnswerLine, words: Words) -> str:
    """Where CCTNS is implemented; "" where nobody says how many stations there are."""
    n = stations.used
    if n is None:
        return ""
    where = (
        words("answer.where_some", states=_reporters(stations.said, words))
        if stations.is_partial
        else words("answer.where_all")
    )
    left = words("answer.except", n=_small(n, words)) if n else ""
    return words("answer.begun", where=where, left=left)


def _number(line: AnswerLine, words: Words) -> str:
    """The number, never without saying so when only some states stand behind it."""
    if line.used is None:
        return words("answer.number_missing")
    n = grouped(line.used)
    return words("answer.number_partial", n=n, said=line.said) if line.is_partial else n


def _listed(texts: Sequence[str], words: Words) -> str:
    return words("answer.listed", first=", ".join(texts[:-1]), last=texts[-1])


def _small(n: int, words: Words) -> str:
    return words(f"small.{n}") if n < _SMALL else grouped(n)


def _sentence(text: str, words: Words) -> str:
    return words("answer.sentence", text=f"{text[0].upper()}{text[1:]}")


def _reporters(n: int, words: Words) -> str:
    """So many states as have reported, as a sentence says it."""
    return words("answer.reporters_1") if n == 1 else words("answer.reporters", n=n)
