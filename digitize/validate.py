"""Check an import file without a workspace: CSV or XLSX in the flat layout, one file or a folder of tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digitize.errors import InputError
from digitize.flat_file import SUFFIXES, read_rows, sheet_names
from mappers.schema import Table, form_tables, load_schemas
from validators.finding import Severity
from validators.structure import STRUCTURE

if TYPE_CHECKING:
    import polars as pl

    from validators.settings import CheckSettings

RECORD_ID, LINE = "record_id", "line"
# Rows turned into columns at a time: a fifth faster than cell by cell, and no faster with more.
_BLOCK = 128


@dataclass(frozen=True, slots=True, order=True)
class FileFinding:
    """One finding on a file. line: in the file, the header is line 1, 0 for the file itself. key: the record_id."""

    file: str
    line: int
    table: str
    key: str
    field: str
    code: str
    severity: Severity
    message: str


@dataclass(frozen=True, slots=True)
class Report:
    """What came of checking. rows_checked + rows_unreadable = rows in the files; findings stand by file and line.

    other_forms: files or sheets that are tables of another form, which were not looked at.
    """

    form: str
    files: tuple[str, ...]
    rows_checked: int
    rows_unreadable: int
    findings: tuple[FileFinding, ...]
    other_forms: tuple[str, ...] = ()

    def count(self, severity: Severity) -> int:
        """How many findings are of this severity."""
        return sum(f.severity == severity for f in self.findings)

    def by_code(self) -> Mapping[str, int]:
        """Rule code -> how many findings, in the order of the codes."""
        return dict(sorted(Counter(f.code for f in self.findings).items()))

    def to_plain(self) -> dict[str, Any]:
        """The report as JSON types."""
        counts = {"note": self.count("note"), "review": self.count("review"), "reject": self.count("reject")}
        return {
            "form": self.form,
            "files": list(self.files),
            "other_forms": list(self.other_forms),
            "rows_checked": self.rows_checked,
            "rows_unreadable": self.rows_unreadable,
            "counts": counts,
            "findings": [asdict(f) for f in self.findings],
        }


@dataclass(frozen=True, slots=True)
class _Source:
    """One table's place: a file, and a sheet of it when it is a workbook."""

    table: Table
    path: Path
    sheet: str = ""


@dataclass
class _Read:
    """One table as it was read; lives while one file is checked."""

    source: _Source
    lines: list[int]
    keys: list[str]
    columns: dict[str, list[str]]
    faults: list[tuple[int, str, str]]
    unreadable: int = 0


def validate_file(path: Path, form: str, settings: CheckSettings) -> Report:
    """Check a file, or a folder of one file a table (`iif1.csv`, `iif1_acts.csv` ...), by all rules of a form.

    Headers are field ids; record_id ties child rows to their record. A single file is the table that its name says,
    else the form's own. Tables of other forms in the folder are compared with where a rule asks for it (an arrest with
    its FIR), and not checked. settings: see `validators.settings.make_settings`, with policy "import". Raises
    InputError when nothing can be checked: no such file, no table, no known column, no rows.
    """
    sources = list(_sources(path, form))
    tables = [_read(s) for s in sources]
    own = [t for t in tables if not t.source.table.child] or tables
    if not any(t.lines or t.unreadable for t in own):
        raise InputError(f"{own[0].source.path.name}: there is a header and no row below it; nothing was checked")
    strays = _strays(path, form)
    others = tuple(name for name, is_table in strays.items() if is_table)
    unknown = [_finding(settings, name, "", 0, ("S009", "")) for name, is_table in strays.items() if not is_table]
    findings = [*unknown, *(f for t in tables for f in _faults(t, settings)), *_checked(form, tables, path, settings)]
    return Report(
        form,
        tuple(dict.fromkeys(s.path.name for s in sources)),
        sum(len(t.lines) for t in tables),
        sum(t.unreadable for t in tables),
        tuple(sorted(findings)),
        others,
    )


def _sources(path: Path, form: str) -> Iterator[_Source]:
    tables = form_tables(form)
    if path.is_dir():
        found = [_Source(t, f) for t in tables.values() for f in _table_files(path) if f.stem == t.name]
        if form not in {s.table.name for s in found}:
            raise InputError(f"{path.name}: there is no {form}.csv or {form}.xlsx in this folder")
        twice = [name for name, n in Counter(s.table.name for s in found).items() if n > 1]
        if twice:
            raise InputError(f"{path.name}: the table {twice[0]} is there as CSV and as XLSX; keep one of them")
        yield from found
    elif not path.is_file():
        raise InputError(f"{path.name}: there is no such file")
    elif path.suffix.lower() not in SUFFIXES:
        raise InputError(f"{path.name}: only CSV and XLSX files are checked")
    else:
        sheets = sheet_names(path) if path.suffix.lower() == ".xlsx" else ()
        named = [t for t in tables.values() if t.name in sheets]
        yield from (_Source(t, path, t.name) for t in named or [tables.get(path.stem, tables[form])])


def _table_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.is_file() and p.suffix.lower() in SUFFIXES)


def _strays(path: Path, form: str) -> dict[str, bool]:
    """Table files in a folder, or sheets in a workbook, that were passed over -> whether they are of another form."""
    tables = form_tables(form)
    known = {name for of_form in load_schemas().values() for name in of_form}
    if path.is_dir():
        return {p.name: p.stem in known for p in _table_files(path) if p.stem not in tables}
    sheets = sheet_names(path) if path.suffix.lower() == ".xlsx" else ()
    others = [s for s in sheets if s not in tables]
    return {f"{path.name}: {s}": s in known for s in (others if len(others) < len(sheets) else others[1:])}


def _read(source: _Source) -> _Read:
    rows = read_rows(source.path, source.sheet)
    line, header = next(rows)
    names = [h.strip() for h in header]
    places = _places(source, names)
    read = _Read(source, [], [], {n: [] for n in places if n not in (RECORD_ID, LINE)}, [])
    read.faults += [(line, code, name) for code, name in _header_faults(source.table, names)]
    block: list[list[str]] = []
    for line, row in rows:
        if isinstance(row, str) or len(row) != len(names):
            read.unreadable += 1
            read.faults.append((line, row if isinstance(row, str) else "S002", ""))
            continue
        read.lines.append(line)
        block.append(row)
        if len(block) == _BLOCK:
            _keep(read, places, block)
            block = []
    _keep(read, places, block)
    return read


def _keep(read: _Read, places: Mapping[str, int], block: list[list[str]]) -> None:
    """Put rows into their columns."""
    if not block:
        return
    columns = list(zip(*block, strict=True))
    read.keys += columns[places[RECORD_ID]] if RECORD_ID in places else [""] * len(block)
    for name, column in read.columns.items():
        column += columns[places[name]]


def _places(source: _Source, names: list[str]) -> dict[str, int]:
    """Known columns and where they stand, the first one of each name."""
    known = {RECORD_ID, *(c.name for c in source.table.columns)} | ({LINE} if source.table.child else set())
    places = {n: i for i, n in reversed(list(enumerate(names))) if n in known}
    if not places.keys() - {RECORD_ID, LINE}:
        raise InputError(
            f"{source.path.name}: line 1: no column is a field of {source.table.name}; headers are field ids such as "
            f"{', '.join(c.name for c in source.table.columns[:4])}"
        )
    return places


def _header_faults(table: Table, names: list[str]) -> Iterator[tuple[str, str]]:
    known = {RECORD_ID, *(c.name for c in table.columns)} | ({LINE} if table.child else set())
    for name, times in Counter(names).items():
        if name not in known:
            yield "S005", name
        elif times > 1:
            yield "S006", name
    if RECORD_ID not in names and table.child:
        yield "S007", RECORD_ID


def _faults(read: _Read, settings: CheckSettings) -> Iterator[FileFinding]:
    where = (read.source.path.name, read.source.table.name)
    for line, code, name in read.faults:
        yield _finding(settings, *where, line, (code, name))


def _finding(settings: CheckSettings, file: str, table: str, line: int, fault: tuple[str, str]) -> FileFinding:
    code, name = fault
    return FileFinding(file, line, table, "", name, code, settings.policy[code], STRUCTURE[code].english)


def _checked(form: str, tables: Iterable[_Read], path: Path, settings: CheckSettings) -> Iterator[FileFinding]:
    from validators.check import check_frames

    files = {t.source.table.name: t.source.path.name for t in tables}
    frames = {t.source.table.name: _frame(t) for t in tables}
    for f in check_frames(form, frames, settings, _compared(form, path, settings)):
        yield FileFinding(files[f.table], f.line, f.table, f.key, f.field, f.code, f.severity, f.message)


def _frame(read: _Read) -> pl.DataFrame:
    from validators.frames import text_frame

    return text_frame(read.lines, read.keys, read.columns)


def _compared(form: str, path: Path, settings: CheckSettings) -> dict[str, dict[str, pl.DataFrame]]:
    """Form -> table name -> rows, of the other forms in the folder whose records a rule of this form looks at."""
    from validators.check import tables_compared

    wanted = tables_compared(form, settings) if path.is_dir() else {}
    there = {f.stem: f for f in _table_files(path)} if wanted else {}
    found: dict[str, dict[str, pl.DataFrame]] = {}
    for other, names in wanted.items():
        tables = [t for t in form_tables(other).values() if t.name in names and t.name in there]
        if any(not t.child for t in tables):
            # What is wrong with the file itself is told when it is checked as what it is.
            with suppress(InputError):
                found[other] = {t.name: _frame(_read(_Source(t, there[t.name]))) for t in tables}
    return found
