"""Whether what an office settles can teach the recogniser of words: half of the drawn crops learned, the others read.

    python benchmarks/native_closed_learn.py --out FOLDER [--lean 0.9] [--weights FILE]

Every second crop of benchmarks/parts/office/native_closed.npz is learned as `digitize learn` does (its way to choose
what stands on a crop, its drawn strips mixed in, its course), by hands that the package's weights never saw, but
without turns. --lean has all crops lean to the left, as if one hand had written them. Nothing is kept but the weights
in FOLDER.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from benchmarks.native_closed import CROPS, SCRIPT_OF, Field, crops_of, entries_of, lexica
from digitize.learning.crops import choose
from digitize.learning.judge import judge
from digitize.learning.networks import NETWORKS
from digitize.learning.progress_files import drop_unlikely
from digitize.learning.spellings import SettledValue
from ocr.engine import LineImage
from ocr.engines.words import WEIGHTS, WordsEngine
from ocr.learning.strips import Mixture
from ocr.learning.teach import Course, Pupil
from ocr.models.running import content_of, load_network


def main() -> int:
    """Teach and read, a language after the other."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--weights", type=Path, help="others than the package's to begin with")
    parser.add_argument("--steps", type=int, default=Course().steps)
    parser.add_argument("--lean", type=float, default=0.0, help="pixels to the left for each one up")
    parser.add_argument("--json", type=Path)
    a = parser.parse_args()
    cv2.setNumThreads(1)
    a.out.mkdir(parents=True, exist_ok=True)
    told = {language: learned(language, a) for language in SCRIPT_OF}
    print(json.dumps(told, indent=1))
    if a.json:
        a.json.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")
    return 0


def learned(language: str, a: argparse.Namespace) -> dict[str, Any]:
    """Shares of the crops not taught whose entry is exact, before and after, and processor seconds of teaching."""
    begun: Path | str = a.weights or WEIGHTS
    crops = [f for _, some in crops_of(CROPS, language) for f in some]
    fields = [replace(f, image=_leaning(f.image, a.lean)) for f in crops]
    taught, others = fields[::2], fields[1::2]
    start = time.process_time()
    found = [one for f in taught for one in choose(_line(f), _settled(f), begun, NETWORKS["words"])]
    mixture = Mixture(tuple(drop_unlikely(found)), NETWORKS["words"].strips(), load_network(begun).characters)
    pupil = Pupil(content_of(begun), mixture, Course(steps=a.steps))
    for number, loss in enumerate(pupil.steps()):
        if not number % 40:
            print(f"{language}: step {number}, loss {loss:.3f}", file=sys.stderr, flush=True)
    took = time.process_time() - start
    path = a.out / f"{language}.onnx"
    path.write_bytes(pupil.content())
    both = [_right(some, WordsEngine(weights=w)) for some in (others, crops[1::2]) for w in (a.weights, path)]
    judged = judge(zip(both[0], both[1], strict=True))
    upright = {"upright_before": float(np.mean(both[2])), "upright_after": float(np.mean(both[3]))}
    return {
        "taught": len(taught),
        "read": judged.held,
        "before": round(judged.before / judged.held, 4),
        "after": round(judged.after / judged.held, 4),
        "better": judged.better,
        "worse": judged.worse,
        **({name: round(share, 4) for name, share in upright.items()} if a.lean else {}),
        "cpu_s": round(took),
    }


def _line(field: Field) -> LineImage:
    return LineImage(field.image, (field.language,), kind="line", is_listed=True)


def _settled(field: Field) -> SettledValue:
    return SettledValue("line", field.value, lexicon=lexica()[field.list], language=field.language)


def _leaning(image: np.ndarray, lean: float) -> np.ndarray:
    high, wide = image.shape
    move = np.array([[1, lean, -lean * high / 2], [0, 1, 0]], np.float32)
    return np.asarray(cv2.warpAffine(image, move, (wide, high), borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _right(fields: list[Field], engine: WordsEngine) -> list[bool]:
    found = [entries_of(f, engine) for f in fields]
    return [bool(e) and e[0].value == f.value for f, e in zip(fields, found, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
