"""The answer to a question in Parliament on the state of CCTNS: parts (a), (b), (d) and (e), in the official form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from digitize.errors import OptionsError
from digitize.offices.figures import WAYS, Figure, figures_of
from digitize.offices.numbers import grouped
from digitize.offices.picture import NationalPicture
from digitize.offices.published import Published
from digitize.offices.shape import PILLARS
from mappers.calendars.saka import gregorian_to_saka

BASES = ("auto", "snapshots", "published")
_SAKA = (
    "Chaitra", "Vaisakha", "Jyaishtha", "Ashadha", "Sravana", "Bhadra",
    "Asvina", "Kartika", "Agrahayana", "Pausha", "Magha", "Phalguna",
)  # fmt: skip
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_SMALL = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_SHOWN = dict(zip(PILLARS, ("e-Prison", "e-Prosecution", "e-Forensics", "e-Courts"), strict=True))


@dataclass(frozen=True, slots=True)
class AnswerLine:
    """One number of the answer.

    part: (a), (b) or (d). snapshots: counted from those of the states that say, None where none does. published: as
    published. used: which of the two the paragraphs print; None when there is neither. is_partial: it is counted from
    snapshots, and some states say nothing of it.
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
class AnswerSheet:
    """The answer: numbers as a table, and paragraphs. remarks: what whoever signs it must know."""

    answered: date
    as_on: date
    lines: tuple[AnswerLine, ...]
    paragraphs: tuple[tuple[str, str], ...]
    remarks: tuple[str, ...]

    def as_plain(self) -> dict[str, Any]:
        """As JSON types."""
        return {
            "answered_on": both_calendars(self.answered), "as_on": self.as_on.isoformat(),
            "numbers": [
                {"part": n.part, "key": n.key, "what": n.what, "snapshots": n.snapshots, "states_that_say": n.said,
                 "published": n.published, "used": n.used, "basis": n.basis}
                for n in self.lines
            ],
            "paragraphs": dict(self.paragraphs), "remarks": list(self.remarks),
        }  # fmt: skip


def both_calendars(day: date) -> str:
    """6th August, 2025 / Sravana 15, 1947 (Saka)."""
    year, month, saka_day = gregorian_to_saka(day)
    ending = "th" if day.day in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(day.day % 10, "th")
    return f"{day.day}{ending} {_MONTHS[day.month - 1]}, {day.year} / {_SAKA[month - 1]} {saka_day}, {year} (Saka)"


def answer_sheet(picture: NationalPicture, answered: date, basis: str = "auto") -> AnswerSheet:
    """The answer as of a picture of the nation.

    basis: snapshots or published for one source throughout; auto takes a number from snapshots where every state says
    something of it, else as published, else from the snapshots there are. Raises OptionsError for another basis.
    """
    if basis not in BASES:
        raise OptionsError(f"--basis is one of {', '.join(BASES)}")
    lines = tuple(_lines(picture, basis))
    used = {n.key: n for n in lines}
    lagging = _lagging(picture)
    paragraphs: tuple[tuple[str, str], ...] = (
        ("(a)", _part_a(used)),
        ("(b)", _part_b(used)),
        ("(d) and (e)", _part_d(used["stations_left"], used["legacy_incomplete"], lagging)),
    )
    if picture.published and picture.published.help:
        paragraphs = (*paragraphs, ("(e)", picture.published.help))
    return AnswerSheet(answered, picture.day, lines, paragraphs, tuple(_remarks(picture, lines, lagging)))


def _lines(picture: NationalPicture, basis: str) -> Iterator[AnswerLine]:
    all_ = len(picture.root.parts)
    figures = {f.name: f for f in figures_of(picture.root)}
    p = picture.published
    told = [s.report.snapshot.statement for s in picture.root.parts if s.report]
    covered = figures["covered_of_target"]
    said = sum(1 for s in told if s and s.covered is not None and s.target is not None)
    what, published = "Police stations covered by CCTNS", p.covered if p else None
    yield _line("(a)", what, "covered", (covered.part, said), published, all_, basis)
    what, published = "Police stations that were to be covered", p.target if p else None
    yield _line("(a)", what, "target", (covered.whole, said), published, all_, basis)
    for way in WAYS:
        for pillar in PILLARS:
            key = f"{way}_{pillar}".replace("-", "_")
            what = f"States/UTs with {way} integration, {_SHOWN[pillar]}"
            yield _line("(b)", what, key, _told(figures[key]), _entry(p, way, pillar), all_, basis)
    counts = [(s.stations, s.covered) for s in told if s and s.stations is not None and s.covered is not None]
    # A state may have counted its stations before it covered new ones: less than none is left nowhere.
    left = sum(max(0, all_of - c) for all_of, c in counts) if counts else None
    what, published = "Police stations in which CCTNS is not implemented", p.stations_left if p else None
    yield _line("(d)", what, "stations_left", (left, len(counts)), published, all_, basis)
    f = figures["legacy_complete"]
    left = None if f.part is None or f.whole is None else f.whole - f.part
    what, published = "States/UTs where digitization of legacy data is not complete", p.legacy_incomplete if p else None
    yield _line("(d)", what, "legacy_incomplete", (left, f.whole or 0), published, all_, basis)


def _told(f: Figure) -> tuple[int | None, int]:
    return f.part, f.whole or 0


def _entry(p: Published | None, way: str, pillar: str) -> int | None:
    given: Mapping[str, int] = getattr(p, way) if p else {}
    return given.get(pillar)


def _line(
    part: str, what: str, key: str, counted: tuple[int | None, int], published: int | None, all_: int, basis: str
) -> AnswerLine:
    snapshots, said = counted
    # Of some states alone it is only a part of the number that was asked for.
    whole = snapshots is not None and said == all_
    takes = basis if basis != "auto" else "snapshots" if whole or published is None else "published"
    used = snapshots if takes == "snapshots" else published
    is_partial = takes == "snapshots" and not whole and used is not None
    return AnswerLine(part, what, key, snapshots, said, published, used, takes if used is not None else "", is_partial)


def _number(line: AnswerLine) -> str:
    """The number, never without saying so when only some states stand behind it."""
    if line.used is None:
        return "(not reported)"
    return grouped(line.used) + (f" (in {line.said} States/UTs that have reported)" if line.is_partial else "")


def _part_a(used: Mapping[str, AnswerLine]) -> str:
    covered, target = used["covered"], used["target"]
    new = ""
    if covered.used is not None and target.used is not None and covered.used > target.used:
        new = ", which includes newly added police stations"
    return (
        f"Against the target of covering {_number(target)} police stations, a total of {_number(covered)} police "
        f"stations across the country has been covered by CCTNS{new}."
    )


def _part_b(used: Mapping[str, AnswerLine]) -> str:
    names = ", ".join(_SHOWN[p] for p in PILLARS[:-1]) + f" and {_SHOWN[PILLARS[-1]]}"
    forward, backward = (
        ", ".join(_number(used[f"{way}_{p}".replace("-", "_")]) for p in PILLARS[:-1])
        + f" and {_number(used[f'{way}_{PILLARS[-1]}'.replace('-', '_')])}"
        for way in WAYS
    )
    return (
        f"As per the available records, the forward integration of CCTNS pillar with {names} are completed in "
        f"{forward} States/UTs respectively, and vice-versa; backward integration from pillar applications viz., "
        f"{names} to CCTNS is completed in {backward} States/UTs respectively."
    )


def _part_d(stations: AnswerLine, legacy: AnswerLine, lagging: list[str]) -> str:
    begun, n = _implemented(stations), legacy.used
    if n is None:
        told = "whether data digitization including integration of legacy data has been completed was not reported"
        return _sentence(f"{begun}; {told}" if begun else told)
    if legacy.is_partial:
        rest = f"in {legacy.said - n} of the {legacy.said} States/UTs that have reported on it"
    elif n == 0:
        rest = "in all States/UTs"
    else:
        rest = f"in all States/UTs except {_small(n)}"
    # The names come of snapshots; beside a published number they would be of another day.
    names = f" ({', '.join(lagging)})" if lagging and legacy.basis == "snapshots" else ""
    told = f"data digitization including integration of legacy data has been completed {rest}{names}"
    return _sentence(f"{begun}, while {told}" if begun else told)


def _implemented(stations: AnswerLine) -> str:
    """Where CCTNS is implemented; "" where nobody says how many stations there are."""
    n = stations.used
    if n is None:
        return ""
    where = f"of the {stations.said} States/UTs that have reported on it" if stations.is_partial else "nationwide"
    left = f" except {_small(n)}" if n else ""
    return f"CCTNS has been implemented in all police stations {where}{left}"


def _small(n: int) -> str:
    return _SMALL[n] if n < len(_SMALL) else grouped(n)


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:]}."


def _lagging(picture: NationalPicture) -> list[str]:
    """States whose officers say that their legacy data is not complete."""
    return [
        s.name
        for s in picture.root.parts
        if s.report and s.report.snapshot.statement and s.report.snapshot.statement.legacy_complete is False
    ]


def _remarks(picture: NationalPicture, lines: tuple[AnswerLine, ...], lagging: list[str]) -> Iterator[str]:
    missing = [s.name for s in picture.root.parts if s.counts is None]
    if missing:
        yield f"No report from {len(missing)} of {len(picture.root.parts)} States/UTs: {', '.join(missing)}."
    if any(n.basis == "published" for n in lines) and picture.published:
        yield f"Some numbers are as published ({picture.published.source}), not counted from snapshots."
    if picture.published and picture.published.help:
        yield f"What the Government does (e) is said as in: {picture.published.source}. See that it still holds."
    for n in lines:
        if n.is_partial:
            yield f"{n.what}: {n.said} of {len(picture.root.parts)} States/UTs state it."
        if n.snapshots is not None and n.published is not None and n.snapshots != n.published:
            yield f"{n.what}: {grouped(n.snapshots)} from snapshots, {grouped(n.published)} as published."
    if lagging and any(n.key == "legacy_incomplete" and n.basis != "snapshots" for n in lines):
        yield f"Not complete by their own statement: {', '.join(lagging)}."
    unused = [n.what for n in lines if n.used is None]
    if unused:
        yield f"Neither reported nor published: {'; '.join(unused)}."
