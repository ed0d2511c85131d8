"""Intermediate files of a training run, so that an interrupted one resumes: crops, and atomic files."""

from __future__ import annotations

import json
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from digitize.learning.crops import Chosen
from ocr.learning.strips import TextStrip

_KEPT = 0.94
"""Of each kind the share of crops that is learned: where the text is least likely, the value is not on the paper."""


def drop_unlikely(found: Sequence[Chosen]) -> list[TextStrip]:
    """Samples without those least likely to be on their crop, per kind."""
    losses: dict[str, list[float]] = {}
    for one in found:
        if one.sample.text:
            losses.setdefault(one.sample.kind, []).append(one.loss)
    most = {kind: float(np.quantile(some, _KEPT)) for kind, some in losses.items()}
    return [one.sample for one in found if not one.sample.text or one.loss <= most[one.sample.kind]]


def write_crops(path: Path, found: Sequence[Chosen]) -> None:
    """Keep the crops of a page."""
    told = [[c.sample.text, [list(p) for p in c.sample.passes], c.sample.kind, c.loss] for c in found]
    images: Any = {f"i{n}": c.sample.image for n, c in enumerate(found)}
    content = BytesIO()
    np.savez(content, told=np.array(json.dumps(told)), **images)
    write_file(path, content.getvalue())


def read_crops(path: Path) -> tuple[Chosen, ...]:
    """Inverse of write_crops."""
    with np.load(path, allow_pickle=False) as f:
        return tuple(
            Chosen(TextStrip(f[f"i{n}"], text, tuple((a, b, c) for a, b, c in passes), kind), loss)
            for n, (text, passes, kind, loss) in enumerate(json.loads(str(f["told"])))
        )


def write_file(path: Path, content: bytes) -> None:
    """Write a file atomically."""
    part = path.with_suffix(".part")
    part.write_bytes(content)
    part.replace(path)


def read_text(path: Path) -> str:
    """Content of a file, "" if missing."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""
