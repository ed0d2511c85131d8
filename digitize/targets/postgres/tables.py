"""Tables of a PostgreSQL target: those of the schema, and the target's books."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from digitize.targets.postgres.definition import Definition, TableDef
from digitize.targets.postgres.exchange_tables import EXCHANGE
from digitize.targets.postgres.masters import MASTERS
from digitize.targets.postgres.search_tables import SEARCH_TABLES
from digitize.targets.value_checks import DEGREES, never_empty
from mappers.schema import Table, load_schemas
from mappers.schema.links import PERSON_LINE, row_references
from mappers.schema.parts.table import Column

VERSION = 3
# Codes are texts without checks or keys to the masters: every rule on a list may be confirmed by a person or let pass
# with a note (`validators/policy`), and lists grow.
TYPES: Mapping[str, str] = {
    "int": "bigint", "year": "smallint", "date": "date", "time": "time(0)", "money": "numeric", "decimal": "numeric",
}  # fmt: skip
_COUNTED = ("int", "money", "decimal")
# What is searched for, besides the keys. By bytes: enough for = and for what a name begins with, in any language.
_SEARCHED: Mapping[str, Sequence[str]] = {
    "persons": ("name_roman",), "vehicles": ("registration_no",), "vehicle": ("registration_no",),
}  # fmt: skip
_DAYS = {
    "iif1": ("fir_date", "occurrence_from"), "iif3": ("arrest_date",), "missing": ("missing_from_date",),
    "uidb": ("found_date",), "iif5": ("report_date",), "po": ("warrant_date",),
}  # fmt: skip
# Ids are compared byte by byte, whatever language the database sorts by: an index is then smaller work.
_ID = 'text COLLATE "C" NOT NULL'
# Nearly all rows of an index are alike in these: they are compared last, which halves the time to sort it.
_ALIKE = ("district", "state")
BOOKS = (
    "meta", "loads", "deliveries", "load_settings", "record_history", "rejects", "field_origin", "flags",
    "upgrade_findings",
)  # fmt: skip


@cache
def define_tables() -> Definition:
    """All tables, a form's own before its child tables."""
    tables = {**MASTERS, **_BOOKS, **SEARCH_TABLES, **EXCHANGE}
    for of_form in load_schemas().values():
        for table in sorted(of_form.values(), key=lambda t: t.child != ""):
            tables[table.name] = _child(table, next(iter(of_form))) if table.child else _define_record_table(table)
    return tables


def _define_record_table(table: Table) -> TableDef:
    name = table.name
    # For undoing, and for what a batch holds. BRIN would search rows that vacuum has not seen one by one.
    indexes = {f"{name}_load": "(load_id)"}
    if table.key:
        indexes[f"{name}_key"] = f"UNIQUE ({', '.join(sorted(table.key, key=_ALIKE.__contains__))})"
    indexes |= {f"{name}_{c}": f"({c})" for c in _DAYS.get(name, ())}
    return TableDef(
        {
            "record_id": _ID,
            "load_id": "uuid NOT NULL",
            "row_hash": "uuid NOT NULL",
            **_values(table),
        },
        # NOT NULL alone lets an empty text pass.
        {
            f"{name}_pkey": "PRIMARY KEY (record_id)",
            f"{name}_id": "CHECK (record_id <> '')",
            **_checks(table),
            f"{name}_loaded": _LOADED,
        },
        {**indexes, **_searches(table)},
        {
            "": _title(table),
            "record_id": "Id of the record, which ties the rows of its tables together.",
            "load_id": "The load that wrote this version; see the table loads.",
            "row_hash": "Hash of the record's content with its child rows.",
            **_labels(table),
        },
    )


def _child(table: Table, form: str) -> TableDef:
    name = table.name
    return TableDef(
        {"record_id": _ID, "line": "integer NOT NULL", **_values(table)},
        {
            f"{name}_pkey": "PRIMARY KEY (record_id, line)",
            f"{name}_line": "CHECK (line > 0)",
            **_checks(table),
            f"{name}_record": f"FOREIGN KEY (record_id) REFERENCES {form} (record_id)",
            **_references(table, form),
        },
        _searches(table),
        {
            "": _title(table),
            "record_id": f"The record in {form}.",
            "line": "Place of the row among the record's rows, from 1.",
            **_labels(table),
        },
    )


def _references(table: Table, form: str) -> dict[str, str]:
    """The person that a row refers to. `of_line` has no key: another column says which table it means."""
    return {
        f"{table.name}_person": f"FOREIGN KEY (record_id, {PERSON_LINE}) REFERENCES {link.of} (record_id, line)"
        for link in row_references(form)
        if link.table == table.name and not link.named_by
    }


def _searches(table: Table) -> dict[str, str]:
    names = _SEARCHED.get(table.child or table.name, ())
    return {f"{table.name}_{n}": f"({n} text_pattern_ops)" for n in names if n in table.by_name}


def _values(table: Table) -> dict[str, str]:
    return {c.name: "numeric" if c.name in DEGREES else TYPES.get(c.kind, "text") for c in table.columns}


def _checks(table: Table) -> dict[str, str]:
    """Numbers are counts and sums, never negative; a year has at most four digits."""
    years = [f"{c.name} BETWEEN 1 AND 9999" for c in table.columns if c.kind == "year"]
    counts = [f"{c.name} >= 0" for c in table.columns if c.kind in _COUNTED]
    degrees = [f"{n} BETWEEN -{most} AND {most}" for n, most in DEGREES.items() if n in table.by_name]
    there = [f"{n} IS NOT NULL" for n in never_empty(table)]
    made = {f"{table.name}_{what}": parts for what, parts in
            (("years", years), ("counts", counts), ("degrees", degrees), ("key_there", there))}  # fmt: skip
    return {name: f"CHECK ({' AND '.join(parts)})" for name, parts in made.items() if parts}


def _title(table: Table) -> str:
    return (table.model.__doc__ or "").strip().partition("\n")[0]


def _labels(table: Table) -> dict[str, str]:
    return {c.name: _label(c) for c in table.columns}


def _label(column: Column) -> str:
    parts = [column.label, f"item {column.item}" if column.item else "", f"list {column.codes}" if column.codes else ""]
    return "; ".join(p for p in parts if p)


# A look-up for each record, not for each row: child rows hang on their record.
_LOADED = "FOREIGN KEY (load_id) REFERENCES loads (load_id)"
_TEXT, _STAMP = "text NOT NULL", "timestamptz NOT NULL DEFAULT now()"
_BOOKS: Definition = {
    "meta": TableDef(
        {"key": _TEXT, "value": "jsonb NOT NULL"},
        {"meta_pkey": "PRIMARY KEY (key)"},
        comments={"": "Version and definition of these tables, as `digitize target init` made them."},
        owner_only=True,
    ),
    "loads": TableDef(
        {
            "seq": "bigint GENERATED ALWAYS AS IDENTITY",
            "load_id": "uuid NOT NULL",
            "batch": _TEXT,
            "state": "text NOT NULL DEFAULT 'loaded'",
            "receipt": "jsonb NOT NULL",
            "source": "jsonb NOT NULL DEFAULT '{}'",
            "at": _STAMP,
            "role": "text NOT NULL DEFAULT session_user",
            "undone_at": "timestamptz",
            "undone_why": "text",
        },
        {"loads_pkey": "PRIMARY KEY (load_id)", "loads_state": "CHECK (state IN ('loaded', 'undone'))"},
        {"loads_batch": "(batch, seq)"},
        {"": "One row a load that was committed; the load's id is made from its content."},
    ),
    "record_history": TableDef(
        {
            "history_id": "bigint GENERATED ALWAYS AS IDENTITY",
            "record_id": _ID,
            "form": _TEXT,
            "load_id": "uuid NOT NULL",
            "row_hash": "uuid NOT NULL",
            "record": "jsonb NOT NULL",
            "replaced_by": "uuid NOT NULL",
            "why": _TEXT,
            "at": _STAMP,
        },
        {
            "record_history_pkey": "PRIMARY KEY (history_id)",
            "record_history_why": "CHECK (why IN ('updated', 'withdrawn'))",
            "record_history_loaded": _LOADED,
            "record_history_replacing": "FOREIGN KEY (replaced_by) REFERENCES loads (load_id)",
        },
        {
            "record_history_record": "(record_id)",
            "record_history_load": "(load_id)",
            "record_history_replaced": "(replaced_by)",
        },
        {
            "": "Versions of records that a later load changed or withdrew.",
            "load_id": "The load that wrote this version.",
            "replaced_by": "The load that took it out.",
        },
    ),
    "rejects": TableDef(
        {
            "reject_id": "bigint GENERATED ALWAYS AS IDENTITY",
            "load_id": "uuid NOT NULL",
            "batch": _TEXT,
            "form": _TEXT,
            "record_id": _TEXT,
            "word": _TEXT,
            "file": "text NOT NULL DEFAULT ''",
            "line": "bigint NOT NULL DEFAULT 0",
            # json, not jsonb, which takes no \u0000: what was refused is kept as it was.
            "record": "json NOT NULL",
            "findings": "json NOT NULL",
            "state": "text NOT NULL DEFAULT 'open'",
            "settled_by": "uuid",
            "trail": "jsonb NOT NULL DEFAULT '[]'",
            "at": _STAMP,
            "source_row": "text NOT NULL DEFAULT ''",
            "delivery": "bigint NOT NULL DEFAULT 0",
            "settings": "text NOT NULL DEFAULT ''",
        },
        {
            "rejects_pkey": "PRIMARY KEY (reject_id)",
            "rejects_loaded": _LOADED,
            "rejects_word": "CHECK (word IN ('reject', 'review'))",
            "rejects_state": ("CHECK (state IN ('open', 'corrected', 'replayed', 'dropped', 'undone', 'settled'))"),
        },
        {
            "rejects_load": "(load_id)",
            "rejects_batch": "(batch)",
            "rejects_row": "(source_row)",
            "rejects_record": "(form, record_id)",
            "rejects_settled": "(settled_by)",
        },
        {
            "": "Records that were not loaded, whole, with what the rules say of them.",
            "word": "reject: refused; review: a person must confirm it.",
            "trail": "What people did about it: when, who, what it was before.",
            "source_row": "Name of the row, made of its content as it was refused first; one open entry each.",
            "delivery": "Number of the newest delivery that brought the row; see the table deliveries.",
            "settings": "Settings of the rules that refused it; see the table load_settings.",
            "settled_by": "The load that brought the record, or the newer one that overtook it.",
        },
    ),
    "deliveries": TableDef(
        {"number": "bigint GENERATED ALWAYS AS IDENTITY", "input": _TEXT, "at": _STAMP},
        {"deliveries_pkey": "PRIMARY KEY (number)", "deliveries_input": "UNIQUE (input)"},
        comments={"": "Deliveries in the order in which they came first; the same content again is the same one."},
    ),
    "load_settings": TableDef(
        {"key": _TEXT, "settings": "jsonb NOT NULL"},
        {"load_settings_pkey": "PRIMARY KEY (key)"},
        comments={"": "By which rules, lists and severities loads were asked; replay asks the same."},
    ),
    "flags": TableDef(
        {
            **{"record_id": _ID, "form": _TEXT, "child": "text NOT NULL DEFAULT ''"},
            **{"line": "integer NOT NULL DEFAULT 0", "field": _TEXT, "code": _TEXT, "word": _TEXT},
            "load_id": "uuid NOT NULL",
        },
        {"flags_word": "CHECK (word IN ('note', 'review', 'reject'))"},
        {"flags_record": "(record_id)", "flags_code": "(code)"},
        {
            "": "What the rules note of records that are loaded all the same.",
            "child": "The table of rows that is meant, empty for the record itself.",
            "line": "The row in it.",
            "load_id": "The load that asked.",
        },
    ),
    "upgrade_findings": TableDef(
        {
            **{"table_name": _TEXT, "record_id": _ID, "line": "integer NOT NULL DEFAULT 0", "name": _TEXT},
            **{"value": "text", "state": _TEXT, "at": _STAMP, "role": "text NOT NULL DEFAULT session_user"},
        },
        {"upgrade_findings_state": "CHECK (state IN ('kept', 'taken out'))"},
        {"upgrade_findings_record": "(record_id)"},
        {
            "": "Rows of an older version that do not keep to what a newer one asks of all rows.",
            "name": "The constraint that they break, or the column.",
            "value": "What stood in the column, where it was taken out.",
            "state": "kept: the row stands as it was; taken out: the column is empty now.",
        },
        owner_only=True,
    ),
    "field_origin": TableDef(
        {
            **{"record_id": _ID, "field": _TEXT, "raw": _TEXT, "confidence": "real NOT NULL", "by": _TEXT},
            **{"page": "text", "zone": "text", "box": "text", "file": "text", "source_table": "text"},
            **{"source_row": "bigint", "source_column": "text", "why_empty": "text"},
        },
        {"field_origin_pkey": "PRIMARY KEY (record_id, field)"},
        comments={
            "": "Where the value of each field was written, and how surely it was read.",
            "why_empty": "Why it has no value: blank, illegible, or no-value (the words of raw are no value of it).",
        },
    ),
}
