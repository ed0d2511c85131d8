"""PostgreSQL DDL of the ledger, derived from the SQLite DDL; and the triggers both have.

Differences: a row number is the last one plus one (a sequence would leave gaps after rollbacks, and volume numbers are
in page ids); texts are sorted bytewise; names of written rows reach the client as notices (`RAISE INFO`), where SQLite
calls a function of the connection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from digitize.workspace.ledger_db.dialects import PART, POSTGRES
from digitize.workspace.ledger_db.narrow import CODES, VIEW_OF, base_of, views, written_name
from digitize.workspace.ledger_db.watched_tables import COVERED

NOTE = "\x1e"
"""Begins the message of rows that were written, and stands between their names."""

_GUARD = re.compile(
    r"CREATE TRIGGER (\w+) BEFORE (UPDATE|DELETE) ON (\w+)\s+BEGIN SELECT RAISE\(ABORT, '[^']*'\); END;"
)
_NUMBERED = re.compile(r"CREATE TABLE (\w+) \(\s*(\w+) INTEGER PRIMARY KEY(?: AUTOINCREMENT)?")
_TYPES = {"INTEGER": "BIGINT", "BLOB": "BYTEA", "REAL": "DOUBLE PRECISION", "TEXT": 'TEXT COLLATE "C"'}
_INDEX = re.compile(r"CREATE (UNIQUE )?INDEX (\w+) ON \w+ (\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))[^;]*")
_KEY_NUMBER = (
    "key_number(key bytea, again bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE",
    """
  SELECT CASE again WHEN 0 THEN ('x' || substr(pg_catalog.md5(key), 1, 16))::pg_catalog.bit(64)::bigint
    ELSE again END""",
)
_BY_STEP = f"ON history (step, (seq / {PART}))"
_ONCE = "ON history (unit, step, key_number(key, again))"
_LOOKED_FOR = f"CREATE INDEX row_hashes_of_records ON row_hashes (ref) WHERE tbl = {CODES['records']}"
_KEYS = {
    # A number of eight bytes of a key of 32: what is done of one unit and step must not be done again.
    "ON history (unit, step, key, again)": _ONCE,
    # A table is no heap in SQLite, and its numbers come in order with any index. Here what is equal stands once, and
    # the newest come last but for those of one part, which are sorted when they are asked for (`by_number`).
    "ON history (step)": _BY_STEP,
    # Looked for are hashes of records alone; a check goes through all of them, and sorts them.
    ", PRIMARY KEY (tbl, ref, seq)\n) WITHOUT ROWID;": f"\n);\n{_LOOKED_FOR};",
}
"""SQLite's words for keys and indexes -> what does the same here in less room."""
_TYPE = re.compile(rf"(?<=\w )({'|'.join(_TYPES)})\b")
_TABLE = re.compile(r"CREATE TABLE (\w+) \(([^;]*)\);")
_COMMA = re.compile(r",\s+(?![^(]*\))")
_WIDEST = ("BIGINT", "INT", "SMALLINT")
_NARROWER: Mapping[str, Mapping[str, str]] = {
    "units": {"id": "INT"},
    "names": {"id": "INT"},
    "history": dict.fromkeys(("unit", "step", "said"), "INT"),
    "row_hashes": {"tbl": "SMALLINT"},
    "standing": dict.fromkeys(("step", "unit"), "INT"),
    "scan_rows": dict.fromkeys(
        ("page", "source", "idx", "batch", "volume", "number", "kind", "station", "district", "year", "language"), "INT"
    ),
    "record_rows": dict.fromkeys(("id", "unit", "batch", "station", "grp", "loaded"), "INT"),
}
"""Narrow table -> its columns that need no eight bytes: two billion texts are more than ten times those of a state of
50 million pages. Numbers of events need them: work that is done again and again counts as well."""

_FUNCTIONS = {
    "json_extract(detail text, path text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE": """
  SELECT CASE json_typeof(v) WHEN 'null' THEN NULL WHEN 'boolean' THEN CASE WHEN v::text = 'true' THEN '1' ELSE '0' END
    ELSE v #>> '{}' END FROM (SELECT detail::json #> string_to_array(substr(path, 3), '.') AS v) held""",
    "json_array_length(held text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE": """
  SELECT pg_catalog.json_array_length(held::json)""",
    "instr(held text, part text) RETURNS integer LANGUAGE sql IMMUTABLE PARALLEL SAFE": """
  SELECT strpos(held, part)""",
    "refuse_change() RETURNS trigger LANGUAGE plpgsql": """
BEGIN
  RAISE EXCEPTION '% only grows: it is never changed and nothing of it removed', TG_TABLE_NAME USING ERRCODE = '23001';
END""",
}


@dataclass(frozen=True, slots=True)
class Guard:
    """A PostgreSQL trigger as returned by `pg_get_triggerdef`."""

    name: str
    text: str


def statements(ddl: str) -> Iterator[str]:
    """Statements that create a ledger's tables; ddl: in SQLite syntax.

    The ledger's schema must be first in the search path.
    """
    for head, body in functions(ddl).items():
        yield _function(head, body)
    for statement in _tables(ddl).split(";"):
        if statement.strip():
            yield statement.strip()
    for name, select in _views(ddl).items():
        yield f"CREATE VIEW {name} AS {select}"
    for guard in guards(ddl):
        yield guard.text


def _function(head: str, body: str) -> str:
    return f"CREATE OR REPLACE FUNCTION {head} AS $body${body}$body$"


def _views(ddl: str) -> Mapping[str, str]:
    return views(POSTGRES) if "CREATE TABLE history " in ddl else {}


def functions(ddl: str) -> dict[str, str]:
    """Head -> body of the functions that these tables need."""
    found = dict(_FUNCTIONS) if "CREATE TABLE meta" in ddl else {}
    if "CREATE TABLE history " in ddl:
        found[_KEY_NUMBER[0]] = _KEY_NUMBER[1]
    for table, column in _NUMBERED.findall(ddl):
        found[f"next_of_{table}() RETURNS bigint LANGUAGE plpgsql"] = (
            f"\nBEGIN\n  RETURN (SELECT COALESCE(MAX({column}), 0) + 1 FROM {table});\nEND"
        )
    for table in _list_covered(ddl):
        found[f"note_{table}() RETURNS trigger LANGUAGE plpgsql"] = _notice_body(table)
    return found


def guards(ddl: str) -> Iterator[Guard]:
    """The triggers of these tables."""
    for name, what, table in _GUARD.findall(ddl):
        yield _guard(name, f"BEFORE {what} ON {table}", "refuse_change")
        if what == "DELETE":
            yield _guard(f"{table}_is_never_emptied", f"BEFORE TRUNCATE ON {table}", "refuse_change")
    for table in _list_covered(ddl):
        new, old = "NEW TABLE AS rows_new", "OLD TABLE AS rows_old"
        for what, seen in (("INSERT", new), ("UPDATE", f"{old} {new}"), ("DELETE", old)):
            when = f"AFTER {what} ON {base_of(table)} REFERENCING {seen}"
            yield _guard(f"{table}_{what.lower()}_is_noted", when, f"note_{table}")


def _guard(name: str, when: str, function: str) -> Guard:
    return Guard(name, f"CREATE TRIGGER {name} {when} FOR EACH STATEMENT EXECUTE FUNCTION {function}()")


def _list_covered(ddl: str) -> list[str]:
    tables = (VIEW_OF.get(table, table) for table in re.findall(r"CREATE TABLE (\w+)", ddl))
    return [table for table in tables if table in COVERED]


def _notice_body(table: str) -> str:
    """Body of the trigger that reports written rows."""
    told = f"""
    SELECT string_agg(DISTINCT {written_name(POSTGRES, table, "r")}, '{NOTE}') INTO named FROM %s r;
    IF named IS NOT NULL THEN RAISE INFO USING MESSAGE = '{NOTE}{table}{NOTE}' || named; END IF;"""
    return f"""
DECLARE named text;
BEGIN
  IF TG_OP <> 'INSERT' THEN{told % "rows_old"}
  END IF;
  IF TG_OP <> 'DELETE' THEN{told % "rows_new"}
  END IF;
  RETURN NULL;
END"""


def _tables(ddl: str) -> str:
    ddl = _NUMBERED.sub(r"CREATE TABLE \1 (\2 INTEGER PRIMARY KEY DEFAULT next_of_\1()", _GUARD.sub("", ddl))
    for said, here in _KEYS.items():
        ddl = ddl.replace(said, here)
    ddl = ddl.replace(") WITHOUT ROWID", ")")
    return _TYPE.sub(lambda m: _TYPES[m[1]], _TABLE.sub(_pack_table, ddl))


def _pack_table(made: re.Match[str]) -> str:
    """A narrow table with its numbers first, the widest of them first: so no byte is lost between columns."""
    table, own = made[1], _NARROWER.get(made[1])
    if own is None:
        return made[0]
    columns, rest = dict[str, str](), list[str]()
    for part in _COMMA.split(made[2].strip()):
        name, _, kind = part.strip().partition(" ")
        if kind.startswith("INTEGER"):
            columns[name] = f"{name} {own.get(name, 'BIGINT')}{kind.removeprefix('INTEGER')}"
        else:
            rest.append(part.strip())
    # Texts and bytes have no bounds to keep, conditions stand behind all.
    numbers = sorted(columns.values(), key=lambda c: _WIDEST.index(c.split()[1]))
    return f"CREATE TABLE {table} ({', '.join((*numbers, *rest))});"


def differences(db: Any, ddl: str, schema: str) -> Iterator[tuple[str, str, str | None]]:
    """See `LedgerEngine.differences`. db: runs SQL with %s placeholders."""
    tables = dict.fromkeys(re.findall(r"CREATE TABLE (\w+)", ddl))
    there = {r[0] for r in db.execute("SELECT tablename FROM pg_tables WHERE schemaname = %s", (schema,))}
    yield from ((f"table {name}", "is gone", None) for name in tables if name not in there)
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = %s"
    indexes = {r[0]: r[1] for r in db.execute(query, (schema,))}
    for unique, name, columns in _INDEX.findall(_tables(ddl)):
        held = indexes.get(name)
        if held is None:
            yield f"index {name}", "is gone", None
        # It says that nothing is done twice; the others only make things quick.
        elif unique and not (held.startswith("CREATE UNIQUE INDEX") and columns in held):
            yield f"index {name}", "was changed", None
    held = {r[0]: (r[1], r[2]) for r in db.execute(_HELD_GUARDS, (schema,))}
    for guard in guards(ddl):
        text, enabled = held.pop(guard.name, (None, ""))
        if text is None:
            yield f"trigger {guard.name}", "is gone", None
        elif text != guard.text or enabled != "O":
            yield f"trigger {guard.name}", "was changed" if text != guard.text else "was switched off", None
    for name in sorted(held):
        yield f"trigger {name}", "was added", f"check what it does, and drop it: DROP TRIGGER {name}"
    for table, name in db.execute(_HELD_RULES, (schema,)):
        # One of them turns a deletion into nothing, or a row into another, before any trigger sees it.
        yield f"rule {name} on {table}", "was added", f"check what it does, and drop it: DROP RULE {name} ON {table}"
    yield from ((f"table {name}", "was weakened", None) for name in _weaker_tables(db, ddl, schema))
    yield from _other_views(db, _views(ddl))
    bodies = {r[0]: r[1] for r in db.execute(_HELD_FUNCTIONS, (schema,))}
    for head, body in functions(ddl).items():
        name = head.partition("(")[0]
        if bodies.get(name) != body:
            yield f"function {name}", "was changed" if name in bodies else "is gone", None


def _weaker_tables(db: Any, ddl: str, schema: str) -> list[str]:
    """Tables without a key or check constraint, compared with the server's rendering of our DDL."""
    sql = """SELECT c.relname, pg_get_constraintdef(o.oid) FROM pg_constraint o JOIN pg_class c ON c.oid = o.conrelid
      WHERE c.relnamespace = {} AND o.contype IN ('p', 'u', 'c') AND o.convalidated"""
    of_schema = sql.format("(SELECT oid FROM pg_namespace WHERE nspname = %s)")
    held = {tuple(row) for row in db.execute(of_schema, (schema,))}
    with db.transaction(force_rollback=True):
        # Without what gives their numbers: that is looked at as a function.
        for statement in re.findall(r"CREATE TABLE [^;]*", re.sub(r" DEFAULT next_of_\w+\(\)", "", _tables(ddl))):
            db.execute(statement.replace("CREATE TABLE", "CREATE TEMP TABLE", 1).encode())
        wanted = {tuple(row) for row in db.execute(sql.format("pg_my_temp_schema()"))}
    return sorted({name for name, _ in wanted - held})


def _other_views(db: Any, wanted: Mapping[str, str]) -> Iterator[tuple[str, str, str | None]]:
    """Views that differ, compared with the server's rendering of our DDL."""
    for name, select in wanted.items():
        if db.execute("SELECT to_regclass(%s)::text", (name,)).fetchone()[0] is None:
            yield f"view {name}", "is gone", None
            continue
        with db.transaction(force_rollback=True):
            db.execute(f"CREATE TEMP VIEW view_as_made AS {select}".encode())
            sql = "SELECT pg_get_viewdef('pg_temp.view_as_made'::regclass) = pg_get_viewdef(%s::regclass)"
            is_same = db.execute(sql, (name,)).fetchone()[0]
        if not is_same:
            yield f"view {name}", "was changed", None


_HELD_GUARDS = """
  SELECT t.tgname, pg_get_triggerdef(t.oid, true), t.tgenabled::text
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = %s AND NOT t.tgisinternal
"""
_HELD_RULES = "SELECT tablename, rulename FROM pg_rules WHERE schemaname = %s ORDER BY 1, 2"
_HELD_FUNCTIONS = """
  SELECT p.proname, p.prosrc FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname = %s
"""
