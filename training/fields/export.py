"""Writes a trained recogniser as the file that ocr/engines/fields.py reads.

    python -m training.fields.export OUT/last.pt ocr/models/eng_fields.onnx --weights REC.onnx

Weights are stored in half precision and widened when the file is loaded. The line for models.toml is printed.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import onnx

from training.fields.make import HEIGHT
from training.fields.network import STEP_PX, load
from training.fields.texts import CHARACTERS
from training.lines.export import halved


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("state", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", type=Path, required=True)
    asked = parser.parse_args()
    told = {"character": "\n".join(CHARACTERS), "language": "en", "height": str(HEIGHT), "step": str(STEP_PX)}
    model = halved(load(asked.weights, asked.state).to_onnx(told))
    onnx.checker.check_model(model)
    asked.out.write_bytes(model.SerializeToString(deterministic=True))
    sha256 = hashlib.sha256(asked.out.read_bytes()).hexdigest()
    print(f'[models."{asked.out.name}"]\nengine = "fields"\nlanguage = "en"\nsha256 = "{sha256}"')


if __name__ == "__main__":
    main()
