"""Keys of work: hash of the input, the step's version and its settings. Same key means already done."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any


def work_key(*parts: str) -> str:
    """One key from its parts, in order; 32 hex digits."""
    # A sign that stands in no part: "ab", "c" and "a", "bc" are two keys.
    return text_key("\x1f".join(parts))


def plain_hash(value: Mapping[str, Any] | Sequence[Any]) -> str:
    """Hash of JSON types, independent of the order of keys."""
    # These bytes are in the keys of all workspaces: written otherwise, everything would be done again.
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return text_key(text)


def text_key(text: str) -> str:
    """Key of one text; 32 hex digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:32]
