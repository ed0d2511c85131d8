"""An office never seen: what is read cold, after it learned, and what the promises on the way are worth.

python benchmarks/office.py --data FOLDER --json FILE [--folds WEIGHTS] [--only PART,PART] [--jobs 2] [--cache FOLDER]
python benchmarks/office.py --quick

FOLDER/fir-bench holds images/, gold.jsonl, stations.json and the scorer score_fir.py: first pages of six offices.
WEIGHTS holds for each office NAME.onnx, trained without its pages, NAME.toml with sections counted without them
(training/README.md), and base.onnx, weights that saw no office, from which offices learn what is merged. Without it all
is read by the package's weights, which saw all six offices: cold.*, warm.* and merged.* are in-sample then, and say so
(weights_saw_office).

Parts: cold (each office by weights without it), warm (its first 50 pages, at most two thirds, corrected and learned as
`digitize learn` does, its others read), merged (by the mean of what the others learned from one parent), promise
(offices simulated on what was read: what passes, how often that is less right than promised), prints, lists, learn
(the time of 200 pages), speed, native. Each part is kept in the cache, as are crops, what the network saw, and what was
taught: a broken run goes on where it was. --quick runs on drawn pages and drawn offices.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Literal

# As the program does it, before NumPy is loaded: threads that wait for each other count as time of the processor.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from benchmarks import calibrate, lists, native_closed  # noqa: E402
from benchmarks.parts.forms import prints as forms_prints  # noqa: E402
from benchmarks.parts.forms.others import in_sample, speed  # noqa: E402
from benchmarks.parts.handwriting import learn  # noqa: E402
from benchmarks.parts.handwriting.crops import code_hash  # noqa: E402
from benchmarks.parts.office.hands import (  # noqa: E402
    NAME,
    Bench,
    forgotten,
    pages_of,
    read_cold,
    read_merged,
    read_warm,
)
from benchmarks.parts.office.learning_time import learning_time  # noqa: E402
from benchmarks.parts.office.offices import PageSource, Seen  # noqa: E402
from ocr.learning.teach import Course  # noqa: E402

VERSION = "1"
"""Raised when a part measures something else: what is kept of before is not taken then."""
_CODE = ("ocr", "digitize/learning", "digitize/workspace/calibration")
_WORLDS, _WORLDS_OF_OFFICE = 400, 60


def main() -> int:
    """Run the parts that are asked for and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with fir-bench/")
    parser.add_argument("--folds", type=Path, help="folder with weights for each office, made without it")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, with commas between")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "digitize-office-bench")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--corrected", type=int, default=50, help="pages of an office that are learned, at most")
    parser.add_argument("--learned", type=int, default=200, help="pages by which learning is timed")
    parser.add_argument("--quick", action="store_true", help="drawn pages and drawn offices alone")
    a = parser.parse_args()
    only = [p.strip() for p in a.only.split(",")]
    if not set(only) <= set(PARTS):
        parser.error(f"--only: parts are {', '.join(PARTS)}")
    if not a.quick and a.data is None:
        parser.error("--data FOLDER or --quick")
    result = quick() if a.quick else Office(a).measure(only)
    print(json.dumps(result, indent=1))
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def quick() -> dict[str, Any]:
    """That all of it runs, not how well: a few steps on drawn pages, a few drawn offices."""
    drawn = calibrate.worlds(4, 1, PageSource())
    return {
        "drawn": True,
        "learn": learn.quick(steps=1, most=1),
        "guarantee_broken": drawn["guarantee_broken"],
        "questions_to_open": drawn["questions_to_open"],
    }


class Office:
    """All parts over the pages of one folder."""

    def __init__(self, a: argparse.Namespace) -> None:
        a.cache.mkdir(parents=True, exist_ok=True)
        self._a = a
        self._bench = Bench(a.data / "fir-bench", a.cache, a.folds, a.jobs, a.corrected, Course(), _log)
        unseen = [o for o in self._bench.offices if self._bench.weights_of(o)]
        self._told = {
            "weights_saw_office": len(unseen) < len(self._bench.offices),
            "weights": "of --folds, trained without each office" if unseen else "the package's, which saw all offices",
        }

    def measure(self, only: Sequence[str]) -> dict[str, Any]:
        """The figures of the parts that are asked for."""
        found: dict[str, Any] = {"weights_without_office": self._unseen(), "in_sample": in_sample(self._a.folds)}
        for part in only:
            _log(f"{part} ...")
            found |= self._kept(part, PARTS[part])
            if self._a.json:
                self._a.json.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")
        return found

    def _unseen(self) -> list[str]:
        return [o for o in self._bench.offices if self._bench.weights_of(o)]

    def _kept(self, part: str, make: Callable[[Office], Mapping[str, Any]]) -> dict[str, Any]:
        folds = sorted(self._a.folds.glob("*.*")) if self._a.folds else []
        told = [VERSION, part, self._a.corrected, self._a.learned, code_hash(_CODE), sorted(self._bench.gold)]
        told += [native_closed.content_key()] if part == "native" else []
        told += [sha256(f.read_bytes()).hexdigest() for f in folds]
        kept = self._a.cache / f"{part}-{sha256(json.dumps(told).encode()).hexdigest()[:16]}.json"
        if not kept.is_file():
            kept.write_text(json.dumps(make(self)), encoding="utf-8")
        found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
        return found

    @cache  # noqa: B019  # one for a whole run
    def _cold(self) -> Any:
        return read_cold(self._bench)

    @cache  # noqa: B019
    def _warm(self) -> Any:
        return read_warm(self._bench, self._cold())

    def cold(self) -> dict[str, Any]:
        """Each office by weights that never saw it."""
        hands = self._cold()
        return {"cold": {**self._told, **hands.figures(), **self._passing(hands.values)}}

    def warm(self) -> dict[str, Any]:
        """Pages that were not learned, after an office's first pages were; the same cold; what others lose."""
        hands, always, told = self._warm()
        rest = {o: [r.page for r in some] for o, some in hands.read.items()}
        return {
            "warm": {
                **self._told, **hands.figures(), **self._passing(hands.values),
                "the_same_pages_cold": self._cold().figures(rest), "if_always_adopted": always.figures(),
                "learned": told, "other_offices": forgotten(self._bench),
            }
        }  # fmt: skip

    def merged(self) -> dict[str, Any]:
        """Each office by what the five others learned from one parent, and by that parent."""
        hands, by_parent = read_merged(self._bench, self._cold())
        parent = "base.onnx of --folds, which saw no office" if self._bench.base else "the package's weights"
        told = {"weights_saw_office": self._bench.base is None, "parent_is": parent}
        return {"merged": {**told, **hands.figures(), "parent": by_parent.figures()}}

    def promise(self) -> dict[str, Any]:
        """Simulated offices on what was read cold: how often the promise is broken, and what it takes to open.

        In a tenth of the offices a book turns bad; beside it the same with a tenth of all books (in most offices one).
        """
        values = self._cold().values
        found = calibrate.worlds(_WORLDS, 1, _source(values, "offices"))
        harder = calibrate.worlds(_WORLDS, 1, _source(values, "books"))
        told = {"a_tenth_of_all_books_turning_bad": harder}
        names = ("guarantee_broken", "questions_to_open")
        return {**{n: found.pop(n) for n in names}, "promise": {**self._told, **found, **told}}

    def _passing(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """What passes under the guarantee in offices of one hand each, names of persons left out; mean of the offices,
        each by its number of values. right: of all that passed and nobody answered.
        """
        shares, passed = [], []
        for office in values:
            found = calibrate.worlds(_WORLDS_OF_OFFICE, 1, _source({office: values[office]}, "books"))
            count = sum(v.field != NAME for v in values[office])
            shares.append((found["passing_at_99"], count))
            if found["passing_at_99"]:
                passed.append((found["right_of_all_that_passed"], found["passing_at_99"] * count))
        return {"pass_99": _mean(shares), "right": _mean(passed) if passed else None}

    def prints(self) -> dict[str, Any]:
        """Each print left out in turn."""
        found = forms_prints.measure(self._a.data, False, _log, folds=self._a.folds)["print_left_out"]
        read = found["read"]
        told = {**self._told, "zone_hit": found["without"], "year": read["without"]["year"]}
        return {"print_left_out": {**told, "year_with": read["with"]["year"], **found}}

    def lists(self) -> dict[str, Any]:
        """The true entry taken out of its list."""
        a = argparse.Namespace(**{**vars(self._a), "every": 1, "fit": False})
        found = lists.measure(a, ("places", "sections"))
        wrong = {n: found[f"list_taken_out_wrong{{{n}}}"] for n in ("station", "district")}
        return {"list_left_out": {**self._told, "wrong_pass": wrong, **found}}

    def learn(self) -> dict[str, Any]:
        """The time that so many pages take to learn."""
        return learning_time(self._bench, self._a.learned)

    def speed(self) -> dict[str, Any]:
        """Processor time of a page beside Tesseract's for the whole page."""
        found = speed([self._bench.data / "images" / name for name in self._bench.gold], _log)
        return {"times_tesseract": found["s_per_page_ratio_tesseract"], "speed": found}

    def native(self) -> dict[str, Any]:
        """Closed fields in other scripts: drawn, by fonts that nothing was trained on."""
        return {"native_closed": native_closed.measure(self._a.cache, _log)}


PARTS: Mapping[str, Callable[[Office], Mapping[str, Any]]] = {
    name: getattr(Office, name)
    for name in ("cold", "warm", "merged", "promise", "prints", "lists", "learn", "speed", "native")
}


def _source(values: Mapping[str, Any], one_in_ten: Literal["books", "offices"]) -> PageSource:
    hands: dict[str, list[list[Seen]]] = {}
    for office, page in pages_of(values):
        hands.setdefault(office, []).append([Seen(*value) for value in page])
    return PageSource(hands, one_in_ten)


def _mean(shares: Sequence[tuple[float, float]]) -> float:
    total = sum(count for _, count in shares)
    return round(sum(share * count for share, count in shares) / max(1e-9, total), 4)


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
