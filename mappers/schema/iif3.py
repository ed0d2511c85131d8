"""IIF-III, arrest or court surrender memo: one record a person arrested. A second arrest is a record of its own.

Source: the item list of IF3 as printed; the arrest register (registers.md section 7) has the same columns.
"""

from __future__ import annotations

from mappers.schema.parts import (
    ActSection,
    Diary,
    Features,
    FirRef,
    IdPaper,
    Investigator,
    LegacyKey,
    Person,
    PersonAddress,
    Standing,
)
from mappers.schema.parts.table import Table, Text, column


class Arrest(
    Investigator, Diary, FirRef,
    items={"gd_no": "2", "gd_date": "2", "gd_time": "2", "io_name": "14", "io_rank": "14", "io_no": "14"},
    mandatory=("gd_no", "io_name", "io_rank"),
):  # fmt: skip
    """One arrest or surrender. It may hang on a proceeding or a diary entry, with no FIR."""

    proceeding_no: Text = column("Number of the proceeding, where there is no FIR", "text", item="1")
    accused_code: Text = column("Code of the accused (A1 ... A9, B1 ...)", "text", item="1", high=True, mandatory=True)
    arrest_date: Text = column("Arrest or surrender: date", "date", item="2", high=True, mandatory=True)
    arrest_time: Text = column("Arrest or surrender: time", "time", item="2", mandatory=True)
    arrest_place: Text = column("Arrest or surrender: place", "text", item="2", private="text")
    court: Text = column("Court, if surrendered", "code", item="3")
    arrest_mode: Text = column("Mode", "code", item="5", codes="arrest_mode", mandatory=True)
    condition: Text = column("Injuries and physical condition", "text", item="7", mandatory=True, private="text")
    grounds: Text = column(
        "Grounds told, articles found on search, relative informed", "text", item="8", mandatory=True, private="text"
    )
    relative_informed: Text = column("Relative informed: who and how", "text", item="8", private="text")
    fingerprints_taken: Text = column("Finger prints taken", "code", item="10", codes="yes_no", mandatory=True)
    nfn: Text = column("National fingerprint number (NAFIS)", "text", item="10", high=True)
    is_dangerous: Text = column("Is dangerous", "code", item="12a", codes="yes_no")
    jumped_bail: Text = column("Previously jumped bail", "code", item="12b", codes="yes_no")
    is_armed: Text = column("Is generally armed", "code", item="12c", codes="yes_no")
    has_accomplices: Text = column("Operates with accomplices", "code", item="12d", codes="yes_no")
    has_record: Text = column("Has a past criminal record", "code", item="12e", codes="yes_no")
    is_recidivist: Text = column("Is a recidivist", "code", item="12f", codes="yes_no")
    may_jump_bail: Text = column("Is likely to jump bail", "code", item="12g", codes="yes_no")
    may_threaten: Text = column("Is likely to commit a crime or threaten witnesses", "code", item="12h", codes="yes_no")
    is_wanted: Text = column("Is wanted in another case", "code", item="12i", codes="yes_no")
    memo_place: Text = column("Memo made at", "text", item="14")
    memo_date: Text = column("Memo made on", "date", item="14")
    bail_date: Text = column("Released on bail, or forwarded: date", "date")
    eprison_pid: Text = column("Prisoner id (e-Prisons)", "text", high=True)
    remarks: Text = column("Remarks", "text", private="text")


class ArrestParty(
    Features, Standing, Person,
    items={"name": "6i, 13", "relation": "6ii", "relative_name": "6ii", "alias": "6iii", "nationality": "6vi",
           "passport_no": "6vii", "passport_issued_on": "6vii", "passport_issued_at": "6vii", "religion": "6viii",
           "caste": "6ix", "caste_category": "6x", "occupation": "6xi", "address": "6xii, 6xiii, 13", "sex": "9",
           "birth_year": "9", "birth_date": "9", "age": "9", "living_status": "11a", "education": "11b",
           "occupation_code": "11c", "income_group": "11d"},
):  # fmt: skip
    """The arrested person (items 6, 9 and 11), or a witness to the arrest (item 13), by role."""

    alias_2: Text = column("Second alias", "name", item="6iii", private="person")
    alias_3: Text = column("Third alias", "name", item="6iii", private="person")


TABLES = (
    Table(
        "iif3",
        Arrest,
        key=("state", "district", "police_station", "year", "fir_no", "accused_code", "arrest_date"),
    ),
    Table("iif3_acts", ActSection, "acts"),
    Table("iif3_persons", ArrestParty, "persons"),
    Table("iif3_ids", IdPaper, "ids"),
    Table("iif3_addresses", PersonAddress, "addresses"),
    Table("iif3_legacy_keys", LegacyKey, "legacy_keys"),
)
