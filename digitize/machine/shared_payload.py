"""What all jobs of a step need: it goes with each as bytes, which a worker takes apart once."""

from __future__ import annotations

import pickle
from functools import lru_cache
from typing import Any


def pack_payload(work: object) -> bytes:
    """Something as the bytes that go with a job: some ten thousand, where a job has a thousand rows or more."""
    return pickle.dumps(work, pickle.HIGHEST_PROTOCOL)


@lru_cache(maxsize=1)
def unpack_payload(data: bytes) -> Any:
    """What `pack_payload` made bytes of; in a worker it is made once."""
    return pickle.loads(data)  # our own bytes, from the main process
