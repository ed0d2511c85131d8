"""How the light fell: brightness of the paper, and how far the writing stands off it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ocr.quality.lettering import Lettering
from ocr.quality.picture import Picture


@dataclass(frozen=True, slots=True)
class Exposure:
    """Brightness 0..255. ground: of the paper. ink: of middling strokes. contrast: between the two."""

    ground: float
    ink: float
    contrast: float


def measure_exposure(picture: Picture, lettering: Lettering) -> Exposure:
    """Paper is the upper quarter of the picture; strokes are so much darker than the paper about them."""
    ground = float(np.percentile(picture.small, 75))
    contrast = lettering.depth * ground
    return Exposure(ground, ground - contrast, contrast)
