"""Tables in SQL dumps of every maker: escapes, blocks, broken statements, cut files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from table_laws import COLUMNS, check_cuts, quick, read, rows, texts

from mappers.errors import TableError

Table = list[tuple[str, ...]]


def mysql(table: Table) -> str:
    def quoted(text: str) -> str:
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n") + "'"

    values = ",".join("(" + ",".join(map(quoted, row)) + ")" for row in table)
    return f"-- MySQL dump 10\nCREATE TABLE `fir` (`no` int, `name` text, `remark` text) ENGINE=MyISAM;\nINSERT INTO `fir` VALUES {values};\n"


def postgres(table: Table) -> str:
    def copied(text: str) -> str:
        return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")

    lines = "".join("\t".join(map(copied, row)) + "\n" for row in table)
    return f"SET standard_conforming_strings = on;\nCOPY public.fir (no, name, remark) FROM stdin;\n{lines}\\.\n"


def server(table: Table) -> bytes:
    def quoted(text: str) -> str:
        return "N'" + text.replace("'", "''") + "'"

    lines = "".join(
        f"INSERT [dbo].[fir] ([no], [name], [remark]) VALUES ({', '.join(map(quoted, row))})\r\nGO\r\n" for row in table
    )
    return b"\xff\xfe" + f"USE [x]\r\nGO\r\n{lines}".encode("utf-16-le")


@quick
@given(rows)
def test_dumps_of_three_makers_come_back(tmp_path: Path, table: Table) -> None:
    for data in (mysql(table), postgres(table), server(table)):
        (found,) = read(tmp_path / "t.sql", data, "sql")
        assert (found.name, found.columns) == ("fir", COLUMNS)
        assert texts(found) == table


def one(folder: Path, data: str | bytes) -> list[tuple[bytes | str, ...]]:
    (found,) = read(folder / "t.sql", data)
    return texts(found)


@pytest.mark.parametrize(
    ("written", "means"),
    [
        (r"'a\'b\\c\nd\0'", "a'b\\c\nd"),
        ("'it''s'", "it's"),
        ("_utf8'x'", "x"),
        ("0x414243", b"ABC"),
        ("X'4142'", b"AB"),
        ("_binary 'ab'", b"ab"),
        ('"double ""q"""', 'double "q"'),
        ("-12.50", "-12.50"),
        ("NULL", ""),
        ("CONCAT('a','b')", "ab"),
        ("/* one */ 'x' -- two\n", "x"),
    ],
)
def test_values_of_mysql_mean_what_mysql_says(tmp_path: Path, written: str, means: bytes | str) -> None:
    data = f"-- MySQL dump 10\nINSERT INTO `t` (`a`, `b`) VALUES (1, {written}), (2, 'z');\n"
    assert one(tmp_path, data) == [("1", means), ("2", "z")]


@pytest.mark.parametrize(
    ("written", "means"),
    [
        (r"E'a\tb\x41'", "a\tbA"),
        (r"'a\b'", r"a\b"),
        ("$q$it's$q$", "it's"),
        ("'1999-01-02'::date", "1999-01-02"),
        ("N'x'", "x"),
        ("CAST(N'2001-02-03' AS Date)", "2001-02-03"),
        ("CAST(0x0000901A00000000 AS DateTime)", "2001-01-01"),
        ("'a'||chr(10)||'b'", "a\nb"),
        ("to_date('01-02-99','DD-MM-RR')", "01-02-99"),
        ("now()", "now()"),
    ],
)
def test_values_of_the_others_mean_what_they_say(tmp_path: Path, written: str, means: str) -> None:
    data = f"SET x = 1;\nINSERT INTO t (a, b) VALUES (1, {written});\nINSERT INTO t (a, b) VALUES (2, 'z');\n"
    assert one(tmp_path, data) == [("1", means), ("2", "z")]


def test_a_block_of_copy_has_its_nulls_and_its_escapes(tmp_path: Path) -> None:
    data = "SET x = 1;\nCOPY t (a, b) FROM stdin;\n1\tx\\ty\\\\z\n2\t\\N\n\\.\n\nCOPY u (c) FROM stdin;\n\\.\n"
    first, second = read(tmp_path / "t.sql", data)
    assert texts(first) == [("1", "x\ty\\z"), ("2", "")]
    assert first.notes == ["1 cells are NULL and are delivered as empty"]
    assert (second.columns, texts(second)) == (("c",), [])


def test_statements_in_routines_are_no_rows(tmp_path: Path) -> None:
    data = """-- MySQL dump 10
INSERT INTO t VALUES (1,'a');
DELIMITER ;;
CREATE PROCEDURE p() BEGIN INSERT INTO t VALUES (9,'no'); END ;;
DELIMITER ;
REPLACE INTO t VALUES (2,'b') ON DUPLICATE KEY UPDATE x=1;
"""
    assert one(tmp_path, data) == [("1", "a"), ("2", "b")]
    data = """SET x = on;
CREATE FUNCTION f() RETURNS void AS $b$ BEGIN INSERT INTO t VALUES (9,'no'); END $b$ LANGUAGE plpgsql;
INSERT INTO t VALUES (1,'a');
"""
    assert one(tmp_path, data) == [("1", "a")]


def test_statements_without_values_are_reported_row_by_row(tmp_path: Path) -> None:
    data = """SET x = 1;
INSERT INTO t (a, b) VALUES (1, 'x');
INSERT INTO t (a, b) SELECT 2, 'y' UNION ALL SELECT 3, 'z';
INSERT INTO t SET a = 4;
"""
    (found,) = read(tmp_path / "t.sql", data)
    assert [(r.number, r.problem) for r in found.rows] == [
        (1, ""), (2, "insert-select"), (3, "insert-select"), (4, "insert-set"),
    ]  # fmt: skip


def test_an_insert_of_oracle_into_all_gives_each_row_to_its_table(tmp_path: Path) -> None:
    data = """INSERT ALL
  INTO fir (no, name) VALUES (1, 'Abel')
  INTO fir (no, name) VALUES (2, 'into "x" values (3')
  INTO ps (code) VALUES ('K01')
SELECT * FROM dual;
insert all into fir (no, name) values (3, 'b' c) into ps (code) values ('K02') select 1 from dual;
INSERT ALL INTO fir (no, name) VALUES (4, 'Cyra') INTO fir VALUES (5, 'Dara') SELECT * FROM dual;
"""
    fir, ps = read(tmp_path / "t.sql", data)
    assert (fir.name, fir.columns, ps.name) == ("fir", ("no", "name"), "ps")
    found = [(*r.cells, r.problem) for r in fir.rows]
    assert found[:2] == [("1", "Abel", ""), ("2", 'into "x" values (3', "")]
    assert found[2:] == [("", "", "broken"), ("4", "Cyra", ""), ("5", "Dara", "")]
    assert next(ps.rows).cells == ("K01",)


@pytest.mark.parametrize(
    "rows_",
    [
        r"(1,'x'),(2,'jke \'dqekj'),(3,'y')",
        r"(1,'x'),(2,'jke\''),(3,'y')",
        r"(1,'x\\'),(2,'\'jke\', dqekj'),(3,'y')",
    ],
)
@pytest.mark.parametrize("before", ["", "INSERT INTO s VALUES ('z');\n" * 20_000])
def test_a_quote_behind_a_backslash_is_taken_as_what_makes_rows_of_it(tmp_path: Path, rows_: str, before: str) -> None:
    for text in (rows_, rows_.replace(",(", "; INSERT INTO t VALUES (")):
        data = f"{before}INSERT INTO t VALUES {text};\n"
        for stored in (data.encode(), data.encode("utf-16")):
            found = [r for t in read(tmp_path / "t.sql", stored) if t.name == "t" for r in t.rows]
            assert [r.problem for r in found] == ["", "", ""]
            assert [r.cells[0] for r in found] == ["1", "2", "3"]
            assert "'" in str(found[1].cells[1]) and "\\'" not in str(found[1].cells[1])


@pytest.mark.parametrize("head", ["SET x = 1;\n", "/*!40101 SET x */;\n"])
def test_a_path_that_ends_in_a_backslash_ends_its_string(tmp_path: Path, head: str) -> None:
    data = head + r"INSERT INTO t VALUES (1,'C:\'),(2,'D:\'),(3,'it''s\');"
    assert one(tmp_path, data) == [("1", "C:\\"), ("2", "D:\\"), ("3", "it's\\")]


@pytest.mark.parametrize(
    "head", ["USE `db`;\n", "-- Host: localhost    Database: db\n", "-- Database: `db`\n", "SET x = 1;\n"]
)
def test_a_table_with_and_without_its_database_is_one(tmp_path: Path, head: str) -> None:
    data = head + (
        "CREATE TABLE fir (a int, b text);\nINSERT INTO `db`.`fir` VALUES (1,'x');\nINSERT INTO fir VALUES (2,'y');\n"
        "INSERT INTO db.ps VALUES ('K01');\nINSERT INTO db.fir (b, a) VALUES ('z',3);\n"
    )
    fir, ps = read(tmp_path / "t.sql", data)
    assert (fir.name, fir.columns, texts(fir)) == ("fir", ("a", "b"), [("1", "x"), ("2", "y"), ("3", "z")])
    assert (ps.name, texts(ps)) == ("ps", [("K01",)])


@pytest.mark.parametrize(
    "head",
    [
        "USE db;\n",
        "SET search_path = x;\nINSERT INTO c (n) VALUES (1);\n",
        "INSERT INTO public.c (n) VALUES (1);\n",
        "INSERT INTO x.c (n) VALUES (1);\n",
    ],
)
def test_tables_of_two_databases_stay_two(tmp_path: Path, head: str) -> None:
    data = head + "INSERT INTO old.fir (n) VALUES (1);\nINSERT INTO fir (n) VALUES (2);\n"
    found = [texts(t) for t in read(tmp_path / "t.sql", data) if t.name.startswith("fir")]
    assert found == [[("1",)], [("2",)]]


def test_columns_named_in_another_order_are_put_right(tmp_path: Path) -> None:
    data = (
        "CREATE TABLE t (a int, b int, c int);\nINSERT INTO t (c, a) VALUES (3, 1);\nINSERT INTO t VALUES (4, 5, 6);\n"
    )
    (found,) = read(tmp_path / "t.sql", data)
    assert (found.columns, texts(found)) == (("a", "b", "c"), [("1", "", "3"), ("4", "5", "6")])


def test_a_broken_row_is_reported_and_those_around_it_are_read(tmp_path: Path) -> None:
    data = "SET x = 1;\nINSERT INTO t VALUES (1,'a'),(2,'b' c),(3,'d');\nINSERT INTO t VALUES (4,'e');\n"
    (found,) = read(tmp_path / "t.sql", data)
    assert [(r.cells[0], r.problem) for r in found.rows] == [("1", ""), ("", "broken"), ("3", ""), ("4", "")]
    assert any("cannot be read as SQL" in n for n in found.notes)


def test_columns_that_a_row_cannot_have_make_it_broken_and_no_value_is_lost(tmp_path: Path) -> None:
    data = "CREATE TABLE t (a int, b int);\nINSERT INTO t (a, a) VALUES (1, 2);\nINSERT INTO t (b, a) VALUES (3, 4);\n"
    (found,) = read(tmp_path / "t.sql", data)
    assert [(r.cells, r.problem) for r in found.rows] == [(("1", "2"), "broken"), (("4", "3"), "")]


def test_a_column_that_only_the_second_look_at_a_damaged_file_sees_stops_nothing(tmp_path: Path) -> None:
    data = (
        b"SET x = 1;\nCREATE TABLE x (a int);\n''INSERT INTO `fir`(r)VALUE 0\nINSERT T(````)VALUE(/*),('*/''',)'\nINSERT `''''```INSERT INTO `fir`(e)"
        b"VALUE('``INSERT INTO `fir`(g)VALUE(\""
    )
    for table in read(tmp_path / "t.sql", data):
        list(table.rows)


def test_an_insert_that_makes_no_sense_is_said_and_passed(tmp_path: Path) -> None:
    data = "SET x = 1;\nINSERT INTO )\nINSERT INTO t VALUES (1, 2);\n"
    (found,) = read(tmp_path / "t.sql", data)
    assert texts(found) == [("1", "2")]
    assert "cannot be read as SQL" in found.notes[0]


def test_rows_wider_than_their_table_keep_all_cells(tmp_path: Path) -> None:
    data = "SET x = 1;\nINSERT INTO t VALUES (1, 'a');\nCREATE TABLE t (id int);\nINSERT INTO t VALUES (2, 'b'), (3\n"
    (found,) = read(tmp_path / "t.sql", data)
    assert [(r.cells, r.problem) for r in found.rows] == [(("1", "a"), ""), (("2", "b"), ""), (("", ""), "cut")]


def test_bytes_of_no_known_encoding_stay_bytes(tmp_path: Path) -> None:
    assert one(tmp_path, b"SET x = 1;\nINSERT INTO t (a) VALUES ('\xaa\x93''b');\n") == [(b"\xaa\x93'b",)]


def test_a_row_says_where_it_begins(tmp_path: Path) -> None:
    data = server([("1", "क", ""), ("2", "", "")])
    (found,) = read(tmp_path / "t.sql", data)
    first, last = data.index("(N'".encode("utf-16-le")), data.rindex("(N'".encode("utf-16-le"))
    assert [r.offset for r in found.rows] == [first, last]


def test_what_names_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError) as refused:
        read(tmp_path / "t.sql", "SET x = 1;\nSELECT 1;\n", "sql")
    assert refused.value.kind == "not-a-table"


@pytest.mark.parametrize("make", [mysql, postgres, server])
def test_cut_at_any_byte_it_is_read_or_refused(tmp_path: Path, make: object) -> None:
    table = [("1", "कख", "x"), ("2", "", "y'z"), ("3", "ग", "w")]
    data = make(table)  # type: ignore[operator]
    data = data if isinstance(data, bytes) else data.encode()
    # The last line of a cut COPY block cannot be told from a whole one that is shorter: it has the problem "cut".
    check_cuts(tmp_path / "t.sql", data, "sql", whole=[*COLUMNS, *(c for row in table for c in row)])


@pytest.mark.parametrize(
    ("written", "means"),
    [
        (r"a\u000ab", "a\nb"),
        (r"a\\n \U0001F693", "a\\n 🚓"),
        (r"\0915\D83D\DE93", "क🚓"),
        (r"odd \x", r"unistr('odd \x')"),
    ],
)
def test_characters_by_number_are_read_as_sqlite_and_oracle_write_them(
    tmp_path: Path, written: str, means: str
) -> None:
    (found,) = read(
        tmp_path / "t.sql", f"CREATE TABLE fir(a TEXT);\nINSERT INTO fir VALUES(unistr('{written}'));\n".encode(), "sql"
    )
    assert [r.cells[0] for r in found.rows] == [means]
