"""Both sides of a comparison, record by record, in a temporary file: memory holds only the list of groups."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType

import polars as pl

from digitize.targets.comparing import Fold, HeldRecord, RecordGroup

Place = tuple[str, RecordGroup]
"""A form and a group of its records."""
_TABLES = """
CREATE TABLE source (form TEXT, record TEXT, place INTEGER, digest TEXT, PRIMARY KEY (form, record)) WITHOUT ROWID;
CREATE TABLE target (form TEXT, record TEXT, place INTEGER, load TEXT, digest TEXT, PRIMARY KEY (form, record))
  WITHOUT ROWID;
CREATE TABLE refused (form TEXT, record TEXT, PRIMARY KEY (form, record)) WITHOUT ROWID;
"""
_DIFFERENT = """
SELECT s.place, 'different', s.record, t.load FROM source s JOIN target t USING (form, record)
WHERE s.digest <> t.digest
"""
_MISSING = """
SELECT s.place, CASE WHEN r.record IS NULL THEN 'missing' ELSE 'refused' END, s.record, ''
FROM source s JOIN doubtful d ON d.place = s.place LEFT JOIN refused r USING (form, record)
WHERE NOT EXISTS (SELECT 1 FROM target t WHERE t.form = s.form AND t.record = s.record)
"""
_ONLY_TARGET = """
SELECT t.place, 'only_target', t.record, t.load FROM target t
WHERE NOT EXISTS (SELECT 1 FROM source s WHERE s.form = t.form AND s.record = t.record)
"""


class Sides:
    """Records of a source and a target. A context manager; its file is deleted afterwards.

    folds: hashes of the source's records, by form and group.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="digitize-reconcile-")
        self._db = sqlite3.connect(Path(self._folder.name) / "sides.sqlite", isolation_level=None)
        # Nothing of it is needed after a break.
        self._db.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {_TABLES}")
        self.folds: dict[Place, Fold] = {}
        self._places: dict[Place, int] = {}

    def __enter__(self) -> Sides:
        """Itself."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Remove the file."""
        self._db.close()
        self._folder.cleanup()

    def add_source(self, form: str, digests: pl.DataFrame) -> None:
        """Take records of the source, as `record_digests` gives them."""
        rows = []
        for record, *place, digest in digests.iter_rows():
            at = (form, RecordGroup(*place))
            self.folds[at] = self.folds.get(at, Fold()).and_one(digest)
            rows.append((form, record, self._number(at), digest))
        self._write_rows("source", rows)

    def add_target(self, form: str, records: Sequence[HeldRecord]) -> None:
        """Add records of the target; duplicates are ignored."""
        self._write_rows("target", [(form, s.record, self._number((form, s.group)), s.load, s.digest) for s in records])

    def add_refused(self, records: Iterable[tuple[str, str]]) -> None:
        """Take (form, record) of those that the target itself refused."""
        self._write_rows("refused", list(records))

    def differences(self, doubtful: Iterable[Place]) -> Iterator[tuple[Place, str, str, str]]:
        """(place, kind, record, load) of all differences, by place and id.

        kind: different, missing, refused or only_target. doubtful: places where source records may be missing in the
        target; their target records must be added before.
        """
        self._db.execute("CREATE TEMP TABLE doubtful (place INTEGER PRIMARY KEY)")
        self._db.executemany("INSERT INTO doubtful VALUES (?)", ((self._number(at),) for at in doubtful))
        places = {number: at for at, number in self._places.items()}
        query = f"{_DIFFERENT} UNION ALL {_MISSING} UNION ALL {_ONLY_TARGET} ORDER BY 1, 3"
        for number, what, record, load in self._db.execute(query):
            yield places[number], what, record, load

    def _number(self, at: Place) -> int:
        return self._places.setdefault(at, len(self._places))

    def _write_rows(self, table: str, rows: Sequence[Sequence[object]]) -> None:
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            self._db.execute("BEGIN")
            self._db.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", rows)
            self._db.execute("COMMIT")


def doubtful_places(source: Mapping[Place, Fold], target: Mapping[Place, Fold]) -> set[Place]:
    """Places where the two folds differ."""
    return {at for at, fold in source.items() if target.get(at, Fold()) != fold}
