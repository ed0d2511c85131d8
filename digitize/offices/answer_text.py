"""The sentences of an answer in Parliament in the official form, in each language of the reports."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from digitize.offices.answer_basis import AnswerLine, Behind, bases_of, lead, lead_reports
from digitize.offices.figures import WAYS
from digitize.offices.numbers import grouped
from digitize.offices.service_sheet import ServiceLine
from digitize.offices.shape import PILLARS
from digitize.offices.words import Words
from mappers.calendars.saka import gregorian_to_saka

_SMALL = 11
"""Numbers below it are written in words."""


def both_calendars(day: date, words: Words) -> str:
    """6th August, 2025 / Sravana 15, 1947 (Saka), in the language of the answer."""
    year, month, saka_day = gregorian_to_saka(day)
    ending = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return words(
        "answer.day", day=day.day, ending=ending if words.language == "en" else "", month=words(f"month.{day.month}"),
        year=day.year, saka_day=saka_day, saka_month=words(f"saka.{month}"), saka_year=year,
    )  # fmt: skip


def part_a(used: Mapping[str, AnswerLine], behind: Behind, words: Words) -> str:
    """How many stations are covered."""
    covered, target = used["covered"], used["target"]
    is_mixed = len(bases_of([covered, target])) > 1
    is_more = covered.used is not None and target.used is not None and covered.used > target.used
    # Two figures of two sources do not show what came new in between.
    new = words("answer.a_new") if is_more and not is_mixed else ""
    slug = "answer.a_partial" if covered.is_partial else "answer.a"
    numbers = {"target": _number(target, words, is_mixed), "covered": _number(covered, words, is_mixed)}
    return lead([covered, target], behind, words) + words(slug, **numbers, new=new)


def part_b(used: Mapping[str, AnswerLine], behind: Behind, words: Words) -> str:
    """In how many states the links with the other pillars are done."""
    names = _listed([words(f"pillar.{p}") for p in PILLARS], words)
    lines = {way: [used[f"{way}_{p}".replace("-", "_")] for p in PILLARS] for way in WAYS}
    all_ = [n for of_way in lines.values() for n in of_way]
    is_mixed = len(bases_of(all_)) > 1
    numbers = {way: _listed([_number(n, words, is_mixed) for n in of_way], words) for way, of_way in lines.items()}
    text = words("answer.b", names=names, forward=numbers["forward"], backward=numbers["backward"])
    return lead(all_, behind, words) + text


def part_c(services: Sequence[ServiceLine], behind: Behind, words: Words) -> str:
    """Which services the loaded records can feed; that nobody tells, where nobody does."""
    told = [x for x in services if x.count]
    said = max((x.said for x in services), default=0)
    if not said:
        return words("answer.c_none")
    before = lead_reports(said, behind, words)
    if not told:
        return before + words("answer.c_too_few", states=_reporters(said, words))
    listed = [
        words("answer.c_service_1" if x.fed == 1 else "answer.c_service", service=words(f"service.{x.service.name}"),
              n=grouped(x.count), fed=x.fed)
        for x in told
    ]  # fmt: skip
    return before + words("answer.c", states=_reporters(said, words), services="; ".join(listed))


def part_d(stations: AnswerLine, legacy: AnswerLine, lagging: Sequence[str], behind: Behind, words: Words) -> str:
    """Where CCTNS is implemented, and where the legacy data is complete."""
    begun, told = _implemented(stations, words), _completed(legacy, lagging, words)
    if len(bases_of([stations, legacy])) > 1:
        # Two clauses on two grounds: each says its own.
        begun, told = lead([stations], behind, words) + begun, lead([legacy], behind, words) + told
        return _sentence(words("answer.apart", begun=begun, told=told), words)
    before = lead([stations, legacy], behind, words)
    if not begun:
        return before + _sentence(told, words)
    slug = "answer.apart" if legacy.used is None else "answer.beside"
    return before + _sentence(words(slug, begun=begun, told=told), words)


def _completed(legacy: AnswerLine, lagging: Sequence[str], words: Words) -> str:
    n = legacy.used
    if n is None:
        return words("answer.legacy_none")
    if legacy.is_partial:
        rest = words("answer.rest_partial", n=legacy.said - n, all=legacy.said)
    elif n == 0:
        rest = words("answer.rest_all")
    else:
        rest = words("answer.rest_except", n=_small(n, words))
    # The names come of snapshots; beside a published number they would be of another day.
    names = f" ({', '.join(lagging)})" if lagging and legacy.basis == "snapshots" else ""
    return words("answer.legacy", rest=rest, names=names)


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


def _number(line: AnswerLine, words: Words, is_mixed: bool) -> str:
    """The number, never without saying so when only some states stand behind it, or when others have another source."""
    if line.used is None:
        return words("answer.number_missing")
    n = grouped(line.used)
    if is_mixed and line.basis == "published":
        return words("answer.number_published", n=n)
    if not line.is_partial:
        return n
    return words("answer.number_partial_1" if line.said == 1 else "answer.number_partial", n=n, said=line.said)


def _listed(texts: Sequence[str], words: Words) -> str:
    return words("answer.listed", first=", ".join(texts[:-1]), last=texts[-1])


def _small(n: int, words: Words) -> str:
    return words(f"small.{n}") if n < _SMALL else grouped(n)


def _sentence(text: str, words: Words) -> str:
    return words("answer.sentence", text=f"{text[0].upper()}{text[1:]}")


def _reporters(n: int, words: Words) -> str:
    """So many states as have reported, as a sentence says it."""
    return words("answer.reporters_1") if n == 1 else words("answer.reporters", n=n)
