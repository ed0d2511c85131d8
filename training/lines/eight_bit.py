"""Eight-bit products: a network is trained with them, and exported with them.

The convolutions of one pixel take seven tenths of the time. Rounded to eight bits after training they read a third of
the crops otherwise; a network that was trained with rounded numbers does not mind. Weights take seven bits, so that no
processor's sum of two products overflows (those without VNNI add in 16 bits).
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper, version_converter
from torch import Tensor, nn

LEAST_CHANNELS = 192
OPSET = 13
_WEIGHT_BITS = 7
_SLOWLY = 0.02


class Rounding(nn.Module):
    """Rounds a tensor to the 256 steps between the least and the most that it was seen to hold; gradients pass."""

    low: Tensor
    high: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("low", torch.zeros(()))
        self.register_buffer("high", torch.zeros(()))

    def forward(self, x: Tensor) -> Tensor:
        """The tensor, rounded."""
        x = x.float()
        if self.training:
            with torch.no_grad():
                low, high = x.amin().clamp(max=0.0), x.amax().clamp(min=0.0)
                pace = 1.0 if float(self.high - self.low) == 0.0 else _SLOWLY
                self.low.lerp_(low, pace)
                self.high.lerp_(high, pace)
        scale = ((self.high - self.low) / 255).clamp(min=1e-8)
        zero = torch.round(-self.low / scale).to(torch.int32)
        return torch.fake_quantize_per_tensor_affine(x, scale, zero, 0, 255)


def rounded_weight(weight: Tensor) -> Tensor:
    """Weights (out, in, 1, 1) rounded to seven bits, each output channel by its own scale."""
    most = 2 ** (_WEIGHT_BITS - 1) - 1
    scale = (weight.detach().abs().amax((1, 2, 3)) / most).clamp(min=1e-8).float()
    zeros = torch.zeros(len(scale), dtype=torch.int32)
    return torch.fake_quantize_per_channel_affine(weight.float(), scale, zeros, 0, -most - 1, most)


def is_for_eight_bits(weight: Tensor | np.ndarray | None) -> bool:
    """Whether a convolution's weights (out, in, height, width) are of one pixel and of many channels."""
    return (
        weight is not None
        and weight.ndim == 4
        and tuple(weight.shape[2:]) == (1, 1)
        and min(weight.shape[0], weight.shape[1]) >= LEAST_CHANNELS
    )


def to_eight_bits(model: onnx.ModelProto, strips: Iterable[np.ndarray]) -> onnx.ModelProto:
    """The network with those convolutions in eight bits.

    strips: (48, width) uint8, of what it will read; they show the range of each tensor.
    """
    from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantType, quantize_static

    class Reader(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self, name: str) -> None:
            self._name = name
            self._left = iter(strips)

        def get_next(self) -> Mapping[str, np.ndarray] | None:
            strip = next(self._left, None)
            if strip is None:
                return None
            grey = strip.astype(np.float32) / 127.5 - 1.0
            return {self._name: np.repeat(grey[None, None], 3, axis=1)}

    with tempfile.TemporaryDirectory() as folder:
        fused, out = (Path(folder) / f"{name}.onnx" for name in ("fused", "out"))
        onnx.save(_fused(model), str(fused))
        graph = onnx.load(str(fused)).graph
        weights = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
        chosen = [n.name for n in graph.node if n.op_type == "Conv" and is_for_eight_bits(weights.get(n.input[1]))]
        quantize_static(
            str(fused),
            str(out),
            Reader(graph.input[0].name),
            per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
            nodes_to_quantize=chosen,
            calibrate_method=CalibrationMethod.MinMax,
            extra_options={"CalibMovingAverage": True, "CalibMovingAverageConstant": _SLOWLY},
        )
        quantised = onnx.load(str(out))
    del quantised.metadata_props[:]
    quantised.metadata_props.extend(model.metadata_props)
    return joined_gelu(quantised)


def in_full(model: onnx.ModelProto) -> onnx.ModelProto:
    """The network in full precision, its parts named as in a file of eight bits: an office can learn on it."""
    whole = _fused(model)
    del whole.metadata_props[:]
    whole.metadata_props.extend(model.metadata_props)
    return joined_gelu(whole)


def _fused(model: onnx.ModelProto) -> onnx.ModelProto:
    """The network with what onnxruntime computes beforehand."""
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        plain, fused = (Path(folder) / f"{name}.onnx" for name in ("plain", "fused"))
        onnx.save(version_converter.convert_version(model, OPSET), str(plain))
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(fused)
        onnxruntime.InferenceSession(str(plain), options)
        return onnx.load(str(fused))


def joined_gelu(model: onnx.ModelProto) -> onnx.ModelProto:
    """The network with each GELU, which comes as five steps, as the one that onnxruntime knows: the same sooner.

    It joins them itself, but not behind eight-bit products. Raises ValueError for a GELU of another shape.
    """
    nodes = list(model.graph.node)
    users = {name: [n for n in nodes if name in n.input] for node in nodes for name in node.output}
    makers = {name: node for node in nodes for name in node.output}
    gone: list[str] = []
    for erf in [n for n in nodes if n.op_type == "Erf"]:
        halved = makers[erf.input[0]]
        steps = [halved, erf]
        for wanted in ("Add", "Mul", "Mul"):
            (step,) = users[steps[-1].output[0]]
            if step.op_type != wanted:
                raise ValueError(f"{erf.name}: {step.op_type} follows where a GELU has {wanted}")
            steps.append(step)
        at = nodes.index(steps[-1])
        nodes[at] = helper.make_node(
            "Gelu", [halved.input[0]], list(steps[-1].output), f"Gelu.{erf.name}", domain="com.microsoft"
        )
        gone += [step.name for step in steps[:-1]]
    del model.graph.node[:]
    model.graph.node.extend(n for n in nodes if n.name not in gone)
    used = {name for node in model.graph.node for name in node.input}
    kept = [i for i in model.graph.initializer if i.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)
    if all(o.domain != "com.microsoft" for o in model.opset_import):
        model.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return model
