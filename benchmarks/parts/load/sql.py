"""What a person can type into psql: raw copy into unlogged staging, and the best SQL for the same result as ours."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from uuid import uuid4

import psycopg

from digitize.targets.kind import SCHEMA
from sample_data.makers.load_files import FIR, PERSON

FILES = {"iif1": FIR, "iif1_persons": PERSON}


def head(folder: Path, table: str) -> list[str]:
    """The columns of a file."""
    with (folder / FILES[table]).open(encoding="utf-8") as f:
        return f.readline().strip().split(",")


def raw_copy(psql: Path, url: str, folder: Path) -> float:
    """Seconds of psql's copy of both files into unlogged tables with the columns and types of the target's."""
    commands = []
    with psycopg.connect(url, autocommit=True) as db:
        for table in FILES:
            db.execute(f"DROP TABLE IF EXISTS public.raw_{table}")
            columns = ", ".join(head(folder, table))
            db.execute(f"CREATE UNLOGGED TABLE public.raw_{table} AS SELECT {columns} FROM {SCHEMA}.{table} LIMIT 0")
            commands.append(rf"\copy public.raw_{table} from '{folder / FILES[table]}' csv header")
        db.execute("CHECKPOINT")
    return _psql(psql, url, commands)


def by_hand(psql: Path, url: str, folder: Path) -> float:
    """Seconds of the best SQL that brings about the same rows, hashes and batch row: staged, then put in with ON
    CONFLICT, in one transaction. The rules are not asked.
    """
    load = uuid4()
    own, child = head(folder, "iif1"), head(folder, "iif1_persons")
    columns, rows = ", ".join(own), ", ".join(child)
    changed = ", ".join(f"{c} = excluded.{c}" for c in (*own[1:], "load_id", "row_hash"))
    of_child = ", ".join(f"{c} = excluded.{c}" for c in child[2:])
    commands = [
        f"SET search_path TO {SCHEMA}", "BEGIN",
        f"CREATE TEMP TABLE s ON COMMIT DROP AS SELECT {columns} FROM iif1 LIMIT 0",
        f"CREATE TEMP TABLE c ON COMMIT DROP AS SELECT {rows} FROM iif1_persons LIMIT 0",
        rf"\copy s from '{folder / FIR}' csv header", rf"\copy c from '{folder / PERSON}' csv header",
        "ANALYZE s, c",
        f"INSERT INTO loads (load_id, batch, receipt) VALUES ('{load}', 'by hand', '{{}}')",
        f"""INSERT INTO iif1 ({columns}, load_id, row_hash)
            SELECT s.*, '{load}', md5(s::text || p.t)::uuid
            FROM s LEFT JOIN (SELECT record_id, string_agg(c::text, '') t FROM c GROUP BY 1) p USING (record_id)
            ON CONFLICT (record_id) DO UPDATE SET {changed} WHERE iif1.row_hash IS DISTINCT FROM excluded.row_hash""",
        f"""INSERT INTO iif1_persons ({rows}) SELECT {rows} FROM c
            ON CONFLICT (record_id, line) DO UPDATE SET {of_child}
            WHERE (iif1_persons.name, iif1_persons.age) IS DISTINCT FROM (excluded.name, excluded.age)""",
        "COMMIT",
    ]  # fmt: skip
    with psycopg.connect(url, autocommit=True) as db:
        db.execute("CHECKPOINT")
    return _psql(psql, url, commands)


def _psql(psql: Path, url: str, commands: list[str]) -> float:
    given = [word for command in commands for word in ("-c", " ".join(command.split()) if "\n" in command else command)]
    begun = time.perf_counter()
    subprocess.run([str(psql), "-q", "-X", "-v", "ON_ERROR_STOP=1", url, *given], check=True, capture_output=True)
    return time.perf_counter() - begun
