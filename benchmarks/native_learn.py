"""What `digitize learn` brings an office that writes Hindi or Bengali in one odd hand. All of it is drawn.

    python benchmarks/native_learn.py OUT [--language hi] [--pages 26] [--digits FILE] [--wrong] [--steps 160]

Pages of the IIF-I are drawn by sample_data/ in one of its hands, every word leaning to the left and squeezed, and put
into a workspace with the values that stand on them as if a person had settled them (--wrong: with those of others).
Then the office learns, all networks, in turns, adopting what reads better. --digits: weights for native digits to begin
with, of which the package has none. Needs the fonts of sample_data/README.md.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import resource
import shutil
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from PIL import Image, ImageChops, ImageDraw

from digitize.learning.learn import learn_handwriting
from digitize.learning.networks import taught_by
from digitize.machine.progress import Silent
from digitize.steps.read_keys import DECIDE
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Batch, Catalogue, PageScan, SourceFile
from digitize.workspace.ledger.records import Decision, Records
from digitize.workspace.place import Place, create, open_place
from ocr.forms.form import Form
from ocr.forms.zones import load_models
from ocr.learning.teach import Course
from sample_data import make
from sample_data.cases import Ask, Book
from sample_data.fonts import FOLDER, Fonts
from sample_data.iif1 import FAMILY
from sample_data.lettering import Lettering
from sample_data.phrases import load_phrases
from sample_data.plan import Plan

ROOT = Path(__file__).parents[1]
LEAN, SQUEEZE = 0.9, 0.75
_SEED = 7
_HANDS = {"hi": (1, "Kalpana"), "bn": (0, "Udaharan")}
"""Language -> which of its hands, and the district."""


def main() -> int:
    """Draw, settle, learn and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--language", choices=sorted(_HANDS), default="hi")
    parser.add_argument("--pages", type=int, default=26)
    parser.add_argument("--digits", type=Path)
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--steps", type=int, default=Course().steps)
    parser.add_argument("--fonts", type=Path, default=FOLDER)
    parser.add_argument("--jobs", type=int, default=2)
    a = parser.parse_args()
    scans, workspace = a.out / a.language, a.out / "workspace"
    if not (scans / "gold.jsonl").is_file():
        draw(scans, a.language, a.pages, a.fonts)
    shutil.rmtree(workspace, ignore_errors=True)
    place = settled(scans, workspace, a)
    begun = time.monotonic()
    found = learn_handwriting(place, _Said(), Course(steps=a.steps))
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told = {**found.as_plain(), "cpu_s": round(sum(u.ru_utime + u.ru_stime for u in used))}
    print(json.dumps({**told, "clock_s": round(time.monotonic() - begun)}, indent=1))
    return 0


def draw(folder: Path, language: str, count: int, fonts: Path) -> None:
    """Draw pages of the IIF-I in a leaning hand, with their gold."""
    Lettering._write_word = _leaning  # type: ignore[method-assign]
    make.make_set(make.Studio(Fonts(fonts)), _plans(language, count), folder, folder / "gold.jsonl", _SEED)


def settled(scans: Path, folder: Path, a: argparse.Namespace) -> Place:
    """A workspace in which what stands on the pages was settled by a person, or what stands on others."""
    create("wb", folder)
    shutil.copy(ROOT / "sample_data/stations.csv", folder / "lists/stations.csv")
    digits = {"read.native_digits": str(a.digits.resolve())} if a.digits else {}
    place = open_place(folder, {"run.jobs": a.jobs, **digits})
    gold = [json.loads(line)["zones"] for line in (scans / "gold.jsonl").read_text("utf-8").splitlines()]
    form = load_models().forms[f"iif1_{a.language}"]
    with Ledger(place.ledger) as ledger:
        Catalogue(ledger).insert_batch(Batch("wb-b0001", "book", "2026-11-28"))
        for number, path in enumerate(sorted(scans.glob("*.jpg"))):
            values = gold[(7 * number + 3) % len(gold)] if a.wrong else gold[number]
            _settle(ledger, place, path, number, form, values)
    return place


def _settle(ledger: Ledger, place: Place, path: Path, number: int, form: Form, values: dict[str, str]) -> None:
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    scan = PageScan(f"wb-0001-{number:04d}", sha, 0, "wb-b0001", 1, number, language=form.languages[0])
    size = path.stat().st_size
    Catalogue(ledger).insert_source(SourceFile(sha, scan.batch, path.name, size, "image/jpeg", 1, path.suffix))
    kept = place.original(sha, path.suffix)
    kept.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(path, kept)
    Catalogue(ledger).insert_scan(scan)
    ledger.finish(scan.page, DECIDE, "drawn", {}, {"form": form.id})
    for zone in form.zones:
        if values.get(zone.id) and taught_by(zone, form, names=False):
            cell = f"zone:{scan.page}/{zone.id}"
            decision = Decision(f"{scan.page}-r1", cell, "x", f"{sha}:0", "iif1", "value", values[zone.id], "drawn")
            Records(ledger).insert_decision(decision, f"2026-11-28T{number:04d}")


def _plans(language: str, count: int) -> Iterator[Plan]:
    say, chance = load_phrases(language), random.Random(5)
    offences = [o.id for o in say.offences if not o.id.startswith("bns") and o.id != "wrong"]
    hand, district = _HANDS[language]
    for n in range(count):
        station, year = [*say.stations][n % len(say.stations)], 2004 + n % 14
        number, offence = chance.randrange(1, 700), chance.choice(offences)
        day, days = date(year, 1, 3) + timedelta(days=chance.randrange(330)), chance.choice((0, 1, 3))
        ask = Ask(number, offence, day, days=days, style=chance.randrange(3), unknown=True)
        book = Book(f"b{station}{year}", language, FAMILY, station, district, year)
        yield Plan(f"{language}_{n:03d}.jpg", book, ask, hand=hand, level="light", dpi=200, grey=True)


def _leaning(
    self: Lettering, mask: Image.Image, at: tuple[float, float], word: str, size: float, rng: random.Random
) -> None:
    """As Lettering._write_word, but leaning to the left and squeezed."""
    if not word:
        return
    pad = round(size)
    width, base = round(self.width(word, size)) + 2 * pad, 2 * pad
    tile = Image.new("L", (width, 4 * pad))
    self.print(ImageDraw.Draw(tile), (pad, base), word, size)
    move = (1, -LEAN, LEAN * (base - size * 0.35), 0, 1 / SQUEEZE, base - base / SQUEEZE)
    tile = tile.transform(tile.size, Image.Transform.AFFINE, move, Image.Resampling.BICUBIC)
    tile = tile.rotate(rng.uniform(-0.9, 0.9), Image.Resampling.BICUBIC, center=(pad, base))
    corner = (round(at[0]) - pad, round(at[1]) - base)
    box = (*corner, corner[0] + width, corner[1] + 4 * pad)
    mask.paste(ImageChops.lighter(mask.crop(box), tile), corner)


class _Said(Silent):
    """Says what begins, with the time."""

    def start(self, step: str, total: int) -> None:
        """Say it."""
        print(time.strftime("%X"), step, total, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
