"""Invented workbooks and databases in the binary formats of their time, written byte by byte for the tests."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.styles import Font

BiffCell = str | float | bool | None


@dataclass(frozen=True)
class Dated:
    """A number shown as a day."""

    serial: float


@dataclass(frozen=True)
class Raw:
    """A record as it stands, for what the writer does not know."""

    kind: int
    data: bytes


def record(kind: int, data: bytes) -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def wide(text: str, size: str = "<B") -> bytes:
    units = text.encode("utf-16-le")
    return struct.pack(size, len(units) // 2) + b"\x01" + units


def biff8_font(name: str) -> bytes:
    return record(0x31, bytes(14) + wide(name))


def biff8(
    sheets: Mapping[str, Sequence[Sequence[BiffCell | Dated | Raw]]],
    *,
    fonts: Sequence[str] = ("Arial",) * 4,
    merges: Sequence[tuple[int, int, int, int]] = (),
    is_1904: bool = False,
    extra: bytes = b"",
) -> bytes:
    """The records of a workbook of Excel 97. Texts are shared and have the last of the fonts."""
    texts = list(dict.fromkeys(c for rows in sheets.values() for row in rows for c in row if isinstance(c, str)))
    bodies = [_biff8_sheet(rows, texts, merges) for rows in sheets.values()]
    xfs = [(0, 0), (len(fonts), 0), (0, 14), (0, 164)]
    after = b"".join(
        [
            *(biff8_font(n) for n in fonts),
            record(0x41E, struct.pack("<H", 164) + wide("000", "<H")),
            *(record(0xE0, struct.pack("<HH", *x) + bytes(16)) for x in xfs),
        ]
    )
    shared = _shared(texts) + record(0x0A, b"")
    before = record(0x809, struct.pack("<HH", 0x600, 5) + bytes(12)) + record(0x42, struct.pack("<H", 1200))
    before += record(0x22, struct.pack("<H", is_1904)) + extra
    size = len(before) + len(after) + len(shared) + sum(10 + 2 + 2 * len(n) for n in sheets)
    bound = b""
    for name, body in zip(sheets, bodies, strict=True):
        bound += record(0x85, struct.pack("<IBB", size, 0, 0) + wide(name))
        size += len(body)
    return before + after + bound + shared + b"".join(bodies)


def _shared(texts: Sequence[str]) -> bytes:
    """The texts of a workbook, in as many records as they need."""
    records = [struct.pack("<II", len(texts), len(texts))]
    for text in texts:
        stored = wide(text, "<H")
        if len(records[-1]) + len(stored) > 8224:
            records.append(b"")
        records[-1] += stored
    return b"".join(record(0x3C if i else 0xFC, data) for i, data in enumerate(records))


def _biff8_sheet(
    rows: Sequence[Sequence[BiffCell | Dated | Raw]], texts: Sequence[str], merges: Sequence[tuple[int, int, int, int]]
) -> bytes:
    out = [record(0x809, struct.pack("<HH", 0x600, 0x10) + bytes(12))]
    for r, row in enumerate(rows):
        filled = [c for c, value in enumerate(row) if value is not None]
        if filled:
            out.append(record(0x208, struct.pack("<HHH", r, filled[0], filled[-1] + 1) + bytes(10)))
        out += [_biff8_cell(r, c, value, texts) for c, value in enumerate(row)]
    ranges = b"".join(struct.pack("<4H", *m) for m in merges)
    return b"".join([*out, record(0xE5, struct.pack("<H", len(merges)) + ranges), record(0x0A, b"")])


def _biff8_cell(row: int, column: int, value: BiffCell | Dated | Raw, texts: Sequence[str]) -> bytes:
    if value is None:
        return b""
    if isinstance(value, Raw):
        return record(value.kind, struct.pack("<HH", row, column) + value.data)
    if isinstance(value, str):
        return record(0xFD, struct.pack("<HHHI", row, column, 1, texts.index(value)))
    if isinstance(value, bool):
        return record(0x205, struct.pack("<HHHBB", row, column, 0, value, 0))
    if isinstance(value, Dated):
        return record(0x203, struct.pack("<HHHd", row, column, 2, value.serial))
    return record(0x203, struct.pack("<HHHd", row, column, 0, value))


def biff5(rows: Sequence[Sequence[bytes | float]], *, font: bytes = b"Kruti Dev 010", page: int = 1252) -> bytes:
    """The records of a workbook of Excel 95 with one sheet, its texts in bytes."""
    head = record(0x809, struct.pack("<HH", 0x500, 5) + bytes(4)) + record(0x42, struct.pack("<H", page))
    head += record(0x31, bytes(14) + bytes([len(font)]) + font) + record(0xE0, bytes(16))
    at = len(head) + 4 + 7 + 5 + 4
    head += record(0x85, struct.pack("<IBB", at, 0, 0) + b"\x05FIRS!") + record(0x0A, b"")
    assert len(head) == at
    out = [record(0x809, struct.pack("<HH", 0x500, 0x10) + bytes(4))]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, bytes):
                out.append(record(0x204, struct.pack("<HHHH", r, c, 0, len(value)) + value))
            else:
                out.append(record(0x203, struct.pack("<HHHd", r, c, 0, value)))
    return head + b"".join(out) + record(0x0A, b"")


def biff2(rows: Sequence[Sequence[bytes | float]]) -> bytes:
    """A sheet of Excel 2, bare. Whole numbers are kept in two bytes."""
    out = [record(0x09, struct.pack("<HH", 2, 0x10))]
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            place = struct.pack("<HH3x", r, c)
            if isinstance(value, bytes):
                out.append(record(0x04, place + bytes([len(value)]) + value))
            elif value == int(value) and 0 <= value < 1 << 16:
                out.append(record(0x02, place + struct.pack("<H", int(value))))
            else:
                out.append(record(0x03, place + struct.pack("<d", value)))
    return b"".join(out) + record(0x0A, b"")


def ole(name: str, stream: bytes) -> bytes:
    """A compound file with one stream."""
    content = stream.ljust(4096, b"\0")
    content += bytes(-len(content) % 512)
    count = len(content) // 512
    tables = (count + 1) // 127 + 1
    chain = [*range(1, count), 0xFFFFFFFE, 0xFFFFFFFE, *[0xFFFFFFFD] * tables]
    chain += [0xFFFFFFFF] * (tables * 128 - len(chain))
    entries = _ole_entry("Root Entry", 5, 0xFFFFFFFE, 0, 1) + _ole_entry(name, 2, 0, max(len(stream), 4096), 0xFFFFFFFF)
    places = [count + 1 + i for i in range(tables)]
    head = struct.pack("<8s16xHHHHH6xIIIIIIIIII", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6,
                       0, tables, count, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0)[:76]  # fmt: skip
    head += struct.pack(f"<{tables}I", *places)
    head = head.ljust(512, b"\xff")
    return head + content + entries.ljust(512, b"\0") + struct.pack(f"<{len(chain)}I", *chain)


def _ole_entry(name: str, kind: int, first: int, size: int, child: int) -> bytes:
    stored = name.encode("utf-16-le") + b"\0\0"
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
    return (
        stored.ljust(64, b"\0")
        + struct.pack("<HBB", len(stored), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", first, size)
    )


def ods(sheets: Mapping[str, Sequence[Sequence[object]]], *, extra: Mapping[str, bytes] | None = None) -> bytes:
    """A spreadsheet of OpenDocument. A cell that begins with < is taken for the XML of its element."""
    tables = "".join(
        f'<table:table table:name="{name}">{"".join(map(_ods_row, rows))}</table:table>'
        for name, rows in sheets.items()
    )
    content = f"<office:document-content><office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        for name, data in {"content.xml": content.encode(), **(extra or {})}.items():
            z.writestr(name, data)
    return out.getvalue()


def _ods_row(row: Sequence[object]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, row))}</table:table-row>"


def _ods_cell(value: object) -> str:
    if value is None:
        return "<table:table-cell/>"
    if isinstance(value, str) and value.startswith("<"):
        return value
    if isinstance(value, bool):
        return f'<table:table-cell office:value-type="boolean" office:boolean-value="{str(value).lower()}"/>'
    if isinstance(value, Dated):
        day = (date(1899, 12, 30) + timedelta(value.serial)).isoformat()
        return f'<table:table-cell office:value-type="date" office:date-value="{day}"/>'
    if isinstance(value, float):
        return f'<table:table-cell office:value-type="float" office:value="{value!r}"/>'
    return f'<table:table-cell office:value-type="string"><text:p>{escape(str(value))}</text:p></table:table-cell>'


def xlsx(sheets: Mapping[str, Sequence[Sequence[object]]], *, font: str = "", merges: Sequence[str] = ()) -> bytes:
    """A workbook of today. merges: ranges such as "A1:B1", on every sheet."""
    book = Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for r, row in enumerate(rows, 1):
            for c, value in enumerate(row, 1):
                _xlsx_cell(sheet.cell(r, c), value, font)
        for place in merges:
            sheet.merge_cells(place)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xlsx_cell(cell: Any, value: object, font: str) -> None:
    cell.value = value.serial if isinstance(value, Dated) else value
    if isinstance(value, Dated):
        cell.number_format = "dd/mm/yyyy"
    if isinstance(value, str):
        cell.data_type = "s"
        if font:
            cell.font = Font(name=font)


def xlsb(name: str, rows: Sequence[Sequence[str | float | None]]) -> bytes:
    """A workbook with one sheet whose parts are binary."""

    def part(kind: int, data: bytes = b"") -> bytes:
        number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
        assert len(data) < 128
        return number + bytes([len(data)]) + data

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    sheet = part(129) + part(148, struct.pack("<4I", 0, len(rows) - 1, 0, 9)) + part(145)
    for r, row in enumerate(rows):
        sheet += part(0, struct.pack("<I", r) + bytes(21))
        for c, value in enumerate(row):
            place = struct.pack("<II", c, 0)
            if isinstance(value, str):
                sheet += part(6, place + text(value))
            elif value is not None:
                sheet += part(5, place + struct.pack("<d", value))
    book = (
        part(131) + part(143) + part(156, struct.pack("<II", 0, 1) + text("rId1") + text(name)) + part(144) + part(132)
    )
    relation = '<Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.bin"/>'
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as z:
        z.writestr("xl/workbook.bin", book)
        z.writestr(
            "xl/_rels/workbook.bin.rels",
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}</Relationships>',
        )
        z.writestr("xl/worksheets/sheet1.bin", sheet + part(146) + part(130))
    return out.getvalue()
