"""Non-cognizable report, complaint, petition or community service register entry: one record an entry.

Source: a careful reconstruction with the NCR register (registers.md section 7).
"""

from __future__ import annotations

from mappers.schema.parts import (
    ActSection,
    Diary,
    Investigator,
    LegacyKey,
    LinkedFir,
    Person,
    PersonAddress,
    StationKey,
)
from mappers.schema.parts.table import Table, Text, column


class Complaint(
    Investigator, LinkedFir, Diary, StationKey,
    items={"year": "3", "gd_no": "4", "gd_date": "4", "gd_time": "4", "linked_fir_state": "12",
           "linked_fir_district": "12", "linked_fir_police_station": "12", "linked_fir_year": "12",
           "linked_fir_no": "12", "linked_fir_part": "12"},
    mandatory=("gd_no",),
):  # fmt: skip
    """One report that is no FIR."""

    kind: Text = column("Kind", "code", item="2", codes="nonfir_kind", high=True, mandatory=True)
    report_no: Text = column("Number", "int", item="3", high=True, mandatory=True)
    report_date: Text = column("Date of the report", "date", item="3", high=True)
    occurrence_from: Text = column("Occurrence: date from", "date", item="8", high=True)
    occurrence_time_from: Text = column("Occurrence: time from", "time", item="8")
    place: Text = column("Place of occurrence", "text", item="8", private="text")
    gist: Text = column("Gist", "text", item="9", mandatory=True, private="text")
    magistrate_permission: Text = column("Magistrate's permission", "code", item="10", codes="yes_no")
    magistrate_order: Text = column("Magistrate's order", "text", item="10", private="text")
    result: Text = column("Action and result", "code", item="11", codes="nonfir_result", mandatory=True)
    result_date: Text = column("Date of the result", "date", item="11")
    remarks: Text = column("Remarks", "text", private="text")


class NcrParty(Person, items={"name": "6, 7", "relative_name": "6", "address": "6, 7", "phone": "6"}):
    """The complainant (item 6) or the opposite party (item 7), by role."""


TABLES = (
    Table("ncr", Complaint, key=("state", "district", "police_station", "year", "kind", "report_no")),
    Table("ncr_acts", ActSection, "acts"),
    Table("ncr_persons", NcrParty, "persons"),
    Table("ncr_addresses", PersonAddress, "addresses"),
    Table("ncr_legacy_keys", LegacyKey, "legacy_keys"),
)
