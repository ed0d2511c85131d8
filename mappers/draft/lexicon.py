"""The dictionary of header words: spellings and their meanings, phrases of meanings and the fields they name."""

from __future__ import annotations

import csv
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from mappers.folding import fold_key

Phrase = frozenset[str]
_VOWELS = frozenset("aeiou")
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


@dataclass(frozen=True)
class Lexicon:
    """Everything known of headers.

    spellings: folded spelling -> meanings. short: abbreviations made by rule -> meanings. own, fields: phrases by id
    of a field of a form's own table, and of a child table's. labels: folded printed label -> target names. tables:
    meaning -> a form, or a kind of rows.
    """

    spellings: Mapping[str, tuple[str, ...]]
    short: Mapping[str, tuple[str, ...]]
    own: Mapping[str, tuple[Phrase, ...]]
    rows: Mapping[str, RowKind]
    fields: Mapping[str, Mapping[str, tuple[Phrase, ...]]]
    elsewhere: Mapping[str, Elsewhere]
    labels: Mapping[str, tuple[str, ...]]
    tables: Mapping[str, str]
    fillers: frozenset[str]
    learned: Mapping[str, frozenset[str]] = field(default_factory=dict)


def load_lexicon() -> Lexicon:
    """The dictionary of this package."""
    return make_lexicon(frozenset(), frozenset())


def without_layout(layout: str) -> Lexicon:
    """The dictionary as it would be had this layout never been seen: what only it taught is left out."""
    return make_lexicon(_learned(_data("words.toml")).get(layout, frozenset()), frozenset())


@cache
def make_lexicon(unknown: frozenset[str], phrases_unknown: frozenset[Phrase]) -> Lexicon:
    """The dictionary without these folded spellings and phrases: for measurements."""
    words, fields = _data("words.toml"), _data("fields.toml")
    meanings = tuple(words["words"])
    spellings = _spellings(words["words"], fields["printed_words"], unknown)
    return Lexicon(
        spellings=spellings,
        short=_short(m for m in meanings if m not in _NEVER_SHORT),
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
        fillers=frozenset(map(fold_key, words["fillers"]["words"])),
        learned=_learned(words),
    )


# Meanings whose beginnings say something else: "of" is no officer, "per" no person.
_NEVER_SHORT = frozenset({"from", "to", "day", "id", "key", "act", "type", "make", "age", "sex", "part", "page"})


@cache
def _data(name: str) -> dict[str, Any]:
    return tomllib.loads((resources.files("mappers.draft") / name).read_text(encoding="utf-8"))


def _learned(words: Mapping[str, Any]) -> Mapping[str, frozenset[str]]:
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
    found = {k: v for k, v in found.items() if k not in unknown or k in words}
    for label_id, meaning in printed.items():
        for label in _printed(label_id):
            found.setdefault(fold_key(label), {})[meaning] = None
    return {k: tuple(v) for k, v in found.items() if k}


def _short(meanings: Iterable[str]) -> Mapping[str, tuple[str, ...]]:
    """Abbreviations by rule: beginnings, and consonants after the first letter (SCTN, ADDRSS) and their beginnings."""
    found: dict[str, dict[str, None]] = {}
    for meaning in meanings:
        bones = meaning[0] + "".join(c for c in meaning[1:] if c not in _VOWELS)
        starts = {meaning[:n] for n in range(_SHORTEST_START, len(meaning))}
        starts |= {bones[:n] for n in range(_SHORTEST_BONES, len(bones) + 1)}
        for short in starts - {meaning}:
            found.setdefault(short, {})[meaning] = None
    return {k: tuple(v) for k, v in found.items()}


def _labels(printed: Mapping[str, str]) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for label_id, target in printed.items():
        for label in _printed(label_id):
            found.setdefault(fold_key(label), {})[target] = None
    return {k: tuple(v) for k, v in found.items() if k}


def _printed(label_id: str) -> Iterator[str]:
    """What forms print for one label; where a label gives two names for one thing, each of them."""
    for label in _labels_by_id().get(label_id, ()):
        yield label
        if "/" in label:
            yield from (part.strip() for part in label.split("/"))


@cache
def _labels_by_id() -> Mapping[str, tuple[str, ...]]:
    text = (resources.files("mappers.draft") / "printed_labels.csv").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(text.splitlines()):
        found.setdefault(row["field_id"], []).append(row["label"])
    return {k: tuple(v) for k, v in found.items()}
