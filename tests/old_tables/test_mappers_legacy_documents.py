"""Tables in documents of Word (.docx, .rtf), and the text of InPage documents: fonts kept, merged cells told."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from table_laws import COLUMNS, check_cuts, quick, read, rows, texts

from mappers.encodings import decode, encode
from mappers.errors import TableError
from mappers.legacy.header import DOUBT

Table = list[tuple[str, ...]]
_NS = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
INPAGE = "inpage-0x04"


def docx(body: str, styles: str = "", packed: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packed) as z:
        z.writestr("[Content_Types].xml", "<Types/>")
        z.writestr("word/document.xml", f"<w:document {_NS}><w:body>{body}</w:body></w:document>")
        if styles:
            z.writestr("word/styles.xml", f"<w:styles {_NS}>{styles}</w:styles>")
    return out.getvalue()


def tc(text: str, font: str = "", props: str = "") -> str:
    run = f'<w:rPr><w:rFonts w:ascii="{font}" w:hAnsi="{font}"/></w:rPr>' if font else ""
    return f"<w:tc><w:tcPr>{props}</w:tcPr><w:p><w:r>{run}<w:t>{escape(text)}</w:t></w:r></w:p></w:tc>"


def tbl(*table: tuple[str, ...]) -> str:
    return "<w:tbl>" + "".join("<w:tr>" + "".join(row) + "</w:tr>" for row in table) + "</w:tbl>"


def rtf(table: Table, head: str = "\\ansicpg1252") -> bytes:
    def written(text: str) -> str:
        units = struct.unpack(f"<{len(text.encode('utf-16-le')) // 2}h", text.encode("utf-16-le"))
        return "".join(chr(u) if 31 < u < 127 and chr(u) not in "\\{}" else f"\\u{u}?" for u in units)

    edges = "".join(f"\\cellx{1000 * i}" for i in range(1, 4))
    body = "".join(f"\\trowd{edges}\\pard\\intbl " + "".join(f"{written(c)}\\cell " for c in row) + "\\row\n"
                   for row in (COLUMNS, *table))  # fmt: skip
    return (f"{{\\rtf1\\ansi{head}{{\\fonttbl{{\\f0 Arial;}}}}\\pard Title\\par\n" + body + "\\pard end\\par}").encode()


@quick
@given(rows)
def test_a_table_of_word_comes_back_from_both_its_formats(tmp_path: Path, table: Table) -> None:
    drawn = tbl(*(tuple(map(tc, row)) for row in (COLUMNS, *table)))
    for name, content in (("t.docx", docx(f"<w:p/>{drawn}")), ("t.rtf", rtf(table))):
        (found,) = read(tmp_path / name, content)
        assert (found.name, found.columns, texts(found)) == ("t", COLUMNS, table)
        assert set(found.notes) <= {DOUBT}  # rows of words may look like the names above them


def test_fonts_come_from_runs_and_from_styles(tmp_path: Path) -> None:
    styles = """<w:docDefaults><w:rPrDefault><w:rPr><w:rFonts w:ascii="Times"/></w:rPr></w:rPrDefault></w:docDefaults>
    <w:style w:type="paragraph" w:default="1" w:styleId="N"/><w:style w:type="paragraph" w:styleId="L">
    <w:basedOn w:val="K"/></w:style><w:style w:styleId="K"><w:rPr><w:rFonts w:hAnsi="Shusha"/></w:rPr></w:style>"""
    styled = '<w:tc><w:p><w:pPr><w:pStyle w:val="L"/></w:pPr><w:r><w:t>rama</w:t></w:r></w:p></w:tc>'
    symbol = '<w:tc><w:p><w:r><w:sym w:font="Kruti Dev 010" w:char="F06A"/></w:r></w:p></w:tc>'
    head = tuple(map(tc, ("a", "b", "c", "d")))
    (found,) = read(
        tmp_path / "t.docx", docx(tbl(head, (tc("1"), tc("jke\uf06a", "DevLys 010"), styled, symbol)), styles)
    )
    assert texts(found) == [("1", "jkej", "rama", "j")]
    assert dict(found.fonts) == {"a": "Times", "b": "DevLys 010", "c": "Shusha", "d": "Kruti Dev 010"}


def test_merged_cells_and_tables_within_cells_are_told(tmp_path: Path) -> None:
    inner = f"<w:tc>{tbl((tc('in'), tc('side')), (tc('5'), tc('6')))}<w:p/></w:tc>"
    body = tbl(
        (tc("ps"), tc("no"), tc("x")),
        (tc("K01", props='<w:vMerge w:val="restart"/>'), tc("1"), inner),
        (tc("", props="<w:vMerge/>"), tc("2"), tc("y")),
        (tc("all", props='<w:gridSpan w:val="2"/>'), tc("z")),
    )
    outer, within, last = read(tmp_path / "t.docx", docx(body + "<w:p/>" + tbl((tc("a"), tc("b")), (tc("1"), tc("2")))))
    assert texts(outer) == [("K01", "1", ""), ("K01", "2", "y"), ("all", "", "z")]
    assert len(outer.notes) == 2
    assert (within.columns, texts(within), texts(last)) == (("in", "side"), [("5", "6")], [("1", "2")])


def test_a_document_saved_as_one_xml_file_is_read(tmp_path: Path) -> None:
    body = tbl((tc("a"), tc("b")), (tc("1"), tc("jke", "Kruti Dev 010")))
    (found,) = read(
        tmp_path / "t.xml", f"<?xml version='1.0'?><w:wordDocument {_NS}><w:body>{body}</w:body></w:wordDocument>"
    )
    assert (texts(found), dict(found.fonts)) == ([("1", "jke")], {"b": "Kruti Dev 010"})


def test_a_cut_document_gives_the_rows_that_are_left(tmp_path: Path) -> None:
    body = tbl((tc("a"), tc("b")), *((tc(str(i)), tc("x")) for i in range(50)))
    data = docx(body, packed=zipfile.ZIP_STORED)
    (found,) = read(tmp_path / "t.docx", data[: len(data) // 2])
    delivered = list(found.rows)
    assert 5 < len(delivered) < 50
    assert [r.problem for r in delivered[:-1]] == [""] * (len(delivered) - 1)
    assert any("truncated" in n for n in found.notes)


def test_bytes_of_rtf_are_read_by_the_code_page_and_kept_where_there_is_none(tmp_path: Path) -> None:
    body = rb"""{\fonttbl{\f0 Arial;}{\f1\fcharset2 Kruti Dev 010{\*\falt Other};}{\f2\fcharset178 Nask;}}
    \trowd\cellx1\cellx2\cellx3 no\cell name\cell urdu\cell\row
    \trowd\cellx1\cellx2\cellx3 1\cell{\f1 jke\'aa\u61537?}\cell{\f2 \'c7\'e3}\cell\row}"""
    (found,) = read(tmp_path / "t.rtf", rb"{\rtf1\ansi\ansicpg1252" + body)
    assert texts(found) == [("1", "jkeªa", "ام")]
    assert found.fonts["name"] == "Kruti Dev 010"
    (found,) = read(tmp_path / "t.rtf", rb"{\rtf1\ansi" + body.replace(rb"\fcharset2 ", b" "))
    assert texts(found) == [("1", b"jke\xaaa", "ام")]


def test_rows_of_rtf_are_put_into_columns_by_their_edges(tmp_path: Path) -> None:
    data = rb"""{\rtf1\ansi\ansicpg1252{\*\generator x}{\info{\title hidden}}\pard Title\par
    \trowd\cellx1000\cellx2000\cellx3000\pard\intbl ps\cell no\cell x\cell\row
    \trowd\clvmgf\cellx1000\cellx2000\cellx3000\pard\intbl K\par 01\cell 1\cell a\cell\row
    \trowd\clvmrg\cellx1000\cellx2000\cellx3000\pard\intbl \cell 2\cell b\cell\row
    \trowd\cellx2000\cellx3000\pard\intbl all\cell z\cell\row
    \pard Another\par
    \trowd\cellx1\cellx2 a\cell b\cell\row\trowd\cellx1\cellx2 1\cell\row\trowd\cellx1\cellx2 2\cell cut"""
    first, second = read(tmp_path / "t.rtf", data)
    assert texts(first) == [("K\n01", "1", "a"), ("K\n01", "2", "b"), ("all", "", "z")]
    assert [(r.cells, r.problem) for r in second.rows] == [(("1", ""), ""), (("2", "cut"), "cut")]


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams, each so long that it has sectors of its own."""
    sectors: list[bytes] = []
    following: list[int] = []

    def added(data: bytes) -> int:
        first, count = len(sectors), -(-len(data) // 512)
        sectors.extend(data[i * 512 : (i + 1) * 512].ljust(512, b"\0") for i in range(count))
        following.extend([*range(first + 1, first + count), 0xFFFFFFFE])
        return first

    entries = [("Root Entry", 5, 0xFFFFFFFE, 0)]
    for name, data in streams.items():
        entries.append((name, 2, added(data.ljust(4096, b"\0")), max(len(data), 4096)))
    listed = b"".join(
        (name.encode("utf-16-le") + b"\0\0").ljust(64, b"\0") + struct.pack("<HBB", 2 * len(name) + 2, kind, 1)
        + b"\xff" * 12 + b"\0" * 36 + struct.pack("<IQ", first, size)
        for name, kind, first, size in entries
    )  # fmt: skip
    folder = added(listed.ljust(512, b"\0"))
    table = b"".join(struct.pack("<I", n) for n in (*following, 0xFFFFFFFD)).ljust(512, b"\xff")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<5H6x", 62, 3, 0xFFFE, 9, 6)
    numbers = struct.pack("<9I", 0, 1, folder, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    return (head + numbers + struct.pack("<I", len(sectors))).ljust(512, b"\xff") + b"".join(sectors) + table


def record(text: bytes) -> bytes:
    """A text as InPage 1 frames it."""
    return b"\1\0\0\0\r\0\0\0\0\0" + struct.pack("<I", len(text)) + text + b"\0" * 5 + b"\xff" * 4


WORDS = ("کانپور", "تھانہ", "نام")


def test_an_inpage_document_gives_its_paragraphs_in_its_own_code(tmp_path: Path) -> None:
    first, second, third = (encode(INPAGE, w) for w in WORDS)
    text = first + b"\r" + second + b"\t12/98\r\n\r" + third + b"\x01\x02" + first + b"\r\x04A\x04b"
    (found,) = read(tmp_path / "t.inp", ole({"InPage100": b"\7" * 300 + record(text) + b"rest"}))
    assert (found.columns, found.encoding, dict(found.fonts)["text"]) == (("text", "text_2"), INPAGE, INPAGE)
    assert [(r.number, r.cells) for r in found.rows] == [
        (1, (first, "")), (2, (second, "12/98")), (4, (third + b" " + first, "")), (5, ("Ab", "")),
    ]  # fmt: skip
    assert decode(INPAGE, first) == WORDS[0]
    assert len(found.notes) == 2


def test_text_of_inpage_that_lies_elsewhere_is_found_by_its_codes_and_that_is_said(tmp_path: Path) -> None:
    first, second, _ = (encode(INPAGE, w) for w in WORDS)
    (found,) = read(tmp_path / "t.inp", ole({"InPage200": b"\7" * 300 + first + b"\r" + second + b"\7\7"}))
    assert texts(found) == [(first,), (second,)]
    assert "found by its codes" in found.notes[0]


def test_version_3_of_inpage_is_read_as_unicode_without_its_formatting(tmp_path: Path) -> None:
    text = "\r".join((*WORDS, "")).encode("utf-16-le")
    text = text[:4] + b"\1\0\6\0abcdef" + text[4:]
    spans = struct.pack("<6I", 0, 0, 3, 10, 4, len(text) - 10)
    (found,) = read(
        tmp_path / "t.inp", ole({"InPage300": b"\7\7\7\x7f" * 1100 + spans + b"\xff\xff\xff\xff\r\0" + text})
    )
    assert texts(found) == [(w,) for w in WORDS]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", docx("<w:p/>")),
        ("a.rtf", b"{\\rtf1 no table}"),
        ("a.inp", ole({"InPage100": b"\7" * 5000})),
    ],
)
def test_documents_without_a_table_are_refused(tmp_path: Path, name: str, data: bytes) -> None:
    with pytest.raises(TableError) as refused:
        read(tmp_path / name, data)
    assert refused.value.kind == "not-a-table"


def test_cut_at_any_byte_they_are_read_or_refused(tmp_path: Path) -> None:
    table = [("1", "कख", "x"), ("2", "", "y z"), ("3", "ग", "w")]
    whole = [*COLUMNS, *(c for row in table for c in row)]
    check_cuts(tmp_path / "t.rtf", rtf(table), "rtf", whole=whole, step=2)
    drawn = tbl(*(tuple(map(tc, row)) for row in (COLUMNS, *table)))
    check_cuts(tmp_path / "t.docx", docx(drawn), "docx", whole=whole, step=7)
    check_cuts(tmp_path / "t.docx", docx(drawn, packed=zipfile.ZIP_STORED), "docx", whole=whole, step=11)
    words = [encode(INPAGE, w) for w in WORDS]
    data = ole({"InPage100": b"\7" * 4000 + record(b"\r".join(words))})
    check_cuts(
        tmp_path / "t.inp", data, "inpage", whole=[*words, *(w[: 2 * n] for w in words for n in range(9))], step=7
    )
