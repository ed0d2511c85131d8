"""History sheet: one record a sheet, its dated entries and the convictions it tells of as rows.

Source: registers.md sections 2 and 7 (history sheet, surveillance register X, KD and rowdy sheets).
"""

from __future__ import annotations

from mappers.schema.parts import ActSection, Features, LegacyKey, LinkedFir, Officer, Person, PersonAddress, Station
from mappers.schema.parts.table import FormModel, Table, Text, column


class HistorySheet(Officer, Station):
    """The front of a history sheet."""

    hs_no: Text = column("Number of the history sheet", "text", high=True, mandatory=True)
    hs_class: Text = column("Class", "code", codes="history_class", mandatory=True)
    opened_date: Text = column("Opened on", "date")
    closed_date: Text = column("Closed on", "date")
    order_no: Text = column("Order under which it was opened", "text")
    order_date: Text = column("Order: date", "date")
    reason: Text = column("Reason", "text", private="text")
    is_under_surveillance: Text = column("Under surveillance", "code", codes="yes_no")
    associates: Text = column("Associates", "text", private="text")
    places_frequented: Text = column("Places frequented", "text", private="text")
    properties: Text = column("Properties", "text", private="text")
    modus_operandi: Text = column("Modus operandi", "text", private="text")
    nfn: Text = column("National fingerprint number (NAFIS)", "text", high=True)
    fingerprint_class: Text = column("Finger print classification", "text")
    transfers: Text = column("Transfers to other stations", "text", private="text")


class HistoryParty(Features, Person):
    """The person of the sheet (role offender), relatives and associates, by role."""


class SheetEntry(FormModel):
    """One dated entry on the back of the sheet."""

    entry_date: Text = column("Date of the entry", "date")
    entry: Text = column("Entry", "text", private="text")
    entered_by: Text = column("Entered by", "name")


class PastCase(LinkedFir, ActSection):
    """One case or conviction of which the sheet tells: one row a section."""

    court: Text = column("Court", "code")
    court_case_no: Text = column("Court case number", "text")
    decided_on: Text = column("Decided on", "date")
    sentence: Text = column("Result or sentence as written", "text", private="text")


TABLES = (
    Table("history", HistorySheet, key=("state", "district", "police_station", "hs_no")),
    Table("history_persons", HistoryParty, "persons"),
    Table("history_addresses", PersonAddress, "addresses"),
    Table("history_cases", PastCase, "cases"),
    Table("history_entries", SheetEntry, "entries"),
    Table("history_legacy_keys", LegacyKey, "legacy_keys"),
)
