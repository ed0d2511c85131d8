"""Current records, their findings, and people's decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from digitize.workspace.ledger import record_sql
from digitize.workspace.ledger.core import Ledger
from digitize.workspace.ledger.dirty_parts import CHECK, COUNT, LOAD, MAP
from digitize.workspace.ledger.packs import PackedRow, Packs, RecordRow, is_emptied, plain_data
from digitize.workspace.ledger.verdict import Verdict
from mappers.record import Record, to_plain
from validators.finding import Finding

_AT_ONCE = 500
UNDONE = "undone"
"""The verdict of a decision by which the one before it on its field counts no more."""


def group_alone(record: str) -> str:
    """Group of a record whose station or year is not certain: no other is compared with it."""
    return f"record {record}"


@dataclass(frozen=True, slots=True)
class Stored:
    """A record in the ledger.

    group: station and year, within which numbers must be unique. verdict: clean, review, reject, or "" before the
    check. open: fields that need review. loaded: hash under which it was loaded, or "". is_purged: values are gone; the
    record keeps its FIR key, the rest is only counted.
    """

    record: Record
    unit: str
    group: str
    station: str
    language: str
    hash: str
    verdict: str = ""
    open: tuple[str, ...] = ()
    loaded: str = ""
    is_purged: bool = False


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision on one field of one record.

    reading: raw text it was made on; source: content hash of the page or table; schema: form id. If one of them changes
    the decision is void and the field is asked again. verdict: value, blank or illegible.
    """

    record: str
    field: str
    reading: str
    source: str
    schema: str
    verdict: str
    value: str
    operator: str
    at: str = ""


def record_hash(record: Record) -> str:
    """Hash of a record's whole content, including source and confidence."""
    text = json.dumps(to_plain(record), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class Records:
    """Reads and writes the ledger's newest records, findings and decisions."""

    def __init__(self, ledger: Ledger) -> None:
        """Records of one ledger."""
        self._ledger = ledger
        self.packs = Packs(ledger)

    def replace_unit(self, unit: str, records: Sequence[Stored]) -> None:
        """Replace the records of a unit; records it no longer gives are removed.

        An unchanged record keeps its verdict.
        """
        self.replace_rows(unit, [_row(s, plain_data(s.record)) for s in records])

    def replace_rows(self, unit: str, rows: Sequence[RecordRow]) -> None:
        """As `replace_unit`, of records that are packed already."""
        with self._ledger.writing():
            keep = {row.record for row in rows}
            sql = "SELECT record, batch, grp, hash, station, language FROM records WHERE unit = ?"
            old = {r["record"]: tuple(r)[1:] for r in self._ledger.rows(sql, (unit,))}
            new = {r.record: (r.batch, r.group, r.hash, r.station, r.language) for r in rows}
            changed = [own for some in (old, new) for name, own in some.items() if old.get(name) != new.get(name)]
            _mark_changed(self._ledger, unit, changed)
            # By hand and not by deleting all: a record that stays must keep its verdict and where it is loaded.
            for record in (name for name in old if name not in keep):
                self._ledger.execute(f"DELETE FROM record_rows WHERE {record_sql.THAT}", (record,))
                self._ledger.execute("DELETE FROM findings WHERE record = ?", (record,))
            names, made = self._ledger.narrow_rows("records", record_sql.COLUMNS, rows)
            self._ledger.execute_many(record_sql.PUT.format(", ".join(names), ", ".join("?" * len(names))), made)

    def _parse_row(self, row: Any) -> Stored:
        return Stored(
            record=self.packs.record_of(row),
            unit=row["unit"],
            group=row["grp"],
            station=row["station"],
            language=row["language"],
            hash=row["hash"],
            verdict=row["verdict"],
            open=tuple(json.loads(row["open"])),
            loaded=row["loaded"],
            is_purged=is_emptied(row["data"]),
        )

    def _drop_purged(self, rows: Iterable[Any]) -> Iterator[Stored]:
        """Records with values."""
        return (self._parse_row(row) for row in rows if not is_emptied(row["data"]))

    def find(self, record: str) -> Stored | None:
        """The record of that id."""
        row = self._ledger.execute("SELECT * FROM records WHERE record = ?", (record,)).fetchone()
        return self._parse_row(row) if row else None

    def find_many(self, records: Sequence[str]) -> list[Stored]:
        """Existing ones of these records, in order, queried together."""
        marks = ", ".join("?" * len(records))
        rows = self._ledger.rows(f"SELECT * FROM records WHERE record IN ({marks})", records) if records else []
        found = {row["record"]: row for row in rows}
        return [self._parse_row(found[record]) for record in records if record in found]

    def each_of(self, records: Iterable[str]) -> Iterator[Stored]:
        """Those of these records that there are, in the order given, however many."""
        waiting = iter(records)
        while some := list(islice(waiting, _AT_ONCE)):
            yield from self.find_many(some)

    def of_unit(self, unit: str) -> list[Stored]:
        """Records of one page group or table chunk."""
        rows = self._ledger.rows("SELECT * FROM records WHERE unit = ? ORDER BY record", (unit,))
        return [self._parse_row(row) for row in rows]

    def count_unit(self, unit: str) -> int:
        """Number of records of one page group or table chunk."""
        return int(self._ledger.execute("SELECT COUNT(*) AS n FROM records WHERE unit = ?", (unit,)).fetchone()["n"])

    def of_group(self, group: str) -> list[Stored]:
        """Records of one station and year, without purged ones."""
        return list(
            self._drop_purged(self._ledger.rows("SELECT * FROM records WHERE grp = ? ORDER BY record", (group,)))
        )

    def of_batch(self, batch: str) -> Iterator[Stored]:
        """Records of one batch by id, without purged ones."""
        yield from self._drop_purged(
            self._ledger.stream_rows("SELECT * FROM records WHERE batch = ? ORDER BY record", (batch,))
        )

    def of_units(self, where: str, values: Iterable[object]) -> Iterator[Stored]:
        """Records selected by SQL, which may include an order; includes purged ones."""
        yield from map(self._parse_row, self._ledger.stream_rows(f"SELECT * FROM records WHERE {where}", values))

    def all(self, *, purged: bool = False) -> Iterator[Stored]:
        """All records by id. purged: include those without values, for counting."""
        # With a bound the index of the names is walked through, and nothing need be sorted.
        rows = self._ledger.stream_rows("SELECT * FROM records WHERE record > '' ORDER BY record")
        yield from map(self._parse_row, rows) if purged else self._drop_purged(rows)

    def of_row(self, record: str) -> list[Stored]:
        """A record and those of other forms made by the same row ("RECORD+NAME")."""
        sql = "SELECT * FROM records WHERE record = ? OR (record > ? AND record < ?) ORDER BY record"
        # "," comes next after "+": the range is every "RECORD+NAME", found by the key; LIKE would read the whole table.
        return [self._parse_row(r) for r in self._ledger.rows(sql, (record, f"{record}+", f"{record},"))]

    def mentioning(self, texts: Sequence[str], ends: Sequence[str] = ()) -> Iterator[Stored]:
        """Records whose stored text contains one of these, as encoded in JSON, by id.

        ends: for forms of an FIR only those whose group has this suffix ("|STATION|YEAR"), or is uncertain.
        """
        groups = self.groups_ending(ends) if ends else []
        near = record_sql.NEAR if self._ledger.is_current else record_sql.NEAR_BEFORE
        where = f"WHERE {near.format(', '.join('?' * len(groups)) or 'NULL')}" if ends else ""
        sql = f"SELECT * FROM records {where} ORDER BY record"
        wanted = [t.encode("utf-8") for t in texts]
        for row in self._ledger.stream_rows(sql, groups):
            data = self.packs.text(row["data"])
            # Looked for in the bytes: only what holds one is taken apart.
            if any(w in data for w in wanted) and not is_emptied(row["data"]):
                yield self._parse_row(row)

    def groups_ending(self, ends: Sequence[str]) -> list[str]:
        """Groups of certain stations and years, current or former, with that suffix, ignoring case."""
        small = tuple(e.casefold() for e in ends)
        rows = self._ledger.stream_rows(*record_sql.groups_of(small, is_narrow=self._ledger.is_current))
        return sorted(g for (g,) in map(tuple, rows) if g.casefold().endswith(small))

    def open_ones(self, where: str = "", values: Iterable[object] = ()) -> Iterator[Stored]:
        """Records in review or rejected, by id. where: SQL condition on their units, all if ""."""
        own = f" AND {where}" if where else ""
        sql = f"SELECT * FROM records WHERE verdict IN ('review', 'reject'){own} ORDER BY record"
        yield from map(self._parse_row, self._ledger.stream_rows(sql, values))

    def groups(self) -> list[str]:
        """The groups that there are, sorted."""
        return [r["grp"] for r in self._ledger.rows("SELECT DISTINCT grp FROM records ORDER BY grp")]

    def by_group(self) -> Iterator[Stored]:
        """All records with values, grouped by station and year."""
        yield from self._drop_purged(self._ledger.stream_rows("SELECT * FROM records ORDER BY grp, record"))

    def hashes_of_group(self, group: str) -> list[str]:
        """Records of a group, sorted, as "id:hash": the input of its check."""
        sql = "SELECT record, hash FROM records WHERE grp = ? ORDER BY record"
        return [f"{row['record']}:{row['hash']}" for row in self._ledger.rows(sql, (group,))]

    def packed_of_group(self, group: str) -> list[PackedRow]:
        """Stored records of one station and year, without purged ones."""
        sql = "SELECT record, form, batch, data FROM records WHERE grp = ? ORDER BY record"
        return [PackedRow(*r) for r in self._ledger.rows(sql, (group,)) if not is_emptied(r["data"])]

    def set_verdicts(self, verdicts: Mapping[str, Verdict], findings: Iterable[Finding]) -> None:
        """Replace the verdict, the open fields with their reasons, and the findings of these records."""
        sql = f"UPDATE record_rows SET verdict = ?, open = ?, reasons = ? WHERE {record_sql.THAT}"
        told = """INSERT INTO findings (record, field, code, severity, message) VALUES (?, ?, ?, ?, ?)
                  ON CONFLICT DO NOTHING"""
        with self._ledger.writing():
            self._ledger.execute_many("DELETE FROM findings WHERE record = ?", ((record,) for record in verdicts))
            rows = ((v.word, json.dumps(v.fields), json.dumps(v.reasons), record) for record, v in verdicts.items())
            self._ledger.execute_many(sql, rows)
            self._ledger.execute_many(told, ((f.record, f.field, f.code, f.severity, f.message) for f in findings))
            _mark_checked(self._ledger, verdicts)

    def findings(self, record: str) -> list[Finding]:
        """Findings of one record."""
        rows = self._ledger.rows(
            "SELECT record, field, code, severity, message FROM findings WHERE record = ? ORDER BY field, code",
            (record,),
        )
        return [Finding(**dict(r)) for r in rows]

    def set_loaded(self, batch: str, load: str) -> None:
        """Record that the target now holds exactly the clean records of this batch, under that load."""
        with self._ledger.writing():
            number = self._ledger.number("names", load) if load else 0
            self._ledger.execute(record_sql.LOADED, (number, batch))
            _mark_batch(self._ledger, batch)

    def set_data(self, rows: Iterable[tuple[bytes, str]]) -> None:
        """Replace the content of records: (data, record)."""
        self._ledger.execute_many(f"UPDATE record_rows SET data = ? WHERE {record_sql.THAT}", rows)

    def insert_decision(self, decision: Decision, at: str) -> None:
        """Add a decision; earlier ones stay in the history."""
        values = {**asdict(decision), "at": at}
        names, marks = ", ".join(values), ", ".join("?" * len(values))
        with self._ledger.writing():
            self._ledger.execute(f"INSERT INTO decisions ({names}) VALUES ({marks})", values.values())
            _mark_decided(self._ledger, decision.record)

    def decisions(self, record: str) -> dict[str, Decision]:
        """Field -> the newest decision on it."""
        return self.decisions_on([record]).get(record, {})

    def decisions_on(self, records: Sequence[str]) -> dict[str, dict[str, Decision]]:
        """Record -> field -> the newest decision on it, of some hundreds of records at most."""
        sql = f"SELECT * FROM decisions WHERE record IN ({', '.join('?' * len(records))}) ORDER BY seq"
        return _by_record(self._ledger.rows(sql, records) if records else ())

    def decisions_of(self, unit: str) -> dict[str, dict[str, Decision]]:
        """Record -> field -> newest decision, for records that start in one unit."""
        sql = "SELECT * FROM decisions WHERE record > ? AND record < ? ORDER BY seq"
        # "s" comes next after "r": the range holds every record "UNIT-r...", found by the index.
        return _by_record(self._ledger.rows(sql, (f"{unit}-r", f"{unit}-s")))

    def entry_words(self, files: Sequence[str]) -> list[Decision]:
        """Answers on names offered for the lists in these files."""
        sql = f"SELECT * FROM decisions WHERE record IN ({', '.join('?' * len(files))}) ORDER BY seq"
        return [_decision(r) for r in self._ledger.rows(sql, files)]

    def decided_units(self) -> dict[str, dict[str, dict[str, Decision]]]:
        """Unit of the record's beginning (the part of its id before "-r") -> record -> field -> decision."""
        found: dict[str, dict[str, dict[str, Decision]]] = {}
        for record, cells in _by_record(self._ledger.rows("SELECT * FROM decisions ORDER BY seq")).items():
            found.setdefault(record.rpartition("-r")[0], {})[record] = cells
        return found


def _by_record(rows: Iterable[Any]) -> dict[str, dict[str, Decision]]:
    """Record -> field -> newest decision, unless withdrawn. rows: in the order of seq."""
    found: dict[str, dict[str, Decision]] = {}
    for row in rows:
        found.setdefault(row["record"], {})[row["field"]] = _decision(row)
    return {record: {f: d for f, d in cells.items() if d.verdict != UNDONE} for record, cells in found.items()}


def _decision(row: Any) -> Decision:
    values = dict(row)
    values.pop("seq")
    return Decision(**values)


def _row(s: Stored, data: bytes) -> RecordRow:
    r = s.record
    return RecordRow(r.id, s.unit, r.batch, s.station, s.language, s.group, r.form, s.hash, data)


def _mark_changed(ledger: Ledger, unit: str, changed: Iterable[tuple[str, ...]]) -> None:
    """Mark changes of a unit's records as dirty.

    changed: for each, before and after, the batch, group, and other keys of counts and checks.
    """
    for batch, group, *_ in changed:
        ledger.mark_unit(COUNT, unit)
        ledger.mark(CHECK, group)
        ledger.mark(LOAD, batch)


def _mark_checked(ledger: Ledger, records: Iterable[str]) -> None:
    """Records have a verdict."""
    for record in records:
        for row in ledger.rows("SELECT unit, batch FROM records WHERE record = ?", (record,)):
            ledger.mark_unit(COUNT, row["unit"])
            ledger.mark(LOAD, row["batch"])


def _mark_batch(ledger: Ledger, batch: str) -> None:
    """Records of a batch are loaded, or no longer."""
    for row in ledger.rows("SELECT DISTINCT unit FROM records WHERE batch = ?", (batch,)):
        ledger.mark_unit(COUNT, row["unit"])


def _mark_decided(ledger: Ledger, name: str) -> None:
    """Mark a decision on a record, on a row without one (UNIT-r12), or on a page as dirty."""
    found = ledger.execute("SELECT unit FROM records WHERE record = ?", (name,)).fetchone()
    part = ledger.part_of(found["unit"] if found else name)
    if found is None and part.startswith("table:") and "-r" in name:
        part = ledger.part_of(name.rpartition("-r")[0])
    ledger.mark(MAP, part)
    ledger.mark(COUNT, part)
