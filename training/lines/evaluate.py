"""Error rates of a trained recogniser on lines it has not seen.

python -m training.lines.evaluate OUT/last.pt --weights REC.onnx --shards HELD/noto.npz HELD/gulzar.npz
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import torch
from rapidfuzz.distance import Levenshtein

from ocr.languages.bidi import turn_line
from training.lines.graph import Recogniser
from training.lines.shards import SQUEEZE, Shards
from training.lines.urdu import CHARACTERS


def main() -> None:
    """Read the command line; measure and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--shards", type=Path, nargs="*", default=[])
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--plain", action="store_true", help="the last weights, not their running mean")
    asked = parser.parse_args()
    torch.set_num_threads(1)
    model = load(asked.weights, asked.state, mean=not asked.plain)
    for path in asked.shards:
        print(path.stem, measured(model, path, asked.count))


def load(weights: Path, state: Path, *, mean: bool = True) -> Recogniser:
    """The network with learned weights; mean: the running mean of them."""
    model = Recogniser(weights, 1 + len(CHARACTERS))
    saved = torch.load(state)
    model.load_state_dict(saved["model"])
    if mean:
        model.load_state_dict(saved["ema"], strict=False)
    return model.eval()


def measured(model: Recogniser, path: Path, count: int) -> dict[str, float]:
    """Character error rates of lightly and of heavily worn lines, and of both."""
    with np.load(path, allow_pickle=False) as f:
        ends, texts, hards = np.concatenate([[0], np.cumsum(f["widths"])]), f["texts"].tolist(), f["hards"]
        pixels = f["pixels"]
    wrong, total = {"light": 0, "worn": 0}, {"light": 0, "worn": 0}
    for i in range(min(count, len(texts))):
        strip = Shards.squeezed(pixels[:, ends[i] : ends[i + 1]], SQUEEZE)
        seen, text = turn_line(read(model, strip)), turn_line(texts[i])
        kind = "worn" if hards[i] > 0.5 else "light"
        wrong[kind] += Levenshtein.distance(seen, text)
        total[kind] += len(text)
    rates = {k: round(wrong[k] / max(1, total[k]), 4) for k in wrong}
    return rates | {"all": round(sum(wrong.values()) / max(1, sum(total.values())), 4)}


def read(model: Recogniser, strip: np.ndarray) -> str:
    """What the network sees in a strip, from left to right."""
    x = torch.from_numpy(strip).float() / 127.5 - 1
    with torch.no_grad():
        row = model(x[None, None].expand(-1, 3, -1, -1))[0].argmax(1).tolist()
    return "".join(CHARACTERS[c - 1] for c, b in zip(row, [0, *row], strict=False) if c and c != b)


if __name__ == "__main__":
    main()
