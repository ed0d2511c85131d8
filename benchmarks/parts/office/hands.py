"""The handwriting part of benchmarks/office.py: an office read cold, after it learned, and by what others learned.

Each office is read by weights that never saw it, where --folds has them. What it learns is taught as `digitize learn`
does: its first pages judge each other in turns, adopted only where they are read surely better. Probabilities of an
office are fitted on what was read of the others.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from benchmarks.parts.handwriting.calibration import models_of, settle
from benchmarks.parts.handwriting.crops import code_hash
from benchmarks.parts.handwriting.fields import page_of, read_pages, weights_of_group
from benchmarks.parts.handwriting.learn import Reader, teach
from benchmarks.parts.handwriting.read import FIELDS, Read
from benchmarks.parts.measuring.straight import Value
from digitize.learning.judge import HeldBack, judge
from digitize.learning.layer_files import layers_of, merge, with_layers
from digitize.learning.turns import split
from digitize.workspace.ledger.chosen_weights import PACKAGE
from digitize.workspace.own_weights import OwnWeights, name_of
from ocr.engines import fields
from ocr.learning.teach import Course, mean_of
from ocr.models.running import content_of

NAME, BASE = "complainant_name", "base.onnx"
_TEACHES = ("ocr/learning", "digitize/learning")
Log = Callable[[str], None]


@dataclass(frozen=True)
class Bench:
    """What is measured on. data: fir-bench; folds: weights and counts of sections made without each office, and
    base.onnx, weights that saw none; corrected: pages of an office that are learned, at most, and at most two thirds.
    """

    data: Path
    cache: Path
    folds: Path | None
    jobs: int
    corrected: int
    course: Course
    log: Log

    @cached_property
    def gold(self) -> dict[str, Any]:
        """What the pages hold, by picture."""
        lines = (self.data / "gold.jsonl").read_text(encoding="utf-8").splitlines()
        return {g["image"]: g for g in sorted(map(json.loads, lines), key=lambda g: str(g["image"]))}

    @cached_property
    def offices(self) -> dict[str, list[str]]:
        """Office -> its pictures, in their order."""
        found: dict[str, list[str]] = {}
        for name, g in self.gold.items():
            found.setdefault(g["station_file"], []).append(name)
        return found

    @cached_property
    def reader(self) -> Reader:
        """Cuts crops and reads zones by themselves."""
        return Reader(self.data, self.cache, self.gold)

    def weights_of(self, office: str) -> Path | None:
        """Weights that never saw an office; None where only the package's are there, which saw all."""
        return weights_of_group(self.folds, office)

    @property
    def base(self) -> Path | None:
        """Weights that saw no office."""
        path = self.folds / BASE if self.folds else None
        return path if path and path.is_file() else None

    def first(self, office: str) -> list[str]:
        """The pages that are corrected first."""
        return self.offices[office][: self.learned_pages(office)]

    def learned_pages(self, office: str) -> int:
        """How many pages of an office are corrected."""
        return min(self.corrected, len(self.offices[office]) * 2 // 3)

    def read(
        self, office: str, names: Sequence[str], weights: Path | None, unknown: Sequence[str] | None = None
    ) -> list[Read]:
        """Pages of an office read with weights. unknown: offices that these never saw, as the lists have it."""
        never = tuple(unknown) if unknown is not None else ((office,) if self.weights_of(office) else ())
        pages = [page_of(self.data / "images" / n, office, weights, self.cache, never) for n in names]
        return read_pages(pages, self.gold, self.data, self.folds, self.jobs)


@dataclass(frozen=True)
class Taught:
    """Weights that pages taught. judged: of the pages held back."""

    path: Path
    crops: int
    learn_s: float
    judged: HeldBack


def taught(bench: Bench, office: str, parent: Path | None) -> Taught:
    """What an office's first pages teach, in turns as `digitize learn` does; kept, so that it is taught once."""
    names, start = bench.first(office), parent or fields.WEIGHTS
    told = [names, repr(bench.course), code_hash(_TEACHES)]
    key = sha256(content_of(start) + json.dumps(told).encode()).hexdigest()[:16]
    path, facts = bench.cache / f"taught-{key}.onnx", bench.cache / f"taught-{key}.json"
    if not facts.is_file():
        bench.log(f"{office}: learning from {len(split(names).taught)} pages")
        facts.write_text(json.dumps(_teach(bench, names, start, path)), encoding="utf-8")
    crops, seconds, judged_plain = json.loads(facts.read_text(encoding="utf-8"))
    return Taught(path, crops, seconds, HeldBack(**judged_plain))


def _teach(bench: Bench, names: Sequence[str], start: Path | str, path: Path) -> list[Any]:
    """Teach, write the weights, and give [crops, processor seconds, what was judged]."""
    parts = split(names)
    crops = {name: bench.reader.crops([name], start) for name in parts.taught}
    contents, pairs, taken = [], [], 0.0
    for turn in parts.turns:
        content, seconds = teach([one for name in turn.taught for one in crops[name]], start, bench.course)
        contents.append(content)
        taken += seconds
        path.write_bytes(content)
        pairs += _both(bench, turn.judging, start, path)
    path.write_bytes(mean_of(contents))
    pairs += _both(bench, parts.held, start, path)
    return [sum(map(len, crops.values())), taken, asdict(judge(pairs))]


def _both(bench: Bench, names: Sequence[str], start: Path | str, path: Path) -> list[tuple[bool, bool]]:
    before, after = (bench.reader.read(names, weights) for weights in (start, path))
    return [(before[k], after[k]) for k in before]


@dataclass(frozen=True)
class Hands:
    """What was read of each office. raw: before a page's zones were weighed together; values: of read, with the
    probability of each.
    """

    raw: Mapping[str, Sequence[Read]]
    read: Mapping[str, Sequence[Read]]
    values: Mapping[str, Sequence[Value]]

    def figures(self, pages: Mapping[str, Sequence[str]] | None = None) -> dict[str, Any]:
        """Shares read right, of all offices together and of each. pages: only these of each office."""
        of = {o: [r for r in some if pages is None or r.page in pages[o]] for o, some in self.read.items()}
        each = {o: shares(some) for o, some in of.items()}
        return {**shares([r for some in of.values() for r in some]), "offices": each}


def shares(read: Sequence[Read]) -> dict[str, Any]:
    """Shares of values read right by field, the F1 of single sections, and how many values there are."""
    found: dict[str, Any] = {"n": {}}
    for field in FIELDS:
        some = [r for r in read if r.field == field and r.wanted is not None]
        if some:
            found[_short(field)] = round(sum(r.right for r in some) / len(some), 4)
            found["n"][_short(field)] = len(some)
    hits = [sum(r.hits[n] for r in read if r.field == "statutes") for n in range(3)]
    return {**found, "statutes_f1": round(2 * hits[0] / max(1, 2 * hits[0] + hits[1] + hits[2]), 4)}


def _short(field: str) -> str:
    return {"police_station": "station", NAME: "name"}.get(field, field)


def read_cold(bench: Bench) -> Hands:
    """Every page by weights that never saw its office, with probabilities from the other offices."""
    raw = {o: bench.read(o, names, bench.weights_of(o)) for o, names in bench.offices.items()}
    return settled(bench, raw, raw)


def settled(bench: Bench, raw: Mapping[str, Sequence[Read]], others: Mapping[str, Sequence[Read]]) -> Hands:
    """Readings as their pages settle them. others: what was read of all offices, by which probabilities are fitted."""
    read, values = {}, {}
    for office, mine in raw.items():
        models = models_of([r for o, some in others.items() if o != office for r in some])
        read[office], values[office] = settle(mine, models, bench.data)
    return Hands(raw, read, values)


def read_warm(bench: Bench, cold: Hands) -> tuple[Hands, Hands, dict[str, Any]]:
    """The pages that were not learned: by the weights that were adopted, and by those that were taught, adopted or not;
    and what was learned of each office.
    """
    raw, always, told = {}, {}, {}
    for office, names in bench.offices.items():
        rest, parent = names[bench.learned_pages(office) :], bench.weights_of(office)
        own = taught(bench, office, parent)
        always[office] = bench.read(office, rest, own.path)
        raw[office] = always[office] if own.judged.is_better else bench.read(office, rest, parent)
        told[office] = {
            "corrected": bench.learned_pages(office), "crops": own.crops, "teach_s": round(own.learn_s, 1),
            "adopted": own.judged.is_better, "held": own.judged.held, "held_right_before": own.judged.before,
            "held_right_after": own.judged.after, "better": own.judged.better, "worse": own.judged.worse,
            "read": len(rest),
        }  # fmt: skip
        bench.log(f"{office}: {told[office]}")
    return settled(bench, raw, cold.raw), settled(bench, always, cold.raw), told


def forgotten(bench: Bench, pages: int = 4) -> dict[str, Any]:
    """What each office's learning costs the others: some of their pages, zones by themselves, before and after."""
    before, after = [], []
    for office in bench.offices:
        parent, own = bench.weights_of(office) or fields.WEIGHTS, taught(bench, office, bench.weights_of(office))
        some = [n for o, names in bench.offices.items() if o != office for n in names[-pages:]]
        first, then = (bench.reader.read(some, w) for w in (parent, own.path))
        before += [(k[1], first[k]) for k in first]
        after += [(k[1], then[k]) for k in first]
    return {"before": _by_field(before), "after": _by_field(after), "n": len(before)}


def _by_field(pairs: Sequence[tuple[str, bool]]) -> dict[str, float]:
    names = sorted({f for f, _ in pairs})
    return {_short(f): round(sum(ok for g, ok in pairs if g == f) / sum(g == f for g, _ in pairs), 4) for f in names}


def read_merged(bench: Bench, cold: Hands) -> tuple[Hands, Hands]:
    """Every office by the mean of what the five others learned from one parent, and by that parent."""
    parent = bench.base
    own = {o: taught(bench, o, parent) for o in bench.offices}
    raw, by_parent = {}, {}
    for office, names in bench.offices.items():
        path = merged_weights(bench, [own[o].path for o in own if o != office])
        never = tuple(bench.offices) if parent else ()
        raw[office] = bench.read(office, names, path, (office,) if parent else ())
        by_parent[office] = bench.read(office, names, parent, never)
        bench.log(f"{office}: read by what the others learned")
    return settled(bench, raw, cold.raw), settled(bench, by_parent, by_parent)


def merged_weights(bench: Bench, files: Sequence[Path]) -> Path:
    """The mean of own weights, as `digitize models merge` and `models add` make it."""
    contents = [f.read_bytes() for f in files]
    layers = [layers_of(c, _facts(c), str(n)) for n, c in enumerate(contents)]
    content = with_layers(contents[0], merge(layers))
    path = bench.cache / f"merged-{sha256(content).hexdigest()[:16]}.onnx"
    path.write_bytes(content)
    return path


def _facts(content: bytes) -> OwnWeights:
    return OwnWeights(name_of(content), sha256(content).hexdigest(), PACKAGE)


def pages_of(values: Mapping[str, Sequence[Value]]) -> Iterator[tuple[str, list[list[Any]]]]:
    """Office and the values of a page: field, confidence, right or not; names of persons left out."""
    for office, some in values.items():
        by_page: dict[str, list[list[Any]]] = {}
        for v in some:
            if v.field != NAME:
                by_page.setdefault(v.page, []).append([_short(v.field), round(v.confidence, 6), v.right])
        for page in by_page.values():
            yield office, page
