"""Weights out of an exported network, so that training goes on from what a package ships.

Exporting in eight bits joins each convolution with its bias and its norm and rounds some; the numbers keep the names
they had behind a prefix or before a suffix, and are taken back from there. Ranges of rounding are measured anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from training.lines.graph import Recogniser

_BIAS, _WEIGHT, _NORM = "ConvAddFusion_Add_B_", "ConvBnFusion_W_", "ConvBnFusion_BN_B_"
_ROUNDED, _SCALE = "_quantized", "_scale"
_EPSILON = 1e-5

Values = Mapping[str, np.ndarray]


def learned_in(path: Path, model: Recogniser) -> dict[str, Tensor]:
    """Parameters of a network as an exported file holds them, by their keys in the module.

    Classes that the file has not, or has others, are left out. Raises ValueError when the file is of another network.
    """
    found = {**_values(path)}
    names = model.names
    learned = {}
    begun = {name: getattr(model, key).detach().numpy() for name, key in names.items()}
    for norm in sorted(_norms(names)):
        found |= _without_norm(norm, found, begun)
    for name, key in names.items():
        value, shape = _value(name, found), getattr(model, key).shape
        if value is None:
            raise ValueError(f"{path.name} is of another network: it has no {name}")
        if name in model.head and value.shape[-1] != shape[-1]:
            continue
        learned[key] = torch.from_numpy(value.reshape(tuple(shape)).astype(np.float32))
    return learned


def _values(path: Path) -> Values:
    graph = onnx.load(str(path)).graph
    values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    return values | {
        n.output[0]: numpy_helper.to_array(n.attribute[0].t) for n in graph.node if n.op_type == "Constant"
    }


def _value(name: str, found: Values) -> np.ndarray | None:
    for known in (name, _BIAS + name, _WEIGHT + name):
        if known in found:
            return found[known]
        if known + _ROUNDED in found:
            rounded = found[known + _ROUNDED]
            scale = next(found[s] for s in (known + _SCALE, known + _ROUNDED + _SCALE) if s in found)
            return rounded.astype(np.float32) * scale.reshape(-1, *[1] * (rounded.ndim - 1))
    return None


def _norms(names: Mapping[str, str]) -> set[str]:
    """Names of the norms, without what tells their four parts: factor w_0, bias b_0, mean w_1, variance w_2."""
    return {n[:-4] for n in names if n.endswith(".w_2")}


def _without_norm(norm: str, found: Values, begun: Values) -> Values:
    """The parts of a norm that leaves its convolution, which holds it already, as it is; {} when it stands apart."""
    bias = found.get(f"{_NORM}{norm}.b_0")
    if bias is None:
        return {}
    mean, variance = begun[f"{norm}.w_1"], begun[f"{norm}.w_2"]
    factor = np.sqrt(variance + _EPSILON)
    return {f"{norm}.w_0": factor, f"{norm}.b_0": bias + mean, f"{norm}.w_1": mean, f"{norm}.w_2": variance}
