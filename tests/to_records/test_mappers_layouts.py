"""A state's own target as one file: its names, its codes, a row for each language; wrong files stop at once."""

import csv
import sqlite3

import pytest

from mappers.errors import MappingError
from mappers.layouts import lay_out, load_layouts, package_layouts
from mappers.record import FieldValue, Record

LAYOUT = package_layouts()["t_state"]


def record(sex="male", **more):
    fields = {"state": "up", "year": "1999", "fir_no": "7", "fir_date": "1999-01-31", "io_name": "नमूना सिंह"} | more
    person = {"role": "accused", "name": "राम नमूना", "sex": sex}
    other = {"role": "complainant", "name": "श्याम उदाहरण", "name_roman": "Syam Udaharan"}
    rows = [{n: FieldValue(v, v) for n, v in p.items()} for p in (person, other)]
    return Record("r1", "iif1", {n: FieldValue(v, v) for n, v in fields.items()}, {"persons": tuple(rows)})


def test_a_record_becomes_a_row_for_each_language():
    native, english = lay_out(record(), LAYOUT).rows["t_fir_registration"]
    assert (native["LANG_CD"], native["IO_NAME"], native["REG_DT"]) == ("6", "नमूना सिंह", "31/01/1999")
    assert (english["LANG_CD"], english["IO_NAME"], english["RECORD_STATUS"]) == ("99", "Namuna Singh", "N")
    assert native["record_id"] == english["record_id"] == "r1"


def test_child_rows_are_chosen_coded_and_tied_to_their_parent():
    (native, english) = lay_out(record(), LAYOUT).rows["t_accused_info"]
    assert (native["FIRST_NAME"], english["FIRST_NAME"]) == ("राम नमूना", "Ram Namuna")
    assert (native["GENDER_CD"], native["ACCUSED_SRNO"], native["FIR_SRNO"]) == ("1", "1", "7")


def test_a_spelling_that_the_source_gave_is_kept():
    (row,) = lay_out(record(), LAYOUT).rows["t_fir_complainant_info"]
    assert (row["first_name"], row["first_name_eng"]) == ("श्याम उदाहरण", "Syam Udaharan")


def test_a_value_without_a_code_is_left_empty_and_told():
    laid = lay_out(record(sex="unknown"), LAYOUT)
    assert laid.rows["t_accused_info"][0]["GENDER_CD"] is None
    assert laid.gaps == [("t_accused_info", "GENDER_CD")]


def test_forms_without_tables_in_the_layout_give_no_rows():
    assert lay_out(Record("r", "gd", {}), LAYOUT).rows == {}


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ('A = "fir_nr"', "has no field fir_nr; did you mean fir_no?"),
        ('A = { field = "fir_no", codes = "x" }', "there is no [codes.x]"),
        ('A = { field = "fir_no", constant = "1" }', "exactly one"),
        ('A = { field = "fir_no", language = "english" }', "only names have two spellings"),
    ],
)
def test_a_wrong_layout_stops_naming_file_and_column(tmp_path, columns, message):
    text = f'format = 1\nid = "own"\ntitle = "Own"\nsource = "test"\n[[table]]\nname = "t"\nof = "iif1"\n[table.columns]\n{columns}\n'
    (tmp_path / "own.toml").write_text(text, encoding="utf-8")
    with pytest.raises(MappingError) as e:
        load_layouts([tmp_path])
    assert "own.toml" in str(e.value)
    assert message in str(e.value)


@pytest.fixture(scope="module")
def place(digitize, samples, tmp_path_factory):
    """A workspace with a layout of its own, run on the sample table."""
    place = tmp_path_factory.mktemp("layout") / "ws"
    digitize("init", "wb", place, "--site", "test")
    (place / "lists" / "stations.csv").write_bytes((samples / "legacy" / "stations.csv").read_bytes())
    settings = place / "digitize.toml"
    text = settings.read_text(encoding="utf-8").replace("[load]", '[load]\nlayout = "t_state"')
    settings.write_text(text, encoding="utf-8")
    digitize("intake", place, samples / "legacy" / "FIRMAST.DBF")
    digitize("run", place)
    return place


def test_the_states_tables_are_filled_beside_the_canonical_ones(place):
    with sqlite3.connect(place / "loaded" / "cctns.sqlite") as db:
        firs = db.execute("SELECT COUNT(*) FROM iif1").fetchone()[0]
        laid = db.execute("SELECT COUNT(*) FROM t_fir_registration").fetchone()[0]
        accused = db.execute("SELECT DISTINCT LANG_CD FROM t_accused_info ORDER BY 1").fetchall()
    assert laid == 2 * firs > 0
    assert accused == [("6",), ("99",)]


def test_an_export_in_the_layout_has_its_tables_and_headers(digitize, place, tmp_path):
    said = digitize.json("export", place, "--layout", "t_state", "--out", tmp_path / "out")
    with (tmp_path / "out" / "t_fir_registration.csv").open(encoding="utf-8-sig", newline="") as f:
        rows = list(csv.DictReader(f))
    assert len(rows) == 2 * said["records"]
    assert set(rows[0]) >= {"record_id", "FIR_REG_NUM", "LANG_CD"}
    digitize("export", place, "--layout", "t_stat", code=4)


def test_records_for_which_a_layout_has_no_table_are_said_and_not_counted_as_written(digitize, samples, tmp_path):
    place = tmp_path / "ws"
    digitize("init", "mp", place, "--site", "test")
    source = next((samples / "formats" / "mp_ccis_iif3_iscii").glob("source.*"))
    digitize("intake", place, source)
    digitize("run", place)
    said = digitize.json("export", place, "--all", "--layout", "t_state", "--out", tmp_path / "out")
    assert said["records"] == 0
    assert said["without_table"]["iif3"] > 0
    assert "no table for this form" in digitize(
        "export", place, "--all", "--layout", "t_state", "--out", tmp_path / "out"
    )


def test_rows_of_children_name_the_station_so_that_numbers_of_two_stations_stay_apart():
    children = [n for n, t in LAYOUT.tables.items() if t.name != "iif1"]
    assert all({"DISTRICT_CD", "PS_CD", "FIR_YEAR", "FIR_SRNO"} <= set(LAYOUT.columns(n)) for n in children)
