"""What each encoding makes of the cells of one column: likelihoods of their bytes and of the text that decoding gives.

Each cell may be the font's text or plain English among it. Logarithms are natural throughout.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from mappers.encodings.encoding import Encoding, EncodingInfo
from mappers.encodings.ngrams import Floats, Grams, NgramModel, font_symbols, models, unicode_symbols
from mappers.languages import languages_of_script

PLAIN = "plain"
ENGLISH = "english"
# What plain text is a mixture of: English, Indian words in Roman letters, codes of no language.
PLAIN_CLASSES: Mapping[str, float] = {"english": 0.5, "roman": 0.3, "codes": 0.2}
# A cell in a font's column is plain this often.
_MIXED = 0.1
_DECODED = 10
# Nats in favour: of plain text; of what a state expects; of what the container names; against one source alone.
_PRIOR_PLAIN = 3.5
_PRIOR_EXPECTED = 2.0
_PRIOR_FONT = 8.0
_PRIOR_UNCONFIRMED = -2.0
# Of a font map whose bytes were never learned only the words speak, and they flatter: a code is a whole letter.
_PRIOR_UNLEARNED = -5.0
# No cell speaks against an encoding by more than this: any may be a stray.
_MOST_AGAINST = 12.0
# Cells of one column are not independent: evidence is divided by their number to this power.
_HEAT = 0.5
_ISCII = "iscii"
# The same bytes of ISCII are valid in ten scripts: what they say of the script counts a third.
_ISCII_HEAT = 3.0
_TOLD = 12.0
# Bytes of no text at all: any of so many, and seldom met.
_NOISE_SYMBOLS, _PRIOR_NOISE = 190, -5.0
_ATR = re.compile("\xef([B-K])")
# Source: IS 13194:1991, the attribute codes of scripts.
_ATR_SCRIPTS = {"B": "iscii-dev", "C": "iscii-bng", "D": "iscii-tml", "E": "iscii-tlg", "F": "iscii-asm",
                "G": "iscii-ori", "H": "iscii-knd", "I": "iscii-mlm", "J": "iscii-guj", "K": "iscii-gur"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class EncodingCandidate:
    """One encoding a column may be in. share: 0..1, all shares together are 1."""

    name: str
    family: str
    share: float


def plain_logs(grams: Grams, learned: Mapping[str, NgramModel]) -> Floats:
    """The logarithm of each text's likelihood as plain text."""
    parts = [learned[name].score_texts(grams) + math.log(share) for name, share in PLAIN_CLASSES.items()]
    found: Floats = np.logaddexp.reduce(parts)
    return found


def spoken_models(info: EncodingInfo, learned: Mapping[str, NgramModel]) -> list[NgramModel]:
    """The models of an encoding's languages, of its script's where it names none; none where none was learned."""
    languages = info.languages or languages_of_script(info.script)
    return [learned[f"@{lang}"] for lang in languages if f"@{lang}" in learned]


def spoken_logs(texts: Sequence[str], encoding: Encoding, learned: Mapping[str, NgramModel]) -> Floats | None:
    """How likely decoded texts are as words of the encoding's languages; None when none of them was learned."""
    grams = Grams.from_texts(map(unicode_symbols, texts))
    found = [m.score_texts(grams) for m in spoken_models(encoding.info, learned)]
    return np.max(found, axis=0) if found else None


@dataclass
class ColumnJudge:
    """Distinct cells whose codes are to be understood.

    known: the encodings that take part; named: those that the container's font calls for; expected: what the state
    has, the likelier first.
    """

    cells: Sequence[str]
    known: Mapping[str, Encoding]
    named: frozenset[str] = frozenset()
    expected: tuple[str, ...] = ()
    _read: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _scores: dict[str, Floats] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Score the cells: by their bytes for all encodings, by what they read for the likeliest."""
        grams, learned = Grams.from_texts(map(font_symbols, self.cells)), models()
        self._plain = plain_logs(grams, learned)
        self._scores = {n: learned[n].score_texts(grams) for n in self.known if n in learned}
        for name in self._worth_reading():
            texts = self._read[name] = tuple(map(self.known[name].decode, self.cells))
            spoken, stored = spoken_logs(texts, self.known[name], learned), self._scores.get(name)
            if spoken is not None:
                self._scores[name] = spoken if stored is None else (spoken + stored) / 2

    def candidates(self) -> tuple[EncodingCandidate, ...]:
        """All encodings and plain text, the likeliest first."""
        heat = len(self.cells) ** _HEAT
        logs = {n: self._mix_likelihoods(n) for n in self._scores} | {ENGLISH: self._plain}
        least = np.max(list(logs.values()), axis=0) - _MOST_AGAINST
        logits = {n: float(np.maximum(v, least).sum()) / heat + self._prior(n) for n, v in logs.items()}
        families: dict[str, list[str]] = {}
        for name in logits:
            families.setdefault(self._family(name), []).append(name)
        whole = _log_sum(logits.values())
        found = []
        for family, members in families.items():
            share = math.exp(_log_sum(logits[n] for n in members) - whole)
            within = self._share_family(family, {n: logits[n] for n in members})
            found += [EncodingCandidate(n, family, share * part) for n, part in within.items()]
        return tuple(sorted(found, key=lambda c: (-c.share, c.name)))

    def best(self, judged: Sequence[EncodingCandidate]) -> tuple[EncodingCandidate, float]:
        """The likeliest member of the likeliest family, and the share of all that read the cells as it does.

        Of those that read alike the one that was named, is expected, is confirmed, or gave the family its name.
        """
        shares: dict[str, float] = {}
        for candidate in judged:
            shares[candidate.family] = shares.get(candidate.family, 0.0) + candidate.share
        family = max(shares, key=lambda f: (shares[f], f))
        first = next(c for c in judged if c.family == family)
        alike = [c for c in judged if c.name == first.name or self._reads_alike(c.name, first.name)]
        margin = min(1.0, sum(c.share for c in alike))
        if family == PLAIN:
            return first, margin
        return max(alike, key=lambda c: (self._standing(c), c.share)), margin * self._text_share(first.name)

    def _text_share(self, name: str) -> float:
        """How likely the cells are an encoding's text at all, and not bytes of another kind."""
        heat = len(self.cells) ** _HEAT
        noise = -math.log(_NOISE_SYMBOLS) * sum(len(c) + 1 for c in self.cells) / heat + _PRIOR_NOISE
        text = float(self._mix_likelihoods(name).sum()) / heat + self._prior(name)
        # exp overflows above 709.
        return 1 / (1 + math.exp(min(noise - text, 500.0)))

    def plain_in(self, name: str) -> int:
        """How many of the cells are plain text, if the column is in an encoding."""
        return int(self._is_plain(name).sum()) if name in self._scores else len(self.cells)

    def evidence(self, best: EncodingCandidate) -> Iterator[tuple[str, float]]:
        """What spoke for it, in nats a cell where it is a measure."""
        if best.name in self.named:
            yield "font-named", 1.0
        if best.name in self._scores:
            gain = self._scores[best.name] - self._plain
            yield "decoded" if best.name in self._read else "bytes", float(gain.mean())
            yield "unknown", float(sum(map(self.known[best.name].unknown, self.cells)))
        if best.name in self.expected:
            yield "state", 1.0

    def _worth_reading(self) -> list[str]:
        ranked = sorted(self._scores, key=lambda n: (-self._mix_likelihoods(n).sum() - self._prior(n), n))
        unlearned = [n for n in self.known if n not in self._scores and self._has_languages(n)]
        expected = [n for n in self.expected if n in self._scores]
        named = [n for n in sorted(self.named) if n in self._scores]
        return list(dict.fromkeys([*ranked[:_DECODED], *named, *expected, *unlearned]))

    def _has_languages(self, name: str) -> bool:
        script = self.known[name].info.script
        return script != "Latn" and bool(languages_of_script(script))

    def _mix_likelihoods(self, name: str) -> Floats:
        """Likelihoods of the cells when each may be plain text as well."""
        mixed: Floats = np.logaddexp(self._scores[name] + math.log(1 - _MIXED), self._plain + math.log(_MIXED))
        return mixed

    def _is_plain(self, name: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which cells are plain text among those of an encoding."""
        return np.asarray(self._plain + math.log(_MIXED) > self._scores[name] + math.log(1 - _MIXED))

    def _prior(self, name: str) -> float:
        if name == ENGLISH:
            return _PRIOR_PLAIN
        prior = 0.0 if self.known[name].info.is_confirmed else _PRIOR_UNCONFIRMED
        prior += 0.0 if name in models() else _PRIOR_UNLEARNED
        return prior + _PRIOR_EXPECTED * (name in self.expected) + _PRIOR_FONT * (name in self.named)

    def _standing(self, candidate: EncodingCandidate) -> tuple[bool, int, bool, bool]:
        if candidate.name == ENGLISH:
            # Cells of another family that are plain text as well: whatever was named or is expected comes before.
            return False, -len(self.expected), False, False
        info = self.known[candidate.name].info
        place = self.expected.index(info.name) if info.name in self.expected else len(self.expected)
        return info.name in self.named, -place, info.is_confirmed, info.name.startswith(info.family)

    def _reads_alike(self, one: str, other: str) -> bool:
        """Whether two candidates make the same text of every cell; what is plain text is left alone by all."""
        if ENGLISH in (one, other):
            name = other if one == ENGLISH else one
            return name in self._scores and bool(self._is_plain(name).all())
        return one in self._read and self._read[one] == self._read.get(other)

    def _family(self, name: str) -> str:
        return PLAIN if name == ENGLISH else self.known[name].info.family

    def _share_family(self, family: str, logits: Mapping[str, float]) -> Mapping[str, float]:
        """The shares of a family's members. ISCII's bytes say little of the script: ATR does, or a state, or a font."""
        parts = dict(logits)
        if family == _ISCII:
            told = {_ATR_SCRIPTS[m] for cell in self.cells for m in _ATR.findall(cell)}
            for name, value in logits.items():
                prior = self._prior(name)
                parts[name] = (value - prior) / _ISCII_HEAT + prior + _TOLD * (name in told)
        whole = _log_sum(parts.values())
        return {n: math.exp(v - whole) for n, v in parts.items()}


def _log_sum(values: Iterable[float]) -> float:
    return float(np.logaddexp.reduce(list(values)))
