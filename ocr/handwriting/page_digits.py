"""Which digits the numbers of a page are written in: those of its language, or Latin ones.

The network for native digits tells the two apart where it cannot yet tell what is written.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ocr.engine import Image
from ocr.handwriting.native import LATIN, NativeScript, native_scripts
from ocr.models.running import is_here, load_network

_ENOUGH = 20.0
# With less than 2.4 digits seen no share reaches _CLEARLY, and nothing is said.
_LEAST = 3.0
# On 36 drawn pages the share of native digits was .94 and more, or .01 and less.
_CLEARLY = 0.8


def weights_of(script: NativeScript, weights: Path | None = None) -> str | Path | None:
    """What reads the digits of a script: a file of weights that knows them, the package's, or None.

    weights: others than the package's. Raises EngineMissing where such a file is not there.
    """
    if weights is None:
        return script.weights if is_here(script.weights) else None
    return weights if set(script.digits) <= set(load_network(weights).characters) else None


def uses_native(images: Iterable[Image], code: str, weights: Path | None = None) -> bool | None:
    """Whether numbers are written in the digits of a language, None where neither these nor Latin ones prevail.

    images: zones of numbers, (height, width) uint8 grey, 0 black; they are looked at until some twenty digits were
    seen. code: two letters; None, too, for a language without digits of its own, or whose weights are not here.
    weights: others than the package's.
    """
    script = next((s for s in native_scripts() if code in s.languages), None)
    chosen = weights_of(script, weights) if script is not None and script.digits != LATIN else None
    if script is None or chosen is None:
        return None
    network = load_network(chosen)
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
