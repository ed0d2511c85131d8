"""Names of places that people typed and no list has: each is offered for its list once, and then counts as an entry."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from digitize.machine.csv_cells import safe
from digitize.workspace.decisions.words import ENTRY
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision, Records, Stored
from digitize.workspace.ledger.verdict import OPERATOR
from mappers.codes import CodeList
from mappers.record import Record

ADD, LEAVE = "add", "leave out"
ENTRY_WORDS = (ADD, LEAVE)
PLACE_LISTS = {"police_station": "station", "district": "district"}
"""Field -> the list of places that it is of."""
LIST_FILES = tuple(f"lists/{name}s.csv" for name in PLACE_LISTS.values())
"""What stands for the record where such a name is asked about."""
_COLUMNS = {"station": "station,district,aliases,district_aliases\n", "district": "district,aliases\n"}


@dataclass(frozen=True, slots=True)
class Typed:
    """A name that a person typed. list: where it is missing; district: that of a station, "" where it is not known.

    count: in how many records.
    """

    list: str
    name: str
    district: str
    count: int

    @property
    def file(self) -> str:
        """The list, as it lies in a workspace."""
        return f"lists/{self.list}s.csv"

    @property
    def cell(self) -> str:
        """The place that a word on it is kept under."""
        return f"{ENTRY}:{self.list}/{self.name}"


def find_typed(ledger: Ledger, lists: Mapping[str, CodeList]) -> list[Typed]:
    """The typed names that are in no list and of which nobody has said yet whether they belong there."""
    asked = {d.field for d in Records(ledger).entry_words()}
    found: dict[str, Typed] = {}
    for stored in _settled(ledger):
        for one in _typed_in(stored.record, lists):
            before = found.get(one.cell)
            found[one.cell] = replace(before, count=before.count + 1) if before else one
    return [one for cell, one in found.items() if cell not in asked]


def _settled(ledger: Ledger) -> Iterator[Stored]:
    """The records of which a person settled something, and those on the same page, which that may hold for as well."""
    records = Records(ledger)
    names = (r["record"] for r in ledger.each("SELECT DISTINCT record FROM decisions ORDER BY record"))
    # A record is called after its page: PAGE-r1. Of a table's rows each is asked for by itself.
    for unit, own in groupby(names, key=lambda name: name.rpartition("-r")[0]):
        decided = list(own)
        on_page = records.of_unit(unit)
        yield from (s for s in on_page or records.each_of(decided) if not s.is_purged)


def _typed_in(record: Record, lists: Mapping[str, CodeList]) -> Iterator[Typed]:
    values = dict(record.cells())
    district = values["district"].value if "district" in values else ""
    for path, name in PLACE_LISTS.items():
        value = values.get(path)
        if (
            value is not None
            and value.value
            and value.by.startswith(OPERATOR)
            and lists[name].find(value.value) is None
        ):
            yield Typed(name, value.value, (district or "") if name == "station" else "", 1)


def add_entry(own_lists: tuple[Path, Path], decision: Decision) -> None:
    """Add a name to the workspace's own list when a person said so.

    own_lists: of stations and districts. decision: a word on a name that was typed.
    """
    name, _, entry = decision.field.partition(":")[2].partition("/")
    if decision.value != ADD:
        return
    path = dict(zip(("station", "district"), own_lists, strict=True))[name]
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else _COLUMNS[name]
    head = next((line for line in text.splitlines() if not line.startswith("#")), "")
    row = {name: entry, **({"district": decision.reading} if name == "station" else {})}
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerow([safe(row.get(c.strip(), "")) for c in head.split(",")])
    part = path.with_suffix(".part")
    part.write_text(text.rstrip("\n") + "\n" + out.getvalue(), encoding="utf-8")
    part.replace(path)
