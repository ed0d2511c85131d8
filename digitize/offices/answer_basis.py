"""What stands behind a sentence of an answer in Parliament, said in the sentence itself: it may be read alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from digitize.offices.picture import NationalPicture
from digitize.offices.rollup import ReportedPlace
from digitize.offices.words import Words


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
class Behind:
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


def behind_of(picture: NationalPicture, answered: date, *, is_accepted: bool) -> Behind:
    """What stands behind the answer of a day."""
    reports = [s.report for s in picture.root.parts if s.report]
    stated = [r.snapshot.statement.as_on for r in reports if r.snapshot.statement]
    told = [r.snapshot.as_on for r in reports if r.snapshot.services is not None]
    p, limit = picture.published, picture.limits.silent_days
    fresh = sum(r.days <= limit for r in reports)
    oldest = (min(stated, default=None), min(told, default=None))
    return Behind(len(picture.root.parts), fresh, limit, p.source if p else "", p.as_on if p else None, *oldest,
                  answered, is_accepted)  # fmt: skip


def silent_of(picture: NationalPicture) -> list[ReportedPlace]:
    """States that reported once, and not for too long."""
    return [s for s in picture.root.parts if s.report and s.report.days > picture.limits.silent_days]


def bases_of(lines: Iterable[AnswerLine]) -> set[str]:
    """On what the printed numbers rest."""
    return {n.basis for n in lines if n.used is not None}


def lead(lines: Sequence[AnswerLine], behind: Behind, words: Words) -> str:
    """How the sentence begins: whose figures it prints and of which day.

    "" only where every state states all of them, lately, and no ledger says otherwise.
    """
    bases = bases_of(lines)
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


def lead_reports(said: int, behind: Behind, words: Words) -> str:
    """How a sentence on the loaded records begins."""
    if behind.told is None or (said == behind.states and not behind.is_old(behind.told)):
        return ""
    return words("answer.lead_reports", said=said, all=behind.states, oldest=words.day(behind.told))
