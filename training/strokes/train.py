"""Train the network that sees strokes: python -m training.strokes.train LINES.npz OUT.onnx [STEPS]."""

from __future__ import annotations

import sys
import time

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn

from training.strokes.draw import with_strokes

STEP = 4
_BATCH, _WIDTH = 48, 192


class Strokes(nn.Module):
    """For every 4 pixels of width whether a stroke runs through the writing there, as a logit."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Conv2d(1, 10, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(10, 20, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(20, 32, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(32, 48, (8, 1)),
            nn.ReLU(),
            nn.Conv2d(48, 48, (1, 7), padding=(0, 3)),
            nn.ReLU(),
            nn.Conv2d(48, 48, (1, 7), padding=(0, 3)),
            nn.ReLU(),
            nn.Conv2d(48, 1, 1),
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Logits (n, width / 4) of lines (n, 1, 32, width)."""
        return self.body(x)[:, 0, 0]


def batch(lines: list[NDArray[np.uint8]], rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Lines with strokes drawn on them: pictures, marks by column, and which columns count."""
    x = np.full((_BATCH, 1, 32, _WIDTH), 255, np.uint8)
    y, w = np.zeros((2, _BATCH, _WIDTH), np.float32)
    for i in range(_BATCH):
        line, struck, counts = with_strokes(lines[int(rng.integers(len(lines)))], rng)
        start = int(rng.integers(max(1, line.shape[1] - _WIDTH + 1)))
        part = slice(start, start + _WIDTH)
        n = line[:, part].shape[1]
        x[i, 0, :, :n], y[i, :n], w[i, :n] = line[:, part], struck[part], counts[part]
    pooled = [a.reshape(_BATCH, _WIDTH // STEP, STEP).mean(axis=2) for a in (y, w)]
    return torch.from_numpy(x).float() / 127.5 - 1, torch.from_numpy(pooled[0]), torch.from_numpy(pooled[1])


def main(source: str, out: str, steps: str = "3000") -> None:
    """Train and export."""
    torch.set_num_threads(1)
    torch.manual_seed(1)
    rng = np.random.default_rng(1)
    stored = np.load(source, allow_pickle=False)
    pieces = np.split(stored["lines"], np.cumsum(stored["widths"])[:-1], axis=1)
    lines = [p for p, is_struck in zip(pieces, stored["struck"], strict=True) if not is_struck]
    net = Strokes()
    best = torch.optim.AdamW(net.parameters(), 2e-3, weight_decay=1e-3)
    plan = torch.optim.lr_scheduler.OneCycleLR(best, 4e-3, int(steps))
    begun, mean = time.time(), 0.0
    for step in range(int(steps)):
        x, y, w = batch(lines, rng)
        loss = (nn.functional.binary_cross_entropy_with_logits(net(x), y, reduction="none") * w).sum() / w.sum()
        best.zero_grad()
        loss.backward()
        best.step()
        plan.step()
        mean = 0.99 * mean + 0.01 * float(loss.detach()) if step else float(loss.detach())
        if step % 100 == 99:
            print(step + 1, round(mean, 4), round(time.time() - begun), flush=True)
        if step % 500 == 499:
            _export(net, out)
    _export(net, out)


def _export(net: Strokes, out: str) -> None:
    net.eval()
    axes = {"line": {0: "n", 3: "width"}, "logit": {0: "n", 1: "width4"}}
    example = torch.zeros(1, 1, 32, _WIDTH)
    torch.onnx.export(
        net, (example,), out, input_names=["line"], output_names=["logit"], dynamic_axes=axes, dynamo=False
    )
    net.train()


if __name__ == "__main__":
    main(*sys.argv[1:])
