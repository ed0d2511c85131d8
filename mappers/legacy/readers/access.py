"""Access databases (.mdb, .accdb), read by the programs of MDB Tools under limits, checked against their own count."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mappers.errors import TableError
from mappers.legacy.access_file import filled_up
from mappers.legacy.access_head import AccessHead, is_access, read_access_head
from mappers.legacy.access_keys import RELATIONS, relationships
from mappers.legacy.programs import HelperProgram, ProgramLimits
from mappers.legacy.table import ForeignKey, LegacyRow, LegacyTable, ReadAs, binary_marker, unique_names

RANK = 10

_HEAD = 4096
_PROGRAMS = ("mdb-tables", "mdb-schema", "mdb-count", "mdb-export")
_PACKAGE = "mdbtools"
_BETWEEN = "\x1e"
_MOST_TABLES = 2048
_LONGEST_ROW = 32 << 20
# No row is smaller: more rows than the file has room for are an endless loop in it.
_SMALLEST_ROW = 4
_MOST_DIGITS = 19
# The eight-bit text of Jet 3 comes out byte for byte this way; read as CP1252, five bytes that fonts use become "?".
_SETTINGS = {"MDB_JET3_CHARSET": "ISO-8859-1", "LC_ALL": "C.UTF-8"}
_LIST = ("-d", _BETWEEN)
_CATALOGUE = "MSysObjects"
# Types of entries that are links: 4 over ODBC, 6 to another file.
_LINKED = (["4"], ["6"])
_EXPORT = ("-e", "-d", "\t", "-b", "hex", "-D", "%Y-%m-%d", "-T", "%Y-%m-%d %H:%M:%S")
_COLUMN = re.compile(r"\t\[(.*)\]\t\t\t(\w[^(\n]*?)(?: \(.*\))?(?: NOT NULL)?,? *")
_TEXT = ("Text", "Memo/Hyperlink")
_BINARY = ("OLE", "Binary")
_ESCAPED = re.compile(r'""|\\(.)')
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\"}
_DAY_ZERO = "1899-12-30"


def looks_like(path: Path, head: bytes) -> bool:
    """Whether a file begins as a database of the Jet or ACE engine."""
    return is_access(head)


def read_tables(path: Path, how: ReadAs) -> Iterator[LegacyTable]:
    """The tables of a database, without those of the system.

    Text of Access 97 (Jet 3) is bytes, later text is characters; a font's bytes are then the characters of its code
    page. Dates are ISO text, a time of day alone stands alone; pictures and other objects are a marker with their size.
    The rows of a table are compared with its own count; those beyond it have problem "more-than-counted". A table whose
    definition is lost is delivered without columns, and its notes say so. Raises TableError "missing-program" without
    MDB Tools, "encrypted" when nothing can be read without the password, "unreadable" when no table is found.
    """
    missing = [p for p in _PROGRAMS if shutil.which(p) is None]
    if missing:
        raise TableError(
            f"{path.name}: an Access database, and {missing[0]} is not installed; install the package {_PACKAGE}"
            f" (sudo apt-get install {_PACKAGE})",
            kind="missing-program",
        )
    with path.open("rb") as f:
        # A cut file may be shorter than its first page.
        head = read_access_head(f.read(_HEAD).ljust(_HEAD, b"\0"))
    if head.is_encrypted:
        raise TableError(f"{path.name}: the database is encrypted with a password", kind="encrypted")
    return _tables(path, head)


def _tables(path: Path, head: AccessHead) -> Iterator[LegacyTable]:
    """The tables; those of a database that is cut, or whose list breaks off, from a copy that is filled up."""
    size = path.stat().st_size
    base = _Database(path, path.name, head, size)
    listing = base.run("mdb-tables", _LIST)
    names = base.names(listing)
    notes = []
    if size % head.page_bytes:
        notes.append("the file ends within a page: it was truncated, and the rest is missing")
    if not notes and names and not listing.trouble and not listing.complaint:
        yield from base.tables(names, notes)
        return
    with filled_up(path) as copy:
        base = _Database(copy, path.name, head, size)
        listing = base.run("mdb-tables", _LIST)
        names = base.names(listing)
        if listing.trouble or listing.complaint:
            notes.append(f"the list of tables is damaged: {listing.trouble or listing.complaint}")
        yield from base.tables(names, notes)


@dataclass(frozen=True)
class _Database:
    """One database. path: of the file or its copy; file: its name; size: its bytes, from which the limits are taken."""

    path: Path
    file: str
    head: AccessHead
    size: int

    def names(self, listing: HelperProgram) -> list[str]:
        """The names of the tables as they are listed, doubles too."""
        return [n for n in listing.read_all().decode("utf-8", "replace").split(_BETWEEN) if n.strip("\n")]

    def tables(self, names: Sequence[str], notes: list[str]) -> Iterator[LegacyTable]:
        """The tables of these names. notes: what is wrong with the file. Raises TableError when there are none."""
        # A damaged list of tables repeats itself.
        distinct = list(dict.fromkeys(names))
        if len(distinct) < len(names) or len(distinct) > _MOST_TABLES:
            notes.append(f"the list of tables is damaged: {len(names)} names, of which {len(distinct)} differ")
        notes += self._catalogue_notes()
        if not distinct and (self.head.has_key or self.head.has_password):
            raise TableError(f"{self.file}: the database is protected by a password", kind="encrypted")
        if not distinct:
            why = "; ".join(notes) or "it lists no tables"
            raise TableError(f"{self.file}: no table can be read from the database: {why}", kind="unreadable")
        declared = self._declared_keys()
        return (replace(self._table(name, notes), refers=declared.get(name, ())) for name in distinct[:_MOST_TABLES])

    def _declared_keys(self) -> dict[str, tuple[ForeignKey, ...]]:
        """Table -> what its columns refer to, by the database's own list of relationships; most have none."""
        export = self.run("mdb-export", ["-d", "\t", "-b", "strip"], RELATIONS, output=self._most_output())
        return relationships([_plain(c) for c in line.split("\t")] for line, _ in _lines(export))

    def _catalogue_notes(self) -> Iterator[str]:
        """Whether the list of tables is as long as it says, and whether tables in it lie in other files."""
        counted = self.run("mdb-count", [], _CATALOGUE).read_all().strip()
        export = self.run("mdb-export", ["-e", "-d", "\t", "-b", "strip"], _CATALOGUE, output=self._most_output())
        lines = (line.split("\t") for line, _ in _lines(export))
        head = next(lines, [])
        at = head.index("Type") if "Type" in head else -1
        listed = linked = 0
        for line in lines:
            listed += 1
            # A slice, since a damaged line may have fewer cells.
            linked += at >= 0 and line[at : at + 1] in _LINKED
        if linked:
            yield f"{linked} tables are links to tables in other files or servers; their rows are not in this file"
        if counted.isdigit() and len(counted) < _MOST_DIGITS and int(counted) != listed:
            says = f"it declares {int(counted)} entries but has {listed}"
            yield f"the list of tables is damaged: {says}; tables may be missing"

    def run(
        self, program: str, options: Sequence[str], table: str | None = None, *, output: int = 1 << 20
    ) -> HelperProgram:
        """One of the programs at work on the database."""
        limits = ProgramLimits(cpu_s=10 + (self.size >> 18), output_bytes=output)
        path = str(self.path.absolute())
        # Names of files and tables may begin with a dash.
        return HelperProgram([program, *options, "--", path, *([] if table is None else [table])], limits, _SETTINGS)

    def _most_output(self) -> int:
        """Nulls cost nothing in the file and a byte in the output, text up to three times its bytes."""
        return (4 << 20) + 60 * self.size

    def _table(self, name: str, damage: list[str]) -> LegacyTable:
        notes = [*damage]
        if self.head.has_password:
            notes.append("the database has a password, which locks the program and not the tables")
        counted = self._count_rows(name, notes)
        if counted is None:  # without its definition, what is printed for its rows is made up
            return LegacyTable(_show_name(name), (), iter(()), notes)
        kinds = self._kinds(name, notes)
        export = self.run("mdb-export", list(_EXPORT), name, output=self._most_output())
        lines = _lines(export)
        first = next(lines, ("", False))[0]
        given = [_plain(c) for c in first.split("\t")] if first else []
        names = [k for k, _ in kinds] if len(kinds) == len(given) else given
        columns, changed = unique_names(names)
        notes += changed
        if not columns:
            notes.append(f"no column of the table can be read: {export.trouble or 'nothing is delivered'}")
        cells = _Cells(self.head.is_8_bit, tuple(k for _, k in kinds) if len(kinds) == len(given) else ())
        page = f"cp{self.head.code_page}" if self.head.is_8_bit and self.head.code_page else ""
        rows = self._rows(lines, cells, (len(columns), counted), notes, export)
        return LegacyTable(_show_name(name), columns, rows, notes, counted, encoding=page)

    def _count_rows(self, name: str, notes: list[str]) -> int | None:
        count = self.run("mdb-count", [], name)
        said = count.read_all().strip()
        if said.isdigit() and len(said) < _MOST_DIGITS:
            return int(said)
        why = count.trouble or count.complaint
        notes.append(f"the definition of the table is lost, and its rows with it{f': {why}' if why else ''}")
        return None

    def _kinds(self, name: str, notes: list[str]) -> list[tuple[str, str]]:
        """(name, type) of each column; none when the description of the table cannot be read."""
        options = ["--no-indexes", "--no-relations", "--no-default-values", "--no-comments", "-T", name]
        schema = self.run("mdb-schema", options)
        text = schema.read_all().decode("utf-8", "replace")
        found = [m.groups() for line in text.split("\n") if (m := _COLUMN.fullmatch(line))]
        if not found:
            notes.append("the types of the columns cannot be read; all are read as text")
        return [(name, kind) for name, kind in found]

    def _rows(
        self, lines: Iterator[tuple[str, bool]], cells: _Cells, shape: tuple[int, int], notes: list[str],
        export: HelperProgram,
    ) -> Iterator[LegacyRow]:  # fmt: skip
        width, counted = shape
        most = self.size // _SMALLEST_ROW
        number = 0
        for line, is_long in lines:
            number += 1
            if number > most:
                notes.append(f"the table does not end: more rows than the file can have; stopped after row {most}")
                break
            values = cells.read(line)
            problem = "row-too-long" if is_long else ""
            if number > counted:
                problem = problem or "more-than-counted"
            if len(values) != width:
                problem = problem or ("too-many-cells" if len(values) > width else "too-few-cells")
                values = (*values, *[""] * (width - len(values)))
            yield LegacyRow(number, -1, values, problem=problem)
        if export.trouble:
            notes.append(f"the table could not be read to its end: {export.trouble}")
        elif export.complaint:
            notes.append(f"the table is damaged: {export.complaint}")
        if counted != min(number, most):
            notes.append(
                f"the table declares {counted} rows, but {number} could be read"
                + (f"; {counted - number} are missing" if counted > number else "")
            )


@dataclass(frozen=True)
class _Cells:
    """How the cells of a table are read. is_8_bit: its text is bytes; kinds: type of each column, none when unknown."""

    is_8_bit: bool
    kinds: tuple[str, ...]

    def read(self, line: str) -> tuple[bytes | str, ...]:
        cells = line.split("\t")
        kinds = self.kinds if len(cells) == len(self.kinds) else ("Text",) * len(cells)
        return tuple(self._cell(c, k) for c, k in zip(cells, kinds, strict=True))

    def _cell(self, cell: str, kind: str) -> bytes | str:
        if not cell:
            return ""
        if kind.startswith(_BINARY):
            return binary_marker((len(cell) - 2) // 2) if len(cell) > 2 else ""
        text = _plain(cell)
        if kind.startswith("DateTime"):
            return _moment(text)
        if kind.startswith(_TEXT) and self.is_8_bit and cell[0] == '"':
            try:
                return text.encode("latin-1")
            except UnicodeEncodeError:
                return text
        return text


def _plain(cell: str) -> str:
    """A cell without its quotes and escapes."""
    if cell[:1] != '"':
        return cell
    inner = cell[1:-1] if cell.endswith('"') and len(cell) > 1 else cell[1:]
    if '"' not in inner and "\\" not in inner:
        return inner
    return _ESCAPED.sub(lambda m: _ESCAPES.get(m[1], m[0]) if m[1] else '"', inner)


def _moment(text: str) -> str:
    """A day, a day with its time, or a time alone: Access keeps that as the time of its day zero."""
    day, _, time = text.partition(" ")
    shown = time.removesuffix(":00") if time.count(":") == 2 else time
    if time == "00:00:00" or not time:
        return day
    return shown if day == _DAY_ZERO else f"{day} {shown}"


def _lines(program: HelperProgram) -> Iterator[tuple[str, bool]]:
    """The lines that a program prints, and whether one was too long and is cut."""
    kept: list[bytes] = []
    size = 0
    for chunk in program:
        *ended, rest = chunk.split(b"\n")
        for part in ended:
            kept.append(part)
            yield b"".join(kept).decode("utf-8", "replace"), size > _LONGEST_ROW
            kept, size = [], 0
        size += len(rest)
        if size <= _LONGEST_ROW:
            kept.append(rest)
    if any(kept):
        yield b"".join(kept).decode("utf-8", "replace"), True


def _show_name(name: str) -> str:
    return " ".join(name.split())
