"""A recogniser's matrix as a short text, so that it can be kept with a page and weighed again when a list changes."""

from __future__ import annotations

import base64
import zlib

import numpy as np

from ocr.decoding.ctc import LogProbs
from ocr.handwriting.chance import shortened

CHARACTERS = tuple(chr(c) for c in range(33, 127)) + (" ",)
"""Classes of a packed matrix after the blank: printable ASCII."""
_STEPS = 8.0
_MOST = 255


def pack(matrix: LogProbs) -> str:
    """A matrix over CHARACTERS as ASCII text, in eighths of a natural logarithm, rows of blanks made one.

    matrix: (frames, 1 + 95) float32. One pass over a name takes 1 to 3 kB.
    """
    # A byte holds up to 32 natural logarithms; what is less likely still counts as that.
    rounded = np.clip(np.rint(-shortened(matrix) * _STEPS), 0, _MOST).astype(np.uint8)
    # Class by class: what one sign says in neighbouring frames is alike, and packs well.
    return base64.b85encode(zlib.compress(rounded.T.tobytes(), 9)).decode("ascii")


def unpack(text: str) -> LogProbs:
    """The matrix that pack wrote, to a sixteenth of a natural logarithm."""
    rounded = np.frombuffer(zlib.decompress(base64.b85decode(text)), np.uint8)
    return (rounded.reshape(1 + len(CHARACTERS), -1).T / -_STEPS).astype(np.float32)
