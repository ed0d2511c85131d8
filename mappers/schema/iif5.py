"""IIF-V, final form or report (charge-sheet): one record a report, original or supplementary.

Source: the item list of IF5 as printed, with one sheet an accused.
"""

from __future__ import annotations

from mappers.schema.parts import (
    CourtCase,
    FirRef,
    Investigator,
    LegacyKey,
    Person,
    PersonActSection,
    PersonAddress,
    ReportRef,
    Thing,
)
from mappers.schema.parts.table import Table, Text, column


class FinalReport(
    CourtCase, Investigator, ReportRef, FirRef,
    items={"court": "0", "report_no": "2", "report_date": "3", "io_name": "8", "io_rank": "8", "io_no": "8",
           "case_type": "21", "court_case_no": "21", "court_case_year": "21", "cnr": "21"},
    mandatory=("fir_no", "fir_date", "court", "report_no", "report_date", "io_name", "io_rank"),
):  # fmt: skip
    """One report to the court on what the investigation found."""

    report_type: Text = column(
        "Type of final report", "code", item="5", codes="final_report_type", high=True, mandatory=True
    )
    unoccurred_reason: Text = column("If unoccurred: why", "code", item="6", codes="unoccurred_reason")
    original_supplementary: Text = column(
        "Original or supplementary", "code", item="7", codes="original_supplementary", mandatory=True
    )
    false_case_action: Text = column("If false: action taken", "text", item="14", private="text")
    laboratory_result: Text = column("Result of laboratory analysis", "text", item="15", private="text")
    fsl_no: Text = column("Number of the forensic laboratory", "text", item="15")
    brief_facts: Text = column("Brief facts of the case", "text", item="16", mandatory=True, private="text")
    refer_notice_served: Text = column("Refer notice served", "code", item="17", codes="yes_no")
    refer_notice_date: Text = column("Refer notice: date", "date", item="17")
    despatch_date: Text = column("Despatched on", "date", item="18", mandatory=True)
    sho_name: Text = column("Forwarded by", "name", item="19", mandatory=True)
    sho_rank: Text = column("Forwarded by: rank", "code", item="19", codes="rank", mandatory=True)
    sho_no: Text = column("Forwarded by: number", "text", item="19")
    submitted_by: Text = column("Submitted by", "name", item="20", mandatory=True)
    submitted_by_rank: Text = column("Submitted by: rank", "code", item="20", codes="rank", mandatory=True)
    submitted_by_no: Text = column("Submitted by: number", "text", item="20")
    icjs_chargesheet_no: Text = column("Charge-sheet number of ICJS", "text", item="21")


class FinalReportParty(
    Person,
    items={"name": "9a, 11i, 12, 13", "relation": "9b, 11ii, 13", "relative_name": "9b, 11ii, 13",
           "birth_year": "11iii, 13", "birth_date": "11iii, 13", "sex": "11iv", "nationality": "11v",
           "passport_no": "11vi", "religion": "11vii", "caste_category": "11viii", "occupation": "11ix, 13",
           "address": "11x, 12, 13"},
):  # fmt: skip
    """Complainant (item 9), accused charge-sheeted (11) or not (12, role suspect), or witness (13), by role."""

    serial_no: Text = column("Serial number", "int", item="13")
    accused_code: Text = column("Code of the accused (A1, A2 ...)", "text", item="11")
    name_verified: Text = column("Name is verified", "code", item="11i", codes="yes_no")
    address_verified: Text = column("Address is verified", "code", item="11x", codes="yes_no")
    provisional_criminal_no: Text = column("Provisional criminal number", "text", item="11xi")
    regular_criminal_no: Text = column("Regular criminal number", "text", item="11xii")
    arrest_date: Text = column("Date of arrest", "date", item="11xiii", high=True)
    bail_date: Text = column("Date of release on bail", "date", item="11xiv")
    forwarded_date: Text = column("Date forwarded to court", "date", item="11xv")
    sureties: Text = column("Sureties", "text", item="11xvii", private="kin")
    previous_convictions: Text = column("Previous convictions", "text", item="11xviii", private="person")
    status: Text = column("Status of the accused", "code", item="11xix", codes="accused_status")
    not_charged_reason: Text = column("Not charge-sheeted because", "text", item="12", private="person")
    evidence_type: Text = column("Type of evidence", "code", item="13", codes="evidence_type")


class Exhibit(
    Thing,
    items={"description": "10", "value": "10"},
):
    """One thing recovered and relied upon (item 10)."""

    serial_no: Text = column("Serial number", "int", item="10")
    malkhana_no: Text = column("Number in the station's property register", "text", item="10")
    from_whom: Text = column("From whom or where", "text", item="10", private="kin")
    disposal: Text = column("Disposal", "text", item="10")


TABLES = (
    Table("iif5", FinalReport, key=("state", "district", "police_station", "year", "fir_no", "report_no")),
    Table("iif5_acts", PersonActSection, "acts"),
    Table("iif5_persons", FinalReportParty, "persons"),
    Table("iif5_addresses", PersonAddress, "addresses"),
    Table("iif5_property", Exhibit, "property"),
    Table("iif5_legacy_keys", LegacyKey, "legacy_keys"),
)
