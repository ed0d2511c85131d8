"""How sure it is that the person asked for and the person found are one: half a name is nobody's.

A name is that of the person found if two of its words agree and no word of either side contradicts, or if its only word
agrees and the relative too. Anything less is `UNSURE`: a person must look. What somebody is told of a person depends on
more than the name: the public must give a second fact that agrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from digitize.search.answers import Ground
from digitize.search.cases import text_of
from digitize.search.query import SearchQuery
from digitize.search.words import likeness
from digitize.targets.search_rows import NAMES, RELATIVES
from mappers.names.keys import name_words
from mappers.record import Record, Row

SAME, UNSURE = "same", "unsure"
RELATIVE, ADDRESS, STATION = "relative", "address", "station"
_BY_GROUND = ("age", "birth_year", STATION)
_WORD, _KIN_WORD, _GLUED = 0.9, 0.85, 0.95
_WIDEST_AGE = 10
_PLACES = ("state", "district", "police_station")
OF_HOME = frozenset(("relation", *RELATIVES, "address"))
"""Fields by which a namesake would be told whose child somebody is, and where to find the person."""

_Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonMatch:
    """Comparison of the person asked for with the person found.

    how: SAME or UNSURE. words: number of words of the name that agree. facts: second facts that were asked and agree:
    relative, age, birth_year, address, station. differs: those that were asked and say something else.
    """

    how: str
    words: int
    facts: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()

    @property
    def is_for_public(self) -> bool:
        """Whether the public may be told of the person found.

        A whole name needs a second fact; half a name needs one of the person, for a station has many people.
        """
        known = self.facts if self.how == SAME else [f for f in self.facts if f != STATION]
        return bool(known) and not self.differs

    @property
    def tells_home(self) -> bool:
        """Whether the public may be told relative and address: whoever asks knows the relative already."""
        return RELATIVE in self.facts

    def as_plain(self) -> dict[str, Any]:
        """Convert to JSON types; the keys are an interface."""
        return {"how": self.how, "words": self.words, "facts": list(self.facts), "differs": list(self.differs)}


def match_person(given: Mapping[str, str], record: Record, row: Row, why: Sequence[Ground] = ()) -> PersonMatch | None:
    """Compare a query with a person of a record; None if nobody was asked for by name.

    why: grounds of the result, which say whether age, year of birth and station agree.
    """
    name, relative = (given.get(n, "").strip() for n in ("name", RELATIVE))
    if not (name or relative):
        return None
    kin = _kin_agrees(relative, name, _texts(row, RELATIVES)) if relative else None
    words, is_whole = _compare_names(name, _texts(row, NAMES))
    is_same = is_whole or (words >= 1 and kin is True and _is_one_word(name, _texts(row, NAMES)))
    facts = [RELATIVE] if kin else []
    facts += [g.what for g in why if g.what in _BY_GROUND and _is_fact(g.what, given)]
    facts += [ADDRESS] if _address_agrees(given.get(ADDRESS, ""), record, text_of(row.get("address"))) else []
    differs = (RELATIVE,) if kin is False else ()
    return PersonMatch(SAME if is_same and not differs else UNSURE, words, tuple(facts), differs)


def _texts(row: Row, names: Sequence[str]) -> tuple[str, ...]:
    return tuple(text for n in names if (text := text_of(row.get(n))))


def _is_fact(what: str, given: Mapping[str, str]) -> bool:
    """Whether what agrees tells anything: an age from 1 to 99 agrees with everybody."""
    if what != "age":
        return True
    low, high = SearchQuery(age=given.get("age", "")).ages
    return 0 < low <= high <= low + _WIDEST_AGE


def _compare_names(asked: str, names: Sequence[str]) -> tuple[int, bool]:
    """(number of words that agree, whether they make one name) of the best of a person's names."""
    found = [_compare_words(*name_words(asked), *name_words(name)) for name in names]
    return max(found, key=lambda one: (one[1], one[0]), default=(0, False))


@lru_cache(maxsize=1 << 14)
def _compare_words(asked: _Words, language: str, words: _Words, lang: str) -> tuple[int, bool]:
    if not asked or not words:
        return 0, False
    pairs = sum(1 for _ in _agreeing(asked, language, words, lang, _WORD))
    if pairs >= 2:
        # Two Kumars Pal are one; Mohan Kumar Pal and Ratan Kumar Pal are two.
        return pairs, pairs in (len(asked), len(words))
    is_glued = len(asked) != len(words) and _is_alike("".join(asked), language, "".join(words), lang, _GLUED)
    return (max(len(asked), len(words)), True) if is_glued else (pairs, False)


def _is_one_word(asked: str, names: Sequence[str]) -> bool:
    return len(name_words(asked)[0]) == 1 or any(len(name_words(name)[0]) == 1 for name in names)


def _agreeing(asked: _Words, language: str, words: _Words, lang: str, least: float) -> Iterator[tuple[int, int]]:
    """Pairs of words that agree, best first, each word once; an initial agrees with nothing."""
    scores = np.stack([likeness(word, language, [(w, lang) for w in words]) for word in asked])
    scores[[len(w) < 2 for w in asked], :] = 0
    scores[:, [len(w) < 2 for w in words]] = 0
    while scores.size and scores.max() >= least:
        at, other = divmod(int(scores.argmax()), len(words))
        scores[at, :], scores[:, other] = 0, 0
        yield at, other


def _is_alike(word: str, language: str, other: str, lang: str, least: float) -> bool:
    return float(likeness(word, language, [(other, lang)])[0]) >= least


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
    pairs = list(_agreeing(asked, language, words, lang, _KIN_WORD))
    # The surname that a family shares tells no father.
    telling = [at for at, _ in pairs if not any(_is_alike(asked[at], language, w, own_language, _WORD) for w in own)]
    return bool(telling) and len(pairs) in (len(asked), len(words))


def _address_agrees(asked: str, record: Record, address: str) -> bool:
    """Whether the words of an address are those of the record, besides state, district and station."""
    if not asked.strip() or not address:
        return False
    places = {w for n in _PLACES for w in _sounds(text_of(record.fields.get(n)))[0]}
    words, language = _sounds(asked)
    told, lang = _sounds(address)
    telling = [w for w in words if len(w) > 2 and w not in places]
    return bool(telling) and all(any(_is_alike(w, language, t, lang, _WORD) for t in told) for w in telling)


def _sounds(text: str) -> tuple[list[str], str]:
    """All words of a text by their sounds; a name has five at most."""
    parts = [name_words(part.strip(",.;:()")) for part in text.split()]
    return [w for words, _ in parts for w in words], next((lang for _, lang in parts if lang), "")
