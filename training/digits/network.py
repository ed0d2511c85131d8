"""The networks to be trained: the PP-OCRv6 small recogniser with digits of Indian scripts for classes."""

from __future__ import annotations

from pathlib import Path

from training.digits.scripts import characters
from training.lines.graph import Recogniser


def build(weights: Path, network: str, stem: int) -> Recogniser:
    """The recogniser as shipped with new classes; its entrance is frozen: stem convolutions with their biases."""
    model = Recogniser(weights, 1 + len(characters(network)))
    model.freeze(stem)
    return model
