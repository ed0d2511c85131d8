"""IIF-II, crime details: one record a visit to the scene (sheets 2-A, 2-B, 2-C).

Source: items 1 to 10 of the Maharashtra bilingual form; items 11 to 13 are its signatures and witnesses.
"""

from __future__ import annotations

from mappers.schema.parts import ActSection, FirRef, Investigator, LegacyKey, Person, PersonAddress, Thing, Vehicle
from mappers.schema.parts.table import Table, Text, column


class CrimeDetail(
    Investigator, FirRef,
    items={"io_name": "13", "io_rank": "13", "io_no": "13"},
    mandatory=("fir_no", "fir_date", "io_name", "io_rank"),
):  # fmt: skip
    """One visit to the scene of a crime."""

    sheet_no: Text = column("Serial of the form within the FIR", "int", item="1")
    major_head: Text = column("Type of crime: major head", "code", item="4i", high=True, mandatory=True)
    minor_head: Text = column("Type of crime: minor head", "code", item="4ii", high=True, mandatory=True)
    method_1: Text = column("Method", "code", item="4iii", codes="mo_method")
    method_2: Text = column("Second method", "code", item="4iii", codes="mo_method")
    method_3: Text = column("Third method", "code", item="4iii", codes="mo_method")
    conveyance: Text = column("Conveyance used", "code", item="4iv", codes="conveyance")
    character_assumed: Text = column("Character assumed", "code", item="4v", codes="character_assumed")
    language_used: Text = column("Language or slang used", "code", item="4vi", codes="language")
    special_feature_1: Text = column("Special feature", "code", item="4vii", codes="special_feature")
    special_feature_2: Text = column("Second special feature", "code", item="4vii", codes="special_feature")
    special_feature_3: Text = column("Third special feature", "code", item="4vii", codes="special_feature")
    place_type: Text = column("Type of place of occurrence", "code", item="4viii", codes="place_type")
    property_type_1: Text = column("Type of property involved", "code", item="4ix", codes="property_type")
    property_type_2: Text = column("Second type of property involved", "code", item="4ix", codes="property_type")
    property_type_3: Text = column("Third type of property involved", "code", item="4ix", codes="property_type")
    property_type_4: Text = column("Fourth type of property involved", "code", item="4ix", codes="property_type")
    motive: Text = column("Motive of crime", "code", item="6", codes="motive")
    scene: Text = column("Description of the place of occurrence", "text", item="8", mandatory=True, private="text")
    has_sketch: Text = column("Map or sketch is there", "code", item="9", codes="yes_no", mandatory=True)
    evidence: Text = column("Physical evidence at the scene", "text", item="10", private="text")
    panchanama_date: Text = column("Panchanama: date", "date", item="11", high=True)
    panchanama_time: Text = column("Panchanama: time", "time", item="11")


class CrimeDetailParty(
    Person,
    items={"name": "3, 5, 12", "relative_name": "3", "address": "3, 5, 12", "sex": "5", "birth_year": "5",
           "nationality": "5", "religion": "5", "caste_category": "5", "occupation": "5"},
):  # fmt: skip
    """Who showed the place (item 3), a victim (item 5) or a panch witness (item 12), by role."""

    serial_no: Text = column("Serial number", "int", item="5")
    injury: Text = column("Injury", "code", item="5", codes="injury_type")
    means: Text = column("Means", "code", item="5", codes="weapon_means")


TABLES = (
    Table("iif2", CrimeDetail, key=("state", "district", "police_station", "year", "fir_no", "sheet_no")),
    Table("iif2_acts", ActSection, "acts"),
    Table("iif2_persons", CrimeDetailParty, "persons"),
    Table("iif2_addresses", PersonAddress, "addresses"),
    Table("iif2_property", Thing, "property"),
    Table("iif2_vehicles", Vehicle, "vehicles"),
    Table("iif2_legacy_keys", LegacyKey, "legacy_keys"),
)
