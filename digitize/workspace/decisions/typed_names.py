"""Cache of typed place names per part of the ledger: only dirty parts are read again.

All typed names are stored, listed or not, since lists change more often. They are compared with the current lists
without opening records.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from itertools import islice

from digitize import __version__
from digitize.workspace.decisions.special_questions import ENTRY
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.dirty_parts import TYPED, clear_marks, list_dirty, newest_event
from digitize.workspace.ledger.part_cache import read_text, write_texts
from digitize.workspace.ledger.records import Records, Stored
from digitize.workspace.ledger.verdict import OPERATOR
from mappers.record import Record

PLACE_LISTS = {"police_station": "station", "district": "district"}
"""Field -> the list of places that it is of."""
_BASIS = f"1 {__version__}"
"""Changed when other names are found in the same records."""
_LOOKED = f"{TYPED}:"
"""Under this name it lies that all was looked at, and by which program."""
_KEPT = f"part > '{_LOOKED}' AND part < '{TYPED};'"
_AT_ONCE = 500
# A record is called after its page, or its table: PAGE-r1. "s" comes next after "r".
_NAMED = "record > {0} || '-r' AND record < {0} || '-s'"
_SETTLED_ON = f"""SELECT page FROM (SELECT DISTINCT page FROM scans WHERE volume = ?) p
  WHERE EXISTS (SELECT 1 FROM decisions WHERE {_NAMED.format("p.page")}) ORDER BY page"""
_DECIDED = f"SELECT DISTINCT record FROM decisions WHERE {_NAMED.format('CAST(? AS TEXT)')} ORDER BY record"


@dataclass(frozen=True, slots=True)
class Typed:
    """A typed name. list: it belongs to; district: of a station, "" if unknown.

    count: number of records.
    """

    list: str
    name: str
    district: str
    count: int

    @property
    def file(self) -> str:
        """File of the list in a workspace."""
        return f"lists/{self.list}s.csv"

    @property
    def cell(self) -> str:
        """Place under which an answer is stored."""
        return f"{ENTRY}:{self.list}/{self.name}"


def list_typed_names(ledger: Ledger) -> list[Typed]:
    """Each name once, in order of volumes and tables. Newly computed parts are stored if possible.

    Memory: the names, and the records of a page.
    """
    seq, has_marks = newest_event(ledger), ledger.is_current
    is_known = has_marks and read_text(ledger, _LOOKED) == _BASIS
    changed = list_dirty(ledger, TYPED) if has_marks else []
    # The first time by what was ever settled: of most parts that is nothing.
    new = {part: tuple(_typed_in_part(ledger, part)) for part in (changed if is_known else _parts_settled(ledger))}
    found = {**(_read_cache(ledger) if is_known else {}), **new}
    if has_marks and ledger.can_write and (new or not is_known):
        _write_cache(ledger, new, changed, seq)
    return list(_sum_counts(one for part in sorted(found, key=_place) for one in found[part]))


def _read_cache(ledger: Ledger) -> dict[str, Sequence[Typed]]:
    rows = ledger.stream_rows(f"SELECT part, data FROM tallies WHERE {_KEPT}")
    return {r["part"].removeprefix(_LOOKED): [Typed(*one) for one in json.loads(r["data"])] for r in rows}


def _write_cache(ledger: Ledger, new: Mapping[str, Sequence[Typed]], changed: Iterable[str], seq: int) -> None:
    """Writes in small transactions of some hundreds of parts; completeness is recorded last."""
    is_known = read_text(ledger, _LOOKED) == _BASIS
    if not is_known:
        with ledger.writing():
            ledger.execute(f"DELETE FROM tallies WHERE {_KEPT}")
    parts = iter(new)
    while some := list(islice(parts, _AT_ONCE)):
        with ledger.writing():
            ledger.execute_many("DELETE FROM tallies WHERE part = ?", [(f"{_LOOKED}{part}",) for part in some])
            told = {part: [astuple(one) for one in new[part]] for part in some if new[part]}
            write_texts(ledger, {f"{_LOOKED}{part}": json.dumps(own) for part, own in told.items()})
    with ledger.writing():
        clear_marks(ledger, TYPED, changed, seq)
        write_texts(ledger, {} if is_known else {_LOOKED: _BASIS})


def _place(part: str) -> tuple[bool, int, str]:
    kind, _, name = part.partition(":")
    return kind != "volume", int(name) if kind == "volume" else 0, name


def _parts_settled(ledger: Ledger) -> list[str]:
    """Parts with decisions."""
    names = ledger.stream_rows("SELECT DISTINCT record FROM decisions ORDER BY record")
    units = dict.fromkeys(r["record"].rpartition("-r")[0] for r in names)
    return list(dict.fromkeys(ledger.part_of(unit) for unit in units if unit))


def _typed_in_part(ledger: Ledger, part: str) -> Iterator[Typed]:
    kind, _, name = part.partition(":")
    units = [r["page"] for r in ledger.rows(_SETTLED_ON, (int(name),))] if kind == "volume" else [name]
    yield from _sum_counts(
        one for unit in units for stored in _iter_settled(ledger, unit) for one in find_typed_in(stored.record)
    )


def _iter_settled(ledger: Ledger, unit: str) -> Iterator[Stored]:
    """Records with decisions, and those on the same page, which these may affect."""
    records = Records(ledger)
    decided = (r["record"] for r in ledger.stream_rows(_DECIDED, (unit, unit)))
    # Of a table's rows each is asked for by itself.
    yield from (s for s in records.of_unit(unit) or records.each_of(decided) if not s.is_purged)


def find_typed_in(record: Record) -> Iterator[Typed]:
    """Typed place names in a record, each once."""
    values = dict(record.cells())
    district = values["district"].value if "district" in values else ""
    for path, name in PLACE_LISTS.items():
        value = values.get(path)
        if value is not None and value.value and value.by.startswith(OPERATOR):
            yield Typed(name, value.value, (district or "") if name == "station" else "", 1)


def _sum_counts(typed: Iterable[Typed]) -> Iterator[Typed]:
    found: dict[str, Typed] = {}
    for one in typed:
        before = found.get(one.cell)
        found[one.cell] = replace(before, count=before.count + one.count) if before else one
    yield from found.values()
