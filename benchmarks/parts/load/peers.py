"""What other libraries take for the same rows, from the file to a bare table of text."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
PEERS = ("to_sql", "to_sql_multi", "insertmany", "dlt")


def measure_peers(server: Any, folder: Path, python: Path, rows: int) -> dict[str, float]:
    """Seconds of each peer / ours, from the file to a bare table of text, reading included."""
    found = {}
    for way in PEERS:
        url = server.create_database()
        ours = _bare(folder / "iif1.csv", rows, url)
        program = ROOT / "benchmarks" / "peers" / "load_rows.py"
        command = [str(python), str(program), way, str(folder / "iif1.csv"), str(rows), url]
        theirs = float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()[-1])
        found[f"ratio_{way}"] = round(theirs / ours, 1)
        print(f"{way}: {theirs:.2f} s, ours {ours:.2f} s", file=sys.stderr, flush=True)
        server.drop_database(url)
    return found


def _bare(path: Path, count: int, url: str) -> float:
    import polars as pl
    import psycopg

    from digitize.targets.postgres.store import PostgresStore

    with psycopg.connect(url) as db:
        begun = time.perf_counter()
        rows = pl.read_csv(path, infer_schema=False, n_rows=count)
        db.execute(f"CREATE TABLE ours ({', '.join(f'{c} text' for c in rows.columns)})")
        PostgresStore(db).copy("ours", rows)
        db.commit()
        return time.perf_counter() - begun
