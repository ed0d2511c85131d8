"""Mapping: what of the legacy formats comes out right as records, and how fast.

python benchmarks/map.py --data FOLDER [--only PART,...] [--json FILE]
python benchmarks/map.py --quick [--only PART,...] [--json FILE]

Parts: statutes, drafts, golden, systems, speed, run, systems-run. FOLDER holds fir-bench/ with gold.jsonl and its
scorer, score_fir.py: of the distinct statute texts that people wrote there, the share parsed into the same acts and
sections as the scorer reads. Peer in the same run: the numbers alone, all under the IPC. --quick measures the invented
texts of sample_data/statutes.tsv, whose reading is written beside them. Drafts, golden, systems, speed and run: see
benchmarks/drafts.py, map_systems.py, run_speed.py, parts/mapping/; systems-run: map_systems_speed.py. They need nothing
of FOLDER. A part that was measured with the same code and data is taken from the cache.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from benchmarks.drafts import evaluate as evaluate_drafts
from benchmarks.map_systems import evaluate as evaluate_systems
from benchmarks.map_systems_speed import measure as measure_system
from benchmarks.parts.mapping.golden import evaluate as evaluate_golden
from benchmarks.parts.mapping.speed import measure
from benchmarks.parts.measuring.run_parts import ROOT, Bench, run_parts
from benchmarks.run_speed import measure_run
from mappers.clean import CleanContext
from mappers.clean.sections import clean_sections
from mappers.text.folding import fold_written

SAMPLES = ROOT / "sample_data"
STATUTES = SAMPLES / "statutes.tsv"
# By columns as many as a state's table has; the others in proportion to their speed.
RUN_ROWS, RUN_KILLS = 1_000_000, 5
SYSTEM_HEADS, SYSTEM_KILLS = 20_000, 3
SPEED_ROWS = {"columns": 300_000, "records": 60_000, "pandas": 30_000}
# How our acts are said in words that the scorer's reading knows; it reads every other act as the IPC.
SAID = {
    "IPC": "IPC", "BNS": "BNS", "CRPC": "CrPC", "DMA": "Disaster Management Act", "WBFS": "WB Fire Service Act",
    "DPA": "DP Act", "ARMS": "Arms Act", "ELEC": "Electricity Act", "POCSO": "POCSO Act", "NDPS": "NDPS Act",
    "FOREIGN": "Foreigners Act", "IT": "IT Act", "MV": "MV Act", "MV1939": "MV Act", "BEXC": "Bengal Excise Act",
    "PDPP": "PDPP Act", "WBMPO": "WBMPO Act", "WBLR": "WBLR Act", "SENIOR": "Senior Citizen Act", "EPID": "ED Act",
    "PASSPORT": "Passport Act", "COPY": "Copyright Act", "JJ1986": "JJ Act", "JJ2000": "JJ Act", "JJ2015": "JJ Act",
    "ITPA": "ITP Act",
}  # fmt: skip
# Two names of one act that the scorer keeps apart.
SAME_ACT = {"PP": "PASSPORT"}
Pairs = frozenset[tuple[str, str]]


# -- statutes ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Statute:
    """One text, the day that decides which law it means, and its right reading as (section, act)."""

    text: str
    day: str
    right: Pairs


def measure_statutes(bench: Bench) -> Mapping[str, Any]:
    """Share of distinct texts read as the scorer, or the sample, reads them, with nothing left unparsed."""
    ours = _same if bench.is_quick else _scorer(bench).said
    texts = list(_sample() if bench.is_quick else _gold(bench))
    right = wrong = unparsed = inferred = peer = 0
    for statute in texts:
        rows = clean_sections(statute.text, CleanContext(day=statute.day)).rows
        pairs = frozenset(p for r in rows if r["section"].value and r["act"].value for p in ours(_section(r), _act(r)))
        is_whole = all(r["section"].value and r["act"].value for r in rows)
        right += is_whole and pairs == statute.right
        wrong += is_whole and pairs != statute.right
        unparsed += not is_whole
        inferred += any("inferred" in r and r["inferred"].value == "yes" for r in rows)
        peer += frozenset((n, "IPC") for n in re.findall(r"\d+[A-Z]?", fold_written(statute.text))) == statute.right
    return {
        "statutes_texts": len(texts),
        "statutes_parsed": right / len(texts),
        "statutes_wrong": wrong,
        "statutes_said_to_be_unparsed": unparsed,
        "statutes_with_an_inferred_act": inferred,
        "statutes_peer_numbers_alone": peer / len(texts),
    }


def _section(row: Mapping[str, Any]) -> str:
    return str(row["section"].value)


def _act(row: Mapping[str, Any]) -> str:
    return str(row["act"].value) + ("*" if row["inferred"].value == "yes" else "")


def _same(section: str, act: str) -> Pairs:
    return frozenset({(section, act)})


def _sample() -> Iterator[Statute]:
    with STATUTES.open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f, delimiter="\t", quoting=csv.QUOTE_NONE):
            pairs = (pair.strip().partition(" ") for pair in row["pairs"].split(";"))
            yield Statute(row["text"], row["day"], frozenset((section, act) for act, _, section in pairs))


@dataclass(frozen=True)
class _Scorer:
    """The bench's own reading of statutes."""

    parse: Callable[[Any], Pairs]

    def read(self, text: str) -> Pairs:
        return frozenset((n, SAME_ACT.get(act, act)) for n, act in self.parse(text))

    def said(self, section: str, act: str) -> Pairs:
        """Our pair as the scorer would read it; an act that it does not know stays ours, and so differs."""
        name = act.rstrip("*")
        return self.read(f"{section} {SAID[name]}") if name in SAID else frozenset({(section, name)})


def _scorer(bench: Bench) -> _Scorer:
    spec = importlib.util.spec_from_file_location("score_fir", bench.data / "fir-bench" / "score_fir.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return _Scorer(module.parse_statutes)


def _gold(bench: Bench) -> Iterator[Statute]:
    """The distinct texts, each with the year of the first record that has it."""
    scorer, years = _scorer(bench), dict[str, str]()
    for line in (bench.data / "fir-bench" / "gold.jsonl").read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)["fields"]
        if fields.get("statutes"):
            years.setdefault(fields["statutes"], fields.get("year") or "")
    for text, year in sorted(years.items()):
        yield Statute(text, year, scorer.read(text))


# -- drafts --------------------------------------------------------------------------------------------------------


def measure_drafts(bench: Bench) -> Mapping[str, Any]:
    """Drafts of mapping files for layouts held back from the drafter's dictionary; see benchmarks/drafts.py."""
    found = evaluate_drafts(sample=8 if bench.is_quick else 0)
    plain = ("draft", "columns_right", "wrong_in_force")
    return {("" if name.startswith(plain) else "drafts_") + name: v for name, v in found.items() if name != "layouts"}


# -- golden --------------------------------------------------------------------------------------------------------


def measure_golden(_: Bench) -> Mapping[str, Any]:
    """Golden pairs of old tables; see benchmarks/parts/mapping/golden.py."""
    return evaluate_golden()


# -- systems -------------------------------------------------------------------------------------------------------


def measure_systems(bench: Bench) -> Mapping[str, Any]:
    """Drafted ties and lookups of whole systems, and the cases that come of them; see benchmarks/map_systems.py."""
    return evaluate_systems(systems=3 if bench.is_quick else 10)


# -- speed ---------------------------------------------------------------------------------------------------------


def measure_speed(bench: Bench) -> Mapping[str, Any]:
    """The FIRMAST mapping by columns, as records and by pandas, each in a process of its own."""
    rows = {"columns": 4_000, "records": 2_000, "pandas": 2_000} if bench.is_quick else SPEED_ROWS
    found = {way: measure(way, count) for way, count in rows.items()}
    return {
        "rows_per_s": found["columns"]["rows_per_s"],
        "rss_mb": found["columns"]["rss_mb"],
        "record_rows_per_s": found["records"]["rows_per_s"],
        "pandas_apply_rows_per_s": found["pandas"]["rows_per_s"],
        "ratio_pandas_apply": found["columns"]["rows_per_s"] / found["pandas"]["rows_per_s"],
        "speed_rows": rows["columns"],
    }


# -- run -----------------------------------------------------------------------------------------------------------


def measure_whole_run(bench: Bench) -> Mapping[str, Any]:
    """A table taken in, mapped and checked, beside `map apply` and pandas, and killed; see run_speed.py."""
    return measure_run(4_000) if bench.is_quick else measure_run(RUN_ROWS, RUN_KILLS)


def measure_systems_run(bench: Bench) -> Mapping[str, Any]:
    """A whole system taken in, mapped and checked, beside pandas; see map_systems_speed.py."""
    found = measure_system(400, pandas_heads=200) if bench.is_quick else measure_system(SYSTEM_HEADS, SYSTEM_KILLS)
    return {f"systems_{name}": figure for name, figure in found.items()}


PARTS: Mapping[str, Callable[[Bench], Mapping[str, Any]]] = {
    "statutes": measure_statutes, "drafts": measure_drafts, "golden": measure_golden, "systems": measure_systems,
    "speed": measure_speed, "run": measure_whole_run, "systems-run": measure_systems_run,
}  # fmt: skip

if __name__ == "__main__":
    sys.exit(run_parts("map", __doc__, PARTS, SAMPLES))
