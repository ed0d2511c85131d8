"""The order of events within one FIR, and what its parts say of one another."""

from __future__ import annotations

import polars as pl

from validators.rulebook.columns import Fields, Moment
from validators.rulebook.rule import example, rule, tells

_BEGAN = ("occurrence_from", "occurrence_time_from")
_HEARD = ("info_date", "info_time")
_FILED = ("fir_date", "fir_time")
_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DESPATCH_DAYS = 3


@rule(
    "F013",
    slug="weekday-against-date",
    needs=("occurrence_day", "occurrence_from"),
    form="iif1",
    fields=("occurrence_day", "occurrence_from", "occurrence_to"),
)
@tells(
    "W",
    en="The day of the week is not that of the date of occurrence.",
    hi="घटना का वार उसकी तारीख से मेल नहीं खाता।",
)
@example(
    passes={"occurrence_day": "sunday", "occurrence_from": "2018-03-04"},
    fails={"occurrence_day": "sunday", "occurrence_from": "2018-03-05"},
)
def weekday_is_of_date(f: Fields) -> pl.Expr:
    """Item 3a prints the day beside the date: a free check of its digits. Not judged over more than two days."""
    day = f.occurrence_day.replace_strict(list(_WEEKDAYS), list(range(1, 8)), default=None, return_dtype=pl.Int8)
    last = f.occurrence_to.fill_null(f.occurrence_from)
    is_short = (last - f.occurrence_from).dt.total_days() <= 1
    return ~is_short | (f.occurrence_from.dt.weekday() == day) | (last.dt.weekday() == day)


@rule(
    "X001",
    slug="occurrence-ends-before-it-begins",
    needs=("occurrence_from", "occurrence_to"),
    form="iif1",
    fields=("occurrence_to", "occurrence_time_to", *_BEGAN),
)
@tells("E", en="The occurrence ends before it begins.", hi="घटना शुरू होने से पहले समाप्त हो रही है।")
@example(
    passes={"occurrence_from": "2009-06-05", "occurrence_to": "2009-06-06"},
    fails={"occurrence_from": "2009-06-05", "occurrence_to": "2009-06-04"},
)
def occurrence_is_in_order(f: Fields) -> pl.Expr:
    """Item 3a gives the occurrence as from and to. Where an hour is missing on either side, dates alone count."""
    began = Moment(f.occurrence_from, f.occurrence_time_from)
    return Moment(f.occurrence_to, f.occurrence_time_to) >= began


@rule("X002", slug="information-out-of-order", form="iif1", fields=(*_HEARD, *_BEGAN, *_FILED))
@tells(
    "E",
    en="The information was received before the occurrence began, or after the FIR was registered.",
    hi="सूचना घटना से पहले, या प्राथमिकी दर्ज होने के बाद मिली लिखी है।",
)
@example(
    passes={"occurrence_from": "2018-03-17", "info_date": "2018-03-30", "fir_date": "2018-03-30"},
    fails={"occurrence_from": "2018-03-17", "info_date": "2018-03-16", "fir_date": "2018-03-30"},
)
def information_is_in_order(f: Fields) -> pl.Expr:
    """An offence happens, is told, and is written down, in this order. Source: IIF-I items 1 and 3.

    Without a date of information the FIR itself must not come before the occurrence.
    """
    began = Moment(f.occurrence_from, f.occurrence_time_from)
    heard = Moment(f.info_date, f.info_time)
    filed = Moment(f.fir_date, f.fir_time)
    chain = [(heard >= began), (heard <= filed), (filed >= began)]
    return pl.all_horizontal(link.fill_null(value=True) for link in chain)


@rule(
    "X003",
    slug="fir-before-diary-entry",
    needs=("fir_date", "gd_date"),
    form="iif1",
    fields=("gd_date", "gd_time", *_FILED),
)
@tells(
    "E",
    en="The FIR is dated before its general diary entry.",
    hi="प्राथमिकी की तारीख रोज़नामचा प्रविष्टि से पहले की है।",
)
@example(
    passes={"gd_date": "2018-03-30", "gd_time": "18:50", "fir_date": "2018-03-30", "fir_time": "19:02"},
    fails={"gd_date": "2018-03-30", "gd_time": "19:50", "fir_date": "2018-03-30", "fir_time": "19:02"},
)
def diary_comes_first(f: Fields) -> pl.Expr:
    """The diary notes the information first; the FIR follows on the same day or later.

    Source: an audit of one state found 412 FIRs dated before their diary entry (2018-23).
    """
    return Moment(f.fir_date, f.fir_time) >= Moment(f.gd_date, f.gd_time)


@rule(
    "X004",
    slug="despatched-late",
    needs=("fir_date", "despatch_date"),
    form="iif1",
    fields=("despatch_date", "fir_date"),
)
@tells(
    "W",
    en="The FIR was despatched to the court more than three days after it was registered, or before.",
    hi="प्राथमिकी दर्ज होने के तीन दिन से अधिक बाद, या पहले, न्यायालय भेजी गई।",
)
@example(
    passes={"fir_date": "2018-03-30", "despatch_date": "2018-03-31"},
    fails={"fir_date": "2018-03-30", "despatch_date": "2018-04-08"},
)
def despatch_is_prompt(f: Fields) -> pl.Expr:
    """The report goes to the magistrate within a day, or on the next day of the court. Source: CrPC s.157.

    Holidays are not known here, so that three days are allowed.
    """
    return (f.despatch_date - f.fir_date).dt.total_days().is_between(0, _DESPATCH_DAYS)


@rule(
    "X005",
    slug="delay-without-reason",
    needs=("info_date", "occurrence_from"),
    form="iif1",
    fields=("delay_reason", *_HEARD, *_BEGAN),
)
@tells(
    "W",
    en="The report came more than a day after the occurrence, but no reason for the delay is given.",
    hi="सूचना घटना के एक दिन से अधिक बाद मिली, और देरी का कारण नहीं लिखा है।",
)
@example(
    passes={"occurrence_from": "2009-06-01", "info_date": "2009-06-05", "delay_reason": "Illness"},
    fails={"occurrence_from": "2009-06-01", "info_date": "2009-06-05"},
)
def delay_has_reason(f: Fields) -> pl.Expr:
    """Item 8 asks for the reason of a delay; courts ask for it too. Without hours, two days count as more than one."""
    late = Moment(f.info_date, f.info_time).is_later_by(24, Moment(f.occurrence_from, f.occurrence_time_from))
    return ~late | f.delay_reason.is_not_null()


def _is_late_book(f: Fields) -> pl.Expr:
    """The first days of January, with last year's number."""
    date = f.fir_date
    return (date.dt.month() == 1) & (date.dt.day() <= 5) & (f.year == date.dt.year() - 1)


@rule("X006", slug="year-differs-from-fir-date", needs=("fir_date", "year"), form="iif1", fields=("year", "fir_date"))
@tells(
    "E",
    en="The year of the FIR number is not the year of the FIR's date.",
    hi="प्राथमिकी संख्या का वर्ष उसकी तारीख के वर्ष से भिन्न है।",
)
@example(
    passes={"year": "2026", "fir_date": "2026-03-30"},
    fails={"year": "2025", "fir_date": "2026-03-30"},
)
def year_is_of_date(f: Fields) -> pl.Expr:
    """The serial runs by calendar year. The first five days of January are left to X007."""
    return (f.year == f.fir_date.dt.year()) | _is_late_book(f)


@rule("X007", slug="number-of-last-year", needs=("fir_date", "year"), form="iif1", fields=("year", "fir_date"))
@tells(
    "W",
    en="An FIR of the first days of January has last year's number.",
    hi="जनवरी के पहले दिनों की प्राथमिकी पर पिछले वर्ष की संख्या है।",
)
@example(
    passes={"year": "2026", "fir_date": "2026-01-03"},
    fails={"year": "2025", "fir_date": "2026-01-03"},
)
def book_was_closed(f: Fields) -> pl.Expr:
    """Books are closed late, so it is told and not refused."""
    return ~_is_late_book(f)


@rule(
    "X008",
    slug="transfer-without-station",
    needs=("action_taken",),
    form="iif1",
    fields=("action_taken", "outside_ps", "transferred_ps", "police_station"),
)
@tells(
    "E",
    en="The case belongs to another station but is not marked as transferred, or it is, but no station is named.",
    hi="प्रकरण दूसरे थाने का है पर स्थानांतरित नहीं लिखा, या स्थानांतरित है पर थाना नहीं लिखा।",
)
@example(
    passes={"outside_ps": "Lake Town", "action_taken": "transferred_other_ps"},
    fails={"outside_ps": "Lake Town", "action_taken": "refused_investigation"},
)
def zero_fir_is_transferred(f: Fields) -> pl.Expr:
    """An FIR on what happened outside the station's limits is sent on: items 5c and 13 say so together.

    Source: BNSS s.173(1). Silent where item 13 is empty, and where item 5c names the station itself.
    """
    is_sent = f.action_taken == "transferred_other_ps"
    is_outside = f.outside_ps.is_not_null() & (f.outside_ps != f.police_station).fill_null(value=True)
    return pl.when(is_sent).then(is_outside | f.transferred_ps.is_not_null()).otherwise(~(is_outside & ~is_sent))


@rule("X020", slug="direction-without-distance", form="iif1", fields=("place_direction", "place_distance_km"))
@tells(
    "W",
    en="Direction and distance of the place go together; one of them is missing.",
    hi="दिशा और दूरी साथ लिखी जाती हैं; एक नहीं है।",
)
@example(
    passes={"place_direction": "NE", "place_distance_km": "2"},
    fails={"place_direction": "NE"},
)
def direction_has_distance(f: Fields) -> pl.Expr:
    """Item 5a asks for both in one line; where one is missing it was most likely not read."""
    return f.place_direction.is_null() == f.place_distance_km.is_null()
