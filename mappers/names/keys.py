"""Keys under which names are looked up in large stores: words by their sounds, near words, and tokens of them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple
from zlib import crc32

from mappers.names.romanise import language_for, romanise, sounds
from mappers.names.sounds import coarse, spell
from mappers.text.folding import fold_written

KEYS = 2
"""Raise it whenever the same name would get other keys: stores are then filled anew."""
MOST_WORDS = 5
_KEPT, _FEW = 1 << 17, 1 << 12
_CLASSES = "kstrlnpiu"
_SIGN = 1 << 31
_LOOKALIKES = str.maketrans("OQDILZSGBT", "0001125687")
_MARK = crc32(b"v\x1f")


class NamePart(NamedTuple):
    """What stands between two blanks of a name. words: by their sounds, each once; lang: whose script it is in, "" for
    Latin letters; spelled: in Latin letters.
    """

    words: tuple[str, ...]
    lang: str
    spelled: str


@lru_cache(maxsize=_KEPT)
def name_part(part: str) -> NamePart:
    """What is known of a part of a name. Names are many, the parts that they are made of are few."""
    words = tuple(dict.fromkeys(word for word in sounds(part).split(" ") if word))
    return NamePart(words, *(("", part) if part.isascii() else (language_for(part), romanise(part))))


def name_words(text: str) -> tuple[tuple[str, ...], str]:
    """The words of a name by their sounds, each once, five at most; and the language whose script it is in."""
    parts = [name_part(part) for part in text.split()]
    found = dict.fromkeys(word for part in parts for word in part.words)
    return tuple(found)[:MOST_WORDS], next((part.lang for part in parts if part.lang), "")


def romanise_words(text: str) -> str:
    """As `mappers.names.romanise`, for many names: word by word, single blanks between them."""
    return text if text.isascii() else " ".join(name_part(part).spelled for part in text.split())


def near_key(said: str) -> str:
    """The key that words share which are nearly alike: the classes of their sounds."""
    return coarse(said)


def near_keys(said: str) -> list[str]:
    """The keys of all words whose classes differ from these in one place at most, its own first."""
    return list(dict.fromkeys(_vary_key(coarse(said))))


def _vary_key(key: str) -> Iterator[str]:
    yield key
    for at in range(len(key) + 1):
        head, tail = key[:at], key[at:]
        if tail:
            yield head + tail[1:]
        if len(tail) > 1:
            yield head + tail[1] + tail[0] + tail[2:]
        for one in _CLASSES:
            yield head + one + tail
            if tail:
                yield head + one + tail[1:]


def spelt(said: str) -> str:
    """A word by its sounds in small Latin letters, one spelling for all: what patterns are compared with."""
    return spell(said)


def token(kind: str, *parts: object) -> int:
    """A number of 32 bits with a sign, as databases hold it in four bytes, for a thing of a kind."""
    found = crc32("\x1f".join((kind, *map(str, parts))).encode("utf-8", "replace"))
    return found - (1 << 32) if found >= _SIGN else found


@lru_cache(maxsize=_FEW)
def mark_key(text: str) -> str:
    """A registration, engine or chassis number, or another mark, by what cannot be misread: letters and digits alone,
    with one sign for those that are taken for each other (O and 0, I and 1, S and 5, B and 8, Z and 2).
    """
    return "".join(c for c in fold_written(text).upper() if c.isalnum()).translate(_LOOKALIKES)


def mark_tokens(text: str) -> list[int]:
    """The tokens of a mark: of the whole of it, and of it without each of its signs.

    Two marks that differ in one sign, or of which one lacks a sign, share a token. None for less than four signs.
    """
    key = mark_key(text)
    if len(key) < 4:
        return []
    if not key.isascii():
        return list(dict.fromkeys(token("v", one) for one in (key, *(key[:i] + key[i + 1 :] for i in range(len(key))))))
    plain = key.encode()
    made = {crc32(plain, _MARK): None}
    begun = _MARK
    # What stands before the sign that is left out need not be read again for each.
    for at in range(len(plain)):
        made[crc32(plain[at + 1 :], begun)] = None
        begun = crc32(plain[at : at + 1], begun)
    return [n - (1 << 32) if n >= _SIGN else n for n in made]


def end_token(text: str) -> int | None:
    """The token of the last four signs of a mark, which people remember; None for a shorter one."""
    key = mark_key(text)
    return token("v4", key[-4:]) if len(key) >= 4 else None
