"""How long `digitize learn` takes, a part of benchmarks/office.py: processor seconds of cutting, teaching, judging."""

from __future__ import annotations

import multiprocessing
import resource
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from typing import Any

from benchmarks.parts.forms.fir import make_lexica
from benchmarks.parts.handwriting.learn import FIELDS, teach
from benchmarks.parts.office.hands import Bench
from digitize.learning.crops import CropJob, cut_page
from digitize.learning.turns import split
from digitize.reading.lexica import sections_file
from ocr.engines import fields
from ocr.forms.read import decide, recognise
from ocr.forms.settings import ReadSettings
from ocr.page import Scan

_CORES = 2


def learning_time(bench: Bench, pages: int) -> dict[str, Any]:
    """learn_s: processor seconds of learning so many pages, on two cores, and its parts on one.

    Pages teach and judge in turns, as `digitize learn` has it; only what is taught runs on one core.
    """
    names = sorted(bench.gold)[:pages]
    parts_of = split(names)
    begun = time.monotonic()
    crops, cut_s = _in_pool(bench, cut_page, [_job(bench, name) for name in parts_of.taught])
    of_page = dict(zip(parts_of.taught, crops, strict=True))
    taught_s = 0.0
    for turn in parts_of.turns:
        taught_s += teach([c for name in turn.taught for c in of_page[name]], fields.WEIGHTS, bench.course)[1]
    # Read by the former weights and by the new ones, which take the same time.
    judging = [name for turn in parts_of.turns for name in turn.judging]
    _, judged_s = _in_pool(bench, _read, [(bench, name) for name in (*judging, *parts_of.held)])
    total = round((cut_s + 2 * judged_s) / _CORES + taught_s, 1)
    parts: dict[str, Any] = {"pages": len(names), "cut_s": round(cut_s, 1), "taught_s": round(taught_s, 1)}
    parts |= {"judged_s": round(2 * judged_s, 1), "wall_s": round(time.monotonic() - begun + judged_s / _CORES, 1)}
    return {"learn_s": total, "learning": parts}


def _job(bench: Bench, name: str) -> CropJob:
    values = tuple((f, str(v)) for f in FIELDS if (v := bench.gold[name]["fields"].get(f)))
    lexica = make_lexica(bench.data / "stations.json")
    settings = ReadSettings(languages=("en",), handwriting_engine="auto")
    return CropJob(name, bench.data / "images" / name, 0, values, settings, lexica, fields.WEIGHTS)


def _read(job: tuple[Bench, str]) -> None:
    """Read the settled zones of a page, as judging does."""
    bench, name = job
    settings = ReadSettings(
        languages=("en",), handwriting_engine="auto", zones=FIELDS, sections=sections_file(), form_folders=()
    )
    page = recognise(Scan(bench.data / "images" / name, name), settings)
    decide(page, make_lexica(bench.data / "stations.json"), settings)


def _in_pool(bench: Bench, work: Callable[[Any], Any], jobs: Sequence[Any]) -> tuple[list[Any], float]:
    """What is made of jobs in processes of their own, and the processor seconds that it took."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with ProcessPoolExecutor(bench.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        found = list(pool.map(work, jobs))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return found, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
