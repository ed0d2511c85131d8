"""Missing persons: found by known facts, and compared with bodies and traced persons."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from digitize.errors import OptionsError
from digitize.search.answers import Ground
from digitize.search.persons import find_persons
from digitize.search.query import NOT_SEARCHABLE, SearchQuery, is_searchable
from digitize.search.store_queries import SearchStore
from digitize.search.visibility import never_enough
from digitize.search.words import place_names_of
from digitize.services.kind import CHOICE, DAY, NUMBER, Answering, Need, Parameter, RecordService
from digitize.services.matching.comparing import Likeness
from digitize.services.matching.described import (
    ASKED,
    MARK_FIELDS,
    MARK_TEXTS,
    ROLE,
    Description,
    names_of,
    place_words,
    row_fields,
)
from digitize.services.matching.pairs import (
    BODIES,
    FORM_OF,
    FOUND,
    REPORTS,
    asked_pick,
    best_of,
    describe_persons,
    found_by,
    matches,
)
from digitize.targets.search_rows import NAMES
from mappers.codes.appearance import read_clothes, read_marks
from mappers.codes.lists import code_lists
from mappers.text.folding import fold_digits

_MOST = 240
"""Number opened for one answer: with fewer, the number shown would disclose how many are hidden."""
_MOST_BESIDE = 60
_MOST_NAMED = 400
_MOST_TEXT = 200
_AMONG = (REPORTS, BODIES, FOUND)
_RECORD = re.compile(r"[\w.+:-]{1,200}")
_TEXTS = ("name", "relative", "place", "marks", "clothes")
_LOOKED_BY = frozenset({"marks", "clothes", "height", "place", "build", "complexion", "age"})
_KNOWN = (*_TEXTS, "age", "height", "build", "complexion")


def find(store: SearchStore, asked: Mapping[str, str]) -> list[Answering]:
    """Possible persons, or one record with those who may be the same person."""
    if asked.get("record", "").strip():
        return _match_record(store, asked["record"].strip(), asked.get("among", ""))
    return _search_described(store, asked)


def _match_record(store: SearchStore, record: str, among: str) -> list[Answering]:
    if not _RECORD.fullmatch(record):
        raise OptionsError("Give the record by its id, as shown in an answer.")
    form = dict(store.records(frozenset(), [record])).get(record, "")
    found = []
    for one in describe_persons(store, form, [record]) if form in ROLE else ():
        others = matches(store, one, [among] if among else _AMONG, _MOST_BESIDE)
        # What of this record was looked at to find them tells of it as much as they do.
        found.append(Answering(record, form, "persons", one.line, 1.0, (Ground("record", "same"),),
                               beside=tuple(map(_answering, others)), beside_by=one.filled))  # fmt: skip
    return found


def _search_described(store: SearchStore, asked: Mapping[str, str]) -> list[Answering]:
    said = {n: v.strip() for n, v in asked.items() if v.strip()}
    _check(said)
    which = said.get("among", REPORTS)
    form = FORM_OF[which]
    one = _described_by(said)
    days = (said.get("since", ""), said.get("until", ""))
    pick = asked_pick(which, one, days)
    found: dict[tuple[str, int], Likeness] = {}
    if one.names.said or one.relative.said:
        query = SearchQuery(said.get("name", ""), "person", said.get("relative", ""), since=days[0], until=days[1])
        named = find_persons(store, replace(query, since="", until=""), {}, (), never_enough, (form,))[:_MOST_NAMED]
        lines = {(r.row.record_id, r.row.line) for r in named}
        some = [d for d in describe_persons(store, form, sorted({r for r, _ in lines})) if (d.record, d.line) in lines]
        kept = [d for d in some if _is_within(d.day, days) and (which == BODIES or bool(d.traced) == (which == FOUND))]
        found |= {(c.other.record, c.other.line): c for c in best_of(one, kept, _MOST)}
    # Not where a name was not found alone: that would tell of a hidden one that it was.
    if set(said) & _LOOKED_BY or not {"name", "relative"} & set(said):
        found |= {(c.other.record, c.other.line): c for c in found_by(store, one, pick, _MOST)}
    ordered = sorted(found.values(), key=lambda c: (-round(c.points, 3), c.other.record, c.other.line))
    return [_answering(c) for c in ordered[:_MOST]]


def _is_within(day: str, days: tuple[str, str]) -> bool:
    return not day or (days[0] <= day and (not days[1] or day <= days[1]))


def _answering(found: Likeness) -> Answering:
    one = found.other
    return Answering(one.record, one.form, "persons", one.line, found.score, found.grounds, found.by)


def _check(said: Mapping[str, str]) -> None:
    """Raise OptionsError for an invalid query; no message contains what was typed."""
    if not set(said) & set(_KNOWN):
        raise OptionsError("Give what is known: a name, an age, a place, marks, clothes or the height.")
    if any(len(v) > _MOST_TEXT for v in said.values()):
        raise OptionsError(f"A field has at most {_MOST_TEXT} letters.")
    if not all(map(is_searchable, said.values())):
        raise OptionsError(NOT_SEARCHABLE)
    if said.get("among", REPORTS) not in _AMONG:
        raise OptionsError(f"among must be one of: {', '.join(_AMONG)}.")
    for name, known in (("sex", "sex"), ("build", "build"), ("complexion", "complexion")):
        if name in said and said[name] not in code_lists()[known].values:
            raise OptionsError(f"{name} is one of: {', '.join(code_lists()[known].values)}.")
    for name in ("since", "until"):
        if name in said and not _is_day(said[name]):
            raise OptionsError("A date must be written as 2012-08-31.")
    if "height" in said and not 30 <= _number(said["height"]) <= 250:
        raise OptionsError("The height must be in centimetres, 30 to 250.")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _number(text: str) -> int:
    plain = fold_digits(text)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 5 else 0


def _described_by(said: Mapping[str, str]) -> Description:
    height = _number(said.get("height", ""))
    places = " ".join(place_names_of(said["place"])) if "place" in said else ""
    return Description(
        ASKED, sex=said.get("sex", ""), ages=SearchQuery(age=said.get("age", "")).ages, height=(height, height),
        codes={n: said[n] for n in ("build", "complexion") if n in said}, marks=read_marks(said.get("marks", "")),
        clothes=read_clothes(said.get("clothes", "")), names=names_of([said["name"]] if "name" in said else []),
        relative=names_of([said["relative"]] if "relative" in said else []), place=place_words(places),
    )  # fmt: skip


_AGES = ("age", "age_from", "age_to", "birth_year", "birth_date", "age_months")
_LOOKS = (*MARK_TEXTS, *MARK_FIELDS, "clothes", "height_cm", "deformity")


def _needs(form: str, days: tuple[str, ...]) -> tuple[Need, ...]:
    roles = (ROLE[form],)
    made = (
        Need(form, "persons", "sex", ("sex",), roles=roles),
        Need(form, "persons", "age", _AGES, roles=roles),
        Need(form, "persons", "marks", _LOOKS, roles=roles),
        Need(form, "persons", "day", of_record=days, roles=roles),
    )
    return (
        made
        if form == "uidb"
        else (*made, Need(form, "persons", "name", tuple(n for n in NAMES if n in row_fields(form)), roles=roles))
    )


SERVICE = RecordService(
    name="missing-persons",
    help="Find missing persons by what is known, or the bodies, reports and traced persons like one record.",
    parameters=(
        Parameter("name", "the person's name, in any script", names_person=True),
        Parameter("relative", "name of father, husband or guardian", names_person=True),
        Parameter("sex", "as the forms have it", CHOICE, code_lists()["sex"].values),
        Parameter("age", "when the person went missing: 34, or 30-40"),
        Parameter("height", "in centimetres", NUMBER),
        Parameter("build", "as the forms have it", CHOICE, code_lists()["build"].values),
        Parameter("complexion", "as the forms have it", CHOICE, code_lists()["complexion"].values),
        Parameter("marks", "scars, moles, tattoos and where they are, in any language", names_person=True),
        Parameter("clothes", "what was worn, with colours, in any language", names_person=True),
        Parameter("place", "place where last seen or found; also a district or station", names_person=True),
        Parameter("since", "first day", DAY),
        Parameter("until", "last day", DAY),
        Parameter("among", "where to look", CHOICE, _AMONG),
        Parameter("record", "id of a report or body: find who may be the same person"),
    ),
    forms=tuple(ROLE),
    shows={
        "": ("state", "district", "police_station", "year", "report_no", "ud_no", "reported_date",
             "missing_from_date", "last_seen_place", "trace_status", "traced_date", "traced_place", "found_date",
             "found_place", "identified_date"),
        "persons": ("name", "relative_name", "sex", "age", "age_from", "age_to", "birth_year", "height_cm",
                    "height_to_cm", "build", "complexion", "face", "hair", "eyes", "deformity", "identification_marks",
                    "burn_mark", "leucoderma", "mole", "scar", "tattoo", "other_features", "clothes"),
    },
    find=find,
    verdict=lambda found: "look" if found else "none",
    unfound=lambda asked: "none",
    needs=(*_needs("missing", ("missing_from_date", "reported_date")), *_needs("uidb", ("found_date",))),
)  # fmt: skip
