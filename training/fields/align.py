"""Chooses how each known value stands on its crop: of its variants the one that the network finds likeliest.

    python -m training.fields.align CROPS --weights REC.onnx --state OUT/last.pt

Reads CROPS/gold.csv, writes CROPS/crops.csv (file, field, group, text, line, loss). loss is that of a character: a high
one says that the value is not on the crop, as when it was typed from another record.
"""

from __future__ import annotations

import argparse
import csv
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional as F  # noqa: N812

from training.fields.data import Handwritten, handwritten_strip
from training.fields.network import load
from training.fields.texts import CHARACTERS, is_written
from training.fields.train import logits_of
from training.fields.variants import variants

_INDEX = {c: i + 1 for i, c in enumerate(CHARACTERS)}
_TWO_LINES = ("statutes",)


@dataclass(frozen=True)
class Chosen:
    """A line of a crop with the text that stands on it, and the loss of a character."""

    line: str
    text: str
    loss: float


def main() -> None:
    """Read the command line and choose."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("crops", type=Path)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--state", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    model = load(asked.weights, asked.state)
    with (asked.crops / "gold.csv").open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    with (asked.crops / "crops.csv").open("w", encoding="utf-8", newline="") as f:
        table = csv.writer(f)
        table.writerow(["file", "field", "group", "text", "line", "loss"])
        for row in rows:
            picture = cv2.imread(str(asked.crops / row["file"]), 0)
            for chosen in choose(model, picture, row["field"], row["text"]):
                table.writerow([row["file"], row["field"], row["group"], chosen.text, chosen.line, chosen.loss])


def choose(model: torch.nn.Module, picture: np.ndarray, field: str, value: str) -> list[Chosen]:
    """The likeliest way in which a value stands on a crop, line by line."""
    lines = ("1", "2") if field in _TWO_LINES else ("",)
    some = [one for one in variants(field, value) if all(is_written(t) for t in one)]
    if not some:
        return []
    strips = [handwritten_strip(Handwritten(picture, "", field, "", "", line)) for line in lines]
    with torch.no_grad():
        logits, lengths = logits_of(model, strips)
    logs = logits.log_softmax(2)
    known: list[dict[str, float]] = []
    for at in range(len(lines)):
        texts = list(dict.fromkeys(one[at] for one in some))
        known.append(dict(zip(texts, _losses(logs[at, : lengths[at]], texts), strict=True)))
    best = min(some, key=lambda one: sum(known[at][text] for at, text in enumerate(one)))
    return [
        Chosen(line, text, round(known[at][text] / max(1, len(text)), 3))
        for at, (line, text) in enumerate(zip(lines, best, strict=True))
    ]


def _losses(logs: torch.Tensor, texts: list[str]) -> list[float]:
    """The loss of each text in one matrix of log probabilities (frames, classes)."""
    flat = torch.tensor([_INDEX[c] for text in texts for c in text], dtype=torch.long)
    sizes = torch.tensor([len(t) for t in texts])
    many = logs[:, None].expand(-1, len(texts), -1)
    frames = torch.full((len(texts),), len(logs))
    losses = F.ctc_loss(many, flat, frames, sizes, reduction="none")
    return [float(x) if np.isfinite(float(x)) else 1e6 for x in losses]


if __name__ == "__main__":
    main()
