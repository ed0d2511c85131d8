"""Compact storage of tables that grow with every page: texts once, by number; hashes and keys as bytes.

`events`, `state`, `results`, `row_log`, `records` and `scans` are views that return each row as written and hashed.
Their base tables are `history`, `standing`, `outputs`, `row_hashes`, `record_rows`, `scan_rows`. Texts are in two
dictionaries: `units` (pages, records, files: millions) and `names` (steps, stations, groups, repeated details:
thousands, cheap to scan).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from digitize.errors import LedgerError
from digitize.workspace.ledger_db.base import LedgerEngine
from digitize.workspace.ledger_db.dialects import ShownAs
from digitize.workspace.ledger_db.watched_tables import COVERED, NUMBERS, SEPARATOR, entry_columns, entry_name

UNIT, NAME, SAID, KEY, HASH, MOMENT, DETAIL, PLAIN = "unit", "name", "said", "key", "hash", "moment", "detail", "plain"
"""Kinds of columns. SAID: a name, 0 for ""; it is shown and not looked for. DETAIL: under a number, or as it stands."""


@dataclass(frozen=True, slots=True)
class Narrow:
    """A view's table and its columns. columns: of the view -> (of the table, kind)."""

    base: str
    columns: Mapping[str, tuple[str, str]]


def _keep_names(**kinds: str) -> dict[str, tuple[str, str]]:
    return {name: (name, kind) for name, kind in kinds.items()}


NARROW: Mapping[str, Narrow] = {
    "events": Narrow("history", _keep_names(
        seq=PLAIN, at=MOMENT, unit=UNIT, step=NAME, outcome=PLAIN, key=KEY, detail=DETAIL, hash=HASH, made=PLAIN,
    )),
    "state": Narrow("standing", _keep_names(unit=UNIT, step=NAME, outcome=PLAIN, seq=PLAIN)),
    "records": Narrow("record_rows", _keep_names(
        unit=UNIT, batch=NAME, station=SAID, language=PLAIN, grp=NAME, form=PLAIN, hash=KEY, data=PLAIN, verdict=PLAIN,
        open=PLAIN, reasons=PLAIN, loaded=SAID,
    ) | {"record": ("id", UNIT)}),
    "scans": Narrow("scan_rows", _keep_names(
        seq=PLAIN, page=UNIT, idx=PLAIN, batch=SAID, volume=PLAIN, number=PLAIN, kind=SAID, station=SAID, district=SAID,
        year=SAID, language=SAID,
    ) | {"sha256": ("source", UNIT)}),
}  # fmt: skip
"""View -> how it is kept. `results` and `row_log` go by the numbers of events, see `Dictionary.log`."""
BASES = {"results": "outputs", "row_log": "row_hashes", **{view: n.base for view, n in NARROW.items()}}
VIEW_OF = {base: view for view, base in BASES.items()}
NUMBERED: Mapping[str, frozenset[str]] = {
    "units": frozenset({"id"}),
    "names": frozenset({"id"}),
    "row_hashes": frozenset({"tbl", "ref", "seq"}),
    "outputs": frozenset({"seq"}),
    "history": frozenset({"at", "unit", "step", "again", "said"}),
    "standing": frozenset({"step", "unit"}),
    "scan_rows": frozenset({
        "page", "source", "idx", "batch", "number", "kind", "station", "district", "year", "language",
    }),
    "record_rows": frozenset({"id", "unit", "batch", "station", "grp", "loaded"}),
}  # fmt: skip
"""Narrow table -> its columns that hold numbers."""
CODES: Mapping[str, int] = {
    "results": 1, "batches": 2, "sources": 3, "volumes": 4, "scans": 5, "tables": 6, "shapes": 7, "records": 8,
    "findings": 9, "decisions": 10, "receipts": 11,
}  # fmt: skip
"""Covered table -> its number in the log of rows. For ever: a new one takes the next."""

_HEX = re.compile(r"[0-9a-f]{64}|[0-9a-f]{32}")
_MOMENT = re.compile(r"(?:19[7-9]|[2-9]\d\d)\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
_LONGEST_SHARED, _MOST_HELD, _AT_ONCE = 200, 200_000, 1_000
_KEY_OF = "SELECT seq FROM events WHERE unit = ? AND step = ? AND key = ? AND outcome = 'done'"


def key_bytes(text: str) -> bytes:
    """Compact form of a key: a prefix of 64 or 32 hex digits as half as many bytes, after a marker byte."""
    found = _HEX.match(text)
    if found is None:
        return text.encode("utf-8", "surrogateescape")
    tail = text[found.end() :].encode("utf-8", "surrogateescape")
    return (b"\x01" if found.end() > 32 else b"\x02") + bytes.fromhex(found[0]) + tail  # noqa: PLR2004  # MD5's digits


def moment_number(text: str) -> int:
    """A moment as milliseconds since 1970; -1 for a text that is not written as the ledger writes moments."""
    if not _MOMENT.fullmatch(text):
        return -1
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return -1
    whole = int(when.replace(microsecond=0).timestamp()) * 1000 + when.microsecond // 1000
    return whole if datetime.fromtimestamp(whole // 1000, UTC).isoformat()[:19] == text[:19] else -1


@dataclass(slots=True)
class Dictionary:
    """Texts and their numbers within one transaction; new ones are added. Only inside a transaction."""

    db: LedgerEngine
    _held: dict[str, dict[str, int]] = field(default_factory=lambda: {"units": {}, "names": {}})
    _seen: set[str] = field(default_factory=set)
    _moment: tuple[str, int] = ("", -1)

    def forget(self) -> None:
        """Reset for a new transaction: numbers of a rolled-back one are assigned again."""
        for own in self._held.values():
            own.clear()

    def numbers(self, table: str, texts: Collection[str]) -> dict[str, int]:
        """Text -> number, for all requested and possibly more. table: units or names."""
        held = self._held[table]
        if len(held) > _MOST_HELD:
            held.clear()
        unknown = sorted(set(texts) - held.keys())
        for i in range(0, len(unknown), _AT_ONCE):
            some = unknown[i : i + _AT_ONCE]
            sql = f"SELECT name, id FROM {table} WHERE name IN ({', '.join('?' * len(some))})"
            held.update((r[0], r[1]) for r in self.db.execute(sql, some).fetchall())
        if new := [text for text in unknown if text not in held]:
            last = int(self.db.execute(f"SELECT COALESCE(MAX(id), 0) FROM {table}").fetchone()[0])
            rows = [(number, text) for number, text in enumerate(new, last + 1)]
            self.db.insert_rows(table, ("id", "name"), rows)
            held.update((text, number) for number, text in rows)
        return held

    def rows(
        self, view: str, columns: Sequence[str], rows: Sequence[Sequence[Any]]
    ) -> tuple[list[str], list[tuple[Any, ...]]]:
        """Rows of a view as those of its table. Returns the table's columns, and the rows."""
        own = NARROW[view].columns
        plan = [(i, *own[c]) for i, c in enumerate(columns) if c in own]
        units, names = set[str](), set[str]()
        for i, _, kind in plan:
            if kind == UNIT:
                units.update(row[i] for row in rows)
            elif kind in (NAME, SAID):
                names.update(row[i] for row in rows if row[i] or kind == NAME)
            elif kind == DETAIL:
                names |= self._find_repeated(row[i] for row in rows)
            elif kind == MOMENT:
                names.update(t for t in {row[i] for row in rows} if moment_number(t) < 0)
        known = self.numbers("units", units), self.numbers("names", names)
        made = [self._column([row[i] for row in rows], kind, *known) for i, _, kind in plan]
        targets = [base for _, base, _ in plan]
        if DETAIL in (kind for _, _, kind in plan):
            at = next(n for n, (_, _, kind) in enumerate(plan) if kind == DETAIL)
            texts = [row[plan[at][0]] for row in rows]
            targets.append("said")
            made.append([known[1].get(t, 0) if t in names else 0 for t in texts])
            made[at] = ["" if said else t for t, said in zip(texts, made[-1], strict=True)]
        if view == "events":
            # Nothing is done twice: of what was done there is one of unit, step, key and 0.
            targets.append("again")
            at, said = columns.index("seq"), columns.index("outcome")
            made.append([0 if row[said] == "done" else row[at] for row in rows])
        return targets, list(zip(*made, strict=True))

    def _find_repeated(self, details: Iterable[str]) -> set[str]:
        """Details that occurred before: they are stored once. Unique ones are stored with their event."""
        found = set[str]()
        for text in details:
            if len(text) <= _LONGEST_SHARED:
                if text in self._seen:
                    found.add(text)
                elif len(self._seen) < _MOST_HELD:
                    self._seen.add(text)
        return found

    def _column(self, values: list[Any], kind: str, units: Mapping[str, int], names: Mapping[str, int]) -> list[Any]:
        if kind == UNIT:
            return [units[v] for v in values]
        if kind == NAME:
            return [names[v] for v in values]
        if kind == SAID:
            return [names[v] if v else 0 for v in values]
        if kind == KEY:
            return [key_bytes(v) for v in values]
        if kind == HASH:
            return [bytes.fromhex(v) for v in values]
        return [self._number_of(v, names) for v in values] if kind == MOMENT else values

    def _number_of(self, text: str, names: Mapping[str, int]) -> int:
        # Events of one lot share their moments.
        if self._moment[0] != text:
            number = moment_number(text)
            self._moment = (text, number if number >= 0 else -names[text])
        return self._moment[1]

    def refs(self, table: str, names: Sequence[str]) -> dict[str, int]:
        """Entry name -> its number in the row log."""
        if table == "results":
            return dict(self._events_of(names))
        if entry_columns(table)[0] in NUMBERS:
            return {name: int(name) for name in names}
        held = self.numbers("units", names)
        return {name: held[name] for name in names}

    def _events_of(self, names: Iterable[str]) -> Iterator[tuple[str, int]]:
        for name in names:
            row = self.db.execute(_KEY_OF, name.split(SEPARATOR)).fetchone()
            if row is None:
                raise LedgerError("A result belongs to no event. See: digitize ledger verify DIR. Nothing was written.")
            yield name, row[0]


MADE = "LENGTH({0}.made) > 0"
"""Of an event: that a result was written with it, of which the hash stands there."""
_RECORDS = ("language", "form", "data", "verdict", "open", "reasons")


def views(d: ShownAs) -> Mapping[str, str]:
    """View -> its SELECT.

    A LEFT join by key is free if a query does not use it; an inner one can lead the plan if units come from a subquery
    (`unit IN (SELECT page ...)`).
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
    """All views, one statement each."""
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
    """SQL for an entry name in the row log. table: for one table only."""
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
    """SQL for the entry name of a base table row. alias: NEW, OLD or similar."""
    if table == "results":
        return _result_name(d, f"{alias}.seq")
    if table == "records":
        return f"(SELECT name FROM units WHERE id = {alias}.id)"
    return entry_name(table, alias)


def ref_of(table: str, alias: str) -> str:
    """SQL for the row log number of a base table row; NULL if none."""
    if table in ("results", "scans"):
        return f"{alias}.seq"
    if table == "records":
        return f"{alias}.id"
    column = f"{alias}.{COVERED[table][0]}"
    return column if _is_numbered(table) else f"(SELECT id FROM units WHERE name = {column})"


def base_of(table: str) -> str:
    """Base table of a covered table."""
    return BASES.get(table, table)
