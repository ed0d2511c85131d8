"""Proclaimed offender, warrant or proclamation: one record a warrant.

Source: a careful reconstruction with the warrant and absconder registers (registers.md sections 2 and 7).
"""

from __future__ import annotations

from mappers.schema.parts import ActSection, CourtCase, Features, FirRef, LegacyKey, Person, PersonAddress
from mappers.schema.parts.table import Table, Text, column


class Warrant(
    CourtCase,
    FirRef,
    items={"court": "3", "case_type": "3", "court_case_no": "3", "court_case_year": "3", "cnr": "3"},
    mandatory=("fir_no", "court"),
):
    """One warrant or proclamation against one person."""

    accused_code: Text = column("Code of the accused (A1, A2 ...)", "text", item="2")
    warrant_no: Text = column("Warrant or proclamation number", "text", item="4", high=True, mandatory=True)
    warrant_date: Text = column("Warrant or proclamation: date", "date", item="4", high=True, mandatory=True)
    received_date: Text = column("Received on", "date", item="4")
    date_fixed: Text = column("Date fixed by the court", "date", item="4")
    warrant_kind: Text = column("Kind", "code", item="5", codes="warrant_kind", high=True, mandatory=True)
    reward: Text = column("Reward (Rs)", "money", item="7")
    po_status: Text = column("Status", "code", item="8", codes="po_status", high=True, mandatory=True)
    executed_date: Text = column("Executed on", "date", item="9", high=True)
    served_by: Text = column("Served by", "name", item="9")
    returned_date: Text = column("Returned on", "date", item="9")
    result: Text = column("Result", "text", private="text")


class Offender(Features, Person, items={"name": "2", "relation": "2", "relative_name": "2"}, mandatory=("name",)):
    """The person against whom the warrant is; the description of the offender is item 6."""


TABLES = (
    Table("po", Warrant, key=("state", "district", "police_station", "year", "fir_no", "warrant_no")),
    Table("po_acts", ActSection, "acts"),
    Table("po_persons", Offender, "persons"),
    Table("po_addresses", PersonAddress, "addresses"),
    Table("po_legacy_keys", LegacyKey, "legacy_keys"),
)
