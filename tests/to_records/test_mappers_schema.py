"""Every form: its fields, its way through files and back, its JSON Schema, its profiles."""

from __future__ import annotations

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from mappers.codes import code_lists
from mappers.errors import MappingError
from mappers.record import FieldValue, Origin, Record, from_plain, to_plain
from mappers.schema import Column, flat_header, form_tables, load_schemas
from mappers.schema.json_schema import json_schema
from mappers.schema.paper import paper_fields
from mappers.schema.parts.table import FormModel, Table, column
from mappers.schema.profiles import PROFILES, missing, required_fields
from mappers.schema.reference import schema_page
from sample_data.makers.rule_examples import make_record

FORMS = sorted(load_schemas())
SNAPSHOT = Path(__file__).parents[1] / "golden" / "schema_fields.json"
PLAIN = {
    "int": "12", "year": "1998", "date": "1998-04-03", "time": "16:05", "money": "1250.5", "decimal": "1.5",
    "name": "Qarla Vintobhe", "text": "Boundary stone 7",
}  # fmt: skip


def plain_value(c: Column) -> str:
    """A value that fits the column: the first of its list, else one of its kind."""
    listed = code_lists().get(c.codes)
    if c.codes == "act":
        return "IPC"
    return listed.values[0] if listed else PLAIN.get(c.kind, "Bally")


def full_record(form: str) -> Record:
    """A record with a value in every field of every table."""
    plain: dict[str, Any] = {}
    for table in form_tables(form).values():
        row = {c.name: plain_value(c) for c in table.columns}
        plain |= {table.child: [row]} if table.child else row
    return make_record("r", plain, form)


def test_all_sixteen_forms_are_there() -> None:
    companions = {"missing", "uidb", "vehicle", "property", "ncr", "gd", "po", "convict", "history"}
    assert set(FORMS) == {f"iif{n}" for n in range(1, 8)} | companions


@pytest.mark.parametrize("form", FORMS)
def test_a_form_is_well_made(form: str) -> None:
    """Names of tables and fields are one shape; codes are lists that are there; a key names fields."""
    tables = form_tables(form)
    assert tables[form].child == ""
    assert tables[form].key
    assert {"persons", "legacy_keys"} <= {t.child for t in tables.values()}
    for table in tables.values():
        assert table.name == (f"{form}_{table.child}" if table.child else form)
        assert set(table.key) <= set(table.by_name)
        assert len(table.by_name) == len(table.columns)
        for c in table.columns:
            assert re.fullmatch(r"[a-z][a-z0-9_]*", c.name)
            assert c.label
            assert not c.codes or c.codes == "act" or c.codes in code_lists(), c.codes
            assert not c.codes or c.kind == "code"


def test_no_table_stands_in_two_forms() -> None:
    assert max(Counter(name for form in FORMS for name in form_tables(form)).values()) == 1


def test_every_name_has_its_latin_spelling_behind_it() -> None:
    names = [c.name for c in form_tables("iif1")["iif1_persons"].columns]
    assert names.index("name_roman") == names.index("name") + 1
    for form in FORMS:
        for table in form_tables(form).values():
            of = {c.roman_of for c in table.columns} - {""}
            assert of == {c.name for c in table.columns if c.kind == "name" and not c.roman_of}


def test_a_record_of_the_first_form_can_still_be_kept() -> None:
    """Field ids are kept for ever: mappings, databases and decisions name them. Ids may be added, none may go."""
    kept = json.loads(SNAPSHOT.read_text(encoding="utf-8"))
    for name, fields in kept.items():
        table = form_tables(name.partition("_")[0]).get(name)
        assert table is not None, name
        assert set(fields) <= set(table.by_name), name
    new = {n: set(t.by_name) - set(kept.get(n, ())) for form in FORMS for n, t in form_tables(form).items()}
    assert not any(new.values()), f"write new fields into {SNAPSHOT.name}, so that they are kept as well: {new}"


def test_every_printed_field_is_kept_in_a_column() -> None:
    fields = paper_fields()
    assert len(fields) == 374
    roles = {*code_lists()["person_role"].values, *code_lists()["address_of"].values}
    tables = {name: t for form in FORMS for name, t in form_tables(form).items()}
    for f in fields:
        assert f.at
        for kept in f.at:
            assert tables[kept.table].column(kept.column), (f, kept)
            assert not kept.role or kept.role in roles


def test_mandatory_fields_of_the_print_are_asked_by_the_full_profile() -> None:
    """Of the first form every source must agree; a part of a field, such as a rank beside a name, need not be there."""
    for f in paper_fields():
        form = f.at[0].table.partition("_")[0]
        if f.need == "mandatory" and form != "iif1":
            wanted = {
                (f"{form}_{a.child}" if a.child else form, n) for a in required_fields(form, "full") for n in a.fields
            }
            assert wanted & {(k.table, k.column) for k in f.at}, f


@pytest.mark.parametrize("form", FORMS)
def test_every_form_survives_being_written(form: str) -> None:
    record = full_record(form)
    assert from_plain(json.loads(json.dumps(to_plain(record)))) == record


def test_an_unknown_field_is_refused() -> None:
    model = form_tables("ncr")["ncr"].model
    assert model.model_validate({"kind": "ncr"}).model_dump()["kind"] == "ncr"
    with pytest.raises(ValidationError):
        model.model_validate({"kid": "ncr"})


def test_a_form_cannot_speak_of_fields_that_it_has_not() -> None:
    with pytest.raises(TypeError, match="no field colour"):

        class Wrong(FormModel, items={"colour": "1"}):
            """Wrong."""


def test_columns_stand_as_on_the_print() -> None:
    class Part(FormModel):
        """Part."""

        last: str | None = column("Last", item="10")
        free: str | None = column("Free")

    class Whole(Part, items={"last": "2b"}, mandatory=("free",)):
        """Whole."""

        first: str | None = column("First", item="2a")

    columns = Table("whole", Whole).columns
    assert [(c.name, c.item, c.mandatory) for c in columns] == [
        ("first", "2a", False), ("last", "2b", False), ("free", "", True),
    ]  # fmt: skip
    assert [c.item for c in Table("part", Part).columns] == ["10", ""]


TEXT = st.text(max_size=8)


@st.composite
def records(draw: st.DrawFn, form: str) -> Record:
    def row(table: Table) -> dict[str, FieldValue]:
        names = draw(st.lists(st.sampled_from(sorted(table.by_name)), max_size=5, unique=True))
        return {n: draw(values) for n in names}

    origins = st.builds(Origin, page=TEXT, zone=TEXT, file=TEXT, row=st.integers(0, 9))
    values = st.builds(
        FieldValue, raw=TEXT, value=st.none() | TEXT, confidence=st.floats(0, 1), origin=origins, blank=st.booleans(),
        notes=st.lists(TEXT, max_size=2).map(tuple),
    )  # fmt: skip
    tables = form_tables(form)
    children = {t.child: tuple(row(t) for _ in range(draw(st.integers(0, 2)))) for t in tables.values() if t.child}
    return Record("r", form, row(tables[form]), children, ("p1",), "b", {"rest": "x"}, ("spare",))


@pytest.mark.parametrize("form", FORMS)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_any_record_of_any_form_survives_being_written(form: str, data: st.DataObject) -> None:
    record = data.draw(records(form))
    assert from_plain(json.loads(json.dumps(to_plain(record)))) == record


@pytest.mark.parametrize("form", FORMS)
def test_the_json_schema_has_every_field_and_no_other(form: str) -> None:
    made = json_schema(form)
    assert json.loads(json.dumps(made)) == made
    assert made["additionalProperties"] is False
    tables = form_tables(form)
    children = {t.child for t in tables.values() if t.child}
    assert list(made["properties"]) == ["record_id", *tables[form].by_name, *sorted(children, key=list(
        t.child for t in tables.values()).index)]  # fmt: skip
    for table in tables.values():
        properties = made["properties"][table.child]["items"]["properties"] if table.child else made["properties"]
        for c in table.columns:
            said = properties[c.name]
            assert "pattern" not in said or re.fullmatch(said["pattern"].strip("^$"), plain_value(c))
            assert "enum" not in said or plain_value(c) in said["enum"]


def test_the_json_schema_says_what_a_value_looks_like() -> None:
    properties = json_schema("iif3")["properties"]
    assert properties["arrest_date"]["pattern"] == r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
    assert properties["is_armed"]["enum"] == ["yes", "no", None]
    assert properties["persons"]["items"]["properties"]["name"]["title"] == "Name"
    with pytest.raises(MappingError, match="there is no form iif9"):
        json_schema("iif9")


def test_the_page_of_the_schema_is_current() -> None:
    page = Path(__file__).parents[2] / "docs" / "schema.md"
    assert page.read_text(encoding="utf-8") == schema_page(), "run: python -m mappers.schema.reference docs/schema.md"


@pytest.mark.parametrize("form", FORMS)
def test_a_full_record_lacks_nothing_and_profiles_ask_less_and_less(form: str) -> None:
    own = {p: {str(a) for a in required_fields(form, p) if not a.child} for p in PROFILES}
    assert own["index-only"] <= own["register-only"] <= own["core"] <= own["full"]
    assert len(required_fields(form, "full")) > len(required_fields(form, "index-only"))
    for profile in PROFILES:
        roles = {a.role for a in required_fields(form, profile) if a.role}
        record = full_record(form)
        people = tuple({**record.children["persons"][0], "role": FieldValue(r, r)} for r in sorted(roles))
        whole = Record("r", form, record.fields, {**record.children, "persons": people})
        assert missing(whole, profile) == ()


def test_what_is_missing_is_named_by_its_path() -> None:
    record = make_record(
        "r",
        {
            "state": "wb", "district": "Howrah", "police_station": "Bally", "year": "2009", "fir_no": "78",
            "acts": [{"act": "IPC", "section": "379"}, {"act": "IPC"}], "persons": [{"role": "accused"}],
        },
    )  # fmt: skip
    assert missing(record, "index-only") == ()
    assert missing(record, "register-only") == ("fir_date", "acts[1].section", "persons[1].name")
    assert "narrative" in missing(record, "full")


def test_text_not_understood_and_fields_settled_by_a_person_are_not_missing() -> None:
    unread = FieldValue("12/??/2009", None)
    settled = FieldValue("", None, by="operator A", blank=True)
    blank = FieldValue("", None, blank=True)
    found = [missing(Record("r", "iif1", {"fir_date": f}), "register-only") for f in (unread, settled, blank)]
    assert ["fir_date" in f for f in found] == [False, False, True]


def test_an_unknown_profile_is_refused_by_name() -> None:
    with pytest.raises(MappingError, match="known profiles: full, core, register-only, index-only"):
        required_fields("iif1", "half")


@pytest.mark.parametrize("form", FORMS)
def test_the_flat_header_begins_with_what_ties_rows_together(form: str) -> None:
    for table in form_tables(form).values():
        head = flat_header(table)
        assert head[: 1 + bool(table.child)] == ["record_id", "line"][: 1 + bool(table.child)]
        assert head[1 + bool(table.child) :] == [c.name for c in table.columns]
