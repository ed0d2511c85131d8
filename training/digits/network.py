"""The networks to be trained: the PP-OCRv6 small recogniser with digits of Indian scripts for classes."""

from __future__ import annotations

from pathlib import Path

import torch

from training.digits.scripts import characters
from training.lines.graph import Recogniser

STEM = 30


def build(weights: Path, network: str, stem: int = STEM) -> Recogniser:
    """The recogniser as shipped with new classes; its entrance is frozen."""
    model = Recogniser(weights, 1 + len(characters(network)))
    for name in model.parameter_names()[:stem]:
        parameter = getattr(model, name)
        if isinstance(parameter, torch.nn.Parameter):
            parameter.requires_grad_(False)
    return model
