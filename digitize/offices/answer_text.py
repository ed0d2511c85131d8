"""The sentences of an answer in Parliament in the official form, in each language of the reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from digitize.offices.figures import WAYS
from digitize.offices.numbers import group_digits
from digitize.offices.picture import NationalPicture
from digitize.offices.rollup import ReportedPlace
from digitize.offices.service_sheet import ServiceLine
from digitize.offices.shape import PILLARS
from digitize.offices.words import Words
from mappers.calendars.saka import gregorian_to_saka

_SMALL = 11
"""Numbers below it are written in words."""


def format_both_calendars(day: date, words: Words) -> str:
    """6th August, 2025 / Sravana 15, 1947 (Saka), in the language of the answer."""
    year, month, saka_day = gregorian_to_saka(day)
    ending = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return words(
        "answer.day", day=day.day, ending=ending if words.language == "en" else "", month=words(f"month.{day.month}"),
        year=day.year, saka_day=saka_day, saka_month=words(f"saka.{month}"), saka_year=year,
    )  # fmt: skip


def write_part_a(used: Mapping[str, AnswerLine], behind: AnswerSources, words: Words) -> str:
    """How many stations are covered."""
    covered, target = used["covered"], used["target"]
    is_mixed = len(list_bases([covered, target])) > 1
    is_more = covered.used is not None and target.used is not None and covered.used > target.used
    # Two figures of two sources do not show what came new in between.
    new = words("answer.a_new") if is_more and not is_mixed else ""
    slug = "answer.a_partial" if covered.is_partial else "answer.a"
    numbers = {"target": _format_number(target, words, is_mixed), "covered": _format_number(covered, words, is_mixed)}
    return write_lead([covered, target], behind, words) + words(slug, **numbers, new=new)


def write_part_b(used: Mapping[str, AnswerLine], behind: AnswerSources, words: Words) -> str:
    """In how many states the links with the other pillars are done."""
    names = _join_texts([words(f"pillar.{p}") for p in PILLARS], words)
    lines = {way: [used[f"{way}_{p}".replace("-", "_")] for p in PILLARS] for way in WAYS}
    all_ = [n for of_way in lines.values() for n in of_way]
    is_mixed = len(list_bases(all_)) > 1
    numbers = {
        way: _join_texts([_format_number(n, words, is_mixed) for n in of_way], words) for way, of_way in lines.items()
    }
    text = words("answer.b", names=names, forward=numbers["forward"], backward=numbers["backward"])
    return write_lead(all_, behind, words) + text


def write_part_c(services: Sequence[ServiceLine], behind: AnswerSources, words: Words) -> str:
    """Which services the loaded records can feed; that nobody tells, where nobody does."""
    told = [x for x in services if x.count]
    said = max((x.said for x in services), default=0)
    if not said:
        return words("answer.c_none")
    before = write_reports_lead(said, behind, words)
    if not told:
        return before + words("answer.c_too_few", states=_format_reporters(said, words))
    listed = [
        words("answer.c_service_1" if x.fed == 1 else "answer.c_service", service=words(f"service.{x.service.name}"),
              n=group_digits(x.count), fed=x.fed)
        for x in told
    ]  # fmt: skip
    return before + words("answer.c", states=_format_reporters(said, words), services="; ".join(listed))


def write_part_d(
    stations: AnswerLine, legacy: AnswerLine, lagging: Sequence[str], behind: AnswerSources, words: Words
) -> str:
    """Where CCTNS is implemented, and where the legacy data is complete."""
    begun, told = _write_implementation(stations, words), _write_completeness(legacy, lagging, words)
    if len(list_bases([stations, legacy])) > 1:
        # Two clauses on two grounds: each says its own.
        begun, told = write_lead([stations], behind, words) + begun, write_lead([legacy], behind, words) + told
        return _make_sentence(words("answer.apart", begun=begun, told=told), words)
    before = write_lead([stations, legacy], behind, words)
    if not begun:
        return before + _make_sentence(told, words)
    slug = "answer.apart" if legacy.used is None else "answer.beside"
    return before + _make_sentence(words(slug, begun=begun, told=told), words)


def _write_completeness(legacy: AnswerLine, lagging: Sequence[str], words: Words) -> str:
    n = legacy.used
    if n is None:
        return words("answer.legacy_none")
    if legacy.is_partial:
        rest = words("answer.rest_partial", n=legacy.said - n, all=legacy.said)
    elif n == 0:
        rest = words("answer.rest_all")
    else:
        rest = words("answer.rest_except", n=_format_small(n, words))
    # The names come of snapshots; beside a published number they would be of another day.
    names = f" ({', '.join(lagging)})" if lagging and legacy.basis == "snapshots" else ""
    return words("answer.legacy", rest=rest, names=names)


def _write_implementation(stations: AnswerLine, words: Words) -> str:
    """Where CCTNS is implemented; "" where nobody says how many stations there are."""
    n = stations.used
    if n is None:
        return ""
    where = (
        words("answer.where_some", states=_format_reporters(stations.said, words))
        if stations.is_partial
        else words("answer.where_all")
    )
    left = words("answer.except", n=_format_small(n, words)) if n else ""
    return words("answer.begun", where=where, left=left)


def _format_number(line: AnswerLine, words: Words, is_mixed: bool) -> str:
    """The number, never without saying so when only some states stand behind it, or when others have another source."""
    if line.used is None:
        return words("answer.number_missing")
    n = group_digits(line.used)
    if is_mixed and line.basis == "published":
        return words("answer.number_published", n=n)
    if not line.is_partial:
        return n
    return words("answer.number_partial_1" if line.said == 1 else "answer.number_partial", n=n, said=line.said)


def _join_texts(texts: Sequence[str], words: Words) -> str:
    return words("answer.listed", first=", ".join(texts[:-1]), last=texts[-1])


def _format_small(n: int, words: Words) -> str:
    return words(f"small.{n}") if n < _SMALL else group_digits(n)


def _make_sentence(text: str, words: Words) -> str:
    return words("answer.sentence", text=f"{text[0].upper()}{text[1:]}")


def _format_reporters(n: int, words: Words) -> str:
    """So many states as have reported, as a sentence says it."""
    return words("answer.reporters_1") if n == 1 else words("answer.reporters", n=n)


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


@dataclass(frozen=True, slots=True)
class AnswerSources:
    """Who tells, and when. states: in all; fresh: of them, those whose newest report is at most silent_days old.

    source, published: of the published figures. stated, told: the oldest statement and the oldest report of services,
    None where there is none. is_accepted: ledgers contradict the answer, and it is printed all the same.
    """

    states: int
    fresh: int
    silent_days: int
    source: str
    published: date | None
    stated: date | None
    told: date | None
    answered: date
    is_accepted: bool = False

    def is_old(self, day: date | None) -> bool:
        """Whether a sentence that says nothing of its day would be taken for one of the day of the answer."""
        return day is not None and self.answered - day > timedelta(days=self.silent_days)


def find_sources(picture: NationalPicture, answered: date, *, is_accepted: bool) -> AnswerSources:
    """What stands behind the answer of a day."""
    reports = [s.report for s in picture.root.parts if s.report]
    stated = [r.snapshot.statement.as_on for r in reports if r.snapshot.statement]
    told = [r.snapshot.as_on for r in reports if r.snapshot.services is not None]
    p, limit = picture.published, picture.limits.silent_days
    fresh = sum(r.days <= limit for r in reports)
    oldest = (min(stated, default=None), min(told, default=None))
    return AnswerSources(len(picture.root.parts), fresh, limit, p.source if p else "", p.as_on if p else None, *oldest,
                  answered, is_accepted)  # fmt: skip


def find_silent(picture: NationalPicture) -> list[ReportedPlace]:
    """States that reported once, and not for too long."""
    return [s for s in picture.root.parts if s.report and s.report.days > picture.limits.silent_days]


def list_bases(lines: Iterable[AnswerLine]) -> set[str]:
    """On what the printed numbers rest."""
    return {n.basis for n in lines if n.used is not None}


def write_lead(lines: Sequence[AnswerLine], behind: AnswerSources, words: Words) -> str:
    """How the sentence begins: whose figures it prints and of which day.

    "" only where every state states all of them, lately, and no ledger says otherwise.
    """
    bases = list_bases(lines)
    day = words.day(behind.published) if behind.published else ""
    said = max((n.said for n in lines if n.basis == "snapshots"), default=0)
    stated = {"said": said, "all": behind.states, "oldest": words.day(behind.stated) if behind.stated else ""}
    if bases == {"published"}:
        return words("answer.lead_published", source=behind.source, day=day, n=behind.fresh, all=behind.states,
                     days=behind.silent_days)  # fmt: skip
    if len(bases) > 1:
        return words("answer.lead_mixed", source=behind.source, day=day, **stated)
    is_less = any(n.is_partial for n in lines) or behind.is_old(behind.stated) or behind.is_accepted
    return words("answer.lead_stated", **stated) if bases and is_less else ""


def write_reports_lead(said: int, behind: AnswerSources, words: Words) -> str:
    """How a sentence on the loaded records begins."""
    if behind.told is None or (said == behind.states and not behind.is_old(behind.told)):
        return ""
    return words("answer.lead_reports", said=said, all=behind.states, oldest=words.day(behind.told))
