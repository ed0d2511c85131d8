"""The confined process of a worker of a cluster."""

import hashlib
import importlib
import os
import sys
from pathlib import Path

import pytest

from digitize.machine.cluster import fitness
from digitize.machine.cluster.one_process import OneProcess
from ocr.tesseract import used

OWN = Path("/proc/self/environ")


def threads_of_opencv(_):
    import cv2

    return cv2.getNumThreads()


@pytest.mark.skipif(not OWN.exists(), reason="the surroundings that a process began with are told by Linux")
def test_it_is_told_of_one_thread_before_it_loads_anything(monkeypatch):
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)
    hand = OneProcess({})
    try:
        assert b"OPENBLAS_NUM_THREADS=1" in hand.do(Path.read_bytes, OWN, None).split(b"\0")
        assert hand.do(threads_of_opencv, None, None) == 1
    finally:
        hand.close()
    assert "OPENBLAS_NUM_THREADS" not in os.environ


@pytest.fixture
def at_start():
    """What `deploy/dask.yaml` has a worker do when it begins: a program in its settings."""
    dask = pytest.importorskip("dask")
    (settings,) = dask.config.collect_yaml([Path(__file__).parents[2] / "deploy" / "dask.yaml"])
    (program,) = settings["distributed"]["worker"]["preload"]
    return program


def test_a_worker_loads_what_pages_need_when_it_begins(at_start, monkeypatch):
    begun = []
    monkeypatch.setattr("digitize.machine.cluster.one_process.page_context", begun.append)
    found = {}
    exec(at_start, found)  # as Dask does
    found["dask_setup"](None)
    assert begun == [["digitize.machine.cluster.looked"]]


def test_a_worker_without_the_program_begins_all_the_same(at_start, monkeypatch):
    monkeypatch.setitem(sys.modules, "digitize.machine.cluster.at_start", None)
    found = {}
    exec(at_start, found)
    assert "dask_setup" not in found


def test_what_a_worker_runs_is_hashed_when_it_is_loaded(monkeypatch):
    fitness._sources.cache_clear()
    monkeypatch.delitem(sys.modules, "digitize.machine.cluster.looked", raising=False)
    importlib.import_module("digitize.machine.cluster.looked")
    assert fitness._sources.cache_info().currsize == 1


def test_a_model_that_was_not_touched_is_hashed_once(tmp_path, monkeypatch):
    monkeypatch.setattr(used, "_hashed", {})
    model = tmp_path / "hin.traineddata"
    model.write_bytes(b"one")
    monkeypatch.setattr(used, "find_model", lambda name: model)
    first = used.look_at(["hin"])
    with monkeypatch.context() as patched:
        patched.setattr(used.hashlib, "file_digest", None)
        assert used.look_at(["hin"]) == first
    model.write_bytes(b"another")
    assert used.look_at(["hin"])["hin"].sha256 == hashlib.sha256(b"another").hexdigest()
