"""The review measured: what is asked of a page, and the keys of a simulated operator beside keying all of it twice.

python benchmarks/review.py --data FOLDER [--sets NAME ...] [--json FILE] [--folds WEIGHTS] [--cache FOLDER] [--pages N]
python benchmarks/review.py --data FOLDER --in-order fir-bench-2 [--settings TOML] [--shares] [--cache FOLDER]
python benchmarks/review.py --quick

FOLDER is the folder with fir-bench/; of further sets, as fir-bench-2, the stations are those of the first. The pages of
an office and year are taken in as one volume, in the order of their numbers. WEIGHTS holds weights of the handwriting
recogniser for each station, trained without its pages; without them the package's are taken, which have seen pages of
all these stations: the figures are then those of known offices, and the output says so. What passes and what stands
before the operator is decided by thresholds that come from all other stations (99 of 100 right). --quick takes invented
pages of sample_data/.

--in-order takes the pages of one set, a hundred to a workspace, and answers them one after the other, with measuring,
thresholds and runs in between (benchmarks/parts/review/office_in_order.py). --settings 'right = 0.95' promises less;
--shares takes in the answers of all stations that are not in the workspace.

Questions and keys: pages.py and simulated_operator.py in benchmarks/parts/review/. How fast the station
answers, and what it loses: benchmarks/review_station.py; --without-browser leaves that out.
"""

from __future__ import annotations

import argparse
import datetime
import json
import math
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.parts.forms.fir import FIELDS, SAMPLES, How, _engine
from benchmarks.parts.handwriting.read import scorer_of
from benchmarks.parts.measuring.straight import threshold
from benchmarks.parts.review.office_in_order import Simulation
from benchmarks.parts.review.pages import PEOPLE, Asked, Paper, ask, boxes, fir_papers, sample_papers
from benchmarks.parts.review.simulated_operator import (
    CARPET,
    MISTYPED,
    NEVER,
    OVERLOOKED,
    PASSES,
    Box,
    Terms,
    Work,
    keyed_once,
    keyed_twice,
    reviewed,
    terms_of,
)
from benchmarks.review_station import station_figures
from digitize.workspace.decisions.items import ZONE, Item
from validators.rulebook.strays import longest_in_order

_DATE = "fir_date"
_SLACK_DAYS = 1
KEYS = ("fir_no", "year", "police_station", "statutes")
PROFILES = ("", "full", "core")
BLANKS = Path(__file__).parent / "parts" / "review" / "blanks.toml"


def measure(data: Path | None, how: How, log: Any, sets: Sequence[str] = ("fir-bench",)) -> dict[str, Any]:
    """All figures. data: the folder with the sets; None for invented pages."""
    if data is None:
        papers, lists = sample_papers(how.pages or 1), SAMPLES / "stations.csv"
    else:
        benches = [data / name for name in sets]
        papers, lists = fir_papers(benches, scorer_of(benches[0]), how.pages), benches[0] / "stations.json"
    asked = ask(papers, lists, how, PROFILES, log)
    found = list(boxes(papers, asked))
    unseen = sorted({p.group for p in papers if _engine(how, p.group) != "auto"})
    return {
        "pages": len(papers),
        "read_by_weights_that_never_saw_the_station": unseen,
        "weights": _said(unseen, papers, data),
        "pages_without_record": asked.without,
        **questions(papers, asked, found),
        **date_figures(papers, asked, found),
        **keystrokes(found),
        **blank_figures(asked, _looked(papers, is_invented=data is None)),
    }


def papers_of_set(data: Path, name: str) -> list[Paper]:
    """The pages of one set in the order of its books. data: the folder with fir-bench/, whose stations are listed."""
    benches = [data / folder for folder in dict.fromkeys(("fir-bench", name))]
    return [p for p in fir_papers(benches, scorer_of(benches[0])) if p.image.parents[1].name == name]


def _said(unseen: Sequence[str], papers: Sequence[Paper], data: Path | None) -> str:
    if data is None:
        return "invented pages: the figures say that the benchmark runs, no more"
    if len(unseen) == len({p.group for p in papers}):
        return "each office read by weights trained without its pages"
    return "the package's weights, which have seen pages of these offices: figures of known offices, not of new ones"


def questions(papers: Sequence[Paper], asked: Asked, found: Sequence[Box]) -> dict[str, Any]:
    """Questions a page by profile: before anything is calibrated, and with the thresholds of the other offices."""
    accepts = {p.group: _accepts(found, p.group) for p in papers}
    left = {
        profile: {p.image.name: _left(asked.items[profile].get(p.image.name, []), accepts[p.group]) for p in papers}
        for profile in PROFILES
    }
    uncalibrated = {p: {name: len(items) for name, items in asked.items[p].items()} for p in PROFILES}
    nobody = [not [i for i in items if not _is_of_person(i)] for items in left["core"].values()]
    return {
        "questions_core": _mean(map(len, left["core"].values())),
        "questions_full": _mean(map(len, left["full"].values())),
        "questions_everything": _mean(map(len, left[""].values())),
        "questions_uncalibrated": {p or "everything": _mean(uncalibrated[p].values()) for p in PROFILES},
        "untouched_core": _mean(map(float, nobody)),
        "asked_core": _by_zone(left["core"].values(), len(papers)),
        "asked_full": _by_zone(left["full"].values(), len(papers)),
    }


def _accepts(found: Sequence[Box], group: str) -> Mapping[str, float]:
    """Zone -> the confidence from which it passes in an office, by the others; "" for zones without gold, together."""
    others = [b for b in found if b.group != group and not b.told]
    own = {name: threshold([b.value() for b in others if b.field == name], PASSES) for name in FIELDS}
    return {**own, "": threshold([b.value() for b in others], PASSES)}


def _left(items: Sequence[Item], accepts: Mapping[str, float]) -> list[Item]:
    """What is asked once thresholds hold: a rule's question stays, whatever the confidence."""
    return [
        i for i in items
        if not (i.why == ("not-calibrated",) and i.value and i.confidence >= accepts.get(_zone(i), accepts[""]))
    ]  # fmt: skip


def _zone(item: Item) -> str:
    return item.cell.rpartition("/")[2] if item.cell.startswith(f"{ZONE}:") else item.cell


def _is_of_person(item: Item) -> bool:
    return _zone(item).removeprefix("field:").startswith(PEOPLE)


def _by_zone(lists: Iterable[Sequence[Item]], pages: int) -> dict[str, float]:
    """Zone -> how often it is asked a page, the most asked first."""
    counts: dict[str, int] = {}
    for item in (i for items in lists for i in items):
        counts[_zone(item)] = counts.get(_zone(item), 0) + 1
    return {zone: round(n / max(1, pages), 3) for zone, n in sorted(counts.items(), key=lambda c: -c[1])}


def date_figures(papers: Sequence[Paper], asked: Asked, found: Sequence[Box]) -> dict[str, Any]:
    """How many dates of FIRs are wrong, and which of them nothing holds; and what stands in the boxes, how right.

    Wrong is a date of another year than the page's, or one that does not fit between those of the numbers before and
    after it in its book, as its gold tells them, but for a day. A wrong date is loaded where it passes (calibrated on
    other offices) or stands in the box, to agree to by one key, before anybody answered. What contradicts another place
    is asked at the latest once that one is answered, and does not count as passed. Profile core.
    """
    wrong = set(_find_wrong_dates(papers, asked))
    accepts = {p.group: _accepts(found, p.group) for p in papers}
    loaded, shown, held = set(), set(), 0
    for paper in papers:
        name = paper.image.name
        items = asked.items["core"].get(name, [])
        if name in wrong:
            is_asked = any(_zone(i) == _DATE for i in _left(items, accepts[paper.group]))
            is_asked |= _DATE in asked.contradicted.get(name, ())
            in_box = _DATE in asked.shown["core"].get(name, ())
            loaded |= set() if is_asked else {name}
            shown |= {name} if in_box else set()
            held += is_asked and not in_box

    def is_held(box: Box) -> bool:
        left = _left(asked.items["core"].get(box.page, []), accepts[box.group])
        return box.field in asked.contradicted.get(box.page, ()) or any(_zone(i) == box.field for i in left)

    boxed = [b for b in found if not b.told and b.field in asked.shown["core"].get(b.page, ())]
    passed = [b for b in found if b.told or (b.confidence >= accepts[b.group][b.field] and not is_held(b))]
    return {
        "dates": sum(bool(d) for d in asked.dates.values()),
        "dates_wrong": len(wrong),
        "dates_wrong_loaded": len(loaded | shown),
        "dates_wrong_passed": len(loaded),
        "dates_wrong_prefilled": len(shown),
        "dates_wrong_asked": held,
        "dates_prefilled": sum(_DATE in zones for zones in asked.shown["core"].values()),
        "prefill_right": _mean(float(b.right) for b in boxed),
        "prefilled": len(boxed),
        "passed_right": _mean(float(b.right) for b in passed),
        "passed": len(passed),
    }


def _find_wrong_dates(papers: Sequence[Paper], asked: Asked) -> Iterator[str]:
    books: dict[str, list[Paper]] = {}
    for paper in papers:
        date, year = asked.dates.get(paper.image.name, ""), paper.gold.get("year", "")
        if date and year and date[:4] != year:
            yield paper.image.name
        elif date and year and paper.gold.get("fir_no", "").isdecimal():
            books.setdefault(paper.volume.volume, []).append(paper)
    for own in books.values():
        own.sort(key=lambda p: int(p.gold["fir_no"]))
        days = [datetime.date.fromisoformat(asked.dates[p.image.name]).toordinal() for p in own]
        kept = sorted(longest_in_order(days))
        for at in set(range(len(days))).difference(kept):
            before, after = ([days[k] for k in kept if (k < at) == is_before] for is_before in (True, False))
            if days[at] < max(before, default=0) - _SLACK_DAYS or days[at] > min(after, default=math.inf) + _SLACK_DAYS:
                yield own[at].image.name


def keystrokes(found: Sequence[Box]) -> dict[str, Any]:
    """Keys beside double keying of the same fields, and the errors that each way leaves in a value."""
    terms = {(b.group, b.field): Terms() for b in found}
    terms |= {(group, field): terms_of(found, group, field) for group, field in terms}
    ours = [(b, reviewed(b, terms[b.group, b.field]), reviewed(b, terms[b.group, b.field], CARPET)) for b in found]
    once, twice = _sum(keyed_once(b) for b in found), _sum(keyed_twice(b) for b in found)
    page, carpet = _sum(w for _, w, _ in ours), _sum(w for _, _, w in ours)
    only = {b: w for b, w, _ in ours if b.field in KEYS}
    return {
        "keystrokes_ratio": _ratio(page.keys, twice.keys),
        "keystrokes_ratio_carpet": _ratio(carpet.keys, twice.keys),
        "keystrokes_ratio_keys": _ratio(_sum(only.values()).keys, _sum(map(keyed_twice, only)).keys),
        "keystrokes_ratio_single": _ratio(page.keys, once.keys),
        "residual_errors": round(page.share_wrong, 5),
        "residual_errors_keys": round(_sum(only.values()).share_wrong, 5),
        "residual_errors_single": round(once.share_wrong, 5),
        "residual_errors_double": round(twice.share_wrong, 5),
        "keys_a_page": round(page.keys / max(1, len({b.page for b in found})), 1),
        "keys_a_page_double": round(twice.keys / max(1, len({b.page for b in found})), 1),
        "by_field": {name: _field(name, ours, terms) for name in FIELDS},
        "operator": {"mistyped": MISTYPED, "overlooked": OVERLOOKED, "carpet": CARPET, "passes": PASSES},
    }


def _field(name: str, ours: Sequence[tuple[Box, Work, Work]], terms: Mapping[tuple[str, str], Terms]) -> dict[str, Any]:
    own = [(b, w, c) for b, w, c in ours if b.field == name]
    open_to = [b for b, _, _ in own if not b.told]
    passed = [b for b in open_to if b.confidence >= terms[b.group, name].accept]
    shown = [b for b in open_to if b not in passed and b.confidence >= terms[b.group, name].prefill < NEVER]
    n, twice = max(1, len(own)), _sum(keyed_twice(b) for b, _, _ in own)
    return {
        "values": len(own), "read_right": round(sum(b.right for b, _, _ in own) / n, 4),
        "told": round(1 - len(open_to) / n, 4), "passed": round(len(passed) / n, 4),
        "passed_wrong": sum(not b.right for b in passed), "shown": round(len(shown) / n, 4),
        "keystrokes_ratio": _ratio(_sum(w for _, w, _ in own).keys, twice.keys),
        "keystrokes_ratio_carpet": _ratio(_sum(c for _, _, c in own).keys, twice.keys),
        "residual_errors": round(_sum(w for _, w, _ in own).share_wrong, 5),
    }  # fmt: skip


def _sum(works: Iterable[Work]) -> Work:
    return sum(works, Work())


def _ratio(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return round(sum(found) / max(1, len(found)), 3)


@dataclass(frozen=True)
class Looked:
    """What a person saw: (zone, page, whether it is blank). tuned: pages that were looked at to tell blank zones."""

    zones: Sequence[tuple[str, str, bool]]
    tuned: frozenset[str] = frozenset()


def _looked(papers: Sequence[Paper], *, is_invented: bool) -> Looked:
    """Of invented pages the gold says which zones are blank, of the others a file of what a person saw."""
    if is_invented:
        return Looked([(name, p.image.name, not text) for p in papers for name, text in p.gold.items()])
    file = tomllib.loads(BLANKS.read_text(encoding="utf-8"))
    zones = [
        (name, f"d{number}.jpg", word == "blank")
        for name, seen in file["zone"].items() for word in ("blank", "filled") for number in seen[word].split()
    ]  # fmt: skip
    return Looked(zones, frozenset(f"d{number}.jpg" for number in file["tuned"].split()))


def blank_figures(asked: Asked, looked: Looked) -> dict[str, Any]:
    """How often blank and filled zones are told apart: on pages not looked at before, and on those that were."""
    right: dict[tuple[str, bool], list[bool]] = {}
    lost = 0
    for name, page, is_blank in looked.zones:
        zone = asked.zones.get(page, {}).get(name)
        if zone is not None:
            right.setdefault((name, page in looked.tuned), []).append(zone.blank == is_blank)
            lost += zone.blank and not is_blank
    every = {tuned: [hit for (_, t), own in right.items() if t == tuned for hit in own] for tuned in (False, True)}
    return {
        "blank_right": _mean(map(float, every[False])),
        "blank_right_tuned": _mean(map(float, every[True])) if looked.tuned else None,
        "blank_right_by_zone": {n: _mean(map(float, own)) for (n, tuned), own in sorted(right.items()) if not tuned},
        "blank_right_tuned_by_zone": {n: _mean(map(float, own)) for (n, tuned), own in sorted(right.items()) if tuned},
        "blank_zones": len(every[False]),
        "filled_taken_for_blank": lost,
    }


def main() -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with fir-bench/")
    parser.add_argument("--sets", nargs="+", default=["fir-bench"], help="folders of pages in it")
    parser.add_argument("--in-order", default="", metavar="SET", help="answer the pages of this set one by one")
    parser.add_argument("--settings", default="", help="lines of [calibrate], with --in-order")
    parser.add_argument("--shares", action="store_true", help="take in other stations' answers, with --in-order")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--folds", type=Path, help="folder with weights for each station")
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--pages", type=int, help="only the first N pages")
    parser.add_argument("--quick", action="store_true", help="invented pages of sample_data/ alone")
    parser.add_argument("--without-browser", action="store_true", help="leave out the station, which needs Chromium")
    a = parser.parse_args()
    if not a.quick and a.data is None:
        parser.error("--data FOLDER or --quick")
    with tempfile.TemporaryDirectory() as folder:
        # Invented pages are few: nothing of them is kept.
        cache = Path(folder) if a.quick else a.cache or How().cache
        if a.in_order:
            simulation = Simulation(cache / "in-order", a.data / "fir-bench" / "stations.json", a.settings, a.shares)
            result = simulation.measure(papers_of_set(a.data, a.in_order), _log)
        else:
            result = measure(None if a.quick else a.data, How(cache, a.jobs, a.folds, a.pages), _log, a.sets)
        if not a.without_browser and not a.in_order:
            _log("the station, in a browser")
            result |= station_figures(Path(folder) / "station", quick=a.quick)
    print(json.dumps(result, indent=1))
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


def _log(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
