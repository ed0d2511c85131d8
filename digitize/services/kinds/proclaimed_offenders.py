"""Proclamations and warrants (CrPC 82, 83, BNSS 84, 85), outstanding or over, by person, station, court or CNR."""

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
from digitize.services.standing import UNSURE, CaseOf, by_case, meaning, roles_of, standing_of, standings
from mappers.record import Record
from mappers.text.folding import fold_key

FORM = "po"
OUTSTANDING, OVER, ENDED, NONE = "outstanding", "over", "ended-since", "none"
_STATES = (OUTSTANDING, OVER)
_NUMBER = ("cnr", "court")


def _find(store: SearchStore, given: Mapping[str, str]) -> list[Answering]:
    require_some(given, *_NUMBER)
    found = list(_by_name(store, given) if is_by_name(given) else _by_list(store, given))
    cases = open_cases(store, {(a.record, a.form) for a in found})
    records = by_case(cases)
    return [one for a in found if (one := _tell_offender(a, cases, records, given)) is not None]


def _by_name(store: SearchStore, given: Mapping[str, str]) -> Iterator[Answering]:
    by = fields_of(given)
    for one in find_named(store, given, (FORM,)):
        yield Answering(one.row.record_id, FORM, "persons", one.row.line, min(one.score, 1.0), one.grounds, by)


def _by_list(store: SearchStore, given: Mapping[str, str]) -> Iterator[Answering]:
    place = place_of(store, given)
    if place is None:
        return
    wanted = dict(place)
    if cnr := _signs(given.get("cnr", "")):
        wanted["cnr"] = tuple(dict.fromkeys((given["cnr"].strip(), cnr)))
    if kind := given.get("kind", ""):
        wanted["warrant_kind"] = (kind,)
    if state := given.get("state", ""):
        open_codes = tuple(c for c in standings()["warrant_status"] if meaning("warrant_status", c) == OUTSTANDING)
        # What says pending may have ended since, by another record.
        wanted["po_status"] = tuple(standings()["warrant_status"]) if state == OVER else (*open_codes, "")
    days = check_days(given)
    pick = Pick(FORM, "persons", (), ("name",), "warrant_date", days, of_record=wanted, roles=roles_of(FORM))
    grounds = place_grounds(given)
    by = frozenset((*wanted, "warrant_date"))
    for row in list_rows(store, pick):
        yield Answering(row.record, FORM, "persons", row.line, score_by_day(row.day, days[1] or today()), grounds, by)


def _tell_offender(one: Answering, cases: FoundCases, records: CaseOf, given: Mapping[str, str]) -> Answering | None:
    """A result with what it says; None if it does not match the query."""
    record = cases.records.get(one.record)
    at = cases.place(one.record, "persons", one.line)
    if record is None or at is None or not _fits(record, given):
        return None
    row = record.children["persons"][at]
    standing = standing_of(row, record, records(record))
    says = meaning("warrant_status", text_of(record.fields.get("po_status"))) or UNSURE
    if says == OUTSTANDING and not standing.is_wanted:
        # Nobody is wanted by a bailable warrant; whether something ended it is asked all the same.
        says = UNSURE if standing.word == UNSURE else ENDED if standing.word else OUTSTANDING
    if given.get("state") and (says in (OUTSTANDING, UNSURE)) != (given["state"] == OUTSTANDING):
        return None
    others = others_of(standing, cases, one.record)
    return replace(one, beside=others, says=says, match=match_person(given, record, row, one.why))


def _fits(record: Record, given: Mapping[str, str]) -> bool:
    """Whether a record matches the query apart from the name."""
    own = {n: text_of(record.fields.get(n)) for n in (*_NUMBER, "warrant_kind", "warrant_date")}
    since, until = check_days(given)
    return (
        _signs(given.get("cnr", "")) in ("", _signs(own["cnr"]))
        and fold_key(given.get("court", "")) in fold_key(own["court"])
        and given.get("kind", "") in ("", own["warrant_kind"])
        and is_of_district(record, given)
        and (not since or own["warrant_date"] >= since)
        and (not until or not own["warrant_date"] or own["warrant_date"] <= until)
    )


def _signs(text: str) -> str:
    return "".join(c for c in text.upper() if c.isalnum())


def _verdict(found: Sequence[Mapping[str, str]]) -> str:
    said = said_of_person(found)
    if OUTSTANDING in said:
        return OUTSTANDING
    return NONE if not said else UNSURE if UNSURE in said else OVER


SERVICE = RecordService(
    name="proclaimed-offenders",
    help="Find proclamations and warrants, outstanding or over, by name, station, district, court or CNR.",
    parameters=(
        *PERSON_ASKED,
        *PLACE_ASKED,
        Parameter("court", "the court, or words of its name"),
        Parameter("cnr", "the number of the case in e-Courts (CNR)"),
        Parameter("kind", "the kind of warrant", CHOICE, tuple(standings()["warrants"])),
        Parameter("state", "outstanding, or over", CHOICE, _STATES),
    ),
    forms=(FORM,),
    shows={
        "": (
            "state", "district", "police_station", "year", "fir_no", "warrant_no", "warrant_date", "warrant_kind",
            "po_status", "executed_date", "reward", "court", "case_type", "court_case_no", "court_case_year", "cnr",
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
        Need(FORM, "persons", "name", NAMED_BY, roles=roles_of(FORM)),
        Need(FORM, "persons", "status", of_record=("po_status",), roles=roles_of(FORM)),
        Need(FORM, "persons", "day", of_record=("warrant_date",), roles=roles_of(FORM)),
    ),
)  # fmt: skip
