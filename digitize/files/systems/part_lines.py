"""Draft of a part: which lines may be active for a table with several rows per case."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from mappers.draft import DraftLine, MappingDraft
from mappers.draft.assign import table_roles
from mappers.headers.lexicon import HeaderLexicon, load_lexicon
from mappers.headers.read import read_header
from mappers.systems.names import is_code_name
from mappers.systems.profile import ColumnProfile, TableProfile

# 10:20:30 at the end: a person writes hours and minutes. Midnight is how programs store a day alone.
_SECONDS = re.compile(r"\d\s+(?!00:00:00)\d{2}:\d{2}:\d{2}")

_OF_KEY = frozenset({"police_station", "year", "fir_no", "fir_part", "fir_reg_num", "district", "state"})
_STAMP = "it contains seconds, as when a program saves a record; is it a date that people entered?"
_CODE = "it looks like a code, but no table of these codes was found"
_OF_CASE = "it is a field of the case, but this table may have several rows per case"
_AGAIN = "its head has the same value"
_WHOSE = "neither the name of the table nor of the column says whose it is"


def is_of_rows(table: str, *, is_many: bool) -> bool:
    """Whether the rows of a part are persons, acts or items, by its name or because a case has several of them."""
    return is_many or bool(table_roles(table, load_lexicon()))


def fit_part(draft: MappingDraft, *, is_many: bool) -> MappingDraft:
    """The draft with uncertain lines of a part as questions. is_many: a case may have several rows.

    A case field taken from one of several rows would be that of the first accused, and a person of unknown role would
    be taken for the complainant.
    """
    lexicon = load_lexicon()
    roles = table_roles(draft.table, lexicon)
    lines = tuple(_line(line, is_many, roles, lexicon) for line in draft.lines)
    used = {line.rule.into for line in lines if line.rule is not None and line.rule.into}
    return replace(draft, lines=lines, rows={n: r for n, r in draft.rows.items() if n in used})


def fit_codes(draft: MappingDraft, table: TableProfile, unsure: frozenset[str]) -> MappingDraft:
    """The draft with codes of unknown tables and timestamps of the old program as questions. unsure: columns whose
    lookup is uncertain.
    """
    columns = {c.name: c for c in table.columns}
    lines = []
    for line in draft.lines:
        column = columns.get(line.source)
        if line.kind == "mapped" and line.rule is not None and column is not None:
            if line.source in unsure or _is_bare_code(line, column):
                line = replace(line, kind="asked", questions=(*line.questions, _CODE))
            elif column.texts and sum(bool(_SECONDS.search(t)) for t in column.texts) > 0.8 * len(column.texts):
                line = replace(line, kind="asked", questions=(*line.questions, _STAMP))
        lines.append(line)
    return replace(draft, lines=tuple(lines))


def _is_bare_code(line: DraftLine, column: ColumnProfile) -> bool:
    """Whether numeric codes would become names or texts."""
    assert line.rule is not None
    is_number = column.numbers > 0.9 and is_code_name(line.source)
    return is_number and line.rule.clean in ("name", "text", "officer", "person", "station", "district")


def _line(line: DraftLine, is_many: bool, roles: tuple[str, ...], lexicon: HeaderLexicon) -> DraftLine:
    if line.kind != "mapped" or line.rule is None:
        return line
    asked = tuple(_questions(line, is_many, roles, lexicon))
    return replace(line, kind="asked", questions=(*line.questions, *asked)) if asked else line


def _questions(line: DraftLine, is_many: bool, roles: tuple[str, ...], lexicon: HeaderLexicon) -> Iterator[str]:
    assert line.rule is not None
    if not line.rule.into:
        if set(line.rule.fields) & _OF_KEY:
            yield _AGAIN
        elif is_many:
            yield _OF_CASE
        return
    lead = lexicon.rows[line.rule.into].lead if line.rule.into in lexicon.rows else ""
    said = {t for r in read_header(line.source, lexicon)[:3] for t in r.tokens}
    if lead and lead not in said and lead not in roles:
        yield _WHOSE
