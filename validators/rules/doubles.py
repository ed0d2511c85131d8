"""Suspected doubles: one person in two records, one case under two numbers, however they are spelled."""

from __future__ import annotations

import polars as pl

from validators.doubles.known import (
    CASE_FIELDS,
    PERSON_FIELDS,
    ROW_LINE,
    ROW_RECORD,
    STATION,
    case_columns,
    case_frame,
    person_columns,
    person_frame,
)
from validators.rulebook.columns import Fields
from validators.rulebook.rule import EVERY_FORM, example, rule, tells

_PLACE = {"state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009"}
_GROUP = "group"
_KNOWN = {"role": "accused", "age": "34", "sex": "male", "address": "Kalpanapur, Ward 3"}


@rule(
    "P001",
    slug="person-in-another-record",
    form=EVERY_FORM,
    table="persons",
    fields=PERSON_FIELDS,
    across=True,
    needs=("name",),
    names_other=True,
)
@tells(
    "I",
    en="The person may be the same as in another record, by name, relative, age and place in any spelling.",
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
    """A link that a person may make or refuse; nobody is merged. Persons of one station are compared, none of one FIR.

    Our own addition to the rule list, R009 beyond the letter. Score and grounds: `validators/doubles/`, weights by how
    common a name is there. `digitize duplicates` compares all stations, lists the pairs for a decision, and says how
    many comparisons it left out where too many share a name.
    """
    whole = pl.struct([*person_columns(f), f.group.alias(_GROUP)])
    return whole.map_batches(_other_persons, return_dtype=pl.String, is_elementwise=False)


def _other_persons(rows: pl.Series) -> pl.Series:
    """Each station is a register of its own, so that a file that is cut at its stations says the same."""
    frame = rows.struct.unnest().with_row_index("row")
    known = frame.drop_nulls("station")
    if known.is_empty():
        return pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    # Only here: it takes a third of a start, and most commands ask no rule of many rows.
    from validators.doubles.other import tell_other
    from validators.doubles.persons import find_persons

    # So is each group: of what is checked together nothing is compared that would not be in a check of its own.
    station = known.select(pl.struct(*STATION, _GROUP).rank("dense").cast(pl.Int32) - 1).to_series().to_numpy()
    suspects = find_persons(person_frame(known), registers=station)
    found = known.select("row", told=tell_other(suspects, known[ROW_RECORD], known[ROW_LINE], station))
    return frame.select("row").join(found, on="row", how="left", maintain_order="left")["told"]


@rule(
    "P002",
    slug="case-under-another-number",
    form="iif1",
    fields=CASE_FIELDS,
    across=True,
    names_other=True,
)
@tells(
    "I",
    en="The case may also be in this station's year under another number: dates, sections and persons agree.",
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
    whole = pl.struct([*case_columns(f), f.group.alias(_GROUP)])
    return whole.map_batches(_other_cases, return_dtype=pl.String, is_elementwise=False)


def _other_cases(rows: pl.Series) -> pl.Series:
    frame = rows.struct.unnest()
    if frame["book"].null_count() == frame.height:
        return pl.Series([None], dtype=pl.String).new_from_index(0, frame.height)
    from validators.doubles.cases import books_of, find_cases
    from validators.doubles.other import tell_other
    from validators.doubles.pairs import put_together

    apart = pl.concat_str("book", pl.col(_GROUP).cast(pl.String), separator="\x1f")
    cases = case_frame(frame.with_columns(book=apart))
    groups = frame[_GROUP].to_numpy()
    # What was left out is counted for the whole group, whatever books it has.
    suspects = put_together(find_cases(cases), books_of(cases), groups)
    return tell_other(suspects, frame[ROW_RECORD], frame[ROW_LINE], groups)
