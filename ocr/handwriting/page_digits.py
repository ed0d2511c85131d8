"""Which digits the numbers of a page are written in: those of its language, or Latin ones.

The network for native digits tells the two apart where it cannot yet tell what is written.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from ocr.engine import Image
from ocr.handwriting.native import LATIN, native_scripts
from ocr.models.running import is_here, load_network

_ENOUGH = 20.0
# With less than 2.4 digits seen no share reaches _CLEARLY, and nothing is said.
_LEAST = 3.0
# On 36 drawn pages the share of native digits was .94 and more, or .01 and less.
_CLEARLY = 0.8


def uses_native(images: Iterable[Image], code: str) -> bool | None:
    """Whether numbers are written in the digits of a language, None where neither these nor Latin ones prevail.

    images: zones of numbers, (height, width) uint8 grey, 0 black; they are looked at until some twenty digits were
    seen. code: two letters; None, too, for a language without digits of its own, or whose weights are not here.
    """
    script = next((s for s in native_scripts() if code in s.languages), None)
    if script is None or script.digits == LATIN or not is_here(script.weights):
        return None
    network = load_network(script.weights)
    at = {c: i + 1 for i, c in enumerate(network.characters)}
    own, latin = ([at[d] for d in digits] for digits in (script.digits, LATIN))
    seen = np.zeros(2)
    for image in images:
        said = np.exp(network.matrix_of_line(image, 1.0))
        seen += said[:, own].sum(), said[:, latin].sum()
        if seen.sum() >= _ENOUGH:
            break
    share = seen[0] / max(seen.sum(), _LEAST)
    if share >= _CLEARLY:
        return True
    return False if seen[1] / max(seen.sum(), _LEAST) >= _CLEARLY else None
