"""The keys that hold forms together, acts and sections, and the officer who signs."""

from __future__ import annotations

from mappers.schema.parts.table import FormModel, Text, column


class Station(FormModel):
    """The station whose record it is."""

    state: Text = column("State", "code", item="1", high=True, mandatory=True)
    district: Text = column("District", "code", item="1", high=True, mandatory=True)
    police_station: Text = column("Police station", "code", item="1", high=True, mandatory=True)


class StationKey(Station):
    """The station, and the year of its book."""

    year: Text = column("Year", "year", item="1", high=True, mandatory=True)


class FirRef(StationKey):
    """The FIR that a form belongs to: state, district, police station, year, number and part."""

    fir_no: Text = column("FIR number", "int", item="1", high=True)
    fir_part: Text = column("Part of the crime register", "text", item="1")
    fir_date: Text = column("Date of FIR", "date", item="1", high=True)
    fir_reg_num: Text = column("FIR registration number", "text", item="1", high=True)


class LinkedFir(FormModel):
    """An FIR of this or another station to which a record that stands on its own leads."""

    linked_fir_state: Text = column("Linked FIR: state", "code")
    linked_fir_district: Text = column("Linked FIR: district", "code")
    linked_fir_police_station: Text = column("Linked FIR: police station", "code")
    linked_fir_year: Text = column("Linked FIR: year", "year")
    linked_fir_no: Text = column("Linked FIR: number", "int")
    linked_fir_part: Text = column("Linked FIR: part of the crime register", "text")


class Diary(FormModel):
    """The entry in the general diary."""

    gd_no: Text = column("General diary entry number", "text")
    gd_date: Text = column("General diary: date", "date")
    gd_time: Text = column("General diary: time", "time")


class Investigator(FormModel):
    """The investigating officer."""

    io_name: Text = column("Investigating officer", "name")
    io_rank: Text = column("Investigating officer: rank", "code", codes="rank")
    io_no: Text = column("Investigating officer: number (buckle, PIS)", "text")


class Officer(FormModel):
    """The officer in charge, or whoever signs the form."""

    officer_name: Text = column("Officer in charge, or who signs", "name")
    officer_rank: Text = column("Officer in charge, or who signs: rank", "code", codes="rank")
    officer_no: Text = column("Officer in charge, or who signs: number", "text")


class CourtCase(FormModel):
    """The case in court; the CNR is the key to e-Courts."""

    court: Text = column("Court", "code", high=True)
    case_type: Text = column("Type of court case", "code", codes="case_type")
    court_case_no: Text = column("Court case number", "text", high=True)
    court_case_year: Text = column("Year of the court case", "year", high=True)
    cnr: Text = column("CNR of e-Courts", "text", high=True)


class ReportRef(FormModel):
    """The final report or charge-sheet that a court decides on."""

    report_no: Text = column("Final report or charge-sheet number", "int", high=True)
    report_date: Text = column("Final report or charge-sheet: date", "date", high=True)


class Sentence(FormModel):
    """What a court laid upon one person."""

    sentence_type: Text = column("Sentence", "code", codes="sentence_type", high=True)
    sentence_years: Text = column("Sentence: years", "int")
    sentence_months: Text = column("Sentence: months", "int")
    sentence_days: Text = column("Sentence: days", "int")
    fine: Text = column("Fine (Rs)", "money")
    default_period: Text = column("In default of the fine", "text")
    sentence_run: Text = column("Concurrent or consecutive", "code", codes="sentence_run")


class ActSection(FormModel):
    """One section of one act (item 2)."""

    act: Text = column("Act", "code", item="2", codes="act", high=True, mandatory=True)
    section: Text = column("Section", "text", item="2", high=True, mandatory=True)
    act_is_inferred: Text = column("Act not named in the source", "code", item="2", codes="yes_no")


class PersonActSection(ActSection):
    """One section that concerns one person."""

    person_line: Text = column("Line of the person among the record's persons; empty: all of them", "int")


class LegacyKey(FormModel):
    """The key of the record, or of one of its rows, in an old system; kept beside the new one for ever."""

    system: Text = column("Old system", "text")
    source_table: Text = column("Table of the old system", "text")
    key: Text = column("Key in the old system", "text")
    of_table: Text = column("Child table whose row it is the key of; empty: the record itself", "text")
    of_line: Text = column("Line of that row", "int")
