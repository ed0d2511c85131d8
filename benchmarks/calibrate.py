"""Does the promise hold? Workspaces are simulated from nothing to their last page, with books that turn bad.

python benchmarks/calibrate.py [--readings FILE] [--one-in-ten books|offices] [--worlds N] [--seed N] [--json FILE]
python benchmarks/calibrate.py --data FOLDER [--folds WEIGHTS] [--cache FOLDER] [--keep FILE]
python benchmarks/calibrate.py --quick

A world is an office with some books, each of one hand. Its first pages are answered whole in random order until values
pass; of later books the first ten pages are, and of all that passed one value in fifty, as `digitize calibrate` has it.
In a tenth of the books (--one-in-ten offices: in one book of a tenth of the offices) the machine is wrong far more
often from some page on, as sure as before. Pages are drawn: by the kinds of offices below, or (FILE) from readings,
which hold confidence and right or wrong, no value. --data reads the pages of FOLDER/fir-bench and makes such a file;
confidences of a station are fitted on the others. WEIGHTS holds for each station weights that never saw its pages
(training/README.md).

guarantee_kept: share of the worlds in which, of all that passes in the end and nobody answered, at least 99 % is right.
passing_at_99: share of all values that passes, median of the worlds. questions_to_open: answers until a field passes
first. audits_to_close: answers until three in a hundred wrong are noticed; false_alarms: share of streams with exactly
one in a hundred wrong that are closed within 3,000 answers, looked at after every one.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Literal

from benchmarks.parts.office.offices import KINDS, Page, PageSource, Seen
from digitize.workspace.calibration.error_bounds import evidence_above
from digitize.workspace.calibration.sampling import MORE, Draw
from digitize.workspace.calibration.thresholds import Measuring
from digitize.workspace.calibration.values import TOGETHER, BlindAnswer, Measured, Terms

FIRST_PAGES, AUDIT_SHARE, PROMISED = 10, 0.02, 0.99
_MOST = 3000


@dataclass(frozen=True)
class WorldOutcome:
    """What became of one world. passed: values that passed in the end and nobody answered, wrong: of these; values: all
    of them; opened: field -> answers until it passed first; closed: fields and books that were closed.
    """

    passed: int
    wrong: int
    values: int
    opened: Mapping[str, int]
    closed: int

    @property
    def is_kept(self) -> bool:
        """Whether the promise was kept."""
        return self.passed == 0 or self.wrong <= (1 - PROMISED) * self.passed


class World:
    """One office: books come one after the other, half of them at once."""

    def __init__(self, seed: int, source: PageSource, books: int = 12, pages: int = 80) -> None:
        r = self._r = random.Random(seed)
        kind = r.choice(KINDS)
        self._books = source.books(r, kind, books, pages)
        self._measuring = Measuring(Terms())
        self._draw = Draw(str(seed).encode("ascii"), AUDIT_SHARE)
        self._answered: set[tuple[int, int, int]] = set()
        self._now: dict[str, Measured] = {}
        self._count: dict[str, int] = defaultdict(int)
        self._opened: dict[str, int] = {}

    def run(self) -> WorldOutcome:
        """To the last page."""
        half = len(self._books) // 2
        first = [(b, p) for b in range(half) for p in range(len(self._books[b]))]
        self._r.shuffle(first)
        for book, page in first:
            if self._passes_any():
                break
            self._answer_page(book, page)
        self._audit(range(half))
        for book in range(half, len(self._books)):
            turns = list(range(len(self._books[book])))
            self._r.shuffle(turns)
            # Still nothing passes: all of it is asked whole.
            for at, page in enumerate(turns):
                if at < FIRST_PAGES or not self._passes_any():
                    self._answer_page(book, page)
            self._audit([book])
        return self._outcome()

    def _passes_any(self) -> bool:
        return any(m.threshold is not None for m in self._now.values())

    def _audit(self, books: Sequence[int] | range) -> None:
        for book in books:
            share = 0.0
            # A book that looks bad is asked more of at the next sheet.
            while share < (now := AUDIT_SHARE * (MORE if self._is_suspect(book) else 1.0)):
                for page, values in enumerate(self._books[book]):
                    for at in range(len(values)):
                        if share <= self._draw.place(str(book), str(page), str(at)) < now:
                            self._answer(book, page, at)
                share = now
                self._look()

    def _is_suspect(self, book: int) -> bool:
        return any(str(book) in m.suspects for m in self._now.values())

    def _answer_page(self, book: int, page: int) -> None:
        for at in range(len(self._books[book][page])):
            self._answer(book, page, at)
        self._look()

    def _answer(self, book: int, page: int, at: int) -> None:
        if (book, page, at) not in self._answered:
            self._answered.add((book, page, at))
            seen = self._books[book][page][at]
            self._count[seen.field] += 1
            self._measuring.see(BlindAnswer("form", seen.field, str(book), seen.confidence, seen.right))

    def _look(self) -> None:
        self._now = {m.field: m for m in self._measuring.list_fields() if m.field != TOGETHER}
        for field, m in self._now.items():
            if m.threshold is not None:
                self._opened.setdefault(field, self._count[field])

    def _passing(self) -> Iterator[Seen]:
        for book, pages in enumerate(self._books):
            for page, values in enumerate(pages):
                for at, seen in enumerate(values):
                    m = self._now.get(seen.field)
                    if m is None or m.threshold is None or str(book) in m.books:
                        continue
                    if seen.confidence >= m.threshold and (book, page, at) not in self._answered:
                        yield seen

    def _outcome(self) -> WorldOutcome:
        passing = list(self._passing())
        closed = sum(m.closed + len(m.books) for m in self._now.values())
        values = sum(len(page) for pages in self._books for page in pages)
        return WorldOutcome(len(passing), sum(not v.right for v in passing), values, self._opened, closed)


def worlds(count: int, seed: int, source: PageSource) -> dict[str, Any]:
    """The figures of so many worlds."""
    found = [World(seed + n, source).run() for n in range(count)]
    opened = {f: [o.opened[f] for o in found if f in o.opened] for f in sorted({f for o in found for f in o.opened})}
    shares = [o.passed / o.values for o in found]
    return {
        "worlds": count,
        "guarantee_kept": round(sum(o.is_kept for o in found) / count, 4),
        "guarantee_broken": round(1 - sum(o.is_kept for o in found) / count, 4),
        "passing_at_99": round(median(shares), 4),
        "right_of_all_that_passed": round(1 - sum(o.wrong for o in found) / max(1, sum(o.passed for o in found)), 5),
        "worlds_with_nothing_passing": sum(not o.passed for o in found),
        "questions_to_open": {f: median(counts) for f, counts in opened.items()},
        "opened_in": {f: round(len(counts) / count, 3) for f, counts in opened.items()},
        "closed_per_world": round(sum(o.closed for o in found) / count, 3),
    }


def closing(streams: int, seed: int, share: float) -> list[int]:
    """Of streams of audits with that share wrong: after how many each was closed, 0 where it was not."""
    found = []
    for n in range(streams):
        r, wrong = random.Random(seed + n), 0
        for count in range(1, _MOST + 1):
            wrong += r.random() < share
            if evidence_above(wrong, count, 1 - PROMISED) >= 1 / (1 - Terms().certainty):
                found.append(count)
                break
        else:
            found.append(0)
    return found


def measure(count: int, seed: int, source: PageSource) -> dict[str, Any]:
    """All figures."""
    streams = max(40, count)
    found = {share: closing(streams, seed, share) for share in (0.01, 0.03, 0.1)}
    return {
        **worlds(count, seed, source),
        "audits_to_close": median(n or _MOST for n in found[0.03]),
        "audits_to_close_at_10": median(n or _MOST for n in found[0.1]),
        "false_alarms": round(sum(n > 0 for n in found[0.01]) / streams, 4),
    }


def readings_from(path: Path, one_in_ten: Literal["books", "offices"] = "books") -> PageSource:
    """Real readings of a file that --keep made."""
    hands: dict[str, list[Page]] = defaultdict(list)
    for line in path.read_text(encoding="utf-8").splitlines():
        values = json.loads(line)["values"]
        if values:
            hands[values[0][1]].append([Seen(field, c, right) for field, _, c, right in values])
    return PageSource(hands, one_in_ten)


def keep_readings(data: Path, folds: Path | None, cache: Path, jobs: int, kept: Path) -> list[str]:
    """Read the pages of fir-bench and keep of each value its field, confidence, and whether it is right.

    Confidences of an office are fitted on the others. Returns the offices whose handwriting the weights never saw.
    """
    from benchmarks.parts.office.hands import Bench, read_cold
    from ocr.learning.teach import Course

    cache.mkdir(parents=True, exist_ok=True)
    bench = Bench(data / "fir-bench", cache, folds, jobs, 0, Course(), print)
    pages: dict[str, list[list[Any]]] = defaultdict(list)
    for office, values in read_cold(bench).values.items():
        hand = hashlib.sha256(office.encode("utf-8")).hexdigest()[:4]
        for v in values:
            pages[v.page].append([v.field, hand, round(v.confidence, 6), v.right])
    lines = (json.dumps({"page": n, "values": values}) for n, values in enumerate(pages.values()))
    kept.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return [o for o in bench.offices if bench.weights_of(o)]


def main() -> int:
    """Simulate, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, help="folder with fir-bench/")
    parser.add_argument("--folds", type=Path, help="folder with weights for each station")
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "digitize-office-bench")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--keep", type=Path, default=Path("readings.jsonl"), help="where --data keeps what was read")
    parser.add_argument("--readings", type=Path, help="a file that --keep made")
    parser.add_argument("--one-in-ten", choices=("books", "offices"), default="books", help="what turns bad")
    parser.add_argument("--worlds", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="a few drawn worlds")
    a = parser.parse_args()
    never = keep_readings(a.data, a.folds, a.cache, a.jobs, a.keep) if a.data is not None else []
    file = a.readings or (a.keep if a.data is not None else None)
    source = readings_from(file, a.one_in_ten) if file else PageSource(None, a.one_in_ten)
    result = measure(8 if a.quick else a.worlds, a.seed, source)
    if a.data is not None:
        result = {"read_by_weights_that_never_saw_the_station": never, **result}
    print(json.dumps(result, indent=1))
    if a.json:
        a.json.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
