"""Numbers, years, dates and hours in the digits of one script, in matrices over its digits and the Latin ones.

A page may be written in either, so a value counts however it is written; what is handed on has Latin digits.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

import numpy as np

from ocr.decoding.ctc import Grammar, LogProbs, fold, greedy, spot
from ocr.handwriting.chance import drop_sure_blanks
from ocr.handwriting.dated import DATES, Dated, time_weight
from ocr.handwriting.numbers import Spoken, read_year, vote
from ocr.languages.language import known_languages

LATIN = "0123456789"
SIGNS = ("/", "-", ".")
VALUES = (*LATIN, *SIGNS)
"""Classes after the blank of a matrix that no longer tells scripts apart."""
_BEAM_LIMIT = 12
_ENOUGH, _PLAIN = 2, 0.8
"""So many passes are enough where all have the same first and it has so much of their probability."""
_MOST_DIGITS = 7
_SLASH_SHORT = -1.0
_ALONE = 1e-6
_LATIN = 0.1
"""What a Latin digit counts beside the script's own: many native ones look like another Latin one."""


@dataclass(frozen=True, slots=True)
class NativeScript:
    """digits: the ten signs from 0. weights: the package's file that reads them. measured: names of weights of which it
    was measured on real handwriting how sure they are.
    """

    name: str
    digits: str
    languages: tuple[str, ...]
    weights: str
    measured: tuple[str, ...]

    @property
    def calibration(self) -> str:
        """The kind in calibration/fields.toml by which its values are weighed: each file of weights has its own."""
        return self.weights.removesuffix(".onnx")


@cache
def native_scripts() -> tuple[NativeScript, ...]:
    """The scripts of native.toml."""
    listed = tomllib.loads((resources.files("ocr.handwriting") / "native.toml").read_text(encoding="utf-8"))
    found = listed["scripts"]
    return tuple(
        NativeScript(s["name"], s["digits"], _written_with(s["digits"]), s["weights"], tuple(s["measured"]))
        for s in found
    )


def _written_with(digits: str) -> tuple[str, ...]:
    """The languages that have these digits."""
    return tuple(code for code, one in known_languages().items() if one.digits == digits)


def as_values(matrix: LogProbs, characters: Sequence[str], digits: str) -> LogProbs:
    """A matrix over VALUES: of each digit what it says of this script's sign and of the Latin one.

    A form is of one script: what is said of the digits of others is shared out among those that may stand there.
    matrix: (frames, 1 + len(characters)), natural logarithms, blank first; digits: the script's ten signs from 0.
    """
    index = {c: i + 1 for i, c in enumerate(characters)}
    may_stand = [0, *(index[c] for c in (*digits, *VALUES))]
    said = np.exp(matrix)
    said = said / np.maximum(said[:, may_stand].sum(1, keepdims=True), _ALONE)
    columns = [said[:, 0]]
    columns += [said[:, index[d]] + _LATIN * said[:, index[str(n)]] for n, d in enumerate(digits)]
    columns += [said[:, index[c]] for c in SIGNS]
    return np.asarray(np.log(np.maximum(np.stack(columns, 1), _ALONE)), np.float32)


def read_native(kind: str, passes: Iterable[LogProbs]) -> list[Spoken]:
    """What the passes of a field bear, likeliest first. Raises KeyError for another kind.

    passes: over VALUES. They are taken one by one, and no more where two bear the same plainly; so hand them over as
    they are made.
    """
    grammar = None if kind == "year" else _GRAMMARS[kind]
    seen: list[LogProbs] = []
    texts: dict[str, float] = {}
    found: list[Spoken] = []
    for matrix in passes:
        seen.append(matrix)
        if grammar is None:
            found = read_year(seen, VALUES)
        else:
            _spot_more(matrix, grammar, texts)
            found = vote(seen, VALUES, tuple(texts), tuple(texts.values()), _VALUE_OF.get(kind, str))
        if len(seen) >= _ENOUGH and found and found[0].agreed == 1 and found[0].share >= _PLAIN:
            break
    return found


def _spot_more(matrix: LogProbs, grammar: Grammar, texts: dict[str, float]) -> None:
    """Add the texts that a pass bears, and what they weigh, to those of the passes before it, unless the likeliest is
    there already: then the others are, too.
    """
    if greedy(matrix, VALUES)[0] in texts:
        return
    folded = fold(drop_sure_blanks(matrix), VALUES, {c: {c: 1.0} for c in VALUES})
    for scored in spot(folded, grammar, _BEAM_LIMIT):
        texts.setdefault(scored.text, grammar.weight(scored.text) or 0.0)


class _Number:
    """A number of up to seven digits; a year may stand behind a stroke."""

    def follows(self, prefix: str) -> str:
        number, slash, year = prefix.partition("/")
        digits = "".join(VALUES[:10])
        if slash:
            return "" if len(year) == 4 else digits
        return ("/" if number else "") + (digits if len(number) < _MOST_DIGITS else "")

    def weight(self, text: str) -> float | None:
        number, slash, year = text.partition("/")
        if not number or (slash and len(year) not in (2, 4)):
            return None
        return _SLASH_SHORT if len(year) == 2 else 0.0


_GRAMMARS: Mapping[str, Grammar] = MappingProxyType(
    # Hours have a point or a dash: the network for native digits knows no colon.
    {"digits": _Number(), "date": DATES, "time": Dated(2, ".-", time_weight)}
)
_VALUE_OF: Mapping[str, Callable[[str], str]] = MappingProxyType({"digits": lambda text: text.lstrip("0") or "0"})
KINDS = frozenset({"year", *_GRAMMARS})
