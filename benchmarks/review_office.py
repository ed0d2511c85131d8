"""An office to key in: invented pages of the printed Hindi FIR, "read" without an engine, each field of it doubtful.

The values are those of the gold of sample_data. A page's picture is a drawing of where its zones stand: what is measured
or tested over it is the station, not the reading.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample_data"
FORM = "iif1_hi"
PASSWORD = "correct horse battery"
PEOPLE = (("Asha", "operator"), ("Bala", "operator"), ("Sita", "supervisor"), ("Adil", "administrator"))
CONFIDENCE = 0.5


def make_office(folder: Path, pages: int, *, settings: str = "", empty: Mapping[str, int] | None = None,
                people: Any = PEOPLE, run: Callable[[list[str]], Any] | None = None) -> Any:  # fmt: skip
    """A workspace with so many pages of one volume, in review; returns its place.

    settings: appended to digitize.toml. empty: zone -> of which page on nothing was read there, so that it is keyed.
    run: calls the command line; the package's own where None.
    """
    from digitize.cli.app import run as own_run
    from digitize.machine.progress import Silent
    from digitize.steps.pipeline import RunOptions, run_all
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.ledger.catalogue import Catalogue
    from digitize.workspace.place import open_place

    call = run or own_run
    call(["init", "up", str(folder), "--site", "test"])
    shutil.copy(SAMPLES / "stations.csv", folder / "lists" / "stations.csv")
    with (folder / "digitize.toml").open("a", encoding="utf-8") as f:
        f.write(settings)
    scans = folder.parent / f"{folder.name}-scans"
    scans.mkdir(parents=True)
    form = tomllib.loads((ROOT / "ocr" / "forms" / f"{FORM}.toml").read_text(encoding="utf-8"))
    for n in range(pages):
        _draw(form, n, scans / f"{n:04}.png")
    call(["intake", str(folder), str(scans), "--volume", "FIR 2025", "--language", "hi"])
    lines = (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()
    gold = [g["zones"] for g in map(json.loads, lines) if g["form"] == "iif1_print" and g["language"] == "hi"]
    place = open_place(folder)
    with Ledger(place.ledger) as ledger:
        for n, scan in enumerate(Catalogue(ledger).scans()):
            said = gold[n % len(gold)] | {"fir_no": str(101 + n)}
            blank = {zone for zone, first in (empty or {}).items() if n >= first}
            _read(ledger, scan.page, form, {z: "" if z in blank else t for z, t in said.items()})
    run_all(place, RunOptions(("map", "check")), Silent())
    _staff(place, people)
    return place


def _draw(form: Mapping[str, Any], number: int, path: Path) -> None:
    from PIL import Image, ImageDraw

    page = Image.new("L", (form["width"], form["height"]), 245)
    pen = ImageDraw.Draw(page)
    for zone in form["zone"]:
        x0, y0, x1, y1 = zone["box"]
        pen.line((x0, y1, x1, y1), fill=120, width=2)
        pen.text((x0 + 10, y0 + 10), f"{zone['id']} {number + 1}", fill=60, font_size=28)
    page.save(path, compress_level=1)


def _read(ledger: Any, page: str, form: Mapping[str, Any], said: Mapping[str, str]) -> None:
    from ocr.page import Box, Candidate, Decided, Reading, Recognition
    from ocr.plain import reading_to_plain, recognition_to_plain

    zones = {}
    for zone in form["zone"]:
        name, text = zone["id"], said.get(zone["id"], "")
        others = (Candidate(text, CONFIDENCE), Candidate(text[:-1] + "र", 0.3)) if len(text) > 3 else ()
        zones[name] = Decided(name, text, text or None, CONFIDENCE if text else 0.0, Box(*zone["box"]), candidates=others)
    size = form["width"], form["height"]
    ledger.finish(page, "recognise", "1", recognition_to_plain(Recognition(FORM, *size)), {"form": FORM})
    detail = {"form": FORM, "family": form["family"], "part": 1, "language": "hi"}
    ledger.finish(page, "decide", "1", reading_to_plain(Reading(form=FORM, family=form["family"], zones=zones)), detail)


def _staff(place: Any, people: Any) -> None:
    from digitize.review.station.people import People, new_account

    known = People(place.folder)
    for name, role in people:
        known.add(new_account(name, role, "en", {}), PASSWORD)
