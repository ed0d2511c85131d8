"""A vehicle in loaded records: all rows with one of its numbers, rows with similar ones, and what each says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from digitize.search.answers import Ground
from digitize.search.cases import FoundCases, open_cases, text_of
from digitize.search.marks import (
    CHILD_OF_KIND,
    NEAR,
    NUMBERS,
    SAME,
    VEHICLE_KINDS,
    AskedMark,
    is_told,
    is_vehicle,
    marks_of,
    numbers_of,
    rows_with,
)
from digitize.search.store_queries import FoundRow, SearchStore
from digitize.services.kind import Answering
from digitize.services.things import (
    DIFFERS,
    NEAR_SAYS,
    TOLD_SAYS,
    ThingStatement,
    day_of,
    is_of,
    said_of,
    score_of,
    standing_words,
)
from mappers.codes.registrations import mark_signs
from mappers.record import Record, Row
from mappers.text.folding import fold_key

REGISTRATION, CHASSIS, ENGINE = "registration_no", "chassis_no", "engine_no"
_MOST_SAME, _MOST_NEAR, _MOST_JUDGED, _MOST_OF_ONE = 200, 60, 600, 20
_LEAST_WHOLE, _LEAST_TELLING = 6, 4
_YEAR = re.compile("(?:19|20)[0-9]{2}")
Asked = Mapping[str, AskedMark]
Place = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class _Named:
    """A row that names a vehicle.

    how: SAME, or NEAR. by: the matching fields. differs: another of its numbers is not the given one.
    """

    row: FoundRow
    how: str
    by: frozenset[str]
    record: Record
    own: Row
    differs: bool = False

    @property
    def place(self) -> Place:
        return self.row.kind, self.row.record_id, self.row.line


def find_vehicle(store: SearchStore, asked: Asked) -> list[Answering]:
    """All rows that name the vehicle, by date, then rows with a similar number. asked: field -> number."""
    found = {n.place: n for n in _find_named(store, asked)}
    known = dict(asked)
    for _ in range(2):
        more = _other_numbers(found.values(), known)
        # What has another of its numbers is the same vehicle, whatever its papers call it; a near one is not asked for.
        others = [n for n in _find_named(store, more) if n.how == SAME] if more else []
        if not others or len(others) > _MOST_OF_ONE:
            break
        found |= {n.place: n for n in others if n.place not in found or found[n.place].how == NEAR}
        known |= more
    return list(_answers(list(found.values())))


def _find_named(store: SearchStore, asked: Asked) -> list[_Named]:
    rows = rows_with(store, list(asked.values()), VEHICLE_KINDS)[0]
    hows = [(row, _how_in_index(row, asked)) for row in rows]
    found = _judge_rows(store, [r for r, how in hows if how == SAME][:_MOST_SAME], asked)
    near = sorted((r for r, how in hows if how == NEAR), key=lambda r: not is_vehicle(r))
    stands = 0
    for start in range(0, min(len(near), _MOST_JUDGED), _MOST_NEAR):
        some = _judge_rows(store, near[start : start + _MOST_NEAR], asked)
        found += some
        stands += len(some)
        if stands >= _MOST_NEAR:
            break
    # So many neighbours that not all are looked at: one of them may be it.
    if not stands and len(near) > _MOST_JUDGED:
        found += _judge_rows(store, near[_MOST_JUDGED : _MOST_JUDGED + 1], asked, is_strict=False)
    return found


def _judge_rows(store: SearchStore, rows: Sequence[FoundRow], asked: Asked, *, is_strict: bool = True) -> list[_Named]:
    if not rows:
        return []
    cases = open_cases(store, {(r.record_id, r.form) for r in rows})
    return [n for row in rows if (n := _judge(row, asked, cases, is_strict=is_strict)) is not None]


def _how_in_index(row: FoundRow, asked: Asked) -> str:
    hows = {one.compare(mark) for mark in marks_of(row) for one in asked.values()}
    return SAME if SAME in hows else NEAR if NEAR in hows else ""


def _judge(row: FoundRow, asked: Asked, cases: FoundCases, *, is_strict: bool) -> _Named | None:
    """How a row relates to the given numbers; None for another vehicle, or a deleted row.

    is_strict: rows contradicted by another number are other vehicles.
    """
    record = cases.records.get(row.record_id)
    if record is None:
        return None
    own: Row = record.fields
    if row.line:
        at = cases.place(row.record_id, CHILD_OF_KIND[row.kind], row.line)
        if at is None:
            return None
        own = record.children[CHILD_OF_KIND[row.kind]][at]
    hows: dict[str, set[str]] = {SAME: set(), NEAR: set()}
    near_by: set[str] = set()
    for name, stands in numbers_of(row.kind, own):
        for field, one in asked.items():
            how = one.compare(stands)
            if how == SAME or (how and (is_vehicle(row) or _may_be_plate(stands, own))):
                # Found under the name of another number: a slip of the pen, or two numbers.
                is_own = how == SAME and (name not in NUMBERS or name == field)
                hows[SAME if is_own else NEAR].add(name)
                near_by |= set() if is_own else {field}
    against = {f for f, one in asked.items() if is_vehicle(row) and _is_against(one, text_of(own.get(f)))}
    if hows[SAME]:
        is_other = CHASSIS in against - hows[SAME] or (hows[SAME] == {REGISTRATION} and ENGINE in against)
        return _Named(row, SAME, frozenset(hows[SAME]), record, own, is_other)
    # A plate that is near, and another frame or engine: another vehicle.
    is_other = near_by == hows[NEAR] == {REGISTRATION} and bool(against & {CHASSIS, ENGINE})
    if not hows[NEAR] or (is_other and is_strict):
        return None
    return _Named(row, NEAR, frozenset(hows[NEAR]), record, own)


def _may_be_plate(stands: str, own: Row) -> bool:
    """Whether a number in a description may be part of a plate: not a price, weight or year."""
    signs = mark_signs(stands)
    return len(signs) >= _LEAST_WHOLE or (is_of(own, "vehicles") and not _YEAR.fullmatch(signs))


def _is_against(one: AskedMark, stands: str) -> bool:
    """Whether two numbers are complete and different."""
    return bool(stands) and not one.is_partly and not AskedMark(stands).is_partly and not one.compare(stands)


def _other_numbers(found: Iterable[_Named], known: Asked) -> dict[str, AskedMark]:
    """Numbers of the vehicle that were not given; the first of each type, and none that several vehicles may have."""
    made: dict[str, AskedMark] = {}
    for one in found:
        if one.how == SAME and not one.differs and is_vehicle(one.row):
            for name in NUMBERS:
                mark = AskedMark(text_of(one.own.get(name)), is_registration=name == REGISTRATION)
                if name not in known and name not in made and _is_telling(mark):
                    made[name] = mark
    return made


def _is_telling(mark: AskedMark) -> bool:
    """Whether a number is usable: not half of one, nor placeholder zeros."""
    return not mark.is_partly and len(set(mark.signs)) >= _LEAST_TELLING and sum(c.isdigit() for c in mark.signs) >= 3


def _answers(found: Sequence[_Named]) -> Iterator[Answering]:
    whole = {n.record.id for n in found if n.how == SAME and is_vehicle(n.row)}
    # What its text and its list of things say of it stands in the vehicle's own row.
    kept = [n for n in found if is_vehicle(n.row) or n.record.id not in whole]
    same = [n for n in kept if n.how == SAME and not n.differs and not is_told(n.row)]
    said = [_list_statements(n) for n in same]
    words = dict(zip((n.place for n in same), standing_words(said), strict=True))
    days = {n.place: some[0].day for n, some in zip(same, said, strict=True)}
    for one in sorted(kept, key=lambda n: (n.how != SAME, days.get(n.place) or day_of(n.record, ""), n.place)):
        word = words.get(one.place) or (DIFFERS if one.differs else TOLD_SAYS if one.how == SAME else NEAR_SAYS)
        child = CHILD_OF_KIND[one.row.kind] if one.row.line else ""
        yield Answering(
            one.record.id, one.record.form, child, one.row.line, score_of(word),
            (Ground("number", one.how),), one.by, says=word,
        )  # fmt: skip


def _list_statements(one: _Named) -> list[ThingStatement]:
    numbers = {fold_key(text) for _, text in numbers_of(one.row.kind, one.own)}
    return said_of(one.record, one.own, is_vehicle=is_vehicle(one.row), number=numbers)
