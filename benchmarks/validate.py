"""How fast and how rightly import files are checked, and how fast beside other validators.

    python benchmarks/validate.py [--rows 1000000] [--big-mb 5000] [--peers PYTHON] [--only PART,...] [--json FILE]
    python benchmarks/validate.py --quick

FIRs with an act, two persons and a stolen thing each are generated with known defects
(sample_data/makers/checked_files.py). Parts:

rightness   `recall`: the share of the defects that their rule finds; `false_rejects`: rejected rows in which nothing
            was planted; rules of suspicion are left out
speed       rows a second of processor time, all tables, reading of the CSV included, one thread: `rows_per_cpu_s_20`
            for 20 usual rules, `rows_per_cpu_s_all` for all but those of suspicion, and `suspicion_rows_per_cpu_s`
big         `rss_mb_5gb`: the most memory for a file of FIRs of --big-mb megabytes
reports     `rejects_left_out`: rejections that a report of any of the formats does not hold, and `rejects_left_out_in`
            which; reports of at most 20,000 FIRs are written and read back
record      `ms_one_record`: all rules over one record at a time, the median of 200 records, processor time
command     `times_bare_polars`, `suspicion_share`, `rss_mb`, `start_s`: the command as a process, beside one of bare
            polars; benchmarks/parts/validate/command.py tells what each is
peers       `ratio_*`: the same 20 rules on the same rows in memory beside other validators, which run in an
            environment of their own: benchmarks/parts/validate/peers.py tells how to make it

What was not measured is null; figures of an earlier run that stand in FILE are kept.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.parts.validate.left_out import FIRS, measure_left_out  # noqa: E402  # the checkout first
from benchmarks.parts.validate.settings import TWENTY, settings_of  # noqa: E402  # the checkout first

# Somebody or something may be the same as somebody or something elsewhere.
SUSPICION = ("R009", "R010", "T015")
PARTS = ("rightness", "speed", "big", "reports", "record", "command", "peers")
FIGURES = (
    *("recall", "false_rejects", "rows_per_cpu_s_20", "rows_per_cpu_s_all", "suspicion_rows_per_cpu_s"),
    *("rejects_left_out", "times_bare_polars", "suspicion_share", "rss_mb", "start_s"),
    *("ratio_pandera", "ratio_frictionless", "ratio_gx", "rss_mb_5gb", "ms_one_record"),
)


def main() -> int:
    """Measure and print. Returns 0 when every defect was found, nothing else rejected, and no report lacks a reject."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--big-mb", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--only", default="", metavar="PART,...", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--peers", type=Path, metavar="PYTHON", help="of the environment where the peers are")
    parser.add_argument("--peer-seconds", type=float, default=300.0, help="that each peer may take")
    parser.add_argument("--quick", action="store_true", help="3,000 FIRs, no large file")
    parser.add_argument("--run", nargs=2, metavar=("PATH", "CODES"), help="one run, for this program's own use")
    a = parser.parse_args()
    if a.run:
        print(json.dumps(_run(Path(a.run[0]), a.run[1].split())))
        return 0
    figures = _measure(a)
    print(json.dumps(figures, indent=1))
    wrong = (figures["recall"] not in (1, None), figures["false_rejects"], figures["rejects_left_out"])
    return 1 if any((*wrong, *_differing(figures))) else 0


def _differing(figures: dict[str, Any]) -> list[Any]:
    return [value for name, value in figures.items() if name.startswith("differ_")]


def _measure(a: argparse.Namespace) -> dict[str, Any]:
    from sample_data.makers.checked_files import write_rows

    only = set(a.only.split(",")) if a.only else set(PARTS)
    rows = 3_000 if a.quick else a.rows
    earlier = json.loads(a.json.read_text(encoding="utf-8")) if a.json and a.json.exists() else {}
    figures: dict[str, Any] = dict.fromkeys(FIGURES) | earlier | {"rows": rows}
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "tables"
        folder.mkdir()
        planted = write_rows(folder, rows, a.seed)
        for name in PARTS:
            if name in only:
                figures |= _part(name, folder, planted, a)
                if a.json:
                    a.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


def _part(name: str, folder: Path, planted: set[tuple[str, int, str]], a: argparse.Namespace) -> dict[str, Any]:
    if name == "rightness":
        return _rightness(folder, planted)
    if name == "speed":
        return _speed(folder)
    if name == "big" and a.big_mb and not a.quick:
        return {"rss_mb_5gb": _big(folder / "iif1.csv", a.big_mb), "big_mb": a.big_mb}
    if name == "reports":
        return _reports(folder.parent / "reported", min(FIRS, 3_000 if a.quick else a.rows), a.seed)
    if name == "record":
        return {"ms_one_record": _one_record()}
    if name == "command":
        from benchmarks.parts.validate.command import measure_command

        return measure_command(folder, quick=a.quick)
    if name == "peers" and a.peers:
        from benchmarks.parts.validate.peers import compare

        return compare(folder, a.peers, a.peer_seconds)
    return {}


def _rules() -> tuple[list[str], list[str]]:
    """All rules but those of suspicion, and these."""
    from validators.rulebook.rule import load_rules

    suspicion = [c for c in load_rules() if c in SUSPICION or c.startswith("P")]
    return [c for c in load_rules() if c not in suspicion], suspicion


def _speed(folder: Path) -> dict[str, Any]:
    others, suspicion = _rules()
    runs = {"rows_per_cpu_s_20": list(TWENTY), "rows_per_cpu_s_all": others, "suspicion_rows_per_cpu_s": suspicion}
    return {name: _apart(folder, codes)["rows_per_cpu_s"] for name, codes in runs.items()}


def _rightness(folder: Path, planted: set[tuple[str, int, str]]) -> dict[str, Any]:
    from digitize.files.validating.validate import validate_file

    findings = validate_file(folder, "iif1", settings_of(_rules()[0])).findings
    found: set[tuple[str, int, str]] = set()
    rejected: set[tuple[str, int]] = set()
    keys: dict[tuple[str, int], str] = {}
    for f in findings:
        found.add((f.file, f.line, f.code))
        if f.severity == "reject":
            rejected.add((f.file, f.line))
            keys[(f.file, f.line)] = f.key
    missed = planted - found
    spoilt = {(file, line) for file, line, _ in planted}
    # A record whose act or own row was spoilt by us may be rejected for it on another row of it.
    touched = {keys[place] for place in spoilt & keys.keys()} - {""}
    false = {p for p in rejected - spoilt if keys[p] not in touched and not _lost(p, keys[p], folder, spoilt)}
    return {
        "planted": len(planted),
        "recall": 1 - len(missed) / max(1, len(planted)),
        "missed": sorted({code for _, _, code in missed}),
        "false_rejects": len(false),
    }


def _lost(place: tuple[str, int], key: str, folder: Path, spoilt: set[tuple[str, int]]) -> bool:
    """Whether the row hangs on one that we made unreadable or took from its record: its number says which."""
    number = int(key.removeprefix("nobody").removeprefix("wb-") or -1)
    return ("iif1_acts.csv", number + 2) in spoilt or (place[0] != "iif1.csv" and number in _unreadable(folder))


_UNREADABLE: dict[Path, set[int]] = {}


def _unreadable(folder: Path) -> set[int]:
    """Numbers of the records whose own row has a cell too many."""
    if folder not in _UNREADABLE:
        text = (folder / "iif1.csv").read_text(encoding="utf-8")
        rows = (row for row in text.split("\nwb-")[1:] if row.rstrip("\n").endswith("one cell too many"))
        _UNREADABLE[folder] = {int(row[:9]) for row in rows}
    return _UNREADABLE[folder]


def _apart(path: Path, codes: list[str]) -> dict[str, Any]:
    """One run in a process of its own, with one thread."""
    command = [sys.executable, __file__, "--run", str(path), " ".join(codes)]
    one = {**os.environ, "POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=one)
    made: dict[str, Any] = json.loads(done.stdout)
    return made


def _run(path: Path, codes: list[str]) -> dict[str, Any]:
    from benchmarks.parts.measuring.memory import peak_mb
    from digitize.files.validating.validate import CheckOptions, validate_files

    # The large file repeats itself under other stations.
    settings = settings_of(codes, with_stations=path.is_dir())
    begun = time.process_time()
    report = validate_files([path], "iif1", settings, CheckOptions())
    spent = time.process_time() - begun
    return {"rows_per_cpu_s": round(report.rows / spent), "rows": report.rows, "rss_mb": round(peak_mb())}


def _big(source: Path, megabytes: int) -> int:
    """The most memory for a file as large as that: the same FIRs over and over, each time of other stations."""
    text = source.read_text(encoding="utf-8")
    head, _, body = text.partition("\n")
    path = source.parent.parent / "big.csv"
    with path.open("w", encoding="utf-8") as f:
        f.write(head + "\n")
        turn = 0
        while f.tell() < megabytes << 20:
            f.write(body.replace("wb-0", f"wb-{turn}x").replace("Station ", f"Station {turn}x"))
            turn += 1
    return int(_apart(path, [])["rss_mb"])


def _reports(folder: Path, rows: int, seed: int) -> dict[str, Any]:
    from sample_data.makers.checked_files import write_rows

    folder.mkdir()
    write_rows(folder, rows, seed)
    return measure_left_out(folder)


def _one_record() -> float:
    """All rules over one record at a time, as at a station: the median of many records, milliseconds of processor."""
    from sample_data.makers.checked_files import sound_records
    from validators.checking.check import check_records

    settings = settings_of()
    records = sound_records(200, 1)
    check_records(records[:1], settings)
    times = []
    for record in records:
        begun = time.process_time()
        check_records([record], settings)
        times.append(1000 * (time.process_time() - begun))
    return round(statistics.median(times), 1)


if __name__ == "__main__":
    sys.exit(main())
