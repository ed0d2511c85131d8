"""Every form on its way through files, tables and masks: template, fill, validate, load, export."""

from __future__ import annotations

import csv
import json
import sqlite3
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digitize.errors import OptionsError, TargetRefused
from digitize.files.schema_files import template, write_template
from digitize.files.validating.validate import validate_file
from digitize.masking.masks import MASK, mask_record
from digitize.targets.base import Load
from digitize.targets.flat import flat_rows, roman_names, row_hash
from digitize.targets.sqlite import SqliteTarget
from mappers.codes import code_lists
from mappers.record import FieldValue, Record
from mappers.schema import Column, form_tables, load_schemas
from sample_data.makers.rule_examples import make_record
from validators.checking.settings import make_settings

FORMS = sorted(load_schemas())
TODAY = date(2026, 1, 31)
SETTINGS = make_settings(TODAY, policy="import")
OF_KIND = {"int": "12", "year": "1998", "date": "1998-04-03", "time": "16:05", "money": "1250.5", "decimal": "1.5"}
OF_NAME = {
    "state": "wb", "district": "Howrah", "police_station": "Bally", "section": "379", "role": "witness", "age": "34",
    "phone": "9830012345", "mobile": "9830012345", "year": "1998", "pin": "700091", "registration_no": "WB02AB1234",
    "passport_no": "M1234567", "cnr": "WBHG010012341998", "chassis_no": "12345", "accused_code": "A1",
    "person_line": "1", "of_table": "legacy_keys", "of_line": "1", "latitude": "22.5", "longitude": "88.4",
}  # fmt: skip


def plain_value(c: Column) -> str:
    listed = code_lists().get(c.codes)
    if c.name in OF_NAME:
        return OF_NAME[c.name]
    if c.codes == "act":
        return "IPC"
    return listed.values[0] if listed else OF_KIND.get(c.kind, "Qarla Vintobhe")


def full_record(form: str, record_id: str = "r1") -> Record:
    plain: dict[str, object] = {}
    for table in form_tables(form).values():
        row = {c.name: plain_value(c) for c in table.columns}
        plain |= {table.child: [row]} if table.child else row
    return make_record(record_id, plain, form)


def fill(folder: Path, form: str, record: Record) -> None:
    """Write a record below the headers of a form's template."""
    for name, rows in flat_rows(record).items():
        with (folder / f"{name}.csv").open("a", encoding="utf-8", newline="") as f:
            writer = csv.writer(f, lineterminator="\r\n")
            writer.writerows(["" if v is None else v for v in row.values()] for row in rows)


@pytest.mark.parametrize("form", FORMS)
def test_a_template_that_is_filled_is_in_order(form: str, tmp_path: Path) -> None:
    written = write_template(form, tmp_path / "in")
    assert [p.name for p in written] == [f"{name}.csv" for name in form_tables(form)]
    fill(tmp_path / "in", form, full_record(form))
    report = validate_file(tmp_path / "in", form, SETTINGS)
    assert (report.rows_checked, report.rows_unreadable) == (len(form_tables(form)), 0)
    # A full record of invented values may contradict itself in time; that is for iif1's own rules, and no structure.
    assert [(f.table, f.field, f.code) for f in report.findings if f.code[0] in "SFLT" and f.severity == "reject"] == []


@pytest.mark.parametrize("form", FORMS)
def test_faults_are_found_in_every_form(form: str, tmp_path: Path) -> None:
    write_template(form, tmp_path)
    record = full_record(form)
    own = form_tables(form)[form]
    dates = [c.name for c in own.columns if c.kind == "date"]
    codes = [c.name for c in own.columns if c.kind == "code" and c.codes]
    for name in (*dates[:1], *codes[:1], "district"):
        record = record.with_value(name, FieldValue("x", "30-02-1998"))
    fill(tmp_path, form, record)
    path = tmp_path / f"{form}.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").replace("police_station", "pollice_station", 1), "utf-8")
    found = {(f.field, f.code) for f in validate_file(tmp_path, form, SETTINGS).findings}
    assert {("pollice_station", "S005"), ("police_station", "F001"), ("district", "F001")} <= found
    assert not dates or (dates[0], "F008") in found
    assert not codes or {c for f, c in found if f == codes[0]} & {"T020", "F041", "F018"}


def test_rows_of_no_record_are_found_in_every_child_table(tmp_path: Path) -> None:
    write_template("ncr", tmp_path)
    fill(tmp_path, "ncr", full_record("ncr"))
    with (tmp_path / "ncr_addresses.csv").open("a", encoding="utf-8") as f:
        f.write("astray,1" + "," * (len(form_tables("ncr")["ncr_addresses"].columns)) + "\r\n")
    found = [(f.file, f.line, f.key, f.code) for f in validate_file(tmp_path, "ncr", SETTINGS).findings]
    assert ("ncr_addresses.csv", 3, "astray", "T019") in found


def test_tables_of_another_form_are_named_and_are_no_fault(tmp_path: Path) -> None:
    for form in ("gd", "ncr"):
        write_template(form, tmp_path)
        fill(tmp_path, form, full_record(form))
    (tmp_path / "ncr_old.csv").write_text("x,y\n1,2\n", "utf-8")
    report = validate_file(tmp_path, "ncr", SETTINGS)
    assert report.other_forms == ("gd.csv", "gd_legacy_keys.csv", "gd_persons.csv")
    assert [f.file for f in report.findings if f.code == "S009"] == ["ncr_old.csv"]


VALUES = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=9)


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=8, deadline=None)
@given(data=st.data())
def test_any_record_comes_back_out_of_the_flat_layout(form: str, data: st.DataObject) -> None:
    """Canonical values, whatever they are; origins and confidence stay in the record."""
    tables = form_tables(form)

    def row(name: str) -> dict[str, str]:
        return data.draw(st.dictionaries(st.sampled_from(sorted(tables[name].by_name)), VALUES, max_size=4))

    plain = {t.child: [row(t.name) for _ in range(data.draw(st.integers(0, 2)))] for t in tables.values() if t.child}
    record = make_record("r1", {**row(form), **plain}, form)
    rows = flat_rows(record)
    assert set(rows) == {form, *(t.name for t in tables.values() if plain.get(t.child))}
    for name, of_table in rows.items():
        sources = record.children[tables[name].child] if tables[name].child else [record.fields]
        for line, (flat, source) in enumerate(zip(of_table, sources, strict=True), start=1):
            assert flat["record_id"] == "r1"
            assert flat.get("line", line) == line
            back = {k: v for k, v in flat.items() if k in source}
            assert back == {k: v.value for k, v in source.items()}


def test_names_are_spelled_in_latin_letters_where_they_leave() -> None:
    person = {"role": "accused", "name": "राम कुमार", "relative_name": "श्याम", "relative_name_roman": "Shyaam"}
    record = make_record("r1", {"io_name": "सुनीता वर्मा", "persons": [person, {"role": "accused"}]})
    rows = flat_rows(record)
    assert rows["iif1"][0]["io_name_roman"] == "Sunita Verma"
    first, second = rows["iif1_persons"]
    assert (first["name_roman"], first["relative_name_roman"]) == ("Ram Kumar", "Shyaam")
    assert (second["name"], second["name_roman"], first["alias_roman"]) == (None, None, None)
    assert "name_roman" not in record.children["persons"][0]
    assert roman_names(record) == {"io_name": "Sunita Verma", "persons[0].name": "Ram Kumar"}
    empty = record.with_value("persons[0].name_roman", FieldValue("", None, blank=True))
    assert flat_rows(empty)["iif1_persons"][0]["name_roman"] == "Ram Kumar"
    assert roman_names(empty) == roman_names(record)


def test_a_field_that_nobody_filled_does_not_change_the_hash() -> None:
    record = make_record("r1", {"fir_no": "7", "year": "1998"})
    with_empty = replace(record, fields={**record.fields, "beat": FieldValue("", None, blank=True)})
    assert row_hash(record) == row_hash(with_empty)
    assert row_hash(record) != row_hash(make_record("r1", {"fir_no": "8"}))


@pytest.mark.parametrize("form", FORMS)
def test_no_name_survives_the_mask_of_any_form(form: str) -> None:
    """All that the schema calls private is covered where a child is concerned, whatever the form."""
    tables = form_tables(form)
    said = "Zorabine"
    plain: dict[str, object] = {"year": "2015", "state": "wb"}
    for table in tables.values():
        row = {c.name: said for c in table.columns if c.private}
        plain |= {table.child: [row]} if table.child else row
    child = {"role": "victim", "age": "12"} | {c.name: said for c in tables[f"{form}_persons"].columns if c.private}
    masked = mask_record(make_record("r1", {**plain, "persons": [child]}, form))
    assert said not in json.dumps(flat_rows(masked))
    assert masked.children["persons"][0]["name"].value == MASK
    assert flat_rows(masked)[f"{form}_persons"][0]["name_roman"] == MASK


@pytest.mark.parametrize("form", FORMS)
def test_whatever_may_tell_of_a_person_is_called_private(form: str) -> None:
    """Names, phones, homes and free text of more than a word; officers, judges and places of office are not."""
    officers = ("io_", "officer_", "sho_", "submitted_by", "judge_", "inquest_by", "served_by", "entered_by")
    for table in form_tables(form).values():
        for c in table.columns:
            if c.name.startswith(officers) or table.child in ("legacy_keys", "acts"):
                continue
            if c.kind == "name" or c.name in ("address", "phone", "mobile", "email", "narrative", "place", "remarks"):
                assert c.private, (table.name, c.name)


def test_a_template_does_not_write_over_a_filled_file(tmp_path: Path) -> None:
    write_template("gd", tmp_path)
    with pytest.raises(OptionsError, match="already contains gd.csv"):
        write_template("gd", tmp_path)
    with pytest.raises(OptionsError, match="--to knows csv"):
        template("gd", "ods")


def load(target: SqliteTarget, *records: Record, id: str = "L1") -> None:
    target.load(Load(id, "b1", records, (), 0))


def test_records_of_every_form_are_loaded_and_withdrawn(tmp_path: Path) -> None:
    path = tmp_path / "t.sqlite"
    target = SqliteTarget(path)
    load(target, *(full_record(form, f"r-{form}") for form in FORMS))
    with sqlite3.connect(path) as db:
        for form in FORMS:
            for name in form_tables(form):
                assert db.execute(f"SELECT COUNT(*) FROM {name}").fetchone() == (1,), name
        assert db.execute("SELECT name_roman FROM iif3_persons").fetchone() == ("Qarla Vintobhe",)
    load(target, id="L2")
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT COUNT(*) FROM ncr_persons").fetchone() == (0,)
    target.close()


def test_a_target_of_an_older_schema_gains_what_is_new(tmp_path: Path) -> None:
    """A file of version 0.2.0 (format 3): some of today's fields and forms are not there."""
    path = tmp_path / "t.sqlite"
    target = SqliteTarget(path)
    load(target, make_record("r1", {"fir_no": "7", "year": "1998"}))
    target.close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE meta SET value = '3' WHERE key = 'format'")
        db.execute("DELETE FROM meta WHERE key LIKE 'columns.%'")
        db.execute("ALTER TABLE iif1 DROP COLUMN other_acts")
        db.execute("DROP TABLE ncr")
        for name in ("rejects_batch", "rejects_row", "rejects_record", "rejects_settled"):
            db.execute(f"DROP INDEX {name}")
        for column in ("source_row", "delivery", "settings"):
            db.execute(f"ALTER TABLE rejects DROP COLUMN {column}")
        db.execute(
            "INSERT INTO rejects (load_id, batch, form, record_id, word, record, findings) "
            "VALUES ('L0', 'b0', 'iif1', 'r9', 'reject', '{}', '[]')"
        )
    target = SqliteTarget(path)
    load(target, make_record("r1", {"fir_no": "7", "year": "1998", "other_acts": "x"}), id="L2")
    target.close()
    with sqlite3.connect(path) as db:
        assert db.execute("SELECT fir_no, other_acts FROM iif1").fetchall() == [(7, "x")]
        assert db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone() == ("5",)
        assert db.execute("SELECT record_id, word, state FROM rejects").fetchall() == [("r9", "reject", "open")]
        db.execute("ALTER TABLE iif1 DROP COLUMN other_acts")
    with pytest.raises(TargetRefused, match="other_acts"):
        SqliteTarget(path)


def test_the_command_lists_shows_and_writes(digitize, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    assert {f["form"] for f in digitize.json("schema", "list")["forms"]} == set(FORMS)
    assert "iif7" in digitize("schema", "list")
    assert "Appeal number" in digitize("schema", "show", "iif7")
    assert digitize.json("schema", "show", "iif7")["tables"]["iif7"][0]["name"] == "state"
    assert json.loads(digitize("schema", "show", "iif7", "--json-schema"))["additionalProperties"] is False
    printed = digitize("schema", "template", "iif7", "--to", "csv")
    assert "# iif7_persons.csv\nrecord_id,line,role,name,name_roman," in printed
    digitize("schema", "template", "iif7", "--out", tmp_path / "in")
    assert len(list((tmp_path / "in").iterdir())) == len(form_tables("iif7"))
    digitize("schema", "template", "iif7", "--out", tmp_path / "in", code=4)
    digitize("schema", "show", "iif9", code=4)


def test_the_command_validates_by_form_and_profile(digitize, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    write_template("convict", tmp_path)
    fill(tmp_path, "convict", full_record("convict"))
    assert digitize.json("validate", tmp_path, "--form", "convict", "--profile", "register-only")["form"] == "convict"
    digitize("validate", tmp_path, "--form", "convict", "--profile", "half", code=4)
