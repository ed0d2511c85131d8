"""Sections of one list shared out among the acts that it names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import groupby

from mappers.clean.acts import ActFound, names_an_act
from mappers.clean.section_words import CLAUSE, SECTION, latin_letter
from mappers.codes.acts import acts, bns_sections, ipc_sections
from mappers.codes.sections import punishments

_KEPT = 1 << 14
# Acts of procedure, and sections of the CrPC that are no offences, so that "109 and 110 Cr.P.C." stay together.
_PROCEDURE = ("CRPC", "CRPC1898", "BNSS", "IEA", "BSA")
_STEPS = frozenset(
    {"107", "108", "109", "110", "111", "116", "117", "122", "133", "144", "145", "146", "147", "151", "174", "176"}
)
# The IPC begins with definitions; from the chapter on abetment on its sections are charged, before it these alone.
_FIRST_CHARGED = 107
_CONVICTED_BEFORE = "75"
# The same of the BNS, by its chapters; section 3(5) to (9) is the IPC's 34 to 38.
_FIRST_OF_BNS = 45
_INTENT_OF_BNS = ("3(5)", "3(6)", "3(7)", "3(8)", "3(9)")
_SHARED = "34"
_SHARED_INTENT = frozenset({_SHARED, "35", "36", "37", "38"})
# Whose a section is.
_OWN, _CODE, _OPEN = "own", "code", "open"
_DIGITS = re.compile("[0-9]+")


@dataclass(frozen=True, slots=True)
class Written:
    """One section as written. prefix: the section that a clause by itself continues. part: of the list, between commas
    and the like, counted.
    """

    match: re.Match[str]
    prefix: str = ""
    part: int = 0

    @property
    def whole(self) -> int:
        """The number of the whole section, without its letter."""
        return int("".join(_DIGITS.findall(self.number)[:1]) or 0)

    @property
    def number(self) -> str:
        """The whole section, without clauses, as the penal code would write it."""
        return self.prefix.partition("(")[0] or section_number(self.match.group(), "IPC").partition("(")[0]


@dataclass
class SectionGroup:
    """Sections met before or after an act's name; lives while one text is parsed. cut: how many stand before "and".

    leads: the act's name stands before them. is_open: they may be the act's as well as the penal code's.
    """

    sections: list[Written] = field(default_factory=list)
    cut: int = 0
    act: ActFound | None = None
    leftover: list[str] = field(default_factory=list)
    leads: bool = False
    is_open: bool = False

    def extend(self, more: SectionGroup) -> None:
        """Take over what another one has."""
        first = self.sections[-1].part + 1 if self.sections else 0
        self.sections += [Written(w.match, w.prefix, w.part + first) for w in more.sections]
        self.leftover += more.leftover


def by_and(group: SectionGroup, act: ActFound, *, first: bool) -> Iterator[SectionGroup]:
    """In "498A/406 and 3/4 DP Act" offences before "and" are the penal code's; in "66C & 66D IT Act" they are not."""
    before = group.sections[: group.cut]
    if first and 0 < group.cut < len(group.sections) and _are_of_the_code(before, act.ids[0]):
        yield SectionGroup(sections=before)
        group.sections = group.sections[group.cut :]
    group.act = act
    yield group


def by_last_section(group: SectionGroup) -> Iterator[SectionGroup]:
    """In "302/34, 25/27 Arms Act" what stands before the comma is not of an act that ends with section 46.

    Sections in one part with one that the act has not are not its own, nor are offences of the penal code before them.
    What is written next to the act's name stays with it in any case, and so does every part that fits; of "34, 25 Arms
    Act" both may be right.
    """
    last = last_section(group.act.ids) if group.act else 0
    if group.act is None or not last or not group.sections:
        yield group
        return
    owners = _owners(group, last)
    # Beside sections that are not the act's own the name of another act decides, known or not.
    is_theirs = _CODE in owners and any(map(names_an_act, group.leftover))
    rest = group.leftover
    for owner, run in groupby(zip(owners, group.sections, strict=True), key=lambda pair: pair[0]):
        act = None if owner == _CODE else group.act
        leftover, rest = (rest, []) if is_theirs == (owner == _CODE) else ([], rest)
        yield SectionGroup([w for _, w in run], act=act, leftover=leftover, is_open=owner == _OPEN)


def _owners(group: SectionGroup, last: int) -> list[str]:
    """Of each section whether it is the act's own, the penal code's, or open."""
    sections = group.sections
    at = 0 if group.leads else len(sections) - 1
    next_to = sections[at].part
    beyond = [i for i, w in enumerate(sections) if w.whole > last]
    foreign = {sections[i].part for i in beyond} - {next_to}
    # Where they stand in one part with the act's own ones, those up to the last one that the act has not.
    up_to = -1 if group.leads or at in beyond else max(beyond, default=-1)
    code = {
        i for i, w in enumerate(sections)
        if (w.part in foreign or (w.part == next_to and i <= up_to)) and (i in beyond or is_charged(w.number))
    }  # fmt: skip
    intent = {i for i, w in enumerate(sections) if w.number in _SHARED_INTENT and i != at}
    if code:
        return [_CODE if i in code | intent else _OWN for i in range(len(sections))]
    is_open = not group.leads and not _is_usual(_SHARED, group.act)
    return [
        _OPEN if is_open and i in intent and w.number == _SHARED and w.part != next_to else _OWN
        for i, w in enumerate(sections)
    ]


def _is_usual(number: str, act: ActFound | None) -> bool:
    """Whether an act's own section of this number is one that people are charged with."""
    return act is not None and any(number in acts()[i].typical for i in act.ids)


def last_section(ids: tuple[str, ...]) -> int:
    """The last section of acts that a name may mean; 0 when it is not known of one of them."""
    known = [acts()[i].last_section for i in ids]
    return max(known, default=0) if all(known) else 0


@lru_cache(maxsize=_KEPT)
def section_number(written: str, act: str) -> str:
    """A section as it is cited: number, letter, clauses. written: what SECTION matched."""
    m = SECTION.match(written)
    assert m is not None
    number = str(int(m.group("number")))
    letter = latin_letter(m.group("letter") or "")
    clauses = [latin_letter(c) for c in CLAUSE.findall(m.group("tail") or "")]
    if act == "IPC" and not letter and clauses:
        letter, clauses = _letter_in_brackets(number, clauses)
    return number + letter + "".join(f"({c.lower()})" for c in clauses)


def _letter_in_brackets(number: str, clauses: list[str]) -> tuple[str, list[str]]:
    """498(A) is section 498A where the IPC has one, 376(D)(A) is 376DA; 376(2) and 505(b) are clauses."""
    both = "".join(clauses[:2])
    if len(clauses) > 1 and both.isalpha() and number + both in ipc_sections():
        return both, clauses[2:]
    is_letter = clauses[0].isalpha() and number + clauses[0] in ipc_sections()
    return (clauses[0], clauses[1:]) if is_letter else ("", clauses)


def _are_of_the_code(before: Sequence[Written], act: str) -> bool:
    """Whether sections before "and" are offences under the penal code rather than sections of the act behind it."""
    numbers = [w.number for w in before]
    if act == "IPC" or (act == "BNS" and bns_sections().issuperset(numbers)):
        return False
    return all(map(is_charged, numbers)) and not (act in _PROCEDURE and _STEPS & set(numbers))


def is_charged(number: str) -> bool:
    """Whether the penal code has such an offence: nobody is charged with its definitions."""
    is_late = int("".join(filter(str.isdigit, number)) or 0) >= _FIRST_CHARGED
    return number in ipc_sections() and (is_late or number in _SHARED_INTENT or number in punishments())


def may_be_meant(section: str, act: str) -> bool:
    """Whether a section for which no act is named may be this penal code's: nobody is charged with its definitions.

    Convicts of before are, under section 75 of the IPC; and of the BNS's general sections those of common intention.
    """
    whole = section.partition("(")[0]
    if act != "BNS":
        return is_charged(whole) or whole == _CONVICTED_BEFORE
    return section.startswith(_INTENT_OF_BNS) or int("".join(filter(str.isdigit, whole)) or 0) >= _FIRST_OF_BNS
