"""Status of a case: the loaded FIR, final report, judgment and appeal, with dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from digitize.errors import OptionsError
from digitize.search.answers import Ground, RankedRow, how_alike
from digitize.search.others import find_cases
from digitize.search.query import SearchQuery
from digitize.search.store_queries import SearchStore
from digitize.search.visibility import never_enough
from digitize.search.words import Stations, place_names_of
from digitize.services.kind import HIDDEN, NUMBER, SAYS, YEAR, Answering, Need, Parameter, RecordService
from mappers.names.keys import token
from mappers.text.folding import fold_key

FIR = "iif1"
_SAYS = {FIR: "registered", "iif5": "final-report", "iif6": "judgment", "iif7": "appeal"}
"""Forms in the order of a case -> what each says about it."""
_CHARGED = "charge_sheet"
_BY = frozenset({"fir_no", "year", "police_station"})
_MOST = 40
_CASE = ("state", "district", "police_station", "year", "fir_no", "fir_part", "fir_date")
_OWN = (
    "action_taken", "refused_reason", "transferred_ps", "transferred_district", "io_name", "io_rank", "report_no",
    "report_type", "original_supplementary", "report_date", "court", "court_case_no", "court_case_year", "cnr",
    "judgment_date", "appellate_court", "appeal_no", "appeal_year", "appeal_result", "result_date",
)  # fmt: skip


def find(store: SearchStore, asked: Mapping[str, str]) -> list[Answering]:
    """Records of the FIR with a number, year and station, in the order of the case."""
    forms = list(_SAYS)
    found = [row for row in cases_of(store, asked) if row.row.form in forms]
    # A step of a thousandth keeps them in that order; a station that is only nearly the one asked for is further off.
    return [
        Answering(
            one.row.record_id, one.row.form, score=round(one.score - forms.index(one.row.form) / 1000, 3),
            why=(Ground("number", "same"), Ground("station", how_alike(one.score))), by=_BY,
            says=_SAYS[one.row.form],
        )
        for one in found[:_MOST]
    ]  # fmt: skip


def cases_of(store: SearchStore, asked: Mapping[str, str]) -> list[RankedRow]:
    """Records of all forms that name an FIR: number, year, station and, if given, district.

    Raises OptionsError for an invalid query.
    """
    query = SearchQuery(f"{asked.get('number', '')}/{asked.get('year', '')}", "fir", station=asked.get("station", ""))
    query.check()
    if query.number_and_year is None or not query.station.strip():
        raise OptionsError("Give the number, the year and the police station of the FIR.")
    stations = Stations(store).find_alike(query.station)
    if not stations:
        return []
    district = asked.get("district", "").strip()
    places = frozenset(token("d", fold_key(name)) for name in place_names_of(district)) if district else frozenset()
    rows = find_cases(store, replace(query, limit=_MOST), stations, [("place", places)] if places else [], never_enough)
    return [row for row in rows if row.row.station in stations]


def verdict(found: Sequence[Mapping[str, str]]) -> str:
    """Status of the case by the records shown: the last one counts."""
    found = [one for one in found if one.get(SAYS) != HIDDEN]
    if not found:
        return unfound({})
    # Where a record does not say of which state or part it is, it may be of any.
    said = [{one.get(name, "") for one in found} - {""} for name in ("state", "fir_part")]
    if len({(one.get("district", ""), one.get("police_station", "")) for one in found}) > 1 or max(map(len, said)) > 1:
        return "several"
    by_form = {one.get(SAYS, ""): one for one in found}
    if "appeal" in by_form:
        return "appeal-decided" if by_form["appeal"].get("appeal_result") else "appealed"
    if "judgment" in by_form:
        return "decided"
    kinds = {one.get("report_type", "") for one in found if one.get(SAYS) == "final-report"}
    if kinds:
        return "charge-sheet" if _CHARGED in kinds else "closed" if kinds != {""} else "reported"
    return {"refused_investigation": "refused", "transferred_other_ps": "transferred"}.get(
        by_form.get("registered", {}).get("action_taken", ""), "under-investigation"
    )


def unfound(asked: Mapping[str, str]) -> str:
    """Nothing found, or nothing that may be shown; which of the two is not disclosed."""
    return "not-found"


SERVICE = RecordService(
    name="fir-status",
    help="Show the status of a case: registered, reported on, decided, appealed, with dates.",
    parameters=(
        Parameter("number", "the FIR's number, without the year", NUMBER, is_needed=True),
        Parameter("year", "the year of registration", YEAR, is_needed=True),
        Parameter("station", "the police station, in any script", is_needed=True),
        Parameter("district", "its district, if several have a station of that name"),
    ),
    forms=tuple(_SAYS),
    shows={
        "": (*_CASE, *_OWN),
        "acts": ("act", "section"),
        "persons": ("accused_code", "court_result", "appeal_result"),
    },
    find=find,
    verdict=verdict,
    unfound=unfound,
    needs=tuple(Need(FIR, "", field, (field,)) for field in ("fir_no", "year", "police_station")),
)
