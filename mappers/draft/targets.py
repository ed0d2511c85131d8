"""Where a column may go: the fields of a form and of its child rows, and what belongs elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from mappers.headers.lexicon import HeaderLexicon, Phrase
from mappers.headers.read import read_header
from mappers.schema import Column, Table, form_tables, load_schemas
from mappers.schema.parts.table import ROMAN


@dataclass(frozen=True)
class DraftTarget:
    """One place for a column. row: kind of child row, "" for the form's own table. column: None for what belongs
    elsewhere. phrases: what headers say of it. reason: why it is left out.
    """

    name: str
    row: str
    column: Column | None
    phrases: tuple[Phrase, ...]
    lead: str = ""
    reason: str = ""

    @cached_property
    def words(self) -> Phrase:
        """All meanings of its phrases."""
        return frozenset().union(*self.phrases)

    @property
    def is_elsewhere(self) -> bool:
        """Whether the form has no field for it."""
        return self.column is None


@lru_cache(maxsize=256)
def find_targets(form: str, lexicon: HeaderLexicon) -> tuple[DraftTarget, ...]:
    """All targets of a form. Raises MappingError when there is no such form."""
    tables = form_tables(form)
    found = [*_list_own_targets(tables[form], lexicon)]
    for name, kind in lexicon.rows.items():
        table = next((t for t in tables.values() if t.child == kind.table), None)
        if table is not None:
            found += _of_row(name, kind.lead, table, set(kind.set), lexicon)
    return (*found, *_list_elsewhere(form, {t.name for t in found}, lexicon))


def _list_own_targets(table: Table, lexicon: HeaderLexicon) -> Iterator[DraftTarget]:
    for column in _select_draftable(table):
        phrases = (*lexicon.own.get(column.name, ()), *_own_names(column, lexicon))
        yield DraftTarget(column.name, "", column, tuple(dict.fromkeys(filter(None, phrases))))


def _of_row(name: str, lead: str, table: Table, fixed: set[str], lexicon: HeaderLexicon) -> Iterator[DraftTarget]:
    known = lexicon.fields.get(table.child, {})
    for column in _select_draftable(table):
        if column.name in fixed:
            continue
        phrases = (*known.get(column.name, ()), *_own_names(column, lexicon))
        led = (p | {lead} if lead else p for p in phrases)
        yield DraftTarget(f"{name}.{column.name}", name, column, tuple(dict.fromkeys(filter(None, led))), lead)


def _select_draftable(table: Table) -> Iterator[Column]:
    """Columns that a header may name: not those that repeat another in Latin letters or say how it was inferred."""
    yield from (c for c in table.columns if not c.name.endswith(ROMAN) and c.name != "act_is_inferred")


def _own_names(column: Column, lexicon: HeaderLexicon) -> Iterator[Phrase]:
    """What the field's own label and name say."""
    for text in (column.label, column.name):
        readings = read_header(text, lexicon)
        if readings:
            yield readings[0].meanings


def _list_elsewhere(form: str, own: set[str], lexicon: HeaderLexicon) -> Iterator[DraftTarget]:
    """What this form has no field for; a form's own fields are not elsewhere."""
    taken = _names_by_form()
    for name, other in lexicon.elsewhere.items():
        if other.form != form and name not in own and other.phrases and (not other.form or other.form in taken):
            yield DraftTarget(name, "", None, other.phrases, reason=other.reason)


def _names_by_form() -> Mapping[str, Mapping[str, Table]]:
    return load_schemas()
