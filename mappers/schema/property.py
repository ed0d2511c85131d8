"""Stolen or recovered property, as the malkhana register holds it: one record a thing.

Source: a careful reconstruction with the malkhana register (registers.md section 7).
"""

from __future__ import annotations

from mappers.schema.parts import Currency, Diary, Drug, FirRef, Identity, LegacyKey, Numbered, PersonAddress, Thing
from mappers.schema.parts.table import Table, Text, column


class PropertyCase(
    Thing, Diary, FirRef,
    items={"category": "2", "property_type": "3", "quantity": "4", "unit": "4", "description": "5", "value": "6",
           "property_status": "7", "gd_no": "1", "gd_date": "1", "gd_time": "1"},
    mandatory=("category", "property_type", "property_status"),
):  # fmt: skip
    """One thing stolen, recovered or seized, and what became of it."""

    serial_no: Text = column("Serial number within the case", "int", item="1")
    identification_no: Text = column("Identification number", "text", item="5", high=True)
    malkhana_no: Text = column("Number in the malkhana register", "text", item="8")
    malkhana_date: Text = column("Taken into the malkhana on", "date", item="8")
    location: Text = column("Where it is kept", "text", item="8")
    recovered_date: Text = column("Recovered on", "date", item="10", high=True)
    sent_to_fsl_on: Text = column("Sent to the forensic laboratory on", "date", item="10")
    fsl_no: Text = column("Number of the forensic laboratory", "text", item="10")
    returned_from_fsl_on: Text = column("Returned from the forensic laboratory on", "date", item="10")
    court_order: Text = column("Court order", "text", item="11", private="text")
    disposal: Text = column("Disposal", "text", item="11", private="text")
    disposal_date: Text = column("Disposed of on", "date", item="11")
    is_signed: Text = column("Signature is there", "code", item="11", codes="yes_no")


class Holder(Identity, items={"name": "9, 10"}):
    """The owner (item 9), or from whom it was recovered (item 10), by role."""


TABLES = (
    Table("property", PropertyCase, key=("state", "district", "police_station", "year", "fir_no", "serial_no")),
    Table("property_persons", Holder, "persons"),
    Table("property_addresses", PersonAddress, "addresses"),
    Table("property_numbered", Numbered, "numbered"),
    Table("property_currency", Currency, "currency"),
    Table("property_narcotics", Drug, "narcotics"),
    Table("property_legacy_keys", LegacyKey, "legacy_keys"),
)
