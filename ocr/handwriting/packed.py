"""A recogniser's matrix as a short text, so that it can be kept with a page and weighed again when a list changes.

Of English fields it is all that the text holds; of words in another script the script's code and a colon stand before.
"""

from __future__ import annotations

import base64
import zlib

import numpy as np

from ocr.decoding.ctc import LogProbs
from ocr.handwriting.chance import drop_sure_blanks
from ocr.handwriting.words import SCRIPTS, WordScript

CHARACTERS = tuple(chr(c) for c in range(33, 127)) + (" ",)
"""Classes of a packed matrix after the blank: printable ASCII."""
_STEPS = 8.0
_MOST = 255
_BEHIND = ":"
"""No sign of base 85, as Python writes it."""


def pack(matrix: LogProbs, script: WordScript | None = None) -> str:
    """A matrix as ASCII text, in eighths of a natural logarithm, rows of blanks made one.

    matrix: (frames, 1 + classes) float32; script: that of its classes, None for CHARACTERS. One pass over a name takes
    1 to 3 kB.
    """
    # A byte holds up to 32 natural logarithms; what is less likely still counts as that.
    rounded = np.clip(np.rint(-drop_sure_blanks(matrix) * _STEPS), 0, _MOST).astype(np.uint8)
    # Class by class: what one sign says in neighbouring frames is alike, and packs well.
    text = base64.b85encode(zlib.compress(rounded.T.tobytes(), 9)).decode("ascii")
    return text if script is None else f"{script.code}{_BEHIND}{text}"


def unpack(text: str) -> LogProbs:
    """The matrix that pack wrote, to a sixteenth of a natural logarithm."""
    script, packed = script_of(text), text.rpartition(_BEHIND)[2]
    classes = 1 + len(CHARACTERS if script is None else script.characters)
    rounded = np.frombuffer(zlib.decompress(base64.b85decode(packed)), np.uint8)
    return (rounded.reshape(classes, -1).T / -_STEPS).astype(np.float32)


def script_of(text: str) -> WordScript | None:
    """The script of a packed matrix, None where it is one of English fields. Raises KeyError for an unknown one."""
    code, behind, _ = text.partition(_BEHIND)
    return SCRIPTS[code] if behind else None
