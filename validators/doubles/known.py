"""What the tables of a form know of persons and cases, as the columns that are compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from validators.rulebook.columns import LINE

if TYPE_CHECKING:
    from validators.rulebook.columns import Fields

PERSON_FIELDS = (
    *("name", "relative_name", "sex", "age", "birth_year", "birth_date", "address", "phone", "mobile"),
    *("uid_last4", "passport_no", "parent.police_station", "parent.district", "parent.state"),
    *("parent.year", "parent.fir_no"),
)
CASE_FIELDS = (
    *("fir_no", "state", "district", "police_station", "year", "fir_date", "fir_time", "occurrence_from", "gd_no"),
    *("place", "acts.act", "acts.section", "persons.name", "persons.relative_name", "persons.role"),
)
ROW_RECORD, ROW_LINE = "row_record", "row_line"
STATION = ("state", "district", "station")
_SEP = "\x1f"


def person_columns(f: Fields) -> list[pl.Expr]:
    """The columns of `persons.COLUMNS` but for the record's number; the case, the STATION, which row it is."""
    place = [getattr(f.parent, name).cast(pl.String) for name in ("police_station", "year", "fir_no")]
    # Of a case's key the district alone may be missing.
    place.append(f.parent.district.fill_null(""))
    known = {
        n: f.named(n) for n in ("name", "relative_name", "sex", "address", "birth_date", "uid_last4", "passport_no")
    }
    known |= {"station": f.parent.police_station, "state": f.parent.state}
    known["birth_year"] = pl.coalesce(f.birth_year, f.parent.year - f.age)
    known |= {"phone": pl.coalesce(f.mobile, f.phone), "district": f.parent.district}
    known |= {"case": pl.concat_str(place, separator=_SEP), ROW_RECORD: f.record, ROW_LINE: pl.col(LINE)}
    return [e.alias(n) for n, e in known.items()]


def person_frame(known: pl.DataFrame) -> pl.DataFrame:
    """`persons.COLUMNS` of what `person_columns` gives: persons of one case count as of one record."""
    from validators.doubles import persons

    # A record without a key is a case of its own; no key begins with the separator.
    record = pl.coalesce("case", pl.concat_str(pl.lit(_SEP), pl.col(ROW_RECORD).cast(pl.String)))
    numbered = known.with_columns(record=record.rank("dense"))
    return numbered.select(pl.col(n).cast(kind) for n, kind in persons.COLUMNS.items())


def case_columns(f: Fields) -> list[pl.Expr]:
    """The columns of `cases.COLUMNS`, and which row it is. Of complainants and accused the first one counts."""

    def first(role: str, name: str) -> pl.Expr:
        return f.rows("persons").tell(lambda p: p.named(name).filter(p.role == role).first())

    def section(row: Fields) -> pl.Expr:
        return pl.concat_str(row.act, row.section, separator=" ").drop_nulls().unique().sort().str.join("/")

    place = [f.named(n).cast(pl.String) for n in ("state", "district", "police_station", "year")]
    known = {"book": pl.concat_str(place, separator=_SEP), "number": f.fir_no, "sections": f.rows("acts").tell(section)}
    known |= {n: f.named(n) for n in ("fir_date", "fir_time", "occurrence_from", "gd_no", "place")}
    known |= {"complainant": first("complainant", "name"), "relative": first("complainant", "relative_name")}
    known |= {"accused": first("accused", "name"), ROW_RECORD: f.record, ROW_LINE: pl.col(LINE)}
    return [e.alias(n) for n, e in known.items()]


def case_frame(known: pl.DataFrame) -> pl.DataFrame:
    """`cases.COLUMNS` of what `case_columns` gives. No sections are none known."""
    from validators.doubles import cases

    sections = pl.when(pl.col("sections") != "").then("sections")
    return known.with_columns(sections=sections).select(pl.col(n).cast(kind) for n, kind in cases.COLUMNS.items())
