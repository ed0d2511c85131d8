"""DBF tables with bytes lost or added, odd cells, bytes behind their fields, and memo files that are not the right ones."""

from __future__ import annotations

import io
import shutil
import struct
from collections.abc import Sequence
from pathlib import Path

import pytest

from digitize.files.convert import convert_table, make_wanted
from digitize.workspace.intake.store import companions
from mappers.legacy import LegacyRow, LegacyTable, open_tables, row_values
from mappers.mapping.load import find_mapping, load_mappings, map_rows
from mappers.sources.values import MapContext
from mappers.states import load_state

SAMPLES = Path(__file__).parents[2] / "sample_data" / "legacy"

Fields = Sequence[tuple[str, str, int]]
FIR = (("FIRNO", "N", 5), ("NAME", "C", 20), ("DT", "D", 8))
HEAD = 33 + 32 * len(FIR)
WORDS = (b"jke dqekj", b"uewuk", b"Sample ekyk", b"dYiuk jke")


def table(fields: Fields, rows: Sequence[bytes], *, version: int = 3, length: int = 0) -> bytes:
    width = 1 + sum(w for _, _, w in fields)
    head = struct.pack("<4BIHH20x", version, 99, 1, 1, len(rows), 33 + 32 * len(fields), length or width)
    described = b"".join(struct.pack("<11sc4xBB14x", n.encode(), k.encode(), w, 0) for n, k, w in fields)
    return head + described + b"\r" + b"".join(rows) + b"\x1a"


def fir_rows(count: int) -> list[bytes]:
    return [b" %5d%-20s1998%02d%02d" % (i, WORDS[i % 4], i % 12 + 1, i % 28 + 1) for i in range(1, count + 1)]


def fir_cells(row: bytes) -> tuple[str, bytes, str]:
    return row[1:6].strip().decode(), row[6:26].rstrip(), row[26:].decode()


def read(folder: Path, data: bytes, name: str = "T.DBF") -> tuple[LegacyTable, list[LegacyRow]]:
    (folder / name).write_bytes(data)
    found = next(open_tables(folder / name))
    return found, list(found.rows)


def test_a_byte_too_many_costs_its_own_row_only(tmp_path: Path) -> None:
    rows = fir_rows(30)
    data = bytearray(table(FIR, rows))
    data[HEAD + 34 * 10 + 7 : HEAD + 34 * 10 + 7] = b"x"
    found, got = read(tmp_path, bytes(data))
    assert [(r.number, r.problem) for r in got if r.problem] == [(11, "too-long")]
    assert [r.cells for r in got if not r.problem] == [fir_cells(r) for i, r in enumerate(rows) if i != 10]
    assert b"x" in got[10].cells[1] and len(got[10].cells) == 4
    assert [r.offset for r in got[9:13]] == [HEAD + 306, HEAD + 340, HEAD + 375, HEAD + 409]
    assert "bytes are missing or too many; the rows after it are intact again in row 11" in found.notes


def test_a_byte_too_few_costs_its_own_row_only(tmp_path: Path) -> None:
    rows = fir_rows(30)
    data = bytearray(table(FIR, rows))
    del data[HEAD + 34 * 10 + 7]
    _, got = read(tmp_path, bytes(data))
    assert [(r.number, r.problem) for r in got if r.problem] == [(11, "too-short")]
    assert [r.cells for r in got if not r.problem] == [fir_cells(r) for i, r in enumerate(rows) if i != 10]


@pytest.mark.parametrize("change", [1, -1, 2, -2, 13, -13])
@pytest.mark.parametrize("count", [30, 2500])
def test_bytes_too_many_or_too_few_anywhere_leave_no_wrong_row_unsaid(tmp_path: Path, change: int, count: int) -> None:
    rows = fir_rows(count)
    sound = table(FIR, rows)
    right = {fir_cells(r) for r in rows}
    for at in range(0, 34 * count - 34, 34 * count // 20 + 3):
        data = bytearray(sound)
        if change > 0:
            data[HEAD + at : HEAD + at] = b"x" * change
        else:
            del data[HEAD + at : HEAD + at - change]
        _, got = read(tmp_path, bytes(data))
        good = [r.cells for r in got if not r.problem]
        assert right.issuperset(good), at
        assert count - len(good) <= 3, at


def test_a_text_shifted_by_a_byte_is_seen_where_no_mark_number_or_date_tells_it(tmp_path: Path) -> None:
    fields = (("NAME", "C", 20), ("PLACE", "C", 20))
    rows = [b" %-20s%-20s" % (WORDS[i % 4] + b" %d" % i, WORDS[i % 3] + b" %d" % (i * 7)) for i in range(60)]
    data = bytearray(table(fields, rows))
    data[97 + 41 * 25 + 3 : 97 + 41 * 25 + 3] = b"y"
    _, got = read(tmp_path, bytes(data))
    good = [r.cells for r in got if not r.problem]
    assert {(r[1:21].rstrip(), r[21:].rstrip()) for r in rows}.issuperset(good)
    assert len(good) >= 58


def test_a_lost_part_of_the_file_is_left_behind_at_the_next_sound_row(tmp_path: Path) -> None:
    rows = fir_rows(200)
    data = bytearray(table(FIR, rows))
    del data[HEAD + 3000 : HEAD + 3512]
    _, got = read(tmp_path, bytes(data))
    good = [r.cells for r in got if not r.problem]
    assert {fir_cells(r) for r in rows}.issuperset(good)
    assert len(good) >= 200 - 512 // 34 - 4
    assert fir_cells(rows[-1]) == good[-1]


def test_odd_dates_do_not_condemn_rows_that_fit_in_every_other_way(tmp_path: Path) -> None:
    rows = [b" %-20s12/03/98" % WORDS[i % 4] for i in range(30)]
    found, got = read(tmp_path, table((("NAME", "C", 20), ("DT", "D", 8)), rows))
    assert [(r.cells, r.problem) for r in got] == [((WORDS[i % 4], "12/03/98"), "") for i in range(30)]
    assert found.notes == ["column DT: an impossible date, left as it is stored in 30 rows (row 1, 2, 3, 4, 5, ...)"]


@pytest.mark.parametrize("text", [b"Sample text %d", b"jke " * 60 + b"%d"])
def test_bytes_behind_the_last_field_are_delivered_and_said(tmp_path: Path, text: bytes) -> None:
    rows = [b" %04d%-250s%-20s" % (i, text % i, b"EXTRA %d" % i) for i in range(30)]
    found, got = read(tmp_path, table((("ID", "C", 4), ("TXT", "C", 250)), rows, length=275))
    assert [r.cells for r in got] == [(b"%04d" % i, text % i, (b"EXTRA %d" % i).ljust(20)) for i in range(30)]
    assert any("20 bytes after the last field" in n and "in 30 rows" in n for n in found.notes)


MEMO = (("NARR", "M", 10),)


def dbt3(text: bytes) -> bytes:
    """A memo file of dBase III with one text in block 1."""
    return struct.pack("<I", 2).ljust(512, b"\0") + (text + b"\x1a\x1a").ljust(512, b"\0")


def dbt4(text: bytes, block: int) -> bytes:
    """A memo file of dBase IV with one text in block 1."""
    head = struct.pack("<I16xH", 2, block).ljust(block, b"\0")
    return head + (struct.pack("<4sI", b"\xff\xff\x08\0", len(text) + 8) + text).ljust(block, b"\0")


def fpt(text: bytes) -> bytes:
    """A memo file of FoxPro with one text in block 1 (and a head as long as a block)."""
    head = struct.pack(">I2xH", 2, 512).ljust(512, b"\0")
    return head + (struct.pack(">II", 1, len(text)) + text).ljust(512, b"\0")


@pytest.mark.parametrize(("version", "right"), [(0x83, "X.DBT"), (0x8B, "X.DBT"), (0xF5, "X.fpt")])
def test_of_two_memo_files_the_one_of_the_tables_kind_is_read_and_taken_in(
    tmp_path: Path, version: int, right: str
) -> None:
    (tmp_path / "X.DBT").write_bytes(dbt3(b"Sample of the dbt"))
    (tmp_path / "X.fpt").write_bytes(fpt(b"Sample of the fpt"))
    found, got = read(tmp_path, table(MEMO, [b" %10d" % 1], version=version), "X.DBF")
    assert [r.cells for r in got] == [(b"Sample of the " + right[2:].lower().encode(),)]
    assert [n for n in found.notes if f"the texts are those of {right}" in n]
    assert companions(tmp_path / "X.DBF") == [(tmp_path / right, right[1:].lower())]


@pytest.mark.parametrize("version", [0x83, 0x8B])
@pytest.mark.parametrize(
    "memos", [dbt3(b"Sample text"), dbt4(b"Sample text", 1024), dbt4(b"Sample text", 512), fpt(b"Sample text")]
)
def test_memos_are_framed_as_their_file_shows(tmp_path: Path, version: int, memos: bytes) -> None:
    (tmp_path / "T.DBT").write_bytes(memos)
    found, got = read(tmp_path, table(MEMO, [b" %10d" % 1], version=version))
    assert [r.cells for r in got] == [(b"Sample text",)]
    assert found.notes == []


def test_a_row_whose_memo_is_missing_is_mapped_and_its_field_doubted(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "FIRMAST.DBF", tmp_path / "FIRMAST.DBF")
    found = next(open_tables(tmp_path / "FIRMAST.DBF"))
    rows = list(found.rows)
    assert not [r for r in rows if r.problem]
    mapping = find_mapping(load_mappings(), columns=found.columns, state="up")
    values = [row_values(r, found, "FIRMAST.DBF") for r in rows if not r.deleted]
    records = map_rows(mapping, values, MapContext("t", state=load_state("up")))
    assert len(records) == len(values)
    lost = [f for r in records for f in r.fields.values() if f.raw == "[memo missing]"]
    assert lost
    assert {(f.value, f.is_sure(), f.blank, f.notes) for f in lost} == {
        (None, False, False, ("unread", "memo-missing"))
    }


def test_converting_says_how_many_memos_are_missing_and_marks_each(tmp_path: Path) -> None:
    shutil.copy(SAMPLES / "FIRMAST.DBF", tmp_path / "FIRMAST.DBF")
    found = next(open_tables(tmp_path / "FIRMAST.DBF"))
    out = io.StringIO()
    done = convert_table(found, out, make_wanted("krutidev-010", "", None), all_rows=False)
    lost = out.getvalue().count("[memo missing]")
    assert lost > 0
    assert done.left_out == {}
    assert any("column NARR: the text of a memo is lost with its file in " in n for n in done.notes)
