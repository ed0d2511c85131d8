"""Tables replaced by a newer delivery: withdraw their records and carry people's answers over to the newer rows.

The newer delivery must be mapped first; until then the older one counts, so no record is missing in between.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from digitize.machine.work_keys import work_key
from digitize.workspace.decisions.places import COLUMN, FIELD, cell_of
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.catalogue import Catalogue, TableUnit
from digitize.workspace.ledger.records import Records, Stored
from mappers.record import Record

_Identity = tuple[object, ...]
_IDENTITY = ("state", "district", "police_station", "year", "fir_no")
_OF_TABLE = "unit > ? AND unit < ? ORDER BY record"
_CHUNKS = """SELECT unit FROM state WHERE step = 'map' AND unit > ? AND unit < ?
  UNION SELECT unit FROM records WHERE unit > ? AND unit < ? ORDER BY unit"""


def replaced_key(newer: str) -> str:
    """Key of withdrawing a table. newer: SHA-256 of its replacement."""
    return work_key("map", "replaced", newer)


def take_out(ledger: Ledger, old: TableUnit, newer: str) -> None:
    """Withdraw the records of a table in one transaction. newer: SHA-256 of its replacement, already mapped."""
    tables = [t for t in Catalogue(ledger).tables() if t.sha256 == newer]
    key = replaced_key(newer)
    with ledger.writing():
        answers, carried = _carry_over(ledger, old, _counterpart(old, tables))
        # The unit of a chunk is TABLE:NUMBER; ";" comes next after ":".
        ends = f"{old.unit}:", f"{old.unit};"
        for chunk in [r["unit"] for r in ledger.rows(_CHUNKS, (*ends, *ends))]:
            Records(ledger).replace_unit(chunk, [])
            # Or it would be taken for mapped if the newer delivery is taken back.
            ledger.finish(chunk, "map", key, {}, {"rows": 0, "records": 0, "reported": 0})
        detail = {"rows": 0, "records": 0, "replaced_by": newer, "answers": answers, "carried": carried}
        ledger.finish(old.unit, "map", key, detail, detail)


def _counterpart(old: TableUnit, tables: Sequence[TableUnit]) -> TableUnit | None:
    """The newer version of a table: the one of the same name, or the only one."""
    named = [t for t in tables if t.name.casefold() == old.name.casefold()]
    found = named or tables
    return found[0] if len(found) == 1 else None


def _carry_over(ledger: Ledger, old: TableUnit, newer: TableUnit | None) -> tuple[int, int]:
    """Carry decisions over to the same row of the newer table if the cell is unchanged.

    Returns the number of answers, and how many of them were carried over.
    """
    records = Records(ledger)
    decided = records.decisions_of(old.unit)
    answers, carried = sum(map(len, decided.values())), 0
    if newer is None:
        return answers, 0
    for before, after in _pairs(records, old, newer, decided):
        was, now = _texts(before.record), _texts(after.record)
        there = records.decisions(after.record.id)
        for cell, decision in decided[before.record.id].items():
            if now.get(cell, "") not in (decision.reading, was.get(cell)):
                continue
            carried += 1
            if cell not in there:
                own = replace(decision, record=after.record.id, source=newer.sha256)
                records.insert_decision(own, decision.at)
    return answers, carried


def _pairs(
    records: Records, old: TableUnit, newer: TableUnit, decided: Mapping[str, object]
) -> Iterator[tuple[Stored, Stored]]:
    """Pairs of decided and newer records of the same row: by number if the texts agree, else by identity."""
    others: list[Stored] = []
    for before in records.each_of(decided):
        after = records.find(f"{newer.unit}{before.record.id.removeprefix(old.unit)}")
        if after is not None and after.record.form == before.record.form and _agree(before.record, after.record):
            yield before, after
        else:
            others.append(before)
    wanted = {_identity(b.record) for b in others}
    if not wanted:
        return
    olds, news = (_by_identity(records, table, wanted) for table in (old, newer))
    for before in others:
        own = _identity(before.record)
        # Two rows that say the same are not told apart: what was settled of one is not guessed to be of the other.
        if len(olds.get(own, ())) == 1 and len(found := news.get(own, [])) == 1:
            yield from ((before, after) for after in records.find_many(found))


def _by_identity(records: Records, table: TableUnit, wanted: set[_Identity]) -> dict[_Identity, list[str]]:
    found: dict[_Identity, list[str]] = {}
    for stored in records.of_units(_OF_TABLE, (f"{table.unit}:", f"{table.unit};")):
        if (own := _identity(stored.record)) in wanted:
            found.setdefault(own, []).append(stored.record.id)
    return found


def _identity(record: Record) -> _Identity:
    """Identity of a record within its table: its FIR number, or else all texts."""
    raws = [record.fields[n].raw if n in record.fields else "" for n in _IDENTITY]
    return (record.form, *raws) if raws[-1] else (record.form, *sorted(_texts(record).items()))


def _agree(one: Record, other: Record) -> bool:
    """Whether two records may come from one row: all fields in both tables agree."""
    was, now = _texts(one), _texts(other)
    return all(not text or cell.startswith(f"{FIELD}:") or now.get(cell) == text for cell, text in was.items())


def _texts(record: Record) -> dict[str, str]:
    """Cell -> its text as the table has it."""
    left = {f"{COLUMN}:{name}": text for name, text in record.left_over.items()}
    return {**{cell_of(path, value): value.raw for path, value in record.cells()}, **left}
