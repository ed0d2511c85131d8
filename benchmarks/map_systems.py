"""Systems of several tables: how many ties and lookups a draft finds, and how many cases come out whole and right.

python -m benchmarks.map_systems [--systems N] [--first SEED]

Ten systems are invented (map_systems_make.py): names of tables and columns drawn from lists, keys of three styles,
codes in lookup tables, tables that hold nothing of a case, keys spelled otherwise or without head.
systems_cases_right: of the cases, those whole and right with the drafted ties and the true mapping of each column;
systems_cases_unedited: with the
drafted mappings as well, before anybody edits a line. Peer in the same run: pandas joins each table to the head by the
columns that they have in common.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from digitize.files.mapping.find import table_context
from digitize.files.systems.apply import apply_system
from digitize.files.systems.draft_report import SystemDrafted
from digitize.files.systems.drafting import draft_system
from digitize.files.systems.find import read_system
from mappers.encodings import encodings
from mappers.errors import MapperError
from mappers.legacy import ReadAs
from mappers.mapping.column_encodings import WantedEncoding
from mappers.systems.keys import table_key
from sample_data.makers.system_dumps import FIRST_UNSEEN, Case, Invented, invent, write_dump, write_folder

STATE = "hp"


def evaluate(systems: int = 10, first: int = FIRST_UNSEEN, size: int = 90, *, is_told: bool = False) -> dict[str, Any]:
    """The figures over so many systems. is_told: say what is wrong, of each."""
    sums: Counter[str] = Counter()
    for seed in range(first, first + systems):
        with tempfile.TemporaryDirectory() as folder:
            found = _one(invent(seed, size), Path(folder))
        if is_told:
            print(seed, {k: v for k, v in found.items() if not k.startswith("n_")}, file=sys.stderr)
        sums.update({k: v for k, v in found.items() if isinstance(v, int | float)})
    return {
        "systems": systems,
        "systems_cases": sums["n_cases"],
        "systems_cases_right": _share(sums["right"], sums["n_cases"]),
        "systems_cases_unedited": _share(sums["unedited"], sums["n_cases"]),
        "systems_cases_pandas": _share(sums["pandas"], sums["n_cases"]),
        "ties_right": _share(sums["ties"], sums["n_ties"]),
        "lookups_right": _share(sums["lookups"], sums["n_lookups"]),
        "systems_left_right": _share(sums["left"], sums["n_left"]),
        "systems_wrong_in_force": _share(sums["wrong"], sums["n_rules"]),
        "systems_orphans_counted": _share(sums["orphans"], sums["n_orphans"]),
        "systems_draft_s": round(sums["draft_s"] / systems, 2),
    }


def _share(part: float, whole: float) -> float:
    return round(part / whole, 4) if whole else 0.0


def _one(system: Invented, folder: Path) -> dict[str, Any]:
    source = folder / "system"
    if system.seed % 2:
        write_folder(system, source)
    else:
        source = folder / "system.sql"
        write_dump(system, source)
    found: dict[str, Any] = {"n_cases": len(system.cases), "n_orphans": system.orphans}
    found["pandas"] = _pandas(system)
    start = time.process_time()
    try:
        drafted = draft_system(source, ReadAs(), WantedEncoding(encodings()), "drafted", STATE)
    except Exception as e:  # a system that cannot be drafted counts as wrong
        return found | {
            "failed": f"{type(e).__name__}: {e}",
            "n_ties": len(system.ties),
            "n_lookups": len(system.lookups),
        }
    found["draft_s"] = time.process_time() - start
    found |= _ties(system, drafted) | _lookups(system, drafted) | _left(system, drafted) | _rules(system, drafted)
    found |= _cases(system, source, folder / "asis", _asis(system, drafted), "unedited")
    found |= _cases(system, source, folder / "true", _true(system, drafted), "right")
    return found


def _ties(system: Invented, drafted: SystemDrafted) -> dict[str, Any]:
    guessed = {t.table: (t.of, dict(zip(t.key, t.to, strict=True))) for t in drafted.guessed.ties}
    true = {n: (system.head, dict(zip(*keys, strict=True))) for n, keys in system.ties.items()}
    right = [n for n, said in true.items() if guessed.get(n) == said and drafted.guessed.head == system.head]
    wrong = [n for n in guessed if n not in true]
    missed = {n: guessed.get(n) for n in true if n not in right}
    return {"ties": len(right), "n_ties": len(true) + len(wrong), "ties_missed": missed, "ties_false": wrong}


def _lookups(system: Invented, drafted: SystemDrafted) -> dict[str, Any]:
    guessed = {(g.of, g.column): (g.table, g.key, g.value) for g in drafted.guessed.lookups}
    right = [at for at, said in system.lookups.items() if guessed.get(at) == said]
    # In a part with a natural key the station's code is the head's over again; looking it up is no fault.
    wrong = [at for at in guessed if at not in system.lookups and at[0] not in system.ties]
    missed = {str(at): guessed.get(at) for at in system.lookups if at not in right}
    return {"lookups": len(right), "n_lookups": len(system.lookups) + len(wrong), "lookups_missed": missed,
            "lookups_false": {str(w): guessed[w] for w in wrong}}  # fmt: skip


def _left(system: Invented, drafted: SystemDrafted) -> dict[str, Any]:
    g = drafted.guessed
    used = {g.head, *(t.table for t in g.ties), *(x.table for x in g.lookups)}
    return {"left": len(system.left - used), "n_left": len(system.left), "left_used": sorted(system.left & used)}


def _rules(system: Invented, drafted: SystemDrafted) -> dict[str, Any]:
    """Columns that a rule in force puts into a field that is not theirs."""
    wrong, count = [], 0
    for table, draft in drafted.drafts.items():
        for line in draft.of_kind("mapped"):
            if line.rule is None:
                continue
            count += 1
            true = system.meant.get((table, line.source))
            if true is None and line.source.endswith(".DIST"):
                true = "district"
            if true not in line.rule.fields and not (true is None and "legacy_key" in line.rule.fields):
                wrong.append((table, line.source, line.rule.fields))
    return {"wrong": len(wrong), "n_rules": count, "wrong_rules": wrong}


def _asis(system: Invented, drafted: SystemDrafted) -> Mapping[str, str]:
    return {"system.toml": drafted.text, **{f"{i}.toml": text for i, text in drafted.mappings.items()}}


def _true(system: Invented, drafted: SystemDrafted) -> Mapping[str, str]:
    """The drafted ties with the true mapping of each table."""
    files = {"system.toml": drafted.text}
    for name, rules in system.rules.items():
        mapping = f"drafted_{table_key(name)}".replace("/", "_")
        head = f'format = 1\nid = "{mapping}"\nversion = "1"\ntitle = "True mapping"\nform = "iif1"\n'
        head += "" if name == system.head else "part = true\n"
        columns = json.dumps(system.tables[name][0])
        rows, cut, maps = rules.partition("[[map]]")
        files[f"{mapping}.toml"] = f"{head}\n[match]\ncolumns = {columns}\n\n{rows}{cut}{maps}"
    return files


def _cases(system: Invented, source: Path, folder: Path, files: Mapping[str, str], name: str) -> dict[str, Any]:
    folder.mkdir()
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    try:
        bound, mappings = read_system(folder)
        done = apply_system(source, bound, mappings, table_context(STATE, None, 0), folder / "out")
    except MapperError as e:
        return {name: 0, f"{name}_failed": str(e)}
    made = _made(folder / "out")
    right, why = 0, Counter[str]()
    for case in system.cases:
        if case_key(case) in made and _same(case, made[case_key(case)]):
            right += 1
        else:
            why.update(_differences(case, made.get(case_key(case))))
    orphans = sum(sum(t.orphans.values()) for t in done.tables if t.role == "part")
    told = {f"{name}_wrong": dict(why)} if why else {}
    return {name: right, **told, **({"orphans": min(orphans, system.orphans)} if name == "right" else {})}


def case_key(case: Case) -> tuple[str, ...]:
    """What tells a case from another."""
    return tuple(case.fields[n] for n in ("police_station", "year", "fir_no"))


def _made(out: Path) -> dict[tuple[str, ...], Case]:
    found: dict[str, Case] = {}
    for row in _rows(out / "iif1.csv"):
        found[row["record_id"]] = Case(dict(row))
    for row in _rows(out / "iif1_persons.csv"):
        found[row["record_id"]].persons.append((row["role"], row["name"], row["age"], row["sex"]))
    for row in _rows(out / "iif1_acts.csv"):
        found[row["record_id"]].acts.append((row["act"], row["section"]))
    for row in _rows(out / "iif1_property.csv"):
        found[row["record_id"]].property.append((row["description"], row["value"]))
    return {case_key(c): c for c in found.values()}


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        return []
    with path.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


def _same(true: Case, made: Case) -> bool:
    """Whether every field, person, section and item of a case is there, and none besides."""
    fields = all(made.fields.get(n) == v for n, v in true.fields.items())
    rows = all(Counter(a) == Counter(b) for a, b in
               ((true.persons, made.persons), (true.acts, made.acts), (true.property, made.property)))  # fmt: skip
    return fields and rows


def _differences(true: Case, made: Case | None) -> list[str]:
    """The fields and kinds of row in which a case differs."""
    if made is None:
        return ["case"]
    found = [n for n, v in true.fields.items() if made.fields.get(n) != v]
    found += [n for n in ("persons", "acts", "property") if Counter(getattr(true, n)) != Counter(getattr(made, n))]
    return found


def _pandas(system: Invented) -> int:
    """Cases that a merge by common columns makes whole: each part brings a head as many rows as are true."""
    import pandas as pd

    frames = {n: pd.DataFrame(rows, columns=columns, dtype=str) for n, (columns, rows) in system.tables.items()}
    head = frames[system.head].reset_index()
    counts = dict[str, Any]()
    for name in system.ties:
        common = [c for c in frames[name].columns if c in head.columns and c != "index"]
        if common:
            joined = head.merge(frames[name][common], on=common, how="inner")
            counts[name] = joined.groupby("index").size().to_dict()
    right = 0
    for at, case in enumerate(system.cases):
        people = sum(counts.get(n, {}).get(at, 0) for n in system.ties)
        facts = len(system.ties) - len({t for t in system.ties if "narrative" not in
                                        [system.meant.get((t, c)) for c in frames[t].columns]})  # fmt: skip
        right += people == len(case.persons) + len(case.acts) + len(case.property) + facts
    return right


def main() -> int:
    """Measure, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", type=int, default=10)
    parser.add_argument("--first", type=int, default=FIRST_UNSEEN)
    parser.add_argument("--told", action="store_true", help="say of each system what is wrong")
    a = parser.parse_args()
    print(json.dumps(evaluate(a.systems, a.first, is_told=a.told), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
