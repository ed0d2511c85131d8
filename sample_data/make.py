"""Draws the invented scans of the samples anew, or a larger set of them elsewhere.

    python sample_data/make.py                                        the committed set, byte for byte
    python sample_data/make.py --out /tmp/many --count 200 --wear mixed     a larger set, for measurements
    python sample_data/make.py --write-forms                          ocr/forms/iif1_*.toml and their key points
    python sample_data/make.py --garbage                              the broken files

Drawing needs fonts (sample_data/README.md says which); using the samples needs none.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from sample_data import iif1, wbp27
from sample_data.cases import Case, invent, settle
from sample_data.draw import Inked, draw_print, fill, print_measure
from sample_data.fonts import FOLDER, HANDS, FontMissing, Fonts
from sample_data.layout import Blank, Sheet
from sample_data.lettering import Lettering
from sample_data.phrases import Phrases, load_phrases
from sample_data.plan import SEED, Plan, by_lot, committed, further_languages
from sample_data.sheet_cases import case_forms, invent_whole, whole_firs
from sample_data.sheets import sheet, sheet_forms, sheet_style, split_style
from sample_data.wear import Worn, choose, turned, worn
from sample_data.write import bitonal, write_scans

HERE = Path(__file__).parent
SCANS = HERE / "fir_book_2025"
GOLD = HERE / "gold.jsonl"
SHEETS = HERE / "fir_sheets"
"""FIRs of several pages, with their own gold."""
CASE_FORMS = HERE / "case_forms"
"""Arrest memos and other forms of a case, with their own gold."""
FURTHER = HERE / "iif1_languages"
"""A page of the IIF-I in each further language, with its own gold: what the tests read and the demo does not."""
_MANIFEST = ("file", "volume", "station", "district", "year", "kind", "language", "page")


@dataclass(frozen=True)
class Drawn:
    """One page drawn: the scan as it is stored, how worn it is, and its line of gold (page number apart)."""

    plan: Plan
    image: Image.Image
    quality: int
    gold: dict[str, object]


class Studio:
    """Draws pages; keeps what many pages share: fonts, phrases, blank prints."""

    def __init__(self, fonts: Fonts) -> None:
        self.fonts = fonts
        self._phrases: dict[str, Phrases] = {}
        self._prints: dict[str, tuple[Sheet, Image.Image]] = {}

    def blank(self, style: str) -> tuple[Sheet, Image.Image]:
        """A form as laid out and its print as a mask; style: a language of the IIF-I on one page, "wbp", or a page of a
        form of several (`sheet_style`).
        """
        if style not in self._prints:
            page = split_style(style)
            print_style = page[2] if page else style
            measure = print_measure(self.fonts, print_style)
            if page:
                drawn = sheet(sheet_forms()[page[0]], page[1], page[2], measure)
            else:
                drawn = wbp27.sheet(measure) if style == "wbp" else iif1.sheet(style, measure)
            self._prints[style] = drawn, draw_print(drawn, self.fonts, print_style)
        return self._prints[style]

    def draw(self, plan: Plan, seed: int) -> Drawn:
        """One page; the same plan and seed give the same page."""
        rng = random.Random(f"{seed} {plan.file} {plan.ask.number}")
        noise = np.random.default_rng(rng.getrandbits(64))
        form, printed = self.blank(_style(plan))
        say = self._say(plan.book.language)
        case = (invent_whole if plan.part else invent)(plan.book, plan.ask, say, rng)
        if plan.part:  # all pages tell of one FIR, and none is written or worn like another
            case = case.take_share(*plan.share)
            rng = random.Random(f"{seed} {plan.file} {plan.ask.number} {plan.part} {plan.share}")
            noise = np.random.default_rng(rng.getrandbits(64))
        lettering = Lettering(self.fonts, HANDS[plan.book.language][plan.hand])
        hand, written = fill(form, lettering, case.values, rng)
        wear = choose(plan.level, noise)
        scan = turned(worn(Inked(printed, hand, written), wear, self.fonts, noise), plan.turns, plan.dpi)
        return Drawn(plan, _stored(scan, plan), wear.quality, _gold(plan, form, settle(case, written), scan))

    def _say(self, language: str) -> Phrases:
        if language not in self._phrases:
            self._phrases[language] = load_phrases(language)
        return self._phrases[language]


def _style(plan: Plan) -> str:
    if plan.part:
        return sheet_style(plan.book.family, plan.part, plan.book.language)
    return "wbp" if plan.book.family == wbp27.FAMILY else plan.book.language


def zones_of(sheet: Sheet) -> list[Blank]:
    """The blanks of a form that are zones; those whose name begins with "_" are only dotted lines."""
    return [b for b in sheet.blanks if not b.zone.startswith("_")]


def make_set(studio: Studio, plans: Iterable[Plan], folder: Path, gold: Path, seed: int = SEED) -> int:
    """Draw pages into a folder, with gold and manifest beside them; returns how many."""
    folder.mkdir(parents=True, exist_ok=True)
    lines: list[dict[str, object]] = []
    rows: dict[str, tuple[str, ...]] = {}
    waiting: list[Drawn] = []
    for plan in plans:
        if waiting and waiting[-1].plan.file != plan.file:
            _write(folder, waiting)
            waiting = []
        drawn = studio.draw(plan, seed)
        lines.append({"file": plan.file, "page": len(waiting), **drawn.gold})
        rows.setdefault(plan.file, _manifest_row(plan))
        waiting.append(drawn)
    if waiting:
        _write(folder, waiting)
    text = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    gold.write_text(text, encoding="utf-8", newline="\n")
    _write_manifest(folder / "manifest.csv", rows.values())
    return len(lines)


def _stored(scan: Worn, plan: Plan) -> Image.Image:
    if plan.bitonal:
        return bitonal(scan.image)
    return scan.image.convert("L") if plan.grey else scan.image


def _gold(plan: Plan, sheet: Sheet, case: Case, scan: Worn) -> dict[str, object]:
    blanks = zones_of(sheet)
    names = [b.zone for b in blanks]
    return {
        "form": plan.book.family,
        **({"part": plan.part} if plan.part else {}),
        "language": plan.book.language,
        "hand": HANDS[plan.book.language][plan.hand].name,
        "wear": plan.level,
        "zones": {name: case.values.get(name, "") for name in names},
        "record": case.record(names),
        "boxes": {b.zone: scan.box(b.box) for b in blanks},
    }


def _manifest_row(plan: Plan) -> tuple[str, ...]:
    book = plan.book
    return plan.file, book.label, book.station, book.district, str(book.year), "fir", book.language, ""


def _write(folder: Path, pages: Sequence[Drawn]) -> None:
    plan = pages[0].plan
    quality = min(p.quality for p in pages)
    write_scans(folder / plan.file, [p.image for p in pages], quality, plan.dpi)


def _write_manifest(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.writer(f, lineterminator="\n")
        writer.writerow(_MANIFEST)
        writer.writerows(rows)


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder for a larger set; without it the committed set is drawn")
    parser.add_argument("--count", type=int, default=50, help="pages of the larger set")
    parser.add_argument("--seed", type=int, default=SEED, help="of the larger set; another seed, other pages")
    parser.add_argument("--wear", choices=("light", "worn", "mixed"), default="mixed")
    parser.add_argument("--fonts", type=Path, default=FOLDER, help="folder that npm installed the font packages into")
    parser.add_argument("--write-forms", action="store_true", help="write the form files and their key points")
    parser.add_argument("--garbage", action="store_true", help="write only the broken files")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Draw what was asked for."""
    asked = _arguments(given)
    if asked.garbage:
        from sample_data.garbage import write_garbage

        print(f"{write_garbage(HERE / 'garbage')} broken files")
        return 0
    studio = Studio(Fonts(asked.fonts))
    try:
        studio.fonts.check()
    except FontMissing as e:
        print(e, file=sys.stderr)
        return 6
    if asked.write_forms:
        from sample_data.forms import write_forms

        print("\n".join(write_forms(studio.blank)))
    elif asked.out:
        plans = by_lot(asked.count, asked.wear, asked.seed)
        print(f"{make_set(studio, plans, asked.out, asked.out / 'gold.jsonl', asked.seed)} pages in {asked.out}")
    else:
        print(f"{make_set(studio, committed(), SCANS, GOLD)} pages in {SCANS}")
        print(f"{make_set(studio, further_languages(), FURTHER, FURTHER / 'gold.jsonl')} pages in {FURTHER}")
        print(f"{make_set(studio, whole_firs(), SHEETS, SHEETS / 'gold.jsonl')} pages in {SHEETS}")
        print(f"{make_set(studio, case_forms(), CASE_FORMS, CASE_FORMS / 'gold.jsonl')} pages in {CASE_FORMS}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
