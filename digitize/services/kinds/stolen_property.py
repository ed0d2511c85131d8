"""Stolen, recovered and seized property including arms, by number, maker, type, calibre or words."""

from __future__ import annotations

from collections.abc import Mapping

from digitize.errors import OptionsError
from digitize.search.marks import AskedMark
from digitize.search.store_queries import SearchStore
from digitize.search.words import Stations
from digitize.services.articles import find_articles, numbered_rows, worded_rows
from digitize.services.kind import CHOICE, Answering, Need, Parameter, RecordService
from digitize.services.listing import PLACE_ASKED, check_days
from digitize.services.things import RECOVERED, STOLEN, UNSURE, verdict_of
from mappers.codes.lists import code_lists

NONE = "none"
_STATES = (STOLEN, RECOVERED, "seized")
_LEAST_KNOWN = 4


def _find(store: SearchStore, given: Mapping[str, str]) -> list[Answering]:
    check_days(given)
    number, words = _number(given), _words(given)
    if number is not None and len(number.signs) < _LEAST_KNOWN:
        raise OptionsError("Give at least four characters of the number.")
    if number is None and not words:
        raise OptionsError("Give a number, a maker, a type of thing, a calibre, or words of its description.")
    stations = Stations(store).find_alike(given["station"]) if given.get("station") else None
    # A station that is not there: nothing else may be found in its place.
    if stations is not None and not stations:
        return []
    rows = numbered_rows(store, number) if number is not None else worded_rows(store, words, stations or ())
    kept = [(row, score) for row, score in rows if stations is None or row.station in stations]
    return find_articles(store, kept, number, given)


def _number(given: Mapping[str, str]) -> AskedMark | None:
    text = given.get("number", "").strip()
    return AskedMark(text) if text else None


def _words(given: Mapping[str, str]) -> str:
    """Words used to look up a thing; a calibre by the word next to it."""
    told = " ".join(given[n].replace("_", " ") for n in ("words", "maker", "kind") if given.get(n, "").strip())
    calibre = given.get("calibre", "").strip()
    return told or (("mm" if "mm" in calibre.lower() else "bore") if calibre else "")


def _unfound(given: Mapping[str, str]) -> str:
    """Half a number never proves that nothing has it."""
    number = _number(given)
    return UNSURE if number is not None and number.is_partly else NONE


_OF_ITSELF = (
    ("description", ("description", "identification_no", "property_type")),
    ("status", ("property_status",)),
)  # fmt: skip
SERVICE = RecordService(
    name="stolen-property",
    help="Find stolen, recovered and seized property and arms by number, maker, type, calibre or words.",
    parameters=(
        Parameter("number", "of an arm, a telephone (IMEI) or a machine; ? for a character that cannot be read"),
        Parameter("words", "words of its description, in any script", names_person=True),
        Parameter("maker", "who made it", names_person=True),
        Parameter("kind", "its type", CHOICE, tuple(code_lists()["property_type"].values)),
        Parameter("calibre", "of a fire-arm, as 12 bore, 9 mm or .315"),
        Parameter("arms", "arms and ammunition only", CHOICE, ("yes",)),
        Parameter("state", "stolen and not recovered, recovered, or seized", CHOICE, _STATES),
        *PLACE_ASKED,
    ),
    forms=("property", "iif1", "iif2", "iif4", "iif5"),
    shows={
        "": (
            "state", "district", "police_station", "year", "fir_no", "fir_date", "seizure_date", "property_nature",
            "category", "property_type", "description", "identification_no", "property_status", "recovered_date",
            "malkhana_no", "location",
        ),
        "property": (
            "category", "property_type", "description", "quantity", "unit", "value", "property_status", "serial_no",
        ),
    },
    find=_find,
    verdict=verdict_of,
    unfound=_unfound,
    certifies=True,
    needs=(
        *(Need(form, "property", "description", ("description", "property_type")) for form in ("iif1", "iif2", "iif4")),
        *(Need(form, "property", "status", ("property_status",)) for form in ("iif1", "iif2")),
        Need("iif4", "property", "status", ("property_status",), ("property_nature",)),
        *(Need("property", "", what, some) for what, some in _OF_ITSELF),
        Need("iif4", "numbered", "number", ("number",)),
        Need("property", "numbered", "number", ("number",)),
    ),
)  # fmt: skip
