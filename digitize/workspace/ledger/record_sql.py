"""SQL of the newest records: for `digitize.workspace.ledger.records`."""

from __future__ import annotations

NEXT_GROUP = """SELECT g.name AS grp FROM names g
  WHERE g.name > ? AND EXISTS (SELECT 1 FROM record_rows r WHERE r.grp = g.id) ORDER BY g.name LIMIT 1"""
NEXT_GROUP_BEFORE = "SELECT grp FROM records WHERE grp > ? ORDER BY grp LIMIT 1"
# As ranges, which an index finds: forms that are not "iif...", groups that are "record ...".
OTHER_FORMS = "form < 'iif' OR form >= 'iig'"
UNSURE_GROUPS = "(grp >= 'record ' AND grp < 'record!')"
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
