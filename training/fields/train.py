r"""Trains the recogniser of handwritten fields, on drawn strips and on crops of real writing.

    python -m training.fields.train OUT --weights REC.onnx --shards SHARDS --steps 900
    python -m training.fields.train OUT2 --weights REC.onnx --shards SHARDS --start OUT/last.pt --handwritten CROPS \
        --leave-out "Station A" --steps 250 --share 0.6

OUT/last.pt is written every few minutes and a new call goes on from it. A step is seeded by its number. Products are
computed in half precision (bfloat16), weights are kept in full. Workers are processes of one thread that share a batch.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn import functional as F  # noqa: N812

from training.digits.scripts import NETWORKS, allowed
from training.fields.data import Handwritten, Shards, handwritten_strip, read_handwritten
from training.fields.network import STEP_PX, network_of, read_state, take_over_classes
from training.fields.texts import CHARACTERS
from training.lines.graph import Recogniser
from training.words.texts import allowed as allowed_words

_EMA = 0.995
_SAVE_S = 120
_WARM = 40
_POOL = 16
_NEW = 4.0
_NEVER = -1e4
_EMPTY = 0.25
"""Empty lines of real crops are learned a quarter as often as written ones."""


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", type=Path, required=True, help="the recogniser of the rapidocr wheel")
    parser.add_argument("--network", default="fields", help="fields, words, or one of training/digits/scripts.py")
    parser.add_argument("--shards", type=Path, required=True)
    parser.add_argument("--handwritten", "--written", type=Path, help="folder of real crops with crops.csv")
    parser.add_argument("--leave-out", nargs="*", default=[], help="groups of real crops that are not learned")
    parser.add_argument("--share", type=float, default=0.5, help="of real crops in what is learned")
    parser.add_argument("--start", type=Path, help="state to begin with, or an exported network")
    parser.add_argument("--eight-bits", action="store_true", help="with products rounded as in an export of eight bits")
    parser.add_argument("--steps", type=int, default=900)
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--rate", type=float, default=4e-4)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    if "--written" in sys.argv:
        print("--written is called --handwritten now; the old name goes with the next version", file=sys.stderr)
    asked.out.mkdir(parents=True, exist_ok=True)
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(29500 + os.getpid() % 400), "OMP_NUM_THREADS": "1"}
    if asked.workers == 1:
        train(0, asked)
    else:
        mp.spawn(train, (asked,), asked.workers)


def train(rank: int, asked: argparse.Namespace) -> None:
    """Learn, saving now and then."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    if asked.workers > 1:
        dist.init_process_group("gloo", rank=rank, world_size=asked.workers)
    model, characters = network_of(asked.network, asked.weights)
    if asked.eight_bits:
        model.with_eight_bits()
    if asked.start:
        saved = read_state(asked.start, model)
        shapes = {name: value.shape for name, value in model.state_dict().items()}
        for part in ("model", "ema"):  # of another network all but its classes
            fits = {name: value for name, value in saved[part].items() if shapes.get(name) == value.shape}
            model.load_state_dict(fits, strict=False)
        if asked.network != "fields":
            take_over_classes(model, characters, asked.start, asked.weights)
    trained = [p for p in model.parameters() if p.requires_grad]
    optimiser = torch.optim.AdamW(_groups(model, new_head=asked.network != "fields"), lr=asked.rate, weight_decay=0.01)
    ema = {name: p.detach().clone() for name, p in model.named_parameters() if p.requires_grad}
    step = _resume(asked.out / "last.pt", model, optimiser, ema)
    handwritten = read_handwritten(asked.handwritten, tuple(asked.leave_out)) if asked.handwritten else []
    shards = Shards(asked.shards)
    if rank == 0:
        print(json.dumps({"drawn": len(shards), "handwritten": len(handwritten), "from_step": step}), flush=True)
    saved_at, losses = time.monotonic(), []
    for whole in _batches(shards, handwritten, asked, step):
        texts, strips = (part[rank :: asked.workers] for part in whole)
        pace = min(1.0, (step + 1) / _WARM) * (0.5 + 0.5 * math.cos(math.pi * step / asked.steps))
        for group in optimiser.param_groups:
            group["lr"] = max(asked.rate * pace * group["times"], 1e-6)
        loss = loss_of(model, texts, strips, characters, may_stand(texts, asked.network))
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        _share_gradients(trained, asked.workers)
        torch.nn.utils.clip_grad_norm_(trained, 5.0)
        optimiser.step()
        keep = min(_EMA, (1 + step) / (10 + step))
        with torch.no_grad():
            for name, p in model.named_parameters():
                if p.requires_grad:
                    ema[name].lerp_(p, 1 - keep)
        step += 1
        losses.append(float(loss.detach()))
        if rank == 0 and step % 20 == 0:
            told = {"step": step, "loss": round(float(np.mean(losses)), 3), "cpu_s": round(time.process_time())}
            print(json.dumps(told), flush=True)
            losses.clear()
        if rank == 0 and (step >= asked.steps or time.monotonic() - saved_at > _SAVE_S):
            _save(asked.out / "last.pt", model, optimiser, ema, step)
            saved_at = time.monotonic()
        if step >= asked.steps:
            break
    if asked.workers > 1:
        dist.barrier()
        dist.destroy_process_group()


def _groups(model: Recogniser, *, new_head: bool) -> list[dict[str, Any]]:
    """What is learned, and how many times as fast: classes that are new learn faster than the rest."""
    head = [model.weight, model.bias]
    rest = [p for p in model.parameters() if p.requires_grad and all(p is not h for h in head)]
    return [{"params": rest, "times": 1.0}, {"params": head, "times": _NEW if new_head else 1.0}]


def _share_gradients(trained: list[torch.nn.Parameter], workers: int) -> None:
    if workers == 1:
        return
    flat = torch.cat([(p.grad if p.grad is not None else torch.zeros_like(p)).reshape(-1) for p in trained])
    dist.all_reduce(flat)
    at = 0
    for p in trained:
        p.grad = flat[at : at + p.numel()].view_as(p) / workers
        at += p.numel()


def _batches(
    shards: Shards, handwritten: list[Handwritten], asked: argparse.Namespace, step: int
) -> Iterator[tuple[list[str], list[np.ndarray]]]:
    """Texts and strips of like widths for each step; a pool of steps is drawn at once and sorted."""
    while True:
        rng = np.random.default_rng([9, step // _POOL])
        pool = [_draw(shards, handwritten, asked.share, rng) for _ in range(_POOL * asked.batch)]
        pool.sort(key=lambda one: one[0].shape[1])
        for at in rng.permutation(_POOL)[step % _POOL :]:
            part = pool[int(at) * asked.batch : (int(at) + 1) * asked.batch]
            yield [text for _, text in part], [strip for strip, _ in part]
            step += 1


def _draw(
    shards: Shards, handwritten: list[Handwritten], share: float, rng: np.random.Generator
) -> tuple[np.ndarray, str]:
    while True:
        if handwritten and rng.random() < share:
            one = handwritten[int(rng.integers(len(handwritten)))]
            if not one.text and rng.random() > _EMPTY:
                continue
            strip, text = handwritten_strip(one, rng), one.text
        else:
            strip, text = shards.item(int(rng.integers(len(shards))), rng)
        if strip.shape[1] / STEP_PX > len(text) + 2:
            return strip, text


def logits_of(model: Recogniser, strips: list[np.ndarray]) -> tuple[torch.Tensor, list[int]]:
    """Logits (batch, frames, classes) of strips padded to one width, and how many frames are each one's own."""
    wide = max(s.shape[1] for s in strips)
    wide += -wide % 8
    padded = [np.pad(s, ((0, 0), (0, wide - s.shape[1])), constant_values=int(np.percentile(s, 80))) for s in strips]
    x = torch.from_numpy(np.stack(padded)).float() / 127.5 - 1
    x = x[:, None].expand(-1, 3, -1, -1).contiguous(memory_format=torch.channels_last)
    with torch.autocast("cpu", torch.bfloat16):
        logits = model(x).float()
    return logits, [min(logits.shape[1], max(1, -(-s.shape[1] // STEP_PX))) for s in strips]


def may_stand(texts: list[str], network: str) -> torch.Tensor | None:
    """Which classes a form bears (texts, classes), where that is known before it is read: those of its script."""
    if network == "words":
        return torch.from_numpy(allowed_words(texts))
    return torch.from_numpy(allowed(texts, network)) if network in NETWORKS else None


def loss_of(
    model: Recogniser,
    texts: list[str],
    strips: list[np.ndarray],
    characters: Sequence[str] = CHARACTERS,
    may: torch.Tensor | None = None,
) -> torch.Tensor:
    """Mean loss of a character; an empty text counts as one. may: classes to tell apart, None for all."""
    each, sizes = losses_of(model, texts, strips, characters, may)
    return each.sum() / sizes.clamp(min=1).sum()


def losses_of(
    model: Recogniser,
    texts: list[str],
    strips: list[np.ndarray],
    characters: Sequence[str] = CHARACTERS,
    may: torch.Tensor | None = None,
) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss of each strip's whole text, and the texts' lengths."""
    logits, lengths = logits_of(model, strips)
    if may is not None:
        logits = logits.masked_fill(~may[:, None], _NEVER)
    index = {c: i + 1 for i, c in enumerate(characters)}
    flat = torch.tensor([index[c] for text in texts for c in text], dtype=torch.long)
    sizes = torch.tensor([len(text) for text in texts])
    logs = logits.log_softmax(2).transpose(0, 1)
    each = F.ctc_loss(logs, flat, torch.tensor(lengths), sizes, reduction="none", zero_infinity=True)
    return each, sizes


def _save(path: Path, model: Recogniser, optimiser: Any, ema: Any, step: int) -> None:
    part = path.with_suffix(".part")
    torch.save({"model": model.state_dict(), "optimiser": optimiser.state_dict(), "ema": ema, "step": step}, part)
    part.replace(path)


def _resume(path: Path, model: Recogniser, optimiser: Any, ema: Any) -> int:
    if not path.exists():
        return 0
    state = torch.load(path)
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    for name, value in state["ema"].items():
        ema[name].copy_(value)
    return int(state["step"])


if __name__ == "__main__":
    main()
