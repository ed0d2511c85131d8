"""Final reports and judgments: what they must hold, and their accused beside those of the case."""

from __future__ import annotations

import polars as pl

from validators.rulebook.columns import Fields
from validators.rulebook.masters import limits
from validators.rulebook.rule import example, rule, tells
from validators.rules.ages import place_of

_CASE = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009", "fir_no": "78"}
_CUSTODY = ("judicial_custody", "police_custody")
_DAYS, _LONG_DAYS, _LONG_ACTS = 90, 180, ("NDPS", "UAPA")


@rule(
    "X027",
    slug="report-without-accused-or-reason",
    form="iif5",
    fields=("report_type", "unoccurred_reason", "brief_facts", "persons.role"),
)
@tells(
    "W",
    en="A charge-sheet names no accused, or a report of an offence that did not occur gives no reason.",
    hi="आरोप पत्र में कोई आरोपी नहीं, या अघटित अपराध की रिपोर्ट में कारण नहीं लिखा है।",
)
@example(
    passes={"report_type": "charge_sheet", "persons": [{"role": "accused", "name": "Qarla"}]},
    fails={"report_type": "fr_unoccurred", "brief_facts": "The cow was found at home."},
)
def report_says_who_or_why(f: Fields) -> pl.Expr:
    """Items 5, 6 and 11 belong together.

    A line of a register tells neither; so the accused are asked for where other persons stand, the reason where the
    facts of item 16 do.
    """
    has_accused = f.rows("persons").any(lambda p: p.role == "accused").fill_null(value=True)
    is_whole = (f.report_type != "charge_sheet") | has_accused
    has_reason = f.unoccurred_reason.is_not_null() | f.brief_facts.is_null()
    return is_whole & ((f.report_type != "fr_unoccurred") | has_reason)


@rule("X028", slug="false-case-without-action", form="iif5", fields=("false_case_action", "unoccurred_reason"))
@tells(
    "W",
    en="The case was found false, but no action against the informant is noted.",
    hi="प्रकरण झूठा पाया गया, पर सूचनाकर्ता के विरुद्ध कार्यवाही नहीं लिखी है।",
)
@example(
    passes={"unoccurred_reason": "false", "false_case_action": "Section 182"},
    fails={"unoccurred_reason": "false"},
)
def false_case_has_action(f: Fields) -> pl.Expr:
    """Item 14 asks for the action under sections 182 and 211 of the IPC."""
    return (f.unoccurred_reason != "false") | f.false_case_action.is_not_null()


@rule(
    "X029",
    slug="sentence-above-the-limit",
    form="iif6",
    table="iif6_persons",
    fields=("sentence_type", "sentence_years", "sentence_months", "convicted_acts.act", "convicted_acts.section"),
)
@tells(
    "W",
    en="The sentence is above what the sections of the conviction allow.",
    hi="दंड दोषसिद्धि की धाराओं की अधिकतम सीमा से अधिक है।",
)
@example(
    passes={
        "convicted_acts": [{"act": "IPC", "section": "379"}],
        "persons": [{"role": "accused", "sentence_type": "rigorous", "sentence_years": "3"}],
    },
    fails={
        "convicted_acts": [{"act": "IPC", "section": "379"}],
        "persons": [{"role": "accused", "sentence_type": "life_imprisonment"}],
    },
)
def sentence_is_within_limits(f: Fields) -> pl.Expr:
    """Death and life only where a section allows them; a term at most the sum of the sections' longest ones.

    Source: `mappers/codes/ipc_offences.csv`, of which only the compared rows count; silent if one section is another's.
    """
    known = limits()
    life = [n for n, one in known.items() if one.life]
    death = [n for n, one in known.items() if one.death]

    def section(row: Fields) -> pl.Expr:
        return pl.when(row.act == "IPC").then(row.section_number)

    def years(row: Fields) -> pl.Expr:
        terms = section(row).replace_strict(list(known), [one.years for one in known.values()], default=None)
        return pl.when(terms.null_count() == 0).then(terms.sum())

    most = f.rows("convicted_acts").tell(years)
    may_be_life = f.rows("convicted_acts").any(lambda row: section(row).is_in(life + death))
    may_be_death = f.rows("convicted_acts").any(lambda row: section(row).is_in(death))
    term = f.sentence_years.fill_null(0) + f.sentence_months.fill_null(0) / 12
    fits = (
        pl.when(f.sentence_type == "death")
        .then(may_be_death)
        .when(f.sentence_type == "life_imprisonment")
        .then(may_be_life)
        # Months are twelfths of a year, which are not held exactly.
        .otherwise(may_be_life | (term <= most + 0.01))
    )
    return most.is_null() | fits


@rule(
    "T005",
    slug="charge-sheet-late-in-custody",
    form="iif5",
    table="iif5_persons",
    fields=("arrest_date", "status", "bail_date", "parent.report_date", "parent.report_type",
            "parent.original_supplementary", "acts.act"),
)  # fmt: skip
@tells(
    "W",
    en="The accused was in custody for longer than the law allows before the charge-sheet.",
    hi="आरोप पत्र से पहले आरोपी विधि की सीमा से अधिक समय अभिरक्षा में रहा।",
)
@example(
    passes={
        **{"report_type": "charge_sheet", "report_date": "2009-05-12"},
        "persons": [{"role": "accused", "status": "judicial_custody", "arrest_date": "2009-03-14"}],
    },
    fails={
        **{"report_type": "charge_sheet", "report_date": "2009-09-12"},
        "persons": [{"role": "accused", "status": "judicial_custody", "arrest_date": "2009-03-14"}],
    },
)
def charge_sheet_is_in_time(f: Fields) -> pl.Expr:
    """After 60 or 90 days, by the gravity of the offence, the accused has a right to bail; 180 under NDPS and UAPA.

    Source: CrPC s.167, BNSS s.187. Ninety days are counted for every offence, so that nothing is told wrongly.
    """
    is_long = f.rows("acts").any(lambda a: a.act.is_in(_LONG_ACTS)).fill_null(value=False)
    allowed = pl.when(is_long).then(_LONG_DAYS).otherwise(_DAYS)
    days = (f.parent.report_date - f.arrest_date).dt.total_days()
    is_first = (f.parent.original_supplementary != "supplementary").fill_null(value=True)
    is_held = f.status.is_in(_CUSTODY) & f.bail_date.is_null()
    return ~((f.parent.report_type == "charge_sheet") & is_first & is_held & (days > allowed))


def _codes(row: Fields) -> pl.Expr:
    return place_of(row.accused_code).drop_nulls().unique()


@rule(
    "T006",
    slug="accused-not-in-the-case",
    form="iif5",
    table="iif5_persons",
    fields=("accused_code", "role", "iif1:persons.accused_code", "iif1:persons.role", "iif1:persons.status",
            "iif1:more_accused", "iif3:accused_code"),
)  # fmt: skip
@tells(
    "E",
    en="The code of this accused is neither in the FIR nor in an arrest of the case.",
    hi="इस आरोपी का कोड न प्राथमिकी में है, न प्रकरण की किसी गिरफ़्तारी में।",
)
@example(
    passes=[
        {**_CASE, "persons": [{"role": "accused", "accused_code": "A1"}]},
        {**_CASE, "form": "iif1", "persons": [{"role": "accused", "accused_code": "A1"}]},
    ],
    fails=[
        {**_CASE, "persons": [{"role": "accused", "accused_code": "A2"}]},
        {**_CASE, "form": "iif1", "persons": [{"role": "accused", "accused_code": "A1"}]},
    ],
)
def accused_is_of_the_case(f: Fields) -> pl.Expr:
    """Names are written in many ways, so that the codes are compared. Silent where the FIR knows of others."""
    place = pl.when(f.role == "accused").then(place_of(f.accused_code))
    in_fir = f.of("iif1", "persons").tell(_codes).list.contains(place)
    has_codes = f.of("iif1", "persons").any(lambda p: p.accused_code.is_not_null() & (p.role == "accused"))
    has_others = f.of("iif1", "persons").any(lambda p: p.status == "unknown").fill_null(value=False)
    has_others |= (f.fir.more_accused > 0).fill_null(value=False)
    arrested = f.of("iif3").tell(_codes).list.contains(place).fill_null(value=False)
    return pl.when(has_codes & ~has_others & place.is_not_null()).then(in_fir | arrested)


@rule(
    "T009",
    slug="judged-without-charge",
    form="iif6",
    table="iif6_persons",
    fields=("accused_code", "iif5:persons.accused_code", "iif5:persons.role"),
)
@tells(
    "E",
    en="The court decided on an accused who is not in any charge-sheet of the case.",
    hi="न्यायालय ने ऐसे आरोपी पर निर्णय दिया जो प्रकरण के किसी आरोप पत्र में नहीं है।",
)
@example(
    passes=[
        {**_CASE, "persons": [{"role": "accused", "accused_code": "A1"}]},
        {**_CASE, "form": "iif5", "persons": [{"role": "accused", "accused_code": "A1"}]},
    ],
    fails=[
        {**_CASE, "persons": [{"role": "accused", "accused_code": "A2"}]},
        {**_CASE, "form": "iif5", "persons": [{"role": "accused", "accused_code": "A1"}]},
    ],
)
def judged_was_charged(f: Fields) -> pl.Expr:
    """Codes are compared, not names. Silent where the charge-sheet is not at hand or gives an accused no code."""
    place = place_of(f.accused_code)
    charged = f.of("iif5", "persons").tell(_codes).list.contains(place)
    lacks_code = f.of("iif5", "persons").any(lambda p: (p.role == "accused") & place_of(p.accused_code).is_null())
    return pl.when(~lacks_code & place.is_not_null()).then(charged)


@rule(
    "T011",
    slug="report-by-another-officer",
    form="iif5",
    fields=("submitted_by", "io_name", "sho_name", "iif1:io_name", "iif1:officer_name"),
)
@tells(
    "W",
    en="The report was submitted by an officer who is neither the investigating nor the forwarding one.",
    hi="रिपोर्ट ऐसे अधिकारी ने दी जो न विवेचक है, न थाना प्रभारी।",
)
@example(
    passes={"submitted_by": "Qarla Vintobhe", "io_name": "Q. Vintobhe"},
    fails={"submitted_by": "Qarla Vintobhe", "io_name": "Zorab Ulupi"},
)
def report_is_by_its_officer(f: Fields) -> pl.Expr:
    """Two names are different when they share no word of three letters or more, and both are in one script.

    Source: an audit of one state found 2,080 charge-sheets by officers to whom the case was not given.
    """
    own = _words(f.submitted_by)
    officers = (f.io_name, f.sho_name, f.fir.io_name, f.fir.officer_name)
    shared = [own.list.set_intersection(_words(o)).list.len() > 0 for o in officers]
    is_latin = f.submitted_by.str.contains("[A-Za-z]")
    comparable = [(o.str.contains("[A-Za-z]") == is_latin).fill_null(value=True) for o in officers]
    known = pl.any_horizontal(o.is_not_null() for o in (f.io_name, f.sho_name))
    is_judged = known & pl.all_horizontal(comparable) & (own.list.len() > 0)
    return pl.when(is_judged).then(pl.any_horizontal(s.fill_null(value=False) for s in shared))


def _words(name: pl.Expr) -> pl.Expr:
    return name.str.to_lowercase().str.extract_all(r"[\p{L}\p{M}]{3,}")
