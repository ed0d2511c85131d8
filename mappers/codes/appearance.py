"""What free text says of somebody's looks: marks on the body with their places, garments with their colours."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from rapidfuzz import fuzz, process

from mappers.codes.lists import code_lists
from mappers.text.folding import fold_key

KIND, PART, SIDE, GARMENT, COLOUR = "kind", "part", "side", "garment", "colour"
ANY_MARK, PATTERNED = "mark", "patterned"
_MOST_WORDS = 3
_KEPT = 1 << 16
_BREAK = "\n"
# Commas and the like end what is said of one thing; so do the words for "and".
_ENDS = re.compile(r"[,;|/\n।॥•،؛]+")
_BLANKS = re.compile(r"[\s.:()\[\]\-–_'\"’“”&+*]+")
_AND = frozenset(map(fold_key, (
    "and", "with", "और", "व", "तथा", "एवं", "आणि", "ও", "এবং", "আৰু", "மற்றும்", "మరియు", "ಮತ್ತು", "ഉം", "અને", "તથા", "ਅਤੇ",
    "ଓ", "ଏବଂ", "اور",
)))  # fmt: skip
_LEAST_BEGINNING, _MOST_ENDING = 3, 6
_LEAST_TYPED, _TYPED_SHARE = 5, 85.0
_LEAST_UNKNOWN = 2
_SIDES = ("left", "right")

Concept = tuple[str, str]
"""A group (KIND and the others) and a value of it."""


@dataclass(frozen=True, slots=True)
class BodyMark:
    """One mark. kind: scar, burn, mole, tattoo ... or "mark"; part: of the body; side: left or right; "" for unsaid."""

    kind: str
    part: str = ""
    side: str = ""


@dataclass(frozen=True, slots=True)
class Garment:
    """One thing that was worn. colour: "" where none is said."""

    what: str
    colour: str = ""


@dataclass(frozen=True)
class _Words:
    """by: key of a word, or of several words together -> what it may mean, by group.

    firsts: the first words of several. beginnings, typed: words that stand alone, by their first letters.
    """

    by: Mapping[str, Mapping[str, str]]
    firsts: frozenset[str]
    beginnings: Mapping[str, tuple[str, ...]]
    typed: Mapping[str, tuple[str, ...]]


def part_and_side(code: str) -> tuple[str, str]:
    """A value of the code list body_part, taken apart: "left_hand" is ("hand", "left")."""
    side, _, part = code.partition("_")
    return (part, side) if side in _SIDES else (code, "")


def read_marks(text: str) -> tuple[BodyMark, ...]:
    """The marks that a text tells of, in order, each once. What no list knows is passed over."""
    made: dict[BodyMark, None] = {}
    for group in _groups(text, (KIND, PART, SIDE), KIND, PART):
        if KIND in group:
            made[BodyMark(group[KIND], group.get(PART, ""), group.get(SIDE, ""))] = None
    return tuple(made)


def read_clothes(text: str) -> tuple[Garment, ...]:
    """What somebody wore by a text, in order, each once."""
    made: dict[Garment, None] = {}
    for group in _groups(text, (GARMENT, COLOUR), GARMENT, COLOUR):
        if GARMENT in group:
            made[Garment(group[GARMENT], group.get(COLOUR, ""))] = None
    return tuple(made)


def unknown_words(text: str) -> tuple[str, ...]:
    """The words of a text that no list knows, as they are written: what a tattoo says, a make, a name."""
    found: dict[str, None] = {}
    for word in _words_of(text):
        key, known = _word(word)
        if not known and len(word) > _LEAST_UNKNOWN and key not in _AND:
            found[word] = None
    return tuple(found)


def _groups(text: str, groups: tuple[str, ...], main: str, other: str) -> Iterator[dict[str, str]]:
    """What is said of one thing after the other: values by group.

    A new thing begins where a clause ends, and where something is said a second time.
    """
    one: dict[str, str] = {}
    last = -9
    for at, (group, value) in _concepts(text, groups):
        if group == _BREAK:
            # A place of the body alone belongs to no mark; what began stays open for nothing behind a comma.
            yield one
            one, last = {}, -9
            continue
        if group == KIND and KIND in one and at - last <= 2:
            # "cut mark", "mark of an injury": one mark, told by the word that says more.
            one[KIND] = value if one[KIND] == ANY_MARK else one[KIND]
        elif PATTERNED in (value, one.get(group)):
            # A pattern stands beside a colour and says less.
            one[group] = one.get(group, value) if value == PATTERNED else value
        elif group in one or (group == SIDE and main in one and other in one):
            yield one
            one = {group: value}
        else:
            one[group] = value
        last = at if group == KIND else last
    yield one


def _concepts(text: str, groups: tuple[str, ...]) -> Iterator[tuple[int, Concept]]:
    """Place and meaning of each word that is known, several words together before each alone."""
    words = [_word(word) for word in _words_of(text)]
    firsts = _all_words().firsts
    at = 0
    while at < len(words):
        key, found = words[at]
        size = 1
        if not key or key in _AND:
            yield at, (_BREAK, "")
        else:
            if key in firsts:
                size, found = _longest(words, at, groups)
            for group, value in found.items():
                if group in groups:
                    part, side = part_and_side(value) if group == PART else (value, "")
                    if side:
                        yield at, (SIDE, side)
                    yield at + size - 1, (group, part)
        at += size


def _longest(
    words: Sequence[tuple[str, Mapping[str, str]]], at: int, groups: tuple[str, ...]
) -> tuple[int, Mapping[str, str]]:
    """How many words mean something together, and what."""
    for size in range(min(_MOST_WORDS, len(words) - at), 1, -1):
        found = _all_words().by.get(" ".join(key for key, _ in words[at : at + size]), {})
        if any(group in groups for group in found):
            return size, found
    return 1, words[at][1]


@lru_cache(maxsize=_KEPT)
def _word(word: str) -> tuple[str, Mapping[str, str]]:
    """A word's key and what it means; a break has neither. Words are few, texts many."""
    key = fold_key(word)
    return key, _meaning(key) if key else {}


def _meaning(key: str) -> Mapping[str, str]:
    """What a word means by group: itself, by its beginning, or one that is typed nearly so; {} for none."""
    words = _all_words()
    if key in words.by:
        return words.by[key]
    if not key.isascii():
        for known in words.beginnings.get(key[:_LEAST_BEGINNING], ()):
            if key.startswith(known) and len(key) - len(known) <= _MOST_ENDING:
                return words.by[known]
    if len(key) >= _LEAST_TYPED:
        near = process.extractOne(key, words.typed.get(key[0], ()), scorer=fuzz.ratio, score_cutoff=_TYPED_SHARE)
        if near:
            return words.by[near[0]]
    return {}


def _words_of(text: str) -> list[str]:
    """The words of each clause, with a break behind it."""
    clauses = (_BLANKS.split(clause) for clause in _ENDS.split(text))
    return [w for clause in clauses for w in (*filter(None, clause), _BREAK)]


@cache
def _all_words() -> _Words:
    data = tomllib.loads((resources.files("mappers.codes") / "appearance.toml").read_text(encoding="utf-8"))
    by: dict[str, dict[str, str]] = {}

    def add(group: str, value: str, ways: Iterable[str]) -> None:
        for way in ways:
            key = " ".join(fold_key(w) for w in _BLANKS.split(way) if w)
            by.setdefault(key, {}).setdefault(group, value)

    for group in (KIND, PART, SIDE, GARMENT, COLOUR):
        for value, ways in data[group].items():
            add(group, value, ways)
    for group, name in ((PART, "body_part"), (COLOUR, "colour")):
        listed = code_lists()[name]
        for value in listed.values:
            if value != "other":
                add(group, value, (value.replace("_", " "), *listed.spellings.get(value, ())))
    alone = sorted((k for k in by if " " not in k), key=lambda k: (-len(k), k))
    beginnings: dict[str, list[str]] = {}
    typed: dict[str, list[str]] = {}
    for key in alone:
        if len(key) >= _LEAST_BEGINNING and not key.isascii():
            beginnings.setdefault(key[:_LEAST_BEGINNING], []).append(key)
        if len(key) >= _LEAST_TYPED - 1:
            typed.setdefault(key[0], []).append(key)
    firsts = frozenset(k.partition(" ")[0] for k in by if " " in k)
    return _Words(by, firsts, {k: tuple(v) for k, v in beginnings.items()}, {k: tuple(v) for k, v in typed.items()})
