"""Persons of one record beside one another, and the ways in which one person's age is told."""

from __future__ import annotations

from string import ascii_uppercase

import polars as pl

from mappers.codes import code_lists
from validators.rulebook.columns import Fields
from validators.rulebook.masters import words_for_unknown
from validators.rulebook.rule import EVERY_FORM, example, rule, tells
from validators.rules.identity import MASKED

_OFF_BY = 2
_SAME_AGE = 3
_YEAR_DAYS = 365.25
_SENIOR_ACTS = ("SCST", "UAPA")
_ACCUSED = {"role": "accused", "name": "Qarla", "relative_name": "Vintobhe", "address": "Lane 1"}


@rule(
    "X011",
    slug="birth-date-against-age",
    needs=("birth_date",),
    form="iif1",
    table="iif1_persons",
    fields=("birth_date", "age", "age_as_of", "parent.fir_date", "parent.occurrence_from"),
)
@tells(
    "E",
    en="The date of birth is after the occurrence, or does not agree with the age.",
    hi="जन्म तिथि घटना के बाद की है, या आयु से मेल नहीं खाती।",
)
@example(
    passes={"fir_date": "2009-03-12", "persons": [{"role": "victim", "birth_date": "1990-06-01", "age": "18"}]},
    fails={"fir_date": "2009-03-12", "persons": [{"role": "victim", "birth_date": "1990-06-01", "age": "48"}]},
)
def birth_date_fits(f: Fields) -> pl.Expr:
    """An age is that on the day of the record unless another day is named; two years off are allowed."""
    day = pl.coalesce(f.age_as_of, f.parent.fir_date)
    years = (day - f.birth_date).dt.total_days() / _YEAR_DAYS
    # An age counts whole years, so a person may be nearly a year older than it says.
    fits = (years - f.age).is_between(-_OFF_BY, _OFF_BY + 1)
    is_born = f.birth_date <= f.parent.occurrence_from
    return fits.fill_null(value=True) & is_born.fill_null(value=True)


@rule(
    "X012",
    slug="birth-year-against-age",
    needs=("age", "birth_year"),
    form="iif1",
    table="iif1_persons",
    fields=("birth_year", "age", "age_as_of", "parent.fir_date"),
)
@tells("W", en="Year of birth and age do not agree; both are kept.", hi="जन्म वर्ष और आयु मेल नहीं खाते; दोनों रखे गए हैं।")
@example(
    passes={"fir_date": "2009-03-12", "persons": [{"role": "victim", "birth_year": "1990", "age": "19"}]},
    fails={"fir_date": "2009-03-12", "persons": [{"role": "victim", "birth_year": "1990", "age": "49"}]},
)
def birth_year_fits(f: Fields) -> pl.Expr:
    """A form may have either, and some writers give both; two years off are allowed."""
    day = pl.coalesce(f.age_as_of, f.parent.fir_date)
    return (day.dt.year() - f.birth_year - f.age).is_between(-_OFF_BY, _OFF_BY)


@rule(
    "X018",
    slug="complainant-is-accused",
    needs=("name", "relative_name", "address", "role"),
    form=EVERY_FORM,
    table="persons",
    fields=("name", "relative_name", "address", "role"),
)
@tells(
    "W",
    en="Complainant and accused are the same person by name, relative and address.",
    hi="नाम, संबंधी और पते से शिकायतकर्ता और आरोपी एक ही व्यक्ति लगते हैं।",
)
@example(
    passes={
        "persons": [
            {"role": "complainant", "name": "Qarla", "relative_name": "Vintobhe", "address": "Lane 1"},
            {"role": "accused", "name": "Zorab", "relative_name": "Vintobhe", "address": "Lane 1"},
        ]
    },
    fails={
        "persons": [
            {"role": "complainant", "name": "Qarla", "relative_name": "Vintobhe", "address": "Lane 1"},
            {"role": "accused", "name": "Qarla", "relative_name": "Vintobhe", "address": "Lane 1"},
        ]
    },
)
def complainant_is_another(f: Fields) -> pl.Expr:
    """Nobody reports himself, except in cross cases: a row was copied, or a person taken for another."""
    parts = (f.name, f.relative_name, f.address)
    who = pl.when(pl.all_horizontal(p.is_not_null() for p in parts)).then(pl.struct(f.record, *parts).hash())
    complainant = pl.when(f.role == "complainant").then(who)
    return ~((f.role == "accused") & who.is_in(complainant.drop_nulls().implode()))


@rule(
    "X019",
    slug="unknown-accused-with-name",
    needs=("name", "role", "status"),
    form="iif1",
    table="iif1_persons",
    fields=("name", "status", "role"),
)
@tells(
    "W",
    en="The accused is marked as unknown, but has a name.",
    hi="आरोपी अज्ञात लिखा है, फिर भी नाम दिया है।",
)
@example(
    passes={"persons": [{"role": "accused", "status": "unknown", "name": "Unknown persons"}]},
    fails={"persons": [{"role": "accused", "status": "unknown", "name": "Qarla"}]},
)
def unknown_has_no_name(f: Fields) -> pl.Expr:
    """In place of a name stands nothing, or a word for unknown."""
    says_unknown = f.name.str.to_lowercase().str.contains_any(list(words_for_unknown()))
    return ~((f.role == "accused") & (f.status == "unknown")) | says_unknown


@rule(
    "X021",
    slug="rank-too-low-for-act",
    acts=_SENIOR_ACTS,
    needs=("io_rank",),
    form="iif1",
    fields=("io_rank", "acts.act"),
)
@tells(
    "W",
    en="The investigating officer's rank is below the one that the act requires.",
    hi="विवेचक का पद इस अधिनियम में अपेक्षित पद से नीचे है।",
)
@example(
    passes={"io_rank": "DSP", "acts": [{"act": "SCST", "section": "3"}]},
    fails={"io_rank": "SI", "acts": [{"act": "SCST", "section": "3"}]},
)
def rank_is_high_enough(f: Fields) -> pl.Expr:
    """Cases under the SC/ST Act and the UAPA are investigated by a Deputy Superintendent or above.

    Source: SC/ST (PoA) Rules r.7, UAPA s.43. What states ask for other acts is not known here.
    """
    ranks = code_lists()["rank"].values
    is_high = f.io_rank.is_in(ranks[: ranks.index("DSP") + 1])
    return ~f.rows("acts").any(lambda a: a.act.is_in(_SENIOR_ACTS)) | is_high


def place_of(code: pl.Expr) -> pl.Expr:
    """Which accused a code means, in either way of counting: B1 and A10 are both the tenth; null when it is none."""
    plain = code.str.to_uppercase().str.replace_all(r"[\s\-.]", "")
    fits = pl.when(plain.str.contains(r"^(A[1-9][0-9]{0,2}|[B-Z][1-9])$")).then(plain)
    before = 9 * pl.lit(ascii_uppercase).str.find(fits.str.slice(0, 1), literal=True).cast(pl.Int64)
    return before + fits.str.slice(1).cast(pl.Int64, strict=False)


@rule(
    "X030",
    slug="accused-code-out-of-order",
    needs=("accused_code", "role"),
    form=EVERY_FORM,
    table="persons",
    fields=("accused_code", "role"),
)
@tells(
    "W",
    en="The code of an accused appears twice in the record, or out of order.",
    hi="आरोपी का कोड अभिलेख में दो बार है, या क्रम में नहीं है।",
)
@example(
    passes={"persons": [{"role": "accused", "accused_code": "A9"}, {"role": "accused", "accused_code": "B1"}]},
    fails={"persons": [{"role": "accused", "accused_code": "A1"}, {"role": "accused", "accused_code": "A1"}]},
)
def codes_are_in_order(f: Fields) -> pl.Expr:
    """The codes are given one by one: A1 to A9 and then B1, or A10. Source: IIF-III item 1.

    Each row is compared with the row before it.
    """
    place = pl.when(f.role == "accused").then(place_of(f.accused_code))
    return pl.when(f.record == f.record.shift(1)).then(place > place.shift(1))


@rule(
    "R008",
    slug="accused-listed-twice",
    needs=("name", "relative_name", "role"),
    form=EVERY_FORM,
    table="persons",
    fields=("name", "relative_name", "age", "role"),
)
@tells(
    "W",
    en="The same accused is listed twice in the record.",
    hi="वही आरोपी अभिलेख में दो बार लिखा है।",
)
@example(
    passes={
        "persons": [
            {"role": "accused", "name": "Qarla", "relative_name": "Vintobhe", "age": "31"},
            {"role": "accused", "name": "Qarla", "relative_name": "Vintobhe", "age": "61"},
        ]
    },
    fails={
        "persons": [
            {"role": "accused", "name": "Qarla", "relative_name": "Vintobhe", "age": "31"},
            {"role": "accused", "name": "Qarla", "relative_name": "Vintobhe", "age": "32"},
        ]
    },
)
def accused_is_listed_once(f: Fields) -> pl.Expr:
    """Name, relative and age (three years off are allowed) are the same: one person under two ids.

    The ages of rows that do not follow one another are not compared.
    Source: an audit of one state found several ids for one accused.
    """
    is_whole = (f.role == "accused") & f.name.is_not_null() & f.relative_name.is_not_null()
    who = pl.struct(f.record, f.role, f.name, f.relative_name).hash()
    follows = (who == who.shift(1)).fill_null(value=False)
    is_same = ~follows | ((f.age - f.age.shift(1)).abs() <= _SAME_AGE).fill_null(value=True)
    return ~(is_whole & ~who.is_first_distinct() & is_same)


@rule(
    "R009",
    slug="accused-in-another-case",
    needs=("name", "relative_name", "address", "role"),
    form="iif1",
    table="iif1_persons",
    fields=("name", "relative_name", "address", "role", "parent.fir_no", "parent.year", "parent.police_station"),
    across=True,
)
@tells(
    "I",
    en="An accused with the same name, relative and address is in another case; it may be the same person.",
    hi="इसी नाम, संबंधी और पते का आरोपी दूसरे प्रकरण में भी है; वही व्यक्ति हो सकता है।",
)
@example(
    passes=[{"fir_no": "7", "persons": [_ACCUSED]}, {"fir_no": "8", "persons": [{**_ACCUSED, "address": "Lane 2"}]}],
    fails=[{"fir_no": "7", "persons": [_ACCUSED]}, {"fir_no": "8", "persons": [_ACCUSED]}],
)
def accused_is_known(f: Fields) -> pl.Expr:
    """A link that a person may make; nobody is merged. All three must be the same to the letter."""
    parts = (f.name, f.relative_name, f.address)
    is_whole = (f.role == "accused") & pl.all_horizontal(p.is_not_null() & (p != MASKED) for p in parts)
    who = pl.when(is_whole).then(pl.struct(*parts).hash())
    case = pl.struct(f.parent.police_station, f.parent.year, f.parent.fir_no).hash()
    return pl.when(is_whole).then(case.min().over(who) == case.max().over(who))
