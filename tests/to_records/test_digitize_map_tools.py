"""`digitize map new`, `test`, `explain` and `coverage`, on the samples."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from openpyxl import Workbook

from digitize.files.mapping.coverage import cover
from digitize.files.mapping.pages import make_page
from mappers.binding.bind import bind_file
from mappers.explain import cleaner_words, explain_mapping, mapping_file
from mappers.explain.reference import mapping_page
from mappers.mapping.load import load_mappings
from mappers.record import FieldValue, Record

ROOT = Path(__file__).parents[2]
FORMATS = ROOT / "sample_data" / "formats"
FIRMAST = ROOT / "sample_data" / "legacy" / "FIRMAST.DBF"
PROTECTED = ["Specimen Imaginary", "Sample Villageton"]

MAPPING = """
format = 1
id = "xx_list"
version = "1"
title = "A list of a test"
form = "iif1"
nulls = ["NIL"]

[match]
columns = ["NO", "NAME", "SECT"]

[rows.complainant]
table = "persons"
set = { role = "complainant" }

[rows.acts]
table = "acts"

[[map]]
from = "NO"
to = "fir_no"
clean = "int"

[[map]]
from = "NAME"
into = "complainant"
to = "name"
clean = "name"

[[map]]
from = "SEX"
into = "complainant"
to = "sex"
clean = "code"
values = { "1" = "male", "2" = "female" }
when = { NO = ["1", "2"] }

[[map]]
from = "SECT"
into = "acts"
to = { act = "act", section = "section" }
clean = "sections"

[[ignore]]
from = "CLERK"
reason = "who typed <it>"
"""


@pytest.fixture
def pair(tmp_path):
    """A mapping of one's own with its golden pair beside it; its second row is a protected case."""
    mapping = tmp_path / "mappings" / "xx_list.toml"
    folder = mapping.parent / "golden" / "xx_list"
    folder.mkdir(parents=True)
    mapping.write_text(MAPPING, encoding="utf-8")
    rows = ["NO,NAME,SEX,SECT,CLERK", "1,Example Sampleson,1,379 IPC,x", f"2,{PROTECTED[0]},2,376 IPC,y"]
    (folder / "source.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return mapping


def expected_of(mapping):
    return mapping.parent / "golden" / "xx_list" / "expected.jsonl"


# -- new


def test_a_draft_is_printed_and_binds_under_the_name_of_its_file(digitize, tmp_path):
    out = tmp_path / "up_mine.toml"
    assert digitize("map", "new", FIRMAST, "--state", "up", "--out", out) == ""
    mapping = bind_file(out)
    assert mapping.id == "up_mine" and mapping.form == "iif1" and mapping.match.states == ("up",)
    assert {r.source: r.main for r in mapping.rules}["OCCFRDT"] == "occurrence_from"
    text = digitize("map", "new", FIRMAST, "--state", "up")
    assert text.replace("up_firmast", "up_mine") == out.read_text(encoding="utf-8")


def test_a_draft_as_json_has_a_line_for_each_column(digitize):
    found = digitize.json("map", "new", FIRMAST, "--state", "up")
    kinds = {c["column"]: c["kind"] for c in found["columns"]}
    assert len(kinds) == 22 and kinds["CSNO"] == "elsewhere" and kinds["ACCNM"] == "mapped"
    assert all(0 <= c["confidence"] <= 1 for c in found["columns"])


def test_a_mapping_that_is_there_is_not_overwritten(digitize, tmp_path):
    out = tmp_path / "up_mine.toml"
    out.write_text("# my work", encoding="utf-8")
    digitize("map", "new", FIRMAST, "--out", out, code=5)
    assert out.read_text(encoding="utf-8") == "# my work"


@pytest.mark.parametrize(
    ("more", "code"),
    [(("--out", "Bad Name.toml"), 4), (("--form", "iif99"), 4), (("--table", "OTHER"), 5), (("--state", "zz"), 4)],
)
def test_what_cannot_be_meant_is_refused(digitize, more, code):
    digitize("map", "new", FIRMAST, *more, code=code)


def test_a_file_with_several_tables_asks_for_one(digitize, tmp_path):
    path = tmp_path / "two.sql"
    path.write_text(
        "\n".join(f"CREATE TABLE {t} (CR{t} int, FIRDT text);\nINSERT INTO {t} VALUES (1, '01/02/1998');" for t in "ab")
    )
    digitize("map", "new", path, code=5)
    assert digitize.json("map", "new", path, "--table", "b")["table"] == "b"


def test_sheets_of_one_shape_have_one_mapping_and_their_names_are_their_years(digitize, tmp_path):
    book = Workbook()
    book.remove(book.active)
    for year in ("2007", "2008"):
        sheet = book.create_sheet(year)
        for row in [["Cr No", "Date", "Section", "Accused"], *([n, f"0{n}/03", "379 IPC", "Foo"] for n in range(1, 7))]:
            sheet.append(row)
    book.save(tmp_path / "book.xlsx")
    out = tmp_path / "wb_book.toml"
    digitize("map", "new", tmp_path / "book.xlsx", "--out", out)
    assert {r.source: r.main for r in bind_file(out).rules}["@table"] == "year"
    done = digitize.json("map", "apply", tmp_path / "book.xlsx", "--mapping", out, "--out", tmp_path / "made")
    assert done["rows"] == 12 and done["left_over"] == {}
    rows = list(csv.DictReader((tmp_path / "made" / "iif1.csv").open(encoding="utf-8-sig")))
    assert [r["year"] for r in rows] == ["2007"] * 6 + ["2008"] * 6 and rows[7]["fir_date"] == "2008-03-02"


# -- test


def test_a_date_that_no_row_has_is_found_before_anything_runs(digitize, pair):
    (found,) = digitize.json("map", "test", pair, "--accept")["findings"]
    assert "must have fir_date, and none of 2 has it: no rule fills it" in found
    told = digitize.json("map", "coverage", pair.parent / "golden" / "xx_list" / "source.csv", "--mapping", pair)
    assert told["findings"] == [found]
    text = pair.read_text(encoding="utf-8").replace(
        'from = "CLERK"\nreason = "who typed <it>"', 'from = "X"\nreason = "nothing"')  # fmt: skip
    pair.write_text(text + '\n[[map]]\nfrom = "CLERK"\nto = "fir_date"\nclean = "date"\n', encoding="utf-8")
    (found,) = digitize.json("map", "test", pair)["findings"]
    assert "2 cells of CLERK have text that cannot be read as a date" in found


@pytest.mark.parametrize("name", ["up_firmast_krutidev", "mp_crmtape_english", "mh_crime_mdb_fir_shreedev"])
def test_golden_pairs_of_the_samples_come_out_as_expected(digitize, monkeypatch, name):
    monkeypatch.chdir(ROOT)
    digitize("map", "test", name, code=5)  # never looked for in the folder that happens to be the current one
    found = digitize.json("map", "test", name, "--golden", "sample_data/formats")
    assert found["right"] and found["rows"] >= 10 and found["differences"] == []


def test_a_pair_without_expected_records_differs_until_they_are_accepted(digitize, pair):
    assert "2 rows, 0 as expected" in digitize("map", "test", pair, code=3)
    assert not expected_of(pair).exists()
    digitize("map", "test", pair, "--accept")
    assert "2 rows, 2 as expected, 0 not" in digitize("map", "test", pair)
    first = json.loads(expected_of(pair).read_text(encoding="utf-8").splitlines()[0])
    assert first["row"] == 1 and first["fields"] == {"fir_no": "1"}


def test_a_difference_is_shown_cell_by_cell(digitize, pair):
    digitize("map", "test", pair, "--accept")
    expected = expected_of(pair)
    expected.write_text(expected.read_text(encoding="utf-8").replace('"379"', '"380"'), encoding="utf-8")
    found = digitize.json("map", "test", pair, code=3)
    cell = {"row": 1, "form": "iif1", "field": "acts[0].section", "expected": "380", "got": "379"}
    assert found["differences"] == [cell]


def test_names_that_the_law_protects_are_not_shown_in_differences(digitize, pair):
    digitize("map", "test", pair, "--accept")
    expected = expected_of(pair)
    expected.write_text(expected.read_text(encoding="utf-8").replace(PROTECTED[0], PROTECTED[1]), encoding="utf-8")
    out = digitize("map", "test", pair, code=3) + digitize("map", "test", pair, "--json", code=3)
    assert "[masked]" in out and not [name for name in PROTECTED if name in out]


def test_a_row_that_is_missing_or_too_many_differs(digitize, pair):
    digitize("map", "test", pair, "--accept")
    expected = expected_of(pair)
    lines = expected.read_text(encoding="utf-8").splitlines()
    expected.write_text("\n".join([lines[0], lines[1].replace('"row": 2', '"row": 9')]) + "\n", encoding="utf-8")
    found = digitize.json("map", "test", pair, code=3)
    assert [(d["row"], d["expected"], d["got"]) for d in found["differences"]] == [
        (2, "", "record of iif1"),
        (9, "a row", ""),
    ]


@pytest.mark.parametrize("line", ["no json", "[]", '{"fields": {}}'])
def test_an_expected_file_that_is_none_is_refused(digitize, pair, line):
    expected_of(pair).write_text(line + "\n", encoding="utf-8")
    digitize("map", "test", pair, code=5)


def test_a_mapping_of_pages_and_a_folder_without_source_are_refused(digitize, pair, tmp_path):
    digitize("map", "test", "iif1_print", "--golden", tmp_path, code=5)
    digitize("map", "test", pair, "--golden", tmp_path, code=5)
    digitize("map", "test", "no_such_mapping", code=4)
    digitize("map", "test", tmp_path / "none.toml", code=5)


# -- explain


@pytest.mark.parametrize("name", sorted(load_mappings()))
def test_every_mapping_is_explained_with_every_column(name):
    explained = explain_mapping(mapping_file(name))
    mapping = load_mappings()[name]
    sources = {r.source for form in explained.forms for r in form.rules}
    assert sources == {r.source for m in (mapping, *mapping.also.values()) for r in m.rules}
    assert explained.ignored.keys() == mapping.ignored
    for kind in ("text", "md", "html"):
        page = make_page(explained, kind)
        assert "Checked against the register by" in page and explained.id in page


def test_the_page_of_a_mapping_reads_as_it_should(pair):
    assert make_page(explain_mapping(pair), "md") == (ROOT / "tests" / "golden" / "map_explain.md").read_text(
        encoding="utf-8"
    )


def test_a_page_in_html_shows_what_the_mapping_says_and_runs_nothing_of_it(digitize, pair, tmp_path):
    out = tmp_path / "page.html"
    digitize("map", "explain", pair, "--to", "html", "--out", out)
    page = out.read_text(encoding="utf-8")
    assert "who typed &lt;it&gt;" in page and "<it>" not in page


def test_a_mapping_that_does_not_bind_is_not_explained(digitize, pair):
    pair.write_text(MAPPING.replace('to = "fir_no"', 'to = "fir_nr"'), encoding="utf-8")
    digitize("map", "explain", pair, code=4)


def test_every_cleaner_is_said_in_words():
    from mappers.clean import load_cleaners

    assert cleaner_words().keys() == load_cleaners().keys()


def test_the_reference_of_mapping_files_is_up_to_date():
    page = (ROOT / "docs" / "mapping-reference.md").read_text(encoding="utf-8")
    assert page == mapping_page(), "run: python -m mappers.explain.reference docs/mapping-reference.md"


def test_the_example_in_the_reference_binds(tmp_path):
    path = tmp_path / "xx_my_table.toml"
    path.write_text(mapping_page().partition("```toml\n")[2].partition("```")[0], encoding="utf-8")
    assert bind_file(path).form == "iif1"


# -- coverage


def record(**fields):
    return Record("r", "iif1", {n: v if isinstance(v, FieldValue) else FieldValue(v, v) for n, v in fields.items()})


def test_fields_are_counted_as_sure_doubtful_unread_and_empty():
    found = cover(
        [
            record(fir_no="1", place="A Sample"),
            record(fir_no=FieldValue("2?", "2", 0.5), place=FieldValue("", None, blank=True)),
            record(fir_no=FieldValue("x", None, 0.0)),
        ]
    )[0]
    by_name = {f.field: f for f in found.fields if not f.table}
    assert (by_name["fir_no"].sure, by_name["fir_no"].doubtful, by_name["fir_no"].unread) == (1, 1, 1)
    assert (by_name["place"].sure, by_name["place"].filled, by_name["place"].unread) == (1, 1, 0)
    assert found.records == 3


def test_records_that_have_all_a_profile_asks_for_are_counted():
    known = {"state": "up", "district": "Kalpana", "police_station": "Kalpanapur", "year": "1998", "fir_no": "1"}
    found = cover([record(**known), record(**{**known, "district": FieldValue("", None, blank=True)})])[0]
    assert found.complete == {"full": 0, "core": 0, "register-only": 0, "index-only": 1}


def test_mandatory_fields_stand_first_in_coverage():
    marks = [f.is_mandatory for f in cover([record(fir_no="1", result="A")])[0].fields]
    assert marks == sorted(marks, reverse=True) and marks[0]


def test_the_coverage_of_a_table(digitize):
    found = digitize.json("map", "coverage", FIRMAST, "--state", "up")["forms"]
    (iif1,) = (f for f in found if f["form"] == "iif1")
    shares = {(f["table"], f["field"]): f["filled_share"] for f in iif1["fields"]}
    assert iif1["records"] == 56 and iif1["left_over"] == {}
    assert shares["", "fir_no"] == 1.0 and shares["", "gd_no"] == 0.0
    assert 0.9 < shares["", "fir_date"] < 1.0
    text = digitize("map", "coverage", FIRMAST, "--state", "up")
    assert "Mandatory and empty in all" in text and "gd_no" in text


def test_the_coverage_of_a_workspace_and_of_one_batch(digitize, tmp_path):
    place, table = tmp_path / "place", tmp_path / FIRMAST.name
    shutil.copy(FIRMAST, table)
    shutil.copy(FIRMAST.with_suffix(".DBT"), table.with_suffix(".DBT"))
    digitize("init", "up", place)
    batch = digitize.json("intake", place, table)["batch"]
    digitize("run", place, "--only", "map")
    whole = digitize.json("map", "coverage", place)["forms"]
    assert digitize.json("map", "coverage", f"{place}/{batch}")["forms"] == whole
    assert whole[0]["records"] == 56
    digitize("map", "coverage", f"{place}/up-9999", code=5)
