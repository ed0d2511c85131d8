"""The networks to be trained: the PP-OCRv6 small recogniser with digits or letters of Indian scripts for classes."""

from __future__ import annotations

from pathlib import Path

from training.lines.graph import Recogniser


def build(weights: Path, classes: int, stem: int) -> Recogniser:
    """The recogniser as shipped with so many new classes after the blank; its entrance is frozen: stem convolutions
    with their biases.
    """
    model = Recogniser(weights, 1 + classes)
    model.freeze(stem)
    return model
