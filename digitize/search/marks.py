"""Numbers of vehicles and things: rows with a number, and whether it is the same or close."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property, lru_cache

from digitize.search.cases import text_of
from digitize.search.store_queries import FoundRow, RowFilter, SearchStore, Tokens
from digitize.targets.search_marks import (
    MARKS,
    TOLD_IN,
    end_tokens,
    front_tokens,
    thing_marks,
    told_marks,
    vehicle_marks,
)
from digitize.targets.search_rows import NUMBERED, PROPERTY, SEP, TOLD, VEHICLE
from mappers.codes.registrations import mark_signs, registration_forms
from mappers.names.keys import mark_key, mark_tokens
from mappers.record import Row
from mappers.text.folding import fold_written

VEHICLE_KINDS = (VEHICLE, PROPERTY, TOLD)
THING_KINDS = (PROPERTY, NUMBERED, TOLD)
NUMBERS = MARKS
"""The fields of a vehicle's numbers."""
CHILD_OF_KIND = {VEHICLE: "vehicles", PROPERTY: "property", NUMBERED: "numbered", TOLD: ""}
SAME, NEAR = "same", "nearly"
_LEAST, _LEAST_WHOLE = 4, 6
_MOST_WHOLE, _LEAST_DIGITS = 20, 3
_LEAST_LONG = 12
"""Signs of an engine or chassis number that is surely not the end of a longer one."""
_MOST = 6000
_OPEN_SIGNS = "*?"
_PLAIN = re.compile(r"[A-Za-z0-9 ./-]*")
"""What numbers are written with: of other signs nobody knows what they stand for."""


@dataclass(frozen=True)
class AskedMark:
    """A number to search. text: as typed, * and ? for illegible characters. is_registration: a vehicle's plate, which
    has a fixed format, unlike engine, chassis and other numbers.
    """

    text: str
    is_registration: bool = False

    @cached_property
    def signs(self) -> str:
        """Its known characters."""
        return mark_signs(self.text)

    @cached_property
    def forms(self) -> tuple[str, ...]:
        """Possible interpretations, see `registration_forms`."""
        return _forms(self.signs) if self.is_registration and not self.is_open else ()

    @property
    def is_open(self) -> bool:
        """Whether it has unknown characters."""
        return any(c in self.text for c in _OPEN_SIGNS)

    @property
    def is_partly(self) -> bool:
        """Whether it may be partial or misread: absence of a match is then no proof."""
        # Signs that stand for unknown ones are none of these either.
        if not _PLAIN.fullmatch(fold_written(self.text)):
            return True
        return len(self.forms) != 1 if self.is_registration else not self._is_number

    @property
    def _is_number(self) -> bool:
        """Whether it looks like an engine, frame, arm or phone number: neither a word, nor two numbers in a row."""
        has_digits = sum(c.isdigit() for c in self.signs) >= _LEAST_DIGITS
        return has_digits and _LEAST_WHOLE <= len(self.signs) <= _MOST_WHOLE

    def tokens(self) -> Tokens:
        """Tokens that find rows with the number, or one close to it."""
        if self.is_open:
            return frozenset(self._open_tokens())
        made = {t for way in (self.signs, *self.forms) for t in mark_tokens(way)}
        # What stands there may be the rest of this; what was read here may be the rest of that.
        made.update(end_tokens(self.signs, "vp"))
        if self.is_partly:
            made.update((*end_tokens(self.signs), *front_tokens(self.signs)))
        elif not self.is_registration and len(self.signs) < _LEAST_LONG:
            made.update(end_tokens(self.signs, "v6"))
        return frozenset(made)

    def _open_tokens(self) -> Iterable[int]:
        parts = re.split(r"[*?]", self.text)
        if self.text.count("?") == 1 and "*" not in self.text:
            yield from mark_tokens(self.signs)
        yield from end_tokens(parts[-1])
        yield from front_tokens(parts[0])

    def compare(self, stands: str) -> str:
        """SAME, NEAR or "" for a number in a row.

        Same: the same characters, or the one registration mark that both may be. Near: easily confused characters, one
        wrong or missing, two swapped, or one number that ends as the other and may be its rest.
        """
        other = mark_signs(stands)
        if len(other) < _LEAST and not (other and other == self.signs):
            return ""
        if self.is_open:
            return NEAR if self._fits(other) else ""
        theirs = _forms(other) if self.is_registration else ()
        if other == self.signs or (self.forms == theirs and len(theirs) == 1):
            # Words such as "unknown" and "applied for" are the same in many records.
            return SAME if not self.is_partly or self._is_number else NEAR
        ways = {other, *theirs}
        if any(_is_near(mine, way) for mine in (self.signs, *self.forms) for way in ways):
            return NEAR
        theirs_open = AskedMark(stands)
        return NEAR if theirs_open.is_open and theirs_open._fits(self.signs) else ""

    def _fits(self, other: str) -> bool:
        return _pattern(self.text)(mark_key(other)) is not None


@lru_cache(maxsize=64)
def _pattern(text: str) -> Callable[[str], re.Match[str] | None]:
    """Pattern for a number with unknown characters."""
    parts = (p if p in _OPEN_SIGNS else mark_key(p) for p in re.split(r"([*?])", text))
    # Not with ".*" for each *: of many it would try all ways, which takes for ever.
    return re.compile(translate("".join(parts))).match


@lru_cache(maxsize=1 << 14)
def _tokens(text: str) -> frozenset[int]:
    return frozenset(mark_tokens(text))


@lru_cache(maxsize=4096)
def _forms(signs: str) -> tuple[str, ...]:
    return registration_forms(signs)


def _is_near(one: str, other: str) -> bool:
    # Equal ones have the token of the whole in common.
    if _tokens(one) & _tokens(other):
        return True
    short, long = sorted((mark_key(one), mark_key(other)), key=len)
    return short[-4:] == long[-4:] and _is_left_of(short, long)


def _is_left_of(short: str, long: str) -> bool:
    """Whether a text is a subsequence of another."""
    signs = iter(long)
    return all(sign in signs for sign in short)


def is_vehicle(row: FoundRow) -> bool:
    """Whether a row is a vehicle's own, and not a thing or a text that mentions one."""
    return row.kind == VEHICLE


def is_told(row: FoundRow) -> bool:
    """Whether a row stands for the free texts of its record."""
    return row.kind == TOLD


def marks_of(row: FoundRow) -> list[str]:
    """The numbers of a row as the index has them."""
    return [mark for mark in row.said.split(SEP) if mark]


def numbers_of(kind: str, row: Row) -> list[tuple[str, str]]:
    """Numbers in a row of a kind, with their fields."""
    plain = {n: text for n, cell in row.items() if (text := text_of(cell))}
    if kind == VEHICLE:
        return vehicle_marks(plain)
    if kind == NUMBERED:
        return [("number", plain["number"])] if "number" in plain else []
    if kind == TOLD:
        return [(n, mark) for n in TOLD_IN if n in plain for mark in told_marks({n: plain[n]})]
    own = plain.get("identification_no", "")
    return [("identification_no" if mark == own else "description", mark) for mark in thing_marks(plain)]


def rows_with(store: SearchStore, asked: Sequence[AskedMark], kinds: Collection[str]) -> tuple[list[FoundRow], bool]:
    """Rows that may have one of several numbers, each once; and whether more exist than were examined."""
    tokens = frozenset(t for one in asked for t in one.tokens())
    # Of all kinds at once: only rows with numbers have such tokens.
    some = store.rows([(tokens,)], RowFilter(""), _MOST) if tokens else []
    found = {(r.kind, r.record_id, r.line): r for r in some if r.kind in kinds}
    return [found[key] for key in sorted(found)], len(some) >= _MOST
