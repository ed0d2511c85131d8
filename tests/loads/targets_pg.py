"""What tests of PostgreSQL targets share: dumps, restores, and tables as version 1 of them was."""

import json
import subprocess

import psycopg
from pg import binaries
from psycopg import sql

from digitize.targets.kind import Patience
from digitize.targets.postgres.catalogue import read_catalogue
from digitize.targets.postgres.connect import connect, use
from digitize.targets.postgres.definition import TableDef, migrate
from digitize.targets.postgres.tables import TYPES, define_tables
from mappers.schema import load_schemas

_NEW = ("_person", "_loaded", "_replacing", "_degrees", "_key_there")
_SEARCHES = ("_name_roman", "_registration_no", "_fir_date", "_occurrence_from", "_arrest_date")


def run(program, *words):
    """Run a program that lies beside the server's own."""
    done = subprocess.run([binaries() / program, *words], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def restore_elsewhere(server, url, folder):
    """Dump a database, and restore it into a new one. Returns the new one's URL."""
    path = folder / "target.dump"
    run("pg_dump", "-Fc", "-f", str(path), url)
    other = server.create_database()
    run("pg_restore", "--no-owner", "-d", other, str(path))
    return other


def version_1():
    """The definition of the tables as version 1 had it."""
    made = {}
    columns = {t.name: t for tables in load_schemas().values() for t in tables.values()}
    for name, table in define_tables().items():
        if name.startswith("master_") or name == "upgrade_findings":
            continue
        kinds = dict(table.columns)
        for column in ("latitude", "longitude"):
            if name in columns and column in kinds:
                kinds[column] = TYPES.get(columns[name].by_name[column].kind, "text")
        constraints = {n: b for n, b in table.constraints.items() if not n.endswith(_NEW)}
        indexes = {n: b for n, b in table.indexes.items() if not n.endswith(_SEARCHES)}
        made[name] = TableDef(kinds, constraints, indexes, table.comments, table.owner_only)
    return made


def make_version_1(address):
    """Make the tables of version 1 and what it wrote into meta."""
    old = version_1()
    with connect(address) as db, db.transaction():
        db.execute(sql.SQL("CREATE SCHEMA {}").format(sql.Identifier(address.schema)))
        use(db, address, Patience())
        for statement in migrate({}, old):
            db.execute(statement)
        found = read_catalogue(db, address.schema)
        catalogue = {t: {k: n for k, n in kinds.items() if k != "defaults"} for t, kinds in found.items()}
        definition = {name: table.as_plain() for name, table in old.items()}
        for key, value in (("version", 1), ("definition", definition), ("catalogue", catalogue), ("server", 15)):
            db.execute("INSERT INTO meta VALUES (%s, %s)", (key, json.dumps(value)))


def rows(url, query):
    """Rows of a query in the tables' schema."""
    with psycopg.connect(url) as db:
        db.execute("SET search_path TO cctns")
        return db.execute(query).fetchall()


def execute(url, statement):
    """Run statements in the tables' schema."""
    with psycopg.connect(url) as db:
        db.execute("SET search_path TO cctns")
        db.execute(statement)
