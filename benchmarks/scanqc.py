"""Planted defects: which of them `digitize scanqc` finds, and which good pages it calls bad.

python benchmarks/scanqc.py --data FOLDER     real pages: FOLDER/ocr-bench and FOLDER/fir-bench, and the samples
python benchmarks/scanqc.py --quick           one sample alone

Of the real pages one half was used to set limits (--half tune); figures are given on the other. A page counts as found
when the kind that was planted is named (SAME lists what names the same trouble), as called bad when any defect is.
The peer is what people usually do: variance of the Laplacian below 100 is blurred, mean brightness below 80 or above
240 is too dark or too light.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.parts.scanqc.plant import PLANTS, SAME, Page  # noqa: E402
from benchmarks.parts.scanqc.wear import WEARS, again  # noqa: E402
from digitize.files.scanqc.check import cut_against, usual_size  # noqa: E402
from digitize.reading.page_order import find_order  # noqa: E402
from ocr.engines.tesseract import Tesseract  # noqa: E402
from ocr.errors import EngineMissing  # noqa: E402
from ocr.page import Scan  # noqa: E402
from ocr.quality.likeness import SAME as SAME_PAGE  # noqa: E402
from ocr.quality.likeness import Fingerprint, likely_pairs, likeness, take_fingerprint  # noqa: E402
from ocr.quality.numbers import read_numbers  # noqa: E402
from ocr.quality.page import PageQuality, judge  # noqa: E402
from ocr.quality.picture import Picture, as_picture, open_picture  # noqa: E402

SAMPLES = Path(__file__).resolve().parent.parent / "sample_data" / "fir_book_2025"


def pages_of(data: Path | None, half: str) -> list[Path]:
    """Good pages: every second one of each source."""
    samples = sorted(p for p in SAMPLES.iterdir() if p.suffix in (".jpg", ".png", ".tif"))
    sources = [samples]
    if data is not None:
        rows = [json.loads(x) for x in (data / "ocr-bench" / "set.jsonl").read_text(encoding="utf-8").splitlines()]
        sources.append([data / "ocr-bench" / r["image"] for r in rows if r["unit"] == "page"])
        sources.append(sorted((data / "fir-bench" / "images").iterdir()))
    return [p for source in sources for p in source[half == "report" :: 2]]


def load(path: Path) -> Page:
    """A page as grey or colour."""
    picture = Image.open(path)
    return np.asarray(picture.convert("L" if picture.mode in ("1", "L") else "RGB"), np.uint8)


def opened(page: Page) -> Picture:
    """A page in memory, as the command would open it."""
    grey = page if page.ndim == 2 else np.asarray(Image.fromarray(page).convert("L"), np.uint8)
    return as_picture(grey, page if page.ndim == 3 else None)


def peer(page: Page) -> set[str]:
    """What the usual thresholds say."""
    grey = page if page.ndim == 2 else np.asarray(Image.fromarray(page).convert("L"), np.uint8)
    said = set()
    if float(cv2.Laplacian(grey, cv2.CV_64F).var()) < 100:
        said.add("blurred")
    if grey.mean() < 80:
        said.add("too-dark")
    if grey.mean() > 240:
        said.add("too-light")
    return said


def said_of(quality: PageQuality, usual: tuple[int, int] | None) -> set[str]:
    """The words for a page that lies among the others: usual is the size of those, where they have one."""
    smaller = cut_against(usual, quality) if usual is not None and not quality.notes.count("blank") else None
    return {d.kind for d in (*quality.defects, *([smaller] if smaller else []))}


class Tally:
    """Hits by name."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.hits: dict[str, list[bool]] = defaultdict(list)

    def add(self, name: str, hit: bool) -> None:
        """Count one."""
        self.hits[name].append(hit)

    def shares(self) -> dict[str, float]:
        """The share of hits by name."""
        return {name: round(sum(h) / len(h), 4) for name, h in self.hits.items()}

    def whole(self) -> float:
        """The share of all hits."""
        return round(sum(map(sum, self.hits.values())) / max(1, sum(map(len, self.hits.values()))), 4)


def evaluate(paths: list[Path], seed: int, wears: int, names: bool) -> dict[str, Any]:
    """All figures on some good pages. wears: how many kinds of wear each is shown in, besides as it is."""
    found, variants, bad, bad_kinds, worn = Tally(), Tally(), Tally(), Tally(), Tally()
    peer_found, peer_bad = Tally(), Tally()
    alone = Tally()
    usual = usual_size([Image.open(p).size for p in paths])
    seconds = 0.0
    for number, path in enumerate(paths):
        rng = np.random.default_rng([seed, number])
        begun = time.perf_counter()
        judge(open_picture(Scan(path, "")))
        seconds += time.perf_counter() - begun
        page = load(path)
        chosen = ["as-it-is", *rng.choice(sorted(set(WEARS) - {"as-it-is"}), wears, replace=False)]
        for wear in chosen:
            shown = WEARS[wear](page, rng)
            kinds = said_of(judge(opened(shown)), usual)
            bad.add("pages", bool(kinds))
            worn.add(wear, bool(kinds))
            for kind in PLANTS:
                bad_kinds.add(kind, kind in kinds)
            peer_bad.add("pages", bool(peer(shown)))
            if kinds and names:
                print(f"called bad: {path.stem} {wear} {sorted(kinds)}", file=sys.stderr)
        for kind, plants in PLANTS.items():
            # one way of each kind a page, in turn: every way gets its share of the pages
            way = sorted(plants)[number % len(plants)]
            spoilt = plants[way](page, rng, float(rng.random()))
            quality = judge(opened(spoilt))
            said = said_of(quality, usual)
            hit = bool(said & SAME.get(kind, {kind}))
            found.add(kind, hit)
            variants.add(way, hit)
            if kind == "cut-off":
                alone.add(way, kind in said_of(quality, None))
            peer_found.add(kind, bool(peer(spoilt) & SAME.get(kind, {kind})))
            if not hit and names:
                print(f"missed: {path.stem} {way}, said {sorted(said)}", file=sys.stderr)
    twice = evaluate_twice(paths, seed)
    order = evaluate_order(paths, seed)
    for name in ("scanned-twice", "out-of-order", "number-missing"):
        for hit in {**twice, **order}.get(name, []):
            found.add(name, hit)
    for hit in twice["others-called-twice"]:
        bad_kinds.add("scanned-twice", hit)
    return {
        "pages": len(paths), "defects_found": found.whole(), "found": found.shares(), "found_by_way": variants.shares(),
        "cut_off_found_without_other_pages": alone.shares(),
        "good_called_bad": bad.whole(), "called_bad": bad_kinds.shares(), "called_bad_by_wear": worn.shares(),
        "pages_per_s": round(len(paths) / seconds, 2), "peer_found": peer_found.shares(),
        "peer_defects_found": peer_found.whole(), "peer_good_called_bad": peer_bad.whole(),
    }  # fmt: skip


def evaluate_twice(paths: list[Path], seed: int) -> dict[str, list[bool]]:
    """All pages and a second scan of every third, in one heap: which pairs are found, which others are called so."""
    prints: list[Fingerprint] = []
    owner: list[int] = []
    for number, path in enumerate(paths):
        page, rng = load(path), np.random.default_rng([seed, 7, number])
        for shown in [page, again(page, rng)] if number % 3 == 0 else [page]:
            prints.append(take_fingerprint(opened(shown)))
            owner.append(number)
    pairs = likely_pairs(np.stack([p.coarse for p in prints]))
    same = {(a, b) for a, b in pairs if likeness(prints[a].fine, prints[b].fine) >= SAME_PAGE}
    real = {(i, i + 1) for i in range(len(owner) - 1) if owner[i] == owner[i + 1]}
    involved = {i for pair in same - real for i in pair}
    return {
        "scanned-twice": [pair in same for pair in sorted(real)],
        "others-called-twice": [i in involved for i in range(len(owner))],
    }


def evaluate_order(paths: list[Path], seed: int, length: int = 12) -> dict[str, list[bool]]:
    """Numbers drawn on pages, read, one left out or two swapped. Nothing without Tesseract."""
    hits: dict[str, list[bool]] = {"number-missing": [], "out-of-order": []}
    engine = Tesseract()
    try:
        engine.languages()
    except EngineMissing:
        return hits
    for begin in range(0, len(paths) - length + 1, 2 * length):
        rng = np.random.default_rng([seed, 11, begin])
        first, at = int(rng.integers(2, 400)), int(rng.integers(4, length - 4))
        read = []
        for i, path in enumerate(paths[begin : begin + length]):
            page = _numbered(load(path), first + i, rng)
            read.append(tuple(f.number for f in read_numbers(opened(page), engine, ("en",))))
        gone = find_order(read[:at] + read[at + 1 :])
        hits["number-missing"].append(any(m.after < first + at < m.before for m in gone.missing))
        swapped = find_order([*read[:at], read[at + 1], read[at], *read[at + 2 :]])
        hits["out-of-order"].append({at, at + 1} <= {place for place, _ in swapped.moved})
        right = find_order(read)
        hits["number-missing"].append(not right.missing and not right.moved)
    return hits


def _numbered(page: Page, number: int, rng: np.random.Generator) -> Page:
    """A page with room above it, and its number there: left, right or in the middle."""
    height, width = page.shape[:2]
    size = max(14, width // 45)
    paper = int(np.percentile(page, 80))
    room = 3 * size
    taller = np.full((height + room, *page.shape[1:]), paper, np.uint8)
    taller[room:] = page
    picture = Image.fromarray(taller)
    x = width * [0.1, 0.5, 0.86][number % 2 * 2 if rng.random() < 0.7 else 1]
    ink = 30 if page.ndim == 2 else (30, 30, 30)
    ImageDraw.Draw(picture).text((x, size), str(number), fill=ink, font=ImageFont.load_default(size))
    return np.asarray(picture, np.uint8)


def show(figures: dict[str, Any]) -> Iterator[str]:
    """Lines to print."""
    for name, value in figures.items():
        if isinstance(value, dict):
            yield name
            yield from (f"    {k:24} {v:.3f}" for k, v in value.items())
        else:
            yield f"{name:28} {value}"


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with ocr-bench/ and fir-bench/")
    parser.add_argument("--quick", action="store_true", help="one sample alone")
    parser.add_argument("--half", choices=("tune", "report"), default="report")
    parser.add_argument("--every", type=int, default=1, help="only every so-manieth page of the half")
    parser.add_argument("--wears", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--names", action="store_true", help="say on stderr which pages were missed or called bad")
    parser.add_argument("--json", type=Path, metavar="FILE")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    paths = pages_of(None if args.quick else args.data, args.half)[:: args.every]
    paths = paths[:1] if args.quick else paths
    figures = evaluate(paths, args.seed, 1 if args.quick else args.wears, args.names)
    for line in show(figures):
        print(line)
    if args.json:
        args.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
