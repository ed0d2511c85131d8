"""Score our own recognisers: written fields of FIR pages, native digits and dates, Urdu and worn print.

python benchmarks/handwriting.py --data FOLDER --folds WEIGHTS [--only fields,digits,print] [--json FILE]
    [--cache FOLDER] [--fit] [--jobs 2]
python benchmarks/handwriting.py --quick

Fields are read at each station by weights that never saw its hands; digits as benchmarks/native_digits.py says, print
as benchmarks/read.py does, whose cache it shares.

FOLDER/fir-bench holds images/, gold.jsonl, stations.json and the scorer score_fir.py. WEIGHTS holds, for each station,
NAME.onnx trained without its pages and NAME.toml with sections counted without them (training/README.md); a station
without is read by the package's weights, and said so. Probabilities and thresholds of a station come from the others,
too. --fit writes ocr/written/belief.toml from all of them. What the network saw is kept in the cache. --quick takes the
invented pages of sample_data/, whose values are compared as written.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import multiprocessing
import pickle
import re
import sys
import tempfile
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
SAMPLES = ROOT / "sample_data"
PARTS = ("fields", "digits", "print")
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


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with fir-bench/")
    parser.add_argument("--folds", type=Path, help="folder with weights for each station")
    parser.add_argument("--only", default=",".join(PARTS), help="some of fields,digits,print")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "digitize-handwriting-bench")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--fit", action="store_true", help="write ocr/written/belief.toml")
    parser.add_argument("--quick", action="store_true", help="the invented pages of sample_data/ alone")
    parser.add_argument("--pages", type=int, help="only the first N pages")
    a = parser.parse_args()
    if not a.quick and a.data is None:
        parser.error("--data FOLDER or --quick")
    result = measure_samples(a.pages) if a.quick else measure_parts(a, a.only.split(","))
    print(json.dumps(result, indent=1))
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def measure_parts(a: argparse.Namespace, only: Sequence[str]) -> dict[str, Any]:
    """The figures of the parts that are asked for."""
    from benchmarks import native_digits

    result: dict[str, Any] = {}
    if "fields" in only:
        result |= measure(a)
    if "digits" in only:
        if a.fit:
            _write_model("native", list(native_digits.facts(a.data)))
        result |= native_digits.measure(a.data, _say)
    if "print" in only:
        result |= measure_print(a.data / "ocr-bench")
    return result


def measure_print(folder: Path) -> dict[str, Any]:
    """Letters wrong in Urdu lines, light and worn, and in worn lines of the other languages."""
    from benchmarks.read_lines import load_rows, read_rows
    from benchmarks.read_lines import measure as measure_lines
    from ocr.confidence import load_model

    rows = [r for r in load_rows(folder) if r.wear == "heavy" or r.lang == "ur"]
    found = measure_lines(read_rows(rows, Path(tempfile.gettempdir()) / "digitize-read-bench.db", _say), load_model())
    wanted = ("cer_urd_light", "cer_urd_worn", "cer_worn")
    return {key: found[key] for name in wanted for key in (name, f"peer_{name}")}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


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


def measure_samples(most: int | None = None) -> dict[str, Any]:
    """Share of the invented values of sample_data/ that were read as written, by field, with the package's weights."""
    lines = (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {g["file"]: g["zones"] for g in map(json.loads, lines) if g["form"] == "wbp_27"}
    shares: dict[str, list[bool]] = {field: [] for field in FIELDS}
    engine = fields.Fields()
    for name in sorted(n for n in gold if Path(n).suffix in (".jpg", ".png"))[:most]:
        grey = open_page(Scan(next(SAMPLES.rglob(name)), ""), 300).grey
        match = find_form(grey, load_models((SAMPLES / "forms",)))
        for crop in cut_all(grey, match.matrix, match.form, FIELDS) if match.form else ():
            found = weigh(KINDS[crop.zone.id], engine.look(crop.hand()))
            wanted = gold[name].get(crop.zone.id)
            if wanted:
                shares[crop.zone.id].append(bool(found) and _plain(found[0].text) == _plain(wanted))
    return {
        "n": {f: len(s) for f, s in shares.items()},
        "exact": {f: sum(s) / max(1, len(s)) for f, s in shares.items()},
    }


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.casefold())


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
        _write_model(kind, [(r.facts, r.right) for r in read if r.field == field])


def _write_model(kind: str, known: Sequence[tuple[Facts, bool]]) -> None:
    """Put the probabilities of one kind of field into ocr/written/belief.toml."""
    path = ROOT / "ocr" / "written" / belief.FILE
    weights = list(belief.fit([facts for facts, _ in known], [right for _, right in known]))
    lines = [x for x in path.read_text(encoding="utf-8").splitlines() if x.partition(" = ")[0] != kind]
    path.write_text("\n".join([*lines, f"{kind} = {weights}"]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
