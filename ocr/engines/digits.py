"""Our own recogniser of handwritten numbers and dates in the digits of Indian scripts, and in Latin ones beside them.

The package has no weights for it today: those there are learned from digits whose licence leaves something open, and an
office that may use them names their file (training/digits/cmaterdb).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from ocr.calibration.fields import is_known, probability
from ocr.decoding.ctc import LogProbs
from ocr.engine import EngineText, Image, LineImage
from ocr.errors import EngineMissing
from ocr.handwriting.native import KINDS, NativeScript, as_values, native_scripts, read_native
from ocr.handwriting.page_digits import weights_of
from ocr.handwriting.zone import Pass
from ocr.models.running import content_of, is_here, load_network
from ocr.page import Candidate
from ocr.scans.time_limit import TimeLimit

# Raised when the same weights may give other values: it is noted on every recognition.
VERSION = "3"
# Five crops took half as much time again, and read .809 of 900 strings right for .806 (docs/lab.md).
PASSES: tuple[Pass, ...] = ((0, 1, 1), (0.1, 0.9, 1), (0, 1, 1.3))
"""Parts of a crop's height, and how much it is stretched."""
TAUGHT_FROM = "taught_from"
"""What a file that an office taught says of itself: the name of the file that it was taught from."""
_MOST_OTHERS = 4
# Of weights for which it was not measured on real handwriting of a script how sure they are.
_NEVER_SURE = 0.5


class Digits:
    """The engine. Reads zones of numbers, years, dates and hours, forty to the second; other kinds say nothing."""

    def __init__(self, timeout_s: float | None = None, weights: Path | None = None) -> None:
        """timeout_s: the most processor seconds one call of read may take. weights: others than the package's."""
        self._timeout_s = timeout_s
        self._weights = weights

    def name_and_version(self) -> str:
        """Such as "digits 2 0123abcd": with the beginnings of the hashes of the weights that are here."""
        own = sorted({s.weights for s in _scripts().values() if is_here(s.weights)})
        here: list[str | Path] = [self._weights] if self._weights else [*own]
        return " ".join(["digits", VERSION, *(hashlib.sha256(content_of(name)).hexdigest()[:8] for name in here)])

    def languages(self) -> frozenset[str]:
        """Those whose weights are here, with onnxruntime."""
        return frozenset(code for code, s in _scripts().items() if weights_of(s, self._weights) is not None)

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """Read all crops, each in its first language that is here. Raises EngineMissing for damaged weights,
        EngineFailed when time is up.
        """
        limit = TimeLimit(self._timeout_s) if self._timeout_s else None
        here = self.languages()
        texts = []
        for line in lines:
            if limit is not None:
                limit.raise_if_over()
            texts.append(self._read_one(line, here))
        return texts

    def matrix(self, image: Image, language: str, stretch: float = 1.0) -> LogProbs:
        """What the network says of one line, over ocr.handwriting.native.VALUES.

        image: (height, width) uint8 grey, 0 black, brought to 48 pixels of height and stretched in width. Raises
        EngineMissing for a language without weights.
        """
        script = _scripts().get(language)
        if script is None:
            raise EngineMissing(f"no digits of the language {language} are known")
        network = load_network(weights_of(script, self._weights) or script.weights)
        return as_values(network.matrix_of_line(image, stretch), network.characters, script.digits)

    def passes(self, image: Image, language: str) -> Iterator[LogProbs]:
        """The matrices of the passes of a zone, parts of its height and widths, each made when it is asked for."""
        height = len(image)
        for top, foot, wide in PASSES:
            yield self.matrix(image[round(top * height) : round(foot * height)], language, wide)

    def _read_one(self, line: LineImage, here: frozenset[str]) -> EngineText:
        language = next((code for code in line.languages if code in here), "")
        if not language or line.kind not in KINDS:
            return EngineText("", 0.0)
        found = read_native(line.kind, self.passes(line.image, language))[: 1 + _MOST_OTHERS]
        script = _scripts()[language]
        kind = script.calibration if self._weights is None else _kind_of(self._weights)
        most = 1.0 if kind in script.measured else _NEVER_SURE
        kind = kind if is_known(kind) else script.calibration
        texts = [Candidate(f.text, round(min(most, probability(kind, f.facts)), 4)) for f in found]
        if not texts:
            return EngineText("", 0.0)
        return EngineText(texts[0].text, texts[0].confidence, others=tuple(texts[1:]))


def build(argument: str, timeout_s: float | None) -> Digits:
    """The engine. argument: a file of other weights than the package's, "" for these."""
    return Digits(timeout_s, Path(argument) if argument else None)


@cache
def _kind_of(weights: Path) -> str:
    """The kind by which the values of a file are weighed: of one that an office taught that of the one it came from."""
    return load_network(weights).told.get(TAUGHT_FROM, weights.stem)


@cache
def _scripts() -> Mapping[str, NativeScript]:
    """By two-letter language."""
    return {code: script for script in native_scripts() for code in script.languages}
