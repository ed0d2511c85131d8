"""Rules across the records of a book: years beside one another, serials, leaves, copies."""

from __future__ import annotations

import polars as pl

from validators.rulebook.columns import Fields, RowLink
from validators.rulebook.rule import example, rule, tells
from validators.rulebook.strays import keeps_order

_STATION = ("state", "district", "police_station")
_BOOK = (*_STATION, "year")
_PLACE = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009"}
_LEAST, _MOST = 0.4, 1.6
_LONG_TEXT = 100
_STORY = "In the evening a white cow was taken from the shed behind the house. " * 2


@rule(
    "R005",
    slug="year-beside-its-neighbours",
    needs=("fir_no",),
    form="iif1",
    fields=("fir_no", *_BOOK, "iif1:fir_no"),
    across=True,
)
@tells(
    "W",
    en="The last number of this year is far from those of the years before and after; a book may be missing.",
    hi="इस वर्ष की अंतिम संख्या पिछले और अगले वर्ष से बहुत भिन्न है; कोई पुस्तक छूटी हो सकती है।",
)
@example(
    passes=[{**_PLACE, "year": y, "fir_no": n} for y, n in (("2008", "410"), ("2009", "398"), ("2010", "402"))],
    fails=[{**_PLACE, "year": y, "fir_no": n} for y, n in (("2008", "410"), ("2009", "12"), ("2010", "402"))],
)
def year_is_like_its_neighbours(f: Fields) -> pl.Expr:
    """Three years of a station are at hand, and the middle one differs from both by more than 60 %.

    Told on the record of the year's last number.
    """

    def last(years: int) -> pl.Expr:
        return f.of("iif1", link=RowLink("iif1", "iif1", _BOOK, _BOOK, years)).tell(lambda r: r.fir_no.max())

    here, before, after = last(0), last(-1), last(1)
    low, high = pl.min_horizontal(before, after), pl.max_horizontal(before, after)
    odd = (here < low * _LEAST) | (here > high * _MOST)
    return ~(odd & before.is_not_null() & after.is_not_null() & (f.fir_no == here))


@rule(
    "R007", slug="diary-number-against-time", form="gd", fields=("gd_no", "gd_time", "gd_date", *_STATION), across=True
)
@tells(
    "W",
    en="The entry has a lower number than an earlier one of the same day.",
    hi="प्रविष्टि की संख्या उसी दिन की पहले वाली प्रविष्टि से छोटी है।",
)
@example(
    passes=[
        {**_PLACE, "gd_date": "2009-03-12", "gd_time": t, "gd_no": n} for t, n in (("10:00", "9"), ("11:00", "10"))
    ],
    fails=[{**_PLACE, "gd_date": "2009-03-12", "gd_time": t, "gd_no": n} for t, n in (("10:00", "10"), ("11:00", "9"))],
)
def diary_is_in_order(f: Fields) -> pl.Expr:
    """Entries are numbered as they are written. States restart by day, month or year; within a day none does."""
    number = pl.when(f.gd_no.str.contains(r"^[0-9]{1,9}$")).then(f.gd_no).cast(pl.Int64, strict=False)
    in_order = keeps_order([*(f.named(name) for name in _STATION), f.gd_date], f.gd_time, number)
    return pl.when(f.gd_date.is_not_null()).then(in_order)


@rule(
    "R010",
    slug="same-text-at-two-stations",
    needs=("narrative", "police_station"),
    form="iif1",
    fields=("narrative", "police_station"),
    across=True,
)
@tells(
    "W",
    en="The same text is in an FIR of another station.",
    hi="यही पाठ दूसरे थाने की प्राथमिकी में भी है।",
)
@example(
    passes=[{**_PLACE, "narrative": _STORY}, {**_PLACE, "narrative": _STORY}],
    fails=[{**_PLACE, "narrative": _STORY}, {**_PLACE, "police_station": "Lake Town", "narrative": _STORY}],
)
def text_is_of_one_station(f: Fields) -> pl.Expr:
    """A station cut from another copies the cases of its part; each is to be counted once."""
    text = pl.when(f.narrative.str.len_chars() >= _LONG_TEXT).then(f.narrative).hash()
    station = f.police_station.hash()
    is_long = f.narrative.str.len_chars() >= _LONG_TEXT
    return pl.when(is_long).then(station.min().over(text) == station.max().over(text))


@rule("R011", slug="leaf-missing", form="gd", fields=("book_page", *_BOOK), across=True)
@tells(
    "W",
    en="One or more pages of the book before this one are missing.",
    hi="इससे पहले पुस्तक के एक या अधिक पन्ने नहीं हैं।",
)
@example(
    passes=[{**_PLACE, "gd_no": n, "book_page": p} for n, p in (("1", "57"), ("2", "58"))],
    fails=[{**_PLACE, "gd_no": n, "book_page": p} for n, p in (("1", "56"), ("2", "59"))],
)
def pages_have_no_hole(f: Fields) -> pl.Expr:
    """Pages are numbered and none may be torn out. Only the diary's record tells on which page it stands."""
    page = pl.when(f.book_page.str.contains(r"^[0-9]{1,4}$")).then(f.book_page).cast(pl.Int64, strict=False)
    before = page.shift(1).over(*_BOOK, order_by=page)
    return page - before <= 1


@rule(
    "R013",
    slug="charge-sheet-number-twice",
    form="iif5",
    fields=("report_no", "report_date", "report_type", "fir_no", *_STATION),
    across=True,
)
@tells(
    "W",
    en="Another case of the station has a charge-sheet of the same number and year.",
    hi="थाने के दूसरे प्रकरण में इसी संख्या और वर्ष का आरोप पत्र है।",
)
@example(
    passes=[
        {**_PLACE, "fir_no": n, "report_no": n, "report_date": "2009-05-12", "report_type": "charge_sheet"}
        for n in ("7", "8")
    ],
    fails=[
        {**_PLACE, "fir_no": n, "report_no": "7", "report_date": "2009-05-12", "report_type": "charge_sheet"}
        for n in ("7", "8")
    ],
)
def charge_sheet_number_is_unique(f: Fields) -> pl.Expr:
    """Charge-sheets have a serial of the station and year; other final reports may have one of their own."""
    year = f.report_date.dt.year()
    parts = (*(f.named(name) for name in _STATION), year, f.report_no)
    is_judged = (f.report_type == "charge_sheet") & pl.all_horizontal(p.is_not_null() for p in parts)
    number = pl.when(is_judged).then(pl.struct(*parts).hash())
    return pl.when(is_judged).then(f.fir_no.min().over(number) == f.fir_no.max().over(number))


@rule(
    "R014",
    slug="malkhana-number-twice",
    form="property",
    fields=("malkhana_no", "malkhana_date", "fir_no", "year", *_STATION),
    across=True,
)
@tells(
    "W",
    en="The malkhana number is also in another case, or does not follow the dates of the register.",
    hi="मालखाना संख्या दूसरे प्रकरण में भी है, या रजिस्टर की तारीखों के विपरीत है।",
)
@example(
    passes=[
        {**_PLACE, "fir_no": n, "malkhana_no": n, "malkhana_date": d}
        for n, d in (("7", "2009-05-12"), ("8", "2009-05-14"))
    ],
    fails=[
        {**_PLACE, "fir_no": n, "malkhana_no": n, "malkhana_date": d}
        for n, d in (("7", "2009-05-12"), ("8", "2009-04-14"))
    ],
)
def malkhana_is_in_order(f: Fields) -> pl.Expr:
    """The store's register has one serial a year; several things of one case may share a number."""
    book = [*(f.named(name) for name in _STATION), f.malkhana_date.dt.year()]
    number = pl.when(f.malkhana_no.str.contains(r"^[0-9]{1,6}$")).then(f.malkhana_no).cast(pl.Int64, strict=False)
    is_judged = pl.all_horizontal(p.is_not_null() for p in (*book, number, f.fir_no))
    entry = pl.when(is_judged).then(pl.struct(*book, number).hash())
    # A year has four digits: number and year in one.
    case = f.fir_no * 10_000 + f.year
    one_case = case.min().over(entry) == case.max().over(entry)
    day = pl.when(is_judged).then(f.malkhana_date)
    in_order = keeps_order(book, number, day, slack=1)
    return pl.when(is_judged).then(one_case & in_order.fill_null(value=True))
