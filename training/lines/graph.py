"""An ONNX recogniser as a torch module that can be trained, and back into ONNX.

Only the operators of the PP-OCRv6 small recogniser are known; another one stops with its name. Two chains are run as
one step each, since they take most of the time: a convolution with the addition of its bias, and GELU. Two changes are
made to the graph: the classes at its end are new, and its last pooling takes half the step in width (a frame every 4
pixels instead of every 8), because letters of Nastaliq stand over each other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812

from training.lines.eight_bit import Rounding, is_for_eight_bits, rounded_weight

Step = tuple[Callable[..., Any], tuple[str, ...], str]
STEP_PX = 4


class Recogniser(nn.Module):
    """Pictures (batch, 3, height, width), -1 black to 1 white, to logits (batch, frames, classes), blank first."""

    def __init__(self, path: Path, classes: int, seed: int = 0) -> None:
        super().__init__()
        self.model = onnx.load(str(path))
        graph = self.model.graph
        values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        values |= {n.output[0]: _constant(n) for n in graph.node if n.op_type == "Constant"}
        self._input = graph.input[0].name
        nodes = [n for n in graph.node if n.op_type not in ("Constant", "Identity")]
        alias = {n.output[0]: n.input[0] for n in graph.node if n.op_type == "Identity"}
        self._alias = alias
        self.head = _head(nodes, values, alias)
        self._constants: dict[str, Any] = {}
        self._names: dict[str, str] = {}
        self._keep(values, nodes)
        inside = len(values[self.head[0]])
        torch.manual_seed(seed)
        self.weight = nn.Parameter(torch.randn(inside, classes) * inside**-0.5)
        self.bias = nn.Parameter(torch.zeros(classes))
        self._names |= {self.head[0]: "weight", self.head[1]: "bias"}
        self._steps = self._plan(nodes, values)

    def _keep(self, values: Mapping[str, np.ndarray], nodes: Sequence[onnx.NodeProto]) -> None:
        """Floats with more than one number become parameters; running means and the rest stay as they are."""
        frozen = {i for n in nodes if n.op_type == "BatchNormalization" for i in n.input[3:]}
        for number, (name, value) in enumerate(values.items()):
            if name in self.head:
                continue
            if value.dtype == np.float32 and value.size > 1:
                self._names[name] = key = f"p{number}"
                tensor = torch.from_numpy(value.copy())
                if name in frozen:
                    self.register_buffer(key, tensor)
                else:
                    self.register_parameter(key, nn.Parameter(tensor))
            else:
                self._constants[name] = torch.from_numpy(np.array(value))

    def _source(self, name: str) -> str:
        while name in self._alias:
            name = self._alias[name]
        return name

    def _plan(self, nodes: Sequence[onnx.NodeProto], values: Mapping[str, np.ndarray]) -> list[Step]:
        users: dict[str, list[onnx.NodeProto]] = {}
        for node in nodes:
            for name in map(self._source, node.input):
                users.setdefault(name, []).append(node)
        steps: list[Step] = []
        done: set[str] = set()
        for node in nodes:
            out = node.output[0]
            if out in done or node.op_type == "Softmax" and node is nodes[-1]:
                continue
            inputs = tuple(map(self._source, node.input))
            after = users.get(out, [])
            if node.op_type == "Conv" and len(inputs) == 2 and len(after) == 1 and after[0].op_type == "Add":
                other = next(i for i in map(self._source, after[0].input) if i != out)
                if other in values and values[other].size == values[inputs[1]].shape[0]:
                    steps.append((_conv(node), (*inputs, other), after[0].output[0]))
                    done.add(after[0].output[0])
                    continue
            if node.op_type == "Div" and len(after) == 1 and after[0].op_type == "Erf":
                chain = [after[0]]
                for _ in range(3):
                    chain.append(users[chain[-1].output[0]][0])
                steps.append((F.gelu, (inputs[0],), chain[-1].output[0]))
                done |= {n.output[0] for n in chain}
                continue
            steps.append((_operator(node), inputs, out))
        return steps

    @property
    def names(self) -> Mapping[str, str]:
        """Name of a number in the graph -> key of its parameter or buffer."""
        return self._names

    def parameter_names(self) -> list[str]:
        """Names of parameters in the order in which they are used, weights and biases of convolutions in pairs."""
        return [self._names[i] for _, inputs, _ in self._steps for i in inputs if i in self._names]

    def freeze(self, stem: int) -> None:
        """Leave the first so many parameters as they are: strokes are strokes."""
        for name in self.parameter_names()[:stem]:
            parameter = getattr(self, name)
            if isinstance(parameter, nn.Parameter):
                parameter.requires_grad_(False)

    def with_eight_bits(self) -> Recogniser:
        """This network with the convolutions of training/lines/eight_bit.py rounded as they will be when exported."""
        for number, (run, inputs, out) in enumerate(self._steps):
            key = self._names.get(inputs[1]) if len(inputs) > 1 else None
            if key and is_for_eight_bits(getattr(self, key)):
                before, behind = Rounding(), Rounding()
                self.add_module(f"before{number}", before)
                self.add_module(f"behind{number}", behind)
                self._steps[number] = _rounded(run, before, behind), inputs, out
        return self

    def forward(self, pictures: Tensor) -> Tensor:
        """Logits of a batch."""
        at: dict[str, Any] = {self._input: pictures, **self._constants}
        at |= {name: getattr(self, key) for name, key in self._names.items()}
        for run, inputs, out in self._steps:
            at[out] = run(*(at[i] for i in inputs))
        return at[out]

    def to_onnx(self, metadata: Mapping[str, str]) -> onnx.ModelProto:
        """The graph with what was learned."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        for initializer in model.graph.initializer:
            key = self._names.get(initializer.name)
            if key:
                learned = getattr(self, key).detach().numpy()
                initializer.CopyFrom(numpy_helper.from_array(learned.copy(), initializer.name))
        for node in model.graph.node:
            if node.op_type == "Constant" and node.output[0] in self._names:
                learned = getattr(self, self._names[node.output[0]]).detach().numpy()
                node.attribute[0].t.CopyFrom(numpy_helper.from_array(learned.copy()))
            if node.op_type == "AveragePool":
                attributes = {a.name: a for a in node.attribute}
                attributes["strides"].ints[1] = 1
        del model.metadata_props[:]
        helper.set_model_props(model, dict(metadata))
        del model.graph.value_info[:]
        for axis, size in enumerate((None, None, len(self.bias))):
            dim = model.graph.output[0].type.tensor_type.shape.dim[axis]
            dim.Clear()
            if size is None:
                dim.dim_param = f"out{axis}"
            else:
                dim.dim_value = size
        return model


def _head(nodes: Sequence[onnx.NodeProto], values: Mapping[str, Any], alias: Mapping[str, str]) -> tuple[str, str]:
    """Names of the weight and the bias of the classes."""
    add = [n for n in nodes if n.op_type == "Add"][-1]
    product = [n for n in nodes if n.op_type == "MatMul"][-1]

    def known(node: onnx.NodeProto) -> str:
        for name in node.input:
            while name in alias:
                name = alias[name]
            if name in values:
                return name
        raise ValueError("the last product has no weight")

    return known(product), known(add)


def _constant(node: onnx.NodeProto) -> np.ndarray:
    return numpy_helper.to_array(node.attribute[0].t)


def _attributes(node: onnx.NodeProto) -> dict[str, Any]:
    return {a.name: helper.get_attribute_value(a) for a in node.attribute}


def _conv(node: onnx.NodeProto) -> Callable[..., Tensor]:
    known = _attributes(node)
    stride, groups = tuple(known["strides"]), known.get("group", 1)
    if known.get("auto_pad", b"NOTSET") == b"SAME_UPPER":
        pads = tuple(v for k in reversed(known["kernel_shape"]) for v in ((k - 1) // 2, k // 2))
        return lambda x, w, b=None: F.conv2d(F.pad(x, pads), w, _flat(b), stride, 0, 1, groups)
    padding = tuple(known["pads"][:2])
    return lambda x, w, b=None: F.conv2d(x, w, _flat(b), stride, padding, 1, groups)


def _rounded(run: Callable[..., Tensor], before: Rounding, behind: Rounding) -> Callable[..., Tensor]:
    return lambda x, w, b=None: behind(run(before(x), rounded_weight(w), b))


def _flat(bias: Tensor | None) -> Tensor | None:
    return None if bias is None else bias.reshape(-1)


def _slice(x: Tensor, starts: Tensor, ends: Tensor, axes: Tensor, steps: Tensor | None = None) -> Tensor:
    for start, end, axis in zip(starts.tolist(), ends.tolist(), axes.tolist(), strict=True):
        size = x.shape[axis]
        first, last = (min(max(v + size if v < 0 else v, 0), size) for v in (start, end))
        x = x.narrow(axis, first, last - first)
    return x


def _reshape(x: Tensor, shape: Tensor) -> Tensor:
    wanted = [x.shape[i] if size == 0 else size for i, size in enumerate(shape.tolist())]
    return x.reshape(wanted)


def _squeeze(x: Tensor, axes: Sequence[int]) -> Tensor:
    for axis in sorted(axes, reverse=True):
        x = x.squeeze(axis)
    return x


def _unsqueeze(x: Tensor, axes: Sequence[int]) -> Tensor:
    for axis in sorted(axes):
        x = x.unsqueeze(axis)
    return x


def _operator(node: onnx.NodeProto) -> Callable[..., Any]:
    """One operator of opset 11 as a function."""
    a = _attributes(node)
    match node.op_type:
        case "Conv":
            return _conv(node)
        case "Add" | "Sub" | "Mul" | "Div" | "Pow" | "MatMul" | "Relu" | "Sigmoid" | "Sqrt" | "Erf":
            return getattr(torch, {"Div": "true_divide"}.get(node.op_type, node.op_type.lower()))
        case "HardSigmoid":
            return lambda x: torch.clamp(x * a.get("alpha", 0.2) + a.get("beta", 0.5), 0, 1)
        case "ReduceMean":
            return lambda x: x.mean(tuple(a["axes"]), keepdim=bool(a.get("keepdims", 1)))
        case "Concat":
            return lambda *xs: torch.cat(xs, a["axis"])
        case "Transpose":
            return lambda x: x.permute(*a["perm"])
        case "Softmax":
            return lambda x: x.softmax(a["axis"])
        case "MaxPool":
            return lambda x: F.max_pool2d(F.pad(x, (0, 1, 0, 1), value=float("-inf")), 2, 1)
        case "AveragePool":
            return lambda x: F.avg_pool2d(x, tuple(a["kernel_shape"]), (a["kernel_shape"][0], 1))
        case "BatchNormalization":
            return lambda x, w, b, m, v: F.batch_norm(x, m, v, w, b, False, 0.0, a.get("epsilon", 1e-5))
        case "Shape":
            return lambda x: torch.tensor(x.shape)
        case "Slice":
            return _slice
        case "Reshape":
            return _reshape
        case "Squeeze":
            return lambda x: _squeeze(x, a["axes"])
        case "Unsqueeze":
            return lambda x: _unsqueeze(x, a["axes"])
    raise ValueError(f"no operator {node.op_type} is known here")
