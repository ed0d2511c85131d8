"""Missing persons and unidentified bodies, and what links the two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import polars as pl

from validators.rulebook.columns import Fields, RowLink
from validators.rulebook.rule import example, rule, tells

_FIR_NEEDED_FROM = date(2013, 5, 10)
_ADULT, _YEARS_OFF, _CM_OFF = 18, 7, 7
_REPORT = ("state", "district", "police_station", "year", "report_no")
_OF_BODY = ("state", "district", "missing_report_station", "missing_report_year", "missing_report_no")
_PLACE = {"state": "wb", "district": "Howrah"}
_MISSING = {**_PLACE, "police_station": "Bally", "year": "2014", "report_no": "7"}
_BODY = {**_PLACE, "missing_report_station": "Bally", "missing_report_year": "2014", "missing_report_no": "7"}


@rule(
    "T012",
    slug="missing-child-without-fir",
    form="missing",
    table="missing_persons",
    fields=("age", "role", "birth_date", "parent.reported_date", "parent.linked_fir_no"),
)
@tells(
    "E",
    en="A child is missing, but no FIR is named.",
    hi="लापता बालक की रिपोर्ट में प्राथमिकी नहीं लिखी है।",
)
@example(
    passes={"reported_date": "2014-03-12", "linked_fir_no": "78", "persons": [{"role": "missing", "age": "9"}]},
    fails={"reported_date": "2014-03-12", "persons": [{"role": "missing", "age": "9"}]},
)
def missing_child_has_an_fir(f: Fields) -> pl.Expr:
    """Since 10 May 2013 an FIR is registered for every missing child.

    Source: Bachpan Bachao Andolan v. Union of India; an audit of one state found 5,566 reports without.
    """
    years = f.parent.reported_date.dt.year() - f.birth_date.dt.year()
    # The birthday may be still to come in that year.
    is_child = (f.role == "missing") & (pl.coalesce(f.age, years - 1) < _ADULT)
    return ~(is_child & (f.parent.reported_date >= _FIR_NEEDED_FROM)) | f.parent.linked_fir_no.is_not_null()


@rule(
    "T013",
    slug="traced-before-missing",
    form="missing",
    fields=("traced_date", "missing_from_date", "uidb:found_date"),
)
@tells(
    "W",
    en="The person was traced, or the body found, before the day from which the person was missing.",
    hi="व्यक्ति लापता होने की तारीख से पहले मिला, या शव पहले पाया गया लिखा है।",
)
@example(
    passes={"missing_from_date": "2014-03-12", "traced_date": "2014-03-20"},
    fails={"missing_from_date": "2014-03-12", "traced_date": "2014-02-20"},
)
def traced_after_missing(f: Fields) -> pl.Expr:
    """Whoever is found was missing before; the body is one whose inquest names this report."""
    found = f.of("uidb", link=RowLink("uidb", "uidb", _REPORT, _OF_BODY)).tell(lambda r: r.found_date.min())
    days = (f.traced_date >= f.missing_from_date, found >= f.missing_from_date)
    return pl.all_horizontal(d.fill_null(value=True) for d in days)


@rule(
    "T014",
    slug="body-unlike-missing-person",
    form="uidb",
    table="uidb_persons",
    fields=("sex", "age", "height_cm", "role", "missing:persons.sex", "missing:persons.age",
            "missing:persons.height_cm", "missing:persons.role"),
)  # fmt: skip
@tells(
    "W",
    en="Sex, age or height of the body are not those of the missing person it is linked to.",
    hi="शव का लिंग, आयु या ऊँचाई जुड़े हुए लापता व्यक्ति से मेल नहीं खाती।",
)
@example(
    passes=[
        {**_BODY, "persons": [{"role": "deceased", "sex": "female", "age": "30"}]},
        {**_MISSING, "form": "missing", "persons": [{"role": "missing", "sex": "female", "age": "27"}]},
    ],
    fails=[
        {**_BODY, "persons": [{"role": "deceased", "sex": "male", "age": "30"}]},
        {**_MISSING, "form": "missing", "persons": [{"role": "missing", "sex": "female", "age": "27"}]},
    ],
)
def body_is_like_the_missing(f: Fields) -> pl.Expr:
    """Seven years and seven centimetres off are allowed. Silent unless the linked report is at hand."""

    def of_missing(how: Callable[[Fields], pl.Expr]) -> pl.Expr:
        link = RowLink("missing", "missing_persons", _OF_BODY, _REPORT)
        return f.of("missing", link=link).tell(lambda p: _take_only(how(p).filter(p.role == "missing")))

    sex = of_missing(lambda p: p.sex)
    fits = (
        (f.sex == sex) | (f.sex == "unknown") | (sex == "unknown"),
        (f.age - of_missing(lambda p: p.age)).abs() <= _YEARS_OFF,
        (f.height_cm - of_missing(lambda p: p.height_cm)).abs() <= _CM_OFF,
    )
    return (f.role != "deceased") | pl.all_horizontal(fit.fill_null(value=True) for fit in fits)


def _take_only(values: pl.Expr) -> pl.Expr:
    """The value of the one row there is."""
    return pl.when(values.len() == 1).then(values.first())
