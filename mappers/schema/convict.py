"""Conviction register: one record a conviction of one person.

Source: a careful reconstruction with the conviction registers (registers.md sections 2, 3 and 7).
"""

from __future__ import annotations

from mappers.schema.parts import ActSection, CourtCase, FirRef, LegacyKey, Person, PersonAddress, Sentence
from mappers.schema.parts.table import Table, Text, column


class Conviction(
    Sentence, CourtCase, FirRef,
    items={"court": "1", "case_type": "1", "court_case_no": "1", "court_case_year": "1", "cnr": "1",
           "sentence_type": "4", "sentence_years": "4", "sentence_months": "4", "sentence_days": "4", "fine": "4",
           "default_period": "4", "sentence_run": "4"},
    mandatory=("fir_no", "court", "sentence_type"),
):  # fmt: skip
    """One conviction."""

    accused_code: Text = column("Code of the accused (A1, A2 ...)", "text", item="2")
    sentence: Text = column("Sentence as written", "text", item="4", mandatory=True)
    conviction_date: Text = column("Date of conviction", "date", item="5", high=True, mandatory=True)
    prison: Text = column("Prison", "text", item="6")
    eprison_pid: Text = column("Prisoner id (e-Prisons)", "text", item="6", high=True)
    release_date: Text = column("Date of release", "date", item="7", high=True)
    previous_convictions: Text = column("Previous convictions", "text", item="8", private="text")
    fingerprint_class: Text = column("Finger print classification", "text", item="9")
    pr_slip_no: Text = column("PR slip number", "text", item="9")
    nfn: Text = column("National fingerprint number (NAFIS)", "text", item="9", high=True)


class Convict(Person, items={"name": "2", "relation": "2", "relative_name": "2"}, mandatory=("name",)):
    """The convict."""


TABLES = (
    Table(
        "convict",
        Conviction,
        key=("state", "district", "police_station", "year", "fir_no", "accused_code", "conviction_date"),
    ),
    Table("convict_acts", ActSection, "acts"),
    Table("convict_persons", Convict, "persons"),
    Table("convict_addresses", PersonAddress, "addresses"),
    Table("convict_legacy_keys", LegacyKey, "legacy_keys"),
)
