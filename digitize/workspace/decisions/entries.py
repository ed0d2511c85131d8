"""Place names typed by people and missing in the lists: each is offered for its list once, and then is an entry."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

from digitize.machine.csv_cells import safe
from digitize.workspace.decisions.typed_names import PLACE_LISTS, Typed, list_typed_names
from digitize.workspace.ledger import Ledger
from digitize.workspace.ledger.records import Decision, Records
from mappers.codes import CodeList

__all__ = ["ADD", "ENTRY_WORDS", "LEAVE", "LIST_FILES", "PLACE_LISTS", "Typed", "add_entry", "find_typed"]

ADD, LEAVE = "add", "leave out"
ENTRY_WORDS = (ADD, LEAVE)
LIST_FILES = tuple(f"lists/{name}s.csv" for name in PLACE_LISTS.values())
"""What stands for the record where such a name is asked about."""
_COLUMNS = {"station": "station,district,aliases,district_aliases\n", "district": "district,aliases\n"}


def find_typed(ledger: Ledger, lists: Mapping[str, CodeList]) -> list[Typed]:
    """Typed names in no list, not decided yet."""
    asked = {d.field for d in Records(ledger).entry_words(LIST_FILES)}
    found = (one for one in list_typed_names(ledger) if one.cell not in asked)
    return [one for one in found if lists[one.list].find(one.name) is None]


def add_entry(own_lists: tuple[Path, Path], decision: Decision) -> None:
    """Add a name to the workspace's own list after a person's approval.

    own_lists: of stations and districts. decision: on a typed name.
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
