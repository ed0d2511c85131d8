"""Probe scans in a separate worker: number of pages, or why there are none."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from digitize.machine.pool import run_light_jobs

_LIMIT_S = 40.0
"""The processor time that a first look may take."""


class ScanProbe(NamedTuple):
    """A file's pages and the SHA-256 of its content; reason: why it cannot be read, beginning with its name, or ""."""

    path: Path
    pages: int = 0
    sha256: str = ""
    reason: str = ""


def probe_scans(files: Iterable[Path], least_px: int) -> Iterator[ScanProbe]:
    """Probe files lazily, in order; least_px: minimum of an image's shorter side.

    A file that crashes or hangs its worker costs only that worker; it is reported, and the others continue.
    """
    early: dict[int, ScanProbe] = {}
    wanted = 0
    jobs = ((place, path, least_px) for place, path in enumerate(files))
    for (place, _, _), found in run_light_jobs(_probe, jobs, _make_failure, _LIMIT_S):
        early[place] = found
        while wanted in early:
            yield early.pop(wanted)
            wanted += 1


def _probe(job: tuple[int, Path, int]) -> ScanProbe:
    from ocr.errors import ScanError
    from ocr.scans.scan import probe

    _, path, least_px = job
    try:
        return ScanProbe(path, probe(path, least_px).pages, _sha256(path))
    except ScanError as e:
        return ScanProbe(path, reason=str(e))
    except MemoryError:
        why = f"{path.name}: it needs more memory than any intact file. Save it again, in parts."
    except OSError as e:
        why = f"{path.name}: the file cannot be read ({e.strerror or type(e).__name__}). Check disk and permissions."
    return ScanProbe(path, reason=why)


def _make_failure(job: tuple[int, Path, int]) -> ScanProbe:
    what = "opening it crashed the worker or timed out, twice. It is damaged or malicious"
    return ScanProbe(job[1], reason=f"{job[1].name}: {what}: scan it again, or leave it out.")


def _sha256(file: Path) -> str:
    with file.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()
