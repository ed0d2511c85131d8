"""Tables in XML of any make: rows by what repeats, every value delivered, damage said."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

import pytest
from hypothesis import given
from table_laws import COLUMNS, check_cuts, quick, read, rows, texts

from mappers.errors import TableError


def firs(table: list[tuple[str, ...]], declared: str = "") -> str:
    """Rows as elements."""
    inner = "".join(
        "<fir>" + "".join(f"<{c}>{escape(v)}</{c}>" for c, v in zip(COLUMNS, row, strict=True)) + "</fir>\n"
        for row in table
    )
    return f"{declared}<firs>\n{inner}</firs>"


@quick
@given(rows)
def test_what_is_written_as_elements_comes_back(tmp_path: Path, table: list[tuple[str, ...]]) -> None:
    (found,) = read(tmp_path / "t.xml", firs(table))
    assert (found.name, found.columns, found.notes) == ("fir", COLUMNS, [])
    assert texts(found) == table


@quick
@given(rows)
def test_what_is_written_as_attributes_comes_back_from_utf16(tmp_path: Path, table: list[tuple[str, ...]]) -> None:
    inner = "".join(
        "<z:row " + " ".join(f"{c}={quoteattr(v)}" for c, v in zip(COLUMNS, row, strict=True)) + "/>" for row in table
    )
    schema = "<s:Schema id='R'><s:ElementType name='row'><s:AttributeType name='no'/></s:ElementType></s:Schema>"
    (found,) = read(tmp_path / "t.xml", f"<xml xmlns:z='#R'>{schema}<rs:data>{inner}</rs:data></xml>".encode("utf-16"))
    assert (found.name, found.columns) == ("row", COLUMNS)
    assert texts(found) == table


def test_each_row_says_where_it_begins(tmp_path: Path) -> None:
    data = firs([("1", "कखग", "x"), ("2", "घ", "y")], '<?xml version="1.0" encoding="utf-16"?>').encode("utf-16")
    (found,) = read(tmp_path / "t.xml", data)
    starts = [data.index("<fir>".encode("utf-16-le")), data.rindex("<fir>".encode("utf-16-le"))]
    assert [r.offset for r in found.rows] == starts


def test_a_dump_of_mysql_is_a_table_a_table_and_null_is_told(tmp_path: Path) -> None:
    data = """<?xml version="1.0"?><mysqldump><database name="d">
    <table_structure name="fir"><field Field="id" Type="int"/></table_structure>
    <table_data name="fir"><row><field name="id">1</field><field name="n" xsi:nil="true" /></row>
    <row><field name="id">2</field><field name="n">a &amp; b</field></row></table_data>
    <table_data name="ps"><row><field name="code">K01</field></row></table_data></database></mysqldump>"""
    fir, ps = read(tmp_path / "t.xml", data)
    assert (fir.name, fir.columns, texts(fir)) == ("fir", ("id", "n"), [("1", ""), ("2", "a & b")])
    assert (ps.name, ps.columns, texts(ps)) == ("ps", ("code",), [("K01",)])
    assert fir.notes == ["1 cells are NULL and are delivered as empty"]


def test_texts_within_texts_are_columns_and_what_is_around_comes_along(tmp_path: Path) -> None:
    data = """<export ps="K01"><year>1999</year>
    <fir id="1"><no>7</no><accused><name>a</name><address><district>x</district></address></accused>
      <accused><name>b</name></accused><act>IPC</act><act>Arms</act></fir>
    <fir id="2"><no>8</no></fir></export>"""
    (found,) = read(tmp_path / "t.xml", data)
    assert found.columns == (
        "export/ps", "export/year", "id", "no", "accused/name", "accused/address/district", "accused_2/name",
        "accused_2/address/district", "act", "act_2",
    )  # fmt: skip
    assert texts(found) == [
        ("K01", "1999", "1", "7", "a", "x", "b", "", "IPC", "Arms"),
        ("K01", "1999", "2", "8", "", "", "", "", "", ""),
    ]


def test_too_many_of_one_kind_in_a_row_are_a_table_of_their_own(tmp_path: Path) -> None:
    many = "".join(f"<item><what>w{i}</what><worth>{i}</worth></item>" for i in range(60))
    fir, item = read(tmp_path / "t.xml", f"<e><fir><no>1</no>{many}</fir><fir><no>2</no></fir></e>")
    assert (fir.columns, texts(fir)) == (("no",), [("1",), ("2",)])
    assert (item.columns, len(texts(item))) == (("fir/no", "what", "worth"), 60)


def test_elements_without_a_root_are_read_as_they_stand(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "t.xml", '<?xml version="1.0"?>\n<row a="1"/>\n<row a="2" b="3"/>')
    assert (found.columns, texts(found)) == (("a", "b"), [("1", ""), ("2", "3")])
    assert "no root" in found.notes[0]


def test_stray_signs_are_taken_as_written_and_counted(tmp_path: Path) -> None:
    data = "<e><fir><no>1</no><n>A & B <5 &nbsp;&x; \x04</n></fir><fir><no>2</no><n><![CDATA[a & <b>]]></n></fir></e>"
    (found,) = read(tmp_path / "t.xml", data)
    assert texts(found) == [("1", "A & B <5 \xa0&x;"), ("2", "a & <b>")]
    assert len(found.notes) == 3


def test_a_broken_row_is_delivered_as_such_and_those_behind_it_are_read(tmp_path: Path) -> None:
    rows_ = ["<no>1</no></fir>", "<no>2<no></fir>", "<no>3</no></fir>", "<no>4"]
    (found,) = read(tmp_path / "t.xml", "<e>" + "".join(f"<fir><ps>K</ps>{row}" for row in rows_))
    assert [(r.cells[1], r.problem) for r in found.rows] == [("1", ""), ("2", "broken"), ("3", ""), ("4", "cut")]
    assert any("well-formed at byte" in n for n in found.notes)
    assert any("cut at byte" in n for n in found.notes)


def test_bytes_that_are_not_what_the_file_declares_stay_bytes(tmp_path: Path) -> None:
    plain = firs([("1", "?!", "x"), ("2", "y", "")]).encode().replace(b"?!", b"\xaa\x93")
    (found,) = read(tmp_path / "t.xml", plain)
    assert texts(found)[0] == ("1", b"\xaa\x93", "x")
    (found,) = read(tmp_path / "t.xml", b"<?xml version='1.0' encoding='windows-1252'?>" + plain)
    assert texts(found)[0] == ("1", "ª“", "x")
    (found,) = read(
        tmp_path / "t.xml", firs([("1", "क", ""), ("2", "", "x")], "<?xml version='1.0' encoding='latin1'?>")
    )
    assert texts(found)[0] == ("1", "क", "")
    assert "declares" in found.notes[0]


def test_a_workbook_saved_as_xml_has_its_header_its_gaps_and_its_fonts(tmp_path: Path) -> None:
    cell = '<Cell{}><Data ss:Type="{}">{}</Data></Cell>'.format
    font, third = ' ss:StyleID="s1"', ' ss:Index="3"'
    body = [
        f"<Row>{cell('', 'String', 'List')}</Row>",
        f'<Row ss:Index="3">{cell("", "String", "No")}{cell("", "String", "Name")}{cell("", "String", "Day")}</Row>',
        f"<Row>{cell('', 'Number', '7')}{cell(font, 'String', 'jke')}"
        f"{cell('', 'DateTime', '1999-01-02T00:00:00.000')}</Row>",
        f"<Row>{cell(third, 'Boolean', '1')}</Row>",
    ]
    data = (
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">'
        '<Styles><Style ss:ID="s1"><Font ss:FontName="Kruti Dev 010"/></Style></Styles>'
        f'<Worksheet ss:Name="PS 1"><Table>{"".join(body)}</Table></Worksheet><Worksheet ss:Name="E"/></Workbook>'
    )
    (found,) = read(tmp_path / "t.xls", data)
    assert (found.name, found.columns, dict(found.fonts)) == ("PS 1", ("No", "Name", "Day"), {"Name": "Kruti Dev 010"})
    assert texts(found) == [("7", "jke", "1999-01-02"), ("", "", "yes")]


def test_a_workbook_that_breaks_off_in_a_row_within_a_cell_is_refused_with_the_reason(tmp_path: Path) -> None:
    data = '<Workbook s="office:spreadsheet"><Worksheet x=""><Table><Cell><Data e=""><Row>l'
    with pytest.raises(TableError):
        read(tmp_path / "t.xml", data)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        ('<!DOCTYPE a [<!ENTITY x "y">]><a><b>&x;</b><b>1</b></a>', "unreadable"),
        ("<a>nothing</a>", "not-a-table"),
        ("<a>" * 300, "unreadable"),
    ],
)
def test_what_is_dangerous_or_no_table_is_refused(tmp_path: Path, data: str, kind: str) -> None:
    with pytest.raises(TableError) as refused:
        read(tmp_path / "t.xml", data, "xml")
    assert refused.value.kind == kind


ROWS = "<r><x><no>1</no><n>Abel</n></x><x><no>2</no><n>Bela</n></x></r>"


@pytest.mark.parametrize("declared", ["", '<?xml version="1.0"?>\n', "<!-- [ > -->\n"])
@pytest.mark.parametrize(
    "dtd",
    [
        "<!ELEMENT r (x*)>",
        '<!ELEMENT r (x*)>\n<!ELEMENT x (no, n)> <!-- it\'s ]> one --> <?p ]> ?><!ATTLIST x y CDATA "]>">',
        "<!ENTITY unused 'x'>",
        "<!ELEMENT x (no, n)>" * 600,
    ],
)
def test_a_file_with_its_dtd_inside_is_read(tmp_path: Path, declared: str, dtd: str) -> None:
    for data in (text := f"{declared}<!DOCTYPE r [{dtd}]>\n{ROWS}"), text.encode("utf-16"):
        (found,) = read(tmp_path / "t.xml", data)
        assert found.columns[-2:] == ("no", "n")
        assert [row[-2:] for row in texts(found)] == [("1", "Abel"), ("2", "Bela")]


@pytest.mark.parametrize("kind", ["", "xml"])
@pytest.mark.parametrize(
    "dtd",
    [
        '<!ENTITY a "x,x,x,x">\n<!ENTITY b "&a;&a;,&a;">\n<!ENTITY c "&b;&b;,&b;">',
        '<!ENTITY c SYSTEM "/secret">',
        "<!ENTITY % p \"<!ENTITY c 'x'>\"> %p;",
    ],
)
def test_entities_that_a_file_declares_are_not_put_in(tmp_path: Path, dtd: str, kind: str) -> None:
    with pytest.raises(TableError, match="entities") as refused:
        read(
            tmp_path / "t.xml",
            f"<!DOCTYPE r [\n{dtd}\n]>\n<r>\n<x><no>1,2</no><n>&c;</n></x>\n<x><no>3,4</no></x></r>",
            kind,
        )
    assert refused.value.kind == "unreadable"


def test_no_file_outside_is_fetched(tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("do not read")
    data = f'<!DOCTYPE a SYSTEM "{tmp_path}/secret"><a><b><c>1</c></b><b><c>&x;</c></b></a>'
    (found,) = read(tmp_path / "t.xml", data)
    assert texts(found) == [("1",), ("&x;",)]


def test_cut_at_any_byte_it_is_read_or_refused(tmp_path: Path) -> None:
    table = [("1", "कख", "x"), ("2", "", "y & z"), ("3", "ग", "w")]
    whole = [*COLUMNS, *(c for row in table for c in row)]
    check_cuts(tmp_path / "t.xml", firs(table).encode(), "xml", whole=whole)
