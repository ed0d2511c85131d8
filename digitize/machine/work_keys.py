"""Keys of work: hash of the input, the step's version and its settings. Same key means already done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain
from typing import Any


def work_key(*parts: str) -> str:
    """One key from ordered parts; 32 hex digits."""
    return work_key_of(parts)


def work_key_of(parts: Iterable[str]) -> str:
    """As `work_key`, for parts that do not fit in memory."""
    coming = iter(parts)
    # A sign that stands in no part: "ab", "c" and "a", "bc" are two keys.
    return key_of_pieces(chain([next(coming, "")], (f"\x1f{part}" for part in coming)))


def plain_hash(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """Hash of JSON types, independent of the order of keys."""
    # These bytes are in the keys of all workspaces: written otherwise, everything would be done again.
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return text_key(text)


def text_key(text: str) -> str:
    """Key of one text; 32 hex digits."""
    return key_of_pieces([text])


def key_of_pieces(pieces: Iterable[str]) -> str:
    """Key of the concatenated pieces, as `text_key`."""
    made = hashlib.sha256()
    for piece in pieces:
        made.update(piece.encode("utf-8"))
    return made.hexdigest()[:32]
