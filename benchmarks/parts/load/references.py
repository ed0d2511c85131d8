"""Whether references between the rows of a record survive refused rows; part `references` of benchmarks/load.py.

Files of FIRs with persons, half of them with an address, are generated, with and without a column `line`, lines
counted in several ways; some persons are torn or name a record that is not there. They are loaded into SQLite.
`references_kept`: of the addresses in the target, the share that stand with the person whom the file meant; 1.0 unless
somebody was given the address of another. `references_loaded`: how many these are.
"""

from __future__ import annotations

import csv
import random
import tempfile
from pathlib import Path
from typing import Any

_FIRS, _ROUNDS = 400, 6
_FIR = ("wb", "Howrah", "Bally", "2009", "2009-03-12")
_REFUSED = 0.05


def references(rounds: int = _ROUNDS, firs: int = _FIRS, seed: int = 7) -> dict[str, Any]:
    """The figures of so many files."""
    kept = loaded = 0
    for number in range(rounds):
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place) / "in"
            folder.mkdir()
            _write(folder, firs, random.Random(seed + number), has_lines=number % 3 != 0)
            found = _load(folder, Path(place) / "target.sqlite")
        kept += sum(name == meant for name, meant in found)
        loaded += len(found)
    return {"references_kept": round(kept / max(1, loaded), 6), "references_loaded": loaded}


def _load(folder: Path, path: Path) -> list[Any]:
    """Name of the person with whom an address stands, and name whom the file meant."""
    from digitize.files.loading.load import LoadOptions, load_files
    from digitize.files.loading.settings import import_settings
    from digitize.targets.sqlite import SqliteTarget

    target = SqliteTarget(path)
    try:
        load_files([folder], "iif1", target, import_settings("iif1"), LoadOptions())
        joined = "iif1_addresses a LEFT JOIN iif1_persons p ON p.record_id = a.record_id AND p.line = a.person_line"
        return list(target.run(f"SELECT p.name, a.village_town FROM {joined}"))
    finally:
        target.close()


def _write(folder: Path, firs: int, die: random.Random, *, has_lines: bool) -> None:
    head = ("record_id", "state", "district", "police_station", "year", "fir_date", "fir_no")
    ids = [f"r{i:05}" for i in range(firs)]
    _rows(folder / "iif1.csv", head, [(r, *_FIR, str(i + 1)) for i, r in enumerate(ids)])
    _rows(folder / "iif1_acts.csv", ("record_id", "line", "act", "section"), [(r, "1", "IPC", "379") for r in ids])
    persons: list[tuple[str, ...]] = []
    addresses: list[tuple[str, ...]] = []
    for record in ids:
        count = die.randrange(1, 4)
        start, step = die.choice(((1, 1), (1, 1), (2, 1), (10, 10))) if has_lines else (1, 1)
        for place in range(1, count + 1):
            line, name = str(start + (place - 1) * step), f"Vint {record} {place}"
            fate = die.choice(("torn", "astray")) if die.random() < _REFUSED else ""
            of = f"no{record}" if fate == "astray" else record
            persons.append((of, *((line,) if has_lines else ()), "witness", name, *(("x",) if fate == "torn" else ())))
            # Not of all: a last reference to nobody would give away that a row is missing.
            if die.random() < 1 / 2:
                addresses.append((record, str(len(addresses) + 1), line, name))
    _rows(folder / "iif1_persons.csv", ("record_id", *(("line",) if has_lines else ()), "role", "name"), persons)
    _rows(folder / "iif1_addresses.csv", ("record_id", "line", "person_line", "village_town"), addresses)


def _rows(path: Path, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows([head, *rows])
