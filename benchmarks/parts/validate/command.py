"""`digitize validate` as a command, beside a process of bare polars; part `command` of benchmarks/validate.py.

Four CSV files of 50,000 FIRs (--quick: of the benchmark's own rows): FIRs, acts, persons, property, names of persons as
common and as rare as in a register. Each run is a process of its own with its start, in turn, the median of some.
Bytecode is cached as after an installation.

times_bare_polars   wall time of the command with 20 rules, over that of a process that reads the same files with
                    polars, casts the same columns and counts what breaks the same 20 expressions
                    (benchmarks/peers/validate_polars.py); `times_bare_polars_cpu` the same in user and system seconds,
                    for a machine that is busy with other things
suspicion_share     of the processor's seconds of the command with all rules, what P001, P002, R009 and R010 take:
                    1 - time without them / time with them
rss_mb              the most memory of the command with all rules, MB of 2**20 bytes
start_s             wall time of the command with all rules on three FIRs, seconds
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
_SUSPICION = ("P001", "P002", "R009", "R010")
_COMMAND = "import sys; from digitize.cli.app import run; sys.exit(run(sys.argv[1:]))"
_PEAK = (
    "import sys; from digitize.cli.app import run; run(sys.argv[1:]); "
    "from benchmarks.parts.measuring.memory import peak_mb; print(peak_mb(), file=sys.stderr)"
)
_FIRS, _TIMES = 50_000, 5


@dataclass(frozen=True, slots=True)
class _Spent:
    """Seconds of one process, or medians of several."""

    wall: float
    cpu: float


def measure_command(tables: Path, *, quick: bool) -> dict[str, Any]:
    """The figures. tables: the folder of the benchmark's own rows, taken as they are when it has to be quick."""
    from sample_data.makers.checked_files import write_rows

    with tempfile.TemporaryDirectory() as place:
        few, files = Path(place) / "few", tables
        few.mkdir()
        write_rows(few, 3, 1)
        if not quick:
            files = Path(place) / "tables"
            files.mkdir()
            write_rows(files, _FIRS, 1)
        options = ["validate", str(files), "--state", "wb", "--stations", str(_lists(files.parent))]
        # Translating all libraries anew takes longer than the quick runs themselves.
        env = {**os.environ, "PYTHONPATH": str(ROOT)} if quick else _installed(Path(place) / "bytecode")
        commands = _commands(options, files, few)
        if not quick:
            _in_turn(commands, env, 1)
        spent = _in_turn(commands, env, 1 if quick else _TIMES)
        peak = subprocess.run(
            [sys.executable, "-c", _PEAK, *options], env=env, cwd=ROOT, capture_output=True, text=True, check=True
        )
    twenty, bare, every, others, start = spent
    return {
        "times_bare_polars": round(twenty.wall / bare.wall, 2),
        "times_bare_polars_cpu": round(twenty.cpu / bare.cpu, 2),
        **{"command_20_s": round(twenty.wall, 2), "bare_polars_s": round(bare.wall, 2)},
        **{"command_20_cpu_s": round(twenty.cpu, 2), "bare_polars_cpu_s": round(bare.cpu, 2)},
        **{"command_all_cpu_s": round(every.cpu, 2), "command_others_cpu_s": round(others.cpu, 2)},
        "suspicion_share": round(max(0.0, 1 - others.cpu / every.cpu), 2),
        "rss_mb": round(float(peak.stderr.split()[-1])),
        "start_s": round(start.wall, 2),
        "start_cpu_s": round(start.cpu, 2),
    }


def _lists(folder: Path) -> Path:
    """What the rules know of places and of the law, for the peer; and the list of stations, whose path it gives."""
    from benchmarks.parts.validate.peers import facts
    from sample_data.makers.checked_files import STATIONS

    (folder / "facts.json").write_text(json.dumps(facts()), encoding="utf-8")
    stations = folder / "stations.csv"
    rows = "".join(f"{station},{district},\n" for _, district, station in STATIONS)
    stations.write_text("station,district,aliases\n" + rows, encoding="utf-8")
    return stations


def _commands(options: list[str], files: Path, few: Path) -> list[list[str]]:
    """Twenty rules, bare polars, all rules, all but suspicion, and a start."""
    from benchmarks.parts.validate.settings import TWENTY

    ours = [sys.executable, "-c", _COMMAND]
    return [
        [*ours, *options, "--select", ",".join(TWENTY)],
        [sys.executable, str(ROOT / "benchmarks" / "peers" / "validate_polars.py"), str(files)],
        [*ours, *options],
        [*ours, *options, "--ignore", ",".join(_SUSPICION)],
        [*ours, "validate", str(few)],
    ]


def _installed(bytecode: Path) -> dict[str, str]:
    """The environment of an installed command: modules are compiled once."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(bytecode)}


def _in_turn(commands: list[list[str]], env: dict[str, str], times: int) -> list[_Spent]:
    """The medians of commands, run one after another in rounds, so that a busy machine disturbs all alike."""
    rounds = [[_spent(command, env) for command in commands] for _ in range(times)]
    return [
        _Spent(statistics.median(r[i].wall for r in rounds), statistics.median(r[i].cpu for r in rounds))
        for i in range(len(commands))
    ]


def _spent(command: list[str], env: dict[str, str]) -> _Spent:
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
    wall, after = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN)
    # 3: rows are rejected, as was planted.
    if done.returncode not in (0, 3):
        raise SystemExit(f"{command[-1]}: {done.stderr[-2000:]}")
    return _Spent(wall, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)
