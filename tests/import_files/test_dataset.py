"""`dataset.toml`: what an export tells of its tables, and what a check makes of it."""

from __future__ import annotations

import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitize.errors import OptionsError
from digitize.files.dataset import NAME, Dataset, find_dataset, read_dataset, write_dataset
from digitize.files.loading import load_call

HEAD = "record_id,state,district,police_station,year,fir_no,fir_date,narrative"
ROW = "a,wb,Lohapar District,Lohapar,2009,78,2009-03-12,A cow was lost"
LOHAPAR = 'format = 1\nstate = "wb"\n[stations]\n"Lohapar District" = ["Lohapar"]\n'


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "iif1.csv").write_text(f"{HEAD}\n{ROW}\n", encoding="utf-8")
    (tmp_path / NAME).write_text(LOHAPAR, encoding="utf-8")
    return tmp_path


@pytest.fixture(scope="module")
def exported(digitize, table_done, tmp_path_factory):
    """The tables that a workspace with the sample table and its stations exports, in full."""
    place = shutil.copytree(table_done, tmp_path_factory.mktemp("exported") / "ws")
    digitize("export", place, "--out", place / "out", "--unmask", "--reason", "a test of reports", "--operator", "A")
    digitize("export", place, "--out", place / "masked")
    return place


@pytest.mark.parametrize("name", ["out", "masked"])
def test_a_workspace_s_own_export_is_clean_without_any_option(digitize, exported, name):
    report = digitize.json("validate", exported / name)
    assert report["counts"]["reject"] == report["counts"]["review"] == 0
    assert not [f for f in report["findings"] if f["code"] in ("F001", "F002") or f["code"][0] == "S"]
    assert {n["option"] for n in report["not_told"]} == {"--beats", "--years", "--profile"}
    made = read_dataset(exported / name / NAME)
    assert made.state == "wb" and ("Kalpana", "Kalpanapur") in made.stations
    assert made.mappings == ("up_firmast_krutidev 1",)


def test_the_same_is_loaded_without_any_option(digitize, exported, tmp_path):
    done = digitize.json("load", exported / "out", "--target", tmp_path / "t.sqlite")
    assert done["rejected"] == done["held"] == 0 and done["inserted"] == done["read"] > 40


def test_right_after_a_load_without_options_everything_is_equal_without_options(digitize, exported, tmp_path):
    target = tmp_path / "t.sqlite"
    digitize("load", exported / "out", "--target", target)
    found = digitize.json("reconcile", exported / "out", "--target", target)
    assert found["unequal"] == [] and found["source"] == found["target"] > 40


def test_what_the_stations_beside_the_files_held_back_is_not_missing_in_the_target(digitize, folder, tmp_path_factory):
    other = ROW.replace("a,", "b,", 1).replace(",Lohapar,", ",Lohapur,").replace(",78,", ",79,")
    (folder / "iif1.csv").write_text(f"{HEAD}\n{ROW}\n{other}\n", encoding="utf-8")
    (folder / "iif1_acts.csv").write_text("record_id,line,act,section\na,1,IPC,379\nb,1,IPC,379\n", encoding="utf-8")
    target = tmp_path_factory.mktemp("target") / "t.sqlite"
    done = digitize.json("load", folder, "--target", target)
    assert (done["inserted"], done["rejected"] + done["held"]) == (1, 1)
    found = digitize.json("reconcile", folder, "--target", target)
    assert found["unequal"] == [] and (found["source"], found["target"]) == (1, 1)
    # Without what stands beside the files the record would have been loaded.
    (folder / NAME).unlink()
    digitize("reconcile", folder, "--target", target, code=3)


def test_a_station_that_the_export_does_not_name_is_told(digitize, folder):
    assert digitize.json("validate", folder)["counts"]["reject"] == 0
    (folder / "iif1.csv").write_text(f"{HEAD}\n{ROW.replace(',Lohapar,', ',Lohapur,')}\n", encoding="utf-8")
    assert [f["code"] for f in digitize.json("validate", folder)["findings"]] == ["F002"]


def test_options_go_before_what_stands_beside_the_files(digitize, folder, tmp_path):
    own = tmp_path / "own" / "stations.csv"
    own.parent.mkdir()
    own.write_text("station,district,aliases\nNandipur,Lohapar District,\n", encoding="utf-8")
    found = digitize.json("validate", folder, "--stations", own)["findings"]
    assert [f["code"] for f in found] == ["F002"]
    # The stations beside the files are those of their state alone, and so are its districts.
    assert [f["code"] for f in digitize.json("validate", folder, "--state", "mh", code=3)["findings"]] == ["F001"]
    assert digitize.json("validate", folder, "--years", "1990-2000")["findings"][0]["code"] == "T024"


def test_a_list_of_stations_may_lie_beside_it(tmp_path):
    (tmp_path / NAME).write_text('format = 1\nstate = "wb"\nstations_file = "s.txt"\n', encoding="utf-8")
    (tmp_path / "s.txt").write_text("station,district,aliases\nLohapar,Howrah,\n", encoding="utf-8")
    assert read_dataset(tmp_path / NAME).stations == (("Howrah", "Lohapar"),)


def test_whoever_loads_again_looks_at_the_same_file_as_whoever_reads_it():
    assert load_call.DATASET == NAME


BALLY = "station,district,aliases\nBally,Howrah,\n"
BOTH = f"{BALLY}Lohapar,Lohapar District,\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({NAME: LOHAPAR.replace("Lohapar", "Bally")}, {NAME: LOHAPAR}),
        ({NAME: "format = 1\nstations_file = 's.txt'\nstate = 'wb'", "s.txt": BALLY}, {"s.txt": BOTH}),
        ({NAME: "format = 1\nstate = 'wb'\n'stations_file' = 's.txt'", "s.txt": BALLY}, {NAME: LOHAPAR}),
    ],
)
def test_what_changed_beside_the_files_is_looked_at_again(digitize, postgres_target, folder, before, after):
    """The very same tables and options, but their stations are told otherwise."""
    (folder / "iif1_acts.csv").write_text("record_id,line,act,section\na,1,IPC,379\n", encoding="utf-8")
    command = ("load", folder, "--target", postgres_target, "--max-rejects", "100%")
    for name, text in before.items():
        (folder / name).write_text(text, encoding="utf-8")
    assert digitize.json(*command)["inserted"] == 0
    assert digitize.json(*command)["repeated"]
    for name, text in after.items():
        (folder / name).write_text(text, encoding="utf-8")
    done = digitize.json(*command)
    assert (done["repeated"], done["inserted"]) == (False, 1)
    assert digitize.json(*command)["repeated"]


@pytest.mark.parametrize(
    "text", ["state = ", "format = 1\nstations_file = 'none.txt'", "format = 1\nstations_file = 3"]
)
def test_a_call_beside_a_wrong_file_has_no_name_and_is_read_in_earnest(digitize, folder, text):
    assert load_call.name_call([folder], "iif1", {}).key
    (folder / NAME).write_text(text, encoding="utf-8")
    assert not load_call.name_call([folder], "iif1", {}).key


@pytest.mark.parametrize("name", [NAME, "s.txt", "own.csv"])
def test_a_call_stands_no_longer_when_what_it_read_beside_the_files_changed(folder, name):
    (folder / NAME).write_text("format = 1\nstations_file = 's.txt'\nstate = 'wb'", encoding="utf-8")
    for path in (folder / "s.txt", folder / "own.csv"):
        path.write_text(BALLY, encoding="utf-8")
    call = load_call.name_call([folder / "iif1.csv"], "iif1", {"stations": folder / "own.csv"})
    assert call.stands()
    (folder / name).write_text(BOTH, encoding="utf-8")
    assert not call.stands()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("format = 1\nstate = 'zz'", "state"),
        ("format = 2", "format"),
        ("format = 1\nstat = 'wb'", "stat"),
        ("format = 1\nprofile = 'half'", "profile"),
        ("format = 1\nyears = '2001'", "years"),
        ("format = 1\nstations_file = 'none.csv'\nstate = 'wb'", "stations_file"),
        ("format = 1\n[stations]\nHowrah = ['Bally']", "state"),
        ("format = 1\n[made]\nwho = 'x'", "made.who"),
        ("state = ", "TOML"),
    ],
)
def test_a_wrong_file_is_exit_four_and_names_file_and_key(digitize, folder, text, told):
    (folder / NAME).write_text(text, encoding="utf-8")
    digitize("validate", folder, code=4)
    digitize("load", folder, "--target", folder / "t.sqlite", code=4)
    with pytest.raises(OptionsError, match=NAME) as e:
        find_dataset([folder])
    assert told in str(e.value).removeprefix(str(folder))


def test_two_folders_that_do_not_agree_are_refused(digitize, folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    shutil.copy(folder / "iif1.csv", other / "iif1.csv")
    (other / NAME).write_text('format = 1\nstate = "mh"\n', encoding="utf-8")
    digitize("validate", folder, other, code=4)


TEXT = st.text(min_size=1, max_size=12).filter(lambda t: t.encode("utf-8", "ignore").decode("utf-8") == t)


@given(stations=st.sets(st.tuples(TEXT, TEXT), max_size=4), mappings=st.lists(TEXT, max_size=3))
def test_what_is_written_is_read_again(stations, mappings, tmp_path_factory):
    folder = tmp_path_factory.mktemp("d")
    dataset = Dataset("wb", tuple(sorted(stations)), "full", "2001-2010", tuple(mappings))
    write_dataset(folder, dataset)
    made = read_dataset(folder / NAME)
    assert made == dataset and made.mappings == dataset.mappings
