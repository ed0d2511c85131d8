"""The FIR part of benchmarks/forms.py: filled first pages of W.B.P. Form No. 27, and pages that are none.

FOLDER/fir-bench holds images/, gold.jsonl, stations.json and the scorer score_fir.py; FOLDER/ocr-bench other pages.
Pages go through the product's own recognise and decide; beside that, the peer: Tesseract alone on the same zones, cut
from the page as it is. What was read is kept in a cache under the hash of page, settings and code, so that a broken
run goes on where it was. With --quick the invented pages of sample_data/ are taken, whose values are compared as
written.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.parts.forms.book import Lists, book_figures
from benchmarks.parts.forms.others import in_sample, letter, letters_refused, speed
from benchmarks.parts.handwriting.crops import code_hash
from benchmarks.parts.handwriting.fields import sections_of_group, slug
from benchmarks.parts.handwriting.read import DATES, scorer_of
from benchmarks.parts.measuring.straight import Value, calibration_error, straight_through
from digitize.reading.lexica import as_lexica, sections_file
from mappers.codes import place_lists
from ocr.engine import LineImage
from ocr.engines import load_engine
from ocr.errors import OcrError
from ocr.forms.read import DECIDE_VERSION, decide, recognise
from ocr.forms.settings import ReadSettings
from ocr.forms.zones import cut_zone, find_form, load_models, zone_box
from ocr.handwriting.entries import folded_name, trained_names
from ocr.languages.lexicon import Lexicon, fold_text
from ocr.page import Reading, Recognition, Scan
from ocr.plain import recognition_from_plain, recognition_to_plain
from ocr.scans.scan import open_page

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = ROOT / "sample_data"
FIELDS = ("police_station", "year", "fir_no", "statutes", "complainant_name")
Log = Callable[[str], None]


@dataclass(frozen=True)
class How:
    """How to run. folds: folder with weights for each station, trained without its pages; None for the package's."""

    cache: Path = Path(tempfile.gettempdir()) / "digitize-fir-bench"
    jobs: int = 2
    folds: Path | None = None
    pages: int | None = None


def measure(data: Path | None, quick: bool, log: Log, how: How | None = None) -> dict[str, Any]:
    """The figures of the FIR part. data: the folder with fir-bench/ and ocr-bench/; unused when quick."""
    how = how or How()
    if quick or data is None:
        return _measure_samples(how, log)
    bench = data / "fir-bench"
    gold = {g["image"]: g for g in map(json.loads, (bench / "gold.jsonl").read_text(encoding="utf-8").splitlines())}
    images = [bench / "images" / name for name in sorted(gold)][: how.pages]
    by_weights: dict[str, list[Path]] = {}
    for image in images:
        by_weights.setdefault(_engine(how, gold[image.name]["station_file"]), []).append(image)
    lexica = make_lexica(bench / "stations.json")
    pages: dict[str, tuple[Recognition, dict[str, str]]] = {}
    readings: dict[str, Reading] = {}
    known: dict[str, Lists] = {}
    for engine, some in by_weights.items():
        listed = sections_of_group(how.folds, gold[some[0].name]["station_file"])
        settings = ReadSettings(("en",), handwriting_engine=engine, zones=(*FIELDS, *DATES), sections=listed)
        read = read_all(some, settings, how.cache, how.jobs, log)
        pages |= read
        for name, (page, _) in read.items():
            known[name] = _known_to(how, gold[name]["station_file"], lexica)
            readings[name] = decide(page, known[name], settings)
    found = [page.form for page, _ in pages.values()]
    ours, peer = score(bench, pages, readings)
    values = _values(scorer_of(bench), gold, readings)
    stations = {n: lexica["station"].find(gold[n]["station_file"], 1)[0].value for n in pages}
    seen = {name: page for name, (page, _) in pages.items()}
    weights = sorted({g["station_file"] for g in gold.values() if _engine(how, g["station_file"]) != "auto"})
    return {
        "pages": len(pages),
        "decide": DECIDE_VERSION,
        "read_by_weights_that_never_saw_the_station": weights,
        "in_sample": in_sample(how.folds),
        "form_recall": round(1 - found.count(None) / max(1, len(found)), 4),
        "letters_refused": letters_refused(data / "ocr-bench", log),
        **_figures(ours),
        **_straight(values),
        "book_station_said": book_figures(seen, stations, known, lambda told: _values(scorer_of(bench), gold, told)),
        "peer_tesseract_on_the_same_zones": _figures(peer),
        **speed(images, log),
    }


def _engine(how: How, station: str) -> str:
    path = how.folds / f"{slug(station)}.onnx" if how.folds else None
    return f"fields:{path}" if path and path.is_file() else "auto"


def _known_to(how: How, station: str, lexica: Lists) -> Lists:
    """The lists as they are for weights that were not trained on a station."""
    if _engine(how, station) == "auto":
        return lexica
    return {**lexica, "station": replace(lexica["station"], trained=trained_names() - {folded_name(station)})}


def _figures(scored: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for of the scorer's own figures."""
    hits = {f: scored[f]["loc"]["gold_centre_in_pred"] for f in FIELDS if "loc" in scored[f]}
    return {
        "zone_hit": hits,
        "exact": {f: scored[f]["exact"] for f in FIELDS},
        "statutes_f1": scored["statutes"]["pair_f1"],
        "name_near80": scored["complainant_name"]["near80"],
        "exact_all_values": scored["exact_all_values"],
    }


def _values(scorer: Any, gold: Mapping[str, Any], readings: Mapping[str, Reading]) -> list[Value]:
    """Every value that a page holds, right or not, with the confidence it was read with."""
    values = []
    for name, reading in readings.items():
        for field in FIELDS:
            wanted = gold[name]["fields"].get(field)
            if wanted:
                said = reading.zones.get(field)
                text = said.value if said else ""
                right = scorer.norm_field(field, wanted) == scorer.norm_field(field, text)
                confidence = said.confidence if said and said.value else 0.0
                values.append(Value(name, field, gold[name]["station_file"], confidence, bool(right)))
    return values


def _straight(values: Sequence[Value]) -> dict[str, Any]:
    """Thresholds of each station come from all others."""
    at = {q: straight_through(values, q) for q in (0.99, 0.95)}
    return {
        "straight_99": at[0.99].share,
        "straight_95": at[0.95].share,
        "precision_99": at[0.99].precision,
        "precision_95": at[0.95].precision,
        "accepted_n": at[0.99].accepted,
        "accepted_n_95": at[0.95].accepted,
        "ece": {f: calibration_error([v for v in values if v.field == f]) for f in FIELDS},
    }


@dataclass(frozen=True)
class Job:
    """One page to read, and where what was read is kept."""

    image: Path
    settings: ReadSettings
    kept: Path


def read_all(
    images: Sequence[Path], settings: ReadSettings, cache: Path, jobs: int, log: Log
) -> dict[str, tuple[Recognition, dict[str, str]]]:
    """Every page's recognition and the peer's texts by zone, by file name; from the cache where it is there."""
    folder = cache / f"{settings.key()}-{_reader_hash()}"
    folder.mkdir(parents=True, exist_ok=True)
    todo = [Job(image, settings, folder / f"{_sha256(image)}.json") for image in images]
    waiting = [job for job in todo if not job.kept.exists()]
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for done, _ in enumerate(pool.map(read_one, waiting), 1):
            if done % 16 == 0:
                log(f"{done} of {len(waiting)} pages read")
    kept = {job.image.name: json.loads(job.kept.read_text(encoding="utf-8")) for job in todo}
    return {name: (recognition_from_plain(page["ours"]), page["peer"]) for name, page in kept.items()}


def read_one(job: Job) -> None:
    """Read one page both ways and keep it. A page that cannot be read is kept as such, with the reason."""
    scan = Scan(job.image, _sha256(job.image), 0, job.image.stem)
    start = time.perf_counter()
    try:
        ours = recognise(scan, job.settings)
    except OcrError as e:
        ours = Recognition(None, 0, 0, reason=str(e))
    seconds = time.perf_counter() - start
    page = {"ours": recognition_to_plain(ours), "peer": peer_texts(scan, job.settings), "seconds": seconds}
    unfinished = job.kept.with_suffix(".tmp")
    unfinished.write_text(json.dumps(page), encoding="utf-8")
    unfinished.replace(job.kept)


def peer_texts(scan: Scan, settings: ReadSettings) -> dict[str, str]:
    """What Tesseract alone reads in the same zones, cut at twice the form's size and not cleaned."""
    try:
        grey = open_page(scan, settings.dpi).grey
        match = find_form(grey, load_models(settings.form_folders))
        if match.form is None:
            return {}
        zones = [match.form.zone(z) for z in FIELDS if match.form.has(z)]
        cut = [(zone_box(match.map_of(z), z), cut_zone(grey, match.map_of(z), z, 2.0)) for z in zones]
        lines = [LineImage(crop, ("en",), block=z.id == "statutes") for z, (_, crop) in zip(zones, cut, strict=True)]
        texts = load_engine("tesseract", settings.seconds_per_page).read(lines)
    except OcrError:
        return {}
    return {zone.id: text.text for zone, text in zip(zones, texts, strict=True)}


def make_lexica(stations: Path) -> dict[str, Lexicon]:
    """The lists of West Bengal; stations are those of the file."""
    own = stations if stations.suffix == ".csv" else None
    lexica = dict(as_lexica(place_lists("wb", own)))
    if own is None:
        listed = json.loads(stations.read_text(encoding="utf-8"))["police_stations"]
        entries = tuple((s["name"], tuple(s["aliases"])) for s in listed)
        lexica["station"] = replace(lexica["station"], entries=entries)
    return lexica


def score(
    bench: Path, pages: Mapping[str, tuple[Recognition, dict[str, str]]], readings: Mapping[str, Reading]
) -> tuple[Any, Any]:
    """The figures of the folder's own scorer, ours and the peer's."""
    ours = [
        {
            "image": name,
            "fields": {f: d.value for f in FIELDS if (d := reading.zones.get(f))},
            "confidence": {f: d.confidence for f in FIELDS if (d := reading.zones.get(f))},
            "boxes": {f: list(d.box) for f in FIELDS if (d := reading.zones.get(f))},
        }
        for name, reading in readings.items()
    ]
    peer = [{"image": name, "fields": texts} for name, (_, texts) in pages.items()]
    return run_scorer(bench, ours), run_scorer(bench, peer)


def run_scorer(data: Path, predictions: Sequence[Mapping[str, Any]]) -> Any:
    """Write the predictions, run score_fir.py on them, return its figures."""
    with tempfile.TemporaryDirectory() as folder:
        pred, figures = Path(folder, "pred.jsonl"), Path(folder, "figures.json")
        pred.write_text("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in predictions), encoding="utf-8")
        command = [sys.executable, str(data / "score_fir.py"), str(data / "gold.jsonl"), str(pred)]
        command += ["--present-only", "--json", str(figures)]
        subprocess.run(command, capture_output=True, text=True, check=True)
        return json.loads(figures.read_text(encoding="utf-8"))


def sample_images() -> list[Path]:
    """The invented pages of this form."""
    lines = (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line) for line in lines]
    names = [g["file"] for g in gold if g["form"] == "wbp_27" and Path(g["file"]).suffix in (".jpg", ".png")]
    return [next(SAMPLES.rglob(name)) for name in sorted(names)]


def _measure_samples(how: How, log: Log) -> dict[str, Any]:
    """Share of the invented values that were read as written, by field; the speed on the same pages."""
    images = sample_images()[: how.pages]
    folders = (SAMPLES / "forms",)
    settings = ReadSettings(
        ("en",), handwriting_engine="auto", form_folders=folders, zones=FIELDS, sections=sections_file()
    )
    pages = read_all(images, settings, how.cache, how.jobs, log)
    lexica = make_lexica(SAMPLES / "stations.csv")
    lines = (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {g["file"]: g["zones"] for g in map(json.loads, lines)}
    exact, peer = {}, {}
    readings = {name: decide(page, lexica, settings) for name, (page, _) in pages.items()}
    for field in FIELDS:
        wanted = {name: fold_text(gold[name][field]) for name in pages if gold[name].get(field)}
        ours = [fold_text(z.value) == wanted[n] for n in wanted if (z := readings[n].zones.get(field))]
        theirs = [fold_text(pages[n][1].get(field, "")) == wanted[n] for n in wanted]
        exact[field] = round(sum(ours) / max(1, len(wanted)), 4)
        peer[field] = round(sum(theirs) / max(1, len(wanted)), 4)
    found = sum(page.form is not None for page, _ in pages.values())
    refused = [find_form(letter(number), load_models(folders)).form is None for number in range(4)]
    return {
        "pages": len(pages),
        "form_recall": round(found / max(1, len(pages)), 4),
        "letters_refused": sum(refused) / len(refused),
        "exact": exact,
        "peer_tesseract_on_the_same_zones": {"exact": peer},
    }


def _reader_hash() -> str:
    """Hash of this file and of all that reads."""
    return hashlib.sha256((code_hash(("ocr",)) + _sha256(Path(__file__))).encode()).hexdigest()[:16]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
