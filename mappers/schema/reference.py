"""The forms as a page to read, docs/schema.md: `python -m mappers.schema.reference docs/schema.md`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from mappers.schema import Table, load_schemas
from mappers.schema.paper import KeptField, PaperField, paper_fields
from mappers.schema.parts.table import Column, FormModel
from mappers.schema.profiles import PROFILES, required_fields

_HEAD = """# The schema

This page is made from the schema itself (`python -m mappers.schema.reference docs/schema.md`); do not edit it by hand.

A form is a table of its own and child tables. In the flat layout, which every import and export file has, a table is a
file whose headers are the field ids below: `record_id` stands before them and ties the rows of all tables of a form
together, `line` counts the rows of a child table from 1. `digitize schema template FORM --to csv` writes such files,
`digitize validate FOLDER --form FORM` checks them. All values are text: dates YYYY-MM-DD, times HH:MM, amounts plain
digits with a point, codes the slugs of their list (`digitize codes list`).

Behind every name stands its spelling in Latin letters (`name_roman`): what a source gives is kept, else it is worked
out where records are exported or loaded. They are not listed below. `person_line` names a person by their line in the
table of persons, `of_line` a row of the table in `of_table`. A file may count lines as it likes; rows that are checked
and loaded are counted anew from 1, and what names them follows. *kind*: how a value is written, or its list. *item*:
number on the printed form. *asked*: the capture profiles that want it to be there (F full, C core, R register-only,
I index-only). *private*: what is masked where the law protects a victim or child: a person, the kin (an adult accused's
too), free text.
"""


def schema_page() -> str:
    """The text of docs/schema.md."""
    forms = {form: load_schemas()[form] for form in sorted(load_schemas(), key=_place)}
    index = [f"| [{form}](#{form}) | {_sentence(tables[form])} | {len(tables)} |" for form, tables in forms.items()]
    parts = [_HEAD, "| form | one record | tables |", "| --- | --- | --- |", *index, ""]
    first: dict[type[FormModel], str] = {}
    for form, tables in forms.items():
        parts += [f"## {form}", "", *_form(form, list(tables.values()), first)]
    parts += ["## Fields of the printed forms", "", "Where each field of the paper is kept.", ""]
    parts += ["| form | item | field | kept in |", "| --- | --- | --- | --- |", *(_paper(p) for p in paper_fields())]
    return "\n".join(parts) + "\n"


def main(path: str) -> None:
    """Write the page."""
    Path(path).write_text(schema_page(), encoding="utf-8", newline="\n")


def _place(form: str) -> tuple[bool, str]:
    """The seven forms before their companions."""
    return not form.startswith("iif"), form


def _sentence(table: Table) -> str:
    return " ".join((table.model.__doc__ or "").split())


def _form(form: str, tables: list[Table], first: dict[type[FormModel], str]) -> Iterator[str]:
    """A form's section. first: model -> the table that was described by it, so that no model is described twice."""
    yield f"{_sentence(tables[0])} Key: {', '.join(f'`{k}`' for k in tables[0].key)}."
    for table in tables:
        yield from ("", f"### {table.name}", "")
        if table.child:
            yield from (f"Rows `{table.child}`: {_sentence(table)}", "")
        described = first.setdefault(table.model, table.name)
        if described != table.name:
            yield f"The same fields as [{described}](#{described})."
            continue
        yield from ("| field | label | kind | item | asked | private |", "| --- | --- | --- | --- | --- | --- |")
        yield from (_field(form, table, c) for c in table.columns if not c.roman_of)
    yield ""


def _field(form: str, table: Table, column: Column) -> str:
    weight = " (identity or law)" if column.high else ""
    kind = f"list `{column.codes}`" if column.codes else column.kind
    cells = (
        f"`{column.name}`",
        column.label + weight,
        kind,
        column.item,
        _mark_profiles(form, table, column),
        column.private,
    )
    return "| " + " | ".join(cells) + " |"


def _mark_profiles(form: str, table: Table, column: Column) -> str:
    marks = ""
    for profile in PROFILES:
        wanted = [a for a in required_fields(form, profile) if a.child == table.child and column.name in a.fields]
        roles = ", ".join(a.role for a in wanted if a.role)
        marks += f" {profile[0].upper()}{f' ({roles})' if roles else ''}" if wanted else ""
    return marks.strip()


def _paper(field: PaperField) -> str:
    name = field.name + (f": {field.sub}" if field.sub else "")
    cells = (field.form, field.number, name.replace("|", "/"), ", ".join(_show_column(k) for k in field.at))
    return "| " + " | ".join(cells) + " |"


def _show_column(kept: KeptField) -> str:
    return f"`{kept.table}.{kept.column}`" + (f" ({kept.role})" if kept.role else "")


if __name__ == "__main__":
    main(sys.argv[1])
