"""Trains a line recogniser: the PP-OCRv6 small network with new classes, on shards of drawn lines.

    python -m training.lines.train OUT --shards FOLDER --weights REC.onnx --seconds 3600 --workers 2

Workers are processes of one thread each that share a batch; on a busy machine that is far quicker than two threads of
one process. OUT/last.pt is written every few minutes and a new call goes on from it, up to --seconds in all.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn import functional as F  # noqa: N812

from training.lines.graph import STEP_PX, Recogniser
from training.lines.shards import SQUEEZE, Shards, batch_of
from training.lines.urdu import CHARACTERS

_EMA = 0.996
_SAVE_S = 150
_WARM = 150
_STEM = 5
"""Convolutions at the entrance that are left as they are: strokes are strokes in every script."""


def main() -> None:
    """Read the command line and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shards", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True)
    parser.add_argument("--seconds", type=float, default=3600)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--batch", type=int, default=8, help="lines a worker and step")
    parser.add_argument("--squeeze", type=float, default=SQUEEZE, help="width of strips against that of the shards")
    parser.add_argument("--rate", type=float, default=5e-4)
    parser.add_argument("--only", type=int, help="learn so many lines by heart: a test that learning works")
    asked = parser.parse_args()
    asked.out.mkdir(parents=True, exist_ok=True)
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(29500 + os.getpid() % 400), "OMP_NUM_THREADS": "1"}
    mp.spawn(_work, (asked,), asked.workers)


def _work(rank: int, asked: argparse.Namespace) -> None:
    torch.set_num_threads(1)
    if asked.workers > 1:
        dist.init_process_group("gloo", rank=rank, world_size=asked.workers)
    model = Recogniser(asked.weights, 1 + len(CHARACTERS))
    _freeze_stem(model)
    new = [model.weight, model.bias]
    trained = [p for p in model.parameters() if p.requires_grad]
    old = [p for p in trained if all(p is not n for n in new)]
    groups = [{"params": old, "lr": asked.rate}, {"params": new, "lr": asked.rate * 4}]
    optimiser = torch.optim.AdamW(groups, weight_decay=0.01)
    ema = {name: p.detach().clone() for name, p in model.named_parameters()}
    step, spent = _resume(asked.out / "last.pt", model, optimiser, ema)
    rates = [g["initial_lr"] if "initial_lr" in g else g["lr"] for g in groups]
    shards = Shards(asked.shards, asked.squeeze, asked.only)
    started, saved = time.monotonic() - spent, time.monotonic()
    losses: list[float] = []
    for texts, strips in _batches(shards, rank, asked, step, started):
        spent = _agreed(time.monotonic() - started, asked.workers)
        share = min(1.0, spent / asked.seconds)
        pace = min(1.0, (step + 1) / _WARM) * (0.5 + 0.5 * math.cos(math.pi * share))
        for group, rate in zip(optimiser.param_groups, rates, strict=True):
            group["lr"] = max(rate * pace, 1e-6)
        loss, logits, lengths = _loss(model, texts, strips)
        optimiser.zero_grad()
        loss.backward()
        _share_gradients(trained, asked.workers)
        torch.nn.utils.clip_grad_norm_(trained, 5.0)
        optimiser.step()
        with torch.no_grad():
            keep = min(_EMA, (1 + step) / (10 + step))
            for name, p in model.named_parameters():
                if p.requires_grad:
                    ema[name].lerp_(p, 1 - keep)
        step += 1
        losses.append(float(loss.detach()))
        if rank == 0 and step % 25 == 0:
            right = _right(logits, lengths, texts)
            told = {"step": step, "s": round(spent), "loss": round(float(np.mean(losses)), 3), "right": right}
            print(json.dumps(told), flush=True)
            losses.clear()
        done = spent >= asked.seconds
        if rank == 0 and (done or time.monotonic() - saved > _SAVE_S):
            _save(asked.out / "last.pt", model, optimiser, ema, step, spent)
            saved = time.monotonic()
        if done:
            break
    if asked.workers > 1:
        dist.barrier()
        dist.destroy_process_group()


def _freeze_stem(model: Recogniser) -> None:
    for name in model.parameter_names()[: 2 * _STEM]:
        getattr(model, name).requires_grad_(False)


def _batches(shards: Shards, rank: int, asked: argparse.Namespace, step: int, started: float) -> Iterator[Any]:
    """Texts and strips for each step, of like widths over all workers; both draw from one seed."""
    rng = np.random.default_rng([7, step])
    noise = np.random.default_rng([8, step, rank])
    size = asked.batch * asked.workers
    while True:
        share = _agreed((time.monotonic() - started) / asked.seconds, asked.workers)
        count = int(_agreed(float(shards.refresh()), asked.workers))
        pool = shards.draw(rng, 16 * size, share, count)
        pool.sort(key=lambda p: p[1])
        for at in rng.permutation(16):
            part = pool[int(at) * size : (int(at) + 1) * size][rank :: asked.workers]
            yield batch_of(shards, [p[0] for p in part], noise, augment=asked.only is None)


def _agreed(value: float, workers: int) -> float:
    """The same number in all workers: the least."""
    if workers == 1:
        return value
    shared = torch.tensor([value], dtype=torch.float64)
    dist.all_reduce(shared, dist.ReduceOp.MIN)
    return float(shared)


def _share_gradients(trained: list[torch.nn.Parameter], workers: int) -> None:
    if workers == 1:
        return
    flat = torch.cat([(p.grad if p.grad is not None else torch.zeros_like(p)).reshape(-1) for p in trained])
    dist.all_reduce(flat)
    flat /= workers
    at = 0
    for p in trained:
        p.grad = flat[at : at + p.numel()].view_as(p)
        at += p.numel()


def _loss(model: Recogniser, texts: list[str], strips: list[np.ndarray]) -> tuple[Any, Any, list[int]]:
    """Mean loss of a symbol."""
    wide = max(s.shape[1] for s in strips)
    wide += -wide % STEP_PX
    pictures = np.stack([np.pad(s, ((0, 0), (0, wide - s.shape[1])), constant_values=int(s.max())) for s in strips])
    x = torch.from_numpy(pictures).float() / 127.5 - 1
    logits = model(x[:, None].expand(-1, 3, -1, -1))
    lengths = [min(logits.shape[1], max(1, -(-s.shape[1] // STEP_PX) - 1)) for s in strips]
    labels = [[1 + CHARACTERS.index(c) for c in t] for t in texts]
    flat = torch.tensor([i for label in labels for i in label])
    sizes = torch.tensor([len(label) for label in labels])
    logs = logits.log_softmax(2).transpose(0, 1)
    each = F.ctc_loss(logs, flat, torch.tensor(lengths), sizes, reduction="none", zero_infinity=True)
    return each.sum() / sizes.sum(), logits, lengths


def _right(logits: torch.Tensor, lengths: list[int], texts: list[str]) -> float:
    """Rough share of characters right in a batch: 1 less the error rate."""
    from rapidfuzz.distance import Levenshtein

    wrong = total = 0
    for row, length, text in zip(logits.argmax(2).tolist(), lengths, texts, strict=True):
        row = row[:length]
        seen = "".join(CHARACTERS[c - 1] for c, b in zip(row, [0, *row], strict=False) if c and c != b)
        wrong += Levenshtein.distance(seen, text)
        total += len(text)
    return round(1 - wrong / total, 3)


def _save(path: Path, model: Recogniser, optimiser: Any, ema: Any, step: int, spent: float) -> None:
    part = path.with_suffix(".part")
    state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "ema": ema, "step": step, "s": spent}
    torch.save(state, part)
    part.replace(path)


def _resume(path: Path, model: Recogniser, optimiser: Any, ema: Any) -> tuple[int, float]:
    if not path.exists():
        return 0, 0.0
    state = torch.load(path)
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    for name, value in state["ema"].items():
        ema[name].copy_(value)
    return state["step"], state["s"]


if __name__ == "__main__":
    main()
