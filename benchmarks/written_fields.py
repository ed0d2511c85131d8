"""The written-fields part of benchmarks/handwriting.py: values of real pages, each station read by weights without it.

What the network saw of a page is kept in a cache; what it says is weighed anew at each run. Probabilities and
thresholds of a station come from the other stations.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import pickle
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.straight import Value, calibration_error, straight_through
from ocr.crops import cut_all
from ocr.engines import fields
from ocr.page import Scan
from ocr.scan import open_page
from ocr.written import belief
from ocr.written.belief import Facts
from ocr.written.entries import read_entry
from ocr.written.packed import CHARACTERS, pack, unpack
from ocr.written.sections import Sections, load_sections
from ocr.written.zone import weigh
from ocr.zones import find_form, load_models

ROOT = Path(__file__).resolve().parent.parent
FIELDS = ("police_station", "year", "fir_no", "statutes", "complainant_name")
KINDS = {
    "police_station": "entry",
    "year": "year",
    "fir_no": "digits",
    "statutes": "sections",
    "complainant_name": "line",
}
Packed = dict[str, tuple[tuple[str, ...], ...]]


@dataclass(frozen=True)
class Page:
    """A page to read: its station, the weights for it (None: the package's), and where what was seen is kept."""

    image: Path
    group: str
    weights: Path | None
    kept: Path


@dataclass(frozen=True)
class Read:
    """One value as read. near: likeness 0..1 to the right one; lost, length: letters wrong and letters in all."""

    page: str
    field: str
    group: str
    text: str
    facts: Facts
    right: bool
    near: float = 0.0
    lost: int = 0
    length: int = 0
    hits: tuple[int, int, int] = (0, 0, 0)


def measure(a: argparse.Namespace) -> dict[str, Any]:
    """The figures of real pages."""
    data = a.data / "fir-bench"
    gold = {g["image"]: g for g in map(json.loads, (data / "gold.jsonl").read_text(encoding="utf-8").splitlines())}
    a.cache.mkdir(parents=True, exist_ok=True)
    pages = [_page(data / "images" / name, g["station_file"], a.folds, a.cache) for name, g in sorted(gold.items())][
        : a.pages
    ]
    with ProcessPoolExecutor(a.jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        list(pool.map(see, [p for p in pages if not p.kept.exists()]))
        jobs = [(p, gold[p.image.name]["fields"], data, a.folds) for p in pages]
        read = [r for some in pool.map(weigh_page, jobs, chunksize=4) for r in some]
    held_out = sorted({p.group for p in pages if p.weights is not None})
    if a.fit:
        _write_models(read)
    found = figures(read, crossed(read))
    sizes = [f.stat().st_size for f in (ROOT / "ocr" / "models").glob("*.onnx")]
    return {
        "pages": len(pages),
        "read_by_weights_that_never_saw_the_station": held_out,
        **found,
        "weights_mb": round(sum(sizes) / 1e6, 1),
        "s_per_page": seconds_a_page([p.image for p in pages[:: max(1, len(pages) // 8)]][:8]),
    }


def see(page: Page) -> None:
    """Look at the fields of a page and keep the matrices."""
    engine = fields.Fields(page.weights)
    grey = open_page(Scan(page.image, ""), 300).grey
    match = find_form(grey, load_models())
    seen: Packed = {}
    if match.form is not None:
        for crop in cut_all(grey, match.matrix, match.form, FIELDS):
            seen[crop.zone.id] = tuple(tuple(map(pack, views)) for views in engine.look(crop.hand()))
    unfinished = page.kept.with_suffix(f".{multiprocessing.current_process().pid}")
    unfinished.write_bytes(pickle.dumps(seen))
    unfinished.replace(page.kept)


def weigh_page(job: tuple[Page, Mapping[str, str], Path, Path | None]) -> list[Read]:
    """What the matrices of a page say, compared with the values that it holds."""
    page, wanted, data, folds = job
    seen: Packed = pickle.loads(page.kept.read_bytes())
    scorer, stations, known = scorer_of(data), _stations(data), _sections(folds, page.group)
    read = []
    for field in FIELDS:
        if wanted.get(field):
            looks = tuple(tuple(unpack(m) for m in views) for views in seen.get(field, ()))
            text, facts = _best(field, looks, stations, known) if looks else ("", _NO_FACTS[KINDS[field]])
            read.append(_compared(page, field, text, facts, wanted[field], scorer))
    return read


def _best(field: str, looks: Any, stations: Any, known: Sections) -> tuple[str, Facts]:
    if field == "police_station":
        entries = read_entry(looks[0], CHARACTERS, stations)
        return (entries[0].value, entries[0].facts) if entries else ("", _NO_FACTS["entry"])
    found = weigh(KINDS[field], looks, known)
    return (found[0].text, found[0].facts) if found else ("", _NO_FACTS[KINDS[field]])


_NO_FACTS: Mapping[str, Facts] = {
    "entry": (-7.0, 0.0, -3.0),
    "year": (-7.0, 0.0, -3.0),
    "digits": (-7.0, 0.0, -3.0),
    "sections": (-7.0, -8.0, 0.0, 0.0),
    "line": (-7.0, 0.0, 0.0),
}


def _compared(page: Page, field: str, text: str, facts: Facts, wanted: str, scorer: Any) -> Read:
    gold, said = scorer.norm_field(field, wanted), scorer.norm_field(field, text)
    if field == "statutes":
        said = said or frozenset()
        hits = (len(gold & said), len(said - gold), len(gold - said))
        return Read(page.image.name, field, page.group, text, facts, gold == said, hits=hits)
    lost = scorer.lev(gold, said)
    longest = max(len(gold), len(said), 1)
    near = 1 - lost / longest
    return Read(page.image.name, field, page.group, text, facts, gold == said, near, min(lost, longest), len(gold))


def crossed(read: Sequence[Read]) -> list[Value]:
    """All values with probabilities from models that were fitted on the other stations."""
    values = []
    for group in sorted({r.group for r in read}):
        for field in FIELDS:
            others = [r for r in read if r.field == field and r.group != group]
            mine = [r for r in read if r.field == field and r.group == group]
            if others and mine:
                model = belief.fit([r.facts for r in others], [r.right for r in others])
                values += [Value(r.page, field, group, _said(model, r), r.right) for r in mine]
    return values


def _said(model: Sequence[float], read: Read) -> float:
    return round(belief.weighed(model, read.facts), 4) if read.text else 0.0


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


def _of_field(values: Sequence[Value]) -> dict[str, Any]:
    """What passes of one field at 99 and at 95 %: share of its values, and how many of them are right."""
    found = {q: straight_through(values, q, by_field=True) for q in (0.99, 0.95)}
    return {f"{100 * q:.0f}": {"share": s.share, "precision": s.precision} for q, s in found.items()}


def seconds_a_page(images: Sequence[Path]) -> float:
    """CPU seconds of one core for a page with all its zones, by the package's weights."""
    from ocr.read import ReadSettings, recognise

    settings = ReadSettings(languages=("en",), handwriting_engine="auto")
    recognise(Scan(images[0], "warm"), settings)
    start = time.process_time()
    for image in images:
        recognise(Scan(image, image.name), settings)
    return round((time.process_time() - start) / len(images), 3)


def _page(image: Path, group: str, folds: Path | None, cache: Path) -> Page:
    weights = folds / f"{slug(group)}.onnx" if folds else None
    weights = weights if weights and weights.is_file() else None
    data = image.read_bytes() + (weights.read_bytes() if weights else fields.Fields().name_and_version().encode())
    return Page(image, group, weights, cache / f"{sha256(data).hexdigest()[:24]}.pickle")


def slug(group: str) -> str:
    """A station's name as weights are called."""
    return group.lower().replace(" ", "-")


@cache
def scorer_of(data: Path) -> Any:
    """The scorer that lies beside the pages, as a module."""
    spec = importlib.util.spec_from_file_location("score_fir", data / "score_fir.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def _stations(data: Path) -> tuple[tuple[str, tuple[str, ...]], ...]:
    listed = json.loads((data / "stations.json").read_text(encoding="utf-8"))["police_stations"]
    return tuple((s["name"], tuple(s["aliases"])) for s in listed)


@cache
def _sections(folds: Path | None, group: str) -> Sections:
    path = folds / f"{slug(group)}.toml" if folds else None
    return load_sections(path if path and path.is_file() else None)


def _write_models(read: Sequence[Read]) -> None:
    for field, kind in KINDS.items():
        write_model(kind, [(r.facts, r.right) for r in read if r.field == field])


def write_model(kind: str, known: Sequence[tuple[Facts, bool]]) -> None:
    """Put the probabilities of one kind of field into ocr/written/belief.toml."""
    path = ROOT / "ocr" / "written" / belief.FILE
    weights = list(belief.fit([facts for facts, _ in known], [right for _, right in known]))
    lines = [x for x in path.read_text(encoding="utf-8").splitlines() if x.partition(" = ")[0] != kind]
    path.write_text("\n".join([*lines, f"{kind} = {weights}"]) + "\n", encoding="utf-8")
