"""Weights of our own made ready to run: checked against the hash they were delivered with, on one thread."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ocr.errors import EngineMissing
from ocr.models import OwnModel, own_models

if TYPE_CHECKING:
    import onnxruntime

    from ocr.decoding.ctc import LogProbs

# For which PP-OCR's recognisers are made, from which ours were trained.
HEIGHT_PX = 48
_LEAST_WIDE, _MOST_WIDE = 16, 3200
_LEAST_SIDE = 4
# The logarithm of 0 is no number to sum up.
_LEAST = 1e-9


@dataclass(frozen=True)
class Network:
    """A loaded recogniser. told: what its file says of itself, such as its characters."""

    session: onnxruntime.InferenceSession
    told: Mapping[str, str]

    @property
    def characters(self) -> tuple[str, ...]:
        """What its classes after the blank stand for."""
        return tuple(self.told["character"].split("\n"))

    def matrix(self, strip: NDArray[np.uint8]) -> LogProbs:
        """What it says of a strip (height, width) uint8 grey, 0 black: (frames, 1 + characters) natural logs."""
        grey = strip.astype(np.float32) / 127.5 - 1.0
        fed = {self.session.get_inputs()[0].name: np.repeat(grey[None, None], 3, axis=1)}
        return np.asarray(np.log(np.maximum(self.session.run(None, fed)[0][0], _LEAST)), np.float32)

    def matrix_of_line(self, image: NDArray[np.uint8], stretch: float = 1.0) -> LogProbs:
        """What it says of one line, brought to 48 pixels of height and stretched in width; nothing of a speck."""
        import cv2

        height, width = image.shape
        if min(height, width) < _LEAST_SIDE:
            return np.zeros((0, 1 + len(self.characters)), np.float32)
        wide = min(_MOST_WIDE, max(_LEAST_WIDE, round(width * HEIGHT_PX / height * stretch)))
        how = cv2.INTER_AREA if height > HEIGHT_PX else cv2.INTER_CUBIC
        return self.matrix(np.asarray(cv2.resize(image, (wide, HEIGHT_PX), interpolation=how), np.uint8))


def is_here(name: str) -> bool:
    """Whether the package has that file of weights, and what runs it; nothing is loaded."""
    model = _models_by_name().get(name)
    return model is not None and model.path.is_file() and find_spec("onnxruntime") is not None


def content_of(weights: str | Path) -> bytes:
    """The content of weights: a file of the package by name, or another by its path.

    Raises EngineMissing where the package's are not there, or not the ones delivered.
    """
    if isinstance(weights, Path):
        if not weights.is_file():
            raise EngineMissing(f"{weights} does not exist. Restore the file, or correct the setting that names it.")
        return weights.read_bytes()
    model = _models_by_name().get(weights)
    if model is None or not model.path.is_file():
        raise EngineMissing(f"ocr/models/{weights} does not exist. Run make setup, or install the toolkit again.")
    data = model.path.read_bytes()
    if hashlib.sha256(data).hexdigest() != model.sha256:
        raise EngineMissing(f"ocr/models/{weights} is damaged: its hash is not that of models.toml. Install it again.")
    return data


@cache
def load_network(weights: str | Path) -> Network:
    """Weights ready to run. Raises EngineMissing without onnxruntime, and as content_of does."""
    # By content, not by path: what runs is what was hashed.
    session = load_content(content_of(weights))
    return Network(session, session.get_modelmeta().custom_metadata_map)


def load_content(content: bytes) -> onnxruntime.InferenceSession:
    """The content of a file of weights ready to run, on one thread. Raises EngineMissing without onnxruntime."""
    if find_spec("onnxruntime") is None:
        raise EngineMissing("onnxruntime is not installed. Run make setup, or set read.handwriting_engine to none.")
    import onnxruntime

    options = onnxruntime.SessionOptions()
    # One thread: pages are read beside each other, one on a core.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])


@cache
def _models_by_name() -> Mapping[str, OwnModel]:
    return {m.name: m for m in own_models()}
