"""Fuzzy recognition of printed labels in thirteen languages, and the zone each asks for under its heading."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, ConfigDict
from rapidfuzz import fuzz

from digitize.machine.word_tables import read_table
from mappers.languages import printed_labels

_LEAST = 0.74
_SHORT_LABEL, _LEAST_SHORT = 8, 0.79
_LEAST_LATIN = 0.82
_LEAST_LETTERS = 2
_MOST_WORDS = 14
_PART_OF = 0.45
_LONG = 6
_FEW_LETTERS = 40
_SHORT_NAME = 3
_SLUG_WORDS = 5
_NO_QUESTIONS = ("fir.title", "fir.under_section", "cdf.title", "arr.title", "cs.title", "seiz.title", "court.title")
"""Headings of whole forms, which ask nothing."""
# Item numbers before a stop, a danda, a bracket or a colon; letters in brackets wherever they stand.
_MARKER = re.compile(r"^\W*(?:\d{1,2}|[०-९০-৯૦-૯୦-୯۰-۹]{1,2})\s*[.)।۔:]|[(\[{]\s*[^\s()]{1,4}\s*[)\]}]")
_NUMBER = re.compile(r"(?:\d{1,2}|[०-९০-৯૦-૯୦-୯۰-۹]{1,2})\s*[.।۔]")
_HALVES = re.compile(r"[:：]|\s[-–]\s")


class LabelRule(BaseModel):
    """Zone that a label asks for; see the head of fields.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    zone: str
    suffix: str = ""
    kind: str = "line"
    list: str | None = None
    within: Mapping[str, str] = {}


@dataclass(frozen=True, slots=True)
class LabelHit:
    """A label found in a piece of print. score: 0..1; first, last: word indexes, inclusive."""

    label: str
    score: float
    first: int
    last: int


@dataclass
class Headings:
    """Current heading of the labels, from top to bottom of a form."""

    now: str = "fir"
    used: set[str] = field(default_factory=set)

    def pass_by(self, label: str) -> None:
        """Note a label that may be a heading for the following ones."""
        self.now = _rules()[0].get(label, self.now)

    def zone_of(self, label: str) -> LabelRule:
        """Zone id for a label here; if it is taken, the next possible one."""
        rule = _rules()[1].get(label) or LabelRule(zone=label.replace(".", "_"))
        under = f"{self.now}_{rule.suffix}" if self.now else rule.suffix
        zone = rule.zone if rule.zone != "*" else rule.within.get(self.now, under)
        if zone in self.used and rule.suffix in ("name", "rank") and self.now == "io":
            self.now = "officer"
            zone = f"officer_{rule.suffix}"
        return rule.model_copy(update={"zone": zone})

    def take(self, zone: str, *, counting: bool = False) -> str:
        """The id, with a number appended if taken; counting: it ends in a number, which is increased."""
        base = zone.rpartition("_")[0] if counting else zone
        name, n = zone, 2
        while name in self.used:
            name, n = f"{base}_{n}", n + 1
        self.used.add(name)
        return name


def find_labels(words: Sequence[str], languages: Sequence[str]) -> tuple[LabelHit, ...]:
    """Labels in a piece of print, in order, ignoring unknown words between them.

    Chosen to explain as many letters as possible: "Date from" is one label, not "Date" and a rest.
    """
    plain = [_letters(strip_marks(w)) for w in words]
    best: list[tuple[float, tuple[LabelHit, ...]]] = [(0.0, ())]
    for end in range(1, len(words) + 1):
        choice = best[end - 1]
        for start in range(max(0, end - _MOST_WORDS), end):
            text = " ".join(p for p in plain[start:end] if p)
            if not plain[start] or not plain[end - 1] or len(text) < _LEAST_LETTERS:
                continue
            label, score = best_label(text, tuple(languages))
            worth = best[start][0] + (score - _LEAST + 0.02) * (len(text) + 1)
            if score >= _choose_least_score(text) and worth > choice[0]:
                choice = worth, (*best[start][1], LabelHit(label, score, start, end - 1))
        best.append(choice)
    return best[-1][1]


def _choose_least_score(text: str) -> float:
    """Required similarity of a label: higher if short, and if in Latin letters, which are read best."""
    if text.isascii():
        return _LEAST_LATIN
    return _LEAST if len(text) > _SHORT_LABEL else _LEAST_SHORT


# Windows over one piece of print overlap, and it is read several times: most texts are asked for again.
@lru_cache(maxsize=1 << 15)
def best_label(text: str, languages: tuple[str, ...]) -> tuple[str, float]:
    """Most similar label of a folded text, and the similarity 0..1; ("", 0.0) if none is close."""
    best, name = 0.0, ""
    for label, printed in _load_printed(languages):
        # rapidfuzz gives up as soon as the best one so far can no longer be reached.
        score = fuzz.ratio(text, printed, score_cutoff=100 * max(best, 0.5)) / 100
        if len(text) >= _LONG and len(text) >= _PART_OF * len(printed):
            # A piece of a long label, whose rest was not read, is known too, but less surely.
            score = max(score, 0.9 * fuzz.partial_ratio(text, printed) / 100 if len(text) < len(printed) else 0.0)
        if score > best:
            best, name = score, label
    return name, best


def share_explained(text: str, hits: Sequence[LabelHit]) -> float:
    """Share of letters, 0..1, explained by labels in the last part (after the colon) of a piece of print.

    Remarks in brackets and parts without letters are ignored.
    """
    words = text.split()
    counted = zip(words, _in_brackets(words), strict=True)
    sizes = [0 if in_brackets else len(_letters(strip_marks(w))) for w, in_brackets in counted]
    ends = [i for i, w in enumerate(words) if w.endswith(":") and any(sizes[i + 1 :])]
    first = ends[-1] + 1 if ends else 0
    asked = sum(sizes[first:])
    known = sum(sum(sizes[max(h.first, first) : h.last + 1]) for h in hits)
    return min(1.0, known / asked) if asked else 1.0


def _in_brackets(words: Sequence[str]) -> list[bool]:
    """Which words are in brackets of two or more words."""
    inside, marks, start = False, [False] * len(words), 0
    for i, word in enumerate(words):
        if "(" in word and ")" not in word:
            inside, start = True, i
        elif ")" in word and inside:
            marks[start : i + 1] = [True] * (i + 1 - start)
            inside = False
    return marks


def is_numbered(text: str) -> bool:
    """Whether a piece of print begins a numbered item."""
    return _NUMBER.match(text) is not None


def strip_marks(text: str) -> str:
    """Label text without its item number and letter: "3. (a) Occurrence" gives "Occurrence"."""
    return " ".join(_MARKER.sub(" ", text).split())


def halves(text: str) -> list[str]:
    """A piece of print split at colons: headings, then the label of the answer."""
    return [part.strip() for part in _HALVES.split(text) if part.strip()]


def slug_of(label: str) -> str:
    """Id from a label's Latin words; "" where it has none."""
    # Behind the last colon stands what is asked for.
    last = (halves(strip_marks(label)) or [""])[-1]
    words = re.findall(r"[a-z]+|\d+", last.casefold().replace("'s", ""))
    return "_".join([w for w in words if not w.isdigit()][:_SLUG_WORDS])


def share_known(texts: Sequence[str], language: str) -> float:
    """Share of letters, 0..1, of known labels of a language in some pieces of print, weighted by similarity."""
    known, letters = 0.0, 0
    for text in texts:
        words = text.split()
        plain = [_letters(strip_marks(w)) for w in words]
        letters += sum(map(len, plain))
        for hit in find_labels(words, (language,)):
            known += hit.score * sum(map(len, plain[hit.first : hit.last + 1]))
    # Of a few letters a single label would be all that there is.
    return known / max(letters, _FEW_LETTERS)


def languages() -> tuple[str, ...]:
    """Languages with known labels."""
    return tuple(sorted({row[1] for row in _table()}))


def _letters(text: str) -> str:
    """Letters and combining marks in lower case, for comparing two prints of a label."""
    folded = unicodedata.normalize("NFC", text).casefold()
    kept = "".join(c if unicodedata.category(c)[0] in "LM" else " " for c in folded)
    return " ".join(kept.split())


@lru_cache(maxsize=64)
def _load_printed(languages: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    found: dict[tuple[str, str], None] = {}
    for label, language, text in _table():
        if language in languages and label not in _NO_QUESTIONS:
            for variant in _variants(text):
                folded = _letters(variant)
                if len(folded) >= _LEAST_LETTERS:
                    found[label, folded] = None
    return tuple(found)


def _variants(text: str) -> Iterator[str]:
    """The label as printed, without brackets, and each of two alternative names."""
    yield text
    bare = re.sub(r"\([^)]*\)", " ", text)
    if bare != text:
        yield bare
    if len(bare.split("/")) == 2 and len(bare.split()) <= _SHORT_NAME:
        yield from bare.split("/")


@lru_cache(maxsize=1)
def _table() -> tuple[tuple[str, str, str], ...]:
    return (
        *printed_labels(),
        *((label, language, text) for label, said in _load_synonyms().items() for language, text in said),
    )


def page_tables(zones: Collection[str]) -> dict[str, Any]:
    """Form file entries on groups of zones: per_volume, and agree for zones that hold the same date."""
    known = _fields()["page"]
    agree: dict[str, Any] = {key: known[key] for key in ("year", "number") if known[key] in zones}
    dates = [zone for zone in known["dates"] if zone in zones]
    found: dict[str, Any] = {"per_volume": [zone for zone in known["per_volume"] if zone in zones]}
    # A zone alone agrees with nothing.
    return found | ({"agree": agree | {"dates": dates}} if len(agree) + len(dates) > 1 else {})


def _load_synonyms() -> Mapping[str, list[tuple[str, str]]]:
    """Other wordings: label -> (language, text)."""
    return {label: [(row[0], row[1]) for row in rows] for label, rows in _fields()["also"].items()}


@lru_cache(maxsize=1)
def _fields() -> dict[str, Any]:
    return read_table("digitize.files.forms", "fields.toml")


@lru_cache(maxsize=1)
def _rules() -> tuple[Mapping[str, str], Mapping[str, LabelRule]]:
    data = _fields()
    return data["headings"], {k: LabelRule.model_validate(v) for k, v in data["labels"].items()}
