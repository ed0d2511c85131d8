r"""Whether Lucene, the engine of one shard of OpenSearch, finds persons better or faster than the product does.

    .venv/bin/python benchmarks/search_lucene.py [--sizes N,N] [--data DIR] [--only PART,PART] [--json FILE]
        [--questions N] [--seed N] [--set NAME=VALUE ...] [--quick]

Needs Java 21 or newer (JAVA_HOME, or `java`) and Debian's liblucene9-java (LUCENE_JARS names other jars, parted by
colons). Without them it says what is missing, measures the product alone and ends well.

The persons and questions are those of benchmarks/search.py. Parts:

    fuzzy      names as written and as romanised at load, match with fuzziness AUTO
    icu        names as written and by any-Latin of analysis-icu, the same match
    phonetic   as icu, and Double Metaphone of analysis-phonetic behind any-Latin
    romaniser  names as written and by the product's romaniser, questions too; the same match, and Double Metaphone
    keys       the product's keys as terms of Lucene in place of SQLite's full-text index, ranked by the product
    ours       the product, embedded

The last two need the store of that size, DIR/cctns.sqlite or DIR/N/cctns.sqlite, as benchmarks/search.py grows it; they
write into its log of searches. Rows, indexes and figures stand in DIR/lucene-N and are used again. --set is for tuning
(see LucenePersons.java): what was measured before is then measured again, and not kept.

One process and one thread each, warmed by other questions; milliseconds by the clock and of the processor.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT)]

from benchmarks.parts.search.lucene_rows import (  # noqa: E402
    Lucene,
    LuceneRows,
    indexed,
    question_line,
)
from benchmarks.parts.search.peers import share_of  # noqa: E402
from benchmarks.parts.search.stores import KeptStores  # noqa: E402
from benchmarks.search import SEED, Asker  # noqa: E402
from sample_data.makers.search_people import Question, World  # noqa: E402

VARIANTS = ("fuzzy", "icu", "phonetic", "romaniser")
PARTS = (*VARIANTS, "keys", "ours")
_SIZED = 2_000_000
_WARMING, _FEW = 300, 60
_GROUPS = ("same", "cross", "alone")


def main() -> int:
    """Measure, print, and write the figures."""
    options = _options()
    folder = options.data or Path(tempfile.mkdtemp(prefix="lucene-"))
    lucene = Lucene.found(options.set)
    if isinstance(lucene, str):
        print(f"{lucene} Lucene is left out.", flush=True)
    figures: dict[str, Any] = {}
    for size in options.sizes:
        world = World(size, options.seed, sized=_SIZED if size >= _SIZED // 4 else 0)
        figures[str(size)] = _measure(folder, world, size, options, lucene)
    text = json.dumps({"questions": options.questions, "seed": options.seed, "all": figures}, indent=1)
    print(text)
    if options.json:
        options.json.write_text(text + "\n", encoding="utf-8")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    numbers = lambda text: [int(n) for n in text.split(",")]  # noqa: E731  # for one option
    parser.add_argument("--sizes", type=numbers, default=[1_000_000, _SIZED], help="of persons, parted by commas")
    parser.add_argument("--questions", type=int, default=300, help="of each kind")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed is another world, as for tuning")
    parser.add_argument("--data", type=Path, help="where stores and indexes stand, to be used again")
    parser.add_argument("--only", type=lambda t: t.split(","), default=list(PARTS), help=", ".join(PARTS))
    parser.add_argument("--set", nargs="*", default=[], help="settings of the queries, NAME=VALUE")
    parser.add_argument("--quick", action="store_true", help="4,000 persons, 30 questions")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.questions = [4000], 30
    return options


def _measure(
    folder: Path, world: World, size: int, options: argparse.Namespace, lucene: Lucene | str
) -> dict[str, Any]:
    kept = KeptStores(folder / f"lucene-{size}")
    groups = questions_of(world, size, options.questions)
    for part in options.only:
        name = f"{part} {options.seed} {options.questions}"
        if (name in kept.state and not options.set) or (isinstance(lucene, str) and part != "ours"):
            continue
        store = next((p for p in (folder / str(size) / "cctns.sqlite", folder / "cctns.sqlite") if p.is_file()), None)
        if part in VARIANTS and isinstance(lucene, Lucene):
            found = _variant(kept, world, size, part, groups, lucene)
        elif store is None:
            print(f"{size}: no store of the product stands in {folder}; {part} is left out.", flush=True)
            continue
        else:
            found = _product(kept, world, size, store, groups, lucene if part == "keys" else None)
        print(size, part, found, flush=True)
        if options.set:
            kept.state[name] = found
        else:
            kept.note(**{name: found})
    return {n: v for n, v in kept.state.items() if n.split(" ")[0] in (*PARTS, "index")}


def questions_of(world: World, size: int, count: int) -> dict[str, list[Question]]:
    """The questions that benchmarks/search.py asks, by group, and others to warm up by."""
    made = {name: world.questions(count, cross=name == "cross", persons=size) for name in ("same", "cross")}
    made["alone"] = world.questions(count, cross=False, by=("name",), persons=size)
    orders = ("station", "year", "relative"), ("year", "relative", "station")
    some = [world.questions(_WARMING // 4, cross=c, by=by, persons=size) for c in (False, True) for by in orders]
    return made | {"warming": [q for few in some for q in few]}


def _variant(
    kept: KeptStores, world: World, size: int, part: str, groups: dict[str, list[Question]], lucene: Lucene
) -> dict[str, Any]:
    index = indexed(kept, world, size, part, lucene)
    texts = {name: [question_line(q) for q in questions] for name, questions in groups.items()}
    figures: dict[str, Any] = {}
    answers = lucene.ask(part, index, texts["warming"], [line for name in _GROUPS for line in texts[name]])
    at = 0
    for name in _GROUPS:
        some = answers[at : at + len(groups[name])]
        at += len(some)
        hits = [f"{q.record}/{q.line}" in answer.ids for q, answer in zip(groups[name], some, strict=True)]
        figures |= told(name, groups[name], hits, [a.ms for a in some], [a.cpu_ms for a in some])
    return figures


def told(
    group: str, questions: Sequence[Question], hits: Sequence[bool], ms: Iterable[float], cpu_ms: Iterable[float]
) -> dict[str, Any]:
    """Figures of one group of questions: recall at ten, by what was asked, times."""
    parts: dict[str, list[bool]] = {}
    for q, is_found in zip(questions, hits, strict=True):
        parts.setdefault(f"{group} {q.by}{' misspelt' if q.is_misspelt else ''}", []).append(is_found)
    made: dict[str, Any] = {f"recall10_{group}": round(sum(hits) / len(hits), 4)}
    for kind, spent in (("ms", list(ms)), ("cpu_ms", list(cpu_ms))):
        made |= {f"{group}_p{p}_{kind}": share_of(spent, p / 100) for p in (50, 95)}
    return made | {f"by {n}": round(sum(f) / len(f), 4) for n, f in sorted(parts.items())}


def _product(
    kept: KeptStores, world: World, size: int, store: Path, groups: dict[str, list[Question]], lucene: Any
) -> dict[str, Any]:
    """The product over its store; by Lucene in place of SQLite's full-text index where one is given."""
    from digitize.targets.sqlite import SqliteTarget

    with closing(SqliteTarget(store)) as target:
        asker = Asker(target)
        rows = LuceneRows(target, lucene.serve(indexed(kept, world, size, "keys", lucene)) if lucene else None)
        asker.finder.store = rows
        figures: dict[str, Any] = {}
        with closing(rows):
            for q in groups["warming"][:: _WARMING // _FEW]:
                asker.ask(q)  # nothing is compiled while it runs, as Java's code is
            for name in _GROUPS:
                asker.spent, asker.worked, rows.spent, rows.worked, rows.theirs = [], [], [], [], []
                hits, theirs = [], []
                for q in groups[name]:
                    rows.begin()
                    hits.append(asker.ask(q))
                    theirs.append(sum(rows.theirs))
                    rows.end()
                cpu = [own + other for own, other in zip(asker.worked, theirs, strict=True)]
                figures |= told(name, groups[name], hits, asker.spent, cpu)
                for kind, spent in (("ms", rows.spent), ("cpu_ms", rows.worked)):
                    figures |= {f"{name}_rows_p{p}_{kind}": share_of(spent, p / 100) for p in (50, 95)}
                    figures[f"{name}_rows_mean_{kind}"] = round(sum(spent) / len(spent), 1)
            figures |= _finding_alone(asker, rows, groups)
    return figures


def _finding_alone(asker: Asker, rows: LuceneRows, groups: dict[str, list[Question]]) -> dict[str, float]:
    """Times of candidates alone: no case is opened or masked, nothing is logged."""
    from digitize.search.query import SearchQuery

    spent, worked = [], []
    for q in (*groups["same"], *groups["cross"]):
        rows.begin()
        began, before = time.perf_counter(), time.process_time()
        asker.finder.candidates(SearchQuery(q.text, "person", q.relative, q.station, year=q.year, limit=10))
        spent.append(1000 * (time.perf_counter() - began))
        worked.append(1000 * (time.process_time() - before) + sum(rows.theirs))
    kinds = {"ms": spent, "cpu_ms": worked}
    return {f"candidates_p{p}_{kind}": share_of(some, p / 100) for kind, some in kinds.items() for p in (50, 95)}


if __name__ == "__main__":
    sys.exit(main())
