"""Whom a description may mean among what is loaded: reports, bodies and traced persons, read nearest days first."""

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
"""Rows that are compared for one question, the nearest days first: about three seconds."""
_YEARS = 3
"""For so long somebody missing is looked for among bodies, and a body among the missing."""
_AT_ONCE = 1000
_OPEN = ("", "untraced")
_AGE_SLIP, _OLDEST = 3, 999
"""Years by which an age may be off beside its leeway: both were rounded, and told in different years."""


def describe_persons(store: SearchStore, form: str, records: Sequence[str]) -> list[Description]:
    """The persons of some records of a form whom it is about."""
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
    """Who of others may be the same person, the best first. among: REPORTS, BODIES, FOUND, as far as it makes sense."""
    picks = [p for which in among if (p := pick_for(one, which)) is not None]
    rows = (d for p in picks for d in _described_rows(store, p, one) if d.record != one.record)
    return best_of(one, rows, most)


def best_of(one: Description, others: Iterable[Description], most: int) -> list[Likeness]:
    """The best of many; no more than some thousand are held at once."""
    left = iter(others)
    parts = iter(lambda: list(islice(left, _AT_ONCE)), [])
    found = (c for some in parts for c in compare_all(one, some))
    # Of two that are equally good the one with the later record: an order that is the same each time.
    return nlargest(most, found, key=lambda c: (round(c.points, 3), c.other.record, -c.other.line))


def _described_rows(store: SearchStore, wanted: Pick, one: Description) -> Iterator[Description]:
    """Those of a like age, ready to be compared with one."""
    form, with_names = wanted.form, bool(one.names.said or one.relative.said)
    for row in each_row(store, wanted, MOST_READ):
        if weigh_age(one, describe_age(form, row)) is not None:
            yield describe(form, row, with_names=with_names)


def pick_for(one: Description, which: str) -> Pick | None:
    """What is read to find the same person; None where it makes no sense: two bodies are two persons."""
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
    """What is read for somebody who asks. days: from and to, "" for open."""
    status = {REPORTS: _OPEN, FOUND: TRACED}.get(which, ())
    return _pick(FORM_OF[which], days, one, status=status)


def found_by(store: SearchStore, one: Description, wanted: Pick, most: int) -> list[Likeness]:
    """The best of what is read."""
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
    """Ages that rows may tell, widely: those who are left are compared closely (`weigh_age`)."""
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
    """A day some years later or earlier, "" where it is not known."""
    try:
        return (date.fromisoformat(day) + timedelta(days=round(365.25 * years))).isoformat()
    except (ValueError, OverflowError):
        return ""
