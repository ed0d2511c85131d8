"""How well whole pages are prepared, and what each step brings: orientation, spreads, blanks, skew, bend, places, CER.

Pages are drawn and wear is planted on them with a known map; with --data real pages are looked at as well. Plain
Tesseract, which finds a page's orientation and layout by itself (psm 1), is the peer beside it.

    python benchmarks/pages.py --quick
    python benchmarks/pages.py --data FOLDER --only orientation,cer --json figures.json
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import time
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_THREAD_LIMIT", "1")
sys.path.insert(0, str(Path(__file__).parent.parent))

import cv2
import numpy as np
from rapidfuzz.distance import Levenshtein

from benchmarks.parts.reading import page_drawing as drawing
from benchmarks.parts.reading.page_drawing import Drawn, Grey
from ocr.cleaning.clean import clean_line
from ocr.engine import Engine, LineImage
from ocr.engines import load_engine
from ocr.pages import STEPS, Prepared, prepare_page
from ocr.pages.lines import cut_line, find_lines

_CHILLU = {"\u0d23": "\u0d7a", "\u0d28": "\u0d7b", "\u0d30": "\u0d7c", "\u0d32": "\u0d7d", "\u0d33": "\u0d7e"}
_BLOCK = (1654, 1250)
_DOT = 7

Wear = Callable[[Drawn, random.Random, "Pages"], Drawn]


class Pages:
    """Draws pages, each by its language and number, always the same."""

    def __init__(self, data: Path | None, languages: Collection[str]) -> None:
        self._texts = drawing.texts(data)
        self.languages = [x for x in self._texts if not languages or x in languages]

    def page(self, language: str, number: int, size: tuple[int, int] = (1654, 2339)) -> Drawn:
        """A page by number; numbers go on without end."""
        rng = random.Random(f"{language} {number}")
        return drawing.draw(language, self._texts[language], rng, size)


WEARS: Mapping[str, tuple[str, Wear]] = {
    "none": ("", lambda p, r, _: p),
    "turned": ("orientation", lambda p, r, _: drawing.turned(p, r.choice((1, 2, 3)))),
    "askew": ("level", lambda p, r, _: drawing.askew(p, r.choice((-1, 1)) * r.uniform(1, 4))),
    "askew-more": ("level", lambda p, r, _: drawing.askew(p, r.choice((-1, 1)) * r.uniform(6, 13))),
    "bent": ("dewarp", lambda p, r, _: drawing.bent(p, r.uniform(0.02, 0.05))),
    "black-edges": ("edges", lambda p, r, _: drawing.black_edged(drawing.askew(p, r.uniform(-2, 2)))),
    "shine-through": ("flatten", lambda p, r, d: drawing.shone_through(p, d.page(p.language, 90, _BLOCK).clean, 0.3)),
    "shade": ("flatten", lambda p, r, _: drawing.shaded(p)),
    "stamp": ("", lambda p, r, _: drawing.stamped(p, r)),
    "ruled": ("", lambda p, r, _: drawing.ruled(p)),
}
"""Wear by name: the step that should mend it, and how it is planted."""
_QUICK_WEARS = ("turned",)


def orientation(pages: Pages, engine: Engine, each: int, peer: bool) -> dict[str, Any]:
    """Shares of pages turned right, left alone for doubt, and turned wrong; by language, the peer's OSD beside."""
    found: dict[str, Any] = {}
    for language in pages.languages:
        counts: Counter[str] = Counter()
        for number in range(each):
            rng = random.Random(f"orientation {language} {number}")
            page = drawing.grained(drawing.askew(pages.page(language, number), rng.uniform(-5, 5)), number)
            for quarter in range(4):
                scan = drawing.turned(page, quarter).scan
                counts[_turn_verdict(scan, language, engine, quarter)] += 1
                if peer:
                    counts["osd-" + _osd_verdict(scan, quarter)] += 1
        found[language] = {k: round(v / (4 * each), 3) for k, v in sorted(counts.items())}
    return found


def wrong_language(pages: Pages, engine: Engine, each: int) -> float:
    """Share of upright pages that are turned when the language said is that of another page."""
    turned = total = 0
    for i, language in enumerate(pages.languages):
        for number in range(each):
            scan = drawing.grained(pages.page(language, number), number).scan
            said = pages.languages[(i + 1 + 3 * number) % len(pages.languages)]
            turned += _turn(prepare_page(scan, (said,), engine=engine)) != 0
            total += 1
    return turned / total


def geometry(pages: Pages, each: int) -> dict[str, Any]:
    """Errors of skew (degrees), of bend (pixels a line is off level) and of places mapped back (pixels)."""
    skew: list[float] = []
    bend: dict[str, list[float]] = defaultdict(list)
    places: list[float] = []
    for language in pages.languages:
        for number in range(each):
            rng = random.Random(f"geometry {language} {number}")
            dots = _dotted(pages.page(language, number))
            angle = rng.uniform(-14, 14)
            scan = drawing.grained(drawing.askew(dots, angle), number).scan
            (made, *_) = prepare_page(scan)
            skew.append(abs(angle + _level(made)))
            for share in (0.0, 0.01, 0.02, 0.04):
                worn = drawing.bent(dots, share) if share else dots
                worn = drawing.grained(drawing.askew(worn, rng.uniform(-2, 2)), number)
                (made, *_) = prepare_page(worn.scan)
                off = [float(np.ptp(made.from_source(worn.to_scan(row))[:, 1])) for row in worn.rows]
                bend[f"{share:g}"].append(float(np.median(off)))
                places += _places_off(made, worn)
    return {
        "skew_median_deg": float(np.median(skew)),
        "skew_p95_deg": float(np.percentile(skew, 95)),
        "skew_worst_deg": max(skew),
        "bend_left_px": {k: {"median": float(np.median(v)), "worst": max(v)} for k, v in bend.items()},
        "places_median_px": float(np.median(places)),
        "places_p99_px": float(np.percentile(places, 99)),
        "places": len(places),
    }


def spreads(pages: Pages, each: int) -> dict[str, float]:
    """Shares of spreads split at the gutter (within 2%), and of single pages split though they are one."""
    right = wrong = total = singles = 0
    for language in pages.languages:
        for number in range(each):
            rng = random.Random(f"spread {language} {number}")
            left, beside = pages.page(language, 2 * number), pages.page(language, 2 * number + 1)
            scan = drawing.spread(left, beside, shadow=bool(number % 2))
            tilted = drawing.askew(drawing.grained(_as_drawn(scan, left), number), rng.uniform(-2, 2))
            made = prepare_page(tilted.scan)
            total += 1
            if len(made) == 2:
                at = made[1].to_source(np.array([[0, made[1].image.shape[0] / 2]]))[0, 0]
                right += abs(at - scan.shape[1] / 2) < 0.02 * scan.shape[1] or language == "ur"
            for size in ((1654, 2339), (2339, 1654)):
                one = drawing.grained(pages.page(language, number, size), number)
                wrong += len(prepare_page(one.scan)) == 2
                singles += 1
    return {"split_right": right / total, "split_wrong": wrong / singles}


def blanks(pages: Pages, engine: Engine, each: int) -> dict[str, Any]:
    """Precision and recall of blank pages: bare, ruled, stained, holed, with the other side shining through."""
    hits: Counter[tuple[bool, bool]] = Counter()
    missed: Counter[str] = Counter()
    for language in pages.languages:
        for number in range(each):
            rng = random.Random(f"blank {language} {number}")
            for kind, scan in _blank_pages(pages.page(language, number), rng):
                made = prepare_page(drawing.grained(scan, number).scan, (language,), engine=engine)[0].is_unwritten
                hits[True, made] += 1
                missed[kind] += not made
            for scan in _sparse_pages(pages.page(language, number), rng):
                made = prepare_page(drawing.grained(scan, number).scan, (language,), engine=engine)[0].is_unwritten
                hits[False, made] += 1
    said = hits[True, True] + hits[False, True]
    return {
        "precision": hits[True, True] / max(1, said),
        "recall": hits[True, True] / (hits[True, True] + hits[True, False]),
        "missed": dict(missed),
        "pages": sum(hits.values()),
    }


def seconds(pages: Pages, engine: Engine, times: int) -> dict[str, float]:
    """CPU seconds of an A4 page at 300 dpi, and of what each step adds; worn so that each has work to do.

    Each is the least of so many times; of one time the page is half as large, which shows only that it is measured.
    """
    size = (2480, 3508) if times > 1 else (1240, 1754)
    page = drawing.bent(pages.page(pages.languages[0], 0, size), 0.02)
    scan = drawing.grained(drawing.black_edged(drawing.askew(page, 1.5)), 1).scan
    whole = _cpu(lambda: prepare_page(scan), times)
    found = {"all_but_orientation": whole}
    for step in STEPS:
        if step != "orientation":
            found[step] = whole - _cpu(lambda left_out=step: prepare_page(scan, skip=(left_out,)), times)
    found["orientation"] = _cpu(lambda: prepare_page(scan, pages.languages[:1], engine=engine), times) - whole
    return found


def errors(pages: Pages, engine: Engine, wears: Sequence[str]) -> dict[str, Any]:
    """CER by wear: plain Tesseract (psm 1), prepared pages (psm 3; without the step for that wear), our lines."""
    edits: dict[str, Counter[str]] = defaultdict(Counter)
    by_language: dict[str, Counter[str]] = defaultdict(Counter)
    for name in wears:
        step, plant = WEARS[name]
        for number, language in enumerate(pages.languages):
            rng = random.Random(f"cer {name} {language}")
            worn = drawing.grained(plant(pages.page(language, 50, _BLOCK), rng, pages), number)
            gold = " ".join(worn.text)
            ways: dict[str, Callable[[], str]] = {
                "peer": lambda w=worn: _program(w.scan, w.language, 1),
                "prepared": lambda w=worn: _read_prepared(engine, w, ()),
                "lines": lambda w=worn: _read_lines(
                    engine, prepare_page(w.scan, (w.language,), engine=engine), w.language
                ),
            }
            if step:
                ways["without"] = lambda w=worn, s=step: _read_prepared(engine, w, (s,))
            for way, read in ways.items():
                wrong = distance(gold, read())
                edits[name][way] += wrong
                by_language[language][way] += wrong if way != "without" else 0
            edits[name]["letters"] += len(_normal(gold))
            by_language[language]["letters"] += len(_normal(gold))
        print(name, _rates({name: edits[name]})[name], flush=True)
    return {"by_wear": _rates(edits), "by_language": _rates(by_language)}


def real(data: Path, engine: Engine, pages_of_form: int) -> dict[str, Any]:
    """Real pages: CER of plain Tesseract and of prepared pages, which way up; of forms also the steps done."""
    edits: dict[str, Counter[str]] = defaultdict(Counter)
    steps: Counter[str] = Counter()
    turns: Counter[str] = Counter()
    codes = {model: code for code, model in drawing.MODELS.items() if len(code) == 2} | {"san": "hi"}
    for row in map(json.loads, (data / "ocr-bench" / "set.jsonl").open(encoding="utf-8")):
        if row["unit"] != "page":
            continue
        scan, language = cv2.imread(str(data / "ocr-bench" / row["image"]), cv2.IMREAD_GRAYSCALE), codes[row["lang"]]
        made = prepare_page(scan, (language,), engine=engine)
        steps.update(s.rstrip("0123456789.+-") for p in made for s in p.steps)
        edits[row["lang"]]["peer"] += distance(row["text"], _program(scan, row["lang"], 1))
        edits[row["lang"]]["prepared"] += distance(row["text"], _read(made, row["lang"]))
        edits[row["lang"]]["lines"] += distance(row["text"], _read_lines(engine, made, language))
        edits[row["lang"]]["letters"] += len(_normal(row["text"]))
        for quarter in range(4):
            turns[_turn_verdict(np.ascontiguousarray(np.rot90(scan, quarter)), language, engine, quarter)] += 1
    forms: Counter[str] = Counter()
    for number, path in enumerate(sorted((data / "fir-bench" / "images").glob("*.jpg"))[:pages_of_form]):
        scan = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE)
        quarter = number % 4
        forms[_turn_verdict(np.ascontiguousarray(np.rot90(scan, quarter)), "en", engine, quarter)] += 1
        made = prepare_page(scan)
        forms.update(f"steps:{s.rstrip('0123456789.+-')}" for p in made for s in p.steps)
    return {"cer": _rates(edits), "steps": dict(steps), "orientation": dict(turns), "forms": dict(forms)}


def distance(gold: str, read: str) -> int:
    """Edits between two texts, white space and spellings that nobody sees put aside."""
    return int(Levenshtein.distance(_normal(gold), _normal(read)))


def _normal(text: str) -> str:
    text = unicodedata.normalize("NFC", text)
    text = re.sub("([\u0d23\u0d28\u0d30\u0d32\u0d33])\u0d4d\u200d", lambda m: _CHILLU[m[1]], text)
    return re.sub(r"\s+", " ", re.sub("[\u200b-\u200d\u2060\ufeff\u00ad]", "", text)).strip()


def _rates(edits: Mapping[str, Counter[str]]) -> dict[str, dict[str, float]]:
    return {
        k: {way: round(100 * n / c["letters"], 2) for way, n in c.items() if way != "letters"} for k, c in edits.items()
    }


def _read_prepared(engine: Engine, page: Drawn, skip: Collection[str]) -> str:
    return _read(prepare_page(page.scan, (page.language,), engine=engine, skip=skip), page.language)


def _read_lines(engine: Engine, made: Sequence[Prepared], language: str) -> str:
    """Our own lines, each cleaned and read by itself."""
    crops = [cut_line(p, line.box, 64) for p in made for line in find_lines(p.image, right_to_left=language == "ur")]
    texts = engine.read([LineImage(clean_line(crop.image).image, (language,)) for crop in crops])
    return " ".join(text.text for text in texts)


def _read(made: Sequence[Prepared], language: str) -> str:
    return " ".join(_program(p.image, language, 3) for p in made)


def _program(scan: Grey, language: str, psm: int) -> str:
    """Plain Tesseract over the page as scanned."""
    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        cv2.imwrite(file.name, scan, [cv2.IMWRITE_PNG_COMPRESSION, 1])
        model = drawing.MODELS.get(language, language)
        command = ["tesseract", file.name, "-", "--psm", str(psm), "-l", model, "--dpi", "300"]
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def _turn(made: Sequence[Prepared]) -> int:
    return next((int(s.removeprefix("turned")) for s in made[0].steps if s.startswith("turned")), 0)


def _turn_verdict(scan: Grey, language: str, engine: Engine, quarter: int) -> str:
    turn, right = _turn(prepare_page(scan, (language,), engine=engine)), (-90 * quarter) % 360
    return "right" if turn == right else "unsure" if turn == 0 else "wrong"


def _osd_verdict(scan: Grey, quarter: int) -> str:
    said = re.search(r"Rotate: (\d+)", _program(scan, "osd", 0))
    turn = (-int(said[1])) % 360 if said else 0  # it says how far clockwise
    right = (-90 * quarter) % 360
    return "right" if said and turn == right else "unsure" if not said else "wrong"


def _level(made: Prepared) -> float:
    return next((float(s.removeprefix("levelled")) for s in made.steps if s.startswith("levelled")), 0.0)


def _as_drawn(scan: Grey, like: Drawn) -> Drawn:
    return Drawn(like.language, like.text, scan, scan, like.rows, lambda p: p)


def _dot_places(page: Drawn) -> np.ndarray[Any, Any]:
    height, width = page.clean.shape
    return np.array([(x * width, y * height) for x in (0.05, 0.95) for y in (0.2, 0.4, 0.6, 0.8)]).round()


def _dotted(page: Drawn) -> Drawn:
    """With black dots in the margins, to be found again."""
    clean = page.clean.copy()
    for x, y in _dot_places(page):
        cv2.circle(clean, (int(x), int(y)), _DOT, (0,), -1)
    return Drawn(page.language, page.text, clean, clean, page.rows, page.to_scan)


def _places_off(made: Prepared, worn: Drawn) -> list[float]:
    """How far the dots found on the prepared page, mapped back, lie from where they were planted."""
    off = []
    for place in worn.to_scan(_dot_places(worn)):
        x, y = made.from_source(place[None])[0].round().astype(int)
        reach = 3 * _DOT
        near = made.image[max(0, y - reach) : y + reach + 1, max(0, x - reach) : x + reach + 1]
        dark = np.argwhere(near < 120)
        if len(dark) > 2 * _DOT**2:
            at = dark.mean(axis=0)[::-1] + (max(0, x - reach), max(0, y - reach))
            off.append(float(np.linalg.norm(made.to_source(at[None])[0] - place)))
    return off


def _blank_pages(page: Drawn, rng: random.Random) -> Iterator[tuple[str, Drawn]]:
    bare = np.full_like(page.clean, 236)
    paper = Drawn(page.language, (), bare, bare, page.rows, lambda p: p)
    yield "bare", paper
    yield "edges", drawing.black_edged(drawing.askew(paper, rng.uniform(-1, 1)))
    yield "ruled", drawing.askew(drawing.ruled(paper), rng.uniform(-2, 2))
    yield "stained", drawing.shaded(paper)
    holed = bare.copy()
    for y in (0.3, 0.7):
        cv2.circle(holed, (70, round(y * bare.shape[0])), 34, (25,), -1)
    yield "holed", Drawn(page.language, (), holed, holed, page.rows, lambda p: p)
    yield "shine-through", drawing.shone_through(paper, page.clean, 0.22)


def _sparse_pages(page: Drawn, rng: random.Random) -> Iterator[Drawn]:
    """Pages with little on them, which are not blank: a number, one line, faint writing, a stamp, a whole page."""
    bare = np.full_like(page.clean, 236)
    top = round(float(page.rows[0, 0, 1]))
    number, line = bare.copy(), bare.copy()
    cv2.putText(number, "214", (page.clean.shape[1] // 2, 120), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (40,), 3, cv2.LINE_AA)
    line[max(0, top - 60) : top + 30] = page.clean[max(0, top - 60) : top + 30]
    for scan in (number, line, page.clean):
        yield Drawn(page.language, (), scan, scan, page.rows, lambda p: p)
    faint = (236 - 0.5 * (236 - np.minimum(line, 236).astype(np.float32))).astype(np.uint8)
    yield Drawn(page.language, (), faint, faint, page.rows, lambda p: p)
    yield drawing.stamped(Drawn(page.language, (), bare, bare, page.rows, lambda p: p), rng)


def _cpu(work: Callable[[], object], times: int) -> float:
    taken = []
    for _ in range(times):
        started = time.process_time()
        work()
        taken.append(time.process_time() - started)
    return min(taken)


def measure(data: Path | None, quick: bool, only: Collection[str], languages: Collection[str]) -> dict[str, Any]:
    """All parts asked for."""
    pages = Pages(None if quick else data, languages)
    engine = load_engine("tesseract")
    each = 1 if quick else 3
    parts: dict[str, Callable[[], Any]] = {
        "orientation": lambda: orientation(pages, engine, each, not quick),
        "wrong_language": lambda: wrong_language(pages, engine, each) if len(pages.languages) > 1 else None,
        "geometry": lambda: geometry(pages, each),
        "spread": lambda: spreads(pages, each),
        "blank": lambda: blanks(pages, engine, each),
        "seconds": lambda: seconds(pages, engine, each),
        "cer": lambda: errors(pages, engine, _QUICK_WEARS if quick else list(WEARS)),
    }
    if data is not None and not quick:
        parts["real"] = lambda: real(data, engine, 256)
    found: dict[str, Any] = {"languages": pages.languages}
    for name, part in parts.items():
        if not only or name in only:
            started = time.perf_counter()
            found[name] = part()
            print(f"{name} ({time.perf_counter() - started:.0f} s)", json.dumps(found[name], indent=1), flush=True)
    return found


def main() -> None:
    """Parse, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder that holds ocr-bench/ and fir-bench/")
    parser.add_argument("--quick", action="store_true", help="one drawn page of each kind, in English alone")
    parser.add_argument("--only", default="", help="parts, separated by commas")
    parser.add_argument("--languages", default="", help="two-letter codes, separated by commas; all when left out")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    cv2.setNumThreads(1)
    named = [[x for x in part.split(",") if x] for part in (asked.only, asked.languages)]
    figures = measure(asked.data, asked.quick, *named)
    if asked.json:
        asked.json.write_text(json.dumps(figures, indent=1, ensure_ascii=False), encoding="utf-8")


if __name__ == "__main__":
    main()
