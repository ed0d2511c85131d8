"""The run path on a large system of tables: putting together, mapping and checking, beside pandas.

python -m benchmarks.map_systems_speed HEADS [KILLS] [--jobs N] [--pandas-heads N]      prints JSON

A system is invented: FIRs, twice as many accused, one row of facts and two of sections for each, and two lookups. It is
taken in, mapped and checked by `digitize run`; one of a tenth of the size as well, to see how time grows. A row is a
delivered row of head or part. Speeds are rows by processor second, all processes of a command together. The peer does
what a script would: pandas reads the same files, merges them, groups by FIR and applies the same cleaners row by row.
`answer_s` is the time in which the station makes one record anew; with KILLS the run is killed so often and done again,
and the exports are compared.
"""

from __future__ import annotations

import argparse
import csv
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from benchmarks.parts.mapping.firmast import COLUMNS, make_rows
from benchmarks.run_speed import FIRST_YEAR, PER_BOOK, STATIONS, Table, Used, digitize, write_stations

ROWS_PER_HEAD = 6
PANDAS_HEADS = 2_000
_SYSTEM = """format = 1
id = "bench"
title = "Invented for speed"
[head]
table = "fir"
key = ["fir_id"]
[[part]]
table = "accused"
key = ["case_id"]
row = ["acc_id"]
[[part]]
table = "facts"
key = ["fir"]
[[part]]
table = "acts"
key = ["fir_id"]
row = ["act_id"]
[[lookup]]
table = "ps"
key = "cd"
value = "name"
for = ["fir.ps"]
encoding = "plain"
[[lookup]]
table = "sex"
key = "cd"
value = "name"
for = ["accused.sex"]
encoding = "plain"
"""
_HEAD = 'format = 1\nid = "bench_{0}"\nversion = "1"\ntitle = "Of speed"\nform = "iif1"\n{1}[match]\ncolumns = {2}\n'
_COLUMNS = {
    "fir": ("fir_id", "no", "yr", "dt", "occ", "ps", "complainant", "place"),
    "accused": ("acc_id", "case_id", "nm", "age", "sex", "address"),
    "facts": ("fir", "facts"),
    "acts": ("act_id", "fir_id", "act", "section"),
}
_RULES: Mapping[str, tuple[tuple[str, str, str, str], ...]] = {
    "fir": (
        ("no", "fir_no", "int", ""), ("yr", "year", "year", ""), ("dt", "fir_date", "date", ""),
        ("occ", "occurrence_from", "date", ""), ("ps", "police_station", "station", ""),
        ("complainant", "name", "name", "complainant"), ("place", "place", "text", ""),
    ),
    "accused": (("nm", "name", "name", "accused"), ("age", "age", "age", "accused"), ("sex", "sex", "code", "accused"),
                ("address", "address", "text", "accused")),
    "facts": (("facts", "narrative", "text", ""),),
    "acts": (("act", "act", "code", "act"), ("section", "section", "text", "act")),
}  # fmt: skip
_KEYS = {"fir": ("fir_id",), "accused": ("acc_id", "case_id"), "facts": ("fir",), "acts": ("act_id", "fir_id")}


class System(Table):
    """A system of so many heads in a folder of its own, and a workspace that took it in."""

    def __init__(self, folder: Path, heads: int) -> None:
        folder.mkdir()
        self.place, self._folder, self.tables = folder / "ws", folder, folder / "tables"
        write_system(self.tables, heads)
        write_stations(folder / "stations.csv")
        self._take_in(self.place)

    def _take_in(self, place: Path) -> None:
        digitize("init", "up", str(place))
        write_mappings(place / "mappings" / "bench")
        (place / "lists" / "stations.csv").write_bytes((self._folder / "stations.csv").read_bytes())
        digitize("intake", str(place), str(self.tables), "--district", "Kalpana", "--station", "Thana 001")

    def answer_s(self) -> float:
        """The time in which a record of the middle of the system is made anew, everything learned before."""
        from digitize.review.trial import try_decisions
        from digitize.workspace.ledger import Ledger
        from digitize.workspace.place import open_place
        from digitize.workspace.run_context import build_run_context

        place = open_place(self.place)
        with Ledger(place.ledger) as ledger:
            known = build_run_context(place, ledger)
            (record,) = ledger.execute("SELECT record FROM records ORDER BY record DESC LIMIT 1").fetchone()
            try_decisions(ledger, known, record, [], with_rules=False)
            begun = time.monotonic()
            try_decisions(ledger, known, record, [], with_rules=False)
            return time.monotonic() - begun


def measure(heads: int, kills: int = 0, jobs: int = 0, pandas_heads: int = PANDAS_HEADS) -> Mapping[str, Any]:
    """The figures; see the head of the file."""
    rows = heads * ROWS_PER_HEAD
    with tempfile.TemporaryDirectory() as folder:
        small, large = System(Path(folder) / "small", heads // 10), System(Path(folder) / "large", heads)
        steps = {system: (system.run("map", jobs), system.run("check", jobs)) for system in (small, large)}
        mapped, checked = steps[large]
        again = large.run("map", jobs)
        ledger = (large.place / "ledger.sqlite").stat().st_size
        figures: dict[str, Any] = {
            "heads": heads, "rows": rows,
            "run_rows_per_s": rows / mapped.processor_s, "run_clock_rows_per_s": rows / mapped.clock_s,
            "map_processor_s": mapped.processor_s, "check_ms_per_record": 1000 * checked.processor_s / heads,
            "nothing_to_do_s": again.processor_s, "rss_mb": max(mapped.rss_mb, checked.rss_mb),
            "ledger_kb_per_row": ledger / 1000 / rows, "ledger_kb_per_record": ledger / 1000 / heads,
            "rows_file_kb_per_row": (large.place / "systems" / "bench.rows").stat().st_size / 1000 / rows,
            "growth_ten_times_rows": _spent(steps[large]) / _spent(steps[small]), "answer_s": large.answer_s(),
        }  # fmt: skip
        if pandas_heads:
            peer = Path(folder) / "peer"
            write_system(peer, min(heads, pandas_heads))
            figures["pandas_rows_per_s"] = ROWS_PER_HEAD * min(heads, pandas_heads) / by_pandas(peer)
            figures["ratio_pandas"] = figures["run_rows_per_s"] / figures["pandas_rows_per_s"]
        if kills:
            figures |= {"run_kills": kills, "run_kills_identical": large.same_after_kills(kills, jobs, mapped, checked)}
        return figures


def _spent(steps: tuple[Used, ...]) -> float:
    return sum(used.processor_s for used in steps)


def write_mappings(folder: Path) -> None:
    """The system and the mappings of its tables."""
    folder.mkdir(parents=True)
    (folder / "system.toml").write_text(_SYSTEM, "utf-8")
    for name, rules in _RULES.items():
        text = _HEAD.format(name, "" if name == "fir" else "part = true\n", json.dumps(list(_COLUMNS[name])))
        tables = {"accused": ("persons", 'role = "accused"'), "complainant": ("persons", 'role = "complainant"'),
                  "act": ("acts", "")}  # fmt: skip
        for row in dict.fromkeys(into for *_, into in rules if into):
            child, fixed = tables[row]
            text += f'[rows.{row}]\ntable = "{child}"\n' + (f"set = {{ {fixed} }}\n" if fixed else "")
        for source, to, clean, into in rules:
            of_row = f'into = "{into}"\n' if into else ""
            text += f'[[map]]\nfrom = "{source}"\nto = "{to}"\nclean = "{clean}"\n{of_row}'
        text += "".join(f'[[ignore]]\nfrom = "{c}"\nreason = "a key"\n' for c in _KEYS[name])
        (folder / f"bench_{name}.toml").write_text(text, "utf-8")


def write_system(folder: Path, heads: int) -> None:
    """The tables of a system of so many FIRs."""
    folder.mkdir()
    _write(folder / "ps.csv", ("cd", "name"), ((str(n), f"Thana {n:03}") for n in range(STATIONS)))
    _write(folder / "sex.csv", ("cd", "name"), (("1", "Male"), ("2", "Female")))
    _write(folder / "fir.csv", _COLUMNS["fir"], _firs(heads))
    dice = random.Random(3)
    names = ["Sample", "Example", "Namuna", "Udaharan", "Kalpit", "Nakli"]
    accused = (
        (str(2 * n + k), str(n), f"{dice.choice(names)} {dice.choice(names)}", str(dice.randint(18, 70)),
         str(dice.randint(1, 2)), f"House {dice.randint(1, 400)}, {dice.choice(names)} Nagar")
        for n in range(1, heads + 1) for k in (0, 1)
    )  # fmt: skip
    _write(folder / "accused.csv", _COLUMNS["accused"], accused)
    facts = ((str(n), f"On the day the complainant {n} told that {dice.choice(names)} came to the house and "
              f"took goods worth {dice.randint(100, 90000)} rupees.") for n in range(1, heads + 1))  # fmt: skip
    _write(folder / "facts.csv", _COLUMNS["facts"], facts)
    sections = ["379", "323", "504", "506", "447", "420", "34", "302"]
    acts = ((str(2 * n + k), str(n), "IPC", dice.choice(sections)) for n in range(1, heads + 1) for k in (0, 1))
    _write(folder / "acts.csv", _COLUMNS["acts"], acts)


def _firs(heads: int) -> Iterator[tuple[str, ...]]:
    place = COLUMNS.index("PSCD")
    for number, row in enumerate(make_rows(heads)):
        book, serial = divmod(number, PER_BOOK)
        year = FIRST_YEAR + book // STATIONS
        day = f"{year}-{serial * 12 // PER_BOOK + 1:02}-{serial % 28 + 1:02}"
        yield (str(number + 1), str(serial + 1), str(year), day, day, str(book % STATIONS),
               f"Example Person {number % 977}", f"Ward {len(row[place]) + number % 90}")  # fmt: skip


def _write(path: Path, columns: tuple[str, ...], rows: Any) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns])
        csv.writer(file).writerows(rows)


def by_pandas(folder: Path) -> float:
    """The processor time in which pandas makes cases of such files: merged, grouped, cleaned row by row."""
    import pandas

    clean = _cleaners()
    begun = time.process_time()
    frames = {name: pandas.read_csv(folder / f"{name}.csv", dtype=str) for name in [*_COLUMNS, "ps", "sex"]}
    frames["fir"]["ps"] = frames["fir"]["ps"].map(dict(frames["ps"].to_numpy().tolist()))
    frames["accused"]["sex"] = frames["accused"]["sex"].map(dict(frames["sex"].to_numpy().tolist()))
    made = {name: frames[name].apply(clean[name], axis=1) for name in _COLUMNS}
    cases = frames["fir"].assign(case=made["fir"])
    for name, key in (("accused", "case_id"), ("facts", "fir"), ("acts", "fir_id")):
        rows = frames[name].assign(**{f"{name}_rows": made[name]})[[key, f"{name}_rows"]]
        grouped = rows.groupby(key)[f"{name}_rows"].apply(list).reset_index().rename(columns={key: "fir_id"})
        cases = cases.merge(grouped, on="fir_id", how="left")
    assert cases[["case", "accused_rows", "facts_rows", "acts_rows"]].to_json(orient="records")
    return time.process_time() - begun


def _cleaners() -> Mapping[str, Callable[[Any], dict[str, Any]]]:
    """The cleaners of each table's mapping, on a row of a frame."""
    from digitize.files.systems.find import read_system
    from mappers.mapping.answers import Answers
    from mappers.mapping.load import TableCells
    from mappers.sources.values import MapContext
    from mappers.states import load_state

    with tempfile.TemporaryDirectory() as maps:
        write_mappings(Path(maps) / "bench")
        mappings = read_system(Path(maps) / "bench")[1]
    context = MapContext("x", state=load_state("up"))

    def cleaner(name: str) -> Callable[[Any], dict[str, Any]]:
        mapping = mappings[f"bench_{name}"]
        answers, cells = Answers(mapping, context), TableCells(mapping, name, name)

        def of_row(row: Any) -> dict[str, Any]:
            out: dict[str, Any] = {}
            for rule in mapping.rules:
                (answer,) = answers.answer_cells(rule, cells(rule.source, [row[rule.source]]), [(None, "")])
                out |= {n: said.value for made in answer for n, said in made.items()}
            return out

        return of_row

    return {name: cleaner(name) for name in _COLUMNS}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("heads", type=int)
    parser.add_argument("kills", type=int, nargs="?", default=0)
    parser.add_argument("--jobs", type=int, default=0)
    parser.add_argument("--pandas-heads", type=int, default=PANDAS_HEADS)
    a = parser.parse_args()
    print(json.dumps(measure(a.heads, a.kills, a.jobs, a.pandas_heads), indent=1))
    sys.exit(0)
