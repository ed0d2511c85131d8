"""Rules across records: the series of a station's year, and the links between tables."""

from __future__ import annotations

import polars as pl

from validators.doubles.other import other_row
from validators.rulebook.columns import Fields
from validators.rulebook.rule import EVERY_FORM, RECORD_ID, each, example, rule, tells
from validators.rulebook.strays import keeps_order

_BOOK = ("state", "district", "police_station", "year")
_KEY = ("fir_no", "year", "police_station", "district", "state")
# So many records of a book without a date are no slip of one page.
_FEWEST = 5
_PLACE = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009"}


@rule("R001", slug="fir-key-twice", form="iif1", fields=_KEY, across=True, names_other=True)
@tells(
    "E",
    en="Another record has the same station, year and FIR number, with a different text.",
    hi="इसी थाने, वर्ष और संख्या का दूसरा अभिलेख है, जिसका पाठ भिन्न है।",
)
@example(
    passes=[{**_PLACE, "fir_no": "78"}, {**_PLACE, "fir_no": "79"}],
    fails=[{**_PLACE, "fir_no": "78", "place": "Market"}, {**_PLACE, "fir_no": "78", "place": "Bridge"}],
)
def key_is_unique(f: Fields) -> pl.Expr:
    """The number is given once a year in a station. Most often one of the two was misread.

    Source: IIF-I item 1. Records of the same content are left to R002.
    """
    return f.rival


@rule("R002", slug="same-record-twice", form="iif1", fields=_KEY, across=True, names_other=True)
@tells(
    "W",
    en="The same record is here a second time; the first one is kept.",
    hi="यही अभिलेख दूसरी बार आया है; पहला रखा जाता है।",
)
@example(
    passes=[{**_PLACE, "fir_no": "78", "place": "Market"}, {**_PLACE, "fir_no": "78", "place": "Bridge"}],
    fails=[{**_PLACE, "fir_no": "78"}, {**_PLACE, "fir_no": "78"}],
)
def content_is_new(f: Fields) -> pl.Expr:
    """A page scanned twice gives one record twice. The first in the order given is kept, the others bear this.

    A row of an import file that repeats another one word for word, with its record_id, bears it in every form.
    """
    first = other_row(f.record.first().over(f.content), f.line.first().over(f.content), "the first one")
    return pl.when(f.content.is_not_null() & ~f.content.is_first_distinct()).then(first)


@rule("R003", slug="numbers-missing", needs=("fir_no",), form="iif1", fields=("fir_no", *_BOOK), across=True)
@tells(
    "W",
    en="One or more FIR numbers before this one are missing from this station's year.",
    hi="इस थाने के इस वर्ष में इससे पहले की एक या अधिक संख्याएँ नहीं हैं।",
)
@example(
    passes=[{**_PLACE, "fir_no": "1"}, {**_PLACE, "fir_no": "2"}],
    fails=[{**_PLACE, "fir_no": "1"}, {**_PLACE, "fir_no": "4"}],
)
def series_has_no_hole(f: Fields) -> pl.Expr:
    """Numbers are not skipped in a book: a hole is a leaf not scanned, or a number misread.

    Judged between the records at hand; what lies before the first of them is not known here.
    """
    before = f.fir_no.shift(1).over(_BOOK, order_by="fir_no")
    return f.fir_no - before <= 1


@rule(
    "R004",
    slug="date-against-number",
    needs=("fir_date",),
    form="iif1",
    fields=("fir_date", "fir_no", *_BOOK),
    across=True,
)
@tells(
    "W",
    en="The date of this FIR does not fit between those of the numbers before and after it.",
    hi="इस प्राथमिकी की तारीख इससे पहले और बाद की संख्याओं की तारीखों के बीच नहीं बैठती।",
)
@example(
    passes=[{**_PLACE, "fir_no": "60", "fir_date": "2009-03-10"}, {**_PLACE, "fir_no": "80", "fir_date": "2009-03-20"}],
    fails=[{**_PLACE, "fir_no": "60", "fir_date": "2009-03-30"}, {**_PLACE, "fir_no": "80", "fir_date": "2009-03-10"}],
)
def dates_follow_numbers(f: Fields) -> pl.Expr:
    """Books are written in order; one day of inversion is allowed. Of two FIRs with one number R001 tells.

    Told of the fewest rows whose dates would have to change; of two that contradict each other, of the later number.
    """
    return keeps_order([f.named(name) for name in _BOOK], f.fir_no, f.fir_date, slack=1)


@rule("R016", slug="number-off-its-book", form="iif1", fields=("fir_no", "fir_date", *_BOOK), across=True)
@tells(
    "W",
    en="The FIR number does not fit between those of the pages before and after it in the book.",
    hi="प्राथमिकी संख्या पुस्तक के पिछले और अगले पन्नों की संख्याओं के बीच नहीं बैठती।",
)
@example(
    passes=[{**_PLACE, "page": f"b-{n}", "fir_no": str(n)} for n in range(1, 9)],
    fails=[{**_PLACE, "page": f"b-{at}", "fir_no": n} for at, n in enumerate(("1", "2", "3", "74", "5", "6", "7"), 1)],
)
def number_fits_its_book(f: Fields) -> pl.Expr:
    """The numbers of a scanned book rise from page to page.

    Our own addition to the rule list. Told by the check itself, which knows the pages (`checking/book_order.py`); where
    number and date agree, the page lies in the wrong place, and nothing is told. Silent in a book of fewer than five
    pages, and in one that was not scanned in order.
    """
    return pl.lit(value=True)


@rule("R017", slug="date-off-its-book", form="iif1", fields=("fir_date", "fir_no", *_BOOK), across=True)
@tells(
    "W",
    en="The date of the FIR does not fit between those of the pages before and after it in the book.",
    hi="प्राथमिकी की तारीख पुस्तक के पिछले और अगले पन्नों की तारीखों के बीच नहीं बैठती।",
)
@example(
    passes=[{**_PLACE, "page": f"b-{n}", "fir_no": str(n), "fir_date": f"2009-03-{n:02}"} for n in range(1, 9)],
    fails=[
        {**_PLACE, "page": f"b-{at}", "fir_no": str(at), "fir_date": f"2009-03-{day}"}
        for at, day in enumerate(("01", "02", "28", "04", "05", "06", "07"), 1)
    ],
)
def date_fits_its_book(f: Fields) -> pl.Expr:
    """The dates of a scanned book do not fall from page to page, but for a day.

    Our own addition to the rule list. Told by the check itself, as R016. Where the pages were not scanned in order, the
    dates are compared along the numbers.
    """
    return pl.lit(value=True)


@rule("R015", slug="date-in-no-record", form="iif1", fields=("fir_date", *_BOOK), across=True)
@tells(
    "W",
    en="No record of this station and year has the date of the FIR, which each record must have.",
    hi="इस थाने और वर्ष के किसी अभिलेख में प्राथमिकी की तारीख नहीं है, जो हर एक में होनी चाहिए।",
)
@example(
    passes=[{**_PLACE, "fir_no": str(n), "fir_date": "2009-03-10"} for n in range(1, 6)],
    fails=[{**_PLACE, "fir_no": str(n)} for n in range(1, 6)],
)
def date_is_in_some_record(f: Fields) -> pl.Expr:
    """A column that nobody mapped, or whose dates nobody could read, is missing in all: one thing to mend, told once.

    Told of the first of five records and more. Our own addition to the rule list.
    """
    is_empty = f.fir_date.is_null().all().over(_BOOK) & (pl.len().over(_BOOK) >= _FEWEST)
    return ~(is_empty & (pl.int_range(pl.len()).over(_BOOK) == 0))


@rule("T019", slug="row-without-record", form=EVERY_FORM, fields=each(RECORD_ID), across=True)
@tells("E", en="The row does not belong to any record of this import.", hi="यह पंक्ति इस आयात के किसी अभिलेख की नहीं है।")
@example(
    passes={"record_id": "a", "acts": [{"record_id": "a", "act": "IPC", "section": "379"}]},
    fails={"record_id": "a", "acts": [{"record_id": "b", "act": "IPC", "section": "379"}]},
)
def row_has_a_record(f: Fields) -> pl.Expr:
    """A child row without its record can never be loaded. Without a table of records there is nothing to say."""
    return f.has_parent


@rule("T025", slug="record-id-twice", form=EVERY_FORM, fields=(RECORD_ID,), across=True)
@tells("E", en="Another row has the same record_id.", hi="दूसरी पंक्ति में भी यही record_id है।")
@example(
    passes=[{"record_id": "a"}, {"record_id": "b"}],
    fails=[{"record_id": "a", "fir_no": "78"}, {"record_id": "a", "fir_no": "79"}],
)
def record_id_is_unique(f: Fields) -> pl.Expr:
    """Child rows find their record by its id, so one id cannot stand for two. Our own addition to the rule list.

    Rows that are the same in every word are one record: the first is kept, and R002 tells of the others.
    """
    return f.record.is_unique()
