"""Repairs of import files: certain ones only, all of them listed, nothing lost."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digitize.errors import InputError
from digitize.files.validating.csv_table import open_csv
from digitize.files.validating.fixing import fix_cell, fix_files, one_date
from mappers.schema import form_tables

HEAD = "record_id,state,district,police_station,year,fir_no,fir_date,place,narrative,own"
ROW = 'a,wb, Howrah ,Bally\u00a0,२००९,78,12/3/2009,Bazaar  ,"one,\n ""two""", x'
COLUMNS = form_tables("iif1")["iif1"].by_name


def write(folder: Path, *rows: str) -> Path:
    path = folder / "firs.csv"
    path.write_text("\n".join([HEAD, *rows]), encoding="utf-8")
    return path


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as f:
        return list(csv.reader(f))


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("2009-3-12", "2009-03-12"),
        ("2009/03/12", "2009-03-12"),
        ("25.12.2009", "2009-12-25"),
        ("12-25-2009", "2009-12-25"),
        ("3-3-2009", "2009-03-03"),
        ("12/3/2009", "12/3/2009"),
        ("31/02/2009", "31/02/2009"),
        ("2009-13-02", "2009-13-02"),
        ("12/3/09", "12/3/09"),
        ("12-3/2009", "12-3/2009"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_a_date_is_written_anew_only_where_it_has_one_reading(text: str, made: str) -> None:
    assert one_date(text) == made


def test_a_repaired_file_says_what_was_changed(tmp_path: Path) -> None:
    fixed = fix_files([write(tmp_path, ROW, ROW.replace("12/3/2009", "२५/3/2009"))], "iif1", tmp_path / "new")
    assert [p.name for p in fixed.files] == ["firs.csv"]
    head, first, second = rows_of(fixed.files[0])
    assert head == HEAD.split(",")
    assert first == ["a", "wb", "Howrah", "Bally", "2009", "78", "12/3/2009", "Bazaar", 'one,\n "two"', "x"]
    assert second[6] == "2009-03-25"
    assert fixed.counts == {"blanks": 8, "digits": 3, "date": 1}
    changes = rows_of(tmp_path / "new" / "changes.csv")
    assert ["firs.csv", "4", "fir_date", "digits date", "२५/3/2009", "2009-03-25"] in changes
    assert ["firs.csv", "2", "place", "blanks", "[masked]", "[masked]"] in changes
    assert ["firs.csv", "2", "own", "blanks", "[masked]", "[masked]"] in changes
    assert write(tmp_path, ROW).read_text(encoding="utf-8").endswith(ROW)


def test_nothing_is_written_where_a_row_would_be_lost(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="line 4 cannot be read"):
        fix_files([write(tmp_path, ROW, "too,short")], "iif1", tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_no_file_is_written_over(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="new one"):
        fix_files([write(tmp_path, ROW)], "iif1", tmp_path)


def test_the_command_checks_the_repaired_files(digitize, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = write(tmp_path, ROW.replace("12/3/2009", "25/3/2009"))
    before = digitize.json("validate", path, "--ignore", "S005", code=3)
    after = digitize.json("validate", path, "--ignore", "S005", "--fix", tmp_path / "new")
    assert (before["counts"]["reject"] > 0, after["counts"]["reject"]) == (True, 0)
    digitize("validate", path, "--fix", tmp_path / "new", code=5)


CELL = st.text(st.sampled_from("ab 0 9२/-.\u00a0é\u0301क़"), max_size=10)


@given(text=CELL, name=st.sampled_from(["fir_date", "fir_no", "narrative", "state", "fir_time"]))
def test_repairing_twice_is_repairing_once(text: str, name: str) -> None:
    once = fix_cell(text, COLUMNS[name])
    assert fix_cell(once, COLUMNS[name]) == once


@given(cells=st.lists(CELL, min_size=1, max_size=6))
def test_a_column_is_repaired_as_its_cells_are(tmp_path_factory: pytest.TempPathFactory, cells: list[str]) -> None:
    folder = tmp_path_factory.mktemp("fix")
    path = folder / "firs.csv"
    with path.open("w", encoding="utf-8", newline="") as f:
        csv.writer(f).writerows([["record_id", "fir_date", "place"], *([str(i), c, c] for i, c in enumerate(cells))])
    (made,) = fix_files([path], "iif1", folder / "new").files
    reader = open_csv(made)
    frame = next(reader.blocks({n: i for i, n in enumerate(reader.names)})).frame
    for name in ("fir_date", "place"):
        assert [c or "" for c in frame[name]] == [fix_cell(c, COLUMNS[name]) for c in cells]
