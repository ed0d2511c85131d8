"""The answer to a question in Parliament on the state of CCTNS: parts (a) to (e), in the official form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from digitize.errors import OptionsError
from digitize.offices.answer_text import (
    AnswerLine,
    find_silent,
    find_sources,
    format_both_calendars,
    write_part_a,
    write_part_b,
    write_part_c,
    write_part_d,
)
from digitize.offices.contradict import Contradiction, find_contradictions
from digitize.offices.figures import WAYS, Figure, list_figures
from digitize.offices.numbers import group_digits
from digitize.offices.picture import NationalPicture
from digitize.offices.published import Published
from digitize.offices.rollup import ReportedPlace, display_name
from digitize.offices.service_sheet import ServiceLine, list_services
from digitize.offices.shape import PILLARS
from digitize.offices.store import SnapshotStore
from digitize.offices.words import Words, load_words

BASES = ("auto", "snapshots", "published")


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """The answer: numbers as a table, and paragraphs. remarks: what whoever signs it must know.

    day: of the answer, in words. against: where what is stated and what the ledgers show differ; while that is not
    accepted, the paragraphs that rest on it are marked. accepted: why, "" where nobody accepted it.
    """

    day: str
    as_on: date
    lines: tuple[AnswerLine, ...]
    paragraphs: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]
    against: tuple[tuple[Contradiction, str], ...] = ()
    accepted: str = ""

    @property
    def is_clean(self) -> bool:
        """Whether nothing in it is marked."""
        return not self.against or bool(self.accepted)

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {
            "answered_on": self.day, "as_on": self.as_on.isoformat(),
            "numbers": [
                {"part": n.part, "key": n.key, "what": n.what, "snapshots": n.snapshots, "states_that_say": n.said,
                 "published": n.published, "used": n.used, "basis": n.basis}
                for n in self.lines
            ],
            "paragraphs": dict(self.paragraphs), "remarks": list(self.remarks), "is_clean": self.is_clean,
            "contradictions": [{**c.as_plain(), "text": text} for c, text in self.against], "accepted": self.accepted,
        }  # fmt: skip


def make_answer_sheet(
    picture: NationalPicture, answered: date, basis: str = "auto", words: Words | None = None, accepted: str = ""
) -> AnswerSheet:
    """The answer as of a picture of the nation.

    basis: snapshots or published for one source throughout; auto takes a number from snapshots where every state says
    something of it, else as published, else from the snapshots there are. accepted: the reason for which contradictions
    are accepted. Raises OptionsError for another basis.
    """
    if basis not in BASES:
        raise OptionsError(f"--basis is one of {', '.join(BASES)}")
    words = words or load_words("en")
    services = list_services(picture.root) if basis != "published" else []
    lines = tuple(_make_lines(picture, basis, words, services))
    used = {n.key: n for n in lines}
    lagging = [display_name(s, words) for s in _find_lagging(picture)]
    against = _find_contradictions(picture, used["legacy_incomplete"], words)
    behind = find_sources(picture, answered, is_accepted=bool(against and accepted))
    paragraphs = [
        ("(a)", write_part_a(used, behind, words)),
        ("(b)", write_part_b(used, behind, words)),
        ("(c)", write_part_c(services, behind, words)),
        ("(d) and (e)", write_part_d(used["stations_left"], used["legacy_incomplete"], lagging, behind, words)),
    ]
    if against and not accepted:
        paragraphs = [(part, _mark_contradicted(part, text, against, words)) for part, text in paragraphs]
    if picture.published and picture.published.help:
        paragraphs.append(("(e)", words("answer.lead_help", source=picture.published.source) + picture.published.help))
    remarks = tuple(_write_remarks(picture, lines, lagging, words))
    day = format_both_calendars(answered, words)
    return AnswerSheet(day, picture.day, lines, tuple(paragraphs), remarks, tuple(against), accepted)


def _find_contradictions(picture: NationalPicture, legacy: AnswerLine, words: Words) -> list[tuple[Contradiction, str]]:
    """What the ledgers say against the sentences, with the text of each."""
    left = legacy.used if legacy.basis == "published" else None
    names = {p.code: display_name(p, words) for p in picture.root.parts}
    found = find_contradictions(picture.root, picture.day, published_left=left)
    return [(c, c.text(words, names.get(c.code, ""))) for c in found]


def _mark_contradicted(part: str, text: str, against: Sequence[tuple[Contradiction, str]], words: Words) -> str:
    """The paragraph, marked when something in it is contradicted."""
    n = sum(part[:3] in c.part for c, _ in against)
    return words("answer.marked", n=n, text=text) if n else text


def record_acceptance(store: SnapshotStore, sheet: AnswerSheet, operator: str) -> None:
    """Keep in the history that somebody accepted what is contradicted, and which it was."""
    told = {"as_on": sheet.as_on.isoformat(), "against": [c.as_plain() for c, _ in sheet.against]}
    with store.writing():
        store.insert_act("accept", sheet.day, operator, sheet.accepted, told)


def _make_lines(
    picture: NationalPicture, basis: str, words: Words, services: Sequence[ServiceLine]
) -> Iterator[AnswerLine]:
    all_ = len(picture.root.parts)
    figures = {f.name: f for f in list_figures(picture.root)}
    p = picture.published
    told = [s.report.snapshot.statement for s in picture.root.parts if s.report]
    covered = figures["covered_of_target"]
    said = sum(1 for s in told if s and s.covered is not None and s.target is not None)
    what, published = words("answer.covered"), p.covered if p else None
    yield _make_line("(a)", what, "covered", (covered.part, said), published, all_, basis)
    what, published = words("answer.target"), p.target if p else None
    yield _make_line("(a)", what, "target", (covered.whole, said), published, all_, basis)
    for way in WAYS:
        for pillar in PILLARS:
            key = f"{way}_{pillar}".replace("-", "_")
            what = words(f"answer.{way}", pillar=words(f"pillar.{pillar}"))
            yield _make_line(
                "(b)", what, key, _count_and_reporters(figures[key]), _published_number(p, way, pillar), all_, basis
            )
    for x in (x for x in services if x.said):
        what = words("answer.findable", service=words(f"service.{x.service.name}"))
        # Nobody publishes these: what the ledgers tell is all there is, of however many states.
        yield AnswerLine("(c)", what, x.service.name, x.count, x.said, None, x.count, "snapshots", 0 < x.said < all_)
    counts = [(s.stations, s.covered) for s in told if s and s.stations is not None and s.covered is not None]
    # A state may have counted its stations before it covered new ones: less than none is left nowhere.
    left = sum(max(0, all_of - c) for all_of, c in counts) if counts else None
    what, published = words("answer.stations_left"), p.stations_left if p else None
    yield _make_line("(d)", what, "stations_left", (left, len(counts)), published, all_, basis)
    f = figures["legacy_complete"]
    left = None if f.part is None or f.whole is None else f.whole - f.part
    what, published = words("answer.legacy_incomplete"), p.legacy_incomplete if p else None
    yield _make_line("(d)", what, "legacy_incomplete", (left, f.whole or 0), published, all_, basis)


def _count_and_reporters(f: Figure) -> tuple[int | None, int]:
    return f.part, f.whole or 0


def _published_number(p: Published | None, way: str, pillar: str) -> int | None:
    given: Mapping[str, int] = getattr(p, way) if p else {}
    return given.get(pillar)


def _make_line(
    part: str, what: str, key: str, counted: tuple[int | None, int], published: int | None, all_: int, basis: str
) -> AnswerLine:
    snapshots, said = counted
    # Of some states alone it is only a part of the number that was asked for.
    whole = snapshots is not None and said == all_
    takes = basis if basis != "auto" else "snapshots" if whole or published is None else "published"
    used = snapshots if takes == "snapshots" else published
    is_partial = takes == "snapshots" and not whole and used is not None
    return AnswerLine(part, what, key, snapshots, said, published, used, takes if used is not None else "", is_partial)


def _find_lagging(picture: NationalPicture) -> list[ReportedPlace]:
    """States whose officers say that their legacy data is not complete."""
    return [
        s
        for s in picture.root.parts
        if s.report and s.report.snapshot.statement and s.report.snapshot.statement.legacy_complete is False
    ]


def _write_remarks(
    picture: NationalPicture, lines: tuple[AnswerLine, ...], lagging: list[str], words: Words
) -> Iterator[str]:
    all_ = len(picture.root.parts)
    missing = [display_name(s, words) for s in picture.root.parts if s.counts is None]
    if missing:
        yield words("answer.no_report", n=len(missing), all=all_, names=", ".join(missing))
    if silent := find_silent(picture):
        last = ", ".join(f"{display_name(s, words)} {s.report.snapshot.as_on}" for s in silent if s.report)
        yield words("answer.silent", days=picture.limits.silent_days, names=last)
    if any(n.basis == "published" for n in lines) and picture.published:
        yield words("answer.some_published", source=picture.published.source)
    if picture.published and picture.published.help:
        yield words("answer.help_source", source=picture.published.source)
    if any(n.part == "(c)" and n.used is not None for n in lines):
        yield words("answer.findable_note")
    for n in lines:
        if n.is_partial and n.part != "(c)":
            yield words("answer.partial", what=n.what, n=n.said, all=all_)
        if n.snapshots is not None and n.published is not None and n.snapshots != n.published:
            yield words("answer.differ", what=n.what, ours=group_digits(n.snapshots), theirs=group_digits(n.published))
    if lagging and any(n.key == "legacy_incomplete" and n.basis != "snapshots" for n in lines):
        yield words("answer.not_complete", names=", ".join(lagging))
    unused = [n.what for n in lines if n.used is None and n.part != "(c)"]
    if unused:
        yield words("answer.unused", what="; ".join(unused))
    told = [s.report.snapshot.statement for s in picture.root.parts if s.report and s.report.snapshot.statement]
    if told:
        oldest = min(t.as_on for t in told)
        # No ledger knows of links: what is said of them rests on statements alone.
        yield words("answer.links_stated", day=oldest.isoformat(), days=(picture.day - oldest).days)
