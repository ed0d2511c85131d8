"""Search rows of records, a whole batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from digitize.targets.rows import LINE, RECORD_ID
from digitize.targets.search_columns import searched_columns
from digitize.targets.search_names import (
    LANG,
    ROW,
    WORD,
    collect_tokens,
    map_distinct,
    on_rows,
    other_words,
    said_names,
    tokens,
)
from digitize.targets.search_rows import (
    BORN,
    COLUMNS,
    DAYS,
    NAME,
    NAMES,
    OTHER,
    PERSON,
    RECORD,
    RELATIVES,
    ROW_TYPES,
    STATION,
    OfRecord,
    SearchRow,
    SearchRows,
    born_between,
    child_makers,
    number_of,
    rows_of_itself,
    section_key,
)
from mappers.schema import form_tables
from mappers.text.folding import fold_digits, fold_key

_NOTHING = pl.DataFrame(schema={RECORD_ID: pl.String})
_BORN = ("born_from", "born_to")
_LEAST_PHONE, _OF_PHONE = 6, 10


def search_rows(form: str, tables: Mapping[str, pl.DataFrame]) -> SearchRows:
    """Search rows of a form's records. tables: as in `digitize.targets.rows.FormRows`."""
    columns = searched_columns(form)
    filled = {n: _drop_empty(tables[n], columns[n]) for n in columns if n in tables}
    own = _with_record(form, filled[form])
    made = SearchRows()
    made.rows.append(_records(own, _of_child(form, "acts", filled), _of_child(form, "legacy_keys", filled), made))
    persons = _of_child(form, "persons", filled)
    if persons.width > 1:
        made.rows.append(_persons(persons, own, made))
    by_row = list(_row_by_row(form, own, filled, made))
    made.rows.append(pl.DataFrame(by_row, schema=ROW_TYPES, orient="row"))
    return made


def _drop_empty(frame: pl.DataFrame, names: Sequence[str]) -> pl.DataFrame:
    """Columns that are used and not empty: schemas are wide, books are not."""
    there = [n for n in names if n in frame.columns]
    counts = frame.select(there).null_count().row(0)
    kept = [n for n, nulls in zip(there, counts, strict=True) if nulls < frame.height or n in (RECORD_ID, LINE)]
    return frame.select(kept)


def _of_child(form: str, child: str, filled: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    found = [filled[n] for n, table in form_tables(form).items() if table.child == child and n in filled]
    return pl.concat(found, how="diagonal_relaxed") if found else _NOTHING


def _text(frame: pl.DataFrame, name: str) -> pl.Series:
    """A column as text, "" if empty."""
    if name not in frame.columns:
        return pl.Series(name, [""] * frame.height, pl.String)
    return frame[name].cast(pl.String).fill_null("")


def _with_record(form: str, own: pl.DataFrame) -> pl.DataFrame:
    """Records with the fields shared by all their rows, with a dot before the names."""
    day = pl.Series(".day", [""] * own.height, pl.String)
    for name in reversed([n for n in DAYS if n in own.columns]):
        one = _text(own, name)
        day = one.zip_with(one != "", day)
    years = map_distinct(_text(own, "year"), number_of, pl.Int64)
    years = years.zip_with(years != 0, map_distinct(day.str.slice(0, 4), number_of, pl.Int64))
    return own.with_columns(
        map_distinct(_text(own, "police_station"), fold_key, pl.String).alias(".station"),
        years.alias(".year"),
        day.alias(".day"),
        pl.lit(form).alias(".form"),
    ).with_row_index(ROW)


def _shape_rows(rows: pl.DataFrame, kind: str, line: pl.Expr, **others: pl.Series | int | str) -> pl.DataFrame:
    """Rows as stored, from frames with the record's columns."""
    of = {"station": pl.col(".station"), "year": pl.col(".year"), "day": pl.col(".day"), "form": pl.col(".form")}
    known = {"kind": pl.lit(kind), "line": line, **of, **others}
    made = rows.select(RECORD_ID, **{n: pl.lit(v) if isinstance(v, int | str) else v for n, v in known.items()})
    return made.select(COLUMNS).cast(ROW_TYPES)


def _records(own: pl.DataFrame, acts: pl.DataFrame, keys: pl.DataFrame, made: SearchRows) -> pl.DataFrame:
    rows = own.with_columns(
        _numbers(own, "fir_no"),
        _numbers(own, "linked_fir_no"),
        _numbers(own, "linked_fir_year"),
        map_distinct(_text(own, "linked_fir_police_station"), fold_key, pl.String).alias(".linked"),
        map_distinct(_text(own, "district"), fold_key, pl.String).alias(".district"),
        (_text(own, "district") != "").alias(".is_in_district"),
        _text(own, "fir_reg_num").str.strip_chars("0 ").alias(".reg"),
    )
    words, pairs = other_words(rows, [n for n in ("place",) if n in rows.columns])
    made.add(OTHER, pairs)
    if "police_station" in own.columns:
        named = own.filter(pl.col(".station") != "")["police_station"].unique()
        made.add(STATION, pl.DataFrame({WORD: named, LANG: [""] * len(named)}))
    some = [tokens(rows, "s", ".station"), tokens(rows, "y", ".year"), tokens(rows, "sy", ".station", ".year")]
    some += [tokens(rows, "form", ".form"), tokens(rows.filter(pl.col("fir_no") > 0), "no", "fir_no", ".year")]
    some += _linking(rows, keys)
    some += [tokens(rows.filter(".is_in_district"), "d", ".district"), tokens(words, "w", WORD)]
    some += _of_law(rows, acts)
    said = words.group_by(ROW, maintain_order=True).agg(said=pl.col(WORD).str.join(" "))
    return _shape_rows(
        rows, RECORD, pl.lit(0), born_from=0, born_to=0, lang="", relative="",
        said=on_rows(rows, said, "said"), tokens=collect_tokens(rows, some),
    )  # fmt: skip


def _numbers(own: pl.DataFrame, name: str) -> pl.Series:
    return map_distinct(_text(own, name), number_of, pl.Int64)


def _having(rows: pl.DataFrame, name: str) -> pl.DataFrame:
    """Rows with a non-empty value in an existing column."""
    return rows.filter(pl.col(name) != "")


def _linking(rows: pl.DataFrame, keys: pl.DataFrame) -> Iterator[pl.DataFrame]:
    """See `digitize.targets.search_rows.linking_tokens`."""
    # The year that is written: that of a day is none of the case's.
    with_year = rows.with_columns(_numbers(rows, "year").alias(".written"))
    own, linked = (".station", ".written", "fir_no"), (".linked", "linked_fir_year", "linked_fir_no")
    for station, year, number in (own, linked):
        known = with_year.filter((pl.col(station) != "") & (pl.col(year) > 0) & (pl.col(number) > 0))
        yield tokens(known, "k", station, year, number)
    yield tokens(_having(rows, ".reg"), "reg", ".reg")
    if "legacy_key" in rows.columns:
        yield tokens(_having(rows, "legacy_key"), "l", "legacy_key")
    if "key" in keys.columns:
        yield tokens(_on_records(_having(keys, "key"), rows), "l", "key")


def _on_records(child: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    return child.join(rows.select(RECORD_ID, ROW), on=RECORD_ID, how="inner")


def _of_law(rows: pl.DataFrame, acts: pl.DataFrame) -> Iterator[pl.DataFrame]:
    law = _on_records(acts, rows)
    law = law.with_columns(
        map_distinct(_text(law, "section"), section_key, pl.String).alias(".section"), _text(law, "act")
    )
    yield tokens(_having(law, ".section"), "c", ".section")
    yield tokens(_having(law, ".section"), "ca", "act", ".section")
    yield tokens(_having(law, "act"), "a", "act")


def _persons(persons: pl.DataFrame, own: pl.DataFrame, made: SearchRows) -> pl.DataFrame:
    of = own.select(RECORD_ID, ".station", ".year", ".day", ".form")
    rows = persons.join(of, on=RECORD_ID, how="inner", maintain_order="left").with_row_index(ROW)
    names = said_names(rows, [n for n in NAMES if n in rows.columns])
    kin = said_names(rows, [n for n in RELATIVES if n in rows.columns])
    is_named = (names.said != "") | (kin.said != "")
    rows = rows.with_columns(said=names.said, relative=kin.said, lang=names.lang.zip_with(names.lang != "", kin.lang))
    rows = rows.filter(is_named)
    words, pairs = other_words(rows, [n for n in ("address",) if n in rows.columns])
    for kind, found in ((NAME, names.words), (NAME, kin.words), (OTHER, pairs)):
        made.add(kind, found.select(WORD, LANG))
    own_words = names.words.join(rows.select(ROW, ".station", ".year"), on=ROW, how="inner")
    # A name with its year, and with its station: what is asked most, found by one look.
    some = [tokens(own_words, "n", WORD), tokens(own_words.filter(pl.col(".year") != 0), "ny", WORD, ".year")]
    some += [tokens(own_words, "ns", WORD, ".station"), tokens(kin.words, "f", WORD), tokens(words, "w", WORD)]
    for name in ("phone", "mobile"):
        phones = rows.select(ROW, map_distinct(_text(rows, name), _phone, pl.String))
        some.append(tokens(_having(phones, name), "m", name))
    born = _find_birth_years(rows)
    return _shape_rows(
        rows, PERSON, pl.col(LINE), born_from=born["born_from"], born_to=born["born_to"],
        lang=rows[LANG], said=rows["said"], relative=rows["relative"], tokens=collect_tokens(rows, some),
    )  # fmt: skip


def _phone(text: str) -> str:
    digits = fold_digits(text)
    return digits[-_OF_PHONE:] if len(digits) >= _LEAST_PHONE else ""


def _find_birth_years(rows: pl.DataFrame) -> pl.DataFrame:
    names = [n for n in BORN if n in rows.columns]
    asked = rows.select(".year", *names)
    distinct = asked.unique()
    years = [born_between(row, row[".year"]) for row in distinct.iter_rows(named=True)]
    known = distinct.with_columns(**{n: pl.Series([y[i] for y in years], dtype=pl.Int64) for i, n in enumerate(_BORN)})
    return asked.join(known, on=asked.columns, how="left", maintain_order="left", nulls_equal=True).select(_BORN)


def _row_by_row(
    form: str, own: pl.DataFrame, filled: Mapping[str, pl.DataFrame], made: SearchRows
) -> Iterator[SearchRow]:
    """Rows of vehicles, things and free texts: there are few compared with persons."""
    known: dict[str, OfRecord] = {}
    children = [(make, _of_child(form, child, filled)) for child, make in child_makers().items()]
    if any(rows.height for _, rows in children):
        of = own.select(RECORD_ID, ".form", ".station", ".year", ".day")
        known = {row[0]: OfRecord(*row) for row in of.iter_rows()}
    yield from rows_of_itself(own, made)
    for make, rows in children:
        for row in rows.iter_rows(named=True):
            of_row = known.get(row[RECORD_ID])
            if of_row is not None and (one := make(of_row, row, made)) is not None:
                yield one
