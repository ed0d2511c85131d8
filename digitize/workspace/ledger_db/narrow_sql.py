"""The views over the narrow tables, in the words of either engine; see `digitize.workspace.ledger_db.narrow`."""

from __future__ import annotations

from collections.abc import Mapping

from digitize.workspace.ledger_db.covered import COVERED, NUMBERS, SEPARATOR, entry_name
from digitize.workspace.ledger_db.dialects import ShownAs
from digitize.workspace.ledger_db.narrow import BASES, CODES, NARROW, SAID

MADE = "LENGTH({0}.made) > 0"
"""Of an event: that a result was written with it, of which the hash stands there."""
_RECORDS = ("language", "form", "data", "verdict", "open", "reasons")


def views(d: ShownAs) -> Mapping[str, str]:
    """View -> its SELECT.

    A join that is LEFT and by a key costs nothing where a query does not ask for it; one that is not can be begun with
    where units are given by a query of their own (`unit IN (SELECT page ...)`).
    """
    key = d.key.format("h.key")
    part = d.part.format("h.seq")
    shown = f"""{key} AS key, h.outcome AS outcome,
  CASE h.said WHEN 0 THEN h.detail ELSE (SELECT name FROM names WHERE id = h.said) END AS detail"""
    scans = ", ".join(f"{_name_or_empty('c', c)} AS {c}" for c in ("kind", "station", "district", "year", "language"))
    plain = {c: f"r.{c} AS {c}" for c in _RECORDS}
    return {
        "events": f"""SELECT h.seq AS seq, {d.moment.format("h.at")} AS at, u.name AS unit, s.name AS step,
  h.outcome AS outcome, {key} AS key,
  CASE h.said WHEN 0 THEN h.detail ELSE (SELECT name FROM names WHERE id = h.said) END AS detail,
  {d.hash.format("h.hash")} AS hash, '' AS rows{d.step.format("h.step")}{part}
  FROM history h JOIN units u ON u.id = h.unit LEFT JOIN names s ON s.id = h.step""",
        "state": f"""SELECT u.name AS unit, s.name AS step, {shown.replace("h.outcome", "t.outcome")},
  t.seq AS seq{d.step.format("t.step")}
  FROM standing t JOIN units u ON u.id = t.unit JOIN names s ON s.id = t.step
  LEFT JOIN history h ON h.seq = t.seq""",
        "results": f"""SELECT u.name AS unit, s.name AS step, {key} AS key, o.data AS data
  FROM outputs o JOIN history h ON h.seq = o.seq JOIN units u ON u.id = h.unit JOIN names s ON s.id = h.step""",
        "row_log": f"""SELECT {_table_of("w.tbl")} AS tbl, {logged_name(d, "w")} AS key, w.seq AS seq, w.hash AS hash
  FROM row_hashes w{_results_union(d)}""",
        "records": f"""SELECT i.name AS record, u.name AS unit, b.name AS batch,
  {_name_or_empty("r", "station")} AS station,
  {plain["language"]}, g.name AS grp, {plain["form"]}, {d.key.format("r.hash")} AS hash, {plain["data"]},
  {plain["verdict"]}, {plain["open"]}, {plain["reasons"]}, {_name_or_empty("r", "loaded")} AS loaded
  FROM record_rows r LEFT JOIN units i ON i.id = r.id JOIN units u ON u.id = r.unit
  LEFT JOIN names b ON b.id = r.batch LEFT JOIN names g ON g.id = r.grp""",
        "scans": f"""SELECT c.seq AS seq, p.name AS page, f.name AS sha256, c.idx AS idx,
  {_name_or_empty("c", "batch")} AS batch,
  c.volume AS volume, c.number AS number, {scans}
  FROM scan_rows c LEFT JOIN units p ON p.id = c.page LEFT JOIN units f ON f.id = c.source""",
    }  # fmt: skip


def views_ddl(d: ShownAs) -> str:
    """All of them, each as one statement."""
    return "".join(f"CREATE VIEW {name} AS\n{select};\n" for name, select in views(d).items())


def _results_union(d: ShownAs) -> str:
    return f""" UNION ALL SELECT 'results', {_result_name(d, "m.seq")}, m.seq, m.made FROM history m
  WHERE {MADE.format("m")}"""


def _name_or_empty(alias: str, column: str) -> str:
    assert any((column, SAID) in n.columns.values() for n in NARROW.values()), column
    return f"CASE {alias}.{column} WHEN 0 THEN '' ELSE (SELECT name FROM names WHERE id = {alias}.{column}) END"


def _table_of(column: str) -> str:
    cases = " ".join(f"WHEN {code} THEN '{table}'" for table, code in CODES.items())
    return f"CASE {column} {cases} END"


def _result_name(d: ShownAs, number: str) -> str:
    return f"""(SELECT u.name || '{SEPARATOR}' || s.name || '{SEPARATOR}' || {d.key.format("h.key")}
    FROM history h JOIN units u ON u.id = h.unit JOIN names s ON s.id = h.step WHERE h.seq = {number})"""


def logged_name(d: ShownAs, alias: str, table: str = "") -> str:
    """SQL for the name of an entry in the log of rows. table: of one table alone."""
    numbered = [str(CODES[t]) for t in COVERED if COVERED[t][0] in NUMBERS]
    unit = f"(SELECT name FROM units WHERE id = {alias}.ref)"
    if table:
        number = f"CAST({alias}.ref AS TEXT)"
        return _result_name(d, f"{alias}.ref") if table == "results" else number if _is_numbered(table) else unit
    return f"""CASE WHEN {alias}.tbl = {CODES["results"]} THEN {_result_name(d, f"{alias}.ref")}
    WHEN {alias}.tbl IN ({", ".join(numbered)}) THEN CAST({alias}.ref AS TEXT) ELSE {unit} END"""


def _is_numbered(table: str) -> bool:
    return COVERED[table][0] in NUMBERS


def written_name(d: ShownAs, table: str, alias: str) -> str:
    """SQL for the name of the entry of a row as it lies in its table. alias: NEW, OLD or the like."""
    if table == "results":
        return _result_name(d, f"{alias}.seq")
    if table == "records":
        return f"(SELECT name FROM units WHERE id = {alias}.id)"
    return entry_name(table, alias)


def ref_of(table: str, alias: str) -> str:
    """SQL for the number by which the log of rows knows a row as it lies in its table; NULL where it has none."""
    if table in ("results", "scans"):
        return f"{alias}.seq"
    if table == "records":
        return f"{alias}.id"
    column = f"{alias}.{COVERED[table][0]}"
    return column if _is_numbered(table) else f"(SELECT id FROM units WHERE name = {column})"


def base_of(table: str) -> str:
    """The table in which the rows of a covered table lie."""
    return BASES.get(table, table)
