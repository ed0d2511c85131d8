"""Loaded records that a description may match: reports, bodies and traced persons, nearest dates first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from heapq import nlargest
from itertools import islice

from digitize.search.picking import Pick, PickedRow, each_row
from digitize.search.store_queries import SearchStore
from digitize.services.matching.comparing import Likeness, compare_all
from digitize.services.matching.described import (
    BODY,
    DAY,
    OWN,
    ROLE,
    TRACED,
    Description,
    describe,
    describe_age,
    row_fields,
)
from digitize.services.matching.weighing import most_leeway, weigh_age
from mappers.schema import form_tables

REPORTS, BODIES, FOUND = "reports", "bodies", "traced"
FORM_OF = {REPORTS: "missing", BODIES: "uidb", FOUND: "missing"}
MOST_READ = 100_000
"""Rows compared per query, nearest dates first: about three seconds."""
_YEARS = 3
"""Period in which a missing person is searched among bodies, and a body among missing persons."""
_AT_ONCE = 1000
_OPEN = ("", "untraced")
_AGE_SLIP, _OLDEST = 3, 999
"""Extra tolerance of an age in years: both were rounded, and stated in different years."""


def describe_persons(store: SearchStore, form: str, records: Sequence[str]) -> list[Description]:
    """Descriptions of the persons that some records of a form are about."""
    table = next(name for name, t in form_tables(form).items() if t.child == "persons")
    columns = {form: ["record_id", DAY[form], *OWN[form]], table: ["record_id", "line", "role", *row_fields(form)]}
    rows = store.table_rows(columns, records)
    own = {r[0]: r[1:] for r in rows[form]}
    return [
        describe(form, PickedRow(r[0], r[1], _text(own[r[0]][0]) or "", tuple(map(_text, own[r[0]][1:])),
                                 tuple(map(_text, r[3:]))))
        for r in rows[table] if r[2] == ROLE[form] and r[0] in own
    ]  # fmt: skip


def _text(value: object) -> str | None:
    return None if value is None or value == "" else str(value)


def matches(store: SearchStore, one: Description, among: Iterable[str], most: int) -> list[Likeness]:
    """Possible same persons, best first. among: REPORTS, BODIES, FOUND, as far as it makes sense."""
    picks = [p for which in among if (p := pick_for(one, which)) is not None]
    rows = (d for p in picks for d in _described_rows(store, p, one) if d.record != one.record)
    return best_of(one, rows, most)


def best_of(one: Description, others: Iterable[Description], most: int) -> list[Likeness]:
    """The best of many; at most some thousand are held at once."""
    left = iter(others)
    parts = iter(lambda: list(islice(left, _AT_ONCE)), [])
    found = (c for some in parts for c in compare_all(one, some))
    # Of two that are equally good the one with the later record: an order that is the same each time.
    return nlargest(most, found, key=lambda c: (round(c.points, 3), c.other.record, -c.other.line))


def _described_rows(store: SearchStore, wanted: Pick, one: Description) -> Iterator[Description]:
    """Rows of similar age, prepared for comparison."""
    form, with_names = wanted.form, bool(one.names.said or one.relative.said)
    for row in each_row(store, wanted, MOST_READ):
        if weigh_age(one, describe_age(form, row)) is not None:
            yield describe(form, row, with_names=with_names)


def pick_for(one: Description, which: str) -> Pick | None:
    """Selection of rows for a comparison; None if it makes no sense: two bodies are two persons."""
    if which == BODIES:
        days = (one.day, _move_day(one.day, _YEARS))
        return None if one.kind == BODY or one.traced else _pick("uidb", days, one, newest_first=False)
    if which == REPORTS:
        last = one.traced or one.day
        is_late = one.kind == BODY or bool(one.traced)
        days = (_move_day(one.day, -_YEARS), last) if is_late else (_move_day(one.day, -1), _move_day(one.day, 1))
        return _pick("missing", days, one, status=_OPEN, newest_first=is_late)
    if one.kind == BODY or one.traced:
        return None
    # The report of the one who was traced began near the same days.
    return _pick("missing", (_move_day(one.day, -1), _move_day(one.day, 1)), one, status=TRACED)


def asked_pick(which: str, one: Description, days: tuple[str, str]) -> Pick:
    """Selection of rows for a query. days: from and to, "" if open."""
    status = {REPORTS: _OPEN, FOUND: TRACED}.get(which, ())
    return _pick(FORM_OF[which], days, one, status=status)


def found_by(store: SearchStore, one: Description, wanted: Pick, most: int) -> list[Likeness]:
    """The best of the selected rows."""
    return best_of(one, _described_rows(store, wanted, one), most)


def _pick(
    form: str, days: tuple[str, str], one: Description, *, status: tuple[str, ...] = (), newest_first: bool = True
) -> Pick:
    return Pick(
        form, "persons", OWN[form], row_fields(form), DAY[form], days, newest_first,
        {"trace_status": status} if status else {}, {"sex": ("", one.sex)} if one.sex else {}, (ROLE[form],),
        _ages(one, days),
    )  # fmt: skip


def _ages(one: Description, days: tuple[str, str]) -> dict[str, tuple[int, int]]:
    """Ages that rows may have, with a wide margin: the rest are compared exactly (`weigh_age`)."""
    low, high = one.ages
    if not (low or high) and one.born[0] and all(days):
        low, high = int(days[0][:4]) - one.born[1], int(days[1][:4]) - one.born[0]
    if not (low or high):
        return {}
    high = high or low
    slack = 2 * most_leeway(high) + _AGE_SLIP
    least, most = int(max(0, low - slack)), int(high + slack)
    return {"age": (least, most), "age_from": (0, most), "age_to": (least, _OLDEST)}


def _move_day(day: str, years: int) -> str:
    """A date some years later or earlier, "" if unknown."""
    try:
        return (date.fromisoformat(day) + timedelta(days=round(365.25 * years))).isoformat()
    except (ValueError, OverflowError):
        return ""
