"""Index of cases by key with the facts stated in their records, for any number of records.

A few thousand records are handled in memory (`digitize/masking/few_cases.py`), more in a temporary, anonymous SQLite
database. It holds numbers and record ids, no record content.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import combinations, groupby, pairwise
from tempfile import gettempdir
from typing import Any

from digitize.errors import DiskFull
from digitize.masking.few_cases import NAMED, SENSITIVE, FewCases, Key, do_places_agree

_AT_ONCE = 5_000
_CACHE_KB = 16_000
_DDL = """
CREATE TABLE said (node INTEGER, flags INTEGER, record TEXT);
CREATE TABLE edges (a INTEGER, b INTEGER);
CREATE TABLE firs (main INTEGER, place INTEGER);
CREATE TABLE owners (other INTEGER, node INTEGER);
CREATE TABLE near (a INTEGER, b INTEGER);
CREATE TABLE roots (node INTEGER PRIMARY KEY, root INTEGER);
CREATE TABLE hooks (node INTEGER PRIMARY KEY, root INTEGER);
"""
_PUT = {
    "said": "INSERT INTO said VALUES (?, ?, ?)",
    "edges": "INSERT INTO edges VALUES (?, ?)",
    "firs": "INSERT INTO firs VALUES (?, ?)",
    "owners": "INSERT INTO owners VALUES (?, ?)",
    "near": "INSERT INTO near VALUES (?, ?)",
}
# The same station, year and number, with more than one state, district or part.
_ALIKE = """SELECT DISTINCT main, place FROM firs
  WHERE main IN (SELECT main FROM firs GROUP BY main HAVING MIN(place) < MAX(place)) ORDER BY main, place"""
_LINKS = "CREATE TABLE links AS SELECT DISTINCT MIN(a, b) AS a, MAX(a, b) AS b FROM edges WHERE a <> b"
# Each key that has a smaller one beside it hooks on to the smallest, and those that are left are keys of a smaller
# graph, half as large at most after two rounds: a chain of a million records takes some twenty.
_HOOK = "INSERT INTO hooks SELECT b, MIN(a) FROM links GROUP BY b"
_SHORTEN = """UPDATE {0} SET root = (SELECT up.root FROM {0} up WHERE up.node = {0}.root)
  WHERE root IN (SELECT node FROM {0})"""
_CONTRACT = """
INSERT INTO roots SELECT node, root FROM hooks;
CREATE TABLE fewer AS SELECT DISTINCT MIN(x, y) AS a, MAX(x, y) AS b
  FROM (SELECT COALESCE(h.root, l.a) AS x, COALESCE(k.root, l.b) AS y
    FROM links l LEFT JOIN hooks h ON h.node = l.a LEFT JOIN hooks k ON k.node = l.b) WHERE x <> y;
DROP TABLE links;
ALTER TABLE fewer RENAME TO links;
DELETE FROM hooks;
"""
_OWNED = """SELECT o.other AS other, MIN(COALESCE(r.root, o.node)) AS root,
    COUNT(DISTINCT COALESCE(r.root, o.node)) AS n
  FROM owners o LEFT JOIN roots r ON r.node = o.node GROUP BY o.other"""
# A number that the records of one case alone state leads to it.
_ONE_OWNER = f"""INSERT INTO edges SELECT w.other, w.root FROM ({_OWNED}) w LEFT JOIN roots r ON r.node = w.other
  WHERE w.n = 1 AND COALESCE(r.root, w.other) <> w.root"""
_MANY_OWNERS = f"""INSERT INTO near SELECT DISTINCT o.other, o.node FROM owners o
  JOIN ({_OWNED}) w ON w.other = o.other WHERE w.n > 1"""
_GATHER = f"""
CREATE TABLE cases AS SELECT COALESCE(r.root, s.node) AS root, MAX(flags & {SENSITIVE}) | MAX(flags & {NAMED}) AS flags
  FROM said s LEFT JOIN roots r ON r.node = s.node GROUP BY 1;
CREATE UNIQUE INDEX cases_by_root ON cases (root);
CREATE TABLE beside AS SELECT DISTINCT COALESCE(x.root, n.a) AS a, COALESCE(y.root, n.b) AS b
  FROM near n LEFT JOIN roots x ON x.node = n.a LEFT JOIN roots y ON y.node = n.b;
CREATE INDEX beside_by_a ON beside (a);
CREATE TABLE members AS SELECT COALESCE(r.root, s.node) AS root, s.record AS record
  FROM said s LEFT JOIN roots r ON r.node = s.node JOIN cases c ON c.root = COALESCE(r.root, s.node)
  WHERE c.flags <> {NAMED} OR c.root IN (SELECT a FROM beside UNION SELECT b FROM beside);
CREATE INDEX members_by_root ON members (root);
DROP TABLE said; DROP TABLE edges; DROP TABLE firs; DROP TABLE owners; DROP TABLE near;
"""
"""Ids are kept only where something may have to be masked."""


class CaseIndex:
    """Cases by the keys of their records. Keys are numbers; equal numbers are the same key.

    Add all records, then settle, then query. Some queries may run in parallel. Raises DiskFull if temporary files have
    no room.
    """

    def __init__(self, at_once: int = _AT_ONCE) -> None:
        """Start empty. at_once: records held in memory; from this number on a database is used."""
        self._at_once = at_once
        self._few: FewCases | None = None
        self._made: sqlite3.Connection | None = None
        self._lock = threading.Lock()
        self._waiting: dict[str, list[Any]] = {table: [] for table in _PUT}
        self._count = 0
        self._places: dict[Key, int] = {}

    @property
    def _db(self) -> sqlite3.Connection:
        """The database, created on first use, since creating it takes as long as a small query."""
        if self._made is None:
            # No name: a temporary file, which has no name on the disk either.
            self._made = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            weakref.finalize(self, self._made.close)
            for pragma in (f"cache_size = -{_CACHE_KB}", "journal_mode = OFF", "synchronous = OFF"):
                self._made.execute(f"PRAGMA {pragma}")
            self._made.executescript(_DDL)
        return self._made

    def add(
        self,
        record: str,
        nodes: Sequence[int],
        flags: int,
        firs: Iterable[tuple[int, Key]] = (),
        others: Iterable[int] = (),
    ) -> None:
        """Add one record. nodes: its keys, which form one case; the first is its own. firs: for each FIR it states,
        station, year and number as one number, and state, district and part; others: its further keys.
        """
        w = self._waiting
        w["said"].append((nodes[0], flags, record))
        w["edges"] += pairwise(nodes)
        w["firs"] += ((main, self._places.setdefault(place, len(self._places))) for main, place in firs)
        w["owners"] += ((other, nodes[0]) for other in others)
        self._count += 1
        if self._count % self._at_once == 0:
            self._flush()

    def merge_cases(self, fir_node: Callable[[int, Key], int]) -> None:
        """Merge keys of one case, and record possible matches. fir_node: (main, place) -> key of that FIR."""
        places, self._places = list(self._places), {}
        if self._made is None:
            w, self._waiting = self._waiting, {}
            self._few = FewCases(w["said"], w["edges"], w["firs"], places, w["owners"], fir_node)
            return
        self._flush()
        with _translate_errors():
            self._unite_alike(fir_node, places)
            self._propagate_roots()
            # A number that leads to a case may make one of two, to which others lead then.
            while self._execute_change(_ONE_OWNER):
                self._propagate_roots()
            self._db.execute(_MANY_OWNERS)
            self._db.executescript(_GATHER)

    def _unite_alike(self, fir_node: Callable[[int, Key], int], places: Sequence[Key]) -> None:
        """FIRs with one number and compatible places are one case, if all of them are compatible."""
        self._db.execute("CREATE INDEX firs_by_main ON firs (main, place)")
        for main, rows in groupby(self._db.execute(_ALIKE), key=lambda r: r[0]):
            pairs = list(combinations(sorted(places[r[1]] for r in rows), 2))
            fitting = [(fir_node(main, a), fir_node(main, b)) for a, b in pairs if do_places_agree(a, b)]
            # All agree: one case. A place that fits two which contradict each other may belong to either.
            if len(fitting) == len(pairs):
                self._waiting["edges"] += fitting
            else:
                self._waiting["near"] += [pair for x, y in fitting for pair in ((x, y), (y, x))]
            if len(self._waiting["edges"]) + len(self._waiting["near"]) > _AT_ONCE:
                self._flush()
        self._flush()

    def _propagate_roots(self) -> None:
        """Give all keys of a case one root: the smallest, which has no row of its own."""
        self._db.execute("DELETE FROM roots")
        self._db.execute(_LINKS)
        while self._execute_change(_HOOK):
            self._shorten_chains("hooks")
            self._db.executescript(_CONTRACT)
        self._db.execute("DROP TABLE links")
        self._shorten_chains("roots")

    def _shorten_chains(self, table: str) -> None:
        while self._execute_change(_SHORTEN.format(table)):
            pass

    def find_cases(self, nodes: Iterable[int]) -> frozenset[int]:
        """Cases to which keys belong, or may belong."""
        roots = {self._find_root(node) for node in nodes}
        if self._few is not None:
            return frozenset(roots.union(*map(self._few.find_possible, roots)))
        near = {row[0] for root in roots for row in self._read_rows("SELECT b FROM beside WHERE a = ?", (root,))}
        return frozenset(roots | near)

    def find_flags(self, cases: Iterable[int]) -> int:
        """Union of the flags of these cases."""
        flags = 0
        for case in cases:
            if self._few is not None:
                flags |= self._few.flags.get(case, 0)
                continue
            for row in self._read_rows("SELECT flags FROM cases WHERE root = ?", (case,)):
                flags |= row[0]
        return flags

    def list_members(self, cases: Iterable[int]) -> list[str]:
        """Record ids of these cases that may need masking."""
        if self._few is not None:
            return sorted({record for case in cases for record in self._few.list_members(case)})
        sql = "SELECT record FROM members WHERE root = ?"
        return sorted({row[0] for case in cases for row in self._read_rows(sql, (case,))})

    def _find_root(self, node: int) -> int:
        if self._few is not None:
            return self._few.find_root(node)
        rows = self._read_rows("SELECT root FROM roots WHERE node = ?", (node,))
        return rows[0][0] if rows else node

    def _read_rows(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with self._lock, _translate_errors():
            return self._db.execute(sql, values).fetchall()

    def _execute_change(self, sql: str) -> int:
        return self._db.execute(sql).rowcount

    def _flush(self) -> None:
        with _translate_errors():
            self._db.execute("BEGIN")
            for table, rows in self._waiting.items():
                if rows:
                    self._db.executemany(_PUT[table], rows)
                    rows.clear()
            self._db.execute("COMMIT")


@contextmanager
def _translate_errors() -> Iterator[None]:
    try:
        yield
    except sqlite3.OperationalError as e:
        raise DiskFull(
            f"Masking of whole cases needs room for temporary files in {gettempdir()} ({e}). Make room there, or "
            "name another folder: SQLITE_TMPDIR=FOLDER. Then run the same command again."
        ) from e
