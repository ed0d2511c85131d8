"""Arrested and wanted persons: absconding or proclaimed, by the newest record of the case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from digitize.search.cases import FoundCases, open_cases, text_of
from digitize.search.picking import Pick
from digitize.search.store_queries import SearchStore
from digitize.services.identity import match_person
from digitize.services.kind import CHOICE, Answering, Need, Parameter, RecordService
from digitize.services.listing import (
    DAYS_BESIDE,
    FATE_BESIDE,
    NAMED_BY,
    PERSON_ASKED,
    PLACE_ASKED,
    check_days,
    fields_of,
    find_named,
    is_by_name,
    is_of_district,
    list_rows,
    others_of,
    place_grounds,
    place_of,
    require_some,
    said_of_person,
    score_by_day,
    today,
)
from digitize.services.standing import (
    UNSURE,
    WANTED_WORDS,
    CaseOf,
    PersonStanding,
    Somebody,
    by_case,
    meaning,
    roles_of,
    same_person,
    standing_of,
    standings,
)
from mappers.record import Record

ARRESTED, WANTED, NONE = "arrested", "wanted", "none"
PROCLAIMED = "proclaimed"
_DAYS = {"iif3": "arrest_date", "iif5": "report_date", "po": "warrant_date"}
_FORMS = {ARRESTED: ("iif3",), WANTED: ("po", "iif5"), UNSURE: ("po", "iif5")}
_Told = tuple[Answering, Record, int, PersonStanding]


def _find(store: SearchStore, given: Mapping[str, str]) -> list[Answering]:
    require_some(given)
    state = given.get("state", WANTED)
    found = list(_by_name(store, given, state) if is_by_name(given) else _by_list(store, given, state))
    cases = open_cases(store, {(a.record, a.form) for a in found})
    if state == ARRESTED:
        return [one for a in found if (one := _tell_arrest(a, cases, given)) is not None]
    return _each_once(list(_tell_wanted(found, cases, by_case(cases), given, state)), cases)


def _by_name(store: SearchStore, given: Mapping[str, str], state: str) -> Iterator[Answering]:
    by = fields_of(given)
    for one in find_named(store, given, _FORMS[state]):
        row = one.row
        yield Answering(row.record_id, row.form, "persons", row.line, min(one.score, 1.0), one.grounds, by)


def _by_list(store: SearchStore, given: Mapping[str, str], state: str) -> Iterator[Answering]:
    place = place_of(store, given)
    if place is None:
        return
    days = check_days(given)
    grounds = place_grounds(given)
    for form in _FORMS[state]:
        of_record, of_row = dict(place), {}
        if form == "po":
            of_record |= {"po_status": ("pending",), "warrant_kind": _codes_of("warrants")}
        elif form == "iif5":
            of_row = {"status": _codes_of("charge_sheet")}
        day = _DAYS[form]
        pick = Pick(form, "persons", (), ("name",), day, days, of_record=of_record, of_row=of_row, roles=roles_of(form))
        by = frozenset((*of_record, *of_row, day))
        for row in list_rows(store, pick):
            score = score_by_day(row.day, days[1] or today())
            yield Answering(row.record, form, "persons", row.line, score, grounds, by)


def _codes_of(table: str) -> tuple[str, ...]:
    """Codes of a table by which a person is wanted."""
    return tuple(code for code in standings()[table] if meaning(table, code) in WANTED_WORDS)


def _tell_arrest(one: Answering, cases: FoundCases, given: Mapping[str, str]) -> Answering | None:
    record, at = cases.records.get(one.record), cases.place(one.record, "persons", one.line)
    if record is None or at is None or not _fits(record, given):
        return None
    row = record.children["persons"][at]
    if text_of(row.get("role")) not in roles_of(record.form):
        return None
    says = meaning("arrests", text_of(record.fields.get("arrest_mode"))) or ARRESTED
    return replace(one, says=says, match=match_person(given, record, row, one.why))


def _tell_wanted(
    found: Sequence[Answering], cases: FoundCases, case_of: CaseOf, given: Mapping[str, str], state: str
) -> Iterator[_Told]:  # fmt: skip
    for one in found:
        record, at = cases.records.get(one.record), cases.place(one.record, "persons", one.line)
        if record is None or at is None or not _fits(record, given):
            continue
        row = record.children["persons"][at]
        standing = standing_of(row, record, case_of(record))
        if standing.is_wanted if state == WANTED else standing.word == UNSURE:
            match = match_person(given, record, row, one.why)
            yield replace(one, says=standing.word, match=match), record, at, standing


def _each_once(told: Sequence[_Told], cases: FoundCases) -> list[Answering]:
    """Each person of a case once, with other rows about the person beside it."""
    made: list[_Told] = []
    known: dict[int, list[Somebody]] = {}
    for one in sorted(told, key=_order, reverse=True):
        person, nodes = _get_somebody(one), cases.masks.find_cases(one[1])
        if not any(same_person(person, other) == "same" for node in nodes for other in known.get(node, ())):
            made.append(one)
            for node in nodes:
                known.setdefault(node, []).append(person)
    return [replace(a, beside=others_of(standing, cases, a.record)) for a, _, _, standing in made]


def _order(told: _Told) -> tuple[bool, bool, float, str]:
    """Rows visible to more roles first, since whoever may not see the first row would learn of nobody: proclamations,
    warrants, others.
    """
    one, record, _, _ = told
    kind = meaning("warrants", text_of(record.fields.get("warrant_kind")))
    return kind == PROCLAIMED, record.form == "po", one.score, record.id


def _get_somebody(told: _Told) -> Somebody:
    return Somebody.from_row(told[1], told[1].children["persons"][told[2]])


def _fits(record: Record, given: Mapping[str, str]) -> bool:
    since, until = check_days(given)
    day = text_of(record.fields.get(_DAYS[record.form]))
    return is_of_district(record, given) and (not since or day >= since) and (not until or not day or day <= until)


def _verdict(found: Sequence[Mapping[str, str]]) -> str:
    said = said_of_person(found)
    if said & set(WANTED_WORDS):
        return WANTED
    return NONE if not said else UNSURE if UNSURE in said else ARRESTED


SERVICE = RecordService(
    name="arrested-wanted",
    help="Find arrested and wanted persons by name, station, district and dates.",
    parameters=(
        Parameter("state", "arrested, wanted, or unsure (needs a check by a person)", CHOICE, tuple(_FORMS)),
        *PERSON_ASKED,
        *PLACE_ASKED,
    ),
    forms=("iif3", "iif5", "po"),
    shows={
        "": (
            "state", "district", "police_station", "year", "fir_no", "fir_date", "arrest_time", "arrest_mode",
            "bail_date", "warrant_kind", "warrant_no", "warrant_date", "po_status", "executed_date", "reward", "court",
            *DAYS_BESIDE,
        ),
        "persons": (
            "name", "name_roman", "alias", "relation", "relative_name", "sex", "age", "birth_year", "address", "build",
            "height_cm", "complexion", "identification_marks", "accused_code", *FATE_BESIDE,
        ),
        "acts": ("act", "section"),
    },
    find=_find,
    verdict=_verdict,
    unfound=lambda given: NONE,
    needs=(
        *(Need(form, "persons", "name", NAMED_BY, roles=roles_of(form)) for form in _DAYS),
        *(Need(form, "persons", "day", of_record=(day,), roles=roles_of(form)) for form, day in _DAYS.items()),
        Need("iif5", "persons", "status", ("status",), roles=roles_of("iif5")),
        Need("po", "persons", "status", of_record=("po_status",), roles=roles_of("po")),
    ),
)  # fmt: skip
