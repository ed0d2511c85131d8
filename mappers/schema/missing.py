"""Missing person report: one record a person missing.

Source: a careful reconstruction with the missing register (registers.md section 7); item numbers are not official.
"""

from __future__ import annotations

from mappers.schema.parts import (
    Diary,
    Features,
    Investigator,
    LegacyKey,
    LinkedFir,
    Person,
    PersonAddress,
    Standing,
    StationKey,
)
from mappers.schema.parts.table import Table, Text, column


class MissingReport(
    Investigator, LinkedFir, Diary, StationKey,
    items={"gd_no": "3", "gd_date": "3", "gd_time": "3", "linked_fir_state": "4", "linked_fir_district": "4",
           "linked_fir_police_station": "4", "linked_fir_year": "4", "linked_fir_no": "4", "linked_fir_part": "4",
           "io_name": "22", "io_rank": "22", "io_no": "22"},
    mandatory=("gd_no", "gd_date"),
):  # fmt: skip
    """One report of a missing person."""

    report_no: Text = column("Report number", "int", item="2", high=True, mandatory=True)
    reported_date: Text = column("Reported: date", "date", item="5", high=True, mandatory=True)
    reported_time: Text = column("Reported: time", "time", item="5")
    missing_from_date: Text = column("Missing from: date", "date", item="13", high=True, mandatory=True)
    missing_from_time: Text = column("Missing from: time", "time", item="13")
    last_seen_place: Text = column("Place last seen", "text", item="14", mandatory=True, private="text")
    has_photograph: Text = column("Photograph is there", "code", item="19", codes="yes_no")
    missing_reason: Text = column("Probable reason", "code", item="20", codes="missing_reason")
    trace_status: Text = column("Traced", "code", item="21", codes="trace_status", high=True)
    traced_date: Text = column("Traced: date", "date", item="21", high=True)
    traced_place: Text = column("Traced: place", "text", item="21", private="text")
    traced_condition: Text = column("Traced: condition", "text", item="21", private="text")
    reward: Text = column("Reward (Rs)", "money", item="22")
    remarks: Text = column("Remarks", "text", item="22", private="text")
    action_taken: Text = column("Action taken", "text", private="text")


class MissingParty(
    Features, Standing, Person,
    items={"name": "6, 7", "alias": "7", "relation": "6, 8", "relative_name": "6, 8", "sex": "9", "age": "10",
           "age_from": "10", "age_to": "10", "birth_date": "10", "nationality": "11", "religion": "11",
           "occupation": "11", "education": "11", "marital_status": "11", "address": "6, 12", "phone": "6"},
):  # fmt: skip
    """The missing person (items 7 to 18), the informant (item 6), by role."""

    clothes: Text = column("Clothes, shoes and ornaments", "text", item="17", private="person")
    mental_state: Text = column("Mental state", "code", item="18", codes="mental_state")


TABLES = (
    Table("missing", MissingReport, key=("state", "district", "police_station", "year", "report_no")),
    Table("missing_persons", MissingParty, "persons"),
    Table("missing_addresses", PersonAddress, "addresses"),
    Table("missing_legacy_keys", LegacyKey, "legacy_keys"),
)
