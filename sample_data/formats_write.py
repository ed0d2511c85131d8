"""How the old tables of sample_data/formats/ are stored: text, dBase, dumps, workbooks, and what they should become."""

from __future__ import annotations

import json
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import escape

from mappers.encodings import encode, to_characters

_EPOCH = (1999, 12, 31, 0, 0, 0)
# LMG Arun has no codes for these digits: typists take the letters that look the same.
_LOOK_ALIKE = str.maketrans("૨૫", "રપ")
Cells = Mapping[str, str]


@dataclass(frozen=True)
class Line:
    """One row of an old table and what it should become. row: its number in the source. deleted: marked so there.

    reported: why it makes no record, "" for a row that does. also: records of other forms that it makes.
    """

    row: int
    cells: Cells
    fields: Mapping[str, str] = field(default_factory=dict)
    children: Mapping[str, list[dict[str, str]]] = field(default_factory=dict)
    form: str = "iif1"
    deleted: bool = False
    reported: str = ""
    also: tuple[Line, ...] = ()


@dataclass(frozen=True)
class Format:
    """One old format. id: its mapping's; state: of the office. lines: its rows. write: stores them in a folder.

    year: of the book, as said at intake; 0 where the rows say it. stations: code of the old program -> station.
    """

    id: str
    state: str
    lines: Callable[[], list[Line]]
    write: Callable[[Path, Sequence[Line]], None]
    station: str = ""
    year: int = 0
    stations: Mapping[str, str] = field(default_factory=dict)


def stored(encoding: str, text: str) -> bytes:
    """A text as the bytes of a font; what is plain English is typed in an English font and stays."""
    if not encoding:
        return text.encode("utf-8")
    typed = text.translate(_LOOK_ALIKE) if encoding == "lmg-arun" else text
    return text.encode("ascii") if text.isascii() else encode(encoding, typed)


def shown(encoding: str, cells: Cells, plain: Iterable[str] = ()) -> dict[str, str]:
    """Cells with their font bytes as the characters that a program which knows no fonts shows. plain: columns without
    a font.
    """
    keep = set(plain)
    return {n: t if n in keep else to_characters(stored(encoding, t)) for n, t in cells.items()}


def write_delimited(
    path: Path, rows: Iterable[Sequence[bytes]], names: Sequence[str], *, separator: str, quote: str = "", end: str
) -> None:
    """Text with a header and separators. quote: put around every cell; doubled inside."""
    mark, cut = quote.encode(), separator.encode()

    def line(cells: Iterable[bytes]) -> bytes:
        return cut.join(mark + (c.replace(mark, mark * 2) if mark else c) + mark for c in cells) + end.encode()

    path.write_bytes(line(n.encode("utf-8") for n in names) + b"".join(map(line, rows)))


def write_fixed(path: Path, lines: Sequence[Line], widths: Mapping[str, int]) -> None:
    """Rows of fixed width, with the layout beside them."""
    rows = []
    for line in lines:
        for name, width in widths.items():
            if len(line.cells[name]) > width:
                raise ValueError(f"row {line.row}: {name} needs {len(line.cells[name])} bytes, has {width}")
        rows.append("".join(line.cells[n].ljust(w) for n, w in widths.items()) + "\r\n")
    path.write_bytes("".join(rows).encode("ascii"))
    layout = "\n".join(f'[[column]]\nname = "{n}"\nwidth = {w}\n' for n, w in widths.items())
    path.with_name("layout.toml").write_text(layout, "utf-8", newline="\n")


def write_dbf(path: Path, lines: Sequence[Line], fields: Sequence[tuple[str, str, int]], encoding: str) -> None:
    """A dBase III table without memo, codepage mark 0. fields: name, kind C, N or D, bytes."""
    length = 1 + sum(size for _, _, size in fields)
    head = struct.pack("<4BIHH20x", 0x03, 99, 12, 31, len(lines), 32 + 32 * len(fields) + 1, length)
    for name, kind, size in fields:
        head += struct.pack("<11sc4xBB14x", name.encode("ascii"), kind.encode("ascii"), size, 0)
    path.write_bytes(head + b"\x0d" + b"".join(_dbf_row(x, fields, encoding) for x in lines) + b"\x1a")


def _dbf_row(line: Line, fields: Sequence[tuple[str, str, int]], encoding: str) -> bytes:
    out = b"*" if line.deleted else b" "
    for name, kind, size in fields:
        data = stored(encoding, line.cells[name])
        if len(data) > size:
            raise ValueError(f"row {line.row}: {name} needs {len(data)} bytes, has {size}")
        out += data.rjust(size) if kind == "N" else data.ljust(size)
    return out


def copy_block(table: str, names: Sequence[str], rows: Iterable[Cells]) -> str:
    """A table as pg_dump writes it; empty cells are NULL."""
    columns = ",\n".join(f"    {n} character varying" for n in names)
    text = f"CREATE TABLE {table} (\n{columns}\n);\n\nCOPY {table} ({', '.join(names)}) FROM stdin;\n"
    for cells in rows:
        text += "\t".join(cells[n].replace("\\", "\\\\").replace("\n", "\\n") or "\\N" for n in names) + "\n"
    return text + "\\.\n\n"


def inserts(table: str, rows: Iterable[Cells], *, quote: str = "'", end: str = ";\n") -> str:
    """A table as INSERT statements, one a row; empty cells are NULL."""
    made = []
    for cells in rows:
        values = ", ".join(f"{quote}{t.replace(chr(39), chr(39) * 2)}'" if t else "NULL" for t in cells.values())
        made.append(f"INSERT INTO {table} ({', '.join(cells)}) VALUES ({values}){end}")
    return "".join(made)


def write_xlsx(path: Path, sheet: str, rows: Mapping[int, Sequence[str]]) -> None:
    """A workbook of one sheet, every cell a text, with the same bytes each time. rows: number of the row -> cells."""
    body = "".join(
        f'<row r="{n}">' + "".join(_xlsx_cell(f"{chr(65 + i)}{n}", t) for i, t in enumerate(r) if t) + "</row>"
        for n, r in rows.items()
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType='
        '"application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName='
        '"/xl/worksheets/sheet1.xml" ContentType='
        '"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" Type='
        f'"{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="{sheet}" sheetId="1" '
        'r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>',
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(zipfile.ZipInfo(name, _EPOCH), text.encode("utf-8"), zipfile.ZIP_DEFLATED)


def _xlsx_cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{escape(text)}</t></is></c>'


def write_expected(path: Path, lines: Sequence[Line]) -> None:
    """One line of JSON for each record that a row of the source makes, or for why it makes none."""
    made = [_expected(x) for line in lines for x in (line, *line.also)]
    path.write_text("".join(json.dumps(x, ensure_ascii=False) + "\n" for x in made), "utf-8", newline="\n")


def _expected(line: Line) -> dict[str, object]:
    if line.reported:
        return {"row": line.row, "reported": line.reported}
    return {"row": line.row, "form": line.form, "fields": dict(line.fields), "children": dict(line.children)}
