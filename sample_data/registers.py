"""Draws invented pages of nine ruled registers, with the rows and cells they hold as gold.

python sample_data/registers.py                                      the committed set, byte for byte
python sample_data/registers.py --out /tmp/many --each 1             9 registers, 3 wears, 4 languages
python sample_data/registers.py --out /tmp/many --each 1 --marked    the same with entries struck out, squeezed in, ...
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ocr.registers.form import RegisterForm, package_registers
from sample_data.fonts import FOLDER, HANDS, PRINTS, FontMissing, Fonts
from sample_data.lettering import Lettering
from sample_data.phrases import load_phrases
from sample_data.registers_draw import draw_leaf
from sample_data.registers_layout import LEVELS, Paper, Style, at_scale, choose_style, lay_paper
from sample_data.registers_marks import day_above, gold_around, marked, notes_around
from sample_data.registers_pen import Entry, Fate, Leaf, Pen
from sample_data.registers_wear import Scanned, choose_wear, scanned
from sample_data.registers_words import Clerk

HERE = Path(__file__).parent
SAMPLES = HERE / "registers"
LANGUAGES = ("en", "hi", "bn", "ta")
_STATION, _YEAR = "Kalpanapur,Kalpana", "1998"
SEED = 1861
SMALL_PX_MM = 4.8
SMALL_QUALITY = 42
COMMITTED = (
    ("reg_gd", "hi", "light", 2, 3),
    ("reg_crime", "en", "worn", 2, 1),
    ("reg_arrest", "bn", "light", 1, 2),
    ("reg_conviction", "ta", "worn", 1, 4),
    ("reg_vcnb", "en", "light", 1, 5),
    ("reg_fir_index", "bn", "worn", 1, 6),
    ("reg_history", "hi", "light", 1, 7),
    ("reg_malkhana", "en", "worn", 1, 8),
    ("reg_missing", "ta", "light", 1, 9),
)
"""Register, language, wear, pages and seed of each committed volume."""


@dataclass(frozen=True)
class Volume:
    """One register in one language, so worn; pages: leaves of it, the first with a header. small: drawn at 120 dpi.

    marked: entries are struck out and squeezed in, years and totals stand between them, notes around the table.
    """

    form: RegisterForm
    language: str
    level: str
    pages: int
    seed: int
    small: bool = False
    marked: bool = False

    @property
    def name(self) -> str:
        """What its files are called."""
        return f"{self.form.id}_{self.language}_{self.level}_{self.seed}"


@dataclass(frozen=True)
class Page:
    """One scan of a volume and its gold."""

    volume: Volume
    number: int
    scan: Scanned
    quality: int
    gold: dict[str, Any]


def draw_volume(volume: Volume, fonts: Fonts) -> Iterator[Page]:
    """The pages of a volume; the same volume gives the same pages."""
    rng = random.Random(f"{volume.name} {SEED}")
    noise = np.random.default_rng(rng.getrandbits(64))
    form = volume.form
    split = form.split if rng.random() < 0.85 or len(form.columns) > 14 else 0
    style = choose_style(rng, spread=split > 0, columns=len(form.columns) - split)
    style = at_scale(style, SMALL_PX_MM) if volume.small else style
    paper = lay_paper(style, form.ids, tuple(c.width for c in form.columns), split, rng)
    hands = HANDS[volume.language]
    hand = Lettering(fonts, hands[rng.randrange(len(hands))])
    printed = Lettering(fonts, PRINTS["en" if style.headers_in_english else volume.language])
    clerk = Clerk(volume.language, load_phrases(volume.language), rng, native=rng.random() < 0.6)
    labels, title = _labels(form, "en" if style.headers_in_english else volume.language, rng)
    serial = rng.choice((1, 1, rng.randrange(2, 300)))
    waiting: list[Entry] = []
    behind: Leaf | None = None
    late = random.Random(f"{volume.name} marks {SEED}")
    for number in range(volume.pages):
        while len(waiting) < 40:
            entry = _entry(clerk, form, serial, waiting[-1] if waiting else None, rng)
            waiting += marked(entry, form.row_start, form.ids, clerk, late) if volume.marked else [entry]
            serial += 1
        most = rng.randrange(4, 12) if rng.random() < 0.4 else 40
        pen = Pen(paper, style, hand, printed, rng)
        notes = _margins(pen, clerk, number, rng)
        if volume.marked:
            notes += notes_around(pen, clerk, late)
            notes += day_above(pen, clerk, late) if form.days else []
        leaf = draw_leaf(pen, waiting[:most], labels if number == 0 else None, title, may_continue=most == 40)
        waiting = leaf.rest + waiting[most:]
        wear = choose_wear(volume.level, noise, style.px_mm)
        scan = scanned(leaf, behind.hand if behind else leaf.hand, paper, wear, noise)
        behind = leaf
        quality = min(wear.quality, SMALL_QUALITY) if volume.small else wear.quality
        gold = _gold(volume, number, style, paper, leaf, scan, bitonal=wear.bitonal)
        yield Page(
            volume, number, scan, quality, gold | (gold_around(paper, leaf.rows, scan, notes) if volume.marked else {})
        )


def committed() -> Iterator[Volume]:
    """The volumes that tests and the quick benchmark use."""
    for form, language, level, pages, seed in COMMITTED:
        yield Volume(package_registers().forms[form], language, level, pages, seed, small=True)


def plans(
    each: int, levels: Sequence[str] = LEVELS, pages: int = 2, first: int = 0, *, marked: bool = False
) -> Iterator[Volume]:
    """So many volumes of every register, wear and language; first: their lowest seed."""
    for form in package_registers().forms.values():
        for level in levels:
            for language in LANGUAGES:
                for seed in range(first, first + each):
                    yield Volume(form, language, level, pages, seed, marked=marked)


def _labels(form: RegisterForm, language: str, rng: random.Random) -> tuple[dict[str, str], str]:
    registers = package_registers()
    labels = {}
    for column in form.columns:
        known = registers.labels_of(column, (language,)) or registers.labels_of(column, ("en",))
        labels[column.id] = rng.choice(known[:2])
    labels["serial_again"] = labels.get("sl", next(iter(labels.values())))
    return labels, rng.choice(form.titles.get(language) or form.titles["en"])


def _entry(clerk: Clerk, form: RegisterForm, serial: int, before: Entry | None, rng: random.Random) -> Entry:
    texts = clerk.row(form.ids, serial)
    texts["serial_again"] = texts[form.row_start]
    ditto = set()
    for column in form.ids[1:]:
        if (
            before is not None
            and texts[column]
            and before.texts.get(column)
            and column not in ("fir_no",)
            and clerk.repeats(column)
        ):
            texts[column] = clerk.ditto()
            ditto.add(column)
    written = [c for c in form.ids[1:] if texts[c] and c not in ditto]
    struck = {c for c in written if rng.random() < 0.02}
    inserted = rng.choice(written) if written and rng.random() < 0.08 else ""
    return Entry(serial, texts, frozenset(ditto), frozenset(struck), rng.random() < 0.02, inserted)


def _margins(pen: Pen, clerk: Clerk, number: int, rng: random.Random) -> list[dict[str, Any]]:
    """Page numbers at the upper corners, and notes in the margins; returns flat boxes and texts."""
    paper, style = pen.paper, pen.style
    found: list[dict[str, Any]] = []
    for i, half in enumerate(paper.halves):
        x = half.right - 20 if i or len(paper.halves) == 1 else half.left + 20
        if rng.random() < 0.7:
            text, size = str(2 * number + i + 7), style.print_px * 1.2
            pen.set(x, paper.top * 0.55, text, size)
            flat = (x - size, paper.top * 0.55 - size, x + size, paper.top * 0.55)
            found.append({"kind": "page", "text": text, "flat": flat})
    if rng.random() < 0.3:
        size = 0.7 * style.text_px
        y = rng.uniform(0.3, 0.8) * paper.height
        note = clerk.note()
        wide = pen.width(note, size)
        if wide < paper.halves[0].left - 8:
            pen.write((4, y), note, size)
            found.append({"kind": "left", "text": note, "flat": (4, y - 0.9 * size, 4 + wide, y + 0.3 * size)})
    return found


def _gold(
    volume: Volume, number: int, style: Style, paper: Paper, leaf: Leaf, scan: Scanned, *, bitonal: bool
) -> dict[str, Any]:
    rows = []
    for placed in leaf.rows:
        entry, fate = placed.entry, placed.entry.fate or Fate()
        if entry.kind:
            continue
        boxes, cells = [], {}
        for half, (top, foot) in zip(paper.halves, placed.spans, strict=True):
            boxes.append(scan.box(half.left, top, half.right, foot))
            for column, x0, x1 in zip(half.columns, half.edges[:-1], half.edges[1:], strict=True):
                if column == "serial_again":
                    continue
                text = "\n".join(entry.lines.get(column, []))
                cells[column] = {
                    "box": scan.box(x0, top, x1, foot),
                    "text": text,
                    "ditto": column in entry.ditto and bool(text),
                    "struck": bool(text) and (column in entry.struck | fate.cells or entry.row_struck or fate.row),
                }
                if column in (fate.words or {}):
                    cells[column]["word_struck"] = True
        row = {"serial": entry.serial, "continues": entry.continues, "boxes": boxes, "cells": cells}
        rows.append(
            row | ({"inserted": True} if placed.is_squeezed else {}) | ({"how": fate.how} if entry.fate else {})
        )
    features = {
        k: getattr(style, k)
        for k in ("ruling", "spread", "apart", "serial_again", "hand_drawn", "double", "outer", "numbered")
    }
    return {
        "form": volume.form.id,
        "language": volume.language,
        "wear": volume.level,
        "page": number,
        "header": leaf.header is not None,
        "features": {**features, "bitonal": bitonal},
        "rows": rows,
    }


def write_pages(volumes: Iterator[Volume], folder: Path, fonts: Fonts) -> int:
    """Draw volumes into a folder with gold.jsonl and manifest.csv beside them; returns how many pages."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    said = ["file,volume,station,district,year,language"]
    with (folder / "gold.jsonl").open("w", encoding="utf-8", newline="\n") as gold:
        for volume in volumes:
            for page in draw_volume(volume, fonts):
                name = _save(page, folder)
                gold.write(json.dumps({"file": name, "volume": volume.name, **page.gold}, ensure_ascii=False) + "\n")
                said.append(f"{name},{volume.name},{_STATION},{_YEAR},{volume.language}")
                count += 1
    (folder / "manifest.csv").write_text("\n".join(said) + "\n", encoding="utf-8")
    return count


def _save(page: Page, folder: Path) -> str:
    """Store a scan, black and white ones as fax scanners do; returns its file's name."""
    stem = f"{page.volume.name}_{page.number}"
    if page.gold["features"]["bitonal"]:
        page.scan.image.convert("1").save(folder / f"{stem}.png", optimize=True)
        return f"{stem}.png"
    page.scan.image.save(folder / f"{stem}.jpg", quality=page.quality)
    return f"{stem}.jpg"


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, help="folder for a larger set; without it the committed set is drawn")
    parser.add_argument("--each", type=int, default=1, help="volumes of every register, wear and language")
    parser.add_argument("--pages", type=int, default=2, help="pages a volume")
    parser.add_argument("--first", type=int, default=0, help="lowest seed; another one, other pages")
    parser.add_argument("--forms", default="", help="only these register ids, with commas between")
    parser.add_argument("--marked", action="store_true", help="entries struck out and squeezed in, notes around them")
    parser.add_argument("--fonts", type=Path, default=FOLDER, help="folder that npm installed the font packages into")
    return parser.parse_args(given)


def main(given: Sequence[str] | None = None) -> int:
    """Draw what was asked for."""
    asked = _arguments(given)
    fonts = Fonts(asked.fonts)
    wanted = set(filter(None, asked.forms.split(",")))
    drawn = plans(asked.each, pages=asked.pages, first=asked.first, marked=asked.marked) if asked.out else committed()
    volumes = (v for v in drawn if not wanted or v.form.id in wanted)
    try:
        print(f"{write_pages(volumes, asked.out or SAMPLES, fonts)} pages in {asked.out or SAMPLES}")
    except FontMissing as e:
        print(e, file=sys.stderr)
        return 6
    return 0


if __name__ == "__main__":
    sys.exit(main())
