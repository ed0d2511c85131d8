"""`digitize map apply`: a table to import files without a workspace, the same values as the main job gives."""

import csv
from dataclasses import asdict

import pytest

from digitize.files.mapping import bulk
from digitize.files.mapping.find import settle_for, table_context
from mappers.legacy import open_table
from mappers.mapping.load import load_mappings, map_rows
from mappers.sources.values import MapContext, RowValues
from mappers.states import load_state


def table(path):
    with path.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.DictReader(f))


@pytest.fixture(scope="module")
def done(digitize, samples, tmp_path_factory):
    out = tmp_path_factory.mktemp("apply")
    stations = samples / "legacy" / "stations.csv"
    said = digitize.json(
        "map", "apply", samples / "legacy" / "FIRMAST.DBF", "--out", out, "--state", "wb", "--stations", stations
    )
    return out, said


def test_every_row_is_mapped_or_reported(done):
    out, said = done
    assert (said["rows"], said["mapped"], said["reported"]) == (60, 56, 4)
    assert said["records"] == {"iif1": 56} and len(table(out / "iif1.csv")) == 56
    assert [r["why"] for r in table(out / "report" / "reported.csv")] == ["deleted"] * 4


def test_values_are_those_of_the_expected_files(done, samples):
    out, _ = done
    for name, expected in (("iif1", "FIRMAST.expected.csv"), ("iif1_acts", "FIRMAST.expected.acts.csv")):
        found, wanted = table(out / f"{name}.csv"), table(samples / "legacy" / expected)
        columns = set(wanted[0]) & set(found[0])
        assert len(columns) >= 3
        assert [{c: f[c] for c in columns} for f in found] == [{c: w[c] for c in columns} for w in wanted]


def test_what_is_doubtful_is_listed_with_what_was_stored(done):
    (doubt,) = table(done[0] / "report" / "doubts.csv")
    assert (doubt["field"], doubt["stored"], doubt["value"], doubt["why"]) == (
        "fir_date",
        "19980231",
        "",
        "no-such-day",
    )


def test_names_get_their_latin_spelling(done):
    persons = table(done[0] / "iif1_persons.csv")
    assert all(p["name_roman"].isascii() and p["name_roman"] for p in persons if p["name"])


def test_the_files_are_what_validate_takes(digitize, done, samples):
    found = digitize.json("validate", done[0], "--state", "wb", "--stations", samples / "legacy" / "stations.csv")
    assert found["counts"]["reject"] == 0


def test_columns_and_records_say_the_same():
    """The columnar path and the records of map_rows are one engine."""
    from mappers.mapping.apply import Application
    from mappers.mapping.flat import flat_columns
    from mappers.mapping.load import row_sources

    mapping = load_mappings()["up_firmast_krutidev"]
    context = MapContext("r", state=load_state("up"))
    cells = {"YR": "1998", "CRNO": "7", "FIRDT": "19980119", "SECT": "379@411 Hkk-n-fo-", "ACCNM": "1½ jke 2½ ';ke"}
    rows = [RowValues("f", "t", n, {**cells, "CRNO": str(n)}, f"r{n}") for n in range(1, 4)]
    flat = flat_columns(Application(mapping, context).map(row_sources(mapping, rows)), [r.record_id for r in rows])
    records = map_rows(mapping, rows, context)
    assert flat.tables["iif1"]["fir_no"] == [r.value("fir_no") for r in records]
    assert flat.tables["iif1_acts"]["section"] == [a["section"].value for r in records for a in r.children["acts"]]
    assert flat.tables["iif1_persons"]["name"] == [p["name"].value for r in records for p in r.children["persons"]]


def test_cells_that_another_form_of_the_row_takes_are_not_left_over(digitize, samples, tmp_path):
    source = next((samples / "formats" / "mh_crime_mdb_fir_shreedev").glob("source.*"))
    said = digitize.json("map", "apply", source, "--out", tmp_path / "out", "--state", "mh")
    assert said["records"]["iif5"] > 0
    assert said["left_over"] == {}


def test_files_are_the_same_to_the_byte_however_many_processes_map(samples, tmp_path, monkeypatch):
    monkeypatch.setattr(bulk, "CHUNK", 9)
    monkeypatch.setattr(bulk, "_FEW", 1)
    context = table_context("wb", samples / "legacy" / "stations.csv", 0)
    made = {}
    for jobs in (1, 2):
        table = settle_for(open_table(samples / "legacy" / "FIRMAST.DBF", 0), context, None)
        done = bulk.apply_tables([table], context, tmp_path / str(jobs), jobs)
        files = sorted((tmp_path / str(jobs)).rglob("*.csv"))
        made[jobs] = asdict(done), {f.relative_to(tmp_path / str(jobs)): f.read_bytes() for f in files}
    assert made[1] == made[2]
    assert made[1][0]["records"] == {"iif1": 56}
