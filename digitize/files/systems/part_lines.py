"""A draft of a part: which of its lines may be in force in a table that has several rows of one case."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from mappers.draft import DraftLine, MappingDraft
from mappers.draft.assign import table_roles
from mappers.headers.lexicon import HeaderLexicon, load_lexicon
from mappers.headers.read import read_header

_OF_KEY = frozenset({"police_station", "year", "fir_no", "fir_part", "fir_reg_num", "district", "state"})
_OF_CASE = "it is a field of the case, and this table may have several rows of one"
_AGAIN = "its head says the same"
_WHOSE = "neither the table's name nor the column's says whose it is"


def fit_part(draft: MappingDraft, *, is_many: bool) -> MappingDraft:
    """The draft with what is not sure in a part as questions. is_many: whether a case may have several of its rows.

    A field of the case from one of several rows would be that of the first accused, and a person of whom nothing says
    what he is would be taken for the complainant.
    """
    lexicon = load_lexicon()
    roles = table_roles(draft.table, lexicon)
    lines = tuple(_line(line, is_many, roles, lexicon) for line in draft.lines)
    used = {line.rule.into for line in lines if line.rule is not None and line.rule.into}
    return replace(draft, lines=lines, rows={n: r for n, r in draft.rows.items() if n in used})


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
