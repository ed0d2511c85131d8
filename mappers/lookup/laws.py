"""Acts and sections that a text names, the law in force first and its counterpart always beside it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from mappers.clean.acts import find_acts
from mappers.clean.base import CleanContext
from mappers.clean.sections import clean_sections
from mappers.codes import Section, acts, find_section, heads_of, punishments, sections
from mappers.lookup.hit import Counterpart, MasterHit, holds
from mappers.text.folding import fold_written, squeeze

_NAMED = 1.0
# A section whose act is one of several of that name; its counterpart, where that is the law of the day.
_ONE_OF_SEVERAL, _COUNTERPART, _COUNTERPART_OF_UNNAMED = 0.9, 0.95, 0.85
# A section of an act that is not named, in the penal code of the day; in the other code; where no day is given.
_OF_THE_DAY, _OF_ANOTHER_DAY, _OF_ANY_DAY = 0.9, 0.6, 0.8
_PENAL_CODES = ("IPC", "BNS")
_TITLE = 0.7
# A section that its act has not.
_NO_SUCH = 0.3
_FEWEST_LETTERS = 3


def find_sections(text: str, day: str) -> Iterator[MasterHit]:
    """The sections that a text lists, and what they became where they are not the law of the day.

    One whose act is not named is looked up in both penal codes. day: ISO day of the offence, "" when not known.
    """
    for row in clean_sections(text, CleanContext(day=day)).rows:
        number = row["section"].value
        if number is not None:
            is_named = row["act"].value is not None and row["inferred"].value != "yes"
            acts_meant = (row["act"].value or "",) if is_named else _acts_meant(text, row["act"].notes)
            for act in acts_meant:
                score = _score(act, number, day, is_named=is_named)
                hit = section_hit(act, number, _NO_SUCH if _is_missing(act, number) else score, day)
                if is_named or find_section(act, number) or act not in _PENAL_CODES:
                    yield hit
                    yield from _law_of_the_day(hit, day)


def _is_missing(act: str, number: str) -> bool:
    """Whether an act all of whose sections are known has none of that number."""
    return act in listed_acts() and find_section(act, number) is None


@cache
def listed_acts() -> frozenset[str]:
    """The acts whose sections are listed."""
    return frozenset(act for act, _ in sections())


def _acts_meant(text: str, notes: tuple[str, ...]) -> tuple[str, ...]:
    if "act-ambiguous" in notes:
        return tuple(dict.fromkeys(i for f in find_acts(fold_written(squeeze(text))) for i in f.ids))
    return () if "act-unknown" in notes else _PENAL_CODES


def _score(act: str, number: str, day: str, *, is_named: bool) -> float:
    if is_named:
        return _NAMED
    if act not in _PENAL_CODES:
        return _ONE_OF_SEVERAL
    in_force = section_hit(act, number, 0.0, day).in_force
    return {None: _OF_ANY_DAY, True: _OF_THE_DAY, False: _OF_ANOTHER_DAY}[in_force]


def _law_of_the_day(hit: MasterHit, day: str) -> Iterator[MasterHit]:
    """The counterparts of a section that was not in force on the day, where they were."""
    if hit.in_force is False:
        for other in hit.counterparts:
            if other.in_force:
                score = _COUNTERPART if hit.score == _NAMED else _COUNTERPART_OF_UNNAMED
                yield section_hit(other.act, other.number, score, day, f"counterpart of {hit.code}")


def section_hit(act: str, number: str, score: float, day: str, by: str = "") -> MasterHit:
    """A section with everything that is known of it; one that is not listed has the days of its act alone."""
    found = find_section(act, number)
    known = acts()[act]
    first, last = (found.valid_from, found.valid_to) if found else (known.in_force_from, known.in_force_to)
    return MasterHit(
        "section",
        f"{act} {number}",
        found.title if found else known.short_name,
        score,
        by,
        first,
        last,
        holds(first, last, day),
        tuple(_counterparts(found, day)) if found else (),
        dict(_facts(act, number, found)),
    )


def _counterparts(section: Section, day: str) -> Iterator[Counterpart]:
    for number in section.counterparts:
        other = sections()[section.other, number]
        yield Counterpart(
            other.act, other.number, other.title, other.valid_from, other.valid_to, section.relation, section.checked,
            holds(other.valid_from, other.valid_to, day),
        )  # fmt: skip


def _facts(act: str, number: str, section: Section | None) -> Iterator[tuple[str, str]]:
    if section is None:
        is_listed = act in listed_acts()
        yield "note", f"{act} has no section {number}" if is_listed else "sections of this act are not listed here"
        return
    if section.number != number:
        yield "note", f"the clause is not listed; this is section {section.number}"
    if section.relation not in ("equivalent", ""):
        yield "relation", section.relation
    heads = heads_of(act, section.number)
    if heads:
        yield "crime_head", "; ".join(h.minor for h in heads)
    punishment = punishments().get(section.number) if act == "IPC" else None
    if punishment:
        limits = ("death", punishment.death), ("life", punishment.life)
        terms = [word for word, is_so in limits if is_so]
        terms += [f"up to {punishment.years} years"] * bool(punishment.years) + ["fine"] * punishment.fine
        yield "punishment", f"{', '.join(terms)} ({punishment.status})"
        yield "cognizable", "yes" if punishment.cognizable else "no"


def find_named_acts(text: str, day: str) -> Iterator[MasterHit]:
    """The acts that a text names, also those of one name that applied at other times."""
    folded = fold_written(squeeze(text))
    for found in find_acts(folded):
        for act in (acts()[i] for i in found.ids):
            is_open = holds(act.in_force_from, act.in_force_to, day)
            score = (0.8 if found.is_near else _NAMED) - (0.2 if is_open is False else 0.0)
            facts = {"scope": act.scope} | ({"states": " ".join(act.states)} if act.states else {})
            yield MasterHit(
                "act", act.id, f"{act.full_name}, {act.year}", score, folded[found.start : found.end],
                act.in_force_from, act.in_force_to, is_open, (), facts,
            )  # fmt: skip


def find_titles(text: str, day: str) -> Iterator[MasterHit]:
    """Sections of the penal codes in whose title all words of a text stand, the shorter titles first."""
    wanted = {w for w in text.casefold().split() if len(w) >= _FEWEST_LETTERS and w.isascii() and w.isalpha()}
    for section in sections().values():
        if wanted and section.act in _PENAL_CODES:
            words = [w.strip(".,;:()").casefold() for w in section.title.split()]
            if wanted <= set(words):
                score = _TITLE + 0.2 * len(wanted) / len(words) - (0.1 if _is_over(section, day) else 0.0)
                yield section_hit(section.act, section.number, round(score, 4), day, section.title)


def _is_over(section: Section, day: str) -> bool:
    return holds(section.valid_from, section.valid_to, day) is False
