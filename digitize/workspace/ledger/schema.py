"""The ledger's tables. `events` is the history and only grows; the rest is either content or folded from it.

events     what happened to which unit (page, table chunk, group, batch) in which step, chained by hash
row_log    the hash of every other row, each time it was written; an event's own hash covers those written with it;
           that of a result stands in the row of the event that says it is done
heads      the newest event of each command, signed by the site's key
fixity     when each original was last hashed again
results    what a step produced, by unit and key; written in the same transaction as its "done" event
state      the newest event of each unit and step, so that status need not fold the history each time
leases     who is working on what just now
batches, sources, volumes, scans, tables   what intake took in
records, findings                           the newest records and what the rules say of them
shapes     what the records of a table have in common; by it they are packed (mappers/packed.py)
marks      parts (a volume, a table, a group, a batch) in which something changed since a step, or the counts, looked
tallies    the counts of a part as they were folded last, and sums of them (`counting.sums`); by marks and these
           `status` and a run look only at what changed
decisions  what a person settled at review; only grows
receipts   one line a load

events, row_log, results, state, scans and records are views: read them. What they show lies in the narrow tables
history, row_hashes, outputs, standing, scan_rows and record_rows, with texts under numbers in units and names
(`digitize.workspace.ledger_db.narrow`).
"""

from __future__ import annotations

# An older program refuses a ledger of a later number (`opening.require_format`), and damages nothing.
FORMAT = 7
RELEASED = 1
"""The format of version 0.2.0, the only earlier one that is read and upgraded (`digitize.workspace.ledger.upgrade`)."""

NARROW_DDL = """
CREATE TABLE units (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TRIGGER units_are_never_changed BEFORE UPDATE ON units
  BEGIN SELECT RAISE(ABORT, 'the names of units are never changed'); END;
CREATE TRIGGER units_are_never_removed BEFORE DELETE ON units
  BEGIN SELECT RAISE(ABORT, 'the names of units are never removed'); END;
CREATE TABLE names (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TRIGGER names_are_never_changed BEFORE UPDATE ON names
  BEGIN SELECT RAISE(ABORT, 'names are never changed'); END;
CREATE TRIGGER names_are_never_removed BEFORE DELETE ON names
  BEGIN SELECT RAISE(ABORT, 'names are never removed'); END;
CREATE INDEX names_by_end ON names (SUBSTR(name, LENGTH(name) - 3));

CREATE TABLE history (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, unit INTEGER NOT NULL, step INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'again', 'duplicate', 'note')),
  again INTEGER NOT NULL, key BLOB NOT NULL, said INTEGER NOT NULL, detail TEXT NOT NULL, hash BLOB NOT NULL,
  made BLOB NOT NULL DEFAULT '',
  CHECK (again = CASE outcome WHEN 'done' THEN 0 ELSE seq END), CHECK (said = 0 OR detail = '')
);
CREATE UNIQUE INDEX events_finished_once ON history (unit, step, key, again);
CREATE INDEX events_by_step ON history (step);
CREATE TRIGGER history_is_never_changed BEFORE UPDATE ON history
  BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER history_is_never_removed BEFORE DELETE ON history
  BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;

CREATE TABLE row_hashes (
  tbl INTEGER NOT NULL, ref INTEGER NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (tbl, ref, seq)
) WITHOUT ROWID;
CREATE TRIGGER row_hashes_are_never_changed BEFORE UPDATE ON row_hashes
  BEGIN SELECT RAISE(ABORT, 'the log of rows is never changed'); END;
CREATE TRIGGER row_hashes_are_never_removed BEFORE DELETE ON row_hashes
  BEGIN SELECT RAISE(ABORT, 'the log of rows is never removed'); END;

CREATE TABLE outputs (seq INTEGER PRIMARY KEY, data BLOB NOT NULL);
CREATE TABLE standing (
  step INTEGER NOT NULL, unit INTEGER NOT NULL, seq INTEGER NOT NULL, outcome TEXT NOT NULL, PRIMARY KEY (step, unit)
) WITHOUT ROWID;
CREATE INDEX state_failed ON standing (outcome, step) WHERE outcome = 'failed';
CREATE TABLE scan_rows (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, page INTEGER NOT NULL, source INTEGER NOT NULL, idx INTEGER NOT NULL,
  batch INTEGER NOT NULL, volume INTEGER NOT NULL, number INTEGER NOT NULL, kind INTEGER NOT NULL,
  station INTEGER NOT NULL, district INTEGER NOT NULL, year INTEGER NOT NULL, language INTEGER NOT NULL,
  UNIQUE (page, source, idx)
);
CREATE INDEX scans_by_volume ON scan_rows (volume, number);
CREATE TABLE record_rows (
  id INTEGER PRIMARY KEY, unit INTEGER NOT NULL, batch INTEGER NOT NULL, station INTEGER NOT NULL,
  language TEXT NOT NULL, grp INTEGER NOT NULL, form TEXT NOT NULL, hash BLOB NOT NULL, data BLOB NOT NULL,
  verdict TEXT NOT NULL DEFAULT '', open TEXT NOT NULL DEFAULT '[]', reasons TEXT NOT NULL DEFAULT '{}',
  loaded INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX records_by_group ON record_rows (grp);
CREATE INDEX records_by_unit ON record_rows (unit);
CREATE INDEX records_by_batch ON record_rows (batch);
CREATE INDEX records_by_form ON record_rows (form);
CREATE INDEX records_by_verdict ON record_rows (verdict);
"""
"""The narrow tables, which format 1 has not. The views over them each engine makes in its own words."""

ADDED_DDL = """
CREATE TABLE heads (
  command INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL,
  public TEXT NOT NULL, signature TEXT NOT NULL
);
CREATE TABLE fixity (sha256 TEXT PRIMARY KEY, at TEXT NOT NULL, outcome TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE shapes (shape INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB NOT NULL);
CREATE TABLE marks (
  what TEXT NOT NULL, part TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (what, part)
) WITHOUT ROWID;
CREATE TABLE tallies (part TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX sources_by_batch ON sources (batch);
"""
"""Further tables that format 1 has not."""

TABLES_DDL = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE leases (
  unit TEXT NOT NULL, step TEXT NOT NULL, owner TEXT NOT NULL, until REAL NOT NULL, PRIMARY KEY (unit, step)
) WITHOUT ROWID;

CREATE TABLE batches (
  batch TEXT PRIMARY KEY, label TEXT NOT NULL, kind TEXT NOT NULL, station TEXT NOT NULL, district TEXT NOT NULL,
  year TEXT NOT NULL, taken_in TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE sources (
  sha256 TEXT PRIMARY KEY, batch TEXT NOT NULL, name TEXT NOT NULL, bytes INTEGER NOT NULL, media TEXT NOT NULL,
  pages INTEGER NOT NULL, suffix TEXT NOT NULL, linked TEXT NOT NULL, problem TEXT NOT NULL,
  kind TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE volumes (
  volume INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE, pages INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE tables (
  unit TEXT PRIMARY KEY, sha256 TEXT NOT NULL, idx INTEGER NOT NULL, name TEXT NOT NULL, batch TEXT NOT NULL,
  station TEXT NOT NULL, district TEXT NOT NULL, year TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE findings (
  record TEXT NOT NULL, field TEXT NOT NULL, code TEXT NOT NULL, severity TEXT NOT NULL, message TEXT NOT NULL,
  PRIMARY KEY (record, field, code)
) WITHOUT ROWID;
CREATE TABLE decisions (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL, record TEXT NOT NULL, field TEXT NOT NULL, reading TEXT NOT NULL, source TEXT NOT NULL,
  schema TEXT NOT NULL, verdict TEXT NOT NULL, value TEXT NOT NULL, operator TEXT NOT NULL
);
CREATE INDEX decisions_by_record ON decisions (record, field, seq);
CREATE TABLE receipts (
  load TEXT PRIMARY KEY, at TEXT NOT NULL, batch TEXT NOT NULL, target TEXT NOT NULL, data TEXT NOT NULL,
  signature TEXT NOT NULL
) WITHOUT ROWID;
"""

NEWEST_NUMBERS = """SELECT h.step, h.unit, h.seq, h.outcome FROM history h
  JOIN (SELECT MAX(seq) AS seq FROM history GROUP BY unit, step) n ON n.seq = h.seq"""
"""What `standing` must hold."""

DDL = TABLES_DDL + ADDED_DDL + NARROW_DDL
