"""The full circle through a state's own tables in PostgreSQL: load, again, reconcile, files back, a kill.

The tables and their layout are the invented ones of sample_data/own_tables.
"""

from __future__ import annotations

import csv
import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
SAMPLE = ROOT / "sample_data" / "own_tables"
LAYOUT = SAMPLE / "state_tables.toml"
_NAMES = ("राम कुमार", "Sita Devi", "অমিত ঘোষ", "முருகன் செல்வம்", "محمد سلیم")
_CODE = """
import sys
sys.path.insert(0, {root!r})
from digitize.cli.app import run
sys.exit(run({arguments!r}))
"""


def write_cases(folder: Path, count: int, seed: int = 7) -> None:
    """Write so many FIRs with acts, persons, addresses, papers, things and vehicles; only what the layout carries."""
    die = random.Random(seed)
    tables: dict[str, list[dict[str, str]]] = {}
    for n in range(count):
        _write_case(n, die, tables)
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        names = list(dict.fromkeys(column for row in rows for column in row))
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as f:
            writer = csv.DictWriter(f, names)
            writer.writeheader()
            writer.writerows(rows)


def _write_case(n: int, die: random.Random, tables: dict[str, list[dict[str, str]]]) -> None:
    from mappers.names import romanise

    id, day = f"wb-{n:06}", f"2001-{1 + n % 12:02}-{1 + n % 28:02}"

    def add(table: str, /, **cells: str) -> None:
        tables.setdefault(table, []).append({"record_id": id, **cells})

    place = {"state": "wb", "district": "Howrah", "police_station": f"Station {n // 50 % 400}"}
    add(
        "iif1", **place, year="2001", fir_no=str(n % 50 + 1), fir_date=day, fir_time="14:30", occurrence_from=day,
        occurrence_to=day, place=f"बाज़ार {n}", info_type=die.choice(("written", "oral")), gd_no=str(n + 1), gd_date=day,
        property_value=f"{die.randrange(1, 9000)}.50", narrative="The lock was broken,\nthe box gone.", beat=str(n % 7),
    )  # fmt: skip
    add("iif1_acts", line="1", act="IPC", section="379")
    add("iif1_acts", line="2", act="IPC", section="411")
    for line, role in enumerate(("complainant", "accused"), 1):
        name, father = die.choice(_NAMES), die.choice(_NAMES)
        kin = {"relation": "father", "relative_name": father, "relative_name_roman": romanise(father)}
        add("iif1_persons", line=str(line), role=role, name=name, name_roman=romanise(name), sex="male", **kin)
    add("iif1_addresses", line="1", person_line=str(die.choice((1, 2))), address_type="present", address=f"Lane {n}")
    if n % 3 == 0:
        add("iif1_ids", line="1", person_line="1", id_type="voter_id", id_number=f"WB/{n:07}")
        add("iif1_property", line="1", property_status="stolen", description="bicycle", value=f"{n + 1}.25")
    if n % 5 == 0:
        add("iif1_vehicles", line="1", vehicle_type="motor_cycle", registration_no=f"WB12A{1000 + n}")


def measure_layout(server: Any, count: int = 2000, kills: int = 2, seed: int = 7) -> dict[str, int]:
    """`layout_pg_ok`: 1 if the whole circle holds, and every kill ends as an undisturbed load does.

    server: see tests/pg.py.
    """
    folder = Path(tempfile.mkdtemp(prefix="digitize-layout-"))
    die = random.Random(seed)
    try:
        files = folder / "files"
        write_cases(files, count, seed)
        is_closed = _circle(server, files, folder / "back")
        begun = time.monotonic()
        wanted = kill_and_finish(server, files, None)
        seconds = time.monotonic() - begun
        same = all(kill_and_finish(server, files, die.uniform(0.2, 1) * seconds) == wanted for _ in range(kills))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return {"layout_pg_ok": int(is_closed and same)}


def _circle(server: Any, files: Path, back: Path) -> bool:
    url = _database(server)
    named = ["--target", url, "--layout", str(LAYOUT)]
    load = ["load", str(files), *named, "--ignore", "L001", "--batch-size", "500"]
    steps = [_run(load), _run(load)]
    before = _content(server, url)
    steps += [_run(load), _run(["reconcile", str(files), *named]), _run(["unload", "--to", str(back), *named])]
    is_same = before == _content(server, url)
    server.drop_database(url)
    given = sorted(p.name for p in files.iterdir())
    return not any(steps) and is_same and all(_cells(files / n) == _cells(back / n) for n in given)


def kill_and_finish(server: Any, files: Path, after: float | None) -> Any:
    """Load into a new database, killed after so many seconds and started again; None: left alone. The rows."""
    url = _database(server)
    load = ["load", str(files), "--target", url, "--layout", str(LAYOUT), "--ignore", "L001", "--batch-size", "100"]
    if after is not None:
        first = _start(load)
        time.sleep(after)
        first.kill()
        first.wait(600)
    if code := _run(load):
        raise RuntimeError(f"the load ended with {code}")
    found = _content(server, url)
    server.drop_database(url)
    return found


def _content(server: Any, url: str) -> Any:
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


def _database(server: Any) -> str:
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


def _run(arguments: list[str]) -> int:
    return _start(arguments).wait(600)


def _cells(path: Path) -> list[dict[str, str]]:
    """The cells of a file in which something stands."""
    with path.open(encoding="utf-8", newline="") as f:
        return [{name: cell for name, cell in row.items() if cell} for row in csv.DictReader(f)]
