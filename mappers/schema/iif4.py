"""IIF-IV, property search and seizure memo: one record a seizure, with its things and their annexes.

Source: the item list of IF4 as printed, its annexes for vehicles, numbered things, currency and narcotics.
"""

from __future__ import annotations

from mappers.schema.parts import (
    ActSection,
    Currency,
    Diary,
    Drug,
    FirRef,
    Identity,
    Investigator,
    LegacyKey,
    Numbered,
    PersonAddress,
    Thing,
    Vehicle,
)
from mappers.schema.parts.table import FormModel, Table, Text, column


class Seizure(
    Investigator, Diary, FirRef,
    items={"gd_no": "1", "gd_date": "1", "gd_time": "1", "io_name": "14", "io_rank": "14", "io_no": "14"},
    mandatory=("io_name", "io_rank"),
):  # fmt: skip
    """One seizure. It may hang on a diary entry, with no FIR."""

    memo_no: Text = column("Serial of the memo within the FIR", "int", item="1")
    property_nature: Text = column("Nature of property", "code", item="3", codes="property_nature", mandatory=True)
    seizure_date: Text = column("Seized or received: date", "date", item="4a", high=True, mandatory=True)
    seizure_time: Text = column("Seized or received: time", "time", item="4b", mandatory=True)
    seizure_place: Text = column("Seized or received: address", "text", item="4c", mandatory=True, private="text")
    place_description: Text = column("Description of the place", "text", item="4d", private="text")
    perishable_action: Text = column("Action for perishable property", "text", item="7", private="text")
    valuable_action: Text = column("Action for valuable property", "text", item="8", private="text")
    needs_identification: Text = column("Identification required", "code", item="9", codes="yes_no")
    grounds: Text = column("Circumstances and grounds of seizure", "text", item="11", mandatory=True, private="text")
    copy_given: Text = column("Copy was given", "code", item="12", codes="yes_no", mandatory=True)
    packing: Text = column("Properties packed and sealed", "text", item="13", private="text")
    witnesses_signed: Text = column("Signatures of witnesses", "code", item="14", codes="yes_no", mandatory=True)
    io_signed: Text = column("Signature of investigating officer", "code", item="14", codes="yes_no")
    magistrate_signed: Text = column("Signature of magistrate", "code", item="14", codes="yes_no")


class SeizureParty(
    Identity,
    items={"name": "5, 6", "relative_name": "5, 6", "age": "5, 6", "address": "5, 6"},
):
    """The person from whom something was seized (item 5), or a witness (item 6), by role."""

    occupation: Text = column("Occupation", "text", item="5, 6", private="person")
    occupation_code: Text = column("Occupation, of the list", "code", item="5, 6", codes="occupation", private="person")


class SeizedThing(
    Thing,
    items={"property_type": "10", "description": "10", "quantity": "10", "unit": "10", "value": "10",
           "property_status": "10"},
    mandatory=("property_type", "description", "property_status"),
):  # fmt: skip
    """One thing of the list (item 10)."""

    serial_no: Text = column("Serial number", "int", item="10", mandatory=True)
    is_photographed: Text = column("Photographed", "code", item="10", codes="yes_no")
    fsl_no: Text = column("Number of the forensic laboratory", "text", high=True)
    malkhana_no: Text = column("Number in the malkhana register", "text")


class Annex(FormModel):
    """Which thing of the list an annex belongs to."""

    thing_serial_no: Text = column("Serial number of the thing", "int", item="10")


class VehicleAnnex(Annex, Vehicle):
    """A vehicle among the things."""


class NumberedAnnex(Annex, Numbered):
    """A numbered thing."""


class CurrencyAnnex(Annex, Currency):
    """Notes or coins."""


class DrugAnnex(Annex, Drug):
    """Narcotics."""


TABLES = (
    Table("iif4", Seizure, key=("state", "district", "police_station", "year", "fir_no", "memo_no")),
    Table("iif4_acts", ActSection, "acts"),
    Table("iif4_persons", SeizureParty, "persons"),
    Table("iif4_addresses", PersonAddress, "addresses"),
    Table("iif4_property", SeizedThing, "property"),
    Table("iif4_vehicles", VehicleAnnex, "vehicles"),
    Table("iif4_numbered", NumberedAnnex, "numbered"),
    Table("iif4_currency", CurrencyAnnex, "currency"),
    Table("iif4_narcotics", DrugAnnex, "narcotics"),
    Table("iif4_legacy_keys", LegacyKey, "legacy_keys"),
)
