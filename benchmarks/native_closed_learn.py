"""Whether what an office settles can teach the recogniser of words: half of the drawn crops learned, the others read.

    python benchmarks/native_closed_learn.py --out FOLDER [--weights FILE]

The last layers are taught in numpy, as `digitize learn` teaches those of English fields (ocr/learning/): on every
second crop of benchmarks/native_closed.npz, so by hands that the package's weights never saw. `digitize learn` itself
does not do this yet (training/README.md says what is missing). Nothing of it is kept but the weights in FOLDER.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.native_closed import CROPS, SCRIPT_OF, Field, crops_of, entries_of
from ocr.engines.words import PASSES, WEIGHTS, WordsEngine
from ocr.languages.visual import as_written
from ocr.learning.strips import Mixture, TextStrip
from ocr.learning.teach import Course, Pupil
from ocr.models.running import content_of, load_network


def main() -> int:
    """Teach and read, a language after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="others than the package's to begin with")
    parser.add_argument("--steps", type=int, default=160)
    a = parser.parse_args()
    cv2.setNumThreads(1)
    a.out.mkdir(parents=True, exist_ok=True)
    told = {language: learned(language, a.weights or WEIGHTS, a.out, a.steps) for language in SCRIPT_OF}
    print(json.dumps(told, indent=1))
    return 0


def learned(language: str, begun: Path | str, folder: Path, steps: int) -> dict[str, Any]:
    """Shares of the crops not taught whose entry is exact, before and after, and processor seconds of teaching."""
    fields = [f for _, some in crops_of(CROPS, language) for f in some]
    taught, others = fields[::2], fields[1::2]
    start = time.process_time()
    samples = tuple(TextStrip(f.image, as_written(" ".join(f.text.split())), PASSES, f.list) for f in taught)
    mixture = Mixture(samples, None, load_network(begun).characters)
    pupil = Pupil(content_of(begun), mixture, Course(steps=steps))
    for number, loss in enumerate(pupil.steps()):
        if not number % 40:
            print(f"{language}: step {number}, loss {loss:.3f}", file=sys.stderr, flush=True)
    took = time.process_time() - start
    path = folder / f"{language}.onnx"
    path.write_bytes(pupil.content())
    before = WordsEngine(weights=begun if isinstance(begun, Path) else None)
    return {
        "taught": len(taught),
        "read": len(others),
        "before": _right(others, before),
        "after": _right(others, WordsEngine(weights=path)),
        "cpu_s": round(took),
    }


def _right(fields: list[Field], engine: WordsEngine) -> float:
    found = [entries_of(f, engine) for f in fields]
    return round(float(np.mean([bool(e) and e[0].value == f.value for f, e in zip(fields, found, strict=True)])), 4)


if __name__ == "__main__":
    sys.exit(main())
