"""Tables of web pages, however badly they are written: every row, its fonts, its bytes."""

from __future__ import annotations

from html import escape
from pathlib import Path

import pytest
from hypothesis import given
from table_laws import COLUMNS, check_cuts, quick, read, rows, texts

from mappers.errors import TableError


def page(table: list[tuple[str, ...]], head: str = "", close: str = "</td>") -> str:
    body = "".join("<tr>" + "".join(f"<td>{escape(c)}{close}" for c in row) for row in (COLUMNS, *table))
    return f"<html><head>{head}</head><body><table border=1>\n{body}</table></body></html>"


@quick
@given(rows)
def test_what_is_written_as_a_page_comes_back(tmp_path: Path, table: list[tuple[str, ...]]) -> None:
    (found,) = read(tmp_path / "t.html", page(table))
    assert (found.name, found.columns, texts(found)) == ("t", COLUMNS, table)
    (found,) = read(tmp_path / "t.xls", page(table, close="").encode("utf-16"))
    assert texts(found) == table


def test_cells_over_several_rows_come_with_each_and_over_columns_with_the_first(tmp_path: Path) -> None:
    data = """<TABLE><TR><TH>PS<TH>No<TH>Act<TR><TD rowspan=2>K01<TD>1<TD>a<br>b &amp; c<TR><TD>2<TD>&nbsp;
    <TR><TD colspan=2>all<TD>d</TABLE>"""
    (found,) = read(tmp_path / "t.html", data)
    assert texts(found) == [("K01", "1", "a\nb & c"), ("K01", "2", ""), ("all", "", "d")]
    assert found.notes == ["1 cells span several rows; their text comes with each of them"]


def test_fonts_are_those_of_tags_and_styles(tmp_path: Path) -> None:
    style = "<style>.xl24 {mso-a:b; font-family:'Kruti Dev 010', serif;} td {font-family:Arial}</style>"
    data = f"""<html><head>{style}</head><table><tr><td>No</td><td>Name</td><td>Father</td><td>Place</td></tr>
    <tr><td>1</td><td class=xl24>jke</td><td><font face="DevLys 010">;e</font></td>
    <td style="font-family:'Shusha'">x</td></tr></table>"""
    (found,) = read(tmp_path / "t.html", data)
    assert dict(found.fonts) == {"No": "Arial", "Name": "Kruti Dev 010", "Father": "DevLys 010", "Place": "Shusha"}


def test_several_tables_and_those_within_cells_are_told_apart(tmp_path: Path) -> None:
    inner = "<table><tr><td>in</td><td>side</td></tr><tr><td>5</td><td>6</td></tr></table>"
    data = f"<table><tr><td>a<td>b<tr><td>1<td>{inner}out</table><table><tr><td></table><table><tr><td>c<td>d<tr><td>3<td>4"
    found = read(tmp_path / "t.html", data)
    assert [(t.name, t.columns, [r.cells for r in t.rows]) for t in found] == [
        ("t", ("a", "b"), [("1", "out")]),
        ("t_2", ("in", "side"), [("5", "6")]),
        ("t_3", ("c", "d"), [("3", "4")]),
    ]


def test_bytes_stay_bytes_unless_the_page_says_how_they_are_written(tmp_path: Path) -> None:
    data = b"<table><tr><td>a</td><td>b</td></tr><tr><td>\xaa\x93</td><td>&#2325;&#147;</td></tr></table>"
    (found,) = read(tmp_path / "t.html", data)
    assert texts(found) == [(b"\xaa\x93", "क“")]
    (found,) = read(tmp_path / "t.html", b'<html><meta charset="windows-1252">' + data)
    assert texts(found) == [("ª“", "क“")]


def test_rows_carry_their_place_and_the_last_of_a_cut_page_says_so(tmp_path: Path) -> None:
    data = "<table><tr><td>a</td><td>b</td></tr><tr><td>क</td><td>1</td></tr><tr><td>2".encode()
    (found,) = read(tmp_path / "t.html", data)
    assert [(r.offset, r.problem) for r in found.rows] == [
        (data.index("<tr><td>क".encode()), ""),
        (data.rindex(b"<tr>"), "cut"),
    ]
    assert found.notes == ["the file is truncated: the table does not end"]


@pytest.mark.parametrize("data", ["<html><body>no table</body></html>", "<html><frameset><frame src=a></frameset></html>",
                                  "<table><tr><td></td></tr></table>"])  # fmt: skip
def test_pages_without_tables_are_refused(tmp_path: Path, data: str) -> None:
    with pytest.raises(TableError) as refused:
        read(tmp_path / "t.html", data)
    assert refused.value.kind == "not-a-table"


def test_cut_at_any_byte_it_is_read_or_refused(tmp_path: Path) -> None:
    table = [("1", "कख", "x"), ("2", "", "y & z"), ("3", "ग", "w")]
    whole = [*COLUMNS, *(c for row in table for c in row)]
    check_cuts(tmp_path / "t.html", page(table).encode(), "html_table", whole=whole)
