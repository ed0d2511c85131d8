"""Property in loaded records, by number or words: what each row says, and what others say about the same item."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from digitize.search.answers import Ground, how_alike
from digitize.search.cases import FoundCases, open_cases, text_of
from digitize.search.marks import CHILD_OF_KIND, SAME, THING_KINDS, AskedMark, is_told, marks_of, numbers_of, rows_with
from digitize.search.plan import word_terms
from digitize.search.store_queries import FoundRow, RowFilter, SearchStore
from digitize.search.words import asked_words
from digitize.services.kind import Answering
from digitize.services.listing import check_days, is_of_district
from digitize.services.standing import CaseOf, by_case
from digitize.services.things import (
    NEAR_SAYS,
    RECOVERED,
    STOLEN,
    STOLEN_OR_RECOVERED,
    TOLD_SAYS,
    WAS_STOLEN,
    ThingStatement,
    day_of,
    is_of,
    said_of,
    score_of,
    standing_words,
)
from digitize.targets.search_rows import NUMBERED, OTHER, PROPERTY
from mappers.names.keys import token
from mappers.record import Record, Row
from mappers.text.folding import fold_key, fold_written

_MOST_ROWS, _LEAST_WORDS = 2000, 0.5
_MOST, _MOST_NUMBERS, _MOST_OF_ONE, _LEAST_TELLING = 120, 60, 20, 6
_BORE = re.compile(r"(?<![\d.])0?\.(\d{2,3})(?!\d)|(?<![\d.])(\d{1,2}(?:\.\d{1,2})?)\s*(bore|mm|gauge)", re.IGNORECASE)
_TEXTS = ("description", "property_type", "category")
_STATES = {STOLEN: (STOLEN, STOLEN_OR_RECOVERED), RECOVERED: (RECOVERED, WAS_STOLEN)}


@dataclass(frozen=True, slots=True)
class _Thing:
    """Row of a thing. thing: row with its type and status. how: "" if found by words."""

    row: FoundRow
    record: Record
    own: Row
    thing: Row
    how: str
    score: float
    by: frozenset[str]
    child: str = ""
    line: int = 0

    @property
    def place(self) -> tuple[str, str, int]:
        return self.row.kind, self.row.record_id, self.row.line


def numbered_rows(store: SearchStore, number: AskedMark) -> list[tuple[FoundRow, float]]:
    """Rows that have a number, then rows with a similar one."""
    rows, _ = rows_with(store, [number], THING_KINDS)
    hows = [(row, {number.compare(mark) for mark in marks_of(row)} - {""}) for row in rows]
    found = [(row, 1.0 if SAME in how else 0.8) for row, how in hows if how]
    return sorted(found, key=lambda f: (-f[1], f[0].record_id, f[0].kind, f[0].line))


def worded_rows(store: SearchStore, text: str, stations: Collection[str]) -> list[tuple[FoundRow, float]]:
    """Things by words of their description, best first, with their similarity to the query.

    All words of a thing count: its type is before its description, its number after it. stations: folded names it must
    be of, () for all.
    """
    at = (frozenset(token("s", one) for one in stations),) if stations else ()
    words, _ = asked_words(store, text, OTHER)
    found: dict[tuple[str, int], tuple[FoundRow, float]] = {}
    for terms in word_terms(words):
        for row in store.rows(terms, RowFilter(PROPERTY, of_record=at), _MOST_ROWS):
            own = row.relative.split(" ")
            score = sum(max((word.found.get(w, 0.0) for w in own), default=0.0) for word in words) / len(words)
            if score >= _LEAST_WORDS:
                found[row.record_id, row.line] = row, score
        if len(found) >= _MOST:
            break
    return sorted(found.values(), key=lambda f: (-round(f[1], 3), f[0].record_id, f[0].line))


def find_articles(
    store: SearchStore, rows: Sequence[tuple[FoundRow, float]], number: AskedMark | None, given: Mapping[str, str]
) -> list[Answering]:  # fmt: skip
    """Results of some rows that match the query, each with other rows of the same number."""
    found, cases = _open_rows(store, rows[:_MOST], number)
    kept = [t for t in found if _fits(t, given)]
    groups = _groups(store, kept)
    case_of = by_case(cases)
    made = [_answer(t, groups.get(t.place, [t]), case_of, number) for t in kept]
    return [a for a, t in zip(made, kept, strict=True) if _is_as_asked(a.says, t, given.get("state", ""))]


def _open_rows(
    store: SearchStore, rows: Sequence[tuple[FoundRow, float]], number: AskedMark | None
) -> tuple[list[_Thing], FoundCases]:
    cases = open_cases(store, {(r.record_id, r.form) for r, _ in rows})
    made = [t for row, score in rows if (t := _thing(row, score, number, cases)) is not None]
    # A record's own text says nothing where a row of it has the number; a thing and its annex are one.
    named = {t.row.record_id for t in made if t.how == SAME and not is_told(t.row)}
    kept = [t for t in made if not is_told(t.row) or t.row.record_id not in named]
    each = {(t.record.id, id(t.thing)): t for t in sorted(kept, key=lambda t: (t.how == SAME, t.score, t.row.kind))}
    return [t for t in kept if each[t.record.id, id(t.thing)] is t], cases


def _thing(row: FoundRow, score: float, number: AskedMark | None, cases: FoundCases) -> _Thing | None:
    record = cases.records.get(row.record_id)
    own: Row | None = record.fields if record is not None else None
    if record is not None and row.line:
        at = cases.place(row.record_id, CHILD_OF_KIND[row.kind], row.line)
        own = None if at is None else record.children[CHILD_OF_KIND[row.kind]][at]
    if record is None or own is None:
        return None
    how, by = "", frozenset(n for n in _TEXTS if n in own)
    if number is not None:
        hows = [(name, number.compare(mark)) for name, mark in numbers_of(row.kind, own)]
        how = SAME if SAME in (h for _, h in hows) else next((h for _, h in hows if h), "")
        by = frozenset(name for name, h in hows if h == how)
        if not how:
            return None
    thing = _thing_of(row, record, own)
    # What is answered is the thing, not its annex: of a memo no other thing needs to be shown.
    at = next((i for i, t in enumerate(record.children.get("property", ())) if t is thing), None)
    child, line = ("", 0) if at is None else ("property", cases.lines[record.id, "property"][at])
    return _Thing(row, record, own, thing, how, score, by, child, line)


def _thing_of(row: FoundRow, record: Record, own: Row) -> Row:
    """The thing row that a number belongs to."""
    if row.kind != NUMBERED:
        return own
    serial = text_of(own.get("thing_serial_no"))
    some = [t for t in record.children.get("property", ()) if serial and text_of(t.get("serial_no")) == serial]
    return some[0] if len(some) == 1 else record.fields if "property_status" in record.fields else own


def _fits(one: _Thing, given: Mapping[str, str]) -> bool:
    """Whether a thing matches the query apart from number and words."""
    since, until = check_days(given)
    day, text = day_of(one.record, ""), " ".join(text_of(one.thing.get(n)) for n in _TEXTS)
    wanted, has = calibres(given.get("calibre", "")), calibres(text)
    return (
        is_of_district(one.record, given)
        and (not since or day >= since) and (not until or not day or day <= until)
        and (not given.get("arms") or is_of(one.thing, "arms"))
        and given.get("kind", "") in ("", text_of(one.thing.get("property_type")))
        # Of a thing with the very number whose calibre nobody wrote it may be the one.
        and (not wanted or bool(wanted & has) or (bool(one.how) and not has))
    )  # fmt: skip


def calibres(text: str) -> frozenset[str]:
    """Calibres named in a text, such as "12 bore", "9 mm", or "315" for .315; fractions of an inch stay."""
    found = _BORE.findall(fold_written(text))
    return frozenset(inch or f"{size} {unit.lower().replace('gauge', 'bore')}" for inch, size, unit in found)


_Groups = Mapping[tuple[str, str, int], Sequence[_Thing]]


def _groups(store: SearchStore, found: Sequence[_Thing]) -> _Groups:
    """Position of a row -> rows with the same number, including itself and those not found with it."""
    marks = {
        t.place: {m for _, m in numbers_of(t.row.kind, t.own) if _is_telling(m)} for t in found if not is_told(t.row)
    }
    numbers = [AskedMark(m) for m in sorted({m for some in marks.values() for m in some})[:_MOST_NUMBERS]]
    rows, _ = rows_with(store, numbers, (PROPERTY, NUMBERED))
    wanted = {n.signs for n in numbers}
    having = [(r, 1.0) for r in rows if wanted & set(marks_of(r))]
    others = _open_rows(store, having, None)[0] if having else []
    groups: dict[tuple[str, str, int], list[_Thing]] = {}
    for one in found:
        mine = {AskedMark(m).signs for m in marks.get(one.place, ())}
        same = [o for o in others if mine & {AskedMark(m).signs for _, m in numbers_of(o.row.kind, o.own)}]
        groups[one.place] = same if len(same) <= _MOST_OF_ONE else [one]
    return groups


def _is_telling(mark: str) -> bool:
    """Whether a number identifies something: not a year, a price or zeros."""
    signs = AskedMark(mark).signs
    return len(signs) >= _LEAST_TELLING and len(set(signs)) >= 3 and sum(c.isdigit() for c in signs) >= 3


def _answer(one: _Thing, group: Sequence[_Thing], case_of: CaseOf, number: AskedMark | None) -> Answering:
    beside = [t for t in group if t.record.id != one.record.id]
    says = _says(one, group) if one.how in ("", SAME) and not is_told(one.row) else NEAR_SAYS
    if one.how == SAME and is_told(one.row):
        says = TOLD_SAYS
    if says == STOLEN and not beside and number is None and _is_one_recovered(one, case_of(one.record)):
        says = STOLEN_OR_RECOVERED
    why = Ground("number", one.how) if number is not None else Ground("words", how_alike(one.score))
    score = score_of(says) if number is not None else min(one.score, 1.0)
    return Answering(
        one.record.id, one.record.form, one.child, one.line, score, (why,), one.by,
        tuple(
            Answering(t.record.id, t.record.form, t.child, t.line, 1.0, (Ground("number", "same"),), t.by,
                      says=_says(t, group))
            for t in beside
        ), says,
    )  # fmt: skip


def _says(one: _Thing, group: Sequence[_Thing]) -> str:
    some = group if any(t.place == one.place for t in group) else [*group, one]
    said = standing_words([_list_statements(t) for t in some])
    return next(word for word, t in zip(said, some, strict=True) if t.place == one.place)


def _list_statements(one: _Thing) -> list[ThingStatement]:
    return said_of(one.record, one.thing, is_vehicle=False)


def _is_one_recovered(one: _Thing, records: Sequence[Record]) -> bool:
    """Whether the case recovered a thing of this type: only a person can decide whether it is this one."""
    kind = text_of(one.thing.get("property_type")) or fold_key(text_of(one.thing.get("description")))
    return any(
        kind in (text_of(t.get("property_type")), fold_key(text_of(t.get("description"))))
        and said_of(record, t, is_vehicle=False)[0].word == RECOVERED
        for record in records
        for t in (*record.children.get("property", ()), *([record.fields] if record.form == "property" else []))
        if kind and t is not one.thing
    )


def _is_as_asked(says: str, one: _Thing, state: str) -> bool:
    if state in _STATES:
        return says in _STATES[state]
    return not state or text_of(one.thing.get("property_status")) == state
