"""The network to be trained: the PP-OCRv6 small recogniser with those of its classes that are printable ASCII."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from training.digits.network import build as build_new
from training.digits.scripts import characters as characters_of
from training.fields.texts import CHARACTERS
from training.lines.graph import STEP_PX, Recogniser
from training.lines.shipped import learned_in
from training.words.texts import CHARACTERS as WORDS

__all__ = ["STEP_PX", "build", "load", "network_of", "read_state", "take_over_classes"]
_STEM = 30
"""Convolutions at the entrance, with their biases, that are left as they are."""


def build(weights: Path, stem: int = _STEM) -> Recogniser:
    """The recogniser as shipped, with the classes of CHARACTERS and twice the frames; its entrance is frozen."""
    model = Recogniser(weights, 1 + len(CHARACTERS))
    known = [*_characters(model.model), " "]
    columns = [0, *(1 + known.index(c) for c in CHARACTERS)]
    values = {i.name: numpy_helper.to_array(i) for i in model.model.graph.initializer}
    values |= {
        n.output[0]: numpy_helper.to_array(n.attribute[0].t) for n in model.model.graph.node if n.op_type == "Constant"
    }
    with torch.no_grad():
        model.weight.copy_(torch.from_numpy(values[model.head[0]][:, columns].copy()))
        model.bias.copy_(torch.from_numpy(values[model.head[1]].reshape(-1)[columns].copy()))
    model.freeze(stem)
    return model


def network_of(name: str, weights: Path) -> tuple[Recogniser, tuple[str, ...]]:
    """A network as training begins with it, and its classes after the blank.

    name: fields, words (training/words), or one of training/digits/scripts.py.
    """
    if name == "fields":
        return build(weights), CHARACTERS
    characters = WORDS if name == "words" else characters_of(name)
    return build_new(weights, len(characters), _STEM), characters


def load(weights: Path, state: Path | None, network: str = "fields", *, mean: bool = True) -> Recogniser:
    """The network with learned weights; mean: the running mean of them. Without a state it is as shipped."""
    model, _ = network_of(network, weights)
    if state is not None:
        saved = read_state(state, model)
        missing, _ = model.load_state_dict(saved["model"], strict=False)  # ranges of rounding are measured anew
        if missing:
            raise ValueError(f"{state} is of another network: it has no {missing[0]}")
        if mean:
            model.load_state_dict(saved["ema"], strict=False)
    return model.eval()


def read_state(path: Path, model: Recogniser) -> dict[str, dict[str, Tensor]]:
    """What was learned, "model", and its running mean, "ema": a state of training, or an exported network for both."""
    if path.suffix == ".onnx":
        learned = learned_in(path, model)
        return {"model": learned, "ema": learned}
    saved: dict[str, dict[str, Tensor]] = torch.load(path)
    return saved


def take_over_classes(model: Recogniser, characters: Sequence[str], start: Path, weights: Path) -> None:
    """Let a network that begins with that of English fields know what it knew: the blank, Latin digits and signs.

    A digit of another script begins as any Latin one, a letter as any Latin letter, so that where they stand is known
    before which they are. A start that is no network of English fields is left alone.
    """
    fields, known = network_of("fields", weights)
    try:
        saved = read_state(start, fields)["ema"]
    except (ValueError, RuntimeError):
        return
    if saved.get("weight") is None or saved["weight"].shape != fields.weight.shape:
        return
    place = {c: 1 + n for n, c in enumerate(known)}
    digits = [place[str(d)] for d in range(10)]
    letters = [place[c] for c in known if c.isalpha()]
    with torch.no_grad():
        for at, sign in enumerate(("", *characters)):
            columns = [0] if not sign else [place[sign]] if sign in place else digits if sign.isdigit() else letters
            model.weight[:, at] = saved["weight"][:, columns].mean(1)
            model.bias[at] = saved["bias"][columns].mean()


def _characters(model: onnx.ModelProto) -> list[str]:
    listed = next(p.value for p in model.metadata_props if p.key == "character")
    return listed.splitlines()
