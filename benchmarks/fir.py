"""Read filled first pages of W.B.P. Form No. 27 and score station, year, number, sections and complainant.

python benchmarks/fir.py --data FOLDER [--pages N] [--jobs 2] [--cache FOLDER] [--json FILE]
python benchmarks/fir.py --quick

FOLDER holds images/, gold.jsonl, stations.json and the scorer score_fir.py. Pages go through the product's own
recognise and decide; beside that, the peer: Tesseract alone on the same zones, cut from the page as it is. What was
read is kept in the cache under the hash of page, settings and code, so that an interrupted run goes on where it was.
--quick takes the invented pages of sample_data/ instead, whose values are compared as written.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import multiprocessing
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mappers.codes import place_lists
from ocr.engine import LineImage
from ocr.engines import load_engine
from ocr.errors import OcrError
from ocr.lexicon import Lexicon, folded
from ocr.page import Reading, Recognition, Scan
from ocr.plain import recognition_from_plain, recognition_to_plain
from ocr.read import DECIDE_VERSION, ReadSettings, decide, recognise
from ocr.scan import open_page
from ocr.zones import cut_zone, find_form, load_models, zone_box

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_data"
FIELDS = ("police_station", "year", "fir_no", "statutes", "complainant_name")


@dataclass(frozen=True)
class Job:
    """One page to read, and where what was read is kept."""

    image: Path
    settings: ReadSettings
    kept: Path


def main() -> int:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with images/, gold.jsonl, score_fir.py, stations.json")
    parser.add_argument("--pages", type=int, help="only the first N pages")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "digitize-fir-bench")
    parser.add_argument("--handwriting-engine", default="auto", help="auto, ppocr or none")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="the invented pages of sample_data/ alone")
    a = parser.parse_args()
    if not a.quick and a.data is None:
        parser.error("--data FOLDER or --quick")
    folders = (SAMPLES / "forms",) if a.quick else ()
    settings = ReadSettings(languages=("en",), handwriting_engine=a.handwriting_engine, form_folders=folders)
    data = SAMPLES if a.quick else a.data
    images = sample_images() if a.quick else sorted((data / "images").iterdir())
    start = time.perf_counter()
    pages = read_all(images[: a.pages], settings, a.cache, a.jobs)
    seconds = time.perf_counter() - start
    lexica = make_lexica(data / ("stations.csv" if a.quick else "stations.json"))
    readings = {name: decide(page[0], lexica, settings) for name, page in pages.items()}
    result = {"settings": settings.key(), "decide": DECIDE_VERSION, **how_found(pages, seconds)}
    result |= score_samples(pages, readings) if a.quick else score(data, pages, readings)
    print(json.dumps({k: v for k, v in result.items() if not isinstance(v, dict)}, indent=1))
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def read_all(
    images: Sequence[Path], settings: ReadSettings, cache: Path, jobs: int
) -> dict[str, tuple[Recognition, dict[str, str]]]:
    """Every page's recognition and the peer's texts by zone, by file name; from the cache where it is there."""
    folder = cache / f"{settings.key()}-{_reader_hash()}"
    folder.mkdir(parents=True, exist_ok=True)
    todo = [Job(image, settings, folder / f"{_sha256(image)}.json") for image in images]
    waiting = [job for job in todo if not job.kept.exists()]
    with ProcessPoolExecutor(jobs, mp_context=multiprocessing.get_context("spawn")) as pool:
        for done, _ in enumerate(pool.map(read_one, waiting), 1):
            if done % 16 == 0:
                print(f"{done} of {len(waiting)} pages read", file=sys.stderr, flush=True)
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
        cut = [(zone_box(match.matrix, z), cut_zone(grey, match.matrix, z, 2.0)) for z in zones]
        lines = [LineImage(crop, ("en",), block=z.id == "statutes") for z, (_, crop) in zip(zones, cut, strict=True)]
        texts = load_engine("tesseract", settings.seconds_per_page).read(lines)
    except OcrError:
        return {}
    return {zone.id: text.text for zone, text in zip(zones, texts, strict=True)}


def make_lexica(stations: Path) -> dict[str, Lexicon]:
    """The lists of West Bengal; stations are those of the file."""
    own = stations if stations.suffix == ".csv" else None
    lists = place_lists("wb", own)
    lexica = {n: Lexicon(n, tuple((v, codes.spellings.get(v, ())) for v in codes.values)) for n, codes in lists.items()}
    if own is None:
        listed = json.loads(stations.read_text(encoding="utf-8"))["police_stations"]
        lexica["station"] = Lexicon("station", tuple((s["name"], tuple(s["aliases"])) for s in listed))
    return lexica


def how_found(pages: Mapping[str, tuple[Recognition, dict[str, str]]], seconds: float) -> dict[str, Any]:
    """Share of pages whose form was found, which prints, and the time."""
    prints = [page.form or "none" for page, _ in pages.values()]
    return {
        "pages": len(pages),
        "form_found": round(1 - prints.count("none") / max(1, len(prints)), 4),
        "prints": ", ".join(f"{name} {prints.count(name)}" for name in sorted(set(prints))),
        "seconds_this_time": round(seconds, 1),
    }


def score(
    data: Path, pages: Mapping[str, tuple[Recognition, dict[str, str]]], readings: Mapping[str, Reading]
) -> dict[str, Any]:
    """The tables of the folder's own scorer, ours and the peer's."""
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
    return {"ours": run_scorer(data, "ours", ours), "peer": run_scorer(data, "tesseract alone", peer)}


def run_scorer(data: Path, title: str, predictions: Sequence[Mapping[str, Any]]) -> Any:
    """Write the predictions, run score_fir.py on them, print its table, return its figures."""
    with tempfile.TemporaryDirectory() as folder:
        pred, figures = Path(folder, "pred.jsonl"), Path(folder, "figures.json")
        pred.write_text("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in predictions), encoding="utf-8")
        command = [sys.executable, str(data / "score_fir.py"), str(data / "gold.jsonl"), str(pred)]
        command += ["--present-only", "--json", str(figures)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        print(f"--- {title}\n{done.stdout}")
        return json.loads(figures.read_text(encoding="utf-8"))


def sample_images() -> list[Path]:
    """The invented pages of this form."""
    lines = (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line) for line in lines]
    names = [g["file"] for g in gold if g["form"] == "wbp_27" and Path(g["file"]).suffix in (".jpg", ".png")]
    return [next(SAMPLES.rglob(name)) for name in sorted(names)]


def score_samples(
    pages: Mapping[str, tuple[Recognition, dict[str, str]]], readings: Mapping[str, Reading]
) -> dict[str, Any]:
    """Share of the invented values that were read as written, by field."""
    lines = (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = {g["file"]: g["zones"] for g in map(json.loads, lines)}
    shares: dict[str, Any] = {}
    for field in FIELDS:
        wanted = {name: folded(gold[name][field]) for name in pages if gold[name].get(field)}
        ours = [folded(z.value) == wanted[n] for n in wanted if (z := readings[n].zones.get(field))]
        peer = [folded(pages[n][1].get(field, "")) == wanted[n] for n in wanted]
        shares[field] = f"{sum(ours)} of {len(wanted)}; tesseract alone {sum(peer)}"
    return shares


def _reader_hash() -> str:
    """Hash of this file and of all that reads: code, forms, language files."""
    paths = sorted(p for p in (ROOT / "ocr").rglob("*") if p.suffix in (".py", ".toml", ".npz"))
    return hashlib.sha256("".join(_sha256(p) for p in (*paths, Path(__file__))).encode()).hexdigest()[:16]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    sys.exit(main())
