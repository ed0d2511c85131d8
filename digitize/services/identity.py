"""How sure it is that the person asked for and the person found are one: half a name is nobody's.

A name is that of the person found if two of its words agree and no word of either side contradicts, or if its only word
agrees and the relative too. Anything less is `UNSURE`: a person must look. What somebody is told of a person depends on
more than the name: the public must give a second fact that agrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from digitize.search.answers import Ground
from digitize.search.cases import text_of
from digitize.search.query import SearchQuery
from digitize.search.words import compare_sounds, likeness
from digitize.targets.search_rows import NAMES, RELATIVES
from mappers.names.keys import name_words
from mappers.record import Record, Row

SAME, UNSURE = "same", "unsure"
RELATIVE, ADDRESS, STATION = "relative", "address", "station"
_BY_GROUND = ("age", "birth_year", STATION)
_NEAR, _EXACT, _WRITTEN, _SPELT = 0.85, 0.02, 0.12, 0.38
"""Likeness from which words are near. What the sounds of a word may differ: for the public without the relative, within
one Indian script, and where it is spelt in Latin letters or in two scripts. A wrong letter costs 1, a vowel 0.3 or
more, its length 0.1."""
_WIDEST_AGE = 10
_PLACES = ("state", "district", "police_station")
OF_HOME = frozenset(("relation", *RELATIVES, "address"))
"""Fields by which a namesake would be told whose child somebody is, and where to find the person."""

_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonMatch:
    """Comparison of the person asked for with the person found.

    how: SAME or UNSURE. words: number of words of the name that are alike. facts: second facts that were asked and
    agree: relative, age, birth_year, address, station. differs: those that were asked and say something else. is_exact:
    whether the name sounds the same, not only as it might be spelt.
    """

    how: str
    words: int
    facts: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()
    is_exact: bool = False

    @property
    def is_unsure(self) -> bool:
        """Whether it may be another person than the one asked for."""
        return self.how == UNSURE

    @property
    def is_for_public(self) -> bool:
        """Whether the public may be told of the person found.

        Two words of a name need a second fact; half a name needs one of the person, for a station has many people.
        """
        is_near = self.how == SAME or self.words >= 2
        known = self.facts if is_near else [f for f in self.facts if f != STATION]
        return bool(known) and not self.differs

    @property
    def tells_home(self) -> bool:
        """Whether the public may be told relative and address: whoever asks knows the relative already."""
        return RELATIVE in self.facts

    def for_public(self) -> PersonMatch:
        """As the public is told it: a name spelt otherwise is surely the person's only if the relative agrees."""
        return self if self.is_exact or RELATIVE in self.facts else replace(self, how=UNSURE)

    def as_plain(self) -> dict[str, Any]:
        """Convert to JSON types; the keys are an interface."""
        return {"how": self.how, "words": self.words, "facts": list(self.facts), "differs": list(self.differs)}


@dataclass(frozen=True, slots=True, order=True)
class _NameMatch:
    """How two names agree. is_whole: they are one name; is_exact: to the ear; words: number of words that are alike."""

    is_whole: bool = False
    is_exact: bool = False
    words: int = 0
    has_one_word: bool = False


def match_person(given: Mapping[str, str], record: Record, row: Row, why: Sequence[Ground] = ()) -> PersonMatch | None:
    """Compare a query with a person of a record; None if nobody was asked for by name.

    why: grounds of the result, which say whether age, year of birth and station agree.
    """
    name, relative = (given.get(n, "").strip() for n in ("name", RELATIVE))
    if not (name or relative):
        return None
    kin = _kin_agrees(relative, name, _texts(row, RELATIVES)) if relative else None
    own = max((_compare_names(name, text) for text in _texts(row, NAMES)), default=_NameMatch())
    is_same = own.is_whole and (not own.has_one_word or kin is True)
    facts = [RELATIVE] if kin else []
    facts += [g.what for g in why if g.what in _BY_GROUND and _is_fact(g.what, given)]
    facts += [ADDRESS] if _address_agrees(given.get(ADDRESS, ""), record, text_of(row.get("address"))) else []
    differs = (RELATIVE,) if kin is False else ()
    how = SAME if is_same and not differs else UNSURE
    return PersonMatch(how, own.words, tuple(facts), differs, own.is_exact)


def _texts(row: Row, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for n in names if (text := text_of(row.get(n))))


def _is_fact(what: str, given: Mapping[str, str]) -> bool:
    """Whether what agrees tells anything: an age from 1 to 99 agrees with everybody."""
    if what != "age":
        return True
    low, high = SearchQuery(age=given.get("age", "")).ages
    return 0 < low <= high <= low + _WIDEST_AGE


@lru_cache(maxsize=1 << 14)
def _compare_names(name: str, other: str) -> _NameMatch:
    (asked, language), (words, lang) = name_words(name), name_words(other)
    if not asked or not words or any(c in name for c in "*?"):
        return _NameMatch()
    pairs = list(_agreeing(asked, language, words, lang))
    # Two Kumars Pal are one; Mohan Kumar Pal and Ratan Kumar Pal are two.
    is_all = bool(pairs) and len(pairs) in (len(asked), len(words))
    costs = [cost for _, _, cost in pairs]
    is_written_alike = language == lang != ""
    if is_all and max(costs) <= (_WRITTEN if is_written_alike else _SPELT):
        return _NameMatch(True, max(costs) <= _EXACT, len(pairs), len(pairs) < 2)
    if len(asked) != len(words) and name_words("".join(name.split())) == name_words("".join(other.split())):
        return _NameMatch(True, True, max(len(asked), len(words)))
    return _NameMatch(words=len(pairs) if is_all or len(pairs) < 2 else 1)


def _agreeing(asked: _Words, language: str, words: _Words, lang: str) -> Iterator[tuple[int, int, float]]:
    """Pairs of words that are alike, best first, each word once, with their cost; an initial is like nothing."""
    compared = [compare_sounds(word, language, [(w, lang) for w in words]) for word in asked]
    scores, costs = np.stack([s for s, _ in compared]), np.stack([c for _, c in compared])
    scores[[len(w) < 2 for w in asked], :] = 0
    scores[:, [len(w) < 2 for w in words]] = 0
    while scores.size and scores.max() >= _NEAR:
        at, other = divmod(int(scores.argmax()), len(words))
        scores[at, :], scores[:, other] = 0, 0
        yield at, other, float(costs[at, other])


def _is_alike(word: str, language: str, other: str, lang: str) -> bool:
    return float(likeness(word, language, [(other, lang)])[0]) >= _NEAR


def _kin_agrees(asked: str, name: str, kin: Sequence[str]) -> bool | None:
    """Whether the relative agrees; None if the record names none."""
    words, language = name_words(asked)
    told = [name_words(text) for text in kin]
    told = [(some, lang) for some, lang in told if some]
    if not words or not told:
        return None
    own, own_language = name_words(name)
    return any(_is_kin(words, language, some, lang, own, own_language) for some, lang in told)


@lru_cache(maxsize=1 << 14)
def _is_kin(asked: _Words, language: str, words: _Words, lang: str, own: _Words, own_language: str) -> bool:
    pairs = list(_agreeing(asked, language, words, lang))
    # The surname that a family shares tells no father.
    telling = [at for at, _, _ in pairs if not any(_is_alike(asked[at], language, w, own_language) for w in own)]
    return bool(telling) and len(pairs) in (len(asked), len(words))


def _address_agrees(asked: str, record: Record, address: str) -> bool:
    """Whether the words of an address are those of the record, besides state, district and station."""
    if not asked.strip() or not address:
        return False
    places = {w for n in _PLACES for w in _sounds(text_of(record.fields.get(n)))[0]}
    words, language = _sounds(asked)
    told, lang = _sounds(address)
    telling = [w for w in words if len(w) > 2 and w not in places]
    return bool(telling) and all(any(_is_alike(w, language, t, lang) for t in told) for w in telling)


def _sounds(text: str) -> tuple[list[str], str]:
    """All words of a text by their sounds; a name has five at most."""
    parts = [name_words(part.strip(",.;:()")) for part in text.split()]
    return [w for words, _ in parts for w in words], next((lang for _, lang in parts if lang), "")
