"""The dictionary of header words: spellings and their meanings, phrases of meanings and the fields they name."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from mappers.languages import load_languages, printed_labels
from mappers.names.romanise import word_sounds
from mappers.names.sounds import latin_sounds, meet
from mappers.schema import load_schemas
from mappers.text.folding import fold_key

Phrase = frozenset[str]
_VOWELS = frozenset("aeiou")
_NEARLY = 88
_SHORTEST_SOUND, _SHORTEST_WORD, _LONG_WORD, _SHORTEST_STEM = 4, 4, 6, 3
_PLAIN_SOUNDS = str.maketrans("āīūēōKGCJṬḌTDPBṭḍṇḷḻṟśṣṛṚḳġŋñṅəĕ@z", "aiueokgcjtdtdpbtdnllrssrrkgnnnaeaj", "ŭʰh ")
# First letters of a meaning that stand for it, at least; and letters without vowels, at least.
_SHORTEST_START, _SHORTEST_BONES = 3, 3


@dataclass(frozen=True)
class RowKind:
    """A kind of child row. lead: the meaning that names it before a field's own phrase, "" for none."""

    table: str
    lead: str
    set: Mapping[str, str]


@dataclass(frozen=True)
class Elsewhere:
    """What old tables hold beside a form's fields. form: where it belongs, "" for no form."""

    reason: str
    form: str
    phrases: tuple[Phrase, ...]


@dataclass(frozen=True, eq=False)
class HeaderLexicon:
    """Everything known of headers; one dictionary is equal to itself alone, so that answers can be kept by it.

    spellings: folded spelling -> meanings. short: abbreviations made by rule -> meanings. cut:
    the same of romanised words. stems: words of Indian scripts without the sign they end in. heard: key of sound of the
    words in the scripts of the country -> meanings, for the same words in Latin letters. long: long words of
    Latin letters, which misspelt ones are near to. own, fields: phrases by id
    of a field of a form's own table, and of a child table's. labels: folded printed label -> target names. tables:
    meaning -> a form, or a kind of rows. usual: form -> whose particulars it holds first. particulars: meanings that
    belong to the person named before them; breaks: meanings behind which that person's particulars end.
    """

    spellings: Mapping[str, tuple[str, ...]]
    short: Mapping[str, tuple[str, ...]]
    cut: Mapping[str, tuple[str, ...]]
    stems: Mapping[str, tuple[str, ...]]
    heard: Mapping[str, tuple[str, ...]]
    long: tuple[str, ...]
    own: Mapping[str, tuple[Phrase, ...]]
    rows: Mapping[str, RowKind]
    fields: Mapping[str, Mapping[str, tuple[Phrase, ...]]]
    elsewhere: Mapping[str, Elsewhere]
    labels: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, str]
    usual: Mapping[str, str]
    particulars: Phrase
    breaks: Phrase
    fillers: frozenset[str]
    learned: Mapping[str, frozenset[str]] = field(default_factory=dict)


def load_lexicon() -> HeaderLexicon:
    """The dictionary of this package."""
    return make_lexicon(frozenset(), frozenset())


@cache
def make_lexicon(unknown: frozenset[str], phrases_unknown: frozenset[Phrase]) -> HeaderLexicon:
    """The dictionary without these folded spellings and phrases: for measurements."""
    words, fields = _data("words.toml"), _data("fields.toml")
    spellings = _spellings(_words(), fields["printed_words"], unknown)
    meanings = (*_words(), *_schema_words(frozenset(spellings)))
    spellings = {**{m: (m,) for m in meanings}, **spellings}
    return HeaderLexicon(
        spellings=spellings,
        short=_short((m, m) for m in meanings if m not in _NEVER_SHORT and " " not in m),
        cut=_short(_long_words(spellings)),
        stems=_stems(spellings),
        heard=_index_by_sound(spellings),
        long=tuple(sorted({w for w, _ in _long_words(spellings)})),
        own={name: _phrases(say, phrases_unknown) for name, say in fields["own"].items()},
        rows={name: RowKind(r["table"], r["lead"], r.get("set", {})) for name, r in fields["rows"].items()},
        fields={
            table: {name: _phrases(say, phrases_unknown) for name, say in columns.items()}
            for table, columns in fields["fields"].items()
        },
        elsewhere={
            name: Elsewhere(e["reason"], e.get("form", ""), _phrases(e["say"], phrases_unknown))
            for name, e in fields["elsewhere"].items()
        },
        labels=_labels(fields["printed"]),
        tables=fields["tables"],
        usual=fields["particulars"],
        particulars=frozenset(fields["neighbours"]["particulars"]),
        breaks=frozenset(fields["neighbours"]["breaks"]),
        fillers=frozenset(map(fold_key, words["fillers"]["words"])),
        learned=_load_learned(words),
    )


# Meanings whose beginnings say something else: "of" is no officer, "per" no person.
_NEVER_SHORT = frozenset({"from", "to", "day", "id", "key", "act", "type", "make", "age", "sex", "part", "page"})


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("mappers.headers") / name).read_text(encoding="utf-8"))


@cache
def _words() -> Mapping[str, list[str]]:
    """Meaning -> spellings: those of words.toml, and what the files of languages add."""
    found = {meaning: list(spelled) for meaning, spelled in _data("words.toml")["words"].items()}
    for one in load_languages().values():
        for meaning, more in one.headers.items():
            found.setdefault(meaning, []).extend(more)
    return found


def _load_learned(words: Mapping[str, Any]) -> Mapping[str, frozenset[str]]:
    return {layout: frozenset(map(fold_key, spelled)) for layout, spelled in words["learned"].items()}


def _phrases(say: Iterable[str], unknown: frozenset[Phrase]) -> tuple[Phrase, ...]:
    return tuple(p for p in dict.fromkeys(frozenset(s.split()) for s in say) if p not in unknown or not p)


def _spellings(
    words: Mapping[str, list[str]], printed: Mapping[str, str], unknown: frozenset[str]
) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for meaning, spelled in words.items():
        for word in (meaning, *spelled):
            found.setdefault(fold_key(word), {})[meaning] = None
    # The name of a meaning is nothing that a layout has taught.
    found = {k: v for k, v in found.items() if k not in unknown or k in words}
    for label_id, meaning in printed.items():
        for label in _split_labels(label_id):
            found.setdefault(fold_key(label), {})[meaning] = None
    return {k: tuple(v) for k, v in found.items() if k}


def _schema_words(known: frozenset[str]) -> tuple[str, ...]:
    """Words of the fields' names and labels that the dictionary has not: each is a meaning of its own."""
    columns = [c for tables in load_schemas().values() for t in tables.values() for c in t.columns]
    words = {w for c in columns for w in re.findall(r"[a-z]+", f"{c.name} {c.label}".lower())}
    return tuple(sorted(w for w in words - known if len(w) >= _SHORTEST_WORD))


def _long_words(spellings: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, str]]:
    return ((w, m) for w, meanings in spellings.items() if w.isascii() and len(w) >= _LONG_WORD for m in meanings)


def _stems(spellings: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for word, meanings in spellings.items():
        stem = word[:-1] if not word.isascii() and unicodedata.category(word[-1])[0] == "M" else ""
        if len(stem) >= _SHORTEST_STEM:
            found.setdefault(stem, {}).update(dict.fromkeys(meanings))
    return {k: tuple(v) for k, v in found.items()}


def _short(words: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
    """Abbreviations by rule: beginnings, and consonants after the first letter (SCTN, ADDRSS) and their beginnings."""
    found: dict[str, dict[str, None]] = {}
    for word, meaning in words:
        bones = word[0] + "".join(c for c in word[1:] if c not in _VOWELS)
        starts = {word[:n] for n in range(_SHORTEST_START, len(word))}
        starts |= {bones[:n] for n in range(_SHORTEST_BONES, len(bones) + 1)}
        for short in starts - {word}:
            found.setdefault(short, {})[meaning] = None
    return {k: tuple(v) for k, v in found.items()}


def _index_by_sound(spellings: Mapping[str, tuple[str, ...]]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for word, meanings in spellings.items():
        if not word.isascii() and (key := sound_key(word)):
            found.setdefault(key, {}).update(dict.fromkeys(meanings))
    return {k: tuple(v) for k, v in found.items()}


def nearly(word: str, lexicon: HeaderLexicon) -> tuple[str, ...]:
    """The meanings of the one long word of Latin letters that a word nearly is: JUDGEMENT, COMPLAINENT."""
    from rapidfuzz import process

    hit = process.extractOne(word, lexicon.long, score_cutoff=_NEARLY)
    return lexicon.spellings[hit[0]] if hit else ()


@lru_cache(maxsize=1 << 15)
def sound_key(word: str) -> str:
    """What a word of any script sounds like, without length and breath, which clerks' spellings do not keep; "" when
    it is too short to be told by its sound.
    """
    sounds = latin_sounds(word) if word.isascii() else "".join(map(word_sounds, word.split()))
    key = meet(sounds.translate(_PLAIN_SOUNDS)).rstrip("a")
    return key if len(key) >= _SHORTEST_SOUND else ""


def _labels(printed: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for label_id, target in printed.items():
        for label in _split_labels(label_id):
            found.setdefault(fold_key(label), {})[target] = None
    return {k: tuple(v) for k, v in found.items() if k}


def _split_labels(label_id: str) -> Iterator[str]:
    """What forms print for one label; where a label gives two names for one thing, each of them."""
    for label in _labels_by_id().get(label_id, ()):
        yield label
        if "/" in label:
            yield from (part.strip() for part in label.split("/"))


@cache
def _labels_by_id() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for printed in printed_labels():
        found.setdefault(printed.label, []).append(printed.text)
    return {k: tuple(v) for k, v in found.items()}
