"""How rightly and how fast persons and cases are found that stand in two records, across scripts and spellings.

python benchmarks/duplicates.py [--rows 1000000] [--same 10000] [--seed 1] [--json FILE] [--only PART,...] [--quick]
    [--peers PYTHON] [--data name-pairs.tsv] [--estimate]

Registers are generated (sample_data/makers/persons.py, duplicates_cases.py): invented names in six scripts, spelled by
chance, with slips, ages that drift and words left out; one person in six stands there several times, and one row in
eight has a look-alike (brother, son, namesake). Each part is kept in the JSON file and not measured again.

persons   --same rows: recall and precision of pairs, ours and of peers on the same rows in the same run: the same
          folded name, relative and year; rapidfuzz over romanised names, at the best of five thresholds; splink.
cases     so many rows of books of a station's year.
large     --rows persons in a process of its own, one thread: processor seconds, peak memory, comparisons left out.
names     --data, lines of language, script, name, English: pairs that meet, and pairs of different lines that do.

Environment of the peer: python3.11 -m venv PEERS; PEERS/bin/pip install splink==5.0.0 pyarrow.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
Pairs = set[tuple[int, int]]
_FUZZY = (80, 84, 88, 92, 96)
_AT_ONCE = 2000


def main() -> int:
    """Measure and print. Returns 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--same", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="persons,cases,large,names")
    parser.add_argument("--peers", help="Python of the environment with splink")
    parser.add_argument("--data", type=Path, help="pairs of names: language, script, name, English, tab-separated")
    parser.add_argument("--quick", action="store_true", help="2,000 rows of each")
    parser.add_argument("--estimate", action="store_true", help="print m and u of what the weights rest on")
    parser.add_argument("--large", help="a register to search, for this program's own use")
    a = parser.parse_args()
    if a.large:
        print(json.dumps(_search(Path(a.large))))
        return 0
    if a.estimate:
        from benchmarks.parts.duplicates.estimate import estimate

        print(json.dumps(estimate(a.same, a.seed), indent=1))
        return 0
    a.rows, a.same = (2000, 2000) if a.quick else (a.rows, a.same)
    figures = json.loads(a.json.read_text(encoding="utf-8")) if a.json and a.json.exists() else {}
    parts = {"persons": _persons, "cases": _cases, "large": _large, "names": _names}
    for name in a.only.split(","):
        if name not in figures:
            found = parts[name](a)
            figures |= {name: found} if found else {}
            if a.json:
                a.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))
    return 0


def _persons(a: argparse.Namespace) -> dict[str, Any]:
    from sample_data.makers.persons import PersonMaker
    from validators.doubles.persons import COLUMNS, find_persons

    register = PersonMaker(a.seed).register(a.same)
    frame = pl.DataFrame(register.rows, schema=COLUMNS)
    begun = time.process_time()
    suspects = find_persons(frame)
    spent = time.process_time() - begun
    ours = _pairs(suspects.pairs)
    figures = {"rows": frame.height, "planted": len(register.same), "look_alikes": len(register.look_alikes)}
    told = len(ours & register.look_alikes) / max(1, len(register.look_alikes))
    figures["ours"] = {**_score(ours, register.same), "look_alikes_told": round(told, 4), "cpu_s": round(spent, 1)}
    across = {p for p in register.same if _script(register.rows, p[0]) != _script(register.rows, p[1])}
    figures["ours"]["recall_across_scripts"] = round(len(ours & across) / max(1, len(across)), 4)
    figures["exact"] = _score(_exact(frame), register.same)
    figures["rapidfuzz"] = _fuzzy(frame, register.same)
    if a.peers:
        figures["splink"] = _splink(frame, register.same, a.peers)
    return figures


def _script(rows: list[dict[str, Any]], at: int) -> str:
    from mappers.names import language_for

    return language_for(rows[at]["name"])


def _pairs(frame: pl.DataFrame) -> Pairs:
    return {(a, b) for a, b in frame.select("left", "right").iter_rows()}


def _score(found: Pairs, planted: Pairs) -> dict[str, float]:
    right = len(found & planted)
    recall, precision = right / max(1, len(planted)), right / max(1, len(found))
    f1 = 2 * recall * precision / max(1e-9, recall + precision)
    return {"recall": round(recall, 4), "precision": round(precision, 4), "f1": round(f1, 4)}


def _exact(frame: pl.DataFrame) -> Pairs:
    """Rows of the same name, relative and year of birth, without case, marks and blanks."""
    from mappers.text.folding import fold_key

    met: dict[tuple[Any, ...], list[int]] = {}
    for at, (name, relative, year) in enumerate(frame.select("name", "relative_name", "birth_year").iter_rows()):
        if relative and year:
            met.setdefault((fold_key(name), fold_key(relative), year), []).append(at)
    return {(a, b) for rows in met.values() for i, a in enumerate(rows) for b in rows[i + 1 :]}


def _fuzzy(frame: pl.DataFrame, planted: Pairs) -> dict[str, Any]:
    """All rows against all, by their romanised names and relatives; the threshold that serves best is chosen for it."""
    from rapidfuzz import fuzz, process

    from mappers.names import romanise

    texts = [romanise(f"{n} {r or ''}").lower() for n, r in frame.select("name", "relative_name").iter_rows()]
    begun = time.process_time()
    left, right, scores = [], [], []
    for start in range(0, len(texts), _AT_ONCE):
        part = texts[start : start + _AT_ONCE]
        table = process.cdist(part, texts[start:], scorer=fuzz.token_sort_ratio, score_cutoff=_FUZZY[0], dtype=np.uint8)
        a, b = np.nonzero(np.triu(table, 1))
        left.append(a + start), right.append(b + start), scores.append(table[a, b])
    a, b, score = (np.concatenate(x) for x in (left, right, scores))
    best: dict[str, Any] = {"f1": -1.0}
    for least in _FUZZY:
        kept = score >= least
        found = _score(set(zip(a[kept].tolist(), b[kept].tolist(), strict=True)), planted)
        best = max(best, {**found, "threshold": least}, key=lambda f: f["f1"])
    return {**best, "cpu_s": round(time.process_time() - begun, 1)}


def _splink(frame: pl.DataFrame, planted: Pairs, python: str) -> dict[str, Any]:
    """What splink finds when names are romanised for it, at the better of three thresholds."""
    from mappers.names import romanise

    with tempfile.TemporaryDirectory() as place:
        source, target = Path(place) / "in.parquet", Path(place) / "out.json"
        latin = [
            pl.Series(n, [romanise(t) if t else None for t in frame[n]]) for n in ("name", "relative_name", "address")
        ]
        columns = frame.select("record", "sex", "birth_year", "district", "phone").with_columns(latin)
        columns.write_parquet(source)
        script = ROOT / "benchmarks" / "peers" / "duplicates_splink.py"
        subprocess.run([python, script, source, target], check=True, capture_output=True)
        told = json.loads(target.read_text(encoding="utf-8"))
    best: dict[str, Any] = {"f1": -1.0}
    for least in (0.5, 0.9, 0.99):
        found = {(min(a, b), max(a, b)) for a, b, p in told["pairs"] if p >= least}
        best = max(best, {**_score(found, planted), "threshold": least}, key=lambda f: f["f1"])
    return {**best, "cpu_s": told["cpu_s"]}


def _cases(a: argparse.Namespace) -> dict[str, Any]:
    from benchmarks.parts.duplicates.cases import make_books
    from validators.doubles.cases import COLUMNS, find_cases

    books = make_books(a.same, a.seed)
    begun = time.process_time()
    suspects = find_cases(pl.DataFrame(books.rows, schema=COLUMNS))
    spent = time.process_time() - begun
    ours = _pairs(suspects.pairs)
    told = len(ours & books.look_alikes) / max(1, len(books.look_alikes))
    counts = {"rows": len(books.rows), "planted": len(books.same), "look_alikes": len(books.look_alikes)}
    return {
        **counts,
        "ours": {**_score(ours, books.same), "look_alikes_told": round(told, 4), "cpu_s": round(spent, 1)},
    }


def _large(a: argparse.Namespace) -> dict[str, Any]:
    from sample_data.makers.persons import PersonMaker
    from validators.doubles.persons import COLUMNS

    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "register.parquet"
        register = PersonMaker(a.seed).register(a.rows)
        pl.DataFrame(register.rows, schema=COLUMNS).write_parquet(source)
        planted = register.same
        register.rows.clear()
        one = {**os.environ, "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
        done = subprocess.run(
            [sys.executable, __file__, "--large", str(source)], check=True, capture_output=True, text=True, env=one
        )
        figures: dict[str, Any] = json.loads(done.stdout)
        pairs = pl.read_parquet(source.with_suffix(".pairs"))
    return {**figures, "planted": len(planted), **_score(_pairs(pairs), planted)}


def _search(source: Path) -> dict[str, Any]:
    """One search; leaves the pairs beside the register."""
    from benchmarks.parts.measuring.memory import peak_mb
    from validators.doubles.persons import find_persons

    frame = pl.read_parquet(source)
    begun = time.process_time()
    suspects = find_persons(frame)
    spent = time.process_time() - begun
    suspects.pairs.write_parquet(source.with_suffix(".pairs"))
    counts = {"rows": frame.height, "compared": suspects.compared, "skipped": suspects.skipped}
    return {**counts, "pairs": suspects.pairs.height, "cpu_s": round(spent, 1), "rss_mb": round(peak_mb())}


def _names(a: argparse.Namespace) -> dict[str, Any]:
    if not a.data:
        return {}
    from rapidfuzz import fuzz

    from mappers.names import romanise
    from validators.doubles.names import CLOSE, NameMatcher
    from validators.doubles.weights import load_weights
    from validators.doubles.words import read_words

    with a.data.open(encoding="utf-8", newline="") as f:
        rows = [(r["name"], r["english"]) for r in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE)]
    every = [(i, j) for i in range(len(rows)) for j in range(len(rows))]
    words, (left, right) = read_words([pl.Series([n for n, _ in rows]), pl.Series([e for _, e in rows])], learn=False)
    at, to = (np.array(side) for side in zip(*every, strict=True))
    found = NameMatcher(words, load_weights().words).match(left[at], right[to])
    meets = (found.conflicts == 0) & (found.lowest >= CLOSE)
    same = at == to
    peer = np.array([fuzz.token_sort_ratio(romanise(rows[i][0]).lower(), rows[j][1].lower()) >= 85 for i, j in every])
    return {
        "pairs": len(rows),
        "meet": round(float(meets[same].mean()), 4),
        "others_meet": round(float(meets[~same].mean()), 5),
        "rapidfuzz_85_meet": round(float(peer[same].mean()), 4),
        "rapidfuzz_85_others_meet": round(float(peer[~same].mean()), 5),
    }


if __name__ == "__main__":
    sys.exit(main())
