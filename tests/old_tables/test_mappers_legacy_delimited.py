"""Delimited text and text of fixed width: dialects found, quotes mended, every line a row or said."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from table_laws import COLUMNS, check_cuts, quick, read, rows, texts

from mappers.errors import TableError
from mappers.legacy import FixedLayout, ReadAs, open_tables

Table = list[tuple[str, ...]]


def delimited(table: Table, separator: str = ",", end: str = "\r\n", *, quoted: bool = True) -> str:
    out = io.StringIO()
    writer = csv.writer(
        out, delimiter=separator, lineterminator=end, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    )
    writer.writerows([COLUMNS, *table])
    return out.getvalue()


@quick
@given(
    rows,
    st.sampled_from(",;\t|"),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_quoted_text_comes_back_whatever_its_separator_and_encoding(
    tmp_path: Path, table: Table, separator: str, end: str, encoding: str
) -> None:
    (found,) = read(tmp_path / "t.csv", delimited(table, separator, end).encode(encoding), "delimited")
    assert (found.name, found.columns) == ("t", COLUMNS)
    assert texts(found) == table


def one(folder: Path, data: bytes | str) -> tuple[list[tuple[tuple[bytes | str, ...], str]], list[str]]:
    (found,) = read(folder / "t.csv", data, "delimited")
    return [(r.cells, r.problem) for r in found.rows], found.notes


def test_a_quote_that_is_a_letter_of_a_font_stays_one(tmp_path: Path) -> None:
    data = 'no;name;age\n1;"kqDy;30\n2;jke;40\n3;\'kgj";50\n4;lh";20\n'
    found, notes = one(tmp_path, data)
    assert found[0] == (("1", '"kqDy', "30"), "")
    assert found[3] == (("4", 'lh"', "20"), "")
    assert len(found) == 4
    assert any("quote" in n for n in notes)


def test_a_quote_that_is_never_closed_ends_with_its_line(tmp_path: Path) -> None:
    sound = "".join(f'{i},"b, {i}",c\n' for i in range(5, 25))
    found, notes = one(tmp_path, 'a,b,c\n1,"x,y\n2,z,w\n3,"p, q",r\n4,"two\nlines",s\n' + sound)
    assert found[1:4] == [(("2", "z", "w"), ""), (("3", "p, q", "r"), ""), (("4", "two\nlines", "s"), "")]
    assert len(found) == 24
    assert "quote" in notes[0]


def test_a_separator_named_in_the_first_line_and_a_mark_at_the_end_are_no_rows(tmp_path: Path) -> None:
    found, _ = one(tmp_path, "sep=;\r\nno;name\r\n1;a\r\n2;b\r\n\x1a")
    assert found == [(("1", "a"), ""), (("2", "b"), "")]


def test_line_ends_may_be_mixed(tmp_path: Path) -> None:
    found, _ = one(tmp_path, "no,name,x\r\n1,a,p\n2,b,q\r3,c,r\r\r\n4,d,s")
    assert [c[0][0] for c in found] == ["1", "2", "3", "4"]


def test_zero_bytes_are_kept_out_of_text_and_counted(tmp_path: Path) -> None:
    found, notes = one(tmp_path, b"no,name,x\n1,a\0b,p\n2,c,q\n3,d,r\n")
    assert found[0] == (("1", "ab", "p"), "")
    assert notes == ["1 cells hold NUL bytes"]


def test_rows_of_other_lengths_are_told(tmp_path: Path) -> None:
    found, _ = one(tmp_path, "a,b,c\n1,2,3\n4,5\n6,7,8,9\n1,2,3,,\n" + "1,2,3\n" * 4)
    assert found[:4] == [
        (("1", "2", "3"), ""), (("4", "5", ""), "too-few-cells"), (("6", "7", "8", "9"), "too-many-cells"),
        (("1", "2", "3"), ""),
    ]  # fmt: skip


def test_utf16_that_is_cut_within_a_character_loses_only_that(tmp_path: Path) -> None:
    data = "no,name\n1,क\n2,ख\n3,ग".encode("utf-16")
    found, notes = one(tmp_path, data[:-1])
    assert [c for c, _ in found][:2] == [("1", "क"), ("2", "ख")]
    assert any("UTF-16" in n for n in notes)


def test_titles_above_and_columns_without_names_are_said(tmp_path: Path) -> None:
    found, notes = one(tmp_path, "List of cases\n\nno,name,\n1,a,x\n2,b,y\n")
    assert found == [(("1", "a", "x"), ""), (("2", "b", "y"), "")]
    assert any("titles" in n for n in notes)


def test_a_table_without_a_header_loses_no_row(tmp_path: Path) -> None:
    found, notes = one(tmp_path, "1,a,10\n2,b,20\n3,c,30\n")
    assert len(found) == 3
    assert any("no header" in n for n in notes)


def test_a_row_says_where_it_begins(tmp_path: Path) -> None:
    data = "no,name\r\n1,क\r\n2,ख\r\n".encode("utf-16")
    (found,) = read(tmp_path / "t.csv", data)
    assert [r.offset for r in found.rows] == [data.index(b"1\0,\0"), data.index(b"2\0,\0")]


@pytest.mark.parametrize("quoted", [True, False])
def test_cut_at_any_byte_it_is_read_or_refused(tmp_path: Path, quoted: bool) -> None:
    table = [("1", "कख", "x"), ("2", "", 'y "z", w'), ("3", "ग", "w")]
    data = delimited(table, quoted=quoted).encode()
    full = [*COLUMNS, *(c for row in table for c in row)]
    # The last cell of a cut line is a part of it, with or without its quote, and may be no UTF-8.
    parts = [
        p[i:n]
        for c in full
        for p in (c.encode(), f'"{c.replace(chr(34), chr(34) * 2)}"'.encode())
        for i in (0, 1)
        for n in range(len(p) + 1)
    ]
    whole = [*full, *parts, *(p.decode() for p in parts if _is_utf8(p)), "COLUMN_3"]
    check_cuts(tmp_path / "t.csv", data, "delimited", whole=whole)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


WIDTHS = (6, 12, 4)
ascii_cells = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=4)


@quick
@given(
    st.lists(st.tuples(ascii_cells, ascii_cells, ascii_cells).filter(any), min_size=1, max_size=9),
    st.sampled_from(["\n", "\r\n", ""]),
)
def test_text_of_fixed_width_comes_back_by_its_layout(tmp_path: Path, table: Table, end: str) -> None:
    lines = "".join("".join(c.ljust(w) for c, w in zip(row, WIDTHS, strict=True)) + end for row in table)
    (tmp_path / "t.txt").write_bytes(lines.encode())
    (found,) = open_tables(tmp_path / "t.txt", ReadAs(layout=FixedLayout(COLUMNS, WIDTHS)))
    assert texts(found) == table


def test_fixed_width_is_cut_by_bytes_before_anything_is_decoded(tmp_path: Path) -> None:
    data = b"".join(b"%-6d" % i + b"\xaa\x93".ljust(12) + b"%4d\r\n" % (i * 7) for i in range(1, 30)) + b"\x1a"
    (found,) = read(tmp_path / "t.txt", data, "fixed")
    delivered = texts(found)
    assert len(delivered) == 29
    assert {cells[1] for cells in delivered} == {b"\xaa\x93"}
    assert "borders" in " ".join(found.notes)


def test_rows_of_another_length_are_told(tmp_path: Path) -> None:
    lines = [f"{i:<6}{'name':<12}{i * 7:>4}" for i in range(20)]
    lines[5], lines[9] = lines[5][:10], lines[9] + "more"
    (found,) = read(tmp_path / "t.txt", "\n".join(lines), "fixed")
    problems = {r.number: r.problem for r in found.rows if r.problem}
    assert problems == {6: "too-short", 10: "too-long"}


def test_a_cut_row_without_line_breaks_is_told(tmp_path: Path) -> None:
    data = "".join(f"{i:<6}{'name':<12}{i * 7:>4}" for i in range(20))
    (tmp_path / "t.txt").write_text(data[:-5])
    (found,) = open_tables(tmp_path / "t.txt", ReadAs(layout=FixedLayout(COLUMNS, WIDTHS)))
    assert [r.problem for r in found.rows] == [""] * 19 + ["cut"]


def test_prose_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(TableError):
        read(tmp_path / "t.txt", "This is a letter.\nIt has lines, some long,\nand no columns.\n")


DOUBT = "the first row was read as the header, though"


@pytest.mark.parametrize(
    "lines",
    [
        ["jke dqekj,eksgu,iq.ks"] * 4,
        ["jke dqekj,eksgu,iq.ks", "lhrk nsoh,gjh,iq.ks", "xhrk nsoh,lksgu,ukx"],
        ["नमूना कुमार,मोहन,पुणे", "सीता देवी,हरी,पुणे", "गीता,सोहन,नागपूर"],
        ["Trial Testerman,Bela Nomen,Navag", "Sample Exampleson,Abel Able,Kalpa", "Model Dummy,Dara Dummyman,Kolam", "Speci Mensample,Cyra Nemo,Kotga"],
    ],
)  # fmt: skip
def test_a_first_record_of_words_alone_is_a_record(tmp_path: Path, lines: list[str]) -> None:
    (found,) = read(tmp_path / "t.csv", "\n".join(lines) + "\n")
    assert found.columns == ("COLUMN_1", "COLUMN_2", "COLUMN_3")
    assert len(texts(found)) == len(lines)
    assert any("no header" in n for n in found.notes)


@pytest.mark.parametrize(
    "head",
    [
        "Naam,Pita ka naam,Gaon",
        "uke,firk dk uke,Fkkuk",
        "नाम,पिता का नाम,थाना",
        "FIRNO,ACCNM,PSCD",
        "Name,Father,Station",
    ],
)
def test_a_header_of_words_alone_stays_one(tmp_path: Path, head: str) -> None:
    below = ["jke dqekj,eksgu,iq.ks", "lhrk nsoh,gjh,iq.ks", "xhrk nsoh,lksgu,ukx"]
    (found,) = read(tmp_path / "t.csv", "\n".join([head, *below]) + "\n")
    assert (found.columns, len(texts(found))) == (tuple(head.split(",")), 3)
    assert not any(DOUBT in n for n in found.notes)


def test_a_first_row_that_may_be_a_record_is_told(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "t.csv", "Exampleson,Kalpanapur\nAbel Dummy,Navagaon West\nBela Nemo,Kotgaon North\n")
    assert found.columns == ("Exampleson", "Kalpanapur")
    assert any(DOUBT in n for n in found.notes)


def test_labels_with_values_above_a_header_are_titles(tmp_path: Path) -> None:
    data = "Date: 12/03/1998,,Page 1\nNo,Name,Age\n1,Abel,30\n2,Bela,31\n"
    (found,) = read(tmp_path / "t.csv", data)
    assert (found.columns, texts(found)) == (("No", "Name", "Age"), [("1", "Abel", "30"), ("2", "Bela", "31")])


def test_quoted_text_with_nulls_of_mysql_is_no_copy_block(tmp_path: Path) -> None:
    path = tmp_path / "FIR.txt"
    rows = [*(f"{i}\tRam {i}\tIPC 379\n" for i in range(1, 40)), '40\t"first line\nsecond"\t\\N\n']
    path.write_text("FIRNO\tNAME\tSECTION\n" + "".join(rows), "utf-8")
    (table,) = open_tables(path)
    last = list(table.rows)[-1]
    assert (last.number, last.cells) == (40, ("40", "first line\nsecond", "\\N"))


@pytest.mark.parametrize("separator", [",", ";", "|"])
@pytest.mark.parametrize("gap", ["", " "])
def test_quotes_at_the_borders_of_cells_win_where_each_row_has_as_many_separators_inside(
    tmp_path: Path, separator: str, gap: str
) -> None:
    """Cut at every separator the table is as even, and wider."""
    place, people = f'"Kalpanapur{separator} Howrah"', f'"called ""A{separator} B"" and C"'
    lines = [f"{separator}{gap}".join(("no", "place", "people"))]
    lines += [f"{separator}{gap}".join((str(i), place, people)) for i in range(70)]
    (found,) = read(tmp_path / "t.csv", "\n".join(lines), "delimited")
    assert found.columns == ("no", "place", "people")
    assert set(texts(found)) == {
        (str(i), f"Kalpanapur{separator} Howrah", f'called "A{separator} B" and C') for i in range(70)
    }


def test_a_quoted_cell_with_a_blank_before_it_may_go_over_two_lines_and_have_one_behind(tmp_path: Path) -> None:
    rows_ = "".join(f'{i}, "a, b" , "c\nd, e"\n' for i in range(9))
    found, notes = one(tmp_path, "no, x, y\n" + rows_)
    assert [cells for cells, _ in found] == [(str(i), "a, b", "c\nd, e") for i in range(9)]
    assert not notes


def test_inches_are_no_quotes(tmp_path: Path) -> None:
    found, _ = one(tmp_path, "no,a,b,c\n" + "".join(f'{i},5" knife,red, 2" wide\n' for i in range(9)))
    assert found[0] == (("0", '5" knife', "red", ' 2" wide'), "")
