"""Legacy tables in a workspace: encodings found or contradicted, layouts and font maps of one's own."""

import shutil

import pytest

from mappers.encodings import encode
from sample_data.legacy_bench import build

MAPPING = """
format = 1
id = "test_list"
version = "1"
title = "List of a test"
form = "iif1"
encoding = "{encoding}"
{checked}

[match]
columns = ["FIRNO", "REGDT", "NAME", "PLACE", "BRIEF", "AGE"]

[[ignore]]
from = "PLACE"
reason = "not needed in the test"

[[ignore]]
from = "AGE"
reason = "not needed in the test"

[rows.complainant]
table = "persons"
set = {{ role = "complainant" }}

[[map]]
from = "FIRNO"
to = "fir_no"
clean = "int"
encoding = ""

[[map]]
from = "REGDT"
to = "fir_date"
clean = "date"
encoding = ""

[[map]]
from = "NAME"
into = "complainant"
to = "name"
clean = "name"

[[map]]
from = "BRIEF"
to = "narrative"
clean = "block"
"""


FONT_MAP = "//! script: Deva\n//! languages: hi\nq\tन\nw\tमू\ne\t{}\nr\tक\nt\tल्\ny\tप\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("legacy")
    build(folder)
    text = (folder / "legacy-files" / "list.csv").read_text(encoding="utf-8")
    header, rows = text.split("\n", 1)
    (folder / "legacy-files" / "unicode.csv").write_text(f"{header.upper()}\n{rows}", encoding="utf-8")
    return folder / "legacy-files"


@pytest.fixture
def place(digitize, tmp_path):
    digitize("init", "up", tmp_path / "ws", "--site", "test")
    return tmp_path / "ws"


def say(place, encoding, checked=""):
    (place / "mappings" / "test_list.toml").write_text(MAPPING.format(encoding=encoding, checked=checked), "utf-8")


def fields(digitize, place, number=1, row=1):
    record = digitize.json(
        "show",
        place,
        f"up-test-t{number:04}-r{row:07}",
        "--unmask",
        "--reason",
        "looked at in a test",
        "--operator",
        "A. Rao",
    )["record"]
    return {f["field"]: f["value"] for f in record["fields"]}


def test_an_encoding_that_nobody_named_is_found(digitize, place, made):
    say(place, "auto")
    digitize("intake", place, made / "fir_krutidev-010.dbf")
    digitize("run", place)
    found = fields(digitize, place)
    say(place, "krutidev-010")
    digitize("run", place)
    assert fields(digitize, place) == found
    assert any("\u0900" <= c <= "\u097f" for c in found["narrative"])


@pytest.mark.parametrize(
    ("named", "file"),
    [("bamini", "fir_krutidev-010.dbf"), ("bamini", "unicode.csv"), ("", "fir_krutidev-010.dbf")],
    ids=["another-font", "unicode", "a-font"],
)
def test_a_mapping_that_names_what_the_columns_are_not_is_stopped_before_row_one(digitize, place, made, named, file):
    say(place, named)
    digitize("intake", place, made / file)
    digitize("run", place, code=4)
    status = digitize.json("status", place)
    assert status["totals"]["records"] == 0
    assert "encoding-unclear" in str(status)


@pytest.mark.parametrize("named", ["auto", ""])
def test_a_font_that_comes_late_in_a_table_is_seen_before_row_one_is_mapped(digitize, place, tmp_path, named):
    say(place, named)
    late = encode("krutidev-010", "कल्पना उदाहरणवाल").decode("cp1252")
    lines = [f"{n},02-01-1999,,Samplepur,A cow was lost,30" for n in range(1, 2_101)]
    lines += [f"{n},02-01-1999,{late} {n},Samplepur,A cow was lost,30" for n in range(2_101, 2_161)]
    text = "\n".join(["FIRNO,REGDT,NAME,PLACE,BRIEF,AGE", *lines, ""])
    (tmp_path / "list.csv").write_text(text, encoding="cp1252")
    digitize("intake", place, tmp_path / "list.csv")
    digitize("run", place, code=4)
    status = digitize.json("status", place)
    assert status["totals"]["records"] == 0
    assert "encoding-unclear" in str(status)
    say(place, "krutidev-010")
    digitize("run", place, "--only", "map")
    assert digitize.json("status", place)["totals"]["records"] == 2_160


def test_a_person_who_has_looked_may_overrule_what_it_looks_like(digitize, place, made):
    say(place, "bamini", "encoding_checked = true")
    digitize("intake", place, made / "fir_krutidev-010.dbf")
    digitize("run", place)
    assert digitize.json("status", place)["totals"]["records"] == 18


def test_text_of_fixed_width_is_cut_by_the_layout_beside_it(digitize, place, made, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copy(made / "fir_krutidev-010.fixed.txt", folder / "list.txt")
    widths = {"FIRNO": 12, "REGDT": 8, "NAME": 60, "PLACE": 60, "BRIEF": 150, "AGE": 3}
    layout = "".join(f'[[column]]\nname = "{n}"\nwidth = {w}\n' for n, w in widths.items())
    (folder / "layout.toml").write_text(layout, encoding="utf-8")
    say(place, "auto")
    report = digitize.json("intake", place, folder)
    assert (report["taken"], report["refused"]) == (1, [])
    digitize("run", place)
    assert digitize.json("status", place)["totals"]["records"] == 18


def test_a_font_map_in_the_workspace_is_used_and_a_change_maps_again(digitize, place, made, tmp_path):
    (place / "encodings").mkdir(exist_ok=True)
    font = place / "encodings" / "own-font.tsv"
    font.write_text(FONT_MAP.format("ना"), encoding="utf-8")
    path = tmp_path / "list.csv"
    path.write_text("FIRNO,REGDT,NAME,PLACE,BRIEF,AGE\n1,02-01-1999,qwe rtyw,qwe,qwe rtyw,30\n", encoding="utf-8")
    say(place, "own-font", "encoding_checked = true")
    digitize("intake", place, path)
    digitize("run", place)
    assert fields(digitize, place)["narrative"] == "नमूना कल्पमू"
    font.write_text(FONT_MAP.format("नी"), encoding="utf-8")
    digitize("run", place)
    assert fields(digitize, place)["narrative"] == "नमूनी कल्पमू"


def test_each_sheet_of_a_workbook_is_a_table_of_its_own(digitize, place, tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    for n, sheet in enumerate((book.active, book.create_sheet("Second"))):
        sheet.append(["FIRNO", "REGDT", "NAME", "PLACE", "BRIEF", "AGE"])
        text = encode("krutidev-010", "उदाहरण").decode("cp1252")
        sheet.append([str(n + 1), "02-01-1999", text, text, text, 30])
    path = tmp_path / "stations.xlsx"
    book.save(path)
    say(place, "krutidev-010", "encoding_checked = true")
    digitize("intake", place, path)
    digitize("run", place)
    for number in (1, 2):
        assert fields(digitize, place, number, row=2)["narrative"] == "उदाहरण"
