"""Writes a trained recogniser as the file that ocr/engines/fields.py or digits.py reads.

    python -m training.fields.export OUT/last.pt ocr/models/eng_fields.onnx --weights REC.onnx

Weights are stored in half precision and widened when the file is loaded; with --eight-bits SHARD most products are in
eight bits, for a network that was trained so; with --full all stays as it is. An office can learn on files of the last
two kinds. The line for models.toml is printed.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx

from training.fields.data import Shards
from training.fields.make import HEIGHT
from training.fields.network import STEP_PX, load, network_of
from training.lines.eight_bit import in_full, to_eight_bits
from training.lines.export import halved

_SHOWN = 200


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("state", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--network", default="fields", help="fields, or one of training/digits/scripts.py")
    parser.add_argument("--eight-bits", type=Path, metavar="SHARD", help="strips that show the range of each tensor")
    parser.add_argument("--full", action="store_true", help="in full precision")
    asked = parser.parse_args()
    _, characters = network_of(asked.network, asked.weights)
    told = {"character": "\n".join(characters), "height": str(HEIGHT), "step": str(STEP_PX)}
    model = load(asked.weights, asked.state, asked.network).to_onnx(told)
    if asked.full:
        model = in_full(model)
    else:
        model = halved(model) if asked.eight_bits is None else to_eight_bits(model, _strips(asked.eight_bits))
    if not asked.full:  # which has a layer of onnxruntime's own
        onnx.checker.check_model(model)
    asked.out.write_bytes(model.SerializeToString(deterministic=True))
    sha256 = hashlib.sha256(asked.out.read_bytes()).hexdigest()
    print(f'[models."{asked.out.name}"]\nsha256 = "{sha256}"')


def _strips(shard: Path) -> Iterator[np.ndarray]:
    shown = Shards(shard.parent, only=shard.name)
    return (shown.item(i, np.random.default_rng([5, i]))[0] for i in range(0, len(shown), len(shown) // _SHOWN))


if __name__ == "__main__":
    main()
