"""Loads into a state's own tables in PostgreSQL, undisturbed or killed: what tests and benchmarks compare."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


SAMPLE = ROOT / "sample_data" / "own_tables"


LAYOUT = SAMPLE / "state_tables.toml"


_CODE = """
import sys
sys.path.insert(0, {root!r})
from digitize.cli.app import run
sys.exit(run({arguments!r}))
"""


def kill_and_finish(server: Any, files: Path, after: float | None) -> Any:
    """Load into a new database, killed after so many seconds and started again; None: left alone. The rows."""
    url = make_database(server)
    load = ["load", str(files), "--target", url, "--layout", str(LAYOUT), "--ignore", "L001", "--batch-size", "100"]
    if after is not None:
        first = _start(load)
        time.sleep(after)
        first.kill()
        first.wait(600)
    if code := run_digitize(load):
        raise RuntimeError(f"the load ended with {code}")
    found = read_content(server, url)
    server.drop_database(url)
    return found


def read_content(server: Any, url: str) -> Any:
    """The rows of their tables without the keys that their database gives, and the receipts."""
    name = url.rsplit("/", 1)[1]
    queries = (
        "SELECT count(*), md5(string_agg((to_jsonb(t) - '{fir_id,entered_on}'::text[])::text, '' "
        "ORDER BY ps_cd, fir_srno)) FROM crime.t_fir t",
        "SELECT count(*), md5(string_agg(concat(ps_cd, fir_srno, (to_jsonb(p) - '{fir_id,person_id}'::text[])::text), "
        "'' ORDER BY ps_cd, fir_srno, srno)) FROM crime.t_person p JOIN crime.t_fir USING (fir_id)",
        "SELECT count(*), md5(string_agg(concat(p.srno, a.address_line), '' ORDER BY a.address_line)) "
        "FROM crime.t_person_address a JOIN crime.t_person p USING (person_id)",
        "SELECT count(*) FROM crime.t_fir_act_section UNION ALL SELECT count(*) FROM crime.t_property "
        "UNION ALL SELECT count(*) FROM crime.t_vehicle UNION ALL SELECT count(*) FROM crime.t_person_identity",
        "SELECT count(*) FROM cctns_book.laid_rows",
        "SELECT batch, receipt::text FROM cctns_book.loads ORDER BY batch",
    )
    return [server.run(query, name) for query in queries]


def make_database(server: Any) -> str:
    """Make a database with the tables of the sample, and the record of loads beside them. Returns its address."""
    from digitize.targets.own_tables.book import book_address, init_book
    from digitize.targets.postgres.address import parse_address
    from mappers.layouts import read_layout

    url = str(server.create_database())
    server.run((SAMPLE / "state_tables.sql").read_text(encoding="utf-8"), url.rsplit("/", 1)[1])
    init_book(book_address(parse_address(url)), read_layout(LAYOUT))
    return url


def _start(arguments: list[str]) -> subprocess.Popen[bytes]:
    code = _CODE.format(root=str(ROOT), arguments=arguments)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run_digitize(arguments: list[str]) -> int:
    """Run a command to its end. Returns its exit code."""
    return _start(arguments).wait(600)
