"""Stolen or recovered vehicle: one record a vehicle.

Source: a careful reconstruction; the fields are those that vehicle enquiries are answered from.
"""

from __future__ import annotations

from mappers.schema.parts import Diary, FirRef, Identity, LegacyKey, PersonAddress, Vehicle
from mappers.schema.parts.table import Table, Text, column


class VehicleCase(
    Vehicle, Diary, FirRef,
    items={"gd_no": "1", "gd_date": "1", "gd_time": "1", "vehicle_type": "3", "make": "4", "model": "4",
           "registration_no": "5", "chassis_no": "6", "engine_no": "7", "colour": "8", "manufacture_year": "9"},
    mandatory=("vehicle_type", "make"),
):  # fmt: skip
    """One vehicle stolen, recovered, seized, involved or unclaimed."""

    property_status: Text = column("Status", "code", item="2", codes="property_status", high=True, mandatory=True)
    insurance_company: Text = column("Insurance: company", "text", item="11")
    insurance_no: Text = column("Insurance: policy number", "text", item="11")
    theft_date: Text = column("Theft: date", "date", item="12", high=True, mandatory=True)
    theft_time: Text = column("Theft: time", "time", item="12")
    theft_place: Text = column("Theft: place", "text", item="12", private="text")
    recovery_date: Text = column("Recovery: date", "date", item="13", high=True)
    recovery_time: Text = column("Recovery: time", "time", item="13")
    recovery_place: Text = column("Recovery: place", "text", item="13", private="text")
    recovered_by_state: Text = column("Recovered by: state", "code", item="14")
    recovered_by_district: Text = column("Recovered by: district", "code", item="14")
    recovered_by_police_station: Text = column("Recovered by: police station", "code", item="14")
    recovered_by_year: Text = column("Recovered by: year of the FIR", "year", item="14")
    recovered_by_fir_no: Text = column("Recovered by: FIR number", "int", item="14")


class Owner(Identity, items={"name": "10", "address": "10", "phone": "10"}):
    """The owner, or from whom it was recovered, by role."""


TABLES = (
    Table("vehicle", VehicleCase, key=("state", "district", "police_station", "year", "fir_no", "registration_no")),
    Table("vehicle_persons", Owner, "persons"),
    Table("vehicle_addresses", PersonAddress, "addresses"),
    Table("vehicle_legacy_keys", LegacyKey, "legacy_keys"),
)
