"""IIF-I, the First Information Report, with its acts and sections, persons and property.

Source: the item list of IF1 as printed (Puducherry/NCRB set and CAS prints); see docs/design.md for what is left to
later forms. Item numbers are those of the printed form.
"""

from __future__ import annotations

from mappers.schema.table import FormModel, Table, column

Text = str | None


class Fir(FormModel):
    """The FIR itself: one row a report; keyed by state, district, police station, year and number."""

    state: Text = column("State", "code", high=True, mandatory=True)
    district: Text = column("District", "code", item="1", high=True, mandatory=True)
    police_station: Text = column("Police station", "code", item="1", high=True, mandatory=True)
    year: Text = column("Year", "year", item="1", high=True, mandatory=True)
    fir_no: Text = column("FIR number", "int", item="1", high=True, mandatory=True)
    fir_reg_num: Text = column("FIR registration number", "text", item="1", high=True)
    fir_date: Text = column("Date of FIR", "date", item="1", high=True, mandatory=True)
    fir_time: Text = column("Time of FIR", "time", item="1")
    occurrence_day: Text = column("Day of occurrence", "code", item="3a", codes="weekday")
    occurrence_from: Text = column("Occurrence: date from", "date", item="3a", high=True)
    occurrence_time_from: Text = column("Occurrence: time from", "time", item="3a")
    occurrence_to: Text = column("Occurrence: date to", "date", item="3a", high=True)
    occurrence_time_to: Text = column("Occurrence: time to", "time", item="3a")
    info_date: Text = column("Information received: date", "date", item="3b", high=True, mandatory=True)
    info_time: Text = column("Information received: time", "time", item="3b")
    gd_no: Text = column("General diary entry number", "text", item="3c", mandatory=True)
    gd_date: Text = column("General diary: date", "date", item="3c")
    gd_time: Text = column("General diary: time", "time", item="3c")
    info_type: Text = column("Type of information", "code", item="4", codes="info_type", mandatory=True)
    place_direction: Text = column("Direction from police station", "code", item="5a", codes="direction")
    place_distance_km: Text = column("Distance from police station (km)", "decimal", item="5a")
    beat: Text = column("Beat number", "text", item="5a")
    place: Text = column("Place of occurrence", "text", item="5b", mandatory=True)
    outside_ps: Text = column("Outside the station's limits: police station", "code", item="5c")
    outside_district: Text = column("Outside the station's limits: district", "code", item="5c")
    delay_reason: Text = column("Reasons for delay", "text", item="8")
    property_value: Text = column("Total value of property (Rs)", "money", item="10")
    recovered_value: Text = column("Value recovered (Rs)", "money")
    ud_case_no: Text = column("Inquest report / U.D. case number", "text", item="11")
    narrative: Text = column("First information contents", "text", item="12", mandatory=True)
    action_taken: Text = column("Action taken", "code", item="13", codes="action_taken")
    io_name: Text = column("Investigating officer", "name", item="13")
    io_rank: Text = column("Investigating officer: rank", "code", item="13", codes="rank")
    officer_name: Text = column("Officer in charge", "name", item="14")
    officer_rank: Text = column("Officer in charge: rank", "code", item="14", codes="rank")
    despatch_date: Text = column("Despatched to court: date", "date", item="15")
    despatch_time: Text = column("Despatched to court: time", "time", item="15")
    result: Text = column("Result as written in the old book", "text")
    legacy_key: Text = column("Key in the old system", "text")


class ActSection(FormModel):
    """One section of one act (item 2)."""

    act: Text = column("Act", "code", item="2", codes="act", high=True, mandatory=True)
    section: Text = column("Section", "text", item="2", high=True, mandatory=True)
    act_is_inferred: Text = column("Act not named in the source", "code", item="2", codes="yes_no")


class Person(FormModel):
    """One person of the case (items 6 and 7); role is complainant, accused or victim."""

    role: Text = column("Role", "code", high=True, mandatory=True)
    name: Text = column("Name", "name", item="6a, 7", high=True)
    alias: Text = column("Alias", "name", item="7")
    relation: Text = column("Relation", "code", item="6b, 7", codes="relation_type")
    relative_name: Text = column("Father's, husband's or other relative's name", "name", item="6b, 7", high=True)
    sex: Text = column("Sex", "code", codes="sex")
    age: Text = column("Age in years", "int", item="6c")
    birth_year: Text = column("Year of birth", "year", item="6c")
    nationality: Text = column("Nationality", "code", item="6d", codes="nationality")
    occupation: Text = column("Occupation", "text", item="6h")
    address: Text = column("Address", "text", item="6i, 7")
    phone: Text = column("Phone or mobile", "text", item="6j", high=True)
    status: Text = column("Known, suspected or unknown", "code", item="7", codes="accused_kind")


class Property(FormModel):
    """One property of interest (item 9)."""

    category: Text = column("Category", "code", item="9", codes="property_category")
    description: Text = column("Description", "text", item="9")
    value: Text = column("Value (Rs)", "money", item="9")


TABLES = (
    Table("iif1", Fir),
    Table("iif1_acts", ActSection, "acts"),
    Table("iif1_persons", Person, "persons"),
    Table("iif1_property", Property, "property"),
)
