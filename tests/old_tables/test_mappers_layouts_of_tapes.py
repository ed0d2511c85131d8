"""Layouts of old tapes: copybooks, lists of fields, several kinds of rows in one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from mappers.errors import MappingError
from mappers.legacy import ReadAs, open_tables
from mappers.legacy.layout import read_layout
from mappers.legacy.packed import unpack_decimal, with_point

COPYBOOK = """
000100* RECORDS OF THE CRIME TAPE
       01  FIR-REC.
           05  REC-TYPE        PIC X.
               88  IS-FIR      VALUE '1'.
           05  FIR-NO          PIC 9(4).
           05  FIR-DATE        PIC 9(6).
           05  FIR-DATE-X      REDEFINES FIR-DATE PIC X(6).
           05  LOST            PIC 9(5)V99.
           05  FILLER          PIC X(02).
           05  SECT            PIC X(3) OCCURS 2 TIMES.
       01  ACC-REC.
           05  REC-TYPE        PIC X VALUE '2'.
           05  FIR-NO          PIC 9(4).
           05  ACC-NAME        PIC X(10).
"""
ROWS = ["100011503090012550  379411", "20001RAM LAL", "20001SITA", "9??", "100021603090000000  302   "]


def read(tmp_path: Path, name: str, layout: str, rows: list[str]) -> dict[str, list[tuple[str, ...]]]:
    (tmp_path / name).write_text(layout, encoding="utf-8")
    (tmp_path / "tape.txt").write_text("\n".join(rows) + "\n", encoding="ascii")
    found = {}
    for table in open_tables(tmp_path / "tape.txt", ReadAs(layout=read_layout(tmp_path / name))):
        cells = [(*(c if isinstance(c, str) else c.decode() for c in r.cells), r.problem) for r in table.rows]
        found[table.name] = [table.columns, *cells]
    return found


def test_a_copybook_with_two_records_gives_two_tables(tmp_path: Path) -> None:
    found = read(tmp_path, "crime.cpy", COPYBOOK, ROWS)
    assert found["FIR-REC"] == [
        ("REC-TYPE", "FIR-NO", "FIR-DATE", "LOST", "FILLER_5", "SECT_1", "SECT_2"),
        ("1", "0001", "150309", "00125.50", "", "379", "411", ""),
        ("9", "??", "", "", "", "", "", "unknown-kind"),
        ("1", "0002", "160309", "00000.00", "", "302", "", ""),
    ]
    assert [row[2] for row in found["ACC-REC"][1:]] == ["RAM LAL", "SITA"]


def test_a_layout_file_tells_kinds_of_rows_apart(tmp_path: Path) -> None:
    layout = "".join(
        f'[[record]]\nname = "{name}"\nat = 1\nis = ["{mark}"]\n'
        + "".join(f'[[record.column]]\nname = "{n}"\nwidth = {w}\n' for n, w in columns)
        for name, mark, columns in (("A", "1", [("T", 1), ("NO", 4)]), ("B", "2", [("T", 1), ("NO", 4), ("WHO", 10)]))
    )
    found = read(tmp_path, "layout.toml", layout, ["10001", "20001RAM LAL", "10002"])
    assert [r[1] for r in found["A"][1:]] == ["0001", "0002"] and found["B"][1][2] == "RAM LAL"


@pytest.mark.parametrize(
    "text",
    [
        "Layout of FIRMAST\nDISTCD 1-2\nCRNO 3-6  number\nNAME 9-18",
        "DISTCD  C  1  2\nCRNO  N  3  4\nFILLER_7  C  7  2\nNAME  C  9  10",
        "1 DISTCD 1 2\n2 CRNO 3 6\n3 FILLER_7 7 8\n4 NAME 9 18",
    ],
)
def test_a_list_of_fields_is_a_layout(tmp_path: Path, text: str) -> None:
    (tmp_path / "layout.txt").write_text(text, encoding="utf-8")
    layout = read_layout(tmp_path / "layout.txt")
    assert (layout.names, layout.widths) == (("DISTCD", "CRNO", "FILLER_7", "NAME"), (2, 4, 2, 10))


@pytest.mark.parametrize(
    ("text", "widths"),
    [
        ("REC-TYPE 1\nCRNO 2-6\nNAME 7-16", (1, 5, 10)),
        ("CRNO 1-5\nREC-TYPE C 6\nNAME 7-16", (5, 1, 10)),
        ("1 CRNO 1-5\n2 NAME 6-15\n3 SEX 16", (5, 10, 1)),
    ],
)
def test_a_field_of_one_byte_may_have_its_place_alone(tmp_path: Path, text: str, widths: tuple[int, ...]) -> None:
    (tmp_path / "layout.txt").write_text(text, encoding="utf-8")
    assert read_layout(tmp_path / "layout.txt").widths == widths


@pytest.mark.parametrize("text", ["CRNO 1-5\n\nNAME 30\nSEX 36-36", "NAME 30\nCRNO 31-35", "CRNO 1-5\nNAME 6\nSEX 8-8"])
def test_a_width_among_places_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    (tmp_path / "layout.txt").write_text(text, encoding="utf-8")
    line = next(n for n, of in enumerate(text.split("\n"), 1) if of.startswith("NAME"))
    with pytest.raises(MappingError, match=rf"layout\.txt: line {line}: write its places as FROM-TO"):
        read_layout(tmp_path / "layout.txt")


def test_a_list_of_widths_is_a_layout_and_nonsense_is_none(tmp_path: Path) -> None:
    path = tmp_path / "layout.txt"
    path.write_text("DISTCD, 2\nCRNO, 4\n", encoding="utf-8")
    assert read_layout(path).widths == (2, 4)
    for bad in ("hello", "A 1-4\nB 3-6", "A 1 9\nB 30 2\nC 7 1", "01 R.\n05 A PIC S9(4) COMP."):
        path.write_text(bad, encoding="utf-8")
        with pytest.raises(MappingError, match=r"layout\.txt"):
            read_layout(path)


def test_packed_numbers_and_points_that_are_not_written() -> None:
    assert (
        unpack_decimal(b"\x01\x23\x4c") == b"1234"
        and unpack_decimal(b"\x12\x3d") == b"-123"
        and unpack_decimal(b"12") == b"12"
    )
    assert with_point(b"12550", 2) == b"125.50" and with_point("5", 2) == "0.05" and with_point(b"abc", 2) == b"abc"
