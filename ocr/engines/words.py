"""Our own recogniser of handwritten words of Devanagari and Bengali, for fields that hold an entry of a closed list.

It hands on what it saw, to be weighed when the list is known, and no text: what it reads freely is not good enough to
be shown. Its weights (training/words made them) have seen drawn words alone, nobody's handwriting.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from ocr.decoding.ctc import LogProbs
from ocr.engine import EngineText, Image, LineImage
from ocr.errors import EngineMissing
from ocr.handwriting.packed import pack
from ocr.handwriting.words import as_script, word_scripts
from ocr.handwriting.zone import Pass
from ocr.models.running import content_of, is_here, load_network
from ocr.scans.time_limit import TimeLimit

# Raised when the same weights may give other values: it is noted on every recognition.
VERSION = "1"
WEIGHTS = "drawn_words.onnx"
PASSES: tuple[Pass, ...] = ((0, 1, 1), (0.1, 0.9, 1), (0, 1, 1.3))
"""Parts of a crop's height, and how much it is stretched."""


class WordsEngine:
    """The engine. Looks at zones of closed lists, some twenty to the second; of others it says nothing."""

    def __init__(self, timeout_s: float | None = None, weights: Path | None = None) -> None:
        """timeout_s: the most processor seconds one call of read may take. weights: others than the package's."""
        self._timeout_s = timeout_s
        self._weights: str | Path = weights or WEIGHTS

    def name_and_version(self) -> str:
        """Such as "words 1 0123abcd": with the beginning of the hash of the weights. Raises EngineMissing."""
        return f"words {VERSION} {_fingerprint(self._weights)}"

    def languages(self) -> frozenset[str]:
        """Those of its scripts, where the weights and onnxruntime are."""
        is_there = isinstance(self._weights, Path) or is_here(self._weights)
        return frozenset(word_scripts()) if is_there else frozenset()

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """Look at all crops, each in its first language. Raises EngineMissing for damaged weights, EngineFailed when
        time is up.
        """
        limit = TimeLimit(self._timeout_s) if self._timeout_s else None
        texts = []
        for line in lines:
            if limit is not None:
                limit.raise_if_over()
            texts.append(self._look(line))
        return texts

    def matrix(self, image: Image, language: str, stretch: float = 1.0) -> LogProbs:
        """What the network says of one line, over the characters of a language's script.

        image: (height, width) uint8 grey, 0 black, brought to 48 pixels of height and stretched in width. Raises
        EngineMissing for a language of another script.
        """
        script = word_scripts().get(language)
        if script is None:
            raise EngineMissing(f"no handwritten words of the language {language} are known")
        network = load_network(self._weights)
        return as_script(network.matrix_of_line(image, stretch), network.characters, script)

    def passes(self, image: Image, language: str) -> list[LogProbs]:
        """The matrices of the passes of a zone: parts of its height and widths."""
        high = len(image)
        return [self.matrix(image[round(top * high) : round(foot * high)], language, w) for top, foot, w in PASSES]

    def _look(self, line: LineImage) -> EngineText:
        language = next(iter(line.languages), "")
        if not line.is_listed or language not in word_scripts():
            return EngineText("", 0.0)
        script = word_scripts()[language]
        return EngineText("", 0.0, matrices=tuple(pack(m, script) for m in self.passes(line.image, language)))


def build(argument: str, timeout_s: float | None) -> WordsEngine:
    """The engine. argument: a file of other weights than the package's, "" for these."""
    return WordsEngine(timeout_s, Path(argument) if argument else None)


@cache
def _fingerprint(weights: str | Path) -> str:
    return hashlib.sha256(content_of(weights)).hexdigest()[:8]
