"""PP-OCRv6 small: the recogniser that can read English handwriting, run on its own by onnxruntime.

Its weights (Apache-2.0) lie inside the rapidocr wheel, which is found and never imported: it would bring a detector, a
second OpenCV and downloads. Numbers and years are not read off but looked for: of all numbers a zone can hold, which
does the probability matrix support, and how much more than the next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ocr.cleaning.strips import bands
from ocr.decoding.ctc import LogProbs, greedy
from ocr.decoding.spotting import kinds, spot_numbers, spot_sections
from ocr.engine import EngineText, Image, LineImage
from ocr.errors import EngineMissing
from ocr.handwriting.sections import load_sections
from ocr.page import Candidate
from ocr.scans.time_limit import TimeLimit

if TYPE_CHECKING:
    import onnxruntime

_HEIGHT = 48
_MOST_WIDTH = 3200
_MOST_OTHERS = 4
_LEAST_SHARE = 0.001
_WINDOWS = ((0.0, 1.0), (0.0, 0.8), (0.18, 1.0), (0.12, 0.88))
"""Parts of a crop's height that are looked at: writing sits above, on or below its line (measured: 0.85 -> 0.91)."""
_WHOLE = ((0.0, 1.0),)
# They overlap: a single line may stand between the places of two.
_TWO_LINES = ((0.05, 0.64), (0.41, 1.0))
_TWO_LINES_FROM = 60


class PpOcr:
    """The engine. Reads English; makes one matrix a line, on one thread, in 10 to 130 ms."""

    def __init__(self, timeout_s: float | None = None) -> None:
        """timeout_s: the most processor seconds one call of read may take; looked at between crops."""
        self._timeout_s = timeout_s

    def name_and_version(self) -> str:
        """Such as "ppocr 3.10.0": the version of the wheel the weights come in. Raises EngineMissing."""
        _weights()
        try:
            return f"ppocr {version('rapidocr')}"
        except PackageNotFoundError as e:
            raise _missing() from e

    def languages(self) -> frozenset[str]:
        """English, where the weights are installed."""
        return frozenset({"en"}) if available() else frozenset()

    def read(self, lines: Sequence[LineImage]) -> list[EngineText]:
        """Read all crops. Raises EngineMissing, and EngineFailed when time is up."""
        limit = TimeLimit(self._timeout_s) if self._timeout_s else None
        texts = []
        for line in lines:
            if limit is not None:
                limit.raise_if_over()
            texts.append(_read_one(line))
        return texts

    def matrix(self, image: Image) -> LogProbs:
        """Natural logs of what the network says of one line, as the function of that name gives them."""
        return matrix(image)


def build(argument: str, timeout_s: float | None) -> PpOcr:
    """The engine; it takes no argument."""
    return PpOcr(timeout_s)


def available() -> bool:
    """Whether the weights and onnxruntime are on this machine; neither is loaded."""
    return _weights_path() is not None and find_spec("onnxruntime") is not None


def characters() -> tuple[str, ...]:
    """The printable ASCII characters of the network, in the order of matrix(). Raises EngineMissing."""
    return _network().characters


def matrix(image: Image) -> LogProbs:
    """What the network says of one line, over printable ASCII.

    image: (height, width) uint8 grey, 0 black; brought to 48 pixels of height. Returns (frames, 1 + 95) float32 natural
    logs, blank first, a frame every 8 pixels of width. The network knows 18,708 characters, most of them Chinese; their
    share is taken out and the rest made whole, since no Chinese is written on these forms.
    """
    import cv2

    network = _network()
    height, width = image.shape
    if min(height, width) < 4:
        return np.zeros((0, 1 + len(network.characters)), np.float32)
    wide = min(_MOST_WIDTH, max(_HEIGHT, round(width * _HEIGHT / height)))
    how = cv2.INTER_AREA if height > _HEIGHT else cv2.INTER_CUBIC
    grey = cv2.resize(image, (wide, _HEIGHT), interpolation=how).astype(np.float32) / 127.5 - 1.0
    # The network was made for colour pictures: grey goes in three times.
    said = network.session.run(None, {network.input: np.repeat(grey[None, None], 3, axis=1)})[0][0]
    kept = np.maximum(said[:, network.columns], 1e-9)
    return np.asarray(np.log(kept / kept.sum(1, keepdims=True)), np.float32)


@dataclass(frozen=True)
class _Network:
    """The session, its input's name, and which of its classes are blank and printable ASCII."""

    session: onnxruntime.InferenceSession
    input: str
    columns: tuple[int, ...]
    characters: tuple[str, ...]


@cache
def _network() -> _Network:
    path = _weights()
    if find_spec("onnxruntime") is None:
        raise _missing()
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread: pages are read beside each other, one on a core.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    listed = session.get_modelmeta().custom_metadata_map.get("character", "")
    # The space is the network's last class and not in its list.
    known = [*listed.splitlines(), " "]
    # Class 0 is the blank.
    kept = [(i + 1, c) for i, c in enumerate(known) if len(c) == 1 and " " <= c <= "~"]
    columns = (0, *(i for i, _ in kept))
    return _Network(session, session.get_inputs()[0].name, columns, tuple(c for _, c in kept))


def _weights_path() -> Path | None:
    """Where the recogniser's weights lie in the installed wheel."""
    spec = find_spec("rapidocr")
    folders = spec.submodule_search_locations if spec else None
    found = [p for folder in folders or () for p in sorted(Path(folder, "models").glob("PP-OCR*_rec_small.onnx"))]
    # The newest, should a wheel bring several versions.
    return found[-1] if found else None


def _weights() -> Path:
    path = _weights_path()
    if path is None:
        raise _missing()
    return path


def _missing() -> EngineMissing:
    return EngineMissing(
        "The PP-OCR weights or onnxruntime are not installed. Run make setup, or set read.handwriting_engine to none."
    )


def _read_one(line: LineImage) -> EngineText:
    if line.kind == "sections":
        parts = _parts(line.image, _TWO_LINES if len(line.image) >= _TWO_LINES_FROM else _WHOLE)
        known = load_sections(line.sections).range if line.sections else None
        spotted = [spot_numbers(matrix(band), characters(), line.kind, sections=known) for band in parts]
        return _best(spot_sections(spotted))
    if line.kind in kinds():
        return _best(_number(line.image, line.kind))
    return _lines(bands(line.image)) if line.block else _passes(line.image)


def _best(found: Sequence[tuple[str, float]]) -> EngineText:
    others = tuple(Candidate(text, confidence) for text, confidence in found[1 : 1 + _MOST_OTHERS])
    return EngineText(*found[0], others=others) if found else EngineText("", 0.0)


def _number(image: Image, kind: str) -> list[tuple[str, float]]:
    """The numbers a crop may hold, best first, with the share 0..1 of its windows' probability.

    Writings of one number ("525", "525/18") share their probability; the likeliest writing stands for all.
    """
    total: dict[str, float] = defaultdict(float)
    writing: dict[str, tuple[float, str]] = {}
    for part in _parts(image, _WINDOWS):
        for seen in spot_numbers(matrix(part), characters(), kind):
            total[seen.number] += seen.share / len(_WINDOWS)
            writing[seen.number] = max(writing.get(seen.number, (0.0, "")), (seen.share, seen.text))
    ordered = sorted(total.items(), key=lambda b: (-b[1], b[0]))
    return [(writing[number][1], round(share, 4)) for number, share in ordered if share >= _LEAST_SHARE]


def _passes(image: Image) -> EngineText:
    """The plain reading of a line, with those of parts of its height as further texts."""
    first, *rest = [greedy(matrix(part), characters()) for part in _parts(image, _WINDOWS)]
    others = dict[str, float]()
    for text, sure in sorted(rest, key=lambda read: -read[1]):
        others.setdefault(" ".join(text.split()), round(sure, 4))
    text = " ".join(first[0].split())
    return EngineText(text, round(first[1], 4), others=tuple(Candidate(t, c) for t, c in others.items() if t != text))


def _lines(lines: Sequence[Image]) -> EngineText:
    """The plain readings of lines under each other; confidence weighted by their lengths."""
    read = [greedy(matrix(band), characters()) for band in lines]
    texts = [(" ".join(text.split()), sure) for text, sure in read if text.strip()]
    length = sum(len(text) for text, _ in texts)
    sure = sum(confidence * len(text) for text, confidence in texts) / length if length else 0.0
    return EngineText("\n".join(text for text, _ in texts), round(sure, 4))


def _parts(image: Image, shares: Sequence[tuple[float, float]]) -> list[Image]:
    return [image[round(top * len(image)) : round(bottom * len(image))] for top, bottom in shares]
