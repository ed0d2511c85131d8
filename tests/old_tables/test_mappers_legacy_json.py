"""Tables in JSON of any shape: numbers as written, nothing lost between brackets, damage said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from table_laws import COLUMNS, check_cuts, quick, read, rows, texts

from mappers.errors import TableError


def objects(table: list[tuple[str, ...]]) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in table]


@quick
@given(rows)
def test_a_list_of_objects_comes_back(tmp_path: Path, table: list[tuple[str, ...]]) -> None:
    (found,) = read(tmp_path / "t.json", json.dumps(objects(table), ensure_ascii=False, indent=1))
    assert (found.name, found.columns, found.notes) == ("t", COLUMNS, [])
    assert texts(found) == table


@quick
@given(rows)
def test_lines_of_json_come_back_escaped_or_in_utf16(tmp_path: Path, table: list[tuple[str, ...]]) -> None:
    lines = "".join(json.dumps(x) + "\n" for x in objects(table))
    (found,) = read(tmp_path / "t.jsonl", lines)
    assert texts(found) == table
    wide = "".join(json.dumps(x, ensure_ascii=False) + "\r\n" for x in objects(table)).encode("utf-16")
    (found,) = read(tmp_path / "t.jsonl", wide)
    assert texts(found) == table


@quick
@given(rows)
def test_arrays_with_a_header_and_objects_of_columns_come_back(tmp_path: Path, table: list[tuple[str, ...]]) -> None:
    (found,) = read(tmp_path / "t.json", json.dumps({"columns": COLUMNS, "data": table}))
    assert (found.name, found.columns, texts(found)) == ("data", COLUMNS, table)
    columns = dict(zip(COLUMNS, zip(*table, strict=True), strict=True))
    (found,) = read(tmp_path / "t.json", json.dumps(columns))
    assert (found.columns, texts(found)) == (COLUMNS, table)


def test_each_row_says_where_it_begins(tmp_path: Path) -> None:
    data = '[{"no":"क"},\n {"no":2}]'.encode("utf-16")
    (found,) = read(tmp_path / "t.json", data)
    starts = [data.index("{".encode("utf-16-le")), data.rindex("{".encode("utf-16-le"))]
    assert [r.offset for r in found.rows] == starts


def test_values_stay_as_they_are_written(tmp_path: Path) -> None:
    data = '[{"a":1.0,"b":12345678901234567890,"c":-1e5,"d":true},{"a":null,"b":NaN,"c":"007","d":""}]'
    (found,) = read(tmp_path / "t.json", data)
    assert texts(found) == [("1.0", "12345678901234567890", "-1e5", "true"), ("", "NaN", "007", "")]
    assert found.notes == ["1 cells are null and are delivered as empty"]


def test_objects_within_a_row_are_columns_and_double_keys_are_told(tmp_path: Path) -> None:
    data = """[{"no":7,"at":{"ps":{"code":"K"}},"accused":[{"name":"a"},{"name":"b"}],"acts":["IPC","Arms"],"no":8},
    {"no":9,"empty":[],"more":{}}]"""
    (found,) = read(tmp_path / "t.json", data)
    assert found.columns == (
        "no", "at/ps/code", "accused/name", "accused_2/name", "acts", "acts_2", "no_2", "empty", "more",
    )  # fmt: skip
    assert texts(found) == [("7", "K", "a", "b", "IPC", "Arms", "8", "", ""), ("9", *[""] * 8)]
    assert "names a key twice" in found.notes[0]


def test_lists_under_keys_are_tables_and_what_is_beside_comes_along(tmp_path: Path) -> None:
    data = '{"ps":"K01","data":{"firs":[{"no":1},{"no":2}],"persons":[["no","name"],["1","x"]]},"n":2}'
    firs, persons = read(tmp_path / "t.json", data)
    assert (firs.name, firs.columns, texts(firs)) == ("firs", ("ps", "n", "no"), [("K01", "2", "1"), ("K01", "2", "2")])
    assert (persons.name, persons.columns, texts(persons)) == ("persons", ("no", "name"), [("1", "x")])


def test_objects_by_their_keys_are_rows(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "t.json", '{"firs":{"-k1":{"no":1},"-k2":{"no":2,"n":"x"}}}')
    assert (found.columns, texts(found)) == (("key", "no", "n"), [("-k1", "1", ""), ("-k2", "2", "x")])


def test_a_row_that_is_no_json_is_delivered_as_its_text_and_the_next_ones_are_read(tmp_path: Path) -> None:
    data = '[{"no":1,"n":"a",},\n{"no":2,"n":"open},\n{"no":3,"n":"c"},\n{"no":4,"n":}]'
    (found,) = read(tmp_path / "t.json", data)
    assert [(r.number, r.cells, r.problem) for r in found.rows] == [
        (1, ("1", "a"), ""),
        (2, ("2", "", '"n":"open},\n'), "broken"),
        (3, ("3", "c"), ""),
        (4, ("4", "", '"n":}'), "broken"),
    ]
    assert any("comma too many" in n for n in found.notes)


def test_the_last_row_of_a_cut_file_has_what_is_left_of_it(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "t.json", '{"no":1,"n":"a"}\n{"no":2,"n":"b"}\n{"no":3,"n":"c')
    assert [(r.cells, r.problem) for r in found.rows][2] == (("3", "", '"n":"c'), "cut")
    assert "truncated" in found.notes[0]


def test_bytes_of_no_known_encoding_stay_bytes(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "t.json", b'[{"a":"\xaa\x93"},{"a":"\\u0915"},{"a":"\\ud800"}]')
    assert texts(found) == [(b"\xaa\x93",), ("क",), ("\ufffd",)]
    assert "not UTF-8" in found.notes[0]


@pytest.mark.parametrize("data", ["[]", '{"a":[]}', "[" * 5000, '{"a":' * 3000])
def test_what_holds_no_row_is_refused(tmp_path: Path, data: str) -> None:
    try:
        tables = read(tmp_path / "t.json", data, "json")
    except TableError as refused:
        assert refused.kind == "not-a-table"
    else:
        assert all(r.problem for t in tables for r in t.rows) or data == '{"a":[]}'


def test_cut_at_any_byte_it_is_read_or_refused(tmp_path: Path) -> None:
    table = objects([("1", "कख", "x"), ("2", "", 'y "z"'), ("3", "ग", "w")])
    whole = [*COLUMNS, *(v for row in table for v in row.values()), "3\n"]
    check_cuts(tmp_path / "t.json", json.dumps(table, ensure_ascii=False).encode(), "json", whole=whole)
    lines = "".join(json.dumps(x) + "\n" for x in table).encode()
    check_cuts(tmp_path / "t.jsonl", lines, "json", whole=whole)


def test_columns_that_are_broken_give_what_can_be_read_of_them(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "t.json", '{"a":[1,2],"b":[3,4],"c":[5,6]x}')
    assert found.columns == ("a", "a_2", "b", "b_2")
    assert [(r.cells, r.problem) for r in found.rows] == [(("1", "2", "3", "4", '"c":[5,6]x}'), "broken")]


def test_what_is_no_json_at_all_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="valid JSON"):
        read(tmp_path / "t.json", '{"a" "b" "c"}')
