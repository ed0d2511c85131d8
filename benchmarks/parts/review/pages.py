"""The pages of benchmarks/review.py, read by the product's own run in a workspace, and what that workspace asks.

Station, district and year are told at intake, as a volume's label tells them. The workspace is kept under the hash of
code and pages: a broken run goes on where it was, and another choice of what is captured reads nothing again.
"""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.parts.forms.fir import FIELDS, SAMPLES, How, _engine, _reader_hash
from benchmarks.parts.review.simulated_operator import Box
from digitize.machine.progress import Silent
from digitize.review.prefill import PrefillFloors
from digitize.steps.run import RunOptions, run_workspace
from digitize.workspace.decisions.items import Item, list_items
from digitize.workspace.intake import take_in
from digitize.workspace.intake.manifest import Metadata
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue
from digitize.workspace.ledger.readings import newest_reading
from digitize.workspace.ledger.records import Records
from digitize.workspace.place import Place, create, open_place
from digitize.workspace.run_context import build_run_context
from ocr.page import Decided

PEOPLE = ("complainant", "accused", "persons", "officer", "io_name", "io_rank")
"""Beginnings of the zones of persons."""
_DISTRICT = "Bidhannagar City Police"
"""All pages of fir-bench are of its stations."""


@dataclass(frozen=True)
class Paper:
    """One page with its truth. group: its office; volume: what its label says; gold: field -> text, "" for blank."""

    image: Path
    group: str
    volume: Metadata
    gold: Mapping[str, str]
    is_right: Callable[[str, str, str], bool]


@dataclass
class Asked:
    """What was read, and what each profile asks. zones: page -> zone -> decided; told: page -> zone -> what
    intake told of it; items: profile -> page -> what is asked; dates: page -> the FIR's date, as ISO 8601; shown:
    profile -> page -> zones whose reading stands in the box before anybody answered; contradicted: page -> zones that
    something speaks against. without: pages of no record.
    """

    zones: dict[str, Mapping[str, Decided]] = field(default_factory=dict)
    told: dict[str, dict[str, str]] = field(default_factory=dict)
    items: dict[str, dict[str, list[Item]]] = field(default_factory=lambda: defaultdict(dict))
    dates: dict[str, str] = field(default_factory=dict)
    shown: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(dict))
    contradicted: dict[str, set[str]] = field(default_factory=dict)
    without: int = 0


def fir_papers(benches: Sequence[Path], scorer: Any, pages: int | None = None) -> list[Paper]:
    """The pages of fir-bench and further sets, by office and year in the order of their numbers, as a book has them.

    benches: the first one has the list of stations.
    """
    lines = [json.loads(t) for b in benches for t in (b / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    of_set = {g["image"]: b for b in benches for g in lines if (b / "images" / g["image"]).is_file()}
    lines = sorted(lines[:pages], key=_place_in_book)
    names = {e["name"].casefold(): e["name"] for e in _listed(benches[0])}

    def is_right(name: str, wanted: str, got: str) -> bool:
        return bool(scorer.norm_field(name, wanted) == scorer.norm_field(name, got))

    return [
        Paper(
            of_set[g["image"]] / "images" / g["image"],
            g["station_file"],
            _volume(
                names.get(g["station_file"].casefold(), g["station_file"]), str(g["fields"].get("year", "")), _DISTRICT
            ),
            {k: str(v) for k, v in g["fields"].items() if v},
            is_right,
        )
        for g in lines
    ]


def _place_in_book(gold: Mapping[str, Any]) -> tuple[str, str, int]:
    number = str(gold["fields"].get("fir_no", ""))
    return gold["station_file"], str(gold["fields"].get("year", "")), int(number) if number.isdecimal() else 0


def sample_papers(pages: int) -> list[Paper]:
    """Invented pages of the same form."""
    golds = [json.loads(line) for line in (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    found = [g for g in golds if g["form"] == "wbp_27" and Path(g["file"]).suffix in (".jpg", ".png")]
    return [
        Paper(
            next(SAMPLES.rglob(g["file"])), g["zones"]["police_station"],
            _volume(g["zones"]["police_station"], g["zones"]["year"]), g["zones"],
            lambda _, wanted, got: wanted.casefold() == got.casefold(),
        )
        for g in sorted(found, key=lambda g: g["file"])[:pages]
    ]  # fmt: skip


def _volume(station: str, year: str, district: str = "") -> Metadata:
    return Metadata(volume=f"{station} {year}", station=station, year=year, district=district, language="en")


def _listed(bench: Path) -> list[dict[str, Any]]:
    return list(json.loads((bench / "stations.json").read_text(encoding="utf-8"))["police_stations"])


def ask(papers: Sequence[Paper], lists: Path, how: How, profiles: Sequence[str], log: Callable[[str], None]) -> Asked:
    """Read the pages, those of each set of weights in a workspace of its own, and list what each profile asks."""
    asked = Asked()
    by_weights: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        by_weights[_engine(how, paper.group)].append(paper)
    for engine, some in by_weights.items():
        place = _workspace(engine, some, lists, how)
        pages = _pages(place, some)
        for profile in profiles:
            log(f"{len(some)} pages, profile {profile or 'everything'}")
            place = _chosen(place, profile)
            run_workspace(place, RunOptions(("read", "map", "check")), Silent())
            _take(place, profile, pages, asked)
    return asked


def _workspace(engine: str, papers: Sequence[Paper], lists: Path, how: How) -> Place:
    marks = [engine, _reader_hash(), *sorted(f"{p.image.name} {p.volume.volume}" for p in papers)]
    folder = how.cache / f"review-{hashlib.sha256(' '.join(marks).encode()).hexdigest()[:16]}"
    if not (folder / "taken").is_file():
        place = make_workspace(
            folder, lists, {"[read]": f'handwriting_engine = "{engine}"', "[run]": f"jobs = {how.jobs}"}
        )
        for volume in dict.fromkeys(p.volume for p in papers):
            take_in(place, [p.image for p in papers if p.volume == volume], volume, link=True)
        (folder / "taken").touch()
    return open_place(folder)


def make_workspace(folder: Path, lists: Path, settings: Mapping[str, str]) -> Place:
    """A new workspace with these stations. settings: "[section]" -> lines of TOML."""
    create("wb", folder)
    _write_lists(lists, folder / "lists" / "stations.csv")
    file = folder / "digitize.toml"
    text = file.read_text(encoding="utf-8")
    for section, lines in settings.items():
        text = text.replace(f"{section}\n", f"{section}\n{lines}\n", 1)
    file.write_text(text, encoding="utf-8")
    if lists.suffix == ".csv":
        for form in (SAMPLES / "forms").iterdir():
            (folder / "forms" / form.name).write_bytes(form.read_bytes())
    return open_place(folder)


def _write_lists(lists: Path, out: Path) -> None:
    if lists.suffix == ".csv":
        out.write_bytes(lists.read_bytes())
        return
    with out.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(["station", "district", "aliases", "district_aliases"])
        writer.writerows([e["name"], _DISTRICT, "; ".join(e["aliases"]), ""] for e in _listed(lists.parent))


def _chosen(place: Place, profile: str) -> Place:
    """The same workspace with another choice of what is captured."""
    path = place.folder / "digitize.toml"
    head = path.read_text(encoding="utf-8").partition("\n[capture]\n")
    rest = head[2].partition("\n[")
    path.write_text(f'{head[0]}\n[capture]\nprofile = "{profile}"\n\n[{rest[2]}', encoding="utf-8")
    return open_place(place.folder)


def _pages(place: Place, papers: Sequence[Paper]) -> dict[str, str]:
    """Page of the workspace -> file name."""
    of_hash = {hashlib.sha256(p.image.read_bytes()).hexdigest(): p.image.name for p in papers}
    with Ledger(place.ledger) as ledger:
        return {scan.page: of_hash[scan.sha256] for scan in Catalogue(ledger).scans()}


def _take(place: Place, profile: str, pages: Mapping[str, str], asked: Asked) -> None:
    with Ledger(place.ledger) as ledger:
        items: dict[str, list[Item]] = {name: [] for name in pages.values()}
        floors = PrefillFloors(ledger)
        for stored, item in list_items(ledger, build_run_context(place, ledger).mappings):
            items[pages[stored.unit]].append(item)
        asked.items[profile] |= items
        for name, own in items.items():
            asked.shown[profile][name] = {i.cell.rpartition("/")[2] for i in own if i.machine and floors.allow(i)}
            asked.contradicted[name] = {i.cell.rpartition("/")[2] for i in own if floors.is_contradicted(i)}
        made: Counter[str] = Counter()
        for stored in Records(ledger).all():
            name = pages[stored.unit]
            made[name] += 1
            cells = list(stored.record.cells())
            asked.told[name] = {v.origin.zone or p: v.value or "" for p, v in cells if v.by == "intake"}
            asked.dates[name] = stored.record.value("fir_date") or ""
        asked.without += sum(name not in made for name in pages.values()) * (profile == "")
        for page, name in pages.items():
            reading = newest_reading(ledger, page)
            asked.zones[name] = reading.zones if reading else {}


def boxes(papers: Sequence[Paper], asked: Asked) -> Iterator[Box]:
    """The five values of every page, as they were read."""
    for paper in papers:
        zones = asked.zones.get(paper.image.name, {})
        for name in FIELDS:
            wanted, zone = paper.gold.get(name), zones.get(name)
            if not wanted:
                continue
            others = [c.text for c in zone.candidates] if zone else []
            told = asked.told.get(paper.image.name, {}).get(name, "")
            text = told or (zone.value if zone else "")
            yield Box(
                page=paper.image.name,
                field=name,
                group=paper.group,
                typed=len(wanted),
                confidence=zone.confidence if zone and zone.value else 0.0,
                right=bool(text) and paper.is_right(name, wanted, text),
                told=bool(told),
                listed=any(paper.is_right(name, wanted, text) for text in others[:5]),
            )
