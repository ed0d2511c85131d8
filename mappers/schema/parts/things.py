"""Property: things in general, and the annexes for vehicles, numbered things, money and drugs."""

from __future__ import annotations

from mappers.schema.parts.table import FormModel, Text, column


class Thing(FormModel):
    """One thing stolen, found or seized."""

    category: Text = column("Category", "code", codes="property_category")
    property_type: Text = column("Type", "code", codes="property_type")
    description: Text = column("Description and marks", "text")
    quantity: Text = column("Quantity or weight", "decimal")
    unit: Text = column("Unit", "code", codes="unit")
    value: Text = column("Value (Rs)", "money")
    property_status: Text = column("Stolen, recovered, seized or involved", "code", codes="property_status")


class Vehicle(FormModel):
    """One vehicle. Registration, chassis and engine number as written, without blanks."""

    vehicle_type: Text = column("Vehicle type", "code", codes="vehicle_type")
    make: Text = column("Make", "code", codes="vehicle_make")
    model: Text = column("Model", "text")
    colour: Text = column("Colour", "code", codes="colour")
    registration_no: Text = column("Registration number", "text", high=True)
    chassis_no: Text = column("Chassis number", "text", high=True)
    engine_no: Text = column("Engine number", "text", high=True)
    manufacture_year: Text = column("Year of manufacture", "year")


class Numbered(FormModel):
    """A numbered thing: a phone (IMEI), an arm, a machine."""

    make: Text = column("Make", "text")
    number: Text = column("Number (IMEI, serial, arm number)", "text", high=True)


class Currency(FormModel):
    """Notes or coins."""

    denomination: Text = column("Denomination (Rs)", "money")
    pieces: Text = column("How many", "int")
    series: Text = column("Series", "text")
    number: Text = column("Number", "text")
    is_counterfeit: Text = column("Counterfeit", "code", codes="yes_no")


class Drug(FormModel):
    """Narcotics: small or commercial quantity depends on the weight."""

    drug_type: Text = column("Drug", "code", codes="drug_type")
    quantity: Text = column("Quantity", "decimal")
    unit: Text = column("Unit", "code", codes="unit")
    packing: Text = column("Packing", "text")
    sample: Text = column("Samples taken", "text")
