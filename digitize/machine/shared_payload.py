"""Payload shared by all jobs of a step; sent as bytes, unpickled once per worker."""

from __future__ import annotations

import pickle
from functools import lru_cache
from typing import Any


def pack_payload(work: object) -> bytes:
    """Pickle the payload: some ten thousand bytes per job, where a job has a thousand rows or more."""
    return pickle.dumps(work, pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=1)
def unpack_payload(data: bytes) -> Any:
    """Inverse of `pack_payload`; cached in a worker."""
    return pickle.loads(data)  # our own bytes, from the main process
