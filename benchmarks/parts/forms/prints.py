"""The prints part of benchmarks/forms.py: how pages fare whose print is taken away.

Of each print of W.B.P. Form No. 27 in turn all files are left out. Its pages are then matched with the other prints, by
key points and words; from ten of them on the print is drafted, as `digitize run` does, and they are matched again. A
zone is well placed where the middle of the box that was marked by hand lies in it. What is written in the zones is
read in both cases, each zone by itself, by weights that never saw the page's station where there are some.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

from benchmarks.parts.handwriting.crops import cut_lines
from benchmarks.parts.handwriting.fields import weights_of_group
from benchmarks.parts.handwriting.learn import Reader, written
from digitize.steps.discover import MOST_PAGES
from ocr.drafting.discover import discover_prints
from ocr.engine import Image
from ocr.engines.fields import FieldsEngine
from ocr.engines.tesseract import Tesseract
from ocr.forms.by_labels import find_by_labels
from ocr.forms.zones import FormModels, Match, find_form, load_models, zone_box
from ocr.page import Scan
from ocr.scans.scan import open_page

FAMILY = "wbp_27"
LEAST = 10
Log = Callable[[str], None]
Gold = Mapping[str, Any]


def measure(
    data: Path | None, quick: bool, log: Log, pages: int | None = None, folds: Path | None = None
) -> dict[str, Any]:
    """The figures of the prints part; none when quick, since drawn pages are of one print. pages: the first so many."""
    if quick or data is None:
        return {}
    bench = data / "fir-bench"
    lines = (bench / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold: dict[str, Gold] = {g["image"]: g for g in map(json.loads, lines[:pages])}
    models = load_models().select([FAMILY])
    judge = PageJudge(gold, Reader(bench, bench, gold), folds)
    by_print: dict[str, dict[str, Image]] = defaultdict(dict)
    for name in gold:
        grey = open_page(Scan(bench / "images" / name, "", 0, name)).grey
        match = find_form(grey, models)
        if match.form is not None:
            by_print[match.form.id][name] = grey
            judge.see("with", name, grey, match)
    out: dict[str, Any] = {}
    for left_out, images in sorted(by_print.items()):
        out[left_out] = leave_out(left_out, images, gold, models, judge)
        log(f"{left_out}: {out[left_out]}")
    shares = {how: share(found) for how, found in judge.hits.items()}
    ratio = shares["without"] / shares["with"] if shares.get("with") else 0.0
    read = {how: judge.read(how, gold) for how in judge.hits}
    return {
        "print_left_out": {"zone_hit": shares["without"], **shares, "read": read, "by_print": out},
        "print_left_out_ratio": ratio,
    }


class PageJudge:
    """Whether the zones of pages are in place, and whether what is written in them is read right.

    hits: how a page was placed -> for each marked box whether its zone is in place.
    """

    def __init__(self, gold: Mapping[str, Gold], reader: Reader, folds: Path | None) -> None:
        """folds: weights for each station, trained without its pages."""
        self._gold, self._reader, self._folds = gold, reader, folds
        self.hits: dict[str, list[bool]] = defaultdict(list)
        self._right: dict[str, dict[str, Mapping[str, bool]]] = defaultdict(dict)

    def see(self, how: str, name: str, grey: Image, match: Match | None) -> list[bool]:
        """Count a page. Returns whether its zones are in place."""
        engine = FieldsEngine(weights_of_group(self._folds, self._gold[name]["station_file"]))
        hits = hits_of(match, self._gold[name])
        self.hits[how] += hits
        self._right[how][name] = self._reader.right_of(name, written(cut_lines(grey, match)), engine)
        return hits

    def read(self, how: str, names: Iterable[str]) -> dict[str, float]:
        """Shares of the values of pages that are read right, by field."""
        values = [pair for name in names for pair in self._right[how].get(name, {}).items()]
        return {f: share([ok for field, ok in values if field == f]) for f in sorted({f for f, _ in values})}


def leave_out(
    left_out: str, images: Mapping[str, Image], gold: Mapping[str, Gold], models: FormModels, judge: PageJudge
) -> dict[str, Any]:
    """What becomes of the pages of one print without it: before and after it was drafted from them."""
    rest = models.select([name for name in models.forms if name != left_out])
    reader = Tesseract(None)
    place = _placing(rest, reader)
    first = {name: find_form(grey, rest) for name, grey in images.items()}
    unknown = [name for name, match in first.items() if match.form is None or match.is_in_doubt]
    some = [images[name] for name in unknown[:: max(1, len(unknown) // MOST_PAGES)][:MOST_PAGES]]
    drafted = discover_prints(some, place, rest, reader, (f"own_print_{n}" for n in count(1)))
    now = FormModels(
        {**rest.forms, **{one.form.id: one.form for one in drafted}},
        {**rest.features, **{one.form.id: one.features for one in drafted}},
    )
    again = _placing(now, reader)
    by_words = {n: place(images[n]) for n in unknown[:LEAST]}
    alone = [h for n, match in by_words.items() for h in hits_of(match, gold[n])]
    after = [h for n, grey in images.items() for h in judge.see("without", n, grey, again(grey))]
    return {
        "pages": len(images),
        "in_doubt": len(unknown),
        "drafted": len(drafted),
        "zone_hit_by_words": share(alone),
        "zone_hit": share(after),
        "read_with": judge.read("with", images),
        "read": judge.read("without", images),
    }


def hits_of(match: Match | None, gold: Gold) -> list[bool]:
    """For each box that was marked by hand whether its middle lies in its zone."""
    found = []
    for field, (x0, y0, x1, y1) in gold.get("boxes", {}).items():
        form = match.form if match is not None else None
        if match is None or form is None or not form.has(field):
            found.append(False)
            continue
        box = zone_box(match.map_of(form.zone(field)), form.zone(field))
        found.append(box.x0 <= (x0 + x1) / 2 < box.x1 and box.y0 <= (y0 + y1) / 2 < box.y1)
    return found


def share(found: Sequence[bool]) -> float:
    """Share of true ones, rounded; 0 of none."""
    return round(sum(found) / max(1, len(found)), 4)


def _placing(models: FormModels, reader: Tesseract) -> Callable[[Image], Match | None]:
    """How a page is placed: by key points, and by words where they are in doubt, as recognise does."""

    def place(grey: Image) -> Match | None:
        match = find_form(grey, models)
        if match.form is not None and not match.is_in_doubt:
            return match
        return find_by_labels(grey, models, reader, ("en",), match) or (match if match.form else None)

    return place
