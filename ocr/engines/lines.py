"""Line recognisers trained for this toolkit: one small network for a language that other engines read badly.

A language is one file in ocr/models with its line in models.toml; nothing else is edited. The file itself says which
characters it knows and what shape of picture it wants. The hash of a file is checked before it is used.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from ocr.cleaning.clean import clean_line
from ocr.cleaning.strips import make_strip
from ocr.decoding.ctc import LogProbs
from ocr.engine import EngineText, Image, LineImage
from ocr.errors import EngineMissing
from ocr.languages.bidi import turn_places
from ocr.models import OwnModel, own_models, running
from ocr.models.running import load_network
from ocr.page import Box, Word
from ocr.scans.time_limit import TimeLimit

# Raised when the same models may give other texts: it is noted on every recognition.
VERSION = "1"
_NONE = EngineText("", 0.0)
_LEAST_PX = 8


@dataclass(frozen=True)
class LineNetwork:
    """A loaded model. height, squeeze: of the strips it reads; step_px: of them a frame; right_to_left: how it runs."""

    loaded: running.Network
    height: int
    squeeze: float
    step_px: int
    right_to_left: bool


@dataclass(frozen=True)
class Symbol:
    """A character as seen: its first frame and the one behind its last, and how sure the network is of it, 0..1."""

    text: str
    start: int
    end: int
    sure: float


class LinesEngine:
    """The engine. Reads lines one by one on one thread, 20 to 100 ms each."""

    def __init__(self, timeout_s: float | None = None) -> None:
        """timeout_s: the most processor seconds one call of read may take; looked at between lines."""
        self._timeout_s = timeout_s

    def name_and_version(self) -> str:
        """Such as "lines 1 ur-0123abcd": with the languages and the beginnings of the hashes of their models."""
        models = " ".join(f"{code}-{m.sha256[:8]}" for code, m in sorted(_models().items()) if m.path.is_file())
        return f"lines {VERSION} {models}".strip()

    def languages(self) -> frozenset[str]:
        """Languages of which a model is in ocr/models, where onnxruntime is installed."""
        if find_spec("onnxruntime") is None:
            return frozenset()
        return frozenset(code for code, model in _models().items() if model.path.is_file())

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """Read all crops, each as one line in its first language that a model reads; others come back empty.

        Raises EngineMissing for a damaged model, EngineFailed when time is up.
        """
        limit = TimeLimit(self._timeout_s) if self._timeout_s else None
        known = self.languages()
        texts = []
        for line in lines:
            if limit is not None:
                limit.raise_if_over()
            code = next((c for c in line.languages if c in known), None)
            texts.append(_read_line(line.image, code) if code else _NONE)
        return texts

    def matrix(self, image: Image, language: str) -> LogProbs:
        """Natural logs of what the network says of one line, frames from left to right; raises EngineMissing."""
        return matrix(image, language)


def build(argument: str, timeout_s: float | None) -> LinesEngine:
    """The engine; it takes no argument."""
    return LinesEngine(timeout_s)


def characters(language: str) -> tuple[str, ...]:
    """What the classes of matrix() after the blank stand for. Raises EngineMissing."""
    return network(language).loaded.characters


def matrix(image: Image, language: str) -> LogProbs:
    """What the network says of one line.

    image: (height, width) uint8 grey, 0 black, as cut from the scan or cleaned. Returns (frames, 1 + characters)
    float32 natural logs, blank first, frames from left to right whatever the script's direction.
    """
    net = network(language)
    return net.loaded.matrix(make_strip(clean_line(image).image, net.height, net.squeeze).image)


def symbols(logs: LogProbs, known: Sequence[str]) -> list[Symbol]:
    """The likeliest symbols of the frames, repeats and blanks taken out; doubt of a blank falls on its neighbours."""
    classes = logs.argmax(1)
    edges = np.flatnonzero(np.diff(classes, prepend=-1, append=-1))
    runs = [(int(classes[a]), int(a), int(b)) for a, b in zip(edges[:-1], edges[1:], strict=True)]
    best = logs.max(1)
    found: list[Symbol] = []
    before = 0.0
    for label, start, end in runs:
        doubt = float(best[start:end].min())
        if label == 0:
            if found:
                last = found[-1]
                found[-1] = Symbol(last.text, last.start, last.end, last.sure * float(np.exp(doubt / 2)))
            before = doubt / 2
            continue
        peak = float(best[start:end].max())
        found.append(Symbol(known[label - 1], start, end, float(np.exp(peak + before))))
        before = 0.0
    return found


@cache
def _models() -> dict[str, OwnModel]:
    """Models by language, as models.toml lists them."""
    return {code: m for m in own_models() if m.engine == "lines" for code in m.languages}


@cache
def network(language: str) -> LineNetwork:
    """The model of a language, ready to run. Raises EngineMissing when it is not there, or not the one delivered."""
    model = _models().get(language)
    if model is None:
        raise EngineMissing(f"There is no line model for {language!r}.")
    loaded = load_network(model.name)
    told = loaded.told
    return LineNetwork(
        loaded=loaded,
        height=int(told["height"]),
        squeeze=float(told["squeeze"]),
        step_px=int(told["step"]),
        right_to_left=told["direction"] == "rtl",
    )


def _read_line(image: Image, language: str) -> EngineText:
    if min(image.shape) < _LEAST_PX:
        return _NONE
    net = network(language)
    cleaned = clean_line(image)
    strip = make_strip(cleaned.image, net.height, net.squeeze)
    seen = symbols(net.loaded.matrix(strip.image), net.loaded.characters)
    # The network learned signs as they stand on the paper; texts are kept in the order of writing.
    if net.right_to_left:
        places = turn_places("".join(s.text for s in seen))
        seen = [Symbol(text, seen[i].start, seen[i].end, seen[i].sure) for text, i in places]
    words = []
    for group in _words(seen):
        x0 = min(s.start for s in group) * net.step_px / strip.scale
        x1 = (max(s.end for s in group) + 1) * net.step_px / strip.scale
        box = _on_crop((x0, strip.top, x1, strip.bottom), cleaned.to_source, image.shape)
        words.append(Word("".join(s.text for s in group), _sure(group), box))
    letters = sum(len(w.text) for w in words)
    sure = sum(w.confidence * len(w.text) for w in words) / letters if letters else 0.0
    return EngineText(" ".join(w.text for w in words), round(sure, 4), tuple(words))


def _words(seen: Sequence[Symbol]) -> list[list[Symbol]]:
    groups: list[list[Symbol]] = [[]]
    for symbol in seen:
        if symbol.text == " ":
            groups.append([])
        else:
            groups[-1].append(symbol)
    return [g for g in groups if g]


def _sure(word: Sequence[Symbol]) -> float:
    """That every symbol of a word is right: their product. Measured: of words at 0.6, two thirds are right."""
    return round(float(np.prod([s.sure for s in word])), 4)


def _on_crop(box: tuple[float, float, float, float], to_source: NDArray[np.float64], shape: tuple[int, ...]) -> Box:
    """A rectangle of the cleaned line as the upright rectangle around it on the crop."""
    x0, y0, x1, y1 = box
    corners = np.array([[x0, y0, 1], [x1, y0, 1], [x0, y1, 1], [x1, y1, 1]]) @ to_source.T
    limits = np.array([shape[1], shape[0]])
    low = np.clip(np.floor(corners.min(0)), 0, limits - 1).astype(int)
    high = np.clip(np.ceil(corners.max(0)), low + 1, limits).astype(int)
    return Box(int(low[0]), int(low[1]), int(high[0]), int(high[1]))
