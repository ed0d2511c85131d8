"""IIF-VII, result of appeal: one record an appeal, one person row an accused.

Source: a careful reconstruction; the item numbers of this form are not official.
"""

from __future__ import annotations

from mappers.schema.parts import CourtCase, FirRef, LegacyKey, Named, Officer
from mappers.schema.parts.table import Table, Text, column


class Appeal(
    Officer, CourtCase, FirRef,
    items={"court": "2", "case_type": "2", "court_case_no": "2", "court_case_year": "2", "cnr": "2",
           "officer_name": "11", "officer_rank": "11", "officer_no": "11"},
    mandatory=("fir_no", "fir_date", "court", "court_case_no", "officer_name"),
):  # fmt: skip
    """One appeal against a judgment."""

    disposal_date: Text = column("Date of the judgment appealed against", "date", item="2", high=True, mandatory=True)
    appeal_no: Text = column("Appeal number", "text", item="3", high=True, mandatory=True)
    appeal_year: Text = column("Year of the appeal", "year", item="3", high=True, mandatory=True)
    appellate_court: Text = column("Appellate court", "code", item="4", mandatory=True)
    appellant_kind: Text = column("Appellant", "code", item="5", codes="appellant_kind", mandatory=True)
    filed_on: Text = column("Filed on", "date", item="6")
    appeal_result: Text = column("Result", "code", item="8", codes="appeal_result", high=True, mandatory=True)
    result_date: Text = column("Date of result", "date", item="10", high=True, mandatory=True)


class AppealAccused(
    Named,
    items={"name": "7", "relation": "7", "relative_name": "7"},
    mandatory=("name",),
):
    """One accused whom the appeal concerns; what differs from the appeal's own result stands here."""

    accused_code: Text = column("Code of the accused (A1, A2 ...)", "text", item="7")
    appeal_result: Text = column("Result for this accused", "code", item="8", codes="appeal_result", high=True)
    modified_sentence: Text = column("Modified sentence", "text", item="9")
    sentence_type: Text = column("Modified sentence: kind", "code", item="9", codes="sentence_type")


TABLES = (
    Table("iif7", Appeal, key=("state", "district", "police_station", "year", "fir_no", "appeal_no", "appeal_year")),
    Table("iif7_persons", AppealAccused, "persons"),
    Table("iif7_legacy_keys", LegacyKey, "legacy_keys"),
)
