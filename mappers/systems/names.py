"""Names of tables and columns compared: FIR_ID in one table and ID of the table FIR mean one thing."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from difflib import SequenceMatcher
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from mappers.headers.lexicon import load_lexicon
from mappers.headers.read import UNKNOWN, read_header

_TOKEN = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W\d_A-Za-z]+")
_PLAIN_MEANINGS = frozenset({"id", "key", "code", "number", "serial", "name", "date", "type", "from", "to"})
_ALIKE = 0.72


@cache
def words() -> Mapping[str, Any]:
    """The words of this room, by what they say."""
    return tomllib.loads((resources.files("mappers.systems") / "words.toml").read_text(encoding="utf-8"))


@lru_cache(maxsize=1 << 14)
def tokens(name: str) -> tuple[str, ...]:
    """The words of a name, in small letters."""
    return tuple(t.casefold() for t in _TOKEN.findall(name))


@lru_cache(maxsize=1 << 14)
def meanings(name: str) -> frozenset[str]:
    """What the likeliest reading of a name speaks of; all names of a case are one."""
    found = read_header(name, load_lexicon())
    said = {t for t in (found[0].tokens if found else ()) if not t.startswith(UNKNOWN)}
    for one in ("case", "police"):
        if said & {*words()["plain"][one]}:
            said = said - {*words()["plain"][one]} | {one}
    return frozenset(said)


@lru_cache(maxsize=1 << 14)
def bare_table(name: str) -> tuple[str, ...]:
    """The words of a table's name that say what it is about."""
    dull = {*words()["plain"]["tables"], *words()["lookup"]["words"]}
    return tuple(t for t in tokens(name) if t not in dull) or tokens(name)


@lru_cache(maxsize=1 << 14)
def bare_key(name: str) -> tuple[str, ...]:
    """The words of a column's name beside those of every key."""
    return tuple(t for t in tokens(name) if t not in words()["plain"]["keys"])


@lru_cache(maxsize=1 << 16)
def refers(column: str, table: str, key: str) -> float:
    """How much a column's name reads like that of the key of a table, 0 to 1."""
    own, theirs, about = bare_key(column), bare_key(key), bare_table(table)
    if column.casefold() == key.casefold():
        # ID and ID are two keys of two tables.
        return 1.0 if own else 0.15
    if not own:
        return 0.0
    joined = "".join(own)
    if joined in ("".join(about), "".join(theirs)):
        return 0.95
    said = meanings("_".join(own)) - _PLAIN_MEANINGS
    heard = (meanings("_".join(about)) | meanings("_".join(theirs) or key)) - _PLAIN_MEANINGS
    if said and said <= heard:
        return 0.85
    near = max(_score_likeness(joined, "".join(x)) for x in (about, theirs) if x)
    if said & heard:
        near = max(near, 0.6)
    return near


def _score_likeness(one: str, other: str) -> float:
    short, long = sorted((one, other), key=len)
    if len(short) >= 3 and long.startswith(short):
        return 0.8
    if len(short) >= 3 and short in long:
        return 0.7
    ratio = SequenceMatcher(None, one, other).ratio()
    return ratio * 0.85 if ratio >= _ALIKE else 0.0


def is_code_name(column: str) -> bool:
    """Whether a column's name ends in a word for key or code, as PS_CD and OfficerID do."""
    return bool({"id", "cd", "code", "key", "kod"} & set(tokens(column)[-1:]))


def _halves(token: str) -> tuple[str, ...]:
    """USERLOG as two words, where both are known."""
    known = {w for spelled in words()["left"].values() for w in spelled} | {
        *words()["plain"]["tables"], *words()["lookup"]["words"], *words()["plain"]["case"]}  # fmt: skip
    cuts = (i for i in range(3, len(token) - 1) if token[:i] in known and token[i:] in known)
    return next(((token[:i], token[i:]) for i in cuts), ())


def why_left(table: str, columns: tuple[str, ...]) -> str:
    """Why a table of this name holds nothing of a case, "" where its name says nothing of the kind."""
    said = {*tokens(table), *(half for token in tokens(table) for half in _halves(token))}
    for reason, spelled in words()["left"].items():
        if said & set(spelled):
            return str(reason)
    secret = set(words()["plain"]["secret"])
    if any(secret & set(tokens(c)) for c in columns):
        return str(next(iter(words()["left"])))
    return ""


def is_lookup_name(table: str) -> bool:
    """Whether a table's name says that it holds codes."""
    return bool(set(tokens(table)) & set(words()["lookup"]["words"]))
