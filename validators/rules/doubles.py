"""Suspected doubles: one person in two records, one case under two numbers, however they are spelled."""

from __future__ import annotations

import polars as pl

from validators.columns import LINE, Fields
from validators.doubles import cases, persons
from validators.other import told
from validators.rule import EVERY_FORM, example, rule, tells

_PLACE = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009"}
_CASE = ("police_station", "year", "fir_no")
_KNOWN = {"role": "accused", "age": "34", "sex": "male", "address": "Kalpanapur, Ward 3"}


@rule(
    "P001",
    slug="person-in-another-record",
    form=EVERY_FORM,
    table="persons",
    fields=(
        *("name", "relative_name", "sex", "age", "birth_year", "birth_date", "address", "phone", "mobile"),
        *("uid_last4", "passport_no", "parent.district", "parent.police_station", "parent.year", "parent.fir_no"),
    ),
    across=True,
    needs=("name",),
    names_other=True,
)
@tells(
    "I",
    en="The person may be the same as in another record, by name, relative, age and place, however spelled.",
    hi="नाम, संबंधी, आयु और पते के अनुसार, लिपि और वर्तनी के भेद के साथ, यह दूसरे अभिलेख वाला व्यक्ति हो सकता है।",
)
@example(
    passes=[
        {**_PLACE, "fir_no": "7", "persons": [{**_KNOWN, "name": "Qarim Vintobhe", "relative_name": "Abdul Qarla"}]},
        {**_PLACE, "fir_no": "8", "persons": [{**_KNOWN, "name": "Sunil Vintobhe", "relative_name": "Abdul Qarla"}]},
    ],
    fails=[
        {**_PLACE, "fir_no": "7", "persons": [{**_KNOWN, "name": "Qarim Vintobhe", "relative_name": "Abdul Qarla"}]},
        {**_PLACE, "fir_no": "8", "persons": [{"age": "35", "name": "करीम विंतोभे", "relative_name": "अब्दुल करला"}]},
    ],
)
def person_is_new(f: Fields) -> pl.Expr:
    """A link that a person may make or refuse; nobody is merged. Persons of one district are compared, none of one FIR.

    Our own addition to the rule list, R009 beyond the letter. Score and grounds: `validators/doubles/`, weights by how
    common a name is there. `digitize duplicates` compares all districts, and lists the pairs for a decision.
    """
    phone = pl.coalesce(f.mobile, f.phone)
    parts = {
        **{
            "birth_year": pl.coalesce(f.birth_year, f.parent.year - f.age),
            "phone": phone,
            "district": f.parent.district,
        },
        **{
            n: f.named(n) for n in ("name", "relative_name", "sex", "address", "birth_date", "uid_last4", "passport_no")
        },
        "case": pl.concat_str([getattr(f.parent, name).cast(pl.String) for name in _CASE], separator="\x1f"),
        **{"row_record": f.record, "row_line": pl.col(LINE)},
    }
    whole = pl.struct(e.alias(n) for n, e in parts.items())
    return whole.map_batches(_other_persons, return_dtype=pl.String, is_elementwise=False)


def _other_persons(rows: pl.Series) -> pl.Series:
    """District by district, so that a register that is cut at its districts says the same."""
    frame = rows.struct.unnest()
    record = pl.coalesce(pl.concat_str(pl.col("district").fill_null(""), "case"), pl.col("row_record").cast(pl.String))
    frame = frame.with_columns(record=record.rank("dense").cast(pl.Int64)).with_row_index("row")
    found = [pl.DataFrame(schema={"row": pl.UInt32, "told": pl.String})]
    for part in frame.partition_by("district"):
        suspects = persons.find_persons(part.select(pl.col(n).cast(t) for n, t in persons.COLUMNS.items()))
        found.append(part.select("row", told=told(suspects, part["row_record"], part["row_line"])))
    return frame.select("row").join(pl.concat(found), on="row", how="left", maintain_order="left")["told"]


@rule(
    "P002",
    slug="case-under-another-number",
    form="iif1",
    fields=(
        *("fir_no", "state", "district", "police_station", "year", "fir_date", "fir_time", "occurrence_from", "gd_no"),
        *("place", "acts.act", "acts.section", "persons.name", "persons.relative_name", "persons.role"),
    ),
    across=True,
    names_other=True,
)
@tells(
    "I",
    en="The case may stand in this station's year under another number as well: dates, sections and persons agree.",
    hi="यह प्रकरण इसी थाने के इसी वर्ष में दूसरी संख्या से भी हो सकता है: तारीख़ें, धाराएँ और व्यक्ति मिलते हैं।",
)
@example(
    passes=[
        {
            **{
                **_PLACE,
                "fir_no": n,
                "fir_date": "2009-03-12",
                "occurrence_from": "2009-03-11",
                "acts": [{"act": "IPC", "section": "379"}],
            },
            "persons": [{"role": "complainant", "name": name}],
        }
        for n, name in (("78", "Qarim Vintobhe"), ("79", "Sunil Sample"))
    ],
    fails=[
        {
            **{
                **_PLACE,
                "fir_no": n,
                "fir_date": "2009-03-12",
                "occurrence_from": "2009-03-11",
                "acts": [{"act": "IPC", "section": "379"}],
            },
            "persons": [{"role": "complainant", "name": name}],
        }
        for n, name in (("78", "Qarim Vintobhe"), ("97", "करीम विंतोभे"))
    ],
)
def case_is_new(f: Fields) -> pl.Expr:
    """A page typed twice under a misread number makes two cases of one. A person decides; nothing is merged.

    Our own addition to the rule list. Two records of one number are judged by R001 and R002.
    """

    def first(role: str, name: str) -> pl.Expr:
        return f.rows("persons").tell(lambda p: p.named(name).filter(p.role == role).first())

    def section(row: Fields) -> pl.Expr:
        return pl.concat_str(row.act, row.section, separator=" ").drop_nulls().unique().sort().str.join("/")

    place = [f.named(n).cast(pl.String) for n in ("state", "district", "police_station", "year")]
    parts = {
        **{
            "book": pl.concat_str(place, separator="\x1f"),
            "number": f.fir_no,
            "sections": f.rows("acts").tell(section),
        },
        **{n: f.named(n) for n in ("fir_date", "fir_time", "occurrence_from", "gd_no", "place")},
        **{"complainant": first("complainant", "name"), "relative": first("complainant", "relative_name")},
        **{"accused": first("accused", "name"), "row_record": f.record, "row_line": pl.col(LINE)},
    }
    whole = pl.struct(e.alias(n) for n, e in parts.items())
    return whole.map_batches(_other_cases, return_dtype=pl.String, is_elementwise=False)


def _other_cases(rows: pl.Series) -> pl.Series:
    frame = rows.struct.unnest()
    suspects = cases.find_cases(frame.select(pl.col(n).cast(t) for n, t in cases.COLUMNS.items()))
    return told(suspects, frame["row_record"], frame["row_line"])
