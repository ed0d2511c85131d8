"""`digitize schema`: show the forms of records, and write empty import files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from digitize.cli.console import Json, print_json, results, say, say_text, table
from digitize.machine.command_line import format_command
from digitize.machine.text import pluralize

PANEL = "Read and check files, without a workspace", 110

schema = typer.Typer(
    name="schema", help="Show the forms of records, and write empty import files.", no_args_is_help=True
)
Form = Annotated[str, typer.Argument(metavar="FORM", help="Form, such as iif1; digitize schema list names all.")]


@schema.callback()
def _group() -> None:
    """Show the forms of records, and write empty import files."""


@schema.command("list")
def list_(json: Json = False) -> None:
    """List the forms: what a record is, and the number of tables and fields."""
    from mappers.schema import load_schemas

    forms = load_schemas()
    records = {form: " ".join((tables[form].model.__doc__ or "").split()) for form, tables in forms.items()}
    sizes = {form: {name: len(t.columns) for name, t in tables.items()} for form, tables in forms.items()}
    if json:
        plain = [{"form": f, "record": records[f], "key": forms[f][f].key, "tables": sizes[f]} for f in forms]
        print_json({"forms": plain})
        return
    rows = [[f, records[f], len(sizes[f]), sum(sizes[f].values())] for f in forms]
    results().print(table("Forms", ["form", "one record", "tables", "fields"], rows), markup=False)


@schema.command("show")
def show(
    form: Form,
    json_schema: Annotated[bool, typer.Option("--json-schema", help="Print the form as JSON Schema.")] = False,
    json: Json = False,
) -> None:
    """Show the fields of a form, table by table; docs/schema.md has the full description."""
    from mappers.schema import form_tables

    if json_schema:
        _print_json_schema(form)
        return
    tables = form_tables(form)
    if json:
        fields = ("name", "label", "kind", "codes", "item", "high", "mandatory", "private", "roman_of")
        print_json(
            {
                "form": form,
                "key": tables[form].key,
                "tables": {n: [{f: getattr(c, f) for f in fields} for c in t.columns] for n, t in tables.items()},
            }
        )
        return
    for name, t in tables.items():
        rows = [[c.name, c.label, c.codes or c.kind, c.item, "yes" if c.mandatory else ""] for c in t.columns]
        results().print(table(name, ["field", "label", "kind or list", "item", "mandatory"], rows), markup=False)


@schema.command("template")
def template(
    form: Form,
    to: Annotated[str, typer.Option(help="Format of the files: csv.")] = "csv",
    out: Annotated[Path | None, typer.Option(metavar="DIR", help="Folder to write to (default: print).")] = None,
) -> None:
    """Print or write the empty import files of a form, one per table; check them with digitize validate when filled."""
    from digitize.files.schema_files import template as make
    from digitize.files.schema_files import write_template

    if out is not None:
        written = write_template(form, out, to)
        say(
            f"{pluralize(len(written), 'file')} written to {out}. "
            f"Fill them, then: {format_command('validate', out, '--form', form)}"
        )
        return
    for name, text in make(form, to).items():
        say(f"# {name}", text.strip())


def _print_json_schema(form: str) -> None:
    import json

    from mappers.schema.json_schema import json_schema

    say_text(json.dumps(json_schema(form), ensure_ascii=False, indent=1))


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(schema)
