"""Field labels in questions: the words of the paper where its form file tells them, else of the form's fields."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from digitize.machine.word_tables import ENGLISH, read_table
from digitize.workspace.decisions.items import ZONE, Item
from digitize.workspace.ledger.readings import Readings
from digitize.workspace.run_context import RunContext
from mappers.errors import MappingError
from mappers.languages import load_languages, printed_labels
from mappers.schema import form_tables
from mappers.schema.paper import paper_fields

if TYPE_CHECKING:
    from ocr.forms.form import Form

MOST_FIELDS = 3
"""Above that, the rows of a table are named together."""
ACTS = "acts"


def format_item_label(item: Item, language: str = ENGLISH) -> str:
    """Label of a question: as the paper has it if that is printed in the language, else "Accused 2: Name (7)"."""
    if item.printed and item.printed_language == language:
        return item.printed
    return format_fields_label(item.form, item.fields, language, item.role, item.role_row)


def format_paper_words(item: Item, language: str) -> str:
    """The paper's words, where the label in the language is not made of them; "" otherwise."""
    return item.printed if item.printed_language != language else ""


class PaperWords:
    """Printed words by zone, of the page asked for last: items of a page come one after the other."""

    def __init__(self, known: RunContext, readings: Readings) -> None:
        """known: holds the form files; readings: tell which print a page is."""
        self._known, self._readings = known, readings
        self._page: tuple[str, Form | None] = ("", None)

    def add_to(self, item: Item) -> Item:
        """The item with the printed words that ask for its zone; unchanged if its form file does not tell them."""
        kind, _, place = item.cell.partition(":")
        page, _, zone = place.rpartition("/")
        form = self._find_form(page) if kind == ZONE else None
        if form is None or not form.has(zone) or not form.zone(zone).label:
            return item
        return replace(item, printed=form.zone(zone).label, printed_language=form.languages[0])

    def _find_form(self, page: str) -> Form | None:
        if self._page[0] != page:
            reading = self._readings.newest(page)
            self._page = page, self._known.forms.get(reading.form or "") if reading is not None else None
        return self._page[1]


def format_field_label(form: str, path: str, language: str = ENGLISH, role: str = "", role_row: int = 0) -> str:
    """A field's label and item: "Time of FIR (1)", "Accused 2: Name (7)"; the path itself if unknown.

    form: id of the schema; path: as in `Record.cells`, with rows counted from 0. language: of the printed label;
    English if unknown. role: of the person; role_row: number among those of the role, 0 if it is the only one.
    """
    head, _, name = path.rpartition("].")
    child, _, index = head.partition("[")
    own = _load_labels(language).get(f"{child}.{name}" if child else path) if language != ENGLISH else None
    with suppress(MappingError):
        for table in form_tables(form).values():
            column = table.column(name or path) if table.child == child else None
            if column is not None:
                item = _load_items().get((table.name, role, column.name), column.item) if role else column.item
                whose = _format_role(role, role_row, language) if role else ""
                row = whose or (_format_row(child, int(index) + 1, is_told=own is not None) if child else "")
                return f"{f'{row}: ' if row else ''}{own or column.label}{f' ({item})' if item else ''}"
    return path


@cache
def _load_items() -> Mapping[tuple[str, str, str], str]:
    """Table, role and column -> number on the printed form: a complainant's name has another than an accused's."""
    found: dict[tuple[str, str, str], str] = {}
    for field in paper_fields():
        for kept in field.at:
            found.setdefault((kept.table, kept.role, kept.column), field.number)
    return found


def _format_role(role: str, row: int, language: str) -> str:
    names = (_find_role_name(role, code) for code in (language, ENGLISH))
    return f"{next(filter(None, names), role.replace('_', ' ').capitalize())}{f' {row}' if row else ''}"


def _find_role_name(role: str, language: str) -> str:
    """What a person of a role is called, "" if the language has no word."""
    one = load_languages().get(language)
    return _load_labels(language).get(f"role.{role}") or (str(getattr(one.copied, f"role_{role}", "")) if one else "")


def _format_row(child: str, number: int, *, is_told: bool) -> str:
    # The number of the row and what stands in it say enough, where the label is the printed one.
    return str(number) if is_told else f"{_format_table(child, ENGLISH)} {number}"


def _format_table(child: str, language: str) -> str:
    """Collective label of a table's rows; English if the language has none."""
    own = _load_labels(language).get(child) or _load_labels(ENGLISH).get(child)
    return own or child.replace("_", " ").capitalize()


@cache
def _load_labels(language: str) -> Mapping[str, str]:
    """Field -> label printed on forms of the language; a wording seen on a form takes precedence.

    Our own label if no form prints one.
    """
    first: dict[str, str] = {}
    for printed in printed_labels():
        if printed.language == language:
            first.setdefault(printed.label, printed.text)
    named, own = (read_table("digitize.review", name) for name in ("printed.toml", "own_labels.toml"))
    of_forms = {field: first[label] for field, label in named.items() if label in first}
    return {**own.get(language, {}), **of_forms}


def format_fields_label(
    form: str, fields: tuple[str, ...], language: str = ENGLISH, role: str = "", role_row: int = 0
) -> str:
    """Labels of the fields of one item; many rows of a table, and acts with their sections, are named together."""
    if len(fields) > MOST_FIELDS or (len(fields) > 1 and all(f.startswith(f"{ACTS}[") for f in fields)):
        if role:
            return _format_role(role, role_row, language)
        return ", ".join(dict.fromkeys(_format_table(f.partition("[")[0], language) for f in fields))
    return ", ".join(dict.fromkeys(format_field_label(form, f, language, role, role_row) for f in fields))
