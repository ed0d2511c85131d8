"""Unidentified dead body or inquest (UD, UDR, AD, marg): one record a case.

Source: a careful reconstruction with the inquest register (registers.md section 7); item numbers are not official.
"""

from __future__ import annotations

from mappers.schema.parts import Diary, Features, LegacyKey, LinkedFir, Person, PersonAddress, StationKey
from mappers.schema.parts.table import Table, Text, column


class Inquest(
    LinkedFir, Diary, StationKey,
    items={"gd_no": "3", "gd_date": "3", "gd_time": "3", "linked_fir_state": "23", "linked_fir_district": "23",
           "linked_fir_police_station": "23", "linked_fir_year": "23", "linked_fir_no": "23", "linked_fir_part": "23"},
    mandatory=("gd_no", "gd_date"),
):  # fmt: skip
    """One inquest on a dead body, whose name may be unknown."""

    ud_no: Text = column("Number of the UD, UDR, AD or marg case", "int", item="2", high=True, mandatory=True)
    inquest_law: Text = column("Law", "code", item="4", codes="inquest_law", mandatory=True)
    found_date: Text = column("Found: date", "date", item="6", high=True, mandatory=True)
    found_time: Text = column("Found: time", "time", item="6")
    found_place: Text = column("Found: place", "text", item="7", mandatory=True, private="text")
    death_date: Text = column("Probable date of death", "date", item="11")
    death_time: Text = column("Probable time of death", "time", item="11")
    death_cause: Text = column("Apparent cause of death", "code", item="12", codes="death_cause", mandatory=True)
    death_kind: Text = column("Kind of death", "code", item="13", codes="death_kind", mandatory=True)
    inquest_date: Text = column("Inquest: date", "date", item="17")
    inquest_time: Text = column("Inquest: time", "time", item="17")
    inquest_by: Text = column("Inquest: officer or magistrate", "name", item="17")
    inquest_by_rank: Text = column("Inquest: rank", "code", item="17", codes="rank")
    pm_hospital: Text = column("Post-mortem: hospital", "text", item="19")
    pm_no: Text = column("Post-mortem: number", "text", item="19")
    pm_date: Text = column("Post-mortem: date", "date", item="19")
    pm_opinion: Text = column("Post-mortem: opinion", "text", item="19", private="text")
    identified_date: Text = column("Identified: date", "date", item="20")
    missing_report_station: Text = column("Missing report of the deceased: station", "text", item="20")
    missing_report_year: Text = column("Missing report of the deceased: year", "year", item="20")
    missing_report_no: Text = column("Missing report of the deceased: number", "int", item="20")
    fingerprints_taken: Text = column("Finger prints taken", "code", item="21", codes="yes_no")
    has_photograph: Text = column("Photograph is there", "code", item="21", codes="yes_no")
    viscera_preserved: Text = column("Viscera or DNA preserved", "code", item="21", codes="yes_no")
    fsl_no: Text = column("Number of the forensic laboratory", "text", item="21")
    body_disposal: Text = column("Disposal of body", "text", item="22", private="text")
    closure: Text = column("Closure of the inquest", "text", private="text")


class UidbParty(
    Features, Person,
    items={"name": "5, 8, 18, 20", "relative_name": "8", "sex": "9", "age": "9", "age_from": "9", "age_to": "9",
           "nationality": "10", "religion": "10", "occupation": "10", "address": "5"},
):  # fmt: skip
    """The deceased (items 8 to 16), informant (5), panch (18), or who identified the body (20), by role."""

    clothes: Text = column("Clothes and articles on the body", "text", item="15", private="person")
    wounds: Text = column("Wounds and marks", "text", item="16", private="person")


TABLES = (
    Table("uidb", Inquest, key=("state", "district", "police_station", "year", "ud_no")),
    Table("uidb_persons", UidbParty, "persons"),
    Table("uidb_addresses", PersonAddress, "addresses"),
    Table("uidb_legacy_keys", LegacyKey, "legacy_keys"),
)
