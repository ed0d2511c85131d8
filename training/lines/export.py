"""Writes a trained recogniser as the file that ocr/engines/lines.py reads.

    python -m training.lines.export OUT/last.pt ocr/models/urd_lines.onnx --weights REC.onnx

Weights are stored in half precision and widened when the file is loaded: half the size, the same speed and text. The
line for ocr/models/models.toml is printed.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import helper, numpy_helper

from training.lines.evaluate import load
from training.lines.graph import STEP_PX
from training.lines.make import HEIGHT
from training.lines.shards import SQUEEZE
from training.lines.urdu import CHARACTERS

_SMALL = 64


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("state", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", type=Path, required=True)
    asked = parser.parse_args()
    told = {
        "character": "\n".join(CHARACTERS),
        "language": "ur",
        "direction": "rtl",
        "height": str(HEIGHT),
        "squeeze": str(SQUEEZE),
        "step": str(STEP_PX),
    }
    model = halved(load(asked.weights, asked.state).to_onnx(told))
    onnx.checker.check_model(model)
    asked.out.write_bytes(model.SerializeToString(deterministic=True))
    sha256 = hashlib.sha256(asked.out.read_bytes()).hexdigest()
    print(f'[models."{asked.out.name}"]\nengine = "lines"\nlanguage = "{told["language"]}"\nsha256 = "{sha256}"')


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with its larger weights stored as float16 and cast back where they enter."""
    casts = []
    for tensor in [*model.graph.initializer]:
        values = numpy_helper.to_array(tensor)
        if values.dtype == np.float32 and values.size >= _SMALL:
            name = tensor.name
            tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}.half"))
            casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    for node in model.graph.node:
        if node.op_type == "Constant" and numpy_helper.to_array(node.attribute[0].t).size >= _SMALL:
            values = numpy_helper.to_array(node.attribute[0].t)
            if values.dtype != np.float32:
                continue
            name = node.output[0]
            node.attribute[0].t.CopyFrom(numpy_helper.from_array(values.astype(np.float16)))
            node.output[0] = f"{name}.half"
            casts.append(helper.make_node("Cast", [f"{name}.half"], [name], to=onnx.TensorProto.FLOAT))
    nodes = [n for n in model.graph.node if n.op_type == "Constant"]
    rest = [n for n in model.graph.node if n.op_type != "Constant"]
    del model.graph.node[:]
    model.graph.node.extend([*nodes, *casts, *rest])
    return model


if __name__ == "__main__":
    main()
