"""The keys of names, for many rows at a time: what a word gives is worked out once, however many people bear it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from mappers.names.keys import MOST_WORDS, beginning, name_part

_KEPT = 1 << 17


class SaidNames(NamedTuple):
    """Several names of one row. said: each by its sounds, once; words: of all of them, once; lang: whose script the
    first one is in.
    """

    said: list[str]
    words: Sequence[str]
    lang: str


class _WordKeys(NamedTuple):
    """Of one word. own, kin: its tokens in a name, and in a relative's; in_year, at_station: where tokens begin."""

    own: int
    kin: int
    in_year: int
    at_station: int


@lru_cache(maxsize=_KEPT)
def _keys(word: str) -> _WordKeys:
    return _WordKeys(*(beginning(kind, word) for kind in ("n", "f", "ny", "ns")))


def said_names(names: Iterable[object]) -> SaidNames:
    """The sounds of several names of one row; what is only the spelling of the name before says nothing more."""
    said: dict[str, None] = {}
    first: Sequence[str] = ()
    more: list[str] = []
    lang = spelled = ""
    for name in names:
        if not name or name == spelled:
            continue
        parts = [name_part(part) for part in str(name).split()]
        words: Sequence[str] = list(dict.fromkeys([word for part in parts for word in part.words]))[:MOST_WORDS]
        own = next((part.lang for part in parts if part.lang), "")
        lang = lang or own
        spelled = " ".join([part.spelled for part in parts]) if own else ""
        if words:
            said[" ".join(words)] = None
            first, more = (first, [*more, *words]) if first else (words, more)
    return SaidNames(list(said), list(dict.fromkeys([*first, *more])) if more else first, lang)


def name_tokens(words: Sequence[str], kin: Sequence[str], year: bytes, station: bytes) -> list[int]:
    """Tokens of a person's names as numbers without a sign: of each word, then with its year and with its station,
    which is what is asked most. year, station: see `mappers.names.keys.ending`; b"" for a year that nobody knows.
    """
    known = [_keys(word) for word in words]
    made = [keys.own for keys in known]
    made += [_keys(word).kin for word in kin]
    if year:
        made += [crc32(year, keys.in_year) for keys in known]
    made += [crc32(station, keys.at_station) for keys in known]
    return made
