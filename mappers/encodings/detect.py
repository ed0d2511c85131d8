"""Which encoding a column of a legacy table is in: by its marks, its font, its bytes, and what comes of decoding it.

A column is judged by its distinct cells together, and each cell may be the font's text or plain English among it. What
is not clear is to be asked: `is_sure` says so.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from mappers.encodings import Encoding, encodings
from mappers.encodings.carriers import CODES, DOUBLED, Carried, undress
from mappers.encodings.ngrams import Floats, Grams, Model, font_symbols, models, unicode_symbols

PLAIN = "plain"
ENGLISH = "english"
SURE = 0.95
_PLAIN_CLASSES = ("english", "roman")
# A cell in a font's column is plain this often; a long cell says no more than its beginning.
_MIXED = 0.1
_LONGEST = 120
_MOST = 64
_DECODED = 10
_TOLD = 8
# Nats in favour: of plain text; of what a state expects; of what the container names; against one source alone.
_PRIOR_PLAIN = 3.0
_PRIOR_EXPECTED = 2.0
_PRIOR_FONT = 8.0
_PRIOR_UNCONFIRMED = -2.0
# Cells of one column are not independent: evidence is divided by their number to this power.
_HEAT = 0.5
_ISCII = "iscii"
_ISCII_HEAT = 4.0
_ATR = re.compile("\xef([B-K])")
# Source: IS 13194:1991, the attribute codes of scripts.
_ATR_SCRIPTS = {"B": "Deva", "C": "Beng", "D": "Taml", "E": "Telu", "F": "Beng", "G": "Orya", "H": "Knda", "I": "Mlym",
                "J": "Gujr", "K": "Guru"}  # fmt: skip
_LETTER = re.compile("[^\\W\\d_]|[^\x00-\x7f]|\x04")
_SCRIPT_LANGUAGES = {"Deva": ("hi", "mr"), "Beng": ("bn", "as"), "Guru": ("pa",), "Gujr": ("gu",), "Orya": ("or",),
                     "Taml": ("ta",), "Telu": ("te",), "Knda": ("kn",), "Mlym": ("ml",), "Arab": ("ur",)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Candidate:
    """One encoding a column may be in. share: 0..1, all shares together are 1."""

    name: str
    family: str
    share: float


@dataclass(frozen=True, slots=True)
class Detection:
    """What a column is in.

    best: name of the encoding, "" for plain text (English, numbers, Unicode); family: "plain" for that. margin: 0..1,
    how likely what best reads is what was written; is_sure: it is enough to go on without asking. evidence: stable
    words and numbers; cells: distinct cells with letters; plain: how many of them are not the font's text. stored:
    "utf-8" where the bytes are UTF-8 of the font's characters, as a re-saved file has them.
    """

    best: str
    family: str
    margin: float
    is_sure: bool
    candidates: tuple[Candidate, ...] = ()
    evidence: tuple[tuple[str, float], ...] = ()
    cells: int = 0
    plain: int = 0
    stored: str = ""

    @property
    def family_share(self) -> float:
        """0..1, how likely the family is right, its member aside."""
        return sum(c.share for c in self.candidates if c.family == self.family)


def detect_column(
    values: Sequence[bytes | str],
    *,
    font: str = "",
    expected: Sequence[str] = (),
    found: Mapping[str, Encoding] | None = None,
) -> Detection:
    """The encoding of a column's values; their order does not matter, and no bytes are too odd.

    font: as the container calls it; expected: names of encodings the state profile expects, the likelier first; found:
    the encodings that take part, those of this package by default.
    """
    known = encodings() if found is None else found
    carried = [undress(v) for v in sorted(set(values), key=_order)]
    worded = [c for c in carried if _LETTER.search(c.text)]
    marks = (("bom", 1.0),) if any(c.has_bom for c in carried) else ()
    unicode = [c for c in worded if c.kind != CODES]
    codes = _thinned(dict.fromkeys(c.text.strip("\x00 ")[:_LONGEST] for c in worded if c.kind == CODES))
    if len(unicode) * 2 > len(worded):
        return _of_unicode(unicode, len(worded), marks)
    if not codes:
        return Detection("", PLAIN, 1.0, True, (Candidate(ENGLISH, PLAIN, 1.0),), marks)
    column = _Column(codes, known, _named(font, known), tuple(n for n in expected if n in known))
    judged = column.judge()
    best, margin = _best(judged, column)
    return Detection(
        "" if best.family == PLAIN else best.name, best.family, margin, margin >= SURE, judged[:_TOLD],
        (*marks, *column.evidence(best)), len(worded), len(unicode) + column.plain(best), _stored(worded),
    )  # fmt: skip


def _order(value: bytes | str) -> tuple[bool, bytes]:
    return (True, value.encode("utf-8", "surrogatepass")) if isinstance(value, str) else (False, value)


def _thinned(texts: Iterable[str]) -> list[str]:
    """Distinct texts, evenly chosen when there are too many."""
    all_of_them = sorted(t for t in set(texts) if t)
    step = max(1, len(all_of_them) / _MOST)
    return [all_of_them[int(i * step)] for i in range(min(len(all_of_them), _MOST))]


def _of_unicode(cells: Sequence[Carried], worded: int, marks: tuple[tuple[str, float], ...]) -> Detection:
    """A column that is Unicode already, or was until it was encoded twice."""
    kinds = Counter(c.kind for c in cells)
    kind, most = max(kinds.items(), key=lambda k: (k[1], k[0]))
    shares = tuple(Candidate(k, PLAIN, n / len(cells)) for k, n in kinds.most_common())
    best = DOUBLED if kind == DOUBLED else ""
    share = len(cells) / worded
    return Detection(best, best or PLAIN, share, share > 0.9 and most == len(cells) or not best and share > 0.9, shares,
                     (*marks, (kind, most / worded)), worded, worded if not best else worded - most)  # fmt: skip


def _stored(cells: Sequence[Carried]) -> str:
    """The dress of codes: "utf-8" when every cell that is not ASCII came so."""
    dresses = {c.stored for c in cells if c.kind == CODES and not c.text.isascii()}
    return dresses.pop() if len(dresses) == 1 else ""


def _named(font: str, known: Mapping[str, Encoding]) -> frozenset[str]:
    """The encodings that a container's font name means."""
    name = _plain_name(font)
    return frozenset(n for n, e in known.items() if name and name in map(_plain_name, (*e.info.fonts, n)))


def _plain_name(font: str) -> str:
    return re.sub("[^a-z0-9]", "", font.casefold())


@dataclass
class _Column:
    """Cells whose codes are to be understood, and what each encoding makes of them, in nats a cell."""

    cells: Sequence[str]
    known: Mapping[str, Encoding]
    named: frozenset[str]
    expected: tuple[str, ...]
    read: dict[str, tuple[str, ...]] = field(default_factory=dict)
    scores: dict[str, Floats] = field(default_factory=dict)

    def judge(self) -> tuple[Candidate, ...]:
        """All candidates, the likeliest first."""
        grams = Grams.of(map(font_symbols, self.cells))
        learned = models()
        self._english = np.logaddexp(*(learned[c].of(grams) for c in _PLAIN_CLASSES)) - math.log(2)
        by_bytes = {n: learned[n].of(grams) for n in self.known if n in learned}
        for name in self._worth_reading(by_bytes):
            self.read[name] = tuple(map(self.known[name].decode, self.cells))
            spoken = _spoken(self.read[name], self.known[name], learned)
            stored = by_bytes.get(name)
            if spoken is not None:
                by_bytes[name] = spoken if stored is None else (spoken + stored) / 2
        self.scores = by_bytes
        heat = len(self.cells) ** _HEAT
        logits = {n: self._evidence_of(n) / heat + self._prior(n) for n in by_bytes}
        logits[ENGLISH] = float(self._english.sum()) / heat + _PRIOR_PLAIN
        return self._shared(logits)

    def _worth_reading(self, by_bytes: Mapping[str, Floats]) -> list[str]:
        ranked = sorted(by_bytes, key=lambda n: (-self._mixed(by_bytes[n]).sum() - self._prior(n), n))
        unlearned = [n for n in self.known if n not in by_bytes]
        return list(dict.fromkeys([*ranked[:_DECODED], *sorted(self.named), *self.expected, *unlearned]))

    def _mixed(self, scores: Floats) -> Floats:
        """Of each cell, when it may be plain text as well."""
        return np.logaddexp(scores + math.log(1 - _MIXED), self._english + math.log(_MIXED))

    def _evidence_of(self, name: str) -> float:
        return float(self._mixed(self.scores[name]).sum())

    def _prior(self, name: str) -> float:
        prior = 0.0 if self.known[name].info.is_confirmed else _PRIOR_UNCONFIRMED
        return prior + _PRIOR_EXPECTED * (name in self.expected) + _PRIOR_FONT * (name in self.named)

    def _shared(self, logits: Mapping[str, float]) -> tuple[Candidate, ...]:
        families: dict[str, list[str]] = {}
        for name in logits:
            families.setdefault(self._family(name), []).append(name)
        whole = _log_sum(logits.values())
        found = []
        for family, members in families.items():
            share = math.exp(_log_sum([logits[n] for n in members]) - whole)
            within = self._within(family, {n: logits[n] for n in members})
            found += [Candidate(n, family, share * part) for n, part in within.items()]
        return tuple(sorted(found, key=lambda c: (-c.share, c.name)))

    def _family(self, name: str) -> str:
        return PLAIN if name == ENGLISH else self.known[name].info.family

    def _within(self, family: str, logits: Mapping[str, float]) -> Mapping[str, float]:
        """The shares of a family's members. ISCII's bytes say little of the script: ATR does, or a state, or a font."""
        told = {_ATR_SCRIPTS[m] for cell in self.cells for m in _ATR.findall(cell)} if family == _ISCII else set()
        heat = _ISCII_HEAT if family == _ISCII else 1.0
        parts = {n: v / heat for n, v in logits.items()}
        if family == _ISCII:
            for name in parts:
                parts[name] += 12.0 * (self.known[name].info.name in told) + self._prior(name) * (1 - 1 / heat)
        whole = _log_sum(parts.values())
        return {n: math.exp(v - whole) for n, v in parts.items()}

    def plain(self, best: Candidate) -> int:
        """How many of the cells are plain text, if best is right."""
        if best.family == PLAIN:
            return len(self.cells)
        return int((self._english > self.scores[best.name]).sum())

    def evidence(self, best: Candidate) -> Iterator[tuple[str, float]]:
        """What spoke for it, in nats a cell where it is a measure."""
        if best.name in self.named:
            yield "font-named", 1.0
        if best.name in self.scores:
            gain = self.scores[best.name] - self._english
            yield "decoded" if best.name in self.read else "bytes", float(gain.mean())
            yield "unknown", float(sum(map(self.known[best.name].unknown, self.cells)))
        if best.name in self.expected:
            yield "state", 1.0


def _log_sum(values: Iterable[float]) -> float:
    return float(np.logaddexp.reduce(list(values)))


def _spoken(texts: Sequence[str], encoding: Encoding, learned: Mapping[str, Model]) -> Floats | None:
    """How likely decoded cells are as words of the encoding's languages; None when none of them was learned."""
    languages = encoding.info.languages or _SCRIPT_LANGUAGES.get(encoding.info.script, ())
    grams = Grams.of(map(unicode_symbols, texts))
    found = [learned[f"@{lang}"].of(grams) for lang in languages if f"@{lang}" in learned]
    return np.max(found, axis=0) if found else None


def _best(judged: Sequence[Candidate], column: _Column) -> tuple[Candidate, float]:
    """The likeliest member of the likeliest family, and the share of all that read the cells as it does."""
    shares: Counter[str] = Counter()
    for candidate in judged:
        shares[candidate.family] += candidate.share  # type: ignore[assignment]
    family = max(shares, key=lambda f: (shares[f], f))
    best = next(c for c in judged if c.family == family)
    text = column.read.get(best.name)
    alike = [c for c in judged if c.name == best.name or (text is not None and column.read.get(c.name) == text)]
    return best, min(1.0, sum(c.share for c in alike))
