"""The confined process of a worker of a cluster."""

import os
from pathlib import Path

import pytest

from digitize.machine.cluster.one_process import OneProcess

OWN = Path("/proc/self/environ")


@pytest.mark.skipif(not OWN.exists(), reason="the surroundings that a process began with are told by Linux")
def test_it_is_told_of_one_thread_before_it_loads_anything(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    hand = OneProcess({})
    try:
        assert b"OPENBLAS_NUM_THREADS=1" in hand.do(Path.read_bytes, OWN, None).split(b"\0")
    finally:
        hand.close()
    assert "OPENBLAS_NUM_THREADS" not in os.environ
