"""How sure a handwritten value is: the probability that it is right, from what its passes say.

A logistic model a kind of field, fitted by benchmarks/handwriting.py --fit on pages of places that the recogniser had
not seen, is kept in fields.toml.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache, partial
from importlib import resources

from ocr.calibration.logistic import fit, predict
from ocr.calibration.logistic import spread as _spread

__all__ = ["FILE", "Facts", "fit", "probability", "spread", "predict"]

FILE = "fields.toml"
Facts = tuple[float, ...]
spread = partial(_spread, least=0.001)


def probability(kind: str, facts: Facts) -> float:
    """0..1 that a value is right, by the package's model of that kind of field. Raises KeyError for another kind."""
    return predict(_models()[kind], facts)


def is_known(kind: str) -> bool:
    """Whether there is a model of that kind of field."""
    return kind in _models()


@cache
def _models() -> Mapping[str, tuple[float, ...]]:
    plain = tomllib.loads((resources.files("ocr.calibration") / FILE).read_text(encoding="utf-8"))
    return {kind: tuple(weights) for kind, weights in plain["weights"].items()}
