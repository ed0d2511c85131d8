"""Handwritten fields, a part of benchmarks/handwriting.py: real pages, each station read by weights without it.

What the network saw of a page is kept in a cache; what it says is weighed anew at each run. Probabilities and
thresholds of a station come from the other stations. Dates are read, too: they have no gold, but agree with the year.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import pickle
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.parts.handwriting.calibration import crossed, write_models
from benchmarks.parts.handwriting.crops import CUTS, code_hash, lines_of, write_whole
from benchmarks.parts.handwriting.read import DATES, FIELDS, KINDS, MORE, REPEATED, Read, scored, scorer_of
from benchmarks.parts.measuring.straight import Value, calibration_error, straight_through
from digitize.reading.lexica import as_lexica, sections_file
from mappers.codes import CodeList
from ocr.engines import fields
from ocr.handwriting.dated import day_of
from ocr.handwriting.entries import folded_name, read_entry, trained_names
from ocr.handwriting.packed import CHARACTERS, pack, unpack
from ocr.handwriting.sections import Sections, load_sections
from ocr.handwriting.zone import ZoneText, weigh, weigh_twice
from ocr.languages.lexicon import Lexicon
from ocr.page import Scan

ROOT = Path(__file__).resolve().parents[3]
_MOST_OPTIONS = 6
_WEIGHS = ("ocr/handwriting", "ocr/decoding", "ocr/calibration")
Packed = dict[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class Page:
    """A page to read: its station, the weights for it (None: the package's), and where what was seen is kept.

    unknown: names of stations on which these weights were not trained, other than the package's.
    """

    image: Path
    group: str
    weights: Path | None
    kept: Path
    unknown: tuple[str, ...] = ()


def measure(a: argparse.Namespace) -> dict[str, Any]:
    """The figures of real pages."""
    data = a.data / "fir-bench"
    gold = {g["image"]: g for g in map(json.loads, (data / "gold.jsonl").read_text(encoding="utf-8").splitlines())}
    a.cache.mkdir(parents=True, exist_ok=True)
    pages = [_page(data / "images" / name, g["station_file"], a.folds, a.cache) for name, g in sorted(gold.items())][
        : a.pages
    ]
    read = read_pages(pages, gold, data, a.folds, a.jobs)
    held_out = sorted({p.group for p in pages if p.weights is not None})
    if a.fit:
        write_models(read)
    found = figures(*crossed(read, data))
    sizes = [f.stat().st_size for f in (ROOT / "ocr" / "models").glob("*.onnx")]
    return {
        "pages": len(pages),
        "read_by_weights_that_never_saw_the_station": held_out,
        **found,
        "weights_mb": round(sum(sizes) / 1e6, 1),
        "s_per_page": seconds_a_page([p.image for p in pages[:: max(1, len(pages) // 8)]][:8]),
    }


def read_pages(pages: Sequence[Page], gold: Mapping[str, Any], data: Path, folds: Path | None, jobs: int) -> list[Read]:
    """What stands in the zones of pages, compared with what they hold. gold: by picture; data: the folder of it."""
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(see, [p for p in pages if not p.kept.exists()]))
        jobs_of = [(p, gold[p.image.name]["fields"], data, folds) for p in pages]
        return [r for some in pool.map(weigh_page, jobs_of, chunksize=4) for r in some]


def see(page: Page) -> None:
    """Look at the fields of a page and keep the matrices."""
    engine = fields.FieldsEngine(page.weights)
    lines = lines_of(page.image, page.kept.parent)
    seen = {
        zone: tuple(tuple(map(pack, passes)) for passes in engine.matrices(line)) for zone, (line, _) in lines.items()
    }
    write_whole(page.kept, pickle.dumps(seen))


def weigh_page(job: tuple[Page, Mapping[str, str], Path, Path | None]) -> list[Read]:
    """What the matrices of a page say, compared with the values that it holds; kept beside what was seen."""
    page, _, _, folds = job
    told = [code_hash(_WEIGHS), page.unknown, sha256(sections_of_group(folds, page.group).read_bytes()).hexdigest()]
    kept = page.kept.with_suffix(f".{sha256(repr(told).encode()).hexdigest()[:16]}.read")
    if not kept.exists():
        write_whole(kept, pickle.dumps(_weighed(job)))
    found: list[Read] = pickle.loads(kept.read_bytes())
    return found


def _weighed(job: tuple[Page, Mapping[str, str], Path, Path | None]) -> list[Read]:
    page, wanted, data, folds = job
    seen: Packed = pickle.loads(page.kept.read_bytes())
    known = load_sections(sections_of_group(folds, page.group))
    stations = _stations(data, page.unknown)
    read = []
    for field in (*FIELDS, *MORE):
        value = wanted.get(REPEATED.get(field, field))
        if value or field in MORE:
            matrices = tuple(tuple(unpack(m) for m in passes) for passes in seen.get(field, ()))
            again = [seen[a] for a, of in REPEATED.items() if of == field and seen.get(a)]
            if matrices and again:
                second = tuple(tuple(unpack(m) for m in passes) for passes in again[0])
                options = tuple(weigh_twice(matrices, second, known)[:_MOST_OPTIONS])
            else:
                options = _options(field, matrices, stations, known) if matrices else ()
            gold = scorer_of(data).norm_field(REPEATED.get(field, field), value) if value else None
            read.append(scored(Read(page.image.name, field, page.group, options, gold, False), data))
    return read


def _options(field: str, matrices: Any, stations: Lexicon, known: Sections) -> tuple[ZoneText, ...]:
    if field == "police_station":
        found = [ZoneText(s.value, s.facts, "entry") for s in read_entry(matrices[0], CHARACTERS, stations)]
    else:
        found = weigh(KINDS[field], matrices, known)
    return tuple(found[:_MOST_OPTIONS])


def figures(read: Sequence[Read], values: Sequence[Value]) -> dict[str, Any]:
    """Everything that is asked for of what was read."""
    of = {field: [r for r in read if r.field == field] for field in FIELDS}
    exact = {field: round(float(np.mean([r.right for r in some])), 4) for field, some in of.items() if some}
    hits = np.sum([r.hits for r in of["statutes"]] or [(0, 0, 0)], axis=0)
    names = of["complainant_name"]
    by = {q: straight_through(values, q) for q in (0.99, 0.95)}
    apart = {q: straight_through(values, q, by_field=True) for q in (0.99, 0.95)}
    return {
        "n": {field: len(some) for field, some in of.items()},
        "exact": exact,
        "same_day": same_day(read),
        "statutes_f1": round(float(2 * hits[0] / max(1, 2 * hits[0] + hits[1] + hits[2])), 4),
        "name_near80": round(float(np.mean([r.near >= 0.8 for r in names])), 4) if names else None,
        "name_cer": round(sum(r.lost for r in names) / max(1, sum(r.length for r in names)), 4),
        "straight_99": by[0.99].share,
        "straight_95": by[0.95].share,
        "precision_99": by[0.99].precision,
        "precision_95": by[0.95].precision,
        "accepted_n": by[0.99].accepted,
        "straight_by_field": {f"{100 * q:.0f}": vars(s) for q, s in apart.items()},
        "straight_of_field": {f: _of_field([v for v in values if v.field == f]) for f in FIELDS},
        "ece": {f: calibration_error([v for v in values if v.field == f]) for f in FIELDS if of[f]},
    }


def same_day(read: Sequence[Read]) -> float:
    """Of pages with both dates the share on which they are the same day: mostly they are, so more of it is better."""
    of = {(r.page, r.field): r.options[0] for r in read if r.field in DATES and r.options}
    both = [(first, of[page, DATES[1]]) for (page, f), first in of.items() if f == DATES[0] and (page, DATES[1]) in of]
    same = [all(f.kind == "date" for f in two) and day_of(two[0].text) == day_of(two[1].text) for two in both]
    return round(sum(same) / max(1, len(same)), 4)


def _of_field(values: Sequence[Value]) -> dict[str, Any]:
    """What passes of one field at 99 and at 95 %: share of its values, and how many of them are right."""
    found = {q: straight_through(values, q, by_field=True) for q in (0.99, 0.95)}
    return {f"{100 * q:.0f}": {"share": s.share, "precision": s.precision} for q, s in found.items()}


def seconds_a_page(images: Sequence[Path]) -> float:
    """CPU seconds of one core for a page with all its zones, by the package's weights."""
    from ocr.forms.read import recognise
    from ocr.forms.settings import ReadSettings

    settings = ReadSettings(languages=("en",), handwriting_engine="auto", sections=sections_file())
    recognise(Scan(images[0], "warm"), settings)
    start = time.process_time()
    for image in images:
        recognise(Scan(image, image.name), settings)
    return round((time.process_time() - start) / len(images), 3)


def _page(image: Path, group: str, folds: Path | None, cache: Path) -> Page:
    weights = weights_of_group(folds, group)
    return page_of(image, group, weights, cache, (group,) if weights else ())


def page_of(image: Path, group: str, weights: Path | None, cache: Path, unknown: tuple[str, ...] = ()) -> Page:
    """A page to be read with weights; what they see is kept in the cache."""
    # By what the crops and the network see: the engine's version, its weights, and the code that cuts.
    told = fields.FieldsEngine(weights).name_and_version() + code_hash(CUTS)
    data = image.read_bytes() + told.encode()
    return Page(image, group, weights, cache / f"{sha256(data).hexdigest()[:24]}.pickle", unknown)


def weights_of_group(folds: Path | None, group: str) -> Path | None:
    """The weights that were trained without a station's pages; None where there are none."""
    path = folds / f"{slug(group)}.onnx" if folds else None
    return path if path and path.is_file() else None


def slug(group: str) -> str:
    """A station's name as weights are called."""
    return group.lower().replace(" ", "-")


@cache
def _stations(data: Path, unknown: tuple[str, ...] = ()) -> Lexicon:
    """The list of stations. unknown: names that the weights were not trained on, other than the package's."""
    listed = json.loads((data / "stations.json").read_text(encoding="utf-8"))["police_stations"]
    codes = CodeList("station", tuple(s["name"] for s in listed), {s["name"]: tuple(s["aliases"]) for s in listed})
    return replace(as_lexica({"station": codes})["station"], trained=trained_names() - set(map(folded_name, unknown)))


def sections_of_group(folds: Path | None, group: str) -> Path:
    """The file of sections counted without a station's pages; the package's where there is none."""
    path = folds / f"{slug(group)}.toml" if folds else None
    return path if path and path.is_file() else sections_file()
