"""The ledger's tables up to format 5, in which each text stood in each row: for upgrades and for checks of copies."""

from __future__ import annotations

NEWEST_EVENTS = """SELECT e.unit, e.step, e.key, e.outcome, e.detail, e.seq FROM events e
  JOIN (SELECT MAX(seq) AS seq FROM events GROUP BY unit, step) n ON n.seq = e.seq"""
"""What `state` must hold."""

# What each format has beside the one before it: `digitize.workspace.ledger.upgrade` makes it in an older ledger.
COVER_DDL = """
CREATE TABLE row_log (
  tbl TEXT NOT NULL, key TEXT NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (tbl, key, seq)
) WITHOUT ROWID;
CREATE TRIGGER row_log_is_never_changed BEFORE UPDATE ON row_log
  BEGIN SELECT RAISE(ABORT, 'the log of rows is never changed'); END;
CREATE TRIGGER row_log_is_never_removed BEFORE DELETE ON row_log
  BEGIN SELECT RAISE(ABORT, 'the log of rows is never removed'); END;
CREATE TABLE heads (
  command INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, at TEXT NOT NULL, hash TEXT NOT NULL,
  public TEXT NOT NULL, signature TEXT NOT NULL
);
CREATE TABLE fixity (sha256 TEXT PRIMARY KEY, at TEXT NOT NULL, outcome TEXT NOT NULL) WITHOUT ROWID;
"""
SHAPES_DDL = """
CREATE TABLE shapes (shape INTEGER PRIMARY KEY AUTOINCREMENT, data BLOB NOT NULL);
"""
MARKS_DDL = """
CREATE TABLE marks (
  what TEXT NOT NULL, part TEXT NOT NULL, seq INTEGER NOT NULL, PRIMARY KEY (what, part)
) WITHOUT ROWID;
CREATE TABLE tallies (part TEXT PRIMARY KEY, data TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX events_by_step ON events (step, seq);
CREATE INDEX scans_by_volume ON scans (volume, number);
CREATE INDEX sources_by_batch ON sources (batch);
CREATE INDEX records_by_form ON records (form);
CREATE INDEX records_by_verdict ON records (verdict);
"""

DDL_5 = (
    COVER_DDL
    + SHAPES_DDL
    + """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE events (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  at TEXT NOT NULL,
  unit TEXT NOT NULL,
  step TEXT NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('done', 'failed', 'again', 'duplicate', 'note')),
  key TEXT NOT NULL,
  detail TEXT NOT NULL,
  hash TEXT NOT NULL,
  rows TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX events_finished_once ON events (unit, step, key) WHERE outcome = 'done';
CREATE INDEX events_by_unit ON events (unit, seq);
CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
  BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_are_never_removed BEFORE DELETE ON events
  BEGIN SELECT RAISE(ABORT, 'events are never removed'); END;

CREATE TABLE results (
  unit TEXT NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL, data BLOB NOT NULL,
  PRIMARY KEY (unit, step, key)
) WITHOUT ROWID;
CREATE TABLE state (
  unit TEXT NOT NULL, step TEXT NOT NULL, key TEXT NOT NULL, outcome TEXT NOT NULL, detail TEXT NOT NULL,
  seq INTEGER NOT NULL, PRIMARY KEY (unit, step)
) WITHOUT ROWID;
CREATE INDEX state_by_step ON state (step, outcome);
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
CREATE TABLE scans (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  page TEXT NOT NULL, sha256 TEXT NOT NULL, idx INTEGER NOT NULL, batch TEXT NOT NULL, volume INTEGER NOT NULL,
  number INTEGER NOT NULL, kind TEXT NOT NULL, station TEXT NOT NULL, district TEXT NOT NULL, year TEXT NOT NULL,
  language TEXT NOT NULL, UNIQUE (page, sha256, idx)
);
CREATE TABLE tables (
  unit TEXT PRIMARY KEY, sha256 TEXT NOT NULL, idx INTEGER NOT NULL, name TEXT NOT NULL, batch TEXT NOT NULL,
  station TEXT NOT NULL, district TEXT NOT NULL, year TEXT NOT NULL
) WITHOUT ROWID;

CREATE TABLE records (
  record TEXT PRIMARY KEY, unit TEXT NOT NULL, batch TEXT NOT NULL, station TEXT NOT NULL, language TEXT NOT NULL,
  grp TEXT NOT NULL, form TEXT NOT NULL, hash TEXT NOT NULL, data BLOB NOT NULL,
  verdict TEXT NOT NULL DEFAULT '', open TEXT NOT NULL DEFAULT '[]',
  reasons TEXT NOT NULL DEFAULT '{}', loaded TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE INDEX records_by_group ON records (grp);
CREATE INDEX records_by_unit ON records (unit);
CREATE INDEX records_by_batch ON records (batch);
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
    + MARKS_DDL
)
