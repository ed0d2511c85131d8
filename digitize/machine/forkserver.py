"""Start workers as forks of one process that has loaded what they need and has no threads."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import forkserver, get_context, resource_tracker
from multiprocessing.context import BaseContext

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "POLARS_MAX_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1"}
"""For NumPy, polars and OpenCV, before a worker loads them. Pages are read beside each other, one on a core: more
threads wait for each other, which costs a sixth of a page's processor time on a busy machine."""
_LIGHT = ("digitize.workspace.intake.probing", "digitize.workspace.intake.tables", "mappers.mapping.load")
_PAGES = ("digitize.reading.worker_preload", "cv2", "PIL.Image", "tesserocr", "ocr.scans.scan", "ocr.tesseract.inside")


def light_context() -> BaseContext:
    """How workers of small jobs begin."""
    return _copies(_LIGHT) if sys.platform != "win32" else get_context("spawn")


def page_context(more: Sequence[str] = ()) -> BaseContext:
    """Start method of page workers; importing takes most of a second each. more: further modules they need."""
    # Elsewhere than on Linux the system's own libraries below OpenCV are not to be copied.
    return _copies((*_PAGES, *more)) if sys.platform == "linux" else get_context("spawn")


def _copies(loaded: Sequence[str]) -> BaseContext:
    """loaded: modules preloaded by the fork server, if it is not running yet: there is one, shared by all kinds of
    work.
    """
    context = get_context("forkserver")
    context.set_forkserver_preload(list(loaded))
    # That process loads NumPy before it is told what its copies are told.
    lacking = {name: value for name, value in ONE_THREAD.items() if name not in os.environ}
    os.environ.update(lacking)
    try:
        with deaf_to_ctrl_c():
            forkserver.ensure_running()
    except OSError:
        # It is spoken with by a file in the folder for temporary ones, which may be full or have too long a name.
        return get_context("spawn")
    finally:
        for name in lacking:
            os.environ.pop(name, None)
    return context


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """Start processes with Ctrl-C ignored; it is for the main process, and would kill them during import with a
    traceback.
    """
    # It lets Ctrl-C through again when it begins, so it must have begun.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
