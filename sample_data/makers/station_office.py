"""An office to key in: invented pages of the printed FIR, "read" without an engine, each field of it doubtful.

The values are those of the gold of sample_data. A page's picture is a drawing of where its zones stand: what is
measured or tested over it is the station, not the reading.
"""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "sample_data"
PASSWORD = "correct horse battery"
PEOPLE = (("Asha", "operator", "en"), ("Bala", "operator", "en"), ("Sita", "supervisor", "en"),
          ("Adil", "administrator", "hi"))  # fmt: skip
CONFIDENCE = 0.85
URDU = {
    "district": "نمونہ", "police_station": "نمونہ پور", "year": "۲۰۲۱", "fir_no": "۱۲", "complainant_name": "محمد فرضی",
    "complainant_relative": "عبد فرضی", "complainant_occupation": "کسان", "place_address": "بازار کے پاس، نمونہ پور",
    "io_name": "فرضی احمد",
}  # fmt: skip
"""Invented: the gold has no Urdu page."""


def make_office(folder: Path, pages: Mapping[str, int], *, settings: str = "", empty: Collection[str] = (),
                people: Sequence[tuple[str, str, str]] = PEOPLE) -> Any:  # fmt: skip
    """A workspace with so many pages of each language, a volume each, in review; returns its place.

    settings: lines of [review] in digitize.toml. empty: zones in which nothing was read, so that they are keyed.
    people: name, role and language of the pages; everybody's password is PASSWORD.
    """
    from digitize.machine.progress import Silent
    from digitize.steps.run import RunOptions, run_workspace
    from digitize.workspace.place import open_place

    _call("init", "up", folder, "--site", "test")
    shutil.copy(SAMPLES / "stations.csv", folder / "lists" / "stations.csv")
    options = (folder / "digitize.toml").read_text(encoding="utf-8")
    (folder / "digitize.toml").write_text(options.replace("[review]\n", f"[review]\n{settings}\n"), encoding="utf-8")
    for language, count in pages.items():
        _take_in(folder, language, count)
    place = open_place(folder)
    _read_all(place, empty)
    run_workspace(place, RunOptions(("map", "check")), Silent())
    _staff(place, people)
    return place


def _call(*arguments: object) -> None:
    """A command in this process, its words kept off the screen."""
    from contextlib import redirect_stderr, redirect_stdout
    from io import StringIO

    from digitize.cli.app import run

    told = StringIO()
    with redirect_stdout(told), redirect_stderr(told):
        code = run([str(a) for a in arguments])
    if code:
        raise RuntimeError(told.getvalue()[-2000:])


def _form(language: str) -> dict[str, Any]:
    return tomllib.loads((ROOT / "ocr" / "forms" / f"iif1_{language}.toml").read_text(encoding="utf-8"))


def _take_in(folder: Path, language: str, count: int) -> None:
    scans = folder.parent / f"{folder.name}-{language}"
    scans.mkdir(parents=True)
    for n in range(count):
        _draw(_form(language), n, scans / f"{n:04}.png")
    _call("intake", folder, scans, "--volume", f"FIR {language}", "--language", language)


def _read_all(place: Any, empty: Collection[str]) -> None:
    from digitize.workspace.ledger import Ledger
    from digitize.workspace.ledger.catalogue import Catalogue

    lines = [json.loads(g) for g in (SAMPLES / "gold.jsonl").read_text(encoding="utf-8").splitlines()]
    with Ledger(place.ledger) as ledger:
        catalogue = Catalogue(ledger)
        labels = catalogue.volume_labels()
        for n, scan in enumerate(catalogue.scans()):
            language = labels[scan.volume].split()[-1]
            gold = [g["zones"] for g in lines if g["form"] == "iif1_print" and g["language"] == language] or [URDU]
            said = gold[n % len(gold)] | {"fir_no": str(101 + n)}
            _read(ledger, scan.page, language, {z: t for z, t in said.items() if z not in empty})


def _draw(form: Mapping[str, Any], number: int, path: Path) -> None:
    from PIL import Image, ImageDraw

    page = Image.new("L", (form["width"], form["height"]), 245)
    pen = ImageDraw.Draw(page)
    for zone in form["zone"]:
        x0, y0, x1, y1 = zone["box"]
        pen.line((x0, y1, x1, y1), fill=120, width=2)
        pen.text((x0 + 10, y0 + 10), f"{zone['id']} {number + 1}", fill=60, font_size=28)
    page.save(path, compress_level=1)


def _read(ledger: Any, page: str, language: str, said: Mapping[str, str]) -> None:
    from ocr.page import Box, Candidate, Decided, Reading, Recognition
    from ocr.plain import reading_to_plain, recognition_to_plain

    form, zones = _form(language), {}
    for zone in form["zone"]:
        name, text, box = zone["id"], said.get(zone["id"], ""), Box(*zone["box"])
        others = (Candidate(text, CONFIDENCE), Candidate(text[:-1], 0.3)) if len(text) > 3 else ()
        zones[name] = Decided(name, text, text or None, CONFIDENCE if text else 0.0, box, candidates=others)
    made = Recognition(form["id"], form["width"], form["height"])
    ledger.finish(page, "recognise", "1", recognition_to_plain(made), {"form": form["id"]})
    detail = {"form": form["id"], "family": form["family"], "part": 1, "language": language}
    reading = Reading(form=form["id"], family=form["family"], zones=zones)
    ledger.finish(page, "decide", "1", reading_to_plain(reading), detail)


def _staff(place: Any, people: Sequence[tuple[str, str, str]]) -> None:
    from digitize.login.people import People, new_account

    known = People(place.folder)
    for name, role, language in people:
        known.add(new_account(name, role, language, {}), PASSWORD)
