"""Sheets of workbooks, old and new: the same cells from every container, and nothing lost in what people do to them."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from binary_tables import Dated, Raw, biff2, biff5, biff8, ods, ole, record, xlsb, xlsx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from mappers.errors import TableError
from mappers.legacy import LegacyTable, load_readers, open_tables
from mappers.legacy.biff import Texts, rk_number
from mappers.legacy.biff_book import read_book
from mappers.legacy.biff_sheet import SheetReader, find_outline
from mappers.legacy.serials import DAY, DAY_AND_TIME, SPAN, TIME, format_kind, moment_text, number_text

KINDS = ("xls", "xlsx", "ods")
Grid = Sequence[Sequence[Any]]


def written(kind: str, sheets: Mapping[str, Grid]) -> bytes:
    if kind == "xls":
        return ole("Workbook", biff8(sheets))
    return xlsx(sheets) if kind == "xlsx" else ods(sheets)


def opened(folder: Path, data: bytes, name: str = "book") -> list[LegacyTable]:
    (folder / name).write_bytes(data)
    tables = []
    for table in open_tables(folder / name):
        rows = list(table.rows)
        tables.append(LegacyTable(table.name, table.columns, iter(rows), table.notes, None, table.fonts))
    return tables


def one(folder: Path, kind: str, rows: Grid) -> tuple[LegacyTable, list[tuple[Any, ...]], list[str]]:
    """The one table of a sheet, the cells of its rows, and their problems."""
    (table,) = opened(folder, written(kind, {"Kalpanapur": rows}))
    found = list(table.rows)
    return table, [r.cells for r in found], [r.problem for r in found]


HEAD = ["FIR No", "Name", "Date of FIR", "Section"]
FIRS = [
    ["1/98", "Abel", Dated(35900), "302/34"],
    ["2/98", "Bela", Dated(35901), "379"],
    ["3/98", "Cyra", Dated(35902), "3(1)"],
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_reads_the_same_from_every_kind_of_workbook(tmp_path: Path, kind: str) -> None:
    table, cells, problems = one(tmp_path, kind, [HEAD, *FIRS, [7.0, True, 8.5, "007"]])
    assert (table.name, table.columns) == ("Kalpanapur", tuple(HEAD))
    assert cells[:2] == [("1/98", "Abel", "1998-04-15", "302/34"), ("2/98", "Bela", "1998-04-16", "379")]
    assert cells[3] == ("7", "yes", "8.5", "007")
    assert (problems, table.notes) == ([""] * 4, [])


@pytest.mark.parametrize("kind", KINDS)
def test_titles_above_the_header_are_told_and_rows_keep_their_numbers(tmp_path: Path, kind: str) -> None:
    (table,) = opened(tmp_path, written(kind, {"a": [["Crime list"], ["of 1998"], [], HEAD, *FIRS]}))
    assert table.columns == tuple(HEAD)
    assert table.notes[0] == "the header begins in row 4; the 2 rows above it are titles, not data"
    assert [r.number for r in table.rows] == [5, 6, 7]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "title",
    [["Date: 12/03/1998", None, "Page 1"], ["Crime list", None, "Page 1"], ["PS: Kalpa", "Date 1.2.98", "Page 1 of 2"]],
)
def test_a_title_with_a_date_and_a_page_is_no_header(tmp_path: Path, kind: str, title: list[str | None]) -> None:
    table, cells, _ = one(tmp_path, kind, [title, ["Sr", "Name", "Age"], [1.0, "Abel", 30.0], [2.0, "Bela", 31.0]])
    assert (table.columns, len(cells)) == (("Sr", "Name", "Age"), 2)
    assert table.notes == ["the header begins in row 2; the row above it is a title, not data"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_sheet_of_words_without_a_header_gives_its_first_row_as_a_record(tmp_path: Path, kind: str) -> None:
    table, cells, problems = one(tmp_path, kind, [["jke dqekj", "eksgu", "iq.ks"]] * 4)
    assert (table.columns, len(cells), problems) == (("COLUMN_1", "COLUMN_2", "COLUMN_3"), 4, [""] * 4)


@pytest.mark.parametrize("kind", KINDS)
def test_one_sheet_for_each_station_is_one_table_for_each(tmp_path: Path, kind: str) -> None:
    tables = opened(tmp_path, written(kind, {"Kalpanapur": [HEAD, *FIRS], "empty": [], "Navagaon": [HEAD, FIRS[0]]}))
    assert [(t.name, len(list(t.rows))) for t in tables] == [("Kalpanapur", 3), ("Navagaon", 1)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_workbook_with_nothing_in_it_is_refused_as_empty(tmp_path: Path, kind: str) -> None:
    with pytest.raises(TableError) as refused:
        opened(tmp_path, written(kind, {"a": [], "b": [[" "]]}))
    assert refused.value.kind == "empty"


@pytest.mark.parametrize("kind", KINDS)
def test_what_stands_between_records_is_delivered_with_its_problem(tmp_path: Path, kind: str) -> None:
    rows = [HEAD, [1.0, 2.0, 3.0, 4.0], FIRS[0], ["Total", None, 1.0], HEAD, FIRS[1], ["कुल योग", 2.0], FIRS[2]]
    table, cells, problems = one(tmp_path, kind, [*rows, ["Prepared by the clerk"]])
    assert problems == ["column-numbers", "", "total", "header-again", "", "total", "", "lone-cell"]
    assert len(cells) == 8
    assert cells[2] == ("Total", "", "1", "")


@pytest.mark.parametrize("kind", KINDS)
def test_a_second_table_below_blank_rows_is_told_and_none_of_it_is_a_record(tmp_path: Path, kind: str) -> None:
    first = [["Sr", "Name", "Age"], [1.0, "Abel", 30.0], [2.0, "Bela", 31.0]]
    second = [
        ["Property", "Value", "Station", "Seized"],
        ["Watch", 500.0, "Kalpa", "yes"],
        ["Ring", 90.0, "Navag", "no"],
    ]
    for title in ([], [["Seized property"]]):
        table, cells, problems = one(tmp_path, kind, [*first, [], [], *title, *second])
        assert problems == ["", "", *["lone-cell"] * len(title), "other-header", "other-table", "other-table"]
        assert cells[-1] == ("Ring", "90", "Navag", "no")
        assert any(f"another table begins in row {6 + len(title)}" in n for n in table.notes)
    again = [*first, [], *second, [], *first]
    _, _, problems = one(tmp_path, kind, again)
    assert problems == ["", "", "other-header", "other-table", "other-table", "header-again", "", ""]


@pytest.mark.parametrize("kind", KINDS)
def test_records_behind_a_gap_stay_records(tmp_path: Path, kind: str) -> None:
    first = [
        ["Sr", "Name", "Age"],
        [1.0, "Abel", 30.0],
        [],
        [2.0, "Bela", 31.0],
        [],
        [None, "Cyra", "nil"],
        [4.0, "Dara", 9.0],
    ]
    assert one(tmp_path, kind, [*first, [], ["Signed", "Abel", "Kalpa"], ["Sample", "Bela", "Navag"]])[2] == [""] * 6


@pytest.mark.parametrize("name", ["योगेश", "कुलदीप", "Totaram", "মোটর"])
def test_a_name_that_begins_like_a_total_is_no_total(tmp_path: Path, name: str) -> None:
    _, _, problems = one(tmp_path, "xlsx", [["No", "Name", "Age"], [1.0, "Abel", 30.0], [2.0, name, 31.0]])
    assert problems == ["", ""]


@pytest.mark.parametrize("name", ["योग नगर", "Total Singh", "कुल बहादुर", "Sub Total Exampleson"])
def test_a_person_or_place_whose_name_begins_with_a_total_is_no_total(tmp_path: Path, name: str) -> None:
    rows = [["No", "Name", "Age"], [1.0, "Abel", 30.0], [2.0, "Bela", 31.0], [3.0, name, 2.0], [5.0, name, "1"]]
    assert one(tmp_path, "xlsx", rows)[2] == [""] * 4


@pytest.mark.parametrize(
    "label",
    [
        "कुल योग",
        "Grand Total",
        "Total:",
        "योग",
        "Total of 1998",
        "TOTAL - 2",
        "योग (2)",
        ";ksx",
        "Total cases",
        "कुल संख्या",
    ],
)
def test_a_label_that_says_total_is_a_total_wherever_it_stands(tmp_path: Path, label: str) -> None:
    rows = [["Name", "Age"], ["Abel", 30.0], ["Bela", 31.0], [label, 7.0]]
    assert one(tmp_path, "xlsx", rows)[2] == ["", "", "total"]


def test_a_label_that_may_be_a_name_is_a_total_where_the_row_has_no_number_or_holds_the_sums(tmp_path: Path) -> None:
    head, first, second = ["No", "Name", "Age"], [1.0, "Abel", 30.0], [2.0, "Bela", 31.0]
    assert one(tmp_path, "xlsx", [head, first, second, [None, "Total Kotwali", 7.0]])[2] == ["", "", "total"]
    assert one(tmp_path, "xlsx", [head, first, second, ["योग नगर", None, 7.0]])[2] == ["", "", "total"]
    rows = [
        ["Name", "Age"],
        ["Abel", 30.0],
        ["Bela", 31.0],
        ["Total Kotwali", 61.0],
        ["Cyra", 5.0],
        ["Total Singh", 6.0],
    ]
    assert one(tmp_path, "xlsx", rows)[2] == ["", "", "total", "", ""]


@pytest.mark.parametrize("kind", KINDS)
def test_a_number_that_became_a_date_is_reported_and_not_guessed(tmp_path: Path, kind: str) -> None:
    table, cells, problems = one(tmp_path, kind, [HEAD, *FIRS, [Dated(35916), "Dara", Dated(35903), "380"]])
    assert problems == ["", "", "", "date-for-number"]
    assert cells[3] == ("1998-05-01", "Dara", "1998-04-18", "380")


@pytest.mark.parametrize(
    ("name", "problem"),
    [("FIR No/Year", "date-for-number"), ("U/s", "date-for-number"), ("धारा", "date-for-number"), ("Date of FIR", ""),
     ("FIR No. & Date", ""), ("दिनांक", ""), ("Seen", "")],
)  # fmt: skip
def test_dates_belong_to_a_column_or_not_by_its_name(tmp_path: Path, name: str, problem: str) -> None:
    assert one(tmp_path, "ods", [[name, "Name"], [Dated(35900), "Abel"]])[2] == [problem]


def test_a_column_of_case_numbers_is_known_by_its_cells_where_its_name_says_nothing(tmp_path: Path) -> None:
    rows = [["Ref", "Name"], ["1/98", "a"], ["2/98", "b"], ["3/98", "c"], [Dated(35900), "d"]]
    assert one(tmp_path, "xlsx", rows)[2] == ["", "", "", "date-for-number"]
    rows = [["Seen", "Name"], [Dated(35899), "a"], ["12/04/1998", "b"], ["3/98", "c"], [Dated(35900), "d"]]
    assert one(tmp_path, "xlsx", rows)[2] == ["", "", "", ""]


def test_two_rows_of_names_are_joined_where_cells_are_merged(tmp_path: Path) -> None:
    rows = [["No", "Accused", None, "Date"], [None, "Name", "Age", None], [1.0, "Abel", 30.0, Dated(35900)]]
    joined = ("No", "Accused / Name", "Accused / Age", "Date")
    for data in (
        xlsx({"a": rows}, merges=["B1:C1", "A1:A2", "D1:D2"]),
        biff8({"a": rows}, merges=[(0, 0, 1, 2), (0, 1, 0, 0), (0, 1, 3, 3)]),
        xlsx({"a": rows}),
        biff8({"a": rows}),
    ):
        (table,) = opened(tmp_path, data)
        assert table.columns == joined
        assert [r.cells for r in table.rows] == [("1", "Abel", "30", "1998-04-15")]
        assert "the header has 2 rows; their names are joined by a slash" in table.notes


def test_a_row_of_groups_over_the_names_is_joined_though_it_fills_few_cells(tmp_path: Path) -> None:
    rows = [
        ["FIR", None, "Accused", None, None],
        ["No", "Year", "Name", "Age", "Sex"],
        [1.0, 1998.0, "Abel", 30.0, "M"],
    ]
    (table,) = opened(tmp_path, xlsx({"a": [["List"], *rows]}, merges=["A1:E1", "A2:B2", "C2:E2"]))
    assert table.columns == ("FIR / No", "FIR / Year", "Accused / Name", "Accused / Age", "Accused / Sex")
    assert "the header begins in row 2" in table.notes[0]


def test_a_title_over_the_whole_width_is_no_part_of_the_names(tmp_path: Path) -> None:
    (table,) = opened(tmp_path, xlsx({"a": [["List", None, None, None], HEAD, *FIRS]}, merges=["A1:D1"]))
    assert table.columns == tuple(HEAD)


def test_a_first_record_of_words_is_not_taken_for_a_second_row_of_names(tmp_path: Path) -> None:
    table, cells, _ = one(
        tmp_path, "xlsx", [["Name", "Place", "Remark"], ["Abel", "Navagaon", None], ["Bela", "Dera", "x"]]
    )
    assert table.columns == ("Name", "Place", "Remark")
    assert len(cells) == 2


def test_cells_merged_downwards_hold_for_each_row_and_that_is_said(tmp_path: Path) -> None:
    rows = [["FIR", "Accused", "Age"], ["1/98", "Abel", 30.0], [None, "Bela", 31.0], ["2/98", "Cyra", 32.0]]
    for data in (xlsx({"a": rows}, merges=["A2:A3"]), biff8({"a": rows}, merges=[(1, 2, 0, 0)])):
        (table,) = opened(tmp_path, data)
        assert [r.cells[0] for r in table.rows] == ["1/98", "1/98", "2/98"]
        assert (
            "column FIR: the value of merged cells, which applies to several rows, is repeated in row 3" in table.notes
        )


def test_one_stray_cell_far_out_does_not_widen_the_table(tmp_path: Path) -> None:
    book = Workbook()
    sheet: Any = book.active
    for row in (["No", "Name"], [1, "a"], [2, "b"], [3, "c"]):
        sheet.append(row)
    sheet["XFD3"] = "stray"
    out = io.BytesIO()
    book.save(out)
    (table,) = opened(tmp_path, out.getvalue())
    assert table.columns == ("No", "Name")
    assert [(r.cells, r.problem) for r in table.rows][1] == (("2", "b", "stray"), "too-many-cells")
    assert "column XFD" in table.notes[0]


def test_hidden_sheets_are_delivered_and_said(tmp_path: Path) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEAD)
    sheet.append(["1/98", "Abel", "x", "302"])
    book.create_sheet("b").append(["No", "Name"])
    sheet.sheet_state = "hidden"
    out = io.BytesIO()
    book.save(out)
    tables = opened(tmp_path, out.getvalue())
    assert "the sheet is hidden in the workbook" in tables[0].notes
    assert len(list(tables[0].rows)) == 1


def xlsx_of(cells: str, **parts: str) -> bytes:
    """A workbook with these cells in its second row, below names of six columns."""
    names = "".join(f'<c t="inlineStr"><is><t>{n}</t></is></c>' for n in "UVWXYZ")
    sheet = f"<worksheet><sheetData><row>{names}</row><row>{cells}</row></sheetData></worksheet>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr(
            "xl/workbook.xml", parts.get("book", '<workbook><sheets><sheet name="a" r:id="r"/></sheets></workbook>')
        )
        z.writestr(
            "xl/_rels/workbook.xml.rels",
            '<Relationships><Relationship Id="r" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        z.writestr("xl/styles.xml", STYLES)
        z.writestr("xl/worksheets/sheet1.xml", sheet)
    return out.getvalue()


PROBLEMS = {"a text is lost": "text-lost", "the format of a number is lost": "format-lost"}
STYLES = (
    '<styleSheet><numFmts><numFmt numFmtId="170" formatCode="0000"/><numFmt numFmtId="171" formatCode="[h]:mm"/></numFmts>'
    '<fonts><font><name val="Calibri"/></font><font><name val="Kruti Dev 010"/></font></fonts><cellXfs><xf numFmtId="0" fontId="0"/>'
    '<xf numFmtId="14" fontId="1"/><xf numFmtId="170" fontId="0"/><xf numFmtId="20" fontId="0"/><xf numFmtId="171" fontId="0"/></cellXfs></styleSheet>'
)


@pytest.mark.parametrize(
    ("cell", "text", "said"),
    [
        ("<c><v>1234567890123</v></c>", "1234567890123", ""),
        ("<c><v>1.234567890123E12</v></c>", "1234567890123", ""),
        ("<c><v>0.30000000000000004</v></c>", "0.3", ""),
        ('<c s="2"><v>7</v></c>', "0007", ""),
        ('<c s="1"><v>36000</v></c>', "1998-07-24", ""),
        ('<c s="1"><v>36000.4375</v></c>', "1998-07-24 10:30", ""),
        ('<c s="1"><v>59</v></c>', "1900-02-28", ""),
        ('<c s="1"><v>60</v></c>', "1900-02-29", ""),
        ('<c s="1"><v>-5</v></c>', "-5", "a date is outside the calendar"),
        ('<c s="3"><v>0.25</v></c>', "06:00", ""),
        ('<c s="4"><v>1.5</v></c>', "36:00", ""),
        ('<c t="d"><v>1850-01-02T00:00:00</v></c>', "1850-01-02", ""),
        ('<c t="b"><v>0</v></c>', "no", ""),
        ('<c t="e"><v>#REF!</v></c>', "#REF!", "there is a spreadsheet error"),
        ("<c><f>A1+1</f></c>", "=A1+1", "a formula was saved without its result"),
        ('<c t="str"><f>A1</f><v>x_x000D_y</v></c>', "x\ry", ""),
        ('<c t="s"><v>5</v></c>', "[text lost]", "a text is lost"),
        ('<c s="77"><v>36000</v></c>', "36000", "the format of a number is lost"),
        (f'<c s="{"9" * 5000}"><v>7</v></c>', "7", "the format of a number is lost"),
        (f'<c t="s"><v>{"9" * 5000}</v></c>', "[text lost]", "a text is lost"),
        (f'<c s="1"><v>{"9" * 5000}</v></c>', "9" * 5000, "a date is outside the calendar"),
        ("<c><v>1e999</v></c>", "1e999", ""),
        ('<c t="inlineStr"><is><r><t>a</t></r><r><t>b</t></r><rPh><t>c</t></rPh></is></c>', "ab", ""),
    ],
)  # fmt: skip
def test_cells_are_delivered_as_people_saw_them_and_doubts_are_said(
    tmp_path: Path, cell: str, text: str, said: str
) -> None:
    (table,) = opened(tmp_path, xlsx_of(f'<c t="inlineStr"><is><t>x</t></is></c>{cell}'))
    (row,) = table.rows
    assert row.cells[1] == text
    assert any(said in n for n in table.notes) if said else not table.notes
    assert row.problem == PROBLEMS.get(said, "")


def test_the_days_of_1904_are_counted_from_there(tmp_path: Path) -> None:
    book = '<workbook><workbookPr date1904="1"/><sheets><sheet name="a" r:id="r"/></sheets></workbook>'
    cells = '<c s="1"><v>34538</v></c><c t="inlineStr"><is><t>x</t></is></c>'
    (table,) = opened(tmp_path, xlsx_of(cells, book=book))
    assert next(table.rows).cells[0] == "1998-07-24"
    (table,) = opened(tmp_path, biff8({"a": [["No", "Day"], ["x", Dated(34538)]]}, is_1904=True))
    assert next(table.rows).cells[1] == "1998-07-24"


def test_the_font_of_a_column_is_told_by_every_kind_that_knows_fonts(tmp_path: Path) -> None:
    rows = [["No", "Name"], [1.0, "jke"], [2.0, "';ke"]]
    style = '<table:table-cell table:style-name="k"><text:p>jke</text:p></table:table-cell>'
    styles = b'<s><style:font-face style:name="F" svg:font-family="\'Kruti Dev 010\'"/><style:style style:name="k"><style:text-properties style:font-name="F"/></style:style></s>'
    for data in (
        xlsx({"a": rows}, font="Kruti Dev 010"),
        ole("Workbook", biff8({"a": rows}, fonts=("Arial",) * 4 + ("Kruti Dev 010",))),
        biff5([[b"No", b"Name"], [1.0, b"jke"]]),
        ods({"a": [["No", "Name"], [1.0, style]]}, extra={"styles.xml": styles}),
    ):
        (table,) = opened(tmp_path, data)
        assert table.fonts["Name"] == "Kruti Dev 010"


def test_bytes_of_old_workbooks_become_the_characters_of_their_code_page(tmp_path: Path) -> None:
    (table,) = opened(tmp_path, ole("Book", biff5([[b"No", b"Name"], [1.0, b"\x81\x80\xe9"]])))
    assert next(table.rows).cells == ("1", "\x81€é")
    (table,) = opened(tmp_path, biff5([[b"No", b"Name"], [1.0, b"\xe9"]], page=1251))
    assert next(table.rows).cells == ("1", "й")
    (table,) = opened(tmp_path, biff2([[b"No", b"Name"], [7.0, b"x"], [8.5, b"y"]]), "old.xls")
    assert (table.name, [r.cells for r in table.rows]) == ("old", [("7", "x"), ("8.5", "y")])


def test_formulas_of_old_workbooks_give_their_results(tmp_path: Path) -> None:
    def formula(result: bytes) -> Raw:
        return Raw(0x06, struct.pack("<H", 0) + result + bytes(6))

    text = formula(b"\0" * 6 + b"\xff\xff")
    rows = [
        ["a", "b", "c", "d"],
        [formula(struct.pack("<d", 2.5)), formula(b"\1\0\1\0\0\0\xff\xff"), formula(b"\2\0\x17\0\0\0\xff\xff")],
    ]
    data = biff8({"s": [*rows, [text]]})
    end = data.rindex(record(0xE5, b"\0\0"))
    (table,) = opened(tmp_path, data[:end] + record(0x207, struct.pack("<H", 2) + b"\0ok") + data[end:])
    assert [r.cells for r in table.rows] == [("2.5", "yes", "#REF!", ""), ("ok", "", "", "")]


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",)), max_size=40), min_size=1, max_size=6), st.data())
def test_texts_of_old_workbooks_are_whole_wherever_their_records_are_cut(texts: list[str], data: st.DataObject) -> None:
    parts = [b""]
    for text in texts:
        units = text.encode("utf-16-le")
        parts[-1] += struct.pack("<H", len(units) // 2) + b"\x01"
        at = data.draw(st.integers(0, len(units) // 2)) * 2
        parts[-1] += units[:at]
        if units[at:]:
            parts.append(b"\x01" + units[at:])
    cursor = Texts(parts)
    assert [cursor.text(cursor.number(2))[0] for _ in texts] == texts


@given(st.integers(-(1 << 29), (1 << 29) - 1))
def test_numbers_packed_into_four_bytes_come_out_whole(number: int) -> None:
    assert rk_number((number << 2 | 2) & 0xFFFFFFFF) == number
    assert rk_number((number << 2 | 3) & 0xFFFFFFFF) == number / 100


@given(st.integers(61, 2_958_465), st.integers(0, 86_399))
def test_days_and_times_are_those_of_the_calendar(day: int, second: int) -> None:
    text = moment_text(day + second / 86_400, DAY_AND_TIME)
    assert text is not None
    assert text[:10] == (date(1899, 12, 30) + timedelta(day)).isoformat()
    assert text[10:] == (
        ""
        if not second
        else f" {second // 3600:02}:{second // 60 % 60:02}" + (f":{second % 60:02}" if second % 60 else "")
    )


@given(st.one_of(st.integers(-(10**15), 10**15).map(float), st.floats(-1e300, 1e300)))
def test_numbers_are_plain_digits_and_fifteen_of_them_are_kept(value: float) -> None:
    text = number_text(value)
    assert "e" not in text.lower()
    assert float(text) == pytest.approx(value, rel=1e-14, abs=1e-300)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("General", 0), ("Standard", 0), ("dd/mm/yyyy", DAY), ("[$-4009]d-mmm-yy;@", DAY), ("h:mm AM/PM", TIME), ("[h]:mm:ss", SPAN), ("mm:ss", TIME),
     ('"Rs. "#,##0', 0), ("[Red]0.00", 0), ("m/d/yy h:mm", DAY_AND_TIME), (r"\d0", 0), ("@", 0)],
)  # fmt: skip
def test_formats_of_days_are_told_from_formats_of_numbers(code: str, kind: int) -> None:
    assert format_kind(code) == kind


WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\0<", exclude_categories=("Cc", "Cs")), max_size=8)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(KINDS), st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=1, max_size=6))
def test_every_filled_row_is_delivered_with_its_cells(tmp_path: Path, kind: str, rows: list[list[str]]) -> None:
    sheets = {"s": [["one", "two", "three"], *([None if not c.strip() else c for c in r] for r in rows)]}
    (table,) = opened(tmp_path, written(kind, sheets))
    found = {r.number: r.cells for r in table.rows}
    assert found == {
        i: tuple(c if c.strip() else "" for c in r) for i, r in enumerate(rows, 2) if any(map(str.strip, r))
    }


def damage(folder: Path, data: bytes) -> tuple[list[tuple[Any, ...]], list[str]]:
    """Rows and notes of a damaged file, or the reason for which it is refused."""
    try:
        tables = opened(folder, data)
    except TableError as refused:
        assert refused.kind in {"unreadable", "encrypted", "empty", "not-a-table"}
        return [], [str(refused)]
    return [tuple(r.cells) for t in tables for r in t.rows if not r.problem], [n for t in tables for n in t.notes]


LONG = {"s": [HEAD, *([f"{i}/98", f"name {i}", Dated(35900 + i), "302"] for i in range(400))]}


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_workbook_gives_the_rows_that_are_left_and_says_so(tmp_path: Path, kind: str) -> None:
    data = written(kind, LONG)
    whole, notes = damage(tmp_path, data)
    assert (len(whole), notes) == (400, [])
    most = 0
    for share in range(1, 20):
        rows, notes = damage(tmp_path, data[: len(data) * share // 20])
        assert notes or rows == whole
        assert kind == "xls" or rows == whole[: len(rows)]
        most = max(most, len(rows))
    assert most > 100


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(KINDS), st.lists(st.tuples(st.floats(0, 0.9999), st.integers(1, 255)), min_size=1, max_size=4))
def test_flipped_bytes_never_lose_rows_in_silence(tmp_path: Path, kind: str, flips: list[tuple[float, int]]) -> None:
    data = bytearray(BOOKS[kind])
    for place, mask in flips:
        data[int(place * len(data))] ^= mask
    rows, notes = damage(tmp_path, bytes(data))
    assert notes or len(rows) >= 40


BOOKS = {kind: written(kind, {"s": LONG["s"][:41]}) for kind in KINDS}


def test_a_workbook_whose_list_of_streams_is_lost_is_found_by_its_first_record(tmp_path: Path) -> None:
    data = ole("Workbook", biff8(LONG))
    (table,) = opened(tmp_path, data[: data.index("Root Entry".encode("utf-16-le"))])
    assert len(list(table.rows)) == 400
    assert "the directory of the file is lost" in table.notes


def test_a_workbook_with_a_password_is_refused_as_encrypted(tmp_path: Path) -> None:
    manifest = {"META-INF/manifest.xml": b"<m><manifest:encryption-data/></m>"}
    for data in (
        biff8({"a": [HEAD]}, extra=record(0x2F, bytes(6))),
        ole("EncryptedPackage", bytes(5000)),
        ods({"a": [HEAD]}, extra=manifest),
    ):
        with pytest.raises(TableError) as refused:
            opened(tmp_path, data)
        assert refused.value.kind == "encrypted"


def test_what_a_spreadsheet_repeats_is_delivered_up_to_a_limit(tmp_path: Path) -> None:
    row = '<table:table-row table:number-rows-repeated="3"><table:table-cell><text:p>a</text:p></table:table-cell><table:table-cell table:number-columns-repeated="2"><text:p>b</text:p></table:table-cell></table:table-row>'
    data = ods({"a": [["x", "y", "z"]]})
    content = zipfile.ZipFile(io.BytesIO(data)).read("content.xml").decode()
    (table,) = opened(tmp_path, ods_of(content.replace("</table:table>", row + "</table:table>")))
    assert [(r.number, r.cells) for r in table.rows] == [(n, ("a", "b", "b")) for n in (2, 3, 4)]
    monstrous = row.replace('"3"', '"99999999"').replace('"2"', '"16000"')
    (table,) = opened(tmp_path, ods_of(content.replace("</table:table>", monstrous + "</table:table>")))
    assert len(list(table.rows)) < 500
    assert any("repeats more equal rows" in n for n in table.notes)


def test_equal_cells_side_by_side_are_delivered_in_every_row_of_a_long_sheet(tmp_path: Path) -> None:
    nil = "<table:table-cell table:number-columns-repeated='40'><text:p>-</text:p></table:table-cell>"
    head = [f"n{i}" for i in range(41)]
    (table,) = opened(tmp_path, ods({"s": [head, *([f"a{i}", nil] for i in range(4000))]}))
    assert all(len(r.cells) == 41 and r.cells[40] == "-" and not r.problem for r in table.rows)
    assert table.notes == []


def ods_of(content: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        z.writestr("content.xml", content)
    return out.getvalue()


def test_comments_and_pictures_over_the_cells_are_no_part_of_them(tmp_path: Path) -> None:
    cell = (
        "<table:table-cell><office:annotation><text:p>remark</text:p></office:annotation><text:p>a<text:s text:c='2'/>b</text:p>"
        "<text:p>c</text:p><draw:frame><draw:text-box><text:p>no</text:p></draw:text-box></draw:frame></table:table-cell>"
    )
    (table,) = opened(tmp_path, ods({"s": [["x", "y"], ["1", cell]]}))
    assert next(table.rows).cells == ("1", "a  b\nc")


def test_entities_are_refused_and_monstrous_parts_too(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">]><office:spreadsheet>&a;</office:spreadsheet>'
    rows, notes = damage(tmp_path, ods_of(bomb))
    assert "entities" in notes[0]
    rows, notes = damage(tmp_path, ods_of("<a>" + " " * 30_000_000 + "</a>"))
    assert "would unpack to" in notes[0]


def test_workbooks_of_binary_parts_are_read_and_damaged_ones_refused(tmp_path: Path) -> None:
    data = xlsb("Kalpanapur", [[None, None, None], [None, "No", "Name"], [None, 7.0, "Abel"], [None, 8.5, "Bela"]])
    (table,) = opened(tmp_path, data)
    assert (table.name, table.columns) == ("Kalpanapur", ("No", "Name"))
    assert [(r.number, r.cells) for r in table.rows] == [(3, ("7", "Abel")), (4, ("8.5", "Bela"))]
    with pytest.raises(TableError):
        opened(tmp_path, data[: len(data) // 2])


def test_a_sheet_that_two_names_stand_for_is_delivered_once_and_a_missing_one_is_told(tmp_path: Path) -> None:
    book = '<workbook><sheets><sheet name="a" r:id="r"/><sheet name="b" r:id="r"/><sheet name="c" r:id="q"/></sheets></workbook>'
    tables = opened(tmp_path, xlsx_of('<c t="inlineStr"><is><t>x</t></is></c><c><v>1</v></c>', book=book))
    assert [(t.name, len(list(t.rows))) for t in tables] == [("a", 1), ("c", 0)]
    assert any("delivered once" in n for n in tables[0].notes)
    assert "the sheet is missing in the file" in tables[1].notes


def test_a_row_in_which_the_file_breaks_off_is_cut_and_reading_goes_on_behind_it(tmp_path: Path) -> None:
    text = "<c t='inlineStr'><is><t>x</t></is></c>"
    (table,) = opened(
        tmp_path, xlsx_of(f"{text}{text}</row><row>{text}{text}</ro><row>{text}{text}</row><row>{text}{text}")
    )
    assert [r.problem for r in table.rows] == ["", "cut", "", ""]
    content = (
        "<office:spreadsheet><table:table table:name='s'>"
        + "<table:table-row><table:table-cell><text:p>a</text:p></table:table-cell>" * 2
    )
    (table,) = opened(
        tmp_path, ods_of(content.replace("cell><table:table-row", "cell></table:table-row><table:table-row"))
    )
    assert [r.problem for r in table.rows] == ["cut"]
    data = biff8({"s": [HEAD, *FIRS]})
    (table,) = opened(tmp_path, data[: data.rindex(record(0xE5, b"\0\0"))])
    assert [r.problem for r in table.rows] == ["", "", "cut"]
    assert "the sheet is truncated: its end is missing" in table.notes


def test_a_workbook_whose_parts_have_unusual_names_is_read(tmp_path: Path) -> None:
    data = xlsx({"a": [HEAD, *FIRS]})
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".rels"):
                content = content.replace(b"workbook.xml", b"workbook22.xml").replace(b"styles.xml", b"Looks.xml")
            renamed = name.replace("workbook.xml", "workbook22.xml").replace("styles.xml", "LOOKS.xml")
            new.writestr(renamed.replace("xl/", "XL\\"), content)
    (table,) = opened(tmp_path, out.getvalue())
    assert (table.name, table.notes) == ("a", [])
    assert next(table.rows).cells == ("1/98", "Abel", "1998-04-15", "302/34")


CELLS = st.one_of(
    st.none(), st.floats(-1e9, 1e9).map(lambda x: round(x, 4)), st.booleans(), st.text("abcदे €\x81", min_size=1, max_size=6),
    st.integers(61, 60000).map(lambda n: Dated(float(n))),
)  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(CELLS, min_size=1, max_size=5), min_size=1, max_size=8))
def test_old_workbooks_hold_for_us_what_other_readers_find_in_them(tmp_path: Path, rows: list[list[Any]]) -> None:
    xlrd = pytest.importorskip("xlrd")
    (tmp_path / "b.xls").write_bytes(ole("Workbook", biff8({"s": rows})))
    theirs = xlrd.open_workbook(tmp_path / "b.xls").sheet_by_index(0)
    found = {}
    stream = (tmp_path / "b.xls").read_bytes()[512:]
    book = read_book(stream)
    assert book is not None
    at = book.sheets[0].at
    for row in SheetReader(book, stream, at, []).rows(find_outline(stream, at)):
        found.update({(row.number - 1, c): cell for c, cell in row.cells.items()})
    for r in range(theirs.nrows):
        for c, (kind, value) in enumerate(zip(theirs.row_types(r), theirs.row_values(r), strict=True)):
            ours = found.pop((r, c), None)
            if kind == xlrd.XL_CELL_EMPTY or not str(value).strip():
                assert ours is None
            elif kind == xlrd.XL_CELL_DATE:
                assert ours[:2] == (xlrd.xldate_as_datetime(value, 0).date().isoformat(), "d")
            elif kind == xlrd.XL_CELL_TEXT:
                assert ours.text == value
            else:
                assert (
                    ours.text == ("yes" if value else "no")
                    if kind == xlrd.XL_CELL_BOOLEAN
                    else float(ours.text) == value
                )
    assert found == {}


def test_cells_whose_row_is_damaged_at_its_beginning_are_a_row_of_their_own(tmp_path: Path) -> None:
    text = "<c t='inlineStr'><is><t>x</t></is></c>"
    (table,) = opened(
        tmp_path, xlsx_of(f"{text}{text}</row><sow>{text}{text}</sow><row>{text}{text}<row>{text}{text}</row>")
    )
    assert [(r.number, r.problem) for r in table.rows] == [(2, ""), (3, "cut"), (4, "cut"), (5, "")]


def test_a_spreadsheet_in_one_xml_file_is_read(tmp_path: Path) -> None:
    packed = zipfile.ZipFile(io.BytesIO(ods({"Kalpanapur": [HEAD, *FIRS]}))).read("content.xml").decode()
    kind = 'office:mimetype="application/vnd.oasis.opendocument.spreadsheet"'
    plain = packed.replace("office:document-content>", f"office:document {kind}>", 1).replace(
        "office:document-content", "office:document"
    )
    (table,) = opened(tmp_path, plain.encode(), "book.fods")
    assert (table.name, table.columns, len(list(table.rows))) == ("Kalpanapur", tuple(HEAD), 3)


@pytest.mark.parametrize("kind", KINDS)
def test_no_other_reader_takes_a_workbook_for_its_own(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "book"
    path.write_bytes(BOOKS[kind])
    head = path.read_bytes()[:4096]
    assert [name for name, reader in load_readers().items() if reader.looks_like(path, head)][0] == kind


REGISTER = [
    ["अपराध सूची"],
    ["थाना", "कल्पनपुर", None, "माह", "जनवरी 2009"],
    [],
    ["क्र.", "अपराध क्रमांक", "धारा", "घटना", None, "आरोपी", None],
    [None, None, None, "दिनांक", "समय", "नाम", "आयु"],
    [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0],
    [1.0, "12/09", "379", Dated(39816), "21:30", "राम", 32.0],
    [None, None, None, None, None, "श्याम", None],
    [2.0, Dated(39826), "457/380", Dated(39817), None, "अज्ञात", None],
    ["योग", None, None, None, None, None, 2.0],
    [],
    ["नोट: काल्पनिक"],
]
RANGES = [
    (0, 0, 0, 6),
    (3, 4, 0, 0),
    (3, 4, 1, 1),
    (3, 4, 2, 2),
    (3, 3, 3, 4),
    (3, 3, 5, 6),
    (6, 7, 0, 0),
    (6, 7, 1, 1),
]


def test_a_register_as_stations_keep_it_is_read_as_the_table_it_is_meant_to_be(tmp_path: Path) -> None:
    ranges = ["A1:G1", "A4:A5", "B4:B5", "C4:C5", "D4:E4", "F4:G4", "A7:A8", "B7:B8"]
    for data in (biff8({"a": REGISTER}, merges=RANGES), xlsx({"a": REGISTER}, merges=ranges)):
        (table,) = opened(tmp_path, data)
        rows = list(table.rows)
        assert table.columns == (
            "क्र.",
            "अपराध क्रमांक",
            "धारा",
            "घटना / दिनांक",
            "घटना / समय",
            "आरोपी / नाम",
            "आरोपी / आयु",
        )
        assert [r.problem for r in rows] == ["column-numbers", "", "date-for-number", "total", "lone-cell"]
        assert rows[1].cells == ("1", "12/09", "379", "2009-01-03", "21:30", "राम\nश्याम", "32")


def test_a_line_of_titles_that_is_set_off_is_not_taken_for_the_header(tmp_path: Path) -> None:
    table, cells, _ = one(tmp_path, "xls", [["Station", "Kalpanapur", "Year"], [], HEAD, *FIRS])
    assert table.columns == tuple(HEAD)
    table, cells, _ = one(tmp_path, "xls", [HEAD[:3], ["a", "b", "c", "d"], ["e", "f", "g", "h"]])
    assert table.columns == (*HEAD[:3], "COLUMN_4")


def test_two_rows_of_names_are_joined_though_the_first_fills_few_cells(tmp_path: Path) -> None:
    rows = [
        ["No", "Accused", None, None, "Seen", None],
        [None, "Name", "Age", "Sex", "Day", "Hour"],
        [1.0, "Abel", 30.0, "M", Dated(35900), "x"],
    ]
    table, cells, _ = one(tmp_path, "ods", rows)
    assert table.columns == ("No", "Accused / Name", "Accused / Age", "Accused / Sex", "Seen / Day", "Seen / Hour")
    assert len(cells) == 1


def test_a_row_merged_with_the_one_above_is_its_second_accused(tmp_path: Path) -> None:
    head = ["FIR", "Date", "Complainant", "Accused", "Age"]
    rows = [
        head,
        ["1", "02/03/1998", "Foo", "Testa", "31"],
        [None, None, None, "Mocka", "35"],
        ["2", "03/03/1998", "Bar", "Demo", "20"],
    ]
    data = xlsx({"a": rows}, merges=["A2:A3", "B2:B3", "C2:C3"])
    (table,) = opened(tmp_path, data)
    cells = [r.cells for r in table.rows]
    assert cells == [("1", "02/03/1998", "Foo", "Testa\nMocka", "31\n35"), ("2", "03/03/1998", "Bar", "Demo", "20")]
    assert any("continues the one above" in note for note in table.notes)


@pytest.mark.parametrize("label", ["dqy ;ksx", "mi ;ksx", "egk;ksx", "Hwb `moJ", "kula yaaoga", "†gvU", "Sub Total"])
def test_a_total_in_the_keys_of_a_font_is_no_record(tmp_path: Path, label: str) -> None:
    rows = [HEAD, *FIRS, [None, label, *[None] * (len(HEAD) - 3), "12"]]
    (table,) = opened(tmp_path, xlsx({"a": rows}))
    assert [r.problem for r in table.rows][-1] == "total"


def test_a_total_below_a_table_of_text_is_no_record(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    lines = ["NO,DAY,NAME,SUM", *(f"{n},0{n}/03/1998,uke jke,{n}00" for n in range(1, 6)), ",,dqy ;ksx,1500"]
    path.write_text("\n".join(lines) + "\n", encoding="cp1252")
    (table,) = open_tables(path)
    assert [r.problem for r in table.rows] == [""] * 5 + ["total"]
