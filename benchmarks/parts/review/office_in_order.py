"""An office simulated page by page: what is asked, answered, measured and passes while its pages come in order.

All by the product's own functions: questions of the station, checks of answers, thresholds, prefills. The operator
types what the gold has. Of zones without gold, dates count as read rightly where they are of the volume's year, so
that they prove something; all else is answered as illegible, and nothing of it counts as right or wrong here. Pages
are read once; what was read is copied from ledger to ledger: another order or setting reads nothing again.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from benchmarks.parts.review.pages import Paper, make_workspace
from benchmarks.parts.review.simulated_operator import OVERLOOKED
from digitize.machine.progress import Silent
from digitize.review.answering import AskedItem, GivenAnswer, Reply, as_decision, check_answers, keep_answer
from digitize.review.asked_fields import list_asked_fields
from digitize.review.prefill import PrefillFloors
from digitize.review.question_cache import has_passed
from digitize.steps.read_keys import DECIDE, PRINT_UNKNOWN, RECOGNISE, decide_key, recognise_key
from digitize.steps.run import RunOptions, run_workspace
from digitize.workspace.calibration.other_offices import give_answers, take_answers
from digitize.workspace.decisions.apply import ILLEGIBLE, VALUE
from digitize.workspace.decisions.items import ZONE, Item, item_id
from digitize.workspace.intake import take_in
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, PageScan
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.measuring import measure_place
from digitize.workspace.place import Place, open_place
from digitize.workspace.run_context import RunContext, build_run_context

FIVE = ("police_station", "year", "fir_no", "statutes", "complainant_name")
DATES = ("fir_date", "info_date")
NAME = "complainant_name"
PARTS = ((1, 30), (31, 60), (61, 100))
_AT_ONCE = 5
"""Pages answered between two runs."""


@dataclass
class PageWork:
    """What one page cost. keys, keys_double: of the five fields with gold; names apart. prefilled, passed: values with
    gold, and of these right ones.
    """

    questions: int = 0
    questions_of_names: int = 0
    blind: int = 0
    keys: float = 0.0
    keys_double: float = 0.0
    keys_of_names: float = 0.0
    keys_double_of_names: float = 0.0
    prefilled: int = 0
    prefilled_right: int = 0
    passed: int = 0
    passed_right: int = 0


@dataclass
class Office:
    """A workspace whose pages come in order. papers: by order; pages: page id -> paper."""

    place: Place
    papers: Sequence[Paper]
    pages: Mapping[str, Paper]
    work: dict[str, PageWork] = field(default_factory=dict)

    def live(self, *, most: int = 100) -> None:
        """Answer page after page, with a run after every few."""
        order = sorted(self.pages, key=lambda p: self.papers.index(self.pages[p]))[:most]
        for start in range(0, len(order), _AT_ONCE):
            run_workspace(self.place, RunOptions(("map", "check")), Silent())
            with Ledger(self.place.ledger) as ledger:
                self._answer(ledger, order[start : start + _AT_ONCE])
                measure_place(ledger, self.place)

    def _answer(self, ledger: Ledger, units: Sequence[str]) -> None:
        known, readings = build_run_context(self.place, ledger), Readings(ledger)
        floors = PrefillFloors(ledger)
        asked: dict[str, list[tuple[Stored, Item]]] = {unit: [] for unit in units}
        for stored, item in list_asked_fields(ledger, known).items:
            if stored.unit in asked:
                asked[stored.unit].append((stored, item))
        for unit in units:
            work, paper = self.work.setdefault(unit, PageWork()), self.pages[unit]
            self._count_passed(ledger, unit, work, asked[unit])
            for name in FIVE:
                if wanted := paper.gold.get(name):
                    work.keys_double += 2 * (len(wanted) + 1)
                    work.keys_double_of_names += 2 * (len(wanted) + 1) * (name == NAME)
            for stored, item in asked[unit]:
                zone = item.cell.rpartition("/")[2]
                work.questions += 1
                work.questions_of_names += zone.startswith(("complainant", "accused", "officer", "io_"))
                work.blind += item.is_blind
                shown = "" if item.is_blind or not floors.allow(item) else item.machine
                if wanted := paper.gold.get(zone, "") if zone in FIVE else "":
                    cost = _keys(paper, zone, wanted, shown, item)
                    work.keys += cost
                    work.keys_of_names += cost * (zone == NAME)
                    if shown:
                        work.prefilled += 1
                        work.prefilled_right += paper.is_right(zone, wanted, shown)
                self._settle(ledger, known, readings, paper, stored, item)

    def _count_passed(self, ledger: Ledger, unit: str, work: PageWork, asked: Sequence[tuple[Stored, Item]]) -> None:
        """Values that passed and are not asked."""
        cells, paper = {item.cell for _, item in asked}, self.pages[unit]
        cells_of = (own for stored in Records(ledger).of_unit(unit) for _, own in stored.record.cells())
        passed = {value.origin.zone for value in cells_of if has_passed(value) and value.origin.page == unit}
        reading = Readings(ledger).newest(unit)
        for zone in FIVE:
            if paper.gold.get(zone) and zone in passed and f"{ZONE}:{unit}/{zone}" not in cells and reading is not None:
                work.passed += 1
                work.passed_right += paper.is_right(zone, paper.gold[zone], reading.zones[zone].value)

    def _settle(
        self, ledger: Ledger, known: RunContext, readings: Readings, paper: Paper, stored: Stored, item: Item
    ) -> None:
        page, _, zone = item.cell.removeprefix(f"{ZONE}:").rpartition("/")
        reading = readings.newest(page) if page else None
        seen = reading.zones.get(zone) if reading is not None else None
        raw = seen.raw if seen is not None else item.reading
        said = paper.gold.get(zone, "") if zone in FIVE else ""
        if said and seen is not None and paper.is_right(zone, said, seen.value or ""):
            said = seen.value or said  # The gold's spelling need not be the paper's.
        if zone in DATES and seen is not None and (seen.value or "").endswith(paper.volume.year[-2:]):
            said = seen.value or ""
        blank = Decision(item.record, item.cell, raw, item.source, stored.record.form, VALUE, "", "")
        asked = AskedItem(blank, item.machine, confidence=item.confidence)
        is_measured = item.id != item_id(item.record, item.cell, raw, item.source)
        reply = Reply(said, "" if said else ILLEGIBLE, "operator", is_sure=True)
        # An illegible answer would count against the machine, where only the gold is missing.
        has_truth = bool(said) and (zone in FIVE or zone in DATES)
        given = GivenAnswer(as_decision(reply, asked), is_measured and has_truth, True)
        for checked in check_answers(ledger, known, item.record, [given], with_rules=False)[0]:
            decision = checked.decision
            if not checked.is_good:
                decision = as_decision(Reply("", ILLEGIBLE, "operator"), asked)
            keep_answer(ledger, decision, checked.measured)


def _keys(paper: Paper, zone: str, wanted: str, shown: str, item: Item) -> float:
    """Keys of one value, as benchmarks/parts/review/simulated_operator.py counts them."""
    typed = len(wanted) + 1.0
    if not shown:
        offered = () if item.is_blind else (item.value, *item.candidates[:5])
        return 2.0 if any(paper.is_right(zone, wanted, text) for text in offered if text) else typed
    if paper.is_right(zone, wanted, shown):
        return 1.0
    return OVERLOOKED + (1 - OVERLOOKED) * typed


def open_office(
    folder: Path, papers: Sequence[Paper], lists: Path, read: Mapping[str, Path], settings: str = ""
) -> Office:
    """A new workspace of these pages, with what was read of them in other workspaces.

    read: hash of a scan -> the workspace where it was read. settings: of [calibrate], as lines of TOML.
    """
    place = _take_in(folder, papers, lists, settings)
    with Ledger(place.ledger) as ledger:
        _copy_readings(ledger, build_run_context(place, ledger), read)
    of_hash = {hash_of(p.image): p for p in papers}
    with Ledger(place.ledger) as ledger:
        pages = {scan.page: of_hash[scan.sha256] for scan in Catalogue(ledger).scans()}
    return Office(place, papers, pages)


def _take_in(folder: Path, papers: Sequence[Paper], lists: Path, settings: str) -> Place:
    shutil.rmtree(folder, ignore_errors=True)
    place = make_workspace(folder, lists, {"[calibrate]": settings, "[capture]": 'profile = "core"'})
    for volume in dict.fromkeys(p.volume for p in papers):
        take_in(place, [p.image for p in papers if p.volume == volume], volume, link=True)
    return place


def _copy_readings(ledger: Ledger, known: RunContext, read: Mapping[str, Path]) -> None:
    by_place: dict[Path, list[PageScan]] = {}
    for scan in Catalogue(ledger).scans():
        by_place.setdefault(read[scan.sha256], []).append(scan)
    for folder, scans in by_place.items():
        with Ledger(open_place(folder).ledger) as other:
            there = {scan.sha256: scan.page for scan in Catalogue(other).scans()}
            for scan in scans:
                page = there[scan.sha256]
                seen, decided = other.state(page, RECOGNISE), other.state(page, DECIDE)
                if seen is None or decided is None or decided.form is None or not seen.is_done:
                    continue
                unknown = bool(seen.detail.get(PRINT_UNKNOWN))
                key = recognise_key(known, scan, decided.form, print_unknown=unknown)
                ledger.finish(scan.page, RECOGNISE, key, other.result(page, RECOGNISE, seen.key), seen.detail)
                found = other.result(page, DECIDE, decided.key)
                ledger.finish(scan.page, DECIDE, decide_key(known, scan, key, decided.form), found, decided.detail)


def hash_of(image: Path) -> str:
    """As the catalogue has it."""
    return hashlib.sha256(image.read_bytes()).hexdigest()


@dataclass(frozen=True)
class Simulation:
    """How offices are simulated. settings: of [calibrate]; shares: take the answers of all stations that are not in the
    workspace; most: pages of a workspace.
    """

    folder: Path
    lists: Path
    settings: str = ""
    shares: bool = False
    most: int = 100

    def measure(self, papers: Sequence[Paper], log: Callable[[str], None]) -> dict[str, Any]:
        """Figures by part of the pages. papers: in the order of their books.

        A workspace holds the pages of one station, then those of the next, until there are enough; each station is the
        first of one workspace.
        """
        groups = sorted({p.group for p in papers}, key=lambda g: (-sum(p.group == g for p in papers), g))
        read = self._read(papers, groups, log)
        given = {g: self._answer_alone(papers, g, read) for g in groups} if self.shares else {}
        offices = []
        for number, first in enumerate(groups):
            turn, own, used = [*groups[number:], *groups[:number]], list[Paper](), list[str]()
            while turn and len(own) < self.most:
                used.append(turn.pop(0))
                own += [p for p in papers if p.group == used[-1]]
            office = open_office(self.folder / f"{number}", own, self.lists, read, self.settings)
            with Ledger(office.place.ledger) as ledger:
                for group in set(given) - set(used):
                    take_answers(ledger, "wb", office.place.options.workspace.site_id, given[group])
            office.live(most=self.most)
            offices.append(office)
            log(f"{first}: {summarise([office])}")
        return summarise(offices)

    def _read(self, papers: Sequence[Paper], groups: Sequence[str], log: Callable[[str], None]) -> dict[str, Path]:
        """Hash of a scan -> the workspace where it was read; what was read before is kept."""
        found = {}
        for number, group in enumerate(groups):
            folder = self.folder / f"read-{number}"
            own = [p for p in papers if p.group == group]
            if not (folder / "read").is_file():
                place = _take_in(folder, own, self.lists, "")
                run_workspace(place, RunOptions(("read",)), Silent())
                (folder / "read").touch()
                log(f"{len(own)} pages read")
            found |= {hash_of(p.image): folder for p in own}
        return found

    def _answer_alone(self, papers: Sequence[Paper], group: str, read: Mapping[str, Path]) -> Path:
        own = [p for p in papers if p.group == group]
        office = open_office(self.folder / "alone", own, self.lists, read, self.settings)
        office.live(most=self.most)
        file = self.folder / f"{hashlib.sha256(group.encode()).hexdigest()[:8]}.json"
        with Ledger(office.place.ledger) as ledger:
            give_answers(ledger, "wb", f"wb-{file.stem}", file)
        return file


def summarise(offices: Sequence[Office]) -> dict[str, Any]:
    """Questions, keys, prefills and passed values by part of the pages."""
    found = {}
    for first, last in PARTS:
        works = [w for o in offices for w in list(o.work.values())[first - 1 : last]]
        if not works:
            continue
        sums = {f.name: sum(getattr(w, f.name) for w in works) for f in fields(PageWork)}
        n = len(works)
        found[f"{first}-{last}"] = {
            "pages": n,
            "questions": round(sums["questions"] / n, 2),
            "questions_without_persons": round((sums["questions"] - sums["questions_of_names"]) / n, 2),
            "blind": round(sums["blind"] / n, 2),
            "keys_share": _share(sums["keys"], sums["keys_double"]),
            "keys_share_without_names": _share(
                sums["keys"] - sums["keys_of_names"], sums["keys_double"] - sums["keys_double_of_names"]
            ),
            "prefill_right": _share(sums["prefilled_right"], sums["prefilled"]),
            "prefilled": sums["prefilled"],
            "passed_right": _share(sums["passed_right"], sums["passed"]),
            "passed": sums["passed"],
        }
    return found


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None
