"""Learned layers as a file for other offices, and merging of such files. Only made on request.

Two lines, like a snapshot file: JSON with the last layers, their training data counts and scores, then the signature
over these bytes. No image, value or page id is in it.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from digitize.errors import InputError
from digitize.machine.signing import is_signed, open_key
from digitize.workspace.own_weights import OwnWeights
from ocr.learning.tail import NAMES, Floats
from ocr.models.onnx_file import numbers_in, with_numbers

MAX_BYTES = 16 << 20


class LearnedLayers(BaseModel):
    """The first line. root: hash of the network without the trained layers, which must match. offices: whose
    handwriting it learned. pages, values: trained on; held, before, after: held-back values, read right by the former
    weights and by these, summed over the offices.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)
    kind: Literal["digitize learned layers"] = "digitize learned layers"
    format: Literal[1] = 1
    root: str = Field(pattern=r"^[0-9a-f]{64}$")
    offices: list[str]
    pages: int = Field(ge=0)
    values: int = Field(ge=0)
    held: int = Field(ge=0)
    before: int = Field(ge=0)
    after: int = Field(ge=0)
    numbers: str

    def layers(self, like: Mapping[str, Floats]) -> dict[str, Floats]:
        """The layers by name. like: of a file of the same network. Raises InputError if shapes differ."""
        flat = _flat(self.numbers)
        sizes = [like[name].size for name in NAMES]
        if len(flat) != sum(sizes) or not np.isfinite(flat).all():
            raise InputError("The layers belong to another network.")
        parts = np.split(flat, np.cumsum(sizes)[:-1])
        return {name: part.reshape(like[name].shape).copy() for name, part in zip(NAMES, parts, strict=True)}


def root_of(content: bytes) -> str:
    """Hash of a weights file without the trained layers: two offices must agree in it."""
    zeros = {name: np.zeros_like(value) for name, value in numbers_in(content, NAMES).items()}
    return hashlib.sha256(with_numbers(content, zeros)).hexdigest()


def layers_of(content: bytes, weights: OwnWeights, office: str) -> LearnedLayers:
    """Layers learned in an office's own weights, to be exported."""
    return LearnedLayers(
        root=root_of(content), offices=[office], pages=weights.pages, values=weights.values, held=weights.held,
        before=weights.before, after=weights.after, numbers=_pack_numbers(numbers_in(content, NAMES)),
    )  # fmt: skip


def merge(files: Sequence[LearnedLayers]) -> LearnedLayers:
    """Mean of what several offices learned, with equal weight per office.

    Raises InputError if their base networks differ, or an office is in two of them.
    """
    if len({f.root for f in files}) != 1:
        raise InputError("These layers belong to different networks: only layers of the same network can be merged.")
    offices = [o for f in files for o in f.offices]
    if len(set(offices)) != len(offices):
        raise InputError("Two of these files come from the same office: its samples would be counted twice.")
    # A file that was merged before counts for as many offices as are in it.
    shares = np.array([len(f.offices) for f in files], np.float64)
    rows = [_flat(f.numbers) for f in files]
    if len({len(row) for row in rows}) != 1:
        raise InputError("The layers do not all belong to the same network.")
    flat = np.stack(rows).astype(np.float64)
    mean = (flat * (shares / shares.sum())[:, None]).sum(0).astype("<f4")
    sums = {name: sum(getattr(f, name) for f in files) for name in ("pages", "values", "held", "before", "after")}
    numbers = base64.b64encode(mean.tobytes()).decode("ascii")
    return LearnedLayers(root=files[0].root, offices=sorted(offices), numbers=numbers, **sums)


def seal(layers: LearnedLayers, key: Path) -> bytes:
    """The file's bytes. key: the private key that signs them. Raises KeyUnusable."""
    body = layers.model_dump_json().encode("utf-8")
    signer = open_key(key)
    mark = {"algorithm": "ed25519", "key": signer.public, "signature": signer.sign(body)}
    return body + b"\n" + json.dumps(mark).encode("ascii") + b"\n"


def unseal(path: Path, trusted: Sequence[str]) -> LearnedLayers:
    """Content of a file. trusted: public keys in hex, one of which must have signed it. Raises InputError."""
    data = path.read_bytes() if path.stat().st_size <= MAX_BYTES else b""
    body, _, line = data.partition(b"\n")
    try:
        mark: dict[str, Any] = json.loads(line)
        key, signature = str(mark["key"]), str(mark["signature"])
    except (ValueError, KeyError, TypeError):
        raise InputError(f"{path} is not a file of learned layers, or is truncated. Send it again.") from None
    if key not in trusted or not is_signed(key, body, signature):
        raise InputError(f"{path} is not signed by any of the keys given with --signed-by. Nothing was added.")
    try:
        return LearnedLayers.model_validate_json(body)
    except ValidationError:
        raise InputError(f"{path} has no learned layers that this version knows.") from None


def with_layers(content: bytes, layers: LearnedLayers) -> bytes:
    """Weights file with those layers. Raises InputError if they belong to another network."""
    if root_of(content) != layers.root:
        raise InputError("These layers belong to another network than this toolkit has. Update both.")
    return with_numbers(content, layers.layers(numbers_in(content, NAMES)))


def public_keys(files: Sequence[Path]) -> list[str]:
    """The public keys of files, a line each. Raises InputError for a file that cannot be read."""
    try:
        return [
            line.strip().lower() for f in files for line in f.read_text(encoding="ascii").splitlines() if line.strip()
        ]
    except (OSError, ValueError) as e:
        raise InputError(f"A file of public keys cannot be read: {type(e).__name__}.") from e


def _flat(numbers: str) -> Floats:
    try:
        return np.frombuffer(base64.b64decode(numbers, validate=True), "<f4").astype(np.float32)
    except ValueError:
        raise InputError("The numbers of the learned layers are damaged. Send the file again.") from None


def _pack_numbers(numbers: Mapping[str, Floats]) -> str:
    flat = np.concatenate([numbers[name].reshape(-1) for name in NAMES]).astype("<f4")
    return base64.b64encode(flat.tobytes()).decode("ascii")
