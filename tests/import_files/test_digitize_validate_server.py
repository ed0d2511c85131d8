"""Tables of a PostgreSQL database: checked as files are, at one moment, and nothing is told of where they stand."""

from __future__ import annotations

import csv
import json
import os

import psycopg
import pytest

from digitize.errors import InputError, OptionsError
from digitize.files.validating.server import Database, _number_block
from mappers.schema import form_tables

HEAD = "record_id,state,district,police_station,year,fir_no,fir_date,fir_time,property_value,narrative"
ROWS = [
    ["a", "wb", "Howrah", "Bally", "2009", "78", "2009-03-12", "10:30", "500", 'A "cow", lost\nat noon'],
    ["b", "wb", "Howrah", "Bally", "2009", "80", "2009-02-28", "25:10", "", "गाय खो गई"],
    ["c", "wb", "Hooghly", "Chanditala", "2009", "x", "2009-02-03", "", "1e3", ""],
]
PERSONS = [["a", "1", "accused", "Qarla", "190"], ["nobody", "1", "accused", "Qarla", "30"]]


def fill(url, types=None, schema="public"):
    """The same rows in the database; types: of columns that are not text."""
    kinds = types or {}
    with psycopg.connect(url) as db:
        db.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}")
        for table, names, rows in (("iif1", HEAD, ROWS), ("iif1_persons", "record_id,line,role,name,age", PERSONS)):
            columns = ", ".join(f"{n} {kinds.get(n, 'text')}" for n in names.split(","))
            db.execute(f"CREATE TABLE {schema}.{table} ({columns})")
            marks = ", ".join(["%s"] * len(names.split(",")))
            db.cursor().executemany(
                f"INSERT INTO {schema}.{table} VALUES ({marks})", [[cell or None for cell in row] for row in rows]
            )


@pytest.fixture
def folder(tmp_path):
    for table, head, rows in (("iif1", HEAD, ROWS), ("iif1_persons", "record_id,line,role,name,age", PERSONS)):
        with (tmp_path / f"{table}.csv").open("w", encoding="utf-8", newline="") as f:
            csv.writer(f).writerows([head.split(","), *rows])
    return tmp_path


def told(digitize, place, *more):
    found = [json.loads(x) for x in digitize("validate", place, "--format", "jsonl", *more, code=3).splitlines()]
    return sorted((f["table"], f["key"], f["field"], f["code"], f["value"]) for f in found)


def test_a_database_gives_the_findings_of_the_files(digitize, folder, pg_url):
    fill(pg_url)
    found = told(digitize, pg_url)
    assert found == told(digitize, folder)
    assert {"F005", "F011", "F019", "F035", "T019"} <= {code for _, _, _, code, _ in found}


def test_a_schema_is_named_behind_the_url(digitize, folder, pg_url):
    fill(pg_url, schema="legacy")
    assert told(digitize, f"{pg_url}#legacy") == told(digitize, folder)
    digitize("validate", pg_url, code=5)
    digitize("validate", f"{pg_url}#elsewhere", code=5)


def test_typed_columns_are_read_as_the_layout_writes_them(digitize, pg_url):
    with psycopg.connect(pg_url) as db:
        db.execute(
            "CREATE TABLE iif1 (record_id int, state text, district text, police_station text, year int, fir_no int, "
            "fir_date date, fir_time time, property_value numeric(12,2), occurrence_from timestamp, info_date timestamptz)"
        )
        db.execute(
            "INSERT INTO iif1 VALUES (1, 'wb', 'Howrah', 'Bally', 2009, 78, '2009-03-12', '10:30', 500, '2009-03-12', NULL)"
        )
    report = digitize.json("validate", pg_url, "--select", "F")
    assert (report["rows_checked"], report["findings"]) == (1, [])


def test_lines_are_places_in_the_table(digitize, pg_url):
    fill(pg_url)
    with psycopg.connect(pg_url) as db:
        db.execute("INSERT INTO iif1 SELECT 'd', 'wb', 'Howrah', 'Bally', '2009', 'y', repeat('x', 200000)")
        db.execute("INSERT INTO iif1 (record_id, state, year, fir_no) VALUES ('e', 'wb', '2009', 'z')")
    report = digitize.json("validate", pg_url, "--select", "F005", code=3)
    assert [(f["line"], f["code"]) for f in report["findings"]] == [(3, "F005"), (4, "S008"), (5, "F005")]
    assert (report["rows_checked"], report["rows_unreadable"]) == (4 + len(PERSONS), 1)


def test_tables_of_other_forms_are_compared_with(digitize, pg_url):
    place = "state text, district text, police_station text, year text, fir_no text, record_id text"
    with psycopg.connect(pg_url) as db:
        db.execute(f"CREATE TABLE iif1 ({place}, fir_date text)")
        db.execute(f"CREATE TABLE iif3 ({place}, arrest_date text)")
        db.execute("INSERT INTO iif1 VALUES ('wb', 'Howrah', 'Bally', '2009', '78', 'a', '2009-03-12')")
        db.execute("INSERT INTO iif3 VALUES ('wb', 'Howrah', 'Bally', '2009', '78', 'b', '2009-01-12')")
    report = digitize.json("validate", pg_url, "--form", "iif3", "--select", "T002")
    assert {f["code"] for f in report["findings"]} == {"T002"}


def test_a_view_is_read_and_a_list_is_refused(digitize, pg_url):
    with psycopg.connect(pg_url) as db:
        db.execute("CREATE VIEW iif1 AS SELECT 'a' AS record_id, 'wb' AS state, '2009' AS year, '7' AS fir_no")
    digitize("validate", pg_url, "--select", "F005")
    with psycopg.connect(pg_url) as db:
        db.execute("CREATE TABLE iif1_acts (record_id text, act text[])")
    digitize("validate", pg_url, code=5)


def test_nothing_can_be_changed_and_all_tables_are_of_one_moment(pg_url):
    fill(pg_url)
    with Database(pg_url) as database:
        assert set(database.sizes) == {"iif1", "iif1_persons"}
        with psycopg.connect(pg_url) as other:
            other.execute("DELETE FROM iif1")
        rows = [n for b in database.open("iif1").blocks({"record_id": 0}) for n in b.frame["record_id"]]
        assert rows == ["a", "b", "c"]
        with pytest.raises(InputError, match="read-only"):
            database._rows("DELETE FROM iif1")


@pytest.mark.parametrize("url", ["postgresql://u:secret@h/db", "postgresql://u@h/db?password=secret", "postgres://["])
def test_a_password_in_the_url_is_refused_and_not_repeated(digitize, url):
    with pytest.raises(OptionsError) as refused:
        Database(url)
    assert "secret" not in str(refused.value)
    digitize("validate", url, code=4)


def test_why_a_database_cannot_be_reached_is_told_without_host_and_user(digitize, pg_url):
    for url in (
        "postgresql://somebody@127.0.0.1:1/db",
        pg_url.rpartition("/")[0] + "/none",
        "postgresql://u@no.invalid/db",
    ):
        with pytest.raises(InputError) as refused, Database(url) as database:
            _ = database.sizes
        assert not {"somebody", "127.0.0.1", "no.invalid", "postgres@"} & set(str(refused.value).split())
        assert "127.0.0.1" not in str(refused.value)
        digitize("validate", url, code=5)


def test_repaired_files_are_made_of_tables(digitize, pg_url, tmp_path):
    fill(pg_url)
    with psycopg.connect(pg_url) as db:
        db.execute("UPDATE iif1 SET fir_no = ' 81 ', fir_time = NULL, property_value = NULL WHERE record_id = 'c'")
    digitize("validate", pg_url, "--fix", tmp_path / "fixed", "--select", "F005")
    assert ",81," in (tmp_path / "fixed" / "iif1.csv").read_text(encoding="utf-8")


def test_a_target_of_our_own_can_be_checked(digitize, pg_url):
    """Every column of the layout, in text, with nothing in it but keys."""
    with psycopg.connect(pg_url) as db:
        for name, table in form_tables("iif2").items():
            db.execute(f"CREATE TABLE {name} (record_id text, {', '.join(f'{c.name} text' for c in table.columns)})")
        db.execute("INSERT INTO iif2 (record_id, state) VALUES ('a', 'wb')")
    assert digitize.json("validate", pg_url, "--form", "iif2", code=3)["rows_checked"] == 1


def test_no_environment_of_the_tests_holds_a_password():
    assert "PGPASSWORD" not in os.environ or os.environ.get("DIGITIZE_TEST_PG")


def test_rows_are_numbered_across_broken_ones():
    import polars as pl

    from digitize.files.validating.block import LINE, Block

    made = _number_block(Block(pl.DataFrame({LINE: [2, 9, 12]}), ((5, "S008"),)), 10)
    assert (made.frame[LINE].to_list(), made.faults) == ([11, 13, 14], ((12, "S008"),))
