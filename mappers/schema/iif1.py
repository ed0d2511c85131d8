"""IIF-I, the First Information Report, with its acts and sections, persons and property.

Source: the item list of IF1 as printed (Puducherry/NCRB set and CAS prints). Item numbers are those of the printed
form; the bare letters of item 6 differ between prints, the labels do not.
"""

from __future__ import annotations

from mappers.schema.parts import (
    ActSection,
    Features,
    FirRef,
    IdPaper,
    Investigator,
    LegacyKey,
    Officer,
    Person,
    PersonAddress,
    Thing,
    Vehicle,
)
from mappers.schema.parts.table import Table, Text, column


class Fir(
    Officer, Investigator, FirRef,
    items={"io_name": "13", "io_rank": "13", "io_no": "13", "officer_name": "14", "officer_rank": "14",
           "officer_no": "14"},
    mandatory=("fir_no", "fir_date", "officer_name", "officer_rank"),
):  # fmt: skip
    """The FIR itself: one row a report; keyed by state, district, police station, year and number."""

    fir_time: Text = column("Time of FIR", "time", item="1")
    other_acts: Text = column("Other acts and sections", "text", item="2")
    occurrence_day: Text = column("Day of occurrence", "code", item="3a", codes="weekday")
    occurrence_from: Text = column("Occurrence: date from", "date", item="3a", high=True)
    occurrence_time_from: Text = column("Occurrence: time from", "time", item="3a")
    occurrence_to: Text = column("Occurrence: date to", "date", item="3a", high=True)
    occurrence_time_to: Text = column("Occurrence: time to", "time", item="3a")
    occurrence_prahar: Text = column("Occurrence: prahar", "code", item="3a", codes="prahar")
    occurrence_prior_to: Text = column("Occurrence: prior to, date", "date", item="3a")
    occurrence_prior_to_time: Text = column("Occurrence: prior to, time", "time", item="3a")
    info_date: Text = column("Information received: date", "date", item="3b", high=True, mandatory=True)
    info_time: Text = column("Information received: time", "time", item="3b")
    gd_no: Text = column("General diary entry number", "text", item="3c", mandatory=True)
    gd_date: Text = column("General diary: date", "date", item="3c")
    gd_time: Text = column("General diary: time", "time", item="3c")
    info_type: Text = column("Type of information", "code", item="4", codes="info_type", mandatory=True)
    place_direction: Text = column("Direction from police station", "code", item="5a", codes="direction")
    place_distance_km: Text = column("Distance from police station (km)", "decimal", item="5a")
    beat: Text = column("Beat number", "text", item="5a")
    place: Text = column("Place of occurrence", "text", item="5b", mandatory=True, private="text")
    outside_ps: Text = column("Outside the station's limits: police station", "code", item="5c")
    outside_district: Text = column("Outside the station's limits: district", "code", item="5c")
    outside_state: Text = column("Outside the station's limits: state", "code", item="5c")
    more_accused: Text = column("Accused more than listed: how many", "int", item="7")
    delay_reason: Text = column("Reasons for delay", "text", item="8", private="text")
    property_value: Text = column("Total value of property (Rs)", "money", item="10")
    recovered_value: Text = column("Value recovered (Rs)", "money")
    ud_case_no: Text = column("Inquest report / U.D. case number", "text", item="11")
    narrative: Text = column("First information contents", "text", item="12", mandatory=True, private="text")
    action_taken: Text = column("Action taken", "code", item="13", codes="action_taken")
    refused_reason: Text = column("Investigation refused due to", "text", item="13", private="text")
    transferred_ps: Text = column("Transferred to police station", "code", item="13")
    transferred_district: Text = column("Transferred to district", "code", item="13")
    informant_signed: Text = column("Signature or thumb impression of informant", "code", item="14", codes="yes_no")
    despatch_date: Text = column("Despatched to court: date", "date", item="15")
    despatch_time: Text = column("Despatched to court: time", "time", item="15")
    result: Text = column("Result as written in the old book", "text", private="text")
    legacy_key: Text = column("Key in the old system", "text")


class FirParty(
    Features, Person,
    items={"name": "6a, 7", "alias": "7", "relation": "6b, 7", "relative_name": "6b, 7", "age": "6c",
           "birth_year": "6c", "birth_date": "6c", "nationality": "6d", "uid_last4": "6e", "passport_no": "6f",
           "passport_issued_on": "6f", "passport_issued_at": "6f", "occupation": "6h", "occupation_code": "6h",
           "address": "6i, 7", "phone": "6j", "mobile": "6j"},
):  # fmt: skip
    """One person of the case (items 6, 7, and the attachment to 7); role is complainant, accused or victim."""

    accused_code: Text = column("Code of the accused (A1, A2 ...)", "text")
    status: Text = column("Known, suspected or unknown", "code", item="7", codes="accused_kind")


class Property(
    Thing,
    items={"category": "9", "property_type": "9", "description": "9", "value": "9"},
):
    """One property of interest (item 9)."""


TABLES = (
    Table("iif1", Fir, key=("state", "district", "police_station", "year", "fir_no")),
    Table("iif1_acts", ActSection, "acts"),
    Table("iif1_persons", FirParty, "persons"),
    Table("iif1_ids", IdPaper, "ids"),
    Table("iif1_addresses", PersonAddress, "addresses"),
    Table("iif1_property", Property, "property"),
    Table("iif1_vehicles", Vehicle, "vehicles"),
    Table("iif1_legacy_keys", LegacyKey, "legacy_keys"),
)
