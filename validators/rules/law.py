"""Acts and sections: do they exist, and were they in force on the day of the occurrence."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import polars as pl

from validators.rulebook.columns import Fields
from validators.rulebook.masters import LAST_NUMBER, load_law
from validators.rulebook.rule import EVERY_FORM, example, rule, tells

BNS_BEGINS = date(2024, 7, 1)
_PENAL = ("IPC", "BNS")
_PROCEDURE = ("CRPC", "CRPC1898", "BNSS", "IEA", "BSA")
SPAN = ("parent.occurrence_from", "parent.occurrence_to")


def latest(f: Fields) -> pl.Expr:
    """The last day on which the offence can have happened."""
    return pl.coalesce(f.parent.occurrence_to, f.parent.occurrence_from, f.parent.info_date, f.parent.fir_date)


def look_up(text: pl.Expr, days: Mapping[str, str]) -> pl.Expr:
    """The day that a text stands for in a table of ISO days; null where the table has none."""
    known = {k: date.fromisoformat(v) for k, v in days.items() if v}
    return text.replace_strict(list(known), list(known.values()), default=None, return_dtype=pl.Date)


@rule("L001", slug="no-act-and-section", form="iif1", fields=("acts",))
@tells("E", en="No act and section is given.", hi="कोई अधिनियम और धारा नहीं लिखी है।")
@example(passes={"acts": [{"act": "IPC", "section": "379"}]}, fails={"acts": []})
def has_a_section(f: Fields) -> pl.Expr:
    """An FIR is registered under at least one section. Source: IIF-I item 2.

    Silent under a profile of completeness that does not ask for sections.
    """
    return f.count("acts") > 0 if f.given.asks(f.table.name, "acts") else pl.lit(None, dtype=pl.Boolean)


@rule("L002", slug="act-not-in-list", form=EVERY_FORM, table="acts", fields=("act",))
@tells("E", en="The act is missing, or not in the list of acts.", hi="अधिनियम नहीं है, या अधिनियमों की सूची में नहीं है।")
@example(
    passes={"acts": [{"act": "ARMS", "section": "25"}]},
    fails={"acts": [{"act": "Arm Akt", "section": "25"}]},
)
def act_is_listed(f: Fields) -> pl.Expr:
    """A section without its act says nothing: 25 stands in a hundred acts."""
    return f.act.is_in(f.given.law.lists["act"]).fill_null(value=False)


@rule("L003", slug="section-not-in-act", form=EVERY_FORM, table="acts", fields=("section", "act"))
@tells("E", en="The act has no section with this number.", hi="इस अधिनियम में इस संख्या की धारा नहीं है।")
@example(
    passes={"acts": [{"act": "IPC", "section": "498A"}]},
    fails={"acts": [{"act": "IPC", "section": "612"}]},
)
def section_exists(f: Fields) -> pl.Expr:
    """The IPC ends at 511, the BNS at 358, the BNSS at 531, the BSA at 170. Source: the texts of the acts.

    Lettered sections of the IPC are looked up one by one; the BNS has none. Acts without a list here are not judged.
    """
    number = f.section_number
    last = f.act.replace_strict(list(LAST_NUMBER), list(LAST_NUMBER.values()), default=None, return_dtype=pl.Int64)
    in_range = number.str.extract(r"^([0-9]+)").cast(pl.Int64, strict=False).is_between(1, last)
    pairs = sorted(f"{act}\x1f{one}" for act, numbers in f.given.law.sections.items() for one in numbers)
    is_listed = pl.concat_str(f.act, number, separator="\x1f").is_in(pairs)
    return in_range & (is_listed | ~f.act.is_in(sorted(f.given.law.sections)))


@rule(
    "L004",
    slug="act-not-in-force",
    acts=tuple(sorted(load_law().acts.keys() - {*_PENAL, *_PROCEDURE})),
    form="iif1",
    table="iif1_acts",
    fields=("act", *SPAN),
)
@tells(
    "E",
    en="The act was not in force on the day of the occurrence.",
    hi="घटना के दिन यह अधिनियम लागू नहीं था।",
)
@example(
    passes={"occurrence_from": "2014-05-01", "acts": [{"act": "POCSO", "section": "6"}]},
    fails={"occurrence_from": "2009-05-01", "acts": [{"act": "POCSO", "section": "6"}]},
)
def act_is_in_force(f: Fields) -> pl.Expr:
    """No one is guilty under an act that was not there, or not there any more.

    Source: Constitution art. 20(1), General Clauses Act s.6. IPC and BNS are left to L006 and L007, acts of procedure
    follow the day of the FIR. An occurrence without a date is no later than the information or the FIR.
    """
    judged = {k: v for k, v in f.given.law.acts.items() if k not in _PENAL + _PROCEDURE}
    begins = look_up(f.act, {k: v[0] for k, v in judged.items()})
    ends = look_up(f.act, {k: v[1] for k, v in judged.items()})
    in_time = (begins <= latest(f)).fill_null(value=True)
    return in_time & (f.parent.occurrence_from <= ends).fill_null(value=True)


@rule(
    "L005",
    slug="section-not-yet-in-force",
    acts=("IPC",),
    needs=("act", "section"),
    form="iif1",
    table="iif1_acts",
    fields=("section", "act", *SPAN),
)
@tells(
    "E",
    en="The section was added to the code after the day of the occurrence.",
    hi="यह धारा घटना के दिन के बाद जोड़ी गई थी।",
)
@example(
    passes={"occurrence_from": "2015-05-01", "acts": [{"act": "IPC", "section": "354D"}]},
    fails={"occurrence_from": "2010-05-01", "acts": [{"act": "IPC", "section": "354D"}]},
)
def section_is_in_force(f: Fields) -> pl.Expr:
    """Many lettered sections came late: 498A in 1983, 304B in 1986, 354A to 354D in 2013, 376AB in 2018.

    Source: the amending acts, as listed in `mappers/codes/ipc_section_inserted.csv`.
    """
    inserted = look_up(f.section_number, f.given.law.inserted)
    return (f.act != "IPC") | (inserted <= latest(f))


@rule(
    "L006",
    slug="ipc-after-its-end",
    acts=("IPC",),
    needs=("act", "parent.occurrence_from"),
    form="iif1",
    table="iif1_acts",
    fields=("act", "parent.occurrence_from"),
)
@tells(
    "E",
    en="The IPC is used alone for an offence after 30 June 2024; the BNS applies.",
    hi="30 जून 2024 के बाद के अपराध पर केवल भा.दं.सं. लगी है; भा.न्या.सं. लागू है।",
)
@example(
    passes={"occurrence_from": "2024-06-30", "fir_date": "2024-07-05", "acts": [{"act": "IPC", "section": "379"}]},
    fails={"occurrence_from": "2024-07-02", "acts": [{"act": "IPC", "section": "379"}]},
)
def ipc_has_ended(f: Fields) -> pl.Expr:
    """The BNS is in force since 1 July 2024; an offence that began before it stays with the IPC. Source: BNS s.358."""
    has_bns = (f.act == "BNS").any().over(f.record)
    return ~((f.act == "IPC") & (f.parent.occurrence_from >= BNS_BEGINS)) | has_bns


@rule("L007", slug="bns-before-its-begin", acts=("BNS",), form="iif1", table="iif1_acts", fields=("act", *SPAN))
@tells(
    "E",
    en="The BNS is used for an offence that was over before 1 July 2024.",
    hi="1 जुलाई 2024 से पहले समाप्त अपराध पर भा.न्या.सं. लगी है।",
)
@example(
    passes={"occurrence_from": "2024-07-02", "acts": [{"act": "BNS", "section": "303(2)"}]},
    fails={"occurrence_from": "2023-03-01", "acts": [{"act": "BNS", "section": "303(2)"}]},
)
def bns_has_begun(f: Fields) -> pl.Expr:
    """No penal law reaches back. Source: Constitution art. 20(1)."""
    return ~((f.act == "BNS") & (latest(f) < BNS_BEGINS))


@rule("L023", slug="section-not-canonical", form=EVERY_FORM, table="acts", fields=("section",))
@tells(
    "W",
    en="The section is missing, or not written as a section number is.",
    hi="धारा नहीं है, या धारा संख्या के रूप में नहीं लिखी है।",
)
@example(
    passes={"acts": [{"act": "IPC", "section": "376(2)(n)"}]},
    fails={"acts": [{"act": "IPC", "section": "3O2"}]},
)
def section_is_canonical(f: Fields) -> pl.Expr:
    """A number, up to three letters, then parts in brackets: 120B, 376(2)(n). "3O2" is a letter read for a digit."""
    return f.section.str.contains(r"^[0-9]+[A-Z]{0,3}(\([0-9A-Za-z]+\))*$").fill_null(value=False)
