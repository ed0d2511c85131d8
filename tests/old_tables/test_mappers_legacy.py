"""Old tables: every row delivered or reported, all damage said, no file brings the reader down."""

from __future__ import annotations

import csv
import shutil
import struct
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mappers.codes import place_lists
from mappers.errors import TableError
from mappers.legacy import LegacyTable, access_head, named_cells, open_tables, row_values
from mappers.mapping.load import find_mapping, load_mappings, map_rows
from mappers.sources.values import MapContext
from mappers.states import load_state

SAMPLES = Path(__file__).parents[2] / "sample_data" / "legacy"


def dbf(
    rows: Sequence[bytes], *, count: int | None = None, length: int | None = None, kind: bytes = b"C", version: int = 3
) -> bytes:
    """A table of one field of 6 bytes; rows are whole records with their marks."""
    head = struct.pack("<4BIHH20x", version, 99, 1, 1, len(rows) if count is None else count, 65, length or 7)
    return head + struct.pack("<11sc4xBB14x", b"NAME", kind, 6, 0) + b"\r" + b"".join(rows) + b"\x1a"


def opened(folder: Path, data: bytes, name: str = "t.dbf") -> LegacyTable:
    (folder / name).write_bytes(data)
    return next(open_tables(folder / name))


def jet_head() -> bytes:
    """The first bytes of an Access database without a password; what is masked in it is all zeros."""
    return b"\0\1\0\0Standard Jet DB\0\0\0\0\0" + access_head._rc4(access_head._MASK, bytes(126))


ROWS = [b" one   ", b"*two   ", b" three "]


def test_a_sound_table_is_delivered_whole_with_its_deleted_rows(tmp_path: Path) -> None:
    table = opened(tmp_path, dbf(ROWS))
    assert (table.name, table.columns, table.counted, table.notes) == ("t", ("NAME",), 3, [])
    assert [(r.number, r.cells[0], r.deleted, r.problem) for r in table.rows] == [
        (1, b"one", False, ""),
        (2, b"two", True, ""),
        (3, b"three", False, ""),
    ]


def test_a_cut_table_delivers_what_is_there_and_says_so(tmp_path: Path) -> None:
    table = opened(tmp_path, dbf(ROWS)[:-4])
    assert "declares 3 rows and has 2" in table.notes[0]
    assert [(r.cells[0], r.problem) for r in table.rows] == [(b"one", ""), (b"two", ""), (b"thr", "cut")]


@pytest.mark.parametrize("count", [99, 2, 0])
def test_a_wrong_count_loses_no_row(tmp_path: Path, count: int) -> None:
    table = opened(tmp_path, dbf(ROWS, count=count))
    assert [(r.number, r.problem) for r in table.rows] == [(1, ""), (2, ""), (3, "")]
    assert "the count is wrong" in table.notes[0]
    assert "all 3 are delivered" in table.notes[0]


def test_a_wrong_row_length_is_mended_and_said(tmp_path: Path) -> None:
    table = opened(tmp_path, dbf(ROWS, length=5))
    assert "7 fits the rows" in table.notes[0]
    assert [r.cells[0] for r in table.rows] == [b"one", b"two", b"three"]


def test_a_field_that_is_said_too_short_is_mended_by_the_length_of_the_row(tmp_path: Path) -> None:
    names = ((b"NAME", 8), (b"AGE", 6), (b"VALUE", 5))
    head = struct.pack("<4BIHH20x", 3, 99, 1, 1, 12, 129, 21)
    fields = b"".join(struct.pack("<11sc4xBB14x", n, b"C", w, 0) for n, w in names)
    rows = [[b"abel %d" % i, b"%d" % (i * 37), b"%d" % (100_000 + i * 7919)] for i in range(12)]
    body = b"".join(b" " + a.ljust(8) + b.ljust(6) + c for a, b, c in rows)
    table = opened(tmp_path, head + fields + b"\r" + body + b"\x1a")
    assert [list(r.cells) for r in table.rows] == rows
    assert "field VALUE is read as 6 bytes long, not 5" in table.notes


def test_an_unknown_field_type_is_read_as_characters_and_said(tmp_path: Path) -> None:
    table = opened(tmp_path, dbf(ROWS, kind=b"?"))
    assert "unknown type ?" in table.notes[0]
    assert [r.cells[0] for r in table.rows] == [b"one", b"two", b"three"]


def test_a_missing_memo_file_is_said_for_the_table_and_for_each_row(tmp_path: Path) -> None:
    table = opened(tmp_path, dbf([b"      1", b"       "], kind=b"M", version=0x83))
    assert "missing" in table.notes[0]
    assert [(r.cells, r.problem) for r in table.rows] == [(("[memo missing]",), ""), (("",), "")]
    assert "column NAME: the text of a memo is lost with its file in row 1" in table.notes


def test_a_memo_pointing_nowhere_is_reported(tmp_path: Path) -> None:
    (tmp_path / "t.dbt").write_bytes(b"\0" * 512 + b"first\x1a\x1a".ljust(512, b"\0"))
    table = opened(tmp_path, dbf([b"      1", b"      7"], kind=b"M", version=0x83))
    assert [(r.cells[0], r.problem) for r in table.rows] == [(b"first", ""), ("[memo missing]", "")]
    assert table.notes == ["column NAME: a memo points beyond the end of the memo file in row 2"]


def test_a_foxpro_memo_is_read_by_its_length(tmp_path: Path) -> None:
    head = struct.pack(">I2xH", 0, 64).ljust(512, b"\0")
    (tmp_path / "T.FPT").write_bytes(head + struct.pack(">II", 1, 5) + b"hello")
    table = opened(tmp_path, dbf([b"      8"], kind=b"M", version=0xF5))
    assert [r.cells[0] for r in table.rows] == [b"hello"]


def test_delimited_text_is_read_with_its_separator_and_its_ragged_rows(tmp_path: Path) -> None:
    table = opened(tmp_path, b"no;name;name\r\n007;NA;x\r\n8;y\r\n\r\n9;a;b;c\r\n", "t.csv")
    assert table.columns == ("no", "name", "name_2")
    assert "double" in table.notes[0]
    rows = [(named_cells(table.columns, r), r.problem) for r in table.rows]
    assert rows == [
        ({"no": "007", "name": "NA", "name_2": "x"}, ""),
        ({"no": "8", "name": "y", "name_2": ""}, "too-few-cells"),
        ({"no": "9", "name": "a", "name_2": "b", "+1": "c"}, "too-many-cells"),
    ]


def test_text_that_is_not_utf8_is_kept_byte_by_byte(tmp_path: Path) -> None:
    table = opened(tmp_path, b"a,b\nVk\xaa,2\n", "t.csv")
    assert "not UTF-8" in table.notes[0]
    assert next(table.rows).cells == (b"Vk\xaa", b"2")
    with_bom = opened(tmp_path, "\ufeffनाम,b\nक,2\n".encode(), "u.csv")
    assert with_bom.columns == ("नाम", "b")


def test_a_workbook_gives_a_table_a_sheet_with_its_header_found(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ["Crime list 2009"],
        [],
        ["No", "Name", "Date"],
        [7, "NA", "05/06/09"],
        [None, None, None],
        [8.5, "y", ""],
    ):
        sheet.append(row)
    second = book.create_sheet("Kalpanapur")
    second.append(["No", "Name"])
    second.append(["007", "x"])
    book.save(tmp_path / "t.xlsx")
    tables = [
        (t.name, t.columns, t.notes, [named_cells(t.columns, r) for r in t.rows])
        for t in open_tables(tmp_path / "t.xlsx")
    ]
    assert tables[0][1] == ("No", "Name", "Date")
    assert "row 3" in tables[0][2][0]
    assert tables[0][3] == [{"No": "7", "Name": "NA", "Date": "05/06/09"}, {"No": "8.5", "Name": "y", "Date": ""}]
    assert (tables[1][0], tables[1][3]) == ("Kalpanapur", [{"No": "007", "Name": "x"}])


def test_what_is_no_table_is_refused_with_its_kind(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "z.xlsx", "w") as z:
        z.writestr("hello.txt", "x")
    files = {
        "empty.dbf": (b"", "empty"),
        "zeros.dbf": (b"\0" * 900, "empty"),
        "noise.csv": (bytes(range(256)) * 8, "not-a-table"),
        "commas.csv": (b",,,\n,,,\n", "not-a-table"),
        "prose.txt": (b"one line\nanother line\n", "not-a-table"),
        "broken.xlsx": (b"PK\x03\x04broken", "unreadable"),
        "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "unreadable"),
        "locked.xlsx": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        "base.mdb": (jet_head() + b"\0" * 600, "unreadable" if shutil.which("mdb-tables") else "missing-program"),
        "locked.dbf": (dbf(ROWS)[:15] + b"\1" + dbf([b"\x91\xc3\x7f" * 2 + b"x"] * 3)[16:], "encrypted"),
        "z.xlsx": (None, "not-a-table"),
        "missing.dbf": (None, "unreadable"),
    }
    for name, (data, kind) in files.items():
        if data is not None:
            (tmp_path / name).write_bytes(data)
        with pytest.raises(TableError) as refused:
            list(open_tables(tmp_path / name))
        assert refused.value.kind == kind, name
        assert name in str(refused.value)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 90), st.binary(min_size=1, max_size=6), st.integers(20, 95))
def test_flipped_and_cut_bytes_are_refused_or_delivered_but_never_crash(
    tmp_path: Path, at: int, noise: bytes, size: int
) -> None:
    data = bytearray(dbf(ROWS))
    data[at : at + len(noise)] = noise
    (tmp_path / "f.dbf").write_bytes(bytes(data[:size]))
    try:
        for table in open_tables(tmp_path / "f.dbf"):
            assert all(len(r.cells) <= len(table.columns) + 9 for r in table.rows)
    except TableError as refused:
        assert refused.kind in {"empty", "not-a-table", "encrypted", "unreadable"}


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_at_all_crash_a_reader(tmp_path: Path, data: bytes) -> None:
    (tmp_path / "f").write_bytes(data)
    try:
        for table in open_tables(tmp_path / "f"):
            list(table.rows)
    except TableError as refused:
        assert refused.kind in {"empty", "not-a-table", "encrypted", "unreadable"}


def expected(name: str) -> dict[str, list[dict[str, str]]]:
    rows: dict[str, list[dict[str, str]]] = {}
    with (SAMPLES / name).open(encoding="utf-8", newline="") as f:
        for row in csv.DictReader(f):
            rows.setdefault(row.pop("row"), []).append({k: v for k, v in row.items() if v})
    return rows


def test_the_sample_table_becomes_its_expected_records() -> None:
    table = next(open_tables(SAMPLES / "FIRMAST.DBF"))
    mapping = find_mapping(load_mappings(), columns=table.columns, state="up")
    rows = [row_values(r, table, "FIRMAST.DBF") for r in table.rows if not r.deleted]
    context = MapContext("t", state=load_state("up"), lists=place_lists("up", SAMPLES / "stations.csv"))
    records = map_rows(mapping, rows, context)
    cases = expected("FIRMAST.expected.csv")
    children = {t: expected(f"FIRMAST.expected.{t}.csv") for t in ("acts", "persons")}
    assert (len(rows), len(records)) == (56, len(cases))
    for record in records:
        number = record.id.removeprefix("t-")
        (case,) = cases[number]
        got = {k: v.value for k, v in record.fields.items() if v.value and k != "state"}
        assert got == case, number
        for name, wanted in children.items():
            kept = [{k: v.value for k, v in row.items() if v.value} for row in record.children[name]]
            assert kept == wanted[number], number
        assert record.left_over == {}


def test_the_sample_table_is_made_anew_byte_by_byte(tmp_path: Path) -> None:
    sys.path.insert(0, str(SAMPLES.parent.parent))
    from sample_data import legacy

    legacy.build(tmp_path)
    for path in sorted(tmp_path.iterdir()):
        assert path.read_bytes() == (SAMPLES / path.name).read_bytes(), path.name
