"""The chain of a case: FIR, arrest, seizure, report to the court, judgment, appeal."""

from __future__ import annotations

import polars as pl

from validators.rulebook.columns import FIR_KEY, Fields, RowLink
from validators.rulebook.rule import example, rule, tells

_BOOK = ("state", "district", "police_station", "year")
_NUMBER = (*_BOOK, "fir_no")
_LINKED = tuple(f"linked_fir_{name}" for name in ("state", "district", "police_station", "year", "no"))
_CASE = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009", "fir_no": "78"}


def _is_lost(f: Fields, key: tuple[str, ...]) -> pl.Expr:
    """Whether the FIR of a key is not among the records, though FIRs below and above it of its book are.

    A book that has only begun to be read would else make orphans of all later numbers, and one of which only some
    cases were taken in of all others: no more than one number in ten may be missing, and one alone.
    """
    there = f.of("iif1", link=RowLink("iif1", "iif1", key, _NUMBER)).tell(lambda r: pl.len())
    book = RowLink("iif1", "iif1", key[:-1], _BOOK)
    lowest = f.of("iif1", link=book).tell(lambda r: r.fir_no.min())
    highest = f.of("iif1", link=book).tell(lambda r: r.fir_no.max())
    count = f.of("iif1", link=book).tell(lambda r: r.fir_no.n_unique())
    number = f.named(key[-1])
    is_whole = highest - lowest + 1 - count <= 1 + count // 10
    return there.is_null() & is_whole & (lowest < number) & (number < highest)


def _fir_date(f: Fields) -> pl.Expr:
    """The date of the FIR as the form gives it, else that of the FIR itself."""
    return pl.coalesce(f.fir_date, f.fir.fir_date)


def _example_firs(*numbers: str) -> list[dict[str, str]]:
    return [{**_CASE, "fir_no": n, "fir_date": "2009-03-12", "form": "iif1"} for n in numbers]


@rule("T001", slug="arrest-without-fir", form="iif3", fields=_NUMBER[::-1] + ("iif1:fir_no",), across=True)
@tells(
    "E",
    en="The FIR of this arrest is not among the records, though others of its book before and after it are.",
    hi="इस गिरफ़्तारी की प्राथमिकी अभिलेखों में नहीं है, जबकि उससे पहले और बाद की हैं।",
)
@example(
    passes=[{**_CASE, "arrest_date": "2009-03-14"}, *_example_firs("77", "78", "79")],
    fails=[{**_CASE, "arrest_date": "2009-03-14"}, *_example_firs("77", "79")],
)
def arrest_has_an_fir(f: Fields) -> pl.Expr:
    """Item 1 names the FIR; a preventive arrest has a proceeding or a diary entry instead, and no number.

    Silent where the FIRs of that station and year are not at hand, or only some of them.
    """
    return ~_is_lost(f, _NUMBER)


@rule(
    "T002",
    slug="arrest-before-fir",
    form="iif3",
    fields=("arrest_date", "fir_date", "gd_no", "gd_date", "iif1:fir_date"),
)
@tells("E", en="The arrest is dated before the FIR.", hi="गिरफ़्तारी प्राथमिकी से पहले की है।")
@example(
    passes={"arrest_date": "2009-03-12", "fir_date": "2009-03-12"},
    fails={"arrest_date": "2008-12-12", "fir_date": "2009-03-12"},
)
def arrest_follows_fir(f: Fields) -> pl.Expr:
    """Who is arrested on the spot, with a diary entry, may come to the station a day before the FIR.

    Source: an audit of one state found arrests and seizures before the FIR.
    """
    with_diary = f.gd_no.is_not_null() | f.gd_date.is_not_null()
    return (_fir_date(f) - f.arrest_date).dt.total_days() <= with_diary.cast(pl.Int64)


@rule(
    "T003",
    slug="seizure-before-occurrence",
    form="iif4",
    fields=("seizure_date", "fir_date", "gd_no", "gd_date", "iif1:fir_date", "iif1:occurrence_from"),
)
@tells(
    "W",
    en="The seizure is dated before the occurrence, or before the FIR without a diary entry.",
    hi="ज़ब्ती घटना से पहले की है, या रोज़नामचा प्रविष्टि के बिना प्राथमिकी से पहले की।",
)
@example(
    passes={"seizure_date": "2009-03-12", "fir_date": "2009-03-13", "gd_no": "7"},
    fails={"seizure_date": "2009-03-12", "fir_date": "2009-03-13"},
)
def seizure_follows_occurrence(f: Fields) -> pl.Expr:
    """Things found before there is an FIR hang on an entry in the diary. Source: IIF-IV item 1."""
    with_diary = f.gd_no.is_not_null() | f.gd_date.is_not_null()
    after_fir = (f.seizure_date >= _fir_date(f)).fill_null(value=True) | with_diary
    return after_fir & (f.seizure_date >= f.fir.occurrence_from).fill_null(value=True)


@rule(
    "T004",
    slug="report-before-fir-or-arrest",
    form="iif5",
    fields=("report_date", "fir_date", "persons.arrest_date", "iif1:fir_date"),
)
@tells(
    "E",
    en="The final report is dated before the FIR, or before an arrest that it mentions.",
    hi="अंतिम रिपोर्ट प्राथमिकी से, या उसमें लिखी गिरफ़्तारी से पहले की है।",
)
@example(
    passes={"report_date": "2009-05-12", "fir_date": "2009-03-12", "persons": [{"arrest_date": "2009-03-14"}]},
    fails={"report_date": "2009-05-12", "fir_date": "2009-03-12", "persons": [{"arrest_date": "2009-06-14"}]},
)
def report_comes_last(f: Fields) -> pl.Expr:
    """The report closes the investigation. Who is arrested later stands in a supplementary one."""
    arrested = f.rows("persons").tell(lambda p: p.arrest_date.max())
    return (f.report_date >= _fir_date(f)).fill_null(value=True) & (f.report_date >= arrested).fill_null(value=True)


@rule(
    "T007",
    slug="sections-altered",
    form="iif5",
    fields=("acts", "acts.act", "acts.section", "iif1:acts.act", "iif1:acts.section"),
)
@tells(
    "W",
    en="The sections of the final report are not those of the FIR.",
    hi="अंतिम रिपोर्ट की धाराएँ प्राथमिकी की धाराओं से भिन्न हैं।",
)
@example(
    passes=[
        {**_CASE, "acts": [{"act": "IPC", "section": "379"}]},
        {**_CASE, "form": "iif1", "acts": [{"act": "IPC", "section": "379"}]},
    ],
    fails=[
        {**_CASE, "acts": [{"act": "IPC", "section": "380"}]},
        {**_CASE, "form": "iif1", "acts": [{"act": "IPC", "section": "379"}]},
    ],
)
def sections_are_those_of_the_fir(f: Fields) -> pl.Expr:
    """What the investigation found may be another offence than was reported: an alteration, which is kept."""

    def join_sections(row: Fields) -> pl.Expr:
        return pl.concat_str(row.act, row.section, separator=" ").drop_nulls().unique().sort().str.join("/")

    return f.rows("acts").tell(join_sections) == f.of("iif1", "acts").tell(join_sections)


@rule(
    "T008",
    slug="judgment-out-of-order",
    form="iif6",
    fields=("judgment_date", "report_date", "iif7:filed_on", "iif7:result_date"),
)
@tells(
    "E",
    en="The judgment is dated before the final report, or after an appeal against it.",
    hi="निर्णय अंतिम रिपोर्ट से पहले, या उसके विरुद्ध अपील के बाद का है।",
)
@example(
    passes={"judgment_date": "2011-05-12", "report_date": "2009-05-12"},
    fails={"judgment_date": "2009-03-12", "report_date": "2009-05-12"},
)
def judgment_is_in_order(f: Fields) -> pl.Expr:
    """Report, judgment, appeal: in this order. Of several judgments in one case only the report is compared."""
    appeal = f.of("iif7").tell(lambda r: pl.when(pl.len() == 1).then(pl.coalesce(r.filed_on, r.result_date).first()))
    alone = f.of("iif6").tell(lambda r: pl.len()) == 1
    in_time = ~alone | (f.judgment_date <= appeal)
    return (f.judgment_date >= f.report_date).fill_null(value=True) & in_time.fill_null(value=True)


@rule("T026", slug="appeal-before-judgment", form="iif7", fields=("filed_on", "result_date", "disposal_date"))
@tells("E", en="The appeal is dated before the judgment.", hi="अपील निर्णय से पहले की है।")
@example(
    passes={"disposal_date": "2011-05-12", "filed_on": "2011-06-12"},
    fails={"disposal_date": "2011-05-12", "filed_on": "2010-06-12"},
)
def appeal_follows_judgment(f: Fields) -> pl.Expr:
    """The other half of T008, on the form of the appeal itself. Our own addition to the rule list."""
    dates = (f.filed_on >= f.disposal_date, f.result_date >= f.disposal_date)
    return pl.all_horizontal(d.fill_null(value=True) for d in dates)


@rule(
    "T016",
    slug="offender-not-proclaimed-or-arrested",
    form="po",
    fields=("warrant_date", "received_date", "warrant_kind", "po_status", "iif3:arrest_date"),
)
@tells(
    "W",
    en="A proclamation has no date, or the offender was arrested later and still counts as wanted.",
    hi="उद्घोषणा की तारीख नहीं है, या अपराधी बाद में गिरफ़्तार हुआ और फिर भी वांछित लिखा है।",
)
@example(
    passes={"warrant_kind": "proclamation", "warrant_date": "2010-01-05", "po_status": "pending"},
    fails={"warrant_kind": "proclamation", "po_status": "pending"},
)
def offender_is_wanted(f: Fields) -> pl.Expr:
    """Who is proclaimed is wanted until arrested; the arrest is that of the same case and code of the accused."""
    has_date = f.warrant_date.is_not_null() | f.received_date.is_not_null()
    arrested = f.of("iif3", by=(*FIR_KEY, "accused_code")).tell(lambda r: r.arrest_date.max())
    is_free = ~((f.po_status == "pending") & (arrested >= f.warrant_date))
    return pl.when(f.warrant_kind == "proclamation").then(has_date & is_free.fill_null(value=True))


@rule(
    "T017",
    slug="converted-fir-missing",
    form="ncr",
    fields=("linked_fir_no", "linked_fir_year", "linked_fir_police_station", "linked_fir_district", "linked_fir_state",
            "result", "iif1:fir_no"),
    across=True,
)  # fmt: skip
@tells(
    "W",
    en="The report was converted to an FIR that is not named, or not among the records.",
    hi="रिपोर्ट प्राथमिकी में बदली गई, पर वह लिखी नहीं है या अभिलेखों में नहीं है।",
)
@example(
    passes={"result": "converted_to_fir", "linked_fir_no": "78"},
    fails={"result": "converted_to_fir"},
)
def converted_report_has_an_fir(f: Fields) -> pl.Expr:
    """The number of the FIR leads on from the report. Whether it is there is judged as in T001."""
    is_named = (f.result != "converted_to_fir").fill_null(value=True) | f.linked_fir_no.is_not_null()
    return is_named & ~_is_lost(f, _LINKED).fill_null(value=False)
