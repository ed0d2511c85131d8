"""What an office gains by learning its own handwriting from corrected pages, and what others lose.

python benchmarks/learn.py --data FOLDER --parent WEIGHTS [--office NAME ...] [--corrected 50] [--others 40]
    [--json FILE] [--cache FOLDER] [--steps N]
python benchmarks/learn.py --quick

FOLDER/fir-bench holds images/, gold.jsonl, stations.json and the scorer score_fir.py. Of each office the first
pages are corrected and learned as `digitize learn` does, the others are read by the weights before and after.
WEIGHTS must never have seen the offices: the package's have, so with them every figure is in-sample, and said so.
Zones are read by themselves here: that a page's zones agree with each other is not weighed. --quick teaches a few steps
on the invented pages of sample_data/.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.parts.handwriting.crops import Lines, lines_of
from benchmarks.parts.handwriting.fields import ROOT, _options, _stations
from benchmarks.parts.handwriting.read import REPEATED, scorer_of
from digitize.learning.crops import Chosen, CropJob, choose, cut_page, year_in
from digitize.learning.judge import HeldBack, judge
from digitize.learning.networks import NETWORKS
from digitize.learning.progress_files import drop_unlikely
from digitize.learning.spellings import SettledValue
from digitize.reading.lexica import sections_file
from ocr.engine import LineImage
from ocr.engines import fields
from ocr.forms.settings import ReadSettings
from ocr.handwriting.sections import load_sections
from ocr.handwriting.zone import weigh_twice
from ocr.languages.lexicon import Lexicon
from ocr.learning.strips import DrawnStrips, Mixture
from ocr.learning.teach import Course, Pupil
from ocr.models.running import content_of, load_network

FIELDS = ("police_station", "year", "fir_no", "statutes")
NAMES = {"police_station": "station", "year": "year", "fir_no": "number", "statutes": "sections"}
SAMPLES = ROOT / "sample_data"
Right = dict[tuple[str, str], bool]
"""(page, field) -> whether it was read right."""


def main() -> int:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with fir-bench/")
    parser.add_argument("--parent", type=Path, help="weights to begin with; the package's by default")
    parser.add_argument("--office", nargs="*", default=[], help="all by default")
    parser.add_argument("--corrected", type=int, default=50, help="pages of an office that are learned, at most")
    parser.add_argument("--others", type=int, default=40, help="pages of other offices that are read as well")
    parser.add_argument("--steps", type=int, default=Course().steps)
    parser.add_argument("--rate", type=float, default=Course().rate)
    parser.add_argument("--pull", type=float, default=Course().pull)
    parser.add_argument("--share", type=float, default=0.7)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--keep", type=Path, help="folder for the weights that were taught")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "digitize-learn-bench")
    parser.add_argument("--quick", action="store_true", help="the invented pages of sample_data/ alone")
    a = parser.parse_args()
    if not a.quick and a.data is None:
        parser.error("--data FOLDER or --quick")
    result = quick() if a.quick else measure(a)
    print(json.dumps(result, indent=1))
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def quick(steps: int = 3, most: int = 2) -> dict[str, Any]:
    """A few steps on invented pages: that all of it runs, not how well."""
    gold = {g["file"]: g["zones"] for g in map(json.loads, _lines(SAMPLES / "gold.jsonl")) if g["form"] == "wbp_27"}
    settings = ReadSettings(languages=("en",), form_folders=(SAMPLES / "forms",))
    found: list[Chosen] = []
    for name in sorted(n for n in gold if Path(n).suffix in (".jpg", ".png"))[:most]:
        values = tuple((f, gold[name][f]) for f in ("year", "fir_no", "statutes") if gold[name].get(f))
        found += cut_page(CropJob(name, next(SAMPLES.rglob(name)), 0, values, settings, {}, fields.WEIGHTS))
    weights, seconds = teach(found, fields.WEIGHTS, Course(steps=steps, batch=2))
    return {
        "pages": most,
        "crops": len(found),
        "bytes_as_before": len(weights) == len(content_of(fields.WEIGHTS)),
        "learn_minutes_s": round(seconds, 1),
    }


def teach(found: Sequence[Chosen], parent: Path | str, course: Course, share: float = 0.7) -> tuple[bytes, float]:
    """The weights taught on crops, and the processor seconds that it took."""
    begun = time.process_time()
    mixture = Mixture(tuple(drop_unlikely(found)), DrawnStrips.of_package(), load_network(parent).characters, share)
    pupil = Pupil(content_of(parent), mixture, course)
    losses: list[float] = []
    for loss in pupil.steps():
        losses.append(loss)
        if pupil.done % 20 == 0:
            _say(f"step {pupil.done}/{course.steps}: loss of a letter {np.mean(losses[-20:]):.3f}")
    return pupil.content(), time.process_time() - begun


def measure(a: argparse.Namespace) -> dict[str, Any]:
    """The figures of real pages, office by office and together."""
    data = a.data / "fir-bench"
    a.cache.mkdir(parents=True, exist_ok=True)
    gold = {g["image"]: g for g in map(json.loads, _lines(data / "gold.jsonl"))}
    parent: Path | str = a.parent or fields.WEIGHTS
    of_office: dict[str, list[str]] = {}
    for name, g in sorted(gold.items()):
        of_office.setdefault(g["station_file"], []).append(name)
    asked = a.office or sorted(of_office)
    apart = [n for o, names in of_office.items() if o not in asked for n in names][: a.others]
    reader = Reader(data, a.cache, gold)
    others_before = reader.read(apart, parent)
    parts, pairs, others = [], [], []
    for office in asked:
        names = of_office[office]
        count = min(a.corrected, len(names) * 2 // 3)
        weights, told = learned(reader, names[:count], parent, a)
        before, after = reader.read(names[count:], parent), reader.read(names[count:], weights)
        mine = [(before[k], after[k], k[1]) for k in before]
        others_after = reader.read(apart, weights)
        others += [(others_before[k], others_after[k], k[1]) for k in others_before]
        pairs += mine
        parts.append({"office": office, "learned": count, "read": len(names) - count, **told, **_shares(mine, "learn")})
        _say(json.dumps(parts[-1]))
    found_all: HeldBack = judge((b, c) for b, c, _ in pairs)
    return {
        "parent": Path(parent).name,
        "in_sample": a.parent is None,
        **_shares(pairs, "learn"),
        **_shares(others, "others"),
        "learn_better": found_all.better,
        "learn_worse": found_all.worse,
        "learn_chance": round(found_all.chance, 5),
        "learn_minutes_s": round(float(np.mean([p["learn_s"] for p in parts])), 1),
        "offices": parts,
    }


def learned(
    reader: Reader, names: Sequence[str], parent: Path | str, a: argparse.Namespace
) -> tuple[Path, dict[str, Any]]:
    """The file of weights that pages teach, with the number of crops and the processor seconds but for cutting."""
    begun = time.process_time()
    found = reader.crops(names, parent)
    chosen_s = time.process_time() - begun
    content, taught_s = teach(found, parent, Course(steps=a.steps, rate=a.rate, pull=a.pull), a.share)
    path = (a.keep or a.cache) / f"{sha256(content).hexdigest()[:12]}.onnx"
    path.write_bytes(content)
    return path, {"crops": len(found), "learn_s": round(chosen_s + taught_s, 1)}


def _shares(pairs: Sequence[tuple[bool, bool, str]], name: str) -> dict[str, float]:
    found = {}
    for field, short in NAMES.items():
        some = [(b, c) for b, c, f in pairs if f == field]
        if some:
            found[f"{name}_{short}_before"] = round(sum(b for b, _ in some) / len(some), 4)
            found[f"{name}_{short}_after"] = round(sum(c for _, c in some) / len(some), 4)
            found[f"{name}_{short}_n"] = len(some)
    return found


class Reader:
    """Cuts pages for learning, and reads pages with any weights; the crops are kept."""

    def __init__(self, data: Path, cached: Path, gold: Mapping[str, Any]) -> None:
        """data: of the benchmark. gold: by picture."""
        self._data, self._cached, self._gold = data, cached, gold
        self._known = load_sections(sections_file())
        self._lexicon: Lexicon = _stations(data)

    def crops(self, names: Sequence[str], parent: Path | str) -> list[Chosen]:
        """The crops of pages with what stands on them, as digitize.learning.crops.cut_page makes them."""
        found: list[Chosen] = []
        for name in names:
            values = {f: str(v) for f in FIELDS if (v := self._gold[name]["fields"].get(f))}
            for zone, line in written(lines_of(self._data / "images" / name, self._cached)).items():
                value = values.get(REPEATED.get(zone, zone))
                if value:
                    lexicon = self._lexicon if line.is_listed else None
                    settled = SettledValue(line.kind, value, year_in(values), lexicon)
                    found += choose(line, settled, parent, NETWORKS["fields"])
        return found

    def read(self, names: Sequence[str], weights: Path | str) -> Right:
        """Which values of pages are read right with weights."""
        engine = fields.FieldsEngine(weights if isinstance(weights, Path) else None)
        right: Right = {}
        for name in names:
            lines = written(lines_of(self._data / "images" / name, self._cached))
            right |= {(name, field): ok for field, ok in self.right_of(name, lines, engine).items()}
        return right

    def right_of(self, name: str, lines: Mapping[str, LineImage], engine: fields.FieldsEngine) -> dict[str, bool]:
        """Of each field that a page holds whether it is read right. lines: its zones, however they were cut."""
        scorer, right = scorer_of(self._data), {}
        seen = {zone: engine.matrices(line) for zone, line in lines.items()}
        for field in FIELDS:
            wanted = self._gold[name]["fields"].get(field)
            if not wanted:
                continue
            again = next((seen[z] for z, of in REPEATED.items() if of == field and z in seen), None)
            if field not in seen:
                options: tuple[Any, ...] = ()
            elif again is not None:
                options = tuple(weigh_twice(seen[field], again, self._known))
            else:
                options = _options(field, seen[field], self._lexicon, self._known)
            said = scorer.norm_field(field, options[0].text if options else "")
            right[field] = (said or frozenset() if field == "statutes" else said) == scorer.norm_field(field, wanted)
        return right


def written(lines: Lines) -> dict[str, LineImage]:
    """Zones that count here and have ink."""
    return {zone: line for zone, (line, blank) in lines.items() if REPEATED.get(zone, zone) in FIELDS and not blank}


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
