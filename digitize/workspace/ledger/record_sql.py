"""SQL of the newest records: for `digitize.workspace.ledger.records`."""

from __future__ import annotations

from collections.abc import Iterable

# Groups of records whose station and year are surely known: of millions of records few others have one of their own.
_SURE = "({0} < 'record ' OR {0} >= 'record!')"
# Whether any record is of a group is not asked: that costs more than all the rest.
GROUPS = f"SELECT g.name AS grp FROM names g WHERE {_SURE.format('g.name')}"
_YEAR = 4
_OF_YEARS = f"{GROUPS} AND SUBSTR(g.name, LENGTH(g.name) - {_YEAR - 1}) IN ({{}})"
"""Those that end in some years, by the index `names_by_end`: of a ledger of 80,000 books one in sixty."""
GROUPS_BEFORE = f"SELECT DISTINCT grp FROM records WHERE {_SURE.format('grp')}"
# As ranges, which an index finds: forms that are not "iif...", groups that are "record ...".
_OTHER_FORMS = "form < 'iif' OR form >= 'iig'"
NEAR_BEFORE = f"{_OTHER_FORMS} OR (grp >= 'record ' AND grp < 'record!') OR grp IN ({{}})"
# Of the narrow rows, since through the view SQLite would read them all; with the bound it begins with the names found.
# Each kind by its own index: for conditions with OR between them PostgreSQL would read all rows.
NEAR = """record > '' AND record IN (SELECT name FROM units WHERE id IN (
    SELECT id FROM record_rows WHERE form < 'iif' UNION ALL SELECT id FROM record_rows WHERE form >= 'iig'
    UNION ALL SELECT id FROM record_rows WHERE grp IN (SELECT id FROM names
      WHERE (name >= 'record ' AND name < 'record!') OR name IN ({}))))"""
COLUMNS = ("record", "unit", "batch", "station", "language", "grp", "form", "hash", "data")
THAT = "id = (SELECT id FROM units WHERE name = ?)"
LOADED = """UPDATE record_rows SET loaded = CASE verdict WHEN 'clean' THEN CAST(? AS BIGINT) ELSE 0 END
  WHERE batch = (SELECT id FROM names WHERE name = ?)"""
# The row's old values: the verdict stays where content and group are as they were.
PUT = """
  INSERT INTO record_rows ({}) VALUES ({}) ON CONFLICT (id) DO UPDATE SET unit = excluded.unit, batch = excluded.batch,
    station = excluded.station, language = excluded.language, grp = excluded.grp, form = excluded.form,
    verdict = CASE WHEN record_rows.hash = excluded.hash AND record_rows.grp = excluded.grp
      THEN record_rows.verdict ELSE '' END,
    hash = excluded.hash, data = excluded.data
"""


def groups_of(ends: Iterable[str], *, is_narrow: bool) -> tuple[str, list[str]]:
    """Statement and values to find candidate groups with these suffixes. ends: in lower case."""
    years = sorted({end[-_YEAR:] for end in ends})
    # Letters have two cases, of which an index knows nothing; digits have one.
    if is_narrow and years and all(year.isascii() and year.isdigit() for year in years):
        return _OF_YEARS.format(", ".join("?" * len(years))), years
    return (GROUPS if is_narrow else GROUPS_BEFORE), []
