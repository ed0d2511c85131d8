"""Counts how letters follow each other in made-up names and other texts: ocr/handwriting/letters.npz.

    python -m training.fields.letters ocr/handwriting/letters.npz

Texts come from texts.py and a seed: the same each time.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ocr.handwriting.letters import END, ORDER, START
from training.fields.texts import is_written, name, station, words

_TEXTS = 60_000
_KINDS = {name: 0.7, words: 0.2, station: 0.1}
_LEAST = 2
"""Longer runs of letters that were seen once are left out."""


def main() -> None:
    """Read the command line and count."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    asked = parser.parse_args()
    rng = random.Random("letters")
    texts = (rng.choices(list(_KINDS), list(_KINDS.values()))[0](rng) for _ in range(_TEXTS))
    found = grams_of(text for text in texts if is_written(text))
    grams, counts = np.array([gram for gram, _ in found]), np.array([count for _, count in found], np.uint32)
    np.savez_compressed(asked.out, grams=grams, counts=counts)


def grams_of(texts: Iterable[str]) -> list[tuple[str, int]]:
    """Runs of letters up to ORDER of them with how often they are, case folded, in order."""
    seen: Counter[str] = Counter()
    for text in texts:
        folded = START + " ".join(text.split()).casefold() + END
        for end in range(2, len(folded) + 1):
            seen.update(folded[begin:end] for begin in range(max(0, end - ORDER), end))
    return sorted((gram, n) for gram, n in seen.items() if n >= _LEAST or len(gram) < ORDER - 1)


if __name__ == "__main__":
    main()
