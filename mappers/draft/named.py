"""What the name of a table says of all its rows: the year of the book, or the station that sent the sheet."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from mappers.clean import CleanContext, load_cleaners
from mappers.draft.content import Content
from mappers.draft.lines import DraftLine
from mappers.draft.rules import DraftRule
from mappers.schema import form_tables
from mappers.sources.cells import TABLE

# Words that stand beside a year in the name of a sheet; nothing else may.
_YEAR = re.compile(
    r"(?:fir|firs|crime|cr|case|cases|register|reg|list|year|yr|book|data|sheet|[\W_])*((?:19|20)\d\d)[\W_]*", re.I
)
_SURE, _ALONE = 0.9, 0.75
_MOSTLY = 0.7
_FIRST_YEAR, _LAST_YEAR = 1900, 2040


def said_by_name(
    names: Sequence[str], lines: Sequence[DraftLine], form: str, context: CleanContext, days: Mapping[str, Content]
) -> Iterator[DraftLine]:
    """Lines for the name of the table, for fields that no column fills. names: of all tables of the mapping. days: the
    columns; one with dates of other years tells that the name means something else.
    """
    filled = {
        f for line in lines if line.kind == "mapped" and line.rule and not line.rule.into for f in line.rule.fields
    }
    fields = form_tables(form)[form].by_name
    if not any(line.kind == "mapped" for line in lines):
        return
    dated = [c for c in days.values() if c.days > _MOSTLY]
    if "year" in fields and "year" not in filled and all(map(_is_year, names)) and not _contradict(names, dated):
        yield _line("year", "year", _SURE if len(names) > 1 else _ALONE)
    known = context.lists.get("station")
    if "police_station" in fields and "police_station" not in filled and known is not None:
        clean = load_cleaners()["station"].clean
        assert clean is not None
        if all(clean(name, context).notes == () for name in names):
            yield _line("police_station", "station", _SURE if len(names) > 1 else _ALONE)


def _contradict(names: Sequence[str], dated: Sequence[Content]) -> bool:
    """Whether there are dates, and most of each column are of other years than the names say."""
    years = {found[1] for name in names if (found := _YEAR.fullmatch(name))}
    clean = load_cleaners()["date"].clean
    assert clean is not None
    said = [[day[:4] for v in c.tried_cells if (day := clean(v, c.context).value)] for c in dated]
    return bool(said) and all(2 * sum(year in years for year in one) < len(one) for one in said)


def _is_year(name: str) -> bool:
    found = _YEAR.fullmatch(name)
    return found is not None and _FIRST_YEAR <= int(found[1]) <= _LAST_YEAR


def _line(target: str, cleaner: str, score: float) -> DraftLine:
    question = "the name of the table is used for it; is that right for every row?"
    return DraftLine(TABLE, "mapped", score, target, DraftRule(target, cleaner), questions=(question,))
