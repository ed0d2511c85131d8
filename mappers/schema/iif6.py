"""IIF-VI, court disposal memo: one record a judgment, one person row an accused.

Source: a careful reconstruction; the item numbers of this form are not official.
"""

from __future__ import annotations

from mappers.schema.parts import (
    CourtCase,
    FirRef,
    LegacyKey,
    Named,
    Officer,
    PersonActSection,
    ReportRef,
    Sentence,
)
from mappers.schema.parts.table import Table, Text, column


class Disposal(
    Officer, CourtCase, ReportRef, FirRef,
    items={"report_no": "2", "report_date": "2", "court": "3", "case_type": "4", "court_case_no": "4",
           "court_case_year": "4", "cnr": "4", "officer_name": "19", "officer_rank": "19", "officer_no": "19"},
    mandatory=("fir_no", "fir_date", "report_no", "report_date", "court", "court_case_no", "officer_name",
               "officer_rank"),
):  # fmt: skip
    """One judgment."""

    judgment_date: Text = column("Judgment: date", "date", item="14", high=True, mandatory=True)
    judge_name: Text = column("Judge", "name", item="15")
    judge_rank: Text = column("Judge: rank", "text", item="15")
    property_order: Text = column("Property disposal order", "text", item="16", private="text")
    appeal_recommended: Text = column("Appeal recommended", "code", item="17", codes="yes_no")
    remarks: Text = column("Remarks", "text", item="18", private="text")
    fingerprint_sent: Text = column("Finger print of convict sent", "code", item="18", codes="yes_no")
    memo_date: Text = column("Memo filled on", "date", item="19")


class TriedAccused(
    Sentence, Named,
    items={"name": "6", "relation": "6", "relative_name": "6", "sentence_type": "10", "sentence_years": "11",
           "sentence_months": "11", "sentence_days": "11", "fine": "12", "default_period": "12", "sentence_run": "13"},
    mandatory=("name",),
):  # fmt: skip
    """One accused and what the court decided of them."""

    accused_code: Text = column("Code of the accused (A1, A2 ...)", "text", item="6", mandatory=True)
    charge_framed_on: Text = column("Charge framed on", "date", item="7")
    court_result: Text = column("Result", "code", item="8", codes="court_result", high=True, mandatory=True)


TABLES = (
    Table("iif6", Disposal, key=("state", "district", "police_station", "year", "fir_no", "court_case_no")),
    Table("iif6_acts", PersonActSection, "acts"),
    Table("iif6_persons", TriedAccused, "persons"),
    Table("iif6_convicted_acts", PersonActSection, "convicted_acts"),
    Table("iif6_legacy_keys", LegacyKey, "legacy_keys"),
)
