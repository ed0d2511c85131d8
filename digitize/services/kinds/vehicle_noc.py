"""Whether a vehicle is stolen, recovered or in a case, by the newest loaded record with its numbers."""

from __future__ import annotations

from collections.abc import Mapping

from digitize.errors import OptionsError
from digitize.search.marks import AskedMark
from digitize.search.query import MOST_TEXT, NOT_SEARCHABLE, is_searchable
from digitize.search.store_queries import SearchStore
from digitize.services.kind import Answering, Need, Parameter, RecordService
from digitize.services.things import UNSURE, verdict_of
from digitize.services.vehicles import CHASSIS, ENGINE, REGISTRATION, find_vehicle

NO_RECORD = "no-record"
FIELDS = {"registration": REGISTRATION, "chassis": CHASSIS, "engine": ENGINE}
_LEAST_KNOWN = 4


def _asked_marks(given: Mapping[str, str]) -> dict[str, AskedMark]:
    texts = {field: given.get(name, "").strip() for name, field in FIELDS.items()}
    return {field: AskedMark(text, is_registration=field == REGISTRATION) for field, text in texts.items() if text}


def _find(store: SearchStore, given: Mapping[str, str]) -> list[Answering]:
    asked = _asked_marks(given)
    if any(len(one.text) > MOST_TEXT for one in asked.values()):
        raise OptionsError(f"A number has at most {MOST_TEXT} characters.")
    if not all(is_searchable(one.text) for one in asked.values()):
        raise OptionsError(NOT_SEARCHABLE)
    if not any(len(one.signs) >= _LEAST_KNOWN for one in asked.values()):
        raise OptionsError("Give at least four characters of a registration, engine or chassis number.")
    return find_vehicle(store, {field: one for field, one in asked.items() if one.signs})


def _unfound(given: Mapping[str, str]) -> str:
    """Only complete numbers can be clear of all records: a partly read number may be any."""
    asked = _asked_marks(given)
    return UNSURE if not asked or any(one.is_partly for one in asked.values()) else NO_RECORD


_CASE = ("state", "district", "police_station", "year", "fir_no", "fir_date")
_NUMBERS = (REGISTRATION, CHASSIS, ENGINE)
_LOOKS = ("vehicle_type", "make", "model", "colour", "manufacture_year")
SERVICE = RecordService(
    name="vehicle-noc",
    help="Check whether a vehicle is stolen, recovered or in a case, by registration, chassis or engine number.",
    parameters=(
        Parameter("registration", "the registration number; ? for a character that cannot be read, * for several"),
        Parameter("chassis", "the chassis number"),
        Parameter("engine", "the engine number"),
    ),
    forms=("vehicle", "property", "iif1", "iif2", "iif3", "iif4", "iif5", "iif6"),
    shows={
        "": (
            *_CASE, *_NUMBERS, *_LOOKS, "property_status", "theft_date", "recovery_date", "recovered_date",
            "recovered_by_state", "recovered_by_district", "recovered_by_police_station", "recovered_by_year",
            "recovered_by_fir_no", "seizure_date", "property_nature", "property_type", "description",
        ),
        "vehicles": (*_NUMBERS, *_LOOKS),
        # Not what else was taken.
        "property": ("property_status",),
    },
    find=_find,
    verdict=verdict_of,
    unfound=_unfound,
    certifies=True,
    needs=(
        *(Need(form, "vehicles", "number", _NUMBERS) for form in ("iif1", "iif2", "iif4")),
        Need("vehicle", "", "number", _NUMBERS),
    ),
)  # fmt: skip
