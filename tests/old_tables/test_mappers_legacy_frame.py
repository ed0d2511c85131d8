"""Old tables as frames: texts as they stand, fonts decoded, rows with their number and what is wrong with them."""

from dataclasses import replace

from mappers.encodings import find_encoding
from mappers.legacy import open_table
from mappers.legacy.frame import PROBLEM, as_frame


def test_a_frame_keeps_zeros_and_names_that_look_like_nothing(tmp_path):
    path = tmp_path / "fir.csv"
    path.write_text("FIR_NO,NAME\n007,NA\n012,null\n", encoding="utf-8")
    frame = as_frame(open_table(path, 0))
    assert frame["FIR_NO"].tolist() == ["007", "012"] and frame["NAME"].tolist() == ["NA", "null"]
    assert frame.index.tolist() == [1, 2]


def test_a_column_in_a_font_is_read_in_it_and_a_short_row_says_so(tmp_path):
    font = find_encoding("krutidev-010")
    name = font.encode("राम")
    path = tmp_path / "fir.csv"
    path.write_bytes(b"FIR_NO,NAME,PLACE\n1," + name.encode("cp1252") + b",Bally\n2\n3,x,Howrah\n4,y,Bally\n")
    frame = as_frame(open_table(path, 0), {"NAME": font})
    assert frame.loc[1, "NAME"] == "राम"
    assert frame.loc[2, "NAME"] == "" and frame.loc[2, PROBLEM]


def test_a_table_without_rows_keeps_its_columns(tmp_path):
    path = tmp_path / "fir.csv"
    path.write_text("FIR_NO,NAME\n1,x\n", encoding="utf-8")
    table = replace(open_table(path, 0), rows=iter(()))
    assert as_frame(table).columns.tolist() == ["FIR_NO", "NAME", PROBLEM]
