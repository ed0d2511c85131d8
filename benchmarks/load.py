r"""How fast import files are loaded, beside what can be typed into psql and beside other libraries; and kills.

python benchmarks/load.py [--rows 500000] [--rounds 3] [--kills 40] [--peers PYTHON] [--only raw,first,noop,bad3,peers,
                           sqlite,kills,references,reconcile,quarantine,restore,layout] [--seed 7] [--json FILE]
                          [--quick]

    python3.11 -m venv PEERS
    PEERS/bin/pip install pandas==3.1.1 SQLAlchemy==2.1.9 'dlt[postgres]==1.31.0' 'psycopg[binary]' pyarrow

A PostgreSQL server of its own is started from the installed binaries (fsync on); its data lie in the temporary folder.
FIRs and twice as many persons are generated (sample_data/makers/load_files.py). Each figure is a ratio of seconds
within one round, raw \copy of the same two files into unlogged staging before it; the median over the rounds is given.
Ours is the whole of `digitize load`: reading, the rules that can refuse a row, hashes, one transaction a batch, with
keys, foreign keys and checks in place.

`ratio_raw`: raw / ours. `ratio_handwritten`: the best SQL by hand for the same rows / ours (it asks no rules).
`ratio_first`: --first. `ratio_noop_50k`: the same files again, of 50,000 FIRs, where what every call costs weighs most;
`ratio_noop_command`: the same with Python's start and all of the command line. `reconcile_found`: of 200 alterations by
hand, in each of both databases, those that `digitize reconcile` names; `reconcile_false`: records named that nobody
altered. `ratio_raw_bad3`: 3 % of the FIRs are refused, and counted in the target and the quarantine. `ratio_to_sql` and
so on: seconds of a peer / ours, the first FIRs into a bare table of text. `sqlite_rows_per_cpu_s`: rows of both tables
into SQLite, of processor time, rows at hand, rules not counted; `sqlite_whole_rows_per_cpu_s`: with reading and rules.
`rss_mb`: the most memory of the loading process. `references_kept`, `replay_stale_blocked`, `quarantine_twice`,
`flags_kept`, `restore_accepted`, `layout_pg_ok`: see references.py, quarantine.py, restore.py and layout.py in
benchmarks/parts/load/. Figures that were not measured are null.
"""

from __future__ import annotations

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from benchmarks.parts.load.parts import PARTS as MORE  # noqa: E402

SPEED = ("raw", "first", "noop", "bad3", "peers", "sqlite")
FIGURES = (
    "ratio_raw", "ratio_handwritten", "ratio_first", "ratio_noop_50k", "ratio_noop_command", "ratio_raw_bad3",
    "ratio_to_sql",
    "ratio_to_sql_multi", "ratio_insertmany", "ratio_dlt", "sqlite_rows_per_cpu_s",
    "sqlite_whole_rows_per_cpu_s", "rss_mb", "kills", "kills_identical",
    "references_kept", "reconcile_found", "reconcile_false", "replay_stale_blocked", "quarantine_twice", "flags_kept",
    "restore_accepted", "layout_pg_ok",
)  # fmt: skip
SERVER = {"fsync": "on", "full_page_writes": "on", "shared_buffers": "1GB", "max_wal_size": "8GB", "autovacuum": "on"}


def main() -> int:
    """Measure and print. Returns 0 unless rows were lost or a killed load ended otherwise."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--kills", type=int, default=40)
    parser.add_argument("--kill-rows", type=int, default=33_334, help="FIRs of a killed load; three rows each")
    parser.add_argument("--noop-rows", type=int, default=50_000, help="FIRs of files that are loaded again")
    parser.add_argument("--alterations", type=int, default=200, help="planted for reconcile, in each database")
    parser.add_argument("--peer-rows", type=int, default=50_000)
    parser.add_argument("--peers", type=Path, help="a Python that has the peers")
    parser.add_argument("--only", default=",".join((*SPEED, *MORE)))
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--quick", action="store_true", help="600 FIRs, one round, one kill, no peers")
    parser.add_argument("--run", nargs=3, metavar=("FOLDER", "URL", "HOW"), help="one load, for this program's own use")
    a = parser.parse_args()
    if a.run:
        print(json.dumps(_load(Path(a.run[0]), a.run[1], a.run[2])))
        return 0
    if a.quick:
        a.rows, a.rounds, a.kills, a.kill_rows, a.peer_rows = 600, 1, 1, 300, 500
        a.noop_rows, a.alterations = 300, 18
    figures = {**dict.fromkeys(FIGURES), **_measure(a)}
    print(json.dumps(figures, indent=1))
    if a.json:
        a.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0 if figures["kills"] == figures["kills_identical"] else 1


def _measure(a: argparse.Namespace) -> dict[str, Any]:
    from pg import binaries, start_server

    from benchmarks.parts.load.peers import measure_peers
    from sample_data.makers.load_files import write_files

    only = set(a.only.split(","))
    figures: dict[str, Any] = {"rows": 3 * a.rows}
    found = binaries()
    if found is None:
        raise SystemExit("no PostgreSQL server is installed; tools/setup.sh --tests brings one")
    place = Path(tempfile.mkdtemp(prefix="digitize-bench-"))
    place.chmod(0o755)
    server = start_server(settings=SERVER)
    try:
        good, bad = place / "good", place / "bad"
        write_files(good, a.rows, a.seed)
        spoilt = write_files(bad, a.rows, a.seed, 0.03) if "bad3" in only else set()
        again = place / "again"
        if "noop" in only:
            write_files(again, a.noop_rows, a.seed)
        bench = _Bench(server, found / "psql", good, bad, again, spoilt, only)
        rounds = [bench.round() for _ in range(a.rounds)] if only & {"raw", "first", "noop", "bad3"} else []
        names = sorted({name for one in rounds for name in one})
        figures |= {name: round(statistics.median(one[name] for one in rounds), 3) for name in names}
        if rounds:
            figures["rss_mb"] = round(bench.rss_mb)
        if "sqlite" in only:
            figures |= _sqlite(good, place / "t.sqlite")
        if "peers" in only and a.peers:
            figures |= measure_peers(server, good, a.peers, a.peer_rows)
        for name in MORE.keys() & only:
            (place / name).mkdir()
            figures |= MORE[name](a, server, place / name)
    finally:
        server.stop()
        shutil.rmtree(server.folder, ignore_errors=True)
        shutil.rmtree(place, ignore_errors=True)
    return figures


class _Bench:
    """What is timed within one round, raw before each."""

    def __init__(
        self, server: Any, psql: Path, good: Path, bad: Path, again: Path, spoilt: set[str], only: set[str]
    ) -> None:
        self._server, self._psql, self._good, self._bad, self._again = server, psql, good, bad, again
        self._spoilt, self._only = spoilt, only
        self.rss_mb = 0.0

    def round(self) -> dict[str, float]:
        """Ratios of one round."""
        from benchmarks.parts.load.kills import new_target
        from benchmarks.parts.load.sql import by_hand, raw_copy

        found: dict[str, float] = {}

        def timed(name: str, folder: Path, ours: Callable[[str], float], before: Callable[[str], object] | None = None):
            url = new_target(self._server)
            if before:
                before(url)
            raw = raw_copy(self._psql, url, folder)
            seconds = ours(url)
            found[name] = raw / seconds
            _say(f"{name}: raw {raw:.2f} s, ours {seconds:.2f} s")
            return url, seconds

        if "raw" in self._only:
            url, ours = timed("ratio_raw", self._good, lambda url: self._ours(self._good, url, "usual"))
            self._require_rows(url, 0)
            self._server.drop_database(url)
            url = new_target(self._server)
            hand = by_hand(self._psql, url, self._good)
            found["ratio_handwritten"] = hand / ours
            _say(f"ratio_handwritten: by hand {hand:.2f} s, ours {ours:.2f} s")
            self._server.drop_database(url)
        if "first" in self._only:
            url, _ = timed("ratio_first", self._good, lambda url: self._ours(self._good, url, "first"))
            self._server.drop_database(url)
        if "noop" in self._only:
            fill = lambda url: self._command(self._again, url, "--first")  # noqa: E731
            url, _ = timed("ratio_noop_50k", self._again, lambda url: self._ours(self._again, url, "again"), fill)
            self._server.drop_database(url)
            url, _ = timed("ratio_noop_command", self._again, lambda url: self._command(self._again, url), fill)
            self._server.drop_database(url)
        if "bad3" in self._only:
            url, _ = timed("ratio_raw_bad3", self._bad, lambda url: self._ours(self._bad, url, "usual"))
            self._require_all(url)
            self._server.drop_database(url)
        return found

    def _ours(self, folder: Path, url: str, how: str) -> float:
        command = [sys.executable, __file__, "--run", str(folder), url, how]
        self._server.run("CHECKPOINT")
        done = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
        self.rss_mb = max(self.rss_mb, done["rss_mb"])
        return float(done["seconds"])

    def _command(self, folder: Path, url: str, *more: str) -> float:
        """Seconds of the whole command, from the start of Python to its end, as a person waits for it."""
        code = "import sys; from digitize.cli.app import run; sys.exit(run(sys.argv[1:]))"
        command = [sys.executable, "-c", code, "load", str(folder), "--target", url, "--ignore", "L001", *more]
        begun = time.perf_counter()
        subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
        return time.perf_counter() - begun

    def _require_all(self, url: str) -> None:
        name = url.rsplit("/", 1)[1]
        kept = {r for (r,) in self._server.run("SELECT record_id FROM cctns.rejects", name)}
        if kept != self._spoilt:
            raise SystemExit(f"{len(self._spoilt)} FIRs are spoilt, and {len(kept)} were refused")
        self._require_rows(url, len(kept))

    def _require_rows(self, url: str, refused: int) -> None:
        name = url.rsplit("/", 1)[1]
        rows = self._server.run("SELECT count(*) FROM cctns.iif1", name)[0][0]
        total = sum(1 for _ in (self._good / "iif1_persons.csv").open("rb")) // 2
        if rows != total - refused:
            raise SystemExit(f"{rows} of {total - refused} FIRs are in the target")


def _load(folder: Path, url: str, how: str) -> dict[str, float]:
    """One load in this process: seconds from the connection to the last commit, and memory."""
    from benchmarks.parts.measuring.memory import peak_mb

    if how == "again":
        return {"seconds": _again(folder, url), "rss_mb": peak_mb()}
    from digitize.files.loading.load import LoadOptions, load_files
    from digitize.files.loading.settings import import_settings
    from digitize.targets.open import open_target

    begun = time.perf_counter()
    target = open_target(url)
    load_files([folder], "iif1", target, import_settings("iif1", ignore=["L001"]), LoadOptions(is_first=how == "first"))
    seconds = time.perf_counter() - begun
    target.close()
    return {"seconds": seconds, "rss_mb": peak_mb()}


def _again(folder: Path, url: str) -> float:
    """Seconds in which the command that loaded the files is known again; see `_Bench._command`."""
    from digitize.files.loading.load_call import name_call
    from digitize.targets.kind import SCHEMA
    from digitize.targets.open import load_kinds

    begun = time.perf_counter()
    options = {"state": "", "stations": None, "profile": "", "ignore": "L001", "leave_out": "", "size": None}
    if load_kinds()["postgres"].find_call(url, SCHEMA, name_call([folder], "iif1", options).key) is None:
        raise SystemExit("the call that loaded the files is not known again")
    return time.perf_counter() - begun


def _sqlite(folder: Path, path: Path) -> dict[str, int]:
    from digitize.files.loading.batches import BatchMaker
    from digitize.files.loading.inputs import find_inputs
    from digitize.files.loading.load import BATCH_SIZE, LoadOptions, load_files
    from digitize.files.loading.parts import CheckedInputs
    from digitize.files.loading.settings import import_settings
    from digitize.targets.sqlite import SqliteTarget

    settings = import_settings("iif1", ignore=["L001"])
    inputs = find_inputs([folder], "iif1", settings)
    checked = CheckedInputs(inputs, settings)
    maker = BatchMaker(inputs, settings, checked.messages, BATCH_SIZE)
    target = SqliteTarget(path)
    spent = rows = 0.0
    for part in checked:
        for batch in maker.batches(part):
            begun = time.process_time()
            target.take(batch)
            spent += time.process_time() - begun
            rows += sum(t.height for t in batch.forms["iif1"].tables.values())
    target.close()
    path.unlink()
    target = SqliteTarget(path)
    begun = time.process_time()
    load_files([folder], "iif1", target, settings, LoadOptions())
    whole = time.process_time() - begun
    target.close()
    return {"sqlite_rows_per_cpu_s": round(rows / spent), "sqlite_whole_rows_per_cpu_s": round(rows / whole)}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
