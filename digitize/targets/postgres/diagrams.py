"""Tables of a target as diagrams for docs/er.md, written by `python tools/docs.py`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from digitize.targets.postgres.definition import TableDef
from digitize.targets.postgres.exchange_tables import EXCHANGE
from digitize.targets.postgres.masters import MASTERS
from digitize.targets.postgres.search_tables import SEARCH_TABLES
from digitize.targets.postgres.tables import BOOKS, define_tables
from digitize.targets.postgres.views import FIR_OF, fir_forms
from mappers.schema import load_schemas

_HEAD = f"""# The tables of a PostgreSQL target

This page is made from the definition of the tables (`python tools/docs.py`); do not edit it by hand.

Boxes hold the columns of keys, indexes and ranges; what else a table has is counted. All columns of the forms stand in
[schema](schema.md). Each line is a foreign key. `line` counts the rows of a record in a child table, and `person_line`
names a row of the record's persons. `of_line` names a row of the table in `of_table`, so it has no key; a rule (T028)
looks at it. A record leads to its FIR by the view `{FIR_OF}`, not by a key: FIRs may be loaded later.
"""
_FOREIGN = re.compile(r"FOREIGN KEY \(([^)]*)\) REFERENCES (\w+)")
_KEYS = re.compile(r"\(([^()]*)\)")


def er_page() -> str:
    """The text of docs/er.md."""
    schemas = load_schemas()
    forms = sorted(schemas, key=lambda form: (not form.startswith("iif"), form))
    parts = [_HEAD, *_part("Masters", list(MASTERS)), *_part("The target's own books", list(BOOKS)),
             *_part("What is searched", list(SEARCH_TABLES)), *_part("What is exchanged", list(EXCHANGE))]  # fmt: skip
    for form in forms:
        parts += _part(form, list(schemas[form]))
    to_fir = [f'    iif1 o|..o{{ {form} : "{FIR_OF}"' for form in fir_forms()]
    parts += ["## From a record to its FIR\n", "```mermaid", "erDiagram", *to_fir, "```"]
    return "\n".join(parts) + "\n"


def _part(title: str, names: Sequence[str]) -> Iterator[str]:
    yield from (f"## {title}\n", "```mermaid", "erDiagram")
    for name in names:
        yield from _box(name, define_tables()[name])
    for name in names:
        yield from _lines(name, define_tables()[name])
    yield "```\n"


def _box(name: str, table: TableDef) -> Iterator[str]:
    marks = _marks(table)
    yield f"    {name} {{"
    for column, kind in table.columns.items():
        if column in marks:
            words = f" {', '.join(marks[column])}" if marks[column] else ""
            yield f"        {kind.split()[0].partition('(')[0]} {column}{words}"
    more = len(table.columns) - len(marks)
    if more:
        yield f'        more columns "{more}"'
    yield "    }"


def _marks(table: TableDef) -> Mapping[str, Sequence[str]]:
    """Column -> PK, FK, UK if it is part of one; columns that are only indexed have none."""
    found: dict[str, list[str]] = {c: [] for c in table.columns}
    named = set()
    for body in (*table.constraints.values(), *table.indexes.values()):
        words = _KEYS.search(body)
        columns = re.findall(r"\w+", words[1]) if words else []
        sign = next((s for b, s in (("PRIMARY", "PK"), ("FOREIGN", "FK"), ("UNIQUE", "UK")) if body.startswith(b)), "")
        for column in (c for c in columns if c in found):
            named.add(column)
            if sign and sign not in found[column]:
                found[column].append(sign)
    return {c: found[c] for c in table.columns if c in named}


def _lines(name: str, table: TableDef) -> Iterator[str]:
    for body in table.constraints.values():
        if foreign := _FOREIGN.match(body):
            columns = foreign[1].split(", ")
            kind = table.columns[columns[-1]]
            yield f'    {foreign[2]} {"||" if "NOT NULL" in kind else "o|"}--o{{ {name} : "{", ".join(columns)}"'
